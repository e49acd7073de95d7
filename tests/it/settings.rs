//! Where settings come from: flags, variables and the configuration file, and what `boxoffice config` says of them.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Output};

use tempfile::NamedTempFile;

use crate::commands::{stderr, stdout};

/// A configuration file.
struct Config(NamedTempFile);

impl Config {
    fn new(text: &str, mode: u32) -> Self {
        let file = NamedTempFile::with_suffix(".toml").unwrap();
        std::fs::write(&file, text).unwrap();
        std::fs::set_permissions(&file, Permissions::from_mode(mode)).unwrap();
        Self(file)
    }

    /// Runs the program with this file, these words and variables, and no others of boxoffice.
    fn run(&self, words: &[&str], variables: &[(&str, &str)]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_boxoffice"));
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("BOXOFFICE_")) {
            command.env_remove(name);
        }
        command.env_remove("DATABASE_URL");
        command.arg("--config").arg(self.0.path()).args(words);
        command.envs(variables.iter().copied());
        command.output().expect("the binary runs")
    }
}

#[test]
fn a_flag_counts_before_a_variable_a_variable_before_the_file_the_file_before_the_default() {
    let file = Config::new(
        "# An operator's file.\nlanes = 2\nworkers = 2\n\nhold-seconds = 2\ntrusted-proxy = [\"10.0.0.0/8\", \"::1\"]\n",
        0o644,
    );
    let shown = file.run(
        &["config", "--workers", "4"],
        &[("BOXOFFICE_WORKERS", "3"), ("BOXOFFICE_LANES", "3")],
    );
    assert!(shown.status.success(), "{}", stderr(&shown));
    let said = stdout(&shown);
    let path = file.0.path().display();
    for line in [
        "workers = 4 # the command line".to_owned(),
        "lanes = 3 # BOXOFFICE_LANES".to_owned(),
        format!("hold-seconds = 2 # {path}, line 5"),
        format!("trusted-proxy = [\"10.0.0.0/8\", \"::1\"] # {path}, line 6"),
        "batch-orders = 256 # default".to_owned(),
        "# database-url is not set".to_owned(),
    ] {
        assert!(said.lines().any(|found| found == line), "{line}\n{said}");
    }
}

#[test]
fn what_is_printed_is_a_configuration_file_without_secrets() {
    let file = Config::new(
        "database-url = \"postgres://shop:hunter2@db.example/shop?sslmode=require\"\nworkers = 2\n",
        0o600,
    );
    let variables = [("BOXOFFICE_WEBHOOK_SECRET", "hunter2-hunter2-hunter2")];
    let shown = file.run(&["config"], &variables);
    let said = stdout(&shown);
    assert!(
        !said.contains("hunter2") && !said.contains("shop:"),
        "{said}"
    );
    assert!(
        said.contains("# database-url = \"postgres://********@db.example/shop?********\""),
        "{said}"
    );
    assert!(said.contains("# webhook-secret = \"********\" # BOXOFFICE_WEBHOOK_SECRET, masked"));
    let again = Config::new(&said, 0o644).run(&["config"], &[]);
    assert!(again.status.success(), "{}", stderr(&again));
    assert!(stdout(&again).contains("workers = 2 # "));
}

#[test]
fn a_value_that_is_refused_is_told_with_its_setting_its_source_and_what_was_expected() {
    let misspelt = Config::new("hold-second = 3", 0o644);
    let wrong = Config::new("\nlisten = \"everywhere\"", 0o644);
    let secret = Config::new("webhook-secret = \"hunter2-hunter2-hunter2\"", 0o644);
    let empty = Config::new("", 0o644);
    let no_variables: &[(&str, &str)] = &[];
    for (file, variables, words, said) in [
        (
            &misspelt,
            no_variables,
            &["check"] as &[&str],
            "line 1: 'hold-second' is not a setting: is 'hold-seconds' meant?",
        ),
        (
            &wrong,
            no_variables,
            &["serve"],
            "line 2: listen cannot be 'everywhere': invalid socket address syntax; expected is ADDRESS:PORT",
        ),
        (&secret, no_variables, &[], "chmod o-rwx"),
        (
            &empty,
            &[("BOXOFFICE_LANES", "65")],
            &[],
            "BOXOFFICE_LANES: lanes cannot be '65': 65 is not in 1..=64; expected is COUNT: Lanes of one event",
        ),
        (
            &empty,
            no_variables,
            &["serve", "--lanes=0"],
            "the command line: lanes cannot be '0'",
        ),
        (
            &empty,
            no_variables,
            &["serve", "--webhook-secret", "hunter2"],
            "webhook-secret cannot be what it is: must have 16 characters",
        ),
    ] {
        let refused = file.run(words, variables);
        let complaint = stderr(&refused);
        assert_eq!(refused.status.code(), Some(2), "{complaint}");
        assert!(complaint.contains(said), "{complaint}");
        assert!(!complaint.contains("hunter2"), "{complaint}");
    }
}
