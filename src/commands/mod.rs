//! The commands of `boxoffice`, one file each. A command opens the database that it needs, calls the domain, and
//! prints. `database` opens it, `output` prints. No flag is parsed here: `config` does.

mod backup;
mod check;
mod config;
mod create_event;
mod database;
mod distribute;
mod doctor;
mod dump;
mod first_owner;
mod forget;
mod migrate;
mod organisation;
mod organiser;
mod output;
mod reconcile;
mod restore;
mod secret;
mod seed;
mod serve;
mod supervisor;
mod token;
mod upgrade;

use std::process::ExitCode;

use crate::config::{Cli, Command};
use output::Failure;

/// Runs the command of the command line.
///
/// # Errors
/// In words for the operator.
pub fn run(cli: Cli) -> Result<ExitCode, Failure> {
    let command = cli
        .command
        .unwrap_or_else(|| Command::Serve(Box::new(cli.serve)));
    // Behind the requests, as many threads as speak HTTP beside them. Other commands do one thing at a time.
    let threads = match &command {
        Command::Serve(serve) => serve.workers(),
        _ => 1,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(threads)
        .enable_all()
        .build()?;
    match command {
        Command::Serve(serve) => serve::run(&runtime, &cli.database, *serve),
        Command::Config(serve) => config::run(&cli.database, &serve, &cli.settings),
        Command::Backup(args) => backup::run(&runtime, &cli.database, args),
        Command::Restore(args) => restore::run(&runtime, &cli.database, &args),
        Command::Upgrade(args) => upgrade::run(&runtime, &cli.database, &args),
        Command::Doctor(args) => doctor::run(&runtime, &cli.database, &args),
        Command::Seed(args) => database::with_database(&runtime, &cli.database, async |opened| {
            seed::run(opened, args).await
        }),
        Command::CreateEvent(mut args) => {
            args.pictures_dir
                .get_or_insert_with(|| cli.database.pictures_dir());
            database::with_database(&runtime, &cli.database, async |opened| {
                create_event::run(opened, *args).await
            })
        }
        Command::Organiser(command) => {
            database::with_database(&runtime, &cli.database, async |opened| {
                organiser::run(opened, command).await
            })
        }
        Command::Organisation(command) => {
            database::with_database(&runtime, &cli.database, async |opened| {
                organisation::run(opened, command).await
            })
        }
        Command::Token(command) => {
            database::with_database(&runtime, &cli.database, async |opened| {
                token::run(opened, command).await
            })
        }
        Command::Forget(args) => database::with_database(&runtime, &cli.database, async |opened| {
            forget::run(opened, args).await
        }),
        Command::Secret(command) => {
            database::with_database(&runtime, &cli.database, async |opened| {
                secret::run(opened, command).await
            })
        }
        Command::Migrate(args) => {
            database::with_any_schema(&runtime, &cli.database, async |opened| {
                migrate::run(opened, args).await
            })
        }
        Command::Distribute => database::with_database(&runtime, &cli.database, distribute::run),
        Command::Reconcile(args) => {
            database::with_database(&runtime, &cli.database, async |opened| {
                reconcile::run(opened, *args).await
            })
        }
        Command::Check(args) => database::with_database(&runtime, &cli.database, async |opened| {
            check::run(opened, args).await
        }),
    }
}
