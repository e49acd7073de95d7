//! A provider whose books a test changes behind everybody's back.

use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use boxoffice::gateway::card::Card;
use boxoffice::gateway::{
    AmountRefused, Answer, CardShown, Confirmation, Gateway, GatewayError, HostedPage, Intent,
    List, Listed, MethodToken, NewIntent, NewPage, Notice, NoticeError, Provider, Reference,
    Refund, Refunded, State,
};
use boxoffice::types::{Money, PaymentId, Timestamp};
use futures::future::BoxFuture;
use uuid::Uuid;

use super::{BAD, LOST};

/// Intents in a part of the list.
const PART: usize = 2;

/// A provider whose books a test can change. Clones are the same.
#[derive(Clone, Default)]
pub(super) struct Books {
    intents: Arc<Mutex<Vec<Listed>>>,
    /// Calls that are answered before it goes down; a negative number: it does not.
    answers: Arc<Answers>,
}

struct Answers(AtomicI32);

impl Default for Answers {
    fn default() -> Self {
        Self(AtomicI32::new(-1))
    }
}

impl Books {
    pub(super) fn intents(&self) -> MutexGuard<'_, Vec<Listed>> {
        self.intents.lock().unwrap()
    }

    /// The intent of the payment that was begun last.
    pub(super) fn change(&self, change: impl FnOnce(&mut Listed)) {
        change(self.intents().last_mut().unwrap());
    }

    /// An intent that was not made here.
    pub(super) fn add(&self, payment: Option<PaymentId>, state: State) {
        let mut intents = self.intents();
        let reference = format!("pi_{}", Uuid::new_v4().simple()).parse().unwrap();
        intents.push(Listed {
            reference,
            payment,
            created_at: Timestamp::default(),
            amount: Money {
                minor: 100,
                currency: "EUR".parse().unwrap(),
            },
            refunded_minor: 0,
            state,
        });
    }

    pub(super) fn states(&self) -> Vec<State> {
        self.intents().iter().map(|it| it.state.clone()).collect()
    }

    /// It answers so many calls more.
    pub(super) fn answer(&self, calls: i32) {
        self.answers.0.store(calls, Ordering::SeqCst);
    }

    fn is_up(&self) -> Result<(), GatewayError> {
        match self.answers.0.load(Ordering::SeqCst) {
            0 => Err(GatewayError::Unavailable("it is down".into())),
            left => {
                self.answers.0.store((left - 1).max(-1), Ordering::SeqCst);
                Ok(())
            }
        }
    }

    /// Does this to an intent, and says how it is then.
    fn act(
        &self,
        intent: &Intent,
        act: impl FnOnce(&mut Listed),
    ) -> Result<Option<Answer>, GatewayError> {
        self.is_up()?;
        let mut intents = self.intents();
        let named = |it: &&mut Listed| Some(&it.reference) == intent.reference.as_ref();
        Ok(intents.iter_mut().find(named).map(|found| {
            act(found);
            Answer {
                amount: Some(found.amount),
                ..Answer::of(found.state.clone())
            }
        }))
    }

    fn must(answer: Result<Option<Answer>, GatewayError>) -> Result<Answer, GatewayError> {
        answer?.ok_or_else(|| GatewayError::Refused("there is no such intent".into()))
    }
}

impl Gateway for Books {
    fn provider(&self) -> Provider {
        Provider::Stripe
    }

    fn is_test(&self) -> bool {
        false
    }

    fn test_token(&self, _card: &Card) -> Option<MethodToken> {
        None
    }

    fn shown_of(&self, _method: &MethodToken) -> Option<CardShown> {
        None
    }

    fn check(&self, _amount: Money) -> Result<(), AmountRefused> {
        Ok(())
    }

    fn knows_our_ids(&self) -> bool {
        false
    }

    fn create<'a>(&'a self, new: &'a NewIntent) -> BoxFuture<'a, Result<Reference, GatewayError>> {
        self.add(Some(new.payment), State::Processing);
        self.change(|it| it.amount = new.amount);
        let reference = self.intents().last().unwrap().reference.clone();
        Box::pin(async { Ok(reference) })
    }

    fn confirm<'a>(
        &'a self,
        intent: &'a Intent,
        how: &'a Confirmation,
    ) -> BoxFuture<'a, Result<Answer, GatewayError>> {
        let (method, code) = (how.method.as_str(), "card_declined".to_owned());
        let state = match method {
            BAD => State::Declined { code },
            _ => State::Succeeded,
        };
        let answer = Self::must(self.act(intent, |it| it.state = state));
        let is_lost = method == LOST;
        Box::pin(async move {
            match is_lost {
                true => Err(GatewayError::Unknown("the line went dead".into())),
                false => answer,
            }
        })
    }

    fn host<'a>(
        &'a self,
        _new: &'a NewPage,
    ) -> BoxFuture<'a, Result<Option<HostedPage>, GatewayError>> {
        Box::pin(async { Ok(None) })
    }

    fn fetch<'a>(
        &'a self,
        intent: &'a Intent,
    ) -> BoxFuture<'a, Result<Option<Answer>, GatewayError>> {
        Box::pin(async { self.act(intent, |_| ()) })
    }

    fn capture<'a>(&'a self, intent: &'a Intent) -> BoxFuture<'a, Result<Answer, GatewayError>> {
        Box::pin(async { Self::must(self.act(intent, |it| it.state = State::Succeeded)) })
    }

    fn cancel<'a>(&'a self, intent: &'a Intent) -> BoxFuture<'a, Result<Answer, GatewayError>> {
        let cancel = |it: &mut Listed| {
            if it.state != State::Succeeded {
                it.state = State::Cancelled;
            }
        };
        Box::pin(async move { Self::must(self.act(intent, cancel)) })
    }

    fn refund<'a>(&'a self, refund: &'a Refund) -> BoxFuture<'a, Result<Refunded, GatewayError>> {
        let minor = refund.amount.minor;
        let made = Self::must(self.act(&refund.of, |it| it.refunded_minor += minor));
        Box::pin(async { made.map(|_| Refunded::Succeeded) })
    }

    fn list<'a>(
        &'a self,
        _since: Timestamp,
        after: Option<&'a Reference>,
    ) -> BoxFuture<'a, Result<List, GatewayError>> {
        Box::pin(async move {
            self.is_up()?;
            let intents = self.intents();
            let newest = intents.iter().rev();
            let skipped = newest.clone().position(|it| Some(&it.reference) == after);
            let rest: Vec<Listed> = newest
                .skip(skipped.map_or(0, |at| at + 1))
                .cloned()
                .collect();
            let next = rest.get(PART - 1).filter(|_| rest.len() > PART);
            Ok(List {
                next: next.map(|last| last.reference.clone()),
                intents: rest.into_iter().take(PART).collect(),
            })
        })
    }

    fn signature_header(&self) -> &'static str {
        "Books-Signature"
    }

    fn read_webhook<'a>(
        &'a self,
        _signature: Option<&'a str>,
        _body: &'a [u8],
    ) -> BoxFuture<'a, Result<Notice, NoticeError>> {
        Box::pin(async { Err(NoticeError::BadSignature) })
    }

    fn run_due_work<'a>(
        &'a self,
        _webhook_url: &'a str,
    ) -> BoxFuture<'a, Result<usize, GatewayError>> {
        Box::pin(async { Ok(0) })
    }

    fn forget(&self, _older_than: Duration) -> BoxFuture<'_, Result<usize, GatewayError>> {
        Box::pin(async { Ok(0) })
    }
}
