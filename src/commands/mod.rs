//! What `boxoffice` does on the command line: one file a command. Each opens the database that it
//! needs, calls the domain, and prints.

mod check;
mod create_event;
mod database;
mod output;
mod seed;
mod serve;

use std::process::ExitCode;

use crate::config::{Cli, Command};
use output::Failure;

/// Does what the command line asks for.
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
        Command::Seed | Command::CreateEvent(_) | Command::Check => 1,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(threads)
        .enable_all()
        .build()?;
    match command {
        Command::Serve(serve) => serve::run(&runtime, &cli.database, *serve),
        Command::Seed => database::with_database(&runtime, &cli.database, seed::run),
        Command::CreateEvent(args) => {
            database::with_database(&runtime, &cli.database, async |db| {
                create_event::run(db, args).await
            })
        }
        Command::Check => database::with_database(&runtime, &cli.database, check::run),
    }
}
