//! Finds PostgreSQL's programs on this machine, and chooses the account that runs them.
//!
//! What must hold: PostgreSQL never runs as root; the programs have the version of an existing cluster. Nothing
//! is started here except to query a version.

use std::{
    ffi::OsStr,
    fs, io,
    ops::RangeInclusive,
    os::unix::{ffi::OsStrExt, fs::MetadataExt, process::CommandExt},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use super::{Error, cannot};

/// The major versions of PostgreSQL that this server is tested with.
const MAJORS: RangeInclusive<u32> = 15..=18;

/// The operating system's user that runs PostgreSQL when the server is root.
#[derive(Debug, Clone, Copy)]
pub(super) struct Account {
    pub(super) uid: u32,
    pub(super) gid: u32,
}

impl Account {
    /// `None` if this process is not root: then PostgreSQL runs as the same user.
    pub(super) fn choose(cluster: &Path) -> Result<Option<Account>, Error> {
        if !rustix::process::geteuid().is_root() {
            return Ok(None);
        }
        // An existing cluster keeps its owner.
        if let Ok(owner) = fs::metadata(cluster) {
            let (uid, gid) = (owner.uid(), owner.gid());
            return Ok(Some(Account { uid, gid }));
        }
        let passwd = fs::read_to_string("/etc/passwd").unwrap_or_default();
        let account = passwd.lines().find_map(|line| {
            let fields: Vec<&str> = line.split(':').collect();
            let &[name, _, uid, gid, ..] = fields.as_slice() else {
                return None;
            };
            (name == "postgres" || name == "_postgres").then_some(())?;
            let (uid, gid) = (uid.parse().ok()?, gid.parse().ok()?);
            Some(Account { uid, gid })
        });
        account.ok_or(Error::NoAccount).map(Some)
    }

    /// A command that runs as this account in `dir`, detached from the terminal.
    pub(super) fn command(account: Option<Account>, program: &Path, dir: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(dir).stdin(Stdio::null());
        command.process_group(0);
        if let Some(Account { uid, gid }) = account {
            command.uid(uid).gid(gid);
        }
        command
    }
}

/// The directory of the programs that suit this cluster, or a new one.
pub(super) fn find_programs(
    named: Option<&Path>,
    account: Option<Account>,
    cluster: &Path,
) -> Result<PathBuf, Error> {
    let path = cluster.join("PG_VERSION");
    let made_by: Option<u32> = match fs::read_to_string(&path) {
        Ok(text) => text.trim().parse().ok(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(cannot("read", &path)(error)),
    };
    let dirs = named.map_or_else(usual_dirs, |dir| vec![dir.to_owned()]);
    let mut found = Vec::new();
    for dir in dirs.iter().filter(|dir| dir.join("initdb").is_file()) {
        let Some(major) = major_version(&dir.join("postgres"), account) else {
            continue;
        };
        if MAJORS.contains(&major) && made_by.is_none_or(|wanted| wanted == major) {
            return Ok(dir.clone());
        }
        found.push(major.to_string());
    }
    if found.is_empty() {
        return Err(match named {
            Some(dir) => Error::NoPrograms {
                dir: dir.to_owned(),
            },
            None => Error::NotInstalled,
        });
    }
    found.sort_unstable();
    found.dedup();
    let needed = match made_by {
        Some(major) => format!(
            "{} was made by PostgreSQL {major}, which",
            cluster.display()
        ),
        None => format!("PostgreSQL {} to {}", MAJORS.start(), MAJORS.end()),
    };
    let found = found.join(", ");
    Err(Error::WrongVersion { needed, found })
}

/// The directories in which distributions install PostgreSQL's programs.
fn usual_dirs() -> Vec<PathBuf> {
    let mut dirs = Vec::new();
    if let Ok(output) = Command::new("pg_config").arg("--bindir").output() {
        dirs.push(PathBuf::from(OsStr::from_bytes(output.stdout.trim_ascii())));
    }
    for (parent, prefix) in [
        ("/usr/lib/postgresql", ""),
        ("/usr", "pgsql-"),
        ("/opt/homebrew/opt", "postgresql@"),
        ("/usr/local/opt", "postgresql@"),
    ] {
        let entries = fs::read_dir(parent).into_iter().flatten().flatten();
        let mut majors: Vec<u32> = entries
            .filter_map(|entry| {
                entry
                    .file_name()
                    .to_str()?
                    .strip_prefix(prefix)?
                    .parse()
                    .ok()
            })
            .collect();
        majors.sort_unstable_by(|a, b| b.cmp(a));
        let dir = |major: &u32| Path::new(parent).join(format!("{prefix}{major}/bin"));
        dirs.extend(majors.iter().map(dir));
    }
    dirs.push(PathBuf::from("/usr/local/pgsql/bin"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    dirs.extend(std::env::split_paths(&path));
    dirs
}

/// Reads `postgres (PostgreSQL) 17.2 (Debian ...)`.
fn major_version(postgres: &Path, account: Option<Account>) -> Option<u32> {
    let mut command = Account::command(account, postgres, Path::new("/"));
    let output = command.arg("--version").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let (_, version) = text.split_once("(PostgreSQL) ")?;
    let digits = version.find(|c: char| !c.is_ascii_digit());
    version.get(..digits?)?.parse().ok()
}
