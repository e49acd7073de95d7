//! What an answer must be: a pure function over questions and what was given.

use std::collections::BTreeSet;

use crate::catalog::{ANSWER_MAX, AskedOf, Kind, Question};

/// What a request answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// Which question.
    pub question: i16,
    /// Of which ticket of the booking: 1 is the first of the first item. `None`: of the order.
    pub ticket: Option<usize>,
    /// The answer; an empty one takes back what was said.
    pub answer: String,
}

impl Given {
    /// It takes back what was said.
    pub(super) fn unsaid(mut self) -> Self {
        self.answer.clear();
        self
    }
}

/// What an answer must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AnswerRule {
    /// To a question that the event asks.
    Asked,
    /// Of a ticket of the booking.
    OfTicket,
    /// Of the order, and of no ticket.
    OfOrder,
    /// The only one to its question.
    Once,
    /// At most so many characters.
    Short(usize),
    /// One of these.
    OneOf(Vec<String>),
    /// `yes` or `no`.
    YesOrNo,
    /// There.
    Given,
}

/// What is wrong with an answer, or which is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerWrong {
    /// Which of those that were given; `None` if it was not.
    pub index: Option<usize>,
    /// To which question.
    pub question: i16,
    /// Of which ticket.
    pub ticket: Option<usize>,
    /// What it must be.
    pub rule: AnswerRule,
}

/// An answer that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// To which question.
    pub question: i16,
    /// Of which ticket of the booking, counted from 1; `None`: of the order.
    pub ticket: Option<usize>,
    /// What was said.
    pub answer: String,
}

/// What of these answers is wrong; and which are missing, if none may be: of so many tickets, beside those that are known.
///
/// # Errors
/// All that are wrong or missing.
pub fn check_answers(
    questions: &[Question],
    tickets: usize,
    given: &[Given],
    known: &[Answer],
    is_paid: bool,
) -> Result<(), Vec<AnswerWrong>> {
    let mut wrong = Vec::new();
    let mut seen = BTreeSet::new();
    for (index, one) in given.iter().enumerate() {
        let question = questions.iter().find(|it| it.no() == one.question);
        let rule = match question {
            None => Some(AnswerRule::Asked),
            Some(_) if !seen.insert((one.question, one.ticket)) => Some(AnswerRule::Once),
            Some(question) => rule_broken(question, tickets, one),
        };
        wrong.extend(rule.map(|rule| AnswerWrong {
            index: Some(index),
            question: one.question,
            ticket: one.ticket,
            rule,
        }));
    }
    if is_paid {
        let missing = questions.iter().filter(|question| question.required);
        for question in missing {
            let of: Vec<Option<usize>> = match question.asked_of {
                AskedOf::Order => vec![None],
                AskedOf::Ticket => (1..=tickets).map(Some).collect(),
            };
            let is_missing = |ticket: &Option<usize>| {
                let (no, ticket) = (question.no(), *ticket);
                let is_it = |one: &&Given| (one.question, one.ticket) == (no, ticket);
                match given.iter().find(is_it) {
                    Some(one) => one.answer.trim().is_empty(),
                    None => !known
                        .iter()
                        .any(|it| (it.question, it.ticket) == (no, ticket)),
                }
            };
            wrong.extend(of.into_iter().filter(is_missing).map(|ticket| AnswerWrong {
                index: None,
                question: question.no(),
                ticket,
                rule: AnswerRule::Given,
            }));
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong) }
}

fn rule_broken(question: &Question, tickets: usize, one: &Given) -> Option<AnswerRule> {
    let is_of = match (question.asked_of, one.ticket) {
        (AskedOf::Order, None) => true,
        (AskedOf::Ticket, Some(ticket)) => (1..=tickets).contains(&ticket),
        (AskedOf::Order, Some(_)) => return Some(AnswerRule::OfOrder),
        (AskedOf::Ticket, None) => false,
    };
    if !is_of {
        return Some(AnswerRule::OfTicket);
    }
    let answer = one.answer.trim();
    if answer.is_empty() {
        return None;
    }
    let is_right = match question.kind {
        Kind::Text => answer.chars().count() <= ANSWER_MAX && !answer.contains('\0'),
        Kind::Choice => question.options.iter().any(|option| option == answer),
        Kind::YesNo => ["yes", "no"].contains(&answer),
    };
    (!is_right).then(|| match question.kind {
        Kind::Text => AnswerRule::Short(ANSWER_MAX),
        Kind::Choice => AnswerRule::OneOf(question.options.clone()),
        Kind::YesNo => AnswerRule::YesOrNo,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(no: i16, asked_of: AskedOf, kind: Kind, required: bool) -> Question {
        let options = ["red", "blue"].map(str::to_owned).to_vec();
        Question {
            question: Some(no),
            label: "?".into(),
            asked_of,
            kind,
            options: if kind == Kind::Choice {
                options
            } else {
                Vec::new()
            },
            required,
            ..Question::default()
        }
    }

    fn given(question: i16, ticket: Option<usize>, answer: &str) -> Given {
        let answer = answer.to_owned();
        Given {
            question,
            ticket,
            answer,
        }
    }

    fn rules(found: Result<(), Vec<AnswerWrong>>) -> Vec<AnswerRule> {
        let found = found.err().unwrap_or_default();
        found.into_iter().map(|wrong| wrong.rule).collect()
    }

    #[test]
    fn an_answer_is_to_a_question_of_its_kind_and_of_what_it_is_asked_of() {
        let asked = [
            question(1, AskedOf::Order, Kind::Text, false),
            question(2, AskedOf::Ticket, Kind::Choice, false),
            question(3, AskedOf::Order, Kind::YesNo, false),
        ];
        let long = "x".repeat(501);
        for (one, rule) in [
            (given(1, None, "vegan"), None),
            (given(1, None, &long), Some(AnswerRule::Short(500))),
            (given(1, None, "a\0"), Some(AnswerRule::Short(500))),
            (given(1, Some(1), "vegan"), Some(AnswerRule::OfOrder)),
            (given(2, Some(2), "red"), None),
            (given(2, Some(2), ""), None),
            (given(2, Some(3), "red"), Some(AnswerRule::OfTicket)),
            (given(2, Some(0), "red"), Some(AnswerRule::OfTicket)),
            (given(2, None, "red"), Some(AnswerRule::OfTicket)),
            (
                given(2, Some(1), "green"),
                Some(AnswerRule::OneOf(vec!["red".into(), "blue".into()])),
            ),
            (given(3, None, "yes"), None),
            (given(3, None, "true"), Some(AnswerRule::YesOrNo)),
            (given(4, None, "x"), Some(AnswerRule::Asked)),
        ] {
            let found = check_answers(&asked, 2, std::slice::from_ref(&one), &[], false);
            assert_eq!(rules(found), Vec::from_iter(rule), "{one:?}");
        }
        let twice = [given(1, None, "a"), given(1, None, "b")];
        assert_eq!(
            rules(check_answers(&asked, 2, &twice, &[], false)),
            [AnswerRule::Once]
        );
    }

    #[test]
    fn what_must_be_answered_is_before_a_payment() {
        let asked = [
            question(1, AskedOf::Order, Kind::Text, true),
            question(2, AskedOf::Ticket, Kind::YesNo, true),
        ];
        let missing = |given: &[Given], known: &[Answer], is_paid| {
            let found = check_answers(&asked, 2, given, known, is_paid);
            let found = found.err().unwrap_or_default().into_iter();
            found.map(|it| (it.question, it.ticket)).collect::<Vec<_>>()
        };
        assert_eq!(missing(&[], &[], false), []);
        assert_eq!(
            missing(&[], &[], true),
            [(1, None), (2, Some(1)), (2, Some(2))]
        );
        let known = [Answer {
            question: 2,
            ticket: Some(1),
            answer: "no".into(),
        }];
        let now = [given(1, None, "x"), given(2, Some(2), "yes")];
        assert_eq!(missing(&now, &known, true), []);
        let unsaid = [
            given(1, None, " "),
            given(2, Some(1), ""),
            given(2, Some(2), "yes"),
        ];
        assert_eq!(missing(&unsaid, &known, true), [(1, None), (2, Some(1))]);
    }
}
