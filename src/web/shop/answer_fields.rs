//! The fields in which buyers answer what an event asks: once, and for each ticket. Without scripts; what was typed stays.
//!
//! What must hold: whoever has only a booking's link sees no answer, and is asked what is not answered yet.

use crate::booking::{Answer, AnswerRule, AnswerWrong, Booking, Given};
use crate::catalog::{ANSWER_MAX, AskedOf, Event, Kind, Question};
use crate::web::form::Fields;
use crate::web::view::format::Format;

/// What is asked of the order, or of one ticket.
pub(super) struct AskedGroup {
    /// Of which ticket: `Ticket 1: Adult, A-5`.
    pub(super) legend: Option<String>,
    pub(super) fields: Vec<AskedField>,
}

/// One field.
pub(super) struct AskedField {
    /// Of the field in the form; also the id of its element.
    pub(super) name: String,
    pub(super) label: String,
    pub(super) is_required: bool,
    pub(super) value: String,
    /// Value, text, whether it is chosen; none of a text.
    pub(super) options: Vec<(String, String, bool)>,
    pub(super) most: usize,
    pub(super) problem: Option<String>,
}

/// What a form was sent with, and what is wrong with it.
#[derive(Default)]
pub(super) struct Sent {
    pub(super) given: Option<Vec<Given>>,
    pub(super) wrong: Vec<AnswerWrong>,
}

/// What an event asks and what of it is answered.
#[derive(Default)]
pub(super) struct Asked {
    pub(super) questions: Vec<Question>,
    pub(super) answers: Vec<Answer>,
}

/// The fields of a booking's questions, in their order; those of the order come first.
pub(super) fn groups(
    asked: &Asked,
    booking: &Booking,
    event: &Event,
    is_buyer: bool,
    sent: &Sent,
    format: &Format,
) -> Vec<AskedGroup> {
    let fields = |of: AskedOf, ticket: Option<usize>| -> Vec<AskedField> {
        let questions = asked.questions.iter().filter(|it| it.asked_of == of);
        let field = |question: &Question| {
            let is_it = |it: &&Answer| (it.question, it.ticket) == (question.no(), ticket);
            let known = asked.answers.iter().find(is_it);
            if known.is_some() && !is_buyer {
                return None;
            }
            let known = known.map_or("", |known| known.answer.as_str());
            Some(field(question, ticket, known, sent, format))
        };
        questions.filter_map(field).collect()
    };
    let mut groups = vec![AskedGroup {
        legend: None,
        fields: fields(AskedOf::Order, None),
    }];
    let tickets = booking.items.iter().flat_map(|item| {
        let tier = event.tier_no(item.tier);
        item.seats.iter().map(move |&seat| (tier, seat))
    });
    for (number, (tier, seat)) in (1..).zip(tickets) {
        let what = tier.map_or_else(String::new, |tier| match tier.rows {
            Some(_) => format.two_parts(&tier.name, &tier.label(seat)),
            None => tier.name.clone(),
        });
        let number_text = format.number(number as i32);
        let legend = format.words.with(
            "answers-ticket",
            &[("number", &number_text), ("what", &what)],
        );
        groups.push(AskedGroup {
            legend: Some(legend),
            fields: fields(AskedOf::Ticket, Some(number)),
        });
    }
    groups.retain(|group| !group.fields.is_empty());
    groups
}

fn field(
    question: &Question,
    ticket: Option<usize>,
    known: &str,
    sent: &Sent,
    format: &Format,
) -> AskedField {
    let words = format.words;
    let typed = sent.given.iter().flatten();
    let mut typed = typed.filter(|it| (it.question, it.ticket) == (question.no(), ticket));
    let value = typed.next().map_or(known, |given| &given.answer).to_owned();
    let option = |code: &str, text: &str| (code.to_owned(), text.to_owned(), code == value);
    let mut options = match question.kind {
        Kind::Text => Vec::new(),
        Kind::Choice => {
            let options = question.options.iter();
            options.map(|it| option(it, it)).collect()
        }
        Kind::YesNo => vec![
            option("yes", words.text("answers-yes")),
            option("no", words.text("answers-no")),
        ],
    };
    if !options.is_empty() {
        options.insert(0, option("", words.text("answers-choose")));
    }
    let wrong = sent.wrong.iter();
    let mut wrong = wrong.filter(|it| (it.question, it.ticket) == (question.no(), ticket));
    AskedField {
        name: match ticket {
            None => format!("answer-{}", question.no()),
            Some(ticket) => format!("answer-{}-{ticket}", question.no()),
        },
        label: question.label.clone(),
        is_required: question.required,
        options,
        most: ANSWER_MAX,
        problem: wrong.next().map(|wrong| match wrong.rule {
            AnswerRule::Given => words.text("answers-missing").to_owned(),
            AnswerRule::Short(most) => {
                words.with("answers-too-long", &[("most", &format.number(most as i32))])
            }
            _ => words.text("answers-wrong").to_owned(),
        }),
        value,
    }
}

/// What a form answers: `answer-<question>`, and `answer-<question>-<ticket>`.
pub(super) fn read(fields: &Fields) -> Vec<Given> {
    let given = |(name, value): &(String, String)| {
        let place = name.strip_prefix("answer-")?;
        let (question, ticket) = match place.split_once('-') {
            Some((question, ticket)) => (question, Some(ticket.parse().ok()?)),
            None => (place, None),
        };
        Some(Given {
            question: question.parse().ok()?,
            ticket,
            answer: value.replace("\r\n", "\n"),
        })
    };
    fields.iter().filter_map(given).collect()
}
