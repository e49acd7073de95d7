//! Settings: the only code that reads flags, environment variables and the configuration file. `boxoffice --help` is
//! the manual.
//!
//! What must hold: every setting of the server has a flag, a variable, a default and a range, with the unit in
//! its name, and may stand in the file; a flag counts before a variable, a variable before the file, the file before
//! the default; a secret is never shown. No other file has a default for a setting.

mod commands;
mod database;
mod file;
mod http_url;
mod in_force;
mod limits;
mod log;
mod organisers;
mod secret;
mod serve;
mod settings;
mod stripe;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{ArgMatches, Args, CommandFactory, FromArgMatches, Parser};

mod create_event;

use file::ConfigFile;

pub use commands::{
    BackupArgs, CheckArgs, Command, DoctorArgs, ForgetArgs, MigrateArgs, OrganisationCommand,
    OrganiserCommand, ReconcileArgs, RestoreArgs, SecretCommand, SeedArgs, Since, TokenCommand,
    UpgradeArgs,
};
pub use create_event::{CreateEventArgs, SeatsArg, TierArg};

pub use database::{DatabaseConfig, DatabaseUrl, ReplicaConfig};
pub use in_force::Setting;
pub use limits::{LimitConfig, Rate, Switch};
pub use log::{LogConfig, LogFormat, TraceConfig};
pub use organisers::OrganiserConfig;
pub use secret::Secret;
pub use serve::{AllocatorConfig, GatewayConfig, Migrate, Origin, PaymentConfig, ServeConfig};
pub use settings::Source;
pub use stripe::{Capture, StripeArgs};

/// Sells tickets for high-demand events and never sells one twice.
#[derive(Debug, Parser)]
#[command(name = "boxoffice", version)]
pub struct Cli {
    /// File with settings, in TOML; each is named as its flag is, without the dashes before: listen = "0.0.0.0:80".
    /// A flag counts before a variable, a variable before the file.
    #[arg(long, env = "BOXOFFICE_CONFIG", value_name = "FILE", global = true)]
    pub config: Option<PathBuf>,
    /// Where the data is; the same for every command.
    #[command(flatten)]
    pub database: DatabaseConfig,
    /// What to do; without one: serve.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// The settings of the server when no command is given.
    #[command(flatten)]
    pub serve: ServeConfig,
    /// Every setting with its source, for the command that prints them.
    #[arg(skip)]
    pub settings: Vec<Setting>,
}

impl Cli {
    /// Reads a command line, the program's name first, with the environment and the configuration file. More than
    /// [`Parser::try_parse_from`] it refuses flags of `serve` that stand before a command: they would have no effect.
    ///
    /// # Errors
    /// In words for the operator; also what `--help` and `--version` print.
    pub fn read(words: impl IntoIterator<Item = OsString>) -> Result<Self, clap::Error> {
        let words: Vec<OsString> = words.into_iter().collect();
        let mut parser = Self::command();
        let matches = Self::matches(&mut parser, &words)?;
        let file = match matches.get_one::<PathBuf>("config") {
            Some(path) => ConfigFile::read(path)
                .map_err(|error| parser.error(ErrorKind::ValueValidation, error))?,
            None => return Self::of(&mut parser, &matches, &ConfigFile::default()),
        };
        // What the file says takes the place of clap's defaults: flags and variables count before them.
        let mut parser = with_defaults(Self::command(), &file);
        let matches = Self::matches(&mut parser, &words)?;
        Self::of(&mut parser, &matches, &file)
    }

    fn matches(parser: &mut clap::Command, words: &[OsString]) -> Result<ArgMatches, clap::Error> {
        let matches = parser.try_get_matches_from_mut(words).map_err(|error| {
            match settings::explain(&error, words) {
                Some(explained) => parser.error(ErrorKind::ValueValidation, explained),
                None => error,
            }
        })?;
        if let Some(command) = matches.subcommand_name()
            && let Some(flag) = misplaced_flag(&matches)
        {
            let reason = match command {
                "serve" | "config" | "doctor" | "reconcile" => {
                    format!("'--{flag}' must follow the command: boxoffice {command} --{flag}")
                }
                _ => format!("'--{flag}' is a flag of the command 'serve', not of '{command}'"),
            };
            return Err(parser.error(ErrorKind::ArgumentConflict, reason));
        }
        Ok(matches)
    }

    fn of(
        parser: &mut clap::Command,
        matches: &ArgMatches,
        file: &ConfigFile,
    ) -> Result<Self, clap::Error> {
        let mut cli = Self::from_arg_matches(matches).map_err(|error| error.format(parser))?;
        if let Some(("config", of_command)) = matches.subcommand() {
            cli.settings = in_force::in_force(of_command, file);
        }
        Ok(cli)
    }
}

impl Cli {
    /// How lines of the log are written.
    pub fn log_format(&self) -> LogFormat {
        match &self.command {
            Some(Command::Serve(serve)) => serve.log.log_format,
            _ => self.serve.log.log_format,
        }
    }
}

/// The same command line, with the file's values as defaults. What `--help` tells was told before.
fn with_defaults(parser: clap::Command, file: &ConfigFile) -> clap::Command {
    let parser = parser.mut_args(|arg| match file.value(&arg) {
        Some(value) => {
            let words = value.words.iter().map(clap::builder::OsStr::from);
            arg.default_values(words)
        }
        None => arg,
    });
    parser.mut_subcommands(|command| with_defaults(command, file))
}

/// The first flag of `serve` that was given where only flags of all commands are.
fn misplaced_flag(matches: &ArgMatches) -> Option<String> {
    let serve = ServeConfig::augment_args(clap::Command::new("serve"));
    let flags = serve.get_arguments().filter(|flag| {
        matches.value_source(flag.get_id().as_str()) == Some(ValueSource::CommandLine)
    });
    flags
        .filter_map(|flag| flag.get_long().map(str::to_owned))
        .next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        use clap::CommandFactory;
        Cli::command().debug_assert();
    }

    #[test]
    fn the_address_of_the_database_is_not_shown() {
        let words = ["boxoffice", "--database-url", "postgresql://u:hunter2@h/d"];
        let cli = Cli::try_parse_from(words).unwrap();
        assert!(!format!("{cli:?}").contains("hunter2"));
        assert!(
            cli.database
                .database_url
                .unwrap()
                .as_str()
                .contains("hunter2")
        );
    }

    #[test]
    fn no_request_waits_for_the_gateway_for_more_than_ten_seconds() {
        let with = |wait| Cli::try_parse_from(["boxoffice", "--payment-wait-ms", wait]);
        assert!(with("10000").is_ok());
        assert!(with("10001").is_err());
    }
}
