//! A server of one connection a request that answers as it is told, and keeps what it was asked; and what is asked of it.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::config::Capture;
use crate::gateway::intent::{Confirmation, GatewayError, Intent, NewIntent};
use crate::gateway::stripe::Stripe;
use crate::gateway::stripe::client::Limits;
use crate::gateway::stripe::config::StripeConfig;
use crate::types::{Money, PaymentId};

/// What the server does with a request.
#[derive(Clone)]
pub(super) enum Reply {
    /// Answers, with these headers.
    Json(u16, &'static str, Value),
    /// Writes this.
    Raw(Vec<u8>),
    /// Never says anything.
    Silence,
}

impl Reply {
    pub(super) fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Json(status, headers, body) => {
                let body = body.to_string();
                let length = body.len();
                let head = format!(
                    "HTTP/1.1 {status} X\r\nConnection: close\r\n{headers}Content-Length: {length}\r\n\r\n"
                );
                format!("{head}{body}").into_bytes()
            }
            Self::Raw(bytes) => bytes.clone(),
            Self::Silence => Vec::new(),
        }
    }
}

pub(super) struct Fake {
    pub(super) stripe: Stripe,
    pub(super) asked: Arc<Mutex<Vec<String>>>,
}

impl Fake {
    /// Answers one request after the other, and the last one's way for ever.
    pub(super) async fn new(replies: Vec<Reply>) -> Self {
        Self::waiting(replies, Duration::from_secs(20)).await
    }

    pub(super) async fn waiting(replies: Vec<Reply>, whole: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let kept = asked.clone();
        tokio::spawn(async move {
            let mut silent = Vec::new();
            for no in 0.. {
                let (mut stream, _) = listener.accept().await.unwrap();
                let request = read_request(&mut stream).await;
                kept.lock().unwrap().push(request);
                let reply = replies.get(no).or(replies.last()).unwrap();
                stream.write_all(&reply.bytes()).await.ok();
                if matches!(reply, Reply::Silence) {
                    silent.push(stream);
                }
            }
        });
        let stripe = stripe(url, whole);
        Self { stripe, asked }
    }

    /// The lines of the requests, and their bodies.
    pub(super) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    pub(super) fn lines(&self) -> Vec<String> {
        let line = |request: &String| request.split(" HTTP").next().unwrap().to_owned();
        self.asked().iter().map(line).collect()
    }
}

pub(super) fn stripe(base_url: String, whole: Duration) -> Stripe {
    let config = StripeConfig {
        secret_key: "sk_test_0123456789".parse().unwrap(),
        publishable_key: "pk_test_0123456789".to_owned(),
        webhook_secrets: vec!["whsec_0123456789".parse().unwrap()],
        base_url,
        script_url: "https://js.stripe.com/dahlia/stripe.js".to_owned(),
        capture: Capture::Manual,
    };
    let clock = Box::new(crate::types::clock::local);
    let limits = Limits {
        connect: Duration::from_secs(5),
        whole,
    };
    Stripe::limited(config, clock, limits).unwrap()
}

pub(super) async fn read_request(stream: &mut TcpStream) -> String {
    let mut read = Vec::new();
    loop {
        let mut part = [0; 4096];
        let count = stream.read(&mut part).await.unwrap();
        read.extend_from_slice(&part[..count]);
        let text = String::from_utf8_lossy(&read).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let head = head.to_ascii_lowercase();
        let length = head.split("content-length: ").nth(1);
        let length = length.map_or(0, |rest| rest.lines().next().unwrap().parse().unwrap());
        if count == 0 || body.len() >= length {
            return text;
        }
    }
}

pub(super) fn payment() -> PaymentId {
    PaymentId(uuid::Uuid::from_u128(1))
}

pub(super) fn euros(minor: i64) -> Money {
    let currency = "EUR".parse().unwrap();
    Money { minor, currency }
}

pub(super) fn new(method: &str) -> NewIntent {
    NewIntent {
        payment: payment(),
        amount: euros(4_200),
        method: method.parse().unwrap(),
        description: "K7QF-2MXD".to_owned(),
    }
}

pub(super) fn known(reference: &str) -> Intent {
    Intent {
        payment: payment(),
        reference: Some(reference.parse().unwrap()),
        amount: euros(4_200),
    }
}

pub(super) fn how(method: &str) -> Confirmation {
    Confirmation {
        method: method.parse().unwrap(),
        return_url: None,
    }
}

pub(super) fn intent(status: &str) -> Value {
    json!({"id": "pi_1", "object": "payment_intent", "status": status, "amount": 4_200,
        "currency": "eur", "created": 1_700_000_000, "client_secret": "pi_1_secret_x"})
}

pub(super) fn ok(body: Value) -> Reply {
    Reply::Json(200, "", body)
}

pub(super) fn error(status: u16, error: Value) -> Reply {
    Reply::Json(status, "", json!({"error": error}))
}

pub(super) fn raw(text: &str) -> Reply {
    Reply::Raw(text.as_bytes().to_vec())
}

/// What is known of a request: the kind of error, or nothing of one.
pub(super) fn kind<T>(result: &Result<T, GatewayError>) -> &'static str {
    match result {
        Ok(_) => "ok",
        Err(GatewayError::Unknown(_)) => "unknown",
        Err(GatewayError::Unavailable(_)) => "unavailable",
        Err(GatewayError::Method { .. }) => "method",
        Err(GatewayError::Refused(_)) => "refused",
    }
}
