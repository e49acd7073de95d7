//! Distributes the database by event over the nodes of a Citus cluster: the third rung of growing.
//!
//! What must hold:
//! - No row is lost: everything is done in one transaction, which commits only if each table has as many rows
//!   as before. It may be repeated.
//! - A foreign key between two tables that move is dropped meanwhile: a table that refers to events is taken into the
//!   metadata of Citus as soon as `events` is on all nodes, with all that refer to it, and then refuses to be referred
//!   to by a table that has not moved.
//! - Nothing else in this program depends on where a table is. Two things differ on a distributed database, and both
//!   are decided here: plans are not forced to be generic ([`Db::is_distributed`]), because the planner of Citus
//!   finds a shard by the value of a parameter; and the view `events_on_hold` asks for every event, because no
//!   recursion runs over all shards.
//!
//! <https://docs.citusdata.com/en/stable/develop/api_udf.html>

use deadpool_postgres::ClientWrapper;

use super::client::LOCK_WAIT;
use super::schema::version_needed;
use super::{Client, Db, Error};

/// A table that is distributed; one that is not among [`TABLES`] stays on the coordinator.
struct Table {
    name: &'static str,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Every node has a copy: small, and read with everything.
    Reference,
    /// By `event_id`, the rows of an event all on one node.
    ByEvent,
}

/// Those that others refer to come first.
const TABLES: [Table; 32] = [
    reference("venues"),
    reference("events"),
    by_event("tiers"),
    by_event("tickets"),
    by_event("bookings"),
    by_event("booking_items"),
    by_event("booking_lines"),
    by_event("promo_codes"),
    by_event("contacts"),
    by_event("questions"),
    by_event("answers"),
    by_event("payments"),
    by_event("webhook_events"),
    by_event("check_in_lists"),
    by_event("gates"),
    by_event("scans"),
    by_event("check_ins"),
    by_event("audit_entries"),
    by_event("call_offs"),
    by_event("moves"),
    by_event("move_answers"),
    by_event("sales_read"),
    by_event("sales_quarters"),
    by_event("sales_seconds"),
    by_event("sales_ways"),
    by_event("booking_notes"),
    by_event("booking_changes"),
    by_event("booking_change_items"),
    by_event("paid_differences"),
    by_event("former_contacts"),
    by_event("refunds"),
    by_event("payment_incidents"),
];

const fn reference(name: &'static str) -> Table {
    let kind = Kind::Reference;
    Table { name, kind }
}

const fn by_event(name: &'static str) -> Table {
    let kind = Kind::ByEvent;
    Table { name, kind }
}

impl Table {
    /// How Citus calls its kind in `pg_dist_partition`.
    fn method(&self) -> &'static str {
        match self.kind {
            Kind::Reference => "n",
            Kind::ByEvent => "h",
        }
    }

    /// The statement that distributes it.
    fn call(&self) -> String {
        let name = self.name;
        let first = TABLES.iter().find(|table| table.kind == Kind::ByEvent);
        let with = first
            .map(|first| first.name)
            .filter(|&first| first != name)
            .unwrap_or("none");
        match self.kind {
            Kind::Reference => format!("SELECT create_reference_table('{name}')"),
            Kind::ByEvent => format!(
                "SELECT create_distributed_table('{name}', 'event_id', colocate_with => '{with}')"
            ),
        }
    }
}

/// How long a table is waited for: those who need it queue behind.
const LOCK_TIMEOUT: &str = "SET LOCAL lock_timeout = '5s'";
/// As in the migration that creates it, without the recursion.
const EVENTS_ON_HOLD: &str = "
    CREATE OR REPLACE VIEW events_on_hold (event_id, first_expires_at) AS
    SELECT t.event_id, b.expires_at
    FROM tiers AS t
    CROSS JOIN LATERAL (
        SELECT expires_at FROM bookings
        WHERE event_id = t.event_id AND status = 'pending'
        ORDER BY expires_at
        LIMIT 1
    ) AS b
    WHERE t.tier_no = 1";
/// A session keeps one connection to each node. For a statement over all shards it would open more, for that
/// statement alone: half of the nodes' time went into new processes.
const ONE_CONNECTION: &str = "citus.max_adaptive_executor_pool_size = 1";
/// Room that a node must have for a table's rows, in percent of what they take now.
const ROOM_PERCENT: i64 = 150;

impl Db {
    /// Whether the database is distributed. Asked once: a database is distributed while no server is connected.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn is_distributed(&self) -> Result<bool, Error> {
        let known = self
            .distribution()
            .get_or_try_init(async || is_distributed(&self.get().await?).await);
        Ok(*known.await?)
    }

    /// Distributes the tables that are not distributed yet, and calls `say` with each step. The schema must be up to
    /// date, and no server connected unless there is nothing to do.
    ///
    /// # Errors
    /// [`Error::Distribution`] with what is in the way, or those of the database; nothing has changed then.
    pub async fn distribute(&self, mut say: impl FnMut(String)) -> Result<(), Error> {
        let client = self.get().await?;
        if is_on_worker(&client).await? {
            return Err(refuse("from a worker: connect to the coordinator"));
        }
        // It takes as long as it takes: no limits.
        let client = Client::take(client);
        let nodes = nodes(&client).await?;
        let pending = pending(&client).await?;
        if !pending.is_empty() {
            refuse_servers(&client).await?;
            refuse_foreign_keys(&client).await?;
            require_room(&client, &nodes).await?;
        }
        distribute_tables(&client, &pending, &mut say).await?;
        set_up_nodes(&client).await?;
        let nodes = nodes.len();
        say(format!("the database is distributed over {nodes} nodes"));
        Ok(())
    }

    /// Distributes the tables that a migration of a distributed database has made. No server has seen them: those that
    /// are connected go on.
    pub(super) async fn distribute_new(&self) -> Result<(), Error> {
        let client = Client::take(self.get().await?);
        let pending = pending(&client).await?;
        if pending.is_empty() {
            return Ok(());
        }
        distribute_tables(&client, &pending, &mut |step| log::info!("{step}")).await
    }
}

/// Whether the database is distributed now.
pub(super) async fn is_distributed(client: &Client) -> Result<bool, Error> {
    let catalog = "SELECT to_regclass('pg_catalog.pg_dist_partition') IS NOT NULL";
    if !client.query_one(catalog, &[]).await?.get::<_, bool>(0) {
        return Ok(false);
    }
    let distributed =
        "SELECT EXISTS (SELECT FROM pg_dist_partition WHERE logicalrelid = to_regclass('tickets'))";
    Ok(client.query_one(distributed, &[]).await?.get(0))
}

/// Whether this is a node of a Citus cluster other than its coordinator.
pub(super) async fn is_on_worker(client: &Client) -> Result<bool, Error> {
    let is_known = "SELECT to_regproc('pg_catalog.citus_is_coordinator') IS NOT NULL";
    if !client.query_one(is_known, &[]).await?.get::<_, bool>(0) {
        return Ok(false);
    }
    let row = client
        .query_one("SELECT NOT citus_is_coordinator()", &[])
        .await?;
    Ok(row.get(0))
}

fn refuse(reason: impl Into<String>) -> Error {
    Error::Distribution(reason.into())
}

/// A server that is connected would go on with the plans and the counts of before.
async fn refuse_servers(client: &ClientWrapper) -> Result<(), Error> {
    let sessions = "SELECT pid, application_name FROM pg_stat_activity
                    WHERE datname = current_database() AND pid <> pg_backend_pid() ORDER BY pid";
    let sessions = client.query(sessions, &[]).await?;
    let of_servers = sessions.iter().filter(|session| {
        let name = session.get::<_, Option<&str>>("application_name");
        name.and_then(version_needed).is_some()
    });
    let pids: Vec<String> = of_servers
        .map(|session| session.get::<_, i32>("pid").to_string())
        .collect();
    if pids.is_empty() {
        return Ok(());
    }
    Err(refuse(format!(
        "while servers are connected (processes {} of PostgreSQL): stop them first",
        pids.join(", ")
    )))
}

/// A node that holds shards.
struct Node {
    name: String,
    port: i32,
}

async fn nodes(client: &ClientWrapper) -> Result<Vec<Node>, Error> {
    let extension = "SELECT FROM pg_extension WHERE extname = 'citus'";
    if client.query_opt(extension, &[]).await?.is_none() {
        return Err(refuse(
            "without the extension citus: start every node's PostgreSQL with shared_preload_libraries = 'citus', \
             and run CREATE EXTENSION citus in this database on each",
        ));
    }
    let nodes = "SELECT nodename, nodeport FROM pg_dist_node
                 WHERE isactive AND shouldhaveshards AND noderole = 'primary' ORDER BY nodeid";
    let nodes: Vec<Node> = client
        .query(nodes, &[])
        .await?
        .iter()
        .map(|row| Node {
            name: row.get(0),
            port: row.get(1),
        })
        .collect();
    if nodes.is_empty() {
        return Err(refuse(
            "over no nodes: add workers with SELECT citus_add_node('host', port)",
        ));
    }
    Ok(nodes)
}

/// A foreign key between a table that moves and one that stays.
async fn refuse_foreign_keys(client: &ClientWrapper) -> Result<(), Error> {
    let tables = names(None);
    let keys = "
        SELECT conname, conrelid::regclass::text AS of, confrelid::regclass::text AS to
        FROM pg_constraint
        WHERE contype = 'f' AND (conrelid::regclass::text = ANY ($1)) <> (confrelid::regclass::text = ANY ($1))
        ORDER BY conname";
    let keys = client.query(keys, &[&tables]).await?;
    let Some(key) = keys.first() else {
        return Ok(());
    };
    let [name, of, to]: [&str; 3] = [key.get("conname"), key.get("of"), key.get("to")];
    Err(refuse(format!(
        "because of the foreign key {name} from {of} to {to}: one of them would be on other nodes; drop it first"
    )))
}

/// Every node must have room for its share and for a copy of the reference tables.
async fn require_room(client: &ClientWrapper, nodes: &[Node]) -> Result<(), Error> {
    let sizes = "
        SELECT coalesce(sum(pg_total_relation_size(name::regclass)), 0)::bigint
        FROM unnest($1::text[]) AS t (name) WHERE to_regclass(name) IS NOT NULL";
    let size = async |names: &[&str]| -> Result<i64, Error> {
        Ok(client.query_one(sizes, &[&names]).await?.get(0))
    };
    let needed = needed_room(
        size(&names(Some(Kind::Reference))).await?,
        size(&names(Some(Kind::ByEvent))).await?,
        nodes.len(),
    );
    let free = "
        SELECT n.nodename, n.nodeport, r.success, r.result
        FROM run_command_on_all_nodes('SELECT available_disk_size FROM citus_local_disk_space_stats()') AS r
        JOIN pg_dist_node AS n USING (nodeid)";
    for row in client.query(free, &[]).await? {
        let (name, port): (&str, i32) = (row.get(0), row.get(1));
        let is_used = |node: &&Node| node.name == name && node.port == port;
        if nodes.iter().find(is_used).is_none() {
            continue;
        }
        let result: &str = row.get("result");
        let Some(free) = row
            .get::<_, bool>("success")
            .then(|| result.parse::<i64>().ok())
            .flatten()
        else {
            return Err(refuse(format!(
                "while {name}:{port} does not answer: {result}"
            )));
        };
        if free < needed {
            return Err(refuse(format!(
                "over {name}:{port}, which has {} MB free and needs {} MB",
                free / 1_000_000,
                needed / 1_000_000
            )));
        }
    }
    Ok(())
}

/// Bytes that each of so many nodes needs.
fn needed_room(reference: i64, by_event: i64, nodes: usize) -> i64 {
    let share = by_event / i64::try_from(nodes.max(1)).unwrap_or(i64::MAX);
    (reference + share) / 100 * ROOM_PERCENT
}

fn names(kind: Option<Kind>) -> Vec<&'static str> {
    let of_kind = TABLES
        .iter()
        .filter(|table| kind.is_none_or(|kind| table.kind == kind));
    of_kind.map(|table| table.name).collect()
}

/// Those of the tables that the migrations have made so far.
async fn made(
    client: &ClientWrapper,
    names: Vec<&'static str>,
) -> Result<Vec<&'static str>, Error> {
    let made = "SELECT ARRAY (SELECT name FROM unnest($1::text[]) AS t (name) WHERE to_regclass(name) IS NOT NULL)";
    let made: Vec<String> = client.query_one(made, &[&names]).await?.get(0);
    let is_made = |name: &&str| made.iter().any(|made| made == name);
    Ok(names.into_iter().filter(is_made).collect())
}

/// The tables that there are and that are not distributed yet.
async fn pending(client: &ClientWrapper) -> Result<Vec<&'static Table>, Error> {
    let done = "
        SELECT logicalrelid::text AS name, partmethod::text AS method FROM pg_dist_partition
        WHERE logicalrelid::text = ANY ($1)";
    let done = client.query(done, &[&names(None)]).await?;
    let made = made(client, names(None)).await?;
    let mut pending = Vec::new();
    for table in TABLES.iter().filter(|table| made.contains(&table.name)) {
        let found = done
            .iter()
            .find(|row| row.get::<_, &str>("name") == table.name);
        match found.map(|row| row.get::<_, &str>("method")) {
            None => pending.push(table),
            Some(method) if method == table.method() => {}
            Some(_) => {
                let name = table.name;
                return Err(refuse(format!(
                    "because {name} is distributed in another way"
                )));
            }
        }
    }
    Ok(pending)
}

/// In one transaction; the local rows are deleted after it.
async fn distribute_tables(
    client: &ClientWrapper,
    pending: &[&Table],
    say: &mut impl FnMut(String),
) -> Result<(), Error> {
    client
        .batch_execute(&format!(
            "BEGIN; {LOCK_TIMEOUT}; SET LOCAL citus.multi_shard_modify_mode = 'sequential'"
        ))
        .await?;
    let done = distribute(client, pending, say).await;
    let end = if done.is_ok() { "COMMIT" } else { "ROLLBACK" };
    client.batch_execute(end).await?;
    done?;
    // Not before the commit, and a table that refers to another one before that.
    for name in made(client, names(None)).await?.iter().rev() {
        let truncate = format!("SELECT truncate_local_data_after_distributing_table('{name}')");
        client.batch_execute(&truncate).await?;
    }
    Ok(())
}

async fn distribute(
    client: &ClientWrapper,
    pending: &[&Table],
    say: &mut impl FnMut(String),
) -> Result<(), Error> {
    let keys = drop_foreign_keys(client, pending).await?;
    for table in pending {
        let name = table.name;
        // Nothing may be written between the two counts.
        client
            .batch_execute(&format!("LOCK TABLE {name} IN SHARE ROW EXCLUSIVE MODE"))
            .await?;
        let before = count(client, name).await?;
        client.query(&table.call(), &[]).await?;
        let after = count(client, name).await?;
        if before != after {
            let lost = format!("{name} had {before} rows and has {after} on its nodes");
            return Err(Error::Inconsistent(lost));
        }
        say(format!("{name}: {after} rows moved"));
    }
    for key in keys {
        client.batch_execute(&key).await?;
    }
    Ok(client.batch_execute(EVENTS_ON_HOLD).await?)
}

/// Drops the foreign keys between tables of events that move, and returns the statements that add them again.
async fn drop_foreign_keys(
    client: &ClientWrapper,
    pending: &[&Table],
) -> Result<Vec<String>, Error> {
    let by_event = pending.iter().filter(|table| table.kind == Kind::ByEvent);
    let names: Vec<&str> = by_event.map(|table| table.name).collect();
    let keys = "
        SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS drop,
               format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) AS add
        FROM pg_constraint
        WHERE contype = 'f' AND conrelid::regclass::text = ANY ($1) AND confrelid::regclass::text = ANY ($1)
        ORDER BY conname";
    let mut add = Vec::new();
    for key in client.query(keys, &[&names]).await? {
        client.batch_execute(key.get("drop")).await?;
        add.push(key.get("add"));
    }
    Ok(add)
}

/// Limits how long a node waits for locks, and the connections between nodes. A node does not learn of the
/// coordinator's `SET LOCAL`. A statement that is cancelled there is cancelled on its node too, and a session that
/// ends takes its transactions with it; but a node waits for locks as long as it says itself.
///
/// Each node is told, because whether Citus repeats a setting of a database depends on how the database was made.
async fn set_up_nodes(client: &ClientWrapper) -> Result<(), Error> {
    let settings = format!(
        "DO $$ BEGIN
             PERFORM set_config('citus.enable_ddl_propagation', 'off', true);
             EXECUTE format('ALTER DATABASE %I SET lock_timeout = {}', current_database());
             EXECUTE format('ALTER DATABASE %I SET {ONE_CONNECTION}', current_database());
         END $$",
        LOCK_WAIT.as_millis()
    );
    client.batch_execute(&settings).await?;
    let workers = "SELECT success, result FROM run_command_on_workers($1)";
    for row in client.query(workers, &[&settings]).await? {
        if !row.get::<_, bool>("success") {
            let result: &str = row.get("result");
            return Err(refuse(format!(
                "while a node refuses its settings: {result}"
            )));
        }
    }
    Ok(())
}

async fn count(client: &ClientWrapper, table: &str) -> Result<i64, Error> {
    let count = format!("SELECT count(*) FROM {table}");
    Ok(client.query_one(&count, &[]).await?.get(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_needs_room_for_its_share_and_for_what_all_have() {
        assert_eq!(needed_room(1_000, 8_000, 2), 7_500);
        assert_eq!(needed_room(0, 0, 2), 0);
    }
}
