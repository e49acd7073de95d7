//! A whole on-sale over HTTP: many buyers within seconds at an event of three tiers, real server
//! processes on one database, and at the end the invariants: `make onsale`.
//!
//! Open loop: requests are sent on schedule, however slow the answers are, and latency is measured from the
//! scheduled time to the last answer, including retries and waiting for a connection. The timer's resolution is a
//! millisecond, which is the error of the measurement.

#[path = "../support/cluster.rs"]
mod cluster;
#[path = "../support/failure.rs"]
mod failure;
#[path = "../support/http.rs"]
mod http;
#[path = "../support/nginx.rs"]
mod nginx;
#[path = "../support/one_address.rs"]
mod one_address;
#[path = "../support/report.rs"]
mod report;
#[path = "../support/sale.rs"]
mod sale;
#[path = "../support/server.rs"]
mod server;
#[path = "../support/verify.rs"]
mod verify;

mod buyers;
mod faults;
mod load;
mod plot;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use boxoffice::postgres::Db;
use clap::Parser;

use buyers::{Buyer, TIERS};
use cluster::Cluster;
use failure::Failure;
use faults::Fault;
use nginx::Nginx;
use one_address::ALL_FROM_HERE;
use server::{Server, create_event};

/// A whole on-sale over HTTP, and the invariants at its end.
#[derive(Debug, Parser)]
struct Args {
    /// Buyers who come.
    #[arg(long, default_value_t = 30_000)]
    buyers: usize,
    /// Seconds within which they come.
    #[arg(long, default_value_t = 10)]
    seconds: u32,
    /// Buyers a second instead of a number of buyers, with tickets enough for all.
    #[arg(long)]
    rate: Option<usize>,
    /// Server processes on the one database.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=8))]
    processes: u8,
    /// Puts nginx in front of the servers, with `deploy/nginx.conf`.
    #[arg(long)]
    nginx: bool,
    /// What happens to one server after another during the sale.
    #[arg(long, requires = "nginx", value_enum)]
    fault: Option<Fault>,
    /// Tickets in all three tiers; without it 50,000, or enough for a steady rate.
    #[arg(long)]
    tickets: Option<i32>,
    /// Connections at most, of all buyers.
    #[arg(long, default_value_t = 4_000)]
    connections: usize,
    /// The same number, the same buyers with the same wishes at the same times.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Where the plot goes [default: onsale.svg in the target directory]
    #[arg(long)]
    plot: Option<PathBuf>,
    /// Cargo says so.
    #[arg(long, hide = true)]
    bench: bool,
}

impl Args {
    fn buyers(&self) -> usize {
        self.rate
            .map_or(self.buyers, |rate| rate * self.seconds as usize)
    }

    fn tickets(&self) -> i32 {
        // Of the smallest tier one for every buyer.
        let enough = i32::try_from(self.buyers() * 25).unwrap_or(i32::MAX);
        let usual = if self.rate.is_some() { enough } else { 50_000 };
        self.tickets.unwrap_or(usual).max(100)
    }

    fn plot(&self) -> PathBuf {
        let beside = std::env::current_exe().ok();
        // target/release/deps/onsale-...: three up.
        let target = beside.as_deref().and_then(|path| path.ancestors().nth(3));
        self.plot.clone().unwrap_or_else(|| {
            target
                .map(|target| target.join("onsale.svg"))
                .unwrap_or_else(|| "onsale.svg".into())
        })
    }
}

fn main() -> Result<ExitCode, Failure> {
    let args = Args::parse();
    let connections = 40 + 20 * u32::from(args.processes);
    let cluster = Cluster::start("onsale", connections)?;
    // One thread: the servers and PostgreSQL need the others.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let url = runtime.block_on(cluster.create("onsale"))?;
    let stock = TIERS.map(|tier| tier.of(args.tickets()));
    println!(
        "creating {} tickets in three tiers ...",
        stock.iter().map(|(_, capacity)| capacity).sum::<i32>()
    );
    let event = create_event(&url, &TIERS.map(|tier| tier.argument(args.tickets())))?;
    // Creating the event has used up the preallocated WAL segments; before a real sale there is time to
    // recycle old ones.
    runtime.block_on(async { Db::new(&url, 1)?.preallocate_wal(15).await })?;
    let servers = (0..args.processes)
        .map(|_| Server::start(&url, &ALL_FROM_HERE))
        .collect::<Result<Vec<_>, _>>()?;
    let mut addresses: Vec<_> = servers.iter().map(|server| server.address).collect();
    let nginx = args.nginx.then(|| Nginx::start(&addresses)).transpose()?;
    if let Some(nginx) = &nginx {
        addresses = vec![nginx.address];
    }
    let time = Duration::from_secs(args.seconds.into());
    let token = server::create_token(&url)?;
    let buyers = Buyer::crowd(
        args.seed,
        args.buyers(),
        time,
        (event, &token),
        addresses.len(),
    );

    let (servers, faults) = match args.fault {
        None => (servers, None),
        Some(fault) => (
            Vec::new(),
            Some(faults::spread(fault, url.clone(), servers, time)),
        ),
    };
    let (sale, attempts) = runtime.block_on(load::run(buyers, &addresses, args.connections))?;
    let servers = match faults {
        None => servers,
        Some(faults) => faults.join().map_err(|_| "the faults panicked")??,
    };
    drop(nginx);
    let memory: Vec<_> = servers.iter().map(Server::peak_memory_mib).collect();
    for server in servers {
        server.stop()?;
    }
    report::print(&sale, &memory);
    let path = args.plot();
    plot::draw(&path, &sale, &stock)?;
    println!("plot: {}", path.display());
    let mut violations = runtime.block_on(async {
        let db = Db::new(&url, 2)?;
        verify::verify(&db, &sale).await
    })?;
    violations.extend(faults::verify_service(&sale, attempts, args.fault));
    let clean = server::boxoffice(&url).arg("check").status()?.success();
    for violation in &violations {
        println!("BROKEN: {violation}");
    }
    if violations.is_empty() && clean {
        println!("every ticket sold once, sold out only when it was, every answer kept");
        return Ok(ExitCode::SUCCESS);
    }
    Ok(ExitCode::FAILURE)
}
