//! Transactions, repeated a bounded number of times after a serialization failure or a deadlock.
//!
//! What must hold: a commit in doubt is reported, never repeated; each repetition runs the whole closure.

use futures::future::BoxFuture;

use super::{AsDbError, Db, Error, Transaction};

/// How often a transaction is tried before a serialization failure or deadlock is given up.
const TRANSACTION_ATTEMPTS_MAX: u32 = 5;
/// The same for a lock that was waited for in vain, which takes longer.
const LOCK_ATTEMPTS_MAX: u32 = 2;

fn attempts_max(error: &Error) -> u32 {
    match error {
        error if error.is_lock_timeout() => LOCK_ATTEMPTS_MAX,
        Error::Conflict(_) => TRANSACTION_ATTEMPTS_MAX,
        _ => 1,
    }
}

impl Db {
    /// Runs `work` in one transaction and commits; repeats it, a few times, after a serialization failure or a
    /// deadlock. `work` must have no effects outside the transaction.
    ///
    /// # Errors
    /// What `work` returns, or the database's own; nothing is committed then, unless the commit itself is in
    /// doubt ([`Error::Unavailable`]).
    pub async fn transaction<T, E, F>(&self, work: F) -> Result<T, E>
    where
        E: From<Error> + AsDbError,
        F: for<'t> Fn(&'t Transaction<'t>) -> BoxFuture<'t, Result<T, E>> + Send,
    {
        let mut client = self.get().await?;
        for attempt in 1.. {
            let result = async {
                let transaction = client.transaction().await?;
                let value = work(&transaction).await?;
                transaction.commit().await?;
                Ok(value)
            };
            match result.await {
                Err(error)
                    if E::as_db_error(&error)
                        .is_some_and(|error| attempt < attempts_max(error)) =>
                {
                    log::debug!("transaction tried again, attempt {attempt}");
                }
                result => return result,
            }
        }
        unreachable!("the last attempt returns")
    }
}
