//! The configuration file: settings in TOML, named as their flags are.
//!
//! What must hold: a key that is no setting is an error that names the nearest setting; every value is judged as clap
//! judges the flag; no message repeats the text of the file beside a refused value, and no secret at all; a file
//! with a secret may not be readable by everybody.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use clap::Arg;
use serde::Deserialize;
use toml::{Spanned, Value};

use super::settings::{self, Refusal, Source};
use crate::types::Invalid;

/// Bytes that are read at most.
const BYTES_MAX: u64 = 256 * 1024;
/// Letters by which a key may differ from the setting that is meant.
const TYPING_ERRORS_MAX: usize = 4;

/// What a configuration file says.
#[derive(Debug, Default)]
pub(super) struct ConfigFile {
    /// By the identifier of the setting's flag.
    values: BTreeMap<String, FileValue>,
}

/// A setting in the file.
#[derive(Debug)]
pub(super) struct FileValue {
    /// As they would be written on the command line; several for a list.
    pub(super) words: Vec<String>,
    pub(super) source: Source,
}

impl ConfigFile {
    /// Reads the file and judges all that it says.
    pub(super) fn read(path: &Path) -> Result<Self, Invalid> {
        let refused =
            |reason: &dyn std::fmt::Display| Invalid::new(format!("{}: {reason}", path.display()));
        let found = std::fs::metadata(path)
            .map_err(|error| refused(&format_args!("cannot be read: {error}")))?;
        if !found.is_file() || found.len() > BYTES_MAX {
            return Err(refused(&format_args!(
                "must be a file of at most {} KiB",
                BYTES_MAX / 1024
            )));
        }
        let text = std::fs::read_to_string(path)
            .map_err(|error| refused(&format_args!("cannot be read: {error}")))?;
        let file = Self::parse(path, &text)?;
        let mode = found.permissions().mode();
        if mode & 0o004 != 0
            && let Some(secret) = file.secret()
        {
            return Err(refused(&format_args!(
                "has a secret ({secret}) and may be read by every user (mode {:03o}): chmod o-rwx {}",
                mode & 0o777,
                path.display(),
            )));
        }
        Ok(file)
    }

    fn parse(path: &Path, text: &str) -> Result<Self, Invalid> {
        // Its own message shows the line, which may hold a secret.
        let table = BTreeMap::<Spanned<String>, Spanned<Value>>::deserialize(
            toml::Deserializer::parse(text).map_err(|error| not_toml(path, text, &error))?,
        )
        .map_err(|error| not_toml(path, text, &error))?;
        let known = settings::all();
        let mut values = BTreeMap::new();
        for (key, value) in table {
            let source = Source::File {
                path: path.to_owned(),
                line: line_of(text, key.span().start),
            };
            let name = key.get_ref();
            let Some(arg) = known.iter().find(|arg| settings::name(arg) == name) else {
                return Err(unknown(&source, name, &known));
            };
            let words = words(value.into_inner())
                .map_err(|reason| Invalid::new(format!("{source}: {name} {reason}")))?;
            for word in &words {
                settings::judge(arg, word).map_err(|reason| {
                    let refusal = Refusal {
                        arg,
                        value: word,
                        source: &source,
                        reason: &reason,
                    };
                    Invalid::new(refusal.to_string())
                })?;
            }
            values.insert(arg.get_id().to_string(), FileValue { words, source });
        }
        Ok(Self { values })
    }

    /// What it says of the setting with this flag.
    pub(super) fn value(&self, arg: &Arg) -> Option<&FileValue> {
        arg.get_env()?;
        self.values.get(arg.get_id().as_str())
    }

    /// The name of a secret in it.
    fn secret(&self) -> Option<String> {
        let known = settings::all();
        let mut secrets = known.iter().filter(|arg| settings::is_secret(arg));
        secrets.find_map(|arg| self.value(arg).map(|_| settings::name(arg).to_owned()))
    }
}

/// The line of a byte, from 1.
fn line_of(text: &str, byte: usize) -> usize {
    let before = text.as_bytes().iter().take(byte);
    before.filter(|byte| **byte == b'\n').count() + 1
}

fn not_toml(path: &Path, text: &str, error: &toml::de::Error) -> Invalid {
    let line = error.span().map_or(1, |span| line_of(text, span.start));
    let source = Source::File {
        path: PathBuf::from(path),
        line,
    };
    // It may quote what is on the line: only the kind of error is told.
    let message = error.message();
    let kind = message.split(['`', '"']).next().unwrap_or_default().trim();
    Invalid::new(format!("{source} is not TOML: {kind}"))
}

fn unknown(source: &Source, name: &str, known: &[Arg]) -> Invalid {
    let spelled = name.replace('_', "-").to_lowercase();
    let distance = |arg: &&Arg| strsim::damerau_levenshtein(&spelled, settings::name(arg));
    let nearest = known.iter().min_by_key(distance);
    let hint = match nearest.filter(|arg| distance(arg) <= TYPING_ERRORS_MAX) {
        Some(nearest) => format!(": is '{}' meant?", settings::name(nearest)),
        None => ": `boxoffice serve --help` names them, without the dashes before".to_owned(),
    };
    Invalid::new(format!("{source}: '{name}' is not a setting{hint}"))
}

/// A value as words of the command line.
fn words(value: Value) -> Result<Vec<String>, &'static str> {
    let word = |value| match value {
        Value::String(text) => Ok(text),
        Value::Integer(number) => Ok(number.to_string()),
        Value::Boolean(_) => Err("is true or false; write \"on\" or \"off\""),
        _ => Err("must be a text in quotes or a whole number"),
    };
    match value {
        Value::Array(values) => values.into_iter().map(word).collect(),
        value => Ok(vec![word(value)?]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<ConfigFile, String> {
        ConfigFile::parse(Path::new("b.toml"), text).map_err(|error| error.to_string())
    }

    #[test]
    fn every_setting_may_stand_in_the_file() {
        for arg in settings::all() {
            let name = settings::name(&arg);
            let default = arg.get_default_values().first();
            let value = match (default, name) {
                (Some(value), _) => value.to_str().unwrap().to_owned(),
                (None, "workers" | "client-connections") => "7".to_owned(),
                (None, "public-url" | "gateway-webhook-url" | "cors-origin" | "otlp-endpoint") => {
                    "http://a.example".to_owned()
                }
                (None, "stripe-secret-key") => "sk_test_0123456789".to_owned(),
                (None, "stripe-publishable-key") => "pk_test_0123456789".to_owned(),
                (None, "metrics-listen") => "127.0.0.1:9464".to_owned(),
                (None, "trusted-proxy") => "10.0.0.0/8".to_owned(),
                (None, _) => "0123456789abcdef".to_owned(),
            };
            let file = parse(&format!("{name} = '{value}'")).unwrap();
            assert_eq!(file.value(&arg).unwrap().words, [value], "{name}");
        }
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line_and_what_was_expected() {
        for (text, said) in [
            (
                "\nworkers = 0",
                "b.toml, line 2: workers cannot be '0': 0 is not in 1..=256; expected is COUNT: Threads",
            ),
            ("listen = 'x'", "expected is ADDRESS:PORT: Address and port"),
            ("migrate = 'no'", "it must be one of at-start, never"),
            (
                "trusted-proxy = ['10.0.0.0/8', '1']",
                "trusted-proxy cannot be '1': must be a network",
            ),
            (
                "hold_second = 3",
                "'hold_second' is not a setting: is 'hold-seconds' meant?",
            ),
            ("what-is-this = 3", "'what-is-this' is not a setting: `box"),
            ("config = 'a.toml'", "'config' is not a setting"),
            ("rate-limits = true", "write \"on\" or \"off\""),
            ("listen = 1.5", "must be a text in quotes"),
            ("[serve]\nlisten = 'x'", "'serve' is not a setting"),
            ("workers = 1\nworkers = 2", "b.toml, line 2 is not TOML"),
        ] {
            let refused = parse(text).unwrap_err();
            assert!(refused.contains(said), "{text}: {refused}");
        }
    }

    #[test]
    fn no_message_has_a_secret() {
        for text in [
            "webhook-secret = 'hunter2'",
            "webhook-secret = \"hunter2",
            "webhook-secret = hunter2",
            "database-url = 'postgres://u:hunter2@h/d\n",
            "database-url = ['a', 7.5, 'postgres://u:hunter2@h/d']",
        ] {
            let refused = parse(text).unwrap_err();
            assert!(!refused.contains("hunter2"), "{text}: {refused}");
        }
    }

    #[test]
    fn a_file_with_a_secret_must_not_be_readable_by_everybody() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("boxoffice.toml");
        let read = |text: &str, mode| {
            std::fs::write(&path, text).unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            ConfigFile::read(&path)
                .map(|_| ())
                .map_err(|e| e.to_string())
        };
        let secret = "webhook-secret = '0123456789abcdef'";
        assert_eq!(read(secret, 0o640), Ok(()));
        assert_eq!(read("workers = 2", 0o644), Ok(()));
        let refused = read(secret, 0o644).unwrap_err();
        assert!(
            refused.contains("chmod o-rwx") && refused.contains("webhook-secret"),
            "{refused}"
        );
        assert!(!refused.contains("0123456789abcdef"), "{refused}");
    }
}
