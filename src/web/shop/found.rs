//! What the list of events shows for what a reader looks for: the events that fit, the one on top, and what there is
//! if nothing fits. Read from the catalogue; what it looks like is in `list_view`.

use std::sync::Arc;

use super::rendered::Shown;
use crate::app::App;
use crate::availability::Counts;
use crate::catalog::{Cursor, Event, Filters, Names, Page};
use crate::types::Timestamp;
use crate::web::error::Error;

/// Events in a page of the list.
const PAGE: usize = 24;
/// Events among which the one on top is looked for.
const FEATURED: usize = 6;
/// Events that are shown when nothing fits.
const OTHERS: usize = 3;

/// What was found.
pub(super) struct Found {
    pub(super) page: Arc<Page>,
    pub(super) counts: Vec<Counts>,
    /// The event on top, on the first page of everything.
    pub(super) featured: Option<(Arc<Event>, Counts)>,
    /// What there is instead, if nothing fits.
    pub(super) instead: Option<Instead>,
}

/// What is shown when nothing fits.
pub(super) struct Instead {
    /// The id of a text.
    pub(super) heading: &'static str,
    pub(super) page: Arc<Page>,
    pub(super) counts: Vec<Counts>,
}

impl Found {
    /// What fits, and what stands beside it.
    pub(super) async fn gather(
        app: &App,
        filters: &Filters,
        names: &Arc<Names>,
        cursor: Option<Cursor>,
    ) -> Result<Self, Error> {
        let page = app
            .catalog
            .upcoming(filters.clone(), names, cursor, PAGE)
            .await?;
        let counts = app.availability.of_all(&page.events).await?;
        let is_everything = cursor.is_none() && *filters == Filters::default();
        // What fits is shown also if what stands beside it cannot be read.
        let featured = if is_everything {
            featured(app, &page, names).await.unwrap_or_default()
        } else {
            None
        };
        let instead = if page.events.is_empty() {
            instead(app, filters, names).await.unwrap_or_default()
        } else {
            None
        };
        Ok(Self {
            page,
            counts,
            featured,
            instead,
        })
    }

    /// What the list shows of all this.
    pub(super) fn shown(&self, now: Timestamp) -> Shown {
        let mut shown = Shown::at(now);
        let instead = self.instead.iter();
        let listed = self.page.events.iter().zip(&self.counts);
        let others = instead.flat_map(|instead| instead.page.events.iter().zip(&instead.counts));
        let featured = self.featured.iter().map(|(event, counts)| (event, counts));
        for (event, counts) in listed.chain(others).chain(featured) {
            shown.and(event, counts);
        }
        shown
    }
}

/// The event on top of the list: the next one that is featured and has tickets, or else the first of the list
/// that has.
async fn featured(
    app: &App,
    found: &Page,
    names: &Arc<Names>,
) -> Result<Option<(Arc<Event>, Counts)>, Error> {
    let of_organisers = Filters {
        featured: true,
        ..Filters::default()
    };
    let page = app
        .catalog
        .upcoming(of_organisers, names, None, FEATURED)
        .await?;
    for events in [&page.events, &found.events] {
        let counts = app.availability.of_all(events).await?;
        let now = app.db.now();
        let is_open = |(event, counts): &(&Arc<Event>, &Counts)| {
            event.on_sale_at <= now && counts.tiers.iter().any(|tier| tier.available > 0)
        };
        if let Some((event, counts)) = events.iter().zip(&counts).find(is_open) {
            return Ok(Some((event.clone(), counts.clone())));
        }
    }
    Ok(None)
}

/// What to show when nothing fits: the same on other days, without the filters, or whatever comes next.
async fn instead(
    app: &App,
    filters: &Filters,
    names: &Arc<Names>,
) -> Result<Option<Instead>, Error> {
    let words_only = Filters {
        words: filters.words.clone(),
        ..Filters::default()
    };
    let attempts = [
        ("events-other-days", filters.on_later_days()),
        ("events-other-days", Some(filters.on_any_day())),
        ("events-without-filters", Some(words_only)),
        ("events-coming-up", Some(Filters::default())),
    ];
    for (heading, wider) in attempts {
        let Some(wider) = wider.filter(|wider| wider != filters) else {
            continue;
        };
        let page = app.catalog.upcoming(wider, names, None, OTHERS).await?;
        if !page.events.is_empty() {
            let counts = app.availability.of_all(&page.events).await?;
            return Ok(Some(Instead {
                heading,
                page,
                counts,
            }));
        }
    }
    Ok(None)
}
