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

/// What RUST_LOG says. actix-http logs each request that is no HTTP as an error: `web::listen` counts them
/// and logs them at debug level instead, and logs what is an error.
fn filters() -> String {
    let filters = std::env::var("RUST_LOG").unwrap_or_else(|_| LOG.to_owned());
    if filters.contains("actix_http") {
        return filters;
    }
    format!("{filters},actix_http::h1::dispatcher=off")
}

fn main() -> ExitCode {
    let cli = Cli::read(std::env::args_os()).unwrap_or_else(|error| error.exit());
    env_logger::Builder::new().parse_filters(&filters()).init();
    match commands::run(cli) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("boxoffice: {error}");
            ExitCode::FAILURE
        }
    }
}
