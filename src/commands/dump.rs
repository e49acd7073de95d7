//! Runs `pg_dump` and `pg_restore`, and completes what was restored: for `backup`, `restore` and `upgrade`.
//!
//! What must hold: a program that is started is ended, also by a signal to this process, so that nothing goes on behind
//! the operator's back.

use std::process::{Child, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tokio::signal::unix::{SignalKind, signal};

use super::output::{Failure, say};
use crate::check::{self, Scope};
use crate::cluster::Programs;
use crate::postgres::Db;

/// How often is looked whether a program has ended.
const LOOK: Duration = Duration::from_millis(50);

/// A program that was started. Dropped, it is ended.
pub(super) struct Running {
    name: &'static str,
    child: Child,
}

impl Running {
    /// Writes a dump of the database at this address, in `pg_dump`'s own format. A sale goes on meanwhile.
    pub(super) fn dump(
        programs: &Programs,
        url: &str,
        to: impl Into<Stdio>,
    ) -> Result<Self, Failure> {
        let mut command = programs.client("pg_dump");
        command
            // Level 1: a sale needs the processors too.
            .args([
                "--format=custom",
                "--compress=1",
                "--no-owner",
                "--no-privileges",
            ])
            .args(["--lock-wait-timeout=10000", "--dbname", url])
            .stdout(to);
        Self::start("pg_dump", command)
    }

    /// Fills the empty database at this address from a dump.
    pub(super) fn restore(
        programs: &Programs,
        url: &str,
        from: impl Into<Stdio>,
    ) -> Result<Self, Failure> {
        let mut command = programs.client("pg_restore");
        command
            .args([
                "--exit-on-error",
                "--no-owner",
                "--no-privileges",
                "--dbname",
                url,
            ])
            .stdin(from);
        Self::start("pg_restore", command)
    }

    fn start(name: &'static str, mut command: std::process::Command) -> Result<Self, Failure> {
        let child = command.spawn();
        let child = child.map_err(|error| {
            let program = command.get_program().to_string_lossy();
            format!("{program} cannot be started: {error}")
        })?;
        Ok(Self { name, child })
    }

    /// What it writes, if that is piped.
    pub(super) fn output(&mut self) -> Result<Stdio, Failure> {
        let output = self.child.stdout.take();
        Ok(output.ok_or("its output is not piped")?.into())
    }

    /// Waits until it has ended, which must be with success. What it said stands above.
    pub(super) async fn finish(mut self) -> Result<(), Failure> {
        loop {
            match self.child.try_wait()? {
                Some(status) if status.success() => return Ok(()),
                Some(status) => return Err(format!("{} failed ({status})", self.name).into()),
                None => tokio::time::sleep(LOOK).await,
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Ok(None) = self.child.try_wait() {
            let pid = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
            // It fails if the process has just ended, which is the goal.
            pid.map(|pid| kill_process(pid, Signal::TERM));
            self.child.wait().ok();
        }
    }
}

/// Does this work unless the operator, or a supervisor, ends it.
pub(super) async fn unless_interrupted<T>(
    work: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hangup = signal(SignalKind::hangup())?;
    tokio::select! {
        result = work => return result,
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
        _ = hangup.recv() => {}
    }
    Err("interrupted: nothing was changed".into())
}

/// Brings what was restored up to date, and checks it; nobody uses it yet. Prints what is wrong and returns whether all
/// is right.
pub(super) async fn complete(db: &Db) -> Result<bool, Failure> {
    for migration in db.migrate_with(Default::default()).await? {
        say(&format!("applied {migration}"))?;
    }
    db.analyze().await?;
    let scope = Scope {
        is_served: false,
        ..Scope::default()
    };
    let report = check::check_scope(db, &scope, |_, _, _| {}).await?;
    for violation in &report.violations {
        say(&violation.to_string())?;
    }
    Ok(report.violations.is_empty())
}
