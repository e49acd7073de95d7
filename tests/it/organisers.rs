//! The organiser's side: signing in, sessions, members, several organisations, and who is answered what.

use std::collections::BTreeSet;
use std::io::Write;
use std::process::{Output, Stdio};
use std::time::Duration;

use boxoffice::access::api_token::{self, NewToken, Scope};
use boxoffice::access::organiser::invitation;
use boxoffice::access::organiser::{Role, Totp};
use boxoffice::audit::{self, Actor, Of};
use boxoffice::types::{OrganisationNo, OrganiserId};
use futures::future::join;
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::commands::{boxoffice, command, stderr, stdout};
use crate::support::organiser::{Organiser, PASSWORD, cookie_of};
use crate::support::{Server, fresh_key, general, order, text, with_server, with_settings};

const FIRST: OrganisationNo = OrganisationNo::FIRST;

/// Everyone there is, in the order of a [`ROUTES`] row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    Nobody,
    Owner,
    Manager,
    Finance,
    Scanner,
    /// An owner of another organisation.
    Foreign,
}

const EVERYONE: [Who; 6] = [
    Who::Nobody,
    Who::Owner,
    Who::Manager,
    Who::Finance,
    Who::Scanner,
    Who::Foreign,
];

/// Method, path, and the statuses that everyone gets.
type Route = (&'static str, &'static str, [u16; 6]);

#[rustfmt::skip]
const ROUTES: &[Route] = &[
    //                                                      nobody owner manager finance scanner foreign
    ("GET", "/admin",                                       [303, 200, 200, 200, 303, 200]),
    ("GET", "/admin/sign-in",                               [200, 303, 303, 303, 303, 303]),
    ("POST", "/admin/sign-in",                              [422, 422, 422, 422, 422, 422]),
    ("GET", "/admin/sign-in/code",                          [303, 303, 303, 303, 303, 303]),
    ("POST", "/admin/sign-in/code",                         [303, 303, 303, 303, 303, 303]),
    ("GET", "/admin/invitations/{code}",                    [404, 404, 404, 404, 404, 404]),
    ("POST", "/admin/invitations/{code}",                   [404, 404, 404, 404, 404, 404]),
    ("GET", "/admin/organisations",                         [303, 200, 200, 200, 200, 200]),
    ("POST", "/admin/organisations",                        [303, 404, 404, 404, 404, 404]),
    ("GET", "/admin/account",                               [303, 200, 200, 200, 200, 200]),
    ("POST", "/admin/account/password",                     [303, 422, 422, 422, 422, 422]),
    ("GET", "/admin/account/second-factor",                 [303, 200, 200, 200, 200, 200]),
    ("POST", "/admin/account/second-factor",                [303, 422, 422, 422, 422, 422]),
    ("POST", "/admin/account/second-factor/off",            [303, 422, 422, 422, 422, 422]),
    ("POST", "/admin/account/recovery-codes",               [303, 422, 422, 422, 422, 422]),
    ("POST", "/admin/account/sessions/{session}/end",       [303, 404, 404, 404, 404, 404]),
    ("GET", "/admin/members",                               [303, 200, 403, 403, 403, 200]),
    ("POST", "/admin/members",                              [303, 422, 403, 403, 403, 422]),
    ("POST", "/admin/members/{organiser}/role",             [303, 409, 403, 403, 403, 404]),
    ("POST", "/admin/members/{organiser}/remove",           [303, 409, 403, 403, 403, 404]),
    ("POST", "/admin/invitations/{invitation}/withdraw",    [303, 303, 403, 403, 403, 404]),
    ("GET", "/admin/tokens",                                [303, 200, 403, 403, 403, 200]),
    ("POST", "/admin/tokens",                               [303, 422, 403, 403, 403, 422]),
    ("POST", "/admin/tokens/{token}/revoke",                [303, 303, 403, 403, 403, 404]),
    ("GET", "/admin/audit",                                 [303, 200, 200, 200, 403, 200]),
    ("GET", "/admin/events/{event}/audit",                  [303, 200, 200, 200, 403, 404]),
    ("GET", "/admin/events/{event}",                        [303, 200, 200, 200, 403, 404]),
    ("GET", "/admin/events/{event}/exports/{file}",         [303, 404, 404, 404, 403, 404]),
    ("GET", "/admin/events/{event}/bookings",               [303, 200, 200, 200, 403, 404]),
    ("GET", "/admin/events/{event}/call-off",               [303, 200, 200, 200, 403, 404]),
    ("POST", "/admin/events/{event}/call-off",              [303, 422, 422, 403, 403, 404]),
    ("GET", "/admin/events/{event}/blocks",                 [303, 200, 200, 200, 403, 404]),
    ("POST", "/admin/events/{event}/blocks",                [303, 422, 422, 403, 403, 404]),
    ("POST", "/admin/events/{event}/blocks/{booking}",      [303, 422, 422, 403, 403, 404]),
    ("GET", "/admin/events/{event}/guests",                 [303, 200, 200, 403, 403, 404]),
    ("POST", "/admin/events/{event}/guests",                [303, 422, 422, 403, 403, 404]),
    ("GET", "/admin/events/{event}/box-office",             [303, 200, 200, 403, 403, 404]),
    ("POST", "/admin/events/{event}/box-office",            [303, 422, 422, 403, 403, 404]),
    ("GET", "/admin/events/{event}/hand-refunds",           [303, 200, 200, 200, 403, 404]),
    ("POST", "/admin/events/{event}/hand-refunds",          [303, 404, 404, 403, 403, 404]),
    ("GET", "/admin/bookings",                              [303, 200, 200, 200, 403, 200]),
    ("GET", "/admin/bookings/{booking}",                    [303, 200, 200, 200, 403, 404]),
    ("POST", "/admin/bookings/{booking}/notes",             [303, 422, 422, 403, 403, 404]),
    ("GET", "/admin/bookings/{booking}/cancel",             [303, 200, 200, 403, 403, 404]),
    ("POST", "/admin/bookings/{booking}/cancel",            [303, 303, 303, 403, 403, 404]),
    ("GET", "/admin/bookings/{booking}/return",             [303, 409, 409, 403, 403, 404]),
    ("POST", "/admin/bookings/{booking}/return",            [303, 422, 422, 403, 403, 404]),
    ("GET", "/admin/bookings/{booking}/exchange",           [303, 409, 409, 403, 403, 404]),
    ("POST", "/admin/bookings/{booking}/exchange",          [303, 422, 422, 403, 403, 404]),
    ("GET", "/admin/bookings/{booking}/hand-over",          [303, 409, 409, 403, 403, 404]),
    ("POST", "/admin/bookings/{booking}/hand-over",         [303, 422, 422, 403, 403, 404]),
    ("GET", "/scan",                                        [303, 200, 200, 403, 200, 200]),
    ("GET", "/scan/{event}",                                [303, 200, 200, 403, 200, 404]),
    ("POST", "/scan/{event}",                               [303, 404, 404, 403, 404, 404]),
    ("POST", "/scan/{event}/gates",                         [303, 422, 422, 403, 403, 404]),
    ("GET", "/scan/{event}/doors",                          [303, 200, 200, 403, 403, 404]),
    ("POST", "/scan/{event}/lists",                         [303, 422, 422, 403, 403, 404]),
    ("POST", "/scan/{event}/lists/{list_id}",               [303, 404, 404, 403, 403, 404]),
    ("POST", "/scan/{event}/lists/{list_id}/close",         [303, 404, 404, 403, 403, 404]),
    ("POST", "/scan/{event}/gates/{gate_id}",               [303, 404, 404, 403, 403, 404]),
    ("POST", "/scan/{event}/gates/{gate_id}/close",         [303, 404, 404, 403, 403, 404]),
    ("POST", "/scan/{event}/scans",                         [303, 415, 415, 403, 415, 404]),
    ("POST", "/scan/{event}/scans/{scan_id}/undo",          [303, 404, 404, 403, 404, 404]),
    ("GET", "/scan/{event}/list",                           [303, 422, 422, 403, 422, 404]),
    ("GET", "/scan/{event}/search",                         [303, 422, 422, 403, 422, 404]),
    ("GET", "/scan/{event}/counts",                         [303, 200, 200, 403, 200, 404]),
    ("GET", "/admin/events/new",                            [303, 200, 200, 403, 403, 200]),
    ("POST", "/admin/events/new",                           [303, 422, 422, 403, 403, 422]),
    ("GET", "/admin/events/{event}/edit",                   [303, 200, 200, 403, 403, 404]),
    ("POST", "/admin/events/{event}/edit",                  [303, 422, 422, 403, 403, 404]),
    ("GET", "/admin/events/{event}/questions",              [303, 200, 200, 403, 403, 404]),
    ("POST", "/admin/events/{event}/questions",             [303, 422, 422, 403, 403, 404]),
    ("GET", "/admin/events/{event}/languages",              [303, 200, 200, 403, 403, 404]),
    ("POST", "/admin/events/{event}/languages/{language}",  [303, 404, 404, 403, 403, 404]),
    ("GET", "/admin/events/{event}/move",                   [303, 200, 200, 200, 403, 404]),
    ("POST", "/admin/events/{event}/move",                  [303, 422, 422, 403, 403, 404]),
    ("GET", "/admin/events/{event}/preview",                [303, 200, 200, 200, 403, 404]),
    ("GET", "/admin/events/{event}/publish",                [303, 303, 303, 403, 403, 404]),
    ("POST", "/admin/events/{event}/publish",               [303, 303, 303, 403, 403, 404]),
    ("POST", "/admin/events/{event}/duplicate",             [303, 422, 422, 403, 403, 404]),
    ("POST", "/admin/events/{event}/delete",                [303, 409, 409, 403, 403, 404]),
    ("POST", "/admin/events/{event}/picture",               [303, 415, 415, 403, 403, 404]),
    ("GET", "/admin/events/{event}/prices",                 [303, 200, 200, 403, 403, 404]),
    ("POST", "/admin/events/{event}/prices/taxes",          [303, 422, 422, 403, 403, 404]),
    ("POST", "/admin/events/{event}/prices/fees",           [303, 422, 422, 403, 403, 404]),
    ("POST", "/admin/events/{event}/prices/codes",          [303, 422, 422, 403, 403, 404]),
    ("POST", "/admin/events/{event}/tiers",                 [303, 422, 422, 403, 403, 404]),
    ("POST", "/admin/events/{event}/tiers/{tier}",          [303, 422, 422, 403, 403, 404]),
    ("POST", "/admin/events/{event}/tiers/{tier}/remove",   [303, 409, 409, 403, 403, 404]),
    ("POST", "/admin/events/{event}/tiers/{tier}/unseat",   [303, 409, 409, 403, 403, 404]),
    ("GET", "/admin/events/{event}/hall",                   [303, 200, 200, 403, 403, 404]),
    ("POST", "/admin/events/{event}/hall",                  [303, 404, 404, 403, 403, 404]),
    ("GET", "/admin/halls",                                 [303, 200, 200, 403, 403, 200]),
    ("POST", "/admin/halls",                                [303, 422, 422, 403, 403, 422]),
    ("POST", "/admin/halls/import",                         [303, 415, 415, 403, 403, 415]),
    ("GET", "/admin/halls/{hall}",                          [303, 200, 200, 403, 403, 404]),
    ("POST", "/admin/halls/{hall}",                         [303, 422, 422, 403, 403, 404]),
    ("GET", "/admin/halls/{hall}/export",                   [303, 200, 200, 200, 403, 404]),
    ("POST", "/admin/halls/{hall}/delete",                  [303, 303, 303, 403, 403, 404]),
    ("POST", "/admin/sign-out",                             [303, 303, 303, 303, 303, 303]),
];

/// What the paths of the table name.
struct World {
    event: Uuid,
    booking: String,
    owner: OrganiserId,
    people: Vec<(Who, String)>,
}

impl World {
    async fn of(server: &Server) -> Self {
        let other = server.organisation("Other").await;
        let event = server.event(&[general("ga", 10)]).await;
        let mut people = vec![(Who::Nobody, String::new())];
        let mut owner = None;
        for (who, role, organisation) in [
            (Who::Owner, Role::Owner, FIRST),
            (Who::Manager, Role::Manager, FIRST),
            (Who::Finance, Role::Finance, FIRST),
            (Who::Scanner, Role::Scanner, FIRST),
            (Who::Foreign, Role::Owner, other),
        ] {
            let made = server.organiser(role, organisation).await;
            owner.get_or_insert(made.id);
            people.push((who, made.cookie));
        }
        let booking = server
            .book(&order(event, Uuid::new_v4(), &[("ga", 1)]))
            .await;
        Self {
            event,
            booking: text(&booking.made()["id"]).to_owned(),
            owner: owner.expect("an owner"),
            people,
        }
    }

    fn cookie(&self, who: Who) -> &str {
        let found = self.people.iter().find(|(one, _)| *one == who);
        &found.expect("everyone").1
    }

    async fn ask(&self, server: &Server, who: Who, (method, path, _): &Route) -> Response {
        let mut path = path
            .replace("{event}", &self.event.to_string())
            .replace("{booking}", &self.booking)
            .replace("{file}", "nothing.csv")
            .replace("{organiser}", &self.owner.to_string())
            .replace("{session}", &Uuid::new_v4().to_string())
            .replace("{tier}", "ga")
            .replace("{code}", "bxi_nothing");
        if path.contains("{invitation}") {
            let by = Actor::operator("tests");
            let email = format!("{}@example.org", Uuid::new_v4());
            let made = invitation::invite(&server.db, &by, FIRST, &email, Role::Manager);
            made.await.unwrap();
            let open = invitation::open(&server.db, FIRST).await.unwrap();
            path = path.replace("{invitation}", &open[0].id.to_string());
        }
        if path.contains("{hall}") {
            let by = Actor {
                organisation: Some(FIRST),
                ..Actor::operator("tests")
            };
            let details = serde_json::json!({"name": Uuid::new_v4().to_string(),
                "layout": {"sections": [{"name": "Stalls", "rows": [{"row": "A", "seats": "3"}]}]}});
            let details = serde_json::from_value(details).unwrap();
            let made = boxoffice::catalog::organise::halls::create(&server.db, &by, &details).await;
            path = path.replace("{hall}", &made.unwrap().to_string());
        }
        if path.contains("{token}") {
            let client = server.db.get().await.unwrap();
            let new = NewToken {
                name: "till",
                scopes: &[Scope::CheckIn],
                expires_in: Duration::from_secs(60),
                organisation: Some(FIRST),
            };
            let (made, _) = api_token::create_for(&client, &new).await.unwrap();
            path = path.replace("{token}", &made.id.to_string());
        }
        let cookie = self.cookie(who);
        if *method == Method::GET.as_str() {
            return server.page_as(cookie, &path).await;
        }
        server
            .send_form(&path, cookie, &[("role", "scanner")])
            .await
    }
}

#[tokio::test]
async fn each_page_of_organisers_answers_each_role_as_the_table_says() {
    with_server(async |server| {
        let world = World::of(server).await;
        let mut wrong = Vec::new();
        for route in ROUTES {
            for (who, expected) in EVERYONE.into_iter().zip(route.2) {
                let answer = world.ask(server, who, route).await;
                let status = answer.status().as_u16();
                let header = |name: &str| {
                    let value = answer.headers().get(name);
                    value.map_or("", |value| value.to_str().unwrap()).to_owned()
                };
                if status != expected {
                    wrong.push(format!(
                        "{} {} as {who:?}: {status}, not {expected}",
                        route.0, route.1
                    ));
                }
                if header("cache-control") != "no-store" {
                    wrong.push(format!("{} {} as {who:?} may be stored", route.0, route.1));
                }
                // Nobody is answered by anything but a way to sign in.
                let is_open = route.1.contains("sign-") || route.1.contains("{code}");
                let leads_to_sign_in = header("location").starts_with("/admin/sign-in");
                if who == Who::Nobody && !is_open && !leads_to_sign_in {
                    wrong.push(format!("{} {} lets nobody in", route.0, route.1));
                }
                if who != Who::Nobody && !is_open && leads_to_sign_in {
                    wrong.push(format!(
                        "{} {} as {who:?} asks to sign in",
                        route.0, route.1
                    ));
                }
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    })
    .await;
}

#[test]
fn no_page_of_organisers_is_missing_from_the_table() {
    let pages = include_str!("../../src/web/routes/admin.rs");
    let mut served = BTreeSet::new();
    for resource in pages.split("at(").skip(1) {
        let path = resource.split('"').nth(1).expect("a path");
        let resource = resource.split(".service(").next().expect("a resource");
        for (method, call) in [("GET", "get()"), ("POST", "post()")] {
            if resource.contains(call) {
                served.insert(format!("{method} {path}"));
            }
        }
    }
    let tested: BTreeSet<_> = ROUTES
        .iter()
        .map(|(method, path, _)| format!("{method} {path}"))
        .collect();
    assert_eq!(served, tested);
}

#[tokio::test]
async fn a_form_that_another_site_sends_changes_nothing_for_organisers() {
    with_server(async |server| {
        let world = World::of(server).await;
        let cookie = world.cookie(Who::Owner).to_owned();
        for (_, path, _) in ROUTES.iter().filter(|(method, ..)| *method == "POST") {
            let request = server.client.post(format!("{}{path}", server.url));
            let request = request.header("Cookie", &cookie);
            let request = request.header("Origin", "https://other.example");
            let answer = request.form(&[("role", "scanner")]).send().await.unwrap();
            assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{path}");
        }
        let page = server.page_as(&cookie, "/admin/account").await;
        assert_eq!(page.status(), StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn the_first_link_makes_an_owner_and_no_second_one() {
    with_server(async |server| {
        let code = invitation::first(&server.db, FIRST).await.unwrap().unwrap();
        let other = invitation::first(&server.db, FIRST).await.unwrap().unwrap();
        let path = format!("/admin/invitations/{code}");
        assert_eq!(server.get(&path).await.status(), StatusCode::OK);
        let fields = |email| [("name", "Ana"), ("email", email), ("password", PASSWORD)];
        let weak = [
            ("name", "Ana"),
            ("email", "ana@example.org"),
            ("password", "shrt-pw-9"),
        ];
        let refused = server.send_form(&path, "", &weak).await;
        assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
        let text = refused.text().await.unwrap();
        assert!(text.contains("at least 12 characters") && text.contains("ana@example.org"));
        assert!(!text.contains("shrt-pw-9"), "a password is not shown again");

        let joined = server
            .send_form(&path, "", &fields("ana@example.org"))
            .await;
        assert_eq!(joined.status(), StatusCode::SEE_OTHER);
        let cookie = cookie_of(&joined);
        let members = server.page_as(&cookie, "/admin/members").await;
        assert!(members.text().await.unwrap().contains("ana@example.org"));

        for code in [code, other] {
            let path = format!("/admin/invitations/{code}");
            let again = server
                .send_form(&path, "", &fields("eve@example.org"))
                .await;
            assert_eq!(again.status(), StatusCode::NOT_FOUND);
        }
        assert!(
            invitation::first(&server.db, FIRST)
                .await
                .unwrap()
                .is_none()
        );
        assert_eq!(server.count("SELECT count(*) FROM organisers").await, 1);
    })
    .await;
}

#[tokio::test]
async fn of_two_who_use_one_invitation_at_the_same_moment_one_is_let_in() {
    with_server(async |server| {
        let by = Actor::operator("tests");
        for purpose in ["first", "join"] {
            let code = match purpose {
                "first" => invitation::first(&server.db, FIRST).await.unwrap().unwrap(),
                _ => invitation::invite(&server.db, &by, FIRST, "new@example.org", Role::Manager)
                    .await
                    .unwrap(),
            };
            let accounts = server.count("SELECT count(*) FROM organisers").await;
            let path = format!("/admin/invitations/{code}");
            let attempt = async |email: &str| {
                let fields = [("name", "New"), ("email", email), ("password", PASSWORD)];
                server.send_form(&path, "", &fields).await.status().as_u16()
            };
            // Both have hashed their password when the organisation's lock is given up.
            let mut lock = server.db.get().await.unwrap();
            let transaction = lock.transaction().await.unwrap();
            transaction
                .execute("SELECT FROM organisations WHERE id = 1 FOR UPDATE", &[])
                .await
                .unwrap();
            let release = async {
                waits_for_lock(server, 2).await;
                transaction.commit().await.unwrap();
            };
            let both = join(attempt("one@example.org"), attempt("two@example.org"));
            let ((one, two), ()) = join(both, release).await;
            let mut statuses = [one, two];
            statuses.sort_unstable();
            assert_eq!(statuses, [303, 404], "{purpose}");
            let now = server.count("SELECT count(*) FROM organisers").await;
            assert_eq!(now - accounts, 1, "{purpose}");
        }
    })
    .await;
}

/// Waits until so many sessions of the database wait for a lock.
async fn waits_for_lock(server: &Server, sessions: i64) {
    let waiting = "SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let wait = async {
        while server.count(waiting).await < sessions {
            tokio::task::yield_now().await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_secs(30), wait).await;
    waited.expect("somebody waits for the lock");
}

#[tokio::test]
async fn of_the_last_two_owners_who_remove_each_other_at_once_one_stays() {
    with_server(async |server| {
        let one = server.organiser(Role::Owner, FIRST).await;
        let two = server.organiser(Role::Owner, FIRST).await;
        let remove = async |by: &Organiser, whom: &Organiser| {
            let path = format!("/admin/members/{}/remove", whom.id);
            by.post(server, &path, &[]).await.status().as_u16()
        };
        let mut lock = server.db.get().await.unwrap();
        let transaction = lock.transaction().await.unwrap();
        transaction
            .execute("SELECT FROM organisations WHERE id = 1 FOR UPDATE", &[])
            .await
            .unwrap();
        let release = async {
            waits_for_lock(server, 2).await;
            transaction.commit().await.unwrap();
        };
        let both = join(remove(&one, &two), remove(&two, &one));
        let ((first, second), ()) = join(both, release).await;
        let mut statuses = [first, second];
        statuses.sort_unstable();
        assert_eq!(statuses, [303, 409]);
        let owners = "SELECT count(*) FROM members WHERE role = 'owner'";
        assert_eq!(server.count(owners).await, 1);
    })
    .await;
}

#[tokio::test]
async fn whoever_is_removed_or_has_another_role_is_so_at_the_next_request() {
    with_server(async |server| {
        let owner = server.organiser(Role::Owner, FIRST).await;
        let manager = server.organiser(Role::Manager, FIRST).await;
        assert_eq!(manager.get(server, "/admin").await.status(), StatusCode::OK);
        let path = format!("/admin/members/{}", manager.id);
        let to_role = format!("{path}/role");
        let changed = owner.post(server, &to_role, &[("role", "scanner")]).await;
        assert_eq!(changed.status(), StatusCode::SEE_OTHER);
        let refused = manager.get(server, "/admin/audit").await;
        assert_eq!(refused.status(), StatusCode::FORBIDDEN);
        let removed = owner.post(server, &format!("{path}/remove"), &[]).await;
        assert_eq!(removed.status(), StatusCode::SEE_OTHER);
        let out = manager.get(server, "/admin/audit").await;
        assert_eq!(out.headers()["location"], "/admin/organisations");

        let trail = audit::read(&server.db, Of::Organisation(FIRST), None, 10)
            .await
            .unwrap();
        let told: Vec<_> = trail
            .entries
            .iter()
            .map(|entry| entry.action.as_str())
            .collect();
        assert_eq!(told[..2], ["member.removed", "member.role-changed"]);
        let change = &trail.entries[1];
        assert_eq!(change.by.id, Some(owner.id.0));
        assert_eq!(change.before.as_ref().unwrap()["role"], "manager");
        assert_eq!(change.after.as_ref().unwrap()["role"], "scanner");
    })
    .await;
}

#[tokio::test]
async fn a_session_ends_by_sign_out_idleness_age_and_with_its_account() {
    with_settings(
        &["--organiser-idle-minutes", "60", "--organiser-session-hours", "24"],
        async |server| {
            let is_in = async |who: &Organiser| {
                who.get(server, "/admin/account").await.status() == StatusCode::OK
            };
            let who = server.organiser(Role::Owner, FIRST).await;
            let age = async |column: &str, hours: f64| {
                let statement = format!(
                    "UPDATE organiser_sessions SET {column} = now() - make_interval(secs => {})",
                    hours * 3600.0
                );
                server.sql(&statement).await;
            };
            age("last_used_at", 0.9).await;
            assert!(is_in(&who).await, "and it is used now");
            let stale = "SELECT count(*) FROM organiser_sessions WHERE last_used_at < now() - interval '1 minute'";
            assert_eq!(server.count(stale).await, 0);
            age("last_used_at", 1.1).await;
            assert!(!is_in(&who).await);
            age("last_used_at", 0.0).await;
            age("created_at", 23.9).await;
            assert!(is_in(&who).await);
            age("created_at", 24.1).await;
            assert!(!is_in(&who).await);
            age("created_at", 0.0).await;
            assert!(is_in(&who).await);
            server.sql("UPDATE organisers SET disabled_at = now()").await;
            assert!(!is_in(&who).await);
            let refused = server.sign_in(&who.email, PASSWORD).await;
            assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
            server.sql("UPDATE organisers SET disabled_at = NULL").await;
            who.post(server, "/admin/sign-out", &[]).await;
            assert!(!is_in(&who).await);
        },
    )
    .await;
}

#[tokio::test]
async fn a_change_of_the_password_ends_every_other_session_and_uses_up_links_that_reset_it() {
    with_server(async |server| {
        let who = server.organiser(Role::Owner, FIRST).await;
        let elsewhere = cookie_of(&server.sign_in(&who.email, PASSWORD).await);
        let by = Actor::operator("tests");
        let reset = invitation::reset(&server.db, &by, &who.email)
            .await
            .unwrap()
            .unwrap();
        let change = async |present: &str, new: &str| {
            let fields = [("present", present), ("new", new)];
            who.post(server, "/admin/account/password", &fields)
                .await
                .status()
        };
        for (present, new) in [
            ("wrong wrong wrong", "another long one"),
            (PASSWORD, "short"),
            (PASSWORD, who.email.as_str()),
        ] {
            assert_eq!(change(present, new).await, StatusCode::UNPROCESSABLE_ENTITY);
        }
        assert_eq!(
            server.page_as(&elsewhere, "/admin").await.status(),
            StatusCode::OK
        );
        assert_eq!(
            change(PASSWORD, "another long one").await,
            StatusCode::SEE_OTHER
        );
        assert_eq!(who.get(server, "/admin").await.status(), StatusCode::OK);
        let out = server.page_as(&elsewhere, "/admin").await;
        assert_eq!(out.status(), StatusCode::SEE_OTHER);
        assert_eq!(server.sign_in(&who.email, PASSWORD).await.status(), 422);
        assert_eq!(
            server
                .sign_in(&who.email, "another long one")
                .await
                .status(),
            303
        );
        let link = server.get(&format!("/admin/invitations/{reset}")).await;
        assert_eq!(link.status(), StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn a_link_that_resets_the_password_lets_in_without_the_second_factor_and_out_everybody_else()
{
    with_server(async |server| {
        let who = server.organiser(Role::Owner, FIRST).await;
        turn_second_factor_on(server, &who).await;
        let by = Actor::operator("tests");
        let code = invitation::reset(&server.db, &by, &who.email)
            .await
            .unwrap()
            .unwrap();
        let path = format!("/admin/invitations/{code}");
        let set = server
            .send_form(&path, "", &[("password", "a new password of mine")])
            .await;
        assert_eq!(set.status(), StatusCode::SEE_OTHER);
        let account = server.page_as(&cookie_of(&set), "/admin/account").await;
        assert!(account.text().await.unwrap().contains("Turn it on"));
        assert_eq!(
            who.get(server, "/admin").await.status(),
            StatusCode::SEE_OTHER
        );
        let again = server
            .send_form(&path, "", &[("password", "yet another password")])
            .await;
        assert_eq!(again.status(), StatusCode::NOT_FOUND);
        assert!(
            invitation::reset(&server.db, &by, "nobody@example.org")
                .await
                .unwrap()
                .is_none()
        );
    })
    .await;
}

#[tokio::test]
async fn signing_in_does_the_same_for_an_unknown_account_as_for_a_wrong_password() {
    with_server(async |server| {
        let who = server.organiser(Role::Owner, FIRST).await;
        let compared = || server.app.organisers.passwords.compared();
        let mut answers = Vec::new();
        for email in [who.email.as_str(), "nobody@example.org"] {
            let before = compared();
            let answer = server.sign_in(email, "a wrong password").await;
            assert_eq!(compared() - before, 1, "{email}");
            assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
            assert!(answer.headers().get("set-cookie").is_none());
            let text = answer.text().await.unwrap().replace(email, "");
            answers.push(without_clock(&text));
        }
        assert_eq!(answers[0], answers[1]);
        for password in ["", &"x".repeat(2_000)] {
            let before = compared();
            assert_eq!(server.sign_in(&who.email, password).await.status(), 422);
            assert_eq!(compared() - before, 1);
        }
    })
    .await;
}

/// A page without the time at which it was made.
fn without_clock(text: &str) -> String {
    let (before, after) = text.split_once("data-now=\"").expect("a clock");
    let (_, after) = after.split_once('"').expect("its end");
    format!("{before}{after}")
}

#[tokio::test]
async fn signing_in_is_limited_by_account_and_by_address() {
    let flags = [
        "--rate-limits",
        "on",
        "--limit-sign-ins",
        "1/h:3",
        "--trusted-proxy",
        "127.0.0.1",
    ];
    with_settings(&flags, async |server| {
        let attempt = async |address: &str, email: &str| {
            let request = server.client.post(format!("{}/admin/sign-in", server.url));
            let request = request
                .header("Origin", &server.url)
                .header("X-Forwarded-For", address);
            let request = request.form(&[("email", email), ("password", "a wrong password")]);
            request.send().await.unwrap()
        };
        for number in 1..=3 {
            let answer = attempt(&format!("192.0.2.{number}"), "ana@example.org").await;
            assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
        }
        let compared = server.app.organisers.passwords.compared();
        let refused = attempt("192.0.2.4", " ANA@example.org").await;
        assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
        assert!(refused.headers().contains_key("retry-after"));
        assert_eq!(server.app.organisers.passwords.compared(), compared);
        for number in 1..=3 {
            let email = format!("{number}@example.org");
            assert_eq!(attempt("192.0.2.9", &email).await.status(), 422);
        }
        let refused = attempt("192.0.2.9", "4@example.org").await;
        assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    })
    .await;
}

/// Turns the second factor on by its page; the secret.
async fn turn_second_factor_on(server: &Server, who: &Organiser) -> Totp {
    let page = who.get(server, "/admin/account/second-factor").await;
    assert_eq!(page.status(), StatusCode::OK);
    let secret = "SELECT totp_secret FROM organisers WHERE id = $1";
    let client = server.db.get().await.unwrap();
    let row = client.query_one(secret, &[&who.id]).await.unwrap();
    let totp = Totp::of(row.get(0));
    assert!(page.text().await.unwrap().contains(&totp.text()[..4]));
    let path = "/admin/account/second-factor";
    let wrong = who.post(server, path, &[("code", "000000x")]).await;
    assert_eq!(wrong.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let code = totp.code(now(server).await - 30);
    let on = who.post(server, path, &[("code", &code)]).await;
    assert_eq!(on.status(), StatusCode::OK, "recovery codes");
    totp
}

/// The database's clock, in Unix seconds.
async fn now(server: &Server) -> i64 {
    server
        .count("SELECT extract(epoch FROM now())::bigint")
        .await
}

#[tokio::test]
async fn with_a_second_factor_the_password_alone_opens_nothing_and_a_code_is_good_once() {
    with_server(async |server| {
        let who = server.organiser(Role::Owner, FIRST).await;
        let totp = turn_second_factor_on(server, &who).await;
        let halfway = server.sign_in(&who.email, PASSWORD).await;
        let location = halfway.headers()["location"].to_str().unwrap();
        assert!(location.starts_with("/admin/sign-in/code"), "{location}");
        let halfway = cookie_of(&halfway);
        let nothing = server.page_as(&halfway, "/admin").await;
        assert_eq!(nothing.status(), StatusCode::SEE_OTHER);

        let enter = async |cookie: &str, code: &str| {
            server
                .send_form("/admin/sign-in/code", cookie, &[("code", code)])
                .await
        };
        // The code of the step that turned it on was taken then.
        let used = totp.code(now(server).await - 30);
        assert_eq!(enter(&halfway, &used).await.status(), 422);
        let code = totp.code(now(server).await);
        let entered = enter(&halfway, &code).await;
        assert_eq!(entered.status(), StatusCode::SEE_OTHER);
        let inside = cookie_of(&entered);
        assert_ne!(
            inside, halfway,
            "more may be done, so the cookie is another one"
        );
        assert_eq!(
            server.page_as(&inside, "/admin").await.status(),
            StatusCode::OK
        );

        let other = cookie_of(&server.sign_in(&who.email, PASSWORD).await);
        assert_eq!(
            enter(&other, &code).await.status(),
            422,
            "the same code again"
        );
        for _ in 0..5 {
            enter(&other, "000000x").await;
        }
        let next = totp.code(now(server).await + 30);
        let ended = enter(&other, &next).await;
        assert_eq!(
            ended.headers()["location"],
            "/admin/sign-in",
            "the password is asked for again"
        );
    })
    .await;
}

#[tokio::test]
async fn of_two_sessions_that_send_one_code_at_the_same_moment_one_is_let_in() {
    with_server(async |server| {
        let who = server.organiser(Role::Owner, FIRST).await;
        let totp = turn_second_factor_on(server, &who).await;
        let one = cookie_of(&server.sign_in(&who.email, PASSWORD).await);
        let two = cookie_of(&server.sign_in(&who.email, PASSWORD).await);
        let code = totp.code(now(server).await);
        let enter = async |cookie: &str| {
            let fields = [("code", code.as_str())];
            let answer = server
                .send_form("/admin/sign-in/code", cookie, &fields)
                .await;
            answer.status().as_u16()
        };
        let mut lock = server.db.get().await.unwrap();
        let transaction = lock.transaction().await.unwrap();
        let row = "SELECT FROM organisers WHERE id = $1 FOR UPDATE";
        transaction.execute(row, &[&who.id]).await.unwrap();
        let release = async {
            waits_for_lock(server, 2).await;
            transaction.commit().await.unwrap();
        };
        let ((first, second), ()) = join(join(enter(&one), enter(&two)), release).await;
        let mut statuses = [first, second];
        statuses.sort_unstable();
        assert_eq!(statuses, [303, 422]);
    })
    .await;
}

#[tokio::test]
async fn each_organisation_sees_only_its_own() {
    with_server(async |server| {
        let other = server.organisation("Other house").await;
        let own = server.event(&[general("ga", 10)]).await;
        let foreign = server
            .event_with(&[general("ga", 10)], |event| {
                event.organisation = other;
                event.name = "Elsewhere".into();
            })
            .await;
        let here = server.organiser(Role::Owner, FIRST).await;
        let there = server.organiser(Role::Owner, other).await;
        for (who, sees, not) in [(&here, own, foreign), (&there, foreign, own)] {
            let page = who.get(server, "/admin").await.text().await.unwrap();
            assert!(page.contains(&sees.to_string()) && !page.contains(&not.to_string()));
            let trail = async |event| {
                let path = format!("/admin/events/{event}/audit");
                who.get(server, &path).await.status().as_u16()
            };
            assert_eq!((trail(sees).await, trail(not).await), (200, 404));
            let members = who
                .get(server, "/admin/members")
                .await
                .text()
                .await
                .unwrap();
            assert_eq!(members.contains(&here.email), who.id == here.id);
            assert_eq!(members.contains(&there.email), who.id == there.id);
        }
        // Whoever works for both sees one at a time.
        let by = Actor::operator("tests");
        let code = invitation::invite(&server.db, &by, other, &here.email, Role::Finance);
        let path = format!("/admin/invitations/{}", code.await.unwrap());
        let stranger = server
            .send_form(&path, "", &[("name", "Eve"), ("password", PASSWORD)])
            .await;
        assert_eq!(
            stranger.status(),
            422,
            "there is an account for the address"
        );
        assert_eq!(
            there.post(server, &path, &[]).await.status(),
            422,
            "it is for another"
        );
        assert_eq!(here.post(server, &path, &[]).await.status(), 303);
        let page = here.get(server, "/admin").await.text().await.unwrap();
        assert!(page.contains("Elsewhere") && page.contains("Switch organisation"));
        assert_eq!(
            here.get(server, "/admin/members").await.status(),
            StatusCode::FORBIDDEN
        );
        let first = server
            .text("SELECT public_id::text FROM organisations WHERE id = 1")
            .await;
        let choice = [("organisation", first.as_str())];
        let chosen = here.post(server, "/admin/organisations", &choice).await;
        assert_eq!(chosen.status(), StatusCode::SEE_OTHER);
        assert_eq!(
            here.get(server, "/admin/members").await.status(),
            StatusCode::OK
        );
        let refused = there.post(server, "/admin/organisations", &choice).await;
        assert_eq!(refused.status(), StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn after_signing_in_one_is_where_one_wanted_to_go() {
    with_server(async |server| {
        let who = server.organiser(Role::Owner, FIRST).await;
        let asked = server.get("/de/admin/audit?after=0.1").await;
        let location = asked.headers()["location"].to_str().unwrap().to_owned();
        assert_eq!(
            location,
            "/de/admin/sign-in?next=%2Fadmin%2Faudit%3Fafter%3D0%2E1"
        );
        for (next, expected) in [
            ("/admin/audit?after=0.1", "/admin/audit?after=0.1"),
            ("https://other.example/", "/admin"),
            ("//other.example/admin", "/admin"),
        ] {
            let fields = [
                ("email", who.email.as_str()),
                ("password", PASSWORD),
                ("next", next),
            ];
            let answer = server.send_form("/admin/sign-in", "", &fields).await;
            assert_eq!(answer.headers()["location"], expected);
        }
        let fields = [("email", who.email.as_str()), ("password", PASSWORD)];
        let cookie = server
            .send_form("/admin/sign-in", &who.cookie, &fields)
            .await;
        let set = cookie.headers()["set-cookie"].to_str().unwrap().to_owned();
        for word in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=604800"] {
            assert!(set.contains(word), "{set}");
        }
        let before = who.get(server, "/admin").await;
        assert_eq!(
            before.status(),
            StatusCode::SEE_OTHER,
            "the session of before has ended"
        );
    })
    .await;
}

#[tokio::test]
async fn an_owner_makes_a_token_that_is_shown_once_and_revokes_it() {
    with_server(async |server| {
        let owner = server.organiser(Role::Owner, FIRST).await;
        let fields = [
            ("name", "Till"),
            ("scope", "bookings:read"),
            ("scope", "check-in"),
            ("days", "30"),
        ];
        let made = owner.post(server, "/admin/tokens", &fields).await;
        assert_eq!(made.status(), StatusCode::OK);
        let page = made.text().await.unwrap();
        let at = page.find("bxt_").expect("the token");
        let token = &page[at..at + 4 + 43];
        let ask = async || {
            let path = format!("/api/bookings?on_behalf_of={}", Uuid::new_v4());
            let request = server
                .client
                .get(format!("{}{path}", server.url))
                .bearer_auth(token);
            request.send().await.unwrap().status()
        };
        assert_eq!(ask().await, StatusCode::OK);
        let listed = owner
            .get(server, "/admin/tokens")
            .await
            .text()
            .await
            .unwrap();
        assert!(listed.contains("Till") && !listed.contains(token));
        let of_all = "SELECT count(*) FROM api_tokens WHERE organisation_id = 1";
        assert_eq!(server.count(of_all).await, 1);
        for wrong in [
            [("name", ""), ("scope", "check-in"), ("days", "30")],
            [("name", "Till"), ("scope", "everything"), ("days", "30")],
            [("name", "Till"), ("scope", "check-in"), ("days", "0")],
        ] {
            let refused = owner.post(server, "/admin/tokens", &wrong).await;
            assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
        }
        let id = server.text("SELECT id::text FROM api_tokens").await;
        let revoked = owner
            .post(server, &format!("/admin/tokens/{id}/revoke"), &[])
            .await;
        assert_eq!(revoked.status(), StatusCode::SEE_OTHER);
        let gone = "SELECT count(*) FROM api_tokens WHERE revoked_at IS NOT NULL";
        assert_eq!(server.count(gone).await, 1);
        let trail = owner
            .get(server, "/admin/audit")
            .await
            .text()
            .await
            .unwrap();
        assert!(trail.contains("API token made") && trail.contains("API token revoked"));
        assert!(!trail.contains(token));
    })
    .await;
}

#[tokio::test]
async fn the_token_of_one_organisation_has_nothing_to_do_with_bookings_of_another() {
    with_server(async |server| {
        let other = server.organisation("Other house").await;
        let own = server.event(&[general("ga", 10)]).await;
        let client = server.db.get().await.unwrap();
        let make = async |organisation| {
            let new = NewToken {
                name: "till",
                scopes: &[Scope::BookingsRead, Scope::BookingsWrite],
                expires_in: Duration::from_secs(3600),
                organisation,
            };
            api_token::create_for(&client, &new).await.unwrap().1
        };
        let tokens = [make(Some(FIRST)).await, make(Some(other)).await, make(None).await];
        let buyer = Uuid::new_v4();
        let booked = server.book(&order(own, buyer, &[("ga", 1)])).await.made();
        let id = text(&booked["id"]);
        let send = async |method: &str, path: &str, token: &str, body: &Value| {
            let method: Method = method.parse().unwrap();
            let request = server.client.request(method, format!("{}{path}", server.url));
            let request = request.bearer_auth(token).header("Idempotency-Key", fresh_key());
            let answer = request.json(body).send().await.unwrap();
            (answer.status().as_u16(), answer.text().await.unwrap())
        };
        let book = json!({"event_id": own, "items": [{"tier": "ga", "quantity": 1}], "on_behalf_of": buyer});
        let pay = json!({"booking_id": id, "card_number": "4242424242424242"});
        for (method, path, body, statuses) in [
            ("GET", format!("/api/bookings/{id}"), json!({}), [200, 404, 200]),
            ("POST", "/api/bookings".to_owned(), book, [201, 404, 201]),
            ("POST", "/api/payments".to_owned(), pay, [201, 404, 409]),
            ("POST", format!("/api/bookings/{id}/cancel"), json!({}), [200, 404, 200]),
        ] {
            for (token, expected) in tokens.iter().zip(statuses) {
                let (status, said) = send(method, &path, token, &body).await;
                assert_eq!(status, expected, "{method} {path}: {said}");
            }
        }
        let path = format!("/api/bookings?on_behalf_of={buyer}");
        for (token, expected) in tokens.iter().zip([3, 0, 3]) {
            let (_, said) = send("GET", &path, token, &json!({})).await;
            let said: Value = serde_json::from_str(&said).unwrap();
            assert_eq!(said["bookings"].as_array().unwrap().len(), expected);
        }
    })
    .await;
}

#[tokio::test]
async fn the_audit_trail_is_read_page_by_page() {
    with_server(async |server| {
        let owner = server.organiser(Role::Owner, FIRST).await;
        server
            .sql(
                "INSERT INTO audit_entries (event_id, id, at, organisation_id, actor_kind, actor_name, action,
                                            subject_kind, subject_id)
                 SELECT 0, gen_random_uuid(), now() - make_interval(secs => n / 3), 1, 'system', 'n' || n, 'test.done',
                        'test', n FROM generate_series(1, 120) AS n",
            )
            .await;
        let (mut seen, mut path) = (BTreeSet::new(), "/admin/audit".to_owned());
        for _ in 0..3 {
            let page = owner.get(server, &path).await.text().await.unwrap();
            let numbers = page.split("<code>test ").skip(1);
            for number in numbers.map(|rest| rest.split('<').next().unwrap().to_owned()) {
                assert!(seen.insert(number.clone()), "{number} twice");
            }
            let Some((_, rest)) = page.split_once("/admin/audit?after=") else {
                break;
            };
            path = format!("/admin/audit?after={}", rest.split('"').next().unwrap());
        }
        assert_eq!(seen.len(), 120);
        let wrong = owner.get(server, "/admin/audit?after=nonsense").await;
        assert_eq!(wrong.status(), StatusCode::UNPROCESSABLE_ENTITY);
    })
    .await;
}

/// Runs a command with this as its standard input.
fn with_input(url: &str, words: &[&str], input: &str) -> Output {
    let mut command = command(url, words);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(input.as_bytes()).unwrap();
    drop(stdin);
    child.wait_with_output().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_makes_organisations_and_links_to_work_for_them() {
    with_server(async |server| {
        let url = &server.database_url;
        let made = boxoffice(url, &["organisation", "add", "--name", "Opera"]);
        let made: Value = serde_json::from_str(&stdout(&made)).unwrap();
        assert_eq!(
            (&made["number"], &made["name"]),
            (&json!(2), &json!("Opera"))
        );
        let add = ["organiser", "add", "--email", "ana@example.org"];
        let scanner = ["--organisation", "2", "--role", "scanner"];
        let path = stdout(&boxoffice(url, &[add, scanner].concat()));
        let path = path.trim();
        assert!(path.starts_with("/admin/invitations/bxi_"), "{path}");
        let fields = [("name", "Ana"), ("password", PASSWORD)];
        let joined = server.send_form(path, "", &fields).await;
        let to_scan = server.page_as(&cookie_of(&joined), "/admin").await;
        assert_eq!(to_scan.headers()["location"], "/scan");
        let listed = stdout(&boxoffice(url, &["organiser", "list"]));
        assert!(!listed.contains("argon2"));
        let listed: Value = serde_json::from_str(&listed).unwrap();
        let roles = json!([{"organisation": 2, "role": "scanner"}]);
        assert_eq!(listed[0]["organisations"], roles);
        for words in [
            &["seed"] as &[&str],
            &["token", "create", "--scope", "check-in", "--name", "till"],
            &add,
        ] {
            let refused = boxoffice(url, &[words, &["--organisation", "9"]].concat());
            let said = stderr(&refused);
            assert!(!refused.status.success(), "{words:?}");
            assert!(
                said.contains("no organisation 9") || said.contains("no such"),
                "{said}"
            );
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_makes_accounts_at_once_stops_them_and_lets_people_in_again() {
    with_server(async |server| {
        let url = &server.database_url;
        let email = ["organiser", "add", "--email", "ben@example.org"];
        let at_once = [&email[..], &["--name", "Ben", "--password"]].concat();
        for input in ["short\n", ""] {
            let refused = with_input(url, &at_once, input);
            assert!(!refused.status.success());
            assert!(
                stderr(&refused).contains("password"),
                "{}",
                stderr(&refused)
            );
        }
        let made = with_input(url, &at_once, &format!("{PASSWORD}\n"));
        assert!(made.status.success(), "{}", stderr(&made));
        let signed_in = server.sign_in("ben@example.org", PASSWORD).await;
        assert_eq!(signed_in.status(), StatusCode::SEE_OTHER);
        let again = stderr(&with_input(url, &at_once, &format!("{PASSWORD}\n")));
        assert!(again.contains("there is an account"), "{again}");
        let change = async |what| {
            let done = boxoffice(url, &["organiser", what, "--email", "Ben@example.org"]);
            assert!(done.status.success(), "{}", stderr(&done));
            let signed_in = server.sign_in("ben@example.org", PASSWORD).await;
            signed_in.status().as_u16()
        };
        assert_eq!(change("stop").await, 422);
        assert_eq!(change("start").await, 303);
        let nobody = ["organiser", "stop", "--email", "nobody@example.org"];
        let nobody = stderr(&boxoffice(url, &nobody));
        assert!(nobody.contains("no account"), "{nobody}");
        let reset = ["organiser", "reset", "--email", "ben@example.org"];
        let path = stdout(&boxoffice(url, &reset));
        assert_eq!(server.get(path.trim()).await.status(), StatusCode::OK);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_buyer_is_forgotten_and_the_books_stay() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 10)]).await;
        let mut ids = Vec::new();
        for email in ["Ana@example.org", "ana@EXAMPLE.org", "ben@example.org"] {
            let mut asked = order(event, Uuid::new_v4(), &[("ga", 1)]);
            asked["contact"] = json!({"name": "Somebody", "email": email});
            let booked = server.book(&asked).await.made();
            server.pay(&booked, "4242424242424242").await.made();
            ids.push(text(&booked["id"]).to_owned());
        }
        let forget = ["forget", "--email", "ana@example.org"];
        let url = &server.database_url;
        let said = stdout(&boxoffice(url, &forget));
        assert_eq!(said, "the buyer of 2 bookings is forgotten\n");
        assert_eq!(server.count("SELECT count(*) FROM contacts").await, 1);
        let paid = "SELECT count(*) FROM bookings WHERE status = 'confirmed'";
        assert_eq!(server.count(paid).await, 3);
        let said = stdout(&boxoffice(url, &forget));
        assert_eq!(said, "the buyer of 0 bookings is forgotten\n");
        let trail = audit::read(&server.db, Of::Organisation(FIRST), None, 10)
            .await
            .unwrap();
        let told: BTreeSet<String> = trail
            .entries
            .iter()
            .map(|entry| entry.subject_id.clone())
            .collect();
        assert_eq!(told, ids[..2].iter().cloned().collect());
        let of_one = Of::Subject(trail.entries[0].event.unwrap(), &ids[0]);
        let trail = audit::read(&server.db, of_one, None, 10).await.unwrap();
        assert_eq!(trail.entries.len(), 1);
        assert_eq!(trail.entries[0].by.name, "boxoffice forget");
        let personal =
            "SELECT count(*) FROM audit_entries WHERE audit_entries::text ILIKE '%ana@%'";
        assert_eq!(server.count(personal).await, 0);
    })
    .await;
}
