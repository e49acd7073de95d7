//! One person with a phone: opens the event's page, becomes a buyer, follows the stream of what is left or looks every
//! few seconds, and books when all do.

use std::cell::{Cell, RefCell};
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::rc::Rc;
use std::time::Duration;

use serde::Deserialize;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, sleep_until};

use crate::http::{Answer, Connection, order};
use crate::plan::{News, Order, Plan, Report, now};

/// The first address that people come from.
const FIRST_ADDRESS: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);
/// Headers that browsers on phones send.
const HEADERS: &str = "Host: 127.0.0.1\r\nUser-Agent: Mozilla/5.0 (Linux; Android 14; K) AppleWebKit/537.36 (KHTML, \
    like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36\r\nAccept-Language: en-GB,en;q=0.9\r\nSec-Fetch-Site: \
    same-origin\r\nSec-Fetch-Mode: cors\r\nSec-Fetch-Dest: empty\r\nReferer: http://127.0.0.1/\r\n";
/// Attempts of an order at most, all with the same key.
const TRIES_MAX: u32 = 8;
/// Nobody waits longer for an answer.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long a message of a stream is at most.
const MESSAGE_BYTES_MAX: usize = 64 * 1024;

/// What the people of a load process share.
pub(crate) struct Crowd {
    pub(crate) plan: Plan,
    pub(crate) began: Instant,
    /// Who is there.
    pub(crate) arrived: Cell<usize>,
    pub(crate) report: RefCell<Report>,
    /// Rung when all book.
    pub(crate) bell: watch::Receiver<Option<Instant>>,
}

impl Crowd {
    fn record(&self, record: impl FnOnce(&mut Report)) {
        record(&mut self.report.borrow_mut());
    }

    /// Waits until all book.
    async fn rung(&self) -> Instant {
        let mut bell = self.bell.clone();
        let rung = bell.wait_for(Option::is_some).await;
        rung.ok()
            .and_then(|bell| *bell)
            .unwrap_or_else(Instant::now)
    }
}

/// Someone with a phone.
pub(crate) struct Person {
    pub(crate) number: usize,
    pub(crate) crowd: Rc<Crowd>,
}

/// As the server says it.
#[derive(Deserialize)]
struct Buyer {
    token: String,
}

/// As the server says it.
#[derive(Deserialize)]
struct Availability {
    tiers: Vec<Left>,
}

/// As the server says it.
#[derive(Deserialize)]
struct Left {
    available: i64,
}

impl Person {
    /// From the arrival to the last answer.
    pub(crate) async fn live(self) {
        let plan = &self.crowd.plan;
        let mut random = fastrand::Rng::with_seed(plan.seed ^ (self.number as u64) << 20);
        sleep_until(self.crowd.began + random_part(&mut random, plan.arrival_seconds)).await;
        let (connection, token) = loop {
            match self.arrive().await {
                Ok(arrived) => break arrived,
                Err(error) => self.fail("arriving", &error),
            }
            sleep(Duration::from_secs(1)).await;
        };
        let connection = if self.is_viewer() {
            self.follow(connection).await;
            None
        } else {
            self.arrived();
            self.look_around(connection, &mut random).await
        };
        let pressed = self.crowd.rung().await + random_part(&mut random, plan.press_seconds);
        sleep_until(pressed).await;
        let quantity = if random.u32(..100) < plan.two_percent {
            2
        } else {
            1
        };
        let request = order(plan.event, &token, None, &[("ga", quantity)]);
        self.book(connection, &request).await;
    }

    /// Spread over the whole crowd, as there may be fewer viewers than people.
    fn is_viewer(&self) -> bool {
        let Plan {
            viewers, people, ..
        } = self.crowd.plan;
        self.number * viewers / people != (self.number + 1) * viewers / people
    }

    fn server(&self) -> usize {
        self.number % self.crowd.plan.servers.len()
    }

    fn arrived(&self) {
        self.crowd.arrived.set(self.crowd.arrived.get() + 1);
    }

    fn fail(&self, doing: &str, error: &io::Error) {
        let (number, server) = (self.number, self.server());
        let error = format!("person {number} at server {server}, {doing}: {error}");
        self.crowd.record(|report| report.errors.push(error));
    }

    async fn connect(&self) -> io::Result<Connection> {
        let plan = &self.crowd.plan;
        let address = u32::from(FIRST_ADDRESS) + (self.number / plan.people_per_address) as u32;
        let socket = TcpSocket::new_v4()?;
        socket.bind(SocketAddr::from((Ipv4Addr::from(address), 0)))?;
        Connection::over(socket.connect(plan.servers[self.server()]).await?)
    }

    /// The page, its style sheet, and a buyer's token.
    async fn arrive(&self) -> io::Result<(Connection, String)> {
        let began = Instant::now();
        let mut connection = self.connect().await?;
        let page = &self.crowd.plan.page;
        let page = format!(
            "GET {page} HTTP/1.1\r\n{HEADERS}Accept: text/html\r\nAccept-Encoding: gzip, deflate, br\r\n\r\n"
        );
        expect(200, &ask(&mut connection, page.as_bytes()).await?)?;
        let took = micros(began);
        self.crowd.record(|report| report.pages.push(took));
        // Not packed: the longest answer that a phone gets.
        let style = &self.crowd.plan.style;
        let style = format!("GET {style} HTTP/1.1\r\n{HEADERS}Accept: text/css\r\n\r\n");
        expect(200, &ask(&mut connection, style.as_bytes()).await?)?;
        let buyer = format!("POST /api/buyers HTTP/1.1\r\n{HEADERS}Content-Length: 0\r\n\r\n");
        let answer = ask(&mut connection, buyer.as_bytes()).await?;
        expect(201, &answer)?;
        let buyer: Buyer = serde_json::from_slice(&answer.body)?;
        // The page was long.
        connection.buffer = Vec::new();
        Ok((connection, buyer.token))
    }

    /// Follows the stream until all book; then the page is left, and the stream with it.
    async fn follow(&self, connection: Connection) {
        let mut lowest = None;
        let mut open = Some(connection.stream);
        let rung = self.crowd.rung();
        tokio::pin!(rung);
        loop {
            let followed = async {
                let stream = match open.take() {
                    Some(stream) => stream,
                    None => self.connect().await?.stream,
                };
                self.read_stream(stream, &mut lowest).await
            };
            tokio::select! {
                _ = &mut rung => return,
                ended = followed => if let Err(error) = ended {
                    self.fail("following", &error);
                }
            }
            // As long as the server says.
            sleep(Duration::from_secs(2)).await;
        }
    }

    async fn read_stream(&self, mut stream: TcpStream, lowest: &mut Option<i64>) -> io::Result<()> {
        let event = self.crowd.plan.event;
        let request = format!(
            "GET /api/events/{event}/availability/stream HTTP/1.1\r\n{HEADERS}Accept: text/event-stream\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).await?;
        let mut come = Vec::new();
        let mut has_begun = false;
        loop {
            if stream.read_buf(&mut come).await? == 0 || come.len() > MESSAGE_BYTES_MAX {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let came = now();
            if !has_begun && !come.starts_with(b"HTTP/1.1 200") {
                return Err(io::Error::other(
                    String::from_utf8_lossy(&come).into_owned(),
                ));
            }
            has_begun = true;
            for available in messages(&mut come) {
                self.learn(available, came, lowest);
            }
        }
    }

    /// Records what the viewer did not know. The first message says only that the viewer is there.
    fn learn(&self, available: i64, came: i64, lowest: &mut Option<i64>) {
        let Some(known) = lowest.replace(lowest.unwrap_or(available).min(available)) else {
            return self.arrived();
        };
        if available < known {
            let server = self.server();
            self.crowd.record(|report| {
                report.news.push(News {
                    server,
                    available,
                    came,
                })
            });
        }
    }

    /// Looks every few seconds until all book.
    async fn look_around(
        &self,
        connection: Connection,
        random: &mut fastrand::Rng,
    ) -> Option<Connection> {
        let plan = &self.crowd.plan;
        let look = format!(
            "GET /api/events/{}/availability HTTP/1.1\r\n{HEADERS}\r\n",
            plan.event
        );
        let mut open = Some(connection);
        let mut next = Instant::now() + random_part(random, plan.look_seconds);
        loop {
            tokio::select! {
                _ = self.crowd.rung() => return open,
                () = sleep_until(next) => {}
            }
            open = match self.look(open, look.as_bytes()).await {
                Ok(connection) => Some(connection),
                Err(error) => {
                    self.fail("looking", &error);
                    None
                }
            };
            next += Duration::from_secs_f64(plan.look_seconds);
        }
    }

    async fn look(&self, open: Option<Connection>, look: &[u8]) -> io::Result<Connection> {
        let mut connection = match open {
            Some(connection) => connection,
            None => self.connect().await?,
        };
        let began = Instant::now();
        expect(200, &ask(&mut connection, look).await?)?;
        let took = micros(began);
        self.crowd.record(|report| report.looks.push(took));
        Ok(connection)
    }

    /// Sends the order until it is answered by more than "come back".
    async fn book(&self, mut open: Option<Connection>, request: &[u8]) {
        let (due, mut tries) = (now(), 0);
        let answer = loop {
            tries += 1;
            let answer = self.send(&mut open, request).await;
            let wait = match &answer {
                Ok(answer) if answer.status == 503 => {
                    Duration::from_secs(answer.retry_after_seconds.unwrap_or(1).into())
                }
                Ok(_) => break answer,
                Err(error) => {
                    self.fail("booking", error);
                    Duration::from_millis(100)
                }
            };
            if tries == TRIES_MAX {
                break answer;
            }
            sleep(wait.mul_f64(0.5 + fastrand::f64() / 2.0)).await;
        };
        let (status, answer) = match answer {
            Ok(answer) => (
                answer.status,
                String::from_utf8_lossy(&answer.body).into_owned(),
            ),
            Err(error) => (0, error.to_string()),
        };
        let (person, done) = (self.number, now());
        let order = Order {
            person,
            due,
            done,
            tries,
            status,
            answer,
        };
        self.crowd.record(|report| report.orders.push(order));
    }

    async fn send(&self, open: &mut Option<Connection>, request: &[u8]) -> io::Result<Answer> {
        let mut connection = match open.take() {
            Some(connection) => connection,
            None => self.connect().await?,
        };
        let answer = ask(&mut connection, request).await?;
        *open = Some(connection);
        Ok(answer)
    }
}

async fn ask(connection: &mut Connection, request: &[u8]) -> io::Result<Answer> {
    let answer = tokio::time::timeout(PATIENCE, connection.send(request)).await;
    answer.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
}

fn expect(status: u16, answer: &Answer) -> io::Result<()> {
    if answer.status == status {
        return Ok(());
    }
    let body = String::from_utf8_lossy(&answer.body);
    Err(io::Error::other(format!("{}: {body}", answer.status)))
}

/// Takes whole messages out of what has come, each in a chunk of its own: how many tickets are available.
fn messages(come: &mut Vec<u8>) -> Vec<i64> {
    const DATA: &[u8] = b"data: ";
    let mut found = Vec::new();
    while let Some(end) = come.windows(2).position(|pair| pair == b"\n\n") {
        let message = &come[..end];
        if let Some(data) = message.windows(DATA.len()).position(|word| word == DATA)
            && let Ok(counts) =
                serde_json::from_slice::<Availability>(&message[data + DATA.len()..])
        {
            found.push(counts.tiers.iter().map(|tier| tier.available).sum());
        }
        come.drain(..end + 2);
    }
    found
}

fn micros(since: Instant) -> u32 {
    u32::try_from(since.elapsed().as_micros()).unwrap_or(u32::MAX)
}

fn random_part(random: &mut fastrand::Rng, seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds * random.f64())
}
