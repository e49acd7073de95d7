//! A gateway with faults that a test switches on: delays, lost answers, refused refunds; and webhooks as the
//! gateway would send them.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use boxoffice::config::GatewayConfig;
use boxoffice::gateway::card::Card;
use boxoffice::gateway::signature::sign;
use boxoffice::gateway::simulated::SimulatedGateway;
use boxoffice::gateway::simulated::signing_key::{HEADER, SigningKey};
use boxoffice::gateway::{
    AmountRefused, Answer, CardShown, Confirmation, Gateway, GatewayError, HostedPage, Intent,
    List, MethodToken, NewIntent, NewPage, Notice, NoticeError, Provider, Reference, Refund,
    Refunded, State,
};
use boxoffice::postgres::Db;
use boxoffice::types::{Money, PaymentId, Timestamp};
use futures::future::BoxFuture;
use serde_json::{Value, json};
use tokio::sync::watch;
use uuid::Uuid;

use super::{Answer as Response, Server};

/// A card that succeeds at once.
pub(crate) const GOOD_CARD: &str = "4242424242424242";
/// A card that is declined.
pub(crate) const DECLINED_CARD: &str = "4000000000000002";
/// A card whose charge succeeds later, reported by webhook.
pub(crate) const LATER_CARD: &str = "4000000000003220";
/// Settings under which [`LATER_CARD`] succeeds only when a test makes it.
pub(crate) const NO_WEBHOOKS: [&str; 2] = ["--gateway-webhook-delay-ms", "86400000"];
/// The card whose charge is delayed until [`FaultyGateway::resume`]. Every other card is answered at once.
pub(crate) const SLOW: &str = "5555555555554444";

/// The simulated gateway with faults. Clones are the same gateway.
#[derive(Clone)]
pub(crate) struct FaultyGateway {
    inner: SimulatedGateway,
    resume: Arc<watch::Sender<bool>>,
    faults: Arc<Faults>,
}

/// The faults that are switched on, and counts of calls.
#[derive(Default)]
pub(crate) struct Faults {
    /// It says that it is no test.
    pub(crate) moves_money: AtomicBool,
    /// The delay of [`SLOW`] comes before the charge, not after it.
    pub(crate) delays_before_charging: AtomicBool,
    /// Charges, then the answer is lost.
    pub(crate) loses_answers: AtomicBool,
    /// Cannot be reached: charges nothing.
    pub(crate) unreachable: AtomicBool,
    /// Answers that a payment is abandoned, but does not record it.
    pub(crate) forgets_abandoned: AtomicBool,
    /// Refuses every refund.
    pub(crate) rejects_refunds: AtomicBool,
    /// Status queries and refunds hang until [`FaultyGateway::resume`].
    pub(crate) hangs: AtomicBool,
    /// Status queries hang until [`FaultyGateway::resume`], refunds do not.
    pub(crate) hangs_at_status: AtomicBool,
    /// The verification of webhooks hangs until [`FaultyGateway::resume`].
    pub(crate) hangs_at_webhooks: AtomicBool,
    /// Status queries of this payment hang until [`FaultyGateway::resume`].
    pub(crate) hangs_at: Mutex<Option<PaymentId>>,
    /// How often it was asked what became of a charge.
    pub(crate) asked: AtomicUsize,
    /// How often it was told to refund a charge.
    pub(crate) refunds: AtomicUsize,
}

impl FaultyGateway {
    pub(crate) fn new(db: Db, config: GatewayConfig) -> Self {
        Self {
            inner: SimulatedGateway::new(db, config),
            resume: Arc::new(watch::Sender::new(false)),
            faults: Arc::default(),
        }
    }

    /// Switches a fault on or off.
    pub(crate) fn set(&self, fault: impl Fn(&Faults) -> &AtomicBool, on: bool) {
        fault(&self.faults).store(on, Ordering::SeqCst);
    }

    /// How often it was asked what became of a charge.
    pub(crate) fn asked(&self) -> usize {
        self.faults.asked.load(Ordering::SeqCst)
    }

    /// How often it was told to refund a charge.
    pub(crate) fn refunds(&self) -> usize {
        self.faults.refunds.load(Ordering::SeqCst)
    }

    /// From now on status queries of this payment hang.
    pub(crate) fn hang_at(&self, payment: &Value) {
        let id = super::text(&payment["id"]).parse().expect("an id");
        *self.faults.hangs_at.lock().expect("no panic") = Some(id);
    }

    /// Ends all delays.
    pub(crate) fn resume(&self) {
        self.resume.send_replace(true);
    }

    fn is_set(&self, fault: impl Fn(&Faults) -> &AtomicBool) -> bool {
        fault(&self.faults).load(Ordering::SeqCst)
    }

    async fn delay(&self, how: &Confirmation) {
        let slow: Card = SLOW.parse().expect("a number");
        if Some(&how.method) == self.inner.test_token(&slow).as_ref() {
            self.wait().await;
        }
    }

    async fn wait(&self) {
        let mut resume = self.resume.subscribe();
        resume.wait_for(|&resume| resume).await.expect("a sender");
    }

    async fn faulty_fetch(&self, intent: &Intent) -> Result<Option<Answer>, GatewayError> {
        self.faults.asked.fetch_add(1, Ordering::SeqCst);
        let is_stuck = *self.faults.hangs_at.lock().expect("no panic") == Some(intent.payment);
        if is_stuck
            || self.is_set(|fault| &fault.hangs)
            || self.is_set(|fault| &fault.hangs_at_status)
        {
            self.wait().await;
        }
        self.inner.fetch(intent).await
    }

    async fn faulty_refund(&self, refund: &Refund) -> Result<Refunded, GatewayError> {
        self.faults.refunds.fetch_add(1, Ordering::SeqCst);
        if self.is_set(|fault| &fault.hangs) {
            self.wait().await;
        }
        if self.is_set(|fault| &fault.rejects_refunds) {
            return Err(GatewayError::Unknown("not today".into()));
        }
        self.inner.refund(refund).await
    }

    async fn faulty_confirm(
        &self,
        intent: &Intent,
        how: &Confirmation,
    ) -> Result<Answer, GatewayError> {
        if self.is_set(|fault| &fault.unreachable) {
            return Err(GatewayError::Unknown("the line is dead".into()));
        }
        if self.is_set(|fault| &fault.delays_before_charging) {
            self.delay(how).await;
        }
        let answer = self.inner.confirm(intent, how).await;
        if !self.is_set(|fault| &fault.delays_before_charging) {
            self.delay(how).await;
        }
        if self.is_set(|fault| &fault.loses_answers) {
            return Err(GatewayError::Unknown("the line went dead".into()));
        }
        answer
    }
}

impl Gateway for FaultyGateway {
    fn provider(&self) -> Provider {
        self.inner.provider()
    }

    fn test_token(&self, card: &Card) -> Option<MethodToken> {
        self.inner.test_token(card)
    }

    fn shown_of(&self, method: &MethodToken) -> Option<CardShown> {
        self.inner.shown_of(method)
    }

    fn check(&self, amount: Money) -> Result<(), AmountRefused> {
        self.inner.check(amount)
    }

    fn knows_our_ids(&self) -> bool {
        self.inner.knows_our_ids()
    }

    fn create<'a>(&'a self, new: &'a NewIntent) -> BoxFuture<'a, Result<Reference, GatewayError>> {
        self.inner.create(new)
    }

    fn confirm<'a>(
        &'a self,
        intent: &'a Intent,
        how: &'a Confirmation,
    ) -> BoxFuture<'a, Result<Answer, GatewayError>> {
        Box::pin(self.faulty_confirm(intent, how))
    }

    fn host<'a>(
        &'a self,
        new: &'a NewPage,
    ) -> BoxFuture<'a, Result<Option<HostedPage>, GatewayError>> {
        self.inner.host(new)
    }

    fn fetch<'a>(
        &'a self,
        intent: &'a Intent,
    ) -> BoxFuture<'a, Result<Option<Answer>, GatewayError>> {
        Box::pin(self.faulty_fetch(intent))
    }

    fn capture<'a>(&'a self, intent: &'a Intent) -> BoxFuture<'a, Result<Answer, GatewayError>> {
        self.inner.capture(intent)
    }

    fn cancel<'a>(&'a self, intent: &'a Intent) -> BoxFuture<'a, Result<Answer, GatewayError>> {
        if self.is_set(|fault| &fault.forgets_abandoned) {
            return Box::pin(async { Ok(Answer::of(State::Cancelled)) });
        }
        self.inner.cancel(intent)
    }

    fn list<'a>(
        &'a self,
        since: Timestamp,
        after: Option<&'a Reference>,
    ) -> BoxFuture<'a, Result<List, GatewayError>> {
        self.inner.list(since, after)
    }

    fn refund<'a>(&'a self, refund: &'a Refund) -> BoxFuture<'a, Result<Refunded, GatewayError>> {
        Box::pin(self.faulty_refund(refund))
    }

    fn is_test(&self) -> bool {
        !self.is_set(|faults| &faults.moves_money)
    }

    fn signature_header(&self) -> &'static str {
        self.inner.signature_header()
    }

    fn read_webhook<'a>(
        &'a self,
        signature: Option<&'a str>,
        body: &'a [u8],
    ) -> BoxFuture<'a, Result<Notice, NoticeError>> {
        Box::pin(async move {
            if self.is_set(|fault| &fault.hangs_at_webhooks) {
                self.wait().await;
            }
            self.inner.read_webhook(signature, body).await
        })
    }

    fn run_due_work<'a>(
        &'a self,
        webhook_url: &'a str,
    ) -> BoxFuture<'a, Result<usize, GatewayError>> {
        self.inner.run_due_work(webhook_url)
    }

    fn forget(&self, older_than: Duration) -> BoxFuture<'_, Result<usize, GatewayError>> {
        self.inner.forget(older_than)
    }
}

/// What the gateway would say of a payment.
pub(crate) fn notice(payment: &Value, kind: &str) -> Value {
    json!({"id": Uuid::new_v4(), "type": kind, "payment_id": payment["id"], "amount": payment["amount"]})
}

impl Server {
    /// The gateway's signature of a body, made `seconds_ago`.
    pub(crate) async fn signature(&self, body: &str, seconds_ago: i64) -> String {
        let key = SigningKey::new(self.db.clone(), None);
        let now = self.count("SELECT extract(epoch FROM now())::bigint").await;
        sign(
            key.get().await.expect("a key"),
            now - seconds_ago,
            body.as_bytes(),
        )
    }

    /// Sends a webhook as the gateway would.
    pub(crate) async fn webhook(&self, notice: &Value) -> Response {
        let body = notice.to_string();
        let signature = self.signature(&body, 0).await;
        self.webhook_signed(body, Some(&signature)).await
    }

    pub(crate) async fn webhook_signed(&self, body: String, signature: Option<&str>) -> Response {
        let mut request = self
            .client
            .post(format!("{}/api/payments/webhook", self.url))
            .header("Content-Type", "application/json")
            .body(body);
        if let Some(signature) = signature {
            request = request.header(HEADER, signature);
        }
        Response::of(request.send().await.expect("an answer")).await
    }

    /// Pays with the card that answers later, and makes the charge succeed without a webhook.
    pub(crate) async fn charge_without_webhook(&self, booking: &Value) -> Value {
        let paying = self.pay(booking, "4000000000003220").await;
        assert_eq!(paying.status, 202, "{}", paying.json);
        let id = super::text(&paying.json["id"]);
        self.sql(&format!(
            "UPDATE gateway_charges SET status = 'succeeded', answers_at = NULL WHERE payment_id = '{id}'"
        ))
        .await;
        paying.json
    }

    /// The charge that was to be answered later is declined, and the gateway says so.
    pub(crate) async fn decline_later(&self, payment: &Value) {
        let id = super::text(&payment["id"]);
        self.sql(&format!(
            "UPDATE gateway_charges SET status = 'declined', decline_code = 'card_declined', answers_at = NULL
             WHERE payment_id = '{id}'"
        ))
        .await;
        let mut declined = notice(payment, "payment.declined");
        declined["decline_code"] = json!("card_declined");
        assert_eq!(self.webhook(&declined).await.status, 200);
    }
}
