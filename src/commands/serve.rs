//! `boxoffice serve`: runs the server, with an embedded PostgreSQL if no database is configured.
//!
//! What must hold: the port and the static files are checked before the database is started; on an interrupt the
//! server drains first, and the database stops last.

use std::net::TcpListener;
use std::process::ExitCode;

use tokio::runtime::Runtime;

use super::database;
use super::output::{Failure, say};
use crate::app::App;
use crate::catalog::demo;
use crate::cluster::Embedded;
use crate::config::{DatabaseConfig, ServeConfig};
use crate::server;
use crate::web::view::assets::Assets;

/// The error if no directory of static files is found.
const NO_STATIC_DIR: &str = "no directory of static files is found: name it by --static-dir";

/// Serves until it is interrupted.
pub(super) fn run(
    runtime: &Runtime,
    config: &DatabaseConfig,
    serve: ServeConfig,
) -> Result<ExitCode, Failure> {
    // Before the database is started, so that a port in use or a missing file is reported at once.
    let listener = TcpListener::bind(serve.listen)
        .map_err(|error| format!("cannot listen on {}: {error}", serve.listen))?;
    let static_dir = serve.static_dir().ok_or(NO_STATIC_DIR)?;
    let assets = Assets::open(&static_dir)?;
    let (url, embedded) = database::open(config)?;
    let result: Result<(), Failure> = runtime.block_on(async {
        let db = database::connect(&url, config, embedded.as_ref()).await?;
        if embedded.is_some() {
            let created = demo::seed(&db.patient()).await?;
            if created > 0 {
                log::info!("{created} demo events created");
            }
        }
        if embedded.as_ref().is_some_and(Embedded::fresh) {
            let db = db.patient();
            tokio::spawn(async move {
                if let Err(error) = db.preallocate_wal().await {
                    log::warn!("WAL segments were not preallocated: {error}");
                }
            });
        }
        say(&format!(
            "boxoffice is open: http://{}",
            listener.local_addr()?
        ))?;
        server::run(App::new(db, serve), assets, listener, interrupted()).await?;
        Ok(())
    });
    if let Some(embedded) = embedded {
        embedded.stop()?;
    }
    result.map(|()| ExitCode::SUCCESS)
}

/// Waits for the request to stop: Ctrl-C, or SIGTERM from a supervisor.
async fn interrupted() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        },
        Err(_) => {
            tokio::signal::ctrl_c().await.ok();
        }
    }
}
