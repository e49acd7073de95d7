//! The settings in force, for the operator to read.
//!
//! What must hold: no secret is shown; of the address of a database its host and name are.

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches};

use super::file::ConfigFile;
use super::settings::{Source, all, is_secret, name};

/// What is shown in the place of a secret.
const MASK: &str = "********";

/// One setting in force.
#[derive(Debug)]
pub struct Setting {
    /// As in the configuration file: its flag without the dashes.
    pub name: String,
    /// Its values; a secret is masked. None if it is not set and has no fixed default.
    pub values: Vec<String>,
    /// Whether it may have several values.
    pub is_list: bool,
    /// Whether it is masked.
    pub is_secret: bool,
    /// Where they came from.
    pub source: Source,
}

/// The settings in force, by what clap and the file say.
pub(super) fn in_force(matches: &ArgMatches, file: &ConfigFile) -> Vec<Setting> {
    let all = all();
    let setting = |arg: &Arg| {
        let id = arg.get_id().as_str();
        let of_file = || file.value(arg).map(|value| value.source.clone());
        let variable = || {
            arg.get_env()
                .map(|name| name.to_string_lossy().into_owned())
        };
        let source = match matches.value_source(id) {
            Some(ValueSource::CommandLine) => Source::Flag,
            Some(ValueSource::EnvVariable) => Source::Variable(variable().unwrap_or_default()),
            _ => of_file().unwrap_or(Source::Default),
        };
        let values = matches.get_raw(id).into_iter().flatten();
        let values = values.map(|value| value.to_string_lossy().into_owned());
        Setting {
            name: name(arg).to_owned(),
            values: values
                .map(|value| {
                    if is_secret(arg) {
                        masked(&value)
                    } else {
                        value
                    }
                })
                .collect(),
            is_secret: is_secret(arg),
            is_list: arg.get_value_delimiter().is_some(),
            source,
        }
    };
    all.iter().map(setting).collect()
}

/// Of the URL of a database its host and name; of any other secret nothing.
fn masked(secret: &str) -> String {
    let scheme = ["postgresql://", "postgres://"]
        .into_iter()
        .find(|scheme| secret.starts_with(scheme));
    let Some(scheme) = scheme else {
        return MASK.to_owned();
    };
    let (address, query) = match secret[scheme.len()..].split_once('?') {
        // A password with a question mark in it.
        Some((address, query)) if query.contains('@') && !address.contains('@') => {
            return format!("{scheme}{MASK}");
        }
        Some((address, _)) => (address, format!("?{MASK}")),
        None => (&secret[scheme.len()..], String::new()),
    };
    match address.rsplit_once('@') {
        Some((_, host)) => format!("{scheme}{MASK}@{host}{query}"),
        None => format!("{scheme}{address}{query}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_the_address_of_a_database_host_and_name_are_shown() {
        for (secret, shown) in [
            ("postgres://h/d", "postgres://h/d"),
            (
                "postgres://u:hunter2@h:1,i/d",
                "postgres://********@h:1,i/d",
            ),
            (
                "postgresql://u:hun@ter2@h/d?sslmode=require&password=hunter2",
                "postgresql://********@h/d?********",
            ),
            ("postgres://u:hunt?er2@h/d", "postgres://********"),
            ("postgres://h/d?password=hunt@er2", "postgres://********"),
            ("host=h password=hunter2", "********"),
            ("hunter2", "********"),
        ] {
            assert_eq!(masked(secret), shown);
        }
    }
}
