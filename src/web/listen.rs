//! From a listener to the route table: what `HttpServer` of actix-web does, with a say in which connections
//! are let in and in what becomes of those that fail.
//!
//! What must hold: a connection too many is closed before a byte of it is read; what a client does wrong is
//! logged at debug level and counted, what the server does wrong is an error.

use std::net::{IpAddr, Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use actix_http::error::DispatchError;
use actix_http::{HttpService, Protocol};
use actix_server::Server;
use actix_service::{IntoServiceFactory, ServiceFactoryExt, fn_service, map_config};
use actix_web::dev::{AppConfig, ServiceResponse};
use actix_web::rt::net::TcpStream;

use super::connection::Connection;
use super::pieces::{Pieces, SEND_FROM_BYTES};
use super::{State, app, client};
use crate::access::connections::Connections;

/// How long a client that was answered early may go on sending, so that it reads the answer.
const LINGER: Duration = Duration::from_secs(1);
/// Connections that the kernel accepts ahead.
const BACKLOG: u32 = 4096;

/// Serves the route table until its handle is told to stop; the server must be polled.
///
/// # Errors
/// The listener cannot be used.
pub fn listen(
    listener: TcpListener,
    state: State,
    connections: Arc<Connections>,
) -> std::io::Result<Server> {
    let config = &state.app.config;
    let builder = Server::build()
        .workers(config.workers())
        .backlog(BACKLOG)
        // At its own bound it stops accepting, and all clients wait: ours comes first.
        .max_concurrent_connections(usize::MAX)
        .disable_signals()
        .shutdown_timeout(config.drain_seconds.into());
    let drain = builder.graceful_shutdown_signal();
    let address = listener.local_addr()?;
    let server = builder.listen("boxoffice", listener, move || {
        let (drain, state) = (drain.clone(), state.clone());
        let limits = state.app.config.limits.clone();
        let app = app(&state)
            .into_factory()
            .map(|response: ServiceResponse<_>| response.map_body(|_, body| Pieces::of(body)))
            .map_err(|error| error.error_response());
        let http = HttpService::build()
            .graceful_shutdown_signal(move || {
                let drain = drain.clone();
                async move { drain.notified().await }
            })
            .keep_alive(limits.keep_alive())
            .h1_write_buffer_size(SEND_FROM_BYTES)
            // `Connection` looks after heads, by a clock that is not up to half a second slow.
            .client_request_timeout(Duration::ZERO)
            .client_disconnect_timeout(LINGER)
            .local_addr(address)
            .on_connect_ext(|connection: &Connection, data| {
                data.insert(connection.progress());
            })
            .finish(map_config(app, |()| AppConfig::default()));
        let (doors, noted) = (connections.clone(), connections.clone());
        fn_service(move |stream: TcpStream| {
            let unknown = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
            let peer = stream.peer_addr().map_or(unknown, |peer| peer.ip());
            let peer = peer.to_canonical();
            let is_proxy = client::is_trusted(peer, &limits.trusted_proxies);
            let admitted = doors.admit(peer, is_proxy);
            let connection = admitted.map(|admitted| Connection::new(stream, admitted, &limits));
            std::future::ready(match connection {
                Some(connection) => {
                    let peer = connection.peer();
                    Ok((connection, Protocol::Http1, peer))
                }
                None => Err(DispatchError::Io(std::io::ErrorKind::QuotaExceeded.into())),
            })
        })
        .and_then(http)
        .map_err(move |error| note(&noted, &error))
    })?;
    Ok(server.run())
}

/// Logs why a connection ended before its time.
fn note(connections: &Connections, error: &DispatchError) {
    match error {
        DispatchError::Parse(_) => {
            connections.count_bad_request();
            log::debug!("a request is no HTTP: {error}");
        }
        DispatchError::Body(_) | DispatchError::InternalError | DispatchError::Upgrade => {
            log::error!("a connection failed: {error}");
        }
        _ => log::debug!("a connection ended: {error}"),
    }
}
