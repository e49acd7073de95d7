//! The real server as a process, and the other commands of the binary.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use uuid::Uuid;

use crate::failure::Failure;

/// A server process; dropped, it is killed.
pub(crate) struct Server {
    pub(crate) process: Child,
    pub(crate) address: SocketAddr,
}

impl Server {
    /// Starts one on a free port over this database, with these settings, and returns when it is open.
    pub(crate) fn start(database_url: &str, settings: &[&str]) -> Result<Self, Failure> {
        let anywhere = SocketAddr::from(([127, 0, 0, 1], 0));
        Self::start_at(database_url, anywhere, settings)
    }

    /// Starts one at this address.
    pub(crate) fn start_at(
        database_url: &str,
        listen: SocketAddr,
        settings: &[&str],
    ) -> Result<Self, Failure> {
        Self::open(boxoffice(database_url), listen, settings)
    }

    /// Starts what this command names.
    pub(crate) fn open(
        mut command: Command,
        listen: SocketAddr,
        settings: &[&str],
    ) -> Result<Self, Failure> {
        let mut process = command
            // No hold expires while the sale is measured.
            .args([
                "serve",
                "--listen",
                &listen.to_string(),
                "--hold-seconds",
                "86400",
            ])
            .args(settings)
            .stdout(Stdio::piped())
            .spawn()?;
        let stdout = process.stdout.take().ok_or("the server has no stdout")?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        let address = line.trim().rsplit("http://").next().unwrap_or_default();
        let address = address
            .parse()
            .map_err(|_| format!("the server said {line:?}"))?;
        Ok(Self { process, address })
    }

    /// Peak memory in MiB; `None` where the system does not report it.
    pub(crate) fn peak_memory_mib(&self) -> Option<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).ok()?;
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:"))?;
        let kib: f64 = line.trim().trim_end_matches(" kB").parse().ok()?;
        Some(kib / 1024.0)
    }

    /// Sends it a signal.
    pub(crate) fn signal(&self, signal: Signal) -> Result<(), Failure> {
        let id = i32::try_from(self.process.id())?;
        Ok(kill_process(
            Pid::from_raw(id).ok_or("no process")?,
            signal,
        )?)
    }

    /// Lets it drain and end.
    pub(crate) fn stop(mut self) -> Result<(), Failure> {
        self.signal(Signal::TERM)?;
        let status = self.process.wait()?;
        if status.success() {
            return Ok(());
        }
        Err(format!("the server ended with {status}").into())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if matches!(self.process.try_wait(), Ok(None)) {
            self.process.kill().ok();
            self.process.wait().ok();
        }
    }
}

/// Creates an event with these tiers, written as `--tier` has them; its id.
pub(crate) fn create_event(database_url: &str, tiers: &[String]) -> Result<Uuid, Failure> {
    let mut command = boxoffice(database_url);
    command.args(["create-event", "--name", "The hottest night of the year"]);
    command.args(["--starts-at", "2099-12-31T20:00:00-05:00"]);
    for tier in tiers {
        command.args(["--tier", tier]);
    }
    let output = command.stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        return Err(format!("create-event ended with {}", output.status).into());
    }
    let event: serde_json::Value = serde_json::from_slice(&output.stdout)?;
    Ok(event["id"].as_str().unwrap_or_default().parse()?)
}

/// Makes an API token that may book on behalf of any buyer; its text.
pub(crate) fn create_token(database_url: &str) -> Result<String, Failure> {
    let mut command = boxoffice(database_url);
    command.args(["token", "create", "--scope", "bookings:write"]);
    command.args(["--name", "load"]);
    let output = command.stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        return Err(format!("token create ended with {}", output.status).into());
    }
    let token: serde_json::Value = serde_json::from_slice(&output.stdout)?;
    Ok(token["token"].as_str().unwrap_or_default().to_owned())
}

/// The binary, without settings from the environment. `PROGRAM` names another build of it, to compare.
pub(crate) fn boxoffice(database_url: &str) -> Command {
    let program = std::env::var_os("PROGRAM");
    let program = program.unwrap_or_else(|| env!("CARGO_BIN_EXE_boxoffice").into());
    let mut command = Command::new(program);
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("BOXOFFICE_")) {
        command.env_remove(name);
    }
    command
        .env("RUST_LOG", "warn")
        .args(["--database-url", database_url]);
    command
}
