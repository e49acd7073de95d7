//! What organisers wait for: the dashboard of an event with a million tickets and half a million bookings, and an event
//! with 50,000 bookings that is called off while its server is killed. The figures of ARCHITECTURE come from here:
//! `make reports`.

#[path = "support/cluster.rs"]
mod cluster;
#[path = "support/failure.rs"]
mod failure;
#[expect(dead_code, reason = "shared with other benches")]
#[path = "support/server.rs"]
mod server;

use std::time::{Duration, Instant};

use boxoffice::availability::Availability;
use boxoffice::booking;
use boxoffice::catalog::{Catalog, Event};
use boxoffice::check::check;
use boxoffice::postgres::Db;
use boxoffice::report::export::{Format, What};
use boxoffice::report::{By, Reports, Within};
use clap::Parser;
use futures::TryStreamExt;
use hdrhistogram::Histogram;

use cluster::Cluster;
use failure::Failure;
use server::{Server, boxoffice};

/// Dashboards, and calling off.
#[derive(Debug, Parser)]
struct Args {
    /// Tickets of the event whose dashboard is looked at.
    #[arg(long, default_value_t = 1_000_000)]
    tickets: i32,
    /// Its bookings, of two tickets each.
    #[arg(long, default_value_t = 500_000)]
    bookings: i32,
    /// How often each look is measured.
    #[arg(long, default_value_t = 200)]
    rounds: usize,
    /// Bookings of the event that is called off; 0 for none.
    #[arg(long, default_value_t = 50_000)]
    call_off: i32,
    /// Cargo says so.
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> Result<(), Failure> {
    let args = Args::parse();
    let cluster = Cluster::start("reports", 100)?;
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        if args.bookings > 0 {
            let url = cluster.create("dashboard").await?;
            dashboards(&url, &args).await?;
        }
        if args.call_off > 0 {
            let url = cluster.create("call_off").await?;
            call_off(&url, args.call_off).await?;
        }
        Ok(())
    })
}

async fn load(db: &Db, tickets: i32, bookings: i32) -> Result<Event, Failure> {
    let began = Instant::now();
    let statements = include_str!("support/reports.sql")
        .replace(":tickets", &tickets.to_string())
        .replace(":bookings", &bookings.to_string());
    let client = db.patient().get().await?;
    // One by one: VACUUM runs in no transaction.
    for statement in statements.split_inclusive(";\n") {
        client.batch_execute(statement).await?;
    }
    println!(
        "{tickets} tickets, {bookings} bookings in {:.0} s",
        began.elapsed().as_secs_f64()
    );
    let numbers = [boxoffice::types::EventNo(1)];
    let events = Catalog::new(db.clone()).events_by_no(&numbers).await?;
    let event = events.into_iter().next().ok_or("no event")?;
    Ok(Event::clone(&event))
}

async fn dashboards(url: &str, args: &Args) -> Result<(), Failure> {
    let db = Db::new(url, 12)?;
    let event = load(&db, args.tickets, args.bookings).await?;
    let availability = Availability::new(db.clone());
    // Without what it remembers.
    let fresh = || Reports::new(&db, availability.clone());
    let began = Instant::now();
    let mut totals = fresh().totals(&event).await;
    while totals
        .as_ref()
        .map_or(true, |totals| totals.bookings < args.bookings.into())
    {
        totals = fresh().totals(&event).await;
    }
    println!(
        "the first look adds all up in {:.1} s: {:?}",
        began.elapsed().as_secs_f64(),
        totals?.all
    );
    let (page, _) = fresh().paid(event.no, None, 50).await?;
    let middle = &page[25];
    let name = middle.contact.as_ref().ok_or("no contact")?.name.clone();
    let label = middle.booking.items[0].seats[0].0.to_string();
    println!("{:<34} {:>7} {:>7} {:>7} ms", "", "p50", "p95", "max");
    let clues = [
        ("find: reference", middle.booking.reference.to_string()),
        ("find: id", middle.booking.id.to_string()),
        ("find: a part of a name", name[2..9].to_owned()),
        ("find: a part that half have", "exa".to_owned()),
        ("find: seat", label),
    ];
    for by in [By::Day, By::Hour, By::Second] {
        measure(args, by.as_str(), async || {
            Ok(fresh().series(&event, by).await.map(drop)?)
        })
        .await?;
    }
    measure(args, "totals", async || {
        Ok(fresh().totals(&event).await.map(drop)?)
    })
    .await?;
    measure(args, "last bookings", async || {
        Ok(fresh().paid(event.no, None, 10).await.map(drop)?)
    })
    .await?;
    measure(args, "the dashboard, all of these", async || {
        let reports = fresh();
        reports.totals(&event).await?;
        for by in [By::Day, By::Hour, By::Second] {
            reports.series(&event, by).await?;
        }
        reports.paid(event.no, None, 10).await?;
        Ok(())
    })
    .await?;
    for (name, clue) in &clues {
        measure(args, name, async || {
            Ok(fresh().find(Within::Event(&event), clue).await.map(drop)?)
        })
        .await?;
    }
    let one = booking::get(&db, middle.booking.id)
        .await?
        .ok_or("no booking")?;
    measure(args, "history", async || {
        Ok(fresh().history(&one, &[], Vec::new()).await.map(drop)?)
    })
    .await?;
    exports(&db, &event, &availability).await?;
    confirmations(&db).await
}

async fn measure(
    args: &Args,
    name: &str,
    look: impl AsyncFn() -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut times = Histogram::<u64>::new(3)?;
    for _ in 0..args.rounds {
        let began = Instant::now();
        look().await?;
        times.record(began.elapsed().as_micros() as u64)?;
    }
    let ms = |micros: u64| micros as f64 / 1_000.0;
    let (p50, p95) = (times.value_at_quantile(0.5), times.value_at_quantile(0.95));
    println!(
        "{name:<34} {:>7.1} {:>7.1} {:>7.1}",
        ms(p50),
        ms(p95),
        ms(times.max())
    );
    Ok(())
}

async fn exports(db: &Db, event: &Event, availability: &Availability) -> Result<(), Failure> {
    let reports = Reports::new(db, availability.clone());
    for what in [What::Bookings, What::Tickets, What::Payments] {
        let began = Instant::now();
        let event = std::sync::Arc::new(event.clone());
        let pieces = reports.export(event, what, Format::Csv { mark: false })?;
        let bytes: usize = pieces
            .try_fold(0, async |sum, piece| Ok(sum + piece.len()))
            .await?;
        let (mib, seconds) = (
            bytes as f64 / f64::from(1 << 20),
            began.elapsed().as_secs_f64(),
        );
        println!("{} as CSV: {mib:.0} MiB in {seconds:.1} s", what.as_str());
    }
    Ok(())
}

/// What the two indexes cost a confirmation: batches of 256 holds are confirmed with them and without.
async fn confirmations(db: &Db) -> Result<(), Failure> {
    const BATCH: u32 = 256;
    let client = db.patient().get().await?;
    let hold = "INSERT INTO bookings (event_id, id, reference, buyer_id, idempotency_key, request_fingerprint, status,
                                      total_minor, currency, created_at, expires_at, turn)
        SELECT 1, gen_random_uuid(), (random() * 1000000000000)::bigint, gen_random_uuid(), 'k', '', 'pending', 0, 'EUR',
               now(), now() + interval '1 hour', 1 FROM generate_series(1, 256) RETURNING id";
    let confirm =
        "UPDATE bookings SET status = 'confirmed', expires_at = NULL, confirmed_at = now()
        WHERE event_id = 1 AND id = ANY ($1)";
    let mut per_booking = [const { Vec::new() }; 2];
    for round in 0..60 {
        let with = round % 2;
        client.batch_execute("BEGIN").await?;
        if with == 0 {
            client
                .batch_execute(
                    "DROP INDEX bookings_by_confirmation; DROP INDEX bookings_by_cancellation",
                )
                .await?;
        }
        for _ in 0..4 {
            let rows = client.query(hold, &[]).await?;
            let ids: Vec<uuid::Uuid> = rows.iter().map(|row| row.get(0)).collect();
            let began = Instant::now();
            client.execute(confirm, &[&ids]).await?;
            per_booking[with].push(began.elapsed() / BATCH);
        }
        client.batch_execute("ROLLBACK").await?;
    }
    let [without, with] = per_booking.map(|mut times| {
        times.sort_unstable();
        times[times.len() / 2]
    });
    println!("a confirmation without the indexes {without:?}, with them {with:?}");
    Ok(())
}

/// Calls an event off at a server that is killed in the middle, twice, and waits for another to end it.
async fn call_off(url: &str, bookings: i32) -> Result<(), Failure> {
    let db = Db::new(url, 4)?;
    let event = load(&db, bookings * 2 + 100, bookings).await?;
    let output = boxoffice(url)
        .args([
            "token",
            "create",
            "--name",
            "load",
            "--scope",
            "events:write",
        ])
        .output()?;
    let token: serde_json::Value = serde_json::from_slice(&output.stdout)?;
    let token = token["token"].as_str().ok_or("no token")?;
    let mut server = Server::start(url, &[])?;
    let began = Instant::now();
    let path = format!(
        "http://{}/api/organiser/events/{}/call-off",
        server.address, event.id
    );
    let call = reqwest::Client::new().post(path).bearer_auth(token);
    let answer = call
        .json(&serde_json::json!({"name": "Live"}))
        .send()
        .await?;
    println!("called off: {} {}", answer.status(), answer.text().await?);
    for pause in [2, 8] {
        tokio::time::sleep(Duration::from_secs(pause)).await;
        server.process.kill()?;
        server.process.wait()?;
        println!(
            "killed after {:.1} s: {}",
            began.elapsed().as_secs_f64(),
            progress(&db).await?
        );
        server = Server::start(url, &[])?;
    }
    let client = db.get().await?;
    loop {
        let done = "SELECT count(*) FROM call_offs WHERE finished_at IS NOT NULL";
        if client.query_one(done, &[]).await?.get::<_, i64>(0) == 1 {
            break;
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    println!(
        "all money is back after {:.1} s: {}",
        began.elapsed().as_secs_f64(),
        progress(&db).await?
    );
    server.stop()?;
    let violations = check(&db.patient()).await?;
    println!("{} rules are broken: {violations:?}", violations.len());
    Ok(())
}

async fn progress(db: &Db) -> Result<String, Failure> {
    let statement = "SELECT format('%s of %s bookings cancelled, %s charges to give back, %s given back', cancelled, bookings,
        refunds, (SELECT count(*) FROM gateway_refunds)) FROM call_offs";
    Ok(db.get().await?.query_one(statement, &[]).await?.get(0))
}
