//! Colours. They are written always, and stripped by the stream where they are not wanted.

use std::fmt::{self, Display};

use clap::builder::styling::{AnsiColor, Effects, Style};

pub(crate) const ERROR: Style = AnsiColor::Red.on_default().effects(Effects::BOLD);
pub(crate) const WARNING: Style = AnsiColor::Yellow.on_default().effects(Effects::BOLD);
pub(crate) const HINT: Style = AnsiColor::Cyan.on_default().effects(Effects::BOLD);
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
pub(crate) const ATTENTION: Style = AnsiColor::Yellow.on_default();
pub(crate) const BAD: Style = AnsiColor::Red.on_default();
pub(crate) const FAINT: Style = Style::new().effects(Effects::DIMMED);
pub(crate) const PLAIN: Style = Style::new();
pub(crate) const HEADER: Style = Style::new().effects(Effects::BOLD);

/// The text in this style.
pub(crate) fn paint(style: Style, text: impl Display) -> impl Display {
    struct Painted<T>(Style, T);
    impl<T: Display> Display for Painted<T> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            let Painted(style, text) = self;
            write!(f, "{style}{text}{style:#}")
        }
    }
    Painted(style, text)
}
