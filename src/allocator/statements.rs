//! The allocator's prepared statements, one for each file of `sql/`, and the connection that runs them.
//!
//! What must hold: every statement is in [`all`], so that tests prepare it and read its plan; a connection in
//! an unknown transaction state is closed, never returned to the pool.

use std::sync::LazyLock;

use crate::postgres::{Client, Db, Error, NamedStatement, Prepared};

/// What a transaction begins with for generic plans: a statement is planned once for each connection, not for each
/// batch. By default PostgreSQL makes custom plans for the first five executions, and keeps doing so if their
/// average estimate is lower. For one order it is, and then planning costs more than execution.
/// <https://www.postgresql.org/docs/current/sql-prepare.html#SQL-PREPARE-NOTES>
///
/// On a distributed database the default is left: there the value of `event_id` tells the node.
pub const GENERIC_PLANS: &str = "; SET LOCAL plan_cache_mode = force_generic_plan";

/// As [`GENERIC_PLANS`], with plans for the tables' current size. For an empty table all indexes have the same
/// estimated cost, and in an on-sale it has a hundred thousand rows some seconds later.
const NEW_GENERIC_PLANS: &str = "; SET LOCAL plan_cache_mode = force_generic_plan; DISCARD PLANS";

macro_rules! statements {
    ($($(#[$doc:meta])* $name:ident = $file:literal;)*) => {$(
        $(#[$doc])*
        pub(super) static $name: LazyLock<NamedStatement> =
            LazyLock::new(|| NamedStatement::parse(include_str!(concat!("sql/", $file))));
    )*

    /// Every statement of the allocator, by the name of its file: for tests that prepare each and read
    /// its plans.
    pub fn all() -> Vec<(&'static str, &'static NamedStatement)> {
        vec![$(($file, &*$name)),*]
    }};
}

statements! {
    SALE_AND_KNOWN_KEYS = "sale_and_known_keys.sql";
    LOCK_FREE_TICKETS = "lock_free_tickets.sql";
    LOCK_NAMED_TICKETS = "lock_named_tickets.sql";
    INSERT_BOOKINGS = "insert_bookings.sql";
    INSERT_ITEMS = "insert_items.sql";
    INSERT_LINES = "insert_lines.sql";
    LOCK_CODES = "lock_codes.sql";
    SHARE_CODES = "share_codes.sql";
    COUNT_CODE_USES = "count_code_uses.sql";
    TAKE_TICKETS = "take_tickets.sql";
    COUNT_FREE = "count_free.sql";
    FREE_NAMED = "free_named.sql";
    LOCK_DUE_HOLDS = "lock_due_holds.sql";
    EXPIRE_BOOKINGS = "expire_bookings.sql";
    LOCK_TICKETS_OF_BOOKINGS = "lock_tickets_of_bookings.sql";
    RELEASE_TICKETS = "release_tickets.sql";
    SET_ITEM_SEATS = "set_item_seats.sql";
    TIERS_OF_EVENT = "tiers_of_event.sql";
    WAIT_FOR_TICKETS = "wait_for_tickets.sql";
    STOCK_FOR_BOOKING = "stock_for_booking.sql";
    MAKE_TICKETS = "make_tickets.sql";
    MAKE_HALL_TICKETS = "make_hall_tickets.sql";
    WITHDRAW_TICKETS = "withdraw_tickets.sql";
    LOCK_HELD_TICKETS = "lock_held_tickets.sql";
    REISSUE_TICKETS = "reissue_tickets.sql";
    FREE_OF_TIER = "free_of_tier.sql";
    CHANGE_ITEM = "change_item.sql";
    REMOVE_ITEM = "remove_item.sql";
}

/// The prepared statements of batches. None is prepared in the middle of a batch, where the next statement would
/// overtake it.
pub(super) struct Statements {
    pub(super) sale_and_known_keys: Prepared,
    pub(super) lock_free_tickets: Prepared,
    pub(super) lock_named_tickets: Prepared,
    pub(super) insert_bookings: Prepared,
    pub(super) insert_items: Prepared,
    pub(super) insert_lines: Prepared,
    pub(super) lock_codes: Prepared,
    pub(super) share_codes: Prepared,
    pub(super) count_code_uses: Prepared,
    pub(super) take_tickets: Prepared,
    pub(super) count_free: Prepared,
    pub(super) free_named: Prepared,
}

impl Statements {
    /// Prepares those that the connection does not have yet.
    pub(super) async fn prepare(client: &Client) -> Result<Self, Error> {
        Ok(Self {
            sale_and_known_keys: SALE_AND_KNOWN_KEYS.prepare(client).await?,
            lock_free_tickets: LOCK_FREE_TICKETS.prepare(client).await?,
            lock_named_tickets: LOCK_NAMED_TICKETS.prepare(client).await?,
            insert_bookings: INSERT_BOOKINGS.prepare(client).await?,
            insert_items: INSERT_ITEMS.prepare(client).await?,
            insert_lines: INSERT_LINES.prepare(client).await?,
            lock_codes: LOCK_CODES.prepare(client).await?,
            share_codes: SHARE_CODES.prepare(client).await?,
            count_code_uses: COUNT_CODE_USES.prepare(client).await?,
            take_tickets: TAKE_TICKETS.prepare(client).await?,
            count_free: COUNT_FREE.prepare(client).await?,
            free_named: FREE_NAMED.prepare(client).await?,
        })
    }
}

/// What the steps of a batch run on: an open transaction, and the statements.
#[derive(Clone, Copy)]
pub(super) struct Session<'c> {
    pub(super) client: &'c Client,
    pub(super) statements: &'c Statements,
}

impl std::ops::Deref for Session<'_> {
    type Target = Client;
    fn deref(&self) -> &Client {
        self.client
    }
}

/// A connection that batches run on. If it is dropped in the middle of a transaction, by an error or because
/// the caller is gone, it is closed and not returned to the pool.
pub(super) struct Connection {
    client: Option<Client>,
    is_distributed: bool,
    statements: Statements,
}

impl Connection {
    /// A connection of the pool, with the statements of a batch prepared.
    pub(super) async fn open(db: &Db) -> Result<Self, Error> {
        let is_distributed = db.is_distributed().await?;
        let client = db.get().await?;
        let statements = Statements::prepare(&client).await?;
        Ok(Self {
            client: Some(client),
            is_distributed,
            statements,
        })
    }

    /// Begins the transaction of a batch, with plans for the tables' current size if they are to be new. The
    /// first poll sends it.
    pub(super) async fn begin_batch(&self, new_plans: bool) -> Result<(), Error> {
        let plans = match (self.is_distributed, new_plans) {
            (true, _) => "",
            (false, false) => GENERIC_PLANS,
            (false, true) => NEW_GENERIC_PLANS,
        };
        self.begin("", plans).await
    }

    /// For the steps of a batch.
    pub(super) fn session(&self) -> Session<'_> {
        Session {
            client: self,
            statements: &self.statements,
        }
    }

    /// Returns the connection to the pool; no transaction is open.
    pub(super) fn give_back(mut self) {
        self.client = None;
    }
}

impl std::ops::Deref for Connection {
    type Target = Client;
    fn deref(&self) -> &Client {
        self.client
            .as_ref()
            .expect("present until it is given back")
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if let Some(client) = self.client.take() {
            client.close();
        }
    }
}
