//! What is wrong with answers to an event's questions, as a problem that names each field.

use super::Error;
use super::text::Text;
use crate::booking::{AnswerRule, AnswerWrong, AnswersRefused};

impl From<AnswersRefused> for Error {
    fn from(refused: AnswersRefused) -> Self {
        let wrong = match refused {
            AnswersRefused::Wrong(wrong) => wrong,
            AnswersRefused::NotYours => return Self::not_found("booking"),
            AnswersRefused::Over => {
                let detail = "problem-answers-over";
                return Self::new(409, "event-state", "problem-event-state", detail);
            }
        };
        let errors = wrong.into_iter().map(|wrong| {
            let pointer = match (wrong.index, &wrong.rule) {
                (None, _) => "/answers".to_owned(),
                (Some(at), AnswerRule::Asked | AnswerRule::Once) => {
                    format!("/answers/{at}/question")
                }
                (Some(at), AnswerRule::OfTicket | AnswerRule::OfOrder) => {
                    format!("/answers/{at}/ticket")
                }
                (Some(at), _) => format!("/answers/{at}/answer"),
            };
            (pointer, answer_text(&wrong))
        });
        Self::with_errors("invalid-request", "problem-invalid", errors.collect())
    }
}

fn answer_text(wrong: &AnswerWrong) -> Text {
    match (&wrong.rule, wrong.ticket) {
        (AnswerRule::Given, None) => {
            Text::from("field-answer-missing").with("question", wrong.question)
        }
        (AnswerRule::Given, Some(ticket)) => Text::from("field-answer-missing-of")
            .with("question", wrong.question)
            .with("ticket", ticket),
        (AnswerRule::Asked, _) => "field-answer-asked".into(),
        (AnswerRule::Once, _) => "field-only-once".into(),
        (AnswerRule::OfTicket, _) => "field-answer-of-ticket".into(),
        (AnswerRule::OfOrder, _) => "field-answer-of-order".into(),
        (AnswerRule::Short(most), _) => Text::from("field-short").with("most", *most),
        (AnswerRule::OneOf(options), _) => {
            Text::from("field-answer-one-of").with("options", options.join(", "))
        }
        (AnswerRule::YesOrNo, _) => "field-answer-yes-no".into(),
    }
}
