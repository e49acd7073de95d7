//! Reconciliation with the provider that speaks Stripe's API: what is known by a page's name, and what is paid meanwhile.

use boxoffice::payment::{Kind, Outcome};
use serde_json::{Value, json};

use super::{age, compare, reconcile};
use crate::commands::{boxoffice, stderr, stdout};
use crate::provider::keys::flags;
use crate::provider::money::{hold, with_scripted};
use crate::provider::script::{Call, Fault, Gate, When};
use crate::support::CONFIRMED;

const VISA: &str = "pm_card_visa";
const SECURE: &str = "pm_card_threeDSecure2Required";
const RESERVED: &str = "payment_intent.amount_capturable_updated";

/// The list has intents alone; the payment is known by the name of the page, and by what the intent's metadata says.
#[tokio::test]
async fn what_was_paid_on_a_page_is_found_by_its_metadata() {
    with_scripted(&[], async |server, provider| {
        let booked = hold(server, 2).await;
        let page = server.go_to_page(&booked).await;
        assert!(provider.pay_on_page(&page, VISA));
        // Its webhooks are lost, and recovery does not look.
        server
            .sql("UPDATE payments SET recover_at = now() + interval '1 hour'")
            .await;
        age(server).await;
        let found = compare(server, false).await.unwrap();
        assert_eq!((found.listed, found.foreign), (1, 0));
        let names: Vec<_> = found
            .differences
            .iter()
            .map(|it| it.reference.as_ref().unwrap().as_str())
            .collect();
        assert_eq!(names, [page.as_str()]);
        assert_eq!(
            reconcile(server, true).await,
            [(Kind::Unrecorded, Outcome::Settled)]
        );
        assert_eq!(server.count(CONFIRMED).await, 1);
        assert_eq!(provider.ledger()[0].captured, 2_000);
        age(server).await;
        let found = compare(server, true).await.unwrap();
        assert_eq!((found.listed, found.foreign, found.under_way), (1, 0, 0));
        assert!(found.differences.is_empty(), "{:?}", found.differences);
    })
    .await;
}

/// It is open when it is compared, and pays a booking when it comes to mending.
#[tokio::test]
async fn what_is_paid_after_it_was_compared_is_not_cancelled() {
    with_scripted(&[], async |server, provider| {
        let booked = hold(server, 2).await;
        assert_eq!(server.pay_with(&booked, SECURE).await.status, 202);
        server
            .sql(
                "UPDATE payments SET status = 'declined', decline_code = 'card_declined', answered_at = now(),
                     recover_at = NULL, action = NULL, action_data = NULL, act_until = NULL",
            )
            .await;
        age(server).await;
        provider.always(Call::Capture, Fault::broken());
        let gate = Gate::new();
        provider.once(Call::Retrieve, Fault::Waits(When::After, gate.clone()));
        let paid = async {
            gate.reached().await;
            provider.authenticate(&provider.ledger()[0].intent, true);
            let event = provider.events(RESERVED).pop().unwrap();
            assert_eq!(server.deliver(&event).await.status, 200);
            assert_eq!(server.count(CONFIRMED).await, 1);
            gate.open();
        };
        let (mended, ()) = tokio::join!(reconcile(server, true), paid);
        assert_eq!(mended, [(Kind::Open, Outcome::Settled)]);
        assert_eq!(provider.count(Call::Cancel), 0);
        provider.mend();
        server.recover().await;
        assert_eq!(server.booking(&booked).await["status"], "confirmed");
        assert_eq!(provider.ledger()[0].captured, 2_000);
    })
    .await;
}

/// What is still open then is cancelled.
#[tokio::test]
async fn what_nobody_may_pay_any_more_is_cancelled_at_the_provider() {
    with_scripted(&[], async |server, provider| {
        let booked = hold(server, 2).await;
        let page = server.go_to_page(&booked).await;
        let other = hold(server, 1).await;
        assert_eq!(server.pay_with(&other, SECURE).await.status, 202);
        server
            .sql(
                "UPDATE payments SET status = 'declined', decline_code = 'abandoned', answered_at = now(),
                     recover_at = NULL, action = NULL, action_data = NULL, act_until = NULL;
                 UPDATE bookings SET paying_until = NULL",
            )
            .await;
        age(server).await;
        // A page on which nobody has paid has no intent to be listed.
        assert_eq!(reconcile(server, true).await, [(Kind::Open, Outcome::Cancelled)]);
        assert_eq!(provider.ledger()[0].status, "canceled");
        // One is made when the buyer pays, and no booking waits for it.
        assert!(provider.pay_on_page(&page, VISA));
        assert_eq!(reconcile(server, true).await, [(Kind::Unrecorded, Outcome::Settled)]);
        let entry = &provider.ledger()[1];
        assert_eq!((entry.status, entry.captured), ("canceled", 0));
        assert_eq!(server.count(CONFIRMED).await, 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_tells_each_difference_and_exits_with_one_until_none_is_left() {
    with_scripted(&[], async |server, provider| {
        let booked = hold(server, 2).await;
        let page = server.go_to_page(&booked).await;
        assert!(provider.pay_on_page(&page, VISA));
        server
            .sql("UPDATE payments SET recover_at = now() + interval '1 hour'")
            .await;
        age(server).await;
        let keys = flags(&provider.url());
        let run = |more: &[&str]| {
            let keys = keys.iter().map(String::as_str);
            let words: Vec<&str> = ["reconcile"].into_iter().chain(keys).collect();
            let ran = boxoffice(&server.database_url, &[&words, more].concat());
            (ran.status.code(), stdout(&ran), stderr(&ran))
        };
        let (code, told, errors) = run(&[]);
        assert_eq!(code, Some(1), "{told} {errors}");
        assert!(
            told.contains(&page) && told.contains("authorised at stripe"),
            "{told}"
        );
        assert!(told.contains("processing here: can be mended"), "{told}");
        let (code, told, _) = run(&["--json"]);
        let told: Value = serde_json::from_str(&told).unwrap();
        let difference = &told[0]["differences"][0];
        assert_eq!((code, &difference["kind"]), (Some(1), &json!("unrecorded")));
        assert_eq!(difference["outcome"], "left", "{told}");
        assert_eq!(server.count(CONFIRMED).await, 0);
        let (code, told, errors) = run(&["--mend"]);
        assert_eq!(code, Some(0), "{told} {errors}");
        assert!(told.contains("processing here: settled"), "{told}");
        assert_eq!(server.count(CONFIRMED).await, 1);
        assert_eq!(provider.ledger()[0].captured, 2_000);
    })
    .await;
}
