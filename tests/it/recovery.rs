//! Recovery: payments whose answer was lost or never given, refunds that failed, and several processes
//! that recover at once.

use futures::future::join_all;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::late_payments::{CHARGED, PROCESSING, pending};
use crate::support::gateway::{FaultyGateway, GOOD_CARD, SLOW};
use crate::support::{CONFIRMED, Server, fresh_key, general, order, with_gateway};

const REFUNDED: &str = "SELECT count(*) FROM payments WHERE status = 'refunded'";

/// Charged, but the answer was lost: the payment.
async fn charge_without_answer(server: &Server, gateway: &FaultyGateway, booking: &Value) -> Value {
    gateway.set(|fault| &fault.loses_answers, true);
    let paying = server.pay(booking, GOOD_CARD).await;
    gateway.set(|fault| &fault.loses_answers, false);
    assert_eq!(paying.status, 202, "{}", paying.json);
    paying.json
}

/// Runs a round of recovery in all of these servers and the test's own, while the gateway answers none.
async fn all_recover(server: &Server, others: &[Server]) {
    server.age_payments().await;
    let all = others.iter().chain([server]);
    join_all(all.map(async |server| server.app.payments.recover_charges().await.unwrap())).await;
}

async fn three_others(server: &Server, gateway: &FaultyGateway) -> Vec<Server> {
    join_all((0..3).map(async |_| server.another_with(gateway).await)).await
}

#[tokio::test]
async fn an_answer_that_got_lost_is_asked_for() {
    with_gateway(&[], async |server, gateway| {
        gateway.set(|fault| &fault.loses_answers, true);
        let booked = pending(server, 2).await;
        assert_eq!(server.pay(&booked, GOOD_CARD).await.status, 202);
        assert_eq!(server.booking(&booked).await["status"], "pending");
        server.age_payments().await;
        server.until(CONFIRMED, 1).await;
        assert_eq!(
            server.count("SELECT count(*) FROM gateway_charges").await,
            1
        );
    })
    .await;
}

#[tokio::test]
async fn a_payment_that_the_gateway_never_heard_of_is_declined_and_another_card_may_be_tried() {
    with_gateway(&[], async |server, gateway| {
        gateway.set(|fault| &fault.unreachable, true);
        let booked = pending(server, 1).await;
        for _ in 0..4 {
            assert_eq!(server.pay(&booked, GOOD_CARD).await.status, 202);
            server.age_payments().await;
            server.until(PROCESSING, 0).await;
            let interrupted = server.booking(&booked).await;
            assert_eq!(
                interrupted["status"], "pending",
                "it is no decline of the buyer's card"
            );
            assert_eq!(interrupted["payment"]["decline_code"], "abandoned");
        }
        gateway.set(|fault| &fault.unreachable, false);
        server.pay(&booked, GOOD_CARD).await.made();
    })
    .await;
}

#[tokio::test]
async fn a_one_shot_booking_whose_payment_never_reached_the_gateway_fails() {
    with_gateway(&[], async |server, gateway| {
        gateway.set(|fault| &fault.unreachable, true);
        let event = server.event(&[general("ga", 10)]).await;
        let mut body = order(event, Uuid::new_v4(), &[("ga", 2)]);
        body["payment"] = json!({"card_number": GOOD_CARD});
        let key = fresh_key();
        assert_eq!(server.book_with_key(&key, &body).await.status, 202);
        server.age_payments().await;
        server
            .until("SELECT count(*) FROM bookings WHERE status = 'failed'", 1)
            .await;
        let replay = server.book_with_key(&key, &body).await;
        assert_eq!(replay.problem(402), "payment-declined");
        assert_eq!(replay.json["decline_code"], "abandoned");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_charge_that_is_still_on_its_way_when_it_is_abandoned_takes_no_money() {
    with_gateway(&["--payment-wait-ms", "0"], async |server, gateway| {
        gateway.set(|fault| &fault.delays_before_charging, true);
        let booked = pending(server, 1).await;
        assert_eq!(server.pay(&booked, SLOW).await.status, 202);
        server.age_payments().await;
        server.until(PROCESSING, 0).await;
        gateway.resume();
        server
            .app
            .payments
            .drain(std::time::Duration::from_secs(60))
            .await;
        assert_eq!(server.count(CHARGED).await, 0);
        assert_eq!(
            server.booking(&booked).await["payment"]["decline_code"],
            "abandoned"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn money_that_was_charged_after_it_was_said_that_it_was_not_goes_back() {
    with_gateway(&["--payment-wait-ms", "0"], async |server, gateway| {
        gateway.set(|fault| &fault.delays_before_charging, true);
        gateway.set(|fault| &fault.forgets_abandoned, true);
        let booked = pending(server, 1).await;
        assert_eq!(server.pay(&booked, SLOW).await.status, 202);
        server.age_payments().await;
        server.until(PROCESSING, 0).await;
        gateway.set(|fault| &fault.delays_before_charging, false);
        // The buyer pays with another attempt.
        server.pay(&booked, GOOD_CARD).await;
        server.until(CONFIRMED, 1).await;
        gateway.resume();
        server
            .until("SELECT count(*) FROM payments WHERE status = 'refunded'", 1)
            .await;
        let receipt = server.booking(&booked).await;
        assert_eq!(
            (&receipt["status"], &receipt["payment"]["status"]),
            (&json!("confirmed"), &json!("succeeded"))
        );
        assert_eq!(receipt["payments"].as_array().unwrap().len(), 2);
        assert_eq!(server.count(CHARGED).await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_refund_that_fails_stays_due_until_it_is_done() {
    with_gateway(&[], async |server, gateway| {
        gateway.set(|fault| &fault.rejects_refunds, true);
        let booked = pending(server, 2).await;
        server.pay(&booked, GOOD_CARD).await.made();
        let cancelled = server.cancel(&booked).await;
        assert_eq!(
            (cancelled.status, &cancelled.json["payment"]["refund_due"]),
            (200, &json!(true))
        );
        for tries in 1..=3 {
            server.age_payments().await;
            server
                .until("SELECT max(recover_attempts)::bigint FROM payments", tries)
                .await;
        }
        gateway.set(|fault| &fault.rejects_refunds, false);
        server.age_payments().await;
        server
            .until("SELECT count(*) FROM payments WHERE status = 'refunded'", 1)
            .await;
        assert_eq!(server.count(CHARGED).await, 0);
    })
    .await;
}

/// More processes than one look for the same payments before any of them is answered.
#[tokio::test(flavor = "multi_thread")]
async fn recovery_in_many_processes_asks_once_about_each_payment() {
    with_gateway(&[], async |server, gateway| {
        for _ in 0..10 {
            let booking = pending(server, 1).await;
            charge_without_answer(server, gateway, &booking).await;
        }
        gateway.set(|fault| &fault.hangs, true);
        let others = three_others(server, gateway).await;
        all_recover(server, &others).await;
        gateway.resume();
        server.until(CONFIRMED, 10).await;
        assert_eq!(gateway.asked(), 10);
        for other in others {
            other.stop().await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn recovery_in_many_processes_refunds_each_charge_once() {
    with_gateway(&[], async |server, gateway| {
        gateway.set(|fault| &fault.rejects_refunds, true);
        for _ in 0..10 {
            let booking = pending(server, 1).await;
            server.pay(&booking, GOOD_CARD).await.made();
            assert_eq!(server.cancel(&booking).await.status, 200);
        }
        assert_eq!(gateway.refunds(), 10);
        gateway.set(|fault| &fault.rejects_refunds, false);
        gateway.set(|fault| &fault.hangs, true);
        let others = three_others(server, gateway).await;
        all_recover(server, &others).await;
        gateway.resume();
        server.until(REFUNDED, 10).await;
        assert_eq!(gateway.refunds(), 20);
        for other in others {
            other.stop().await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_that_recovery_is_stuck_at_holds_up_no_other() {
    with_gateway(&[], async |server, gateway| {
        let (first, second, third) = (
            pending(server, 1).await,
            pending(server, 1).await,
            pending(server, 1).await,
        );
        let stuck = charge_without_answer(server, gateway, &first).await;
        gateway.hang_at(&stuck);
        charge_without_answer(server, gateway, &second).await;
        server.age_payments().await;
        server.until(CONFIRMED, 1).await;
        // Not only those that were found together with it.
        let later = charge_without_answer(server, gateway, &third).await;
        let id = later["id"].as_str().unwrap();
        server
            .sql(&format!(
                "UPDATE payments SET recover_at = now() WHERE id = '{id}'"
            ))
            .await;
        server.until(CONFIRMED, 2).await;
        assert_eq!(server.booking(&first).await["status"], "pending");
        assert_eq!(gateway.asked(), 3);
        // Its lease ends, and a process that is answered completes it.
        let other = server.another().await;
        for _ in 0..600 {
            server.age_payments().await;
            other.app.payments.recover_charges().await.unwrap();
            if server.count(CONFIRMED).await == 3 {
                break;
            }
        }
        assert_eq!(server.count(CONFIRMED).await, 3);
        gateway.resume();
        other.stop().await;
    })
    .await;
}
