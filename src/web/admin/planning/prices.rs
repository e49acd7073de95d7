//! Handlers: taxes, fees and promo codes of an event.
//!
//! A tax or a fee is a part of the event: whoever changes one says which version of the event they have seen. A code has a
//! version of its own.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use super::event::path;
use super::form::{Fields, value_of};
use super::inputs::{self, Input, Shown};
use super::page::words;
use super::price_inputs::{CODE, FEE, TAX, Typed};
use super::price_page::{PricesPage, in_of};
use super::respond::{private_page, see_other};
use super::session::{Manage, On};
use crate::app::App;
use crate::audit::Actor;
use crate::catalog::code::CodeText;
use crate::catalog::organise::code::{self, CodeDetails, Used};
use crate::catalog::organise::{self, EditError, Own, Reach};
use crate::catalog::{Details, Wrong};
use crate::web::error::Error;
use crate::web::view::words::Words;

/// GET /admin/events/{event}/prices
pub async fn show(
    app: Data<App>,
    request: HttpRequest,
    on: On<Manage>,
) -> Result<HttpResponse, Error> {
    let (own, codes) = code::list(&app.db, &on.may.actor(), on.id).await?;
    let page = PricesPage::of(&request, &on, &own, &codes);
    private_page(page.status, &page)
}

/// POST /admin/events/{event}/prices/taxes: the tax with this number, or a new one.
pub async fn save_tax(
    app: Data<App>,
    request: HttpRequest,
    on: On<Manage>,
    fields: Fields,
) -> Result<HttpResponse, Error> {
    let list = |details: &mut Details| std::mem::take(&mut details.taxes);
    let put = |details: &mut Details, taxes| details.taxes = taxes;
    save_charge(&app, &request, &on, &fields, ("/taxes", TAX), (list, put)).await
}

/// POST /admin/events/{event}/prices/fees: the fee with this number, or a new one.
pub async fn save_fee(
    app: Data<App>,
    request: HttpRequest,
    on: On<Manage>,
    fields: Fields,
) -> Result<HttpResponse, Error> {
    let list = |details: &mut Details| std::mem::take(&mut details.fees);
    let put = |details: &mut Details, fees| details.fees = fees;
    save_charge(&app, &request, &on, &fields, ("/fees", FEE), (list, put)).await
}

/// Saves, adds or removes one of a list of an event's charges.
async fn save_charge<T: Typed + Default>(
    app: &App,
    request: &HttpRequest,
    on: &On<Manage>,
    fields: &Fields,
    (pointer, known): (&str, &[Input]),
    (list, put): (
        impl Fn(&mut Details) -> Vec<T>,
        impl Fn(&mut Details, Vec<T>),
    ),
) -> Result<HttpResponse, Error> {
    let (by, words) = (on.may.actor(), words(request));
    let (own, codes) = code::list(&app.db, &by, on.id).await?;
    let mut page = PricesPage::of(request, on, &own, &codes);
    let forms = if pointer == "/taxes" {
        &mut page.taxes
    } else {
        &mut page.fees
    };
    let mut details = own.details();
    let mut charges = list(&mut details);
    let index = number(fields, "index")
        .unwrap_or(charges.len())
        .min(charges.len());
    let form = &mut forms[index];
    let mut is_read = true;
    if value_of(fields, "remove").is_some() && index < charges.len() {
        charges.remove(index);
    } else {
        inputs::take(&mut form.inputs, fields);
        let mut charge = T::default();
        is_read = charge.read(&mut form.inputs, in_of(&own.event), words);
        if index < charges.len() {
            charges[index] = charge;
        } else {
            charges.push(charge);
        }
    }
    put(&mut details, charges);
    let saved = match number(fields, "version") {
        Some(version) if is_read => {
            let changed =
                organise::change(&app.db, &by, on.id, version, &details, Reach::Event).await;
            changed.map(|_| ())
        }
        _ => Err(EditError::Invalid(Vec::new())),
    };
    let at = format!("{pointer}/{index}");
    match saved {
        Ok(()) => {
            app.catalog.forget(on.id);
            return Ok(see_other(&path(on.id, "prices?done=prices-saved")));
        }
        Err(error) => form.alert = refuse(known, &mut form.inputs, error, &at, words)?,
    }
    page.status = StatusCode::UNPROCESSABLE_ENTITY;
    private_page(page.status, &page)
}

/// What is wrong, beside its fields; what is of none of them is returned.
fn refuse(
    known: &[Input],
    shown: &mut [Shown],
    error: EditError,
    at: &str,
    words: &Words,
) -> Result<Option<String>, Error> {
    let wrong = match error {
        EditError::Invalid(wrong) => wrong,
        EditError::Stale { .. } => return Ok(Some(words.text("plan-stale").to_owned())),
        error => return Err(error.into()),
    };
    let of_form = |wrong: Wrong| match wrong.pointer.strip_prefix(at) {
        Some(pointer) => Wrong {
            pointer: pointer.to_owned(),
            ..wrong
        },
        None => wrong,
    };
    let wrong = wrong.into_iter().map(of_form).collect();
    let others = inputs::refuse(known, shown, wrong, words);
    Ok((!others.is_empty()).then(|| others.join(" ")))
}

fn number<T: std::str::FromStr>(fields: &Fields, name: &str) -> Option<T> {
    value_of(fields, name)?.parse().ok()
}

/// POST /admin/events/{event}/prices/codes: the code that `was` names, or a new one.
pub async fn save_code(
    app: Data<App>,
    request: HttpRequest,
    on: On<Manage>,
    fields: Fields,
) -> Result<HttpResponse, Error> {
    let (by, words) = (on.may.actor(), words(&request));
    let (own, codes) = code::list(&app.db, &by, on.id).await?;
    let mut page = PricesPage::of(&request, &on, &own, &codes);
    let was = value_of(&fields, "was").unwrap_or_default();
    let at = codes.iter().position(|used| used.code.code.as_str() == was);
    let form = &mut page.codes[at.unwrap_or(codes.len())];
    let found = at.map(|at| &codes[at]);
    let saved = if let Some(used) = found.filter(|_| value_of(&fields, "withdraw").is_some()) {
        let code = &used.code.code;
        code::withdraw(&app.db, &by, on.id, code)
            .await
            .map(|_| "code-withdrawn-done")
    } else {
        inputs::take(&mut form.inputs, &fields);
        let mut details = found
            .map(|used| CodeDetails::from(&used.code))
            .unwrap_or_default();
        if details.read(&mut form.inputs, in_of(&own.event), words) {
            write(&app, &by, &own, found, number(&fields, "version"), &details).await
        } else {
            Err(EditError::Invalid(Vec::new()))
        }
    };
    match saved {
        Ok(done) => {
            app.catalog.forget(on.id);
            return Ok(see_other(&path(
                on.id,
                &format!("prices?done={done}#codes"),
            )));
        }
        Err(error) => form.alert = refuse(CODE, &mut form.inputs, error, "", words)?,
    }
    page.status = StatusCode::UNPROCESSABLE_ENTITY;
    private_page(page.status, &page)
}

/// Makes or changes a code. What is said when that is done.
async fn write(
    app: &App,
    by: &Actor,
    own: &Own,
    found: Option<&Used>,
    version: Option<i32>,
    details: &CodeDetails,
) -> Result<&'static str, EditError> {
    let id = own.event.id;
    match found {
        None => code::add(&app.db, by, id, details).await?,
        Some(used) => {
            let code: &CodeText = &used.code.code;
            let version = version.unwrap_or_default();
            code::change(&app.db, by, id, code, version, details).await?
        }
    };
    Ok("code-saved")
}
