//! The refunds in the scripted provider's books.

use serde_json::{Map, Value, json};

use super::books::{Books, id, missing, now, page};
use super::wire::{Form, Reply};

/// A refund.
#[derive(Debug, Clone)]
pub(super) struct Refund {
    pub(super) id: String,
    pub(super) intent: String,
    charge: String,
    pub(super) amount: i64,
    currency: String,
    pub(super) status: &'static str,
    failure: Option<String>,
    metadata: Map<String, Value>,
    created: i64,
}

impl Refund {
    fn json(&self) -> Value {
        json!({"id": self.id, "object": "refund", "amount": self.amount, "charge": self.charge,
            "created": self.created, "currency": self.currency, "failure_reason": self.failure,
            "metadata": self.metadata, "payment_intent": self.intent, "status": self.status})
    }
}

impl Books {
    /// How much of a charge was given back, or is about to be.
    pub(super) fn refunded(&self, intent: &str) -> i64 {
        let counts = |refund: &&Refund| refund.intent == intent && refund.status != "failed";
        self.refunds
            .iter()
            .filter(counts)
            .map(|refund| refund.amount)
            .sum()
    }

    pub(super) fn refund(&mut self, form: &Form) -> Reply {
        let (intent, charge) = (form.get("payment_intent"), form.get("charge"));
        let found = self.intents.iter().find(|it| {
            intent.is_some_and(|id| id == it.id)
                || charge.is_some() && it.charge.as_deref() == charge
        });
        let Some(intent) = found.cloned() else {
            return missing("payment_intent", "payment_intent");
        };
        let Some(charge) = intent.charge.filter(|_| intent.captured > 0) else {
            return Reply::error(
                400,
                "invalid_request_error",
                "payment_intent_unexpected_state",
                "This PaymentIntent does not have a successful charge to refund.",
            );
        };
        if self.disputes_of(&intent.id).any(|it| it["status"] != "won") {
            return Reply::error(
                400,
                "invalid_request_error",
                "charge_disputed",
                "The charge has been disputed.",
            );
        }
        let left = intent.captured - self.refunded(&intent.id);
        let amount = form.number("amount").unwrap_or(left);
        if left == 0 {
            return Reply::error(
                400,
                "invalid_request_error",
                "charge_already_refunded",
                "The charge has already been refunded.",
            );
        }
        if amount <= 0 || amount > left {
            let text = format!("Refund amount ({amount}) is greater than what is left ({left})");
            return Reply::error(400, "invalid_request_error", "", &text);
        }
        let pends = intent
            .method
            .is_some_and(|method| method.contains("pendingRefund"));
        let refund = Refund {
            id: id("re"),
            intent: intent.id,
            charge,
            amount,
            currency: intent.currency,
            status: if pends { "pending" } else { "succeeded" },
            failure: None,
            metadata: form.object("metadata"),
            created: now(),
        };
        let json = refund.json();
        self.refunds.push(refund);
        self.tell_of("refund.created", &json);
        self.tell_of_charge(self.refunds.len() - 1);
        Reply::json(200, &json)
    }

    fn disputes_of(&self, intent: &str) -> impl Iterator<Item = &Value> {
        let disputes = self.disputes.iter();
        disputes.filter(move |dispute| dispute["payment_intent"] == intent)
    }

    /// What the banks took back of a charge.
    pub(super) fn lost(&self, intent: &str) -> i64 {
        let lost = self.disputes_of(intent).filter(|it| it["status"] == "lost");
        lost.filter_map(|dispute| dispute["amount"].as_i64()).sum()
    }

    pub(super) fn list_disputes(&self, form: &Form) -> Reply {
        let of = form.get("payment_intent").unwrap_or_default();
        let all: Vec<Value> = self.disputes_of(of).cloned().collect();
        Reply::json(200, &page(&all, "/v1/disputes", form))
    }

    /// Stripe tells of the charge too.
    fn tell_of_charge(&mut self, at: usize) {
        let intent = self.refunds[at].intent.clone();
        let intent = self.intents.iter().find(|it| it.id == intent).cloned();
        let charge = self.charge_json(&intent.expect("a refund's intent"));
        self.tell_of("charge.refunded", &charge);
    }

    /// What becomes of a refund: `succeeded`, `failed`.
    pub(super) fn decide(&mut self, at: usize, status: &'static str) {
        let refund = &mut self.refunds[at];
        refund.status = status;
        refund.failure = (status == "failed").then(|| "expired_or_canceled_card".to_owned());
        let json = refund.json();
        let kind = match status {
            "failed" => "refund.failed",
            _ => "refund.updated",
        };
        self.tell_of(kind, &json);
    }

    /// One of them, or those of an intent or a charge.
    pub(super) fn list_refunds(&self, id: &str, form: &Form) -> Reply {
        if let Some(refund) = self.refunds.iter().find(|refund| refund.id == id) {
            return Reply::json(200, &refund.json());
        }
        if !id.is_empty() {
            return missing("refund", "refund");
        }
        let asked = |refund: &&Refund| {
            form.get("payment_intent")
                .is_none_or(|id| refund.intent == id)
                && form.get("charge").is_none_or(|id| refund.charge == id)
        };
        let newest = self.refunds.iter().rev().filter(asked);
        let all: Vec<Value> = newest.map(Refund::json).collect();
        Reply::json(200, &page(&all, "/v1/refunds", form))
    }
}
