//! The dashboard of an event: what is sold, held and free, what it has brought in, sales over time, last bookings; and
//! exports.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono::{Days, TimeDelta};
use chrono_tz::Tz;
use serde::Deserialize;

use super::bookings::Row;
use super::respond::private_page;
use super::session::{On, Read};
use super::shell::Shell;
use crate::access::organiser::Right;
use crate::app::App;
use crate::catalog::Event;
use crate::report::export::What;
use crate::report::{Bucket, By, Series, TierSales, TierTotals, Totals, Way};
use crate::types::{EventId, Timestamp};
use crate::web::error::Error;
use crate::web::view::chart::Chart;
use crate::web::view::format::{Format, machine_time};
use crate::web::{export, extract};

/// Bookings that the dashboard shows.
const LAST: usize = 10;
/// Days that the chart shows at most, the last ones.
const DAYS_MAX: usize = 62;
/// Hours.
const HOURS_MAX: usize = 72;
/// Seconds: the minute after the opening.
const SECONDS_MAX: i64 = 60;

#[derive(Template)]
#[template(path = "admin/report.html")]
struct ReportPage {
    shell: Shell,
    id: EventId,
    as_of: (String, String),
    is_live: bool,
    is_off: bool,
    may_manage: bool,
    all: Sums,
    bookings: String,
    bookings_cancelled: String,
    tiers: Vec<(String, Sums)>,
    ways: Vec<WaySums>,
    /// What of the revenue was paid by hand for dearer tickets.
    differences: Option<String>,
    by: &'static str,
    chart: Chart,
    spans: Vec<Span>,
    last: Vec<Row>,
    /// The names of files and what they are called.
    files: [(&'static str, &'static str); What::ALL.len()],
}

/// Sums as the page says them.
struct Sums {
    capacity: String,
    sold: String,
    held: String,
    free: String,
    blocked: String,
    sold_percent: i64,
    gross: String,
    refunds: String,
    net: String,
}

/// What was sold by how it was paid, as the page says it.
struct WaySums {
    name: &'static str,
    tickets: String,
    gross: String,
    refunds: String,
    net: String,
}

/// The name of a way among the texts.
fn way_text(way: Way) -> &'static str {
    match way {
        Way::Card => "way-card",
        Way::Cash => "way-cash",
        Way::Terminal => "way-terminal",
        Way::Complimentary => "way-complimentary",
    }
}

impl WaySums {
    /// None if everything was paid by card: the tiers say the same.
    fn all(totals: &Totals, event: &Event, format: &Format) -> Vec<Self> {
        let money = |minor| format.money(event.money(minor));
        let has_any = |sums: &TierSales| sums.tickets > 0 || sums.minor > 0;
        let ways = totals.ways.iter().filter(|(_, sums)| has_any(sums));
        let ways: Vec<Self> = ways
            .map(|(way, sums)| Self {
                name: format.words.text(way_text(*way)),
                tickets: format.number(sums.tickets - sums.cancelled_tickets),
                gross: money(sums.minor),
                refunds: money(sums.cancelled_minor),
                net: money(sums.minor - sums.cancelled_minor),
            })
            .collect();
        let is_card_alone = ways.len() == 1 && ways[0].name == format.words.text("way-card");
        if is_card_alone { Vec::new() } else { ways }
    }
}

/// A span of time of the chart, as its table says it.
struct Span {
    at_machine: String,
    at: String,
    tickets: String,
    gross: String,
    cancelled: String,
    refunds: String,
}

#[derive(Default, Deserialize)]
struct Query {
    #[serde(default)]
    live: String,
    by: Option<String>,
}

impl Sums {
    fn of(totals: &TierTotals, event: &Event, format: &Format) -> Self {
        let money = |minor| format.money(event.money(minor));
        Self {
            capacity: format.number(totals.capacity),
            sold: format.number(totals.sold),
            held: format.number(totals.held),
            free: format.number(totals.free),
            blocked: format.number(totals.blocked),
            sold_percent: totals.sold * 100 / totals.capacity.max(1),
            gross: money(totals.gross_minor),
            refunds: money(totals.refunds_minor),
            net: money(totals.net_minor()),
        }
    }
}

/// GET /admin/events/{event}
pub async fn show(
    app: Data<App>,
    request: HttpRequest,
    on: On<Read>,
) -> Result<HttpResponse, Error> {
    let query: Query = extract::query(&request)?;
    let event = app.catalog.event(on.id).await?;
    let event = event.ok_or_else(|| Error::not_found("event"))?.whole();
    let totals = app.reports.totals(&event).await?;
    let by = chosen(query.by.as_deref());
    let series = app.reports.series(&event, by).await?;
    let (last, _) = app.reports.paid(event.no, None, LAST).await?;
    let format = Format::of(&request);
    let rows = last.iter().map(|found| Row::of(found, &event, &format));
    let shell = Shell::of_event(&request, &on, &event, "report");
    let mut page = ReportPage::new(shell, &event, &totals, &series, &format);
    page.last = rows.collect();
    page.is_live = !query.live.is_empty();
    private_page(StatusCode::OK, &page)
}

fn chosen(by: Option<&str>) -> By {
    match by {
        Some("hour") => By::Hour,
        Some("second") => By::Second,
        _ => By::Day,
    }
}

/// GET /admin/events/{event}/exports/{file}
pub async fn export(
    app: Data<App>,
    request: HttpRequest,
    on: On<Read>,
) -> Result<HttpResponse, Error> {
    let event = app.catalog.event(on.id).await?;
    let event = event.ok_or_else(|| Error::not_found("event"))?.whole();
    // Who downloads from a page opens the file in a spreadsheet.
    export::answer(&app, &request, event, true).await
}

impl ReportPage {
    fn new(shell: Shell, event: &Event, totals: &Totals, series: &Series, format: &Format) -> Self {
        let zone = event.venue.time_zone;
        let tiers = totals.tiers.iter().map(|(code, totals)| {
            let tier = event.tier(code.as_str());
            let name = tier.map_or_else(|| code.to_string(), |tier| tier.name.clone());
            (name, Sums::of(totals, event, format))
        });
        let buckets = filled(series, event);
        let bars: Vec<_> = buckets
            .iter()
            .map(|bucket| {
                let at = span_text(bucket.from, series.by, zone, format);
                let tickets = format.number(bucket.tickets);
                let says = format
                    .words
                    .with("report-bar", &[("at", &at), ("tickets", &tickets)]);
                (bucket.tickets, says)
            })
            .collect();
        let spans = series.buckets.iter().rev();
        Self {
            id: event.id,
            as_of: (
                machine_time(totals.as_of),
                format.date_time(totals.as_of, zone),
            ),
            is_live: false,
            is_off: event.called_off_at.is_some(),
            may_manage: shell.may(&Right::Manage),
            shell,
            all: Sums::of(&totals.all, event, format),
            bookings: format.number(totals.bookings - totals.bookings_cancelled),
            bookings_cancelled: format.number(totals.bookings_cancelled),
            tiers: tiers.collect(),
            ways: WaySums::all(totals, event, format),
            differences: differences(totals, event, format),
            by: series.by.as_str(),
            chart: Chart::of(&bars),
            spans: spans
                .map(|bucket| Span::of(bucket, series.by, event, format))
                .collect(),
            last: Vec::new(),
            files: What::ALL.map(|what| (what.as_str(), format.words.text(file_text(what)))),
        }
    }
}

/// What is left of what was paid by hand for dearer tickets; none if nothing ever was.
fn differences(totals: &Totals, event: &Event, format: &Format) -> Option<String> {
    let sums = &totals.differences;
    (sums.minor > 0).then(|| format.money(event.money(sums.minor - sums.cancelled_minor)))
}

impl Span {
    fn of(bucket: &Bucket, by: By, event: &Event, format: &Format) -> Self {
        let money = |minor| format.money(event.money(minor));
        Self {
            at_machine: machine_time(bucket.from),
            at: span_text(bucket.from, by, event.venue.time_zone, format),
            tickets: format.number(bucket.tickets),
            gross: money(bucket.gross_minor),
            cancelled: format.number(bucket.cancelled),
            refunds: money(bucket.refunds_minor),
        }
    }
}

/// What a file is called.
fn file_text(what: What) -> &'static str {
    match what {
        What::Bookings => "export-bookings",
        What::Tickets => "export-tickets",
        What::Payments => "export-payments",
        What::Sales => "export-sales",
        What::Scans => "export-scans",
        What::Answers => "export-answers",
    }
}

fn span_text(at: Timestamp, by: By, zone: Tz, format: &Format) -> String {
    match by {
        By::Day => format.date(at, zone),
        By::Hour => format.date_time(at, zone),
        By::Second => {
            let local = at.with_timezone(&zone).format("%M:%S");
            format!("{} ({local})", format.time(at, zone))
        }
    }
}

/// With the spans in which nothing was sold, the last ones.
fn filled(series: &Series, event: &Event) -> Vec<Bucket> {
    let (first, last, max) = match series.by {
        By::Second => {
            let opening = event.on_sale_at;
            (
                Some(opening),
                opening + TimeDelta::seconds(SECONDS_MAX - 1),
                usize::MAX,
            )
        }
        By::Day => (first_of(series), series.as_of, DAYS_MAX),
        By::Hour => (first_of(series), series.as_of, HOURS_MAX),
    };
    let Some(first) = first else {
        return Vec::new();
    };
    let spans = std::iter::successors(Some(first), |at| next(*at, series.by, series.zone));
    let known = |at: Timestamp| series.buckets.iter().find(|bucket| bucket.from == at);
    let all: Vec<Bucket> = spans
        .take_while(|at| *at <= last)
        .map(|at| known(at).cloned().unwrap_or_else(|| Bucket::empty(at)))
        .collect();
    let skipped = all.len().saturating_sub(max);
    all.into_iter().skip(skipped).collect()
}

fn first_of(series: &Series) -> Option<Timestamp> {
    series.buckets.first().map(|bucket| bucket.from)
}

/// The beginning of the next span: a day of the zone may have 23 hours, or 25.
fn next(at: Timestamp, by: By, zone: Tz) -> Option<Timestamp> {
    match by {
        By::Second => Some(at + TimeDelta::seconds(1)),
        By::Hour => Some(at + TimeDelta::hours(1)),
        By::Day => {
            let local = at.with_timezone(&zone);
            let next = local.checked_add_days(Days::new(1))?;
            Some(next.to_utc())
        }
    }
}
