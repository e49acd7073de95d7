//! The settings as a list: what each is called, what its values are judged by, and where its value came from.
//!
//! What must hold: flags, variables, ranges and defaults are those of the structs beside this file, read from clap,
//! so that each is said once; a setting whose variable clap hides is a secret, and is never shown.

use std::fmt;
use std::path::PathBuf;

use clap::error::{ContextKind, ContextValue};
use clap::{Arg, Args, Command};

use super::database::DatabaseConfig;
use super::serve::ServeConfig;

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// The command line.
    Flag,
    /// The environment variable of this name.
    Variable(String),
    /// The configuration file.
    File {
        /// Which.
        path: PathBuf,
        /// The line in it, from 1.
        line: usize,
    },
    /// Nobody has said anything.
    Default,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag => f.write_str("the command line"),
            Self::Variable(name) => f.write_str(name),
            Self::File { path, line } => write!(f, "{}, line {line}", path.display()),
            Self::Default => f.write_str("default"),
        }
    }
}

/// Every setting of the server, as clap knows it.
pub(super) fn all() -> Vec<Arg> {
    let command = DatabaseConfig::augment_args(Command::new("boxoffice"));
    let command = ServeConfig::augment_args(command);
    let args = command.get_arguments().cloned();
    args.filter(|arg| arg.get_env().is_some() && !arg.is_hide_set())
        .collect()
}

/// Its flag without the dashes.
pub(super) fn name(arg: &Arg) -> &str {
    arg.get_long().unwrap_or_default()
}

pub(super) fn is_secret(arg: &Arg) -> bool {
    arg.is_hide_env_values_set()
}

/// Whether the flag would take this value; if not, why.
pub(super) fn judge(arg: &Arg, value: &str) -> Result<(), String> {
    let alone = arg.clone().env(None::<&str>).global(false);
    let flag = format!("--{}={value}", name(arg));
    let parsed = Command::new("boxoffice")
        .arg(alone)
        .try_get_matches_from(["boxoffice", &flag]);
    parsed.map(|_| ()).map_err(|error| reason(&error))
}

/// Why clap refuses a value.
fn reason(error: &clap::Error) -> String {
    match (
        std::error::Error::source(error),
        error.get(ContextKind::ValidValue),
    ) {
        (Some(cause), _) => cause.to_string(),
        (None, Some(ContextValue::Strings(valid))) => {
            format!("it must be one of {}", valid.join(", "))
        }
        _ => "a value is needed".to_owned(),
    }
}

/// A value that was refused, in words for the operator.
pub(super) struct Refusal<'a> {
    pub(super) arg: &'a Arg,
    pub(super) value: &'a str,
    pub(super) source: &'a Source,
    pub(super) reason: &'a str,
}

impl fmt::Display for Refusal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, source) = (name(self.arg), self.source);
        match is_secret(self.arg) {
            true => write!(f, "{source}: {name} cannot be what it is")?,
            false => write!(f, "{source}: {name} cannot be '{}'", self.value)?,
        }
        write!(f, ": {}; expected is ", self.reason)?;
        if let Some([form, ..]) = self.arg.get_value_names() {
            write!(f, "{form}: ")?;
        }
        let help = self.arg.get_help().map(ToString::to_string);
        let help = help.unwrap_or_default();
        let sentence = help.split(". ").next().unwrap_or_default();
        f.write_str(sentence.trim_end_matches('.'))
    }
}

/// A refusal of clap told with its source, if it is the value of a setting.
pub(super) fn explain(error: &clap::Error, words: &[std::ffi::OsString]) -> Option<String> {
    let Some(ContextValue::String(shown)) = error.get(ContextKind::InvalidArg) else {
        return None;
    };
    let Some(ContextValue::String(value)) = error.get(ContextKind::InvalidValue) else {
        return None;
    };
    let flag = shown.split([' ', '=']).next()?;
    let all = all();
    let arg = all
        .iter()
        .find(|arg| flag.strip_prefix("--") == Some(name(arg)))?;
    let is_flag = words.iter().filter_map(|word| word.to_str()).any(|word| {
        let rest = word.strip_prefix(flag);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('='))
    });
    let variable = arg.get_env()?.to_string_lossy().into_owned();
    let source = match is_flag {
        true => Source::Flag,
        false => Source::Variable(variable),
    };
    let refusal = Refusal {
        arg,
        value,
        source: &source,
        reason: &reason(error),
    };
    Some(refusal.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_opens_something_is_a_secret() {
        let all = all();
        let secrets: Vec<_> = all.iter().filter(|arg| is_secret(arg)).map(name).collect();
        let expected = [
            "database-url",
            "webhook-secret",
            "stripe-secret-key",
            "stripe-webhook-secret",
            "replica-url",
        ];
        assert_eq!(secrets, expected);
    }
}
