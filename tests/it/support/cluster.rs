//! One PostgreSQL for all tests of a run, kept between runs, and a database in it for each test.

use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use boxoffice::cluster::{Connection, Embedded, Error, Options};
use boxoffice::postgres::{Db, create_database as create_named};
use tokio::sync::OnceCell;
use uuid::Uuid;

use super::distributed;
use super::pooler::entrance;

const TEMPLATE: &str = "template_boxoffice";
/// The prefix of the tests' databases; the next run drops those that an aborted test has left.
const PREFIX: &str = "test_";

/// Never dropped: PostgreSQL ends with the thread that started it, which ends with the process.
static PLAIN: OnceCell<Cluster> = OnceCell::const_new();
static DISTRIBUTED: OnceCell<Cluster> = OnceCell::const_new();

/// A directory of this checkout that the user `postgres` can reach too.
pub(super) fn directory() -> PathBuf {
    let checkout =
        BuildHasherDefault::<DefaultHasher>::default().hash_one(env!("CARGO_MANIFEST_DIR"));
    let user = rustix::process::geteuid().as_raw();
    std::env::temp_dir().join(format!("boxoffice-tests-{user}-{checkout:016x}"))
}

fn start() -> Embedded {
    let options = Options {
        data_dir: directory(),
        max_connections: 900,
        bin_dir: None,
    };
    let patience = Instant::now() + Duration::from_secs(120);
    loop {
        match Embedded::start(&options) {
            Ok(embedded) => return embedded,
            // Another run of the tests of this checkout is about to end.
            Err(Error::InUse { .. }) if Instant::now() < patience => {
                std::thread::sleep(Duration::from_millis(200))
            }
            Err(error) => panic!("{error}"),
        }
    }
}

/// What all tests share.
enum Cluster {
    /// One PostgreSQL, started by the tests.
    Plain(Embedded),
    /// The nodes of a Citus cluster, the coordinator first (`make test-citus`).
    Distributed(Vec<Connection>),
}

impl Cluster {
    async fn start() -> Self {
        let started = tokio::task::spawn_blocking(start).await;
        let cluster = Self::Plain(started.expect("PostgreSQL starts"));
        cluster.prepare().await;
        cluster
    }

    async fn attach(coordinator: &str) -> Self {
        let cluster = Self::Distributed(distributed::nodes(coordinator).await);
        cluster.prepare().await;
        cluster
    }

    fn nodes(&self) -> &[Connection] {
        match self {
            Self::Plain(embedded) => std::slice::from_ref(embedded.connection()),
            Self::Distributed(nodes) => nodes,
        }
    }

    /// Where servers and tests connect to.
    fn connection(&self) -> &Connection {
        &self.nodes()[0]
    }

    /// Drops what earlier runs left behind, and makes the template anew.
    async fn prepare(&self) {
        for node in self.nodes() {
            drop_left_over(node).await;
            create_named(&node.url("postgres"), TEMPLATE)
                .await
                .expect("a template");
        }
        if let Self::Distributed(nodes) = self {
            distributed::join(nodes, TEMPLATE).await;
        }
        let template = Db::new(&self.connection().url(TEMPLATE), 1).expect("a database");
        template.migrate().await.expect("migrated");
        template.close();
        if let Self::Distributed(_) = self {
            distributed::set_up(self.connection(), TEMPLATE).await;
        }
        for node in self.nodes() {
            close(node).await;
        }
    }
}

async fn cluster() -> &'static Cluster {
    match distributed::coordinator() {
        Some(url) => DISTRIBUTED.get_or_init(|| Cluster::attach(url)).await,
        None => PLAIN.get_or_init(Cluster::start).await,
    }
}

/// The addresses of a test's database on every node, the one where servers connect first.
pub(super) async fn on_every_node(database: &str) -> Vec<String> {
    let nodes = cluster().await.nodes().iter();
    nodes.map(|node| node.url(database)).collect()
}

/// Where it listens.
pub(crate) async fn connection() -> Connection {
    cluster().await.connection().clone()
}

async fn administrator(node: &Connection) -> boxoffice::postgres::Client {
    let db = Db::new(&node.url("postgres"), 1)
        .expect("a database")
        .patient();
    db.get().await.expect("a connection")
}

async fn drop_left_over(node: &Connection) {
    let client = administrator(node).await;
    let left_over = client.query(
        "SELECT datname FROM pg_database WHERE datname LIKE $1 || '%' OR datname = $2",
        &[&PREFIX, &TEMPLATE],
    );
    for row in left_over.await.expect("the databases") {
        let drop = format!("DROP DATABASE \"{}\" WITH (FORCE)", row.get::<_, &str>(0));
        client.batch_execute(&drop).await.expect("dropped");
    }
}

/// A template must have no connections: admits none, and waits for the others to be gone.
async fn close(node: &Connection) {
    let client = administrator(node).await;
    let close = format!("ALTER DATABASE {TEMPLATE} ALLOW_CONNECTIONS false");
    client.batch_execute(&close).await.expect("closed");
    let others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1";
    let others = async || client.query(others, &[&TEMPLATE]).await;
    while !others().await.expect("connections").is_empty() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// A connection to no test's database.
pub(crate) async fn administration() -> boxoffice::postgres::Client {
    administrator(cluster().await.connection()).await
}

async fn administer(statement: &str) {
    for node in cluster().await.nodes() {
        let client = administrator(node).await;
        client.batch_execute(statement).await.expect(statement);
    }
}

/// A fresh, migrated database: its name and address.
pub(crate) async fn create_database() -> (String, String) {
    let name = format!("{PREFIX}{}", Uuid::new_v4().simple());
    administer(&format!("CREATE DATABASE {name} TEMPLATE {TEMPLATE}")).await;
    let cluster = cluster().await;
    if let Cluster::Distributed(_) = cluster {
        distributed::set_up(cluster.connection(), &name).await;
    }
    let url = address(&name).await;
    (name, url)
}

/// Where a server under test finds one of the databases.
async fn address(name: &str) -> String {
    entrance(cluster().await.connection()).url(name)
}

/// Where a test finds the database of a server under test: past the pooler, not past a proxy.
pub(crate) async fn direct_address(url: &str) -> String {
    let cluster = cluster().await.connection();
    let config: tokio_postgres::Config = url.parse().expect("an address");
    let name = config.get_dbname().expect("a name");
    match url == entrance(cluster).url(name) {
        true => cluster.url(name),
        false => url.to_owned(),
    }
}

/// A database without anything in it.
pub(crate) async fn create_empty_database() -> String {
    let name = format!("{PREFIX}{}", Uuid::new_v4().simple());
    administer(&format!("CREATE DATABASE {name}")).await;
    address(&name).await
}

/// An empty database on all nodes, which know each other.
pub(crate) async fn create_undistributed_database() -> String {
    let name = format!("{PREFIX}{}", Uuid::new_v4().simple());
    administer(&format!("CREATE DATABASE {name}")).await;
    let Cluster::Distributed(nodes) = cluster().await else {
        panic!("needs Citus: make test-citus");
    };
    distributed::join(nodes, &name).await;
    nodes[0].url(&name)
}

pub(crate) async fn drop_database(name: &str) {
    administer(&format!("DROP DATABASE {name} WITH (FORCE)")).await;
}
