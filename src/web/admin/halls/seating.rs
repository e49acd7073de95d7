//! Handlers: which tier of a draft has which rows of which hall.

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::form::{Fields, value_of};
use super::respond::{private_page, see_other};
use super::session::{Manage, On};
use super::shell::Shell;
use crate::app::App;
use crate::catalog::organise::halls::{self, HallDetails, KeptHall};
use crate::catalog::organise::{self, EditError, Own, Part, Seating, TakenRows};
use crate::catalog::{Event, Status};
use crate::types::{EventId, HallId, TierCode};
use crate::web::error::{Error, must_text};
use crate::web::extract;
use crate::web::view::format::Format;

#[derive(Template)]
#[template(path = "admin/seating.html")]
struct SeatingPage {
    shell: Shell,
    id: EventId,
    version: i32,
    is_draft: bool,
    /// Id, name, whether it is chosen.
    halls: Vec<(HallId, String, bool)>,
    /// The hall that is chosen.
    hall: Option<HallId>,
    sections: Vec<SectionChoice>,
    /// Code and name.
    tiers: Vec<(String, String)>,
    /// Tiers that have seats of a hall: code, name, how many.
    seated: Vec<(String, String, String)>,
    alert: Option<String>,
}

struct SectionChoice {
    name: String,
    seats: String,
    rows: Vec<RowChoice>,
}

struct RowChoice {
    label: String,
    seats: usize,
    /// The code of the tier that has it; empty if none has.
    tier: String,
}

impl SectionChoice {
    /// The tier of all rows, if they have the same.
    fn tier(&self) -> &str {
        let first = self.rows.first().map_or("", |row| row.tier.as_str());
        let is_same = self.rows.iter().all(|row| row.tier == first);
        if is_same { first } else { "" }
    }

    /// Whether the rows are of several tiers.
    fn is_divided(&self) -> bool {
        let first = self.rows.first().map(|row| &row.tier);
        self.rows.iter().any(|row| Some(&row.tier) != first)
    }
}

#[derive(Deserialize)]
struct Query {
    hall: Option<HallId>,
}

impl SeatingPage {
    async fn of(
        app: &App,
        request: &HttpRequest,
        on: &On<Manage>,
        own: &Own,
        hall: Option<HallId>,
    ) -> Result<Self, Error> {
        let (by, event) = (on.may.actor(), &own.event);
        let format = Format::of(request);
        let mut listed = halls::list(&app.db, &by).await?;
        // Those of the event's own venue first.
        listed.sort_by_key(|hall| hall.venue != event.venue.name);
        let details = match hall {
            Some(id) => Some(halls::read(&app.db, &by, id).await?.1),
            None => None,
        };
        let name = |hall: KeptHall| match hall.venue.as_str() {
            "" => hall.name,
            venue => format.two_parts(&hall.name, venue),
        };
        // A tier that shares a stock has the stock's seats.
        let stocks = event.tiers.iter().filter(|tier| tier.is_stock());
        let seated = stocks.clone().filter_map(|tier| {
            let plan = tier.rows.as_ref()?.plan()?;
            let count = format.number(i64::try_from(plan.count()).unwrap_or_default());
            Some((tier.code.to_string(), tier.name.clone(), count))
        });
        Ok(Self {
            shell: Shell::of_event(request, on, event, "hall"),
            id: event.id,
            version: event.version,
            is_draft: event.status == Status::Draft,
            halls: listed
                .into_iter()
                .map(|found| (found.id, Some(found.id) == hall, name(found)))
                .map(|(id, is_chosen, name)| (id, name, is_chosen))
                .collect(),
            hall,
            sections: details.map_or_else(Vec::new, |details| sections(&details, event, &format)),
            tiers: stocks
                .map(|tier| (tier.code.to_string(), tier.name.clone()))
                .collect(),
            seated: seated.collect(),
            alert: None,
        })
    }

    /// Chooses what was sent.
    fn choose(&mut self, fields: &Fields) {
        for (s, section) in self.sections.iter_mut().enumerate() {
            let all = value_of(fields, &format!("section-{s}")).unwrap_or_default();
            for (r, row) in section.rows.iter_mut().enumerate() {
                row.tier = match value_of(fields, &format!("row-{s}-{r}")) {
                    None | Some("*") => all.to_owned(),
                    Some(own) => own.to_owned(),
                };
            }
        }
    }

    /// What is chosen.
    fn seating(&self, hall_id: HallId) -> Seating {
        let mut of_tiers: BTreeMap<&str, Vec<TakenRows>> = BTreeMap::new();
        for section in &self.sections {
            let mut rows: BTreeMap<&str, Vec<String>> = BTreeMap::new();
            for row in section.rows.iter().filter(|row| !row.tier.is_empty()) {
                rows.entry(&row.tier).or_default().push(row.label.clone());
            }
            for (tier, rows) in rows {
                of_tiers.entry(tier).or_default().push(TakenRows {
                    section: section.name.clone(),
                    rows: Some(rows),
                });
            }
        }
        let tiers = of_tiers.into_iter().map(|(tier, rows)| Part {
            tier: tier.to_owned(),
            rows,
        });
        Seating {
            hall_id,
            tiers: tiers.collect(),
        }
    }
}

/// The sections of a hall, with the tiers that have their rows already.
fn sections(details: &HallDetails, event: &Event, format: &Format) -> Vec<SectionChoice> {
    let mut owners: BTreeMap<(&str, &str), &str> = BTreeMap::new();
    for tier in event.tiers.iter().filter(|tier| tier.is_stock()) {
        let hall = tier.rows.as_ref().and_then(|rows| rows.plan()?.hall());
        for section in hall.into_iter().flat_map(|hall| &hall.sections) {
            let rows = section.rows.iter();
            owners.extend(rows.map(|row| {
                let place = (section.name.as_str(), row.label.as_str());
                (place, tier.code.as_str())
            }));
        }
    }
    let Ok(hall) = crate::seating::hall::Hall::parse(&details.layout) else {
        return Vec::new();
    };
    let section = |section: &crate::seating::hall::Section| {
        let rows = section.rows.iter().map(|row| RowChoice {
            label: row.label.clone(),
            seats: row.numbers.len(),
            tier: owners
                .get(&(section.name.as_str(), row.label.as_str()))
                .map_or_else(String::new, |code| (*code).to_owned()),
        });
        let seats: usize = section.rows.iter().map(|row| row.numbers.len()).sum();
        SectionChoice {
            name: section.name.clone(),
            seats: format.number(i64::try_from(seats).unwrap_or_default()),
            rows: rows.collect(),
        }
    };
    hall.sections.iter().map(section).collect()
}

fn path(id: EventId) -> String {
    format!("/admin/events/{id}/hall")
}

/// GET /admin/events/{event}/hall
pub async fn show(
    app: Data<App>,
    request: HttpRequest,
    on: On<Manage>,
) -> Result<HttpResponse, Error> {
    let query: Query = extract::query(&request).unwrap_or(Query { hall: None });
    let own = organise::read(&app.db, on.id, &on.may.actor()).await?;
    let page = SeatingPage::of(&app, &request, &on, &own, query.hall).await?;
    private_page(StatusCode::OK, &page)
}

/// POST /admin/events/{event}/hall
pub async fn save(
    app: Data<App>,
    request: HttpRequest,
    on: On<Manage>,
    fields: Fields,
) -> Result<HttpResponse, Error> {
    let (by, words) = (on.may.actor(), Format::of(&request).words);
    let hall = value_of(&fields, "hall").and_then(|text| text.parse::<HallId>().ok());
    let hall = hall.ok_or(EditError::NoHall)?;
    let own = organise::read(&app.db, on.id, &by).await?;
    let mut page = SeatingPage::of(&app, &request, &on, &own, Some(hall)).await?;
    page.choose(&fields);
    let version = value_of(&fields, "version").and_then(|text| text.parse().ok());
    let seating = page.seating(hall);
    let seated = match seating.tiers.is_empty() {
        true => Err(EditError::Invalid(Vec::new())),
        false => organise::seat(&app.db, &by, on.id, version.unwrap_or(0), &seating).await,
    };
    page.alert = Some(match seated {
        Ok(_) => {
            app.catalog.forget(on.id);
            return Ok(see_other(&format!("{}?done=event-seated", path(on.id))));
        }
        Err(EditError::Invalid(wrong)) if wrong.is_empty() => {
            words.text("seating-nothing").to_owned()
        }
        Err(EditError::Invalid(wrong)) => {
            let texts = wrong.into_iter().map(|one| must_text(one.must, words));
            texts.collect::<Vec<_>>().join(" ")
        }
        Err(EditError::Stale { .. }) => words.text("hall-stale").to_owned(),
        Err(error) => return Err(error.into()),
    });
    private_page(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

/// POST /admin/events/{event}/tiers/{tier}/unseat
pub async fn unseat(
    app: Data<App>,
    request: HttpRequest,
    on: On<Manage>,
) -> Result<HttpResponse, Error> {
    let code: TierCode = extract::path_id(&request, "tier", "tier")?;
    organise::unseat(&app.db, &on.may.actor(), on.id, None, code.as_str()).await?;
    app.catalog.forget(on.id);
    Ok(see_other(&format!("{}?done=event-seated", path(on.id))))
}
