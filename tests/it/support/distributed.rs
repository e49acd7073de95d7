//! The Citus cluster that `BOXOFFICE_TEST_CITUS_URL` names, if it names one: `make test-citus`.
//!
//! Then every test's database is a distributed one. What must hold: the address is the coordinator's, its role is a
//! superuser there and on the workers, and the workers are added in the database that it names.

use boxoffice::cluster::Connection;
use boxoffice::postgres::Db;
use tokio_postgres::config::Host;

/// Names the coordinator: `postgresql://postgres@localhost/postgres`.
const CITUS_URL: &str = "BOXOFFICE_TEST_CITUS_URL";

/// The coordinator and its workers; `None` if the tests run on a plain PostgreSQL.
pub(super) async fn nodes() -> Option<Vec<Connection>> {
    let url = std::env::var(CITUS_URL).ok()?;
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
    let db = Db::new(&url, 1).expect(CITUS_URL);
    let workers = "SELECT nodename, nodeport FROM pg_dist_node
                   WHERE isactive AND groupid <> 0 AND noderole = 'primary' ORDER BY nodeid";
    let client = db.get().await.expect("the coordinator answers");
    let workers = client.query(workers, &[]).await.expect("Citus");
    let workers = workers
        .iter()
        .map(|row| node(row.get(0), row.get::<_, i32>(1).unsigned_abs()));
    Some(
        std::iter::once(node(host, port.into()))
            .chain(workers)
            .collect(),
    )
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
