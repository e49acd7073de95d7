//! Date, venue and picture of an event, as several pages show them. What must hold: times are in the venue's zone
//! and in the reader's locale. No queries, and nothing about tickets.

use std::sync::{Arc, LazyLock};

use super::kept::Kept;
use super::moved_view::MovedFacts;
use super::picture_view::PictureView;
use crate::catalog::{Event, Facts};
use crate::types::{EventId, Timestamp};
use crate::web::view::artwork::{Artwork, Look};
use crate::web::view::format::{self, Format};

static KEPT: LazyLock<Kept<EventFacts>> = LazyLock::new(Kept::new);

/// A word of more letters would be cut in the large type that a name is set in on a phone.
const LONG_WORD: usize = 17;

/// What pages show of an event, formatted for one reader.
#[derive(Debug)]
pub(super) struct EventFacts {
    /// Its public id.
    pub id: EventId,
    /// The path of its page.
    pub path: String,
    /// Where JSON about it begins.
    pub api_path: String,
    /// Its name.
    pub name: String,
    /// `Friday, June 12, 2026, 7:30 PM`, in the venue's zone.
    pub date_and_time: String,
    /// `Fri, Jun 12, 2026, 7:30 PM`
    pub date_time: String,
    /// `Portugal Time, GMT+1`
    pub zone: String,
    /// The zone's IANA name, for scripts.
    pub zone_name: &'static str,
    /// The start, for scripts.
    pub starts_at: String,
    /// The venue's name.
    pub venue: String,
    /// The venue's city.
    pub city: String,
    /// The venue's country, by name.
    pub country: String,
    /// `Lisbon, Portugal`
    pub city_country: String,
    /// `Sala do Cais, Lisbon`
    pub venue_city: String,
    /// What a buyer accepts by paying, if the organiser has said it.
    pub terms: Option<Terms>,
    /// Its picture, if it has one.
    pub picture: Option<PictureView>,
    /// Its drawing, for when it has no picture.
    pub artwork: Arc<Artwork>,
    /// What the drawing looks like.
    pub look: Look,
    /// The start.
    begins_at: Timestamp,
    /// Whether it does not take place.
    pub is_off: bool,
    /// What it was before it was moved.
    pub moved: Option<MovedFacts>,
}

/// What the page says on which a buyer pays.
#[derive(Debug)]
pub(super) struct Terms {
    /// The refund policy, if it is short.
    pub refunds: Option<String>,
    /// Where the event's page says all of it.
    pub anchor: &'static str,
}

/// Letters of a refund policy that is said where the buyer pays.
const SHORT: usize = 300;

impl Terms {
    fn new(facts: &Facts) -> Option<Self> {
        let refunds = facts.refund_policy.clone();
        let anchor = match (&refunds, &facts.terms) {
            (Some(_), _) => "refunds",
            (None, Some(_)) => "terms",
            (None, None) => return None,
        };
        let refunds = refunds.filter(|text| text.chars().count() <= SHORT);
        Some(Self { refunds, anchor })
    }
}

impl EventFacts {
    /// Of an event, for one reader; made once for all readers in the locale.
    pub(super) fn of(event: &Arc<Event>, format: &Format) -> Arc<Self> {
        KEPT.get(event, format, |_| true, || Self::new(event, format))
    }

    /// Whether its name has a word that is too long for large type on a phone.
    pub(super) fn has_long_word(&self) -> bool {
        let mut words = self.name.split([' ', '-']);
        words.any(|word| word.chars().count() > LONG_WORD)
    }

    /// How often it was moved.
    pub(super) fn moves(&self) -> i32 {
        self.moved.as_ref().map_or(0, |moved| moved.number)
    }

    /// Whether it has begun by this time.
    pub(super) fn has_begun(&self, now: Timestamp) -> bool {
        self.begins_at <= now
    }

    /// Whether it is over for buyers: it has begun, or does not take place.
    pub(super) fn is_past(&self, now: Timestamp) -> bool {
        self.is_off || self.has_begun(now)
    }

    fn new(event: &Event, format: &Format) -> Self {
        let (at, zone) = (event.starts_at, event.venue.time_zone);
        let look = Look::of(event.no, Some(event.facts.genre.as_str()));
        let country = format.country(&event.venue.country);
        Self {
            id: event.id,
            path: format!("{}/events/{}", format.prefix, event.address),
            api_path: format!("/api/events/{}", event.id),
            name: event.name.clone(),
            date_and_time: format.words.with(
                "event-date-time",
                &[
                    ("date", &format.date(at, zone)),
                    ("time", &format.time(at, zone)),
                ],
            ),
            date_time: format.date_time(at, zone),
            zone: format.zone(at, zone),
            zone_name: zone.name(),
            starts_at: format::machine_time(at),
            city_country: format.two_parts(&event.venue.city, &country),
            venue_city: format.two_parts(&event.venue.name, &event.venue.city),
            venue: event.venue.name.clone(),
            city: event.venue.city.clone(),
            country,
            terms: Terms::new(&event.facts),
            picture: event.picture.as_ref().map(PictureView::of),
            artwork: Arc::new(Artwork::of(event.id, look)),
            look,
            begins_at: at,
            is_off: event.called_off_at.is_some(),
            moved: MovedFacts::of(event, format),
        }
    }
}
