//! The backends of a test's database, by what they are executing.
//!
//! The only file that recognises the statements of a batch by their texts.

use super::Server;

/// The backends whose batches wait for a lock before they have read anything; not those that count tickets
/// or expire holds.
const WAITING_BATCHES: &str = "FROM pg_stat_activity
    WHERE wait_event_type = 'Lock' AND datname = current_database()
      AND query ~ 'AS max_tickets_per_buyer'";

impl Server {
    /// Waits until a batch waits for a lock before it has read anything.
    pub(crate) async fn until_a_batch_waits(&self) {
        self.until(&format!("SELECT count(*) {WAITING_BATCHES}"), 1)
            .await;
    }

    /// Waits until a batch waits for a promo code that another has locked.
    pub(crate) async fn until_a_code_is_waited_for(&self) {
        let waiting = "SELECT count(*) FROM pg_stat_activity
            WHERE wait_event_type = 'Lock' AND datname = current_database() AND query ~ 'FROM promo_codes'";
        self.until(waiting, 1).await;
    }

    /// Ends the backends of those batches, as the operating system would.
    pub(crate) async fn kill_waiting_batches(&self) {
        self.sql(&format!(
            "SELECT pg_terminate_backend(pid) {WAITING_BATCHES}"
        ))
        .await;
    }
}
