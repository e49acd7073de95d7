//! Crashes at random moments under mixed load: buyers book, pay with all kinds of cards, pay at once
//! and cancel, while servers are killed, exit at fault points, lose their connections, and PostgreSQL
//! itself is killed. At the end recovery runs, and the invariants are checked.
//!
//! `make chaos` crashes two hundred times; `make test` once in each way and at each fault point. A run that
//! missed one fails. A run prints its seed; `BOXOFFICE_CHAOS_SEED` repeats its random decisions, but not their
//! timing.

#![expect(clippy::unwrap_used, reason = "a test may panic, in its helpers too")]

#[path = "it/support/process.rs"]
mod process;

use std::collections::BTreeMap;
use std::fs::File;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, RwLock};
use std::time::{Duration, Instant};

use boxoffice::access::api_token::{self, Scope};
use boxoffice::catalog::{self, NewEvent, NewTier, NewVenue};
use boxoffice::cluster::{Embedded, Options};
use boxoffice::postgres::{Db, create_database};
use boxoffice::{check, fault};
use process::Process;
use serde_json::{Value, json};
use tokio::task::{JoinSet, block_in_place};
use uuid::Uuid;

const BUYERS: u64 = 10;
/// The time limit of a run.
const LIMIT: Duration = Duration::from_secs(900);
/// Crashes between two checks of the invariants.
const CHECK_EVERY: usize = 20;
const CARDS: [&str; 8] = [
    "4242424242424242",
    "4242424242424242",
    "5555555555554444",
    "4000000000000002",
    "4000000000009995",
    "4000000000000119",
    "4000000000003220",
    "4000000000003220",
];
/// Settings under which every delay occurs, and short ones.
const FLAGS: [&str; 16] = [
    "--hold-seconds",
    "2",
    "--payment-wait-ms",
    "250",
    "--recover-after-seconds",
    "1",
    "--gateway-slow-percent",
    "20",
    "--gateway-slow-ms",
    "400",
    "--gateway-decline-percent",
    "5",
    "--gateway-webhook-delay-ms",
    "200",
    "--connections",
    "8",
];

/// How long to wait until a fault point is reached: the first time, and later ones.
const FIRST_DEATH_LIMIT: Duration = Duration::from_secs(60);
const NEXT_DEATH_LIMIT: Duration = Duration::from_secs(2);

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_of_each_kind_leaves_nothing_that_must_not_be() {
    crash_under_load(KINDS.len() + fault::POINTS.len()).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes minutes: make chaos"]
async fn two_hundred_crashes_leave_nothing_that_must_not_be() {
    crash_under_load(200).await;
}

/// A pseudo-random generator (SplitMix64): the same seed gives the same numbers.
struct Rng(u64);

impl Rng {
    /// 0 to `sides` - 1.
    fn below(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % sides
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len() as u64) as usize]
    }
}

/// A kind of crash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Crash {
    /// `kill -9` of PostgreSQL.
    PostgreSql,
    /// All connections are cut.
    Connections,
    /// All holds end, whether or not a payment is processing.
    Holds,
    /// `kill -9` of a server.
    Server,
    /// A server exits at this fault point.
    Fault(&'static str),
}

/// All kinds but the fault points.
const KINDS: [Crash; 4] = [
    Crash::PostgreSql,
    Crash::Connections,
    Crash::Holds,
    Crash::Server,
];

/// Each kind and each fault point at least once, in any order.
fn plan(crashes: usize, rng: &mut Rng) -> Vec<Crash> {
    let mut plan = KINDS.to_vec();
    plan.extend(fault::POINTS.map(Crash::Fault));
    assert!(plan.len() <= crashes, "too few to cover everything");
    while plan.len() < crashes {
        plan.push(match rng.below(20) {
            0 => Crash::PostgreSql,
            1 | 2 => Crash::Connections,
            3 | 4 => Crash::Holds,
            5..=11 => Crash::Fault(rng.pick(&fault::POINTS)),
            _ => Crash::Server,
        });
    }
    for last in (1..plan.len()).rev() {
        plan.swap(last, rng.below(last as u64 + 1) as usize);
    }
    plan
}

/// What a server has acknowledged, which must stay true.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Acknowledged {
    Booked,
    Paid,
    Cancelled,
}

/// What buyers share.
#[derive(Default)]
struct Workload {
    urls: RwLock<Vec<String>>,
    /// An API token: buyers come by the thousand.
    token: RwLock<String>,
    events: RwLock<Vec<Uuid>>,
    acknowledged: Mutex<Vec<(Uuid, Acknowledged)>>,
    /// Bookings of seats that their buyers named.
    named: AtomicU32,
    stop: AtomicBool,
}

async fn crash_under_load(crashes: usize) {
    let started = Instant::now();
    let seed = std::env::var("BOXOFFICE_CHAOS_SEED").ok();
    let seed = seed.map_or_else(|| Uuid::new_v4().as_u128() as u64, |s| s.parse().unwrap());
    println!("{crashes} crashes, BOXOFFICE_CHAOS_SEED={seed}");
    let mut rng = Rng(seed);
    let directory = std::env::temp_dir().join(format!("boxoffice-chaos-{}", Uuid::new_v4()));
    let mut chaos = Chaos::begin(directory, started).await;
    let mut buyers = JoinSet::new();
    for number in 0..BUYERS {
        buyers.spawn(buy(
            chaos.workload.clone(),
            Rng(seed ^ number.wrapping_mul(0x5851_f42d)),
        ));
    }
    for (done, crash) in (1..).zip(plan(crashes, &mut rng)) {
        chaos.crash(crash, &mut rng).await;
        if done % CHECK_EVERY == 0 {
            chaos.check().await;
            let said = chaos.workload.acknowledged.lock().unwrap().len();
            println!(
                "{done} crashes, {said} answers, {} s",
                started.elapsed().as_secs()
            );
        }
    }
    chaos.workload.stop.store(true, Ordering::Relaxed);
    while buyers.join_next().await.transpose().unwrap().is_some() {}
    chaos.recover().await;
    chaos.check().await;
    chaos.judge().await;
    chaos.assert_covered();
    println!("clean after {} s", started.elapsed().as_secs());
    chaos.end();
}

/// The servers and their database.
struct Chaos {
    workload: Arc<Workload>,
    processes: Vec<Process>,
    embedded: Embedded,
    url: String,
    db: Db,
    directory: PathBuf,
    started: Instant,
    /// How often each kind happened; a fault only counts when a server died of it.
    happened: BTreeMap<Crash, u32>,
    /// Fault points that no server reached in time.
    missed: u32,
}

impl Chaos {
    async fn begin(directory: PathBuf, started: Instant) -> Self {
        let options = Options {
            data_dir: directory.clone(),
            max_connections: 100,
            bin_dir: None,
        };
        let embedded = block_in_place(|| Embedded::start(&options)).unwrap();
        create_database(&embedded.connection().url("postgres"), "boxoffice")
            .await
            .unwrap();
        let url = embedded.connection().url("boxoffice");
        let db = Db::new(&url, 4).unwrap();
        db.migrate().await.unwrap();
        let scopes = [Scope::BookingsRead, Scope::BookingsWrite];
        let day = Duration::from_secs(24 * 60 * 60);
        let (_, token) = api_token::create(&db, "chaos", &scopes, day).await.unwrap();
        let workload = Arc::<Workload>::default();
        *workload.token.write().unwrap() = token;
        let mut chaos = Self {
            workload,
            processes: Vec::new(),
            embedded,
            url,
            db,
            directory,
            started,
            happened: BTreeMap::new(),
            missed: 0,
        };
        for _ in 0..2 {
            chaos.add_event().await;
            chaos.start(None).await;
        }
        chaos
    }

    /// Few tickets, so that they sell out and are released.
    async fn add_event(&self) {
        let now = chrono::Utc::now();
        let tier = |code: &str, capacity, row_blocks| NewTier {
            code: code.parse().unwrap(),
            name: code.to_uppercase(),
            price_minor: 1_000,
            capacity,
            row_blocks,
        };
        let event = NewEvent {
            name: "Chaos".into(),
            description: String::new(),
            starts_at: now + chrono::Duration::days(30),
            on_sale_at: None,
            currency: "USD".parse().unwrap(),
            max_tickets_per_booking: 10,
            max_tickets_per_buyer: None,
            venue: NewVenue {
                name: "Hall".into(),
                city: "Turku".into(),
                country: "FI".into(),
                time_zone: chrono_tz::Europe::Helsinki,
            },
            tiers: vec![tier("vip", 60, Some(vec![5, 5])), tier("ga", 200, None)],
        };
        let event = loop {
            self.assert_in_time();
            // Its connection may be one of those that were cut.
            if let Ok(id) = catalog::create(&self.db, &event).await {
                break id.0;
            }
        };
        let mut events = self.workload.events.write().unwrap();
        events.push(event);
        if events.len() > 3 {
            events.remove(0);
        }
    }

    /// Starts a server, which exits at this fault point if one is given.
    async fn start(&mut self, fault: Option<&str>) {
        loop {
            self.assert_in_time();
            let variables: Vec<_> = fault
                .map(|fault| ("BOXOFFICE_FAULT", fault))
                .into_iter()
                .collect();
            let log = File::options()
                .create(true)
                .append(true)
                .open(self.directory.join("servers.log"))
                .unwrap();
            let start = || Process::start(&self.url, &FLAGS, &variables, log.into());
            if let Some(process) = block_in_place(start) {
                self.workload
                    .urls
                    .write()
                    .unwrap()
                    .push(process.url.clone());
                self.processes.push(process);
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    async fn crash(&mut self, crash: Crash, rng: &mut Rng) {
        self.assert_in_time();
        // A new event at each crash, so that there are always tickets to buy.
        self.add_event().await;
        tokio::time::sleep(Duration::from_millis(100 + rng.below(400))).await;
        let happened = match crash {
            Crash::PostgreSql => {
                self.kill_postgresql().await;
                true
            }
            Crash::Connections => {
                self.repeat_until_some(CUT_CONNECTIONS).await;
                true
            }
            Crash::Holds => {
                self.repeat_until_some(END_HOLDS).await;
                true
            }
            Crash::Server => {
                self.kill(rng.below(2) as usize);
                self.start(None).await;
                true
            }
            Crash::Fault(point) => {
                let is_new = !self.happened.contains_key(&crash);
                let (pass, limit) = match is_new {
                    true => (1, FIRST_DEATH_LIMIT),
                    false => (1 + rng.below(12), NEXT_DEATH_LIMIT),
                };
                self.kill(rng.below(2) as usize);
                self.start(Some(&format!("{point}:{pass}"))).await;
                let died = self.wait_for_death(limit).await;
                self.start(None).await;
                died
            }
        };
        if happened {
            *self.happened.entry(crash).or_default() += 1;
        } else {
            self.missed += 1;
        }
    }

    /// Every planned kind of crash has happened.
    fn assert_covered(&self) {
        for (crash, times) in &self.happened {
            println!("{crash:?}: {times} times");
        }
        println!(
            "{} times no server came by a fault point in time",
            self.missed
        );
        let named = self.workload.named.load(Ordering::Relaxed);
        println!("{named} bookings of named seats");
        for crash in KINDS.into_iter().chain(fault::POINTS.map(Crash::Fault)) {
            assert!(
                self.happened.contains_key(&crash),
                "{crash:?} never happened"
            );
        }
        assert!(named > 0, "nobody got the seats that they named");
    }

    /// `kill -9` of one server.
    fn kill(&mut self, which: usize) {
        let mut process = self.processes.remove(which);
        let url = process.url.clone();
        process.kill();
        self.workload
            .urls
            .write()
            .unwrap()
            .retain(|other| *other != url);
    }

    /// Waits until the last started server exits at its fault point; kills it if it does not reach it in time.
    /// Returns whether it reached it.
    async fn wait_for_death(&mut self, limit: Duration) -> bool {
        let patience = Instant::now() + limit;
        let youngest = self.processes.len() - 1;
        let mut status = None;
        while status.is_none() && Instant::now() < patience {
            tokio::time::sleep(Duration::from_millis(10)).await;
            status = self.processes[youngest].ended();
        }
        self.kill(youngest);
        let abort = rustix::process::Signal::ABORT.as_raw();
        match status {
            Some(status) => {
                assert_eq!(status.signal(), Some(abort), "a server ended by itself");
                true
            }
            None => false,
        }
    }

    /// `kill -9` of PostgreSQL's first process; the embedded cluster starts it again.
    async fn kill_postgresql(&self) {
        let killed = self.embedded.pid();
        let pid = rustix::process::Pid::from_raw(killed.cast_signed()).unwrap();
        rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
        while [0, killed].contains(&self.embedded.pid()) || !self.db.answers("").await {
            self.assert_in_time();
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Runs a statement that counts what it does, until it has done something.
    async fn repeat_until_some(&self, statement: &str) {
        while self.count(statement).await == 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Runs a statement, again if the connection was one of those that were cut.
    async fn sql(&self, statement: &str) {
        loop {
            self.assert_in_time();
            let Ok(client) = self.db.get().await else {
                continue;
            };
            match client.batch_execute(statement).await {
                Ok(()) => return,
                Err(boxoffice::postgres::Error::Unavailable(_)) => {}
                Err(error) => panic!("{statement}: {error}"),
            }
        }
    }

    async fn count(&self, query: &str) -> i64 {
        loop {
            self.assert_in_time();
            if let Ok(client) = self.db.get().await
                && let Ok(row) = client.query_one(query, &[]).await
            {
                return row.get(0);
            }
        }
    }

    async fn check(&self) {
        loop {
            self.assert_in_time();
            match check::check(&self.db).await {
                Ok(violations) => {
                    assert!(violations.is_empty(), "{violations:#?}");
                    return;
                }
                // Its connection was cut, or PostgreSQL is starting.
                Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
            }
        }
    }

    /// After the last buyer: new servers recover what is unfinished.
    async fn recover(&mut self) {
        while !self.processes.is_empty() {
            self.kill(0);
        }
        self.start(None).await;
        for left in [
            "SELECT count(*) FROM payments WHERE recover_at IS NOT NULL",
            "SELECT count(*) FROM bookings WHERE status = 'pending'",
            "SELECT count(*) FROM gateway_charges WHERE status = 'pending'",
        ] {
            while self.count(left).await > 0 {
                self.sql("UPDATE payments SET recover_at = now() WHERE recover_at > now();
                          UPDATE gateway_charges SET answers_at = now() WHERE answers_at > now();
                          UPDATE bookings SET expires_at = now(), paying_until = NULL WHERE status = 'pending'
                            AND NOT EXISTS (SELECT FROM payments p WHERE p.event_id = bookings.event_id
                                            AND p.booking_id = bookings.id AND p.status = 'processing')")
                    .await;
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        }
    }

    /// Charged and not refunded ⇔ confirmed, held ⇔ confirmed (nothing is pending any more), and what was
    /// acknowledged is true.
    async fn judge(&self) {
        let kept = "SELECT count(*) FROM gateway_charges c WHERE c.status = 'succeeded'
            AND NOT EXISTS (SELECT FROM gateway_refunds r WHERE r.payment_id = c.payment_id)";
        let confirmed = "SELECT count(*) FROM bookings WHERE status = 'confirmed'";
        assert_eq!(self.count(kept).await, self.count(confirmed).await);
        let held = "SELECT count(*) FROM tickets WHERE booking_id IS NOT NULL";
        let sold = "SELECT coalesce(sum(quantity), 0)::bigint FROM booking_items i JOIN bookings b
            ON b.event_id = i.event_id AND b.id = i.booking_id WHERE b.status = 'confirmed'";
        assert_eq!(self.count(held).await, self.count(sold).await);
        let acknowledged = self.workload.acknowledged.lock().unwrap().clone();
        assert!(
            acknowledged
                .iter()
                .any(|(_, said)| *said == Acknowledged::Paid),
            "there was load"
        );
        for (booking, said) in acknowledged {
            let which = match said {
                Acknowledged::Booked => "true".to_owned(),
                Acknowledged::Cancelled => "b.status = 'cancelled'".to_owned(),
                // Paid, unless it was cancelled after that.
                Acknowledged::Paid => "b.status IN ('confirmed', 'cancelled')".to_owned(),
            };
            let query =
                format!("SELECT count(*) FROM bookings b WHERE b.id = '{booking}' AND {which}");
            assert_eq!(self.count(&query).await, 1, "{booking} was {said:?}");
        }
        let outcomes = "SELECT string_agg(format('%s %s', n, status), ', ') FROM
            (SELECT status, count(*) AS n FROM bookings GROUP BY status
             UNION ALL SELECT 'payment ' || status, count(*) FROM payments GROUP BY status) AS o";
        let row = self
            .db
            .get()
            .await
            .unwrap()
            .query_one(outcomes, &[])
            .await
            .unwrap();
        println!("{}", row.get::<_, &str>(0));
    }

    fn end(mut self) {
        self.processes.clear();
        self.db.close();
        block_in_place(|| self.embedded.stop()).unwrap();
        std::fs::remove_dir_all(&self.directory).unwrap();
    }

    fn assert_in_time(&self) {
        assert!(self.started.elapsed() < LIMIT, "not within {LIMIT:?}");
    }
}

const CUT_CONNECTIONS: &str = "SELECT count(*) FILTER (WHERE pg_terminate_backend(pid))
    FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";

/// All holds end, whether or not a payment is processing: its answer comes after the hold.
const END_HOLDS: &str = "WITH ended AS (
        UPDATE bookings SET expires_at = now(), paying_until = NULL WHERE status = 'pending' RETURNING 1
    )
    SELECT count(*) FROM ended";

/// A buyer, until the sale is stopped: a request that fails is retried with the same key, or given up.
async fn buy(workload: Arc<Workload>, mut rng: Rng) {
    let client = reqwest::Client::builder()
        .timeout(Duration::from_secs(5))
        .build()
        .unwrap();
    let buyer = Buyer { workload, client };
    while !buyer.workload.stop.load(Ordering::Relaxed) {
        buyer.visit(&mut rng).await;
    }
}

/// One to three seats side by side, which others may have.
fn some_seats(rng: &mut Rng) -> Value {
    let row = rng.pick(&["A", "B", "C", "D", "E", "F"]);
    let (first, count) = (1 + rng.below(8), 1 + rng.below(3));
    let seats = (first..first + count)
        .map(|number| json!({"tier": "vip", "row": row, "number": number}))
        .collect();
    Value::Array(seats)
}

struct Buyer {
    workload: Arc<Workload>,
    client: reqwest::Client,
}

impl Buyer {
    async fn visit(&self, rng: &mut Rng) {
        let event = rng.pick(&self.workload.events.read().unwrap());
        let buyer = Uuid::new_v4();
        let items: Vec<_> = [("vip", rng.below(4)), ("ga", 1 + rng.below(4))]
            .iter()
            .filter(|(_, quantity)| *quantity > 0)
            .map(|(tier, quantity)| json!({"tier": tier, "quantity": quantity}))
            .collect();
        let mut body = json!({"event_id": event, "on_behalf_of": buyer, "items": items});
        let is_named = rng.below(4) == 0;
        if is_named {
            body["items"] = json!([{"tier": "ga", "quantity": 1}]);
            body["seats"] = some_seats(rng);
        }
        let at_once = rng.below(3) == 0;
        if at_once {
            body["payment"] = json!({"card_number": rng.pick(&CARDS)});
        }
        let Some(booking) = self.post("/api/bookings", &body, rng).await else {
            return;
        };
        let Some(id) = booking["id"]
            .as_str()
            .filter(|_| booking["reference"].is_string())
        else {
            return;
        };
        let id: Uuid = id.parse().unwrap();
        self.acknowledge(id, Acknowledged::Booked);
        if is_named {
            self.workload.named.fetch_add(1, Ordering::Relaxed);
        }
        if at_once {
            self.note_paid(id, &booking["payment"]);
        }
        for _ in 0..rng.below(4) {
            let paying = json!({"booking_id": id, "card_number": rng.pick(&CARDS)});
            if let Some(payment) = self.post("/api/payments", &paying, rng).await {
                self.note_paid(id, &payment);
            }
        }
        if rng.below(4) == 0 {
            let path = format!("/api/bookings/{id}/cancel");
            let cancelled = self.post(&path, &json!({}), rng).await;
            if cancelled.is_some_and(|booking| booking["status"] == "cancelled") {
                self.acknowledge(id, Acknowledged::Cancelled);
            }
        }
    }

    fn acknowledge(&self, booking: Uuid, acknowledged: Acknowledged) {
        self.workload
            .acknowledged
            .lock()
            .unwrap()
            .push((booking, acknowledged));
    }

    fn note_paid(&self, booking: Uuid, payment: &Value) {
        if payment["status"] == "succeeded" && payment["refund_due"] == json!(false) {
            self.acknowledge(booking, Acknowledged::Paid);
        }
    }

    /// Posts to any server, three times at most; the last answer that came.
    async fn post(&self, path: &str, body: &Value, rng: &mut Rng) -> Option<Value> {
        let key = Uuid::new_v4().to_string();
        let token = self.workload.token.read().unwrap().clone();
        for _ in 0..3 {
            let urls = self.workload.urls.read().unwrap().clone();
            if urls.is_empty() {
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
            let url = urls[rng.below(urls.len() as u64) as usize].clone();
            let request = self.client.post(format!("{url}{path}"));
            let answer = request
                .header("Idempotency-Key", &key)
                .bearer_auth(&token)
                .json(body)
                .send()
                .await;
            match answer {
                Ok(answer) if answer.status() != 503 => {
                    assert_ne!(answer.status(), 500, "{path} {body}");
                    return answer.json().await.ok();
                }
                _ => tokio::time::sleep(Duration::from_millis(rng.below(50))).await,
            }
        }
        None
    }
}
