//! Handlers and page: what buyers are asked. All questions are one form, with an empty one behind them.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::event::path;
use super::fields::{Refused, WrongField};
use super::form::{Fields, value_of};
use super::page::words;
use super::respond::{private_page, see_other};
use super::session::{Manage, On};
use super::shell::Shell;
use crate::app::App;
use crate::catalog::organise::{self, EditError};
use crate::catalog::{AskedOf, Kind, QUESTIONS_MAX, Question, Wrong};
use crate::types::EventId;
use crate::web::error::{Error, must_text};
use crate::web::view::words::Words;

/// What buyers are asked.
#[derive(Template)]
#[template(path = "admin/questions.html")]
struct QuestionsPage {
    shell: Shell,
    id: EventId,
    version: i32,
    forms: Vec<QuestionForm>,
    alert: Option<String>,
}

/// A question's part of the form.
struct QuestionForm {
    /// Its number; empty if it is new.
    no: String,
    heading: String,
    question: Question,
    options: String,
    order: String,
    is_removed: bool,
    /// Texts by the name of the field.
    problems: Vec<(&'static str, String)>,
}

impl QuestionForm {
    fn of(question: &Question, number: usize, words: &Words) -> Self {
        Self {
            no: question
                .question
                .map_or_else(String::new, |no| no.to_string()),
            heading: match question.question {
                Some(_) => question.label.clone(),
                None => words.text("questions-new").to_owned(),
            },
            options: question.options.join("\n"),
            order: number.to_string(),
            is_removed: false,
            problems: Vec::new(),
            question: question.clone(),
        }
    }

    fn problem(&self, field: &str) -> Option<&str> {
        let found = self.problems.iter().find(|(name, _)| *name == field);
        found.map(|(_, text)| text.as_str())
    }

    fn is_kind(&self, kind: &str) -> bool {
        self.question.kind.as_str() == kind
    }

    fn is_of(&self, of: &str) -> bool {
        self.question.asked_of.as_str() == of
    }
}

impl QuestionsPage {
    fn new(
        request: &HttpRequest,
        on: &On<Manage>,
        own: &organise::Own,
        forms: Vec<QuestionForm>,
    ) -> Self {
        Self {
            shell: Shell::of_event(request, on, &own.event, "questions"),
            id: on.id,
            version: own.event.version,
            forms,
            alert: None,
        }
    }
}

impl QuestionsPage {
    fn refusal(&self) -> Option<Refused> {
        let forms = (1..).zip(&self.forms);
        let wrong = forms.flat_map(|(at, form): (usize, &QuestionForm)| {
            form.problems
                .iter()
                .map(move |(field, problem)| WrongField {
                    id: format!("{field}-{at}"),
                    label: form.heading.clone(),
                    problem: problem.clone(),
                })
        });
        Refused::of(self.alert.as_ref(), wrong)
    }
}

/// The forms of these questions, and an empty one if there may be another.
fn forms(asked: &[Question], words: &Words) -> Vec<QuestionForm> {
    let new = Question::default();
    let with_new = asked.iter().chain([&new]).take(QUESTIONS_MAX);
    let forms = (1..).zip(with_new);
    forms
        .map(|(number, question)| QuestionForm::of(question, number, words))
        .collect()
}

/// GET /admin/events/{event}/questions
pub async fn show(
    app: Data<App>,
    request: HttpRequest,
    on: On<Manage>,
) -> Result<HttpResponse, Error> {
    let by = on.may.actor();
    let own = organise::read(&app.db, on.id, &by).await?;
    let (_, asked) = organise::asked(&app.db, &by, on.id).await?;
    let page = QuestionsPage::new(&request, &on, &own, forms(&asked, words(&request)));
    private_page(StatusCode::OK, &page)
}

/// POST /admin/events/{event}/questions
pub async fn save(
    app: Data<App>,
    request: HttpRequest,
    on: On<Manage>,
    fields: Fields,
) -> Result<HttpResponse, Error> {
    let (by, words) = (on.may.actor(), words(&request));
    let typed = read(&fields, words);
    let (asked, places) = in_order(&typed);
    let version = value_of(&fields, "version").and_then(|text| text.parse().ok());
    let done = organise::ask(&app.db, &by, on.id, version.unwrap_or(0), &asked).await;
    app.catalog.forget(on.id);
    let error = match done {
        Ok(_) => return Ok(see_other(&path(on.id, "questions?done=questions-saved"))),
        Err(error) => error,
    };
    let own = organise::read(&app.db, on.id, &by).await?;
    let mut page = QuestionsPage::new(&request, &on, &own, typed);
    page.alert = match error {
        EditError::Invalid(wrong) => refuse(&mut page.forms, &places, wrong, words),
        EditError::Stale { .. } => Some(words.text("plan-stale").to_owned()),
        error => return Err(error.into()),
    };
    private_page(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

/// What was typed, form by form.
fn read(fields: &Fields, words: &Words) -> Vec<QuestionForm> {
    let value = |name: &str, at: usize| {
        let value = value_of(fields, &format!("{name}-{at}"));
        value.map(|value| value.trim().to_owned())
    };
    let form = |at: usize| {
        let options = value("options", at).unwrap_or_default();
        let lines = options.lines().map(str::trim).filter(|it| !it.is_empty());
        let kind = match value("kind", at).as_deref() {
            Some("choice") => Kind::Choice,
            Some("yes_no") => Kind::YesNo,
            _ => Kind::Text,
        };
        let question = Question {
            question: value("no", at)?.parse().ok(),
            label: value("label", at)?,
            asked_of: match value("of", at).as_deref() {
                Some("ticket") => AskedOf::Ticket,
                _ => AskedOf::Order,
            },
            // What was typed beside another kind is no mistake.
            options: match kind {
                Kind::Choice => lines.map(str::to_owned).collect(),
                Kind::Text | Kind::YesNo => Vec::new(),
            },
            kind,
            required: value("required", at).is_some(),
            at_door: value("door", at).is_some(),
            is_withdrawn: false,
        };
        let mut form = QuestionForm::of(&question, at, words);
        form.options.clone_from(&options);
        form.order = value("order", at).unwrap_or_default();
        form.is_removed = value("remove", at).is_some();
        Some(form)
    };
    (1..=QUESTIONS_MAX).map_while(form).collect()
}

/// The questions that are to be asked, in their order, and in which form each was.
fn in_order(forms: &[QuestionForm]) -> (Vec<Question>, Vec<usize>) {
    let is_asked = |form: &QuestionForm| {
        let is_empty = form.no.is_empty() && form.question.label.is_empty();
        !form.is_removed && !is_empty
    };
    let mut asked: Vec<(i64, usize)> = forms
        .iter()
        .enumerate()
        .filter(|(_, form)| is_asked(form))
        .map(|(at, form)| (form.order.parse().unwrap_or(i64::MAX), at))
        .collect();
    asked.sort_unstable();
    let places: Vec<usize> = asked.into_iter().map(|(_, at)| at).collect();
    let questions = places.iter().map(|&at| forms[at].question.clone());
    (questions.collect(), places)
}

/// Says beside the fields what is wrong with them; returns what belongs to none.
fn refuse(
    forms: &mut [QuestionForm],
    places: &[usize],
    wrong: Vec<Wrong>,
    words: &Words,
) -> Option<String> {
    let mut others = Vec::new();
    for one in wrong {
        let text = must_text(one.must, words);
        let mut parts = one
            .pointer
            .trim_start_matches("/questions")
            .split('/')
            .skip(1);
        let form = parts.next().and_then(|index| index.parse::<usize>().ok());
        let form = form.and_then(|index| forms.get_mut(*places.get(index)?));
        let field = match parts.next() {
            Some("label") => "label",
            Some("options") => "options",
            Some("kind") => "kind",
            Some("asked_of") => "of",
            _ => "",
        };
        match form {
            Some(form) if !field.is_empty() => form.problems.push((field, text)),
            _ => others.push(text),
        }
    }
    (!others.is_empty()).then(|| others.join(" "))
}
