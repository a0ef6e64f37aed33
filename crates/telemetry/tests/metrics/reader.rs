//! A strict reader of both formats: less than they allow, and all that a page may hold.

use std::collections::{BTreeMap, BTreeSet};

use acecast_telemetry::metrics::Format;

/// What a page holds.
#[derive(Debug, Default)]
pub(crate) struct Read {
    /// The value of each series.
    pub(crate) series: BTreeMap<Series, f64>,
    /// What kind of values each described name has, in the page's words.
    pub(crate) types: BTreeMap<String, String>,
}

/// A name and its labels.
pub(crate) type Series = (String, BTreeMap<String, String>);

impl Read {
    /// The names of all series.
    pub(crate) fn names(&self) -> BTreeSet<&str> {
        self.series.keys().map(|(name, _)| name.as_str()).collect()
    }

    /// All values of a label of a series.
    pub(crate) fn values(&self, name: &str, label: &str) -> BTreeSet<&str> {
        let of_name = self.series.keys().filter(|(other, _)| other == name);
        of_name.filter_map(|(_, labels)| labels.get(label)).map(String::as_str).collect()
    }
}

/// Reads a page; an error names the line that is wrong.
pub(crate) fn read(text: &str, format: Format) -> Result<Read, String> {
    let body = match format {
        Format::OpenMetrics => text.strip_suffix("# EOF\n").ok_or("no EOF at the end")?,
        Format::Text => text,
    };
    if !body.is_empty() && !body.ends_with('\n') {
        return Err("the last line does not end".to_owned());
    }
    let mut page = Read::default();
    let mut family = Described::default();
    // Not `lines`: a lone carriage return ends no line.
    for line in body.split_terminator('\n') {
        let read = match line.strip_prefix("# ") {
            Some(about) => family.describe(about, format, &mut page),
            None => sample(line).and_then(|(series, value)| {
                family.owns(&series.0, format)?;
                match page.series.insert(series, value) {
                    Some(_) => Err("the series is there twice"),
                    None => Ok(()),
                }
            }),
        };
        read.map_err(|why| format!("{why}: {line}"))?;
    }
    Ok(page)
}

/// The family whose lines are being read.
#[derive(Default)]
struct Described {
    name: String,
    kind: String,
    help: bool,
}

impl Described {
    fn describe(&mut self, about: &str, format: Format, page: &mut Read) -> Result<(), &'static str> {
        let mut words = about.splitn(3, ' ');
        let mut word = || words.next().ok_or("too few words");
        let (what, name, rest) = (word()?, word()?, word()?);
        if what != "TYPE" && name != self.name {
            return Err("about another family");
        }
        match what {
            "TYPE" => {
                let kinds: &[&str] = match format {
                    Format::OpenMetrics => &["gauge", "counter", "info"],
                    Format::Text => &["gauge", "counter"],
                };
                if !is_name(name) || !kinds.contains(&rest) {
                    return Err("no name or no type");
                }
                if page.types.insert(name.to_owned(), rest.to_owned()).is_some() {
                    return Err("the family is there twice");
                }
                *self = Described { name: name.to_owned(), kind: rest.to_owned(), help: false };
                Ok(())
            }
            "UNIT" if format == Format::OpenMetrics && !self.help => {
                name.ends_with(&format!("_{rest}")).then_some(()).ok_or("not the unit of the name")
            }
            "HELP" if !self.help => {
                self.help = true;
                (!rest.contains(['\\', '"'])).then_some(()).ok_or("a help text to be escaped")
            }
            _ => Err("not expected here"),
        }
    }

    fn owns(&self, sample: &str, format: Format) -> Result<(), &'static str> {
        let suffix = match (self.kind.as_str(), format) {
            ("counter", Format::OpenMetrics) => "_total",
            ("info", _) => "_info",
            _ => "",
        };
        if self.kind == "counter" && !sample.ends_with("_total") {
            return Err("a counter that is no total");
        }
        let owned = self.help && sample.strip_suffix(suffix) == Some(&self.name);
        owned.then_some(()).ok_or("not of the family before it")
    }
}

fn sample(line: &str) -> Result<(Series, f64), &'static str> {
    let name_end = line.find(['{', ' ']).ok_or("no value")?;
    let (name, rest) = line.split_at(name_end);
    let (labels, number) = match rest.strip_prefix('{') {
        Some(rest) => labels(rest)?,
        None => (BTreeMap::new(), rest),
    };
    let number = number.strip_prefix(' ').ok_or("no space before the value")?;
    let digits = number.strip_prefix('-').unwrap_or(number);
    if !is_name(name) || !digits.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
        return Err("no name or no number");
    }
    let value = number.parse().map_err(|_| "no number")?;
    Ok(((name.to_owned(), labels), value))
}

/// Labels up to their closing brace, and what stands behind it.
fn labels(mut rest: &str) -> Result<(BTreeMap<String, String>, &str), &'static str> {
    let mut labels = BTreeMap::new();
    loop {
        let (name, behind) = rest.split_once("=\"").ok_or("no label")?;
        if !is_name(name) || name.contains(':') {
            return Err("no name of a label");
        }
        let (value, behind) = quoted(behind)?;
        if labels.insert(name.to_owned(), value).is_some() {
            return Err("the label is there twice");
        }
        match behind.split_at_checked(1) {
            Some((",", behind)) => rest = behind,
            Some(("}", behind)) => return Ok((labels, behind)),
            _ => return Err("the labels do not end"),
        }
    }
}

/// A value up to its closing quote, and what stands behind it.
fn quoted(text: &str) -> Result<(String, &str), &'static str> {
    let mut value = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Ok((value, &text[at + 1..])),
            '\\' => match chars.next() {
                Some((_, 'n')) => value.push('\n'),
                Some((_, c @ ('\\' | '"'))) => value.push(c),
                _ => return Err("an escape that does not exist"),
            },
            c if c.is_control() => return Err("a control character"),
            c => value.push(c),
        }
    }
    Err("the value does not end")
}

fn is_name(text: &str) -> bool {
    !text.is_empty()
        && !text.starts_with(|c: char| c.is_ascii_digit())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}
