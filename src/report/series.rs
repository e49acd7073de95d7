//! Sales over time: by day, by hour, and by the second after the opening.
//!
//! What must hold: a day and an hour are the venue's; what is shown is bounded, the newest of it.

use chrono_tz::Tz;
use utoipa::ToSchema;

use super::Reports;
use super::kept::{SECONDS, TierSales, read_sums};
use crate::catalog::Event;
use crate::postgres::Error;
use crate::types::{TierNo, Timestamp};

/// $1 event, $2 `hour` or `day`, $3 time zone, $4 from when on.
const BY_CLOCK: &str = "
    SELECT date_trunc($2, at, $3) AS from_at, tier_no, sum(tickets)::bigint AS tickets, sum(minor)::bigint AS minor,
           sum(cancelled_tickets)::bigint AS cancelled_tickets, sum(cancelled_minor)::bigint AS cancelled_minor
    FROM sales_quarters
    WHERE event_id = $1 AND at >= date_trunc($2, $4::timestamptz, $3)
    GROUP BY 1, 2
    ORDER BY 1, 2";

/// $1 event.
const BY_SECOND: &str = "
    SELECT second, tickets, bookings FROM sales_seconds WHERE event_id = $1 ORDER BY second";

/// How sales are divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = SeriesBy)]
pub enum By {
    /// Days of the venue; the last 366.
    Day,
    /// Hours of the venue; the last seven days.
    Hour,
    /// Seconds after the opening; the first ten minutes.
    Second,
}

impl By {
    /// As it stands in addresses and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Hour => "hour",
            Self::Second => "second",
        }
    }

    fn days(self) -> i64 {
        match self {
            Self::Day => 366,
            Self::Hour | Self::Second => 7,
        }
    }
}

/// What was sold, and given back, in one span of time; only spans in which something was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bucket {
    /// When it begins.
    pub from: Timestamp,
    /// Tickets that were sold.
    pub tickets: i64,
    /// For how much, in minor units.
    pub gross_minor: i64,
    /// Tickets that were given back, whenever they had been sold.
    pub cancelled: i64,
    /// What goes back for them.
    pub refunds_minor: i64,
    /// The same by tier; none by the second.
    pub tiers: Vec<(TierNo, TierSales)>,
}

/// Sales over time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Series {
    /// Up to when it is complete.
    pub as_of: Timestamp,
    /// How it is divided.
    pub by: By,
    /// The zone of days and hours.
    pub zone: Tz,
    /// Ascending.
    pub buckets: Vec<Bucket>,
}

impl Reports {
    /// Sales over time, as they were a second or two ago.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn series(&self, event: &Event, by: By) -> Result<Series, Error> {
        let sold = self.sold(event).await?;
        let buckets = match by {
            By::Second => self.by_second(event).await?,
            By::Day | By::Hour => self.by_clock(event, by, sold.sales.as_of).await?,
        };
        Ok(Series {
            as_of: sold.sales.as_of,
            by,
            zone: event.venue.time_zone,
            buckets,
        })
    }

    async fn by_clock(
        &self,
        event: &Event,
        by: By,
        as_of: Timestamp,
    ) -> Result<Vec<Bucket>, Error> {
        let zone = event.venue.time_zone.name();
        let since = as_of - chrono::TimeDelta::days(by.days());
        let client = self.db.get().await?;
        let statement = client.prepare_cached(BY_CLOCK).await?;
        let rows = client
            .query(&statement, &[&event.no, &by.as_str(), &zone, &since])
            .await?;
        let mut buckets: Vec<Bucket> = Vec::new();
        for row in &rows {
            let from: Timestamp = row.get("from_at");
            if buckets.last().is_none_or(|last| last.from != from) {
                buckets.push(Bucket::empty(from));
            }
            if let Some(bucket) = buckets.last_mut() {
                bucket.add(row.get("tier_no"), read_sums(row));
            }
        }
        Ok(buckets)
    }

    async fn by_second(&self, event: &Event) -> Result<Vec<Bucket>, Error> {
        let client = self.db.get().await?;
        let statement = client.prepare_cached(BY_SECOND).await?;
        let rows = client.query(&statement, &[&event.no]).await?;
        let rows = rows
            .iter()
            .filter(|row| row.get::<_, i32>("second") < SECONDS);
        let bucket = |row: &tokio_postgres::Row| {
            let second: i32 = row.get("second");
            Bucket {
                tickets: row.get("tickets"),
                ..Bucket::empty(event.on_sale_at + chrono::TimeDelta::seconds(second.into()))
            }
        };
        Ok(rows.map(bucket).collect())
    }
}

impl Bucket {
    /// One in which nothing was sold.
    pub fn empty(from: Timestamp) -> Self {
        Self {
            from,
            tickets: 0,
            gross_minor: 0,
            cancelled: 0,
            refunds_minor: 0,
            tiers: Vec::new(),
        }
    }

    fn add(&mut self, tier: TierNo, sales: TierSales) {
        self.tickets += sales.tickets;
        self.gross_minor += sales.minor;
        self.cancelled += sales.cancelled_tickets;
        self.refunds_minor += sales.cancelled_minor;
        self.tiers.push((tier, sales));
    }
}
