//! The two books of a charge, read beside each other: our payments with what went back of them, and the provider's.
//! Nothing is changed here.

use std::collections::HashMap;

use super::figures::Call;
use super::ledger::{self, Entry};
use super::settle::Settler;
use super::{GATEWAY_LIMIT, refunds, wait_for_gateway};
use crate::gateway::{Answer, Gateway, GatewayError, Intent, Listed};
use crate::postgres::Error;
use crate::types::PaymentId;

/// Ours and a provider's.
#[derive(Clone, Copy)]
pub(super) struct Books<'a> {
    pub(super) settler: &'a Settler,
    pub(super) gateway: &'a dyn Gateway,
}

impl Books<'_> {
    /// The payment with this id.
    pub(super) async fn ours(&self, id: PaymentId) -> Result<Option<Entry>, Error> {
        let mut found = [ledger::get_by_id(&self.settler.db, id).await?];
        self.add_refunds(&mut found).await?;
        let [found] = found;
        Ok(found)
    }

    /// The payment that each of them is of, if it is here: by our id, which their metadata has, or by their name.
    pub(super) async fn ours_of(&self, intents: &[Listed]) -> Result<Vec<Option<Entry>>, Error> {
        let (db, provider) = (&self.settler.db, self.gateway.provider());
        let ids: Vec<PaymentId> = intents.iter().filter_map(|listed| listed.payment).collect();
        let entries = ledger::get_by_ids(db, &ids).await?;
        let entries: HashMap<PaymentId, Entry> = entries
            .into_iter()
            .map(|entry| (entry.payment.id, entry))
            .collect();
        let mut ours = Vec::with_capacity(intents.len());
        for listed in intents {
            let known = listed.payment.and_then(|id| entries.get(&id).cloned());
            let entry = match known {
                Some(entry) => Some(entry),
                None => ledger::get_by_reference(db, provider, &listed.reference).await?,
            };
            ours.push(entry.filter(|entry| entry.payment.provider == provider));
        }
        self.add_refunds(&mut ours).await?;
        Ok(ours)
    }

    async fn add_refunds(&self, ours: &mut [Option<Entry>]) -> Result<(), Error> {
        let known = || ours.iter().flatten();
        let events: Vec<_> = known().map(|entry| entry.event).collect();
        let bookings: Vec<_> = known().map(|entry| entry.payment.booking).collect();
        let refunds = refunds::of_bookings(&self.settler.db, &events, &bookings).await?;
        for Entry { payment, .. } in ours.iter_mut().flatten() {
            let its = refunds.iter().filter(|refund| refund.payment == payment.id);
            payment.refunds = its.copied().collect();
        }
        Ok(())
    }

    /// How the provider has it now; `None` if it does not know it.
    pub(super) async fn theirs(&self, intent: &Intent) -> Result<Option<Answer>, GatewayError> {
        let fetched = wait_for_gateway(GATEWAY_LIMIT, self.gateway.fetch(intent));
        self.settler.figures.time(Call::Fetch, fetched).await
    }
}
