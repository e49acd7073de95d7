//! Recovery codes: ten, shown once, each good once, also of two who send one at the same moment.

use boxoffice::access::organiser::{Role, Totp};
use boxoffice::types::OrganisationNo;
use futures::future::join;

use crate::support::organiser::{Organiser, PASSWORD, cookie_of};
use crate::support::{Server, with_server};

const ACCOUNT: &str = "/admin/account";

async fn now(server: &Server) -> i64 {
    let now = "SELECT extract(epoch FROM now())::bigint";
    server.count(now).await
}

/// The codes of a page.
fn codes_of(page: &str) -> Vec<String> {
    let (_, list) = page.split_once("recovery-codes").expect("a list of codes");
    let codes = list.split("<code>").skip(1);
    let codes: Vec<String> = codes
        .map(|code| code.split('<').next().unwrap().to_owned())
        .collect();
    assert_eq!(codes.len(), 10, "{codes:?}");
    codes
}

async fn post(server: &Server, who: &Organiser, path: &str, code: &str) -> (u16, String) {
    let sent = server.send_form(path, &who.cookie, &[("code", code)]).await;
    (sent.status().as_u16(), sent.text().await.unwrap())
}

/// Turns the second factor on: the app, and the codes.
async fn turn_on(server: &Server, who: &Organiser) -> (Totp, Vec<String>) {
    let path = "/admin/account/second-factor";
    server.page_as(&who.cookie, path).await;
    let client = server.db.get().await.unwrap();
    let secret = "SELECT totp_secret FROM organisers WHERE id = $1";
    let totp = Totp::of(client.query_one(secret, &[&who.id]).await.unwrap().get(0));
    let code = totp.code(now(server).await - 30);
    let (status, page) = post(server, who, path, &code).await;
    assert_eq!(status, 200);
    (totp, codes_of(&page))
}

async fn enter(server: &Server, code: &str, email: &str) -> u16 {
    let halfway = cookie_of(&server.sign_in(email, PASSWORD).await);
    let fields = [("code", code)];
    let sent = server
        .send_form("/admin/sign-in/code", &halfway, &fields)
        .await;
    sent.status().as_u16()
}

async fn account(server: &Server, who: &Organiser) -> String {
    let page = server.page_as(&who.cookie, ACCOUNT).await;
    page.text().await.unwrap()
}

#[tokio::test]
async fn each_code_lets_in_once_without_the_app_and_no_page_shows_them_again() {
    with_server(async |server| {
        let who = server.organiser(Role::Owner, OrganisationNo::FIRST).await;
        let other = server.organiser(Role::Owner, OrganisationNo::FIRST).await;
        let (_, codes) = turn_on(server, &who).await;
        let (_, of_other) = turn_on(server, &other).await;
        let page = account(server, &who).await;
        assert!(page.contains("10 recovery codes are left"), "{page}");
        assert!(codes.iter().all(|code| !page.contains(code)));
        let stored = "SELECT count(*) FROM recovery_codes AS c WHERE c::text LIKE '%' || $1 || '%'";
        let client = server.db.get().await.unwrap();
        let digits = codes[0].replace(' ', "");
        let found: i64 = client.query_one(stored, &[&digits]).await.unwrap().get(0);
        assert_eq!(found, 0);
        assert_eq!(enter(server, &codes[0], &who.email).await, 303);
        assert_eq!(enter(server, &codes[0], &who.email).await, 422, "twice");
        assert_eq!(
            enter(server, &of_other[0], &who.email).await,
            422,
            "another's"
        );
        assert_eq!(
            enter(server, &codes[1].replace(' ', "-"), &who.email).await,
            303
        );
        assert!(
            account(server, &who)
                .await
                .contains("8 recovery codes are left")
        );
        let used = "SELECT count(*) FROM audit_entries WHERE action = 'recovery-code.used'";
        assert_eq!(server.count(used).await, 2);
    })
    .await;
}

#[tokio::test]
async fn of_two_who_send_one_code_at_the_same_moment_one_is_let_in() {
    with_server(async |server| {
        let who = server.organiser(Role::Owner, OrganisationNo::FIRST).await;
        let (_, codes) = turn_on(server, &who).await;
        for code in &codes {
            let both = join(
                enter(server, code, &who.email),
                enter(server, code, &who.email),
            );
            let mut statuses: [u16; 2] = both.await.into();
            statuses.sort_unstable();
            assert_eq!(statuses, [303, 422]);
        }
    })
    .await;
}

#[tokio::test]
async fn new_codes_end_those_before_and_so_does_turning_the_factor_off() {
    with_server(async |server| {
        let who = server.organiser(Role::Owner, OrganisationNo::FIRST).await;
        let (totp, first) = turn_on(server, &who).await;
        let path = "/admin/account/recovery-codes";
        assert_eq!(post(server, &who, path, "1234 5678 9012 3456").await.0, 422);
        let code = totp.code(now(server).await);
        let (status, page) = post(server, &who, path, &code).await;
        assert_eq!(status, 200);
        let second = codes_of(&page);
        assert_eq!(enter(server, &first[0], &who.email).await, 422);
        let (status, page) = post(server, &who, path, &second[0]).await;
        assert_eq!(status, 200, "by a recovery code");
        let third = codes_of(&page);
        assert_eq!(
            post(server, &who, "/admin/account/second-factor/off", &third[0])
                .await
                .0,
            303
        );
        assert_eq!(server.count("SELECT count(*) FROM recovery_codes").await, 0);
        let entered = server.sign_in(&who.email, PASSWORD).await;
        assert_eq!(entered.headers()["location"], "/admin");
    })
    .await;
}
