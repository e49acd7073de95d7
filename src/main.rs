//! The binary: parses the command line, starts logging and runs a command. What a command does is in `commands`; the
//! rest of the program is the library, which tests and benches use too.

use std::process::ExitCode;

use boxoffice::config::Cli;
use boxoffice::{commands, logging};

/// A request makes some dozens of small allocations: with the C library's allocator they take a tenth of the
/// server's CPU time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::read(std::env::args_os()).unwrap_or_else(|error| error.exit());
    logging::start(cli.log_format());
    let result = commands::run(cli);
    log::logger().flush();
    match result {
        Ok(code) => code,
        Err(error) => {
            eprintln!("boxoffice: {error}");
            ExitCode::FAILURE
        }
    }
}
