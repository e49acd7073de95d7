//! The kinds of faults, and in which order and for how long they come.

use std::fmt::{Display, Formatter, Result};
use std::time::Duration;

use crate::rng::Rng;

/// A kind of fault: a row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    ServerKilled,
    FaultPoint,
    ServerFrozen,
    ClockOff,
    PostgresKilled,
    BackendKilled,
    PostgresFrozen,
    StandbyPromoted,
    StandbyHung,
    DiskFull,
    ConnectionsCut,
    ConnectionsReset,
    CommitLost,
    NetworkDark,
    NetworkSlow,
    HoldsEnded,
}

/// Each, with how many of a thousand faults are of it.
const SHARES: [(Kind, usize); 16] = [
    (Kind::ServerKilled, 196),
    (Kind::FaultPoint, 190),
    (Kind::ServerFrozen, 22),
    (Kind::ClockOff, 30),
    (Kind::PostgresKilled, 50),
    (Kind::BackendKilled, 60),
    (Kind::PostgresFrozen, 22),
    (Kind::StandbyPromoted, 8),
    (Kind::StandbyHung, 4),
    (Kind::DiskFull, 12),
    (Kind::ConnectionsCut, 150),
    (Kind::ConnectionsReset, 90),
    (Kind::CommitLost, 60),
    (Kind::NetworkDark, 22),
    (Kind::NetworkSlow, 14),
    (Kind::HoldsEnded, 70),
];
/// Of the kinds that last, so many last [`LONG`] in a long run.
const LONG_ONES: usize = 2;
const LONG: Duration = Duration::from_secs(30);

impl Kind {
    pub(crate) const ALL: [Self; 16] = {
        let mut all = [Self::ServerKilled; 16];
        let mut next = 0;
        while next < all.len() {
            all[next] = SHARES[next].0;
            next += 1;
        }
        all
    };

    /// Whether it lasts as long as one likes, up to [`LONG`].
    fn lasts(self) -> bool {
        matches!(
            self,
            Self::ServerFrozen | Self::PostgresFrozen | Self::NetworkDark
        )
    }
}

impl Display for Kind {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str(match self {
            Self::ServerKilled => "`kill -9` of one of two servers",
            Self::FaultPoint => "a server exits at one of nine points while paying",
            Self::ServerFrozen => "SIGSTOP of one of two servers, 1 to 30 s",
            Self::ClockOff => "a server's clock a day off",
            Self::PostgresKilled => "`kill -9` of PostgreSQL",
            Self::BackendKilled => "`kill -9` of a backend of PostgreSQL",
            Self::PostgresFrozen => "SIGSTOP of PostgreSQL, 1 to 30 s",
            Self::StandbyPromoted => "the primary dies, a standby is promoted",
            Self::StandbyHung => {
                "the standby hangs for 6 s, then the primary dies and it is promoted"
            }
            Self::DiskFull => "PostgreSQL's disk is full, 1 to 4 s",
            Self::ConnectionsCut => "all backends terminated",
            Self::ConnectionsReset => "all connections to PostgreSQL reset",
            Self::CommitLost => "the answer to a COMMIT is swallowed",
            Self::NetworkDark => "nothing is forwarded to PostgreSQL, 1 to 30 s",
            Self::NetworkSlow => "500 ms more to PostgreSQL, 1 to 5 s",
            Self::HoldsEnded => "all holds end, also those being paid",
        })
    }
}

/// A fault to come: how long it lasts if it does, and at which point.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fault {
    pub(crate) kind: Kind,
    pub(crate) time: Duration,
    pub(crate) point: &'static str,
}

/// One of each kind, and one at each fault point, all of them short.
pub(crate) fn short_plan(rng: &mut Rng, points: &[&'static str]) -> Vec<Fault> {
    let short = |(kind, point)| Fault {
        kind,
        time: Duration::from_secs(1),
        point,
    };
    let others = Kind::ALL
        .into_iter()
        .filter(|kind| *kind != Kind::FaultPoint);
    let points = points.iter().map(|point| (Kind::FaultPoint, *point));
    let mut plan: Vec<_> = others
        .map(|kind| (kind, ""))
        .chain(points)
        .map(short)
        .collect();
    rng.shuffle(&mut plan);
    plan
}

/// A thousand, of all kinds.
pub(crate) fn long_plan(rng: &mut Rng, points: &[&'static str]) -> Vec<Fault> {
    let mut plan = Vec::new();
    for (kind, times) in SHARES {
        for number in 0..times {
            let time = match kind {
                _ if kind.lasts() && number < LONG_ONES => LONG,
                _ if kind.lasts() => Duration::from_millis(1_000 + rng.below(7_000)),
                Kind::NetworkSlow => Duration::from_millis(1_000 + rng.below(4_000)),
                Kind::DiskFull => Duration::from_millis(1_000 + rng.below(3_000)),
                _ => Duration::from_millis(rng.below(2_000)),
            };
            let point = points[number % points.len()];
            plan.push(Fault { kind, time, point });
        }
    }
    rng.shuffle(&mut plan);
    plan
}
