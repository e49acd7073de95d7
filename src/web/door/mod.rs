//! What scanners send and are told: the JSON that programs and the scanner's page share. Who may is for the handlers in
//! `api` and `admin` to ask.

pub(in crate::web) mod batch;
pub(in crate::web) mod doors;
pub(in crate::web) mod guests;
pub(in crate::web) mod list;
pub(in crate::web) mod scan_json;

use crate::app::App;
use crate::catalog::Event;
use crate::checkin::Desk;

/// What check-in works with, at the doors of this event.
pub(in crate::web) fn desk<'a>(app: &'a App, event: &'a Event) -> Desk<'a> {
    Desk {
        db: &app.db,
        codes: &app.codes,
        catalog: &app.catalog,
        event,
    }
}
