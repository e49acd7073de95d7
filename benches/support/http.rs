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
    pub(crate) stream: TcpStream,
    /// What has come of the last answer.
    pub(crate) buffer: Vec<u8>,
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
    /// `None` if it comes in chunks.
    body_bytes: Option<usize>,
}

impl Head {
    /// The body, once all of it has come.
    fn body(&self, buffer: &[u8]) -> io::Result<Option<Vec<u8>>> {
        let come = &buffer[self.body_begin..];
        match self.body_bytes {
            Some(bytes) => Ok(come.get(..bytes).map(<[u8]>::to_vec)),
            None => join_chunks(come),
        }
    }
}

/// What chunks hold, once the last one has come; without trailers.
fn join_chunks(mut chunks: &[u8]) -> io::Result<Option<Vec<u8>>> {
    let mut body = Vec::new();
    loop {
        let size = httparse::parse_chunk_size(chunks);
        let size = size.map_err(|_| invalid("the answer is not in chunks"))?;
        let httparse::Status::Complete((begin, bytes)) = size else {
            return Ok(None);
        };
        let bytes = usize::try_from(bytes).map_err(|_| invalid("a chunk is too long"))?;
        let (Some(chunk), Some(rest)) = (
            chunks.get(begin..begin + bytes),
            chunks.get(begin + bytes + 2..),
        ) else {
            return Ok(None);
        };
        if chunk.is_empty() {
            return Ok(Some(body));
        }
        body.extend_from_slice(chunk);
        chunks = rest;
    }
}

impl Connection {
    pub(crate) async fn open(server: SocketAddr) -> io::Result<Self> {
        Self::over(TcpStream::connect(server).await?)
    }

    /// Over a connection that was made otherwise.
    pub(crate) fn over(stream: TcpStream) -> io::Result<Self> {
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
            if let Some(head) = &mut head
                && let Some(body) = head.body(&self.buffer)?
            {
                head.answer.body = body;
                break;
            }
            if self.buffer.len() > ANSWER_BYTES_MAX {
                return Err(invalid("the answer is too long"));
            }
        }
        Ok(head.ok_or(io::ErrorKind::UnexpectedEof)?.answer)
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
    if length.is_none() && header("transfer-encoding") != Some("chunked") {
        return Err(invalid("the answer has no length"));
    }
    let retry_after = header("retry-after").and_then(|seconds| seconds.parse().ok());
    Ok(Some(Head {
        answer: Answer {
            status: response.code.unwrap_or_default(),
            retry_after_seconds: retry_after,
            body: Vec::new(),
        },
        body_begin,
        body_bytes: length,
    }))
}

fn invalid(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

/// A request with a new key for a quantity of each tier: of the token's owner, or on behalf of that buyer.
pub(crate) fn order(
    event: Uuid,
    token: &str,
    on_behalf_of: Option<Uuid>,
    items: &[(&str, i32)],
) -> Vec<u8> {
    let items: Vec<String> = items
        .iter()
        .map(|(tier, quantity)| format!(r#"{{"tier":"{tier}","quantity":{quantity}}}"#))
        .collect();
    let buyer = on_behalf_of.map(|buyer| format!(r#""on_behalf_of":"{buyer}","#));
    let body = format!(
        r#"{{"event_id":"{event}",{}"items":[{}]}}"#,
        buyer.unwrap_or_default(),
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
