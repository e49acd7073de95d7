//! API tokens of the organisation: made, listed and revoked by owners. The token itself is shown once.

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono_tz::Tz;

use super::fields::Field;
use super::form::Fields;
use super::respond::{private_page, see_other};
use super::session::{May, Own};
use super::shell::Shell;
use crate::access::api_token::{self, ApiToken, NewToken, Scope};
use crate::app::App;
use crate::web::error::Error;
use crate::web::extract;
use crate::web::view::format::{Format, machine_time};

/// Days for which a token may be good.
const DAYS_MAX: u64 = 3_650;
/// Characters of its name at most.
const NAME_MAX: usize = 200;

#[derive(Template)]
#[template(path = "admin/tokens.html")]
struct TokensPage {
    shell: Shell,
    tokens: Vec<Token>,
    name: Field,
    days: Field,
    /// What it may be used for, and whether that is chosen.
    scopes: Vec<(Scope, bool)>,
    scopes_problem: Option<String>,
}

/// A token as it is listed.
struct Token {
    id: uuid::Uuid,
    name: String,
    scopes: String,
    expires_at: String,
    expires: String,
    last_used_at: Option<(String, String)>,
    state: &'static str,
}

/// A token that is shown once.
#[derive(Template)]
#[template(path = "admin/token.html")]
struct TokenPage {
    shell: Shell,
    name: String,
    token: String,
}

impl TokensPage {
    async fn of(app: &App, request: &HttpRequest, may: &May<Own>) -> Result<Self, Error> {
        let format = Format::of(request);
        let tokens = api_token::list_of(&app.db, may.organisation()).await?;
        Ok(Self {
            shell: Shell::of(request, may, "tokens"),
            tokens: tokens
                .iter()
                .map(|token| Token::of(token, &format))
                .collect(),
            name: Field::default(),
            days: Field::with("90"),
            scopes: Scope::ALL.map(|scope| (scope, false)).to_vec(),
            scopes_problem: None,
        })
    }

    /// Reads the form; what is wrong is said beside its field.
    fn take(&mut self, fields: &Fields) -> Option<(Vec<Scope>, Duration)> {
        self.name = Field::of(fields, "name");
        self.days = Field::of(fields, "days");
        let length = self.name.value.chars().count();
        if !(1..=NAME_MAX).contains(&length) || self.name.value.contains(char::is_control) {
            self.name.refuse(self.shell.text("tokens-name-wrong"));
        }
        let days = self.days.value.parse().ok();
        let days = days.filter(|days| (1..=DAYS_MAX).contains(days));
        if days.is_none() {
            self.days.refuse(self.shell.text("tokens-days-wrong"));
        }
        let is_sent = |scope: Scope| {
            let mut sent = fields.iter().filter(|(name, _)| name == "scope");
            sent.any(|(_, value)| value == scope.as_str())
        };
        for (scope, is_chosen) in &mut self.scopes {
            *is_chosen = is_sent(*scope);
        }
        let chosen = self.scopes.iter().filter(|(_, is_chosen)| *is_chosen);
        let chosen: Vec<Scope> = chosen.map(|(scope, _)| *scope).collect();
        if chosen.is_empty() {
            self.scopes_problem = Some(self.shell.text("tokens-scopes-missing").to_owned());
        }
        let is_right = self.name.problem.is_none() && !chosen.is_empty();
        let expires_in = Duration::from_secs(days? * 24 * 60 * 60);
        is_right.then_some((chosen, expires_in))
    }
}

impl Token {
    fn of(token: &ApiToken, format: &Format) -> Self {
        let scopes: Vec<&str> = token.scopes.iter().map(|scope| scope.as_str()).collect();
        Self {
            id: token.id,
            name: token.name.clone(),
            scopes: scopes.join(", "),
            expires_at: machine_time(token.expires_at),
            expires: format.date_time(token.expires_at, Tz::UTC),
            last_used_at: token
                .last_used_at
                .map(|at| (machine_time(at), format.date_time(at, Tz::UTC))),
            state: match token.revoked_at {
                Some(_) => "revoked",
                None if token.expires_at <= format.now => "expired",
                None => "good",
            },
        }
    }
}

/// GET /admin/tokens
pub async fn list(
    app: Data<App>,
    request: HttpRequest,
    may: May<Own>,
) -> Result<HttpResponse, Error> {
    let page = TokensPage::of(&app, &request, &may).await?;
    private_page(StatusCode::OK, &page)
}

/// POST /admin/tokens: makes one, which is shown this once.
pub async fn create(
    app: Data<App>,
    request: HttpRequest,
    may: May<Own>,
    fields: Fields,
) -> Result<HttpResponse, Error> {
    let mut page = TokensPage::of(&app, &request, &may).await?;
    let Some((scopes, expires_in)) = page.take(&fields) else {
        return private_page(StatusCode::UNPROCESSABLE_ENTITY, &page);
    };
    let new = NewToken {
        name: &page.name.value,
        scopes: &scopes,
        expires_in,
        organisation: Some(may.organisation()),
    };
    let (_, token) = api_token::create_by(&app.db, &may.actor(), &new).await?;
    let page = TokenPage {
        shell: page.shell,
        name: page.name.value,
        token,
    };
    private_page(StatusCode::OK, &page)
}

/// POST /admin/tokens/{token}/revoke
pub async fn revoke(
    app: Data<App>,
    request: HttpRequest,
    may: May<Own>,
) -> Result<HttpResponse, Error> {
    let id = extract::path_id(&request, "token", "token")?;
    let (by, organisation) = (may.actor(), may.organisation());
    if !api_token::revoke_by(&app.db, &by, organisation, id).await? {
        return Err(Error::not_found("token"));
    }
    Ok(see_other("/admin/tokens?done=token-revoked"))
}
