//! Bookings and reads over HTTP, closed loop: every connection sends its next request as soon as
//! the last one is answered. The figures of the README come from here: `make http`.

#[path = "support/cluster.rs"]
mod cluster;
#[path = "support/failure.rs"]
mod failure;
#[path = "support/http.rs"]
mod http;
#[path = "support/server.rs"]
mod server;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use clap::Parser;
use hdrhistogram::Histogram;
use uuid::Uuid;

use boxoffice::postgres::Db;
use cluster::Cluster;
use failure::Failure;
use http::{Answer, Connection, order};

use server::{Server, create_event, create_token};

/// All clients come from one address.
const ALL_FROM_HERE: [&str; 4] = [
    "--rate-limits",
    "off",
    "--client-connections-per-address",
    "1000000",
];

/// Bookings and reads a second over HTTP.
#[derive(Debug, Parser)]
struct Args {
    /// Connections that book.
    #[arg(long, default_value_t = 256)]
    connections: usize,
    /// Connections that read the availability.
    #[arg(long, default_value_t = 64)]
    readers: usize,
    /// Connections that go on booking while others read.
    #[arg(long, default_value_t = 4)]
    bookers: usize,
    /// Seconds of each measurement.
    #[arg(long, default_value_t = 8)]
    seconds: u64,
    /// Tickets of the event's general tier; its numbered tier has half as many.
    #[arg(long, default_value_t = 2_000_000)]
    tickets: i32,
    /// Cargo says so.
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> Result<(), Failure> {
    let args = Args::parse();
    let cluster = Cluster::start("http", 100)?;
    // One thread, because the client's side of a connection uses CPU time too.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let url = runtime.block_on(cluster.create("http"))?;
    let tiers = [
        format!("seats:Seats:9000:{}:numbered:12+24+12", args.tickets / 2),
        format!("ga:GA:5000:{}:general", args.tickets),
    ];
    println!("creating {} tickets ...", args.tickets / 2 + args.tickets);
    let event = create_event(&url, &tiers)?;
    // For as long as the program runs, so that every connection can have it.
    let token = create_token(&url)?.leak();
    let server = Server::start(&url, &ALL_FROM_HERE)?;
    runtime.block_on(async {
        let db = Db::new(&url, 1)?;
        measure(&args, &db, server.address, event, token).await
    })?;
    if let Some(mib) = server.peak_memory_mib() {
        println!("peak memory of the server: {mib:.1} MiB");
    }
    server.stop()
}

async fn measure(
    args: &Args,
    db: &Db,
    server: SocketAddr,
    event: Uuid,
    token: &'static str,
) -> Result<(), Failure> {
    let book = |tier: &'static str, connections, seconds| {
        let next = move || order(event, token, Some(Uuid::new_v4()), &[(tier, 2)]);
        drive(server, connections, Duration::from_secs(seconds), next)
    };
    let availability =
        format!("GET /api/events/{event}/availability HTTP/1.1\r\nHost: localhost\r\n\r\n")
            .into_bytes();
    let read = |seconds| {
        let request = availability.clone();
        let next = move || request.clone();
        drive(server, args.readers, Duration::from_secs(seconds), next)
    };
    // Connections, prepared statements, caches.
    book("ga", args.connections, 1).await?;
    let many = args.connections;
    // Creating the event has used up the preallocated WAL segments; a server that has run for a while
    // recycles old ones.
    db.preallocate_wal(15).await?;
    book("ga", many, args.seconds).await?.print(&format!(
        "POST /api/bookings, {many} connections, 2 general"
    ));
    db.preallocate_wal(15).await?;
    book("seats", many, args.seconds)
        .await?
        .print(&format!("POST /api/bookings, {many} connections, 2 seats"));
    book("ga", 1, args.seconds)
        .await?
        .print("POST /api/bookings, 1 connection, 2 general");
    let readers = args.readers;
    read(args.seconds)
        .await?
        .print(&format!("GET availability, {readers} connections"));
    let (reads, bookings) =
        tokio::join!(read(args.seconds), book("ga", args.bookers, args.seconds));
    reads?.print(&format!(
        "GET availability, {readers} connections, while booking"
    ));
    bookings?.print(&format!("  the bookings, {} connections", args.bookers));
    Ok(())
}

/// What was measured.
struct Load {
    elapsed: Duration,
    latency_us: Histogram<u64>,
    statuses: BTreeMap<u16, u64>,
    /// One of the answers that were no success.
    refusal: Option<Answer>,
}

/// Sends requests over `connections` connections for the given time.
async fn drive(
    server: SocketAddr,
    connections: usize,
    time: Duration,
    next: impl Fn() -> Vec<u8> + Clone + Send + 'static,
) -> Result<Load, Failure> {
    let mut open = Vec::with_capacity(connections);
    for _ in 0..connections {
        open.push(Connection::open(server).await?);
    }
    let started = Instant::now();
    let tasks = open.into_iter().map(|mut connection| {
        let next = next.clone();
        tokio::spawn(async move {
            let mut answers = Vec::new();
            let mut refusal = None;
            while started.elapsed() < time {
                let request = next();
                let sent = Instant::now();
                let answer = connection.send(&request).await?;
                answers.push((answer.status, sent.elapsed()));
                if answer.status >= 300 {
                    refusal = Some(answer);
                }
            }
            Ok::<_, std::io::Error>((answers, refusal))
        })
    });
    let tasks: Vec<_> = tasks.collect();
    let mut load = Load {
        elapsed: Duration::ZERO,
        latency_us: Histogram::new(3)?,
        statuses: BTreeMap::new(),
        refusal: None,
    };
    for task in tasks {
        let (answers, refusal) = task.await??;
        load.refusal = refusal.or(load.refusal);
        for (status, latency) in answers {
            *load.statuses.entry(status).or_default() += 1;
            load.latency_us.record(latency.as_micros() as u64)?;
        }
    }
    load.elapsed = started.elapsed();
    Ok(load)
}

impl Load {
    fn print(&self, what: &str) {
        let ms = |quantile| self.latency_us.value_at_quantile(quantile) as f64 / 1e3;
        let rate = self.latency_us.len() as f64 / self.elapsed.as_secs_f64();
        println!("{what}");
        println!(
            "  {rate:.0}/s, p50 {:.2} p95 {:.2} p99 {:.2} max {:.2} ms, answers {:?}",
            ms(0.5),
            ms(0.95),
            ms(0.99),
            self.latency_us.max() as f64 / 1e3,
            self.statuses
        );
        if let Some(refusal) = &self.refusal {
            println!(
                "  refused, Retry-After {:?}: {}",
                refusal.retry_after_seconds,
                String::from_utf8_lossy(&refusal.body)
            );
        }
    }
}
