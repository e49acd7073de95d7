//! Changing paid bookings for the organiser: giving some tickets back, exchanging tickets. Each in a task that outlives the
//! request it belongs to, with what follows from the commit: lanes are told, the gateway is asked for what goes back.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::exchange::{Exchange, try_to_exchange};
use super::figures::Step;
use super::give_back::{GiveBack, give_back};
use super::{Payments, RefundRef};
use crate::audit::Actor;
use crate::booking::ChangeError;
use crate::catalog::Event;
use crate::fault;
use crate::postgres::Error;

/// For how long an exchange waits for tickets that orders in flight have locked.
const WAIT: Duration = Duration::from_secs(1);
/// The pause before it is tried again.
const PAUSE: Duration = Duration::from_millis(20);

impl Payments {
    /// Gives some tickets of a paid booking back, and refunds what they were worth. If the gateway is slow, the refund is
    /// still due when this returns. A repeated request changes nothing.
    ///
    /// # Errors
    /// [`ChangeError`].
    pub async fn give_back(
        &self,
        by: &Actor,
        event: &Arc<Event>,
        request: GiveBack,
    ) -> Result<(), ChangeError> {
        is_on(event)?;
        let (this, by, event) = (self.clone(), by.clone(), event.clone());
        let work = self.spawn(async move {
            let settler = this.settler();
            let given = give_back(&settler.db, &by, &event, &request).await?;
            fault::point(fault::GIVEN_BACK);
            settler.lanes.released(event.no, &given.released);
            let (booking, no) = (request.asked.booking, event.no.0);
            if given.is_news {
                log::info!(booking:% = booking, event_no = no; "tickets given back");
            }
            this.refund_part(given.refund).await;
            Ok(())
        });
        joined(work).await
    }

    /// Exchanges tickets of a paid booking for others, all or none, and refunds the difference if they are cheaper; as
    /// [`Payments::give_back`].
    ///
    /// # Errors
    /// [`ChangeError`].
    pub async fn exchange(
        &self,
        by: &Actor,
        event: &Arc<Event>,
        request: Exchange,
    ) -> Result<(), ChangeError> {
        is_on(event)?;
        let (this, by, event) = (self.clone(), by.clone(), event.clone());
        let work = self.spawn(async move {
            let settler = this.settler();
            let until = Instant::now() + WAIT;
            let done = loop {
                match try_to_exchange(&settler.db, &by, &event, &request).await {
                    Err(ChangeError::Locked) if Instant::now() < until => {
                        tokio::time::sleep(PAUSE).await;
                    }
                    result => break result?,
                }
            };
            fault::point(fault::GIVEN_BACK);
            settler.lanes.released(event.no, &done.released);
            if let Some((tier, seats)) = &done.taken {
                let quantity = seats.len() as i32;
                settler.lanes.taken(event.no, *tier, quantity, seats);
                let (booking, no) = (request.asked.booking, event.no.0);
                log::info!(booking:% = booking, event_no = no; "tickets exchanged");
            }
            this.refund_part(done.refund).await;
            Ok(())
        });
        joined(work).await
    }

    /// Makes a refund that is due, for as long as a request waits; recovery makes it otherwise.
    async fn refund_part(&self, refund: Option<RefundRef>) {
        let Some(refund) = refund else {
            return;
        };
        let settler = self.settler().clone();
        settler.figures.count(Step::RefundDue);
        let made = self.spawn(async move { settler.refund_part(refund).await });
        tokio::time::timeout(self.payment_wait(), made).await.ok();
    }
}

/// All money of an event that was called off goes back by itself.
fn is_on(event: &Event) -> Result<(), ChangeError> {
    match event.called_off_at {
        Some(_) => Err(ChangeError::CalledOff),
        None => Ok(()),
    }
}

async fn joined(work: tokio::task::JoinHandle<Result<(), ChangeError>>) -> Result<(), ChangeError> {
    work.await.unwrap_or_else(|error| {
        let ended = format!("the change's task ended: {error}");
        Err(ChangeError::Db(Error::Unavailable(ended)))
    })
}
