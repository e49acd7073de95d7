//! What happens to one server after another while the sale is on.

use std::thread::{self, JoinHandle};
use std::time::Duration;

use clap::ValueEnum;
use rustix::process::Signal;

use crate::failure::Failure;
use crate::load::Attempts;
use crate::one_address::ALL_FROM_HERE;
use crate::sale::{Reply, Sale};
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
        Server::start_at(url, address, &ALL_FROM_HERE)
    }
}

/// Attempts of a deployment that are answered 503, at most one of so many.
const TURNED_AWAY_AT_MOST: usize = 1_000;

/// No request is left without a proper answer; of a deployment hardly anybody notices.
pub(crate) fn verify_service(sale: &Sale, attempts: Attempts, fault: Option<Fault>) -> Vec<String> {
    let mut violations = Vec::new();
    let failed = sale.results.iter();
    let failed = failed.filter(|sent| matches!(sent.reply, Reply::Failed(_) | Reply::Overloaded));
    let failed = failed.count();
    if failed > 0 {
        violations.push(format!("{failed} requests have failed in the end"));
    }
    let Attempts {
        all,
        turned_away,
        unanswered,
    } = attempts;
    println!("of {all} attempts {turned_away} were answered 503, {unanswered} were not answered");
    let is_noticed = turned_away * TURNED_AWAY_AT_MOST > all || unanswered > 0;
    if fault == Some(Fault::Restart) && is_noticed {
        violations.push("buyers have noticed that servers were restarted".into());
    }
    violations
}
