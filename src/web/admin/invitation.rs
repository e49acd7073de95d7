//! Using an invitation: its page says what it makes of its reader, and asks for what is missing.
//!
//! What must hold: looking at a link uses nothing up; a link that is gone says so, whatever was wrong with it.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::fields::Field;
use super::form::{Fields, value_of};
use super::respond::{private_page, see_other};
use super::session::{agent, signed_in_if_any};
use super::shell::{Shell, role_text};
use super::sign_in::enter;
use crate::access::organiser::PasswordInvalid;
use crate::access::organiser::accept::{AcceptError, Newcomer};
use crate::access::organiser::accounts;
use crate::access::organiser::invitation::{Invitation, Purpose};
use crate::access::organiser::session::SignedIn;
use crate::app::App;
use crate::types::contact::{Contact, ContactInvalid, fold_email};
use crate::web::error::Error;

#[derive(Template)]
#[template(path = "admin/invitation.html")]
struct InvitationPage {
    shell: Shell,
    code: String,
    kind: Kind,
    organisation: String,
    role: &'static str,
    name: Field,
    email: Field,
    password: Field,
}

/// What the page asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    /// Nothing: the link is of no use.
    Gone,
    /// Name and password; the address unless the invitation names it.
    Newcomer { is_named: bool },
    /// A button: somebody is signed in whom it is for.
    Member { as_whom: String },
    /// To sign in first: there is an account for the address.
    SignIn,
    /// To sign out first: somebody else is signed in.
    Another { signed_in: String },
    /// A new password.
    Password,
}

/// GET /admin/invitations/{code}
pub async fn show(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let page = InvitationPage::of(&app, &request).await?;
    let status = match page.kind {
        Kind::Gone => StatusCode::NOT_FOUND,
        _ => StatusCode::OK,
    };
    private_page(status, &page)
}

/// POST /admin/invitations/{code}
pub async fn accept(
    app: Data<App>,
    request: HttpRequest,
    fields: Fields,
) -> Result<HttpResponse, Error> {
    let mut page = InvitationPage::of(&app, &request).await?;
    let invitation = app.organisers.invitation(&page.code).await?;
    let Some(invitation) = invitation else {
        return page.gone();
    };
    let password = value_of(&fields, "password").unwrap_or_default();
    let accepted = match &page.kind {
        Kind::Member { .. } => {
            let who = signed_in_if_any(&request).await?;
            let who = who.ok_or_else(|| Error::not_found("page"))?;
            let joined = app.organisers.join_as(&invitation, &who).await;
            joined.map(|()| None)
        }
        Kind::Password => {
            let set = app
                .organisers
                .set_password(&invitation, password, agent(&request));
            set.await.map(Some)
        }
        Kind::Newcomer { .. } => {
            if !page.take(&fields) {
                return private_page(StatusCode::UNPROCESSABLE_ENTITY, &page);
            }
            let new = Newcomer {
                email: &page.email.value,
                name: &page.name.value,
                password,
                agent: agent(&request),
            };
            app.organisers.join(&invitation, new).await.map(Some)
        }
        _ => return private_page(StatusCode::UNPROCESSABLE_ENTITY, &page),
    };
    match accepted {
        Ok(Some(session)) => enter(&app, &request, session, "/admin?done=welcome").await,
        Ok(None) => Ok(see_other("/admin?done=welcome")),
        Err(error) => page.refuse(error),
    }
}

impl InvitationPage {
    async fn of(app: &App, request: &HttpRequest) -> Result<Self, Error> {
        let code = request
            .match_info()
            .get("code")
            .unwrap_or_default()
            .to_owned();
        let invitation = app.organisers.invitation(&code).await?;
        let mut page = Self {
            shell: Shell::for_anyone(request),
            code,
            kind: Kind::Gone,
            organisation: String::new(),
            role: "",
            name: Field::default(),
            email: Field::default(),
            password: Field::default(),
        };
        if let Some(invitation) = invitation {
            let who = signed_in_if_any(request).await?;
            page.kind = kind(app, &invitation, who).await?;
            page.organisation = invitation.organisation.unwrap_or_default();
            page.email.value = invitation.email.unwrap_or_default();
            let role = match invitation.purpose {
                Purpose::Join(_, role) => Some(role),
                Purpose::First(_) => Some(crate::access::organiser::Role::Owner),
                Purpose::Reset(_) => None,
            };
            page.role = role.map_or("", |role| page.shell.text(role_text(role)));
        }
        Ok(page)
    }

    /// Reads name and address; whether both will do.
    fn take(&mut self, fields: &Fields) -> bool {
        self.name = Field::of(fields, "name");
        if self.kind == (Kind::Newcomer { is_named: false }) {
            self.email = Field::of(fields, "email");
        }
        if self.name.value.is_empty() {
            self.name.refuse(self.shell.text("account-name-missing"));
        }
        match Contact::new(&self.name.value, &self.email.value) {
            Err(ContactInvalid::Name) => self.name.refuse(self.shell.text("field-contact-name")),
            Err(ContactInvalid::Email) => self.email.refuse(self.shell.text("field-contact-email")),
            Ok(_) => {}
        }
        self.name.problem.is_none() && self.email.problem.is_none()
    }

    fn gone(mut self) -> Result<HttpResponse, Error> {
        self.kind = Kind::Gone;
        private_page(StatusCode::NOT_FOUND, &self)
    }

    fn refuse(mut self, error: AcceptError) -> Result<HttpResponse, Error> {
        match error {
            AcceptError::Gone => return self.gone(),
            AcceptError::Db(error) => return Err(error.into()),
            AcceptError::HasAccount | AcceptError::ForAnother => {
                self.email.refuse(self.shell.text("account-email-taken"));
            }
            AcceptError::Password(invalid) => {
                self.password.refuse(password_problem(&self.shell, invalid));
            }
        }
        private_page(StatusCode::UNPROCESSABLE_ENTITY, &self)
    }
}

/// What a link asks of whoever has opened it.
async fn kind(app: &App, invitation: &Invitation, who: Option<SignedIn>) -> Result<Kind, Error> {
    if let Purpose::Reset(_) = invitation.purpose {
        return Ok(Kind::Password);
    }
    let Some(email) = &invitation.email else {
        return Ok(Kind::Newcomer { is_named: false });
    };
    if let Some(who) = who {
        let is_for_them = fold_email(email) == fold_email(&who.email);
        return Ok(if is_for_them {
            Kind::Member { as_whom: who.email }
        } else {
            Kind::Another {
                signed_in: who.email,
            }
        });
    }
    let client = app.db.get().await?;
    Ok(match accounts::find(&client, email).await? {
        Some(_) => Kind::SignIn,
        None => Kind::Newcomer { is_named: true },
    })
}

/// What is wrong with a password, in words.
pub(super) fn password_problem(shell: &Shell, invalid: PasswordInvalid) -> &'static str {
    shell.text(match invalid {
        PasswordInvalid::TooShort => "password-too-short",
        PasswordInvalid::TooLong => "password-too-long",
        PasswordInvalid::IsEmail => "password-is-email",
    })
}
