//! `acecast help`: pages. The help of commands was shown when the arguments were read.

use crate::args::HelpArgs;
use crate::exit::Exit;
use crate::output::Output;

/// Shows the page that is asked for, if it is one.
pub(super) fn run(args: &HelpArgs, out: &Output) -> Exit {
    if let Some(topic) = args.topic() {
        out.data(&topic.text());
    }
    Exit::Done
}
