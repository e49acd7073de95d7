//! The JSON of scans: what a scanner sends, and what it is told.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::catalog::Event;
use crate::checkin::{Answer, Holder, Kind, Named, Outcome, Scan, TicketName, Told};
use crate::types::{EventId, Reference, Timestamp};
use crate::web::error::{Error, Text};

/// Characters of a code at most: any QR code may be held before a scanner.
const CODE_MAX: usize = 2_000;

/// In or out.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = ScanKind)]
enum KindJson {
    /// Somebody wants in.
    #[default]
    Entry,
    /// Somebody goes out.
    Exit,
}

/// A scan.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewScan)]
pub(in crate::web) struct NewScanJson {
    /// The scanner's name for this scan, a fresh random UUID: sent again, it changes nothing and is answered alike.
    id: Uuid,
    /// At which gate.
    gate_id: Uuid,
    /// The text of the code; or `ticket`.
    #[schema(max_length = 2000)]
    code: Option<String>,
    /// The ticket, as the list and the search name it; or `code`.
    #[schema(examples("1.31.1"))]
    ticket: Option<String>,
    #[serde(default)]
    #[schema(inline, default = "entry")]
    kind: KindJson,
    /// When, by the scanner's clock; without it, now.
    #[schema(value_type = Option<DateTime<Utc>>)]
    scanned_at: Option<Timestamp>,
    /// Whether the guest was let in already, because the scanner had no network. What is against it is recorded as a
    /// `conflict`.
    #[serde(default)]
    #[schema(default = false)]
    let_in: bool,
}

impl NewScanJson {
    /// # Errors
    /// 422 with the field, whose pointer begins like this.
    pub(in crate::web) fn read(self, pointer: &str) -> Result<Scan, Error> {
        let named = match (self.code, self.ticket) {
            (Some(code), None) if code.chars().count() <= CODE_MAX => Named::Code(code),
            (Some(_), None) => {
                let text = Text::from("field-code-length").with("most", CODE_MAX);
                return Err(Error::invalid_field(&format!("{pointer}/code"), text));
            }
            (None, Some(ticket)) => {
                let ticket: Result<TicketName, _> = ticket.parse();
                let wrong = |_| Error::invalid_field(&format!("{pointer}/ticket"), "field-ticket");
                Named::Ticket(ticket.map_err(wrong)?)
            }
            _ => {
                let pointer = format!("{pointer}/code");
                return Err(Error::invalid_field(&pointer, "field-code-or-ticket"));
            }
        };
        Ok(Scan {
            id: self.id,
            gate: self.gate_id,
            kind: match self.kind {
                KindJson::Entry => Kind::Entry,
                KindJson::Exit => Kind::Exit,
            },
            named,
            scanned_at: self.scanned_at,
            let_in: self.let_in,
        })
    }
}

/// What came of a scan.
#[derive(Serialize, ToSchema)]
#[schema(as = Scan)]
pub(in crate::web) struct ScanJson<'a> {
    /// The scan's own.
    id: Uuid,
    /// `entry`, `exit`, or `undo`.
    kind: &'static str,
    /// `admitted`: let in. `exited`: out. `already_in`: somebody is in with this ticket since `since`, or was and may
    /// not come in again. `cancelled`: the ticket belongs to nobody. `replaced`: somebody else has it, or it has a newer
    /// code. `other_event`: the code is of another event or day. `not_this_gate`: `gates` admit it. `forged`: the code
    /// was not made here. `outdated`: an old code of an event that is over. `not_in`: nobody is in with this ticket.
    /// `conflict`: the guest was let in without a network, and `conflict` is against it.
    result: &'static str,
    /// What is against a guest who is in: another `result`.
    #[schema(required = true)]
    conflict: Option<&'static str>,
    gate_id: Uuid,
    gate: String,
    /// By the scanner's clock.
    #[schema(value_type = DateTime<Utc>)]
    scanned_at: Timestamp,
    /// By the server's.
    #[schema(value_type = DateTime<Utc>)]
    recorded_at: Timestamp,
    /// The ticket of this event that was scanned.
    #[schema(required = true)]
    ticket: Option<ScannedTicketJson<'a>>,
    /// Since when the ticket is in, by the clock of whoever scanned it.
    #[schema(required = true, value_type = Option<DateTime<Utc>>)]
    since: Option<Timestamp>,
    /// At which gate it came in.
    #[schema(required = true)]
    since_gate: Option<String>,
    /// The event that the code is of.
    #[schema(required = true)]
    other_event: Option<OtherEventJson>,
    /// What the buyer has answered that door staff are to see.
    answers: Vec<ToldJson>,
    /// The gates that admit the ticket, if this one does not.
    gates: Vec<String>,
    /// When the scan was taken back.
    #[schema(required = true, value_type = Option<DateTime<Utc>>)]
    undone_at: Option<Timestamp>,
}

/// An answer that door staff see.
#[derive(Serialize, ToSchema)]
#[schema(as = DoorAnswer)]
struct ToldJson {
    /// What was asked.
    label: String,
    /// What was said; `yes` or `no` where that was asked.
    answer: String,
}

/// A ticket at the door.
#[derive(Serialize, ToSchema)]
#[schema(as = ScannedTicket)]
pub(in crate::web) struct ScannedTicketJson<'a> {
    /// Names the ticket as its holder has it.
    #[schema(examples("1.31.1"))]
    pub(in crate::web) ticket: String,
    /// The code of the tier that was bought.
    tier: &'a str,
    /// The tier's name.
    pub(in crate::web) tier_name: &'a str,
    /// `A-7`, or with general admission a number.
    pub(in crate::web) seat: String,
    /// The booking's reference, unless the ticket is nobody's.
    #[schema(required = true)]
    reference: Option<Reference>,
    /// The name that the buyer has left; may be empty.
    #[schema(required = true)]
    name: Option<String>,
}

impl<'a> ScannedTicketJson<'a> {
    /// `None` if the event has no such tier any more.
    pub(in crate::web) fn new(
        event: &'a Event,
        ticket: TicketName,
        holder: Option<Holder>,
    ) -> Option<Self> {
        let bought = holder.as_ref().map_or(ticket.tier, |it| it.bought);
        let tier = event.tier_no(bought)?;
        let (reference, name) = holder.map(|it| (it.reference, it.name)).unzip();
        Some(Self {
            ticket: ticket.to_string(),
            tier: tier.code.as_str(),
            tier_name: &tier.name,
            seat: tier.label(ticket.seat),
            reference,
            name,
        })
    }
}

/// Another event, or another day of the same one.
#[derive(Serialize, ToSchema)]
#[schema(as = OtherEvent)]
struct OtherEventJson {
    id: EventId,
    name: String,
    #[schema(value_type = DateTime<Utc>)]
    starts_at: Timestamp,
}

fn told(told: Vec<Told>) -> Vec<ToldJson> {
    let json = |told: Told| ToldJson {
        label: told.label,
        answer: told.answer,
    };
    told.into_iter().map(json).collect()
}

impl<'a> ScanJson<'a> {
    /// What is said of a scan at the doors of this event.
    pub(in crate::web) fn new(event: &'a Event, answer: Answer) -> Self {
        let holder = answer.holder;
        Self {
            id: answer.id,
            kind: answer.kind.as_str(),
            result: answer.outcome.as_str(),
            conflict: answer.conflict.map(Outcome::as_str),
            gate_id: answer.gate,
            gate: answer.gate_name,
            scanned_at: answer.scanned_at,
            recorded_at: answer.recorded_at,
            ticket: answer
                .ticket
                .and_then(|ticket| ScannedTicketJson::new(event, ticket, holder)),
            since: answer.inside.map(|inside| inside.since),
            since_gate: answer.inside_gate,
            other_event: answer.other_event.map(|other| OtherEventJson {
                id: other.id,
                name: other.name.clone(),
                starts_at: other.starts_at,
            }),
            answers: told(answer.told),
            gates: answer.other_gates,
            undone_at: answer.undone_at,
        }
    }
}
