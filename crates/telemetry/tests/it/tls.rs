//! Certificates made for the test: accepted with their authority, refused without.

use std::io::Write;
use std::net::TcpListener;
use std::sync::Arc;
use std::thread;
use std::time::Instant;

use acecast_telemetry::{Post, PostError, Receiver, UreqPost};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, SanType, date_time_ymd};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use ureq::tls::{Certificate, RootCerts, TlsConfig};

use crate::server::{answer, header, listen, post, request, soon};

/// An authority of its own, and a certificate that it gave to `name`.
struct Pki {
    ca: Certificate<'static>,
    server: Arc<ServerConfig>,
}

impl Pki {
    fn of(name: &str) -> Self {
        Pki::with(name, |_| {})
    }

    fn with(name: &str, change: impl FnOnce(&mut CertificateParams)) -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, format!("authority for {name}"));
        let ca_key = KeyPair::generate().unwrap();
        let ca = params.self_signed(&ca_key).unwrap();
        let issuer = Issuer::new(params, ca_key);

        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        change(&mut params);
        let certificate = params.signed_by(&key, &issuer).unwrap();
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let server = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .unwrap();
        Pki { ca: Certificate::from_der(ca.der()).to_owned(), server: Arc::new(server) }
    }

    /// Answers one connection with the head of its request, if there is one.
    fn serve(&self, listener: TcpListener) -> thread::JoinHandle<Option<(String, String)>> {
        let config = Arc::clone(&self.server);
        thread::spawn(move || {
            let (stream, _) = listener.accept().unwrap();
            let mut stream = StreamOwned::new(ServerConnection::new(config).unwrap(), stream);
            stream.conn.complete_io(&mut stream.sock).ok()?;
            let (head, body) = request(&mut stream);
            if !head.starts_with("POST") {
                return None;
            }
            answer(&mut stream, "200 OK", "", "thanks");
            stream.conn.send_close_notify();
            stream.flush().unwrap();
            Some((head, body))
        })
    }
}

fn trusting(ca: &Certificate<'static>) -> UreqPost {
    let tls = TlsConfig::builder().root_certs(RootCerts::new_with_certs(std::slice::from_ref(ca))).build();
    UreqPost::new(ureq::Agent::config_builder().proxy(None).tls_config(tls).build().new_agent())
}

#[test]
fn a_certificate_of_a_trusted_authority_is_accepted() {
    let pki = Pki::of("127.0.0.1");
    let (listener, address) = listen();
    let server = pki.serve(listener);
    let to = Receiver::new(&format!("https://me:pw@{address}/in")).unwrap();
    let reply = trusting(&pki.ca).post(&to, b"{\"a\":1}", Instant::now() + soon()).unwrap();
    assert_eq!((reply.status, reply.retry_after, reply.body.as_slice()), (200, None, &b"thanks"[..]));
    let (head, body) = server.join().unwrap().unwrap();
    assert!(head.starts_with("POST /in HTTP/1.1\r\n"), "{head}");
    assert_eq!(header(&head, "authorization"), Some("Basic bWU6cHc="));
    assert_eq!(body, "{\"a\":1}");
}

/// That the certificate is refused with these words, and the server gets no request.
#[track_caller]
fn refuses(pki: &Pki, trusted: &Certificate<'static>, why: &str) {
    let (listener, address) = listen();
    let server = pki.serve(listener);
    let to = Receiver::new(&format!("https://me:pw@{address}/?token=abc")).unwrap();
    let error = trusting(trusted).post(&to, b"{}", Instant::now() + soon()).unwrap_err();
    assert!(matches!(error, PostError::Untrusted(_)), "{error:?}");
    assert_eq!(error.to_string(), format!("the server's certificate is not trusted: {why}"));
    assert_eq!(server.join().unwrap(), None);
}

#[test]
fn a_certificate_that_is_not_trusted_is_refused_in_plain_words() {
    let (pki, stranger, namesake) = (Pki::of("127.0.0.1"), Pki::of("example.com"), Pki::of("127.0.0.1"));
    refuses(&pki, &stranger.ca, "its issuer is unknown");
    refuses(&pki, &namesake.ca, "it is not signed by the authority that it names");
    let elsewhere = Pki::with("example.com", |params| {
        params.subject_alt_names.push(SanType::IpAddress("192.0.2.1".parse().unwrap()));
    });
    refuses(&elsewhere, &elsewhere.ca, "it is for another name: example.com or 192.0.2.1");
    let nobody = Pki::with("127.0.0.1", |params| params.subject_alt_names.clear());
    refuses(&nobody, &nobody.ca, "it has no subjectAltName, so it is for no host");
    let old = Pki::with("127.0.0.1", |params| params.not_after = date_time_ymd(2001, 2, 3));
    refuses(&old, &old.ca, "it has expired");
    let early = Pki::with("127.0.0.1", |params| params.not_before = date_time_ymd(4001, 2, 3));
    refuses(&early, &early.ca, "it is not valid yet");
    let authority = Pki::with("127.0.0.1", |params| params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained));
    refuses(&authority, &authority.ca, "it is a certificate authority's own");
}

#[test]
fn plain_http_behind_https_is_a_tls_failure() {
    let (listener, address) = listen();
    let server = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\nthis is no TLS").unwrap();
        // Until the other side gives up: a connection that is reset could lose what was written.
        let _ = std::io::copy(&mut stream, &mut std::io::sink());
    });
    let pki = Pki::of("127.0.0.1");
    let to = Receiver::new(&format!("https://{address}/")).unwrap();
    let error = trusting(&pki.ca).post(&to, b"{}", Instant::now() + soon()).unwrap_err();
    assert!(matches!(error, PostError::Tls(_)), "{error:?}");
    server.join().unwrap();
}

#[test]
fn a_server_that_does_not_shake_hands_costs_one_deadline() {
    let (_deaf, address) = listen();
    let error = post(&format!("http://{address}"), "{}", std::time::Duration::from_millis(200)).unwrap_err();
    assert!(matches!(error, PostError::TimedOut(_)), "{error:?}");
    let pki = Pki::of("127.0.0.1");
    let to = Receiver::new(&format!("https://{address}/")).unwrap();
    let deadline = Instant::now() + std::time::Duration::from_millis(200);
    let error = trusting(&pki.ca).post(&to, b"{}", deadline).unwrap_err();
    assert!(matches!(error, PostError::TimedOut(_)), "{error:?}");
}
