//! The Citus cluster that `BOXOFFICE_TEST_CITUS_URL` names, if it names one: `make test-citus`.
//!
//! Then every test's database is a distributed one, but for those in [`PLAIN`]. What must hold: the address is the
//! coordinator's, its role is a superuser there and on the workers, and the workers are added in the database that
//! it names.

use std::sync::LazyLock;

use boxoffice::cluster::Connection;
use boxoffice::postgres::Db;
use tokio_postgres::config::Host;

/// Names the coordinator: `postgresql://postgres@localhost/postgres`.
const CITUS_URL: &str = "BOXOFFICE_TEST_CITUS_URL";

/// The tests that need a plain PostgreSQL in every run, by the beginnings of their names, and why.
const PLAIN: &[(&str, &str)] = &[
    (
        "poolers::",
        "they start a pooler over the tests' own PostgreSQL",
    ),
    (
        "several_hosts::",
        "they need a PostgreSQL of their own at a socket",
    ),
    (
        "distribution::a_database_without_nodes",
        "it says what a plain PostgreSQL is told",
    ),
    ("plans::", "they read the plans of the tables themselves"),
    (
        "bookings::a_buyers_list_is_never_planned_as_a_walk",
        "it reads the plan of the tables themselves",
    ),
    (
        "bookings::when_the_database_goes_away",
        "it takes the database away from all nodes by a lock on its name",
    ),
    (
        "checks::amcheck_is_asked",
        "the extension looks at the indexes of one node",
    ),
    (
        "checks::every_check_and_every_unique",
        "it takes the rules of the schema away, which its copies on the nodes keep",
    ),
    (
        "races::an_order_whose_commit_was_done_but_not_answered",
        "it swallows an answer on the socket of the tests' own PostgreSQL",
    ),
    (
        "races::a_backend_that_is_killed_between",
        "it kills the session that has written, which is on a node",
    ),
    (
        "readers::",
        "they hold answers back on the socket of the tests' own PostgreSQL",
    ),
    (
        "waits::while_the_database_does_not_answer",
        "it holds answers back on the socket of the tests' own PostgreSQL",
    ),
    (
        "checks::each_rule_finds_what_breaks_it",
        "it spoils the index of one node",
    ),
    (
        "check_parts::each_part_of_a_rule",
        "it moves rows to another event, which is on another node",
    ),
    (
        "changing::a_guest_who_comes_in_while",
        "it sees the wait for a lock, which is on a node",
    ),
    (
        "checkin::a_scan_waits_for_a_booking",
        "it sees the wait for a lock, which is on a node",
    ),
    (
        "finding::pages_of_what_was_found",
        "it moves all events to midnight of the session's time zone",
    ),
    (
        "late_tickets::late_money_waits_for_tickets_that_another",
        "it sees the wait for a lock, which is on a node",
    ),
    (
        "late_tickets::late_money_for_named_seats_waits",
        "it sees the wait for a lock, which is on a node",
    ),
    (
        "late_tickets::late_money_goes_back_when_the_order",
        "it sees the wait for a lock, which is on a node",
    ),
    (
        "late_tickets::late_money_that_waits_for_another_order",
        "it sees the wait for a lock, which is on a node",
    ),
    (
        "races::two_batches_that_share_their_keys",
        "it sees the waits for locks, which are on a node",
    ),
    (
        "payment_races::a_buyer_who_comes_while_late_money",
        "it sees the wait for a lock, which is on a node",
    ),
];

/// The address of the coordinator for this test; `None` if it runs on a plain PostgreSQL.
pub(super) fn coordinator() -> Option<&'static str> {
    static URL: LazyLock<Option<String>> = LazyLock::new(|| std::env::var(CITUS_URL).ok());
    let url = URL.as_deref()?;
    let thread = std::thread::current();
    let name = thread.name().unwrap_or_default();
    let Some((_, why)) = PLAIN.iter().find(|(test, _)| name.starts_with(test)) else {
        return Some(url);
    };
    eprintln!("{name}: on a plain PostgreSQL: {why}");
    None
}

/// The coordinator and its workers.
pub(super) async fn nodes(url: &str) -> Vec<Connection> {
    let config: tokio_postgres::Config = url.parse().expect(CITUS_URL);
    let host = match config.get_hosts() {
        [Host::Tcp(host)] => host.clone(),
        _ => panic!("{CITUS_URL} names no host"),
    };
    let node = |host: String, port: u32| Connection {
        socket_dir: host.into(),
        port,
        user: config.get_user().unwrap_or("postgres").to_owned(),
    };
    let port = config.get_ports().first().copied().unwrap_or(5432);
    let db = Db::new(url, 1).expect(CITUS_URL);
    let workers = "SELECT nodename, nodeport FROM pg_dist_node
                   WHERE isactive AND groupid <> 0 AND noderole = 'primary' ORDER BY nodeid";
    let client = db.get().await.expect("the coordinator answers");
    let workers = client.query(workers, &[]).await.expect("Citus");
    let workers = workers
        .iter()
        .map(|row| node(row.get(0), row.get::<_, i32>(1).unsigned_abs()));
    std::iter::once(node(host, port.into()))
        .chain(workers)
        .collect()
}

/// Makes a database that is on every node one distributed database.
pub(super) async fn join(nodes: &[Connection], database: &str) {
    for node in nodes {
        let db = Db::new(&node.url(database), 1).expect("a database");
        let client = db.get().await.expect("a connection");
        let create = client.batch_execute("CREATE EXTENSION citus").await;
        create.expect("the extension citus");
    }
    let [coordinator, workers @ ..] = nodes else {
        return;
    };
    let db = Db::new(&coordinator.url(database), 1)
        .expect("a database")
        .patient();
    let client = db.get().await.expect("a connection");
    let host = |node: &Connection| node.socket_dir.display().to_string();
    let port = |node: &Connection| node.port.cast_signed();
    let set = "SELECT citus_set_coordinator_host($1, $2)";
    let set = client
        .query(set, &[&host(coordinator), &port(coordinator)])
        .await;
    set.expect("the coordinator is named");
    for worker in workers {
        let add = "SELECT citus_add_node($1, $2)";
        let add = client.query(add, &[&host(worker), &port(worker)]).await;
        add.expect("a worker is added");
    }
}

/// Distributes a database, or sets what its template cannot: the settings of a database are its own.
pub(super) async fn set_up(coordinator: &Connection, database: &str) {
    let db = Db::new(&coordinator.url(database), 1)
        .expect("a database")
        .patient();
    db.distribute(|_| {}).await.expect("distributed");
    // Gates are triggers.
    let triggers = format!("ALTER DATABASE {database} SET citus.enable_unsafe_triggers = on");
    let client = db.get().await.expect("a connection");
    client.batch_execute(&triggers).await.expect("triggers");
}
