//! The commands and their arguments. What must hold: only their syntax is here; a setting of the server is a field of
//! `ServeConfig`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};

use super::create_event::CreateEventArgs;
use super::serve::ServeConfig;
use crate::types::contact::Contact;
use crate::types::{Invalid, OrganisationNo, Role, Scope, Timestamp};

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve pages and JSON; what happens when no command is given.
    Serve(Box<ServeConfig>),
    /// Print every setting of `serve` that is in force, and where it came from; secrets are masked. It takes the flags
    /// of `serve`. What it prints is a configuration file.
    Config(Box<ServeConfig>),
    /// Look at the database's settings, the disk and the limits of this machine, and say what to change; exits with 1 if
    /// something must be changed. It takes the flags of `serve`.
    Doctor(Box<DoctorArgs>),
    /// Back up the database that boxoffice runs itself, and the events' pictures, while servers sell: into a new
    /// directory, whose name is printed.
    Backup(BackupArgs),
    /// Make a data directory from a backup, and check it. The directory must be empty, or missing.
    Restore(RestoreArgs),
    /// Make the data directory ready for a newer PostgreSQL. Stop the server first. The old data is kept.
    Upgrade(UpgradeArgs),
    /// Fill an empty database with demo venues and events.
    Seed(SeedArgs),
    /// Create an event with its tickets, and print it as JSON.
    CreateEvent(Box<CreateEventArgs>),
    /// The people of the organiser's side: add, list, let in again, stop.
    #[command(subcommand)]
    Organiser(OrganiserCommand),
    /// Organisations, which run events: add, list.
    #[command(subcommand)]
    Organisation(OrganisationCommand),
    /// API tokens: make, list, revoke.
    #[command(subcommand)]
    Token(TokenCommand),
    /// Delete what says who a buyer is: name and e-mail address of every booking with this address. Bookings and payments
    /// stay.
    Forget(ForgetArgs),
    /// The secret that signs buyer tokens and booking links.
    #[command(subcommand)]
    Secret(SecretCommand),
    /// Bring the schema up to date and say what was done. Servers of the version before go on selling meanwhile.
    Migrate(MigrateArgs),
    /// Distribute the database by event over the nodes of a Citus cluster, and say what was done. Stop all servers
    /// first. It may be repeated; an error changes nothing.
    Distribute,
    /// Compare what the payment provider has charged with the payments in the database, both ways, and print what is
    /// different; exits with 1 if a difference is left. It takes the flags of `serve`.
    Reconcile(Box<ReconcileArgs>),
    /// Verify the invariants in the database; exits with 1 and the offending rows if one is broken.
    Check(CheckArgs),
}

/// What to look at.
#[derive(Debug, Clone, Args)]
pub struct DoctorArgs {
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
    /// The settings of the server.
    #[command(flatten)]
    pub serve: ServeConfig,
}

/// What to compare with the provider's books.
#[derive(Debug, Clone, Args)]
pub struct ReconcileArgs {
    /// Since when: 24h, 7d, 2026-11-20 (in UTC) or 2026-11-20T08:00:00Z.
    #[arg(long, value_name = "TIME", default_value = "24h", value_parser = parse_since)]
    pub since: Since,
    /// Record what the provider has decided and is not recorded, and cancel there what is open and not to be paid any
    /// more. All else is left to a person.
    #[arg(long)]
    pub mend: bool,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
    /// The settings of the server.
    #[command(flatten)]
    pub serve: ServeConfig,
}

/// Since when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Since {
    /// Since this time.
    At(Timestamp),
    /// For so long.
    Ago(Duration),
}

/// What to back up, and where to.
#[derive(Debug, Clone, Args)]
pub struct BackupArgs {
    /// The directory in which the backup is made; it must be there.
    #[arg(value_name = "DIRECTORY")]
    pub to: PathBuf,
    /// Where pictures are kept [default: `pictures` in the data directory]
    #[arg(long, env = "BOXOFFICE_PICTURES_DIR", value_name = "DIRECTORY")]
    pub pictures_dir: Option<PathBuf>,
}

/// What to restore.
#[derive(Debug, Clone, Args)]
pub struct RestoreArgs {
    /// The backup: a directory that `boxoffice backup` has made.
    #[arg(value_name = "BACKUP")]
    pub from: PathBuf,
}

/// How to upgrade.
#[derive(Debug, Clone, Args)]
pub struct UpgradeArgs {
    /// Directory of the old PostgreSQL's programs, if they are not found. --postgres-bin is that of the new ones.
    #[arg(long, value_name = "DIRECTORY")]
    pub old_postgres_bin: Option<PathBuf>,
}

/// How to migrate.
#[derive(Debug, Clone, Copy, Args)]
pub struct MigrateArgs {
    /// Apply migrations that servers of an older version do not survive, although some are connected. They fail
    /// from then on, and sell nothing.
    #[arg(long)]
    pub despite_older_servers: bool,
}

/// What to fill.
#[derive(Debug, Clone, Copy, Args)]
pub struct SeedArgs {
    /// Whose events they are: the number that `boxoffice organisation list` prints
    #[arg(long, value_name = "NUMBER", default_value = "1")]
    pub organisation: OrganisationNo,
}

/// Whom to forget.
#[derive(Debug, Clone, Args)]
pub struct ForgetArgs {
    /// The buyer's e-mail address, in upper or lower case.
    #[arg(long, value_parser = parse_email)]
    pub email: String,
}

/// What to check.
#[derive(Debug, Clone, Copy, Args)]
pub struct CheckArgs {
    /// Only this event; otherwise all, and what belongs to none. One event is read through the indexes: that it
    /// is sound says nothing of them.
    #[arg(long, value_name = "ID")]
    pub event: Option<uuid::Uuid>,
}

/// What to do with API tokens.
#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// Make a token, and print it as JSON. It is shown this once.
    Create {
        /// What it may be used for; once per scope: events:read, events:write, bookings:read,
        /// bookings:write, check-in.
        #[arg(long = "scope", value_name = "SCOPE", required = true)]
        scopes: Vec<Scope>,
        /// Who or what uses it.
        #[arg(long, value_parser = parse_name)]
        name: String,
        /// How long it may be used: 90d, 12h, 1y.
        #[arg(long, value_name = "TIME", default_value = "90d", value_parser = parse_lifetime)]
        expires_in: Duration,
        /// For this organisation alone: the number that `boxoffice organisation list` prints [default: for all]
        #[arg(long, value_name = "NUMBER")]
        organisation: Option<OrganisationNo>,
    },
    /// Print every token as JSON, without what opens doors.
    List,
    /// Refuse a token from now on; every process does within five seconds.
    Revoke {
        /// As `token list` prints it.
        id: uuid::Uuid,
    },
}

/// What to do with organisers.
#[derive(Debug, Subcommand)]
pub enum OrganiserCommand {
    /// Print a link that makes an account, good once and for seven days; or with --password make the account at once.
    Add {
        /// Where letters reach them, and what they sign in with.
        #[arg(long, value_parser = parse_email)]
        email: String,
        /// What they are called; needed with --password.
        #[arg(long, value_parser = parse_name)]
        name: Option<String>,
        /// For whom they work: the number that `boxoffice organisation list` prints
        #[arg(long, value_name = "NUMBER", default_value = "1")]
        organisation: OrganisationNo,
        /// What they may do: owner, manager, finance or scanner
        #[arg(long, default_value = "owner")]
        role: Role,
        /// Make the account at once: its password is the first line of standard input.
        #[arg(long, requires = "name")]
        password: bool,
    },
    /// Print every account as JSON.
    List,
    /// Print a link that sets a new password, for whoever has forgotten theirs or lost their phone. Its use turns the second
    /// factor off.
    Reset {
        /// Of which account.
        #[arg(long, value_parser = parse_email)]
        email: String,
    },
    /// Let an account in no more; its sessions end.
    Stop {
        /// Which account.
        #[arg(long, value_parser = parse_email)]
        email: String,
    },
    /// Let a stopped account in again.
    Start {
        /// Which account.
        #[arg(long, value_parser = parse_email)]
        email: String,
    },
}

/// What to do with organisations.
#[derive(Debug, Subcommand)]
pub enum OrganisationCommand {
    /// Make an organisation, and print it as JSON.
    Add {
        /// What it is called.
        #[arg(long, value_parser = parse_name)]
        name: String,
    },
    /// Print every organisation as JSON.
    List,
}

/// What to do with secrets.
#[derive(Debug, Subcommand)]
pub enum SecretCommand {
    /// Make a new secret, which signs from now on. What older ones signed is believed for 90 days more.
    Rotate,
}

/// What may be an e-mail address.
fn parse_email(text: &str) -> Result<String, Invalid> {
    let contact = Contact::new("", text);
    let contact = contact.map_err(|_| Invalid::new("must be an e-mail address"))?;
    Ok(contact.email)
}

/// 1 to 200 printable characters.
fn parse_name(text: &str) -> Result<String, Invalid> {
    let length = text.trim().chars().count();
    if !(1..=200).contains(&length) || text.chars().any(char::is_control) {
        return Err(Invalid::new("must be 1 to 200 printable characters"));
    }
    Ok(text.trim().to_owned())
}

/// A time, a day, or how long ago.
fn parse_since(text: &str) -> Result<Since, Invalid> {
    if let Ok(time) = chrono::DateTime::parse_from_rfc3339(text) {
        return Ok(Since::At(time.to_utc()));
    }
    if let Ok(day) = text.parse::<chrono::NaiveDate>() {
        return Ok(Since::At(day.and_time(chrono::NaiveTime::MIN).and_utc()));
    }
    let year = Duration::from_secs(366 * 24 * 60 * 60);
    let ago = humantime::parse_duration(text).ok();
    ago.filter(|&ago| ago <= year)
        .map(Since::Ago)
        .ok_or_else(|| {
            Invalid::new("must be a time such as 24h, 2026-11-20 or 2026-11-20T08:00:00Z")
        })
}

/// One second to ten years.
fn parse_lifetime(text: &str) -> Result<Duration, Invalid> {
    let lifetime = humantime::parse_duration(text).ok();
    let years = Duration::from_secs(10 * 366 * 24 * 60 * 60);
    lifetime
        .filter(|&time| time >= Duration::from_secs(1) && time <= years)
        .ok_or_else(|| Invalid::new("must be a time such as 90d or 12h, ten years at most"))
}
