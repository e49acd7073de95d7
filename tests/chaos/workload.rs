//! Callers: buyers who book, pay with all kinds of cards, pay at once, cancel and send keys again; readers of pages,
//! lists, seat maps and streams. Each wait is measured, each answer judged, and what was acknowledged is noted.

use std::collections::{BTreeMap, HashSet};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, RwLock};
use std::time::{Duration, Instant};

use boxoffice::types::{Timestamp, clock};
use chrono::TimeDelta;
use reqwest::RequestBuilder;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::provider::Provider;
use crate::rng::Rng;
use crate::run::HOLD;

/// No caller waits longer; who does was not answered.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);
/// What a caller does in between: think, this long at most.
const THINKING_MS: u64 = 300;
/// The tier of which only [`Workload::probe`] buys.
pub(crate) const PROBED: &str = "probe";

/// What a server has acknowledged, which must stay true.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Acknowledged {
    Booked,
    Paid,
    Cancelled,
}

/// What callers share.
pub(crate) struct Workload {
    pub(crate) provider: Provider,
    /// How buyers pay.
    means: Vec<Value>,
    /// The servers that callers choose from.
    pub(crate) urls: RwLock<Vec<String>>,
    /// Servers that were killed: they owe nobody an answer.
    pub(crate) killed: RwLock<HashSet<String>>,
    /// Servers that were stopped during this fault: whom they answer late is not counted.
    pub(crate) frozen: RwLock<HashSet<String>>,
    /// An API token: buyers come by the thousand.
    pub(crate) token: RwLock<String>,
    pub(crate) events: RwLock<Vec<Uuid>>,
    pub(crate) acknowledged: Mutex<Vec<(Uuid, Acknowledged)>>,
    /// Bookings of seats that their buyers named.
    pub(crate) named: AtomicU32,
    pub(crate) stop: AtomicBool,
    requests: AtomicU64,
    pending: Mutex<BTreeMap<u64, (Instant, String)>>,
    longest: Mutex<(Duration, String)>,
    longest_frozen: Mutex<Duration>,
    violations: Mutex<Vec<String>>,
}

/// What came of a request.
enum Answer {
    Read(u16, Value),
    /// Its server was killed, or did not answer because it was stopped.
    Lost,
}

impl Workload {
    pub(crate) async fn new(provider: Provider) -> Self {
        Self {
            means: provider.means().await,
            provider,
            urls: RwLock::default(),
            killed: RwLock::default(),
            frozen: RwLock::default(),
            token: RwLock::default(),
            events: RwLock::default(),
            acknowledged: Mutex::default(),
            named: AtomicU32::default(),
            stop: AtomicBool::default(),
            requests: AtomicU64::default(),
            pending: Mutex::default(),
            longest: Mutex::default(),
            longest_frozen: Mutex::default(),
            violations: Mutex::default(),
        }
    }

    /// Starts to measure anew.
    pub(crate) fn begin(&self) {
        *self.longest.lock().unwrap() = (Duration::ZERO, "nobody".into());
        *self.longest_frozen.lock().unwrap() = Duration::ZERO;
        self.frozen.write().unwrap().clear();
    }

    /// Waits until everybody who has asked by now is answered. The longest wait since [`Workload::begin`], and
    /// that of those who asked a stopped server.
    pub(crate) async fn settle(&self) -> ((Duration, String), Duration) {
        let last = self.requests.load(Ordering::SeqCst);
        while self.is_pending(last) {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        let longest = self.longest.lock().unwrap().clone();
        (longest, *self.longest_frozen.lock().unwrap())
    }

    fn is_pending(&self, last: u64) -> bool {
        let pending = self.pending.lock().unwrap();
        pending
            .first_key_value()
            .is_some_and(|(&number, _)| number < last)
    }

    pub(crate) fn violate(&self, found: String) {
        self.violations.lock().unwrap().push(found);
    }

    pub(crate) fn take_violations(&self) -> Vec<String> {
        std::mem::take(&mut self.violations.lock().unwrap())
    }

    pub(crate) fn requests(&self) -> u64 {
        self.requests.load(Ordering::SeqCst)
    }

    /// A server to ask.
    fn any_url(&self, rng: &mut Rng) -> Option<String> {
        let urls = self.urls.read().unwrap();
        (!urls.is_empty()).then(|| urls[rng.below(urls.len() as u64) as usize].clone())
    }

    /// Sends a request to a server and waits for its answer, of a stream for the beginning.
    async fn send(&self, url: &str, what: &str, request: RequestBuilder) -> Answer {
        let number = self.requests.fetch_add(1, Ordering::SeqCst);
        let began = Instant::now();
        let caller = (began, what.to_owned());
        self.pending.lock().unwrap().insert(number, caller);
        let answer = async {
            let mut answer = request.send().await?;
            let status = answer.status().as_u16();
            if answer
                .headers()
                .get("content-type")
                .is_some_and(|kind| kind == "text/event-stream")
            {
                answer.chunk().await?;
                return Ok((status, Value::Null));
            }
            let body = answer.bytes().await?;
            let json = serde_json::from_slice(&body).unwrap_or(Value::Null);
            Ok::<_, reqwest::Error>((status, json))
        };
        let answer = answer.await;
        let wait = began.elapsed();
        let is_frozen = self.frozen.read().unwrap().contains(url);
        let is_killed = self.killed.read().unwrap().contains(url);
        if is_frozen {
            let mut longest = self.longest_frozen.lock().unwrap();
            *longest = wait.max(*longest);
        } else {
            let mut longest = self.longest.lock().unwrap();
            if wait > longest.0 {
                let how = answer
                    .as_ref()
                    .map_or("none".into(), |(status, _)| status.to_string());
                *longest = (wait, format!("{what}: {how}"));
            }
        }
        self.pending.lock().unwrap().remove(&number);
        match answer {
            Ok((status, json)) => {
                if status >= 500 && status != 503 {
                    self.violate(format!("{what} was answered {status} {json}"));
                }
                Answer::Read(status, json)
            }
            Err(_) if is_killed || is_frozen => Answer::Lost,
            Err(error) => {
                let ms = wait.as_millis();
                self.violate(format!("{what} was not answered, after {ms} ms: {error:?}"));
                Answer::Lost
            }
        }
    }

    fn client() -> reqwest::Client {
        // Servers close what is idle for 5 s: who uses it in the same moment has sent in vain.
        let client = reqwest::Client::builder()
            .timeout(PATIENCE)
            .pool_idle_timeout(Duration::from_secs(3));
        client.pool_max_idle_per_host(2).build().unwrap()
    }

    /// Orders of this server every 100 ms until one of them is answered 201; after how long that was.
    pub(crate) async fn probe(self: &Arc<Self>, url: String, limit: Duration) -> Option<Duration> {
        let began = Instant::now();
        let client = Self::client();
        let mut tries = tokio::task::JoinSet::new();
        let mut tick = tokio::time::interval(Duration::from_millis(100));
        while began.elapsed() < limit {
            tokio::select! {
                _ = tick.tick() => {
                    let (workload, client, url) = (self.clone(), client.clone(), url.clone());
                    tries.spawn(async move { workload.try_to_book(&client, &url).await });
                }
                Some(is_booked) = tries.join_next() => if is_booked.unwrap() {
                    let took = began.elapsed();
                    // The others are callers too: they wait for their answers.
                    tries.detach_all();
                    return Some(took);
                }
            }
        }
        None
    }

    async fn try_to_book(&self, client: &reqwest::Client, url: &str) -> bool {
        let event = *self.events.read().unwrap().last().unwrap();
        let body = json!({"event_id": event, "on_behalf_of": Uuid::new_v4(),
                          "items": [{"tier": PROBED, "quantity": 1}]});
        let request = client
            .post(format!("{url}/api/bookings"))
            .header("Idempotency-Key", Uuid::new_v4().to_string())
            .bearer_auth(self.token.read().unwrap().clone())
            .json(&body);
        match self.send(url, "a new order", request).await {
            Answer::Read(201, booking) => {
                let id = booking["id"].as_str().unwrap().parse().unwrap();
                let [created, expires] = ["created_at", "expires_at"].map(|name| {
                    booking[name]
                        .as_str()
                        .unwrap()
                        .parse::<Timestamp>()
                        .unwrap()
                });
                let is_now = (clock::local() - created).abs() < TimeDelta::hours(12);
                if !is_now || expires - created != HOLD {
                    self.violate(format!("a hold is from {created} to {expires}"));
                }
                self.acknowledge(id, Acknowledged::Booked);
                true
            }
            _ => false,
        }
    }

    fn acknowledge(&self, booking: Uuid, acknowledged: Acknowledged) {
        self.acknowledged
            .lock()
            .unwrap()
            .push((booking, acknowledged));
    }
}

/// A reader, until the sale is stopped.
pub(crate) async fn read(workload: Arc<Workload>, mut rng: Rng) {
    let client = Workload::client();
    while !workload.stop.load(Ordering::Relaxed) {
        let event = rng.pick(&workload.events.read().unwrap());
        let paths = [
            "/".to_owned(),
            "/api/events".to_owned(),
            "/api/events?q=chaos".to_owned(),
            format!("/events/{event}"),
            format!("/api/events/{event}"),
            format!("/api/events/{event}/availability"),
            format!("/api/events/{event}/seats?tier=vip"),
            format!("/api/events/{event}/availability/stream"),
        ];
        let path = &paths[rng.below(paths.len() as u64) as usize];
        if let Some(url) = workload.any_url(&mut rng) {
            let what = format!("GET {}", path.replace(&event.to_string(), "*"));
            let answer = workload
                .send(&url, &what, client.get(format!("{url}{path}")))
                .await;
            if let Answer::Read(status, json) = answer
                && ![200, 503].contains(&status)
            {
                workload.violate(format!("{what} was answered {status} {json}"));
            }
        }
        tokio::time::sleep(Duration::from_millis(rng.below(THINKING_MS))).await;
    }
}

/// A buyer, until the sale is stopped: a request that fails is retried with the same key, or given up.
pub(crate) async fn buy(workload: Arc<Workload>, mut rng: Rng) {
    let client = Workload::client();
    let buyer = Buyer { workload, client };
    while !buyer.workload.stop.load(Ordering::Relaxed) {
        buyer.visit(&mut rng).await;
        tokio::time::sleep(Duration::from_millis(rng.below(THINKING_MS))).await;
    }
}

/// One to three seats side by side, which others may have.
fn some_seats(rng: &mut Rng) -> Value {
    let row = rng.pick(&["A", "B", "C", "D", "E", "F"]);
    let (first, count) = (1 + rng.below(8), 1 + rng.below(3));
    let seats = (first..first + count)
        .map(|number| json!({"tier": "vip", "row": row, "number": number}))
        .collect();
    Value::Array(seats)
}

struct Buyer {
    workload: Arc<Workload>,
    client: reqwest::Client,
}

impl Buyer {
    async fn visit(&self, rng: &mut Rng) {
        let event = rng.pick(&self.workload.events.read().unwrap());
        let buyer = Uuid::new_v4();
        let items: Vec<_> = [("vip", rng.below(4)), ("ga", 1 + rng.below(4))]
            .iter()
            .filter(|(_, quantity)| *quantity > 0)
            .map(|(tier, quantity)| json!({"tier": tier, "quantity": quantity}))
            .collect();
        let mut body = json!({"event_id": event, "on_behalf_of": buyer, "items": items});
        let is_named = rng.below(4) == 0;
        if is_named {
            body["items"] = json!([{"tier": "ga", "quantity": 1}]);
            body["seats"] = some_seats(rng);
        }
        let at_once = rng.below(3) == 0;
        if at_once {
            body["payment"] = rng.pick(&self.workload.means);
        }
        let key = Uuid::new_v4().to_string();
        let booking = self.post("/api/bookings", &key, &body, rng).await;
        let Some(id) = booking.as_ref().and_then(booking_id) else {
            return;
        };
        self.workload.acknowledge(id, Acknowledged::Booked);
        if is_named {
            self.workload.named.fetch_add(1, Ordering::Relaxed);
        }
        if at_once {
            self.note_paid(id, &booking.unwrap()["payment"]);
        }
        if rng.below(4) == 0 {
            let again = self.post("/api/bookings", &key, &body, rng).await;
            match again.as_ref().and_then(booking_id) {
                Some(other) if other != id => {
                    self.workload
                        .violate(format!("the key {key} has two bookings, {id} and {other}"));
                }
                _ => {}
            }
        }
        for _ in 0..rng.below(4) {
            let mut paying = rng.pick(&self.workload.means);
            paying["booking_id"] = json!(id);
            let key = Uuid::new_v4().to_string();
            if let Some(payment) = self.post("/api/payments", &key, &paying, rng).await {
                self.note_paid(id, &payment);
                self.act(&payment, rng).await;
            }
        }
        if rng.below(4) == 0 {
            let path = format!("/api/bookings/{id}/cancel");
            let cancelled = self.post(&path, "", &json!({}), rng).await;
            if cancelled.is_some_and(|booking| booking["status"] == "cancelled") {
                self.workload.acknowledge(id, Acknowledged::Cancelled);
            }
        }
    }

    /// Does what the bank asks, or does not, or goes away.
    async fn act(&self, payment: &Value, rng: &mut Rng) {
        let Some(secret) = payment["next_action"]["client_secret"].as_str() else {
            return;
        };
        if rng.below(4) > 0 {
            let success = rng.below(3) > 0;
            self.workload.provider.authenticate(secret, success).await;
        }
        let id = payment["id"].as_str().unwrap();
        let token = self.workload.token.read().unwrap().clone();
        if let Some(url) = self.workload.any_url(rng) {
            let request = self.client.get(format!("{url}/api/payments/{id}"));
            let what = "GET /api/payments/*";
            self.workload
                .send(&url, what, request.bearer_auth(token))
                .await;
        }
    }

    fn note_paid(&self, booking: Uuid, payment: &Value) {
        if payment["status"] == "succeeded" && payment["refund_due"] == json!(false) {
            self.workload.acknowledge(booking, Acknowledged::Paid);
        }
    }

    /// Posts to any server, three times at most; the last answer that came.
    async fn post(&self, path: &str, key: &str, body: &Value, rng: &mut Rng) -> Option<Value> {
        let token = self.workload.token.read().unwrap().clone();
        let what = match path.ends_with("/cancel") {
            true => "POST /api/bookings/*/cancel".to_owned(),
            false if body["payment"].is_object() => format!("POST {path} with its payment"),
            false => format!("POST {path}"),
        };
        for _ in 0..3 {
            let Some(url) = self.workload.any_url(rng) else {
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            };
            let mut request = self.client.post(format!("{url}{path}"));
            if !key.is_empty() {
                request = request.header("Idempotency-Key", key);
            }
            let request = request.bearer_auth(&token).json(body);
            match self.workload.send(&url, &what, request).await {
                Answer::Read(status, json) if status != 503 => return Some(json),
                _ => tokio::time::sleep(Duration::from_millis(rng.below(50))).await,
            }
        }
        None
    }
}

/// The id, if it is a booking.
fn booking_id(json: &Value) -> Option<Uuid> {
    json["reference"].as_str()?;
    json["id"].as_str()?.parse().ok()
}
