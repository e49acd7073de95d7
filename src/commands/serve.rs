//! `boxoffice serve`: runs the server, with an embedded PostgreSQL if no database is configured.
//!
//! What must hold: the port and the static files are checked before the database is started; on an interrupt the
//! server drains first, and the database stops last.

use std::net::TcpListener;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::signal::unix::{SignalKind, signal};

use super::database;
use super::first_owner;
use super::output::{Failure, say};
use super::supervisor;
use crate::app::App;
use crate::catalog::demo;
use crate::cluster::Embedded;
use crate::config::{DatabaseConfig, Migrate, ServeConfig, Switch};
use crate::postgres::require_prepared_statements;
use crate::server::{self, Listeners};
use crate::types::OrganisationNo;
use crate::web::view::assets::Assets;
use crate::web::view::theme::Theme;

/// The error if no directory of static files is found.
const NO_STATIC_DIR: &str = "no directory of static files is found: name it by --static-dir";

/// Serves until it is interrupted.
pub(super) fn run(
    runtime: &Runtime,
    config: &DatabaseConfig,
    mut serve: ServeConfig,
) -> Result<ExitCode, Failure> {
    // Before the database is started, so that a port in use or a missing file is reported at once.
    let (public, is_passed_on) = supervisor::socket(serve.listen)?;
    let metrics = serve.metrics_listen.map(|address| {
        TcpListener::bind(address).map_err(|error| format!("cannot listen on {address}: {error}"))
    });
    let metrics = metrics.transpose()?;
    let static_dir = serve.static_dir().ok_or(NO_STATIC_DIR)?;
    serve
        .pictures_dir
        .get_or_insert_with(|| config.pictures_dir());
    let theme = Theme::read(&serve.shop_name, serve.theme_dir.as_deref())?;
    let assets = Assets::open(&static_dir, theme)?;
    let (url, embedded) = database::open(config)?;
    let result: Result<(), Failure> = runtime.block_on(async {
        if embedded.is_none() {
            require_prepared_statements(&url).await?;
        }
        let db = database::connect(&url, config, embedded.as_ref()).await?;
        match serve.migrate {
            Migrate::AtStart => db.migrate().await?,
            Migrate::Never => db.verify_schema().await?,
        }
        let mut is_demo = false;
        if embedded.is_some() && serve.demo_events == Switch::On {
            let created = demo::seed(&db.patient(), OrganisationNo::FIRST).await?;
            if created > 0 {
                log::info!("{created} demo events created");
                is_demo = true;
            }
        }
        let segments = embedded.as_ref().map_or(0, Embedded::wal_segments_ahead);
        if segments > 0 {
            let db = db.patient();
            tokio::spawn(async move {
                if let Err(error) = db.preallocate_wal(segments).await {
                    log::warn!("WAL segments were not preallocated: {error}");
                }
            });
        }
        let address = public.local_addr()?;
        let owners = db.clone();
        let reads = database::with_replica(db, config, &serve.replica).await?;
        say(&format!("boxoffice is open: http://{address}"))?;
        first_owner::offer(&owners, serve.public_url.as_ref(), address, is_demo).await?;
        if let Some(metrics) = &metrics {
            let address = metrics.local_addr()?;
            log::info!("figures for Prometheus: http://{address}/metrics");
        }
        supervisor::say_open();
        let app = App::new(reads, serve)?;
        let stop = told_to_stop(app.clone());
        let stop = async {
            if let Err(error) = stop.await {
                log::error!("signals cannot be received: {error}");
                std::future::pending().await
            }
            supervisor::say_leaving();
        };
        let listeners = Listeners {
            public,
            is_passed_on,
            metrics,
        };
        server::run(app, assets, listeners, stop).await?;
        Ok(())
    });
    database::stop(embedded, result).map(|()| ExitCode::SUCCESS)
}

/// Waits until the process is to stop: at once by Ctrl-C; by SIGTERM, as from a supervisor, or SIGHUP some time
/// later, in which it says that it is not ready. A second signal ends that time.
async fn told_to_stop(app: Arc<App>) -> std::io::Result<()> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let (mut terminate, mut hangup) = (
        signal(SignalKind::terminate())?,
        signal(SignalKind::hangup())?,
    );
    tokio::select! {
        _ = interrupt.recv() => return Ok(()),
        _ = terminate.recv() => {}
        _ = hangup.recv() => {}
    }
    let seconds = app.config.leave_seconds;
    log::info!("leaving: /readyz says 503, the server stops in {seconds} s");
    app.leave();
    tokio::select! {
        () = tokio::time::sleep(Duration::from_secs(seconds.into())) => {}
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
        _ = hangup.recv() => {}
    }
    Ok(())
}
