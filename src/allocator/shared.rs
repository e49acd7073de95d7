//! What all lanes of a process share, and who hears of what they have done.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::task::TaskTracker;

use super::figures::Figures;
use super::first_free::Freed;
use super::order::{Order, Outcome, Stock};
use super::progress::Progress;
use super::release::Released;
use crate::config::AllocatorConfig;
use crate::postgres::Db;
use crate::types::{BookingId, EventNo, SeatNo, TierNo};

/// Is notified, after the commit, of tickets that this process has taken or released. It is called on the way to
/// every answer, so it must cost next to nothing. Tiers are those whose tickets they are, as whichever tier they are sold.
pub trait Listener: Send + Sync + 'static {
    /// `quantity` tickets of the tier were taken: these, as far as they are known.
    fn taken(&self, event: EventNo, tier: TierNo, quantity: i32, seats: &[SeatNo]);
    /// These tickets of the tier were released.
    fn released(&self, event: EventNo, tier: TierNo, seats: &[SeatNo]);
    /// These tickets, which a buyer had asked for, belong to others.
    fn found_taken(&self, event: EventNo, seats: &[(TierNo, SeatNo)]);
}

/// What all lanes of a process share.
pub(super) struct Shared {
    pub(super) db: Db,
    pub(super) config: AllocatorConfig,
    pub(super) hold: Duration,
    pub(super) listener: Arc<dyn Listener>,
    pub(super) tasks: TaskTracker,
    pub(super) progress: Arc<Progress>,
    pub(super) figures: Figures,
}

impl Shared {
    /// Tells the listener what has become of an order.
    pub(super) fn tell(&self, stock: &Stock, order: &Order, outcome: &Outcome) {
        let event = stock.event;
        match outcome {
            Outcome::Booked(booked) => {
                for (item, taken) in order.items.iter().zip(&booked.items) {
                    self.listener
                        .taken(event, item.stock, item.quantity, &taken.seats);
                }
            }
            // Which tickets it has got, the earlier attempt would have known.
            Outcome::Committed(_) => {
                for item in &order.items {
                    let named = item.seats.as_deref().unwrap_or_default();
                    self.listener.taken(event, item.stock, item.quantity, named);
                }
            }
            Outcome::SeatsTaken(seats) => {
                let tickets = seats
                    .iter()
                    .map(|&(tier, seat)| (stock.stock_of(tier), seat));
                self.listener
                    .found_taken(event, &tickets.collect::<Vec<_>>());
            }
            _ => {}
        }
    }

    /// Counts holds that have expired, and logs each.
    pub(super) fn expired(&self, event: EventNo, bookings: &[BookingId]) {
        self.figures.expire(bookings.len());
        for booking in bookings {
            log::info!(booking:% = booking, event_no = event.0; "expired: its hold was not paid");
        }
    }

    /// Notifies the lanes and the listener of released tickets.
    pub(super) fn released(&self, event: EventNo, freed: Option<&Freed>, released: &[Released]) {
        for tier in released {
            if let Some(freed) = freed {
                freed.add(tier.tier, &tier.seats);
            }
            self.listener.released(event, tier.tier, &tier.seats);
        }
    }
}
