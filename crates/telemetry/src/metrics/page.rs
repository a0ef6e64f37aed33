//! The page: how a family and its samples are written in each format.

use std::fmt::Write as _;

use crate::metrics::Format;
use crate::metrics::value::Value;

/// What a family's values are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Goes up and down.
    Gauge,
    /// Only grows, until what counts begins anew. Its samples end in `_total`.
    Counter,
    /// Always 1: the labels tell. Its samples end in `_info`.
    Info,
}

impl Kind {
    fn suffix(self) -> &'static str {
        match self {
            Kind::Gauge => "",
            Kind::Counter => "_total",
            Kind::Info => "_info",
        }
    }

    fn word(self, format: Format) -> &'static str {
        match (self, format) {
            (Kind::Counter, _) => "counter",
            (Kind::Info, Format::OpenMetrics) => "info",
            (Kind::Gauge, _) | (Kind::Info, Format::Text) => "gauge",
        }
    }
}

/// A metric family.
#[derive(Clone, Copy, Debug)]
pub(super) struct Family {
    /// Its name without the suffix of its kind; it ends with the unit.
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    pub(super) unit: Option<&'static str>,
    /// One line without a backslash or a quote.
    pub(super) help: &'static str,
}

/// A page that is being written.
pub(super) struct Page {
    format: Format,
    text: String,
}

impl Page {
    pub(super) fn new(format: Format) -> Self {
        Page { format, text: String::new() }
    }

    /// Writes a family whole, as both formats want it. One without samples is not mentioned.
    pub(super) fn family<L: AsRef<str>>(
        &mut self,
        family: &Family,
        samples: impl IntoIterator<Item = (L, Value)>,
    ) {
        let Family { name, kind, .. } = *family;
        for (i, (labels, value)) in samples.into_iter().enumerate() {
            if i == 0 {
                self.describe(family);
            }
            // Writing to a string does not fail.
            let _ = match labels.as_ref() {
                "" => writeln!(self.text, "{name}{} {value}", kind.suffix()),
                labels => writeln!(self.text, "{name}{}{{{labels}}} {value}", kind.suffix()),
            };
        }
    }

    /// The page as a whole.
    pub(super) fn end(mut self) -> String {
        if self.format == Format::OpenMetrics {
            self.text.push_str("# EOF\n");
        }
        self.text
    }

    fn describe(&mut self, family: &Family) {
        let Family { name, kind, unit, help } = *family;
        // OpenMetrics describes the family, the text format its samples.
        let described = match self.format {
            Format::OpenMetrics => name.to_owned(),
            Format::Text => format!("{name}{}", kind.suffix()),
        };
        let _ = writeln!(self.text, "# TYPE {described} {}", kind.word(self.format));
        if let (Format::OpenMetrics, Some(unit)) = (self.format, unit) {
            let _ = writeln!(self.text, "# UNIT {described} {unit}");
        }
        let _ = writeln!(self.text, "# HELP {described} {help}");
    }
}
