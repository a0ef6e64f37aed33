//! The page on exit codes.

use crate::exit::Exit;

/// The text, with the codes where they belong.
pub(super) fn page() -> String {
    let order = Exit::ALL.map(|exit| exit.code().to_string()).join(", ");
    include_str!("exit-codes.txt").replace("{codes}", &Exit::help()).replace("{order}", &order)
}
