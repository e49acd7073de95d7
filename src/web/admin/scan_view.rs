//! What the scanner's pages show.

use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::web::Data;
use askama::Template;
use chrono_tz::Tz;
use serde_json::{Value, json};
use uuid::Uuid;

use super::shell::Shell;
use crate::catalog::Event;
use crate::checkin::{Answer, Found, Gate, List, Outcome};
use crate::types::EventId;
use crate::web::view::assets::{Assets, SCAN_DECODER, SCAN_SCRIPT, SCAN_STORE, SCAN_STYLE};
use crate::web::view::format::{Format, machine_time};

/// The texts that the script puts together, and their variables.
const SCRIPT_TEXTS: [(&str, &[&str]); 34] = [
    ("answers-yes", &[]),
    ("answers-no", &[]),
    ("scan-admitted", &[]),
    ("scan-exited", &[]),
    ("scan-already-in", &[]),
    ("scan-cancelled", &[]),
    ("scan-replaced", &[]),
    ("scan-other-event", &[]),
    ("scan-not-this-gate", &[]),
    ("scan-forged", &[]),
    ("scan-outdated", &[]),
    ("scan-not-in", &[]),
    ("scan-conflict", &[]),
    ("scan-unknown", &[]),
    ("scan-undone", &[]),
    ("scan-not-recorded", &[]),
    ("scan-since", &["time", "gate"]),
    ("scan-go-to", &["gates"]),
    ("scan-undo", &[]),
    ("scan-let-in", &[]),
    ("scan-is-in", &[]),
    ("scan-online", &[]),
    ("scan-offline", &["number"]),
    ("scan-signed-out", &["number"]),
    ("scan-counts", &["inside", "sold"]),
    ("scan-list-ready", &["number"]),
    ("scan-list-none", &[]),
    ("scan-camera-failed", &[]),
    ("scan-camera-start", &[]),
    ("scan-camera-stop", &[]),
    ("scan-nobody-found", &[]),
    ("scan-decided-here", &[]),
    ("scan-undo-failed", &[]),
    ("scan-without-name", &[]),
];

/// An event that can be chosen.
struct EventRow {
    id: EventId,
    name: String,
    place: String,
    at: String,
    at_machine: String,
}

/// Which event?
#[derive(Template)]
#[template(path = "admin/scan_events.html")]
pub(super) struct EventsPage {
    shell: Shell,
    events: Vec<EventRow>,
}

impl EventsPage {
    pub(super) fn new<'a>(
        shell: Shell,
        format: &Format,
        events: impl Iterator<Item = &'a Arc<Event>>,
    ) -> Self {
        let events = events.map(|event| EventRow {
            id: event.id,
            name: event.name.clone(),
            place: format!("{}, {}", event.venue.name, event.venue.city),
            at: format.date_time(event.starts_at, event.venue.time_zone),
            at_machine: machine_time(event.starts_at),
        });
        Self {
            events: events.collect(),
            shell,
        }
    }
}

/// What is known when the page is made.
pub(super) struct Shown<'a> {
    pub(super) event: &'a Event,
    pub(super) lists: &'a [List],
    pub(super) gates: &'a [Gate],
    /// The one that was chosen.
    pub(super) gate: Option<&'a Gate>,
    pub(super) answer: Option<Answer>,
    pub(super) found: &'a [Found],
    pub(super) query: String,
    pub(super) may_manage: bool,
    /// What is wrong with the name of a new gate.
    pub(super) problem: Option<&'static str>,
}

/// What came of a scan, in words.
struct Said {
    /// `good`, `bad` or `warn`.
    kind: &'static str,
    word: String,
    lines: Vec<String>,
    undo: Option<Uuid>,
}

/// Somebody who was found.
struct Guest {
    ticket: String,
    name: String,
    seat: String,
    is_in: bool,
}

/// The scanner, or the choice of its gate.
#[derive(Template)]
#[template(path = "admin/scan.html")]
pub(super) struct ScanPage {
    shell: Shell,
    style: String,
    scripts: [String; 2],
    path: String,
    name: String,
    when: String,
    gates: Vec<(Uuid, String)>,
    /// Id, name, and whether guests may come in again.
    gate: Option<(Uuid, String, bool)>,
    said: Option<Said>,
    guests: Vec<Guest>,
    query: String,
    key: Uuid,
    /// What the script needs, as JSON.
    settings: String,
    may_manage: bool,
    tiers: Vec<(String, String)>,
    problem: Option<String>,
}

impl ScanPage {
    pub(super) fn new(shell: Shell, request: &HttpRequest, shown: Shown<'_>) -> Self {
        let format = Format::of(request);
        let assets = request.app_data::<Data<Assets>>();
        let url = |file| assets.map_or_else(String::new, |assets| assets.url(file));
        let event = shown.event;
        let zone = event.venue.time_zone;
        let list_of = |gate: &Gate| shown.lists.iter().find(|list| list.id == gate.list);
        let open = shown.gates.iter().filter(|gate| gate.closed_at.is_none());
        let path = format!("/scan/{}", event.id);
        let settings = shown.gate.map(|gate| {
            let list = list_of(gate);
            let path = shell.to(&path);
            settings(&format, event, gate, list, &path, &url(SCAN_DECODER))
        });
        let tiers = event.tiers.iter();
        Self {
            style: url(SCAN_STYLE),
            scripts: [SCAN_STORE, SCAN_SCRIPT].map(url),
            path,
            name: event.name.clone(),
            when: format.date_time(event.starts_at, zone),
            gates: open.map(|gate| (gate.id, gate.name.clone())).collect(),
            gate: shown.gate.map(|gate| {
                let again = list_of(gate).is_some_and(|list| list.allows_reentry);
                (gate.id, gate.name.clone(), again)
            }),
            said: shown.answer.map(|answer| said(&format, event, answer)),
            guests: guests(event, shown.found),
            query: shown.query,
            key: Uuid::new_v4(),
            settings: settings.unwrap_or_default().to_string(),
            may_manage: shown.may_manage,
            tiers: tiers
                .map(|tier| (tier.code.to_string(), tier.name.clone()))
                .collect(),
            problem: shown.problem.map(|id| shell.text(id).to_owned()),
            shell,
        }
    }
}

fn settings(
    format: &Format,
    event: &Event,
    gate: &Gate,
    list: Option<&List>,
    path: &str,
    decoder: &str,
) -> Value {
    let text = |(id, names): &(&str, &[&str])| {
        let slots: Vec<String> = names.iter().map(|name| format!("{{{name}}}")).collect();
        let values = names.iter().zip(&slots);
        let values: Vec<(&str, &dyn std::fmt::Display)> = values
            .map(|(name, slot)| (*name, slot as &dyn std::fmt::Display))
            .collect();
        (
            (*id).to_owned(),
            Value::from(format.words.with(id, &values)),
        )
    };
    let texts: serde_json::Map<String, Value> = SCRIPT_TEXTS.iter().map(text).collect();
    let tiers = list.and_then(|list| list.tiers.as_ref());
    let tiers = tiers.map(|tiers| {
        let tiers = tiers.iter().filter_map(|no| event.tier_no(*no));
        tiers.map(|tier| tier.code.as_str()).collect::<Vec<_>>()
    });
    json!({
        "event": event.id, "gate": gate.id, "gateName": gate.name, "list": gate.list, "tiers": tiers,
        "reentry": list.is_some_and(|list| list.allows_reentry),
        "zone": event.venue.time_zone.name(), "path": path, "decoder": decoder, "texts": texts,
    })
}

/// What a scan's outcome is called among the texts.
fn text_of(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Admitted => "scan-admitted",
        Outcome::AlreadyIn => "scan-already-in",
        Outcome::Cancelled => "scan-cancelled",
        Outcome::Replaced => "scan-replaced",
        Outcome::OtherEvent => "scan-other-event",
        Outcome::NotThisGate => "scan-not-this-gate",
        Outcome::Forged => "scan-forged",
        Outcome::Outdated => "scan-outdated",
        Outcome::Conflict => "scan-conflict",
        Outcome::Exited => "scan-exited",
        Outcome::NotIn => "scan-not-in",
        Outcome::Undone => "scan-undone",
    }
}

fn said(format: &Format, event: &Event, answer: Answer) -> Said {
    let words = format.words;
    let zone: Tz = event.venue.time_zone;
    let mut lines = Vec::new();
    lines.extend(answer.conflict.map(|it| words.text(text_of(it)).to_owned()));
    if let (Some(inside), Some(gate)) = (answer.inside, &answer.inside_gate) {
        let time = format.time(inside.since, zone);
        lines.push(words.with("scan-since", &[("time", &time), ("gate", gate)]));
    }
    if let Some(other) = &answer.other_event {
        let at = format.date_time(other.starts_at, other.venue.time_zone);
        lines.push(format.two_parts(&other.name, &at));
    }
    if !answer.other_gates.is_empty() {
        let gates = answer.other_gates.join(", ");
        lines.push(words.with("scan-go-to", &[("gates", &gates)]));
    }
    let ticket = answer.ticket.and_then(|ticket| {
        let holder = answer.holder.as_ref();
        let tier = event.tier_no(holder.map_or(ticket.tier, |it| it.bought))?;
        Some(format.two_parts(&tier.name, &tier.label(ticket.seat)))
    });
    lines.extend(answer.holder.map(|it| it.name).filter(|it| !it.is_empty()));
    lines.extend(ticket);
    lines.extend(answer.told.iter().map(|told| {
        let said = match (told.is_yes_or_no, told.answer.as_str()) {
            (true, "yes") => words.text("answers-yes"),
            (true, "no") => words.text("answers-no"),
            (_, said) => said,
        };
        format.two_parts(&told.label, said)
    }));
    let is_undone = answer.undone_at.is_some();
    let is_good = answer.outcome.is_good() && !is_undone;
    Said {
        kind: match answer.outcome {
            Outcome::Conflict => "warn",
            _ if is_undone => "warn",
            _ if is_good => "good",
            _ => "bad",
        },
        word: words
            .text(if is_undone {
                "scan-undone"
            } else {
                text_of(answer.outcome)
            })
            .to_owned(),
        lines,
        undo: is_good.then_some(answer.id),
    }
}

fn guests(event: &Event, found: &[Found]) -> Vec<Guest> {
    let guest = |found: &Found| {
        let tier = event.tier_no(found.holder.bought)?;
        let seat = tier.label(found.ticket.seat);
        Some(Guest {
            ticket: found.ticket.to_string(),
            name: if found.holder.name.is_empty() {
                found.holder.reference.to_string()
            } else {
                found.holder.name.clone()
            },
            seat: format!("{} {seat} · {}", tier.name, found.holder.reference),
            is_in: found.entered_at.is_some() && found.left_at.is_none(),
        })
    };
    found.iter().filter_map(guest).collect()
}
