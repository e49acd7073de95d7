//! Who works for the organisation: invite, change roles, remove. For owners.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono_tz::Tz;

use super::fields::Field;
use super::form::{Fields, value_of};
use super::respond::{private_page, see_other};
use super::session::{May, Own};
use super::shell::Shell;
use crate::access::organiser::Role;
use crate::access::organiser::invitation::{self, InviteError};
use crate::access::organiser::members::{self, MemberError};
use crate::app::App;
use crate::types::OrganiserId;
use crate::types::contact::Contact;
use crate::web::error::Error;
use crate::web::view::format::{Format, machine_time};
use crate::web::{client, extract};

#[derive(Template)]
#[template(path = "admin/members.html")]
struct MembersPage {
    shell: Shell,
    members: Vec<Member>,
    open: Vec<Open>,
    email: Field,
    role: Field,
    /// What is wrong with a change of a member.
    problem: Option<&'static str>,
}

/// A member as they are listed.
struct Member {
    id: OrganiserId,
    name: String,
    email: String,
    role: Role,
    has_totp: bool,
    is_self: bool,
    last_seen_at: Option<(String, String)>,
}

/// An invitation that nobody has used.
struct Open {
    id: uuid::Uuid,
    email: String,
    role: Role,
    expires_at: String,
    expires: String,
}

/// A link that is shown once.
#[derive(Template)]
#[template(path = "admin/invited.html")]
struct InvitedPage {
    shell: Shell,
    email: String,
    link: String,
}

impl MembersPage {
    async fn of(app: &App, request: &HttpRequest, may: &May<Own>) -> Result<Self, Error> {
        let format = Format::of(request);
        let members = members::list(&app.db, may.organisation()).await?;
        let members = members.into_iter().map(|member| Member {
            is_self: member.id == may.who.organiser,
            id: member.id,
            name: member.name,
            email: member.email,
            role: member.role,
            has_totp: member.has_totp,
            last_seen_at: member
                .last_seen_at
                .map(|at| (machine_time(at), format.date_time(at, Tz::UTC))),
        });
        let open = invitation::open(&app.db, may.organisation()).await?;
        let open = open.into_iter().map(|open| Open {
            id: open.id,
            email: open.email.unwrap_or_default(),
            role: open.role,
            expires_at: machine_time(open.expires_at),
            expires: format.date_time(open.expires_at, Tz::UTC),
        });
        Ok(Self {
            shell: Shell::of(request, may, "members"),
            members: members.collect(),
            open: open.collect(),
            email: Field::default(),
            role: Field::with(Role::Manager.as_str()),
            problem: None,
        })
    }

    fn roles(&self) -> [Role; 4] {
        Role::ALL
    }
}

/// GET /admin/members
pub async fn list(
    app: Data<App>,
    request: HttpRequest,
    may: May<Own>,
) -> Result<HttpResponse, Error> {
    let page = MembersPage::of(&app, &request, &may).await?;
    private_page(StatusCode::OK, &page)
}

/// POST /admin/members: invites somebody; the link is shown this once.
pub async fn invite(
    app: Data<App>,
    request: HttpRequest,
    may: May<Own>,
    fields: Fields,
) -> Result<HttpResponse, Error> {
    let (mut email, mut role) = (Field::of(&fields, "email"), Field::of(&fields, "role"));
    let shell = Shell::of(&request, &may, "members");
    if Contact::new("", &email.value).is_err() {
        email.refuse(shell.text("field-contact-email"));
    }
    let chosen = role.value.parse::<Role>();
    if let (Ok(chosen), None) = (&chosen, &email.problem) {
        let (by, organisation) = (may.actor(), may.organisation());
        let invited = invitation::invite(&app.db, &by, organisation, &email.value, *chosen);
        match invited.await {
            Ok(code) => return invited_page(&app, &request, shell, email.value, &code),
            Err(InviteError::Db(error)) => return Err(error.into()),
            Err(InviteError::IsMember) => email.refuse(shell.text("members-is-member")),
            Err(_) => email.refuse(shell.text("members-too-many")),
        }
    }
    if chosen.is_err() {
        role.refuse(shell.text("members-role-missing"));
    }
    let mut page = MembersPage::of(&app, &request, &may).await?;
    (page.email, page.role) = (email, role);
    private_page(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

fn invited_page(
    app: &App,
    request: &HttpRequest,
    shell: Shell,
    email: String,
    code: &str,
) -> Result<HttpResponse, Error> {
    let origin = client::origin(&app.config, request).map(|origin| origin.to_string());
    let link = format!("{}/admin/invitations/{code}", origin.unwrap_or_default());
    let page = InvitedPage { shell, email, link };
    private_page(StatusCode::OK, &page)
}

/// POST /admin/members/{organiser}/role
pub async fn change_role(
    app: Data<App>,
    request: HttpRequest,
    may: May<Own>,
    fields: Fields,
) -> Result<HttpResponse, Error> {
    let organiser = extract::path_id(&request, "organiser", "member")?;
    let role = extract::parse("/role", value_of(&fields, "role").unwrap_or_default())?;
    let (by, organisation) = (may.actor(), may.organisation());
    let changed = members::change_role(&app.db, &by, organisation, organiser, role).await;
    answer(
        &app,
        &request,
        &may,
        changed,
        "/admin/members?done=role-changed",
    )
    .await
}

/// POST /admin/members/{organiser}/remove
pub async fn remove(
    app: Data<App>,
    request: HttpRequest,
    may: May<Own>,
) -> Result<HttpResponse, Error> {
    let organiser = extract::path_id(&request, "organiser", "member")?;
    let (by, organisation) = (may.actor(), may.organisation());
    let removed = members::remove(&app.db, &by, organisation, organiser).await;
    answer(
        &app,
        &request,
        &may,
        removed,
        "/admin/members?done=member-removed",
    )
    .await
}

async fn answer(
    app: &App,
    request: &HttpRequest,
    may: &May<Own>,
    changed: Result<(), MemberError>,
    path: &str,
) -> Result<HttpResponse, Error> {
    match changed {
        Ok(()) => Ok(see_other(path)),
        Err(MemberError::NotFound) => Err(Error::not_found("member")),
        Err(MemberError::Db(error)) => Err(error.into()),
        Err(MemberError::LastOwner) => {
            let mut page = MembersPage::of(app, request, may).await?;
            page.problem = Some(page.shell.text("members-last-owner"));
            private_page(StatusCode::CONFLICT, &page)
        }
    }
}

/// POST /admin/invitations/{invitation}/withdraw
pub async fn withdraw(
    app: Data<App>,
    request: HttpRequest,
    may: May<Own>,
) -> Result<HttpResponse, Error> {
    let id = extract::path_id(&request, "invitation", "invitation")?;
    let (by, organisation) = (may.actor(), may.organisation());
    if !invitation::withdraw(&app.db, &by, organisation, id).await? {
        return Err(Error::not_found("invitation"));
    }
    Ok(see_other("/admin/members?done=invitation-withdrawn"))
}
