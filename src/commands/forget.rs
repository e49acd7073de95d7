//! `boxoffice forget`: deletes what says who a buyer is; the books stay.

use std::process::ExitCode;

use super::database::Opened;
use super::output::{Failure, say};
use crate::audit::Actor;
use crate::booking;
use crate::config::ForgetArgs;

/// Forgets, and prints of how many bookings.
pub(super) async fn run(opened: Opened, args: ForgetArgs) -> Result<ExitCode, Failure> {
    let by = Actor::operator("boxoffice forget");
    let forgotten = booking::forget(&opened.db, &by, &args.email).await?;
    say(&format!("the buyer of {forgotten} bookings is forgotten"))?;
    Ok(ExitCode::SUCCESS)
}
