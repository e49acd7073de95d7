//! Other dates of an event: copies of it as drafts, each at its own time.

use chrono::{TimeDelta, TimeZone};
use chrono_tz::Tz;
use uuid::Uuid;

use super::EditError;
use super::ask::ask_the_same;
use super::edit::{insert, update_series};
use super::own::lock;
use super::series::must_be_own;
use crate::audit::Actor;
use crate::catalog::address;
use crate::catalog::details::Details;
use crate::catalog::event::Event;
use crate::catalog::facts::is_series;
use crate::catalog::must::{Must, Wrong};
use crate::postgres::Db;
use crate::types::{EventId, Timestamp};

/// Copies that are made at once.
const COPIES_MAX: usize = 100;
/// Characters of the name in the name of a series.
const SERIES_NAME_MAX: usize = 50;

/// When the copies take place.
#[derive(Debug, Clone, Default)]
pub struct Dates {
    /// When each starts.
    pub starts_at: Vec<Timestamp>,
    /// In how many weeks after that each is repeated, on the same day and at the same time of the venue's clock.
    pub weeks: u32,
    /// When their sale opens; that of the original if it is to come, otherwise at once.
    pub on_sale_at: Option<Timestamp>,
    /// The name of the series; several dates of an event of none get one, and so does the event.
    pub series: Option<String>,
}

/// Copies an event to other dates: drafts with the same texts, tiers and picture. What is said relative to the start,
/// such as doors, end and the sales of tiers, moves with it. Returns the copies in the order of the dates.
///
/// # Errors
/// [`EditError::Invalid`], [`EditError::NoEvent`], and those of the database; nothing was copied.
pub async fn copy(
    db: &Db,
    by: &Actor,
    id: EventId,
    dates: &Dates,
) -> Result<Vec<EventId>, EditError> {
    check(dates)?;
    db.transaction(|transaction| {
        let (by, mut dates) = (by.clone(), dates.clone());
        Box::pin(async move {
            let own = lock(transaction, id, &by, None).await?;
            dates.starts_at = every_week(&dates, own.event.venue.time_zone)?;
            let own_series = own.event.facts.series.clone();
            let series = dates.series.clone().or_else(|| own_series.clone());
            let series = series.or_else(|| {
                let is_series = dates.starts_at.len() > 1;
                is_series.then(|| series_of(&own.event))
            });
            if own_series.is_none()
                && let Some(series) = &series
            {
                must_be_own(transaction, &own.event, Some(series), "/series").await?;
                update_series(transaction, &by, &own.event, series).await?;
            }
            let by = Actor {
                organisation: Some(own.event.organisation),
                ..by
            };
            let mut copies = Vec::with_capacity(dates.starts_at.len());
            for (index, &starts_at) in dates.starts_at.iter().enumerate() {
                let index = index / (dates.weeks as usize + 1);
                let copy = EventId(Uuid::new_v4());
                let mut details = moved(own.details(), own.event.starts_at, starts_at);
                details.facts.series.clone_from(&series);
                let to_come = Some(own.event.on_sale_at).filter(|&at| at > own.now);
                details.on_sale_at = dates.on_sale_at.or(to_come);
                let wrong = details.wrong();
                if !wrong.is_empty() {
                    return Err(EditError::Invalid(of_date(wrong, index)));
                }
                let inserted =
                    insert(transaction, &by, copy, &details, own.event.picture.clone()).await;
                let inserted = inserted.map_err(|error| match error {
                    EditError::Invalid(wrong) => EditError::Invalid(of_date(wrong, index)),
                    error => error,
                });
                let no = inserted?;
                ask_the_same(transaction, own.event.no, no).await?;
                copies.push(copy);
            }
            Ok(copies)
        })
    })
    .await
}

/// The dates, each with its repetitions behind it. Where the clock skips the hour, it is the one before.
fn every_week(dates: &Dates, zone: Tz) -> Result<Vec<Timestamp>, EditError> {
    let mut all = Vec::new();
    for at in &dates.starts_at {
        let local = at.with_timezone(&zone).naive_local();
        for week in 0..=i64::from(dates.weeks) {
            let repeated = local.checked_add_signed(TimeDelta::weeks(week));
            let repeated = repeated.and_then(|at| zone.from_local_datetime(&at).earliest());
            all.push(match (week, repeated) {
                // To the second, as it was said.
                (0, _) => *at,
                (_, Some(repeated)) => repeated.to_utc(),
                (week, None) => *at + TimeDelta::weeks(week),
            });
        }
    }
    let mut sorted = all.clone();
    sorted.sort_unstable();
    if sorted.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err(EditError::wrong("/weeks", Must::BeAlone));
    }
    Ok(all)
}

fn check(dates: &Dates) -> Result<(), EditError> {
    let mut wrong = Vec::new();
    let repeated = dates
        .starts_at
        .len()
        .saturating_mul(dates.weeks as usize + 1);
    if !(1..=COPIES_MAX).contains(&dates.starts_at.len()) {
        let must = Must::HaveEntries(1, COPIES_MAX);
        wrong.push(Wrong::at("/starts_at", must));
    } else if repeated > COPIES_MAX {
        let most = COPIES_MAX / dates.starts_at.len() - 1;
        wrong.push(Wrong::at("/weeks", Must::BeWithin(0, most as i64)));
    }
    for (index, at) in dates.starts_at.iter().enumerate() {
        if dates.starts_at[..index].contains(at) {
            wrong.push(Wrong::at(format!("/starts_at/{index}"), Must::BeAlone));
        }
    }
    if dates
        .series
        .as_deref()
        .is_some_and(|series| !is_series(series))
    {
        wrong.push(Wrong::at("/series", Must::BeSeries));
    }
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(EditError::Invalid(wrong))
    }
}

/// What is wrong with a copy, as what is wrong with its date.
fn of_date(wrong: Vec<Wrong>, index: usize) -> Vec<Wrong> {
    let of_date = |wrong: Wrong| match wrong.pointer.as_str() {
        "/starts_at" => Wrong::at(format!("/starts_at/{index}"), wrong.must),
        _ => wrong,
    };
    wrong.into_iter().map(of_date).collect()
}

/// The event at another time.
fn moved(mut details: Details, from: Timestamp, to: Timestamp) -> Details {
    let by: TimeDelta = to - from;
    let shift = |at: &mut Option<Timestamp>| *at = at.and_then(|at| at.checked_add_signed(by));
    shift(&mut details.facts.doors_at);
    shift(&mut details.facts.ends_at);
    for tier in &mut details.tiers {
        shift(&mut tier.on_sale_at);
        shift(&mut tier.off_sale_at);
    }
    details.starts_at = Some(to);
    details
}

/// The name of a series that begins with this event.
fn series_of(event: &Event) -> String {
    let slug = address::slug(&event.name, "");
    let name: String = slug.chars().take(SERIES_NAME_MAX).collect();
    let digits = event.id.0.simple().to_string();
    match name.trim_matches('-') {
        "" => digits,
        name => format!("{name}-{}", &digits[..8]),
    }
}
