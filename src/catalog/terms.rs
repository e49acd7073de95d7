//! How a tier is sold beside its price: when, to whom, how many in one order, and where it stands among the others.

use crate::allocator::Window;

/// On what terms a tier is sold.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Terms {
    /// Where it stands among the tiers of its event; those that stand equal are in the order of their numbers.
    pub position: i16,
    /// When it is sold.
    pub window: Window,
    /// Tickets that an order has at least if it has any of the tier.
    pub min_tickets: Option<i16>,
    /// Tickets that an order has at most of the tier.
    pub max_tickets: Option<i16>,
    /// Whether it is shown to nobody who does not name a code that unlocks it.
    pub hidden: bool,
}

impl Terms {
    /// Tickets of one order at least, if it has any of the tier.
    pub fn least(&self) -> i32 {
        self.min_tickets.map_or(1, i32::from)
    }

    /// Tickets of one order at most; `of_booking` is what a booking of the event may hold.
    pub fn most(&self, of_booking: i32) -> i32 {
        self.max_tickets
            .map_or(of_booking, |most| of_booking.min(most.into()))
    }
}
