//! Migrations on a live table: servers of the version before go on selling while each is applied; or the program
//! refuses to apply it while they are connected. And the rules that the files in `migrations/` follow.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use boxoffice::check::check;
use boxoffice::postgres::{Client, Db, Error, MigrateOptions, NamedStatement};
use tokio::task::JoinHandle;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, accepts, to_sql_checked};
use uuid::Uuid;

use crate::support::empty_database;

/// An event with numbered tickets enough, as any version makes it.
const EVENT: &str = "
    INSERT INTO venues (name, city, country, time_zone) VALUES ('Hall', 'Porto', 'PT', 'Europe/Lisbon');
    INSERT INTO events (public_id, venue_id, name, starts_at, on_sale_at, currency, search_text)
    SELECT gen_random_uuid(), venue_id, 'Live', now() + interval '1 day', now() - interval '1 day', 'EUR', 'live' FROM venues;
    INSERT INTO tiers (event_id, tier_no, code, name, price_minor, capacity, seating)
    SELECT event_id, 1, 'ga', 'GA', 1000, 20000, 'general' FROM events;
    INSERT INTO tickets (event_id, tier_no, seat_no) SELECT event_id, 1, n FROM events, generate_series(1, 20000) AS n";

/// A payment that is begun and succeeds, as versions from V4 on write it. $1 event, $2 booking, $3 payment.
const PAY: [&str; 4] = [
    "INSERT INTO payments AS p (event_id, id, booking_id, idempotency_key, request_fingerprint, status,
                                amount_minor, currency, card_brand, card_last4, one_shot,
                                created_at, recover_at, recover_attempts)
     VALUES ($1, $3, $2, 'k', '', 'processing', 1000, 'EUR', 'visa', '4242', false,
             now(), now() + make_interval(secs => 90), 0)",
    "INSERT INTO gateway_charges (payment_id, status, decline_code, amount_minor, currency, created_at, answers_at)
     SELECT p.id, 'succeeded', NULL, 1000, 'EUR', now(), NULL FROM payments AS p
     WHERE p.event_id = $1 AND p.booking_id = $2 AND p.id = $3",
    "UPDATE payments SET status = 'succeeded', answered_at = now(), recover_at = NULL
     WHERE event_id = $1 AND booking_id = $2 AND id = $3 AND status = 'processing'",
    "UPDATE bookings SET status = 'confirmed', expires_at = NULL, paying_until = NULL, confirmed_at = now()
     WHERE event_id = $1 AND id = $2 AND status = 'pending' AND $3::uuid IS NOT NULL",
];

/// A server of an older version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Version {
    V8,
    V16,
}

impl Version {
    /// What its sessions are called.
    fn application_name(self) -> &'static str {
        match self {
            Self::V8 => "boxoffice",
            Self::V16 => "boxoffice/16",
        }
    }

    fn schema(self) -> i32 {
        match self {
            Self::V8 => 8,
            Self::V16 => 16,
        }
    }

    /// Books one ticket within a transaction, by the statements of this version.
    async fn book(self, client: &Client, booking: Uuid) -> Result<(), Error> {
        match self {
            Self::V8 => book_as_v8(client, booking).await,
            Self::V16 => book_as_v16(client, booking).await,
        }
    }
}

async fn book_as_v8(client: &Client, booking: Uuid) -> Result<(), Error> {
    let allocate = client
        .prepare_cached(include_str!("older/v8/allocate_places.sql"))
        .await?;
    let (bookings, tiers) = (vec![booking], vec![1_i16]);
    let row = client
        .query_one(
            &allocate,
            &[
                &1_i64,
                &300_000_000_i64,
                &"EUR",
                &tiers,
                &vec![1_i32],
                &vec![1_i64],
                &bookings,
                &vec![Uuid::new_v4()],
                &vec!["k"],
                &vec![b"".as_slice()],
                &vec![1000_i64],
                &tiers,
                &bookings,
                &tiers,
                &vec![1_i32],
                &vec![1000_i64],
                &vec![1_i32],
                &tiers,
                &bookings,
            ],
        )
        .await?;
    assert!(row.get::<_, bool>("sold"), "there are tickets enough");
    Ok(())
}

/// The pause of a buyer between two orders.
const BETWEEN_ORDERS: Duration = Duration::from_millis(10);

/// A statement of V16.
macro_rules! v16 {
    ($file:literal) => {{
        static STATEMENT: std::sync::LazyLock<NamedStatement> = std::sync::LazyLock::new(|| {
            NamedStatement::parse(include_str!(concat!("older/v16/", $file)))
        });
        &*STATEMENT
    }};
}

async fn book_as_v16(client: &Client, booking: Uuid) -> Result<(), Error> {
    let (event, tier, buyer) = (("event_id", &1_i64 as _), 1_i16, vec![Uuid::new_v4()]);
    let (bookings, tiers, keys) = (vec![booking], vec![tier], vec!["k"]);
    v16!("sale_and_known_keys.sql")
        .query(client, &[event, ("buyer_ids", &buyer), ("keys", &keys)])
        .await?;
    let (first_seats, quantities) = (vec![1_i32], vec![1_i64]);
    let locked = v16!("lock_free_tickets.sql")
        .query(
            client,
            &[
                event,
                ("tiers", &tiers),
                ("first_seats", &first_seats),
                ("quantities", &quantities),
            ],
        )
        .await?;
    let seats = vec![locked[0].get::<_, i32>("seat_no")];
    let now = boxoffice::types::clock::local();
    v16!("insert_bookings.sql")
        .query(
            client,
            &[
                event,
                ("first_tier", &tier),
                ("currency", &"EUR"),
                ("created_at", &now),
                ("expires_at", &(now + chrono::Duration::minutes(5))),
                ("id", &bookings),
                ("buyer_id", &buyer),
                ("idempotency_key", &keys),
                ("request_fingerprint", &vec![b"".as_slice()]),
                ("total_minor", &vec![1000_i64]),
                ("turn", &vec![1_i32]),
            ],
        )
        .await?;
    v16!("insert_items.sql")
        .query(
            client,
            &[
                event,
                ("first_tier", &tier),
                ("booking_id", &bookings),
                ("tier_no", &tiers),
                ("quantity", &vec![1_i32]),
                ("unit_price_minor", &vec![1000_i64]),
                ("first_seat", &vec![1_i32]),
                ("all_seats", &seats),
            ],
        )
        .await?;
    v16!("take_tickets.sql")
        .query(
            client,
            &[
                event,
                ("first_tier", &tier),
                ("count", &1_i64),
                ("tiers", &tiers),
                ("seats", &seats),
                ("ctids", &vec![locked[0].get::<_, Ctid>("ctid")]),
                ("booking_ids", &bookings),
            ],
        )
        .await?;
    Ok(())
}

/// A row identifier.
#[derive(Debug)]
struct Ctid(Vec<u8>);

impl<'a> FromSql<'a> for Ctid {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(raw.to_vec()))
    }
    accepts!(TID);
}

impl ToSql for Ctid {
    fn to_sql(
        &self,
        _: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        out.extend_from_slice(&self.0);
        Ok(IsNull::No)
    }
    accepts!(TID);
    to_sql_checked!();
}

/// Buyers at servers of an older version: they book, and pay every second booking, until they are stopped or fail.
struct Sale {
    url: String,
    sold: Arc<AtomicUsize>,
    is_over: Arc<AtomicBool>,
    buyers: Vec<JoinHandle<Result<(), Error>>>,
}

impl Sale {
    /// Migrates an empty database to this version, and opens the sale in it.
    async fn open(version: Version) -> Self {
        let url = empty_database().await;
        migrate(&url, version.schema()).await.unwrap();
        connection(&url).await.batch_execute(EVENT).await.unwrap();
        let mut sale = Self {
            url,
            sold: Arc::default(),
            is_over: Arc::default(),
            buyers: Vec::new(),
        };
        for _ in 0..3 {
            let client = connection(&sale.url).await;
            let name = format!("SET application_name = '{}'", version.application_name());
            client.batch_execute(&name).await.unwrap();
            let (sold, is_over) = (sale.sold.clone(), sale.is_over.clone());
            sale.buyers.push(tokio::spawn(async move {
                while !is_over.load(Ordering::Relaxed) {
                    // Whoever waits for longer than an order may fails.
                    client
                        .batch_execute("BEGIN; SET LOCAL lock_timeout = '10s'")
                        .await?;
                    let booking = Uuid::new_v4();
                    version.book(&client, booking).await?;
                    if sold.load(Ordering::Relaxed).is_multiple_of(2) {
                        let payment = Uuid::new_v4();
                        for statement in PAY {
                            let statement = client.prepare_cached(statement).await?;
                            client
                                .execute(&statement, &[&1_i64, &booking, &payment])
                                .await?;
                        }
                    }
                    client.batch_execute("COMMIT").await?;
                    sold.fetch_add(1, Ordering::Relaxed);
                    // There are tickets for minutes, however fast the machine is.
                    tokio::time::sleep(BETWEEN_ORDERS).await;
                }
                Ok(())
            }));
        }
        sale.goes_on().await;
        sale
    }

    /// Waits for more sales; fails if a buyer has.
    async fn goes_on(&mut self) {
        let enough = self.sold.load(Ordering::Relaxed) + 20;
        while self.sold.load(Ordering::Relaxed) < enough {
            for buyer in &mut self.buyers {
                if buyer.is_finished() {
                    panic!("a buyer failed: {:?}", buyer.await);
                }
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Applies the next migrations one by one, each behind a reader who keeps it waiting as a backup does. The sale
    /// goes on meanwhile, and when it is applied.
    async fn survives(&mut self, versions: &[i32]) {
        for &version in versions {
            let reader = connection(&self.url).await;
            let read = "BEGIN ISOLATION LEVEL REPEATABLE READ; SET LOCAL application_name = 'backup';
                SELECT FROM tickets, bookings, booking_items, payments, webhook_events, gateway_deliveries LIMIT 1";
            reader.batch_execute(read).await.unwrap();
            let url = self.url.clone();
            let migration = tokio::spawn(async move { migrate(&url, version).await });
            while !migration.is_finished() && !self.is_waited_for("backup").await {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            self.goes_on().await;
            reader.batch_execute("ROLLBACK").await.unwrap();
            let applied = migration.await.unwrap().unwrap();
            assert_eq!(applied.len(), 1, "{applied:?}");
            self.goes_on().await;
        }
    }

    /// Whether anybody waits for this session.
    async fn is_waited_for(&self, application_name: &str) -> bool {
        let client = connection(&self.url).await;
        let waits = "SELECT EXISTS (
            SELECT FROM pg_stat_activity AS waiting
            JOIN pg_stat_activity AS holding ON holding.pid = ANY (pg_blocking_pids(waiting.pid))
            WHERE waiting.datname = current_database() AND holding.application_name = $1)";
        client
            .query_one(waits, &[&application_name])
            .await
            .unwrap()
            .get(0)
    }

    /// Stops the buyers. How each has ended.
    async fn stop(&mut self) -> Vec<Result<(), Error>> {
        self.is_over.store(true, Ordering::Relaxed);
        let buyers = std::mem::take(&mut self.buyers);
        let ended = futures::future::join_all(buyers).await;
        ended.into_iter().map(Result::unwrap).collect()
    }

    /// What was sold is booked, once, and nothing else.
    async fn is_sound(&self) {
        let db = Db::new(&self.url, 4).unwrap();
        db.migrate().await.unwrap();
        assert_eq!(check(&db).await.unwrap(), []);
        let client = db.get().await.unwrap();
        let booked = client
            .query_one("SELECT count(*) FROM bookings", &[])
            .await
            .unwrap();
        assert_eq!(
            booked.get::<_, i64>(0),
            self.sold.load(Ordering::Relaxed) as i64
        );
    }
}

/// A connection of its own, on which only what a statement sets limits it.
async fn connection(url: &str) -> Client {
    let db = Db::new(url, 1).unwrap().patient();
    db.get().await.unwrap()
}

/// Applies the migrations up to this version, as the program does.
async fn migrate(url: &str, to: i32) -> Result<Vec<String>, Error> {
    let options = MigrateOptions {
        to: Some(to),
        ..MigrateOptions::default()
    };
    Db::new(url, 4)?.migrate_with(options).await
}

/// The versions of the files in `migrations/` after this one, ascending.
fn versions_after(version: i32) -> Vec<i32> {
    let mut versions: Vec<i32> = files().into_iter().map(|file| file.version).collect();
    versions.retain(|&later| later > version);
    versions
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_of_v8_sell_until_their_schema_would_go_and_are_not_overrun() {
    let mut sale = Sale::open(Version::V8).await;
    sale.survives(&[9, 10, 11]).await;
    let newest = versions_after(0).pop().unwrap();
    let Err(Error::Schema(refused)) = migrate(&sale.url, newest).await else {
        panic!("older servers are connected");
    };
    assert!(refused.contains("--despite-older-servers"), "{refused}");
    sale.goes_on().await;

    // Told to, it migrates; the older servers fail at their next statement, with nothing half done.
    let despite = MigrateOptions {
        despite_older_servers: true,
        ..MigrateOptions::default()
    };
    Db::new(&sale.url, 4)
        .unwrap()
        .migrate_with(despite)
        .await
        .unwrap();
    for ended in sale.stop().await {
        let Err(Error::Statement(error)) = ended else {
            panic!("{ended:?}");
        };
        assert_eq!(error.code(), Some(&SqlState::UNDEFINED_COLUMN), "{error}");
    }
    sale.is_sound().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_of_v16_sell_while_each_later_migration_is_applied() {
    let mut sale = Sale::open(Version::V16).await;
    sale.survives(&versions_after(16)).await;
    for ended in sale.stop().await {
        ended.unwrap();
    }
    sale.is_sound().await;
}

#[tokio::test]
async fn a_migration_that_fails_says_what_postgresql_said() {
    let url = empty_database().await;
    let client = connection(&url).await;
    let taken = "CREATE TABLE tickets (number int)";
    client.batch_execute(taken).await.unwrap();
    let error = migrate(&url, 14).await.unwrap_err().to_string();
    assert!(error.contains("V2__"), "{error}");
    assert!(
        error.ends_with("relation \"tickets\" already exists"),
        "{error}"
    );
}

#[tokio::test]
async fn a_migration_that_cannot_lock_its_tables_gives_up_and_says_for_whom_it_waited() {
    let url = empty_database().await;
    migrate(&url, 14).await.unwrap();
    let reader = connection(&url).await;
    let db = Db::new(&url, 4).unwrap();
    // One that builds an index concurrently, and one in a transaction.
    for (version, name) in [
        (15, "V15__index_turns"),
        (16, "V16__let_turns_keep_keys_unique"),
    ] {
        let read = "BEGIN ISOLATION LEVEL REPEATABLE READ; SET LOCAL application_name = 'backup';
            SELECT FROM bookings";
        reader.batch_execute(read).await.unwrap();
        let options = MigrateOptions {
            to: Some(version),
            patience: Duration::ZERO,
            ..MigrateOptions::default()
        };
        let Err(Error::Schema(failure)) = db.migrate_with(options).await else {
            panic!("the table is in use");
        };
        for word in [name, "(backup, idle in transaction, in a transaction for"] {
            assert!(failure.contains(word), "{failure}");
        }
        reader.batch_execute("ROLLBACK").await.unwrap();
        assert_eq!(db.migrate_with(options).await.unwrap().len(), 1);
    }
}

/// A file of `migrations/`.
struct File {
    name: String,
    version: i32,
    text: String,
}

/// All of them, ascending.
fn files() -> Vec<File> {
    let directory = format!("{}/migrations", env!("CARGO_MANIFEST_DIR"));
    let entries = std::fs::read_dir(directory).unwrap();
    let mut files: Vec<File> = entries
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let version = name[1..].split("__").next().unwrap().parse().unwrap();
            let text = std::fs::read_to_string(path).unwrap();
            File {
                name,
                version,
                text,
            }
        })
        .collect();
    files.sort_by_key(|file| file.version);
    files
}

/// The newest migration that was applied before there were rules.
const WITHOUT_RULES: i32 = 13;

/// What breaks a rule all the same, and why it may.
const EXCEPTIONS: &[(&str, &str)] = &[
    // Events are few: reading them takes milliseconds.
    (
        "V14__limit_the_tickets_of_a_buyer",
        "a column with CHECK reads the whole table under its lock",
    ),
    // Servers of before are refused: `STOPS_OLDER_SERVERS`.
    (
        "V16__let_turns_keep_keys_unique",
        "an older server may need what is dropped",
    ),
    // Constraints that are made again in the same statement, and refuse less.
    (
        "V64__take_payments_at_the_box_office",
        "an older server may need what is dropped",
    ),
    (
        "V65__let_organisers_order_more",
        "an older server may need what is dropped",
    ),
    (
        "V83__pay_through_providers",
        "an older server may need what is dropped",
    ),
    (
        "V84__let_the_simulated_gateway_ask",
        "an older server may need what is dropped",
    ),
    (
        "V89__end_refunds_of_what_was_never_charged",
        "an older server may need what is dropped",
    ),
];

#[test]
fn migrations_keep_no_sale_waiting_and_take_nothing_from_older_servers() {
    let mut expected = EXCEPTIONS.to_vec();
    for file in files().iter().filter(|file| file.version > WITHOUT_RULES) {
        for fault in faults(&file.text) {
            let known = expected
                .iter()
                .position(|(name, rule)| *name == file.name && *rule == fault);
            let known = known.unwrap_or_else(|| panic!("{}: {fault}", file.name));
            expected.remove(known);
        }
    }
    assert_eq!(expected, [], "exceptions that are not needed");
}

/// What a migration must not do to a table that is in use. The table may be made by the same migration.
fn faults(text: &str) -> Vec<&'static str> {
    let is_outside = text.starts_with("-- Not in a transaction.");
    let lines = text
        .lines()
        .map(|line| line.split("--").next().unwrap_or_default());
    let text = lines.collect::<Vec<_>>().join(" ").to_uppercase();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let statements: Vec<&str> = text
        .split(';')
        .map(str::trim)
        .filter(|one| !one.is_empty())
        .collect();
    let is_new = |table: &str| {
        let made = format!("CREATE TABLE {table} ");
        statements
            .iter()
            .any(|statement| statement.starts_with(&made))
    };
    let mut faults = Vec::new();
    if text.contains("$$") {
        faults.push("a body may have a semicolon at the end of a line, where statements are cut");
    }
    for (index, statement) in statements.iter().enumerate() {
        let words: Vec<&str> = statement.split(' ').collect();
        let after = |word: &str| {
            let at = words.iter().position(|found| *found == word)?;
            words.get(at + 1).copied()
        };
        let is_concurrent = words.contains(&"CONCURRENTLY");
        // A validation that was done is done again in no time.
        if is_concurrent != is_outside && !statement.contains(" VALIDATE CONSTRAINT ") {
            faults.push("CONCURRENTLY needs the first line `-- Not in a transaction.`, and nothing else may have it");
        }
        match words[0] {
            "ALTER" if words[1] == "TABLE" && !is_new(words[2]) => {
                faults.extend(alterations(statement))
            }
            "ALTER" if statement.contains(" RENAME ") => {
                faults.push("an older server knows the old name")
            }
            "CREATE" if words[1] == "TRIGGER" => faults.push("a trigger"),
            "CREATE" if words.contains(&"INDEX") => {
                let name = after(if is_concurrent {
                    "CONCURRENTLY"
                } else {
                    "INDEX"
                })
                .unwrap();
                let dropped = format!("DROP INDEX CONCURRENTLY IF EXISTS {name}");
                if is_concurrent && (index == 0 || statements[index - 1] != dropped) {
                    faults.push("what an attempt that was cut off left is not dropped before");
                }
                if !is_concurrent && !is_new(after("ON").unwrap()) {
                    faults.push("an index that is not built CONCURRENTLY");
                }
            }
            "DROP" if words[1] == "INDEX" && is_concurrent => {}
            "DROP" => faults.push("an older server may need what is dropped"),
            "UPDATE" | "DELETE" | "LOCK" | "CLUSTER" | "TRUNCATE" | "REINDEX" => {
                faults.push("rows or tables are locked for as long as the migration takes");
            }
            _ => {}
        }
    }
    faults
}

/// As [`faults`], of one ALTER TABLE.
fn alterations(statement: &str) -> Vec<&'static str> {
    let has = |text: &str| statement.contains(text);
    let adds_column = has(" ADD COLUMN ");
    let constant = !["RANDOM", "CLOCK_TIMESTAMP", "NEXTVAL", "GENERATED", "UUID("]
        .iter()
        .any(|word| has(word));
    let rules = [
        (has(" RENAME "), "an older server knows the old name"),
        (
            has(" DROP COLUMN ") || has(" DROP CONSTRAINT ") || has(" DROP DEFAULT"),
            "an older server may need what is dropped",
        ),
        (
            has(" TYPE ") || has(" SET NOT NULL"),
            "all rows are read or written under the table's lock",
        ),
        (
            adds_column && has(" NOT NULL") && !has(" DEFAULT "),
            "a column that an older server does not fill",
        ),
        (
            adds_column && !constant,
            "a column whose values are written to every row",
        ),
        (
            adds_column && has(" CHECK "),
            "a column with CHECK reads the whole table under its lock",
        ),
        (
            has(" ADD CONSTRAINT ") && !adds_column && !has(" NOT VALID") && !has(" USING INDEX "),
            "a constraint that is not NOT VALID, or USING INDEX",
        ),
    ];
    rules
        .into_iter()
        .filter(|(is_broken, _)| *is_broken)
        .map(|(_, fault)| fault)
        .collect()
}

#[test]
fn the_rules_of_migrations_find_what_breaks_them() {
    for (text, number) in [
        ("ALTER TABLE bookings ADD COLUMN note text;", 0),
        (
            "ALTER TABLE bookings ADD COLUMN note text NOT NULL DEFAULT '';",
            0,
        ),
        ("ALTER TABLE bookings ADD COLUMN note text NOT NULL;", 1),
        (
            "ALTER TABLE bookings ADD COLUMN id2 uuid DEFAULT gen_random_uuid();",
            1,
        ),
        ("ALTER TABLE bookings ADD COLUMN n int CHECK (n > 0);", 1),
        ("ALTER TABLE bookings RENAME COLUMN note TO remark;", 1),
        ("ALTER TABLE bookings RENAME TO orders;", 1),
        ("ALTER INDEX a RENAME TO b;", 1),
        ("ALTER TABLE bookings\n    DROP COLUMN note;", 1),
        ("ALTER TABLE bookings DROP CONSTRAINT c;", 1),
        ("ALTER TABLE bookings ALTER COLUMN note TYPE varchar;", 1),
        ("ALTER TABLE bookings ALTER COLUMN note SET NOT NULL;", 1),
        ("ALTER TABLE bookings ALTER COLUMN note DROP DEFAULT;", 1),
        ("ALTER TABLE bookings ADD CONSTRAINT c CHECK (n > 0);", 1),
        (
            "ALTER TABLE bookings ADD CONSTRAINT c CHECK (n > 0) NOT VALID;",
            0,
        ),
        ("ALTER TABLE bookings VALIDATE CONSTRAINT c;", 0),
        ("ALTER TABLE bookings ADD CONSTRAINT c UNIQUE (n);", 1),
        (
            "ALTER TABLE bookings ADD CONSTRAINT c UNIQUE USING INDEX i;",
            0,
        ),
        ("CREATE INDEX i ON bookings (n);", 1),
        (
            "CREATE TABLE t (n int); -- new\nCREATE INDEX i ON t (n);",
            0,
        ),
        ("CREATE INDEX CONCURRENTLY i ON bookings (n);", 2),
        (
            "-- Not in a transaction.\nCREATE INDEX CONCURRENTLY i ON bookings (n);",
            1,
        ),
        (
            "-- Not in a transaction.\nDROP INDEX CONCURRENTLY IF EXISTS i;\nCREATE UNIQUE INDEX CONCURRENTLY i ON b (n);",
            0,
        ),
        (
            "-- Not in a transaction.\nALTER TABLE bookings ADD COLUMN n int;",
            1,
        ),
        ("DROP INDEX i;", 1),
        ("DROP TABLE t;", 1),
        ("UPDATE bookings SET n = 1;", 1),
        ("DO $$ BEGIN PERFORM 1;\nEND $$;", 1),
        ("LOCK TABLE bookings;", 1),
        (
            "CREATE TRIGGER t AFTER INSERT ON bookings FOR EACH ROW EXECUTE FUNCTION f();",
            1,
        ),
    ] {
        let found = faults(text);
        assert_eq!(found.len(), number, "{text}: {found:?}");
    }
}
