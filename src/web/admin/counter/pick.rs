//! The choice of tickets on a form: a number of each tier, or its very seats, ticked in a map that opens by a button.
//!
//! What must hold: what was typed or ticked is never lost when a map opens or the form is refused; a map is read in
//! parts, so that a page of a large hall stays small.

use super::form::value_of;
use crate::app::App;
use crate::availability::seats::{SeatState, Seats};
use crate::booking::{RequestedItem, RequestedSeat};
use crate::catalog::{Event, Tier};
use crate::seating::{RowSeat, Rows};
use crate::web::error::Error;
use crate::web::form::read_seat;
use crate::web::view::format::Format;

/// Seats of one part of a map at most, in whole rows.
const PART_SEATS: i32 = 600;
/// Seats that a form may tick at most.
const TICKED_MAX: usize = 2_000;
/// Quantities that are read: twice as many as an event has tiers at most, so a form with more names one twice.
const QUANTITIES_MAX: usize = 200;

/// What a form asks for, as it was typed.
#[derive(Debug, Clone, Default)]
pub(super) struct Picked {
    /// Tier codes and numbers.
    quantities: Vec<(String, String)>,
    /// Whether there are more than are read.
    has_more: bool,
    /// `vip:A:7`
    seats: Vec<String>,
    /// The tier whose map is open, and which part of it: `vip`, `vip.2`.
    map: Option<String>,
}

impl Picked {
    /// Of the fields of a form, or of a query.
    pub(super) fn of(fields: &[(String, String)]) -> Self {
        let quantities = fields.iter().filter_map(|(name, value)| {
            let code = name.strip_prefix("qty-")?;
            Some((code.to_owned(), value.trim().to_owned()))
        });
        let ticked = fields.iter().filter(|(name, _)| name == "seat");
        // The button that opens a map comes last.
        let map = fields.iter().rfind(|(name, _)| name == "map");
        let mut seats: Vec<String> = ticked
            .map(|(_, value)| value.clone())
            .take(TICKED_MAX)
            .collect();
        seats.sort();
        seats.dedup();
        let mut quantities: Vec<_> = quantities.take(QUANTITIES_MAX + 1).collect();
        let has_more = quantities.len() > QUANTITIES_MAX;
        quantities.truncate(QUANTITIES_MAX);
        Self {
            quantities,
            has_more,
            seats,
            map: map.map(|(_, value)| value.clone()),
        }
    }

    /// Quantities of the tiers of which no seat is ticked. Text that is no number asks for none, which is refused; so are
    /// more quantities than are read.
    pub(super) fn items(&self) -> Vec<RequestedItem> {
        let quantities = self.quantities.iter();
        let typed = quantities.filter(|(code, text)| {
            !text.is_empty() && text != "0" && self.ticked_of(code).next().is_none()
        });
        let typed = typed.map(|(code, text)| RequestedItem {
            tier: code.clone(),
            quantity: text.parse().unwrap_or(-1),
        });
        let no_tier = self.has_more.then(|| RequestedItem {
            tier: String::new(),
            quantity: -1,
        });
        typed.chain(no_tier).collect()
    }

    /// The seats that are ticked.
    pub(super) fn seats(&self) -> Vec<RequestedSeat> {
        self.seats.iter().map(|text| read_seat(text)).collect()
    }

    /// Whether anything is asked for.
    pub(super) fn is_empty(&self) -> bool {
        self.items().is_empty() && self.seats.is_empty()
    }

    /// The fields that ask for the same again.
    pub(super) fn hidden(&self) -> Vec<(String, String)> {
        let quantities = self.quantities.iter();
        let quantities = quantities.map(|(code, text)| (format!("qty-{code}"), text.clone()));
        let seats = self.seats.iter();
        let seats = seats.map(|seat| ("seat".to_owned(), seat.clone()));
        quantities.chain(seats).collect()
    }

    fn ticked_of<'a>(&'a self, code: &'a str) -> impl Iterator<Item = &'a str> {
        let seats = self.seats.iter().map(String::as_str);
        seats.filter(move |seat| seat.split(':').next() == Some(code))
    }

    /// Which part of a tier's map is open, counted from 0.
    fn part_of(&self, code: &str) -> Option<usize> {
        match self.map.as_deref()?.strip_prefix(code)? {
            "" => Some(0),
            rest => Some(rest.strip_prefix('.')?.parse::<usize>().ok()?.max(1) - 1),
        }
    }
}

/// The choice as a page shows it.
pub(super) struct Pick {
    pub(super) tiers: Vec<PickTier>,
}

/// A tier of it.
pub(super) struct PickTier {
    pub(super) code: String,
    pub(super) name: String,
    pub(super) price: String,
    pub(super) free: i32,
    pub(super) quantity: String,
    pub(super) has_seats: bool,
    pub(super) map: Option<Map>,
    /// Seats that are ticked and not in the open part of a map.
    pub(super) elsewhere: Vec<Seat>,
}

/// A part of a tier's map.
pub(super) struct Map {
    /// What opens another part, and its rows; none if there is one part.
    pub(super) parts: Vec<(String, String, bool)>,
    pub(super) rows: Vec<(String, Vec<Seat>)>,
}

/// A seat to tick.
pub(super) struct Seat {
    pub(super) value: String,
    pub(super) text: String,
    pub(super) is_free: bool,
    pub(super) is_ticked: bool,
    pub(super) is_after_aisle: bool,
}

impl Pick {
    /// What there is, with what was picked.
    ///
    /// # Errors
    /// Those of the database.
    pub(super) async fn of(
        app: &App,
        event: &Event,
        picked: &Picked,
        format: &Format,
    ) -> Result<Self, Error> {
        let counts = app.availability.of(event).await?;
        let mut tiers = Vec::with_capacity(event.tiers.len());
        for tier in &event.tiers {
            let part = picked.part_of(tier.code.as_str());
            let map = match (&tier.rows, part) {
                (Some(rows), Some(part)) => {
                    let seats = app.availability.seats(event, tier).await?;
                    Some(Map::of(tier, rows, &seats, picked, part))
                }
                _ => None,
            };
            let code = tier.code.to_string();
            let shown = |value: &str| {
                let mut seats = map.iter().flat_map(|map| &map.rows);
                seats.any(|(_, row)| row.iter().any(|seat| seat.value == value))
            };
            let elsewhere = picked.ticked_of(&code).filter(|value| !shown(value));
            let elsewhere = elsewhere.map(Seat::elsewhere).collect();
            let mut quantities = picked.quantities.iter();
            let typed = quantities.rfind(|(of, _)| *of == code);
            tiers.push(PickTier {
                name: tier.name.clone(),
                price: format.money(event.money(tier.price_minor)),
                free: counts.tier(tier.no).map_or(0, |count| count.available),
                quantity: typed.map_or_else(String::new, |(_, text)| text.clone()),
                has_seats: tier.rows.is_some(),
                map,
                elsewhere,
                code,
            });
        }
        Ok(Self { tiers })
    }
}

impl Map {
    fn of(tier: &Tier, rows: &Rows, seats: &Seats, picked: &Picked, part: usize) -> Self {
        let parts = rows.parts(tier.capacity, PART_SEATS);
        let part = part.min(parts.len().saturating_sub(1));
        let named = parts.iter().zip(0..).map(|(rows_of_part, number)| {
            let (first, last) = (rows_of_part.start, rows_of_part.end - 1);
            let opens = format!("{}.{}", tier.code, number + 1);
            let label = match first == last {
                true => rows.row_label(first),
                false => format!("{}–{}", rows.row_label(first), rows.row_label(last)),
            };
            (opens, label, number == part)
        });
        let row = |row: i32| {
            let label = rows.row_label(row);
            let of_row = rows.seats_of_row(row, tier.capacity);
            let shown = of_row.iter().zip(0..);
            let shown =
                shown.map(|(seat, at)| Seat::of(tier, &label, *seat, at > 0, seats, picked));
            let shown = shown.collect();
            (label, shown)
        };
        let shown = parts.get(part).cloned().unwrap_or_default();
        Self {
            parts: if parts.len() > 1 {
                named.collect()
            } else {
                Vec::new()
            },
            rows: shown.map(row).collect(),
        }
    }
}

impl Seat {
    fn of(
        tier: &Tier,
        row: &str,
        seat: RowSeat,
        has_left: bool,
        seats: &Seats,
        picked: &Picked,
    ) -> Self {
        let value = format!("{}:{row}:{}", tier.code, seat.number);
        Self {
            text: seat.number.to_string(),
            is_free: seats.states.get(seat.no.0 as usize - 1) == Some(&SeatState::Free),
            is_ticked: picked.seats.contains(&value),
            is_after_aisle: has_left && seat.gap > 0,
            value,
        }
    }

    fn elsewhere(value: &str) -> Self {
        let label = value.split_once(':').map_or(value, |(_, seat)| seat);
        let text = label.rsplit_once(':').map_or_else(
            || label.to_owned(),
            |(row, number)| format!("{row}-{number}"),
        );
        Self {
            value: value.to_owned(),
            text,
            is_free: true,
            is_ticked: true,
            is_after_aisle: false,
        }
    }
}

/// A field without the spaces around it.
pub(super) fn text<'a>(fields: &'a [(String, String)], name: &str) -> &'a str {
    value_of(fields, name).unwrap_or_default().trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        let pairs = pairs.iter();
        pairs
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn ticked_seats_take_the_place_of_a_number_and_nothing_is_lost() {
        let picked = Picked::of(&fields(&[
            ("qty-vip", "3"),
            ("qty-ga", "2"),
            ("qty-old", ""),
            ("qty-no", "x"),
            ("seat", "vip:A:7"),
            ("seat", "vip:A:7"),
            ("map", "ga"),
            ("map", "vip.2"),
        ]));
        let items: Vec<_> = picked
            .items()
            .into_iter()
            .map(|item| (item.tier, item.quantity))
            .collect();
        assert_eq!(items, [("ga".to_owned(), 2), ("no".to_owned(), -1)]);
        let seats: Vec<_> = picked
            .seats()
            .into_iter()
            .map(|seat| (seat.row, seat.number))
            .collect();
        assert_eq!(seats, [("A".to_owned(), 7)]);
        assert_eq!(
            (picked.part_of("vip"), picked.part_of("ga")),
            (Some(1), None)
        );
        assert_eq!(picked.hidden().len(), 5);
        assert!(Picked::of(&fields(&[("qty-vip", "0")])).is_empty());
    }

    #[test]
    fn a_form_with_more_quantities_than_there_can_be_tiers_asks_for_what_nobody_sells() {
        let many = vec![("qty-vip", "0"); 10_000];
        let picked = Picked::of(&fields(&many));
        assert_eq!(picked.hidden().len(), QUANTITIES_MAX);
        let items = picked.items();
        assert_eq!((items.len(), items[0].quantity), (1, -1));
    }
}
