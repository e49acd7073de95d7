//! Handlers of the questions that an event asks, and of what buyers answer, with their JSON.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::parameters::{BookingPath, EventPath};
use crate::access::Right;
use crate::app::App;
use crate::booking::{self, Answer, Booking, Given};
use crate::catalog::{Event, Question, questions};
use crate::types::json;
use crate::web::error::Error;
use crate::web::extract::{self, Body};
use crate::web::{find, session};

/// An answer.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Answer)]
pub(super) struct AnswerJson {
    /// The number of the question.
    #[schema(examples(1))]
    question: i16,
    /// Of which ticket of the booking, in the order of its items and their seats, from 1 on; none of what is asked of the
    /// order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ticket: Option<u32>,
    /// At most 500 characters; one of the options; `yes` or `no`. An empty one takes back what was said.
    #[schema(max_length = 500, examples("Vegetarian"))]
    answer: String,
}

impl AnswerJson {
    pub(super) fn read(self) -> Given {
        Given {
            question: self.question,
            ticket: self.ticket.map(|ticket| ticket as usize),
            answer: self.answer,
        }
    }
}

impl From<Answer> for AnswerJson {
    fn from(answer: Answer) -> Self {
        Self {
            question: answer.question,
            ticket: answer.ticket.map(|ticket| ticket as u32),
            answer: answer.answer,
        }
    }
}

/// What an event asks.
#[derive(Serialize, ToSchema)]
#[schema(as = Questions)]
struct QuestionsJson {
    /// In the order in which they are asked.
    questions: Vec<Question>,
}

/// What a buyer has answered, and to what.
#[derive(Serialize, ToSchema)]
#[schema(as = Answers)]
struct AnswersJson {
    /// What the event asks, in its order.
    questions: Vec<Question>,
    /// By question and ticket.
    answers: Vec<AnswerJson>,
}

/// Answers of a booking.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewAnswers)]
struct NewAnswersJson {
    /// Those that are new or change.
    #[serde(deserialize_with = "json::objects")]
    answers: Vec<AnswerJson>,
}

/// Read what an event asks
///
/// What its organiser wants to know of buyers, beside their name and address. What is required is answered before a
/// booking is paid.
#[utoipa::path(
    get,
    path = "/api/events/{event_id}/questions",
    operation_id = "listQuestions",
    tag = "events",
    params(EventPath),
    responses((status = 200, description = "The questions.", body = QuestionsJson)),
    security(()),
    extensions(("x-problems" = json!(["not-found"]))),
)]
pub async fn asked(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let event = find::event(&app, extract::path_id(&request, "event_id", "event")?).await?;
    let questions = of_event(&app, &event).await?;
    Ok(HttpResponse::Ok().json(QuestionsJson { questions }))
}

/// Read a booking's answers
///
/// To its buyer and to API tokens that may read bookings; whoever has its link does not see them.
#[utoipa::path(
    get,
    path = "/api/bookings/{booking_id}/answers",
    operation_id = "getAnswers",
    tag = "bookings",
    params(BookingPath),
    responses((status = 200, description = "What was asked and answered.", body = AnswersJson)),
    security(("buyerToken" = []), ("apiToken" = ["bookings:read"])),
    extensions(("x-problems" = json!(["unauthenticated", "forbidden", "not-found"]))),
)]
pub async fn get(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let principal = session::of_header(&app, &request).await?;
    let booking = find::booking_of_path(&app, &request, principal, Right::SeeAnswers).await?;
    show(&app, &booking, true).await
}

/// Answer questions
///
/// Until the event begins. Answers that are not named stay. Answers may also come with the booking or its payment. Whoever
/// has the link of a booking that was handed over answers what is not answered yet, and is shown no answers.
#[utoipa::path(
    patch,
    path = "/api/bookings/{booking_id}/answers",
    operation_id = "answer",
    tag = "bookings",
    params(BookingPath),
    request_body = NewAnswersJson,
    responses((status = 200, description = "What was asked and answered.", body = AnswersJson)),
    security(("buyerToken" = []), ("apiToken" = ["bookings:write"]), ("bookingLink" = [])),
    extensions(("x-problems" = json!(["unauthenticated", "forbidden", "not-found", "event-state"]))),
)]
pub async fn change(
    app: Data<App>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse, Error> {
    let principal = session::of_header(&app, &request).await?;
    let booking = find::booking_of_path(&app, &request, principal.clone(), Right::Answer).await?;
    let new: NewAnswersJson = extract::json(&request, &body)?;
    let given = new.answers.into_iter().map(AnswerJson::read).collect();
    let is_known = principal.speaks_for(booking.buyer);
    booking::answer(&app.db, &booking, given, is_known).await??;
    show(&app, &booking, is_known).await
}

async fn of_event(app: &App, event: &Event) -> Result<Vec<Question>, Error> {
    if !event.asks {
        return Ok(Vec::new());
    }
    Ok(questions(&app.db.get().await?, event.no).await?)
}

/// What was asked and, for who is known to be its buyer or a program, what was answered.
async fn show(app: &App, booking: &Booking, is_known: bool) -> Result<HttpResponse, Error> {
    let questions = questions(&app.db.get().await?, booking.event).await?;
    let answers = match is_known {
        true => booking::answers(&app.db, booking).await?,
        false => Vec::new(),
    };
    let answers = answers.into_iter().map(AnswerJson::from).collect();
    Ok(HttpResponse::Ok().json(AnswersJson { questions, answers }))
}
