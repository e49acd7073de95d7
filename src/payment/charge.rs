//! Step 2 of paying: asks the provider, outside any transaction.
//!
//! What must hold: an intent is confirmed, and a buyer is sent to a page of the provider, only after what the provider calls it was
//! written down, by the process that has created it; what was given up meanwhile is cancelled instead.

use super::figures::Call;
use super::settle::Settler;
use super::{
    ACT_LIMIT, CHARGE_LIMIT, ChargeBy, GATEWAY_LIMIT, Payment, PaymentRef, PaymentRequest, ledger,
    wait_for_gateway,
};
use crate::fault;
use crate::gateway::{
    Action, Answer, Confirmation, Gateway, GatewayError, Intent, MethodToken, NewIntent, NewPage,
    REFUSED, Reference, State, UNAVAILABLE,
};

impl Settler {
    /// Asks the current provider to charge. What was surely not charged is a decline.
    ///
    /// # Errors
    /// Whether it was charged is unknown: recovery asks.
    pub(super) async fn charge(
        &self,
        of: PaymentRef,
        payment: &Payment,
        request: &PaymentRequest,
    ) -> Result<Answer, GatewayError> {
        let gateway = self.gateways.current().as_ref();
        let mut intent = payment.intent();
        let token = match &request.method {
            ChargeBy::Token(token) => token.clone(),
            ChargeBy::Page => return self.send_to_page(gateway, of, &intent, request).await,
        };
        if !gateway.knows_our_ids() {
            match self.create(gateway, of, &intent, &token).await? {
                Ok(created) => intent = created,
                Err(answer) => return Ok(answer),
            }
        }
        let how = Confirmation {
            method: token,
            return_url: request.return_url.clone(),
        };
        let confirmed = wait_for_gateway(CHARGE_LIMIT, gateway.confirm(&intent, &how));
        let answer = self.figures.time(Call::Confirm, confirmed).await;
        fault::point(fault::ANSWERED);
        answer.or_else(not_charged)
    }

    /// Creates an intent, and writes down what the provider calls it. Where nothing can be charged, the answer is within.
    async fn create(
        &self,
        gateway: &dyn Gateway,
        of: PaymentRef,
        intent: &Intent,
        method: &MethodToken,
    ) -> Result<Result<Intent, Answer>, GatewayError> {
        let new = NewIntent {
            payment: intent.payment,
            amount: intent.amount,
            method: method.clone(),
            description: of.booking.to_string(),
        };
        let created = wait_for_gateway(GATEWAY_LIMIT, gateway.create(&new));
        let reference = match self.figures.time(Call::Create, created).await {
            Ok(reference) => reference,
            // What was not confirmed charges nothing, whether it was created or not.
            Err(GatewayError::Unknown(why)) => {
                return not_charged(GatewayError::Unavailable(why)).map(Err);
            }
            Err(error) => return not_charged(error).map(Err),
        };
        self.write_down(gateway, of, intent, reference)
            .await
            .map(Ok)
    }

    /// Makes a page of the provider for the buyer, who goes there next. A provider that has none is a decline.
    async fn send_to_page(
        &self,
        gateway: &dyn Gateway,
        of: PaymentRef,
        intent: &Intent,
        request: &PaymentRequest,
    ) -> Result<Answer, GatewayError> {
        let Some(return_url) = request.return_url.clone() else {
            return Ok(Answer::declined(REFUSED));
        };
        let new = NewPage {
            payment: intent.payment,
            amount: intent.amount,
            description: of.booking.to_string(),
            return_url,
            open_for: ACT_LIMIT,
        };
        let hosted = wait_for_gateway(GATEWAY_LIMIT, gateway.host(&new));
        let page = match self.figures.time(Call::Host, hosted).await {
            Ok(Some(page)) => page,
            Ok(None) => {
                // It is in the provider's books, too, that nothing was charged.
                let cancelled = wait_for_gateway(GATEWAY_LIMIT, gateway.cancel(intent));
                self.figures.time(Call::Cancel, cancelled).await?;
                return Ok(Answer::declined(REFUSED));
            }
            // Nobody has the address of a page whose answer was lost: nothing is paid on it.
            Err(GatewayError::Unknown(why)) => {
                return not_charged(GatewayError::Unavailable(why));
            }
            Err(error) => return not_charged(error),
        };
        self.write_down(gateway, of, intent, page.reference).await?;
        let action = Action::Redirect { url: page.url };
        Ok(Answer::of(State::RequiresAction(action)))
    }

    /// Writes down what the provider calls an intent.
    async fn write_down(
        &self,
        gateway: &dyn Gateway,
        of: PaymentRef,
        intent: &Intent,
        reference: Reference,
    ) -> Result<Intent, GatewayError> {
        fault::point(fault::CREATED);
        let created = Intent {
            reference: Some(reference.clone()),
            ..intent.clone()
        };
        let written = ledger::set_reference(&self.db, of, &reference).await;
        if written.is_ok_and(|is_written| is_written) {
            return Ok(created);
        }
        // It was given up, or that is in doubt: it must not be charged. Recovery completes it, if nobody has.
        let cancelled = wait_for_gateway(GATEWAY_LIMIT, gateway.cancel(&created));
        self.figures.time(Call::Cancel, cancelled).await.ok();
        Err(GatewayError::Unknown(
            "its name could not be written down".into(),
        ))
    }
}

/// A decline, if surely nothing was charged.
fn not_charged(error: GatewayError) -> Result<Answer, GatewayError> {
    let code = match &error {
        GatewayError::Unavailable(_) => UNAVAILABLE,
        GatewayError::Refused(_) => REFUSED,
        // Who pays has chosen it.
        GatewayError::Method { code } => return Ok(Answer::declined(code)),
        GatewayError::Unknown(_) => return Err(error),
    };
    log::error!("{error}");
    let code = code.to_owned();
    Ok(Answer::of(State::Declined { code }))
}
