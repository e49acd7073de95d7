//! Handlers: publishing a draft, and the page that shows how far it has come, which reloads itself without scripts.

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use tokio::sync::oneshot;

use super::event::path;
use super::page::{PlanPage, words};
use super::respond::{private_page, see_other};
use super::session::{Manage, On};
use super::shell::Shell;
use crate::app::App;
use crate::catalog::Status;
use crate::catalog::organise::{self, EditError};
use crate::web::error::{Error, edit_text};
use crate::web::view::format::Format;

/// For so long the answer waits for the tickets.
const WAIT: Duration = Duration::from_secs(1);
/// <https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Refresh>
const REFRESH: (HeaderName, HeaderValue) = (
    HeaderName::from_static("refresh"),
    HeaderValue::from_static("1"),
);

#[derive(Template)]
#[template(path = "admin/publishing.html")]
struct PublishingPage {
    shell: Shell,
    percent: i64,
    made: String,
    of: String,
}

/// POST /admin/events/{event}/publish
pub async fn publish(
    app: Data<App>,
    request: HttpRequest,
    on: On<Manage>,
) -> Result<HttpResponse, Error> {
    let by = on.may.actor();
    let event = match organise::publish(&app.db, &by, on.id).await {
        Ok(event) => event,
        Err(EditError::Invalid(wrong)) => {
            let own = organise::read(&app.db, on.id, &by).await?;
            let texts = wrong
                .into_iter()
                .map(|wrong| edit_text(wrong, words(&request)));
            let alert: Vec<String> = texts.collect();
            let page = PlanPage::of(&request, &on, &own).refused(Some(alert.join(" ")));
            return private_page(page.status, &page);
        }
        Err(error) => return Err(error.into()),
    };
    let (done, is_done) = oneshot::channel();
    let (db, catalog, id) = (app.db.clone(), app.catalog.clone(), on.id);
    app.db.spawn(async move {
        if let Err(error) = organise::go_on(&db, event).await {
            log::warn!(event_no = event.0; "publishing is interrupted: {error}");
        }
        catalog.forget(id);
        done.send(()).ok();
    });
    tokio::time::timeout(WAIT, is_done).await.ok();
    Ok(see_other(&path(on.id, "publish")))
}

/// GET /admin/events/{event}/publish
pub async fn show(
    app: Data<App>,
    request: HttpRequest,
    on: On<Manage>,
) -> Result<HttpResponse, Error> {
    let by = on.may.actor();
    let progress = organise::progress(&app.db, &by, on.id).await?;
    match progress.status {
        Status::Publishing => {}
        Status::Published => return Ok(see_other(&path(on.id, "edit?done=event-published"))),
        Status::Draft | Status::CalledOff => return Ok(see_other(&path(on.id, "edit"))),
    }
    let own = organise::read(&app.db, on.id, &by).await?;
    let format = Format::of(&request);
    let page = PublishingPage {
        shell: Shell::of_event(&request, &on, &own.event, "plan"),
        percent: progress.percent(),
        made: format.number(progress.made),
        of: format.number(progress.of),
    };
    let mut response = private_page(StatusCode::OK, &page)?;
    response.headers_mut().insert(REFRESH.0, REFRESH.1);
    Ok(response)
}
