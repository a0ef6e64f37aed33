//! Where in a text a secret may begin.

use std::fmt;

use acecast_reconcile::Secret;

/// The bytes that some of these texts begin with, one bit each. Most of what is shown begins no secret, and is passed
/// over by one look at each byte, however many secrets there are.
#[derive(Clone, Default)]
pub(super) struct Begins([u64; 4]);

impl Begins {
    pub(super) fn of(forms: &[Secret]) -> Self {
        let mut begins = Begins::default();
        for byte in forms.iter().filter_map(|form| form.reveal().bytes().next()) {
            begins.0[usize::from(byte >> 6)] |= 1 << (byte & 63);
        }
        begins
    }

    /// How many bytes there are before the first of these. That is between two characters, as no character begins with
    /// a byte that another one goes on with.
    pub(super) fn none_in(&self, text: &str) -> usize {
        let is_one = |byte: u8| self.0[usize::from(byte >> 6)] >> (byte & 63) & 1 == 1;
        text.bytes().position(is_one).unwrap_or(text.len())
    }
}

impl fmt::Debug for Begins {
    /// Nothing: even first characters are the secrets'.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Begins")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_passed_over_up_to_what_may_begin_a_secret() {
        let begins = Begins::of(&["zebra", "éa", "", "\u{7f}"].map(Secret::new));
        for (text, before) in
            [("", 0), ("abc", 3), ("abz", 2), ("zz", 0), ("日本é", 6), ("ü\u{7f}", 0), ("日\u{7f}", 3)]
        {
            assert_eq!(begins.none_in(text), before, "{text}");
        }
        assert_eq!(Begins::default().none_in("all of it"), 9);
        assert_eq!(format!("{begins:?}"), "Begins");
    }
}
