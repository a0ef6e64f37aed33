//! The arguments of `acecast completions`.

use clap::{Args, ValueEnum};

/// `acecast completions`.
#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    /// The shell that is to run the script
    #[arg(value_name = "SHELL")]
    pub(crate) shell: Shell,
}

/// A shell that can complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Shell {
    /// For ~/.bashrc: source <(acecast completions bash)
    Bash,
    /// For ~/.zshrc: source <(acecast completions zsh)
    Zsh,
    /// For ~/.config/fish/completions/acecast.fish: acecast completions fish | source
    Fish,
}

impl Shell {
    /// Its name.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Shell::Bash => "bash",
            Shell::Zsh => "zsh",
            Shell::Fish => "fish",
        }
    }
}
