//! Whether this process can sell: the checks behind /readyz and their figures.
//!
//! What must hold: a report ends within [`REPORT_MAX`], whatever the database does; however many ask at once, the
//! database is asked by one of them, and nobody is told what was seen before they asked. The schema is looked at by
//! a background task: it does not change while requests come.

use std::fmt;
use std::sync::{Mutex as StdMutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Mutex;

use crate::allocator::Lanes;
use crate::metrics::Sheet;
use crate::postgres::{Db, Error};

/// A report takes no longer: a caller may wait for the end of another's look, which is too old for it, and for the
/// next one.
pub const REPORT_MAX: Duration = Duration::from_millis(2_500);
/// A batch of orders takes milliseconds; if one takes longer than this, orders had better go elsewhere.
const BATCH_AGE_MAX: Duration = Duration::from_secs(3);

/// Needs the locks on tables that an order needs, and reads nothing.
const PROBE: &str =
    "SELECT FROM tickets WHERE event_id = 0; SELECT FROM bookings WHERE event_id = 0";

/// What was found, and when.
#[derive(Debug, Clone, Copy)]
struct Seen {
    is_fine: bool,
    asked_at: Instant,
    seen_at: Instant,
}

/// One check of a report.
#[derive(Debug, Clone, Copy)]
pub struct Check {
    /// Of what.
    pub name: &'static str,
    /// Whether nothing is wrong.
    pub is_fine: bool,
    /// How long ago it was made; `None` if it was not made yet.
    pub age: Option<Duration>,
}

/// Whether this process can sell.
#[derive(Debug, Clone)]
pub struct Report {
    /// Each of its checks.
    pub checks: [Check; 4],
    /// For how long a lane has had a batch that it could not commit.
    pub oldest_batch: Duration,
}

impl Report {
    /// Whether all is fine.
    pub fn is_ready(&self) -> bool {
        self.checks.iter().all(|check| check.is_fine)
    }

    /// Whether the check of this name is fine.
    pub fn is_fine(&self, name: &str) -> bool {
        let mut checks = self.checks.iter();
        checks.any(|check| check.name == name && check.is_fine)
    }
}

/// The checks of a process.
#[derive(Debug)]
pub struct Health {
    /// Connections of the sale.
    db: Db,
    lanes: Lanes,
    /// Held by whoever asks the database.
    turn: Mutex<()>,
    database: StdMutex<Option<Seen>>,
    schema: StdMutex<Option<Seen>>,
}

impl Health {
    /// Of the lanes, and of the database by connections of the sale.
    pub fn new(db: Db, lanes: Lanes) -> Self {
        Self {
            db,
            lanes,
            turn: Mutex::default(),
            database: StdMutex::default(),
            schema: StdMutex::default(),
        }
    }

    /// Looks, and says what was seen. `is_leaving` is whether the process is about to stop.
    pub async fn report(&self, is_leaving: bool) -> Report {
        let looked = tokio::time::timeout(REPORT_MAX, self.look()).await;
        if looked.is_err() {
            let now = Instant::now();
            remember(&self.database, false, now);
        }
        self.last(is_leaving)
    }

    /// What was seen last, without a look.
    pub fn last(&self, is_leaving: bool) -> Report {
        let oldest_batch = self.lanes.oldest_batch().unwrap_or_default();
        let now = |name, is_fine| Check {
            name,
            is_fine,
            age: Some(Duration::ZERO),
        };
        Report {
            checks: [
                check("database", &self.database),
                check("migrations", &self.schema),
                now("lanes", oldest_batch <= BATCH_AGE_MAX),
                now("serving", !is_leaving),
            ],
            oldest_batch,
        }
    }

    async fn look(&self) {
        self.look_at_database().await;
        // The first who ask may come before the background task.
        if check("migrations", &self.schema).age.is_none() {
            self.look_at_schema().await.ok();
        }
    }

    /// Whether the database answers, and nobody's lock is in the way of orders. Those who come while somebody looks
    /// share the next look.
    async fn look_at_database(&self) {
        let came_at = Instant::now();
        let _turn = self.turn.lock().await;
        let last = *self.database.lock().unwrap_or_else(PoisonError::into_inner);
        if last.is_some_and(|last| last.asked_at >= came_at) {
            return;
        }
        let asked_at = Instant::now();
        let answers = self.db.answers(PROBE).await;
        remember(&self.database, answers, asked_at);
    }

    /// Whether the schema has all that this program needs. A newer one is fine: servers of the version before go on
    /// selling.
    ///
    /// # Errors
    /// Those of the database; what was seen before is kept.
    pub async fn look_at_schema(&self) -> Result<(), Error> {
        let asked_at = Instant::now();
        let has_all = self.db.has_schema().await?;
        remember(&self.schema, has_all, asked_at);
        Ok(())
    }

    /// Tells what was seen last.
    ///
    /// # Errors
    /// There is no room for it.
    pub fn tell(&self, is_leaving: bool, sheet: &mut Sheet<'_>) -> fmt::Result {
        let report = self.last(is_leaving);
        let ready = f64::from(u8::from(report.is_ready()));
        sheet.gauge(
            "ready",
            "Whether this process can sell (1) or not (0)",
            ready,
        )?;
        let checks = report.checks.iter();
        sheet.gauges(
            "check",
            "Whether a check of /readyz is fine (1) or not (0)",
            checks.map(|check| {
                let fine = f64::from(u8::from(check.is_fine));
                ([("check", check.name)], fine)
            }),
        )?;
        let checks = report.checks.iter();
        sheet.gauges(
            "check_age_seconds",
            "How long ago a check of /readyz was made",
            checks.filter_map(|check| {
                let age = check.age?.as_secs_f64();
                Some(([("check", check.name)], age))
            }),
        )
    }
}

fn remember(cell: &StdMutex<Option<Seen>>, is_fine: bool, asked_at: Instant) {
    *cell.lock().unwrap_or_else(PoisonError::into_inner) = Some(Seen {
        is_fine,
        asked_at,
        seen_at: Instant::now(),
    });
}

fn check(name: &'static str, cell: &StdMutex<Option<Seen>>) -> Check {
    let seen = *cell.lock().unwrap_or_else(PoisonError::into_inner);
    Check {
        name,
        is_fine: seen.is_some_and(|seen| seen.is_fine),
        age: seen.map(|seen| seen.seen_at.elapsed()),
    }
}
