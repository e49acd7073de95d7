//! TLS to the database, with a real PostgreSQL that accepts nothing else: which server is believed, which
//! is refused and in what words, and that everything goes the same way: server, migrations, commands.

use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use boxoffice::postgres::Db;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd,
};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::sign::{CertifiedKey, SingleCertAndKey};
use uuid::Uuid;

use crate::support::postgres::Postgres;
use crate::support::process::Process;
use crate::support::{Answer, as_buyer, fresh_key, order};

/// What stands in the servers' certificates. No resolver knows it: addresses say `hostaddr`.
const HOST: &str = "db.test";
const PASSWORD: &str = "qu1te?hushed@all'times";
/// Everybody over TLS and with a password, which SCRAM binds to the certificate; `guarded` with a
/// certificate besides; `plain` only without TLS.
const HBA: &str = "hostssl all seller 127.0.0.1/32 scram-sha-256
hostssl all guarded 127.0.0.1/32 scram-sha-256 clientcert=verify-full
hostnossl all plain 127.0.0.1/32 scram-sha-256";

type Authority = CertifiedIssuer<'static, KeyPair>;

fn authority(name: &str) -> Authority {
    let mut parameters = named(name);
    parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(parameters, KeyPair::generate().unwrap()).unwrap()
}

fn named(common_name: &str) -> CertificateParams {
    let mut parameters = CertificateParams::default();
    let name = &mut parameters.distinguished_name;
    name.push(DnType::CommonName, common_name);
    parameters
}

/// For this host, which is not in the common name.
fn for_host(host: &str) -> CertificateParams {
    let mut parameters = named("a server");
    parameters.subject_alt_names = CertificateParams::new([host.to_owned()])
        .unwrap()
        .subject_alt_names;
    parameters
}

/// A certificate and its key, in PEM form.
fn signed(parameters: &CertificateParams, by: &Authority) -> (String, String) {
    let key = KeyPair::generate().unwrap();
    let certificate = parameters.signed_by(&key, by).unwrap();
    (certificate.pem(), key.serialize_pem())
}

/// A PostgreSQL with this certificate, and an empty database `shop` in it.
async fn server((certificate, key): &(String, String), clients: &Authority) -> Postgres {
    let clients = clients.pem();
    let files = [
        ("server.crt", certificate.as_str()),
        ("server.key", key.as_str()),
        ("clients.crt", clients.as_str()),
        (
            "postgresql.auto.conf",
            "ssl = on\nssl_ca_file = 'clients.crt'\n",
        ),
    ];
    let postgres = Postgres::start(HBA, &files);
    let password = PASSWORD.replace('\'', "''");
    for role in ["seller", "guarded", "plain"] {
        let create = format!("CREATE ROLE {role} LOGIN PASSWORD '{password}'");
        postgres.administer("postgres", &[&create]).await;
    }
    let create = "CREATE DATABASE shop OWNER seller";
    postgres.administer("postgres", &[create]).await;
    postgres
}

impl Postgres {
    /// The address of `shop` with these words.
    fn words(&self, user: &str, host: &str, words: &str) -> String {
        let password = PASSWORD.replace('\'', r"\'");
        format!(
            "user={user} password='{password}' dbname=shop host={host} hostaddr=127.0.0.1 port={} {words}",
            self.port
        )
    }

    /// As [`Postgres::words`], as a URL.
    fn url(&self, user: &str, host: &str, words: &str) -> String {
        let password = PASSWORD.replace('?', "%3F").replace('@', "%40");
        let (port, words) = (self.port, words.replace(' ', "&"));
        format!("postgresql://{user}:{password}@{host}:{port}/shop?hostaddr=127.0.0.1&{words}")
    }

    /// A file beside the cluster, for this process to read.
    fn file(&self, name: &str, text: &str) -> String {
        let path = self.directory.join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    }
}

/// Whether the connection is encrypted, or why there is none.
async fn connect(address: &str) -> Result<bool, String> {
    let said = |error: boxoffice::postgres::Error| {
        let said = format!("{error} {error:?}");
        assert!(!said.contains("hushed"), "{said}");
        error.to_string()
    };
    let db = Db::new(address, 1).map_err(said)?;
    let client = db.get().await.map_err(said)?;
    let mine = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    Ok(client.query_one(mine, &[]).await.unwrap().get(0))
}

#[track_caller]
fn assert_refused(answer: &Result<bool, String>, words: &[&str]) {
    let reason = answer.as_ref().expect_err("it is refused");
    for word in words {
        assert!(reason.contains(word), "{reason}");
    }
}

fn boxoffice(database_url: &str, words: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_boxoffice"));
    command
        .args(words)
        .env("DATABASE_URL", database_url)
        .env("RUST_LOG", "trace")
        .stdin(Stdio::null());
    let output = command.output().expect("the binary runs");
    let said = [output.stdout.as_slice(), &output.stderr].concat();
    assert!(!String::from_utf8_lossy(&said).contains("hushed"));
    output
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_goes_over_tls_to_a_server_that_is_verified() {
    let ours = authority("ours");
    let postgres = server(&signed(&for_host(HOST), &ours), &ours).await;
    let root = postgres.file("root.crt", &ours.pem());
    // SCRAM with the certificate's hash in it, or nothing.
    let words = format!("sslmode=verify-full sslrootcert={root} channel_binding=require");
    let address = postgres.url("seller", HOST, &words);
    // An empty database: migrations go this way too.
    let migrated = boxoffice(&address, &["migrate"]);
    assert!(migrated.status.success(), "{migrated:?}");
    let created = boxoffice(
        &address,
        &[
            "create-event",
            "--name=Late Show",
            "--starts-at=2090-06-01T20:00:00Z",
            "--tier=ga:General:1000:3:general",
        ],
    );
    let said = String::from_utf8_lossy(&created.stderr).into_owned();
    assert!(created.status.success(), "{said}");
    let event: Value = serde_json::from_slice(&created.stdout).unwrap();
    let event: Uuid = event["id"].as_str().unwrap().parse().unwrap();
    let process = Process::start(&address, &[], &[], Stdio::null()).expect("a server");
    let request = reqwest::Client::new().post(format!("{}/api/bookings", process.url));
    let request = request.header("Idempotency-Key", fresh_key());
    let body = order(event, Uuid::new_v4(), &[("ga", 2)]);
    let request = as_buyer(&Db::new(&address, 2).unwrap(), request, &body).await;
    Answer::of(request.send().await.unwrap()).await.made();
    let plain = "SELECT count(*), count(*) FILTER (WHERE NOT ssl) FROM pg_stat_ssl
        JOIN pg_stat_activity USING (pid) WHERE usename = 'seller'";
    let client = postgres.administration("postgres").await;
    let row = client.query_one(plain, &[]).await.unwrap();
    let (open, plain): (i64, i64) = (row.get(0), row.get(1));
    assert!(
        open > 0 && plain == 0,
        "{plain} of {open} are not encrypted"
    );
    assert!(boxoffice(&address, &["check"]).status.success());
    let words = postgres.words("seller", HOST, &words);
    assert!(boxoffice(&words, &["check"]).status.success());
    // The system's authorities, which OpenSSL's variable names.
    for (host, is_believed) in [(HOST, true), ("other.test", false)] {
        let mut check = Command::new(env!("CARGO_BIN_EXE_boxoffice"));
        check.arg("check").env("SSL_CERT_FILE", &root);
        check.env(
            "DATABASE_URL",
            postgres.url("seller", host, "sslrootcert=system"),
        );
        let checked = check.output().unwrap();
        assert_eq!(checked.status.success(), is_believed, "{checked:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mode_demands_what_libpq_says_it_does() {
    let (ours, theirs) = (authority("ours"), authority("theirs"));
    let postgres = server(&signed(&for_host(HOST), &ours), &ours).await;
    let ours = postgres.file("ours.crt", &ours.pem());
    let theirs = postgres.file("theirs.crt", &theirs.pem());
    let attempt = async |host: &str, words: &str| {
        let as_words = connect(&postgres.words("seller", host, words)).await;
        let as_url = connect(&postgres.url("seller", host, words)).await;
        assert_eq!(as_words, as_url, "{words}");
        as_words
    };
    let unencrypted = attempt(HOST, "sslmode=disable").await;
    let said = ["no pg_hba.conf entry", "TLS is not used: sslmode=disable"];
    assert_refused(&unencrypted, &said);
    for words in ["", "sslmode=prefer", "sslmode=require"] {
        assert_eq!(attempt("other.test", words).await, Ok(true), "{words}");
    }
    for mode in ["prefer", "require", "verify-ca", "verify-full"] {
        let words = format!("sslmode={mode} sslrootcert={ours}");
        assert_eq!(attempt(HOST, &words).await, Ok(true), "{mode}");
        let misnamed = attempt("other.test", &words).await;
        if mode == "verify-full" {
            let said = ["is not for the host other.test: it names", "db.test"];
            assert_refused(&misnamed, &said);
        } else {
            assert_eq!(misnamed, Ok(true), "{mode}");
        }
        let words = format!("sslmode={mode} sslrootcert={theirs}");
        let said = ["the server's certificate does not come from an authority"];
        let refused = attempt(HOST, &words).await;
        assert_refused(&refused, &said);
        let refused = refused.unwrap_err();
        assert!(!refused.contains("without TLS"), "{refused}");
    }
    let missing = attempt(HOST, "sslmode=verify-ca sslrootcert=/nowhere").await;
    assert_refused(&missing, &["sslrootcert=/nowhere, which cannot be read"]);
    // Nobody's own authority is the system's.
    let system = attempt(HOST, "sslrootcert=system").await;
    assert_refused(&system, &["sslrootcert"]);
    // And it ends in one line for an operator.
    let words = format!("sslmode=verify-full sslrootcert={theirs}");
    let refused = boxoffice(&postgres.url("seller", HOST, &words), &["check"]);
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    let mut lines = said.lines().filter(|line| line.starts_with("boxoffice: "));
    let line = lines.next().unwrap_or_default();
    assert!(line.contains("certificate does not come from"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn prefer_goes_without_tls_where_there_is_none() {
    let ours = authority("ours");
    let postgres = server(&signed(&for_host(HOST), &ours), &ours).await;
    // This one is admitted without TLS alone, and the server offers TLS.
    let plain = postgres.words("plain", HOST, "sslmode=prefer");
    assert_eq!(connect(&plain).await, Ok(false));
    let refused = connect(&postgres.words("plain", HOST, "sslmode=require")).await;
    assert_refused(&refused, &["no pg_hba.conf entry"]);
    let off = ["ALTER SYSTEM SET ssl = off", "SELECT pg_reload_conf()"];
    postgres.administer("postgres", &off).await;
    let require = postgres.words("plain", HOST, "sslmode=require");
    let deadline = Instant::now() + Duration::from_secs(30);
    while !connect(&require)
        .await
        .is_err_and(|said| said.contains("does not support TLS"))
    {
        assert!(
            Instant::now() < deadline,
            "the setting does not come into force"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(connect(&plain).await, Ok(false));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_counts_until_it_expires() {
    let ours = authority("ours");
    let mut old = for_host(HOST);
    old.not_after = date_time_ymd(2020, 2, 29);
    let postgres = server(&signed(&old, &ours), &ours).await;
    let root = postgres.file("root.crt", &ours.pem());
    for mode in ["require", "verify-ca", "verify-full"] {
        let words = format!("sslmode={mode} sslrootcert={root}");
        let refused = connect(&postgres.words("seller", HOST, &words)).await;
        assert_refused(
            &refused,
            &["the server's certificate expired at 2020-02-29"],
        );
    }
}

/// As PostgreSQL's documentation makes one: its own authority, and its host in the common name alone.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_may_sign_its_own_certificate_and_be_named_by_its_common_name() {
    let key = KeyPair::generate().unwrap();
    let make = |from: i32, until: i32| {
        let mut parameters = named(HOST);
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        parameters.not_before = date_time_ymd(from, 1, 1);
        parameters.not_after = date_time_ymd(until, 1, 1);
        parameters.self_signed(&key).unwrap().pem()
    };
    for (from, until, said) in [
        (2020, 4000, None),
        (2000, 2020, Some("expired at 2020-01-01")),
        (3000, 4000, Some("is not valid before 3000-01-01")),
    ] {
        let certificate = make(from, until);
        let pair = (certificate.clone(), key.serialize_pem());
        let postgres = server(&pair, &authority("clients")).await;
        let root = postgres.file("root.crt", &certificate);
        let words = format!("sslmode=verify-full sslrootcert={root}");
        let answer = connect(&postgres.words("seller", HOST, &words)).await;
        let Some(said) = said else {
            assert_eq!(answer, Ok(true));
            let other = connect(&postgres.words("seller", "other.test", &words)).await;
            assert_refused(
                &other,
                &["is not for the host other.test: it names db.test"],
            );
            continue;
        };
        assert_refused(&answer, &[said]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_shows_its_certificate_where_one_is_demanded() {
    let (ours, theirs) = (authority("ours"), authority("theirs"));
    let postgres = server(&signed(&for_host(HOST), &ours), &ours).await;
    let root = postgres.file("root.crt", &ours.pem());
    let attempt = async |name: &str, pair: Option<(String, String)>| {
        let mut words = format!("sslmode=verify-full sslrootcert={root}");
        if let Some((certificate, key)) = pair {
            let certificate = postgres.file(&format!("{name}.crt"), &certificate);
            let key = postgres.file(&format!("{name}.key"), &key);
            assert!(Path::new(&key).exists());
            words = format!("{words} sslcert={certificate} sslkey={key}");
        }
        connect(&postgres.url("guarded", HOST, &words)).await
    };
    let own = signed(&named("guarded"), &ours);
    assert_eq!(attempt("own", Some(own)).await, Ok(true));
    let none = attempt("none", None).await;
    assert_refused(&none, &["requires a valid client certificate"]);
    let other = attempt("other", Some(signed(&named("seller"), &ours))).await;
    assert_refused(&other, &["authentication failed for user \"guarded\""]);
    let stranger = attempt("stranger", Some(signed(&named("guarded"), &theirs))).await;
    assert_refused(
        &stranger,
        &["the server ended TLS", "client certificate (sslcert"],
    );
}

/// Whoever has seen the server's certificate could show it, and SCRAM would bind the password to it.
#[tokio::test(flavor = "multi_thread")]
async fn who_shows_a_certificate_must_have_its_key_though_nobody_verifies_the_certificate() {
    let ours = authority("ours");
    let (certificate, own) = signed(&for_host(HOST), &ours);
    let (_, foreign) = signed(&for_host(HOST), &ours);
    for (key, has_key) in [(own, true), (foreign, false)] {
        let port = pretend(&certificate, &key).await;
        let words = format!("sslmode=require host={HOST} hostaddr=127.0.0.1 port={port} user=u");
        let refused = connect(&words).await.unwrap_err();
        // It is no PostgreSQL: with the key it comes as far as to end the connection.
        let is_over_tls = !refused.contains("the server's certificate is not valid");
        assert_eq!(is_over_tls, has_key, "{refused}");
    }
}

/// Something that speaks TLS as PostgreSQL does, and no further. Its port.
async fn pretend(certificate: &str, key: &str) -> u16 {
    let provider = ring::default_provider();
    let certificate = CertificateDer::from_pem_slice(certificate.as_bytes()).unwrap();
    let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap();
    let key = provider.key_provider.load_private_key(key).unwrap();
    // Does not compare them.
    let pair = SingleCertAndKey::from(CertifiedKey::new(vec![certificate], key));
    let config = ServerConfig::builder_with_provider(Arc::new(provider))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(pair));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut request = [0; 8];
        socket.read_exact(&mut request).await.unwrap();
        socket.write_all(b"S").await.unwrap();
        drop(TlsAcceptor::from(Arc::new(config)).accept(socket).await);
    });
    port
}
