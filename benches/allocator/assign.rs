//! The seat assignment alone: no database, no clock.

use std::hint::black_box;
use std::time::Duration;

use boxoffice::allocator::assign::Pool;
use boxoffice::allocator::{Order, Stock, TierStock};
use boxoffice::seating::Rows;
use boxoffice::types::{EventNo, SeatNo, TierNo};
use criterion::{Criterion, Throughput};

use crate::failure::Failure;
use crate::shop::order;

const ORDERS: i32 = 256;
const CAPACITY: i32 = 100_000;
pub(crate) const TIER: TierNo = TierNo(1);

pub(crate) fn bench(criterion: &mut Criterion) -> Result<(), Failure> {
    let orders: Vec<Order> = (0..ORDERS).map(|n| order(&[(TIER, 1 + n % 4)])).collect();
    let tickets: i32 = orders.iter().map(|order| order.items[0].quantity).sum();
    let rows = Rows::new(vec![6, 12, 6]).ok_or("the rows make sense")?;
    // As many as are wanted and two rows more, as the allocator locks them.
    let locked = tickets + 2 * rows.seats_per_row();
    let front: Vec<_> = (1..=locked).map(|seat| (TIER, SeatNo(seat))).collect();
    // Every third seat is gone.
    let holed: Vec<_> = (1..=locked * 3 / 2)
        .filter(|seat| seat % 3 != 0)
        .map(|seat| (TIER, SeatNo(seat)))
        .collect();
    let mut group = criterion.benchmark_group("assign");
    group
        .throughput(Throughput::Elements(ORDERS as u64))
        .sample_size(30)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2));
    for (id, rows, locked) in [
        ("general", None, &front),
        ("numbered", Some(rows.clone()), &front),
        ("numbered, every third seat gone", Some(rows), &holed),
    ] {
        let stock = stock(rows)?;
        group.bench_function(id, |bencher| {
            bencher.iter(|| {
                let mut pool = Pool::new(&stock, black_box(locked));
                for order in &orders {
                    black_box(pool.take(order).expect("there are seats enough"));
                }
            });
        });
    }
    group.finish();
    Ok(())
}

/// An event of one tier.
pub(crate) fn stock(rows: Option<Rows>) -> Result<Stock, Failure> {
    Ok(Stock {
        event: EventNo(1),
        currency: "USD".parse()?,
        tiers: vec![TierStock {
            stock: TIER,
            no: TIER,
            capacity: CAPACITY,
            rows,
            window: boxoffice::allocator::Window::default(),
        }],
    })
}
