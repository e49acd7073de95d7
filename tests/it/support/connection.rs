//! A bare TCP connection to a server, for clients that behave badly.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

/// After this a test gives up.
const PATIENCE: Duration = Duration::from_secs(20);

/// Between two bytes of a slow client.
const PAUSE: Duration = Duration::from_millis(50);

/// What must come, sooner or later.
async fn in_time<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, work)
        .await
        .expect("it never comes")
}

/// A connection.
pub(crate) struct Connection {
    pub(crate) stream: TcpStream,
    /// What came and is not looked at yet.
    buffer: Vec<u8>,
}

impl Connection {
    /// To the server with this address.
    pub(crate) async fn open(url: &str) -> Self {
        Self::open_with(url, None).await
    }

    /// As [`Connection::open`]; the kernel receives so many bytes ahead, more or less.
    pub(crate) async fn open_with(url: &str, receive_bytes: Option<u32>) -> Self {
        let address = url.trim_start_matches("http://").parse().expect(url);
        let socket = TcpSocket::new_v4().expect("a socket");
        if let Some(bytes) = receive_bytes {
            socket.set_recv_buffer_size(bytes).expect("a buffer");
        }
        Self {
            stream: socket.connect(address).await.expect("a connection"),
            buffer: Vec::new(),
        }
    }

    /// Sends bytes; that the server has closed the connection shows later.
    pub(crate) async fn send(&mut self, text: &str) {
        self.stream.write_all(text.as_bytes()).await.ok();
    }

    /// Reads one answer that has a length. Its status; `None` if the server closes the connection first.
    pub(crate) async fn status(&mut self) -> Option<u16> {
        let read = async {
            loop {
                if let Some(status) = self.take_answer() {
                    return Some(status);
                }
                match self.stream.read_buf(&mut self.buffer).await {
                    Ok(0) | Err(_) => return None,
                    Ok(_) => {}
                }
            }
        };
        in_time(read).await
    }

    fn take_answer(&mut self) -> Option<u16> {
        let mut headers = [httparse::EMPTY_HEADER; 32];
        let mut response = httparse::Response::new(&mut headers);
        let httparse::Status::Complete(head_bytes) = response.parse(&self.buffer).expect("HTTP")
        else {
            return None;
        };
        let mut headers = response.headers.iter();
        let length = headers.find(|header| header.name.eq_ignore_ascii_case("content-length"));
        let length = length.map_or("0", |length| std::str::from_utf8(length.value).unwrap());
        let bytes = head_bytes + length.parse::<usize>().expect("a length");
        let status = response.code;
        if self.buffer.len() < bytes {
            return None;
        }
        self.buffer.drain(..bytes);
        status
    }

    /// Reads until the server closes the connection.
    pub(crate) async fn closed(&mut self) {
        let read = async {
            let mut buffer = [0; 4096];
            while !matches!(self.stream.read(&mut buffer).await, Ok(0) | Err(_)) {}
        };
        in_time(read).await;
    }

    /// What comes until the server closes the connection.
    pub(crate) async fn rest(&mut self) -> String {
        let mut bytes = Vec::new();
        let read = self.stream.read_to_end(&mut bytes);
        in_time(read).await.ok();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// Sends a byte from time to time, and reads, until the server closes the connection.
    pub(crate) async fn closed_while_it_sends(&mut self) {
        let drip = async {
            while tokio::time::timeout(PAUSE, self.closed()).await.is_err() {
                self.send("x").await;
            }
        };
        in_time(drip).await;
    }

    /// Sends a byte from time to time, and reads nothing, until the server has closed the connection.
    pub(crate) async fn closed_unread(&mut self) {
        let drip = async {
            while self.stream.write_all(b"x").await.is_ok() {
                tokio::time::sleep(PAUSE).await;
            }
        };
        in_time(drip).await;
    }
}
