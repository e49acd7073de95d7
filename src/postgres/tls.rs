//! TLS to the database, by rustls: reads certificates and keys, and decides which server is the right one.
//! <https://www.postgresql.org/docs/current/libpq-ssl.html>
//!
//! What must hold:
//! - With a root certificate (`sslrootcert`) no server is believed whose certificate does not come from
//!   it, in any mode; `verify-full` demands that the certificate names the host besides.
//! - Without one only `prefer` and `require` are possible, and any certificate is taken. The handshake's
//!   signature is verified all the same, so that the certificate is the one of who is talking: SCRAM binds
//!   the password to it (`tls-server-end-point`, RFC 5929).
//! - A certificate that is itself in the file of `sslrootcert` is believed as in libpq, though it may call
//!   itself an authority, as PostgreSQL's recipe for a self-signed one does.
//!
//! A key that others may read is not refused: in a container that is often the only way.

use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures::future::BoxFuture;
use sha2::{Digest, Sha256, Sha384, Sha512};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_postgres::Socket;
use tokio_postgres::tls::{ChannelBinding, MakeTlsConnect, TlsConnect, TlsStream};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream as RustlsStream;
use tokio_rustls::rustls::client::danger::{
    HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier,
};
use tokio_rustls::rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use tokio_rustls::rustls::crypto::{
    CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature,
};
use tokio_rustls::rustls::pki_types::pem::{self, PemObject};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use tokio_rustls::rustls::server::ParsedCertificate;
use tokio_rustls::rustls::{
    self, CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme,
};
use x509_cert::Certificate;
use x509_cert::der::Decode;
use x509_cert::ext::pkix::SubjectAltName;

use super::Error;
use super::address::{Mode, Root, TlsWords};

/// Sent by libpq too, since 17; `sslnegotiation=direct` needs it.
const ALPN: &[u8] = b"postgresql";

/// Makes connections of tokio-postgres speak TLS. Cheap to clone.
#[derive(Clone)]
pub(super) struct Tls {
    config: Arc<ClientConfig>,
    must_name_host: bool,
}

/// Why there is no TLS with a server, in words for the operator.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct TlsError(String);

impl Tls {
    /// Reads the files that the address names; none with `sslmode=disable`.
    ///
    /// # Errors
    /// [`Error::Address`] with the file and what is wrong with it.
    pub(super) fn new(words: &TlsWords) -> Result<Self, Error> {
        let provider = Arc::new(ring::default_provider());
        let is_used = words.mode != Mode::Disable;
        let roots = words.root.as_ref().filter(|_| is_used);
        let must_name_host = words.mode == Mode::VerifyFull;
        let verifier = Verifier {
            roots: roots.map(Roots::read).transpose()?,
            must_name_host,
            provider: provider.clone(),
        };
        let unusable = |error: rustls::Error| Error::Address(format!("gives no TLS: {error}"));
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(unusable)?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier));
        let mut config = match words.client.as_ref().filter(|_| is_used) {
            None => builder.with_no_client_auth(),
            Some((cert, key)) => builder
                .with_client_auth_cert(read_certificates("sslcert", cert)?, read_key(key)?)
                .map_err(|error| file_error("sslkey", key, &misfit(&error)))?,
        };
        config.alpn_protocols = vec![ALPN.to_vec()];
        Ok(Self {
            config: Arc::new(config),
            must_name_host,
        })
    }
}

/// Why a client's certificate and its key are refused.
fn misfit(error: &rustls::Error) -> String {
    match error {
        rustls::Error::InconsistentKeys(_) => "is not the key of the certificate in sslcert".into(),
        other => format!("cannot be used: {other}"),
    }
}

fn file_error(word: &str, path: &Path, reason: &str) -> Error {
    Error::Address(format!("has {word}={}, which {reason}", path.display()))
}

/// What a PEM reader's error means.
fn pem_reason(error: &pem::Error, what: &str) -> String {
    match error {
        pem::Error::Io(error) => format!("cannot be read: {error}"),
        pem::Error::NoItemsFound => format!("contains no {what} in PEM form"),
        _ => "is not valid PEM".into(),
    }
}

/// One at least.
fn read_certificates(word: &str, path: &Path) -> Result<Vec<CertificateDer<'static>>, Error> {
    let read = CertificateDer::pem_file_iter(path).and_then(Iterator::collect);
    let certificates: Result<Vec<_>, _> = read;
    match certificates {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        Ok(_) => Err(pem::Error::NoItemsFound),
        Err(error) => Err(error),
    }
    .map_err(|error| file_error(word, path, &pem_reason(&error, "certificate")))
}

fn read_key(path: &Path) -> Result<PrivateKeyDer<'static>, Error> {
    PrivateKeyDer::from_pem_file(path).map_err(|error| {
        let reason = pem_reason(&error, "private key without a passphrase");
        file_error("sslkey", path, &reason)
    })
}

/// Whom to believe.
#[derive(Debug)]
struct Roots {
    authorities: RootCertStore,
    /// The certificates themselves: the server's own may be among them.
    certificates: Vec<CertificateDer<'static>>,
}

impl Roots {
    fn read(root: &Root) -> Result<Self, Error> {
        let mut authorities = RootCertStore::empty();
        let certificates = match root {
            Root::File(path) => {
                let certificates = read_certificates("sslrootcert", path)?;
                for certificate in &certificates {
                    authorities.add(certificate.clone()).map_err(|error| {
                        let reason = format!("contains a certificate that is not valid: {error}");
                        file_error("sslrootcert", path, &reason)
                    })?;
                }
                certificates
            }
            Root::System => {
                let system = rustls_native_certs::load_native_certs();
                let (added, _) = authorities.add_parsable_certificates(system.certs);
                if added == 0 {
                    let why = "has sslrootcert=system, but this system has no certificates of \
                               authorities (package ca-certificates)";
                    return Err(Error::Address(why.into()));
                }
                Vec::new()
            }
        };
        Ok(Self {
            authorities,
            certificates,
        })
    }
}

/// Decides whether a certificate is the right server's.
#[derive(Debug)]
struct Verifier {
    roots: Option<Roots>,
    must_name_host: bool,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let Some(roots) = &self.roots else {
            return Ok(ServerCertVerified::assertion());
        };
        let parsed = ParsedCertificate::try_from(end_entity)?;
        if roots.certificates.contains(end_entity) {
            verify_dates(end_entity, now)?;
        } else {
            verify_server_cert_signed_by_trust_anchor(
                &parsed,
                &roots.authorities,
                intermediates,
                now,
                self.provider.signature_verification_algorithms.all,
            )?;
        }
        if self.must_name_host {
            verify_host(end_entity, &parsed, server_name)?;
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}

fn decode(certificate: &CertificateDer<'_>) -> Result<Certificate, CertificateError> {
    Certificate::from_der(certificate).map_err(|_| CertificateError::BadEncoding)
}

fn verify_dates(certificate: &CertificateDer<'_>, time: UnixTime) -> Result<(), CertificateError> {
    let decoded = decode(certificate)?;
    let validity = decoded.tbs_certificate().validity();
    let not_before = UnixTime::since_unix_epoch(validity.not_before.to_unix_duration());
    let not_after = UnixTime::since_unix_epoch(validity.not_after.to_unix_duration());
    if time < not_before {
        return Err(CertificateError::NotValidYetContext { time, not_before });
    }
    if time > not_after {
        return Err(CertificateError::ExpiredContext { time, not_after });
    }
    Ok(())
}

/// By the alternative names; as in libpq, by the common name if there are none at all.
fn verify_host(
    certificate: &CertificateDer<'_>,
    parsed: &ParsedCertificate<'_>,
    host: &ServerName<'_>,
) -> Result<(), rustls::Error> {
    let Err(error) = verify_server_name(parsed, host) else {
        return Ok(());
    };
    let decoded = decode(certificate)?;
    let subject = decoded.tbs_certificate();
    let has_names = subject.get_extension::<SubjectAltName>();
    let common_name = match has_names {
        Ok(None) => subject.subject().common_name().ok().flatten(),
        _ => None,
    };
    match common_name {
        Some(name) if is_name_of(&name.value(), &host.to_str()) => Ok(()),
        Some(name) => Err(CertificateError::NotValidForNameContext {
            expected: host.to_owned(),
            presented: vec![name.value().into_owned()],
        }
        .into()),
        None => Err(error),
    }
}

/// Whether a common name, which may begin with `*.`, is that of the host. The star stands for one label.
fn is_name_of(name: &str, host: &str) -> bool {
    if name.eq_ignore_ascii_case(host) {
        return true;
    }
    let is_number = host.parse::<IpAddr>().is_ok();
    match (name.strip_prefix("*."), host.split_once('.')) {
        (Some(parent), Some((_, behind))) => !is_number && parent.eq_ignore_ascii_case(behind),
        _ => false,
    }
}

impl MakeTlsConnect<Socket> for Tls {
    type Stream = Stream;
    type TlsConnect = Handshake;
    type Error = TlsError;

    fn make_tls_connect(&mut self, host: &str) -> Result<Handshake, TlsError> {
        let name = match ServerName::try_from(host.to_owned()) {
            Ok(name) => name,
            Err(_) if self.must_name_host => {
                let reason = "is not a name that a certificate can contain";
                return Err(TlsError(format!("the host {host} {reason}")));
            }
            // Nobody compares it; an address is not sent to the server either.
            Err(_) => ServerName::from(IpAddr::from(Ipv4Addr::UNSPECIFIED)),
        };
        Ok(Handshake {
            config: self.config.clone(),
            name,
        })
    }
}

/// About to speak TLS with a server of this name.
pub(super) struct Handshake {
    config: Arc<ClientConfig>,
    name: ServerName<'static>,
}

impl TlsConnect<Socket> for Handshake {
    type Stream = Stream;
    type Error = TlsError;
    type Future = BoxFuture<'static, Result<Stream, TlsError>>;

    fn connect(self, socket: Socket) -> Self::Future {
        Box::pin(async move {
            let connector = TlsConnector::from(self.config);
            let stream = connector.connect(self.name, socket).await;
            stream
                .map(|stream| Stream(Box::new(stream)))
                .map_err(|error| TlsError(describe(&error)))
        })
    }
}

/// Whether a stream failed because of TLS.
pub(super) fn is_failure(error: &io::Error) -> bool {
    let inner = error.get_ref();
    inner.is_some_and(|inner| inner.is::<rustls::Error>())
}

/// What went wrong with TLS, in words; other errors in their own.
pub(super) fn describe(error: &io::Error) -> String {
    use rustls::Error::{AlertReceived, InvalidCertificate};

    let inner = error.get_ref().and_then(|inner| inner.downcast_ref());
    match inner {
        Some(InvalidCertificate(reason)) => format!("the server's certificate {}", refusal(reason)),
        Some(AlertReceived(alert)) => {
            let hint = "it may demand another client certificate (sslcert, sslkey)";
            format!("the server ended TLS: {alert:?}; {hint}")
        }
        Some(other) => format!("TLS failed: {other}"),
        None => format!("TLS failed: {error}"),
    }
}

/// Why a certificate is refused: follows "the server's certificate".
fn refusal(reason: &CertificateError) -> String {
    match reason {
        CertificateError::ExpiredContext { not_after, .. } => {
            format!("expired at {}", date(*not_after))
        }
        CertificateError::NotValidYetContext { not_before, .. } => {
            format!("is not valid before {}", date(*not_before))
        }
        CertificateError::UnknownIssuer => {
            "does not come from an authority that sslrootcert names".into()
        }
        CertificateError::NotValidForNameContext {
            expected,
            presented,
        } => {
            let presented = match presented.as_slice() {
                [] => "no host".to_owned(),
                names => names.join(", "),
            };
            format!(
                "is not for the host {}: it names {presented}",
                expected.to_str()
            )
        }
        other => format!("is not valid: {other}"),
    }
}

fn date(time: UnixTime) -> String {
    let seconds = i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
    match chrono::DateTime::from_timestamp(seconds, 0) {
        Some(time) => time.format("%Y-%m-%d %H:%M UTC").to_string(),
        None => format!("{seconds} s of Unix time"),
    }
}

/// A connection that speaks TLS.
pub(super) struct Stream(Box<RustlsStream<Socket>>);

impl TlsStream for Stream {
    fn channel_binding(&self) -> ChannelBinding {
        let (_, session) = self.0.get_ref();
        let certificate = session.peer_certificates().and_then(<[_]>::first);
        match certificate.and_then(end_point) {
            Some(hash) => ChannelBinding::tls_server_end_point(hash),
            None => ChannelBinding::none(),
        }
    }
}

/// The certificate's hash, by the algorithm that its signature hashes with, SHA-256 for MD5 and SHA-1
/// (RFC 5929, section 4.1). `None` where the signature names none, as with Ed25519.
fn end_point(certificate: &CertificateDer<'_>) -> Option<Vec<u8>> {
    let decoded = decode(certificate).ok()?;
    let algorithm = decoded.signature_algorithm().oid.to_string();
    let hash = match algorithm.as_str() {
        // RSA (1.2.840.113549.1.1) with MD5, SHA-1, SHA-256; ECDSA (1.2.840.10045.4) with SHA-1, SHA-256.
        "1.2.840.113549.1.1.4"
        | "1.2.840.113549.1.1.5"
        | "1.2.840.113549.1.1.11"
        | "1.2.840.10045.4.1"
        | "1.2.840.10045.4.3.2" => Sha256::digest(certificate).to_vec(),
        "1.2.840.113549.1.1.12" | "1.2.840.10045.4.3.3" => Sha384::digest(certificate).to_vec(),
        "1.2.840.113549.1.1.13" | "1.2.840.10045.4.3.4" => Sha512::digest(certificate).to_vec(),
        _ => return None,
    };
    Some(hash)
}

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_in_a_common_name_is_one_label_of_a_host() {
        for (name, host) in [
            ("db.test", "DB.test"),
            ("*.test", "db.test"),
            ("::1", "::1"),
        ] {
            assert!(is_name_of(name, host), "{name} {host}");
        }
        for (name, host) in [
            ("db.test", "db.test.evil"),
            ("*.test", "a.db.test"),
            ("*.test", "test"),
            ("*.0.0.1", "127.0.0.1"),
            ("*", "test"),
            ("", "db.test"),
        ] {
            assert!(!is_name_of(name, host), "{name} {host}");
        }
    }

    fn refusal(words: TlsWords) -> String {
        match Tls::new(&words) {
            Err(error) => error.to_string(),
            Ok(_) => panic!("{words:?} is accepted"),
        }
    }

    #[test]
    fn files_that_cannot_be_used_are_named_with_the_reason() {
        let directory = tempfile::tempdir().unwrap();
        let file = |name: &str, text: &str| {
            let path = directory.path().join(name);
            std::fs::write(&path, text).unwrap();
            path
        };
        let missing = directory.path().join("missing.pem");
        let empty = file("empty.pem", "no certificate");
        let torn = file("torn.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n");
        let begin = "-----BEGIN CERTIFICATE-----";
        let odd = file(
            "odd.pem",
            &format!("{begin}\nAAAA\n{}\n", begin.replace("BEGIN", "END")),
        );
        let key = rcgen::KeyPair::generate().unwrap();
        let parameters = rcgen::CertificateParams::new(["a".to_owned()]).unwrap();
        let cert = file("cert.pem", &parameters.self_signed(&key).unwrap().pem());
        let other = rcgen::KeyPair::generate().unwrap().serialize_pem();
        let other = file("other.pem", &other);
        let key = file("key.pem", &key.serialize_pem());
        for (path, reason) in [
            (&missing, "cannot be read: No such file"),
            (&empty, "contains no certificate"),
            (&torn, "is not valid PEM"),
            (&odd, "contains a certificate that is not valid"),
        ] {
            let (mode, root) = (Mode::VerifyCa, Some(Root::File(path.clone())));
            let error = refusal(TlsWords {
                mode,
                root,
                client: None,
            });
            let path = path.display().to_string();
            assert!(error.contains(reason) && error.contains(&path), "{error}");
        }
        let client = |cert: &Path, key: &Path| TlsWords {
            mode: Mode::Require,
            root: None,
            client: Some((cert.into(), key.into())),
        };
        for (cert, key, reason) in [
            (&missing, &key, "sslcert"),
            (&cert, &missing, "sslkey"),
            (&cert, &cert, "contains no private key without a passphrase"),
            (&cert, &other, "is not the key of the certificate"),
        ] {
            let error = refusal(client(cert, key));
            assert!(error.contains(reason), "{error}");
        }
        assert!(Tls::new(&client(&cert, &key)).is_ok());
        let off = TlsWords {
            mode: Mode::Disable,
            ..client(&missing, &missing)
        };
        assert!(Tls::new(&off).is_ok(), "without TLS no file is read");
    }
}
