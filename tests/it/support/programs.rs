//! PostgreSQL's programs, run as the user that they accept.

use std::fs;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rustix::process::Signal;

/// One of them, in a directory of its user.
pub(crate) fn command(program: &str, directory: &Path) -> Command {
    let mut command = Command::new(programs().join(program));
    command.current_dir(directory).stdin(Stdio::null());
    run_as(&mut command, owner());
    command
}

/// Copies the PostgreSQL that listens in this directory, whose superuser is `boxoffice`; started, the copy is a standby.
pub(crate) fn copy_to_standby(sockets: &Path, port: u16, standby: &Path) {
    let directory = standby.parent().expect("a directory of its user");
    let copied = command("pg_basebackup", directory)
        .args(["--checkpoint=fast", "--no-sync", "--write-recovery-conf"])
        .args(["--username=boxoffice", &format!("--port={port}"), "--host"])
        .arg(sockets)
        .arg("--pgdata")
        .arg(standby)
        .output()
        .expect("pg_basebackup runs");
    assert!(copied.status.success(), "{copied:?}");
}

pub(crate) fn run_as(command: &mut Command, owner: Option<(u32, u32)>) {
    if let Some((user, group)) = owner {
        command.uid(user).gid(group);
    }
}

/// The directory of PostgreSQL's programs: the newest of Debian's, or what `pg_config` says.
fn programs() -> PathBuf {
    let installed = fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let newest = installed
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
        .filter(|directory| directory.join("initdb").is_file())
        .max();
    newest.unwrap_or_else(|| {
        let said = Command::new("pg_config").arg("--bindir").output();
        let said = said.expect("PostgreSQL is installed").stdout;
        PathBuf::from(String::from_utf8_lossy(&said).trim())
    })
}

/// Who runs PostgreSQL and PgBouncer if we are root: they refuse to.
pub(crate) fn owner() -> Option<(u32, u32)> {
    if !rustix::process::geteuid().is_root() {
        return None;
    }
    let passwd = fs::read_to_string("/etc/passwd").expect("users");
    let line = passwd.lines().find(|line| line.starts_with("postgres:"));
    let fields: Vec<&str> = line.expect("the user postgres").split(':').collect();
    let id = |field: &str| field.parse().expect("an id");
    Some((id(fields[2]), id(fields[3])))
}

/// Makes the kernel stop PostgreSQL when the test's thread ends, for whatever reason.
#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "only the child can ask the kernel for this")]
pub(crate) fn end_with_parent(command: &mut Command) {
    let ask = || {
        Ok(rustix::process::set_parent_process_death_signal(Some(
            Signal::QUIT,
        ))?)
    };
    // SAFETY: between fork and exec it makes one system call; it neither allocates nor locks.
    unsafe { command.pre_exec(ask) };
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn end_with_parent(_: &mut Command) {}
