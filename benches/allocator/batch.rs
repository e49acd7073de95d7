//! One call of `batch::allocate` by the size of the batch, the tiers of an order, and how much of
//! the event is sold. What is sold is scattered over the whole tier, as holds that came back leave
//! it: harder than a front that is sold and a rest that is not.

use std::sync::Arc;
use std::time::{Duration, Instant};

use boxoffice::allocator::batch::allocate;
use boxoffice::allocator::first_free::FirstFree;
use boxoffice::allocator::{Candidate, Order, Outcome, Stock, Verdict};
use boxoffice::postgres::Db;
use boxoffice::types::{BookingId, Reference, TierNo};
use criterion::{BenchmarkId, Criterion, Throughput};
use tokio::runtime::Runtime;

use crate::cluster::Cluster;
use crate::failure::Failure;
use crate::rounds::database_group;
use crate::shop::{HOLD, SOLD_BEFORE, Seating, create_event, give_back, order};

const SIZES: [usize; 5] = [1, 8, 64, 256, 1_024];
/// Enough that the largest batch finds what it wants when 99% are sold.
const CAPACITIES: [i32; 3] = [250_000, 120_000, 120_000];
const ONE_TIER: &[(TierNo, i32)] = &[(TierNo(1), 2)];
const THREE_TIERS: &[(TierNo, i32)] = &[(TierNo(1), 1), (TierNo(2), 1), (TierNo(3), 1)];

pub(crate) fn bench(
    criterion: &mut Criterion,
    runtime: &Runtime,
    cluster: &Cluster,
) -> Result<(), Failure> {
    for (fill, sold_percent) in [("empty", 0), ("half sold", 50), ("99% sold", 99)] {
        let mut sold_event = runtime.block_on(SoldEvent::open(cluster, sold_percent))?;
        let name = format!("batch, {fill}");
        let mut group = database_group(criterion, &name, Duration::from_secs(1));
        for (tiers, items) in [("1 tier", ONE_TIER), ("3 tiers", THREE_TIERS)] {
            for size in SIZES {
                group.throughput(Throughput::Elements(size as u64));
                group.bench_function(BenchmarkId::new(tiers, size), |bencher| {
                    bencher.iter_custom(|rounds| {
                        let batches = async {
                            let mut total = Duration::ZERO;
                            for _ in 0..rounds {
                                total += sold_event.allocate(items, size).await?;
                            }
                            Ok::<_, Failure>(total)
                        };
                        runtime.block_on(batches).expect("every order is booked")
                    });
                });
            }
        }
        group.finish();
    }
    Ok(())
}

/// An event that is partly sold.
struct SoldEvent {
    db: Db,
    stock: Arc<Stock>,
    first_free: FirstFree,
    /// Free tickets by tier.
    left: Vec<i64>,
}

impl SoldEvent {
    async fn open(cluster: &Cluster, sold_percent: i32) -> Result<Self, Failure> {
        let url = cluster.create(&format!("batch_{sold_percent}")).await?;
        let db = Db::new(&url, 4)?;
        let tiers = CAPACITIES.map(|capacity| (capacity, Seating::General));
        let stock = create_event(&db, &tiers).await?;
        let client = db.patient().get().await?;
        client
            .execute(
                "UPDATE tickets SET booking_id = $1
                 WHERE (hashint4(seat_no) & 2147483647) % 100 < $2",
                &[&SOLD_BEFORE, &sold_percent],
            )
            .await?;
        drop(client);
        let mut sold_event = Self {
            db,
            first_free: FirstFree::default(),
            stock,
            left: Vec::new(),
        };
        sold_event.give_back().await?;
        Ok(sold_event)
    }

    /// How long one batch takes.
    async fn allocate(
        &mut self,
        items: &[(TierNo, i32)],
        size: usize,
    ) -> Result<Duration, Failure> {
        let wanted = |quantity: i32| i64::from(quantity) * size as i64;
        let short =
            |&(tier, quantity): &(TierNo, i32)| self.left[tier.0 as usize - 1] < wanted(quantity);
        if items.iter().any(short) {
            self.give_back().await?;
        }
        for &(tier, quantity) in items {
            self.left[tier.0 as usize - 1] -= wanted(quantity);
        }
        let mut orders: Vec<Order> = (0..size).map(|_| order(items)).collect();
        // Ids in the order in which a lane assigns them.
        orders.sort_unstable_by(|a, b| a.identity().cmp(&b.identity()));
        let orders = orders.iter().map(|order| Candidate {
            id: BookingId::make(),
            reference: Reference::make(),
            order,
        });
        let orders: Vec<_> = orders.collect();
        let started = Instant::now();
        let verdicts = allocate(&self.db, &self.stock, &orders, HOLD, &mut self.first_free).await?;
        let elapsed = started.elapsed();
        let booked = |verdict: &Verdict| matches!(verdict, Verdict::Done(Outcome::Booked(_)));
        if !verdicts.iter().all(booked) {
            return Err("an order was not booked".into());
        }
        Ok(elapsed)
    }

    /// Frees what the batches have taken.
    async fn give_back(&mut self) -> Result<(), Failure> {
        give_back(&self.db).await?;
        let client = self.db.patient().get().await?;
        let rows = client
            .query(
                "SELECT count(*) FILTER (WHERE booking_id IS NULL) FROM tickets GROUP BY tier_no ORDER BY tier_no",
                &[],
            )
            .await?;
        self.left = rows.iter().map(|row| row.get(0)).collect();
        self.first_free = FirstFree::default();
        Ok(())
    }
}
