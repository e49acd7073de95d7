//! What organisers see: totals in which a refund is no sale, sales over time, bookings that were found, the life of one.

use std::time::Duration;

use boxoffice::access::api_token::{NewToken, Scope, create_for};
use boxoffice::access::organiser::Role;
use boxoffice::types::OrganisationNo;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::gateway::{DECLINED_CARD, GOOD_CARD};
use crate::support::{Answer, Server, general, numbered, order, text, with_server};

/// A program of an organiser's.
pub(crate) struct Organiser<'a> {
    server: &'a Server,
    token: String,
}

impl<'a> Organiser<'a> {
    /// With every scope, of this organisation or of all.
    pub(crate) async fn of(server: &'a Server, organisation: Option<OrganisationNo>) -> Self {
        let new = NewToken {
            name: "a program",
            scopes: &Scope::ALL,
            expires_in: Duration::from_secs(3600),
            organisation,
        };
        let client = server.db.get().await.unwrap();
        let (_, token) = create_for(&client, &new).await.unwrap();
        Self { server, token }
    }

    pub(crate) async fn new(server: &'a Server) -> Self {
        Self::of(server, None).await
    }

    pub(crate) async fn ask(&self, path: &str) -> reqwest::Response {
        let url = format!("{}/api/organiser{path}", self.server.url);
        let request = self.server.client.get(url).bearer_auth(&self.token);
        request.send().await.unwrap()
    }

    /// A request with its token.
    pub(crate) fn signed(&self, request: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
        request.bearer_auth(&self.token)
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        Answer::of(self.ask(path).await).await
    }

    pub(crate) async fn read(&self, path: &str) -> Value {
        let answer = self.get(path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.json);
        answer.json
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        let url = format!("{}/api/organiser{path}", self.server.url);
        let request = self.server.client.post(url).bearer_auth(&self.token);
        Answer::of(request.json(body).send().await.unwrap()).await
    }

    /// As [`Organiser::post`], with a key.
    pub(crate) async fn change(&self, path: &str, key: &str, body: &Value) -> Answer {
        self.change_at(self.server, path, key, body).await
    }

    /// The same at another server.
    pub(crate) async fn change_at(
        &self,
        server: &Server,
        path: &str,
        key: &str,
        body: &Value,
    ) -> Answer {
        let url = format!("{}/api/organiser{path}", server.url);
        let request = server.client.post(url).bearer_auth(&self.token);
        let request = request.header("Idempotency-Key", key).json(body);
        Answer::of(request.send().await.unwrap()).await
    }

    /// With an idempotency key.
    pub(crate) async fn post_once(&self, path: &str, key: &str, body: &Value) -> Answer {
        let url = format!("{}/api/organiser{path}", self.server.url);
        let request = self.server.client.post(url).bearer_auth(&self.token);
        let request = request.header("Idempotency-Key", key);
        Answer::of(request.json(body).send().await.unwrap()).await
    }

    pub(crate) async fn patch(&self, path: &str, body: &Value) -> Answer {
        let url = format!("{}/api/organiser{path}", self.server.url);
        let request = self.server.client.patch(url).bearer_auth(&self.token);
        Answer::of(request.json(body).send().await.unwrap()).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        let url = format!("{}/api/organiser{path}", self.server.url);
        let request = self.server.client.delete(url).bearer_auth(&self.token);
        Answer::of(request.send().await.unwrap()).await
    }

    /// The totals, once they have so many bookings: they are added up a second or two later.
    pub(crate) async fn report(&self, event: Uuid, bookings: i64, cancelled: i64) -> Value {
        let mut report = Value::Null;
        for _ in 0..200 {
            report = self.read(&format!("/events/{event}/report")).await;
            let is = (&report["bookings"], &report["bookings_cancelled"]);
            if is == (&json!(bookings), &json!(cancelled)) {
                return report;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("not {bookings} bookings, {cancelled} cancelled: {report}");
    }
}

/// A booking of these tickets that was paid, for somebody with this name.
pub(crate) async fn paid(server: &Server, event: Uuid, items: &[(&str, i64)], name: &str) -> Value {
    let mut body = order(event, Uuid::new_v4(), items);
    body["payment"] = json!({"card_number": GOOD_CARD});
    let email = format!("{}@example.org", name.to_lowercase().replace(' ', "."));
    body["contact"] = json!({"name": name, "email": email});
    server.book(&body).await.made()
}

#[tokio::test]
async fn a_refund_is_never_counted_as_a_sale_and_takes_nothing_from_the_sale() {
    with_server(async |server| {
        let tiers = [numbered("vip", 20, &[10]), general("ga", 50)];
        let event = server.event(&tiers).await;
        let organiser = Organiser::new(server).await;
        let empty = organiser.report(event, 0, 0).await;
        assert_eq!(empty["all"]["net"]["amount"], 0);
        paid(server, event, &[("vip", 2), ("ga", 1)], "Ana").await;
        let given_back = paid(server, event, &[("ga", 3)], "Bo").await;
        // A hold, a hold that ended, and money that never paid a booking are no sales.
        let held = order(event, Uuid::new_v4(), &[("ga", 4)]);
        server.book(&held).await.made();
        let declined = server
            .book(&order(event, Uuid::new_v4(), &[("ga", 5)]))
            .await
            .made();
        for _ in 0..3 {
            server.pay(&declined, DECLINED_CARD).await;
        }
        let before = organiser.report(event, 2, 0).await;
        assert_eq!(before["all"]["gross"]["amount"], 20_000 + 4_000);
        assert_eq!(server.cancel(&given_back).await.status, 200);
        let report = organiser.report(event, 2, 1).await;
        let all = &report["all"];
        assert_eq!(
            (&all["sold_ever"], &all["cancelled"]),
            (&json!(6), &json!(3))
        );
        assert_eq!(
            (&all["sold"], &all["held"], &all["free"]),
            (&json!(3), &json!(4), &json!(63))
        );
        assert_eq!(all["gross"]["amount"], 24_000);
        assert_eq!(all["refunds"]["amount"], 3_000);
        assert_eq!(all["net"]["amount"], 21_000);
        let (vip, ga) = (&report["tiers"][0], &report["tiers"][1]);
        assert_eq!(
            (&vip["tier"], &vip["totals"]["net"]["amount"]),
            (&json!("vip"), &json!(20_000))
        );
        assert_eq!(
            (&ga["tier"], &ga["totals"]["net"]["amount"]),
            (&json!("ga"), &json!(1_000))
        );
        for by in ["day", "hour"] {
            let series = organiser
                .read(&format!("/events/{event}/series?by={by}"))
                .await;
            let buckets = series["buckets"].as_array().unwrap().iter();
            let sum = |field: &str| -> i64 {
                buckets.clone().map(|it| it[field].as_i64().unwrap()).sum()
            };
            assert_eq!((sum("tickets"), sum("cancelled")), (6, 3), "{series}");
        }
        let wrong = organiser
            .get(&format!("/events/{event}/series?by=year"))
            .await;
        assert_eq!(wrong.problem(422), "invalid-request");
    })
    .await;
}

#[tokio::test]
async fn the_first_seconds_of_a_sale_are_kept_one_by_one() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 50)]).await;
        for n in 1..=3 {
            paid(server, event, &[("ga", n)], "Ana").await;
        }
        server
            .sql("UPDATE events SET on_sale_at = date_trunc('second', (SELECT min(created_at) FROM bookings)) - interval '5 seconds';
                  UPDATE bookings SET created_at = (SELECT on_sale_at FROM events) + total_minor / 1000 * interval '2 seconds'")
            .await;
        // Who sells has not seen that the sale opened at another time.
        let other = server.another().await;
        let organiser = Organiser::new(&other).await;
        organiser.report(event, 3, 0).await;
        let series = organiser.read(&format!("/events/{event}/series?by=second")).await;
        let buckets = series["buckets"].as_array().unwrap();
        let tickets: Vec<_> = buckets.iter().map(|it| it["tickets"].as_i64().unwrap()).collect();
        assert_eq!(tickets, [1, 2, 3], "{series}");
        other.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_confirmation_that_commits_late_is_added_up_too() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 50)]).await;
        let first = server.book(&order(event, Uuid::new_v4(), &[("ga", 1)])).await.made();
        let client = server.db.get().await.unwrap();
        // It has the time at which it began, and others are confirmed and added up before it commits.
        client.batch_execute("SET application_name = 'boxoffice/0'; BEGIN").await.unwrap();
        client.query("SELECT now()", &[]).await.unwrap();
        paid(server, event, &[("ga", 2)], "Ana").await;
        let organiser = Organiser::new(server).await;
        for _ in 0..3 {
            organiser.read(&format!("/events/{event}/report")).await;
            tokio::time::sleep(Duration::from_millis(1100)).await;
        }
        let confirm = format!(
            "UPDATE bookings SET status = 'confirmed', confirmed_at = now(), expires_at = NULL WHERE id = '{0}';
             INSERT INTO payments (event_id, id, booking_id, idempotency_key, request_fingerprint, status, amount_minor,
                                   currency, card_brand, card_last4, created_at, answered_at, one_shot, recover_attempts)
             SELECT event_id, id, id, 'k', '', 'succeeded', total_minor, currency, 'visa', '4242', now(), now(), false, 0
             FROM bookings WHERE id = '{0}';
             INSERT INTO gateway_charges (payment_id, status, amount_minor, currency, created_at)
             SELECT id, 'succeeded', total_minor, currency, now() FROM bookings WHERE id = '{0}';
             COMMIT; RESET application_name",
            text(&first["id"])
        );
        client.batch_execute(&confirm).await.unwrap();
        let report = organiser.report(event, 2, 0).await;
        assert_eq!(report["all"]["sold_ever"], 3);
    })
    .await;
}

#[tokio::test]
async fn bookings_are_found_by_what_people_know_of_them() {
    with_server(async |server| {
        let tiers = [numbered("vip", 20, &[10]), general("ga", 50)];
        let event = server.event(&tiers).await;
        let other = server.event(&[general("ga", 50)]).await;
        let organiser = Organiser::new(server).await;
        let ana = paid(server, event, &[("vip", 2)], "Ana Duarte").await;
        let bo = paid(server, other, &[("ga", 1)], "Bo 100%_Berg").await;
        let label = text(&ana["items"][0]["seats"][0]);
        let ids = async |query: &str| -> Vec<Value> {
            let found = organiser.read(&format!("/bookings?{query}")).await;
            let found = found["bookings"].as_array().unwrap().iter();
            found.map(|booking| booking["id"].clone()).collect()
        };
        let payment = text(&ana["payment"]["id"]);
        let (id, reference) = (text(&ana["id"]), text(&ana["reference"]));
        for clue in [
            id,
            payment,
            reference,
            &reference.to_lowercase().replace('-', ""),
            "duarte",
            "ANA.DU",
            "a.duarte@exa",
        ] {
            assert_eq!(
                ids(&format!("q={clue}")).await,
                [ana["id"].clone()],
                "{clue}"
            );
            assert_eq!(
                ids(&format!("q={clue}&event_id={other}")).await,
                [""; 0],
                "{clue}"
            );
        }
        assert_eq!(
            ids(&format!("q={label}&event_id={event}")).await,
            [ana["id"].clone()]
        );
        assert_eq!(
            ids(&format!("q=1&event_id={other}")).await,
            [bo["id"].clone()]
        );
        // What is typed is no pattern.
        assert_eq!(ids("q=100%25_").await, [bo["id"].clone()]);
        for nothing in [
            "q=%25%25%25",
            "q=___",
            "q=an",
            "q=nobody",
            "q=dua%00rte",
            "q=%00%00%00",
        ] {
            assert_eq!(ids(nothing).await, [""; 0], "{nothing}");
        }
        let long = format!("?q={}", "a".repeat(201));
        let no_page = format!("?event_id={event}&cursor=1");
        for (query, pointer) in [("", "/q"), (&long, "/q"), (&no_page, "/cursor")] {
            let refused = organiser.get(&format!("/bookings{query}")).await;
            assert_eq!(refused.problem(422), "invalid-request", "{query}");
            assert_eq!(refused.json["errors"][0]["pointer"], pointer, "{query}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_paid_bookings_of_an_event_are_listed_page_by_page_each_once() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 200)]).await;
        let organiser = Organiser::new(server).await;
        let mut made = Vec::new();
        for _ in 0..103 {
            let booking = paid(server, event, &[("ga", 1)], "Ana").await;
            made.push(booking["id"].clone());
        }
        made.reverse();
        let (mut listed, mut pages) = (Vec::new(), 0);
        let mut path = format!("/bookings?event_id={event}");
        loop {
            let page = organiser.read(&path).await;
            let bookings = page["bookings"].as_array().unwrap();
            listed.extend(bookings.iter().map(|booking| booking["id"].clone()));
            pages += 1;
            match page["next_cursor"].as_str() {
                Some(cursor) => path = format!("/bookings?event_id={event}&cursor={cursor}"),
                None => break,
            }
        }
        assert_eq!((pages, listed), (3, made));
        let wrong = organiser
            .get(&format!("/bookings?event_id={event}&cursor=nope"))
            .await;
        assert_eq!(wrong.problem(422), "invalid-request");
    })
    .await;
}

#[tokio::test]
async fn a_booking_tells_its_life_and_the_organiser_cancels_it_also_when_the_event_has_begun() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 50)]).await;
        let organiser = Organiser::new(server).await;
        let booking = server.book(&order(event, Uuid::new_v4(), &[("ga", 2)])).await.made();
        server.pay(&booking, DECLINED_CARD).await;
        server.pay(&booking, GOOD_CARD).await.made();
        let path = format!("/bookings/{}", text(&booking["id"]));
        for text in ["", "  ", &"x".repeat(2_001), "a\0b"] {
            let wrong = organiser.post(&format!("{path}/notes"), &json!({"text": text})).await;
            assert_eq!(wrong.problem(422), "invalid-request");
            assert_eq!(wrong.json["errors"][0]["pointer"], "/text");
        }
        let noted = organiser.post(&format!("{path}/notes"), &json!({"text": " =Rang about the lift "})).await;
        assert_eq!(noted.status, 201, "{}", noted.json);
        server.sql("UPDATE events SET starts_at = now() - interval '1 hour', on_sale_at = now() - interval '2 days'").await;
        assert_eq!(server.cancel(&booking).await.problem(409), "too-late-to-cancel");
        for _ in 0..2 {
            let cancelled = organiser.post(&format!("{path}/cancel"), &json!({})).await;
            assert_eq!(cancelled.status, 200, "{}", cancelled.json);
            assert_eq!(cancelled.json["booking"]["status"], "cancelled");
        }
        server.until("SELECT count(*) FROM payments WHERE status = 'refunded'", 1).await;
        let told = organiser.read(&format!("{path}/history")).await;
        let moments = told["history"].as_array().unwrap();
        let whats: Vec<_> = moments.iter().map(|moment| text(&moment["what"])).collect();
        let expected = [
            "booked", "payment-begun", "payment-declined", "payment-begun", "payment-succeeded", "confirmed", "noted",
            "done", "cancelled", "refund-due", "refunded",
        ];
        assert_eq!(whats, expected, "{told}");
        assert_eq!(moments[6]["text"], "=Rang about the lift");
        assert_eq!((&moments[7]["action"], &moments[7]["by"]), (&json!("booking.cancelled"), &json!("a program")));
        // The link opens the booking for whoever has it, and shows no note.
        let page = server.get(text(&told["link"])).await;
        assert_eq!(page.status(), 200);
        assert!(!page.text().await.unwrap().contains("about the lift"));
        assert_eq!(server.count("SELECT count(*) FROM audit_entries WHERE action = 'booking.cancelled'").await, 1);
    })
    .await;
}

#[tokio::test]
async fn what_the_provider_tells_of_a_charge_is_in_the_life_of_its_booking() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 50)]).await;
        let organiser = Organiser::new(server).await;
        let booking = paid(server, event, &[("ga", 1)], "Ana Duarte").await;
        server
            .sql(
                "INSERT INTO payment_incidents (event_id, id, payment_id, booking_id, kind, reference, amount_minor,
                                                currency, reported_at)
                 SELECT p.event_id, gen_random_uuid(), p.id, p.booking_id, told.kind, 'dp_1', p.amount_minor, p.currency,
                        now() + told.at * interval '1 second'
                 FROM payments AS p
                 CROSS JOIN unnest(ARRAY['dispute-opened', 'dispute-won', 'dispute-lost', 'refunded', 'refund-failed'])
                     WITH ORDINALITY AS told (kind, at)",
            )
            .await;
        let at = format!("/bookings/{}", text(&booking["id"]));
        let told = organiser.read(&format!("{at}/history")).await;
        let moments = told["history"].as_array().unwrap();
        let whats: Vec<_> = moments.iter().map(|moment| text(&moment["what"])).collect();
        let expected = ["dispute-opened", "dispute-won", "dispute-lost", "refund-reported", "refund-failed"];
        assert!(whats.ends_with(&expected), "{told}");
        let last = moments.last().unwrap();
        assert_eq!((&last["reference"], &last["amount"]), (&json!("dp_1"), &booking["total"]));
        let manager = server.organiser(Role::Manager, OrganisationNo::FIRST).await;
        for (language, expected) in [
            ("en", "bank asks for it back"),
            ("de", "fordert das Geld zurück"),
            ("fr", "la banque de l’acheteur"),
            ("es", "el banco del comprador"),
            ("ja", "購入者の銀行"),
            ("ar", "بنك المشتري"),
        ] {
            let page = manager.get(server, &format!("/{language}/admin{at}")).await;
            let page = page.text().await.unwrap();
            assert!(page.contains(expected) && page.contains("dp_1"), "{language}: {page}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_somebody_has_to_look_at_stands_beside_the_state_of_a_booking() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 50)]).await;
        let booking = paid(server, event, &[("ga", 1)], "Ana Duarte").await;
        paid(server, event, &[("ga", 1)], "Ana Calm").await;
        let manager = server.organiser(Role::Manager, OrganisationNo::FIRST).await;
        let at = format!("/en/admin/bookings/{}", text(&booking["id"]));
        let cancel = format!("{at}/cancel");
        let lists = ["/en/admin/bookings?q=Ana".to_owned(), format!("/en/admin/events/{event}/bookings")];
        let page = async |path: &str| manager.get(server, path).await.text().await.unwrap();
        let badges = async |expected: &[&str]| {
            for path in lists.iter().chain([&at]) {
                let page = page(path).await;
                for badge in ["Disputed", "Dispute lost", "Refund failed"] {
                    let count = page.matches(&format!("trouble\">{badge}</span>")).count();
                    assert_eq!(count, usize::from(expected.contains(&badge)), "{badge} in {path}: {page}");
                }
            }
        };
        let tell = async |kind: &str| {
            let (id, told) = (text(&booking["id"]), "event_id, gen_random_uuid(), id, booking_id");
            let insert = format!(
                "INSERT INTO payment_incidents (event_id, id, payment_id, booking_id, kind, reference, amount_minor, currency,
                                                reported_at)
                 SELECT {told}, '{kind}', 'dp_1', amount_minor, currency, now() FROM payments WHERE booking_id = '{id}'"
            );
            server.sql(&insert).await;
        };
        let warning = "has asked for this money back";
        badges(&[]).await;
        assert!(!page(&cancel).await.contains(warning));
        tell("dispute-opened").await;
        badges(&["Disputed"]).await;
        assert!(page(&cancel).await.contains(warning));
        tell("dispute-lost").await;
        tell("refund-failed").await;
        badges(&["Dispute lost", "Refund failed"]).await;
        assert!(page(&cancel).await.contains(warning));
        assert!(page(&at).await.contains("return it in another way, and note it here"));
        // Why a card was declined is said in words.
        let declined = server.book(&order(event, Uuid::new_v4(), &[("ga", 1)])).await.made();
        server.pay(&declined, DECLINED_CARD).await;
        let page = page(&format!("/en/admin/bookings/{}", text(&declined["id"]))).await;
        assert!(page.contains("Declined by the bank") && !page.contains("_decline"), "{page}");
    })
    .await;
}

#[tokio::test]
async fn what_another_organisation_runs_is_answered_like_what_there_is_not() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 50)]).await;
        let booking = paid(server, event, &[("ga", 1)], "Ana Duarte").await;
        server.sql("INSERT INTO organisations (id, public_id, name) VALUES (2, gen_random_uuid(), 'Others')").await;
        let stranger = Organiser::of(server, Some(OrganisationNo(2))).await;
        let id = text(&booking["id"]);
        for path in [
            format!("/events/{event}/report"),
            format!("/events/{event}/series?by=day"),
            format!("/events/{event}/exports/bookings.csv"),
            format!("/events/{event}/call-off"),
            format!("/bookings?event_id={event}"),
            format!("/bookings/{id}/history"),
        ] {
            assert_eq!(stranger.get(&path).await.problem(404), "not-found", "{path}");
        }
        for (path, body) in [
            (format!("/events/{event}/call-off"), json!({"name": "Nordlicht Quartet"})),
            (format!("/bookings/{id}/cancel"), json!({})),
            (format!("/bookings/{id}/notes"), json!({"text": "x"})),
        ] {
            assert_eq!(stranger.post(&path, &body).await.problem(404), "not-found", "{path}");
        }
        for clue in [id, text(&booking["payment"]["id"]), text(&booking["reference"]), "duarte"] {
            let found = stranger.read(&format!("/bookings?q={clue}")).await;
            assert_eq!(found["bookings"], json!([]), "{clue}");
        }
        assert_eq!(server.booking(&booking).await["status"], "confirmed");
        let own = Organiser::of(server, Some(OrganisationNo::FIRST)).await;
        assert_eq!(own.read("/bookings?q=duarte").await["bookings"][0]["id"], booking["id"]);
    })
    .await;
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one visit, step by step")]
async fn an_organiser_finds_a_booking_reads_its_life_notes_and_cancels_it_on_pages() {
    with_server(async |server| {
        let event = server
            .event(&[numbered("vip", 20, &[10]), general("ga", 50)])
            .await;
        let booking = paid(server, event, &[("vip", 2)], "Ana <b>Duarte</b>").await;
        let manager = server.organiser(Role::Manager, OrganisationNo::FIRST).await;
        let finance = server.organiser(Role::Finance, OrganisationNo::FIRST).await;
        Organiser::new(server).await.report(event, 1, 0).await;
        let page = async |path: &str| manager.get(server, path).await.text().await.unwrap();
        for by in ["day", "hour", "second"] {
            let dashboard = page(&format!("/admin/events/{event}?by={by}")).await;
            for part in ["$200", "<svg", "<rect", "call-off"] {
                assert!(dashboard.contains(part), "{by} {part}: {dashboard}");
            }
            assert!(!dashboard.contains("http-equiv=\"refresh\""));
        }
        assert!(
            page(&format!("/admin/events/{event}?live=1"))
                .await
                .contains("http-equiv=\"refresh\"")
        );
        let id = text(&booking["id"]);
        for path in [
            "/admin/bookings?q=duarte".to_owned(),
            format!("/admin/events/{event}/bookings?q=A-5"),
        ] {
            let found = page(&path).await;
            assert!(
                found.contains(id) && found.contains("Ana &#60;b&#62;"),
                "{path}: {found}"
            );
        }
        assert!(page("/admin/bookings?q=nobody").await.contains("nobody"));
        let path = format!("/admin/bookings/{id}");
        let wrong = manager
            .post(server, &format!("{path}/notes"), &[("text", "  ")])
            .await;
        assert_eq!(wrong.status(), 422);
        assert!(
            wrong
                .text()
                .await
                .unwrap()
                .contains("must be 1 to 2,000 characters")
        );
        let noted = manager
            .post(
                server,
                &format!("{path}/notes"),
                &[("text", "Rang about the lift")],
            )
            .await;
        assert_eq!(noted.status(), 303);
        assert!(
            page(&format!("{path}/cancel"))
                .await
                .contains("Cancel this booking?")
        );
        let cancelled = manager.post(server, &format!("{path}/cancel"), &[]).await;
        assert_eq!(
            cancelled.headers()["location"],
            format!("{path}?done=booking-cancelled")
        );
        let told = page(&format!("{path}?done=booking-cancelled")).await;
        for part in [
            "Rang about the lift",
            "Booking cancelled",
            "the booking is cancelled",
            "?access=",
        ] {
            assert!(
                told.to_lowercase().contains(&part.to_lowercase()),
                "{part}: {told}"
            );
        }
        // Finance reads, and is offered nothing to change.
        let read = finance.get(server, &path).await.text().await.unwrap();
        assert!(
            read.contains("Rang about the lift") && !read.contains("/notes"),
            "{read}"
        );
        let file = finance
            .get(
                server,
                &format!("/admin/events/{event}/exports/bookings.csv"),
            )
            .await;
        assert_eq!(file.status(), 200);
    })
    .await;
}

#[tokio::test]
async fn a_manager_calls_an_event_off_by_typing_its_name_and_sees_how_far_it_is() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 50)]).await;
        paid(server, event, &[("ga", 2)], "Ana").await;
        let manager = server.organiser(Role::Manager, OrganisationNo::FIRST).await;
        let path = format!("/admin/events/{event}/call-off");
        let wrong = manager.post(server, &path, &[("name", "Nordlicht")]).await;
        assert_eq!(wrong.status(), 422);
        let wrong = wrong.text().await.unwrap();
        assert!(
            wrong.contains("word for word") && wrong.contains("value=\"Nordlicht\""),
            "{wrong}"
        );
        let begun = manager
            .post(server, &path, &[("name", "Nordlicht Quartet")])
            .await;
        assert_eq!(
            begun.headers()["location"],
            format!("{path}?live=1&done=called-off")
        );
        server
            .until(
                "SELECT count(*) FROM call_offs WHERE finished_at IS NOT NULL",
                1,
            )
            .await;
        let done = manager.get(server, &path).await.text().await.unwrap();
        assert!(
            done.contains("all money is back") && done.contains("1 of 1"),
            "{done}"
        );
    })
    .await;
}
