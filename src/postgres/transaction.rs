//! Transactions, repeated a bounded number of times after a serialization failure or a deadlock.
//!
//! What must hold: a commit in doubt is reported, never repeated; each repetition runs the whole closure.

use futures::future::BoxFuture;

use super::{AsDbError, Db, Error, Transaction};

/// How often a transaction is tried before a serialization failure or deadlock is given up.
const TRANSACTION_ATTEMPTS_MAX: u32 = 5;
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
                let transaction = client.transaction().await.map_err(Error::from)?;
                let value = work(&transaction).await?;
                transaction.commit().await.map_err(Error::from)?;
                Ok(value)
            };
            match result.await {
                Err(error)
                    if attempt < TRANSACTION_ATTEMPTS_MAX
                        && E::as_db_error(&error).is_some_and(Error::is_conflict) =>
                {
                    log::debug!("transaction tried again, attempt {attempt}");
                }
                result => return result,
            }
        }
        unreachable!("the last attempt returns")
    }
}
