//! Sends what the buyers want when they want it, and keeps the last answer to each.

use std::cell::{Cell, RefCell};
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use tokio::sync::Semaphore;
use tokio::task::LocalSet;
use tokio::time::Instant;

use crate::buyers::Buyer;
use crate::failure::Failure;
use crate::http::{Answer, Connection};
use crate::sale::{Reply, Sale, Sent};

/// Attempts of a request at most, all with the same key.
const TRIES_MAX: u32 = 8;
/// The longest wait before a retry, whatever Retry-After says.
const RETRY_WAIT_MAX: Duration = Duration::from_secs(2);
/// The interval at which the progress bar is updated.
const TICK: Duration = Duration::from_millis(100);

/// What became of all attempts, the repeated ones too.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Attempts {
    pub(crate) all: usize,
    /// Answered 503.
    pub(crate) turned_away: usize,
    /// Without an answer.
    pub(crate) unanswered: usize,
}

impl Attempts {
    fn count(&mut self, answer: &std::io::Result<Answer>) {
        self.all += 1;
        match answer {
            Ok(answer) if answer.status == 503 => self.turned_away += 1,
            Ok(_) => {}
            Err(_) => self.unanswered += 1,
        }
    }
}

/// What the senders share.
struct Senders {
    servers: Vec<Server>,
    began: Instant,
    bar: ProgressBar,
    booked: Cell<u64>,
    refused: Cell<u64>,
    attempts: RefCell<Attempts>,
    results: RefCell<Vec<Answered>>,
}

/// The result of one request, its answer not parsed yet.
struct Answered {
    buyer: usize,
    due: Duration,
    done: Duration,
    tries: u32,
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
) -> Result<(Sale, Attempts), Failure> {
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
        attempts: RefCell::default(),
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
        reply: sent
            .answer
            .map_or_else(Reply::Failed, |answer| Reply::read(&answer)),
    });
    let sale = Sale {
        elapsed,
        results: results.collect(),
    };
    Ok((sale, *senders.attempts.borrow()))
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
    let mut tries = 0;
    let answer = loop {
        tries += 1;
        let answer = senders.servers[server].send(&request).await;
        senders.attempts.borrow_mut().count(&answer);
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
