//! A TCP proxy to PostgreSQL that makes a commit in doubt: it drops the connection after a COMMIT of bookings is
//! durable, before its answer has reached the server.

use std::collections::HashSet;
use std::io::Result;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, UnixStream};
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

    async fn until_light(&self) {
        let mut dark = self.state.dark.subscribe();
        dark.wait_for(|dark| !dark)
            .await
            .expect("the proxy is there");
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

    async fn connect(&self, client: tokio::net::TcpStream) -> Result<()> {
        client.set_nodelay(true)?;
        let server = UnixStream::connect(&self.socket).await?;
        let (from_client, to_client) = client.into_split();
        let (from_server, to_server) = server.into_split();
        let writes_bookings = AtomicBool::new(false);
        // The direction that ends first closes the other.
        tokio::select! {
            ended = self.pass_requests(from_client, to_server, &writes_bookings) => ended,
            ended = self.pass_answers(from_server, to_client, &writes_bookings) => ended,
        }
    }

    async fn pass_answers(
        &self,
        mut from: impl AsyncRead + Unpin,
        mut to: impl AsyncWrite + Unpin,
        writes_bookings: &AtomicBool,
    ) -> Result<()> {
        loop {
            let kind = from.read_u8().await?;
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
        loop {
            let kind = from.read_u8().await?;
            let body = read_body(&mut from).await?;
            let mut words = body.split(|&byte| byte == 0);
            let (first, second) = (words.next(), words.next());
            match (kind, first, second) {
                // Parse: the statement's name and its text.
                (b'P', Some(name), Some(text)) if contains(text, b"INSERT INTO bookings") => {
                    inserts.insert(name.to_owned());
                }
                // Bind: the portal's name and the statement's.
                (b'B', Some(_), Some(name)) if inserts.contains(name) => {
                    writes_bookings.store(true, Ordering::SeqCst);
                }
                _ => {}
            }
            self.until_light().await;
            to.write_all(&[kind]).await?;
            write_body(&mut to, &body).await?;
        }
    }
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
