//! The address of the database: a URL, or libpq's `key=value` words, as a configuration of
//! tokio-postgres for each host and the words about TLS, which tokio-postgres knows in part only.
//! <https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS>
//!
//! What must hold: no error repeats a value of the address, or a word of it that is not a setting
//! known to libpq: a password that is not quoted may be any of them. Paths of files are repeated.
//!
//! An empty value is none, as in libpq. libpq's variables (PGSSLMODE, ...) and its files in `~/.postgresql` are not read: the address is all.

use std::path::PathBuf;

use percent_encoding::percent_decode_str;
use tokio_postgres::Config as PgConfig;
use tokio_postgres::config::{Host, LoadBalanceHosts, SslMode};

use super::Error;

/// Settings of libpq that have no effect here. An address with one is refused, by name.
const UNSUPPORTED: &[&str] = &[
    "client_encoding",
    "fallback_application_name",
    "gssdelegation",
    "gssencmode",
    "gsslib",
    "krbsrvname",
    "max_protocol_version",
    "min_protocol_version",
    "passfile",
    "replication",
    "require_auth",
    "requirepeer",
    "requiressl",
    "service",
    "servicefile",
    "ssl_max_protocol_version",
    "ssl_min_protocol_version",
    "sslcertmode",
    "sslcompression",
    "sslcrl",
    "sslcrldir",
    "sslkeylogfile",
    "sslpassword",
    "sslsni",
];

/// Settings that tokio-postgres knows, other than those about TLS.
const SUPPORTED: &[&str] = &[
    "application_name",
    "channel_binding",
    "connect_timeout",
    "dbname",
    "host",
    "hostaddr",
    "keepalives",
    "keepalives_idle",
    "keepalives_interval",
    "keepalives_retries",
    "load_balance_hosts",
    "options",
    "password",
    "port",
    "sslnegotiation",
    "target_session_attrs",
    "tcp_user_timeout",
    "user",
];

/// Settings about TLS.
const ABOUT_TLS: &[&str] = &["sslmode", "sslrootcert", "sslcert", "sslkey"];

/// Letters by which a word may differ from the setting that is meant.
const TYPING_ERRORS_MAX: usize = 2;

/// How much TLS is demanded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// None.
    Disable,
    /// TLS where the server offers it.
    Prefer,
    /// TLS. The certificate is verified if there is a root to verify it by.
    Require,
    /// TLS with a certificate that comes from the root.
    VerifyCa,
    /// As [`Mode::VerifyCa`], with the name of the host in it.
    VerifyFull,
}

/// Who may sign the server's certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Root {
    /// The authorities in this file, or the server's own certificate.
    File(PathBuf),
    /// Those that the operating system trusts.
    System,
}

/// What an address says about TLS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TlsWords {
    pub(super) mode: Mode,
    pub(super) root: Option<Root>,
    /// The client's certificate and its key.
    pub(super) client: Option<(PathBuf, PathBuf)>,
}

/// One host to connect to.
#[derive(Clone)]
pub(super) struct Target {
    /// For messages: `db.example:5432`, or the directory of a socket.
    pub(super) name: String,
    /// Names this host alone.
    pub(super) config: PgConfig,
    pub(super) is_socket: bool,
}

/// An address, read.
pub(super) struct Address {
    /// In the order of the address; one at least.
    pub(super) targets: Vec<Target>,
    /// The hosts are to be tried in a random order.
    pub(super) is_shuffled: bool,
    pub(super) tls: TlsWords,
}

impl Address {
    /// Reads a URL or `key=value` words.
    ///
    /// # Errors
    /// [`Error::Address`].
    pub(super) fn parse(text: &str) -> Result<Self, Error> {
        let split = match text.split_once("://") {
            Some(("postgres" | "postgresql", _)) => split_url(text),
            _ => split_words(text),
        };
        let (rest, words) = split.map_err(Error::Address)?;
        let tls = TlsWords::read(&words).map_err(Error::Address)?;
        let config: PgConfig = rest.parse().map_err(|error: tokio_postgres::Error| {
            // Names the setting alone: what is not a setting has been refused before.
            let source = std::error::Error::source(&error);
            Error::Address(format!(
                "is not valid: {}",
                source.map_or_else(|| error.to_string(), ToString::to_string)
            ))
        })?;
        Ok(Self {
            is_shuffled: config.get_load_balance_hosts() == LoadBalanceHosts::Random,
            targets: targets(&config, tls.mode).map_err(Error::Address)?,
            tls,
        })
    }
}

/// The words about TLS, as they stand in the address.
#[derive(Default)]
struct Found {
    sslmode: Option<String>,
    sslrootcert: Option<String>,
    sslcert: Option<String>,
    sslkey: Option<String>,
}

impl Found {
    /// Whether the key is one of these; then its value is kept, the last one if there are several.
    fn take(&mut self, key: &str, value: &str) -> bool {
        let field = match key {
            "sslmode" => &mut self.sslmode,
            "sslrootcert" => &mut self.sslrootcert,
            "sslcert" => &mut self.sslcert,
            "sslkey" => &mut self.sslkey,
            _ => return false,
        };
        *field = (!value.is_empty()).then(|| value.to_owned());
        true
    }
}

impl TlsWords {
    fn read(found: &Found) -> Result<Self, String> {
        let root = found.sslrootcert.as_deref().map(|root| match root {
            "system" => Root::System,
            file => Root::File(file.into()),
        });
        let mode = match (found.sslmode.as_deref(), &root) {
            (None, Some(Root::System)) => Mode::VerifyFull,
            (None | Some("prefer"), _) => Mode::Prefer,
            (Some("disable"), _) => Mode::Disable,
            (Some("require"), _) => Mode::Require,
            (Some("verify-ca"), _) => Mode::VerifyCa,
            (Some("verify-full"), _) => Mode::VerifyFull,
            (Some(_), _) => {
                let known = "disable, prefer, require, verify-ca and verify-full";
                return Err(format!("has an unknown sslmode: there are {known}"));
            }
        };
        let is_verifying = matches!(mode, Mode::VerifyCa | Mode::VerifyFull);
        match root {
            None if is_verifying => Err(
                "demands that the server's certificate is verified, which needs sslrootcert: \
                 a file, or system",
            ),
            // Anybody can have a certificate of a public authority.
            Some(Root::System) if mode != Mode::VerifyFull => {
                Err("has sslrootcert=system, which needs sslmode=verify-full")
            }
            _ => Ok(()),
        }?;
        let client = match (&found.sslcert, &found.sslkey) {
            (Some(cert), Some(key)) => Some((cert.into(), key.into())),
            (None, None) => None,
            (Some(_), None) => return Err("has sslcert, which needs sslkey".into()),
            (None, Some(_)) => return Err("has sslkey, which needs sslcert".into()),
        };
        Ok(Self { mode, root, client })
    }
}

/// Refuses what is not a setting. It is named by its number, counted from 1, and by the setting that it looks like.
fn must_be_known(key: &str, number: usize) -> Result<(), String> {
    if SUPPORTED.contains(&key) {
        return Ok(());
    }
    if UNSUPPORTED.contains(&key) {
        return Err(format!("has the setting {key}, which is not supported"));
    }
    let meant = SUPPORTED
        .iter()
        .chain(ABOUT_TLS)
        .min_by_key(|known| strsim::osa_distance(key, known));
    let meant = meant.filter(|known| strsim::osa_distance(key, known) <= TYPING_ERRORS_MAX);
    let meant = meant
        .map(|known| format!(" (is {known} meant?)"))
        .unwrap_or_default();
    Err(format!(
        "has a word that is not a setting, in key=value pair no. {number}{meant}; a password with special \
         characters must be quoted ('…'), in a URL as %XX"
    ))
}

/// The URL without its words about TLS, and these.
fn split_url(url: &str) -> Result<(String, Found), String> {
    let mut found = Found::default();
    // A password may contain a question mark: tokio-postgres looks behind the first @ too.
    let behind_credentials = url.find('@').map_or(0, |at| at + 1);
    let Some(start) = url[behind_credentials..].find('?') else {
        return Ok((url.to_owned(), found));
    };
    let (before, query) = url.split_at(behind_credentials + start);
    let mut rest = Vec::new();
    for (index, word) in query[1..]
        .split('&')
        .filter(|word| !word.is_empty())
        .enumerate()
    {
        let (key, value) = word
            .split_once('=')
            .ok_or("has a word without a value after its question mark")?;
        let decode = |text| percent_decode_str(text).decode_utf8();
        let (Ok(key), Ok(value)) = (decode(key), decode(value)) else {
            return Err("is not UTF-8".into());
        };
        if !found.take(&key, &value) {
            must_be_known(&key, index + 1)?;
            if !value.is_empty() {
                rest.push(word);
            }
        }
    }
    let separator = if rest.is_empty() { "" } else { "?" };
    Ok((format!("{before}{separator}{}", rest.join("&")), found))
}

/// The words other than those about TLS, and these.
fn split_words(text: &str) -> Result<(String, Found), String> {
    let form = "is neither a URL (postgresql://…) nor key=value words";
    let mut found = Found::default();
    let mut rest = String::new();
    let mut left = text.trim_start();
    let mut number = 0;
    while !left.is_empty() {
        number += 1;
        let (key, behind) = left.split_once('=').ok_or(form)?;
        let key = key.trim_end();
        if key.contains(char::is_whitespace) {
            must_be_known("", number)?;
        }
        let (value, behind) = split_value(behind.trim_start()).ok_or(form)?;
        if !found.take(key, &value) {
            must_be_known(key, number)?;
            if !value.is_empty() {
                let value = value.replace('\\', r"\\").replace('\'', r"\'");
                rest.push_str(&format!("{key}='{value}' "));
            }
        }
        left = behind.trim_start();
    }
    Ok((rest, found))
}

/// A value, in quotes or up to the next space, and what follows; a backslash makes any character plain.
/// `None` if its quotes do not end.
fn split_value(text: &str) -> Option<(String, &str)> {
    let (text, is_quoted) = match text.strip_prefix('\'') {
        Some(text) => (text, true),
        None => (text, false),
    };
    let mut value = String::new();
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '\'' if is_quoted => return Some((value, &text[at + 1..])),
            '\\' => value.extend(characters.next().map(|(_, plain)| plain)),
            space if space.is_whitespace() && !is_quoted => return Some((value, &text[at..])),
            plain => value.push(plain),
        }
    }
    (!is_quoted).then_some((value, ""))
}

/// A configuration for each host.
fn targets(config: &PgConfig, mode: Mode) -> Result<Vec<Target>, String> {
    let (hosts, addresses) = (config.get_hosts(), config.get_hostaddrs());
    let ports = config.get_ports();
    let count = hosts.len().max(addresses.len());
    if count == 0 {
        return Err("names no host".into());
    }
    if !hosts.is_empty() && !addresses.is_empty() && hosts.len() != addresses.len() {
        return Err("names as many values of hostaddr as hosts, or must name none of one".into());
    }
    if ports.len() > 1 && ports.len() != count {
        return Err("names more than one port, but not one for each host".into());
    }
    let targets = (0..count).map(|index| {
        let mut one = without_hosts(config);
        let port = ports.get(index).or(ports.first()).copied().unwrap_or(5432);
        one.port(port);
        if let Some(address) = addresses.get(index) {
            one.hostaddr(*address);
        }
        let (name, is_socket) = match (hosts.get(index), addresses.get(index)) {
            (Some(Host::Unix(directory)), None) => {
                one.host_path(directory);
                (directory.display().to_string(), true)
            }
            (Some(Host::Tcp(host)), _) => {
                one.host(host);
                (format!("{host}:{port}"), false)
            }
            // A numeric address is a name too, which a certificate may contain.
            (_, address) => {
                let host = address.map(ToString::to_string).unwrap_or_default();
                one.host(&host);
                (format!("{host}:{port}"), false)
            }
        };
        one.ssl_mode(match mode {
            // As libpq does: there is no TLS on a socket, whatever the mode.
            _ if is_socket => SslMode::Disable,
            Mode::Disable => SslMode::Disable,
            Mode::Prefer => SslMode::Prefer,
            Mode::Require | Mode::VerifyCa | Mode::VerifyFull => SslMode::Require,
        });
        Target {
            name,
            config: one,
            is_socket,
        }
    });
    Ok(targets.collect())
}

/// A copy that names no host: a [`PgConfig`] cannot forget one.
fn without_hosts(config: &PgConfig) -> PgConfig {
    let mut one = PgConfig::new();
    if let Some(user) = config.get_user() {
        one.user(user);
    }
    if let Some(password) = config.get_password() {
        one.password(password);
    }
    if let Some(name) = config.get_dbname() {
        one.dbname(name);
    }
    if let Some(options) = config.get_options() {
        one.options(options);
    }
    if let Some(name) = config.get_application_name() {
        one.application_name(name);
    }
    if let Some(limit) = config.get_tcp_user_timeout() {
        one.tcp_user_timeout(*limit);
    }
    if let Some(interval) = config.get_keepalives_interval() {
        one.keepalives_interval(interval);
    }
    if let Some(retries) = config.get_keepalives_retries() {
        one.keepalives_retries(retries);
    }
    one.keepalives(config.get_keepalives())
        .keepalives_idle(config.get_keepalives_idle())
        .ssl_negotiation(config.get_ssl_negotiation())
        .target_session_attrs(config.get_target_session_attrs())
        .channel_binding(config.get_channel_binding())
        .load_balance_hosts(config.get_load_balance_hosts());
    one
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        // As URLs, as words, and as anything.
        #[test]
        fn parse_any_address_or_say_what_is_wrong(
            url in "postgres(ql)?://\\PC{0,40}(\\?[a-z_]{0,12}=\\PC{0,12}(&sslmode=[a-z-]{0,12})?)?",
            words in "([a-z_]{1,20} ?= ?('\\PC{0,8}'|\\PC{0,8}) ){0,4}",
            text in "\\PC{0,80}",
        ) {
            for text in [url, words, text] {
                // It ends, and without a panic.
                let _ = Address::parse(&text);
            }
        }
    }

    fn refusal(text: &str) -> String {
        match Address::parse(text) {
            Err(error) => error.to_string(),
            Ok(_) => panic!("{text} is accepted"),
        }
    }

    #[test]
    fn urls_and_words_say_the_same() {
        let words = "user=u  password = 'a b\\'c' host=db.example port=6432 dbname=shop
            sslmode=verify-full sslrootcert='/etc/my ca.pem' sslcert=c.pem sslkey=k.pem";
        let url = "postgresql://u:a%20b'c@db.example:6432/shop?sslmode=verify-full\
            &sslrootcert=/etc/my%20ca.pem&sslcert=c.pem&sslkey=k.pem";
        for text in [words, url] {
            let address = Address::parse(text).unwrap();
            assert_eq!(address.tls.mode, Mode::VerifyFull);
            let root = Root::File("/etc/my ca.pem".into());
            assert_eq!(address.tls.root, Some(root));
            let client = ("c.pem".into(), "k.pem".into());
            assert_eq!(address.tls.client, Some(client));
            let [target] = address.targets.as_slice() else {
                panic!("{text} names one host");
            };
            assert_eq!(target.name, "db.example:6432");
            assert_eq!(target.config.get_user(), Some("u"));
            assert_eq!(target.config.get_dbname(), Some("shop"));
            let password = target.config.get_password();
            assert_eq!(password, Some(b"a b'c".as_slice()), "{text}");
            assert_eq!(target.config.get_ssl_mode(), SslMode::Require);
        }
    }

    #[test]
    fn an_address_without_words_about_tls_prefers_it() {
        for text in ["host=h", "postgres://h", "postgres://h?sslmode=&sslcert="] {
            let tls = Address::parse(text).unwrap().tls;
            assert_eq!((tls.mode, tls.root, tls.client), (Mode::Prefer, None, None));
        }
    }

    #[test]
    fn what_looks_like_words_in_a_password_is_the_password() {
        let address = Address::parse("postgres://u:a?sslmode=disable&x@h").unwrap();
        assert_eq!(address.tls.mode, Mode::Prefer);
        let password = address.targets[0].config.get_password();
        assert_eq!(password, Some(b"a?sslmode=disable&x".as_slice()));
    }

    #[test]
    fn the_systems_authorities_are_for_verify_full() {
        let tls = Address::parse("host=h sslrootcert=system").unwrap().tls;
        assert_eq!((tls.mode, tls.root), (Mode::VerifyFull, Some(Root::System)));
        let weak = refusal("host=h sslrootcert=system sslmode=require");
        assert!(weak.contains("needs sslmode=verify-full"), "{weak}");
    }

    #[test]
    fn sockets_have_no_tls_and_every_host_its_port_and_address() {
        let text = "host=/run/pg,db port=1,2 hostaddr='' sslmode=require";
        let address = Address::parse(text).unwrap();
        let [socket, host] = address.targets.as_slice() else {
            panic!("two hosts");
        };
        assert_eq!(socket.config.get_ssl_mode(), SslMode::Disable);
        assert_eq!(
            (socket.name.as_str(), host.name.as_str()),
            ("/run/pg", "db:2")
        );
        assert_eq!(socket.config.get_ports(), [1]);
        assert_eq!(host.config.get_ssl_mode(), SslMode::Require);
        let numeric = Address::parse("hostaddr=::1 sslmode=verify-ca sslrootcert=r").unwrap();
        let host = Host::Tcp("::1".into());
        assert_eq!(numeric.targets[0].config.get_hosts(), [host]);
    }

    #[test]
    fn what_is_wrong_is_said_without_any_value() {
        for (text, said) in [
            ("host=h sslmode=secret", "there are disable, prefer"),
            ("host=h sslmode=verify-ca", "needs sslrootcert"),
            ("host=h sslcert=secret", "sslkey"),
            ("host=h sslkey=secret", "sslcert"),
            ("host=h password=not quoted secret", "neither a URL"),
            ("host=h password=a secret=b", "must be quoted"),
            ("host=h password='secret", "neither a URL"),
            ("secret", "neither a URL"),
            ("host=h service=secret", "service, which is not supported"),
            ("host=h port=secret", "port"),
            ("host=h keepalives=secret", "keepalives"),
            ("password=secret", "names no host"),
            ("host=a,b,c port=1,2", "more than one port"),
            ("postgres://u:secret@h?secret=1", "must be quoted"),
            ("postgres://u:secret@h?secret", "without a value"),
            ("postgres://u:secret@h?x=%ff", "UTF-8"),
            ("postgres://u:secret@h:secret/d", "port"),
            ("mysql://u:secret@h/d", "neither a URL"),
        ] {
            let error = refusal(text);
            assert!(error.contains(said), "{text}: {error}");
            assert!(!error.contains("secret"), "{error}");
        }
    }

    #[test]
    fn a_wrong_word_is_named_by_its_number_and_by_what_it_looks_like() {
        for (text, said) in [
            ("host=h sslmod=require", "pair no. 2 (is sslmode meant?);"),
            ("hsot=h", "pair no. 1 (is host meant?);"),
            (
                "postgres://u@h/d?sslmode=require&aplication_name=x",
                "pair no. 2 (is application_name meant?);",
            ),
            ("host=h user=u colour=red", "pair no. 3;"),
        ] {
            let error = refusal(text);
            assert!(error.contains(said), "{text}: {error}");
        }
    }

    #[test]
    fn a_copy_for_one_host_keeps_all_other_settings() {
        let text = "user=u password=p dbname=d options='-c x=y' application_name=a \
            sslnegotiation=direct tcp_user_timeout=7 keepalives=0 keepalives_idle=8 \
            keepalives_interval=9 keepalives_retries=10 target_session_attrs=read-write \
            channel_binding=require load_balance_hosts=random";
        let config: PgConfig = text.parse().unwrap();
        assert_eq!(without_hosts(&config), config);
    }
}
