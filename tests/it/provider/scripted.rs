//! A payment provider that does what a test tells it: it speaks the part of Stripe's API that is used, keeps a ledger, and
//! has faults to switch on.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;

use super::books::Books;
use super::keys::SECRET_KEY;
use super::script::{Call, Fault, Script, When};
use super::wire::{Form, Reply, Request, Wire};

/// All of an answer, in thousandths.
const WHOLE: usize = 1_000;

/// The provider. Clones are the same; it ends with the runtime of the test.
#[derive(Clone)]
pub(crate) struct Scripted {
    address: SocketAddr,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    books: Mutex<Books>,
    script: Script,
    requests: Mutex<Vec<Request>>,
    /// Whether it takes connections; when it does not, none stays open.
    is_up: watch::Sender<bool>,
    /// The connections that are open, and one more while it listens.
    open: watch::Sender<usize>,
}

impl State {
    fn enter(&self) {
        self.open.send_modify(|open| *open += 1);
    }

    fn leave(&self) {
        self.open.send_modify(|open| *open -= 1);
    }
}

/// A socket with this address that does not listen yet: connections are refused, and nobody else gets the port.
fn bound(address: SocketAddr) -> TcpSocket {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.set_reuseaddr(true).expect("a socket");
    socket.bind(address).expect("its port");
    socket
}

/// What the ledger has of one intent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    /// The provider's id.
    pub(crate) intent: String,
    /// What its metadata says, in their order.
    pub(crate) metadata: Vec<String>,
    /// As Stripe has it.
    pub(crate) status: &'static str,
    /// In minor units, as are the others.
    pub(crate) amount: i64,
    /// Reserved or charged: how often.
    pub(crate) charges: u32,
    pub(crate) captured: i64,
    pub(crate) refunded: i64,
    /// Taken back by the buyer's bank.
    pub(crate) lost: i64,
}

impl Scripted {
    /// On a free port of this machine.
    pub(crate) async fn start() -> Self {
        let socket = bound(SocketAddr::from(([127, 0, 0, 1], 0)));
        let provider = Self {
            address: socket.local_addr().expect("an address"),
            state: Arc::default(),
        };
        tokio::spawn(provider.clone().live(socket));
        provider.come_up().await;
        provider
    }

    /// The address of its API.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The next such call goes wrong.
    pub(crate) fn once(&self, call: Call, fault: Fault) {
        self.state.script.add(call, fault, 1);
    }

    /// Every such call goes wrong, until it is mended.
    pub(crate) fn always(&self, call: Call, fault: Fault) {
        self.state.script.add(call, fault, u32::MAX);
    }

    /// Nothing goes wrong from now on.
    pub(crate) fn mend(&self) {
        self.state.script.clear();
    }

    /// Connections are refused from now on, and those that are open are closed.
    pub(crate) async fn go_down(&self) {
        self.state.is_up.send_replace(false);
        let mut open = self.state.open.subscribe();
        open.wait_for(|&open| open == 0).await.expect("a provider");
    }

    /// It takes connections again.
    pub(crate) async fn come_up(&self) {
        self.state.is_up.send_replace(true);
        let mut open = self.state.open.subscribe();
        open.wait_for(|&open| open > 0).await.expect("a provider");
    }

    /// What it was asked, in order.
    pub(crate) fn requests(&self) -> Vec<Request> {
        let requests = self.state.requests.lock();
        requests.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How often it was asked for this.
    pub(crate) fn count(&self, call: Call) -> usize {
        let requests = self.requests();
        requests.iter().filter(|it| Call::of(it) == call).count()
    }

    /// What it would send as webhooks of this kind, in order.
    pub(crate) fn events(&self, kind: &str) -> Vec<Value> {
        let books = self.books();
        let events = books.events.iter().filter(|event| event["type"] == kind);
        events.cloned().collect()
    }

    /// What became of the money, intent by intent.
    pub(crate) fn ledger(&self) -> Vec<Entry> {
        let books = self.books();
        let entry = |intent: &super::books::Intent| Entry {
            intent: intent.id.clone(),
            metadata: intent
                .metadata
                .values()
                .filter_map(|value| value.as_str().map(str::to_owned))
                .collect(),
            status: intent.status,
            amount: intent.amount,
            charges: intent.charges,
            captured: intent.captured,
            refunded: books.refunded(&intent.id),
            lost: books.lost(&intent.id),
        };
        books.intents.iter().map(entry).collect()
    }

    /// The buyer does what the bank asks, or does not.
    pub(crate) fn authenticate(&self, intent: &str, success: bool) {
        let mut books = self.books();
        let at = books.find(intent);
        assert_eq!(books.intents[at].status, "requires_action");
        match success {
            true => books.authorise(at),
            false => books.fail(at, "payment_intent_authentication_failure"),
        }
    }

    /// What was processed is decided.
    pub(crate) fn settle(&self, intent: &str, success: bool) {
        let mut books = self.books();
        let at = books.find(intent);
        assert_eq!(books.intents[at].status, "processing");
        match success {
            true => books.authorise(at),
            false => books.fail(at, "card_declined"),
        }
    }

    /// An authorisation ends by itself, as it does after a week.
    pub(crate) fn end_authorisation(&self, intent: &str) {
        let mut books = self.books();
        let at = books.find(intent);
        assert_eq!(books.intents[at].status, "requires_capture");
        books.end(at, Some("automatic"));
    }

    /// All refunds become `succeeded` or `failed`.
    pub(crate) fn decide_refunds(&self, status: &'static str) {
        let mut books = self.books();
        for at in 0..books.refunds.len() {
            books.decide(at, status);
        }
    }

    /// Somebody gives so much back at the provider's own pages.
    pub(crate) fn refund_by_hand(&self, intent: &str, amount: i64) {
        let amount = amount.to_string();
        let form = Form::of(&[("payment_intent", intent), ("amount", &amount)]);
        assert_eq!(self.books().refund(&form).status, 200);
    }

    /// The buyer's bank asks for the money back, and later decides: `needs_response`, `won`, `lost`. The event.
    pub(crate) fn dispute(&self, intent: &str, status: &str) -> Value {
        let mut books = self.books();
        let at = books.find(intent);
        let kind = match status {
            "won" | "lost" => "charge.dispute.closed",
            _ => "charge.dispute.created",
        };
        let of = &books.intents[at];
        let dispute = serde_json::json!({"id": format!("dp_{}", &of.id[3..]), "object": "dispute",
            "amount": of.amount, "charge": of.charge, "currency": of.currency, "payment_intent": of.id,
            "reason": "fraudulent", "status": status, "metadata": {}});
        books.disputes.retain(|it| it["id"] != dispute["id"]);
        books.disputes.push(dispute.clone());
        books.tell_of(kind, &dispute);
        books.events.last().expect("just told").clone()
    }

    /// The buyer pays on a page that it hosts; whether that went well.
    pub(crate) fn pay_on_page(&self, session: &str, method: &str) -> bool {
        let mut books = self.books();
        let found = books.sessions.iter().position(|it| it.id == session);
        books.pay_on(found.expect(session), method)
    }

    fn books(&self) -> MutexGuard<'_, Books> {
        let books = self.state.books.lock();
        books.unwrap_or_else(PoisonError::into_inner)
    }

    async fn live(self, mut socket: TcpSocket) {
        let mut is_up = self.state.is_up.subscribe();
        loop {
            is_up.wait_for(|&up| up).await.expect("the provider");
            let listener = socket.listen(64).expect("it listens");
            self.state.enter();
            tokio::select! {
                () = self.accept(&listener) => {}
                _ = is_up.wait_for(|&up| !up) => {}
            }
            drop(listener);
            socket = bound(self.address);
            self.state.leave();
        }
    }

    async fn accept(&self, listener: &TcpListener) {
        while let Ok((stream, _)) = listener.accept().await {
            self.state.enter();
            let provider = self.clone();
            tokio::spawn(async move {
                let mut is_up = provider.state.is_up.subscribe();
                tokio::select! {
                    _ = provider.serve(stream) => {}
                    _ = is_up.wait_for(|&up| !up) => {}
                }
                provider.state.leave();
            });
        }
    }

    async fn serve(&self, stream: TcpStream) -> std::io::Result<()> {
        let mut wire = Wire::new(stream);
        while let Some(request) = wire.read().await? {
            let requests = self.state.requests.lock();
            requests
                .unwrap_or_else(PoisonError::into_inner)
                .push(request.clone());
            let fault = self.state.script.take(Call::of(&request));
            if !self.answer(&mut wire, &request, fault).await? {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Whether the connection stays open.
    async fn answer(
        &self,
        wire: &mut Wire,
        request: &Request,
        fault: Option<Fault>,
    ) -> std::io::Result<bool> {
        match &fault {
            Some(Fault::Refuses(reply)) => {
                wire.write(reply, WHOLE).await?;
                return Ok(true);
            }
            Some(Fault::RefusesForGood(reply)) => {
                self.books().keep(request, reply);
                wire.write(reply, WHOLE).await?;
                return Ok(true);
            }
            Some(Fault::Drops(When::Before)) => return Ok(false),
            Some(Fault::Waits(When::Before, gate)) => gate.pass().await,
            _ => {}
        }
        let mut reply = self.judge(request);
        match fault {
            Some(Fault::Drops(When::After)) => return Ok(false),
            Some(Fault::Waits(When::After, gate)) => gate.pass().await,
            Some(Fault::Says(other)) => reply = other,
            Some(Fault::WrongAmount) => reply.body = with_more(&reply.body),
            Some(Fault::Truncates) => {
                wire.write(&reply, WHOLE / 2).await?;
                return Ok(false);
            }
            _ => {}
        }
        wire.write(&reply, WHOLE).await?;
        Ok(true)
    }

    fn judge(&self, request: &Request) -> Reply {
        let bearer = format!("Bearer {SECRET_KEY}");
        if request.authorization.as_ref() != Some(&bearer) {
            return Reply::error(401, "invalid_request_error", "", "Invalid API Key provided");
        }
        self.books().answer(request)
    }
}

/// An intent whose amount is one more.
fn with_more(body: &str) -> String {
    let mut json: Value = serde_json::from_str(body).expect("JSON");
    let amount = json["amount"].as_i64().unwrap_or_default();
    json["amount"] = (amount + 1).into();
    json.to_string()
}

impl Books {
    fn find(&self, intent: &str) -> usize {
        let found = self.intents.iter().position(|it| it.id == intent);
        found.expect(intent)
    }
}
