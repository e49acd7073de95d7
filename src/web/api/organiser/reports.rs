//! Handlers of reports: totals, sales over time, exports, with their JSON.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{caller, event};
use crate::access::api_token::Scope;
use crate::app::App;
use crate::catalog::Event;
use crate::report::{Bucket, By, Series, TierSales, TierTotals, Totals, Way};
use crate::types::{Currency, EventId, Money, Timestamp};
use crate::web::api::parameters::EventPath;
use crate::web::error::Error;
use crate::web::{export, extract};

/// What an event has sold.
#[derive(Serialize, ToSchema)]
#[schema(as = Report)]
struct ReportJson<'a> {
    event_id: EventId,
    currency: Currency,
    /// When tickets were counted.
    #[schema(value_type = DateTime<Utc>)]
    counted_at: Timestamp,
    /// Up to when sales and cancellations are added up, a second or two ago.
    #[schema(value_type = DateTime<Utc>)]
    as_of: Timestamp,
    /// Bookings that were paid.
    bookings: i64,
    /// Those of them that were cancelled since.
    bookings_cancelled: i64,
    /// All tiers together.
    all: TotalsJson,
    /// In the event's order.
    tiers: Vec<TierReportJson<'a>>,
    /// By how it was paid: all four ways.
    ways: Vec<WayReportJson>,
    /// What of the money was paid by hand for dearer tickets in exchange: among that of their tiers, and of `cash` and
    /// `terminal`.
    differences: DifferencesJson,
}

/// What was paid by hand for dearer tickets.
#[derive(Serialize, ToSchema)]
#[schema(as = DifferencesReport)]
struct DifferencesJson {
    /// What was taken.
    gross: Money,
    /// What goes back, or has gone back: the tickets have left their booking, or it has ended.
    refunds: Money,
    /// What is left.
    net: Money,
}

/// Sums of one tier, or of all.
#[derive(Serialize, ToSchema)]
#[schema(as = SalesTotals)]
struct TotalsJson {
    /// Tickets in all.
    capacity: i64,
    /// Tickets of confirmed bookings.
    sold: i64,
    /// Tickets of pending bookings.
    held: i64,
    /// Tickets that anybody may book.
    free: i64,
    /// Tickets that are kept off sale.
    blocked: i64,
    /// Tickets that were ever sold, those that were given back among them.
    sold_ever: i64,
    /// Those that were given back.
    cancelled: i64,
    /// What was taken.
    gross: Money,
    /// What goes back, or has gone back, for what was cancelled. It is no sale.
    refunds: Money,
    /// What is left.
    net: Money,
}

/// What was sold, by how it was paid.
#[derive(Serialize, ToSchema)]
#[schema(as = WayReport)]
struct WayReportJson {
    /// `card` through the gateway, and what costs nothing; `cash` or `terminal` at the box office; `complimentary`.
    way: Way,
    /// Tickets that were ever sold, those that were given back among them.
    sold_ever: i64,
    /// Those that were given back.
    cancelled: i64,
    /// What was taken.
    gross: Money,
    /// What goes back, or has gone back, for what was cancelled.
    refunds: Money,
    /// What is left.
    net: Money,
}

/// Sums of one tier.
#[derive(Serialize, ToSchema)]
#[schema(as = TierReport)]
struct TierReportJson<'a> {
    /// The tier's code.
    tier: &'a str,
    name: &'a str,
    totals: TotalsJson,
}

impl TotalsJson {
    fn new(totals: &TierTotals, event: &Event) -> Self {
        Self {
            capacity: totals.capacity,
            sold: totals.sold,
            held: totals.held,
            free: totals.free,
            blocked: totals.blocked,
            sold_ever: totals.sold_ever,
            cancelled: totals.cancelled,
            gross: event.money(totals.gross_minor),
            refunds: event.money(totals.refunds_minor),
            net: event.money(totals.net_minor()),
        }
    }
}

impl<'a> ReportJson<'a> {
    fn new(totals: &'a Totals, event: &'a Event) -> Self {
        let tiers = totals.tiers.iter().map(|(code, totals)| TierReportJson {
            tier: code.as_str(),
            name: event
                .tier(code.as_str())
                .map_or(code.as_str(), |tier| &tier.name),
            totals: TotalsJson::new(totals, event),
        });
        let ways = totals.ways.iter().map(|(way, sums)| WayReportJson {
            way: *way,
            sold_ever: sums.tickets,
            cancelled: sums.cancelled_tickets,
            gross: event.money(sums.minor),
            refunds: event.money(sums.cancelled_minor),
            net: event.money(sums.minor - sums.cancelled_minor),
        });
        Self {
            event_id: event.id,
            currency: event.currency,
            counted_at: totals.counted_at,
            as_of: totals.as_of,
            bookings: totals.bookings,
            bookings_cancelled: totals.bookings_cancelled,
            all: TotalsJson::new(&totals.all, event),
            tiers: tiers.collect(),
            ways: ways.collect(),
            differences: DifferencesJson {
                gross: event.money(totals.differences.minor),
                refunds: event.money(totals.differences.cancelled_minor),
                net: event.money(totals.differences.minor - totals.differences.cancelled_minor),
            },
        }
    }
}

/// Read an event's totals
///
/// What is sold, held, blocked and free, and what it has brought in less refunds, by tier and by how it was paid.
#[utoipa::path(
    get,
    path = "/api/organiser/events/{event_id}/report",
    operation_id = "getReport",
    tag = "organiser",
    params(EventPath),
    responses((status = 200, description = "The totals.", body = ReportJson)),
    security(("apiToken" = ["bookings:read"])),
    extensions(("x-problems" = json!(["unauthenticated", "forbidden", "not-found"]))),
)]
pub async fn report(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let token = caller(&app, &request, Scope::BookingsRead).await?;
    let event = event(&app, &request, &token).await?;
    let totals = app.reports.totals(&event).await?;
    Ok(HttpResponse::Ok().json(ReportJson::new(&totals, &event)))
}

/// Sales over time.
#[derive(Serialize, ToSchema)]
#[schema(as = Series)]
struct SeriesJson<'a> {
    event_id: EventId,
    #[schema(value_type = DateTime<Utc>)]
    as_of: Timestamp,
    by: &'static str,
    /// The zone of days and hours.
    #[schema(examples("Europe/Stockholm"))]
    time_zone: &'static str,
    /// Ascending; only those in which something was sold or given back.
    buckets: Vec<BucketJson<'a>>,
}

/// What was sold, and given back, in a span of time.
#[derive(Serialize, ToSchema)]
#[schema(as = SeriesBucket)]
struct BucketJson<'a> {
    /// When it begins.
    #[schema(value_type = DateTime<Utc>)]
    from: Timestamp,
    /// Tickets that were sold in it.
    tickets: i64,
    gross: Money,
    /// Tickets that were given back in it, whenever they had been sold.
    cancelled: i64,
    refunds: Money,
    /// The same by tier; none if it is a second.
    tiers: Vec<TierBucketJson<'a>>,
}

/// The same of one tier.
#[derive(Serialize, ToSchema)]
#[schema(as = SeriesTier)]
struct TierBucketJson<'a> {
    /// The tier's code.
    tier: &'a str,
    tickets: i64,
    gross: Money,
    cancelled: i64,
    refunds: Money,
}

impl<'a> SeriesJson<'a> {
    fn new(series: &Series, event: &'a Event) -> Self {
        Self {
            event_id: event.id,
            as_of: series.as_of,
            by: series.by.as_str(),
            time_zone: series.zone.name(),
            buckets: series
                .buckets
                .iter()
                .map(|bucket| BucketJson::new(bucket, event))
                .collect(),
        }
    }
}

impl<'a> BucketJson<'a> {
    fn new(bucket: &Bucket, event: &'a Event) -> Self {
        let tier = |(no, sales): &(_, TierSales)| {
            Some(TierBucketJson {
                tier: event.tier_no(*no)?.code.as_str(),
                tickets: sales.tickets,
                gross: event.money(sales.minor),
                cancelled: sales.cancelled_tickets,
                refunds: event.money(sales.cancelled_minor),
            })
        };
        Self {
            from: bucket.from,
            tickets: bucket.tickets,
            gross: event.money(bucket.gross_minor),
            cancelled: bucket.cancelled,
            refunds: event.money(bucket.refunds_minor),
            tiers: bucket.tiers.iter().filter_map(tier).collect(),
        }
    }
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct SeriesQuery {
    /// `day`: the last 366 days of the venue; `hour`: the hours of its last seven days; `second`: the first ten minutes of
    /// the sale, by when tickets were taken that were paid since.
    by: By,
}

/// Read sales over time
#[utoipa::path(
    get,
    path = "/api/organiser/events/{event_id}/series",
    operation_id = "getSeries",
    tag = "organiser",
    params(EventPath, SeriesQuery),
    responses((status = 200, description = "Sales over time.", body = SeriesJson)),
    security(("apiToken" = ["bookings:read"])),
    extensions(("x-problems" = json!(["unauthenticated", "forbidden", "not-found"]))),
)]
pub async fn series(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let token = caller(&app, &request, Scope::BookingsRead).await?;
    let event = event(&app, &request, &token).await?;
    let query: SeriesQuery = extract::query(&request)?;
    let series = app.reports.series(&event, query.by).await?;
    Ok(HttpResponse::Ok().json(SeriesJson::new(&series, &event)))
}

#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "read by the derive alone")]
struct FilePath {
    /// The event's id.
    event_id: EventId,
    /// `bookings`, `tickets`, `payments`, `sales`, `scans` or `answers`, and `.csv`, `.jsonl` or `.xlsx`.
    #[param(
        pattern = r"^(bookings|tickets|payments|sales|scans|answers)\.(csv|jsonl|xlsx)$",
        example = "bookings.csv"
    )]
    file: String,
}

#[derive(Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct FileQuery {
    /// Whether a CSV file begins with a byte order mark, by which some spreadsheets know UTF-8.
    #[serde(default)]
    bom: bool,
}

/// Export an event's data
///
/// As CSV (RFC 4180, UTF-8), JSON lines or XLSX. Text that a spreadsheet would run begins with an apostrophe in CSV. Rows are
/// read while they are sent, so the file is no snapshot: each row is as it was when it was read. A spreadsheet has 1,048,575
/// rows at most; what is longer is refused.
#[utoipa::path(
    get,
    path = "/api/organiser/events/{event_id}/exports/{file}",
    operation_id = "export",
    tag = "organiser",
    params(FilePath, FileQuery),
    responses(
        (status = 200, description = "The file.", headers(("Content-Disposition" = String)), content(
            (String = "text/csv"), (String = "application/jsonl"),
            (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        )),
    ),
    security(("apiToken" = ["bookings:read"])),
    extensions(("x-problems" = json!(["unauthenticated", "forbidden", "not-found", "overloaded"]))),
)]
pub async fn export(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let token = caller(&app, &request, Scope::BookingsRead).await?;
    let event = event(&app, &request, &token).await?;
    let query: FileQuery = extract::query(&request)?;
    export::answer(&app, &request, event, query.bom).await
}
