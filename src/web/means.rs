//! How a request pays: by a payment method's token, or with the simulated gateway by the number of a test card.

use actix_web::HttpRequest;

use crate::app::App;
use crate::gateway::card::Card;
use crate::gateway::{MethodToken, Provider};
use crate::types::BookingId;
use crate::web::client;
use crate::web::error::Error;

/// Bytes of an address at most.
const URL_MAX: usize = 2_000;

/// What a request says of how it pays.
#[derive(Default)]
pub(crate) struct Means<'a> {
    pub(crate) payment_method: Option<&'a str>,
    pub(crate) card_number: Option<&'a str>,
    pub(crate) return_url: Option<&'a str>,
}

impl Means<'_> {
    /// The token, and where the buyer's browser comes back to. `at` is the JSON pointer of the object that has the fields. With
    /// a real provider a card number is refused, and not looked at.
    ///
    /// # Errors
    /// 422 at the field.
    pub(crate) fn read(&self, app: &App, at: &str) -> Result<(MethodToken, Option<String>), Error> {
        let wrong = |field: &str, text| Err(Error::invalid_field(&format!("{at}/{field}"), text));
        let gateway = app.gateways.current();
        let method = match (self.payment_method, self.card_number) {
            (Some(token), None) => match token.parse() {
                Ok(token) => token,
                Err(_) => return wrong("payment_method", "field-payment-method"),
            },
            (_, Some(_)) if gateway.provider() != Provider::Simulated => {
                return wrong("card_number", "field-card-number-not-taken");
            }
            (None, Some(number)) => {
                let card: Card = number
                    .parse()
                    .map_err(|error| Error::of_card(&format!("{at}/card_number"), error))?;
                match gateway.test_token(&card) {
                    Some(token) => token,
                    None => return wrong("card_number", "field-card-number-not-taken"),
                }
            }
            (Some(_), Some(_)) => return wrong("card_number", "field-card-or-method"),
            (None, None) => return wrong("payment_method", "field-payment-method-missing"),
        };
        match self.return_url {
            Some(url) if !is_web_address(url) => wrong("return_url", "field-return-url"),
            url => Ok((method, url.map(str::to_owned))),
        }
    }
}

/// Where the buyer's browser comes back to: to where the client says, or to the booking's page. Providers want to know it, also
/// where nobody is asked.
pub(crate) fn return_url(
    app: &App,
    request: &HttpRequest,
    booking: BookingId,
    asked: Option<String>,
) -> Option<String> {
    asked.or_else(|| {
        let origin = client::origin(&app.config, request)?;
        Some(format!("{origin}/bookings/{booking}/return"))
    })
}

fn is_web_address(text: &str) -> bool {
    let is_web = |url: reqwest::Url| matches!(url.scheme(), "http" | "https") && url.has_host();
    text.len() <= URL_MAX && reqwest::Url::parse(text).is_ok_and(is_web)
}
