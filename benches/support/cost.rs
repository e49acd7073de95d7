//! What watching costs: the processor time of a booking in servers that count, time and log their requests, and in one
//! that does none of it. All run over one database, and book in turn, so that what else the machine does meets all
//! alike. `make cost`.

use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use crate::failure::Failure;
use crate::one_address::ALL_FROM_HERE;
use crate::server::{Server, boxoffice};

/// One way to run a server.
struct Way {
    what: &'static str,
    server: Server,
    /// Microseconds of its processor time for a booking, by round.
    costs_us: Vec<f64>,
}

/// Lets each of the four ways book for `round` in turn, `rounds` times, and prints what a booking costs. `book` sends
/// bookings to a server for so long and returns how many it has made; `before` is done before each round.
pub(crate) async fn measure(
    database_url: &str,
    rounds: usize,
    round: Duration,
    book: impl AsyncFn(SocketAddr, Duration) -> Result<u64, Failure>,
    before: impl AsyncFn() -> Result<(), Failure>,
) -> Result<(), Failure> {
    let log = Log::new()?;
    let command = || boxoffice(database_url);
    let mut ways = [
        Way::start("nothing", command(), "nothing", &log)?,
        Way::start("request ids, slow requests", command(), "requests", &log)?,
        Way::start("metrics", command(), "everything", &log)?,
        Way::start(
            "the log, as it is by default",
            logging(command()),
            "everything",
            &log,
        )?,
    ];
    for way in &ways {
        book(way.server.address, Duration::from_secs(1)).await?;
    }
    for number in 0..rounds {
        // Who comes first changes.
        for place in 0..ways.len() {
            let way = &mut ways[(number + place) % 4];
            before().await?;
            let began_us = processor_us(way.server.process.id())?;
            let booked = book(way.server.address, round).await?;
            let took_us = processor_us(way.server.process.id())? - began_us;
            way.costs_us.push(took_us / booked as f64);
        }
    }
    println!(
        "processor time of the server for a booking, medians of {rounds} rounds, with what is before it"
    );
    for (number, way) in ways.iter().enumerate() {
        let before = &ways[number.saturating_sub(1)].costs_us;
        let more = |base: &[f64]| {
            let pairs = way.costs_us.iter().zip(base);
            median(pairs.map(|(cost, base)| (cost / base - 1.0) * 100.0))
        };
        println!(
            "  {:28} {:6.2} us, {:+5.1} %, together {:+5.1} %",
            way.what,
            median(way.costs_us.iter().copied()),
            more(before),
            more(&ways[0].costs_us),
        );
    }
    for way in ways {
        way.server.stop()?;
    }
    Ok(())
}

impl Way {
    fn start(
        what: &'static str,
        mut command: Command,
        watched: &str,
        log: &Log,
    ) -> Result<Self, Failure> {
        command
            .stderr(log.open()?)
            .env("BOXOFFICE_WATCHED", watched);
        let anywhere = SocketAddr::from(([127, 0, 0, 1], 0));
        Ok(Self {
            what,
            server: Server::open(command, anywhere, &ALL_FROM_HERE)?,
            costs_us: Vec::new(),
        })
    }
}

fn logging(mut command: Command) -> Command {
    command.env_remove("RUST_LOG");
    command
}

/// A file for the lines, as a service manager would take them.
struct Log(PathBuf);

impl Log {
    fn new() -> Result<Self, Failure> {
        let name = format!("boxoffice-cost-{}.log", std::process::id());
        Ok(Self(std::env::temp_dir().join(name)))
    }

    fn open(&self) -> Result<fs::File, Failure> {
        let mut file = fs::File::options();
        Ok(file.create(true).append(true).open(&self.0)?)
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        fs::remove_file(&self.0).ok();
    }
}

/// Processor time of all threads of a process so far.
fn processor_us(process: u32) -> Result<f64, Failure> {
    let mut sum_ns = 0.0;
    for task in fs::read_dir(format!("/proc/{process}/task"))? {
        let text = fs::read_to_string(task?.path().join("schedstat"))?;
        let ns = text.split(' ').next().unwrap_or_default();
        sum_ns += ns.parse::<f64>()?;
    }
    Ok(sum_ns / 1e3)
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<_> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
