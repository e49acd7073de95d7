//! The organiser's texts in other languages: a form for each language that pages are offered in, and for those that the
//! event has texts in already.

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::event::path;
use super::fields::{Field, Refused, WrongField};
use super::form::{Fields, value_of};
use super::page::words;
use super::respond::{private_page, see_other};
use super::session::{Manage, On};
use super::shell::Shell;
use crate::app::App;
use crate::catalog::organise::{self, EditError, Own, Reach};
use crate::catalog::{Translation, Wrong};
use crate::types::EventId;
use crate::web::error::{Error, must_text};
use crate::web::extract;
use crate::web::view::words::{self as texts, Words};

#[derive(Template)]
#[template(path = "admin/languages.html")]
struct LanguagesPage {
    shell: Shell,
    id: EventId,
    version: i32,
    languages: Vec<Language>,
    alert: Option<String>,
}

impl LanguagesPage {
    fn refusal(&self) -> Option<Refused> {
        let texts = self.languages.iter().flat_map(|language| {
            let tag = language.tag.as_str();
            language.texts.iter().map(move |text| (tag, text))
        });
        let wrong = texts.filter_map(|(tag, text)| {
            Some(WrongField {
                id: format!("{tag}-{}", text.name),
                label: text.label.clone(),
                problem: text.field.problem.clone()?,
            })
        });
        Refused::of(self.alert.as_ref(), wrong)
    }
}

/// A language's form.
struct Language {
    tag: String,
    /// As the language calls itself, if pages are offered in it.
    name: String,
    texts: Vec<Text>,
    is_open: bool,
    is_there: bool,
}

/// A field of it.
struct Text {
    /// `name`, `description`, `terms`, `refund_policy`, `tier-vip`.
    name: String,
    label: String,
    /// What it stands for.
    first: String,
    is_long: bool,
    field: Field,
}

impl Language {
    fn of(own: &Own, tag: &str, words: &Words) -> Self {
        let known = own.event.facts.translations.get(tag).cloned();
        let given = known.clone().unwrap_or_default();
        let facts = &own.event.facts;
        let text = |name: &str, label: &str, first: &str, is_long, given: Option<&String>| Text {
            name: name.to_owned(),
            label: label.to_owned(),
            first: first.to_owned(),
            is_long,
            field: Field::with(given.cloned().unwrap_or_default()),
        };
        let first = |text: &Option<String>| text.clone().unwrap_or_default();
        let label = |id| words.text(id);
        let mut texts = vec![
            text(
                "name",
                label("plan-name"),
                &own.event.name,
                false,
                given.name.as_ref(),
            ),
            text(
                "description",
                label("plan-description"),
                &own.event.description,
                true,
                given.description.as_ref(),
            ),
            text(
                "terms",
                label("plan-terms"),
                &first(&facts.terms),
                true,
                given.terms.as_ref(),
            ),
            text(
                "refund_policy",
                label("plan-refunds"),
                &first(&facts.refund_policy),
                true,
                given.refund_policy.as_ref(),
            ),
        ];
        for tier in &own.event.tiers {
            let (code, given) = (tier.code.as_str(), given.tiers.get(tier.code.as_str()));
            let label = words.with("plan-languages-tier", &[("tier", &tier.name)]);
            texts.push(text(
                &format!("tier-{code}"),
                &label,
                &tier.name,
                false,
                given,
            ));
        }
        // What stands for nothing needs no other words.
        texts.retain(|text| !text.first.trim().is_empty() || !text.field.value.is_empty());
        let offered = texts::offered().iter().find(|words| words.tag() == tag);
        Self {
            tag: tag.to_owned(),
            name: offered
                .map_or(tag, |words| words.text("language"))
                .to_owned(),
            texts,
            is_open: false,
            is_there: known.is_some(),
        }
    }

    /// What was typed; nothing if all of it is empty.
    fn read(&mut self, fields: &Fields) -> Option<Translation> {
        for text in &mut self.texts {
            text.field = Field::of(fields, &text.name);
            text.field.value = text.field.value.replace("\r\n", "\n");
        }
        let value = |name: &str| {
            let text = self.texts.iter().find(|text| text.name == name)?;
            Some(text.field.value.clone()).filter(|value| !value.is_empty())
        };
        let tiers = self.texts.iter().filter_map(|text| {
            let code = text.name.strip_prefix("tier-")?;
            let value = &text.field.value;
            (!value.is_empty()).then(|| (code.to_owned(), value.clone()))
        });
        let read = Translation {
            name: value("name"),
            description: value("description"),
            terms: value("terms"),
            refund_policy: value("refund_policy"),
            tiers: tiers.collect::<BTreeMap<_, _>>(),
        };
        (read != Translation::default()).then_some(read)
    }

    /// Says beside its fields what is wrong with them. What is of none of them.
    fn refuse(&mut self, wrong: Vec<Wrong>, words: &Words) -> Vec<String> {
        let at = format!("/translations/{}/", self.tag);
        let mut others = Vec::new();
        for one in wrong {
            let name = one.pointer.strip_prefix(&at).unwrap_or_default();
            let name = name.replace("tiers/", "tier-");
            let text = must_text(one.must, words);
            match self.texts.iter_mut().find(|text| text.name == name) {
                Some(found) => found.field.refuse(text),
                None => others.push(format!("{} {text}", one.pointer)),
            }
        }
        others
    }
}

fn page_of(request: &HttpRequest, on: &On<Manage>, own: &Own) -> LanguagesPage {
    let known = own.event.facts.translations.keys();
    let offered = texts::offered().iter().map(|words| words.tag().to_owned());
    let mut tags: Vec<String> = offered.collect();
    tags.extend(
        known
            .filter(|tag| !tags.contains(tag))
            .cloned()
            .collect::<Vec<_>>(),
    );
    let words = words(request);
    LanguagesPage {
        shell: Shell::of_event(request, on, &own.event, "plan"),
        id: own.event.id,
        version: own.event.version,
        languages: tags
            .iter()
            .map(|tag| Language::of(own, tag, words))
            .collect(),
        alert: None,
    }
}

/// GET /admin/events/{event}/languages
pub async fn show(
    app: Data<App>,
    request: HttpRequest,
    on: On<Manage>,
) -> Result<HttpResponse, Error> {
    let own = organise::read(&app.db, on.id, &on.may.actor()).await?;
    private_page(StatusCode::OK, &page_of(&request, &on, &own))
}

/// POST /admin/events/{event}/languages/{language}: all of its texts; none of them takes the language away.
pub async fn save(
    app: Data<App>,
    request: HttpRequest,
    on: On<Manage>,
    fields: Fields,
) -> Result<HttpResponse, Error> {
    let (by, words) = (on.may.actor(), words(&request));
    let tag: String = extract::path_id(&request, "language", "page")?;
    let own = organise::read(&app.db, on.id, &by).await?;
    let mut page = page_of(&request, &on, &own);
    let language = page.languages.iter_mut().find(|one| one.tag == tag);
    let language = language.ok_or_else(|| Error::not_found("page"))?;
    language.is_open = true;
    let mut details = own.details();
    match language.read(&fields) {
        Some(read) => details.translations.insert(tag, read),
        None => details.translations.remove(&tag),
    };
    let version = value_of(&fields, "version").and_then(|text| text.parse().ok());
    let changed = match version {
        Some(version) => {
            organise::change(&app.db, &by, on.id, version, &details, Reach::Event).await
        }
        None => Err(EditError::Invalid(Vec::new())),
    };
    let alert = match changed {
        Ok(_) => {
            app.catalog.forget(on.id);
            return Ok(see_other(&path(on.id, "languages?done=event-saved")));
        }
        Err(EditError::Invalid(wrong)) => language.refuse(wrong, words).join(" "),
        Err(EditError::Stale { .. }) => words.text("plan-stale").to_owned(),
        Err(error) => return Err(error.into()),
    };
    page.alert = (!alert.is_empty()).then_some(alert);
    private_page(StatusCode::UNPROCESSABLE_ENTITY, &page)
}
