//! The promo code that a reader of an event's page has typed, and what it does.
//!
//! What must hold: a code that is wrong, or not valid now, changes nothing but the message at its field.

use std::sync::Arc;

use actix_web::HttpRequest;

use super::refusal::code_problem;
use crate::app::App;
use crate::catalog::Event;
use crate::catalog::code::PromoCode;
use crate::price::{Discount, Off};
use crate::web::error::Error;
use crate::web::find;
use crate::web::view::format::Format;

/// What was typed, and what it does.
#[derive(Debug, Default)]
pub(super) struct Applied {
    pub(super) typed: String,
    /// What is wrong with it.
    pub(super) problem: Option<String>,
    /// What it does to prices; `None` if it is wrong.
    pub(super) discount: Option<Discount>,
    /// What it does, in words.
    pub(super) says: Option<String>,
}

/// The event as who has typed this sees it, and what it does. Nothing is looked up if nothing was typed.
///
/// # Errors
/// 429; those of the database.
pub(super) async fn apply(
    app: &App,
    request: &HttpRequest,
    event: Arc<Event>,
    typed: &str,
    format: &Format,
) -> Result<(Arc<Event>, Applied), Error> {
    if typed.is_empty() {
        return Ok((event, Applied::default()));
    }
    // Most pages are asked for without a code: their futures have no room for the look-up.
    let code = Box::pin(find::code(app, request, &event, typed)).await?;
    Ok(Applied::of(event, typed, code.as_deref(), format))
}

impl Applied {
    /// What a code does that was looked up; `None` if there is no such.
    pub(super) fn of(
        event: Arc<Event>,
        typed: &str,
        code: Option<&PromoCode>,
        format: &Format,
    ) -> (Arc<Event>, Self) {
        let mut applied = Self {
            typed: typed.to_owned(),
            problem: code_problem(code, &event, format),
            ..Self::default()
        };
        let Some(code) = code.filter(|_| applied.problem.is_none()) else {
            return (event, applied);
        };
        let event = code.unlocks(&event).unwrap_or(event);
        applied.discount = Some(code.discount());
        applied.says = Some(says(code, &event, format));
        (event, applied)
    }
}

fn says(code: &PromoCode, event: &Event, format: &Format) -> String {
    let words = format.words;
    let name = &code.code;
    match code.off {
        Some(Off::Percent(percent_bp)) => {
            let percent = format.percent(percent_bp.into());
            words.with(
                "code-takes-percent",
                &[("code", name), ("percent", &percent)],
            )
        }
        Some(Off::Minor(minor)) => {
            let amount = format.money(event.money(minor));
            words.with("code-takes-amount", &[("code", name), ("amount", &amount)])
        }
        None => words.with("code-unlocks", &[("code", name)]),
    }
}
