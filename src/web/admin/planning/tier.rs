//! Handlers: tiers are added, changed and removed; how many tickets there are is one of their fields.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use super::event::path;
use super::form::{Fields, value_of};
use super::inputs;
use super::page::{PlanPage, TierForm, words, zone};
use super::respond::{private_page, see_other};
use super::session::{Manage, On};
use super::tier_inputs::{self, TIER};
use crate::app::App;
use crate::catalog::TierDetails;
use crate::catalog::organise::{self, EditError};
use crate::types::TierCode;
use crate::web::error::Error;
use crate::web::extract;
use crate::web::view::words::Words;

/// POST /admin/events/{event}/tiers
pub async fn add(
    app: Data<App>,
    request: HttpRequest,
    on: On<Manage>,
    fields: Fields,
) -> Result<HttpResponse, Error> {
    let (by, words) = (on.may.actor(), words(&request));
    let own = organise::read(&app.db, on.id, &by).await?;
    let mut page = PlanPage::of(&request, &on, &own);
    let Some(plan) = &mut page.event else {
        return Err(Error::not_found("event"));
    };
    let form = &mut plan.new_tier;
    inputs::take(&mut form.inputs, &fields);
    let mut details = TierDetails::default();
    let of = (own.event.currency, zone(&own));
    if tier_inputs::read_tier(&mut details, &mut form.inputs, of, words) {
        let added = organise::add(&app.db, &by, on.id, None, &details).await;
        app.catalog.forget(on.id);
        match added {
            Ok(_) => return Ok(see_other(&path(on.id, "edit?done=tier-saved#tiers"))),
            Err(error) => refuse(form, error, words)?,
        }
    }
    let page = page.refused(None);
    private_page(page.status, &page)
}

/// POST /admin/events/{event}/tiers/{tier}
pub async fn save(
    app: Data<App>,
    request: HttpRequest,
    on: On<Manage>,
    fields: Fields,
) -> Result<HttpResponse, Error> {
    let (by, words) = (on.may.actor(), words(&request));
    let code: TierCode = extract::path_id(&request, "tier", "tier")?;
    let own = organise::read(&app.db, on.id, &by).await?;
    let tier = own.event.tier(code.as_str()).ok_or(EditError::NoTier)?;
    let mut details = TierDetails::from(tier);
    let now = details.clone();
    let mut page = PlanPage::of(&request, &on, &own);
    let forms = page.event.iter_mut().flat_map(|plan| &mut plan.tiers);
    let Some(form) = forms.into_iter().find(|form| form.code == code.as_str()) else {
        return Err(Error::not_found("tier"));
    };
    inputs::take(&mut form.inputs, &fields);
    let of = (own.event.currency, zone(&own));
    let is_read = tier_inputs::read_tier(&mut details, &mut form.inputs, of, words);
    let version = value_of(&fields, "version").and_then(|text| text.parse().ok());
    if let (true, Some(version)) = (is_read, version) {
        let code = code.as_str();
        let changed = organise::change_tier(&app.db, &by, on.id, version, code, &details).await;
        app.catalog.forget(on.id);
        match changed {
            Ok(_) => return Ok(see_other(&path(on.id, "edit?done=tier-saved#tiers"))),
            Err(EditError::Stale { .. }) => {
                let now = |name: &str| tier_inputs::of_tier(&now, name, of.0, of.1);
                inputs::compare(&mut form.inputs, now, words);
                form.alert = Some(words.text("plan-stale").to_owned());
            }
            Err(error) => refuse(form, error, words)?,
        }
    }
    let page = page.refused(None);
    private_page(page.status, &page)
}

/// What is wrong with a tier is said in its form.
fn refuse(form: &mut TierForm, error: EditError, words: &Words) -> Result<(), Error> {
    form.alert = match error {
        EditError::Invalid(wrong) => {
            let others = inputs::refuse(TIER, &mut form.inputs, wrong, words);
            (!others.is_empty()).then(|| others.join(" "))
        }
        EditError::NotFree { asked, free } => {
            let text = words.with(
                "problem-not-free-detail",
                &[("asked", &asked), ("free", &free)],
            );
            Some(text)
        }
        EditError::Publishing => Some(words.text("problem-being-published").to_owned()),
        error => return Err(error.into()),
    };
    Ok(())
}

/// POST /admin/events/{event}/tiers/{tier}/remove: of a draft.
pub async fn remove(
    app: Data<App>,
    request: HttpRequest,
    on: On<Manage>,
) -> Result<HttpResponse, Error> {
    let code: TierCode = extract::path_id(&request, "tier", "tier")?;
    organise::remove(&app.db, &on.may.actor(), on.id, &code).await?;
    Ok(see_other(&path(on.id, "edit?done=tier-removed#tiers")))
}
