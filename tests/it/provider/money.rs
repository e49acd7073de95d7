//! Servers that charge through a provider of the tests, and whether both books agree in the end.

use boxoffice::gateway::Provider;
use serde_json::{Value, json};
use uuid::Uuid;

use super::keys::flags;
use super::localstripe::Localstripe;
use super::scripted::{Entry, Scripted};
use crate::support::{Answer, Server, fresh_key, general, order, text, token, with_settings};

/// Runs a test against a server that charges at this address.
async fn with_flags(url: &str, more: &[&str], test: impl AsyncFnOnce(&Server)) {
    let words = flags(url);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    with_settings(&[words.as_slice(), more].concat(), test).await;
}

/// Runs a test against a server that charges through the scripted provider; in the end both books agree.
pub(crate) async fn with_scripted(more: &[&str], test: impl AsyncFnOnce(&Server, &Scripted)) {
    let provider = Scripted::start().await;
    with_flags(&provider.url(), more, async |server| {
        test(server, &provider).await;
        assert_books_agree(server, &provider.ledger()).await;
    })
    .await;
}

/// Runs a test against a server that charges through localstripe.
pub(crate) async fn with_localstripe(test: impl AsyncFnOnce(&Server, &Localstripe)) {
    let provider = Localstripe::start().await;
    with_flags(provider.url(), &[], async |server| {
        let webhook = format!("{}/api/payments/webhook", server.url);
        provider.send_webhooks_to(&webhook).await;
        test(server, &provider).await;
    })
    .await;
}

/// A hold of so many tickets, of ten, at ten dollars each.
pub(crate) async fn hold(server: &Server, quantity: i64) -> Value {
    let event = server.event(&[general("ga", 10)]).await;
    let body = order(event, Uuid::new_v4(), &[("ga", quantity)]);
    server.book(&body).await.made()
}

/// What a buyer sends to pay with this payment method.
pub(crate) fn payment(booking: &Value, method: &str) -> Value {
    json!({"booking_id": booking["id"], "buyer_id": booking["buyer_id"], "payment_method": method})
}

impl Server {
    /// Pays with a payment method's token, with a fresh key.
    pub(crate) async fn pay_with(&self, booking: &Value, method: &str) -> Answer {
        let body = payment(booking, method);
        Answer::of(self.post("/api/payments", &fresh_key(), &body).await).await
    }

    /// Lets a browser without scripts pay on a page of the provider's. The page's name.
    pub(crate) async fn go_to_page(&self, booking: &Value) -> String {
        let cookie = format!("buyer={}", token(&self.db, &booking["buyer_id"]).await);
        let url = format!("{}/bookings/{}/payments", self.url, text(&booking["id"]));
        let request = self.client.post(url).header("Cookie", cookie);
        let request = request.header("Origin", &self.url);
        let fields = [("key", fresh_key()), ("hosted", "1".to_owned())];
        let sent = request.form(&fields).send().await.expect("an answer");
        assert_eq!(sent.status(), 303);
        let id = text(&booking["id"]);
        let name = format!(
            "SELECT reference FROM payments WHERE booking_id = '{id}' AND action = 'redirect'"
        );
        self.text(&name).await
    }

    /// A payment, as its buyer sees it.
    pub(crate) async fn payment(&self, booking: &Value, payment: &Value) -> Value {
        let path = format!("/api/payments/{}", text(&payment["id"]));
        self.read_as(&booking["buyer_id"], &path).await
    }

    /// Lets recovery do what is left, until nothing is.
    pub(crate) async fn recover(&self) {
        let due = "SELECT (SELECT count(*) FROM payments WHERE recover_at IS NOT NULL)
                        + (SELECT count(*) FROM refunds WHERE recover_at IS NOT NULL)";
        for _ in 0..600 {
            if self.count(due).await == 0 {
                return;
            }
            self.age_payments().await;
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        panic!("{} are still due", self.count(due).await);
    }
}

/// `boxoffice reconcile` finds nothing: the books agree by themselves.
pub(crate) async fn assert_reconciled(server: &Server) {
    // What has just changed is not judged.
    server
        .sql(
            "UPDATE payments SET created_at = created_at - interval '1 hour',
                 answered_at = answered_at - interval '1 hour', refunded_at = refunded_at - interval '1 hour',
                 refund_requested_at = refund_requested_at - interval '1 hour'",
        )
        .await;
    let since = server.app.db.now() - chrono::TimeDelta::hours(24);
    let payments = &server.app.payments;
    let found = payments.reconcile(Provider::Stripe, since, false).await;
    let differences = found.expect("a provider").differences;
    assert!(differences.is_empty(), "{differences:?}");
}

/// A payment in the server's books.
struct Booked {
    id: String,
    booking: String,
    booking_status: String,
    status: String,
    capture_due: bool,
    refund_due: bool,
}

async fn booked(server: &Server) -> Vec<Booked> {
    let client = server.db.get().await.expect("a connection");
    let query = "SELECT p.id::text, b.id::text, b.status, p.status, p.capture_due IS TRUE,
                        p.refund_requested_at IS NOT NULL AND p.refunded_at IS NULL
                 FROM payments p JOIN bookings b ON b.event_id = p.event_id AND b.id = p.booking_id
                 WHERE p.provider = 'stripe'";
    let rows = client.query(query, &[]).await.expect(query);
    let read = |row: &tokio_postgres::Row| Booked {
        id: row.get(0),
        booking: row.get(1),
        booking_status: row.get(2),
        status: row.get(3),
        capture_due: row.get(4),
        refund_due: row.get(5),
    };
    rows.iter().map(read).collect()
}

/// Nobody is charged twice; what is charged and stays belongs to a confirmed booking or is about to go back; and a confirmed
/// booking is paid by one charge.
pub(crate) async fn assert_books_agree(server: &Server, ledger: &[Entry]) {
    let payments = booked(server).await;
    for entry in ledger {
        assert!(entry.charges <= 1, "charged twice: {entry:?}");
        assert!(entry.refunded <= entry.captured, "{entry:?}");
        assert!(entry.captured <= entry.amount, "{entry:?}");
        let has_money =
            entry.captured > entry.refunded + entry.lost || entry.status == "requires_capture";
        if !has_money {
            continue;
        }
        let of = payments.iter().find(|it| entry.metadata.contains(&it.id));
        let of = of.unwrap_or_else(|| panic!("charged for nothing: {entry:?}"));
        let is_open = of.status == "processing" || of.refund_due;
        let pays = of.status == "succeeded" && of.booking_status == "confirmed";
        let is_right = match entry.status {
            "requires_capture" => is_open || (pays && of.capture_due),
            _ => is_open || pays,
        };
        let (booking, payment) = (&of.booking_status, &of.status);
        assert!(
            is_right,
            "{entry:?} is of a {booking} booking's {payment} payment"
        );
    }
    for of in &payments {
        if of.booking_status != "confirmed" || of.status != "succeeded" {
            continue;
        }
        let pays = |entry: &&Entry| {
            let has_money = entry.captured > 0 || entry.status == "requires_capture";
            has_money && entry.metadata.contains(&of.id)
        };
        let charges = ledger.iter().filter(pays).count();
        assert_eq!(
            charges, 1,
            "the confirmed booking {} has {charges} charges",
            of.booking
        );
    }
}
