//! Pages as they were rendered last: in an on-sale thousands ask for the same page in the same second.
//!
//! What must hold: a reader is shown the counts of now, of other dates what is known of them, and a clock and a form's key of their own; what else a page
//! shows is at most [`AGE_MAX`] old; what is kept is bounded.

use std::sync::{Arc, OnceLock};

use actix_web::http::StatusCode;
use actix_web::http::header::ContentEncoding;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono::TimeDelta;
use icu_locale_core::Locale;
use moka::policy::EvictionPolicy;
use moka::sync::Cache;

use super::event_view::Date;
use super::form::fresh_key;
use super::frame::Frame;
use super::respond;
use crate::availability::{Counts, TierCount};
use crate::catalog::Event;
use crate::config::Origin;
use crate::types::Timestamp;
use crate::web::coding;
use crate::web::coding::gzip::Parts;
use crate::web::error::Error;
use crate::web::view::format::{Format, machine_time};

/// How long a page is kept, by the database's clock.
const AGE_MAX: TimeDelta = TimeDelta::seconds(1);
/// Bytes of pages that are kept at most.
const BYTES_MAX: u64 = 16 * 1024 * 1024;

/// The pages of this process.
pub struct RenderedPages(Cache<Reader, Arc<Rendered>>);

/// For whom a page reads the same.
#[derive(PartialEq, Eq, Hash)]
struct Reader {
    locale: Locale,
    prefix: String,
    path_and_query: String,
    origin: Option<Origin>,
    is_test: bool,
}

/// What a page shows of events, by which it is known whether it is still right.
pub(super) struct Shown {
    now: Timestamp,
    /// When a page that is rendered now must be rendered anew.
    until: Timestamp,
    events: Vec<Counted>,
    /// Of others only what is said of their tickets.
    dates: Vec<Date>,
}

/// An event and its counts.
type Counted = (Arc<Event>, Vec<TierCount>);

struct Rendered {
    shown: Shown,
    /// The page up to its clock, from there to its form's key if it has one, and from there on.
    parts: Vec<String>,
    /// The same in gzip, once somebody has asked for it.
    packed: OnceLock<Parts>,
}

impl Shown {
    /// Nothing yet.
    pub(super) fn at(now: Timestamp) -> Self {
        Self {
            now,
            until: now + AGE_MAX,
            events: Vec::new(),
            dates: Vec::new(),
        }
    }

    /// And other dates of its series.
    pub(super) fn and_dates(&mut self, dates: Vec<Date>) {
        self.dates = dates;
    }

    /// And an event with its counts.
    pub(super) fn and(&mut self, event: &Arc<Event>, counts: &Counts) {
        self.and_tiers(event, counts.tiers.clone());
    }

    fn and_tiers(&mut self, event: &Arc<Event>, tiers: Vec<TierCount>) {
        let windows = event.tiers.iter().map(|tier| tier.terms.window);
        let of_tiers = windows.flat_map(|window| [window.opens_at, window.closes_at]);
        let of_event = [event.on_sale_at, event.starts_at];
        for change in of_event.into_iter().chain(of_tiers.flatten()) {
            if change > self.now {
                self.until = self.until.min(change);
            }
        }
        self.events.push((event.clone(), tiers));
    }

    /// Whether what was rendered of this is what would be rendered of `now`.
    fn holds(&self, now: &Self) -> bool {
        let is_same =
            |(known, now): (&Counted, &Counted)| Arc::ptr_eq(&known.0, &now.0) && known.1 == now.1;
        let is_same_date =
            |(known, now): (&Date, &Date)| Arc::ptr_eq(&known.0, &now.0) && known.1 == now.1;
        (self.now..self.until).contains(&now.now)
            && self.dates.len() == now.dates.len()
            && self.dates.iter().zip(&now.dates).all(is_same_date)
            && self.events.len() == now.events.len()
            && self.events.iter().zip(&now.events).all(is_same)
    }
}

impl Default for RenderedPages {
    fn default() -> Self {
        let cache = Cache::builder()
            .max_capacity(BYTES_MAX)
            .weigher(|_, page: &Arc<Rendered>| page.bytes().try_into().unwrap_or(u32::MAX));
        Self(cache.eviction_policy(EvictionPolicy::lru()).build())
    }
}

impl RenderedPages {
    /// The page that `view` makes of a frame and a form's key. It must depend on nothing but the request's address
    /// and languages, and on `shown`.
    pub(super) fn page<View: Template>(
        &self,
        request: &HttpRequest,
        format: &Format,
        shown: Shown,
        view: impl FnOnce(Frame, String) -> View,
    ) -> Result<HttpResponse, Error> {
        let frame = Frame::new(request, format);
        let reader = Reader {
            locale: format.locale().clone(),
            prefix: format.prefix.clone(),
            path_and_query: frame.page.clone(),
            origin: frame.origin.clone(),
            is_test: frame.is_test,
        };
        let known = self.0.get(&reader).filter(|page| page.shown.holds(&shown));
        let page = match known {
            Some(page) => page,
            None => {
                let page = Arc::new(Rendered::of(shown, frame, view)?);
                self.0.insert(reader, page.clone());
                page
            }
        };
        Ok(page.answer(request, format.now))
    }
}

impl Rendered {
    /// Cut at the clock and the key of the reader for whom it is rendered: no other text can be the same.
    fn of<View: Template>(
        shown: Shown,
        frame: Frame,
        view: impl FnOnce(Frame, String) -> View,
    ) -> Result<Self, Error> {
        let mut own = vec![frame.now.clone(), fresh_key()];
        let html = respond::render(&view(frame, own[1].clone()))?;
        own.retain(|own| html.contains(own));
        let mut rest = html.as_str();
        let mut parts = Vec::new();
        for own in &own {
            let (part, after) = rest.split_once(own).unwrap_or((rest, ""));
            parts.push(part.to_owned());
            rest = after;
        }
        parts.push(rest.to_owned());
        let packed = OnceLock::new();
        Ok(Self {
            shown,
            parts,
            packed,
        })
    }

    /// What it takes, also once it is packed.
    fn bytes(&self) -> usize {
        self.parts.iter().map(|part| 3 * part.len()).sum()
    }

    /// The page for one reader.
    fn answer(&self, request: &HttpRequest, now: Timestamp) -> HttpResponse {
        let own = [machine_time(now), fresh_key()];
        let own = own.each_ref().map(String::as_str);
        let own = &own[..self.parts.len() - 1];
        let coding =
            coding::preferred(request, &[ContentEncoding::Gzip, ContentEncoding::Identity]);
        let body = if coding == ContentEncoding::Gzip {
            let packed = self.packed.get_or_init(|| Parts::new(&self.parts));
            packed.join(own)
        } else {
            let own = own.iter().copied().chain([""]);
            let parts = self.parts.iter().map(String::as_str);
            let pairs = parts.zip(own).flat_map(<[&str; 2]>::from);
            pairs.collect::<String>().into_bytes()
        };
        let mut page = respond::rendered_page(StatusCode::OK, body);
        coding::set(page.headers_mut(), coding);
        page
    }
}
