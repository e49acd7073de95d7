//! The schema follows the rules that let it be distributed by event.

use boxoffice::postgres::Db;

use crate::support::empty_database;

/// The tables of the booking path.
const BOOKING_PATH: &str =
    "('tiers'), ('tickets'), ('bookings'), ('booking_items'), ('booking_lines'), ('payments'),
     ('webhook_events')";

async fn migrated() -> Db {
    let db = Db::new(&empty_database().await, 4).unwrap();
    db.migrate().await.unwrap();
    db
}

/// The first column of each row.
async fn names(db: &Db, query: &str) -> Vec<String> {
    let rows = db
        .get()
        .await
        .unwrap()
        .query(query, &[])
        .await
        .expect(query);
    rows.iter().map(|row| row.get(0)).collect()
}

#[tokio::test]
async fn migrations_apply_to_an_empty_database_once_however_many_servers_start() {
    let url = empty_database().await;
    let servers =
        futures::future::join_all((0..4).map(async |_| Db::new(&url, 4).unwrap().migrate().await))
            .await;
    for migrated in servers {
        migrated.unwrap();
    }
    let db = Db::new(&url, 4).unwrap();
    let applied = names(
        &db,
        "SELECT name FROM refinery_schema_history ORDER BY version",
    )
    .await;
    assert_eq!(applied.first().map(String::as_str), Some("create_catalog"));
    db.migrate().await.unwrap();
    assert_eq!(
        names(
            &db,
            "SELECT name FROM refinery_schema_history ORDER BY version"
        )
        .await,
        applied
    );
}

#[tokio::test]
async fn every_key_of_the_booking_path_holds_event_id_and_starts_with_it_unless_it_is_an_id() {
    let db = migrated().await;
    let keys = format!(
        "SELECT format('%s.%s', t.name, i.relname)
         FROM (VALUES {BOOKING_PATH}) AS t (name)
         JOIN pg_index x ON x.indrelid = t.name::regclass AND x.indisunique
         JOIN pg_class i ON i.oid = x.indexrelid
         JOIN pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = x.indkey[0]"
    );
    let all = names(&db, &keys).await;
    assert!(all.len() >= 9, "{all:?}");
    let mut by_id = names(&db, &format!("{keys} WHERE a.attname <> 'event_id'")).await;
    by_id.sort_unstable();
    assert_eq!(by_id, ["bookings.bookings_pkey", "payments.payments_pkey"]);
    let without = "WHERE NOT EXISTS (SELECT FROM pg_attribute e WHERE e.attrelid = x.indrelid
                                      AND e.attname = 'event_id' AND e.attnum = ANY (x.indkey::int2[]))";
    assert_eq!(names(&db, &format!("{keys} {without}")).await, [""; 0]);
    let foreign_keys = format!(
        "SELECT c.conname
         FROM (VALUES {BOOKING_PATH}) AS t (name)
         JOIN pg_constraint c ON c.conrelid = t.name::regclass AND c.contype = 'f'
         JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]"
    );
    assert!(!names(&db, &foreign_keys).await.is_empty());
    assert_eq!(
        names(
            &db,
            &format!("{foreign_keys} WHERE a.attname <> 'event_id'")
        )
        .await,
        [""; 0]
    );
}

#[tokio::test]
async fn the_booking_path_has_no_triggers_of_ours_and_makes_no_ids() {
    let db = migrated().await;
    let triggers = format!(
        "SELECT g.tgname FROM (VALUES {BOOKING_PATH}) AS t (name)
         JOIN pg_trigger g ON g.tgrelid = t.name::regclass AND NOT g.tgisinternal"
    );
    assert_eq!(names(&db, &triggers).await, [""; 0]);
    let defaults = format!(
        "SELECT format('%s.%s', t.name, a.attname) FROM (VALUES {BOOKING_PATH}) AS t (name)
         JOIN pg_attribute a ON a.attrelid = t.name::regclass AND (a.atthasdef OR a.attidentity <> '')"
    );
    let found = names(&db, &defaults).await;
    assert_eq!(
        found,
        [
            "tiers.position",
            "tiers.issue_from",
            "tiers.hidden",
            "tickets.issue",
            "bookings.kind",
            "payments.method",
            "payments.provider"
        ]
    );
    let constants = "SELECT DISTINCT column_default FROM information_schema.columns
        WHERE (table_name, column_name) IN (('tickets', 'issue'), ('tiers', 'position'), ('tiers', 'issue_from'))";
    assert_eq!(names(&db, constants).await, ["0"]);
}

#[tokio::test]
async fn every_constraint_has_a_name_that_tells_its_table() {
    let db = migrated().await;
    let strangers = "SELECT format('%s on %s', c.conname, t.relname)
        FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
        WHERE t.relnamespace = 'public'::regnamespace AND t.relname <> 'refinery_schema_history'
          AND (c.conname NOT LIKE t.relname || '\\_%' OR c.conname ~ '[0-9]$')";
    assert_eq!(names(&db, strangers).await, [""; 0]);
}

#[tokio::test]
async fn no_index_makes_the_sale_of_a_ticket_touch_it() {
    let db = migrated().await;
    let indexed = "SELECT i.relname FROM pg_index x
        JOIN pg_class i ON i.oid = x.indexrelid
        JOIN pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = ANY (x.indkey::int2[])
        WHERE x.indrelid = 'tickets'::regclass AND a.attname = 'booking_id'";
    assert_eq!(names(&db, indexed).await, [""; 0]);
}

#[tokio::test]
async fn tables_that_a_sale_writes_are_vacuumed_early_whatever_the_database_is_set_to() {
    let db = migrated().await;
    let late = "SELECT t.name
        FROM unnest('{tickets,bookings,booking_items,payments,webhook_events,gateway_charges,gateway_refunds,
                      gateway_deliveries}'::text[]) AS t (name)
        LEFT JOIN LATERAL (
            SELECT option_value::float8 AS factor
            FROM pg_class AS c, pg_options_to_table(c.reloptions)
            WHERE c.oid = t.name::regclass AND option_name = 'autovacuum_vacuum_scale_factor'
        ) AS o ON true
        WHERE (o.factor <= 0.05) IS NOT TRUE";
    assert_eq!(names(&db, late).await, [""; 0]);
}
