//! What an event has sold, added up. Owns the tables `sales_read`, `sales_quarters`, `sales_ways`
//! and `sales_seconds`.
//!
//! Half a million bookings take a second to add up, and a dashboard is looked at all day. So sums are kept, and whoever
//! looks adds what has come since: bookings in the order of their confirmation, and of their cancellation, by two indexes
//! that a new booking has no entry in. No sale writes here, and an event that nobody looks at costs nothing.
//!
//! What must hold: a booking is added once and its cancellation once: sums and the point up to which they go are written
//! in one transaction, under the lock of the event's row, which others pass over; the point never goes beyond what is
//! settled (`postgres::settled`), or a transaction that commits late would be missed. `check` compares them with the
//! bookings.

use std::time::{Duration, Instant};

use tokio_postgres::Row;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::catalog::Event;
use crate::postgres::last_known::{Ages, STALE_MAX};
use crate::postgres::{Client, Db, Error, Params, Transaction};
use crate::types::{EventNo, TierNo, Timestamp};

/// Bookings that one transaction adds up at most: a tenth of a second.
const PAGE: i64 = 20_000;
/// How long a look goes on adding. What is left is added by the next one.
const LOOK: Duration = Duration::from_secs(4);
/// How old sums may be: shown at once, and made anew behind the reader's back from a second on.
pub(super) const AGES: Ages = Ages {
    fresh: Duration::from_secs(1),
    usable: Duration::from_secs(10),
    stale: STALE_MAX,
};
/// Seconds after the opening that are kept one by one.
pub(super) const SECONDS: i32 = 600;

/// $1 event.
const ENTER: &str =
    "INSERT INTO sales_read AS r (event_id) VALUES ($1) ON CONFLICT (event_id) DO NOTHING";

/// $1 event.
const LOCK: &str = "
    SELECT confirmed_at, confirmed_id, cancelled_at, cancelled_id, changed_at, changed_id FROM sales_read
    WHERE event_id = $1 FOR UPDATE SKIP LOCKED";

/// The sales, and the cancellations, that come next: their number and the last of them. $1 event, $2 and $3 the last one
/// that is in the sums, $4 the time beyond which is not looked, $5 how many at most.
const NEXT_CONFIRMED: &str = "
    WITH next AS (
        SELECT confirmed_at AS at, id, kind FROM bookings
        WHERE event_id = $1 AND confirmed_at IS NOT NULL AND (confirmed_at, id) > ($2, $3) AND confirmed_at < $4
        ORDER BY event_id, confirmed_at, id LIMIT $5)
    SELECT at, id, (SELECT count(*) FROM next) AS count,
           (SELECT count(*) FROM next WHERE kind <> 'withheld') AS sales,
           EXISTS (SELECT FROM next WHERE kind IN ('box_office', 'complimentary')) AS has_ways
    FROM next ORDER BY at DESC, id DESC LIMIT 1";
const NEXT_CANCELLED: &str = "
    WITH next AS (
        SELECT ended_at AS at, id, kind FROM bookings
        WHERE event_id = $1 AND status = 'cancelled' AND confirmed_at IS NOT NULL
          AND (ended_at, id) > ($2, $3) AND ended_at < $4
        ORDER BY event_id, ended_at, id LIMIT $5)
    SELECT at, id, (SELECT count(*) FROM next) AS count,
           (SELECT count(*) FROM next WHERE kind <> 'withheld') AS sales,
           EXISTS (SELECT FROM next WHERE kind IN ('box_office', 'complimentary')) AS has_ways
    FROM next ORDER BY at DESC, id DESC LIMIT 1";

/// The same of changes of bookings.
const NEXT_CHANGED: &str = "
    WITH next AS (
        SELECT changed_at AS at, change_id AS id FROM booking_change_items
        WHERE event_id = $1 AND (changed_at, change_id) > ($2, $3) AND changed_at < $4
        ORDER BY event_id, changed_at, change_id LIMIT $5)
    SELECT at, id, count, count AS sales, false AS has_ways
    FROM (SELECT at, id, (SELECT count(*) FROM next) AS count FROM next) AS n ORDER BY at DESC, id DESC LIMIT 1";

/// Whether a booking has lines. Of an event without any none is looked for.
macro_rules! has_lines {
    () => {
        "    CROSS JOIN LATERAL (
        SELECT EXISTS (
            SELECT FROM booking_lines
            WHERE (SELECT EXISTS (SELECT FROM booking_lines WHERE event_id = $1))
              AND event_id = $1 AND booking_id = b.id) AS has_lines) AS p
"
    };
}

/// In which way a booking of an organiser was paid. A payment by hand has never another beside it.
macro_rules! way {
    () => {
        "    CROSS JOIN LATERAL (
        SELECT CASE WHEN b.kind = 'complimentary' THEN 'complimentary' ELSE (
            SELECT method FROM payments WHERE event_id = $1 AND booking_id = b.id LIMIT 1) END AS way) AS w
"
    };
}

/// What the tickets of a booking are, and cost if it has no lines.
macro_rules! items {
    () => {
        "        (SELECT tier_no, quantity, CASE WHEN p.has_lines THEN 0 ELSE quantity * unit_price_minor END AS minor
         FROM booking_items
         WHERE event_id = $1 AND booking_id = b.id LIMIT 100)
"
    };
}

/// What its lines say; what is of the order as a whole belongs to its first tier.
macro_rules! lines {
    () => {
        "        (SELECT coalesce(tier_no, min(tier_no) OVER ()), 0, amount_minor FROM booking_lines
         WHERE p.has_lines AND event_id = $1 AND booking_id = b.id AND is_added LIMIT 1000)"
    };
}

/// Sums of the bookings after one up to another, by tier and quarter of an hour. $1 event, $2 and $3 the one, $4 and $5
/// the other. LATERAL, so that items are looked up whatever the statistics say. A booking was ordered as it is, with what
/// changes have removed since and without what they have added. What a tier's tickets brought is what was paid for them: if
/// a booking has lines, what these say, whatever was changed since; what is of the order as a whole belongs to its first
/// tier. Of an event without lines none is looked for.
const SUM_CONFIRMED: &str = concat!(
    "
    SELECT i.tier_no, date_bin('15 minutes', b.confirmed_at, 'epoch') AS at,
           sum(i.quantity)::bigint AS tickets, sum(i.minor)::bigint AS minor
    FROM bookings AS b
",
    has_lines!(),
    "    CROSS JOIN LATERAL (
",
    items!(),
    "        UNION ALL
        (SELECT tier_no, cardinality(removed) - cardinality(added),
                CASE WHEN p.has_lines THEN 0 ELSE removed_minor - added_minor END
         FROM booking_change_items
         WHERE event_id = $1 AND booking_id = b.id LIMIT 10000)
        UNION ALL
",
    lines!(),
    ") AS i
    WHERE b.event_id = $1 AND b.confirmed_at IS NOT NULL AND b.kind <> 'withheld'
      AND (b.confirmed_at, b.id) > ($2, $3) AND (b.confirmed_at, b.id) <= ($4, $5)
    GROUP BY 1, 2"
);
/// What did not go back before: a booking's lines without what changes took.
const SUM_CANCELLED: &str = concat!(
    "
    SELECT i.tier_no, date_bin('15 minutes', b.ended_at, 'epoch') AS at,
           sum(i.quantity)::bigint AS tickets, sum(i.minor)::bigint AS minor
    FROM bookings AS b
",
    has_lines!(),
    "    CROSS JOIN LATERAL (
",
    items!(),
    "        UNION ALL
        (SELECT tier_no, 0, added_minor - removed_minor FROM booking_change_items
         WHERE p.has_lines AND event_id = $1 AND booking_id = b.id LIMIT 10000)
        UNION ALL
",
    lines!(),
    ") AS i
    WHERE b.event_id = $1 AND b.status = 'cancelled' AND b.confirmed_at IS NOT NULL AND b.kind <> 'withheld'
      AND (b.ended_at, b.id) > ($2, $3) AND (b.ended_at, b.id) <= ($4, $5)
    GROUP BY 1, 2"
);

/// What changes took is counted as cancelled, what they gave as sold; an exchange within a tier is neither.
const SUM_CHANGED: &str = "
    SELECT tier_no, date_bin('15 minutes', changed_at, 'epoch') AS at,
           sum(greatest(cardinality(added) - cardinality(removed), 0))::bigint AS tickets,
           sum(greatest(added_minor - removed_minor, 0))::bigint AS minor,
           sum(greatest(cardinality(removed) - cardinality(added), 0))::bigint AS cancelled_tickets,
           sum(greatest(removed_minor - added_minor, 0))::bigint AS cancelled_minor
    FROM booking_change_items
    WHERE event_id = $1 AND (changed_at, change_id) > ($2, $3) AND (changed_at, change_id) <= ($4, $5)
    GROUP BY 1, 2";
/// The same of what was not paid through the gateway, by the way in which it was.
const SUM_CONFIRMED_WAYS: &str = concat!(
    "
    SELECT i.tier_no, date_bin('15 minutes', b.confirmed_at, 'epoch') AS at, w.way,
           sum(i.quantity)::bigint AS tickets, sum(i.minor)::bigint AS minor
    FROM bookings AS b
",
    has_lines!(),
    way!(),
    "    CROSS JOIN LATERAL (
",
    items!(),
    "        UNION ALL
",
    lines!(),
    ") AS i
    WHERE b.event_id = $1 AND b.confirmed_at IS NOT NULL AND b.kind IN ('box_office', 'complimentary')
      AND w.way IS NOT NULL AND (b.confirmed_at, b.id) > ($2, $3) AND (b.confirmed_at, b.id) <= ($4, $5)
    GROUP BY 1, 2, 3"
);
const SUM_CANCELLED_WAYS: &str = concat!(
    "
    SELECT i.tier_no, date_bin('15 minutes', b.ended_at, 'epoch') AS at, w.way,
           sum(i.quantity)::bigint AS tickets, sum(i.minor)::bigint AS minor
    FROM bookings AS b
",
    has_lines!(),
    way!(),
    "    CROSS JOIN LATERAL (
",
    items!(),
    "        UNION ALL
",
    lines!(),
    ") AS i
    WHERE b.event_id = $1 AND b.status = 'cancelled' AND b.confirmed_at IS NOT NULL
      AND b.kind IN ('box_office', 'complimentary') AND w.way IS NOT NULL
      AND (b.ended_at, b.id) > ($2, $3) AND (b.ended_at, b.id) <= ($4, $5)
    GROUP BY 1, 2, 3"
);

/// The same by the second in which the tickets were taken, of the sale's first ones. $6 the opening, $7 how many seconds.
const SUM_SECONDS: &str = "
    SELECT extract(epoch FROM date_trunc('second', b.created_at - $6::timestamptz))::int AS second,
           count(*) AS bookings, coalesce(sum(i.quantity), 0)::bigint AS tickets
    FROM bookings AS b
    CROSS JOIN LATERAL (
        SELECT (SELECT sum(quantity) FROM booking_items WHERE event_id = $1 AND booking_id = b.id)
             + (SELECT coalesce(sum(cardinality(removed) - cardinality(added)), 0) FROM booking_change_items
                WHERE event_id = $1 AND booking_id = b.id) AS quantity) AS i
    WHERE b.event_id = $1 AND b.confirmed_at IS NOT NULL AND b.kind <> 'withheld'
      AND (b.confirmed_at, b.id) > ($2, $3) AND (b.confirmed_at, b.id) <= ($4, $5)
      AND b.created_at >= $6 AND b.created_at < $6::timestamptz + make_interval(secs => $7::int)
    GROUP BY 1";

/// $1 event, $2 a tier of it, $3 tiers, $4 times, $5 tickets, $6 money, $7 cancelled tickets, $8 money of those. From
/// the tier, so that a distributed database runs it on the event's node.
const ADD_QUARTERS: &str = "
    INSERT INTO sales_quarters AS q (event_id, tier_no, at, tickets, minor, cancelled_tickets, cancelled_minor)
    SELECT t.event_id, new.* FROM tiers AS t
    CROSS JOIN (SELECT unnest($3::smallint[]), unnest($4::timestamptz[]), unnest($5::bigint[]),
                       unnest($6::bigint[]), unnest($7::bigint[]), unnest($8::bigint[])) AS new
    WHERE t.event_id = $1 AND t.tier_no = $2
    ON CONFLICT (event_id, tier_no, at) DO UPDATE
    SET tickets = q.tickets + excluded.tickets, minor = q.minor + excluded.minor,
        cancelled_tickets = q.cancelled_tickets + excluded.cancelled_tickets,
        cancelled_minor = q.cancelled_minor + excluded.cancelled_minor";

/// As [`ADD_QUARTERS`], $9 ways.
const ADD_WAYS: &str = "
    INSERT INTO sales_ways AS q (event_id, tier_no, at, tickets, minor, cancelled_tickets, cancelled_minor, way)
    SELECT t.event_id, new.* FROM tiers AS t
    CROSS JOIN (SELECT unnest($3::smallint[]), unnest($4::timestamptz[]), unnest($5::bigint[]),
                       unnest($6::bigint[]), unnest($7::bigint[]), unnest($8::bigint[]), unnest($9::text[])) AS new
    WHERE t.event_id = $1 AND t.tier_no = $2
    ON CONFLICT (event_id, tier_no, at, way) DO UPDATE
    SET tickets = q.tickets + excluded.tickets, minor = q.minor + excluded.minor,
        cancelled_tickets = q.cancelled_tickets + excluded.cancelled_tickets,
        cancelled_minor = q.cancelled_minor + excluded.cancelled_minor";

/// $1 event, $2 a tier of it, $3 seconds, $4 tickets, $5 bookings.
const ADD_SECONDS: &str = "
    INSERT INTO sales_seconds AS s (event_id, second, tickets, bookings)
    SELECT t.event_id, new.* FROM tiers AS t
    CROSS JOIN (SELECT unnest($3::int[]), unnest($4::bigint[]), unnest($5::bigint[])) AS new
    WHERE t.event_id = $1 AND t.tier_no = $2
    ON CONFLICT (event_id, second) DO UPDATE
    SET tickets = s.tickets + excluded.tickets, bookings = s.bookings + excluded.bookings";

/// $1 event, $2 and $3 the last booking, $4 how many were added.
const CONFIRMED_UP_TO: &str = "
    UPDATE sales_read SET confirmed_at = $2, confirmed_id = $3, confirmed = confirmed + $4 WHERE event_id = $1";
const CANCELLED_UP_TO: &str = "
    UPDATE sales_read SET cancelled_at = $2, cancelled_id = $3, cancelled = cancelled + $4 WHERE event_id = $1";

const CHANGED_UP_TO: &str = "
    UPDATE sales_read SET changed_at = $2, changed_id = $3 WHERE event_id = $1 AND $4::bigint > 0";

/// $1 event, $2 up to when nothing is missing.
const COMPLETE_UP_TO: &str =
    "UPDATE sales_read SET as_of = greatest(as_of, $2) WHERE event_id = $1";

/// $1 event. In one snapshot: what was added up, and up to when.
const READ: &str = "
    SELECT r.confirmed, r.cancelled, r.as_of, q.*
    FROM sales_read AS r
    LEFT JOIN LATERAL (
        SELECT NULL AS way, tier_no, sum(tickets)::bigint AS tickets, sum(minor)::bigint AS minor,
               sum(cancelled_tickets)::bigint AS cancelled_tickets, sum(cancelled_minor)::bigint AS cancelled_minor
        FROM sales_quarters WHERE event_id = $1 GROUP BY tier_no
        UNION ALL
        SELECT way, NULL, sum(tickets)::bigint, sum(minor)::bigint, sum(cancelled_tickets)::bigint,
               sum(cancelled_minor)::bigint
        FROM sales_ways WHERE event_id = $1 GROUP BY way) AS q ON true
    WHERE r.event_id = $1";

/// Sums of one tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TierSales {
    /// That were ever sold.
    pub tickets: i64,
    /// For how much, in minor units.
    pub minor: i64,
    /// Those of them whose booking was cancelled.
    pub cancelled_tickets: i64,
    /// What of the money goes back for that.
    pub cancelled_minor: i64,
}

/// What an event has sold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sales {
    /// Up to when nothing is missing.
    pub(super) as_of: Timestamp,
    /// Bookings that were confirmed.
    pub(super) confirmed: i64,
    /// Those of them that were cancelled.
    pub(super) cancelled: i64,
    /// By tier, those that have sold any.
    pub(super) tiers: Vec<(TierNo, TierSales)>,
    /// What of it was not paid through the gateway, by way.
    pub(super) ways: Vec<(Way, TierSales)>,
}

/// How what was sold was paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ToSchema)]
#[schema(as = SalesWay, rename_all = "lowercase")]
pub enum Way {
    /// By card through the gateway, or it costs nothing.
    Card,
    /// In cash at the box office.
    Cash,
    /// By the card terminal of the box office.
    Terminal,
    /// Given away by an organiser.
    Complimentary,
}

impl Way {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Card, Self::Cash, Self::Terminal, Self::Complimentary];

    /// As the database, JSON and exports have it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Card => "card",
            Self::Cash => "cash",
            Self::Terminal => "terminal",
            Self::Complimentary => "complimentary",
        }
    }

    fn of(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|way| way.as_str() == text)
    }
}

impl serde::Serialize for Way {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// The last booking that is in the sums.
#[derive(Debug, Clone, Copy)]
struct Point {
    at: Timestamp,
    id: Uuid,
}

/// Sales, cancellations or changes: their statements.
struct Kind {
    next: &'static str,
    sum: &'static str,
    /// By way, of bookings.
    sum_ways: Option<&'static str>,
    up_to: &'static str,
    what: Counted,
}

/// What a row of sums counts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Counted {
    Sales,
    Cancellations,
    Both,
}

const CONFIRMED: Kind = Kind {
    next: NEXT_CONFIRMED,
    sum: SUM_CONFIRMED,
    sum_ways: Some(SUM_CONFIRMED_WAYS),
    up_to: CONFIRMED_UP_TO,
    what: Counted::Sales,
};
const CANCELLED: Kind = Kind {
    next: NEXT_CANCELLED,
    sum: SUM_CANCELLED,
    sum_ways: Some(SUM_CANCELLED_WAYS),
    up_to: CANCELLED_UP_TO,
    what: Counted::Cancellations,
};
const CHANGED: Kind = Kind {
    next: NEXT_CHANGED,
    sum: SUM_CHANGED,
    sum_ways: None,
    up_to: CHANGED_UP_TO,
    what: Counted::Both,
};

/// What of the event a look needs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Of {
    event: EventNo,
    first_tier: TierNo,
    on_sale_at: Timestamp,
}

impl Of {
    pub(super) fn event(&self) -> EventNo {
        self.event
    }

    pub(super) fn new(event: &Event) -> Self {
        Self {
            event: event.no,
            first_tier: event.tiers.first().map_or(TierNo(1), |tier| tier.no),
            on_sale_at: event.on_sale_at,
        }
    }
}

/// Adds what has come, and reads the sums.
pub(super) async fn look(db: &Db, of: Of) -> Result<Sales, Error> {
    let client = db.get().await?;
    let statement = client.prepare_cached(ENTER).await?;
    client.execute(&statement, &[&of.event]).await?;
    let settled_until = client.settled_until().await?;
    drop(client);
    let began = Instant::now();
    while began.elapsed() < LOOK && add_page(db, of, settled_until).await? {}
    let client = db.get().await?;
    let statement = client.prepare_cached(READ).await?;
    let rows = client.query(&statement, &[&of.event]).await?;
    let first = rows.first();
    let first = first.ok_or_else(|| Error::Inconsistent("sales that were added up went".into()))?;
    let tiers = rows.iter().filter_map(|row| {
        let tier = row.get::<_, Option<TierNo>>("tier_no")?;
        Some((tier, read_sums(row)))
    });
    let ways = rows.iter().filter_map(|row| {
        let way = Way::of(row.get::<_, Option<&str>>("way")?)?;
        Some((way, read_sums(row)))
    });
    Ok(Sales {
        as_of: first.get("as_of"),
        confirmed: first.get("confirmed"),
        cancelled: first.get("cancelled"),
        tiers: tiers.collect(),
        ways: ways.collect(),
    })
}

/// Of a row with the sums of a tier.
pub(super) fn read_sums(row: &Row) -> TierSales {
    TierSales {
        tickets: row.get("tickets"),
        minor: row.get("minor"),
        cancelled_tickets: row.get("cancelled_tickets"),
        cancelled_minor: row.get("cancelled_minor"),
    }
}

/// Adds the next bookings in one transaction. False if there is nothing left to add, or another process is at it.
async fn add_page(db: &Db, of: Of, settled_until: Timestamp) -> Result<bool, Error> {
    db.transaction(|transaction| {
        Box::pin(async move {
            let statement = transaction.prepare_cached(LOCK).await?;
            let Some(row) = transaction.query_opt(&statement, &[&of.event]).await? else {
                return Ok(false);
            };
            let point = |at, id| Point {
                at: row.get(at),
                id: row.get(id),
            };
            let confirmed = point("confirmed_at", "confirmed_id");
            let cancelled = point("cancelled_at", "cancelled_id");
            let mut is_full = add(transaction, of, &CONFIRMED, confirmed, settled_until).await?;
            is_full |= add(transaction, of, &CANCELLED, cancelled, settled_until).await?;
            let changed = point("changed_at", "changed_id");
            is_full |= add(transaction, of, &CHANGED, changed, settled_until).await?;
            if !is_full {
                let statement = transaction.prepare_cached(COMPLETE_UP_TO).await?;
                let params: Params = &[&of.event, &settled_until];
                transaction.execute(&statement, params).await?;
            }
            Ok(is_full)
        })
    })
    .await
}

/// Adds the bookings of one kind that come next. Whether there may be more.
async fn add(
    transaction: &Transaction<'_>,
    of: Of,
    kind: &Kind,
    from: Point,
    settled_until: Timestamp,
) -> Result<bool, Error> {
    let statement = transaction.prepare_cached(kind.next).await?;
    let params: Params = &[&of.event, &from.at, &from.id, &settled_until, &PAGE];
    let Some(last) = transaction.query_opt(&statement, params).await? else {
        return Ok(false);
    };
    let to = Point {
        at: last.get("at"),
        id: last.get("id"),
    };
    let (count, sales): (i64, i64) = (last.get("count"), last.get("sales"));
    let statement = transaction.prepare_cached(kind.sum).await?;
    let params: Params = &[&of.event, &from.at, &from.id, &to.at, &to.id];
    let rows = transaction.query(&statement, params).await?;
    add_quarters(transaction, of, kind, &rows).await?;
    if let Some(sum_ways) = kind.sum_ways
        && last.get("has_ways")
    {
        let statement = transaction.prepare_cached(sum_ways).await?;
        let rows = transaction.query(&statement, params).await?;
        add_ways(transaction, of, kind, &rows).await?;
    }
    if kind.what == Counted::Sales {
        add_seconds(transaction, of, from, to).await?;
    }
    let statement = transaction.prepare_cached(kind.up_to).await?;
    let params: Params = &[&of.event, &to.at, &to.id, &sales];
    transaction.execute(&statement, params).await?;
    Ok(count == PAGE)
}

/// Columns of rows with sums, as the statements that add them take them.
struct Columns {
    tiers: Vec<TierNo>,
    times: Vec<Timestamp>,
    /// Tickets and money of sales, then of cancellations.
    sums: [Vec<i64>; 4],
}

impl Columns {
    fn of(kind: &Kind, rows: &[Row]) -> Self {
        let column = |name: &str| -> Vec<i64> { rows.iter().map(|row| row.get(name)).collect() };
        let (tickets, minor) = (column("tickets"), column("minor"));
        let none = || vec![0_i64; rows.len()];
        Self {
            tiers: rows.iter().map(|row| row.get("tier_no")).collect(),
            times: rows.iter().map(|row| row.get("at")).collect(),
            sums: match kind.what {
                Counted::Sales => [tickets, minor, none(), none()],
                Counted::Cancellations => [none(), none(), tickets, minor],
                Counted::Both => [
                    tickets,
                    minor,
                    column("cancelled_tickets"),
                    column("cancelled_minor"),
                ],
            },
        }
    }
}

async fn add_quarters(client: &Client, of: Of, kind: &Kind, rows: &[Row]) -> Result<(), Error> {
    let Columns { tiers, times, sums } = Columns::of(kind, rows);
    let statement = client.prepare_cached(ADD_QUARTERS).await?;
    let params: Params = &[
        &of.event,
        &of.first_tier,
        &tiers,
        &times,
        &sums[0],
        &sums[1],
        &sums[2],
        &sums[3],
    ];
    client.execute(&statement, params).await?;
    Ok(())
}

async fn add_ways(client: &Client, of: Of, kind: &Kind, rows: &[Row]) -> Result<(), Error> {
    let Columns { tiers, times, sums } = Columns::of(kind, rows);
    let ways: Vec<&str> = rows.iter().map(|row| row.get("way")).collect();
    let statement = client.prepare_cached(ADD_WAYS).await?;
    let params: Params = &[
        &of.event,
        &of.first_tier,
        &tiers,
        &times,
        &sums[0],
        &sums[1],
        &sums[2],
        &sums[3],
        &ways,
    ];
    client.execute(&statement, params).await?;
    Ok(())
}

async fn add_seconds(client: &Client, of: Of, from: Point, to: Point) -> Result<(), Error> {
    let statement = client.prepare_cached(SUM_SECONDS).await?;
    let params: Params = &[
        &of.event,
        &from.at,
        &from.id,
        &to.at,
        &to.id,
        &of.on_sale_at,
        &SECONDS,
    ];
    let rows = client.query(&statement, params).await?;
    if rows.is_empty() {
        return Ok(());
    }
    let seconds: Vec<i32> = rows.iter().map(|row| row.get("second")).collect();
    let tickets: Vec<i64> = rows.iter().map(|row| row.get("tickets")).collect();
    let bookings: Vec<i64> = rows.iter().map(|row| row.get("bookings")).collect();
    let statement = client.prepare_cached(ADD_SECONDS).await?;
    let params: Params = &[&of.event, &of.first_tier, &seconds, &tickets, &bookings];
    client.execute(&statement, params).await?;
    Ok(())
}
