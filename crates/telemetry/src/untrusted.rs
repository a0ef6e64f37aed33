//! Why a server's certificate is not trusted, in words: the TLS library has only names of its own types for it.

/// What the TLS library says in front of every failure that is the certificate's.
const CERTIFICATE: &str = "invalid peer certificate: ";

/// The words for what the TLS library says (rustls 0.23), or `None` where that is no failure of the certificate, or
/// one that has no words here.
pub(crate) fn untrusted(said: &str) -> Option<String> {
    let said = said.strip_prefix(CERTIFICATE)?;
    let words = match said {
        // The authority that is trusted has the name of the issuer, and another key.
        "BadSignature" => "it is not signed by the authority that it names",
        "UnknownIssuer" => "its issuer is unknown",
        "Expired" => "it has expired",
        "NotValidYet" => "it is not valid yet",
        "NotValidForName" => "it is for another name",
        "Revoked" => "it has been revoked",
        "Other(OtherError(CaUsedAsEndEntity))" => "it is a certificate authority's own",
        _ if said.starts_with("certificate expired: ") => "it has expired",
        _ if said.starts_with("certificate not valid yet: ") => "it is not valid yet",
        _ if said.starts_with("certificate not valid for name ") => {
            return Some(match said.split_once(" is only valid for ") {
                Some((_, names)) => format!("it is for another name: {}", plain(names)),
                None => "it has no subjectAltName, so it is for no host".to_owned(),
            });
        }
        _ => return None,
    };
    Some(words.to_owned())
}

/// Names without the types that the library puts around them: `DnsName("example.com")`.
fn plain(names: &str) -> String {
    ["DnsName(", "IpAddress(", "\"", ")"].iter().fold(names.to_owned(), |names, part| names.replace(part, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(said: &str, expected: Option<&str>) {
        assert_eq!(untrusted(said).as_deref(), expected, "{said}");
    }

    /// What a handshake says is checked with handshakes; these are rare, or need a clock.
    #[test]
    fn what_a_certificate_lacks_is_said_in_words() {
        check("invalid peer certificate: Revoked", Some("it has been revoked"));
        let early =
            "certificate not valid yet: verification time 5 (UNIX), but certificate is not valid before 9";
        check(&format!("invalid peer certificate: {early}"), Some("it is not valid yet"));
        check("invalid peer certificate: BadEncoding", None);
        check("received fatal alert: HandshakeFailure", None);
        check("UnknownIssuer", None);
    }
}
