//! Gates: points of a transaction at which a test blocks it.
//!
//! A gate is a trigger that waits for an advisory lock. Unlike `LOCK TABLE` it blocks a statement while it is
//! executed, not while it is parsed, so it is known what the transaction has read and written before.

use std::time::Duration;

use boxoffice::postgres::{Client, Db, Error};

use super::Server;

/// The point at which transactions are blocked.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Moment {
    /// Keys are looked up and tickets are locked; nothing is written.
    BeforeBookings,
    /// One booking is inserted, the next one of the same batch is not.
    BeforeTheSecondBooking,
    /// Bookings are inserted, tickets are not taken.
    BeforeTickets,
    /// A ticket may come in; that it has is not written.
    BeforeCheckIns,
    /// Everything is written.
    AtCommit,
    /// A guest is let in, and that is not committed.
    AtCheckIn,
}

impl Moment {
    /// For each row: a statement without any passes.
    fn trigger(self) -> [String; 2] {
        let (kind, event, function) = match self {
            Self::BeforeBookings => ("TRIGGER", "BEFORE INSERT ON bookings", "pause"),
            Self::BeforeTheSecondBooking => {
                ("TRIGGER", "BEFORE INSERT ON bookings", "pause_second")
            }
            Self::BeforeTickets => ("TRIGGER", "BEFORE UPDATE ON tickets", "pause"),
            Self::AtCheckIn => ("TRIGGER", "AFTER INSERT ON check_ins", "pause"),
            Self::BeforeCheckIns => ("TRIGGER", "BEFORE INSERT ON check_ins", "pause"),
            Self::AtCommit => (
                "CONSTRAINT TRIGGER",
                "AFTER INSERT ON bookings DEFERRABLE INITIALLY DEFERRED",
                "pause",
            ),
        };
        let lock = self as i32;
        let (_, table) = event.split_once(" ON ").expect("a table");
        let table = table.split(' ').next().expect("its name");
        [
            format!("DROP TRIGGER IF EXISTS gate_{lock} ON {table}"),
            format!(
                "CREATE {kind} gate_{lock} {event} FOR EACH ROW EXECUTE FUNCTION {function}({lock})"
            ),
        ]
    }

    /// The tables to which a transaction that is blocked here has written.
    fn written(self) -> &'static [&'static str] {
        match self {
            Self::BeforeBookings | Self::BeforeCheckIns => &[],
            Self::BeforeTheSecondBooking => &["bookings"],
            Self::BeforeTickets => &["bookings", "booking_items"],
            Self::AtCommit => &["bookings", "booking_items", "tickets"],
            Self::AtCheckIn => &["check_ins"],
        }
    }
}

const FUNCTIONS: [&str; 2] = [
    "CREATE OR REPLACE FUNCTION pause() RETURNS trigger LANGUAGE plpgsql SET lock_timeout = 0 AS $$
    BEGIN
        PERFORM pg_advisory_xact_lock_shared(TG_ARGV[0]::bigint);
        RETURN NEW;
    END $$",
    "CREATE OR REPLACE FUNCTION pause_second() RETURNS trigger LANGUAGE plpgsql SET lock_timeout = 0 AS $$
    BEGIN
        IF current_setting('gate.inserted', true) = pg_current_xact_id()::text THEN
            PERFORM pg_advisory_xact_lock_shared(TG_ARGV[0]::bigint);
        END IF;
        PERFORM set_config('gate.inserted', pg_current_xact_id()::text, true);
        RETURN NEW;
    END $$",
];

/// A closed gate in one database.
pub(crate) struct Gate {
    moment: Moment,
    /// Their sessions hold the lock, on every node of the database.
    clients: Vec<Client>,
}

impl Gate {
    /// From now on transactions block there.
    pub(crate) async fn close(server: &Server, moment: Moment) -> Self {
        Self::try_close(server, moment)
            .await
            .expect("a closed gate")
    }

    /// The same of a database that may not be there.
    pub(crate) async fn try_close(server: &Server, moment: Moment) -> Result<Self, Error> {
        let client = server.db.get().await?;
        // One by one: so a distributed database repeats them on its nodes.
        for function in FUNCTIONS {
            client.batch_execute(function).await?;
        }
        for trigger in moment.trigger() {
            client.batch_execute(&trigger).await?;
        }
        let mut clients = vec![client];
        for other in &server.other_nodes().await {
            clients.push(Db::new(other, 1)?.patient().get().await?);
        }
        for client in &clients {
            let lock = format!("SELECT pg_advisory_lock({})", moment as i32);
            client.batch_execute(&lock).await?;
        }
        Ok(Self { moment, clients })
    }

    /// Unblocks all transactions and removes the gate.
    pub(crate) async fn open(&self) {
        let open = format!("SELECT pg_advisory_unlock({})", self.moment as i32);
        for client in &self.clients {
            client.batch_execute(&open).await.expect("an open gate");
        }
    }

    /// Waits until `count` transactions are blocked here.
    pub(crate) async fn until_waiting(&self, count: i64) {
        let waiting = format!("SELECT count(*) {}", self.waiting());
        let mut found = 0;
        for _ in 0..600 {
            found = 0;
            for client in &self.clients {
                let row = client.query_one(&waiting, &[]).await;
                found += row.expect(&waiting).get::<_, i64>(0);
            }
            if found == count {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{found} transactions are blocked, not {count}");
    }

    /// Waits until one transaction is blocked here, and returns its backend's process id.
    pub(crate) async fn waiting_pid(&self, server: &Server) -> i64 {
        self.until_waiting(1).await;
        let pid = format!("SELECT pid::bigint {}", self.waiting());
        let pid = server.count(&pid).await;
        let tables = self.moment.written();
        let written = format!(
            "SELECT count(*) FROM pg_locks
             WHERE granted AND pid = {pid} AND mode = 'RowExclusiveLock'
               AND relation = ANY ('{{{}}}'::regclass[])",
            tables.join(",")
        );
        assert_eq!(server.count(&written).await, tables.len() as i64);
        pid
    }

    fn waiting(&self) -> String {
        format!(
            "FROM pg_locks WHERE NOT granted AND locktype = 'advisory' AND objid = {}
               AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
            self.moment as i32
        )
    }
}
