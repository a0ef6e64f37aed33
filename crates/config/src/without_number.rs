//! What the system says of a failure, for people.

use std::io;

/// What an error says, without the number that the standard library puts behind it: ` (os error 2)`.
pub(crate) fn without_number(error: &io::Error) -> String {
    let text = error.to_string();
    match text.rsplit_once(" (os error ") {
        Some((said, number)) if number.ends_with(')') => said.to_owned(),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_behind_an_error_is_left_out() {
        assert!(io::Error::from_raw_os_error(2).to_string().ends_with("(os error 2)"));
        assert_eq!(without_number(&io::Error::from_raw_os_error(2)), "No such file or directory");
        assert_eq!(without_number(&io::Error::other("an (os error in it")), "an (os error in it");
    }
}
