//! A TCP proxy to PostgreSQL that misbehaves on demand: it makes a commit in doubt, by dropping the connection
//! after a COMMIT of bookings is durable and before its answer has reached the server; it goes dark, slows down,
//! and resets connections; it holds one statement back, and counts how often that one is sent; it makes
//! PostgreSQL forget statements.

use std::collections::HashSet;
use std::io::Result;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::Poll;
use std::time::Duration;

use futures::poll;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::{Notify, watch};
use tokio_postgres::config::Host;

/// Listens on TCP and forwards everything to the socket of the tests' PostgreSQL. Clones are the same proxy.
#[derive(Clone)]
pub(crate) struct Proxy {
    socket: PathBuf,
    address: SocketAddr,
    database: String,
    user: String,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    /// The next answer to a COMMIT is to be lost.
    armed: AtomicBool,
    lost: Notify,
    disconnect: Notify,
    /// Nothing is forwarded.
    dark: watch::Sender<bool>,
    /// Part of the text of one statement.
    statement: OnceLock<&'static str>,
    executed: AtomicUsize,
    /// That statement is not forwarded.
    holds_back: watch::Sender<bool>,
    /// What is executed was prepared under another name.
    forgets: AtomicBool,
    /// Added to each round trip.
    delay: watch::Sender<Duration>,
    /// Changes when all connections are reset.
    resets: watch::Sender<u64>,
}

impl Proxy {
    /// To this database. It ends with the runtime of the test.
    pub(crate) async fn start(database_url: &str) -> Self {
        let config: tokio_postgres::Config = database_url.parse().expect("an address");
        let [Host::Unix(directory)] = config.get_hosts() else {
            panic!("the tests' PostgreSQL listens on a Unix socket");
        };
        let port = config.get_ports().first().expect("a port");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let proxy = Self {
            socket: directory.join(format!(".s.PGSQL.{port}")),
            address: listener.local_addr().expect("an address"),
            database: config.get_dbname().expect("a name").to_owned(),
            user: config.get_user().expect("a user").to_owned(),
            state: Arc::default(),
        };
        let accepting = proxy.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let proxy = accepting.clone();
                // Connections are broken on purpose.
                tokio::spawn(async move { proxy.connect(client).await.ok() });
            }
        });
        proxy
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// The URL of the database through the proxy.
    pub(crate) fn url(&self) -> String {
        let (address, user, database) = (self.address, &self.user, &self.database);
        format!("postgresql://{user}@{address}/{database}?sslmode=disable")
    }

    /// From now on it forwards nothing, in no direction; connections stay open.
    pub(crate) fn go_dark(&self) {
        self.state.dark.send_replace(true);
    }

    /// It forwards again, what came meanwhile first.
    pub(crate) fn light_up(&self) {
        self.state.dark.send_replace(false);
    }

    /// From now on PostgreSQL does not know a prepared statement that it is to execute, as behind a pooler that has
    /// prepared it in another session.
    pub(crate) fn forget_statements(&self) {
        self.state.forgets.store(true, Ordering::SeqCst);
    }

    /// From now on each round trip takes so much longer.
    pub(crate) fn delay(&self, delay: Duration) {
        self.state.delay.send_replace(delay);
    }

    /// Resets all connections (TCP's RST); new ones may be made.
    pub(crate) fn reset(&self) {
        self.state.resets.send_modify(|resets| *resets += 1);
    }

    async fn until_light(&self) {
        until_off(&self.state.dark).await;
    }

    /// From now on it knows the statement with this in its text. Before it is sent for the first time.
    pub(crate) fn watch(&self, part: &'static str) {
        self.state.statement.set(part).expect("one statement");
    }

    /// How often the server has sent that statement for execution.
    pub(crate) fn executed(&self) -> usize {
        self.state.executed.load(Ordering::SeqCst)
    }

    /// From now on that statement is not executed: its connections hang.
    pub(crate) fn hold_back(&self) {
        self.state.holds_back.send_replace(true);
    }

    /// It is executed again.
    pub(crate) fn let_through(&self) {
        self.state.holds_back.send_replace(false);
    }

    /// Holds the next answer to a COMMIT of bookings back, once.
    pub(crate) fn lose_a_commit(&self) {
        self.state.armed.store(true, Ordering::SeqCst);
    }

    /// Waits until PostgreSQL has given the answer that is to be lost.
    pub(crate) async fn committed(&self) {
        self.state.lost.notified().await;
    }

    /// Closes the connection whose answer was held back.
    pub(crate) fn disconnect(&self) {
        self.state.disconnect.notify_one();
    }

    async fn connect(&self, mut client: TcpStream) -> Result<()> {
        client.set_nodelay(true)?;
        let mut resets = self.state.resets.subscribe();
        self.until_light().await;
        let mut server = UnixStream::connect(&self.socket).await?;
        let is_reset = {
            let (from_client, to_client) = client.split();
            let (from_server, to_server) = server.split();
            let writes_bookings = AtomicBool::new(false);
            // The direction that ends first closes the other.
            tokio::select! {
                _ = self.pass_requests(BufReader::new(from_client), to_server, &writes_bookings) => false,
                _ = self.pass_answers(BufReader::new(from_server), to_client, &writes_bookings) => false,
                _ = resets.changed() => true,
            }
        };
        if is_reset {
            client.set_zero_linger()?;
        }
        Ok(())
    }

    async fn pass_answers(
        &self,
        mut from: impl AsyncRead + Unpin,
        mut to: impl AsyncWrite + Unpin,
        writes_bookings: &AtomicBool,
    ) -> Result<()> {
        loop {
            let kind = self.read_late(&mut from).await?;
            let body = read_body(&mut from).await?;
            let is_commit = kind == b'C' && body == b"COMMIT\0";
            if is_commit
                && writes_bookings.swap(false, Ordering::SeqCst)
                && self.state.armed.swap(false, Ordering::SeqCst)
            {
                self.state.lost.notify_one();
                self.state.disconnect.notified().await;
                return Ok(());
            }
            self.until_light().await;
            to.write_all(&[kind]).await?;
            write_body(&mut to, &body).await?;
        }
    }

    /// The next byte; later than it came if it had to be waited for: what follows it at once is late with it.
    async fn read_late(&self, from: &mut (impl AsyncRead + Unpin)) -> Result<u8> {
        let mut read = pin!(from.read_u8());
        if let Poll::Ready(byte) = poll!(&mut read) {
            return byte;
        }
        let byte = read.await?;
        let delay = *self.state.delay.borrow();
        if !delay.is_zero() {
            tokio::time::sleep(delay).await;
        }
        Ok(byte)
    }

    /// Notes when a statement that inserts bookings is bound.
    /// <https://www.postgresql.org/docs/current/protocol-message-formats.html>
    async fn pass_requests(
        &self,
        mut from: impl AsyncRead + Unpin,
        mut to: impl AsyncWrite + Unpin,
        writes_bookings: &AtomicBool,
    ) -> Result<()> {
        // The first message has no kind.
        let startup = read_body(&mut from).await?;
        self.until_light().await;
        write_body(&mut to, &startup).await?;
        let mut inserts: HashSet<Vec<u8>> = HashSet::new();
        let mut watched: HashSet<Vec<u8>> = HashSet::new();
        loop {
            let kind = from.read_u8().await?;
            let mut body = read_body(&mut from).await?;
            let mut words = body.split(|&byte| byte == 0);
            let (first, second) = (words.next(), words.next());
            match (kind, first, second) {
                // Parse: the statement's name and its text.
                (b'P', Some(name), Some(text)) if contains(text, b"INSERT INTO bookings") => {
                    inserts.insert(name.to_owned());
                }
                // Bind: the portal's name and the statement's.
                (b'B', Some(portal), Some([_, ..]))
                    if self.state.forgets.load(Ordering::SeqCst) =>
                {
                    let name = portal.len() + 1;
                    body[name] = b'?';
                }
                (b'B', Some(_), Some(name)) if inserts.contains(name) => {
                    writes_bookings.store(true, Ordering::SeqCst);
                }
                _ => {}
            }
            self.note_watched(kind, &body, &mut watched).await;
            self.until_light().await;
            to.write_all(&[kind]).await?;
            write_body(&mut to, &body).await?;
        }
    }

    /// Counts the statement that is watched, and holds it back; `watched` are its names.
    async fn note_watched(&self, kind: u8, body: &[u8], watched: &mut HashSet<Vec<u8>>) {
        let Some(part) = self.state.statement.get() else {
            return;
        };
        let mut words = body.split(|&byte| byte == 0);
        match (kind, words.next(), words.next()) {
            (b'P', Some(name), Some(text)) if contains(text, part.as_bytes()) => {
                watched.insert(name.to_owned());
            }
            (b'B', Some(_), Some(name)) if watched.contains(name) => {
                self.state.executed.fetch_add(1, Ordering::SeqCst);
                until_off(&self.state.holds_back).await;
            }
            _ => {}
        }
    }
}

async fn until_off(switch: &watch::Sender<bool>) {
    let mut switch = switch.subscribe();
    switch.wait_for(|on| !on).await.expect("the proxy is there");
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

/// A length, which counts itself, and as much as it says.
async fn read_body(from: &mut (impl AsyncRead + Unpin)) -> Result<Vec<u8>> {
    let length = from.read_u32().await? as usize;
    let mut body = vec![0; length - 4];
    from.read_exact(&mut body).await?;
    Ok(body)
}

async fn write_body(to: &mut (impl AsyncWrite + Unpin), body: &[u8]) -> Result<()> {
    to.write_u32(body.len() as u32 + 4).await?;
    to.write_all(body).await
}
