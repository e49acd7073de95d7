//! The real server over a database of its own, made from a migrated template in one shared cluster.

pub(crate) mod activity;
mod cluster;
pub(crate) mod connection;
pub(crate) mod contract;
pub(crate) mod directory;
mod distributed;
pub(crate) mod gate;
pub(crate) mod gateway;
pub(crate) mod memory;
pub(crate) mod organiser;
pub(crate) mod pooler;
pub(crate) mod postgres;
pub(crate) mod process;
mod programs;
#[expect(dead_code, reason = "shared with tests/chaos")]
pub(crate) mod proxy;

use std::net::TcpListener;
use std::sync::Arc;

use boxoffice::access::Access;
use boxoffice::app::App;
use boxoffice::catalog::{self, NewEvent, NewTier, NewVenue};
use boxoffice::check;
use boxoffice::cluster::Connection;
use boxoffice::config::{Cli, ServeConfig};
use boxoffice::gateway::Gateway;
use boxoffice::postgres::{Db, Reads};
use boxoffice::server::Listeners;
use boxoffice::types::EventId;
use boxoffice::web::view::assets::Assets;
use boxoffice::web::view::theme::Theme;
use clap::Parser;
use reqwest::{RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use uuid::Uuid;

use gateway::FaultyGateway;

/// Counts confirmed bookings.
pub(crate) const CONFIRMED: &str = "SELECT count(*) FROM bookings WHERE status = 'confirmed'";
/// Counts free tickets.
pub(crate) const FREE: &str = "SELECT count(*) FROM tickets WHERE booking_id IS NULL";

/// A server under test, with the database that it serves.
pub(crate) struct Server {
    pub(crate) db: Db,
    pub(crate) url: String,
    /// Where Prometheus reads it.
    pub(crate) metrics_url: String,
    pub(crate) client: reqwest::Client,
    /// What handlers share in it.
    pub(crate) app: Arc<App>,
    pub(crate) database_url: String,
    stop: Option<oneshot::Sender<()>>,
    done: Option<JoinHandle<std::io::Result<()>>>,
}

/// Runs a test against a fresh server, then stops it, checks the invariants and drops the database.
pub(crate) async fn with_server(test: impl AsyncFnOnce(&Server)) {
    with_settings(&[], test).await;
}

/// As [`with_server`], with flags of `boxoffice serve`.
pub(crate) async fn with_settings(flags: &[&str], test: impl AsyncFnOnce(&Server)) {
    let (name, database_url) = cluster::create_database().await;
    let server = Server::start(&database_url, flags).await;
    judge(&name, server, test).await;
}

/// Runs a test twice, each time with an event of one tier, `hall`: with general admission, and with numbered
/// seats.
pub(crate) async fn with_each_seating(capacity: i32, test: impl AsyncFn(&Server, Uuid)) {
    for hall in [general("hall", capacity), numbered("hall", capacity, &[10])] {
        with_server(async |server| {
            let event = server.event(&[hall]).await;
            test(server, event).await;
        })
        .await;
    }
}

/// As [`with_settings`], with a gateway that has faults to switch on.
pub(crate) async fn with_gateway(flags: &[&str], test: impl AsyncFnOnce(&Server, &FaultyGateway)) {
    let (name, database_url) = cluster::create_database().await;
    let config = config(flags);
    let db = Db::new(&database_url, 12).expect("a database");
    let gateway = FaultyGateway::new(db.clone(), config.payment.gateway.clone());
    let app = App::with_gateway(db, config, Arc::new(gateway.clone()));
    let server = Server::run(&database_url, app).await;
    judge(&name, server, async |server| test(server, &gateway).await).await;
}

/// As [`with_settings`], with a payment provider of the test's own.
pub(crate) async fn with_provider(provider: Arc<dyn Gateway>, test: impl AsyncFnOnce(&Server)) {
    let (name, database_url) = cluster::create_database().await;
    let db = Db::new(&database_url, 12).expect("a database");
    let app = App::with_gateway(db, config(&[]), provider);
    let server = Server::run(&database_url, app).await;
    judge(&name, server, test).await;
}

async fn judge(name: &str, server: Server, test: impl AsyncFnOnce(&Server)) {
    test(&server).await;
    let violations = check::check(&server.db).await.expect("the check runs");
    assert!(
        violations.is_empty(),
        "invariants are broken: {violations:#?}"
    );
    let violations = contract::violations(&server.app);
    assert!(
        violations.is_empty(),
        "answers are not as the OpenAPI document has them: {violations:#?}"
    );
    server.stop().await;
    cluster::drop_database(name).await;
}

fn config(flags: &[&str]) -> ServeConfig {
    let mut words = vec!["boxoffice", "--workers", "1"];
    for (flag, value) in [
        // All buyers of a test come from one address.
        ("--rate-limits", "off"),
        // A test that waits for a core does not meet a connection that is being closed.
        ("--keep-alive-seconds", "600"),
        ("--allow-test-payments", "on"),
    ] {
        if !flags.contains(&flag) {
            words.extend([flag, value]);
        }
    }
    Cli::try_parse_from(words.iter().chain(flags))
        .expect("flags of serve")
        .serve
}

/// The address of a fresh, migrated database, for tests that start no server in this process.
pub(crate) async fn fresh_database() -> String {
    cluster::create_database().await.1
}

/// The tests' PostgreSQL and the name of a fresh, migrated database in it.
pub(crate) async fn cluster_and_database() -> (Connection, String) {
    let (name, _) = cluster::create_database().await;
    (cluster::connection().await, name)
}

/// The address of an existing but empty database: nothing migrated.
pub(crate) async fn empty_database() -> String {
    cluster::create_empty_database().await
}

/// The address of an empty database on all nodes of the Citus cluster, distributed by nobody yet: `make test-citus`.
pub(crate) async fn undistributed_database() -> String {
    cluster::create_undistributed_database().await
}

/// A database on the nodes other than that of this address.
pub(crate) async fn other_nodes(database_url: &str) -> Vec<String> {
    let config: tokio_postgres::Config = database_url.parse().expect("an address");
    let name = config.get_dbname().expect("a name");
    cluster::on_every_node(name).await.split_off(1)
}

impl Server {
    pub(crate) async fn start(database_url: &str, flags: &[&str]) -> Self {
        let config = config(flags);
        let db = Db::new(database_url, 12).expect("a database");
        let reads = match &config.replica.replica_url {
            Some(url) => Reads::with_replica(db, url.as_str(), 12, config.replica.lag_max()),
            None => Ok(db.into()),
        };
        let app = App::new(reads.expect("a replica"), config).expect("settings that fit");
        Self::run(database_url, app).await
    }

    async fn run(database_url: &str, app: Arc<App>) -> Self {
        contract::observe();
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let (stop, stopped) = oneshot::channel::<()>();
        let static_dir = app
            .config
            .static_dir()
            .expect("the checkout's static files");
        let theme = Theme::read(&app.config.shop_name, app.config.theme_dir.as_deref());
        let assets = Assets::open(&static_dir, theme.expect("a theme")).expect("static files");
        let metrics = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let metrics_url = format!("http://{}", metrics.local_addr().expect("an address"));
        let listeners = Listeners {
            public: listener,
            is_passed_on: false,
            metrics: Some(metrics),
        };
        let run = boxoffice::server::run(app.clone(), assets, listeners, async {
            stopped.await.ok();
        });
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .expect("a client");
        let direct = cluster::direct_address(database_url).await;
        Self {
            app,
            done: Some(tokio::spawn(run)),
            // A test may hold a lock for as long as it takes.
            db: Db::new(&direct, 4).expect("a database").patient(),
            url,
            metrics_url,
            client,
            database_url: database_url.to_owned(),
            stop: Some(stop),
        }
    }

    /// Another server over the same database, as another process would be: it shares no memory with this one.
    pub(crate) async fn another(&self) -> Server {
        Self::start(&self.database_url, &[]).await
    }

    /// As [`Server::another`], with the gateway that this one has.
    pub(crate) async fn another_with(&self, gateway: &FaultyGateway) -> Server {
        let db = Db::new(&self.database_url, 12).expect("a database");
        let app = App::with_gateway(db, config(&[]), Arc::new(gateway.clone()));
        Self::run(&self.database_url, app).await
    }

    /// Stops it as an interrupt would, and waits until it has drained.
    pub(crate) async fn stop(mut self) {
        self.stop.take().expect("not stopped yet").send(()).ok();
        self.done
            .take()
            .expect("not stopped yet")
            .await
            .expect("no panic")
            .expect("a clean stop");
        self.db.close();
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        self.client
            .get(format!("{}{path}", self.url))
            .send()
            .await
            .expect("an answer")
    }

    /// What Prometheus reads.
    pub(crate) async fn metrics(&self) -> String {
        let asked = self.client.get(format!("{}/metrics", self.metrics_url));
        let answer = asked.send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::OK);
        answer.text().await.expect("text")
    }

    /// The value of a sample, by its name and labels as they are written; 0 if there is none.
    pub(crate) async fn metric(&self, sample: &str) -> f64 {
        let text = self.metrics().await;
        let value = |line: &str| line.strip_prefix(sample)?.strip_prefix(' ')?.parse().ok();
        text.lines().find_map(value).unwrap_or_default()
    }

    /// GETs JSON that this buyer must be shown.
    pub(crate) async fn read_as(&self, buyer: &Value, path: &str) -> Value {
        let request = self.client.get(format!("{}{path}", self.url));
        let request = request.bearer_auth(token_of(&self.app.access, buyer).await);
        let response = request.send().await.expect("an answer");
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        response.json().await.expect("JSON")
    }

    /// GETs JSON that must be there.
    pub(crate) async fn read(&self, path: &str) -> Value {
        let response = self.get(path).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        response.json().await.expect("JSON")
    }

    pub(crate) async fn post(&self, path: &str, key: &str, body: &Value) -> Response {
        let request = self.client.post(format!("{}{path}", self.url));
        let request = request.header("Idempotency-Key", key);
        let request = as_buyer_of(&self.app.access, request, body).await;
        request.send().await.expect("an answer")
    }

    /// POSTs an order with a fresh key.
    pub(crate) async fn book(&self, body: &Value) -> Answer {
        self.book_with_key(&fresh_key(), body).await
    }

    pub(crate) async fn book_with_key(&self, key: &str, body: &Value) -> Answer {
        Answer::of(self.post("/api/bookings", key, body).await).await
    }

    /// Pays with a fresh key.
    pub(crate) async fn pay(&self, booking: &Value, card_number: &str) -> Answer {
        let body = json!({"booking_id": booking["id"], "buyer_id": booking["buyer_id"], "card_number": card_number});
        Answer::of(self.post("/api/payments", &fresh_key(), &body).await).await
    }

    pub(crate) async fn cancel(&self, booking: &Value) -> Answer {
        let path = format!("/api/bookings/{}/cancel", text(&booking["id"]));
        Answer::of(
            self.post(&path, "-", &json!({"buyer_id": booking["buyer_id"]}))
                .await,
        )
        .await
    }

    pub(crate) async fn booking(&self, booking: &Value) -> Value {
        let path = format!("/api/bookings/{}", text(&booking["id"]));
        self.read_as(&booking["buyer_id"], &path).await
    }

    /// Runs a statement in the database behind the server's back.
    pub(crate) async fn sql(&self, statement: &str) {
        self.db
            .get()
            .await
            .expect("a connection")
            .batch_execute(statement)
            .await
            .expect(statement);
    }

    /// One number from the database.
    pub(crate) async fn count(&self, query: &str) -> i64 {
        self.db
            .get()
            .await
            .expect("a connection")
            .query_one(query, &[])
            .await
            .expect(query)
            .get(0)
    }

    /// One text from the database.
    pub(crate) async fn text(&self, query: &str) -> String {
        let client = self.db.get().await.expect("a connection");
        client.query_one(query, &[]).await.expect(query).get(0)
    }

    /// Creates an event with these tiers.
    pub(crate) async fn event(&self, tiers: &[NewTier]) -> Uuid {
        self.event_with(tiers, |_| {}).await
    }

    pub(crate) async fn event_with(
        &self,
        tiers: &[NewTier],
        change: impl FnOnce(&mut NewEvent),
    ) -> Uuid {
        let mut event = self.new_event(tiers).await;
        change(&mut event);
        catalog::create(&self.db, &event).await.expect("an event").0
    }

    /// An event that could be created.
    pub(crate) async fn new_event(&self, tiers: &[NewTier]) -> NewEvent {
        let now = self
            .db
            .get()
            .await
            .expect("a connection")
            .query_one("SELECT now()", &[])
            .await
            .expect("now");
        let now: boxoffice::types::Timestamp = now.get(0);
        NewEvent {
            charges: boxoffice::price::Charges::default(),
            organisation: boxoffice::types::OrganisationNo::FIRST,
            name: "Nordlicht Quartet".into(),
            description: "An evening of strings.".into(),
            starts_at: now + chrono::Duration::days(30),
            on_sale_at: None,
            currency: "USD".parse().expect("a currency"),
            max_tickets_per_booking: 10,
            max_tickets_per_buyer: None,
            hold_seconds: None,
            picture: None,
            contact: Default::default(),
            venue: NewVenue {
                name: "Harbour Hall".into(),
                city: "Göteborg".into(),
                country: "SE".into(),
                time_zone: chrono_tz::Europe::Stockholm,
                address: None,
                accessibility: Vec::new(),
            },
            facts: boxoffice::catalog::Facts::default(),
            tiers: tiers.to_vec(),
        }
    }

    /// The readable address of an event's page.
    pub(crate) async fn event_path(&self, event: Uuid) -> String {
        let found = self.app.catalog.event(EventId(event)).await;
        let found = found.expect("a database").expect("the event");
        format!("/events/{}", found.address)
    }

    /// Requests that it is working on.
    pub(crate) fn in_flight(&self) -> usize {
        self.app.lanes.waiting()
    }

    /// The address of its database.
    pub(crate) fn database_url(&self) -> &str {
        &self.database_url
    }

    /// The name of its database.
    pub(crate) fn database(&self) -> String {
        let config: tokio_postgres::Config = self.database_url.parse().expect("an address");
        config.get_dbname().expect("a name").to_owned()
    }

    /// Its database on the nodes of a distributed one other than that where it connects.
    pub(crate) async fn other_nodes(&self) -> Vec<String> {
        other_nodes(&self.database_url).await
    }

    /// A connection to another database of the cluster, which survives what is done to this one.
    pub(crate) async fn administration(&self) -> boxoffice::postgres::Client {
        cluster::administration().await
    }

    /// Makes the holds of all pending bookings overdue.
    pub(crate) async fn age_holds(&self) {
        self.sql("UPDATE events SET on_sale_at = now() - interval '2 hours';
                  UPDATE bookings SET created_at = now() - interval '1 hour', expires_at = now() - interval '1 second'
                  WHERE status = 'pending'")
            .await;
    }

    /// Makes all unfinished payments due for recovery.
    pub(crate) async fn age_payments(&self) {
        self.sql(
            "UPDATE payments SET recover_at = now() WHERE recover_at IS NOT NULL;
                  UPDATE refunds SET recover_at = now() WHERE recover_at IS NOT NULL",
        )
        .await;
    }

    /// Waits until a query of the database answers this; the expiry works on its own time.
    pub(crate) async fn until(&self, query: &str, expected: i64) {
        for _ in 0..600 {
            if self.count(query).await == expected {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        panic!(
            "{query} did not become {expected} but {}",
            self.count(query).await
        );
    }
}

/// The token of a buyer; a text that is no id is taken for a token itself.
pub(crate) async fn token(db: &Db, buyer: &Value) -> String {
    token_of(&Access::new(db.clone()), buyer).await
}

async fn token_of(access: &Access, buyer: &Value) -> String {
    match text(buyer).parse() {
        Ok(buyer) => access.buyer_token(buyer).await.expect("a token"),
        Err(_) => text(buyer).to_owned(),
    }
}

/// The request with this body, sent by the buyer whom the body names by `buyer_id`: in the tests alone,
/// the contract has a token instead.
pub(crate) async fn as_buyer(db: &Db, request: RequestBuilder, body: &Value) -> RequestBuilder {
    as_buyer_of(&Access::new(db.clone()), request, body).await
}

async fn as_buyer_of(access: &Access, request: RequestBuilder, body: &Value) -> RequestBuilder {
    let mut body = body.clone();
    let buyer = body
        .as_object_mut()
        .and_then(|body| body.remove("buyer_id"));
    match buyer {
        Some(buyer) => request
            .json(&body)
            .bearer_auth(token_of(access, &buyer).await),
        None => request.json(&body),
    }
}

/// A response, read.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) json: Value,
}

impl Answer {
    pub(crate) async fn of(response: Response) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = response.bytes().await.expect("a body");
        let json = serde_json::from_slice(&body).unwrap_or(Value::Null);
        Self {
            status,
            headers,
            json,
        }
    }

    /// The booking or payment, which must have been made.
    #[track_caller]
    pub(crate) fn made(self) -> Value {
        assert_eq!(self.status, 201, "{}", self.json);
        self.json
    }

    /// The type of the problem, which must have this status and be a proper one.
    #[track_caller]
    pub(crate) fn problem(&self, status: u16) -> &str {
        assert_eq!(self.status, status, "{}", self.json);
        assert_eq!(self.headers["content-type"], "application/problem+json");
        assert_eq!(self.json["status"], status);
        assert!(
            self.json["title"].is_string() && self.json["detail"].is_string(),
            "{}",
            self.json
        );
        self.json["type"].as_str().expect("a type")
    }
}

pub(crate) fn general(code: &str, capacity: i32) -> NewTier {
    let (code, name) = (code.parse().expect("a code"), code.to_uppercase());
    NewTier {
        code,
        name,
        price_minor: 1_000,
        capacity,
        row_blocks: None,
        kinds: Vec::new(),
    }
}

pub(crate) fn numbered(code: &str, capacity: i32, blocks: &[i16]) -> NewTier {
    NewTier {
        row_blocks: Some(blocks.to_vec()),
        price_minor: 10_000,
        ..general(code, capacity)
    }
}

/// The body of an order: a quantity of each tier.
pub(crate) fn order(event: Uuid, buyer: Uuid, items: &[(&str, i64)]) -> Value {
    let items: Vec<_> = items
        .iter()
        .map(|(tier, quantity)| json!({"tier": tier, "quantity": quantity}))
        .collect();
    json!({"event_id": event, "buyer_id": buyer, "items": items})
}

pub(crate) fn fresh_key() -> String {
    Uuid::new_v4().to_string()
}

pub(crate) fn text(value: &Value) -> &str {
    value.as_str().expect("a string")
}
