//! An event is planned on pages: from an empty form to tickets that are sold.

use boxoffice::access::organiser::Role;
use boxoffice::types::OrganisationNo;
use reqwest::StatusCode;
use uuid::Uuid;

use crate::support::organiser::Organiser;
use crate::support::{FREE, Server, order, with_server};

const EVENT: [(&str, &str); 10] = [
    ("name", "Velvet Almanac"),
    ("starts", "2036-06-01T20:00"),
    ("venue", "Sala do Cais"),
    ("city", "Lisbon"),
    ("country", "pt"),
    ("zone", "Europe/Lisbon"),
    ("currency", "eur"),
    ("per-booking", "10"),
    ("contact", "optional"),
    ("genre", "concert"),
];

/// Sends a form that is right, and follows to what it made.
async fn done(
    organiser: &Organiser,
    server: &Server,
    path: &str,
    fields: &[(&str, &str)],
) -> String {
    let answer = organiser.post(server, path, fields).await;
    let status = answer.status();
    let location = answer
        .headers()
        .get("location")
        .map(|it| it.to_str().unwrap().to_owned());
    assert_eq!(
        status,
        StatusCode::SEE_OTHER,
        "{path}: {}",
        answer.text().await.unwrap()
    );
    location.unwrap()
}

/// Sends a form that is wrong. The page.
async fn refused(
    organiser: &Organiser,
    server: &Server,
    path: &str,
    fields: &[(&str, &str)],
) -> String {
    let answer = organiser.post(server, path, fields).await;
    assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{path}");
    answer.text().await.unwrap()
}

#[tokio::test]
async fn an_event_is_written_published_sold_and_enlarged_on_pages() {
    with_server(async |server| {
        let manager = server.organiser(Role::Manager, OrganisationNo::FIRST).await;
        let mut wrong = EVENT;
        wrong[1].1 = "2020-06-01T20:00";
        wrong[5].1 = "Mars/Olympus";
        let page = refused(&manager, server, "/admin/events/new", &wrong).await;
        assert!(
            page.contains("id=\"starts-problem\"") && page.contains("id=\"zone-problem\""),
            "{page}"
        );
        assert!(
            page.contains("value=\"Velvet Almanac\""),
            "what was typed stays"
        );

        let edit = done(&manager, server, "/admin/events/new", &EVENT).await;
        let event = edit.split_once("/edit").unwrap().0.to_owned();
        let id: Uuid = event.rsplit_once('/').unwrap().1.parse().unwrap();
        assert_eq!(manager.get(server, &edit).await.status(), StatusCode::OK);
        let nothing = refused(&manager, server, &format!("{event}/publish"), &[]).await;
        assert!(nothing.contains("tiers must have 1 to 100 entries"));
        let tiers = format!("{event}/tiers");
        let tier = [
            ("tier", "ga"),
            ("name", "General"),
            ("price", "25.505"),
            ("capacity", "2"),
        ];
        let page = refused(&manager, server, &tiers, &tier).await;
        assert!(page.contains("id=\"new-tier-price-problem\""), "{page}");
        let tier = [
            ("tier", "ga"),
            ("name", "General"),
            ("price", "25.50"),
            ("capacity", "2"),
        ];
        done(&manager, server, &tiers, &tier).await;
        let preview = manager.get(server, &format!("{event}/preview")).await;
        let preview = preview.text().await.unwrap();
        assert!(
            preview.contains("Velvet Almanac") && preview.contains("25.50"),
            "{preview}"
        );
        let published = done(&manager, server, &format!("{event}/publish"), &[]).await;
        let after = manager.get(server, &published).await;
        assert!(
            after.headers()["location"]
                .to_str()
                .unwrap()
                .contains("done=event-published")
        );
        server
            .book(&order(id, Uuid::new_v4(), &[("ga", 2)]))
            .await
            .made();
        enlarge(server, &manager, id, &format!("{tiers}/ga")).await;
    })
    .await;
}

/// Of a tier of two tickets, both sold, that is at version 3.
async fn enlarge(server: &Server, manager: &Organiser, id: Uuid, tier: &str) {
    // Two who have read version 3: the second is told what the first has changed.
    let of_tier = |version: &'static str, capacity: &'static str| {
        [
            ("version", version),
            ("name", "General"),
            ("price", "25.50"),
            ("capacity", capacity),
            ("was-capacity", "2"),
        ]
    };
    done(manager, server, tier, &of_tier("3", "6")).await;
    assert_eq!(server.count(FREE).await, 4);
    let page = refused(manager, server, tier, &of_tier("3", "5")).await;
    assert!(page.contains("Changed meanwhile to: 6"), "{page}");
    let page = refused(manager, server, tier, &of_tier("4", "1")).await;
    assert!(
        page.contains("Of 5 tickets to take out of sale 4 are free"),
        "{page}"
    );
    server
        .book(&order(id, Uuid::new_v4(), &[("ga", 4)]))
        .await
        .made();
}
