//! The books of the scripted provider: intents and their states, as Stripe has them.
//! <https://docs.stripe.com/payments/paymentintents/lifecycle>

use std::collections::HashMap;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::refunds::Refund;
use super::script::Call;
use super::sessions::Session;
use super::wire::{Form, Reply, Request};

/// How a payment method behaves; tests name them as Stripe's own test methods are named.
enum Method {
    Good,
    /// The error's code and the bank's.
    Declined(&'static str, Option<&'static str>),
    /// The buyer has to do 3-D Secure.
    Authenticates,
    /// Decided later.
    Processing,
    Missing,
}

impl Method {
    fn of(token: &str) -> Self {
        let says = |word: &str| token.contains(word);
        if says("InsufficientFunds") {
            Self::Declined("card_declined", Some("insufficient_funds"))
        } else if says("ProcessingError") {
            Self::Declined("processing_error", None)
        } else if says("eclined") {
            Self::Declined("card_declined", Some("generic_decline"))
        } else if says("threeDSecure") || says("authenticationRequired") {
            Self::Authenticates
        } else if says("usBankAccount") {
            Self::Processing
        } else if says("missing") {
            Self::Missing
        } else {
            Self::Good
        }
    }
}

/// An intent.
#[derive(Debug, Clone)]
pub(super) struct Intent {
    pub(super) id: String,
    pub(super) secret: String,
    pub(super) amount: i64,
    pub(super) currency: String,
    pub(super) method: Option<String>,
    pub(super) is_manual: bool,
    pub(super) status: &'static str,
    pub(super) metadata: Map<String, Value>,
    description: Option<String>,
    created: i64,
    error: Option<Value>,
    next_action: Option<Value>,
    return_url: Option<String>,
    pub(super) charge: Option<String>,
    pub(super) captured: i64,
    /// How often it was authorised or charged.
    pub(super) charges: u32,
    cancellation_reason: Option<String>,
}

/// All that the provider knows.
#[derive(Default)]
pub(super) struct Books {
    pub(super) intents: Vec<Intent>,
    pub(super) refunds: Vec<Refund>,
    pub(super) sessions: Vec<Session>,
    /// As their last event has told them.
    pub(super) disputes: Vec<Value>,
    /// What it would send as webhooks.
    pub(super) events: Vec<Value>,
    /// By idempotency key: what was asked, and the answer.
    answers: HashMap<String, (String, Reply)>,
}

pub(super) fn id(prefix: &str) -> String {
    format!("{prefix}_{}", &Uuid::new_v4().simple().to_string()[..24])
}

/// Seconds since 1970.
#[expect(
    clippy::disallowed_methods,
    reason = "the provider has a clock of its own"
)]
pub(super) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.expect("after 1970").as_secs().cast_signed()
}

impl Intent {
    pub(super) fn new(form: &Form) -> Self {
        let id = id("pi");
        let method = form.get("payment_method").map(str::to_owned);
        let status = match method {
            Some(_) => "requires_confirmation",
            None => "requires_payment_method",
        };
        Self {
            secret: format!("{id}_secret_{}", Uuid::new_v4().simple()),
            id,
            amount: form.number("amount").unwrap_or_default(),
            currency: form.get("currency").unwrap_or_default().to_owned(),
            method,
            is_manual: form.get("capture_method") == Some("manual"),
            status,
            metadata: form.object("metadata"),
            description: form.get("description").map(str::to_owned),
            created: now(),
            error: None,
            next_action: None,
            return_url: None,
            charge: None,
            captured: 0,
            charges: 0,
            cancellation_reason: None,
        }
    }

    fn unexpected(&self, json: Value) -> Reply {
        let message = format!("This PaymentIntent has a status of {}.", self.status);
        let error = json!({"type": "invalid_request_error", "code": "payment_intent_unexpected_state",
            "message": message, "payment_intent": json});
        Reply::json(400, &json!({"error": error}))
    }

    /// The money is reserved, or taken.
    fn authorise(&mut self) {
        self.charge = Some(id("ch"));
        self.charges += 1;
        self.next_action = None;
        self.error = None;
        self.status = "requires_capture";
        if !self.is_manual {
            self.take_money();
        }
    }

    fn take_money(&mut self) {
        self.captured = self.amount;
        self.status = "succeeded";
    }

    fn decline(&mut self, code: &str, decline_code: Option<&str>) {
        self.status = "requires_payment_method";
        self.next_action = None;
        self.error = Some(
            json!({"type": "card_error", "code": code, "decline_code": decline_code,
            "message": "Your card was declined."}),
        );
    }
}

impl Books {
    /// Answers a request: the same key and body, the same answer.
    pub(super) fn answer(&mut self, request: &Request) -> Reply {
        let asked = format!("{} {}", request.path, request.body);
        let key = request.key.as_ref().filter(|_| request.method == "POST");
        if let Some((known, reply)) = key.and_then(|key| self.answers.get(key)) {
            if *known != asked {
                let text =
                    "Keys for idempotent requests can only be used with the same parameters.";
                return Reply::error(400, "idempotency_error", "", text);
            }
            let mut reply = reply.clone();
            reply.headers.push(("Idempotent-Replayed", "true".into()));
            return reply;
        }
        let reply = self.carry_out(request);
        if let Some(key) = key {
            self.answers.insert(key.clone(), (asked, reply.clone()));
        }
        reply
    }

    /// From now on this is the answer to the key of this request.
    pub(super) fn keep(&mut self, request: &Request, reply: &Reply) {
        if let Some(key) = &request.key {
            let asked = format!("{} {}", request.path, request.body);
            self.answers.insert(key.clone(), (asked, reply.clone()));
        }
    }

    fn carry_out(&mut self, request: &Request) -> Reply {
        let form = &request.form;
        let id = request.path.split('/').nth(3).unwrap_or_default();
        match Call::of(request) {
            Call::Create => self.create(form),
            Call::Confirm => self.on_intent(id, form, |books, at| books.confirm(at, form)),
            Call::Retrieve => self.on_intent(id, form, |_, _| Ok(())),
            Call::Capture => self.on_intent(id, form, |books, at| books.capture(at, form)),
            Call::Cancel => self.on_intent(id, form, |books, at| books.cancel(at, form)),
            Call::List => self.list(form),
            Call::Refund => self.refund(form),
            Call::Refunds => self.list_refunds(id, form),
            Call::Disputes => self.list_disputes(form),
            Call::Host => self.host(form),
            Call::Session => self.session(request.path.split('/').nth(4), form),
            Call::Expire => self.expire_session(request.path.split('/').nth(4)),
            Call::Other => self.other(request),
        }
    }

    /// What a service asks to see whether its key is right.
    fn other(&self, request: &Request) -> Reply {
        match request.path.as_str() {
            "/v1/account" => Reply::json(
                200,
                &json!({"id": "acct_1", "object": "account", "charges_enabled": true}),
            ),
            "/v1/balance" => Reply::json(200, &json!({"object": "balance", "livemode": false})),
            path => missing("url", path),
        }
    }

    fn create(&mut self, form: &Form) -> Reply {
        let method = form.get("payment_method").map(Method::of);
        if let Some(Method::Missing) = method {
            return missing("payment_method", "PaymentMethod");
        }
        if form.number("amount").is_none_or(|amount| amount <= 0) || form.get("currency").is_none()
        {
            return Reply::error(
                400,
                "invalid_request_error",
                "parameter_missing",
                "amount, currency",
            );
        }
        self.intents.push(Intent::new(form));
        let at = self.intents.len() - 1;
        if form.get("confirm") == Some("true") {
            let confirmed = self.confirm(at, form);
            return confirmed.map_or_else(|refused| refused, |()| self.shown(at, form));
        }
        self.shown(at, form)
    }

    fn shown(&self, at: usize, form: &Form) -> Reply {
        Reply::json(200, &self.intent_json(at, form))
    }

    fn on_intent(
        &mut self,
        id: &str,
        form: &Form,
        act: impl FnOnce(&mut Self, usize) -> Result<(), Reply>,
    ) -> Reply {
        let Some(at) = self.intents.iter().position(|intent| intent.id == id) else {
            return missing("intent", "payment_intent");
        };
        match act(self, at) {
            Ok(()) => self.shown(at, form),
            Err(refused) => refused,
        }
    }

    pub(super) fn confirm(&mut self, at: usize, form: &Form) -> Result<(), Reply> {
        let json = self.intent_json(at, form);
        let intent = &mut self.intents[at];
        let waits = ["requires_confirmation", "requires_payment_method"];
        if !waits.contains(&intent.status) {
            return Err(intent.unexpected(json));
        }
        let method = form
            .get("confirmation_token")
            .or(form.get("payment_method"));
        if let Some(method) = method {
            intent.method = Some(method.to_owned());
        }
        intent.return_url = form.get("return_url").map(str::to_owned);
        let Some(method) = intent.method.as_deref().map(Method::of) else {
            return Err(intent.unexpected(json));
        };
        let by_script = form.get("use_stripe_sdk") == Some("true");
        match method {
            Method::Missing => return Err(missing("payment_method", "PaymentMethod")),
            Method::Good => self.authorise(at),
            Method::Processing => intent.status = "processing",
            Method::Authenticates => {
                intent.status = "requires_action";
                intent.next_action = Some(match &intent.return_url {
                    Some(back) if !by_script => json!({"type": "redirect_to_url",
                        "redirect_to_url": {"url": format!("https://hooks.stripe.com/{}", intent.id), "return_url": back}}),
                    _ => {
                        json!({"type": "use_stripe_sdk", "use_stripe_sdk": {"type": "three_d_secure_redirect"}})
                    }
                });
                self.tell("payment_intent.requires_action", at);
            }
            Method::Declined(code, decline_code) => {
                intent.decline(code, decline_code);
                self.tell("payment_intent.payment_failed", at);
                let mut error = self.intents[at].error.clone().unwrap_or_default();
                error["payment_intent"] = self.intent_json(at, form);
                return Err(Reply::json(402, &json!({"error": error})));
            }
        }
        Ok(())
    }

    /// The bank agrees.
    pub(super) fn authorise(&mut self, at: usize) {
        self.intents[at].authorise();
        let kind = match self.intents[at].is_manual {
            true => "payment_intent.amount_capturable_updated",
            false => "payment_intent.succeeded",
        };
        self.tell(kind, at);
    }

    /// The bank, or the buyer, does not agree.
    pub(super) fn fail(&mut self, at: usize, code: &str) {
        self.intents[at].decline(code, None);
        self.tell("payment_intent.payment_failed", at);
    }

    fn capture(&mut self, at: usize, form: &Form) -> Result<(), Reply> {
        let json = self.intent_json(at, form);
        let intent = &mut self.intents[at];
        if intent.status != "requires_capture" {
            return Err(intent.unexpected(json));
        }
        intent.take_money();
        self.tell("payment_intent.succeeded", at);
        Ok(())
    }

    fn cancel(&mut self, at: usize, form: &Form) -> Result<(), Reply> {
        let json = self.intent_json(at, form);
        let intent = &mut self.intents[at];
        if ["succeeded", "canceled", "processing"].contains(&intent.status) {
            return Err(intent.unexpected(json));
        }
        let reason = form.get("cancellation_reason");
        self.end(at, reason);
        Ok(())
    }

    /// It is cancelled, by whomever.
    pub(super) fn end(&mut self, at: usize, reason: Option<&str>) {
        let intent = &mut self.intents[at];
        intent.status = "canceled";
        intent.next_action = None;
        intent.cancellation_reason = reason.map(str::to_owned);
        self.tell("payment_intent.canceled", at);
    }

    fn list(&self, form: &Form) -> Reply {
        let since = form.number("created[gte]").unwrap_or_default();
        let newest = (0..self.intents.len()).rev();
        let all: Vec<Value> = newest
            .filter(|&at| self.intents[at].created >= since)
            .map(|at| self.intent_json(at, form))
            .collect();
        Reply::json(200, &page(&all, "/v1/payment_intents", form))
    }

    /// Notes what a webhook would say of an intent.
    pub(super) fn tell(&mut self, kind: &str, at: usize) {
        let object = self.intent_json(at, &Form::default());
        self.tell_of(kind, &object);
    }

    /// Notes what a webhook would say.
    pub(super) fn tell_of(&mut self, kind: &str, object: &Value) {
        let event = json!({"id": id("evt"), "object": "event", "api_version": "2026-06-24.dahlia",
            "created": now(), "type": kind, "livemode": false, "pending_webhooks": 1,
            "request": {"id": null, "idempotency_key": null}, "data": {"object": object}});
        self.events.push(event);
    }

    pub(super) fn intent_json(&self, at: usize, form: &Form) -> Value {
        let intent = &self.intents[at];
        let charge = match form.expands("latest_charge") {
            true => self.charge_json(intent),
            false => json!(intent.charge),
        };
        let method = intent
            .method
            .as_ref()
            .map(|token| match form.expands("payment_method") {
                true => {
                    json!({"id": token, "object": "payment_method", "type": "card", "card": card()})
                }
                false => json!(token),
            });
        let capturable = if intent.status == "requires_capture" {
            intent.amount
        } else {
            0
        };
        json!({"id": intent.id, "object": "payment_intent", "amount": intent.amount,
            "amount_capturable": capturable, "amount_received": intent.captured,
            "cancellation_reason": intent.cancellation_reason,
            "capture_method": if intent.is_manual { "manual" } else { "automatic_async" },
            "client_secret": intent.secret, "created": intent.created, "currency": intent.currency,
            "description": intent.description, "last_payment_error": intent.error, "latest_charge": charge,
            "livemode": false, "metadata": intent.metadata, "next_action": intent.next_action,
            "payment_method": method, "payment_method_types": ["card"], "status": intent.status})
    }

    pub(super) fn charge_json(&self, intent: &Intent) -> Value {
        let Some(charge) = &intent.charge else {
            return Value::Null;
        };
        let refunded = self.refunded(&intent.id);
        json!({"id": charge, "object": "charge", "amount": intent.amount, "amount_captured": intent.captured,
            "amount_refunded": refunded, "captured": intent.captured > 0, "currency": intent.currency,
            "metadata": intent.metadata, "paid": true, "payment_intent": intent.id,
            "payment_method": intent.method, "payment_method_details": {"type": "card", "card": card()},
            "refunded": intent.captured > 0 && refunded == intent.captured, "status": "succeeded"})
    }
}

fn card() -> Value {
    json!({"brand": "visa", "last4": "4242", "exp_month": 8, "exp_year": 2031, "country": "US"})
}

pub(super) fn missing(param: &str, what: &str) -> Reply {
    let error = json!({"type": "invalid_request_error", "code": "resource_missing", "param": param,
        "message": format!("No such {what}")});
    Reply::json(404, &json!({"error": error}))
}

/// A part of a list.
pub(super) fn page(all: &[Value], url: &str, form: &Form) -> Value {
    let after = form.get("starting_after");
    let first = all.iter().position(|item| item["id"].as_str() == after);
    let first = first.map_or(0, |at| at + 1);
    let limit = form.number("limit").unwrap_or(10).unsigned_abs() as usize;
    let last = all.len().min(first + limit);
    json!({"object": "list", "url": url, "has_more": last < all.len(), "data": all[first..last]})
}
