//! A minimal HTTP/1.1 client: one request at a time per connection, kept alive, nothing but what the benches
//! need, so that the client's own cost is small.

use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use uuid::Uuid;

/// Headers of an answer at most.
const HEADERS_MAX: usize = 32;
/// Bytes of an answer at most.
const ANSWER_BYTES_MAX: usize = 1 << 20;

/// A connection that stays open.
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// A response.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) retry_after_seconds: Option<u32>,
    pub(crate) body: Vec<u8>,
}

/// The first part of an answer.
struct Head {
    answer: Answer,
    body_begin: usize,
    body_bytes: usize,
}

impl Connection {
    pub(crate) async fn open(server: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(server).await?;
        stream.set_nodelay(true)?;
        let buffer = Vec::with_capacity(4096);
        Ok(Self { stream, buffer })
    }

    /// Sends a whole request and reads the whole answer. After an error the connection is of no use.
    pub(crate) async fn send(&mut self, request: &[u8]) -> io::Result<Answer> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        let mut head = None;
        loop {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            if head.is_none() {
                head = parse_head(&self.buffer)?;
            }
            if let Some(head) = &head
                && self.buffer.len() >= head.body_begin + head.body_bytes
            {
                break;
            }
            if self.buffer.len() > ANSWER_BYTES_MAX {
                return Err(invalid("the answer is too long"));
            }
        }
        let mut head = head.ok_or(io::ErrorKind::UnexpectedEof)?;
        head.answer.body = self.buffer[head.body_begin..][..head.body_bytes].to_vec();
        Ok(head.answer)
    }
}

/// `None` if it is not complete yet.
fn parse_head(bytes: &[u8]) -> io::Result<Option<Head>> {
    let mut headers = [httparse::EMPTY_HEADER; HEADERS_MAX];
    let mut response = httparse::Response::new(&mut headers);
    let body_begin = match response.parse(bytes) {
        Ok(httparse::Status::Complete(length)) => length,
        Ok(httparse::Status::Partial) => return Ok(None),
        Err(_) => return Err(invalid("the answer is not HTTP")),
    };
    let header = |name: &str| {
        let found = response
            .headers
            .iter()
            .find(|header| header.name.eq_ignore_ascii_case(name))?;
        std::str::from_utf8(found.value).ok()
    };
    let length = header("content-length").and_then(|length| length.parse().ok());
    let retry_after = header("retry-after").and_then(|seconds| seconds.parse().ok());
    Ok(Some(Head {
        answer: Answer {
            status: response.code.unwrap_or_default(),
            retry_after_seconds: retry_after,
            body: Vec::new(),
        },
        body_begin,
        body_bytes: length.ok_or_else(|| invalid("the answer has no length"))?,
    }))
}

fn invalid(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

/// A request of a new buyer with a new key: a quantity of each tier.
pub(crate) fn order(event: Uuid, token: &str, items: &[(&str, i32)]) -> Vec<u8> {
    let items: Vec<String> = items
        .iter()
        .map(|(tier, quantity)| format!(r#"{{"tier":"{tier}","quantity":{quantity}}}"#))
        .collect();
    let body = format!(
        r#"{{"event_id":"{event}","on_behalf_of":"{}","items":[{}]}}"#,
        Uuid::new_v4(),
        items.join(",")
    );
    format!(
        "POST /api/bookings HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
         Authorization: Bearer {token}\r\nIdempotency-Key: {}\r\nContent-Length: {}\r\n\r\n{body}",
        Uuid::new_v4(),
        body.len()
    )
    .into_bytes()
}
