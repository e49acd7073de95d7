//! Readers who read from a replica: a real standby, whose replay is paused so that what it lacks is known exactly.

use std::fs::{self, File};
use std::net::TcpListener;
use std::process::Stdio;
use std::time::Duration;

use boxoffice::check;
use boxoffice::postgres::{Db, Floor, Unfit};
use boxoffice::types::{EventId, Timestamp};
use serde_json::{Value, json};
use tokio::task::block_in_place;
use uuid::Uuid;

use crate::support::postgres::Postgres;
use crate::support::process::Process;
use crate::support::proxy::Proxy;
use crate::support::{Server, fresh_database, fresh_key, general, numbered, order, text};

/// Longer than all limits together; a test that hangs fails with it.
const LIMIT: Duration = Duration::from_secs(60);
/// So that a replica that is paused is read from all the same.
const PATIENT: [&str; 2] = ["--replica-lag-seconds", "3600"];
const DATABASE: &str = "shop";

async fn in_time<T>(work: impl Future<Output = T>) -> T {
    let done = tokio::time::timeout(LIMIT, work).await;
    done.expect("it comes to an end")
}

/// A primary, its standby, and a server that reads from the standby.
struct Pair {
    primary: Postgres,
    standby: Postgres,
    /// Between the server and the standby.
    proxy: Proxy,
    /// Without a replica: another process, which shares no memory with the server.
    other: Server,
    server: Server,
}

impl Pair {
    async fn start(flags: &[&str]) -> Self {
        let primary = Postgres::start("", &[]);
        let create = format!("CREATE DATABASE {DATABASE}");
        primary.administer("postgres", &[&create]).await;
        let url = primary.socket_url(DATABASE);
        let db = Db::new(&url, 2).unwrap();
        db.migrate().await.unwrap();
        db.close();
        let standby = primary.standby();
        let proxy = Proxy::start(&standby.socket_url(DATABASE)).await;
        let replica = proxy.url();
        let flags = [flags, &["--replica-url", &replica]].concat();
        Self {
            server: Server::start(&url, &flags).await,
            other: Server::start(&url, &[]).await,
            primary,
            standby,
            proxy,
        }
    }

    async fn stop(self) {
        let violations = check::check(&self.other.db).await.unwrap();
        assert!(violations.is_empty(), "{violations:#?}");
        self.server.stop().await;
        self.other.stop().await;
    }

    async fn of_standby(&self, query: &str) -> bool {
        let client = self.standby.administration(DATABASE).await;
        client.query_one(query, &[]).await.expect(query).get(0)
    }

    /// Waits until the standby has got all that is committed now to this point: `receive` or `replay`.
    async fn until_it_has_all(&self, point: &str) {
        let committed = self
            .other
            .text("SELECT pg_current_wal_flush_lsn()::text")
            .await;
        let has = format!("SELECT coalesce(pg_last_wal_{point}_lsn() >= '{committed}', false)");
        in_time(async { while !self.of_standby(&has).await {} }).await;
    }

    /// From now on the standby has all that was committed until now, and nothing else. The server reads from it.
    async fn pause(&self) {
        self.until_it_has_all("replay").await;
        self.standby
            .administer(DATABASE, &["SELECT pg_wal_replay_pause()"])
            .await;
        let is_paused = "SELECT pg_get_wal_replay_pause_state() = 'paused'";
        in_time(async { while !self.of_standby(is_paused).await {} }).await;
        self.server.app.reads.look().await.unwrap();
    }

    async fn resume(&self) {
        self.standby
            .administer(DATABASE, &["SELECT pg_wal_replay_resume()"])
            .await;
    }

    /// The other process sells one ticket, and the standby is told. Returns the time when it was sold.
    async fn sell_elsewhere(&self, event: Uuid) -> Timestamp {
        let body = order(event, Uuid::new_v4(), &[("ga", 1)]);
        self.other.book(&body).await.made();
        self.until_it_has_all("receive").await;
        let clock = self.other.text("SELECT to_json(clock_timestamp())::text");
        clock.await.trim_matches('"').parse().unwrap()
    }

    /// Free tickets of the tier `ga`, and when that was.
    async fn available(&self, event: Uuid) -> (i64, Timestamp) {
        let path = format!("/api/events/{event}/availability");
        let read = self.server.read(&path).await;
        let tiers = read["tiers"].as_array().unwrap();
        let ga = tiers.iter().find(|tier| tier["tier"] == "ga").unwrap();
        (ga["available"].as_i64().unwrap(), time(&read["as_of"]))
    }

    /// What is shown after the next reading of the database.
    async fn available_next(&self, event: Uuid) -> (i64, Timestamp) {
        let (_, before) = self.available(event).await;
        in_time(async {
            loop {
                let (available, as_of) = self.available(event).await;
                if as_of != before {
                    return (available, as_of);
                }
            }
        })
        .await
    }

    /// The letters of all seats of the tier `vip`.
    async fn letters(&self, event: Uuid) -> (String, Timestamp) {
        let path = format!("/api/events/{event}/seats?tier=vip");
        let map = self.server.read(&path).await;
        let rows = map["rows"].as_array().unwrap().iter();
        let letters = rows.map(|row| text(&row["seats"])).collect();
        (letters, time(&map["as_of"]))
    }

    /// A figure of /metrics.
    async fn metric(&self, name: &str) -> Option<f64> {
        let metrics = self.server.metrics().await;
        let line = metrics.lines().find_map(|line| line.strip_prefix(name));
        line.map(|value| value.trim().parse().unwrap())
    }

    async fn until_used(&self, is_used: bool) {
        let expected = Some(f64::from(u8::from(is_used)));
        in_time(async { while self.metric("boxoffice_replica_used ").await != expected {} }).await;
    }
}

fn time(value: &Value) -> Timestamp {
    text(value).parse().unwrap()
}

fn seat(event: Uuid, row: &str, number: i64) -> Value {
    json!({"event_id": event, "buyer_id": Uuid::new_v4(), "seats": [{"tier": "vip", "row": row, "number": number}]})
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_are_shown_what_the_replica_has_and_when_that_was() {
    let pair = Pair::start(&PATIENT).await;
    let tiers = [numbered("vip", 6, &[6]), general("ga", 50)];
    let event = pair.other.event(&tiers).await;
    pair.pause().await;
    assert_eq!(pair.metric("boxoffice_replica_used ").await, Some(1.0));
    let sold_at = pair.sell_elsewhere(event).await;
    pair.other.book(&seat(event, "A", 1)).await.made();
    let (available, as_of) = pair.available(event).await;
    assert_eq!(available, 50);
    assert!(as_of < sold_at, "{as_of} {sold_at}");
    let (letters, as_of) = pair.letters(event).await;
    assert_eq!(letters, "ffffff");
    assert!(as_of < sold_at, "{as_of} {sold_at}");
    pair.server.app.reads.look().await.unwrap();
    let lag = pair.metric("boxoffice_replica_lag_seconds ").await;
    assert!(lag > Some(0.0), "{lag:?}");

    pair.resume().await;
    pair.until_it_has_all("replay").await;
    let caught_up = async { while pair.available(event).await.0 != 49 {} };
    in_time(caught_up).await;
    in_time(async { while pair.letters(event).await.0 != "hfffff" {} }).await;
    // Nothing is sold any more, and that is no lag.
    pair.server.app.reads.look().await.unwrap();
    let lag = pair.metric("boxoffice_replica_lag_seconds ").await;
    assert_eq!(lag, Some(0.0));
    pair.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_the_replica_does_not_have_yet_is_shown_all_the_same() {
    let pair = Pair::start(&PATIENT).await;
    let known = pair.other.event(&[general("ga", 5)]).await;
    pair.pause().await;
    let tiers = [numbered("vip", 6, &[6]), general("ga", 50)];
    let event = pair.other.event(&tiers).await;
    pair.until_it_has_all("receive").await;
    let shown = pair.server.read(&format!("/api/events/{event}")).await;
    assert_eq!(shown["tiers"][1]["available"], 50);
    let page = pair.server.get(&pair.other.event_path(event).await).await;
    assert_eq!(page.status(), 200);
    assert_eq!(pair.letters(event).await.0, "ffffff");
    let unknown = format!("/api/events/{}", Uuid::new_v4());
    assert_eq!(pair.server.get(&unknown).await.status(), 404);
    // The list is the replica's.
    let list = pair.server.read("/api/events").await;
    let ids: Vec<_> = list["events"].as_array().unwrap().iter().collect();
    assert_eq!(ids.len(), 1, "{list}");
    assert_eq!(ids[0]["id"], known.to_string());
    // A new tier, of which a sale has just learned.
    let add = format!(
        "INSERT INTO tiers (event_id, tier_no, code, name, price_minor, capacity, seating)
         SELECT event_id, 2, 'late', 'Late', 100, 7, 'general' FROM events WHERE public_id = '{known}';
         INSERT INTO tickets (event_id, tier_no, seat_no)
         SELECT event_id, 2, seat_no FROM events, generate_series(1, 7) AS s (seat_no)
         WHERE public_id = '{known}'"
    );
    pair.other.sql(&add).await;
    let catalog = &pair.server.app.catalog;
    catalog.event(EventId(known)).await.unwrap();
    let shown = pair.server.read(&format!("/api/events/{known}")).await;
    assert_eq!(shown["tiers"][1]["available"], 7, "{shown}");
    pair.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_this_server_has_sold_is_not_undone_by_a_replica_that_lags() {
    let pair = Pair::start(&PATIENT).await;
    let tiers = [numbered("vip", 6, &[6]), general("ga", 50)];
    let event = pair.other.event(&tiers).await;
    // Nobody has looked at these when one ticket of each is sold.
    let unseen = pair.other.event(&tiers).await;
    let unseen_map = pair.other.event(&tiers).await;
    pair.pause().await;
    assert_eq!(pair.available(event).await.0, 50);
    assert_eq!(pair.letters(event).await.0, "ffffff");
    let ga = |event, quantity| order(event, Uuid::new_v4(), &[("ga", quantity)]);
    pair.server.book(&ga(event, 2)).await.made();
    let booked = pair.server.book(&seat(event, "A", 2)).await.made();
    // Sold by somebody else, which this server learns from a buyer who wants the same seat.
    pair.other.book(&seat(event, "A", 6)).await.made();
    let refused = pair.server.book(&seat(event, "A", 6)).await;
    assert_eq!(refused.problem(409), "seats-taken");
    pair.server.book(&ga(unseen, 1)).await.made();
    pair.server.book(&seat(unseen_map, "A", 1)).await.made();
    assert_eq!(pair.available(unseen).await.0, 49);
    assert_eq!(pair.letters(unseen_map).await.0, "hfffff");
    // Whatever is read again and again, by the clock of the database.
    let sold_at = time(&booked["created_at"]);
    in_time(async {
        loop {
            let (available, counted_at) = pair.available(event).await;
            let (letters, read_at) = pair.letters(event).await;
            assert_eq!((available, letters.as_str()), (48, "fhfffh"));
            if counted_at > sold_at && read_at > sold_at {
                break;
            }
        }
    })
    .await;
    // A later reading does not go back behind an earlier one either: what others sell stays sold.
    pair.sell_elsewhere(event).await;
    in_time(async { while pair.available(event).await.0 != 47 {} }).await;
    for _ in 0..2 {
        assert_eq!(pair.available_next(event).await.0, 47);
    }

    // When the replica has all of it, it is read again: it alone does not know of the last sale. In several attempts,
    // because a reading of the primary that is under way when it is paused is news to it.
    in_time(async {
        for sold in 1.. {
            pair.resume().await;
            pair.pause().await;
            let sold_at = pair.sell_elsewhere(event).await;
            let (available, as_of) = pair.available_next(event).await;
            if as_of < sold_at {
                assert_eq!(available, 47 - sold + 1);
                break;
            }
        }
    })
    .await;
    pair.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_learned_while_the_replica_is_read_is_read_from_the_primary() {
    let pair = Pair::start(&PATIENT).await;
    let event = pair.other.event(&[general("ga", 50)]).await;
    pair.pause().await;
    // From now on it does not have all, however often it is looked at.
    pair.sell_elsewhere(event).await;
    let reads = &pair.server.app.reads;
    let floor = Floor::default();
    let is_primary = async |floor| {
        let read = reads.read(floor, async |reader| Ok(Some(reader.is_primary())));
        read.await.unwrap().unwrap()
    };
    assert!(!is_primary(None).await);
    assert!(!is_primary(Some(&floor)).await);
    let learning = reads.read(Some(&floor), async |reader| {
        floor.raise();
        Ok(Some(reader.is_primary()))
    });
    assert_eq!(learning.await.unwrap(), Some(true));
    assert!(!is_primary(None).await);
    assert!(is_primary(Some(&floor)).await);
    // What the primary has said is news, too.
    let floor = Floor::default();
    let read = reads.read(Some(&floor), async |reader| {
        Ok(reader.is_primary().then_some(()))
    });
    assert_eq!(read.await.unwrap(), Some(()));
    assert!(is_primary(Some(&floor)).await);
    pair.resume().await;
    pair.until_it_has_all("replay").await;
    reads.look().await.unwrap();
    assert!(!is_primary(Some(&floor)).await);
    pair.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sale_relies_on_what_the_primary_says() {
    let pair = Pair::start(&PATIENT).await;
    let [event, another] = [
        pair.other.event(&[general("ga", 50)]).await,
        pair.other.event(&[general("ga", 50)]).await,
    ];
    pair.pause().await;
    let tighten = "UPDATE events SET max_tickets_per_booking = 1";
    pair.other.sql(tighten).await;
    pair.until_it_has_all("receive").await;
    let shown = pair.server.read(&format!("/api/events/{event}")).await;
    assert_eq!(shown["max_tickets_per_booking"], 10);
    let two = order(event, Uuid::new_v4(), &[("ga", 2)]);
    let refused = pair.server.book(&two).await;
    assert_eq!(refused.status, 422, "{}", refused.json);
    // The page, too, of an event of which nothing was read from the primary yet.
    let shown = pair.server.read(&format!("/api/events/{another}")).await;
    assert_eq!(shown["max_tickets_per_booking"], 10);
    let book = format!("{}/events/{another}/bookings", pair.server.url);
    let form = pair.server.client.post(book);
    let form = form.header("Origin", &pair.server.url);
    let form = form.form(&[("key", fresh_key().as_str()), ("qty-ga", "2")]);
    let refused = form.send().await.unwrap();
    assert_eq!(refused.status(), 422);
    let page = refused.text().await.unwrap();
    assert!(
        page.contains("One booking can hold 1 ticket; you chose 2."),
        "{page}"
    );
    let one = order(event, Uuid::new_v4(), &[("ga", 1)]);
    let booked = pair.server.book(&one).await.made();
    assert_eq!(pair.server.booking(&booked).await["status"], "pending");
    pair.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replica_that_is_behind_or_away_is_not_read_and_then_read_again() {
    let pair = Pair::start(&["--replica-lag-seconds", "1"]).await;
    let [event, another] = [
        pair.other.event(&[general("ga", 50)]).await,
        pair.other.event(&[general("ga", 50)]).await,
    ];
    pair.pause().await;
    pair.sell_elsewhere(event).await;
    let reads = &pair.server.app.reads;
    let unfit = in_time(async {
        loop {
            if let Err(unfit) = reads.look().await {
                return unfit;
            }
        }
    });
    let unfit = unfit.await;
    assert!(matches!(unfit, Unfit::Behind { .. }), "{unfit}");
    assert_eq!(pair.available_next(event).await.0, 49);
    assert_eq!(pair.metric("boxoffice_replica_used ").await, Some(0.0));
    let lag = pair.metric("boxoffice_replica_lag_seconds ").await;
    assert!(lag > Some(1.0), "{lag:?}");
    pair.resume().await;
    pair.until_used(true).await;

    // It hangs, and nobody has looked at this event: the reader is answered by the primary.
    pair.proxy.go_dark();
    assert_eq!(pair.available(another).await.0, 50);
    pair.until_used(false).await;
    let lag = pair.metric("boxoffice_replica_lag_seconds ").await;
    assert_eq!(lag, None);
    pair.proxy.light_up();
    pair.until_used(true).await;

    // Its connections break.
    pair.proxy.reset();
    assert_eq!(pair.available_next(event).await.0, 49);
    pair.until_used(true).await;

    // It becomes a primary itself.
    let promote = ["SELECT pg_promote()"];
    pair.standby.administer(DATABASE, &promote).await;
    let unfit = reads.look().await.unwrap_err();
    assert!(matches!(unfit, Unfit::NotAStandby), "{unfit}");
    assert_eq!(pair.available_next(event).await.0, 49);
    pair.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_standby_of_the_database_is_refused_at_start() {
    let pair = Pair::start(&[]).await;
    let url = pair.primary.socket_url(DATABASE);
    let elsewhere = fresh_database().await;
    for (database, replica, said) in [
        (&url, url.as_str(), "takes writes itself"),
        (
            &elsewhere,
            &pair.standby.socket_url(DATABASE),
            "of another cluster",
        ),
        (
            &url,
            &pair.standby.socket_url("postgres"),
            "another database",
        ),
        (&url, "host=x nonsense=1", "has an address that"),
    ] {
        let log = pair.primary.directory.join("server.log");
        let variables = [("BOXOFFICE_REPLICA_URL", replica)];
        let write = Stdio::from(File::create(&log).unwrap());
        let start = || Process::start(database, &[], &variables, write);
        assert!(block_in_place(start).is_none(), "{said}: it opens");
        let lines = fs::read_to_string(&log).unwrap();
        let last = lines.lines().last().unwrap_or_default();
        assert!(last.starts_with("boxoffice: the replica"), "{lines}");
        assert!(last.contains(said), "{lines}");
    }
    // One that does not answer may come later.
    let variables = [("BOXOFFICE_REPLICA_URL", "postgresql://nobody@127.0.0.1:1/x")];
    let address = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr());
    let address = address.unwrap().to_string();
    let words = ["serve", "--metrics-listen", &address];
    let start = || Process::start(&url, &words, &variables, Stdio::null());
    let started = block_in_place(start).expect("it opens");
    let metrics = pair.server.client.get(format!("http://{address}/metrics"));
    let metrics = metrics.send().await.unwrap().text().await.unwrap();
    assert!(
        metrics.contains("boxoffice_replica_used 0.0\n"),
        "{metrics}"
    );
    drop(started);
    pair.stop().await;
}
