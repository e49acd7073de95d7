//! Finds PostgreSQL's programs on this machine, and chooses the account that runs them.
//!
//! What must hold: PostgreSQL never runs as root; the programs have the version of an existing cluster. Nothing
//! is started here except to query a version.

use std::{
    cmp::Reverse,
    ffi::OsStr,
    fs, io,
    ops::RangeInclusive,
    os::unix::{ffi::OsStrExt, fs::MetadataExt, process::CommandExt},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use super::{Error, cannot};

/// The major versions of PostgreSQL that this server is tested with.
pub const MAJORS: RangeInclusive<u32> = 15..=18;

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
        Self::postgres().ok_or(Error::NoAccount).map(Some)
    }

    /// The user `postgres`.
    fn postgres() -> Option<Account> {
        let passwd = fs::read_to_string("/etc/passwd").unwrap_or_default();
        passwd.lines().find_map(|line| {
            let fields: Vec<&str> = line.split(':').collect();
            let &[name, _, uid, gid, ..] = fields.as_slice() else {
                return None;
            };
            (name == "postgres" || name == "_postgres").then_some(())?;
            let (uid, gid) = (uid.parse().ok()?, gid.parse().ok()?);
            Some(Account { uid, gid })
        })
    }

    /// Refuses a data directory of another user's server if this process is root: what root makes there that server
    /// could not use.
    pub(super) fn refuse_foreign(data_dir: &Path) -> Result<(), Error> {
        let uid = fs::metadata(data_dir)
            .map_err(cannot("read", data_dir))?
            .uid();
        let own = [Some(0), Self::postgres().map(|account| account.uid)];
        match rustix::process::geteuid().is_root() && !own.contains(&Some(uid)) {
            true => Err(Error::NotRoot {
                data_dir: data_dir.to_owned(),
                uid,
            }),
            false => Ok(()),
        }
    }

    /// A command that runs as this account in `dir`, detached from the terminal.
    pub(super) fn command(account: Option<Account>, program: &Path, dir: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(dir).stdin(Stdio::null());
        command.process_group(0);
        // Debian's PostgreSQL would tell the supervisor of the server that it is open.
        command.env_remove("NOTIFY_SOCKET");
        if let Some(Account { uid, gid }) = account {
            command.uid(uid).gid(gid);
        }
        command
    }
}

/// PostgreSQL's programs in one directory.
#[derive(Debug, Clone)]
pub struct Programs {
    /// Their major version.
    pub major: u32,
    /// The directory.
    pub dir: PathBuf,
}

impl Programs {
    /// The newest that are installed and that this server knows, with `pg_dump` and `pg_restore`; if a directory is
    /// named, those in it.
    ///
    /// # Errors
    /// There are none.
    pub fn newest(named: Option<&Path>) -> Result<Self, Error> {
        // They are only asked for their version, which they tell root, too. The first directory counts.
        with_clients(named)
            .min_by_key(|found| Reverse(found.major))
            .ok_or(Error::NoClients)
    }

    /// Those of the cluster in this data directory, with `pg_dump` and `pg_restore`.
    ///
    /// # Errors
    /// There are none of its version, or there is no cluster.
    pub fn of_cluster(data_dir: &Path, named: Option<&Path>) -> Result<Self, Error> {
        let major = made_by(data_dir)?;
        find_programs(named, None, &data_dir.join("postgres"))?;
        with_clients(named)
            .find(|found| found.major == major)
            .ok_or(Error::NoClients)
    }

    /// One of the clients among them, as this process's own user, with nothing of libpq's environment.
    pub fn client(&self, program: &str) -> Command {
        let mut command = Command::new(self.dir.join(program));
        for (name, _) in std::env::vars_os() {
            if name.as_bytes().starts_with(b"PG") {
                command.env_remove(name);
            }
        }
        // Ctrl-C reaches this process alone, which then ends it and tidies up.
        command.process_group(0).stdin(Stdio::null());
        command
    }
}

/// The major version of the PostgreSQL that made the cluster in this data directory.
///
/// # Errors
/// [`Error::NoCluster`], or the operating system's.
pub fn made_by(data_dir: &Path) -> Result<u32, Error> {
    version(&data_dir.join("postgres"))?.ok_or_else(|| Error::NoCluster {
        data_dir: data_dir.to_owned(),
    })
}

/// The major version of the PostgreSQL that made this cluster; `None` if there is no cluster.
fn version(cluster: &Path) -> Result<Option<u32>, Error> {
    let path = cluster.join("PG_VERSION");
    match fs::read_to_string(&path) {
        Ok(text) => Ok(text.trim().parse().ok()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(cannot("read", &path)(error)),
    }
}

/// The programs in the directory that is named, or in the usual ones.
fn installed(named: Option<&Path>, account: Option<Account>) -> impl Iterator<Item = Programs> {
    let dirs = named.map_or_else(usual_dirs, |dir| vec![dir.to_owned()]);
    let dirs = dirs.into_iter().filter(|dir| dir.join("initdb").is_file());
    dirs.filter_map(move |dir| {
        let major = major_version(&dir.join("postgres"), account)?;
        Some(Programs { major, dir })
    })
}

fn with_clients(named: Option<&Path>) -> impl Iterator<Item = Programs> {
    let has = |dir: &Path, program| dir.join(program).is_file();
    installed(named, None).filter(move |found| {
        MAJORS.contains(&found.major) && has(&found.dir, "pg_dump") && has(&found.dir, "pg_restore")
    })
}

/// The directory of the programs that suit this cluster, or a new one.
pub(super) fn find_programs(
    named: Option<&Path>,
    account: Option<Account>,
    cluster: &Path,
) -> Result<PathBuf, Error> {
    let made_by = version(cluster)?;
    let mut found = Vec::new();
    for Programs { major, dir } in installed(named, account) {
        if MAJORS.contains(&major) && made_by.is_none_or(|wanted| wanted == major) {
            return Ok(dir);
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
    let newer = |text: &str| text.parse().is_ok_and(|major: u32| made_by < Some(major));
    let way = match made_by.is_some() && found.iter().any(|major| newer(major)) {
        true => " as well, and `boxoffice upgrade` makes the data ready for the newer one",
        false => "",
    };
    let found = found.join(", ");
    Err(Error::WrongVersion { needed, found, way })
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
