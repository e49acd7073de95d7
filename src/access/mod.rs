//! Who may do what, and what proves it: buyer tokens, booking links, API tokens, the sessions and roles of organisers.
//! Knows nothing of HTTP.
//!
//! `token` is the text of buyer tokens and booking links, `keys` signs and verifies both without a query,
//! `api_token` keeps the tokens of programs, `move_code` the codes that move a buyer's bookings, `limits` says how often a client may do what, `connections` how
//! many it may have open; `organiser` has the people of the organiser's side. What may be done to a booking is decided in
//! [`Credentials::may`] and nowhere else.
//!
//! What must hold: an id proves nothing; who may not see a booking gets the answer that they would get
//! if it did not exist.

pub mod api_token;
pub mod connections;
mod keys;
pub mod limits;
pub mod move_code;
pub mod organiser;
mod token;

use std::sync::Arc;
use std::time::Duration;

use api_token::{ApiToken, ApiTokens, Found, Scope};
use keys::Keys;

use crate::postgres::{Db, Error};
use crate::types::{BookingLink, BuyerId, OrganisationNo, Timestamp};

pub use keys::{GRACE, rotate};

/// Deletes API tokens and codes that expired or were revoked longer ago than this, and secrets that are not believed any
/// more. How many.
///
/// # Errors
/// Those of the database.
pub async fn forget(db: &Db, older_than: Duration) -> Result<usize, Error> {
    let codes = move_code::forget(db, older_than).await?;
    let codes = codes + organiser::forget(db, older_than).await?;
    Ok(api_token::forget(db, older_than).await? + keys::forget(db).await? + codes)
}

/// Who sends a request.
#[derive(Debug, Clone)]
pub enum Principal {
    /// Shows nothing.
    Nobody,
    /// Shows a buyer token.
    Buyer(BuyerId),
    /// Shows an API token.
    Api(Arc<ApiToken>),
}

impl Principal {
    /// The buyer, if it is one.
    pub fn buyer(&self) -> Option<BuyerId> {
        match self {
            Self::Buyer(buyer) => Some(*buyer),
            Self::Nobody | Self::Api(_) => None,
        }
    }

    /// Whether it is this buyer, or a program that acts for buyers; not whoever has no more than a booking's link.
    pub fn speaks_for(&self, buyer: BuyerId) -> bool {
        match self {
            Self::Buyer(own) => *own == buyer,
            Self::Api(_) => true,
            Self::Nobody => false,
        }
    }

    /// Whether it may have to do with what this organisation runs: the token of another may not.
    pub fn is_for(&self, organisation: OrganisationNo) -> bool {
        match self {
            Self::Api(token) => token.is_for(organisation),
            Self::Nobody | Self::Buyer(_) => true,
        }
    }

    /// On whom it is counted how often they do something, beside the address from which they do it.
    pub fn limit_key(&self) -> Option<limits::Key> {
        match self {
            Self::Nobody => None,
            Self::Buyer(buyer) => Some(limits::Key::Buyer(*buyer)),
            Self::Api(token) => Some(limits::Key::ApiToken(token.id)),
        }
    }

    /// The program that asks, if its token may be used for this.
    ///
    /// # Errors
    /// [`Denied`].
    pub fn program(&self, scope: Scope) -> Result<&Arc<ApiToken>, Denied> {
        match self {
            Self::Nobody => Err(Denied::Unauthenticated),
            Self::Api(token) if token.allows(scope) => Ok(token),
            Self::Buyer(_) | Self::Api(_) => Err(Denied::Scope(scope)),
        }
    }

    /// The buyer for whom something is booked or listed. An API token names the one on whose behalf it
    /// acts; a buyer acts for themselves.
    ///
    /// # Errors
    /// [`Denied`].
    pub fn acts_for(&self, on_behalf_of: Option<BuyerId>, scope: Scope) -> Result<BuyerId, Denied> {
        match (self, on_behalf_of) {
            (Self::Nobody, _) => Err(Denied::Unauthenticated),
            (Self::Buyer(buyer), None) => Ok(*buyer),
            (Self::Buyer(_), Some(_)) => Err(Denied::BuyersActForThemselves),
            (Self::Api(token), _) if !token.allows(scope) => Err(Denied::Scope(scope)),
            (Self::Api(_), Some(buyer)) if !buyer.0.is_nil() => Ok(buyer),
            (Self::Api(_), _) => Err(Denied::NobodyNamed),
        }
    }
}

/// What someone wants to do with a booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    /// See it and its tickets.
    Read,
    /// Pay it.
    Pay,
    /// Give it back.
    Cancel,
    /// See what was answered to the questions of its event.
    SeeAnswers,
    /// Answer them.
    Answer,
}

/// Why something is not allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Denied {
    /// It takes a token, and there is none.
    Unauthenticated,
    /// There is no such booking, or none for these eyes.
    NotFound,
    /// The API token lacks this scope.
    Scope(Scope),
    /// `on_behalf_of` is for API tokens.
    BuyersActForThemselves,
    /// An API token must say on whose behalf it acts.
    NobodyNamed,
    /// A booking link is for reading and paying.
    LinkCannotCancel,
    /// What a buyer has answered is for the buyer alone.
    LinkCannotAnswer,
}

/// Everything that a request shows for one booking.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// Who sends it.
    pub principal: Principal,
    /// Whether it carries the booking's link.
    pub has_link: bool,
    /// Whether the booking was handed over: its new buyer has the link and nothing else.
    pub is_handed_over: bool,
}

impl Credentials {
    /// Whether they may do this to a booking of this buyer.
    ///
    /// # Errors
    /// [`Denied`].
    pub fn may(&self, right: Right, buyer: BuyerId) -> Result<(), Denied> {
        if self.principal.buyer() == Some(buyer) {
            return Ok(());
        }
        if let Principal::Api(token) = &self.principal {
            let scope = match right {
                Right::Read | Right::SeeAnswers => Scope::BookingsRead,
                Right::Pay | Right::Cancel | Right::Answer => Scope::BookingsWrite,
            };
            return if token.allows(scope) {
                Ok(())
            } else {
                Err(Denied::Scope(scope))
            };
        }
        match right {
            _ if !self.has_link => Err(Denied::NotFound),
            Right::Read | Right::Pay => Ok(()),
            Right::Answer if self.is_handed_over => Ok(()),
            Right::Cancel => Err(Denied::LinkCannotCancel),
            Right::SeeAnswers | Right::Answer => Err(Denied::LinkCannotAnswer),
        }
    }
}

/// Why a token is not believed.
#[derive(Debug)]
pub enum AuthError {
    /// It is not one of ours, or was signed with a secret that is not believed any more.
    NotOurs,
    /// The API token has expired.
    Expired(Timestamp),
    /// The API token was revoked.
    Revoked,
    /// It cannot be checked just now.
    Db(Error),
}

impl From<Error> for AuthError {
    fn from(error: Error) -> Self {
        Self::Db(error)
    }
}

/// Issues and checks what proves who someone is. One for the process.
pub struct Access {
    keys: Keys,
    api_tokens: ApiTokens,
}

impl Access {
    /// Reads nothing yet.
    pub fn new(db: Db) -> Self {
        Self {
            keys: Keys::new(db.clone()),
            api_tokens: ApiTokens::new(db),
        }
    }

    /// The token of a buyer.
    ///
    /// # Errors
    /// Those of the database, the first time.
    pub async fn buyer_token(&self, buyer: BuyerId) -> Result<String, Error> {
        token::buyer_token(&self.keys, buyer).await
    }

    /// Who shows this token.
    ///
    /// # Errors
    /// [`AuthError`].
    pub async fn authenticate(&self, text: &str) -> Result<Principal, AuthError> {
        if token::is_buyer_token(text) {
            let buyer = token::buyer_of(&self.keys, text).await?;
            return buyer.map(Principal::Buyer).ok_or(AuthError::NotOurs);
        }
        if !api_token::is_api_token(text) {
            return Err(AuthError::NotOurs);
        }
        match self.api_tokens.find(text).await? {
            Found::Valid(token) => Ok(Principal::Api(token)),
            Found::Expired(at) => Err(AuthError::Expired(at)),
            Found::Revoked => Err(AuthError::Revoked),
            Found::Unknown => Err(AuthError::NotOurs),
        }
    }

    /// What the link of a booking carries as `access`.
    ///
    /// # Errors
    /// Those of the database, the first time.
    pub async fn link(&self, of: BookingLink) -> Result<String, Error> {
        token::link(&self.keys, of).await
    }

    /// Whether this is what the link of this booking carries.
    ///
    /// # Errors
    /// Those of the database, if the key is not known here yet.
    pub async fn is_link(&self, of: BookingLink, text: &str) -> Result<bool, Error> {
        token::is_link(&self.keys, of, text).await
    }

    /// Reads the secrets again, so that this process signs with the newest soon after a rotation.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn refresh(&self) -> Result<(), Error> {
        self.keys.refresh().await.map(|_| ())
    }
}
