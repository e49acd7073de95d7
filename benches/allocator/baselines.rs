//! Baselines: the common ways of selling tickets, each written well: prepared statements, one open connection
//! per client, the right indexes, locks held no longer than needed. They have tables of their own, with fewer
//! indexes than the product's, and keep a client's key unique as the product does.

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::{Duration, Instant};

use boxoffice::config::Cli;
use boxoffice::postgres::{Client, Db, Error, Params};
use boxoffice::types::TierNo;
use clap::Parser;
use criterion::Criterion;
use tokio::runtime::Runtime;
use tokio_postgres::Statement;
use uuid::Uuid;

use crate::cluster::Cluster;
use crate::failure::Failure;
use crate::lanes::LanesFixture;
use crate::ledger::{Ledger, ROUNDS};
use crate::rounds::{bench_rounds, counted, database_group};
use crate::shop::{sell, settle, take_one};

/// Tickets of each of the three tiers.
const CAPACITY: i32 = 60_000;
/// Tickets of an order.
const QUANTITY: i64 = 2;
/// Orders of a single buyer in a round.
const SINGLE_ORDERS: usize = 300;
/// Attempts of a transaction that conflicts with others.
const TRANSACTION_ATTEMPTS_MAX: u32 = 10_000;
/// A single buyer and one statement.
pub(crate) const SINGLE_BY_HAND: &str = "single buyer, one statement by hand";
/// The same, planned once.
pub(crate) const SINGLE_PLANNED: &str = "single buyer, one statement by hand, planned once";
/// A single buyer and the product.
pub(crate) const SINGLE_LANE: &str = "single buyer, one order through a lane";

const SCHEMA: &str = "
    CREATE TABLE counters (
        tier_no smallint PRIMARY KEY, available integer NOT NULL CHECK (available >= 0)
    ) WITH (fillfactor = 10);
    CREATE TABLE baseline_tickets (
        tier_no smallint, seat_no integer, booking_id uuid, PRIMARY KEY (tier_no, seat_no)
    ) WITH (fillfactor = 50);
    CREATE INDEX baseline_tickets_free ON baseline_tickets (tier_no, seat_no) WHERE booking_id IS NULL;
    CREATE TABLE baseline_bookings (
        id uuid PRIMARY KEY, buyer_id uuid NOT NULL, idempotency_key text NOT NULL, status text NOT NULL,
        quantity integer NOT NULL, total_minor bigint NOT NULL,
        created_at timestamptz NOT NULL, expires_at timestamptz NOT NULL, UNIQUE (buyer_id, idempotency_key)
    )";

const INSERT_BOOKING: &str = "
    INSERT INTO baseline_bookings
    VALUES ($1, $2, $3, 'pending', $4, $4 * 5000, now(), now() + interval '5 minutes')";

const TAKE_TICKETS: &str = "
    UPDATE baseline_tickets AS t SET booking_id = $1
    FROM unnest($2::smallint[], $3::int[]) AS a (tier_no, seat_no)
    WHERE t.tier_no = a.tier_no AND t.seat_no = a.seat_no";

/// Fails, and so takes nothing, if there are not enough.
const ONE_STATEMENT: &str = "
    WITH locked AS (
        SELECT tier_no, seat_no FROM baseline_tickets
        WHERE tier_no = $5 AND booking_id IS NULL
        ORDER BY tier_no, seat_no LIMIT $6 FOR UPDATE SKIP LOCKED
    ), taken AS (
        UPDATE baseline_tickets AS t SET booking_id = $1 FROM locked AS l
        WHERE t.tier_no = l.tier_no AND t.seat_no = l.seat_no RETURNING 1
    )
    INSERT INTO baseline_bookings
    SELECT $1, $2, $3, 'pending', $4, $4 * 5000 / (count(*) = $6)::int, now(), now() + interval '5 minutes'
    FROM taken";

/// One way of selling tickets.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Baseline {
    /// A row that counts what is left, locked: five statements.
    CounterRow,
    /// A ticket of each of three tiers, each locked by a statement of its own.
    ThreeSelects,
    /// No explicit locks: SERIALIZABLE, and a retry after each serialization failure.
    Serializable,
    /// Everything in one statement.
    OneStatement,
    /// The same with `plan_cache_mode = force_generic_plan`. By default PostgreSQL plans this statement at each
    /// execution, because the estimated cost of the custom plan is lower than that of the generic one.
    OneStatementPlanned,
}

impl Baseline {
    fn name(self) -> &'static str {
        match self {
            Self::CounterRow => "counter row FOR UPDATE",
            Self::ThreeSelects => "three SELECTs SKIP LOCKED",
            Self::Serializable => "SERIALIZABLE with retries",
            Self::OneStatement => "one SKIP LOCKED statement",
            Self::OneStatementPlanned => "one SKIP LOCKED statement planned once",
        }
    }
}

/// Whether the lanes are compared with the bench of this id.
pub(crate) fn is_compared(id: &str) -> bool {
    id.starts_with(Baseline::CounterRow.name()) || id.starts_with(Baseline::OneStatement.name())
}

pub(crate) fn bench(
    criterion: &mut Criterion,
    runtime: &Runtime,
    cluster: &Cluster,
    ledger: &mut Ledger,
) -> Result<(), Failure> {
    let mut baseline_fixture = runtime.block_on(BaselineFixture::open(cluster, "usual"))?;
    let mut group = database_group(criterion, "usual ways", Duration::from_secs(3));
    for (baseline, clients, bookings) in [
        (Baseline::CounterRow, 1, 400),
        (Baseline::CounterRow, 16, 1_000),
        (Baseline::CounterRow, 64, 2_000),
        (Baseline::OneStatement, 1, 600),
        (Baseline::OneStatement, 16, 3_000),
        (Baseline::OneStatement, 64, 3_000),
        (Baseline::OneStatementPlanned, 16, 3_000),
        (Baseline::OneStatementPlanned, 64, 3_000),
        (Baseline::ThreeSelects, 16, 300),
        (Baseline::ThreeSelects, 64, 300),
        (Baseline::Serializable, 16, 60),
        (Baseline::Serializable, 64, 64),
    ] {
        let id = format!(
            "{}, {}",
            baseline.name(),
            counted(clients, "client", "clients")
        );
        let round = async |bookings| baseline_fixture.round(baseline, clients, bookings).await;
        bench_rounds(&mut group, runtime, ledger, &id, bookings, round);
    }
    group.finish();
    Ok(())
}

/// A single buyer; on as many threads as the server has for the work behind its requests.
pub(crate) fn bench_single(
    criterion: &mut Criterion,
    cluster: &Cluster,
    ledger: &mut Ledger,
) -> Result<(), Failure> {
    let server = Cli::try_parse_from(["boxoffice"])?.serve;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(server.workers())
        .enable_all()
        .build()?;
    let runtime = &runtime;
    let mut baseline_fixture = runtime.block_on(BaselineFixture::open(cluster, "by_hand"))?;
    let mut fixture = runtime.block_on(LanesFixture::open(cluster, "single"))?;
    let mut group = database_group(criterion, "single buyer", Duration::from_secs(4));
    bench_rounds(
        &mut group,
        runtime,
        ledger,
        SINGLE_BY_HAND,
        SINGLE_ORDERS,
        async |bookings| {
            baseline_fixture
                .round(Baseline::OneStatement, 1, bookings)
                .await
        },
    );
    let items = [(TierNo(1), QUANTITY as i32)];
    let mut one_by_one = async |bookings| {
        fixture.prepare(&items, bookings).await?;
        Ok(sell(&fixture.processes[..1], &fixture.stock, &items, 1, bookings).await)
    };
    bench_rounds(
        &mut group,
        runtime,
        ledger,
        SINGLE_LANE,
        SINGLE_ORDERS,
        &mut one_by_one,
    );
    group.finish();
    // Rounds are interleaved, so that drift of the machine affects all alike.
    if ledger.has(SINGLE_LANE) {
        for _ in 0..ROUNDS {
            for (id, baseline) in [
                (SINGLE_BY_HAND, Baseline::OneStatement),
                (SINGLE_PLANNED, Baseline::OneStatementPlanned),
            ] {
                let by_hand =
                    runtime.block_on(baseline_fixture.round(baseline, 1, SINGLE_ORDERS))?;
                ledger.note(id, SINGLE_ORDERS, by_hand);
            }
            let lane = runtime.block_on(one_by_one(SINGLE_ORDERS))?;
            ledger.note(SINGLE_LANE, SINGLE_ORDERS, lane);
        }
    }
    Ok(())
}

/// The database in which the baselines sell.
struct BaselineFixture {
    db: Db,
    /// Orders for which there are tickets.
    left: usize,
}

impl BaselineFixture {
    async fn open(cluster: &Cluster, database: &str) -> Result<Self, Failure> {
        let db = Db::new(&cluster.create(database).await?, 80)?;
        db.patient().get().await?.batch_execute(SCHEMA).await?;
        Ok(Self { db, left: 0 })
    }

    async fn restock(&mut self) -> Result<(), Failure> {
        let client = self.db.patient().get().await?;
        client
            .batch_execute(&format!(
                "TRUNCATE counters, baseline_tickets, baseline_bookings;
                 INSERT INTO counters SELECT n, {CAPACITY} FROM generate_series(1, 3) AS n;
                 INSERT INTO baseline_tickets
                 SELECT tier, seat FROM generate_series(1, 3) AS tier, generate_series(1, {CAPACITY}) AS seat"
            ))
            .await?;
        drop(client);
        settle(&self.db, "baseline_tickets").await?;
        self.left = CAPACITY as usize / QUANTITY as usize;
        Ok(())
    }

    /// Measures how long `clients` clients take for `bookings` bookings.
    async fn round(
        &mut self,
        baseline: Baseline,
        clients: usize,
        bookings: usize,
    ) -> Result<Duration, Failure> {
        if self.left < bookings {
            self.restock().await?;
        }
        self.left -= bookings;
        let mut connected = Vec::with_capacity(clients);
        for _ in 0..clients {
            connected.push(Session::open(self.db.get().await?, baseline).await?);
        }
        let left = Arc::new(AtomicUsize::new(bookings));
        let started = Instant::now();
        let tasks: Vec<_> = connected
            .into_iter()
            .map(|mut session| {
                let left = left.clone();
                tokio::spawn(async move {
                    while take_one(&left) {
                        session.book(baseline).await?;
                    }
                    Ok::<_, Error>(())
                })
            })
            .collect();
        for task in tasks {
            task.await??;
        }
        Ok(started.elapsed())
    }
}

/// A client's connection and its prepared statements.
struct Session {
    client: Client,
    lock_counter: Statement,
    lower_counter: Statement,
    insert_booking: Statement,
    lock_tickets: Statement,
    select_free_tickets: Statement,
    take_tickets: Statement,
    one_statement: Statement,
}

impl Session {
    async fn open(client: Client, baseline: Baseline) -> Result<Self, Error> {
        let plans = match baseline {
            Baseline::OneStatementPlanned => "force_generic_plan",
            _ => "auto",
        };
        client
            .batch_execute(&format!("SET plan_cache_mode = {plans}"))
            .await?;
        Ok(Self {
            lock_counter: client
                .prepare_cached("SELECT available FROM counters WHERE tier_no = $1 FOR UPDATE")
                .await?,
            lower_counter: client
                .prepare_cached("UPDATE counters SET available = available - $2 WHERE tier_no = $1")
                .await?,
            insert_booking: client.prepare_cached(INSERT_BOOKING).await?,
            lock_tickets: client
                .prepare_cached(&select_free_tickets("FOR UPDATE SKIP LOCKED"))
                .await?,
            select_free_tickets: client.prepare_cached(&select_free_tickets("")).await?,
            take_tickets: client.prepare_cached(TAKE_TICKETS).await?,
            one_statement: client.prepare_cached(ONE_STATEMENT).await?,
            client,
        })
    }

    async fn book(&mut self, baseline: Baseline) -> Result<(), Error> {
        let buyer = Buyer::default();
        match baseline {
            Baseline::CounterRow => self.book_by_counter(&buyer).await,
            Baseline::ThreeSelects => self.book_by_three_selects(&buyer).await,
            Baseline::Serializable => self.book_serializably(&buyer).await,
            Baseline::OneStatement | Baseline::OneStatementPlanned => {
                let params: Params = &[
                    &buyer.booking,
                    &buyer.buyer,
                    &buyer.key,
                    &(QUANTITY as i32),
                    &1_i16,
                    &QUANTITY,
                ];
                let inserted = self.client.execute(&self.one_statement, params).await?;
                assert_eq!(inserted, 1);
                Ok(())
            }
        }
    }

    async fn book_by_counter(&mut self, buyer: &Buyer) -> Result<(), Error> {
        let quantity = QUANTITY as i32;
        let transaction = self.client.transaction().await?;
        let row = transaction.query_one(&self.lock_counter, &[&1_i16]).await?;
        assert!(row.get::<_, i32>(0) >= quantity, "tickets are left");
        transaction
            .execute(&self.lower_counter, &[&1_i16, &quantity])
            .await?;
        transaction
            .execute(&self.insert_booking, &buyer.row(&quantity))
            .await?;
        transaction.commit().await
    }

    async fn book_by_three_selects(&mut self, buyer: &Buyer) -> Result<(), Error> {
        let transaction = self.client.transaction().await?;
        let (mut tiers, mut seats) = (Vec::new(), Vec::new());
        for tier in 1..=3_i16 {
            let row = transaction
                .query_one(&self.lock_tickets, &[&tier, &1_i64])
                .await?;
            tiers.push(tier);
            seats.push(row.get::<_, i32>(0));
        }
        transaction
            .execute(&self.take_tickets, &[&buyer.booking, &tiers, &seats])
            .await?;
        transaction
            .execute(&self.insert_booking, &buyer.row(&3))
            .await?;
        transaction.commit().await
    }

    async fn book_serializably(&mut self, buyer: &Buyer) -> Result<(), Error> {
        for attempt in 1.. {
            match self.try_serializably(buyer).await {
                Err(Error::Conflict(_)) if attempt < TRANSACTION_ATTEMPTS_MAX => {
                    // Backoff with jitter.
                    let pause_us = fastrand::u64(0..500 << attempt.min(6));
                    tokio::time::sleep(Duration::from_micros(pause_us)).await;
                }
                result => return result,
            }
        }
        unreachable!("the last attempt returns")
    }

    async fn try_serializably(&mut self, buyer: &Buyer) -> Result<(), Error> {
        let transaction = self
            .client
            .transaction_in("ISOLATION LEVEL SERIALIZABLE")
            .await?;
        let rows = transaction
            .query(&self.select_free_tickets, &[&1_i16, &QUANTITY])
            .await?;
        let seats: Vec<i32> = rows.iter().map(|row| row.get(0)).collect();
        let tiers = vec![1_i16; seats.len()];
        transaction
            .execute(&self.take_tickets, &[&buyer.booking, &tiers, &seats])
            .await?;
        transaction
            .execute(&self.insert_booking, &buyer.row(&(QUANTITY as i32)))
            .await?;
        transaction.commit().await
    }
}

fn select_free_tickets(locking: &str) -> String {
    format!(
        "SELECT seat_no FROM baseline_tickets WHERE tier_no = $1 AND booking_id IS NULL
         ORDER BY tier_no, seat_no LIMIT $2 {locking}"
    )
}

/// A fresh buyer with a fresh key.
struct Buyer {
    booking: Uuid,
    buyer: Uuid,
    key: String,
}

impl Default for Buyer {
    fn default() -> Self {
        Self {
            booking: Uuid::new_v4(),
            buyer: Uuid::new_v4(),
            key: Uuid::new_v4().to_string(),
        }
    }
}

impl Buyer {
    /// The parameters of `INSERT_BOOKING`.
    fn row<'a>(&'a self, quantity: &'a i32) -> [&'a (dyn postgres_types::ToSql + Sync); 4] {
        [&self.booking, &self.buyer, &self.key, quantity]
    }
}
