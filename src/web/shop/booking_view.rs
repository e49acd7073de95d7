//! The view structs of the page of one booking.
//!
//! What must hold: a field is text, formatted for one reader; only who may see a booking gets here: its
//! buyer, or whoever has its link. No queries here: the handlers in `bookings` pass what is shown.

use std::fmt::Display;
use std::sync::Arc;

use askama::Template;

use super::answer_fields::{AskedGroup, Sent};
use super::event_facts::EventFacts;
use super::form::fresh_key;
use super::frame::Frame;
use super::moved_view::Asked;
use super::pay_view::{Decline, PayForm, PaymentLine, Waits, is_late, money_text};
use crate::booking::{Answered, BookedItem, Booking, Status};
use crate::catalog::{Event, Tier};
use crate::gateway::stripe::config::StripeConfig;
use crate::payment::{self, Happened, Payment, attempts_left};
use crate::ticket::Ticket;
use crate::types::Timestamp;
use crate::types::contact::{Contact, ContactRule};
use crate::web::view::format::{Format, machine_time};
use crate::web::view::price_lines::PriceLines;
use crate::web::view::qr::Qr;

/// `2 × VIP, 1 × GA`
pub(super) fn items_text(booking: &Booking, event: &Event, format: &Format) -> String {
    let items = booking.items.iter().filter_map(|item| {
        let tier = event.tier_no(item.tier)?;
        Some(format!("{} × {}", format.number(item.quantity), tier.name))
    });
    items.collect::<Vec<_>>().join(", ")
}

/// The numbered seats of a booking: `A-7, A-8`.
pub(super) fn seats_text(booking: &Booking, event: &Event) -> String {
    let seats = booking.items.iter().filter_map(|item| {
        let tier = event
            .tier_no(item.tier)
            .filter(|tier| tier.rows.is_some())?;
        Some(item.seats.iter().map(|&seat| tier.label(seat)))
    });
    seats.flatten().collect::<Vec<_>>().join(", ")
}

/// The state in words.
pub(super) fn state_text(status: Status, format: &Format) -> &'static str {
    format.words.text(match status {
        Status::Pending => "state-pending",
        Status::Confirmed => "state-confirmed",
        Status::Failed => "state-failed",
        Status::Expired => "state-expired",
        Status::Cancelled => "state-cancelled",
    })
}

/// One booking.
#[derive(Template)]
#[template(path = "booking.html")]
pub(super) struct BookingPage {
    frame: Frame,
    event: Arc<EventFacts>,
    path: String,
    reference: String,
    /// `pending`, `confirmed`, `failed`, `expired`, `cancelled`.
    state: &'static str,
    /// `Confirmed: The Velvet Almanac`
    title: String,
    /// The query string of the reader's link, or nothing.
    access: String,
    /// Whether the reader is its buyer. Whoever has its link can pay it but not cancel it.
    is_buyer: bool,
    /// Whether the reader may answer what the event asks although it is paid.
    may_answer: bool,
    /// What the buyer may pass on.
    link: String,
    /// The link as a code, for the buyer's phone.
    link_qr: Option<Qr>,
    items: Vec<ItemLine>,
    /// `2 × VIP, 1 × GA`
    items_text: String,
    /// How many tickets in all.
    quantity: i32,
    /// Whether any of them is a numbered seat.
    has_seats: bool,
    /// What its tickets cost.
    total: String,
    /// What was ordered at first, and what went back of it, or is due to.
    returned: Option<(String, String)>,
    /// Whether it costs nothing: no card is asked for.
    is_free: bool,
    /// What it costs beside the tickets.
    lines: PriceLines,
    tickets: Vec<TicketView>,
    payments: Vec<PaymentLine>,
    hold: Option<Hold>,
    /// Whether a payment is processing.
    is_paying: bool,
    /// Whether an expired booking was paid, but the bank's answer came too late, or comes.
    is_late: bool,
    /// What its buyer has to do for it.
    waits: Option<Waits>,
    /// Why the last payment failed, if it did.
    decline: Option<Decline>,
    /// How it is paid.
    form: PayForm,
    /// Attempts to pay that are left.
    attempts_left: i32,
    /// What is wrong with the card number.
    card_problem: Option<&'static str>,
    contact: ContactFields,
    /// What the event asks beside.
    asked: Vec<AskedGroup>,
    /// Whether something is wrong with what was answered.
    has_answer_problem: bool,
    /// `Ana Reis, ana@example.org`, for the buyer alone.
    contact_text: Option<String>,
    /// When the booking was made, in the venue's zone.
    booked_at: String,
    /// Whether an ended booking was charged, and where its money is.
    money: String,
    /// The idempotency key of the next form.
    key: String,
    /// What its buyer is asked, if the event was moved.
    moved_question: Option<Asked>,
}

/// The fields of the form that pays in which buyers say who they are.
#[derive(Default)]
pub(super) struct ContactFields {
    pub(super) is_asked: bool,
    pub(super) is_required: bool,
    pub(super) name: String,
    pub(super) email: String,
    pub(super) name_problem: Option<&'static str>,
    pub(super) email_problem: Option<&'static str>,
}

/// What is wrong with the form that pays, as ids of texts, and what was typed into it.
#[derive(Default)]
pub(super) struct PayProblems {
    pub(super) card: Option<&'static str>,
    pub(super) name: Option<&'static str>,
    pub(super) email: Option<&'static str>,
    pub(super) typed: Option<(String, String)>,
    /// Apart, because few forms have any.
    pub(super) answers: Box<Sent>,
}

/// Who reads a booking's page: its buyer, or whoever has its link.
pub(super) struct Reader {
    /// Whether it is the buyer, who alone may cancel it and pass its link on.
    pub is_buyer: bool,
    /// Whether they may answer what the event asks once the booking is paid: its buyer, and whoever has the link of a
    /// booking that was handed over, whose new buyer has nothing else.
    pub may_answer: bool,
    /// The booking's link, absolute.
    pub link: String,
    /// The query string by which the reader came, if it was the link.
    pub access: String,
}

/// How long a pending booking keeps its tickets.
struct Hold {
    /// In the venue's zone, which is named.
    until: String,
    /// For scripts.
    expires_at: String,
}

/// What a booking has of one tier.
struct ItemLine {
    code: String,
    name: String,
    quantity: i32,
    unit_price: String,
    sum: String,
    /// Of a numbered tier: `A-7, A-8`.
    seats: Option<String>,
    together: bool,
}

/// One ticket.
struct TicketView {
    /// The first is 1.
    number: i32,
    /// `1 of 2`
    count: String,
    tier: String,
    /// Letters of the row and number in it.
    seat: Option<(String, String)>,
    /// Its signed code.
    qr: Option<Qr>,
}

impl BookingPage {
    #[expect(
        clippy::too_many_arguments,
        reason = "one for each thing that the page shows"
    )]
    pub(super) fn new(
        frame: Frame,
        format: &Format,
        event: &Arc<Event>,
        booking: &Booking,
        tickets: &[(Ticket, String)],
        (payments, told): (&[Payment], &[Happened]),
        contact: Option<&Contact>,
        reader: &Reader,
    ) -> Self {
        let zone = event.venue.time_zone;
        let is_paying = payments
            .iter()
            .any(|p| p.status == payment::Status::Processing);
        let hold = booking.expires_at.map(|at| Hold::new(at, event, format));
        let returned: i64 = payments.iter().map(|payment| payment.returned_minor).sum();
        let status = booking.status_at(format.now, is_paying);
        let is_going = status == Status::Confirmed && reader.is_buyer;
        let decline = payments.last().and_then(|last| {
            let until = hold.as_ref().map(|hold| hold.until.as_str());
            Decline::of(last, until, format)
        });
        let has_declined = status == Status::Pending && decline.is_some();
        Self {
            frame,
            path: format!("{}/bookings/{}", format.prefix, booking.id),
            reference: booking.reference.to_string(),
            state: status.as_str(),
            title: title(status, has_declined, event, format),
            access: reader.access.clone(),
            is_buyer: reader.is_buyer,
            may_answer: reader.may_answer,
            link: reader.link.clone(),
            link_qr: is_going.then(|| Qr::of(&reader.link)).flatten(),
            items: item_lines(booking, event, format),
            items_text: items_text(booking, event, format),
            quantity: booking.items.iter().map(|item| item.quantity).sum(),
            has_seats: event.tiers.iter().any(|tier| {
                tier.rows.is_some() && booking.items.iter().any(|item| item.tier == tier.no)
            }),
            total: format.money(event.money(booking.total.minor - returned)),
            returned: (returned > 0).then(|| {
                let ordered = format.money(booking.total);
                (ordered, format.money(event.money(-returned)))
            }),
            is_free: booking.total.minor == 0,
            lines: PriceLines::of(&booking.lines_left(), event, format),
            tickets: TicketView::all(tickets, booking, event, format),
            payments: payments
                .iter()
                .map(|payment| PaymentLine::new(payment, told, event, format))
                .collect(),
            is_paying,
            is_late: is_late(payments),
            waits: None,
            decline,
            hold,
            form: PayForm::default(),
            attempts_left: attempts_left(payments) as i32,
            card_problem: None,
            contact: ContactFields::of(event.contact, contact.filter(|_| reader.is_buyer)),
            asked: Vec::new(),
            has_answer_problem: false,
            contact_text: contact.filter(|_| reader.is_buyer).map(contact_text),
            booked_at: format.two_parts(
                &format.date_time(booking.created_at, zone),
                &format.zone(booking.created_at, zone),
            ),
            money: money_text(status, payments, told, format),
            key: fresh_key(),
            moved_question: None,
            event: EventFacts::of(event, format),
        }
    }

    /// Whether the reader holds tickets for which they still have something to do.
    pub(super) fn is_held(&self) -> bool {
        let has_to_act = !self.is_paying || self.waits.is_some();
        self.is_buyer && has_to_act && self.state == Status::Pending.as_str()
    }

    /// Whether it waits for its money.
    pub(super) fn is_payable(&self) -> bool {
        self.state == Status::Pending.as_str() && !self.is_free
    }

    /// The page with the form that pays, and with what the payment that waits for its buyer wants of them; by this account's
    /// script, perhaps.
    pub(super) fn paying(
        mut self,
        form: PayForm,
        waits: Option<&Payment>,
        account: Option<&StripeConfig>,
        (event, format): (&Event, &Format),
    ) -> Self {
        self.form = form;
        self.waits = waits.and_then(|payment| Waits::of(payment, account, event, format));
        self
    }

    /// Whether the page has what the provider's script does.
    fn has_provider_script(&self) -> bool {
        let has_script = |waits: &Waits| waits.script.is_some();
        self.is_payable()
            && (self.form.element.is_some() || self.waits.as_ref().is_some_and(has_script))
    }

    /// The page with the fields of what the event asks.
    pub(super) fn asking(mut self, asked: Vec<AskedGroup>) -> Self {
        let fields = asked.iter().flat_map(|group| &group.fields);
        self.has_answer_problem = fields.into_iter().any(|field| field.problem.is_some());
        self.asked = asked;
        self
    }

    /// The page with what its buyer is asked about a move of the event.
    pub(super) fn moved(
        mut self,
        event: &Event,
        booking: &Booking,
        answers: &[Answered],
        format: &Format,
    ) -> Self {
        self.moved_question = Asked::of(event, booking, answers, format.now);
        self
    }

    /// The page with what is wrong with the form that was sent.
    pub(super) fn with_problems(mut self, problems: PayProblems) -> Self {
        let text = |id: &'static str| self.frame.text(id);
        self.card_problem = problems.card.map(text);
        self.contact.name_problem = problems.name.map(text);
        self.contact.email_problem = problems.email.map(text);
        if let Some((name, email)) = problems.typed {
            (self.contact.name, self.contact.email) = (name, email);
        }
        self
    }
}

impl ContactFields {
    fn of(rule: ContactRule, contact: Option<&Contact>) -> Self {
        let (name, email) = contact
            .map(|contact| (contact.name.clone(), contact.email.clone()))
            .unwrap_or_default();
        Self {
            is_asked: rule != ContactRule::None,
            is_required: rule == ContactRule::Required,
            name,
            email,
            ..Self::default()
        }
    }
}

fn contact_text(contact: &Contact) -> String {
    let parts = [contact.name.as_str(), contact.email.as_str()];
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(", ")
}

impl Hold {
    fn new(expires_at: Timestamp, event: &Event, format: &Format) -> Self {
        let zone = event.venue.time_zone;
        Self {
            until: format!(
                "{} {}",
                format.time(expires_at, zone),
                format.offset(expires_at, zone)
            ),
            expires_at: machine_time(expires_at),
        }
    }
}

/// `Confirmed: The Velvet Almanac`; what was just declined is said first.
fn title(status: Status, has_declined: bool, event: &Event, format: &Format) -> String {
    let declined = format.words.text("declined-heading");
    let state = if has_declined {
        declined
    } else {
        state_text(status, format)
    };
    let values: [(&str, &dyn Display); 2] = [("state", &state), ("event", &event.name)];
    format.words.with("booking-title", &values)
}

fn item_lines(booking: &Booking, event: &Event, format: &Format) -> Vec<ItemLine> {
    let line = |item: &BookedItem| {
        let tier = event.tier_no(item.tier)?;
        Some(ItemLine::new(item, tier, booking, event, format))
    };
    booking.items.iter().filter_map(line).collect()
}

impl ItemLine {
    fn new(
        item: &BookedItem,
        tier: &Tier,
        booking: &Booking,
        event: &Event,
        format: &Format,
    ) -> Self {
        let labels = || tier.labels(&item.seats).join(", ");
        let rows = tier.rows.as_ref();
        Self {
            code: tier.code.to_string(),
            name: tier.name.clone(),
            quantity: item.quantity,
            unit_price: format.money(event.money(item.unit_price_minor)),
            sum: format.money(event.money(item.unit_price_minor * i64::from(item.quantity))),
            seats: rows.map(|_| labels()),
            together: rows.is_some_and(|rows| {
                let party = booking.party(item, &event.stock);
                party.len() > 1 && rows.are_together(&party)
            }),
        }
    }
}

impl TicketView {
    fn all(
        tickets: &[(Ticket, String)],
        booking: &Booking,
        event: &Event,
        format: &Format,
    ) -> Vec<Self> {
        let all = tickets.len() as i32;
        let view = |(ticket, number)| Self::new(ticket, (number, all), booking, event, format);
        tickets.iter().zip(1..).filter_map(view).collect()
    }

    /// `None` if the event has no such tier.
    fn new(
        (ticket, code): &(Ticket, String),
        (number, all): (i32, i32),
        booking: &Booking,
        event: &Event,
        format: &Format,
    ) -> Option<Self> {
        let tier = event.tier_no(booking.bought(ticket.tier, ticket.seat, &event.stock))?;
        let seat = tier.rows.as_ref().map(|rows| {
            let at = rows.position(ticket.seat);
            (rows.row_label(at.row), at.number.to_string())
        });
        Some(Self {
            number,
            count: format.words.with(
                "ticket-count",
                &[
                    ("number", &format.number(number)),
                    ("all", &format.number(all)),
                ],
            ),
            tier: tier.name.clone(),
            seat,
            qr: Qr::of(code),
        })
    }
}
