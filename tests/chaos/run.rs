//! A run: two servers over one database, their callers, and one fault after the other.

use std::collections::BTreeMap;
use std::fs::File;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use boxoffice::access::api_token::{self, Scope};
use boxoffice::catalog::{self, NewEvent, NewTier, NewVenue};
use boxoffice::check;
use boxoffice::postgres::Error;
use boxoffice::types::clock;
use rustix::process::{Pid, Signal, kill_process};
use tokio::task::{JoinSet, block_in_place};
use tokio::time::{sleep, timeout};
use uuid::Uuid;

use crate::database::Database;
use crate::faults::{Fault, Kind};
use crate::process::Process;
use crate::provider::Provider;
use crate::rng::Rng;
use crate::table::Table;
use crate::workload::{Acknowledged, PROBED, Workload, buy, read};
use crate::{BACK_MAX, WAIT_MAX};

/// The time limit of a run.
const LIMIT: Duration = Duration::from_secs(90 * 60);
/// Faults between two checks of the invariants.
const CHECK_EVERY: u32 = 20;
pub(crate) const ORDER_DEADLINE_MS: u64 = 10_000;
/// What `--hold-seconds` says.
pub(crate) const HOLD: chrono::TimeDelta = chrono::TimeDelta::seconds(2);
const DAY_SECONDS: i64 = 24 * 60 * 60;
/// Settings under which every delay occurs, and short ones.
const FLAGS: [&str; 18] = [
    "--order-deadline-ms",
    "10000",
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
    "16",
];

/// How long to wait until a fault point is reached: the first time, and later ones.
const FIRST_DEATH_LIMIT: Duration = Duration::from_secs(60);
const NEXT_DEATH_LIMIT: Duration = Duration::from_secs(2);
/// After this long nobody sends anything to a server that does not answer: a load balancer's health check.
const EJECTED_AFTER: Duration = Duration::from_secs(2);
/// How long a standby hangs: longer than any statement may take.
const HANGING: Duration = Duration::from_secs(6);
/// For how long a server that is not back is waited for.
const BACK_LIMIT: Duration = Duration::from_secs(60);

/// The servers, their database and their callers.
pub(crate) struct Run {
    workload: Arc<Workload>,
    /// Of every server.
    flags: Vec<String>,
    callers: JoinSet<()>,
    servers: Vec<Process>,
    database: Database,
    directory: PathBuf,
    started: Instant,
    rng: Rng,
    table: Table,
    /// What took too long.
    late: Vec<String>,
    /// How often a server exited at each point.
    points: BTreeMap<&'static str, u32>,
    /// The longest that somebody waited for a server that was stopped.
    frozen_wait: Duration,
    /// Of [`Workload::acknowledged`], how many were looked up.
    judged: usize,
}

impl Run {
    /// Starts everything, with this many buyers and readers.
    pub(crate) async fn begin(provider: Provider, buyers: u64, readers: u64, mut rng: Rng) -> Self {
        // The process's id comes last: the next run finds what an aborted one has left.
        let name = format!(
            "boxoffice-chaos-{}-{}",
            Uuid::new_v4().simple(),
            std::process::id()
        );
        let directory = std::env::temp_dir().join(name);
        let database = Database::start(directory.clone()).await;
        database.db.migrate().await.unwrap();
        let scopes = [Scope::BookingsRead, Scope::BookingsWrite];
        let day = Duration::from_secs(24 * 60 * 60);
        let (_, token) = api_token::create(&database.db, "chaos", &scopes, day)
            .await
            .unwrap();
        let words = FLAGS.map(str::to_owned).into_iter().chain(provider.flags());
        let flags = words.collect();
        let workload = Arc::new(Workload::new(provider).await);
        *workload.token.write().unwrap() = token;
        let mut run = Self {
            workload,
            flags,
            callers: JoinSet::new(),
            servers: Vec::new(),
            database,
            directory,
            started: Instant::now(),
            rng: Rng(rng.below(u64::MAX)),
            table: Table::default(),
            late: Vec::new(),
            points: BTreeMap::new(),
            frozen_wait: Duration::ZERO,
            judged: 0,
        };
        for _ in 0..2 {
            run.add_event().await;
            run.start(&[]).await;
        }
        for _ in 0..buyers {
            let (workload, rng) = (run.workload.clone(), Rng(rng.below(u64::MAX)));
            run.callers.spawn(buy(workload, rng));
        }
        for _ in 0..readers {
            let (workload, rng) = (run.workload.clone(), Rng(rng.below(u64::MAX)));
            run.callers.spawn(read(workload, rng));
        }
        run
    }

    /// Makes these faults happen, not faster than at this pace, and says what was seen, and what took too long.
    pub(crate) async fn go(mut self, plan: &[Fault], pace: Duration) -> (Table, Vec<String>) {
        for (done, &fault) in (1_u32..).zip(plan) {
            if fault.kind == Kind::DiskFull && !self.database.has_disk() {
                let reason = "nobody may mount a small disk here";
                println!("NOT RUN: {}: {reason}", fault.kind);
                self.table.note_not_run(fault.kind, reason);
                continue;
            }
            self.suffer(fault).await;
            if matches!(fault.kind, Kind::StandbyPromoted | Kind::StandbyHung) {
                self.check(fault.kind).await;
            }
            let ahead = (pace * done).saturating_sub(self.started.elapsed());
            sleep(ahead.min(pace)).await;
            if done % CHECK_EVERY == 0 {
                self.check(fault.kind).await;
                let said = self.workload.acknowledged.lock().unwrap().len();
                let (seconds, asked) = (self.started.elapsed().as_secs(), self.workload.requests());
                println!("{done} faults, {asked} requests, {said} promises, {seconds} s");
            }
        }
        let last = plan.last().unwrap().kind;
        self.workload.stop.store(true, Ordering::Relaxed);
        while let Some(ended) = self.callers.join_next().await {
            ended.unwrap();
        }
        self.recover().await;
        self.check(last).await;
        self.judge(last).await;
        let (waited, seconds) = (
            self.frozen_wait.as_secs_f64(),
            self.started.elapsed().as_secs(),
        );
        println!("who asked a server that was stopped waited up to {waited:.2} s");
        for (point, times) in &self.points {
            println!("{times} times a server exited at {point}");
        }
        let named = self.workload.named.load(Ordering::Relaxed);
        println!(
            "{named} bookings of named seats; {} requests; {seconds} s",
            self.workload.requests()
        );
        assert!(named > 0, "nobody got the seats that they named");
        for point in self.workload.provider.points() {
            assert!(
                self.points.contains_key(point),
                "no server exited at {point}"
            );
        }
        let (table, late) = (
            std::mem::take(&mut self.table),
            std::mem::take(&mut self.late),
        );
        self.end();
        (table, late)
    }

    /// One fault: from a quiet start until all who were caught in it are answered and each server books.
    async fn suffer(&mut self, fault: Fault) {
        self.assert_in_time();
        // A new event each time, so that there are always tickets to buy.
        self.add_event().await;
        self.prepare(fault).await;
        sleep(Duration::from_millis(50 + self.rng.below(250))).await;
        self.workload.begin();
        let began = Instant::now();
        let kind = self.inflict(fault).await;
        let lasted = began.elapsed();
        let back = self.until_back(kind).await;
        let ((wait, waiter), frozen_wait) = self.workload.settle().await;
        self.frozen_wait = self.frozen_wait.max(frozen_wait);
        for found in self.workload.take_violations() {
            self.table.violate(kind, found);
        }
        println!(
            "{kind}: {:.2} s; longest wait {:.2} s ({waiter}); back after {:.2} s",
            lasted.as_secs_f64(),
            wait.as_secs_f64(),
            back.as_secs_f64()
        );
        if wait > WAIT_MAX {
            self.late
                .push(format!("{kind} for {lasted:?}: {waiter} took {wait:?}"));
        }
        if back > BACK_MAX {
            self.late
                .push(format!("{kind} for {lasted:?}: back after {back:?}"));
        }
        self.table.note(kind, (wait, waiter), back);
    }

    /// What has to be there before the fault.
    async fn prepare(&mut self, fault: Fault) {
        match fault.kind {
            Kind::StandbyPromoted | Kind::StandbyHung => self.database.add_standby().await,
            Kind::FaultPoint => {
                let is_new = !self.points.contains_key(fault.point);
                let pass = if is_new { 1 } else { 1 + self.rng.below(12) };
                self.kill_any();
                let fault = format!("{}:{pass}", fault.point);
                self.start(&[("BOXOFFICE_FAULT", &fault)]).await;
                // What it does not answer from now on is because it is dead.
                let url = self.servers[1].url.clone();
                self.workload.killed.write().unwrap().insert(url);
            }
            _ => {}
        }
    }

    /// Returns what it was in the end, when it is over.
    async fn inflict(&mut self, Fault { kind, time, point }: Fault) -> Kind {
        match kind {
            Kind::ServerKilled => self.replace_any().await,
            Kind::FaultPoint => return self.until_dead_at(point).await,
            Kind::ServerFrozen => self.freeze_any(time).await,
            Kind::ClockOff => self.set_a_clock_off().await,
            Kind::PostgresKilled => self.database.kill().await,
            Kind::BackendKilled => self.database.kill_backend().await,
            Kind::PostgresFrozen => self.database.freeze(time).await,
            Kind::StandbyPromoted => {
                let frozen = if self.rng.below(2) == 0 {
                    time
                } else {
                    Duration::ZERO
                };
                self.database.fail_over(frozen).await;
            }
            Kind::StandbyHung => self.database.fail_over_to_one_that_hung(HANGING).await,
            Kind::DiskFull => self.database.fill_disk(time).await,
            Kind::ConnectionsCut => self.repeat_until_some(CUT_CONNECTIONS).await,
            Kind::HoldsEnded => self.repeat_until_some(END_HOLDS).await,
            Kind::ConnectionsReset => self.database.proxy().reset(),
            Kind::CommitLost => self.lose_a_commit(time).await,
            Kind::NetworkDark => {
                self.database.proxy().go_dark();
                sleep(time).await;
                self.database.proxy().light_up();
            }
            Kind::NetworkSlow => {
                self.database.proxy().delay(Duration::from_millis(500));
                sleep(time).await;
                self.database.proxy().delay(Duration::ZERO);
            }
        }
        kind
    }

    /// Waits until each server answers a new order with 201; for how long.
    async fn until_back(&mut self, kind: Kind) -> Duration {
        let urls = self.workload.urls.read().unwrap().clone();
        let probes = urls
            .into_iter()
            .map(|url| self.workload.probe(url, BACK_LIMIT));
        let mut longest = Duration::ZERO;
        for back in futures::future::join_all(probes).await {
            match back {
                Some(back) => longest = back.max(longest),
                None => {
                    longest = BACK_LIMIT;
                    self.table.violate(
                        kind,
                        format!("no new order was booked within {BACK_LIMIT:?}"),
                    );
                }
            }
        }
        longest
    }

    /// Starts a server, with these variables too; tries again while the database does not answer.
    async fn start(&mut self, variables: &[(&str, &str)]) {
        loop {
            self.assert_in_time();
            let log = File::options()
                .create(true)
                .append(true)
                .open(self.directory.join("servers.log"))
                .unwrap();
            let url = self.database.url();
            let words: Vec<&str> = self.flags.iter().map(String::as_str).collect();
            let start = || Process::start(&url, &words, variables, log.into());
            if let Some(process) = block_in_place(start) {
                self.workload.provider.tell_of(&process.url).await;
                self.workload
                    .urls
                    .write()
                    .unwrap()
                    .push(process.url.clone());
                self.servers.push(process);
                return;
            }
            sleep(Duration::from_millis(100)).await;
        }
    }

    /// `kill -9` of one server.
    fn kill(&mut self, which: usize) {
        let mut process = self.servers.remove(which);
        let url = process.url.clone();
        self.workload.killed.write().unwrap().insert(url.clone());
        process.kill();
        self.workload
            .urls
            .write()
            .unwrap()
            .retain(|other| *other != url);
    }

    fn kill_any(&mut self) {
        let which = self.rng.below(2) as usize;
        self.kill(which);
    }

    async fn replace_any(&mut self) {
        self.kill_any();
        self.start(&[]).await;
    }

    /// Waits until the last started server exits at its fault point; kills it if it does not reach it in time.
    async fn until_dead_at(&mut self, point: &'static str) -> Kind {
        let is_new = !self.points.contains_key(point);
        let limit = if is_new {
            FIRST_DEATH_LIMIT
        } else {
            NEXT_DEATH_LIMIT
        };
        let patience = Instant::now() + limit;
        let youngest = self.servers.len() - 1;
        let mut status = None;
        while status.is_none() && Instant::now() < patience {
            sleep(Duration::from_millis(10)).await;
            status = self.servers[youngest].ended();
        }
        self.kill(youngest);
        self.start(&[]).await;
        let Some(status) = status else {
            return Kind::ServerKilled;
        };
        let abort = Signal::ABORT.as_raw();
        if status.signal() != Some(abort) {
            self.table.violate(
                Kind::FaultPoint,
                format!("a server ended by itself: {status}"),
            );
        }
        *self.points.entry(point).or_default() += 1;
        Kind::FaultPoint
    }

    async fn freeze_any(&mut self, time: Duration) {
        let server = &self.servers[self.rng.below(2) as usize];
        let (pid, url) = (Pid::from_child(&server.child), server.url.clone());
        self.workload.frozen.write().unwrap().insert(url.clone());
        kill_process(pid, Signal::STOP).unwrap();
        sleep(time.min(EJECTED_AFTER)).await;
        self.workload
            .urls
            .write()
            .unwrap()
            .retain(|other| *other != url);
        sleep(time.saturating_sub(EJECTED_AFTER)).await;
        kill_process(pid, Signal::CONT).unwrap();
        self.workload.urls.write().unwrap().push(url);
    }

    /// A server that is a day ahead or behind sells for a while; holds begin and end by the database's clock.
    async fn set_a_clock_off(&mut self) {
        let ahead = self.rng.pick(&[DAY_SECONDS, -DAY_SECONDS]).to_string();
        self.kill_any();
        self.start(&[("BOXOFFICE_CLOCK_AHEAD_SECONDS", &ahead)])
            .await;
        let url = self.servers.last().unwrap().url.clone();
        let took = self.workload.probe(url, BACK_LIMIT).await;
        assert!(
            took.is_some(),
            "nobody can book at a server whose clock is off"
        );
        sleep(Duration::from_millis(500)).await;
        let wrong = "SELECT count(*) FROM bookings
                     WHERE created_at NOT BETWEEN now() - interval '12 hours' AND now()";
        if self.count(wrong).await > 0 {
            self.table
                .violate(Kind::ClockOff, "a booking has a wrong time".into());
        }
        self.kill(1);
        self.start(&[]).await;
    }

    /// The answer to a COMMIT is held back for a time, and then the connection is closed.
    async fn lose_a_commit(&self, time: Duration) {
        let proxy = self.database.proxy();
        proxy.lose_a_commit();
        timeout(Duration::from_secs(60), proxy.committed())
            .await
            .expect("somebody books");
        sleep(time).await;
        proxy.disconnect();
    }

    /// Few tickets, so that they sell out and are released.
    async fn add_event(&self) {
        let tier = |code: &str, capacity, row_blocks| NewTier {
            code: code.parse().unwrap(),
            name: code.to_uppercase(),
            price_minor: 1_000,
            capacity,
            row_blocks,
            kinds: Vec::new(),
        };
        let event = NewEvent {
            charges: boxoffice::price::Charges::default(),
            organisation: boxoffice::types::OrganisationNo::FIRST,
            name: "Chaos".into(),
            description: String::new(),
            starts_at: clock::local() + chrono::Duration::days(30),
            on_sale_at: None,
            currency: "USD".parse().unwrap(),
            max_tickets_per_booking: 10,
            max_tickets_per_buyer: None,
            hold_seconds: None,
            picture: None,
            contact: Default::default(),
            venue: NewVenue {
                name: "Hall".into(),
                city: "Turku".into(),
                country: "FI".into(),
                time_zone: chrono_tz::Europe::Helsinki,
                address: None,
                accessibility: Vec::new(),
            },
            facts: boxoffice::catalog::Facts::default(),
            tiers: vec![
                tier("vip", 60, Some(vec![5, 5])),
                tier("ga", 200, None),
                tier(PROBED, 200, None),
            ],
        };
        let event = loop {
            self.assert_in_time();
            // Its connection may be one of those that were cut.
            if let Ok(id) = catalog::create(&self.database.db, &event).await {
                break id.0;
            }
        };
        let mut events = self.workload.events.write().unwrap();
        events.push(event);
        if events.len() > 3 {
            events.remove(0);
        }
    }

    /// Runs a statement that counts what it does, until it has done something.
    async fn repeat_until_some(&self, statement: &str) {
        while self.count(statement).await == 0 {
            sleep(Duration::from_millis(10)).await;
        }
    }

    /// Runs a statement, again if the connection was one of those that were cut.
    async fn sql(&self, statement: &str) {
        loop {
            self.assert_in_time();
            let Ok(client) = self.database.db.get().await else {
                continue;
            };
            match client.batch_execute(statement).await {
                Ok(()) => return,
                Err(Error::Unavailable(_) | Error::Conflict(_)) => {}
                Err(error) => panic!("{statement}: {error}"),
            }
        }
    }

    async fn count(&self, query: &str) -> i64 {
        loop {
            self.assert_in_time();
            if let Ok(client) = self.database.db.patient().get().await
                && let Ok(row) = client.query_one(query, &[]).await
            {
                return row.get(0);
            }
        }
    }

    /// The invariants, and that what was acknowledged is there.
    async fn check(&mut self, kind: Kind) {
        let violations = loop {
            self.assert_in_time();
            match check::check(&self.database.db.patient()).await {
                Ok(violations) => break violations,
                // Its connection was cut.
                Err(_) => sleep(Duration::from_millis(100)).await,
            }
        };
        for violation in violations {
            self.table.violate(kind, violation.to_string());
        }
        let new = {
            let all = self.workload.acknowledged.lock().unwrap();
            let judged = std::mem::replace(&mut self.judged, all.len());
            all[judged..].to_vec()
        };
        for (booking, said) in self.broken(&new).await {
            self.table.violate(kind, format!("{booking} was {said:?}"));
        }
    }

    /// Of what was acknowledged, what is not true.
    async fn broken(&self, all: &[(Uuid, Acknowledged)]) -> Vec<(Uuid, Acknowledged)> {
        let ids: Vec<Uuid> = all.iter().map(|(id, _)| *id).collect();
        let states = loop {
            self.assert_in_time();
            let states = "SELECT id, status::text FROM bookings WHERE id = ANY ($1)";
            if let Ok(client) = self.database.db.patient().get().await
                && let Ok(rows) = client.query(states, &[&ids]).await
            {
                let states = rows.iter().map(|row| (row.get(0), row.get(1)));
                break states.collect::<BTreeMap<Uuid, String>>();
            }
        };
        let is_broken =
            |(id, said): &&(Uuid, Acknowledged)| match states.get(id).map(String::as_str) {
                None => true,
                Some(status) => match said {
                    Acknowledged::Booked => false,
                    Acknowledged::Cancelled => status != "cancelled",
                    // Paid, unless it was cancelled after that.
                    Acknowledged::Paid => !["confirmed", "cancelled"].contains(&status),
                },
            };
        all.iter().filter(is_broken).copied().collect()
    }

    /// After the last caller: new servers recover what is unfinished.
    async fn recover(&mut self) {
        while !self.servers.is_empty() {
            self.kill(0);
        }
        self.start(&[]).await;
        for left in [
            "SELECT count(*) FROM payments WHERE recover_at IS NOT NULL",
            "SELECT count(*) FROM bookings WHERE status = 'pending'",
            "SELECT count(*) FROM gateway_charges WHERE status = 'pending'",
        ] {
            while self.count(left).await > 0 {
                self.sql("UPDATE payments SET act_until = now() WHERE act_until > now();
                          UPDATE payments SET recover_at = now() WHERE recover_at > now();
                          UPDATE gateway_charges SET answers_at = now() WHERE answers_at > now();
                          UPDATE bookings SET expires_at = now(), paying_until = NULL WHERE status = 'pending'
                            AND NOT EXISTS (SELECT FROM payments p WHERE p.event_id = bookings.event_id
                                            AND p.booking_id = bookings.id AND p.status = 'processing')")
                    .await;
                sleep(Duration::from_millis(200)).await;
            }
        }
    }

    /// Charged and not refunded ⇔ confirmed, held ⇔ confirmed (nothing is pending any more), and all that was
    /// acknowledged is true.
    async fn judge(&mut self, kind: Kind) {
        self.judge_money(kind).await;
        let held = "SELECT count(*) FROM tickets WHERE booking_id IS NOT NULL";
        let sold = "SELECT coalesce(sum(quantity), 0)::bigint FROM booking_items i JOIN bookings b
            ON b.event_id = i.event_id AND b.id = i.booking_id WHERE b.status = 'confirmed'";
        let (held, sold) = (self.count(held).await, self.count(sold).await);
        if held != sold {
            let found = format!("tickets held and sold: {held} and {sold}");
            self.table.violate(kind, found);
        }
        let all = self.workload.acknowledged.lock().unwrap().clone();
        assert!(
            all.iter().any(|(_, said)| *said == Acknowledged::Paid),
            "there was load"
        );
        for (booking, said) in self.broken(&all).await {
            self.table.violate(kind, format!("{booking} was {said:?}"));
        }
        let outcomes = "SELECT string_agg(format('%s %s', n, status), ', ') FROM
            (SELECT status, count(*) AS n FROM bookings GROUP BY status
             UNION ALL SELECT 'payment ' || status, count(*) FROM payments GROUP BY status) AS o";
        let client = self.database.db.get().await.unwrap();
        let row = client.query_one(outcomes, &[]).await.unwrap();
        println!("{}", row.get::<_, &str>(0));
    }

    /// What the provider has taken and not given back is what confirmed bookings have paid, payment by payment.
    async fn judge_money(&mut self, kind: Kind) {
        let Some(kept) = self.workload.provider.kept().await else {
            let kept = "SELECT count(*) FROM gateway_charges c WHERE c.status = 'succeeded'
                AND NOT EXISTS (SELECT FROM gateway_refunds r WHERE r.payment_id = c.payment_id)";
            let confirmed = "SELECT count(*) FROM bookings WHERE status = 'confirmed'";
            let (kept, confirmed) = (self.count(kept).await, self.count(confirmed).await);
            if kept != confirmed {
                let found = format!("charges kept and bookings: {kept} and {confirmed}");
                self.table.violate(kind, found);
            }
            return;
        };
        let client = self.database.db.get().await.unwrap();
        let rows = client.query(PAID, &[]).await.unwrap();
        let paid: BTreeMap<String, i64> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
        println!("{} charges are kept by the provider", kept.len());
        for id in kept.keys().chain(paid.keys()) {
            let (kept, paid) = (kept.get(id), paid.get(id));
            if kept != paid {
                let found =
                    format!("payment {id}: {kept:?} at the provider, {paid:?} in our books");
                self.table.violate(kind, found);
            }
        }
    }

    fn end(mut self) {
        self.servers.clear();
        self.database.db.close();
    }

    fn assert_in_time(&self) {
        assert!(self.started.elapsed() < LIMIT, "not within {LIMIT:?}");
    }
}

/// What confirmed bookings have paid through a provider.
const PAID: &str =
    "SELECT p.id::text, p.amount_minor - coalesce(p.returned_minor, 0) FROM payments p
    JOIN bookings b ON b.event_id = p.event_id AND b.id = p.booking_id
    WHERE b.status = 'confirmed' AND p.status = 'succeeded' AND p.provider = 'stripe'";

const CUT_CONNECTIONS: &str = "SELECT count(*) FILTER (WHERE pg_terminate_backend(pid))
    FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";

/// All holds end, whether or not a payment is processing: its answer comes after the hold.
const END_HOLDS: &str = "WITH ended AS (
        UPDATE bookings SET expires_at = now(), paying_until = NULL WHERE status = 'pending' RETURNING 1
    )
    SELECT count(*) FROM ended";
