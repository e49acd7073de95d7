//! `boxoffice config`: prints the settings in force, and where each came from. What must hold: what is printed is a
//! configuration file; no secret is in it: `crate::config` has masked them, and a masked one is a comment.

use std::process::ExitCode;

use super::output::{Failure, say};
use crate::config::{DatabaseConfig, ServeConfig, Setting};

/// Prints a line for each setting.
pub(super) fn run(
    database: &DatabaseConfig,
    serve: &ServeConfig,
    settings: &[Setting],
) -> Result<ExitCode, Failure> {
    let pictures_dir = database.pictures_dir();
    let computed = [
        ("data-dir", Some(database.data_dir().display().to_string())),
        ("pictures-dir", Some(pictures_dir.display().to_string())),
        ("workers", Some(serve.workers().to_string())),
        (
            "static-dir",
            serve.static_dir().map(|path| path.display().to_string()),
        ),
    ];
    for setting in settings {
        let computed = computed.iter().find(|(name, _)| *name == setting.name);
        say(&line(
            setting,
            computed.and_then(|(_, value)| value.as_deref()),
        ))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// `hold-seconds = 300 # default`.
fn line(setting: &Setting, computed: Option<&str>) -> String {
    let Setting { name, source, .. } = setting;
    let mut values = setting.values.iter().map(String::as_str);
    match (values.next(), computed) {
        (None, None) => format!("# {name} is not set"),
        // Commented out: in a file it would not follow the machine, or the working directory.
        (None, Some(value)) => format!("# {name} = {} # {source}", toml(value)),
        (Some(_), _) if setting.is_list => {
            let values: Vec<_> = setting.values.iter().map(|value| toml(value)).collect();
            format!("{name} = [{}] # {source}", values.join(", "))
        }
        (Some(value), _) if setting.is_secret => {
            format!("# {name} = {} # {source}, masked", toml(value))
        }
        (Some(value), _) => format!("{name} = {} # {source}", toml(value)),
    }
}

/// A number, or a text in quotes.
fn toml(value: &str) -> String {
    match value.parse::<i64>() {
        Ok(number) => number.to_string(),
        // JSON's quotes and escapes are TOML's, too.
        Err(_) => serde_json::Value::from(value).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Source;

    #[test]
    fn a_line_is_toml_and_says_where_its_value_came_from() {
        let setting = |values: &[&str], is_list, source| Setting {
            name: "x".to_owned(),
            values: values.iter().map(ToString::to_string).collect(),
            is_secret: values == ["***"],
            is_list,
            source,
        };
        let variable = Source::Variable("BOXOFFICE_X".to_owned());
        for (setting, computed, expected) in [
            (
                setting(&["3"], false, Source::Flag),
                None,
                "x = 3 # the command line",
            ),
            (
                setting(&["a\"b"], false, variable),
                None,
                r#"x = "a\"b" # BOXOFFICE_X"#,
            ),
            (
                setting(&["a", "b"], true, Source::Default),
                None,
                r#"x = ["a", "b"] # default"#,
            ),
            (
                setting(&[], false, Source::Default),
                Some("2"),
                "# x = 2 # default",
            ),
            (
                setting(&["***"], false, Source::Flag),
                None,
                "# x = \"***\" # the command line, masked",
            ),
            (setting(&[], false, Source::Default), None, "# x is not set"),
        ] {
            assert_eq!(line(&setting, computed), expected);
        }
    }
}
