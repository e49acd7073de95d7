//! What happens to one server after another while the sale is on.

use std::thread::{self, JoinHandle};
use std::time::Duration;

use clap::ValueEnum;
use rustix::process::Signal;

use crate::failure::Failure;
use crate::server::Server;

/// How long a server that is stopped stands still.
const STOPPED: Duration = Duration::from_secs(3);

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Fault {
    /// SIGTERM, then started again: a deployment.
    Restart,
    /// `kill -9`, then started again.
    Kill,
    /// SIGSTOP for three seconds, then SIGCONT.
    Stop,
}

/// Does it to one server after another, spread over this time, and gives the servers back.
pub(crate) fn spread(
    fault: Fault,
    url: String,
    servers: Vec<Server>,
    time: Duration,
) -> JoinHandle<Result<Vec<Server>, String>> {
    let pause = time / (servers.len() as u32 + 1);
    thread::spawn(move || {
        let mut after = Vec::with_capacity(servers.len());
        for server in servers {
            thread::sleep(pause);
            let server = fault.happen_to(server, &url);
            after.push(server.map_err(|failure| failure.to_string())?);
        }
        Ok(after)
    })
}

impl Fault {
    fn happen_to(self, server: Server, url: &str) -> Result<Server, Failure> {
        let address = server.address;
        match self {
            Self::Restart => server.stop()?,
            Self::Kill => drop(server),
            Self::Stop => {
                server.signal(Signal::STOP)?;
                thread::sleep(STOPPED);
                server.signal(Signal::CONT)?;
                return Ok(server);
            }
        }
        Server::start_at(url, address)
    }
}
