//! Somebody who is signed in on the organiser's side.

use boxoffice::access::organiser::accounts::NewOrganiser;
use boxoffice::access::organiser::{Role, add};
use boxoffice::audit::Actor;
use boxoffice::types::{OrganisationNo, OrganiserId};
use reqwest::{Response, StatusCode};
use uuid::Uuid;

use super::Server;

/// What everybody signs in with.
pub(crate) const PASSWORD: &str = "correct horse battery";

/// Somebody who is signed in.
pub(crate) struct Organiser {
    pub(crate) id: OrganiserId,
    pub(crate) email: String,
    /// `organiser=…`, as a browser sends it.
    pub(crate) cookie: String,
}

/// The cookie of an answer, as a browser sends it back.
pub(crate) fn cookie_of(answer: &Response) -> String {
    let set = answer.headers().get_all("set-cookie").iter();
    let mut set = set.map(|value| value.to_str().expect("a header").to_owned());
    let cookie = set.find(|cookie| cookie.starts_with("organiser="));
    let cookie = cookie.expect("the cookie of a session");
    cookie.split(';').next().unwrap_or_default().to_owned()
}

impl Server {
    /// Makes an account with this role in an organisation, which signs in.
    pub(crate) async fn organiser(&self, role: Role, organisation: OrganisationNo) -> Organiser {
        let email = format!("{}@example.org", Uuid::new_v4().simple());
        let new = NewOrganiser {
            email: &email,
            name: role.as_str(),
            password: PASSWORD,
        };
        let by = Actor::operator("tests");
        let passwords = &self.app.organisers.passwords;
        let id = add(&self.db, passwords, &by, new, organisation, role).await;
        let id = id.expect("an account");
        let answer = self.sign_in(&email, PASSWORD).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        let cookie = cookie_of(&answer);
        Organiser { id, email, cookie }
    }

    /// Another organisation.
    pub(crate) async fn organisation(&self, name: &str) -> OrganisationNo {
        let by = Actor::operator("tests");
        let made = boxoffice::access::organiser::accounts::add_organisation(&self.db, &by, name);
        made.await.expect("an organisation").no
    }

    pub(crate) async fn sign_in(&self, email: &str, password: &str) -> Response {
        let fields = [("email", email), ("password", password)];
        self.send_form("/admin/sign-in", "", &fields).await
    }

    /// Sends a form, as a page of this site does, with this Cookie header.
    pub(crate) async fn send_form(
        &self,
        path: &str,
        cookie: &str,
        fields: &[(&str, &str)],
    ) -> Response {
        let request = self.client.post(format!("{}{path}", self.url));
        let request = request.header("Origin", &self.url).header("Cookie", cookie);
        request.form(fields).send().await.expect("an answer")
    }

    /// A page, with this Cookie header.
    pub(crate) async fn page_as(&self, cookie: &str, path: &str) -> Response {
        let request = self.client.get(format!("{}{path}", self.url));
        request
            .header("Cookie", cookie)
            .send()
            .await
            .expect("an answer")
    }
}

impl Organiser {
    /// A page.
    pub(crate) async fn get(&self, server: &Server, path: &str) -> Response {
        server.page_as(&self.cookie, path).await
    }

    /// A form.
    pub(crate) async fn post(
        &self,
        server: &Server,
        path: &str,
        fields: &[(&str, &str)],
    ) -> Response {
        server.send_form(path, &self.cookie, fields).await
    }
}
