//! Certificates made for the test: accepted with their authority, refused without.

use std::io::Write;
use std::net::TcpListener;
use std::sync::Arc;
use std::thread;
use std::time::Instant;

use acecast_telemetry::{Post, PostError, Receiver, Reply, UreqPost};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
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
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let ca_key = KeyPair::generate().unwrap();
        let ca = params.self_signed(&ca_key).unwrap();
        let issuer = Issuer::new(params, ca_key);

        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
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
    assert_eq!(reply, Reply { status: 200, retry_after: None, body: b"thanks".to_vec() });
    let (head, body) = server.join().unwrap().unwrap();
    assert!(head.starts_with("POST /in HTTP/1.1\r\n"), "{head}");
    assert_eq!(header(&head, "authorization"), Some("Basic bWU6cHc="));
    assert_eq!(body, "{\"a\":1}");
}

/// That the TLS fails and the server gets no request.
#[track_caller]
fn refuses(pki: &Pki, trusted: &Certificate<'static>, why: &str) {
    let (listener, address) = listen();
    let server = pki.serve(listener);
    let to = Receiver::new(&format!("https://me:pw@{address}/?token=abc")).unwrap();
    let error = trusting(trusted).post(&to, b"{}", Instant::now() + soon()).unwrap_err();
    assert!(matches!(&error, PostError::Tls(said) if said.contains(why)), "{error:?}");
    assert_eq!(server.join().unwrap(), None);
}

#[test]
fn a_certificate_of_another_authority_or_for_another_name_is_refused() {
    let (pki, stranger) = (Pki::of("127.0.0.1"), Pki::of("127.0.0.1"));
    refuses(&pki, &stranger.ca, "certificate");
    let elsewhere = Pki::of("example.com");
    refuses(&elsewhere, &elsewhere.ca, "example.com");
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
