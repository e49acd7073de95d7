//! The audit trail: of the organisation, and of one event.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono_tz::Tz;
use serde::Deserialize;
use serde_json::Value;

use super::respond::private_page;
use super::session::{May, On, Read};
use super::shell::Shell;
use crate::app::App;
use crate::audit::{self, ActorKind, Cursor, Of, Recorded};
use crate::web::error::Error;
use crate::web::extract;
use crate::web::view::format::{Format, machine_time};

/// Entries of a page.
const PAGE_ENTRIES: usize = 50;

#[derive(Template)]
#[template(path = "admin/audit.html")]
struct AuditPage {
    shell: Shell,
    path: String,
    entries: Vec<Entry>,
    next: Option<Cursor>,
    is_later: bool,
}

/// An entry as it is listed.
struct Entry {
    at_machine: String,
    at: String,
    by: String,
    kind: &'static str,
    /// In words, or as programs call it.
    action: String,
    subject: String,
    changes: Vec<Change>,
}

/// What of a thing was changed.
struct Change {
    name: String,
    before: Option<String>,
    after: Option<String>,
}

#[derive(Deserialize)]
struct Query {
    after: Option<String>,
}

/// GET /admin/audit
pub async fn list(
    app: Data<App>,
    request: HttpRequest,
    may: May<Read>,
) -> Result<HttpResponse, Error> {
    let shell = Shell::of(&request, &may, "audit");
    let of = Of::Organisation(may.organisation());
    answer(&app, &request, shell, of, "/admin/audit".to_owned()).await
}

/// GET /admin/events/{event}/audit
pub async fn of_event(
    app: Data<App>,
    request: HttpRequest,
    on: On<Read>,
) -> Result<HttpResponse, Error> {
    let event = app.catalog.event(on.id).await?;
    let event = event.ok_or_else(|| Error::not_found("event"))?.whole();
    let shell = Shell::of_event(&request, &on, &event, "audit");
    let path = format!("/admin/events/{}/audit", on.id);
    answer(&app, &request, shell, Of::Event(on.event), path).await
}

async fn answer(
    app: &App,
    request: &HttpRequest,
    shell: Shell,
    of: Of<'_>,
    path: String,
) -> Result<HttpResponse, Error> {
    let query: Query = extract::query(request)?;
    let after = query.after.map(|text| extract::parse("/after", &text));
    let after = after.transpose()?;
    let found = audit::read(&app.db, of, after, PAGE_ENTRIES).await?;
    let format = Format::of(request);
    let entries = found.entries.into_iter();
    let page = AuditPage {
        entries: entries.map(|entry| Entry::of(entry, &format)).collect(),
        shell,
        path,
        next: found.next,
        is_later: after.is_some(),
    };
    private_page(StatusCode::OK, &page)
}

impl Entry {
    fn of(entry: Recorded, format: &Format) -> Self {
        let id = format!("audit-{}", entry.action.replace('.', "-"));
        let action = format.words.text_if_any(&id);
        Self {
            at_machine: machine_time(entry.at),
            at: format.date_time(entry.at, Tz::UTC),
            by: entry.by.name,
            kind: format.words.text(match entry.by.kind {
                ActorKind::Organiser => "audit-by-organiser",
                ActorKind::ApiToken => "audit-by-token",
                ActorKind::Operator => "audit-by-operator",
                ActorKind::System => "audit-by-system",
            }),
            action: action.map_or(entry.action, str::to_owned),
            subject: format!("{} {}", entry.subject_kind, entry.subject_id),
            changes: changes(entry.before.as_ref(), entry.after.as_ref()),
        }
    }
}

/// The fields of both, those that differ; of what is no object the whole.
fn changes(before: Option<&Value>, after: Option<&Value>) -> Vec<Change> {
    let fields = |value: Option<&Value>| match value {
        Some(Value::Object(fields)) => fields.clone(),
        _ => serde_json::Map::new(),
    };
    let (old, new) = (fields(before), fields(after));
    let mut names: Vec<&String> = old.keys().chain(new.keys()).collect();
    names.sort_unstable();
    names.dedup();
    let names = names.into_iter();
    let differing = names.filter(|name| old.get(*name) != new.get(*name));
    let said = |value: Option<&Value>| match value {
        None | Some(Value::Null) => None,
        Some(Value::Array(list)) if list.is_empty() => None,
        Some(Value::String(text)) => Some(text.clone()),
        Some(value) => Some(value.to_string()),
    };
    let told = differing.map(|name| Change {
        name: name.clone(),
        before: said(old.get(name)),
        after: said(new.get(name)),
    });
    told.filter(|change| change.before.is_some() || change.after.is_some())
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_differs_and_says_something_is_shown() {
        let (before, after) = (
            json!({"name": "A", "price": 5, "note": null}),
            json!({"name": "A", "price": 7, "seats": [1]}),
        );
        let found: Vec<_> = changes(Some(&before), Some(&after))
            .into_iter()
            .map(|change| (change.name, change.before, change.after))
            .collect();
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(
            found,
            [
                ("price".to_owned(), some("5"), some("7")),
                ("seats".to_owned(), None, some("[1]")),
            ]
        );
        assert!(changes(None, None).is_empty());
    }
}
