//! HTTP/1.1 as far as the scripted provider needs it: an answer can be cut off at any byte.

use std::io::{Error, ErrorKind, Result};

use reqwest::Url;
use serde_json::{Map, Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// What a form holds, in its order; names as they are written: `metadata[payment]`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Form(Vec<(String, String)>);

impl Form {
    fn parse(query: &str) -> Self {
        let url = Url::parse(&format!("http://form/?{query}")).expect("a form");
        Self(url.query_pairs().into_owned().collect())
    }

    /// With these fields.
    pub(super) fn of(fields: &[(&str, &str)]) -> Self {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Self(fields.iter().map(own).collect())
    }

    /// The value of a field.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(field, _)| field == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The number in a field.
    pub(crate) fn number(&self, name: &str) -> Option<i64> {
        self.get(name)?.parse().ok()
    }

    /// The fields of an object: those of `metadata[…]` for `metadata`.
    pub(crate) fn object(&self, name: &str) -> Map<String, Value> {
        let prefix = format!("{name}[");
        let field = |(field, value): &(String, String)| {
            let inner = field.strip_prefix(&prefix)?.strip_suffix(']')?;
            Some((inner.to_owned(), json!(value)))
        };
        self.0.iter().filter_map(field).collect()
    }

    /// Whether the answer is to have this object instead of its id.
    pub(crate) fn expands(&self, name: &str) -> bool {
        let mut fields = self.0.iter();
        fields.any(|(field, value)| {
            field.starts_with("expand[") && value.split('.').any(|part| part == name)
        })
    }
}

/// A request, read.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// `POST`.
    pub(crate) method: String,
    /// Without its query.
    pub(crate) path: String,
    /// Its form, or its query.
    pub(crate) form: Form,
    /// As it came.
    pub(crate) body: String,
    /// Its `Idempotency-Key`.
    pub(crate) key: Option<String>,
    /// Its `Authorization`.
    pub(crate) authorization: Option<String>,
}

/// An answer.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: String,
}

impl Reply {
    /// JSON.
    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self {
            status,
            headers: vec![("Content-Type", "application/json".into())],
            body: body.to_string(),
        }
    }

    /// An error as Stripe words it. <https://docs.stripe.com/api/errors>
    pub(crate) fn error(status: u16, kind: &str, code: &str, message: &str) -> Self {
        let error = json!({"type": kind, "code": code, "message": message});
        Self::json(status, &json!({"error": error}))
    }
}

/// A connection to a client.
pub(crate) struct Wire {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Wire {
    pub(crate) fn new(stream: TcpStream) -> Self {
        let buffer = Vec::new();
        Self { stream, buffer }
    }

    /// The next request; `None` when the client has closed the connection.
    pub(crate) async fn read(&mut self) -> Result<Option<Request>> {
        loop {
            if let Some(request) = self.take()? {
                return Ok(Some(request));
            }
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Ok(None);
            }
        }
    }

    fn take(&mut self) -> Result<Option<Request>> {
        let mut headers = [httparse::EMPTY_HEADER; 64];
        let mut head = httparse::Request::new(&mut headers);
        let parsed = head.parse(&self.buffer);
        let parsed = parsed.map_err(|error| Error::new(ErrorKind::InvalidData, error))?;
        let httparse::Status::Complete(head_bytes) = parsed else {
            return Ok(None);
        };
        let header = |name: &str| {
            let mut all = head.headers.iter();
            let found = all.find(|header| header.name.eq_ignore_ascii_case(name))?;
            Some(String::from_utf8_lossy(found.value).into_owned())
        };
        let length = header("content-length").map_or(0, |text| text.parse().expect("a length"));
        if self.buffer.len() < head_bytes + length {
            return Ok(None);
        }
        let body = &self.buffer[head_bytes..head_bytes + length];
        let body = String::from_utf8_lossy(body).into_owned();
        let target = head.path.unwrap_or_default();
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let request = Request {
            method: head.method.unwrap_or_default().to_owned(),
            path: path.to_owned(),
            form: Form::parse(if body.is_empty() { query } else { &body }),
            body,
            key: header("idempotency-key"),
            authorization: header("authorization"),
        };
        self.buffer.drain(..head_bytes + length);
        Ok(Some(request))
    }

    /// Writes the first `share` of a thousand of an answer.
    pub(crate) async fn write(&mut self, reply: &Reply, share: usize) -> Result<()> {
        let mut text = format!("HTTP/1.1 {} X\r\nRequest-Id: req_0\r\n", reply.status);
        for (name, value) in &reply.headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        text.push_str(&format!("Content-Length: {}\r\n\r\n", reply.body.len()));
        text.push_str(&reply.body[..reply.body.len() * share / 1_000]);
        self.stream.write_all(text.as_bytes()).await
    }
}
