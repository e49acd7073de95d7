//! What a supervisor such as systemd passes on and wants to know: the listening socket, and when the server is open.
//!
//! What must hold: a socket that was passed on stays open when this process ends, so that between two servers
//! connections wait in its queue and none is refused; without a supervisor nothing is different.

use std::net::{SocketAddr, TcpListener};

use listenfd::ListenFd;
use sd_notify::NotifyState;

use super::output::Failure;

/// The socket that was passed on (LISTEN_FDS), or a new one at this address; and whether it was passed on.
pub(super) fn socket(address: SocketAddr) -> Result<(TcpListener, bool), Failure> {
    let mut passed = ListenFd::from_env();
    if passed.len() > 1 {
        let count = passed.len();
        return Err(
            format!("{count} sockets were passed on (LISTEN_FDS), and one is expected").into(),
        );
    }
    let listener = passed.take_tcp_listener(0);
    let listener = listener
        .map_err(|error| format!("what was passed on (LISTEN_FDS) cannot be used: {error}"))?;
    if let Some(listener) = listener {
        let passed = listener.local_addr()?;
        if passed != address {
            log::info!("listening on {passed}, which was passed on, and not on {address}");
        }
        return Ok((listener, true));
    }
    let bound = TcpListener::bind(address);
    let bound = bound.map_err(|error| format!("cannot listen on {address}: {error}"))?;
    Ok((bound, false))
}

/// Tells the supervisor that the server is open.
pub(super) fn say_open() {
    tell(&[NotifyState::Ready]);
}

/// Tells the supervisor that the server is about to end.
pub(super) fn say_leaving() {
    tell(&[NotifyState::Stopping]);
}

/// Without a supervisor nobody is told.
fn tell(state: &[NotifyState]) {
    if let Err(error) = sd_notify::notify(state) {
        log::warn!("the supervisor (NOTIFY_SOCKET) cannot be told: {error}");
    }
}
