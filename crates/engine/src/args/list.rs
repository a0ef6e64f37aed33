//! A command line that grows by options.

use std::fmt::Display;
use std::path::Path;

/// Options in the order in which they were added.
#[derive(Default)]
pub(super) struct ArgList(Vec<String>);

impl ArgList {
    /// `--name`
    pub(super) fn flag(&mut self, name: &str) {
        self.0.push(format!("--{name}"));
    }

    /// `--name=value`
    pub(super) fn value(&mut self, name: &str, value: impl Display) {
        self.0.push(format!("--{name}={value}"));
    }

    /// `--name=path`. An app config's paths are valid UTF-8, so nothing is lost.
    pub(super) fn path(&mut self, name: &str, path: &Path) {
        self.value(name, path.display());
    }

    /// `--name=value`, if there is one.
    pub(super) fn maybe(&mut self, name: &str, value: Option<impl Display>) {
        if let Some(value) = value {
            self.value(name, value);
        }
    }

    /// `--name=value` for each of the values.
    pub(super) fn each<T: Display>(&mut self, name: &str, values: impl IntoIterator<Item = T>) {
        for value in values {
            self.value(name, value);
        }
    }
}

impl From<ArgList> for Vec<String> {
    fn from(args: ArgList) -> Self {
        args.0
    }
}
