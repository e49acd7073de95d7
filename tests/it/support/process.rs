//! The binary as a process of its own, which can be killed at any moment.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, ExitStatus, Stdio};

/// A running `boxoffice serve`. Dropped, it is killed.
pub(crate) struct Process {
    pub(crate) child: Child,
    /// Where it listens.
    pub(crate) url: String,
}

impl Process {
    /// Starts it over this database with these words and variables, and waits until it is open. `None` if
    /// it ends instead. Unless they say otherwise it has one worker, a free port and
    /// no rate limits.
    pub(crate) fn start(
        database_url: &str,
        words: &[&str],
        variables: &[(&str, &str)],
        log: Stdio,
    ) -> Option<Self> {
        let program = Command::new(env!("CARGO_BIN_EXE_boxoffice"));
        Self::start_as(program, database_url, words, variables, log)
    }

    /// As [`Process::start`], by a command to which the words are added.
    pub(crate) fn start_as(
        mut command: Command,
        database_url: &str,
        words: &[&str],
        variables: &[(&str, &str)],
        log: Stdio,
    ) -> Option<Self> {
        command.env("DATABASE_URL", database_url);
        Self::spawn(command, words, variables, log)
    }

    /// As [`Process::start`], by a command that knows its database.
    pub(crate) fn spawn(
        mut command: Command,
        words: &[&str],
        variables: &[(&str, &str)],
        log: Stdio,
    ) -> Option<Self> {
        command
            .args(words)
            .env("BOXOFFICE_LISTEN", "127.0.0.1:0")
            .env("BOXOFFICE_WORKERS", "1")
            .env("BOXOFFICE_RATE_LIMITS", "off")
            .envs(variables.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log);
        let mut child = command.spawn().expect("the binary runs");
        let stdout = child.stdout.take().expect("piped");
        let line = BufReader::new(stdout).lines().next();
        let Some(Ok(line)) = line else {
            // The database is unavailable, or the fault point was reached in recovery.
            child.kill().ok();
            child.wait().expect("it ends");
            return None;
        };
        let (_, url) = line.split_once("http://").expect(&line);
        Some(Self {
            child,
            url: format!("http://{url}"),
        })
    }

    /// `kill -9`.
    pub(crate) fn kill(&mut self) {
        self.child.kill().ok();
        self.child.wait().expect("it ends");
    }

    /// How it ended, if it has.
    pub(crate) fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().expect("a child")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}
