//! Sends what the buyers want when they want it, and keeps the last answer to each.

use std::cell::{Cell, RefCell};
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use serde::Deserialize;
use tokio::sync::Semaphore;
use tokio::task::LocalSet;
use tokio::time::Instant;
use uuid::Uuid;

use crate::buyers::Buyer;
use crate::failure::Failure;
use crate::http::{Answer, Connection};

/// Attempts of a request at most, all with the same key.
const TRIES_MAX: u32 = 8;
/// The longest wait before a retry, whatever Retry-After says.
const RETRY_WAIT_MAX: Duration = Duration::from_secs(2);
/// The interval at which the progress bar is updated.
const TICK: Duration = Duration::from_millis(100);

/// The results of the whole sale.
pub(crate) struct Sale {
    /// From the first request to the last answer.
    pub(crate) elapsed: Duration,
    pub(crate) results: Vec<Sent>,
}

/// The result of one request.
pub(crate) struct Sent {
    /// Which buyer; a buyer who sends twice has two.
    pub(crate) buyer: usize,
    /// From the beginning of the sale.
    pub(crate) due: Duration,
    pub(crate) done: Duration,
    pub(crate) tries: u32,
    /// Attempts that were answered 503.
    pub(crate) turned_away: u32,
    /// Attempts without an answer.
    pub(crate) unanswered: u32,
    pub(crate) reply: Reply,
}

impl Sent {
    pub(crate) fn latency(&self) -> Duration {
        self.done.saturating_sub(self.due)
    }
}

/// The last answer.
#[derive(Debug)]
pub(crate) enum Reply {
    /// 201.
    Booked(Booking),
    /// 200: made by an earlier request with the same key.
    Replayed(Booking),
    SoldOut(Vec<Short>),
    HeldByOthers,
    /// 503 to every attempt.
    Overloaded,
    /// Anything else, or nothing.
    Failed(String),
}

impl Reply {
    pub(crate) fn booking(&self) -> Option<&Booking> {
        match self {
            Self::Booked(booking) | Self::Replayed(booking) => Some(booking),
            _ => None,
        }
    }

    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Booked(_) => "booked",
            Self::Replayed(_) => "replayed",
            Self::SoldOut(_) => "sold out",
            Self::HeldByOthers => "held by others",
            Self::Overloaded => "overloaded",
            Self::Failed(_) => "failed",
        }
    }

    fn read(answer: &Answer) -> Self {
        let problem = || -> Option<Problem> { serde_json::from_slice(&answer.body).ok() };
        let booking = || -> Option<Booking> { serde_json::from_slice(&answer.body).ok() };
        let kind = problem().map(|problem| problem.kind).unwrap_or_default();
        let reply = match (answer.status, kind.as_str()) {
            (201, _) => booking().map(Self::Booked),
            (200, _) => booking().map(Self::Replayed),
            (409, "sold-out") => problem().map(|problem| Self::SoldOut(problem.tiers)),
            (409, "held-by-others") => Some(Self::HeldByOthers),
            (503, _) => Some(Self::Overloaded),
            _ => None,
        };
        reply.unwrap_or_else(|| {
            let body = String::from_utf8_lossy(&answer.body);
            Self::Failed(format!("{}: {body}", answer.status))
        })
    }
}

/// As the server says it.
#[derive(Debug, Deserialize)]
pub(crate) struct Booking {
    pub(crate) id: Uuid,
    pub(crate) items: Vec<Item>,
}

/// As the server says it.
#[derive(Debug, Deserialize)]
pub(crate) struct Item {
    pub(crate) tier: String,
    pub(crate) quantity: i32,
    pub(crate) seats: Vec<String>,
}

/// As the server says it.
#[derive(Debug, Deserialize)]
struct Problem {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    tiers: Vec<Short>,
}

/// A tier that had too few tickets.
#[derive(Debug, Deserialize)]
pub(crate) struct Short {
    pub(crate) tier: String,
    pub(crate) asked: i32,
}

/// What the senders share.
struct Senders {
    servers: Vec<Server>,
    began: Instant,
    bar: ProgressBar,
    booked: Cell<u64>,
    refused: Cell<u64>,
    results: RefCell<Vec<Answered>>,
}

/// The result of one request, its answer not parsed yet.
struct Answered {
    buyer: usize,
    due: Duration,
    done: Duration,
    tries: u32,
    turned_away: u32,
    unanswered: u32,
    answer: Result<Answer, String>,
}

/// The connections to one server.
struct Server {
    address: SocketAddr,
    idle: RefCell<Vec<Connection>>,
    free: Semaphore,
}

/// Runs the sale.
pub(crate) async fn run(
    buyers: Vec<Buyer>,
    servers: &[SocketAddr],
    connections: usize,
) -> Result<Sale, Failure> {
    let requests = buyers.len() + buyers.iter().filter(|b| b.twin.is_some()).count();
    let senders = Rc::new(Senders {
        servers: servers
            .iter()
            .map(|&address| Server {
                address,
                idle: RefCell::default(),
                free: Semaphore::new((connections / servers.len()).max(1)),
            })
            .collect(),
        began: Instant::now(),
        bar: bar(requests as u64)?,
        booked: Cell::new(0),
        refused: Cell::new(0),
        results: RefCell::new(Vec::with_capacity(requests)),
    });
    let local = LocalSet::new();
    local.spawn_local(show(senders.clone()));
    local.run_until(send_all(&senders, buyers)).await;
    let elapsed = senders.began.elapsed();
    senders.bar.finish();
    // Parsed only now, to save CPU time during the sale.
    let results = senders.results.take().into_iter().map(|sent| Sent {
        buyer: sent.buyer,
        due: sent.due,
        done: sent.done,
        tries: sent.tries,
        turned_away: sent.turned_away,
        unanswered: sent.unanswered,
        reply: sent
            .answer
            .map_or_else(Reply::Failed, |answer| Reply::read(&answer)),
    });
    Ok(Sale {
        elapsed,
        results: results.collect(),
    })
}

fn bar(requests: u64) -> Result<ProgressBar, Failure> {
    let style = "{elapsed_precise} [{bar:40}] {pos}/{len} answers, {msg}";
    Ok(ProgressBar::new(requests)
        .with_style(ProgressStyle::with_template(style)?.progress_chars("=> ")))
}

async fn show(senders: Rc<Senders>) {
    let mut tick = tokio::time::interval(TICK);
    loop {
        tick.tick().await;
        let (booked, refused) = (senders.booked.get(), senders.refused.get());
        senders
            .bar
            .set_position(senders.results.borrow().len() as u64);
        senders
            .bar
            .set_message(format!("{booked} booked, {refused} refused"));
    }
}

async fn send_all(senders: &Rc<Senders>, buyers: Vec<Buyer>) {
    let mut tasks = Vec::with_capacity(buyers.len());
    for (index, buyer) in buyers.into_iter().enumerate() {
        tokio::time::sleep_until(senders.began + buyer.due).await;
        let request: Rc<[u8]> = buyer.request.into();
        if let Some((due, server)) = buyer.twin {
            let sending = send(senders.clone(), index, due, server, request.clone());
            tasks.push(tokio::task::spawn_local(sending));
        }
        let sending = send(senders.clone(), index, buyer.due, buyer.server, request);
        tasks.push(tokio::task::spawn_local(sending));
    }
    for task in tasks {
        task.await.expect("no sender panics");
    }
}

/// Sends one request when it is due, retries it while the server says so, and records the last answer.
async fn send(senders: Rc<Senders>, buyer: usize, due: Duration, server: usize, request: Rc<[u8]>) {
    tokio::time::sleep_until(senders.began + due).await;
    let (mut tries, mut turned_away, mut unanswered) = (0, 0, 0);
    let answer = loop {
        tries += 1;
        let answer = senders.servers[server].send(&request).await;
        match &answer {
            Ok(answer) if answer.status == 503 => turned_away += 1,
            Ok(_) => {}
            Err(_) => unanswered += 1,
        }
        let wait = match &answer {
            Ok(answer) if matches!(answer.status, 409 | 503) => answer
                .retry_after_seconds
                .map(|seconds| Duration::from_secs(seconds.into())),
            Ok(_) => None,
            Err(_) => Some(Duration::from_millis(100)),
        };
        match wait {
            // Not all at the same moment.
            Some(wait) if tries < TRIES_MAX => {
                tokio::time::sleep(
                    wait.min(RETRY_WAIT_MAX)
                        .mul_f64(0.5 + fastrand::f64() / 2.0),
                )
                .await;
            }
            _ => break answer,
        }
    };
    let booked = matches!(&answer, Ok(answer) if answer.status < 300);
    let counter = if booked {
        &senders.booked
    } else {
        &senders.refused
    };
    counter.set(counter.get() + 1);
    senders.results.borrow_mut().push(Answered {
        buyer,
        due,
        done: senders.began.elapsed(),
        tries,
        turned_away,
        unanswered,
        answer: answer.map_err(|error| error.to_string()),
    });
}

impl Server {
    /// Over an idle connection, or a new one. One that the server has closed meanwhile is replaced.
    async fn send(&self, request: &[u8]) -> std::io::Result<Answer> {
        let _permit = self.free.acquire().await.map_err(std::io::Error::other)?;
        let idle = self.idle.borrow_mut().pop();
        if let Some(mut connection) = idle
            && let Ok(answer) = connection.send(request).await
        {
            self.idle.borrow_mut().push(connection);
            return Ok(answer);
        }
        let mut connection = Connection::open(self.address).await?;
        let answer = connection.send(request).await?;
        self.idle.borrow_mut().push(connection);
        Ok(answer)
    }
}
