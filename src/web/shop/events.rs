//! Handlers of pages: the list of events, one event with its order form, and booking by that form. What a page
//! shows is in `event_view`; why an order was refused is in `refusal`.

use std::sync::Arc;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::RETRY_AFTER;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use tokio::time::timeout;

use super::choice::Choice;
use super::code::{self, Applied};
use super::event_view::{Date, EventPage, OpenMaps, Said};
use super::form::{Fields, fresh_key, key_field};
use super::found::Found;
use super::frame::Frame;
use super::hold_cookie;
use super::list_view::EventsPage;
use super::own_holds::{self, HoldsView};
use super::refusal::Refusal;
use super::rendered::{RenderedPages, Shown};
use super::respond::{moved, page, private_page, see_other, set_buyer};
use crate::allocator::Outcome;
use crate::app::App;
use crate::availability::Counts;
use crate::availability::seats::nearest;
use crate::booking::{self, BookError, FieldError, Made, Refused, Request, Rule};
use crate::catalog::code::PromoCode;
use crate::catalog::{Event, Filters, Tier};
use crate::types::{BookingId, BuyerId, IdempotencyKey, SeatNo, TierNo};
use crate::web::about::{self, Part};
use crate::web::error::Error;
use crate::web::finding::Asked;
use crate::web::view::format::Format;
use crate::web::view::names;
use crate::web::{extract, find, session};

/// How long the page that refuses an order waits for counts, and for seat maps. The buyer has waited for the
/// order's answer before.
const EXPLAIN: Duration = Duration::from_millis(500);

/// Dates of a series that are shown with one of them.
const DATES: usize = 12;

/// GET /
pub async fn list(
    app: Data<App>,
    pages: Data<RenderedPages>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let asked: Asked = extract::query(&request)?;
    let format = Format::of(&request);
    let names = names::of(format.words);
    let (filters, cursor) = asked.filters(&names)?;
    let found = Found::gather(&app, &filters, &names, cursor).await?;
    // The list is shown also while nobody knows what else there is.
    let choices = app.catalog.choices().await.unwrap_or_default();
    pages.page(&request, &format, found.shown(format.now), |frame, _| {
        EventsPage::new(frame, &format, &asked, &filters, &choices, found)
    })
}

/// The dates of the event's series that are to come, without the event itself. What is left of them is said as it is known:
/// the page of an event on sale waits for no count of another.
async fn dates(app: &App, event: &Event, format: &Format) -> Result<Vec<Date>, Error> {
    let Some(series) = &event.facts.series else {
        return Ok(Vec::new());
    };
    let of_series = Filters {
        series: Some(series.clone()),
        ..Filters::default()
    };
    let page = app
        .catalog
        .upcoming(of_series, &Arc::default(), None, DATES)
        .await?;
    let others = page.events.iter().filter(|date| date.id != event.id);
    let date = |date: &Arc<Event>| {
        let counts = app.availability.known_or_soon(date);
        let said = counts.map(|counts| Said::of(date, &counts, format));
        (date.clone(), said)
    };
    Ok(others.map(date).collect())
}

/// GET /events/{event}, by its readable address, to which others are redirected; when a seat map is opened without scripts, the query holds the form's fields.
pub async fn show(
    app: Data<App>,
    pages: Data<RenderedPages>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let event = find::event_of_page(&app, &request).await?;
    if request.match_info().get("event") != Some(&event.address) {
        let path = format!("/events/{}", event.address);
        return Ok(moved(&path, request.query_string()));
    }
    let query: Vec<(String, String)> = extract::query(&request)?;
    let choice = Choice::shown(&query);
    let format = Format::of(&request);
    let (event, applied) = code::apply(&app, &request, event, &choice.code, &format).await?;
    let counts = app.availability.of(&event).await?;
    let seats = open_maps(&app, &event, &choice).await?;
    let dates = dates(&app, &event, &format).await?;
    let event = event.in_language(format.words.tag());
    let view = |frame, key| {
        let shown = (&counts, &seats, applied);
        EventPage::new(frame, &format, &event, shown, &choice, &dates, key)
    };
    let mut response = if query.is_empty() {
        let mut shown = Shown::at(format.now);
        shown.and(&event, &counts);
        shown.and_dates(dates.clone());
        pages.page(&request, &format, shown, view)?
    } else {
        page(
            StatusCode::OK,
            &view(Frame::new(&request, &format), fresh_key()),
        )?
    };
    // Set with the page, not with the first order: a form submitted twice must come from one buyer.
    if session::of_page(&app, &request).await?.buyer().is_none() {
        set_buyer(&app, &mut response, BuyerId::make()).await?;
    }
    Ok(response)
}

/// The page of an event that may not be published yet, as its buyers will see it before anything is sold.
pub(in crate::web) fn preview(request: &HttpRequest, event: Event) -> Result<HttpResponse, Error> {
    let format = Format::of(request);
    let counts = Counts::of_nothing_sold(&event, format.now);
    let event = Arc::new(event).in_language(format.words.tag());
    let (seats, choice) = (OpenMaps::new(), Choice::default());
    let frame = Frame::new(request, &format);
    let shown = (&counts, &seats, Applied::default());
    let view = EventPage::new(frame, &format, &event, shown, &choice, &[], fresh_key());
    private_page(StatusCode::OK, &view)
}

/// POST /events/{event}/bookings
pub async fn book(
    app: Data<App>,
    request: HttpRequest,
    fields: Fields,
) -> Result<HttpResponse, Error> {
    let buyer = session::of_page(&app, &request).await?.buyer();
    let buyer = buyer.unwrap_or_else(BuyerId::make);
    let key = key_field(&fields)?;
    let choice = Choice::read(&fields);
    let replaced = choice.replaces;
    let (event, made, code) = try_to_book(&app, &request, buyer, &key, &choice).await?;
    let mut response = match made {
        Ok(made) => {
            let mut response = see_other(&format!("/bookings/{}", made.booking.id));
            hold_cookie::forget(&app, &request, &mut response, replaced);
            response
        }
        Err(unbooked) => {
            let order = (buyer, key.as_str(), choice);
            refuse(&app, &request, &event, order, unbooked, code).await?
        }
    };
    set_buyer(&app, &mut response, buyer).await?;
    Ok(response)
}

/// Why there is no booking.
enum Unbooked {
    Refused(BookError),
    /// The buyer holds tickets of the event by another order, and has not said what becomes of them.
    Undecided(BookingId),
}

/// The event, what became of the order, and the promo code that it names, if there is such.
async fn try_to_book(
    app: &App,
    request: &HttpRequest,
    buyer: BuyerId,
    key: &IdempotencyKey,
    choice: &Choice,
) -> Result<(Arc<Event>, Result<Made, Unbooked>, Option<PromoCode>), Error> {
    let is_decided = choice.keeps || choice.replaces.is_some();
    find::in_time_of_an_order(app, async {
        let refused = |refused| Err(Unbooked::Refused(BookError::Refused(refused)));
        let shown = find::event_of_page(app, request).await?;
        let event = match app.catalog.event(shown.id).await {
            Ok(Some(event)) => event,
            Ok(None) => return Err(Error::not_found("event")),
            // A sale does not rely on what readers are shown, but the page that refuses it does.
            Err(error) => return Ok((shown, Err(Unbooked::Refused(error.into())), None)),
        };
        let code = match choice.code.as_str() {
            "" => None,
            typed => Box::pin(find::code(app, request, &event, typed)).await?,
        };
        if code.is_none() && !choice.code.is_empty() {
            let wrong = FieldError::new("/code", Rule::KnownCode);
            return Ok((event, refused(Refused::Invalid(vec![wrong])), None));
        }
        let unlocked = code.as_ref().and_then(|code| code.unlocks(&event));
        let known = unlocked.as_ref().unwrap_or(&event);
        let asked = match choice.request(known, buyer, key.clone()) {
            Ok(asked) => asked,
            Err(wrong) => return Ok((event, refused(wrong), code)),
        };
        let asked = Request {
            code: code.clone(),
            ..asked
        };
        if !is_decided && !choice.is_empty() {
            let holds = own_holds::find(app, request, &event, buyer, (None, Some(key))).await?;
            if let Some(hold) = holds.first() {
                return Ok((event, Err(Unbooked::Undecided(hold.id)), code));
            }
        }
        let made = booking::book(&app.db, &app.lanes, &event, asked);
        let made = about::time(Part::Order, made).await;
        Ok((
            event,
            made.inspect(about::note_made).map_err(Unbooked::Refused),
            code,
        ))
    })
    .await
}

/// The event's page with the reason why the order was refused, or with the question that it leaves open.
async fn refuse(
    app: &App,
    request: &HttpRequest,
    event: &Arc<Event>,
    (buyer, key, mut choice): (BuyerId, &str, Choice),
    unbooked: Unbooked,
    code: Option<PromoCode>,
) -> Result<HttpResponse, Error> {
    let format = Format::of(request);
    let event = event.in_language(format.words.tag());
    let (event, mut applied) = match choice.code.as_str() {
        "" => (event, Applied::default()),
        typed => Applied::of(event, typed, code.as_ref(), &format),
    };
    let event = &event;
    let error = match unbooked {
        Unbooked::Refused(error) => error,
        // What the same form has booked before raises the same question.
        Unbooked::Undecided(id) => BookError::Outcome(Outcome::KeyReused(id)),
    };
    let open = match &error {
        BookError::Outcome(Outcome::KeyReused(id)) => Some(*id),
        _ => None,
    };
    let refusal = Refusal::new(&error, event, &choice, &format);
    let gone = match &error {
        BookError::Outcome(Outcome::SeatsTaken(seats)) => seats.clone(),
        _ => Vec::new(),
    };
    let is_about_hold =
        matches!(&error, BookError::Refused(refused) if refused.is_about("/replaces"));
    let problem = Error::of_booking(error, event, format.now);
    let counts = known_counts(app, event).await.ok_or(problem.clone())?;
    let Some(mut refusal) = refusal else {
        return Err(problem);
    };
    let holds = own_holds::find(app, request, event, buyer, (open, None));
    let holds = timeout(EXPLAIN, holds).await;
    let holds = holds.ok().and_then(Result::ok).unwrap_or_default();
    let is_held = |id: &BookingId| holds.iter().any(|hold| hold.id == *id);
    if open.as_ref().is_some_and(is_held) {
        refusal = Refusal::undecided(&holds, &format);
    } else if is_about_hold {
        choice.replaces = None;
    } else if let Some(id) = choice.replaces.filter(is_held) {
        refusal.mention_kept_hold(id);
    }
    applied.problem = refusal.code.take().or(applied.problem);
    let seats = timeout(EXPLAIN, open_maps(app, event, &choice)).await;
    let seats = seats.ok().and_then(Result::ok).unwrap_or_default();
    offer_nearest(&mut refusal, event, &seats, &gone, &mut choice);
    // An order that may have been committed after all must be retried under the same key.
    let key = if refusal.same_key {
        key.to_owned()
    } else {
        fresh_key()
    };
    let counts = refusal.correct(event, counts);
    refusal.mention_holds(&counts, event);
    // The order is answered also if the other dates cannot be read.
    let dates = timeout(EXPLAIN, dates(app, event, &format)).await;
    let dates = dates.ok().and_then(Result::ok).unwrap_or_default();
    let frame = Frame::new(request, &format);
    let view = EventPage::new(
        frame,
        &format,
        event,
        (&counts, &seats, applied),
        &choice,
        &dates,
        key,
    )
    .refused(refusal, HoldsView::new(&holds, &choice, &format));
    let status = StatusCode::from_u16(problem.0.status).unwrap_or(StatusCode::CONFLICT);
    let mut response = page(status, &view)?;
    if let Some(seconds) = problem.0.retry_after {
        response.headers_mut().insert(RETRY_AFTER, seconds.into());
    }
    Ok(response)
}

/// The event's counts. While the database is unavailable, the last ones are better than no page.
async fn known_counts(app: &App, event: &Arc<Event>) -> Option<Counts> {
    if let Some(counts) = app.availability.known(event) {
        return Some(counts);
    }
    let counts = timeout(EXPLAIN, app.availability.of(event)).await;
    counts.ok()?.ok()
}

/// Ticks the nearest free seats instead of those that are gone, and says so.
fn offer_nearest(
    refusal: &mut Refusal,
    event: &Event,
    seats: &OpenMaps,
    gone: &[(TierNo, SeatNo)],
    choice: &mut Choice,
) {
    let is_of = |tier: &Tier, no: TierNo| event.stock.stock_of(no) == tier.stock;
    let lost_seats = |tier: &&Tier| gone.iter().any(|(no, _)| is_of(tier, *no));
    for tier in event.tiers.iter().filter(lost_seats) {
        let (Some(rows), Some(seats)) = (&tier.rows, seats.get(&tier.no)) else {
            continue;
        };
        let wanted = choice.seats_of(tier);
        if let Some(found) = nearest(rows, &seats.states, &wanted) {
            refusal.offer(event, tier, &found, wanted.len());
            choice.replace_seats(tier, &found);
        }
    }
}

/// The seats of the tiers whose maps are open.
async fn open_maps(app: &App, event: &Event, choice: &Choice) -> Result<OpenMaps, Error> {
    let mut maps = OpenMaps::new();
    for tier in choice.tiers_with_map(event) {
        maps.insert(tier.no, app.availability.seats(event, tier).await?);
    }
    Ok(maps)
}
