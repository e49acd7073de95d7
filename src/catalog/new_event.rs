//! An event to create, as commands and programs say it.

use chrono_tz::Tz;

use super::facts::{Access, Facts};
use crate::picture::Picture;
use crate::seating::{Position, Rows, SeatKind};
use crate::types::contact::ContactRule;
use crate::types::{Currency, OrganisationNo, SeatNo, TierCode, Timestamp};

/// Where an event is to take place.
#[derive(Debug, Clone)]
pub struct NewVenue {
    /// Its name; with city and country it identifies the venue.
    pub name: String,
    /// Its city.
    pub city: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// The zone in which its times are shown; a venue that exists keeps its own.
    pub time_zone: Tz,
    /// Street and number; a venue that exists keeps its own if none is given.
    pub address: Option<String>,
    /// What it offers to people with a disability; a venue that exists keeps its own if nothing is given.
    pub accessibility: Vec<Access>,
}

/// A tier to create.
#[derive(Debug, Clone)]
pub struct NewTier {
    /// Its code in JSON.
    pub code: TierCode,
    /// Its name on pages.
    pub name: String,
    /// Price of a ticket in minor units.
    pub price_minor: i64,
    /// How many tickets to make.
    pub capacity: i32,
    /// The widths of a row's blocks for numbered seats; none for general admission.
    pub row_blocks: Option<Vec<i16>>,
    /// Places for wheelchairs, and the seats of who comes with them; each seat once.
    pub kinds: Vec<(Position, SeatKind)>,
}

impl NewTier {
    /// The seats of a kind; `None` if there are none. Only of a valid tier.
    pub(super) fn seats_of(&self, kind: SeatKind) -> Option<Vec<SeatNo>> {
        let rows = Rows::new(self.row_blocks.clone()?)?;
        let of_kind = self.kinds.iter().filter(|(_, found)| *found == kind);
        let seats: Vec<SeatNo> = of_kind.filter_map(|(at, _)| rows.seat(*at)).collect();
        (!seats.is_empty()).then_some(seats)
    }
}

/// An event to create.
#[derive(Debug, Clone)]
pub struct NewEvent {
    /// Who runs it.
    pub organisation: OrganisationNo,
    /// Its name.
    pub name: String,
    /// A few sentences.
    pub description: String,
    /// When it starts.
    pub starts_at: Timestamp,
    /// When the sale opens; now if not given.
    pub on_sale_at: Option<Timestamp>,
    /// The currency of its prices.
    pub currency: Currency,
    /// Tickets that one booking may hold at most, 1 to 100.
    pub max_tickets_per_booking: i32,
    /// Tickets that one buyer may hold or own at most; twice the limit of a booking if not given.
    pub max_tickets_per_buyer: Option<i32>,
    /// Seconds for which a pending booking keeps its tickets; what the server is set to if not given.
    pub hold_seconds: Option<i32>,
    /// Its picture, whose files have been written; drawn by the pages if there is none.
    pub picture: Option<Picture>,
    /// Whether buyers leave their name and e-mail address.
    pub contact: ContactRule,
    /// Where it is.
    pub venue: NewVenue,
    /// What a buyer wants to know before paying.
    pub facts: Facts,
    /// The best first.
    pub tiers: Vec<NewTier>,
    /// What its orders cost beside.
    pub charges: crate::price::Charges,
}
