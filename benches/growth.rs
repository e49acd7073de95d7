//! Does a booking cost more when there is more of everything, and do tables grow when as much is given back as is
//! sold? Time per booking with 10,000,000
//! tickets, with 99% sold, with 10,000 events, and with a snapshot held open during 500,000 sales,
//! each as a ratio to a small fresh event measured in the same round: `make growth`.

#[path = "support/cluster.rs"]
mod cluster;
#[path = "support/failure.rs"]
mod failure;
#[path = "support/shop.rs"]
mod shop;

use std::sync::Arc;
use std::time::{Duration, Instant};

use boxoffice::allocator::{Lanes, Stock, release};
use boxoffice::postgres::{Client, Db};
use boxoffice::types::TierNo;
use clap::Parser;

use cluster::Cluster;
use failure::Failure;
use shop::{SOLD_BEFORE, Seating, create_event, lanes, lanes_with_hold, restock, sell};

/// What every order asks for.
const ORDER: [(TierNo, i32); 1] = [(TierNo(1), 2)];
const TICKETS_PER_ORDER: usize = 2;
/// Tickets of the event that the others are compared with.
const SMALL_TICKETS: i32 = 50_000;
/// Bookings before each measurement, so that connections are open and statements prepared.
const WARM_UP: usize = 512;

/// Time per booking as everything grows, against a small fresh event.
#[derive(Debug, Parser)]
struct Args {
    /// Buyers at once.
    #[arg(long, default_value_t = 1_000)]
    buyers: usize,
    /// Rounds; in each, every case is measured once.
    #[arg(long, default_value_t = 7)]
    rounds: usize,
    /// Bookings of a measurement with all buyers.
    #[arg(long, default_value_t = 8_000)]
    bookings: usize,
    /// Bookings of a measurement with a single buyer.
    #[arg(long, default_value_t = 250)]
    singles: usize,
    /// Tickets of the large event.
    #[arg(long, default_value_t = 10_000_000)]
    tickets: i32,
    /// Tickets of the event of which 99% are sold.
    #[arg(long, default_value_t = 2_000_000)]
    sold_tickets: i32,
    /// Events of the full catalogue, of 100 tickets each.
    #[arg(long, default_value_t = 10_000)]
    events: i32,
    /// Sales while the snapshot is open.
    #[arg(long, default_value_t = 500_000)]
    snapshot_sales: usize,
    /// Bookings that are made and given back, to see whether the tickets' table and indexes grow.
    #[arg(long, default_value_t = 1_000_000)]
    cycles: usize,
    /// So many of them in a second: more than any sale has to give back. As fast as they can be made if 0.
    #[arg(long, default_value_t = 5_000)]
    cycles_per_second: usize,
    /// Cargo says so.
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> Result<(), Failure> {
    let args = Args::parse();
    let cluster = Cluster::start("growth", 100)?;
    tokio::runtime::Runtime::new()?.block_on(async {
        run(&args, &cluster).await?;
        churn(&args, &cluster).await
    })
}

async fn run(args: &Args, cluster: &Cluster) -> Result<(), Failure> {
    let small = Case::small(cluster).await?;
    let cases = [
        Case::large(cluster, args).await?,
        Case::sold(cluster, args).await?,
        Case::full_catalogue(cluster, args).await?,
        Case::newcomer(cluster, args).await?,
    ];
    let snapshot = Case::under_snapshot(cluster, args).await?;
    let mut results = compare(args, &small, &cases).await?;

    let reader = hold_snapshot(&snapshot.db).await?;
    results.extend(compare(args, &small, std::slice::from_ref(&snapshot)).await?);
    println!(
        "selling {} times under the snapshot ...",
        args.snapshot_sales
    );
    let sold_in = sell(
        std::slice::from_ref(&snapshot.lanes),
        &snapshot.stock,
        &ORDER,
        args.buyers,
        args.snapshot_sales,
    )
    .await;
    println!(
        "  {:.0} bookings/s on average",
        args.snapshot_sales as f64 / sold_in.as_secs_f64()
    );
    let mut after = compare(args, &small, std::slice::from_ref(&snapshot)).await?;
    after[0].name = format!(
        "snapshot open for {} sales",
        grouped(args.snapshot_sales as i64)
    );
    let newcomer = lanes(&snapshot.db);
    let first = sell(&[newcomer], &snapshot.stock, &ORDER, 1, 1).await;
    results.append(&mut after);
    let after_release = [
        ("small and fresh", orders_after_release(&small, args).await?),
        (
            "under that snapshot",
            orders_after_release(&snapshot, args).await?,
        ),
    ];
    reader.batch_execute("COMMIT").await?;
    report(args, &results);
    println!(
        "first order of a new process under that snapshot: {:.1} ms",
        first.as_secs_f64() * 1e3
    );
    for (name, mut times) in after_release {
        times.sort_unstable();
        println!(
            "two orders after the oldest booking ended, {name}: median {:.2} ms, slowest of {} {:.2} ms",
            times[times.len() / 2].as_secs_f64() * 1e3,
            times.len(),
            times[times.len() - 1].as_secs_f64() * 1e3,
        );
    }
    Ok(())
}

/// Ends the oldest booking and times the two orders that come next, again and again: one gets its tickets, the
/// other finds none between them and the last ones that were sold.
async fn orders_after_release(case: &Case, args: &Args) -> Result<Vec<Duration>, Failure> {
    let lanes = std::slice::from_ref(&case.lanes);
    sell(lanes, &case.stock, &ORDER, 1, WARM_UP).await;
    let client = case.db.patient().get().await?;
    let mut times = Vec::with_capacity(args.singles);
    for _ in 0..args.singles {
        let ended = client
            .execute(
                "UPDATE bookings SET created_at = now() - interval '2 s', expires_at = now() - interval '1 s'
                 WHERE id = (SELECT id FROM bookings WHERE status = 'pending' ORDER BY id LIMIT 1)",
                &[],
            )
            .await?;
        if (ended, case.lanes.expire(case.stock.event).await?) != (1, 1) {
            return Err("there was no booking to end".into());
        }
        times.push(sell(lanes, &case.stock, &ORDER, 1, 2).await);
    }
    Ok(times)
}

/// Bookings that are sold before they are all given back.
const CYCLES_AT_ONCE: usize = 1_000;
/// How much larger than fresh the tickets' table and the index of the free ones may become.
const GROWTH_MAX: f64 = 1.5;

/// Sells and gives back, with nothing but autovacuum between, and compares sizes.
async fn churn(args: &Args, cluster: &Cluster) -> Result<(), Failure> {
    let name = "sold and given back".to_owned();
    let case = Case::open(cluster, "churn", name, SMALL_TICKETS, Restore::Nothing).await?;
    let fresh = sizes(&case.db).await?;
    let lanes = lanes_with_hold(&case.db, Duration::ZERO);
    let started = Instant::now();
    for round in 0..args.cycles.div_ceil(CYCLES_AT_ONCE) {
        if args.cycles_per_second > 0 {
            let due = (round * CYCLES_AT_ONCE) as f64 / args.cycles_per_second as f64;
            tokio::time::sleep_until((started + Duration::from_secs_f64(due)).into()).await;
        }
        let lanes = std::slice::from_ref(&lanes);
        sell(lanes, &case.stock, &ORDER, args.buyers, CYCLES_AT_ONCE).await;
        while !release::expire(&case.db, case.stock.event)
            .await?
            .0
            .is_empty()
        {}
    }
    println!(
        "\n{} bookings sold and given back in {:.0} s; sizes, and how many times their fresh sizes",
        grouped(args.cycles as i64),
        started.elapsed().as_secs_f64()
    );
    let mut has_grown = false;
    for ((name, bytes), (_, fresh)) in sizes(&case.db).await?.into_iter().zip(fresh) {
        let growth = bytes as f64 / fresh as f64;
        println!("{name:<38} {:>9.1} MB {growth:>7.2}", bytes as f64 / 1e6);
        has_grown |= growth > GROWTH_MAX && name != "tickets_pkey";
    }
    if has_grown {
        return Err(format!("that is more than {GROWTH_MAX}").into());
    }
    Ok(())
}

/// The tickets' table and its indexes, in bytes.
async fn sizes(db: &Db) -> Result<Vec<(String, i64)>, Failure> {
    let sizes = "SELECT name, pg_relation_size(name::regclass)
        FROM unnest('{tickets,tickets_free,tickets_pkey}'::text[]) AS t (name)";
    let rows = db.patient().get().await?.query(sizes, &[]).await?;
    Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
}

/// An event in a database of its own.
struct Case {
    name: String,
    db: Db,
    stock: Arc<Stock>,
    lanes: Lanes,
    restore: Restore,
}

/// What happens to a case before each measurement.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Restore {
    /// Nothing: there are tickets enough for all.
    Nothing,
    /// Nothing is sold.
    Anew,
    /// What the previous measurement sold is released.
    GiveBack,
}

impl Case {
    /// An event with `tickets` tickets, nothing sold.
    async fn open(
        cluster: &Cluster,
        database: &str,
        name: String,
        tickets: i32,
        restore: Restore,
    ) -> Result<Self, Failure> {
        println!("preparing: {name} ...");
        let db = Db::new(&cluster.create(database).await?, 16)?;
        let stock = create_event(&db, &[(tickets, Seating::General)]).await?;
        settle(&db).await?;
        Ok(Self {
            lanes: lanes(&db),
            name,
            db,
            stock,
            restore,
        })
    }

    async fn small(cluster: &Cluster) -> Result<Self, Failure> {
        let name = format!("small and fresh: {} tickets", grouped(SMALL_TICKETS));
        Self::open(cluster, "small", name, SMALL_TICKETS, Restore::Anew).await
    }

    async fn large(cluster: &Cluster, args: &Args) -> Result<Self, Failure> {
        let name = format!("{} tickets", grouped(args.tickets));
        Self::open(cluster, "large", name, args.tickets, Restore::Nothing).await
    }

    async fn sold(cluster: &Cluster, args: &Args) -> Result<Self, Failure> {
        let name = format!("99% of {} sold", grouped(args.sold_tickets));
        let case = Self::open(cluster, "sold", name, args.sold_tickets, Restore::GiveBack).await?;
        let free = args.sold_tickets / 100;
        let needed = TICKETS_PER_ORDER * (WARM_UP + args.bookings + args.singles);
        if (free as usize) < needed {
            return Err(format!("--sold-tickets must be at least {}", needed * 100).into());
        }
        // Sold by updates, as in a sale, so that the table and its indexes have as many dead entries.
        let client = case.db.patient().get().await?;
        let last = args.sold_tickets - free;
        client
            .execute(
                "UPDATE tickets SET booking_id = $1 WHERE seat_no <= $2",
                &[&SOLD_BEFORE, &last],
            )
            .await?;
        drop(client);
        settle(&case.db).await?;
        Ok(case)
    }

    async fn full_catalogue(cluster: &Cluster, args: &Args) -> Result<Self, Failure> {
        let name = format!("{} events", grouped(args.events));
        let case = Self::open(cluster, "events", name, SMALL_TICKETS, Restore::GiveBack).await?;
        fill_catalogue(&case.db, args.events).await?;
        settle(&case.db).await?;
        Ok(case)
    }

    /// The planner's statistics are of other events, each with few tickets.
    async fn newcomer(cluster: &Cluster, args: &Args) -> Result<Self, Failure> {
        let name = format!("new event, statistics of {} others", grouped(args.events));
        let case = Self::open(cluster, "newcomer", name, 100, Restore::Nothing).await?;
        fill_catalogue(&case.db, args.events).await?;
        settle(&case.db).await?;
        case.db
            .get()
            .await?
            .batch_execute(
                "ALTER TABLE tickets SET (autovacuum_enabled = off);
                 ALTER TABLE bookings SET (autovacuum_enabled = off);
                 ALTER TABLE booking_items SET (autovacuum_enabled = off)",
            )
            .await?;
        let measured = args.rounds * (WARM_UP + args.bookings + args.singles);
        let tickets = i32::try_from(TICKETS_PER_ORDER * measured)?.max(SMALL_TICKETS);
        let stock = create_event(&case.db, &[(tickets, Seating::General)]).await?;
        Ok(Self { stock, ..case })
    }

    async fn under_snapshot(cluster: &Cluster, args: &Args) -> Result<Self, Failure> {
        let measured = 2 * args.rounds * (WARM_UP + args.bookings + args.singles);
        let tickets =
            TICKETS_PER_ORDER * (args.snapshot_sales + measured + WARM_UP + args.singles + 1);
        let name = "snapshot just opened".to_owned();
        Self::open(
            cluster,
            "snapshot",
            name,
            i32::try_from(tickets)?,
            Restore::Nothing,
        )
        .await
    }

    /// Measures once, from the state that the case is about.
    async fn measure(&self, args: &Args) -> Result<Sample, Failure> {
        match self.restore {
            Restore::Nothing => {}
            Restore::Anew => restock(&self.db).await?,
            Restore::GiveBack => self.give_back().await?,
        }
        // Lanes keep a hint where the free tickets start, which is wrong after a restoration.
        let lanes = match self.restore {
            Restore::Nothing => self.lanes.clone(),
            Restore::Anew | Restore::GiveBack => lanes(&self.db),
        };
        let lanes = std::slice::from_ref(&lanes);
        sell(lanes, &self.stock, &ORDER, args.buyers, WARM_UP).await;
        let together = sell(lanes, &self.stock, &ORDER, args.buyers, args.bookings).await;
        let alone = sell(lanes, &self.stock, &ORDER, 1, args.singles).await;
        let each_us = |elapsed: Duration, bookings| elapsed.as_secs_f64() * 1e6 / bookings as f64;
        Ok(Sample {
            together_us: each_us(together, args.bookings),
            alone_us: each_us(alone, args.singles),
        })
    }

    async fn give_back(&self) -> Result<(), Failure> {
        shop::give_back(&self.db).await
    }
}

/// Creates events of 100 tickets, until there are `events` with the existing one.
async fn fill_catalogue(db: &Db, events: i32) -> Result<(), Failure> {
    let statements = format!(
        "INSERT INTO events (public_id, venue_id, name, starts_at, on_sale_at, currency, search_text)
         SELECT gen_random_uuid(), venue_id, 'Event ' || n, now() + make_interval(hours => n), now(), 'USD', 'event ' || n
         FROM venues, generate_series(1, {}) AS n;
         INSERT INTO tiers (event_id, tier_no, code, name, price_minor, capacity, seating)
         SELECT event_id, 1, 'ga', 'GA', 5000, 100, 'general' FROM events WHERE event_id <> 1;
         INSERT INTO tickets (event_id, tier_no, seat_no)
         SELECT event_id, 1, n FROM events, generate_series(1, 100) AS n WHERE event_id <> 1",
        events - 1
    );
    Ok(db.patient().get().await?.batch_execute(&statements).await?)
}

/// Time per booking.
#[derive(Clone, Copy)]
struct Sample {
    together_us: f64,
    alone_us: f64,
}

/// What the rounds found of a case.
struct Compared {
    name: String,
    /// Of the case and of the small one, round by round.
    rounds: Vec<(Sample, Sample)>,
}

/// Measures cases in turn, each right after the small one, so that other load on the machine affects both.
async fn compare(args: &Args, small: &Case, cases: &[Case]) -> Result<Vec<Compared>, Failure> {
    let mut results: Vec<Compared> = cases
        .iter()
        .map(|case| Compared {
            name: case.name.clone(),
            rounds: Vec::new(),
        })
        .collect();
    for round in 1..=args.rounds {
        println!("round {round} of {}", args.rounds);
        for (case, result) in cases.iter().zip(&mut results) {
            let base = small.measure(args).await?;
            result.rounds.push((case.measure(args).await?, base));
        }
    }
    Ok(results)
}

/// Writes dirty pages of the preparation now, not during the measurement.
async fn settle(db: &Db) -> Result<(), Failure> {
    let client = db.patient().get().await?;
    client.batch_execute("VACUUM (ANALYZE)").await?;
    Ok(client.batch_execute("CHECKPOINT").await?)
}

/// Holds a snapshot open, as a backup does.
async fn hold_snapshot(db: &Db) -> Result<Client, Failure> {
    let client = db.patient().get().await?;
    client
        .batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT FROM tickets LIMIT 1")
        .await?;
    Ok(client)
}

fn report(args: &Args, results: &[Compared]) {
    println!(
        "\ntime per booking in µs, median of {} rounds; ratio to {} tickets, fresh, in the same rounds\n",
        args.rounds,
        grouped(SMALL_TICKETS)
    );
    let buyers = format!("{} buyers", grouped(args.buyers as i64));
    println!(
        "{:<38} {buyers:>12} {:>7} {:>12} {:>7}",
        "", "ratio", "1 buyer", "ratio"
    );
    let base = |of: fn(&Sample) -> f64| {
        median(
            results
                .iter()
                .flat_map(|result| &result.rounds)
                .map(|(_, base)| of(base)),
        )
    };
    println!(
        "{:<38} {:>12.1} {:>7} {:>12.1} {:>7}",
        "small and fresh",
        base(|sample| sample.together_us),
        "1.00",
        base(|sample| sample.alone_us),
        "1.00"
    );
    for result in results {
        let time = |of: fn(&Sample) -> f64| median(result.rounds.iter().map(|(case, _)| of(case)));
        let ratio = |of: fn(&Sample) -> f64| {
            median(result.rounds.iter().map(|(case, base)| of(case) / of(base)))
        };
        println!(
            "{:<38} {:>12.1} {:>7.2} {:>12.1} {:>7.2}",
            result.name,
            time(|sample| sample.together_us),
            ratio(|sample| sample.together_us),
            time(|sample| sample.alone_us),
            ratio(|sample| sample.alone_us),
        );
    }
    println!();
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// 10000000 as 10,000,000.
fn grouped(number: impl Into<i64>) -> String {
    let digits = number.into().to_string();
    let groups: Vec<&str> = digits
        .as_bytes()
        .rchunks(3)
        .rev()
        .map(|group| std::str::from_utf8(group).unwrap_or_default())
        .collect();
    groups.join(",")
}
