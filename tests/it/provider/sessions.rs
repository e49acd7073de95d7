//! The pages that the scripted provider hosts, in its books: Stripe's Checkout Sessions.

use serde_json::{Map, Value, json};

use super::books::{Books, Intent, id, missing, now, page};
use super::wire::{Form, Reply};

/// A page on which a buyer may pay.
#[derive(Debug, Clone)]
pub(super) struct Session {
    pub(super) id: String,
    amount: i64,
    currency: String,
    is_manual: bool,
    status: &'static str,
    intent: Option<String>,
    metadata: Map<String, Value>,
    intent_metadata: Map<String, Value>,
    reference: Option<String>,
    success_url: Option<String>,
    expires_at: i64,
}

impl Books {
    pub(super) fn host(&mut self, form: &Form) -> Reply {
        let item = "line_items[0]";
        let price = format!("{item}[price_data]");
        let one = form.number(&format!("{price}[unit_amount]"));
        let quantity = form.number(&format!("{item}[quantity]"));
        let currency = form.get(&format!("{price}[currency]"));
        let (Some(one), Some(quantity), Some(currency)) = (one, quantity, currency) else {
            return Reply::error(400, "invalid_request_error", "parameter_missing", item);
        };
        let manual = form.get("payment_intent_data[capture_method]");
        self.sessions.push(Session {
            id: id("cs_test"),
            amount: one * quantity,
            currency: currency.to_owned(),
            is_manual: manual == Some("manual"),
            status: "open",
            intent: None,
            metadata: form.object("metadata"),
            intent_metadata: form.object("payment_intent_data[metadata]"),
            reference: form.get("client_reference_id").map(str::to_owned),
            success_url: form.get("success_url").map(str::to_owned),
            expires_at: form.number("expires_at").unwrap_or(now() + 86_400),
        });
        Reply::json(200, &self.session_json(self.sessions.len() - 1, form))
    }

    /// One of them, or those of an intent.
    pub(super) fn session(&self, id: Option<&str>, form: &Form) -> Reply {
        if let Some(id) = id {
            let at = self.sessions.iter().position(|session| session.id == id);
            return at.map_or_else(
                || missing("session", "checkout.session"),
                |at| Reply::json(200, &self.session_json(at, form)),
            );
        }
        let intent = form.get("payment_intent");
        let newest = (0..self.sessions.len()).rev();
        let all: Vec<Value> = newest
            .filter(|&at| intent.is_none() || self.sessions[at].intent.as_deref() == intent)
            .map(|at| self.session_json(at, form))
            .collect();
        Reply::json(200, &page(&all, "/v1/checkout/sessions", form))
    }

    pub(super) fn expire_session(&mut self, id: Option<&str>) -> Reply {
        let found = self
            .sessions
            .iter()
            .position(|session| Some(session.id.as_str()) == id);
        let Some(at) = found else {
            return missing("session", "checkout.session");
        };
        if self.sessions[at].status != "open" {
            let text = "Only Checkout Sessions with a status in [\"open\"] can be expired.";
            return Reply::error(400, "invalid_request_error", "", text);
        }
        self.sessions[at].status = "expired";
        let json = self.session_json(at, &Form::default());
        self.tell_of("checkout.session.expired", &json);
        Reply::json(200, &json)
    }

    /// A buyer pays on the page with this method; `false` if the page takes no payment any more, or the bank refuses.
    pub(super) fn pay_on(&mut self, at: usize, method: &str) -> bool {
        let session = self.sessions[at].clone();
        if session.status != "open" {
            return false;
        }
        let mut intent = Intent::new(&Form::default());
        intent.amount = session.amount;
        intent.currency = session.currency;
        intent.is_manual = session.is_manual;
        intent.metadata = session.intent_metadata;
        intent.method = Some(method.to_owned());
        self.sessions[at].intent = Some(intent.id.clone());
        self.intents.push(intent);
        let of = self.intents.len() - 1;
        if self.confirm(of, &Form::default()).is_err() {
            return false;
        }
        self.sessions[at].status = "complete";
        let json = self.session_json(at, &Form::default());
        self.tell_of("checkout.session.completed", &json);
        true
    }

    fn session_json(&self, at: usize, form: &Form) -> Value {
        let session = &self.sessions[at];
        let intent = self
            .intents
            .iter()
            .position(|it| Some(&it.id) == session.intent.as_ref());
        let is_paid = intent.is_some_and(|at| self.intents[at].captured > 0);
        let intent = match intent {
            Some(at) if form.expands("payment_intent") => self.intent_json(at, form),
            _ => json!(session.intent),
        };
        let is_open = session.status == "open";
        json!({"id": session.id, "object": "checkout.session", "amount_total": session.amount,
            "client_reference_id": session.reference, "currency": session.currency,
            "expires_at": session.expires_at, "livemode": false, "metadata": session.metadata,
            "mode": "payment", "payment_intent": intent,
            "payment_status": if is_paid { "paid" } else { "unpaid" }, "status": session.status,
            "success_url": session.success_url,
            "url": is_open.then(|| format!("https://checkout.stripe.com/c/pay/{}", session.id))})
    }
}
