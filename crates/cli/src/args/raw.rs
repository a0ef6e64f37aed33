//! What can be told of the arguments before, or although they cannot, be read.

use std::ffi::OsString;

use crate::output::{Color, Format};

/// How to say that the arguments are wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Hints {
    pub(crate) format: Format,
    pub(crate) color: Color,
}

/// Short options without a value, which may stand in front of `-o` in one word.
const SHORT_FLAGS: &[char] = &['v', 'q', 'h', 'V'];

impl Hints {
    /// Looks for `--output json`, `-o json` and `--color` in all their spellings.
    pub(crate) fn of(args: &[OsString]) -> Hints {
        let mut hints = Hints::default();
        let words: Vec<&str> = args
            .iter()
            .skip(1)
            .map(|arg| arg.to_str().unwrap_or(""))
            .take_while(|arg| *arg != "--")
            .collect();
        for (at, word) in words.iter().enumerate() {
            let next = || words.get(at + 1).copied().unwrap_or("");
            match word.split_once('=').unwrap_or((word, "")) {
                ("--output", value) => hints.output(if word.contains('=') { value } else { next() }),
                ("--color", value) => hints.color(if word.contains('=') { value } else { next() }),
                _ => {
                    let short = word.strip_prefix('-').map(|short| short.trim_start_matches(SHORT_FLAGS));
                    if let Some(value) = short.and_then(|short| short.strip_prefix('o')) {
                        hints.output(if value.is_empty() { next() } else { value.trim_start_matches('=') });
                    }
                }
            }
        }
        hints
    }

    fn output(&mut self, value: &str) {
        if value == "json" {
            self.format = Format::Json;
        }
    }

    fn color(&mut self, value: &str) {
        match value {
            "always" => self.color = Color::Always,
            "never" => self.color = Color::Never,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn format(line: &str) -> Format {
        let args: Vec<OsString> = line.split(' ').map(OsString::from).collect();
        Hints::of(&args).format
    }

    #[test]
    fn json_is_seen_in_every_spelling() {
        for line in [
            "acecast -o json x",
            "acecast x --output json",
            "acecast --output=json",
            "acecast -ojson",
            "acecast -o=json",
            "acecast -vqo json",
        ] {
            assert_eq!(format(line), Format::Json, "{line}");
        }
    }

    #[test]
    fn and_nowhere_else() {
        for line in ["acecast json", "acecast -o text", "acecast -- -o json", "acecast -c -o", "json -x json"]
        {
            assert_eq!(format(line), Format::Text, "{line}");
        }
    }
}
