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

    /// The words of the library are what acecast-telemetry sees in handshakes, which has the same words for them.
    #[track_caller]
    fn check(said: &str, expected: Option<&str>) {
        assert_eq!(untrusted(said).as_deref(), expected, "{said}");
    }

    #[test]
    fn what_a_certificate_lacks_is_said_in_words() {
        check("invalid peer certificate: UnknownIssuer", Some("its issuer is unknown"));
        let own = "invalid peer certificate: Other(OtherError(CaUsedAsEndEntity))";
        check(own, Some("it is a certificate authority's own"));
        let late = "certificate expired: verification time 9 (UNIX), but certificate is not valid after 5";
        check(&format!("invalid peer certificate: {late}"), Some("it has expired"));
        let name = "invalid peer certificate: certificate not valid for name \"192.0.2.1\"; certificate is";
        let valid = "only valid for DnsName(\"example.com\") or IpAddress(192.0.2.2)";
        check(&format!("{name} {valid}"), Some("it is for another name: example.com or 192.0.2.2"));
        let nobody = "not valid for any names (according to its subjectAltName extension)";
        check(&format!("{name} {nobody}"), Some("it has no subjectAltName, so it is for no host"));
        check("invalid peer certificate: Revoked", Some("it has been revoked"));
        let early =
            "certificate not valid yet: verification time 5 (UNIX), but certificate is not valid before 9";
        check(&format!("invalid peer certificate: {early}"), Some("it is not valid yet"));
        check("invalid peer certificate: BadEncoding", None);
        check("received fatal alert: HandshakeFailure", None);
        check("UnknownIssuer", None);
    }
}
