//! What a scanner is told of a scan, read from its record.

use std::sync::Arc;

use uuid::Uuid;

use super::gates::{Gate, List, gates};
use super::outcome::Outcome;
use super::record::{Kind, Recorded, get};
use super::{Desk, Holder, Inside, TicketName, reference};
use crate::catalog::Event;
use crate::postgres::Error;
use crate::types::{BookingId, TierNo, Timestamp};

/// $1 event, $2 tier, $3 seat, $4 issue. Nobody, if the ticket is somebody else's now.
const HOLDER: &str = "
    SELECT b.id AS booking_id, b.reference, coalesce(c.name, '') AS name,
           coalesce((SELECT o.tier_no FROM booking_items AS o
                     WHERE o.event_id = $1 AND o.booking_id = t.booking_id AND o.stock_tier_no = t.tier_no
                       AND t.seat_no = ANY (o.seats)
                     LIMIT 1), t.tier_no) AS bought_tier_no
    FROM tickets AS t
    JOIN bookings AS b ON b.event_id = $1 AND b.id = t.booking_id
    LEFT JOIN contacts AS c ON c.event_id = $1 AND c.booking_id = t.booking_id
    WHERE t.event_id = $1 AND t.tier_no = $2 AND t.seat_no = $3 AND t.issue = $4 AND b.status = 'confirmed'
      AND b.kind <> 'withheld'";

/// $1 event, $2 booking, $3 tier and $4 seat as they were bought. What door staff are to see of what the buyer has answered.
const TOLD: &str = "
    SELECT q.label, q.kind, a.answer FROM answers AS a
    JOIN questions AS q ON q.event_id = $1 AND q.question_no = a.question_no AND q.at_door
    WHERE a.event_id = $1 AND a.booking_id = $2 AND (a.tier_no = 0 OR (a.tier_no = $3 AND a.seat_no = $4))
    ORDER BY q.position, q.question_no";

/// What came of a scan.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The scan's nonce.
    pub id: Uuid,
    /// In, out, or taken back.
    pub kind: Kind,
    /// What came of it.
    pub outcome: Outcome,
    /// With [`Outcome::Conflict`]: what is against it.
    pub conflict: Option<Outcome>,
    /// At which gate.
    pub gate: Uuid,
    /// By the scanner's clock.
    pub scanned_at: Timestamp,
    /// By the database's clock.
    pub recorded_at: Timestamp,
    /// The ticket, if the code names one of this event.
    pub ticket: Option<TicketName>,
    /// Whose it is.
    pub holder: Option<Holder>,
    /// What the buyer has answered that door staff are to see.
    pub told: Vec<Told>,
    /// At which gate, as people call it.
    pub gate_name: String,
    /// Since when and where the ticket is in.
    pub inside: Option<Inside>,
    /// The name of that gate.
    pub inside_gate: Option<String>,
    /// The event that the code is of.
    pub other_event: Option<Arc<Event>>,
    /// The gates that admit the ticket.
    pub other_gates: Vec<String>,
    /// When it was taken back.
    pub undone_at: Option<Timestamp>,
    /// Whether it was answered before.
    pub is_replay: bool,
}

/// An answer that door staff see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// What was asked.
    pub label: String,
    /// What was said.
    pub answer: String,
    /// Whether that is `yes` or `no`.
    pub is_yes_or_no: bool,
}

/// What came of a scan that is recorded.
///
/// # Errors
/// Those of the database.
pub async fn recorded(desk: Desk<'_>, id: Uuid) -> Result<Option<Answer>, Error> {
    let client = desk.db.get().await?;
    let found = get(&client, desk.event.no, id).await?;
    drop(client);
    match found {
        Some(found) => Ok(Some(answer(desk, found, true).await?)),
        None => Ok(None),
    }
}

/// What is said of a recorded scan.
pub(super) async fn answer(
    desk: Desk<'_>,
    recorded: Recorded,
    is_replay: bool,
) -> Result<Answer, Error> {
    let Recorded {
        ticket, outcome, ..
    } = recorded;
    let (holder, told) = match ticket {
        Some(ticket) => holder(desk, ticket).await?,
        None => (None, Vec::new()),
    };
    let other_event = match recorded.other_event {
        Some(other) => desk.catalog.events_by_no(&[other]).await?.pop(),
        None => None,
    };
    let (lists, gates) = gates(desk.db, desk.event.no).await?;
    let is_wrong_gate = [Some(outcome), recorded.conflict].contains(&Some(Outcome::NotThisGate));
    let other_gates = match ticket {
        Some(ticket) if is_wrong_gate => {
            let bought = holder.as_ref().map_or(ticket.tier, |holder| holder.bought);
            admitting(&lists, &gates, bought)
        }
        _ => Vec::new(),
    };
    let name_of = |id: Uuid| {
        let gate = gates.iter().find(|gate| gate.id == id);
        gate.map(|gate| gate.name.clone())
    };
    Ok(Answer {
        id: recorded.id,
        kind: recorded.kind,
        outcome,
        conflict: recorded.conflict,
        gate: recorded.gate,
        gate_name: name_of(recorded.gate).unwrap_or_default(),
        scanned_at: recorded.scanned_at.unwrap_or(recorded.recorded_at),
        recorded_at: recorded.recorded_at,
        ticket,
        holder,
        told,
        inside: recorded.inside,
        inside_gate: recorded.inside.and_then(|inside| name_of(inside.gate)),
        other_event,
        other_gates,
        undone_at: recorded.undone_at,
        is_replay,
    })
}

async fn holder(desk: Desk<'_>, ticket: TicketName) -> Result<(Option<Holder>, Vec<Told>), Error> {
    let TicketName { tier, seat, issue } = ticket;
    let client = desk.db.get().await?;
    let statement = client.prepare_cached(HOLDER).await?;
    let row = client
        .query_opt(&statement, &[&desk.event.no, &tier, &seat, &issue])
        .await?;
    let Some(row) = row else {
        return Ok((None, Vec::new()));
    };
    let bought: TierNo = row.get("bought_tier_no");
    let told = if desk.event.asks {
        let booking: BookingId = row.get("booking_id");
        let statement = client.prepare_cached(TOLD).await?;
        let event = desk.event.no;
        client
            .query(&statement, &[&event, &booking, &bought, &seat])
            .await?
    } else {
        Vec::new()
    };
    let told = told.iter().map(|row| Told {
        label: row.get("label"),
        answer: row.get("answer"),
        is_yes_or_no: row.get::<_, &str>("kind") == "yes_no",
    });
    let holder = reference(&row).map(|reference| Holder {
        bought,
        reference,
        name: row.get("name"),
    });
    Ok((holder, told.collect()))
}

/// The names of the open gates that admit the tickets of a tier.
fn admitting(lists: &[List], gates: &[Gate], tier: TierNo) -> Vec<String> {
    let admits = |id: Uuid| lists.iter().any(|list| list.id == id && list.admits(tier));
    let open = gates.iter().filter(|gate| gate.closed_at.is_none());
    open.filter(|gate| admits(gate.list))
        .map(|gate| gate.name.clone())
        .collect()
}
