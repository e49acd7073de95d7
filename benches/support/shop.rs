//! An event and its buyers without HTTP: orders go to the lanes directly.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use boxoffice::allocator::lanes::Listener;
use boxoffice::allocator::{Item, Lanes, Order, Outcome, Stock};
use boxoffice::catalog::{self, Catalog, NewEvent, NewTier, NewVenue};
use boxoffice::config::AllocatorConfig;
use boxoffice::postgres::Db;
use boxoffice::types::{BuyerId, EventNo, Fingerprint, SeatNo, TierNo};
use uuid::Uuid;

use crate::failure::Failure;

/// How long bookings of a bench hold their tickets: longer than any bench.
pub(crate) const HOLD: Duration = Duration::from_secs(24 * 3600);
/// Seats of a row of a numbered tier, in three blocks.
const ROW_BLOCKS: [i16; 3] = [6, 12, 6];

/// Creates an event whose tiers have these capacities; a numbered one has rows of three blocks.
pub(crate) async fn create_event(db: &Db, tiers: &[(i32, Seating)]) -> Result<Arc<Stock>, Failure> {
    let tiers = tiers
        .iter()
        .enumerate()
        .map(|(index, (capacity, seating))| {
            Ok(NewTier {
                code: format!("tier-{index}").parse()?,
                name: format!("Tier {index}"),
                price_minor: 5_000,
                capacity: *capacity,
                row_blocks: (*seating == Seating::Numbered).then(|| ROW_BLOCKS.to_vec()),
                kinds: Vec::new(),
            })
        });
    let event = NewEvent {
        charges: boxoffice::price::Charges::default(),
        organisation: boxoffice::types::OrganisationNo::FIRST,
        name: "The hottest night of the year".into(),
        description: String::new(),
        starts_at: boxoffice::types::clock::local() + chrono::TimeDelta::days(30),
        on_sale_at: None,
        currency: "USD".parse()?,
        max_tickets_per_booking: 10,
        max_tickets_per_buyer: None,
        hold_seconds: None,
        picture: None,
        contact: Default::default(),
        venue: NewVenue {
            name: "Main Hall".into(),
            city: "New York".into(),
            country: "US".into(),
            time_zone: chrono_tz::America::New_York,
            address: None,
            accessibility: Vec::new(),
        },
        facts: boxoffice::catalog::Facts::default(),
        tiers: tiers.collect::<Result<_, Failure>>()?,
    };
    let id = catalog::create(&db.patient(), &event).await?;
    let event = Catalog::new(db.clone()).event(id).await?;
    Ok(event.ok_or("the event cannot be read back")?.stock.clone())
}

/// Nothing is sold: all tickets of all events are free, and there are no bookings.
pub(crate) async fn restock(db: &Db) -> Result<(), Failure> {
    let client = db.patient().get().await?;
    client
        .batch_execute(
            "TRUNCATE tickets, bookings, booking_items, payments CASCADE;
             INSERT INTO tickets (event_id, tier_no, seat_no, row_no, row_seat)
             SELECT event_id, tier_no, n, (n - 1) / width + 1, (n - 1) % width + 1
             FROM (SELECT *, (SELECT sum(block)::int FROM unnest(row_blocks) AS block) AS width FROM tiers) AS t,
                  generate_series(1, capacity) AS n",
        )
        .await?;
    drop(client);
    settle(db, "tickets").await
}

/// Vacuums a table after a large change, and preallocates WAL segments in place of those that the change used:
/// a server that has run for a while recycles old ones.
pub(crate) async fn settle(db: &Db, table: &str) -> Result<(), Failure> {
    let client = db.patient().get().await?;
    client
        .batch_execute(&format!("VACUUM (ANALYZE) {table}"))
        .await?;
    drop(client);
    Ok(db.patient().preallocate_wal(15).await?)
}

/// The buyer of the tickets that were sold before the measurement began.
pub(crate) const SOLD_BEFORE: Uuid = Uuid::max();

/// Frees what has been sold since the start and deletes its bookings; [`SOLD_BEFORE`] stays sold.
pub(crate) async fn give_back(db: &Db) -> Result<(), Failure> {
    let client = db.patient().get().await?;
    client
        .execute(
            "UPDATE tickets SET booking_id = NULL WHERE booking_id <> $1",
            &[&SOLD_BEFORE],
        )
        .await?;
    client
        .batch_execute("TRUNCATE bookings, booking_items, payments CASCADE")
        .await?;
    drop(client);
    settle(db, "tickets").await
}

/// How a tier is seated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Seating {
    General,
    Numbered,
}

/// An order of a new buyer: a quantity of each tier, tiers ascending.
pub(crate) fn order(items: &[(TierNo, i32)]) -> Order {
    let buyer = BuyerId(Uuid::new_v4());
    let items: Vec<Item> = items
        .iter()
        .map(|&(tier, quantity)| Item {
            tier,
            stock: tier,
            quantity,
            unit_price_minor: 5_000,
            seats: None,
        })
        .collect();
    Order {
        buyer,
        key: Uuid::new_v4()
            .to_string()
            .parse()
            .expect("printable characters"),
        fingerprint: Fingerprint::of([buyer.0.as_bytes().as_slice()]),
        priced: None,
        total_minor: items
            .iter()
            .map(|item| item.unit_price_minor * i64::from(item.quantity))
            .sum(),
        confirmed_as: None,
        items,
    }
}

/// Lanes with the product's own settings, as one process has them.
pub(crate) fn lanes(db: &Db) -> Lanes {
    lanes_with_hold(db, HOLD)
}

/// As [`lanes`], with bookings that hold their tickets for so long.
pub(crate) fn lanes_with_hold(db: &Db, hold: Duration) -> Lanes {
    Lanes::new(
        db.clone(),
        AllocatorConfig::default(),
        hold,
        Arc::new(NoopListener),
    )
}

struct NoopListener;

impl Listener for NoopListener {
    fn taken(&self, _: EventNo, _: TierNo, _: i32, _: &[SeatNo]) {}
    fn released(&self, _: EventNo, _: TierNo, _: &[SeatNo]) {}
    fn found_taken(&self, _: EventNo, _: &[(TierNo, SeatNo)]) {}
}

/// Sells `bookings` bookings to buyers who each send the next order as soon as the last one is answered, spread
/// over the processes' lanes. Returns how long it took.
pub(crate) async fn sell(
    processes: &[Lanes],
    stock: &Arc<Stock>,
    items: &[(TierNo, i32)],
    buyers: usize,
    bookings: usize,
) -> Duration {
    let left = Arc::new(AtomicUsize::new(bookings));
    let started = Instant::now();
    let tasks: Vec<_> = (0..buyers.min(bookings))
        .map(|buyer| {
            let lanes = processes[buyer % processes.len()].clone();
            let (stock, left, items) = (stock.clone(), left.clone(), items.to_vec());
            tokio::spawn(async move {
                while take_one(&left) {
                    let outcome = lanes.book(&stock, order(&items)).await;
                    assert!(matches!(outcome, Outcome::Booked(_)), "{outcome:?}");
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("every order is booked");
    }
    started.elapsed()
}

/// Decrements the counter; false if it is 0.
pub(crate) fn take_one(left: &AtomicUsize) -> bool {
    left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
        left.checked_sub(1)
    })
    .is_ok()
}
