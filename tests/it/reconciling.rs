//! `boxoffice reconcile`: the provider's books and ours, made to differ in every way.

mod books;
mod scripted;

use std::sync::Arc;

use boxoffice::gateway::{Listed, Provider, State};
use boxoffice::payment::{Kind, Outcome, ReconcileError, Reconciled};
use boxoffice::types::PaymentId;
use serde_json::{Value, json};
use uuid::Uuid;

use self::books::Books;
use crate::commands::{boxoffice, stderr, stdout};
use crate::support::{
    Answer as Response, CONFIRMED, FREE, Server, fresh_database, fresh_key, general, order, text,
    with_provider,
};

/// Is charged.
const GOOD: &str = "pm_good";
/// Is charged, and the answer is lost.
const LOST: &str = "pm_lost";
/// Is declined.
const BAD: &str = "pm_bad";
async fn with_books(test: impl AsyncFnOnce(&Server, &Books)) {
    let books = Books::default();
    with_provider(Arc::new(books.clone()), async |server| {
        test(server, &books).await;
    })
    .await;
}

async fn booked(server: &Server) -> Value {
    let event = server.event(&[general("ga", 4)]).await;
    server
        .book(&order(event, Uuid::new_v4(), &[("ga", 2)]))
        .await
        .made()
}

async fn pay(server: &Server, booking: &Value, method: &str) -> Response {
    let body = json!({"booking_id": booking["id"], "buyer_id": booking["buyer_id"], "payment_method": method});
    Response::of(server.post("/api/payments", &fresh_key(), &body).await).await
}

/// What has just changed is not judged: all is an hour older now, except when recovery looks.
async fn age(server: &Server) {
    server
        .sql(
            "UPDATE payments SET created_at = created_at - interval '1 hour',
                 answered_at = answered_at - interval '1 hour', refunded_at = refunded_at - interval '1 hour',
                 refund_requested_at = refund_requested_at - interval '1 hour'",
        )
        .await;
}

async fn compare(server: &Server, mends: bool) -> Result<Reconciled, ReconcileError> {
    let since = server.app.db.now() - chrono::TimeDelta::hours(24);
    let payments = &server.app.payments;
    payments.reconcile(Provider::Stripe, since, mends).await
}

async fn reconcile(server: &Server, mends: bool) -> Vec<(Kind, Outcome)> {
    let found = compare(server, mends).await.unwrap();
    let differences = found.differences.iter();
    differences
        .map(|it| (it.kind, it.outcome.clone()))
        .collect()
}

async fn count(server: &Server, status: &str) -> i64 {
    let query = format!("SELECT count(*) FROM payments WHERE status = '{status}'");
    server.count(&query).await
}

#[tokio::test]
async fn books_that_agree_have_no_difference_and_what_others_have_made_is_counted() {
    with_books(async |server, books| {
        let declined = booked(server).await;
        pay(server, &declined, BAD).await.problem(402);
        pay(server, &declined, GOOD).await.made();
        let back = booked(server).await;
        pay(server, &back, GOOD).await.made();
        assert_eq!(server.cancel(&back).await.status, 200);
        books.add(None, State::Succeeded);
        let found = compare(server, true).await.unwrap();
        assert_eq!((found.listed, found.under_way), (4, 3));
        age(server).await;
        let found = compare(server, true).await.unwrap();
        assert_eq!((found.listed, found.foreign, found.under_way), (4, 1, 0));
        assert!(found.differences.is_empty(), "{:?}", found.differences);
    })
    .await;
}

#[tokio::test]
async fn what_the_provider_has_charged_and_nobody_has_recorded_is_settled() {
    with_books(async |server, _| {
        let lost = booked(server).await;
        assert_eq!(pay(server, &lost, LOST).await.status, 202);
        assert!(reconcile(server, true).await.is_empty());
        age(server).await;
        assert_eq!(
            reconcile(server, false).await,
            [(Kind::Unrecorded, Outcome::Left)]
        );
        assert_eq!(server.count(CONFIRMED).await, 0);
        assert_eq!(
            reconcile(server, true).await,
            [(Kind::Unrecorded, Outcome::Settled)]
        );
        assert_eq!(server.count(CONFIRMED).await, 1);
        assert!(reconcile(server, true).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn what_was_declined_here_and_charged_there_confirms_or_goes_back() {
    with_books(async |server, books| {
        for (state, is_cancelled) in [
            (State::Succeeded, false),
            (State::Succeeded, true),
            (State::Authorised, false),
            (State::Authorised, true),
        ] {
            let booking = booked(server).await;
            pay(server, &booking, BAD).await.problem(402);
            if is_cancelled {
                assert_eq!(server.cancel(&booking).await.status, 200);
            }
            books.change(|it| it.state = state);
            age(server).await;
            let settled = [(Kind::Unrecorded, Outcome::Settled)];
            assert_eq!(reconcile(server, true).await, settled);
        }
        assert_eq!(server.count(CONFIRMED).await, 2);
        assert_eq!(count(server, "refunded").await, 2);
        assert_eq!(server.count(FREE).await, 12);
        let kept: Vec<_> = books
            .intents()
            .iter()
            .map(|it| (it.state.as_str(), it.amount.minor - it.refunded_minor > 0))
            .collect();
        // What was only reserved for nobody is set free, and nothing of it goes back.
        let expected = [
            ("succeeded", true),
            ("succeeded", false),
            ("succeeded", true),
            ("cancelled", true),
        ];
        assert_eq!(kept, expected);
        age(server).await;
        assert!(reconcile(server, true).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn what_is_open_there_and_not_to_be_paid_is_cancelled() {
    with_books(async |server, books| {
        let booking = booked(server).await;
        pay(server, &booking, BAD).await.problem(402);
        books.change(|it| it.state = State::Processing);
        // Of a payment that is not here, but has our metadata.
        books.add(Some(PaymentId::make()), State::Processing);
        books.add(None, State::Authorised);
        age(server).await;
        let open = |outcome: Outcome| [(Kind::Open, outcome.clone()), (Kind::Open, outcome)];
        assert_eq!(reconcile(server, false).await, open(Outcome::Left));
        assert_eq!(reconcile(server, true).await, open(Outcome::Cancelled));
        let expected = [State::Cancelled, State::Cancelled, State::Authorised];
        assert_eq!(books.states(), expected);
        assert!(reconcile(server, true).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn money_that_is_in_one_book_alone_is_told_and_never_mended() {
    with_books(async |server, books| {
        let change = async |change: fn(&mut Listed)| {
            let booking = booked(server).await;
            pay(server, &booking, GOOD).await.made();
            books.change(change);
        };
        change(|it| it.state = State::Cancelled).await;
        change(|it| it.amount.minor += 1).await;
        change(|it| it.refunded_minor = 7).await;
        // Missing there; and of a payment that is not here.
        change(|it| it.reference = "pi_elsewhere".parse().unwrap()).await;
        change(|it| it.payment = Some(PaymentId::make())).await;
        books.intents().remove(3);
        books.add(Some(PaymentId::make()), State::Succeeded);
        let twice = books.intents()[2].clone();
        books.intents().push(Listed {
            reference: "pi_again".parse().unwrap(),
            ..twice
        });
        age(server).await;
        let before = books.states();
        let found = compare(server, true).await.unwrap();
        let kinds: Vec<_> = found
            .differences
            .iter()
            .map(|it| it.kind.as_str())
            .collect();
        let expected = [
            "refunds",
            "unknown",
            "charged-twice",
            "refunds",
            "amount",
            "not-charged",
            "missing",
        ];
        assert_eq!(kinds, expected, "{:#?}", found.differences);
        assert_eq!(found.left(), kinds.len());
        assert_eq!(books.states(), before);
        assert_eq!(count(server, "succeeded").await, 5);
        assert_eq!(server.count(CONFIRMED).await, 5);
    })
    .await;
}

/// Its id says when a payment was begun, by the clock of the machine that made it.
#[tokio::test]
async fn payments_that_were_begun_long_before_are_not_read() {
    with_books(async |server, books| {
        for hours in [0, 30, 60] {
            let booking = booked(server).await;
            let paid = pay(server, &booking, GOOD).await.made();
            let made = server.app.db.now() - chrono::TimeDelta::hours(hours);
            let made = format!("{:012x}", made.timestamp_millis());
            let id = format!(
                "{}-{}-7000-8000-{}",
                &made[..8],
                &made[8..],
                Uuid::new_v4().simple()
            );
            let id = &id[..36];
            let old = text(&paid["id"]);
            server
                .sql(&format!(
                    "UPDATE payments SET id = '{id}' WHERE id = '{old}'"
                ))
                .await;
        }
        books.intents().clear();
        age(server).await;
        // All three are an hour old, so whatever is read is told.
        let missing = (Kind::Missing, Outcome::Left);
        assert_eq!(reconcile(server, false).await, [missing.clone(), missing]);
    })
    .await;
}

#[tokio::test]
async fn a_provider_that_goes_down_in_the_middle_leaves_nothing_half_done() {
    with_books(async |server, books| {
        for _ in 0..3 {
            let lost = booked(server).await;
            assert_eq!(pay(server, &lost, LOST).await.status, 202);
        }
        age(server).await;
        // The first part of the list, and its two intents once more.
        books.answer(3);
        let listing = compare(server, true).await.unwrap_err();
        assert!(
            matches!(listing, ReconcileError::Listing { listed: 2, .. }),
            "{listing}"
        );
        assert_eq!(count(server, "processing").await, 3);
        // The list and its intents; then one is mended.
        books.answer(6);
        let mending = compare(server, true).await.unwrap_err();
        assert!(
            matches!(mending, ReconcileError::Mending { mended: 1, .. }),
            "{mending}"
        );
        assert_eq!(count(server, "processing").await, 2);
        books.answer(-1);
        assert_eq!(reconcile(server, true).await.len(), 2);
        assert_eq!(server.count(CONFIRMED).await, 3);
    })
    .await;
}

const STRIPE: [&str; 10] = [
    "--gateway",
    "stripe",
    "--stripe-secret-key",
    "sk_test_0123456789abcdef",
    "--stripe-publishable-key",
    "pk_test_0123456789abcdef",
    "--stripe-webhook-secret",
    "whsec_0123456789abcdef",
    "--stripe-api-url",
    "http://127.0.0.1:1",
];

#[tokio::test(flavor = "multi_thread")]
async fn the_command_says_what_it_compares_and_what_is_wrong() {
    let url = fresh_database().await;
    let simulated = boxoffice(&url, &["reconcile", "--since", "2026-11-20"]);
    assert!(simulated.status.success(), "{}", stderr(&simulated));
    assert!(stdout(&simulated).contains("boxoffice check"));
    let json = boxoffice(&url, &["reconcile", "--json"]);
    assert_eq!(stdout(&json).trim(), "[]");
    for since in ["yesterday", "2026-13-01", "2y"] {
        let wrong = boxoffice(&url, &["reconcile", "--since", since]);
        assert!(stderr(&wrong).contains("must be a time such as"), "{since}");
    }
    let words: Vec<&str> = [&["reconcile"][..], &STRIPE].concat();
    let down = boxoffice(&url, &words);
    assert_eq!(down.status.code(), Some(1));
    assert!(
        stderr(&down).contains("0 of its intents were compared before, and nothing was changed"),
        "{}",
        stderr(&down)
    );
    let mut unkeyed = words.clone();
    unkeyed.drain(3..5);
    let unkeyed = boxoffice(&url, &unkeyed);
    assert!(stderr(&unkeyed).contains("--stripe-secret-key"));
}
