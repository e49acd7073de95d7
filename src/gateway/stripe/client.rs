//! Requests to Stripe's API: sends them, sends them again where that is safe, and says what is known of those that went wrong.
//! <https://docs.stripe.com/error-low-level>
//!
//! What must hold:
//! - A request that may have had an effect is never told as one that had none: once one attempt has an unknown outcome,
//!   no later one makes it a refusal for want of access or of time.
//! - Only what Stripe answers once, or what has no effect, is sent again: with an idempotency key, or to read; and whatever
//!   surely did not arrive.
//! - Every wait ends; no more than [`CALLS_MAX`] requests are in flight, and after a 429 all of them pause.
//!
//! It is built on hyper: of all clients in this program it alone speaks TLS, and reqwest's features would give it to each.

use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};
use hyper::{Method, Response, StatusCode};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client as Http;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use serde::de::DeserializeOwned;
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep, timeout_at};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto::ring};

use super::config::StripeConfig;
use super::failure::{Failure, Refusal};
use super::objects::{ErrorBody, ErrorJson, Form};
use super::pause::Pause;
use crate::gateway::GatewayError;
use crate::types::Invalid;

/// The version of the API that this code is written for: its requests and answers. Webhooks are of the version that
/// their endpoint has at Stripe; of them only what all versions have is read.
pub(super) const VERSION: &str = "2026-04-22.dahlia";
/// Requests that are in flight at most. Stripe takes 100 a second of an account in live mode, and 25 in test mode.
const CALLS_MAX: usize = 50;
/// Times that a request is sent again.
const RETRIES_MAX: u32 = 2;
/// Bytes of an answer at most: 100 intents with their charges are about a fifth of it.
const BODY_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Stripe's own libraries wait as long before the first repetition.
const BACKOFF: Duration = Duration::from_millis(500);
/// A request that Stripe wants to have later than this is given up.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(2);
const IDLE_MAX: Duration = Duration::from_secs(30);

/// How long is waited.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// For a connection.
    pub(super) connect: Duration,
    /// For all attempts together.
    pub(super) whole: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            whole: Duration::from_secs(20),
        }
    }
}

/// A client of the API.
pub(super) struct Client {
    http: Http<HttpsConnector<HttpConnector>, Full<Bytes>>,
    base_url: String,
    authorization: HeaderValue,
    calls: Semaphore,
    pause: Pause,
    limits: Limits,
}

/// A request.
#[derive(Debug)]
pub(super) struct Request {
    method: Method,
    /// With the query.
    path: String,
    body: Form,
    idempotency_key: Option<String>,
}

impl Request {
    /// To read.
    pub(super) fn get(path: &str, query: &Form) -> Self {
        Self {
            method: Method::GET,
            path: format!("{path}?{}", query.as_str()),
            body: Form::default(),
            idempotency_key: None,
        }
    }

    /// To change something: Stripe does it once for a key within a day, and answers later ones as the first.
    pub(super) fn post(path: String, body: Form, idempotency_key: String) -> Self {
        Self {
            method: Method::POST,
            path,
            body,
            idempotency_key: Some(idempotency_key),
        }
    }

    fn is_repeatable(&self) -> bool {
        self.method == Method::GET || self.idempotency_key.is_some()
    }
}

/// What Stripe has answered.
#[derive(Debug)]
pub(super) struct Answered<T> {
    pub(super) value: T,
    /// Whether it is the answer to an earlier request with the same key: then things may be different by now.
    pub(super) is_replayed: bool,
}

/// Why an attempt has no answer.
struct Trouble {
    failure: Failure,
    /// After how long at least it may be sent again, if that can help.
    again: Option<Duration>,
}

impl Trouble {
    fn new(error: GatewayError, again: Option<Duration>) -> Self {
        Self {
            failure: Failure::Gateway(error),
            again,
        }
    }
}

impl Client {
    /// Connects to nothing yet.
    ///
    /// # Errors
    /// This system has no certificates of authorities, in words for the operator.
    pub(super) fn new(config: &StripeConfig, limits: Limits) -> Result<Self, Invalid> {
        let key = String::from_utf8_lossy(config.secret_key.as_bytes()).into_owned();
        let unusable = |_| Invalid::new("the secret key of Stripe has characters that no key has");
        let mut authorization = HeaderValue::try_from(format!("Bearer {key}")).map_err(unusable)?;
        authorization.set_sensitive(true);
        let mut connector = HttpConnector::new();
        connector.enforce_http(false);
        connector.set_nodelay(true);
        connector.set_connect_timeout(Some(limits.connect));
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls(config.base_url.starts_with("https://"))?)
            .https_or_http()
            .enable_http1()
            .wrap_connector(connector);
        let http = Http::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE_MAX)
            .pool_max_idle_per_host(CALLS_MAX)
            .build(connector);
        Ok(Self {
            http,
            base_url: config.base_url.clone(),
            authorization,
            calls: Semaphore::new(CALLS_MAX),
            pause: Pause::default(),
            limits,
        })
    }

    /// Sends a request, again if that is safe and may help.
    pub(super) async fn send<T: DeserializeOwned>(
        &self,
        request: &Request,
    ) -> Result<Answered<T>, Failure> {
        let deadline = Instant::now() + self.limits.whole;
        let mut is_uncertain = false;
        let mut tries = 0;
        loop {
            let Trouble { failure, again } = match self.attempt(request, deadline).await {
                Ok(answered) => return Ok(answered),
                Err(trouble) => trouble,
            };
            let is_unknown = failure.is_unknown();
            let is_safe = !is_unknown || request.is_repeatable();
            let was_uncertain = is_uncertain;
            is_uncertain |= is_unknown;
            let wait = again.map(|least| least.max(backoff(tries)));
            let wait = wait.filter(|wait| Instant::now() + *wait < deadline);
            let Some(wait) = wait.filter(|_| is_safe && tries < RETRIES_MAX) else {
                return Err(failure.after(was_uncertain));
            };
            log::debug!(
                "Stripe: {} {} again: {failure}",
                request.method,
                request.path
            );
            tries += 1;
            sleep(wait).await;
        }
    }

    async fn attempt<T: DeserializeOwned>(
        &self,
        request: &Request,
        deadline: Instant,
    ) -> Result<Answered<T>, Trouble> {
        let too_busy = |what: &str| Trouble::new(GatewayError::Unavailable(what.to_owned()), None);
        let _permit = timeout_at(deadline, self.calls.acquire())
            .await
            .map_err(|_| too_busy("too many requests to Stripe are in flight"))?;
        if !self.pause.wait().await {
            return Err(too_busy("Stripe has asked for fewer requests"));
        }
        let exchange = timeout_at(deadline, self.exchange(request)).await;
        let (status, headers, body) = exchange.map_err(|_| {
            let limit = self.limits.whole.as_secs_f32();
            Trouble::new(
                GatewayError::Unknown(format!("no answer within {limit} s")),
                None,
            )
        })??;
        if status == StatusCode::TOO_MANY_REQUESTS {
            self.pause.begin(retry_after(&headers));
        } else {
            self.pause.end();
        }
        read(status, &headers, &body)
    }

    async fn exchange(&self, request: &Request) -> Result<(StatusCode, HeaderMap, Bytes), Trouble> {
        let sent = self.request(request)?;
        let response = self.http.request(sent).await.map_err(|error| {
            let text = chain(&error);
            let again = Some(Duration::ZERO);
            match error.is_connect() {
                true => Trouble::new(GatewayError::Unavailable(text), again),
                false => Trouble::new(GatewayError::Unknown(text), again),
            }
        })?;
        let (head, body) = Response::into_parts(response);
        let body: Limited<Incoming> = Limited::new(body, BODY_BYTES_MAX);
        let body = body.collect().await.map_err(|error| {
            let text = format!("the answer ended early: {error}");
            Trouble::new(GatewayError::Unknown(text), Some(Duration::ZERO))
        })?;
        Ok((head.status, head.headers, body.to_bytes()))
    }

    fn request(&self, request: &Request) -> Result<hyper::Request<Full<Bytes>>, Trouble> {
        let mut built = hyper::Request::builder()
            .method(&request.method)
            .uri(format!("{}{}", self.base_url, request.path))
            .header(AUTHORIZATION, &self.authorization)
            .header("Stripe-Version", VERSION)
            .header(
                "User-Agent",
                concat!("boxoffice/", env!("CARGO_PKG_VERSION")),
            );
        if request.method == Method::POST {
            built = built.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        if let Some(key) = &request.idempotency_key {
            built = built.header("Idempotency-Key", key);
        }
        let body = Full::from(request.body.as_str().to_owned());
        built.body(body).map_err(|error| {
            let text = format!("it cannot be sent: {error}");
            Trouble::new(GatewayError::Refused(text), None)
        })
    }
}

/// What an answer says.
fn read<T: DeserializeOwned>(
    status: StatusCode,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Answered<T>, Trouble> {
    let is_replayed = headers
        .get("idempotent-replayed")
        .is_some_and(|value| value == "true");
    let parsed = match status.is_success() {
        true => match serde_json::from_slice(body) {
            Ok(value) => return Ok(Answered { value, is_replayed }),
            Err(error) => Err(error),
        },
        false => serde_json::from_slice::<ErrorBody>(body).map(|body| body.error),
    };
    let request_id = headers
        .get("request-id")
        .and_then(|id| id.to_str().ok())
        .unwrap_or("none");
    let again = again(headers);
    let Ok(error) = parsed else {
        let text = format!("status {status}, without JSON that is expected; request {request_id}");
        return Err(match status {
            StatusCode::TOO_MANY_REQUESTS => Trouble::new(GatewayError::Unavailable(text), again),
            // Not from Stripe, perhaps: whatever it is, it does not say that nothing has happened.
            _ => Trouble::new(GatewayError::Unknown(text), again),
        });
    };
    Err(judge(status, error, is_replayed, request_id, again))
}

/// What an error of Stripe's means.
fn judge(
    status: StatusCode,
    error: ErrorJson,
    is_replayed: bool,
    request_id: &str,
    again: Option<Duration>,
) -> Trouble {
    let code = error.code.as_deref().unwrap_or_default();
    let kind = error.kind.as_deref().unwrap_or_default();
    let is_of_key = kind == "idempotency_error" || code.starts_with("idempotency_key");
    let is_busy = status == StatusCode::TOO_MANY_REQUESTS
        || matches!(code, "lock_timeout" | "rate_limit")
        || (status == StatusCode::CONFLICT && !is_of_key);
    let is_in_use =
        code == "idempotency_key_in_use" || (is_of_key && status == StatusCode::CONFLICT);
    let refusal = Refusal {
        status: status.as_u16(),
        error,
        is_replayed,
        request_id: request_id.to_owned(),
    };
    let text = refusal.to_string();
    if is_busy {
        return Trouble::new(GatewayError::Unavailable(text), again);
    }
    if is_of_key {
        // A request with this key is under way, or was another one: what became of it is unknown.
        return Trouble::new(GatewayError::Unknown(text), again.filter(|_| is_in_use));
    }
    if status.is_client_error() {
        return Trouble {
            failure: Failure::Refused(Box::new(refusal)),
            again: None,
        };
    }
    if is_replayed {
        return Trouble {
            failure: Failure::Replayed(text),
            again: None,
        };
    }
    Trouble::new(GatewayError::Unknown(text), again)
}

/// After how long at least it may be sent again; `None` if Stripe does not want it, or only later than is waited for.
fn again(headers: &HeaderMap) -> Option<Duration> {
    let should_retry = headers.get("stripe-should-retry");
    if should_retry.is_some_and(|value| value == "false") {
        return None;
    }
    let wait = retry_after(headers).unwrap_or_default();
    (wait <= RETRY_AFTER_MAX).then_some(wait)
}

fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.parse().ok()?;
    Some(Duration::from_secs(seconds))
}

/// Doubled each time, and between the half of it and the whole, so that not all come back at once.
fn backoff(tries: u32) -> Duration {
    (BACKOFF * 2_u32.pow(tries)).mul_f64(rand::random_range(0.5..=1.0))
}

/// An error with its causes: hyper's own says only where it happened.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text = format!("{text}: {cause}");
        next = cause.source();
    }
    text
}

fn tls(is_needed: bool) -> Result<ClientConfig, Invalid> {
    let mut authorities = RootCertStore::empty();
    if is_needed {
        let system = rustls_native_certs::load_native_certs();
        let (added, _) = authorities.add_parsable_certificates(system.certs);
        if added == 0 {
            return Err(Invalid::new(
                "Stripe needs certificates of authorities, and this system has none (package ca-certificates)",
            ));
        }
    }
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let builder = builder
        .with_safe_default_protocol_versions()
        .map_err(|error| Invalid::new(format!("there is no TLS: {error}")))?;
    let builder = builder.with_root_certificates(authorities);
    Ok(builder.with_no_client_auth())
}
