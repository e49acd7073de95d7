//! What an organiser asks of buyers beside their name and address: text, a choice, yes or no; once for an order, or of
//! each ticket. Owns the table `questions`; what buyers answer is in `booking`.
//!
//! What must hold: an event has [`QUESTIONS_MAX`] questions at most that are asked; one that was asked of an order is never
//! asked of tickets, nor the other way round, and keeps its kind: its answers would mean something else.

use serde::{Deserialize, Serialize};
use tokio_postgres::Row;
use utoipa::ToSchema;

use super::must::{Must, Wrong};
use super::prose::fits;
use crate::postgres::{Client, Error};
use crate::types::EventNo;

/// Questions that an event asks at most.
pub const QUESTIONS_MAX: usize = 20;
/// Characters of an answer.
pub const ANSWER_MAX: usize = 500;
const LABEL_MAX: usize = 200;
const OPTION_MAX: usize = 100;
const OPTIONS_MAX: usize = 50;

/// $1 event, $2 whether those that are withdrawn are wanted too.
const OF_EVENT: &str = "
    SELECT question_no, asked_of, kind, label, options, is_required, at_door, position, withdrawn_at IS NOT NULL AS is_withdrawn
    FROM questions WHERE event_id = $1 AND ($2 OR withdrawn_at IS NULL)
    ORDER BY position, question_no";

/// Of what a question is asked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum AskedOf {
    /// Once for the whole order.
    #[default]
    Order,
    /// Of each ticket.
    Ticket,
}

impl AskedOf {
    /// As the database and JSON have it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Order => "order",
            Self::Ticket => "ticket",
        }
    }
}

/// What an answer is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = QuestionKind)]
pub enum Kind {
    /// Up to 500 characters.
    #[default]
    Text,
    /// One of the options.
    Choice,
    /// `yes` or `no`.
    YesNo,
}

impl Kind {
    /// As the database and JSON have it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Choice => "choice",
            Self::YesNo => "yes_no",
        }
    }
}

/// A question, as an organiser writes it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = Question)]
pub struct Question {
    /// Its number in the event; none of a question that is new.
    pub question: Option<i16>,
    /// What buyers read: at most 200 characters.
    pub label: String,
    /// Whether it is asked once, or of each ticket; it stays as it is.
    pub asked_of: AskedOf,
    /// What an answer is; it stays as it is.
    pub kind: Kind,
    /// Of a choice: what may be chosen, 2 to 50.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
    /// Whether it must be answered before the booking is paid.
    pub required: bool,
    /// Whether door staff see the answers.
    pub at_door: bool,
    /// Whether it is not asked any more.
    #[serde(skip)]
    pub is_withdrawn: bool,
}

impl Question {
    /// Its number; 0 if it is new.
    pub fn no(&self) -> i16 {
        self.question.unwrap_or(0)
    }

    /// What is wrong with it by itself.
    pub(super) fn wrong(&self, at: &str) -> Vec<Wrong> {
        let field = |name: &str| format!("{at}/{name}");
        let mut wrong = Vec::new();
        if !fits(&self.label, LABEL_MAX) {
            wrong.push(Wrong::at(field("label"), Must::BeText(LABEL_MAX)));
        }
        let (least, most) = match self.kind {
            Kind::Choice => (2, OPTIONS_MAX),
            Kind::Text | Kind::YesNo => (0, 0),
        };
        if !(least..=most).contains(&self.options.len()) {
            wrong.push(Wrong::at(field("options"), Must::HaveEntries(least, most)));
        }
        for (index, option) in self.options.iter().take(OPTIONS_MAX).enumerate() {
            let pointer = field(&format!("options/{index}"));
            if !fits(option, OPTION_MAX) {
                wrong.push(Wrong::at(pointer, Must::BeText(OPTION_MAX)));
            } else if self.options[..index].contains(option) {
                wrong.push(Wrong::at(pointer, Must::BeAlone));
            }
        }
        wrong
    }

    fn read(row: &Row) -> Self {
        let options: Option<Vec<String>> = row.get("options");
        // The CHECKs on the columns allow no other values.
        Self {
            question: Some(row.get("question_no")),
            label: row.get("label"),
            asked_of: match row.get("asked_of") {
                "ticket" => AskedOf::Ticket,
                _ => AskedOf::Order,
            },
            kind: match row.get("kind") {
                "choice" => Kind::Choice,
                "yes_no" => Kind::YesNo,
                _ => Kind::Text,
            },
            options: options.unwrap_or_default(),
            required: row.get("is_required"),
            at_door: row.get("at_door"),
            is_withdrawn: row.get("is_withdrawn"),
        }
    }
}

/// What an event asks, in its order.
///
/// # Errors
/// Those of the database.
pub async fn questions(client: &Client, event: EventNo) -> Result<Vec<Question>, Error> {
    of_event(client, event, false).await
}

/// What an event asks or has asked.
///
/// # Errors
/// Those of the database.
pub async fn all_questions(client: &Client, event: EventNo) -> Result<Vec<Question>, Error> {
    of_event(client, event, true).await
}

async fn of_event(client: &Client, event: EventNo, all: bool) -> Result<Vec<Question>, Error> {
    let statement = client.prepare_cached(OF_EVENT).await?;
    let rows = client.query(&statement, &[&event, &all]).await?;
    Ok(rows.iter().map(Question::read).collect())
}
