//! The page of an event that is written: its fields, its tiers, and what may be done with it.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use askama::Template;
use chrono_tz::Tz;

use super::event_inputs::{self, EVENT, PARTS};
use super::fields::{Field, Refused, WrongField};
use super::inputs::{self, Shown};
use super::session::{Manage, May, On};
use super::shell::Shell;
use super::tier_inputs::{self, TIER};
use crate::catalog::organise::Own;
use crate::catalog::{Details, Event, Status, TierDetails};
use crate::types::EventId;
use crate::web::view::format::Format;
use crate::web::view::markdown;
use crate::web::view::words::Words;

/// An event, new or not.
#[derive(Template)]
#[template(path = "admin/plan.html")]
pub(super) struct PlanPage {
    pub(super) shell: Shell,
    /// `None` of one that is new.
    pub(super) event: Option<Plan>,
    pub(super) inputs: Vec<Shown>,
    /// What each part of the form says in short, in the order of `PARTS`; nothing of a new event.
    says: Vec<String>,
    /// Whether a change is one of all drafts of the series.
    pub(super) with_drafts: bool,
    /// The description that stands in its field, as buyers see it.
    pub(super) about: String,
    /// What is wrong with none of the fields.
    pub(super) alert: Option<String>,
    pub(super) status: StatusCode,
}

/// What is known of an event that is there.
pub(super) struct Plan {
    pub(super) id: EventId,
    pub(super) version: i32,
    pub(super) state: &'static str,
    pub(super) is_draft: bool,
    pub(super) is_publishing: bool,
    pub(super) is_published: bool,
    /// Whether it is one of several dates.
    pub(super) is_of_series: bool,
    pub(super) picture: Option<String>,
    pub(super) tiers: Vec<TierForm>,
    pub(super) new_tier: TierForm,
    /// To which dates it is to be copied, one a line.
    pub(super) dates: Field,
    /// And for how many weeks.
    pub(super) weeks: Field,
}

/// A part of an event's form.
struct Part<'a> {
    /// The id of what it is called.
    text: &'static str,
    says: &'a str,
    is_open: bool,
    inputs: Vec<&'a Shown>,
}

/// A tier's form.
pub(super) struct TierForm {
    pub(super) code: String,
    pub(super) name: String,
    /// Its price and how many tickets it has, or whose.
    says: Vec<String>,
    is_hidden: bool,
    pub(super) inputs: Vec<Shown>,
    pub(super) alert: Option<String>,
}

impl TierForm {
    /// Whether something of it is wrong.
    fn has_problem(&self) -> bool {
        self.alert.is_some() || inputs::wrong_of(&self.inputs).next().is_some()
    }
}

impl Plan {
    /// Whether the copies cannot be made.
    fn has_wrong_copy(&self) -> bool {
        self.dates.problem.is_some() || self.weeks.problem.is_some()
    }
}

/// The words of the page's language.
pub(super) fn words(request: &HttpRequest) -> &'static Words {
    Format::of(request).words
}

impl PlanPage {
    /// The form of a new event.
    pub(super) fn new(request: &HttpRequest, may: &May<Manage>) -> Self {
        let details = Details {
            max_tickets_per_booking: Some(10),
            contact: Some("optional".into()),
            ..Details::default()
        };
        let shell = Shell::of(request, may, "events");
        Self {
            inputs: inputs::show(EVENT, "", words(request), |name| {
                event_inputs::of_event(&details, name)
            }),
            shell,
            event: None,
            says: Vec::new(),
            with_drafts: false,
            about: String::new(),
            alert: None,
            status: StatusCode::OK,
        }
    }

    /// The form of an event as it is.
    pub(super) fn of(request: &HttpRequest, on: &On<Manage>, own: &Own) -> Self {
        let (event, details, words) = (&own.event, own.details(), words(request));
        let (zone, currency) = (event.venue.time_zone, event.currency);
        let format = Format::of(request);
        let form = |tier: &TierDetails, prefix: &str| TierForm {
            code: tier.tier.clone(),
            name: tier.name.clone(),
            says: says_of_tier(tier, event, &format),
            is_hidden: tier.hidden,
            inputs: inputs::show(TIER, prefix, words, |name| {
                tier_inputs::of_tier(tier, name, currency, zone)
            }),
            alert: None,
        };
        let tiers = details.tiers.iter();
        let mut tiers: Vec<TierForm> = tiers
            .map(|tier| form(tier, &format!("{}-", tier.tier)))
            .collect();
        for (form, tier) in tiers.iter_mut().zip(&event.tiers) {
            // Its code stays, and its seats if a hall says them.
            let is_seated = tier.rows.as_ref().is_some_and(|rows| rows.plan().is_some());
            let stays =
                |name: &str| name == "tier" || is_seated && ["capacity", "rows"].contains(&name);
            form.inputs.retain(|input| !stays(input.name));
            tier_inputs::offer_stocks(&mut form.inputs, event, &form.code, words);
        }
        let mut new_tier = form(&TierDetails::default(), "new-tier-");
        for input in &mut new_tier.inputs {
            input.field.value.clear();
        }
        tier_inputs::offer_stocks(&mut new_tier.inputs, event, "", words);
        Self {
            shell: Shell::of_event(request, on, event, "plan"),
            inputs: inputs::show(EVENT, "", words, |name| {
                event_inputs::of_event(&details, name)
            }),
            says: says_of(event, &format),
            with_drafts: false,
            event: Some(Plan {
                id: event.id,
                version: event.version,
                state: words.text(match event.status {
                    Status::Draft => "plan-state-draft",
                    Status::Publishing => "plan-state-publishing",
                    Status::Published => "plan-state-published",
                    Status::CalledOff => "plan-state-called-off",
                }),
                is_draft: event.status == Status::Draft,
                is_publishing: event.status == Status::Publishing,
                is_published: event.status == Status::Published,
                is_of_series: event.facts.series.is_some(),
                picture: event
                    .picture
                    .as_ref()
                    .and_then(|picture| picture.files().next())
                    .map(|(_, file)| format!("/pictures/{file}")),
                tiers,
                new_tier,
                dates: Field::default(),
                weeks: Field::with("0"),
            }),
            about: markdown::html(&event.description),
            alert: None,
            status: StatusCode::OK,
        }
    }

    /// With a problem that is of no field.
    pub(super) fn refused(mut self, alert: Option<String>) -> Self {
        self.status = StatusCode::UNPROCESSABLE_ENTITY;
        let description = self.inputs.iter().find(|one| one.name == "description");
        if let Some(one) = description {
            self.about = markdown::html(&one.field.value);
        }
        self.alert = alert.filter(|alert| !alert.is_empty());
        self
    }

    /// The parts of the event's form.
    fn parts(&self) -> Vec<Part<'_>> {
        let part = |(at, (text, names)): (usize, &(&'static str, &[&str]))| {
            let inputs = names
                .iter()
                .filter_map(|name| self.inputs.iter().find(|input| input.name == *name));
            let inputs: Vec<&Shown> = inputs.collect();
            let is_wrong = inputs.iter().any(|input| input.field.problem.is_some());
            let must_be_filled = inputs.iter().any(|input| input.is_required);
            Part {
                text,
                says: self.says.get(at).map_or("", String::as_str),
                is_open: is_wrong || self.event.is_none() && must_be_filled,
                inputs,
            }
        };
        PARTS.iter().enumerate().map(part).collect()
    }

    /// What was refused, of whichever of the page's forms.
    fn refusal(&self) -> Option<Refused> {
        let mut fields: Vec<WrongField> = inputs::wrong_of(&self.inputs).collect();
        let mut refused = Refused::default();
        refused.texts.extend(self.alert.clone());
        if let Some(plan) = &self.event {
            for tier in plan.tiers.iter().chain([&plan.new_tier]) {
                let named = |text: String| match tier.name.as_str() {
                    "" => text,
                    name => format!("{name}: {text}"),
                };
                refused.texts.extend(tier.alert.clone().map(named));
                fields.extend(inputs::wrong_of(&tier.inputs).map(|mut field| {
                    field.label = named(field.label);
                    field
                }));
            }
            let dates = plan.dates.problem.clone().map(|problem| WrongField {
                id: "dates".to_owned(),
                label: self.shell.text("plan-copy").to_owned(),
                problem,
            });
            fields.extend(dates);
        }
        refused.fields = fields;
        (refused != Refused::default()).then_some(refused)
    }
}

/// What the parts of an event's form say in short.
fn says_of(event: &Event, format: &Format) -> Vec<String> {
    let words = format.words;
    let zone = event.venue.time_zone;
    let about = match event.facts.lineup.is_empty() {
        true => event.name.clone(),
        false => event.facts.lineup.join(", "),
    };
    let sale = match event.on_sale_at {
        at if at > format.now => {
            format!(
                "{} {}",
                words.text("plan-on-sale"),
                format.date_time(at, zone)
            )
        }
        _ => String::new(),
    };
    let sale = [event.currency.code().to_owned(), sale];
    let sale: Vec<String> = sale.into_iter().filter(|text| !text.is_empty()).collect();
    vec![
        about,
        format.date_time(event.starts_at, zone),
        format.two_parts(&event.venue.name, &event.venue.city),
        sale.join(" · "),
        event.facts.organiser.clone().unwrap_or_default(),
    ]
}

/// What a tier costs, and how many tickets it has or whose it sells.
fn says_of_tier(tier: &TierDetails, event: &Event, format: &Format) -> Vec<String> {
    let words = format.words;
    let of = tier.shares.as_ref().map(|code| {
        let other = event.tier(code);
        let other = other.map_or(code.as_str(), |other| other.name.as_str());
        words.with("plan-tier-shares", &[("tier", &other)])
    });
    let count = of.unwrap_or_else(|| {
        let count = i32::try_from(tier.capacity).unwrap_or(i32::MAX);
        format.counted("plan-tier-count", count, &[])
    });
    vec![format.money(event.money(tier.price_minor)), count]
}

/// The zone of an event's times.
pub(super) fn zone(own: &Own) -> Tz {
    own.event.venue.time_zone
}
