//! A bare TCP connection to a server, for clients that behave badly.

use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

/// After this a test gives up.
const PATIENCE: Duration = Duration::from_secs(20);

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
        tokio::time::timeout(PATIENCE, read)
            .await
            .expect("an answer or the end")
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

    /// Reads until the server closes the connection. After which time.
    pub(crate) async fn closed_after(&mut self) -> Duration {
        let began = Instant::now();
        let read = async {
            let mut buffer = [0; 4096];
            while !matches!(self.stream.read(&mut buffer).await, Ok(0) | Err(_)) {}
        };
        tokio::time::timeout(PATIENCE, read)
            .await
            .expect("it is closed");
        began.elapsed()
    }
}
