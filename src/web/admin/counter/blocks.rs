//! Blocks: which tickets are kept off sale and why, keeping more off sale, and giving them back.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::fields::Field;
use super::form::{Fields, fresh_key, key_field, value_of};
use super::pick::{Pick, Picked, text};
use super::respond::{private_page, see_other};
use super::session::{Manage, On, Read};
use super::shell::Shell;
use super::{alert, event_of, query};
use crate::access::organiser::Right;
use crate::app::App;
use crate::booking::{self, Block, Issue, Kept, RequestedItem, RequestedSeat};
use crate::catalog::Event;
use crate::types::{BookingId, BookingKind};
use crate::web::error::Error;
use crate::web::view::format::{Format, machine_time};
use crate::web::{extract, issue};

#[derive(Template)]
#[template(path = "admin/counter/blocks.html")]
struct BlocksPage {
    shell: Shell,
    path: String,
    blocks: Vec<Row>,
    may_manage: bool,
    pick: Pick,
    reason: Field,
    key: String,
    alert: Option<String>,
}

/// A block as it is listed.
struct Row {
    id: BookingId,
    reference: String,
    reason: String,
    at_machine: String,
    at: String,
    tickets: String,
    items: Vec<Item>,
}

/// The tickets of one tier.
struct Item {
    code: String,
    name: String,
    quantity: i32,
    /// Value and label of each numbered seat.
    seats: Vec<(String, String)>,
}

impl Row {
    fn of(block: &Block, event: &Event, format: &Format) -> Self {
        let items = block.items.iter().filter_map(|item| {
            let tier = event.tier_no(item.tier)?;
            let seats = item.seats.iter().filter_map(|&seat| {
                let rows = tier.rows.as_ref()?;
                let at = rows.position(seat);
                let row = rows.row_label(at.row);
                let value = format!("{}:{row}:{}", tier.code, at.number);
                Some((value, tier.label(seat)))
            });
            Some(Item {
                code: tier.code.to_string(),
                name: tier.name.clone(),
                quantity: item.quantity,
                seats: seats.collect(),
            })
        });
        let items: Vec<Item> = items.collect();
        let tickets: i32 = items.iter().map(|item| item.quantity).sum();
        Self {
            id: block.id,
            reference: block.reference.to_string(),
            reason: block.reason.clone().unwrap_or_default(),
            at_machine: machine_time(block.created_at),
            at: format.date_time(block.created_at, event.venue.time_zone),
            tickets: format.number(tickets),
            items,
        }
    }
}

async fn page<R>(
    app: &App,
    request: &HttpRequest,
    on: &On<R>,
    event: &Event,
    picked: &Picked,
) -> Result<BlocksPage, Error> {
    let format = Format::of(request);
    let shell = Shell::of_event(request, on, event, "blocks");
    let blocks = booking::blocks(&app.db, event.no).await?;
    let rows = blocks.iter().map(|block| Row::of(block, event, &format));
    Ok(BlocksPage {
        path: format!("/admin/events/{}/blocks", event.id),
        blocks: rows.collect(),
        may_manage: shell.may(&Right::Manage),
        shell,
        pick: Pick::of(app, event, picked, &format).await?,
        reason: Field::default(),
        key: fresh_key(),
        alert: None,
    })
}

/// GET /admin/events/{event}/blocks
pub async fn show(
    app: Data<App>,
    request: HttpRequest,
    on: On<Read>,
) -> Result<HttpResponse, Error> {
    let event = event_of(&app, &request, &on).await?;
    let fields = query(&request)?;
    let mut page = page(&app, &request, &on, &event, &Picked::of(&fields)).await?;
    page.reason = Field::of(&fields, "reason");
    private_page(StatusCode::OK, &page)
}

/// POST /admin/events/{event}/blocks
pub async fn withhold(
    app: Data<App>,
    request: HttpRequest,
    on: On<Manage>,
    fields: Fields,
) -> Result<HttpResponse, Error> {
    let event = event_of(&app, &request, &on).await?;
    let picked = Picked::of(&fields);
    let made = match issue::reason(text(&fields, "reason")) {
        Ok(reason) => {
            let wanted = Issue {
                kind: BookingKind::Withheld,
                key: key_field(&fields)?,
                items: picked.items(),
                seats: picked.seats(),
                reason: Some(reason),
                contact: None,
                terms: String::new(),
            };
            issue::issue(&app, &on.may.actor(), &event, wanted).await
        }
        Err(error) => Err(error),
    };
    match made {
        Ok(_) => Ok(see_other(&format!(
            "/admin/events/{}/blocks?done=block-made",
            event.id
        ))),
        Err(error) => refuse(&app, &request, &on, &event, (&picked, &fields), error).await,
    }
}

/// The page with what is wrong, and what was typed.
async fn refuse(
    app: &App,
    request: &HttpRequest,
    on: &On<Manage>,
    event: &Event,
    (picked, fields): (&Picked, &Fields),
    error: Error,
) -> Result<HttpResponse, Error> {
    let words = Format::of(request).words;
    let is_reason = error
        .0
        .errors
        .iter()
        .any(|(pointer, _)| pointer == "/reason");
    let mut page = page(app, request, on, event, picked).await?;
    page.reason = Field::of(fields, "reason");
    let says = alert(error, words)?;
    if is_reason {
        page.reason.refuse(words.text("blocks-reason-wrong"));
    } else {
        page.alert = Some(says);
    }
    private_page(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

/// POST /admin/events/{event}/blocks/{booking}: gives all of it back, or what the form says.
pub async fn give_back(
    app: Data<App>,
    request: HttpRequest,
    on: On<Manage>,
    fields: Fields,
) -> Result<HttpResponse, Error> {
    let event = event_of(&app, &request, &on).await?;
    let id: BookingId = extract::path_id(&request, "booking", "block")?;
    let kept = kept(&fields);
    let released = booking::give_back(&app.db, &on.may.actor(), &event, id, &kept).await?;
    app.lanes.released(event.no, &released);
    Ok(see_other(&format!(
        "/admin/events/{}/blocks?done=given-back",
        event.id
    )))
}

/// What the block keeps: the form says how many it had when it was made, so that it can be sent twice.
fn kept(fields: &Fields) -> Kept {
    if value_of(fields, "all").is_some() {
        return Kept {
            nothing: true,
            ..Kept::default()
        };
    }
    let items = fields.iter().filter_map(|(name, value)| {
        let code = name.strip_prefix("less-")?;
        let less: i64 = value.trim().parse().ok().filter(|less| *less > 0)?;
        let had: i64 = value_of(fields, &format!("had-{code}"))?.parse().ok()?;
        Some(RequestedItem {
            tier: code.to_owned(),
            quantity: (had - less).max(0),
        })
    });
    let without: Vec<RequestedSeat> = Picked::of(fields).seats();
    Kept {
        nothing: false,
        items: items.collect(),
        without,
    }
}
