//! The binary: parses the command line, starts logging and runs a command. What a command does is in `commands`; the
//! rest of the program is the library, which tests and benches use too.

use std::process::ExitCode;

use boxoffice::commands;
use boxoffice::config::Cli;

/// A request makes some dozens of small allocations: with the C library's allocator they take a tenth of the
/// server's CPU time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The log filter unless RUST_LOG is set: less from libraries.
const LOG: &str = "info,actix_server=warn,refinery_core=warn,tokio_postgres=warn";

fn main() -> ExitCode {
    let cli = Cli::read(std::env::args_os()).unwrap_or_else(|error| error.exit());
    env_logger::Builder::from_env(env_logger::Env::default().default_filter_or(LOG)).init();
    match commands::run(cli) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("boxoffice: {error}");
            ExitCode::FAILURE
        }
    }
}
