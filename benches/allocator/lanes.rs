//! Concurrent buyers through the lanes of one process and of two processes over one database.

use std::sync::Arc;
use std::time::Duration;

use boxoffice::allocator::{Lanes, Stock};
use boxoffice::postgres::Db;
use boxoffice::types::TierNo;
use criterion::Criterion;
use tokio::runtime::Runtime;

use crate::cluster::Cluster;
use crate::failure::Failure;
use crate::ledger::Ledger;
use crate::rounds::{bench_rounds, counted, database_group};
use crate::shop::{Seating, create_event, lanes, restock, sell};

/// Tickets of each tier; a round takes fewer.
const CAPACITY: i32 = 120_000;
/// The bench that the baselines are compared with.
pub(crate) const HOT: &str = "lanes, general, 1000 buyers, 1 process";
/// The same with adjacent seats.
pub(crate) const HOT_NUMBERED: &str = "lanes, numbered, 1000 buyers, 1 process";

/// The parameters of one bench.
struct Scenario {
    what: &'static str,
    items: &'static [(TierNo, i32)],
    buyers: usize,
    processes: usize,
    bookings: usize,
}

const GENERAL: (&str, &[(TierNo, i32)]) = ("general", &[(TierNo(1), 2)]);
const NUMBERED: (&str, &[(TierNo, i32)]) = ("numbered", &[(TierNo(2), 2)]);
const THREE_TIERS: (&str, &[(TierNo, i32)]) = (
    "three tiers",
    &[(TierNo(1), 1), (TierNo(3), 1), (TierNo(4), 1)],
);

#[rustfmt::skip]
fn scenarios() -> [Scenario; 11] {
    let scenario = |(what, items), buyers, processes, bookings| Scenario { what, items, buyers, processes, bookings };
    [
        scenario(GENERAL, 1, 1, 300),
        scenario(GENERAL, 64, 1, 4_000),
        scenario(GENERAL, 1_000, 1, 10_000),
        scenario(GENERAL, 1, 2, 300),
        scenario(GENERAL, 64, 2, 4_000),
        scenario(GENERAL, 1_000, 2, 10_000),
        scenario(NUMBERED, 64, 1, 4_000),
        scenario(NUMBERED, 1_000, 1, 8_000),
        scenario(NUMBERED, 1_000, 2, 8_000),
        scenario(THREE_TIERS, 64, 1, 3_000),
        scenario(THREE_TIERS, 1_000, 1, 6_000),
    ]
}

pub(crate) fn bench(
    criterion: &mut Criterion,
    runtime: &Runtime,
    cluster: &Cluster,
    ledger: &mut Ledger,
) -> Result<(), Failure> {
    let mut fixture = runtime.block_on(LanesFixture::open(cluster, "lanes"))?;
    let mut group = database_group(criterion, "lanes", Duration::from_secs(3));
    for scenario in scenarios() {
        let Scenario {
            what,
            items,
            buyers,
            processes,
            bookings,
        } = scenario;
        let id = format!(
            "lanes, {what}, {}, {}",
            counted(buyers, "buyer", "buyers"),
            counted(processes, "process", "processes")
        );
        bench_rounds(
            &mut group,
            runtime,
            ledger,
            &id,
            bookings,
            async |bookings| {
                fixture.prepare(items, bookings).await?;
                let lanes = &fixture.processes[..processes];
                Ok(sell(lanes, &fixture.stock, items, buyers, bookings).await)
            },
        );
    }
    group.finish();
    Ok(())
}

/// An event with a general tier, a numbered one and two more general ones, and the lanes of two
/// processes that sell it.
pub(crate) struct LanesFixture {
    dbs: [Db; 2],
    pub(crate) stock: Arc<Stock>,
    pub(crate) processes: Vec<Lanes>,
    /// Free tickets by tier.
    left: Vec<(TierNo, usize)>,
}

impl LanesFixture {
    pub(crate) async fn open(cluster: &Cluster, database: &str) -> Result<Self, Failure> {
        let url = cluster.create(database).await?;
        let dbs = [Db::new(&url, 8)?, Db::new(&url, 8)?];
        let seating = [
            Seating::General,
            Seating::Numbered,
            Seating::General,
            Seating::General,
        ];
        let stock = create_event(&dbs[0], &seating.map(|seating| (CAPACITY, seating))).await?;
        let mut fixture = Self {
            dbs,
            stock,
            processes: Vec::new(),
            left: Vec::new(),
        };
        fixture.reopen().await?;
        Ok(fixture)
    }

    /// Makes sure that there are tickets for `orders` orders.
    pub(crate) async fn prepare(
        &mut self,
        items: &[(TierNo, i32)],
        orders: usize,
    ) -> Result<(), Failure> {
        let enough = items.iter().all(|&(tier, quantity)| {
            let left = self.left.iter().find(|(no, _)| *no == tier);
            left.is_some_and(|&(_, left)| left >= orders * quantity as usize)
        });
        if !enough {
            self.reopen().await?;
        }
        for (tier, left) in &mut self.left {
            let taken = items.iter().filter(|(no, _)| no == tier);
            *left -= taken
                .map(|&(_, quantity)| quantity as usize * orders)
                .sum::<usize>();
        }
        Ok(())
    }

    async fn reopen(&mut self) -> Result<(), Failure> {
        restock(&self.dbs[0]).await?;
        self.left = self
            .stock
            .tiers
            .iter()
            .map(|tier| (tier.no, tier.capacity as usize))
            .collect();
        // Lanes keep a hint where the free tickets start, so they are replaced.
        self.processes = self.dbs.iter().map(lanes).collect();
        // Connections are opened and statements prepared before anything is measured.
        for process in &self.processes {
            sell(std::slice::from_ref(process), &self.stock, GENERAL.1, 1, 5).await;
        }
        self.left[0].1 -= 2 * 5 * self.processes.len();
        Ok(())
    }
}
