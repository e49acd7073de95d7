//! Handlers: an event is created, changed, copied, deleted, given a picture, and shown as buyers will see it.

use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use chrono::{NaiveDateTime, TimeZone};

use super::event_inputs::{self, EVENT};
use super::fields::Field;
use super::form::{Fields, value_of};
use super::inputs;
use super::page::{PlanPage, words, zone};
use super::respond::{private_page, see_other};
use super::session::{Manage, May, On, Read};
use crate::app::App;
use crate::catalog::Details;
use crate::catalog::organise::{self, Dates, EditError, Reach};
use crate::types::EventId;
use crate::web::error::{Error, edit_text};
use crate::web::shop;
use crate::web::upload::{self, Upload};

/// GET /admin/events/new
pub async fn new(request: HttpRequest, may: May<Manage>) -> Result<HttpResponse, Error> {
    let page = PlanPage::new(&request, &may);
    private_page(page.status, &page)
}

/// POST /admin/events/new
pub async fn create(
    app: Data<App>,
    request: HttpRequest,
    may: May<Manage>,
    fields: Fields,
) -> Result<HttpResponse, Error> {
    let (mut page, words) = (PlanPage::new(&request, &may), words(&request));
    inputs::take(&mut page.inputs, &fields);
    let mut details = Details::default();
    if !event_inputs::read_event(&mut details, &mut page.inputs, words) {
        let page = page.refused(None);
        return private_page(page.status, &page);
    }
    match organise::create(&app.db, &may.actor(), &details).await {
        Ok(id) => Ok(see_other(&path(id, "edit?done=event-created"))),
        Err(EditError::Invalid(wrong)) => {
            let others = inputs::refuse(EVENT, &mut page.inputs, wrong, words);
            let page = page.refused(Some(others.join(" ")));
            private_page(page.status, &page)
        }
        Err(error) => Err(error.into()),
    }
}

/// GET /admin/events/{event}/edit
pub async fn edit(
    app: Data<App>,
    request: HttpRequest,
    on: On<Manage>,
) -> Result<HttpResponse, Error> {
    let own = organise::read(&app.db, on.id, &on.may.actor()).await?;
    let page = PlanPage::of(&request, &on, &own);
    private_page(page.status, &page)
}

/// POST /admin/events/{event}/edit: of two who do so at once the second is shown what the first has changed.
pub async fn save(
    app: Data<App>,
    request: HttpRequest,
    on: On<Manage>,
    fields: Fields,
) -> Result<HttpResponse, Error> {
    let (by, words) = (on.may.actor(), words(&request));
    let own = organise::read(&app.db, on.id, &by).await?;
    let mut page = PlanPage::of(&request, &on, &own);
    inputs::take(&mut page.inputs, &fields);
    let mut details = own.details();
    let is_read = event_inputs::read_event(&mut details, &mut page.inputs, words);
    let version = value_of(&fields, "version").and_then(|text| text.parse().ok());
    page.with_drafts = value_of(&fields, "drafts") == Some("yes");
    let changed = match version {
        Some(version) if is_read => {
            let reach = match page.with_drafts {
                true => Reach::DraftsOfSeries,
                false => Reach::Event,
            };
            organise::change(&app.db, &by, on.id, version, &details, reach).await
        }
        _ => Err(EditError::Invalid(Vec::new())),
    };
    let alert = match changed {
        Ok(_) => {
            app.catalog.forget(on.id);
            return Ok(see_other(&path(on.id, "edit?done=event-saved")));
        }
        Err(EditError::Invalid(wrong)) => {
            inputs::refuse(EVENT, &mut page.inputs, wrong, words).join(" ")
        }
        Err(EditError::Stale { .. }) => {
            let now = own.details();
            inputs::compare(
                &mut page.inputs,
                |name| event_inputs::of_event(&now, name),
                words,
            );
            words.text("plan-stale").to_owned()
        }
        Err(error) => return Err(error.into()),
    };
    let page = page.refused(Some(alert));
    private_page(page.status, &page)
}

/// POST /admin/events/{event}/delete: a draft.
pub async fn delete(app: Data<App>, on: On<Manage>) -> Result<HttpResponse, Error> {
    organise::delete(&app.db, &on.may.actor(), on.id).await?;
    Ok(see_other("/admin?done=event-deleted"))
}

/// POST /admin/events/{event}/duplicate: to other dates, one a line, on the venue's clock.
pub async fn duplicate(
    app: Data<App>,
    request: HttpRequest,
    on: On<Manage>,
    fields: Fields,
) -> Result<HttpResponse, Error> {
    let (by, words) = (on.may.actor(), words(&request));
    let own = organise::read(&app.db, on.id, &by).await?;
    let typed = value_of(&fields, "dates").unwrap_or_default();
    let lines = typed.lines().map(str::trim).filter(|line| !line.is_empty());
    let read = |line: &str| {
        let naive =
            NaiveDateTime::parse_from_str(&line.replace('T', " "), "%Y-%m-%d %H:%M").ok()?;
        Some(zone(&own).from_local_datetime(&naive).earliest()?.to_utc())
    };
    let starts_at: Option<Vec<_>> = lines.map(read).collect();
    let copied = match starts_at {
        Some(starts_at) => {
            let weeks = value_of(&fields, "weeks").unwrap_or_default().trim();
            let dates = Dates {
                starts_at,
                weeks: weeks
                    .parse()
                    .unwrap_or(if weeks.is_empty() { 0 } else { u32::MAX }),
                ..Dates::default()
            };
            organise::copy(&app.db, &by, on.id, &dates).await
        }
        None => Err(EditError::Invalid(Vec::new())),
    };
    match copied {
        Ok(copies) => {
            app.catalog.forget(on.id);
            match copies[..] {
                [copy] => Ok(see_other(&path(copy, "edit?done=event-copied"))),
                _ => Ok(see_other("/admin?done=event-copied")),
            }
        }
        Err(EditError::Invalid(wrong)) => {
            let mut alert = vec![words.text("plan-dates-wrong").to_owned()];
            alert.extend(wrong.into_iter().map(|wrong| edit_text(wrong, words)));
            let mut page = PlanPage::of(&request, &on, &own);
            if let Some(plan) = &mut page.event {
                plan.dates = Field::of(&fields, "dates");
                plan.dates.refuse(alert.join(" "));
                plan.weeks = Field::of(&fields, "weeks");
            }
            let page = page.refused(None);
            private_page(page.status, &page)
        }
        Err(error) => Err(error.into()),
    }
}

/// POST /admin/events/{event}/picture: the file of a form.
pub async fn set_picture(
    app: Data<App>,
    request: HttpRequest,
    on: On<Manage>,
    upload: Upload,
) -> Result<HttpResponse, Error> {
    let by = on.may.actor();
    let content = upload.file(&request)?;
    let taken = match content {
        Some(content) if !content.is_empty() => {
            Some(upload::take(&app, "/picture", Bytes::from(content)).await)
        }
        _ => None,
    };
    match taken {
        Some(Ok(picture)) => {
            organise::set_picture(&app.db, &by, on.id, Some(&picture)).await?;
            app.catalog.forget(on.id);
            Ok(see_other(&path(on.id, "edit?done=event-saved")))
        }
        Some(Err(error)) if error.0.status != 422 => Err(error),
        _ => {
            let own = organise::read(&app.db, on.id, &by).await?;
            let alert = words(&request).text("plan-picture-wrong").to_owned();
            let page = PlanPage::of(&request, &on, &own).refused(Some(alert));
            private_page(page.status, &page)
        }
    }
}

/// GET /admin/events/{event}/preview
pub async fn preview(
    app: Data<App>,
    request: HttpRequest,
    on: On<Read>,
) -> Result<HttpResponse, Error> {
    let own = organise::read(&app.db, on.id, &on.may.actor()).await?;
    shop::events::preview(&request, own.event)
}

/// A page of an event.
pub(super) fn path(id: EventId, page: &str) -> String {
    format!("/admin/events/{id}/{page}")
}
