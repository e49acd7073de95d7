//! The page of an event that is written: its fields, its tiers, and what may be done with it.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use askama::Template;
use chrono_tz::Tz;

use super::inputs::{self, EVENT, Shown, TIER};
use super::session::{Manage, May, On};
use super::shell::Shell;
use crate::catalog::organise::Own;
use crate::catalog::{Details, Status, TierDetails};
use crate::types::EventId;
use crate::web::view::format::words_of;
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
}

/// A tier's form.
pub(super) struct TierForm {
    pub(super) code: String,
    pub(super) name: String,
    pub(super) inputs: Vec<Shown>,
    pub(super) alert: Option<String>,
}

impl TierForm {
    /// Whether something of it is wrong.
    fn has_problem(&self) -> bool {
        self.inputs
            .iter()
            .any(|input| input.field.problem.is_some())
    }
}

/// The words of whoever asks.
pub(super) fn words(request: &HttpRequest) -> &'static Words {
    words_of(request.headers())
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
                inputs::of_event(&details, name)
            }),
            shell,
            event: None,
            about: String::new(),
            alert: None,
            status: StatusCode::OK,
        }
    }

    /// The form of an event as it is.
    pub(super) fn of(request: &HttpRequest, on: &On<Manage>, own: &Own) -> Self {
        let (event, details, words) = (&own.event, own.details(), words(request));
        let (zone, currency) = (event.venue.time_zone, event.currency);
        let form = |tier: &TierDetails, prefix: &str| TierForm {
            code: tier.tier.clone(),
            name: tier.name.clone(),
            inputs: inputs::show(TIER, prefix, words, |name| {
                inputs::of_tier(tier, name, currency, zone)
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
            inputs::offer_stocks(&mut form.inputs, event, &form.code, words);
        }
        let mut new_tier = form(&TierDetails::default(), "new-tier-");
        for input in &mut new_tier.inputs {
            input.field.value.clear();
        }
        inputs::offer_stocks(&mut new_tier.inputs, event, "", words);
        Self {
            shell: Shell::of_event(request, on, event, "plan"),
            inputs: inputs::show(EVENT, "", words, |name| inputs::of_event(&details, name)),
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
}

/// The zone of an event's times.
pub(super) fn zone(own: &Own) -> Tz {
    own.event.venue.time_zone
}
