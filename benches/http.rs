//! Bookings and reads over HTTP, closed loop: every connection sends its next request as soon as
//! the last one is answered. The figures of the README come from here: `make http`.

#[path = "support/cluster.rs"]
mod cluster;
#[path = "support/cost.rs"]
mod cost;
#[path = "support/failure.rs"]
mod failure;
#[path = "support/http.rs"]
mod http;
#[path = "support/one_address.rs"]
mod one_address;
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
use one_address::ALL_FROM_HERE;

use server::{Server, create_event, create_token};

/// So long each way books in a round of measuring what watching costs: short, so that what else the machine does
/// meets all alike, and the tickets last.
const COST_ROUND: Duration = Duration::from_secs(1);

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
    /// Tickets of the general tiers of all events; the numbered tiers have half as many.
    #[arg(long, default_value_t = 2_000_000)]
    tickets: i32,
    /// Events that the bookings are spread over.
    #[arg(long, default_value_t = 1)]
    events: i32,
    /// A migrated database to measure, distributed perhaps, instead of a PostgreSQL of its own. The events stay
    /// in it.
    #[arg(long)]
    database_url: Option<String>,
    /// Measure what metrics and logs cost, and nothing else.
    #[arg(long)]
    cost: bool,
    /// Rounds of that.
    #[arg(long, default_value_t = 17)]
    rounds: usize,
    /// Cargo says so.
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> Result<(), Failure> {
    let args = Args::parse();
    // One thread, because the client's side of a connection uses CPU time too.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let (url, cluster) = match &args.database_url {
        Some(url) => (url.clone(), None),
        None => {
            let cluster = Cluster::start("http", 100)?;
            (runtime.block_on(cluster.create("http"))?, Some(cluster))
        }
    };
    let tickets = args.tickets / args.events;
    let seats = if args.cost { 60 } else { tickets / 2 };
    let tiers = [
        format!("seats:Seats:9000:{seats}:numbered:12+24+12"),
        format!("ga:GA:5000:{tickets}:general"),
    ];
    println!("creating {} tickets ...", args.events * (seats + tickets));
    let events = (0..args.events).map(|_| create_event(&url, &tiers));
    // For as long as the program runs, so that every connection can have them.
    let events: &[Uuid] = events.collect::<Result<Vec<_>, _>>()?.leak();
    let token = create_token(&url)?.leak();
    if args.cost {
        return runtime.block_on(measure_cost(&args, &url, cluster.is_some(), events, token));
    }
    let server = Server::start(&url, &ALL_FROM_HERE)?;
    runtime.block_on(async {
        let own = match cluster {
            Some(_) => Some(Db::new(&url, 1)?),
            None => None,
        };
        measure(&args, own.as_ref(), server.address, events, token).await
    })?;
    if let Some(mib) = server.peak_memory_mib() {
        println!("peak memory of the server: {mib:.1} MiB");
    }
    server.stop()
}

/// `own` is the database if it is of this bench's own PostgreSQL.
async fn measure(
    args: &Args,
    own: Option<&Db>,
    server: SocketAddr,
    events: &'static [Uuid],
    token: &'static str,
) -> Result<(), Failure> {
    let seconds = Duration::from_secs(args.seconds);
    let book = |tier: &'static str, connections, time| {
        let next = move || {
            let buyer = Uuid::new_v4();
            let event = events[buyer.as_u128() as usize % events.len()];
            order(event, token, Some(buyer), &[(tier, 2)])
        };
        drive(server, connections, time, next)
    };
    let read = |connections, path: String, token: &str| {
        let request = get(&path, token);
        drive(server, connections, seconds, move || request.clone())
    };
    // Creating an event has used up the preallocated WAL segments; a server that has run for a while
    // recycles old ones.
    let recycle = async || match own {
        Some(db) => db.preallocate_wal(15).await,
        None => Ok(()),
    };
    // Connections, prepared statements, caches.
    book("ga", args.connections, Duration::from_secs(1)).await?;
    let many = args.connections;
    recycle().await?;
    book("ga", many, seconds).await?.print(&format!(
        "POST /api/bookings, {many} connections, 2 general"
    ));
    recycle().await?;
    book("seats", many, seconds)
        .await?
        .print(&format!("POST /api/bookings, {many} connections, 2 seats"));
    book("ga", 1, seconds)
        .await?
        .print("POST /api/bookings, 1 connection, 2 general");
    let (buyer, booking) = buyer_with_bookings(server, events).await?;
    read(1, format!("/api/bookings/{booking}"), &buyer)
        .await?
        .print("GET a booking, 1 connection");
    read(1, "/api/bookings".into(), &buyer)
        .await?
        .print("GET the bookings of a buyer of every event, 1 connection");
    let readers = args.readers;
    let availability = format!("/api/events/{}/availability", events[0]);
    read(readers, availability.clone(), &buyer)
        .await?
        .print(&format!("GET availability, {readers} connections"));
    let (reads, bookings) = tokio::join!(
        read(readers, availability, &buyer),
        book("ga", args.bookers, seconds)
    );
    reads?.print(&format!(
        "GET availability, {readers} connections, while booking"
    ));
    bookings?.print(&format!("  the bookings, {} connections", args.bookers));
    for (what, path) in [
        ("the list", "/".to_owned()),
        ("an event's page", event_page(server).await?),
    ] {
        for coding in ["gzip", "identity"] {
            let request = get_page(&path, coding);
            drive(server, readers, seconds, move || request.clone())
                .await?
                .print(&format!("GET {what} in {coding}, {readers} connections"));
        }
    }
    Ok(())
}

/// What metrics and logs cost of a booking. `is_own`: whether the database is of this bench's own PostgreSQL.
async fn measure_cost(
    args: &Args,
    url: &str,
    is_own: bool,
    events: &'static [Uuid],
    token: &'static str,
) -> Result<(), Failure> {
    let db = Db::new(url, 1)?;
    let book = async |server, time| {
        let order = move || order(events[0], token, Some(Uuid::new_v4()), &[("ga", 1)]);
        let load = drive(server, args.connections, time, order).await?;
        if load.refusal.is_some() {
            load.print("not all orders were booked");
            return Err("a refusal costs less than a booking: give it more --tickets".into());
        }
        Ok(load.latency_us.len())
    };
    let recycle = async || match is_own {
        true => Ok(db.preallocate_wal(8).await?),
        false => Ok(()),
    };
    cost::measure(url, args.rounds, COST_ROUND, book, recycle).await
}

/// The path of the page of the first event in the list.
async fn event_page(server: SocketAddr) -> Result<String, Failure> {
    let list = get_page("/", "identity");
    let list = Connection::open(server).await?.send(&list).await?;
    let html = String::from_utf8_lossy(&list.body);
    let link = html.split_once("href=\"/events/").map(|(_, rest)| rest);
    let address = link.and_then(|rest| rest.split('"').next());
    let address = address.ok_or("there is no event in the list")?;
    Ok(format!("/events/{address}"))
}

fn get_page(path: &str, coding: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: {coding}\r\n\r\n")
        .into_bytes()
}

/// The token of a new buyer who has booked at every event, and one of the bookings.
async fn buyer_with_bookings(
    server: SocketAddr,
    events: &[Uuid],
) -> Result<(String, String), Failure> {
    let mut connection = Connection::open(server).await?;
    let new = "POST /api/buyers HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n";
    let made = connection.send(new.as_bytes()).await?;
    let token = text(&made, "token")?;
    let mut booking = String::new();
    for &event in events {
        let order = order(event, &token, None, &[("ga", 2)]);
        booking = text(&connection.send(&order).await?, "id")?;
    }
    Ok((token, booking))
}

/// A member of an answer.
fn text(answer: &Answer, name: &str) -> Result<String, Failure> {
    let json: serde_json::Value = serde_json::from_slice(&answer.body)?;
    let found = json[name].as_str().map(str::to_owned);
    found.ok_or_else(|| format!("answered {}: {json}", answer.status).into())
}

fn get(path: &str, token: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n")
        .into_bytes()
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
