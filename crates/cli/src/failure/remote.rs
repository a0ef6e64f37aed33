//! Remote servers that cannot be asked at all: what is said of it, and what to do about it.

use super::Failure;
use crate::exit::Exit;
use crate::remote::RemoteError;

impl From<RemoteError> for Failure {
    fn from(error: RemoteError) -> Self {
        match error {
            RemoteError::CaFile(error) => Failure::new(Exit::Config, "ca_file_wrong", error)
                .hint("correct --ca-file, or ca_file in the app config"),
            RemoteError::Proxy(variable) => Failure::config(
                "proxy_wrong",
                format_args!("the variable {variable} is not the URL of a proxy"),
            )
            .hint("set it to a URL like http://192.0.2.1:3128, or unset it"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_proxy_is_a_matter_of_the_config() {
        let failure = Failure::from(RemoteError::Proxy("https_proxy"));
        assert_eq!(failure.error.to_string(), "the variable https_proxy is not the URL of a proxy");
        assert_eq!((failure.exit, failure.code), (Exit::Config, "proxy_wrong"));
    }
}
