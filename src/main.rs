//! The command line: `serve` (the default), `seed`, `create-event`, `check`.

use std::io::Write;
use std::net::TcpListener;
use std::process::ExitCode;

use boxoffice::app::App;
use boxoffice::catalog::{self, NewEvent, NewTier, NewVenue, demo};
use boxoffice::check;
use boxoffice::config::{Cli, Command, CreateEventArgs, DatabaseConfig, ServeConfig};
use boxoffice::db::Db;
use boxoffice::db::embedded::{self, Embedded};
use clap::Parser;
use tokio::runtime::Runtime;

/// A request makes some dozens of small allocations: with the C library's allocator they are a tenth
/// of the server's time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Unless RUST_LOG says otherwise: what operators need, without the chatter of libraries.
const LOG: &str = "info,actix_server=warn,refinery_core=warn,tokio_postgres=warn";

/// The database inside the embedded cluster.
const DATABASE: &str = "boxoffice";

type Failure = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    let cli = Cli::parse();
    env_logger::Builder::from_env(env_logger::Env::default().default_filter_or(LOG)).init();
    match run(cli) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("boxoffice: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> Result<ExitCode, Failure> {
    // What works behind the requests; the threads that speak HTTP are beside it.
    let threads = cli.serve.workers();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(threads)
        .enable_all()
        .build()?;
    match cli.command.unwrap_or(Command::Serve(cli.serve)) {
        Command::Serve(serve) => run_server(&runtime, &cli.database, serve),
        Command::Seed => with_database(&runtime, &cli.database, async |db| {
            let created = demo::seed(&db).await?;
            say(&format!("{created} demo events created"))?;
            Ok(ExitCode::SUCCESS)
        }),
        Command::CreateEvent(args) => with_database(&runtime, &cli.database, async |db| {
            create_event(&db, args).await
        }),
        Command::Check => with_database(&runtime, &cli.database, async |db| {
            report_violations(&db).await
        }),
    }
}

/// A PostgreSQL to work with; if it is our own, it runs for as long as this is kept.
fn open_database(config: &DatabaseConfig) -> Result<(String, Option<Embedded>), Failure> {
    if let Some(url) = &config.database_url {
        return Ok((url.clone(), None));
    }
    let options = embedded::Options {
        data_dir: config.data_dir(),
        max_connections: u32::from(config.connections) + 20,
        bin_dir: config.postgres_bin.clone(),
    };
    let embedded = Embedded::start(&options)?;
    Ok((embedded.connection().url(DATABASE), Some(embedded)))
}

/// Runs a command beside a server that may be running on the same data.
fn with_database<F>(
    runtime: &Runtime,
    config: &DatabaseConfig,
    work: F,
) -> Result<ExitCode, Failure>
where
    F: AsyncFnOnce(Db) -> Result<ExitCode, Failure>,
{
    let running = match config.database_url {
        Some(_) => None,
        None => Embedded::attach(&config.data_dir())?,
    };
    let (url, embedded) = match running {
        Some(connection) => (connection.url(DATABASE), None),
        None => open_database(config)?,
    };
    let result = runtime.block_on(async {
        let db = connect(&url, config, embedded.as_ref()).await?;
        work(db).await
    });
    if let Some(embedded) = embedded {
        embedded.stop()?;
    }
    result
}

/// Connects, creates the database in a cluster of our own if it is not there, and migrates.
async fn connect(
    url: &str,
    config: &DatabaseConfig,
    embedded: Option<&Embedded>,
) -> Result<Db, Failure> {
    if let Some(embedded) = embedded {
        boxoffice::db::create_database(&embedded.connection().url("postgres"), DATABASE).await?;
    }
    let db = Db::new(url, config.connections.into())?;
    db.migrate().await?;
    Ok(db)
}

fn run_server(
    runtime: &Runtime,
    config: &DatabaseConfig,
    serve: ServeConfig,
) -> Result<ExitCode, Failure> {
    // Before the database, so that a port in use is said at once.
    let listener = TcpListener::bind(serve.listen)
        .map_err(|error| format!("cannot listen on {}: {error}", serve.listen))?;
    let (url, embedded) = open_database(config)?;
    let result: Result<(), Failure> = runtime.block_on(async {
        let db = connect(&url, config, embedded.as_ref()).await?;
        if embedded.is_some() {
            let created = demo::seed(&db).await?;
            if created > 0 {
                log::info!("{created} demo events created");
            }
        }
        if embedded.as_ref().is_some_and(Embedded::fresh) {
            let db = db.clone();
            tokio::spawn(async move {
                if let Err(error) = db.make_log_ahead().await {
                    log::warn!("the write-ahead log is not made ahead: {error}");
                }
            });
        }
        say(&format!(
            "boxoffice is open: http://{}",
            listener.local_addr()?
        ))?;
        App::new(db, serve).run(listener, interrupted()).await?;
        Ok(())
    });
    if let Some(embedded) = embedded {
        embedded.stop()?;
    }
    result.map(|()| ExitCode::SUCCESS)
}

/// Done when somebody wants the server to end: Ctrl-C, or SIGTERM from a supervisor.
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

async fn create_event(db: &Db, args: CreateEventArgs) -> Result<ExitCode, Failure> {
    let tiers = args.tiers.into_iter().map(|tier| NewTier {
        code: tier.code,
        name: tier.name,
        price_minor: tier.price_minor,
        capacity: tier.capacity,
        row_blocks: tier.row_blocks,
    });
    let event = NewEvent {
        name: args.name,
        description: args.description,
        starts_at: args.starts_at,
        on_sale_at: args.on_sale_at,
        currency: args.currency,
        max_tickets_per_booking: args.max_tickets_per_booking,
        venue: NewVenue {
            name: args.venue,
            city: args.city,
            country: args.country,
            time_zone: args.time_zone,
        },
        tiers: tiers.collect(),
    };
    let id = catalog::create(db, &event).await?;
    let created = catalog::Catalog::new(db.clone())
        .event(id)
        .await?
        .ok_or("the event cannot be read back")?;
    say(&serde_json::to_string_pretty(
        &boxoffice::web::api::events::created_json(&created),
    )?)?;
    Ok(ExitCode::SUCCESS)
}

async fn report_violations(db: &Db) -> Result<ExitCode, Failure> {
    let violations = check::check(db).await?;
    for violation in &violations {
        say(&format!("{}: {}", violation.invariant, violation.detail))?;
    }
    if violations.is_empty() {
        say("all invariants hold")?;
        return Ok(ExitCode::SUCCESS);
    }
    Ok(ExitCode::FAILURE)
}

/// A line on standard output; a reader that has gone (`| head`) has seen enough.
fn say(line: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    match writeln!(out, "{line}").and_then(|()| out.flush()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}
