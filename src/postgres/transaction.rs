//! Transactions, done again a bounded number of times when they only got in each other's way.

use futures::future::BoxFuture;

use super::{AsDbError, Db, Error, Transaction};

/// How often a transaction is tried before a serialization failure or deadlock is given up.
const TRANSACTION_ATTEMPTS_MAX: u32 = 5;
impl Db {
    /// Does `work` in one transaction and commits; does it again, a few times, if it only got in
    /// another transaction's way. `work` must not touch anything but the transaction.
    ///
    /// # Errors
    /// What `work` answers, or the database's own; nothing is committed then, unless the commit
    /// itself was cut off ([`Error::Unavailable`]).
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
