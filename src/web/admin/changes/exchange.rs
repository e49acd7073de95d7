//! Exchanging tickets of a booking for others: which for which, then what that costs or gives back, then it is done.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::super::booking::Its;
use super::super::bookings::Row;
use super::super::form::{Fields, fresh_key, value_of};
use super::super::respond::{private_page, see_other};
use super::super::session::{Manage, May};
use super::super::shell::Shell;
use super::{
    Choice, Problems, asked, choices, chosen, may_change, may_change_money, minor_field, query,
};
use crate::app::App;
use crate::booking::{HeldTicket, plan_exchange};
use crate::catalog::{Event, Tier};
use crate::payment::{ByHand, Exchange, PaidDifference, Settling, paid_for};
use crate::types::SeatNo;
use crate::web::error::Error;
use crate::web::view::format::Format;

/// Letters of the seats that a form names at most.
const SEATS_MAX: usize = 1_000;

#[derive(Template)]
#[template(path = "admin/booking_exchange.html")]
struct ExchangePage {
    shell: Shell,
    row: Row,
    choices: Vec<Choice>,
    tiers: Vec<TierOption>,
    /// The code of the tier that is wanted; empty: each stays in its own.
    tier: String,
    seats: String,
    problems: Problems,
    question: Option<Question>,
    /// What a card terminal printed, as it was typed.
    reference: String,
    /// `cash`, `terminal` or `waive`, as it was chosen.
    difference: String,
}

/// A tier to choose.
struct TierOption {
    code: String,
    text: String,
    is_chosen: bool,
}

/// What would be done.
struct Question {
    /// `VIP D-1, VIP D-2`; none: the best that are free.
    seats: Option<String>,
    tier: String,
    refund: String,
    refund_minor: i64,
    goes_back: bool,
    /// What the new tickets cost more.
    dearer: Option<String>,
    dearer_minor: i64,
    /// What was paid by hand for those that are given up.
    due_by_hand: Option<String>,
    key: String,
}

/// What a form asks for.
struct Wanted {
    tickets: Vec<HeldTicket>,
    tier: String,
    seats: String,
    difference: String,
    reference: String,
}

impl Wanted {
    fn of(fields: &[(String, String)], event: &Event) -> Self {
        let value = |name| value_of(fields, name).unwrap_or_default().trim();
        Self {
            tickets: chosen(fields, event),
            tier: value("tier").to_owned(),
            seats: value("seats").chars().take(SEATS_MAX).collect(),
            difference: value("difference").to_owned(),
            reference: value("reference").to_owned(),
        }
    }

    /// How what the new tickets cost more is settled, when the page has said that it is so much.
    fn settling(&self, shown_minor: Option<i64>) -> Settling {
        let by_hand = match (self.difference.as_str(), self.reference.as_str()) {
            ("waive", _) => return Settling::Waived,
            ("cash", _) => ByHand::Cash {
                tendered_minor: None,
            },
            ("terminal", "") => ByHand::Terminal { reference: None },
            ("terminal", reference) => ByHand::Terminal {
                reference: Some(reference.to_owned()),
            },
            _ => return Settling::Refused,
        };
        match shown_minor {
            Some(expected_minor) => Settling::Paid {
                by_hand,
                expected_minor,
            },
            None => Settling::Refused,
        }
    }

    /// Tier and seats that are wanted.
    ///
    /// # Errors
    /// 422 for what there is not.
    fn read<'e>(&self, event: &'e Event) -> Result<(&'e Tier, Option<Vec<SeatNo>>), Error> {
        let tier = match self.tickets.first() {
            Some((no, _)) if self.tier.is_empty() => event.tier_no(*no),
            None if self.tier.is_empty() => event.tiers.first(),
            _ => event.tier(&self.tier),
        };
        let tier = tier.ok_or_else(|| Error::invalid_field("/tier", "field-tier-unknown"))?;
        let parts = self.seats.split([',', ';']).map(str::trim);
        let mut seats = Vec::new();
        for part in parts.filter(|part| !part.is_empty()) {
            // A hall's rows may have names with spaces: `Stalls A-7`.
            if let Some(seat) = tier.seat(part) {
                seats.push(seat);
                continue;
            }
            for label in part.split_whitespace() {
                let unknown = || Error::invalid_field("/seats", "field-seat-unknown");
                seats.push(tier.seat(label).ok_or_else(unknown)?);
            }
        }
        if seats.is_empty() {
            return Ok((tier, None));
        }
        seats.sort_unstable();
        seats.dedup();
        Ok((tier, Some(seats)))
    }
}

impl ExchangePage {
    async fn of(
        app: &App,
        request: &HttpRequest,
        may: &May<Manage>,
        its: &Its,
        wanted: &Wanted,
    ) -> Result<Self, Error> {
        let format = Format::of(request);
        let option = |tier: &Tier| TierOption {
            code: tier.code.to_string(),
            text: format!(
                "{}, {}",
                tier.name,
                format.money(its.event.money(tier.price_minor))
            ),
            is_chosen: tier.code.as_str() == wanted.tier,
        };
        Ok(Self {
            shell: Shell::of(request, may, "bookings"),
            row: its.row(app, &format).await?,
            choices: choices(&its.booking, &its.event, &wanted.tickets, &format),
            tiers: its.event.tiers.iter().map(option).collect(),
            tier: wanted.tier.clone(),
            seats: wanted.seats.clone(),
            problems: Problems::default(),
            question: None,
            reference: wanted.reference.clone(),
            difference: wanted.difference.clone(),
        })
    }
}

/// What would be done, or why not.
fn question(
    its: &Its,
    paid: &[PaidDifference],
    wanted: &Wanted,
    format: &Format,
) -> Result<Question, Error> {
    let (tier, seats) = wanted.read(&its.event)?;
    let booked = (its.booking.items.as_slice(), its.booking.lines.as_slice());
    let to = (tier, &its.event.charges);
    let planned = plan_exchange(booked, &wanted.tickets, to, seats.as_deref());
    let plan = planned.map_err(|unfit| Error::of_change(unfit.into(), &its.event))?;
    let mut due_minor = 0;
    if plan.tier != plan.from.tier {
        may_change_money(&its.booking, &its.event)?;
        due_minor = paid_for(paid, &wanted.tickets);
    }
    let money = |minor| format.money(its.event.money(minor));
    let names = |seats: Vec<SeatNo>| {
        let names: Vec<String> = seats.iter().map(|seat| tier.label(*seat)).collect();
        names.join(", ")
    };
    Ok(Question {
        seats: seats.map(names),
        tier: tier.name.clone(),
        refund: money(plan.refund_minor),
        refund_minor: plan.refund_minor,
        goes_back: plan.refund_minor > 0,
        dearer: (plan.dearer_minor > 0).then(|| money(plan.dearer_minor)),
        dearer_minor: plan.dearer_minor,
        due_by_hand: (due_minor > 0).then(|| money(due_minor)),
        key: fresh_key(),
    })
}

/// GET /admin/bookings/{booking}/exchange: which tickets for which; with them, what that does.
pub async fn ask(
    app: Data<App>,
    request: HttpRequest,
    may: May<Manage>,
) -> Result<HttpResponse, Error> {
    let its = Its::of(&app, &request, &may).await?;
    may_change(&its.booking, &its.event)?;
    let (fields, format) = (query(&request), Format::of(&request));
    let wanted = Wanted::of(&fields, &its.event);
    let mut page = ExchangePage::of(&app, &request, &may, &its, &wanted).await?;
    let mut status = StatusCode::OK;
    if fields.iter().any(|(name, _)| name == "next") {
        let paid = app.payments.differences(&its.booking).await?;
        match question(&its, &paid, &wanted, &format) {
            Ok(question) => page.question = Some(question),
            Err(error) => {
                status = StatusCode::UNPROCESSABLE_ENTITY;
                page.problems = Problems::of(error, format.words)?;
            }
        }
    }
    private_page(status, &page)
}

/// POST /admin/bookings/{booking}/exchange
pub async fn exchange(
    app: Data<App>,
    request: HttpRequest,
    may: May<Manage>,
    fields: Fields,
) -> Result<HttpResponse, Error> {
    let its = Its::of(&app, &request, &may).await?;
    let wanted = Wanted::of(&fields, &its.event);
    let id = its.booking.id;
    let Err(error) = carry_out(&app, &may, &its, &wanted, &fields).await else {
        let path = format!("/admin/bookings/{id}?done=tickets-exchanged");
        return Ok(see_other(&path));
    };
    let status = StatusCode::from_u16(error.0.status).unwrap_or(StatusCode::CONFLICT);
    let mut page = ExchangePage::of(&app, &request, &may, &its, &wanted).await?;
    let format = Format::of(&request);
    page.problems = Problems::of(error, format.words)?;
    if page.problems.reference.is_some() {
        // All else stays as it was answered.
        let paid = app.payments.differences(&its.booking).await?;
        page.question = question(&its, &paid, &wanted, &format).ok();
    }
    private_page(status, &page)
}

async fn carry_out(
    app: &App,
    may: &May<Manage>,
    its: &Its,
    wanted: &Wanted,
    fields: &Fields,
) -> Result<(), Error> {
    let (tier, seats) = wanted.read(&its.event)?;
    let change = Exchange::new(
        asked(fields, &its.booking, "exchange")?,
        wanted.tickets.clone(),
        tier.no,
        seats,
        wanted.settling(minor_field(fields, "dearer")),
        minor_field(fields, "refund"),
    );
    let done = app
        .payments
        .exchange(&may.actor(), &its.event, change)
        .await;
    done.map_err(|error| Error::of_change(error, &its.event))
}
