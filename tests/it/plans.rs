//! The plans of the allocator's statements, and their errors when they affect too few rows.
//!
//! A plan must be a scan of the right index whatever the statistics are: tables that were never analysed,
//! statistics without the event, custom plans and generic plans.

use std::sync::Arc;
use std::time::Duration;

use boxoffice::allocator::statements::{self, GENERIC_PLANS};
use boxoffice::allocator::{Lanes, Outcome};
use boxoffice::config::AllocatorConfig;
use boxoffice::postgres::{Client, Db, NamedStatement};
use boxoffice::types::TierNo;
use uuid::Uuid;

use crate::lanes::{NoopListener, one_ticket, stock};
use crate::support::{Server, general, numbered, order, with_server};

/// Elements of each array: a full batch.
const BATCH: i64 = 256;

/// A value for a parameter, as SQL; arrays have [`BATCH`] elements.
fn argument(name: &str, event: i64) -> String {
    let array = |element: &str, of: &str| {
        format!("(SELECT array_agg({element}) FROM generate_series(1, {BATCH}) AS n)::{of}[]")
    };
    match name {
        "event_id" => event.to_string(),
        "first_tier" | "tier_no" if name == "first_tier" => "1".into(),
        "count" => BATCH.to_string(),
        "at_most" | "holds_max" => "500".into(),
        "currency" => "'USD'".into(),
        "created_at" | "expires_at" => "now()".into(),
        "buyer_ids" | "buyer_id" | "booking_ids" | "ids" | "id" => {
            array("gen_random_uuid()", "uuid")
        }
        "keys" | "idempotency_key" => array("n::text", "text"),
        "request_fingerprint" => array("'x'::bytea", "bytea"),
        "total_minor" | "unit_price_minor" | "reference" => array("n", "bigint"),
        "turn" => array("1", "int"),
        "confirmed_as" => array("CASE WHEN n % 2 = 0 THEN 'sale' END", "text"),
        "tiers" | "tier_no" | "stock_tier_no" => array("1", "smallint"),
        "first_seats" | "seats" | "all_seats" | "first_seat" => array("n", "int"),
        "quantity" => array("1", "int"),
        "quantities" | "bounds" => array("2", "bigint"),
        "named" | "is_added" => array("true", "boolean"),
        "codes" => array("1", "int"),
        "code_no" | "percent_bp" => array("1", "int"),
        "line_no" => array("1", "smallint"),
        "amount_minor" => array("n", "bigint"),
        "kind" => array("'tickets'::text", "text"),
        "name" => array("n::text", "text"),
        "ctids" => array("'(0,1)'::tid", "tid"),
        "booking_id" => array("gen_random_uuid()", "uuid"),
        name => panic!("no value for :{name}"),
    }
}

/// The arguments of one statement; `booking_id` and `tier_no` are arrays in some and values in others.
fn arguments(file: &str, statement: &NamedStatement, event: i64) -> String {
    let arguments = statement.names().iter().map(|&name| match (file, name) {
        (
            "set_item_seats.sql"
            | "stock_for_booking.sql"
            | "lock_held_tickets.sql"
            | "change_item.sql"
            | "remove_item.sql",
            "booking_id",
        ) => "gen_random_uuid()".into(),
        (
            "set_item_seats.sql"
            | "wait_for_tickets.sql"
            | "free_of_tier.sql"
            | "change_item.sql"
            | "remove_item.sql",
            "tier_no",
        ) => "1".into(),
        ("wait_for_tickets.sql", "first_seat" | "quantity") => "1".into(),
        ("change_item.sql", "quantity") => "1".into(),
        ("reissue_tickets.sql", "is_freed") => "true".into(),
        ("wait_for_tickets.sql", "last_seat") => i32::MAX.to_string(),
        (
            "make_tickets.sql" | "make_hall_tickets.sql" | "withdraw_tickets.sql",
            "tier_no" | "first_seat",
        ) => "1".into(),
        ("make_hall_tickets.sql", "first") => (10 * BATCH).to_string(),
        ("make_hall_tickets.sql", "rows" | "row_seats") => "'{1,1,2}'".into(),
        // None that there are.
        ("make_tickets.sql", "first" | "last") => (10 * BATCH).to_string(),
        ("make_tickets.sql", "seats_per_row") => "10".into(),
        (_, name) => argument(name, event),
    });
    arguments.collect::<Vec<_>>().join(", ")
}

/// The nodes of a plan that do not scan the intended index; of a distributed table, a node's part of it.
pub(crate) fn complaints(plan: &str) -> Vec<String> {
    let mut complaints = Vec::new();
    let lines: Vec<_> = plan.lines().chain([""]).collect();
    for (scan, condition) in lines.iter().zip(&lines[1..]) {
        let is = |table: &str| {
            let on = [" ", "_"].map(|behind| format!(" on {table}{behind}"));
            on.iter().any(|on| scan.contains(on)) || scan.ends_with(&format!(" on {table}"))
        };
        let keys: &[&str] = match () {
            () if scan.contains("Insert on") || scan.contains("Update on") => continue,
            // Free tickets of a tier are counted up to a bound.
            () if scan.contains("using tickets_free") => &["tier_no"],
            () if is("tickets") => &["seat_no"],
            () if is("bookings") => &["buyer_id", "expires_at", "(id =", "code_no"],
            () if is("booking_items") => &["booking_id"],
            () => continue,
        };
        let by_key =
            condition.contains("Index Cond") && keys.iter().any(|key| condition.contains(key));
        // LockRows and the like stand above the scan that counts.
        let is_scan = scan.contains("Scan");
        if is_scan && !by_key && !condition.contains("TID Cond") {
            complaints.push(format!("{} / {}", scan.trim(), condition.trim()));
        }
    }
    for bad in ["Hash Join", "Merge Join"] {
        if plan.contains(bad) {
            complaints.push(bad.into());
        }
    }
    complaints
}

async fn explain(client: &Client, event: i64, begin: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (file, plan) in plans(client, event, begin).await {
        for complaint in complaints(&plan) {
            found.push(format!("{file}: {complaint}\n{plan}"));
        }
    }
    found
}

/// The plan of every statement of the allocator, in a transaction that begins so, by the statement's file.
pub(crate) async fn plans(client: &Client, event: i64, begin: &str) -> Vec<(&'static str, String)> {
    let mut plans = Vec::new();
    for (file, statement) in statements::all() {
        let text = statement.text();
        let arguments = arguments(file, statement, event);
        // Arguments of EXECUTE may hold no subquery: they are computed first.
        let values = client
            .query_one(
                &format!(
                    "SELECT format('{}', {})",
                    vec!["%L"; statement.names().len()].join(", "),
                    arguments
                ),
                &[],
            )
            .await
            .unwrap();
        let values: String = values.get(0);
        client.batch_execute(begin).await.unwrap();
        client
            .batch_execute(&format!("PREPARE planned AS {text}"))
            .await
            .unwrap();
        let plan = client
            .query(&format!("EXPLAIN EXECUTE planned ({values})"), &[])
            .await
            .unwrap();
        client
            .batch_execute("ROLLBACK; DEALLOCATE planned")
            .await
            .unwrap();
        let plan: Vec<String> = plan.iter().map(|line| line.get(0)).collect();
        plans.push((file, plan.join("\n")));
    }
    plans
}

pub(crate) async fn event_no(server: &Server, event: Uuid) -> i64 {
    server
        .count(&format!(
            "SELECT event_id FROM events WHERE public_id = '{event}'"
        ))
        .await
}

const NO_AUTOVACUUM: &str = "ALTER TABLE tickets SET (autovacuum_enabled = false);
    ALTER TABLE bookings SET (autovacuum_enabled = false);
    ALTER TABLE booking_items SET (autovacuum_enabled = false)";

/// Every plan mode of a distributed or a plain database.
const MODES: [(&str, &str); 3] = [
    ("as a batch begins", GENERIC_PLANS),
    (
        "custom plans",
        "; SET LOCAL plan_cache_mode = force_custom_plan",
    ),
    (
        "generic plans",
        "; SET LOCAL plan_cache_mode = force_generic_plan",
    ),
];

async fn assert_planned_well(server: &Server, event: i64, state: &str) {
    let client = server.db.get().await.unwrap();
    for (mode, begin) in MODES {
        for cost in ["1.1", "4"] {
            let begin = format!("BEGIN{begin}; SET LOCAL random_page_cost = {cost}");
            let found = explain(&client, event, &begin).await;
            assert!(
                found.is_empty(),
                "{state}, {mode}, random_page_cost {cost}:\n{}",
                found.join("\n\n")
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_statement_is_planned_badly_on_tables_that_were_never_analysed() {
    with_server(async |server| {
        server.sql(NO_AUTOVACUUM).await;
        let event = server
            .event(&[general("ga", 50_000), numbered("hall", 5_000, &[10])])
            .await;
        let body = order(event, Uuid::new_v4(), &[("ga", 2), ("hall", 2)]);
        server.book(&body).await.made();
        let event = event_no(server, event).await;
        assert_planned_well(server, event, "never analysed").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_statement_is_planned_badly_for_an_event_that_the_statistics_do_not_know() {
    with_server(async |server| {
        server.sql(NO_AUTOVACUUM).await;
        let known = server.event(&[general("ga", 50_000)]).await;
        let known_no = event_no(server, known).await;
        server
            .sql(&format!(
                "INSERT INTO bookings (event_id, id, buyer_id, idempotency_key, request_fingerprint, status,
                                       total_minor, currency, created_at, expires_at)
                 SELECT {known_no}, gen_random_uuid(), gen_random_uuid(), n::text, 'x', 'pending', 0, 'USD', now(), now()
                 FROM generate_series(1, 20000) AS n;
                 INSERT INTO booking_items (event_id, booking_id, tier_no, quantity, unit_price_minor, seats)
                 SELECT event_id, id, 1, 1, 0, ARRAY[idempotency_key::int] FROM bookings;
                 UPDATE tickets AS t SET booking_id = b.id FROM bookings AS b WHERE b.idempotency_key::int = t.seat_no;
                 UPDATE bookings SET expires_at = now() + interval '1 hour', total_minor = 1000;
                 UPDATE booking_items SET unit_price_minor = 1000;
                 ANALYZE tickets, bookings, booking_items"
            ))
            .await;
        let event = server
            .event(&[general("ga", 50_000), numbered("hall", 5_000, &[10])])
            .await;
        let event = event_no(server, event).await;
        assert_planned_well(server, event, "unknown to the statistics").await;
    })
    .await;
}

/// For tables that were analysed when they were empty all indexes have the same estimated cost.
#[tokio::test(flavor = "multi_thread")]
async fn plans_that_are_kept_do_not_outlive_the_size_that_they_were_made_for() {
    with_server(async |server| {
        server.sql(NO_AUTOVACUUM).await;
        server.sql("ANALYZE").await;
        let event = server
            .event(&[general("ga", 1_000), numbered("hall", 1_000, &[10])])
            .await;
        let db = Db::new(server.database_url(), 1).unwrap();
        let lanes = Lanes::new(
            db.clone(),
            AllocatorConfig::default(),
            Duration::from_secs(300),
            Arc::new(NoopListener),
        );
        let stock = stock(server, event).await;
        for _ in 0..300 {
            let (place, mut seat) = (one_ticket(), one_ticket());
            (seat.items[0].tier, seat.items[0].stock) = (TierNo(2), TierNo(2));
            let booked = tokio::join!(lanes.book(&stock, place), lanes.book(&stock, seat));
            assert!(matches!(booked, (Outcome::Booked(_), Outcome::Booked(_))));
        }
        let client = db.get().await.unwrap();
        let prepared = "SELECT name, statement, cardinality(parameter_types) AS parameters, custom_plans
                        FROM pg_prepared_statements WHERE statement ~ '^-- .*(tickets|bookings|items|sale)'";
        let prepared = client.query(prepared, &[]).await.unwrap();
        assert_eq!(prepared.len(), 10);
        client.begin("", GENERIC_PLANS).await.unwrap();
        for row in prepared {
            let (name, statement): (&str, &str) = (row.get("name"), row.get("statement"));
            assert_eq!(row.get::<_, i64>("custom_plans"), 0, "{statement}");
            let nulls = vec!["NULL"; row.get::<_, i32>("parameters") as usize].join(", ");
            let plan = client
                .query(&format!("EXPLAIN EXECUTE \"{name}\" ({nulls})"), &[])
                .await
                .unwrap();
            let plan: Vec<String> = plan.iter().map(|line| line.get(0)).collect();
            let found = complaints(&plan.join("\n"));
            assert!(found.is_empty(), "{statement}\n{found:?}\n{}", plan.join("\n"));
        }
        client.batch_execute("ROLLBACK").await.unwrap();
    })
    .await;
}

/// COMMIT is sent before the results are read, so a statement that affects too few rows must fail, with a
/// message that says why.
#[tokio::test]
async fn tickets_that_are_not_there_to_take_make_the_statement_fail_in_words() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 10)]).await;
        let event = event_no(server, event).await;
        let client = server.db.get().await.unwrap();
        let (_, take_tickets) = statements::all()
            .into_iter()
            .find(|(file, _)| *file == "take_tickets.sql")
            .unwrap();
        let id = Uuid::new_v4();
        let take = async |ctid: &str, seat: i32, first_tier: i16| {
            let arguments = take_tickets.names().iter().map(|&name| match name {
                "event_id" => event.to_string(),
                "first_tier" => first_tier.to_string(),
                "count" => "1".into(),
                "tiers" => "'{1}'".into(),
                "seats" => format!("'{{{seat}}}'"),
                "ctids" => format!("'{{\"{ctid}\"}}'"),
                "booking_ids" => format!("'{{{id}}}'"),
                name => panic!("no value for :{name}"),
            });
            let arguments = arguments.collect::<Vec<_>>().join(", ");
            let text = take_tickets.text();
            let run =
                format!("BEGIN; PREPARE take AS {text}; EXECUTE take ({arguments}); ROLLBACK");
            let result = client.batch_execute(&run).await;
            client
                .batch_execute("ROLLBACK; DEALLOCATE ALL")
                .await
                .unwrap();
            result.err().map(|error| error.to_string())
        };
        let ctid = async |seat: i32| {
            server
                .text(&format!(
                    "SELECT ctid::text FROM tickets WHERE seat_no = {seat}"
                ))
                .await
        };
        let too_few = "tickets taken: 0, wanted 1; tiers found: 1, wanted 1";
        let first = ctid(1).await;
        for (what, (ctid, seat)) in [
            ("another ticket", (first.as_str(), 2)),
            ("no ticket", ("(9999,1)", 1)),
        ] {
            let said = take(ctid, seat, 1).await.unwrap();
            assert!(said.contains(too_few), "{what}: {said}");
        }
        server
            .sql("UPDATE tickets SET booking_id = md5('nobody')::uuid WHERE seat_no = 1")
            .await;
        let said = take(&ctid(1).await, 1, 1).await.unwrap();
        assert!(said.contains(too_few), "not free: {said}");
        server
            .sql("UPDATE tickets SET booking_id = NULL WHERE seat_no = 1")
            .await;
        let free = ctid(1).await;
        let said = take(&free, 1, 9).await.unwrap();
        assert!(
            said.contains("tickets taken: 1, wanted 1; tiers found: 0, wanted 1"),
            "{said}"
        );
        assert_eq!(take(&free, 1, 1).await, None);
    })
    .await;
}
