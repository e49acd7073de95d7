//! Which database a read goes to: the one place that decides it.
//!
//! Readers who are shown the catalogue, counts and seat maps read from the replica, if there is one that may be
//! read. What decides anything reads from the primary, and so do readers if the replica is away, too far behind
//! or not what it should be, or if it does not have what they want: an event that was created a moment ago.
//!
//! What must hold: a reading of the replica undoes nothing that this process knows ([`Floor`]); a replica that fails or
//! hangs costs a reader [`REPLICA_WAIT`](super::replica) at most, and then nobody anything until it answers a look.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;

use super::replica::{Floor, REPLICA_WAIT, Replica, Unfit, no_answer};
use super::{Client, Db, Error};
use crate::types::Timestamp;

/// The databases that readers read. Cheap to clone.
#[derive(Clone)]
pub struct Reads {
    primary: Db,
    replica: Option<Arc<Replica>>,
}

impl std::fmt::Debug for Reads {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reads")
            .field("primary", &self.primary)
            .field("replica", &self.replica.as_ref().map(|replica| &replica.db))
            .finish()
    }
}

impl From<Db> for Reads {
    /// Without a replica.
    fn from(primary: Db) -> Self {
        Self {
            primary,
            replica: None,
        }
    }
}

/// A connection to read by.
#[derive(Debug)]
pub struct Reader {
    client: Client,
    /// When what the replica says is of; `None` on the primary.
    as_of: Option<Timestamp>,
}

impl Reader {
    /// When what is read is of, by the primary's clock; `now` is what the statement itself says.
    pub fn as_of(&self, now: Timestamp) -> Timestamp {
        self.as_of.unwrap_or(now)
    }

    /// Whether what is not found is not there.
    pub fn is_primary(&self) -> bool {
        self.as_of.is_none()
    }
}

impl std::ops::Deref for Reader {
    type Target = Client;
    fn deref(&self) -> &Client {
        &self.client
    }
}

/// The state of a replica when it was last looked at.
#[derive(Debug, Clone, Copy)]
pub struct ReplicaState {
    /// Whether readers read from it.
    pub is_used: bool,
    /// By how much it was behind; `None` if it did not say.
    pub lag: Option<Duration>,
}

impl Reads {
    /// With the replica that `url` names, which may be behind by `lag_max`. It is not read before
    /// [`Reads::look`] has found that it may be.
    ///
    /// # Errors
    /// As [`Db::new`].
    pub fn with_replica(
        primary: Db,
        url: &str,
        connections_max: usize,
        lag_max: Duration,
    ) -> Result<Self, Error> {
        let replica = Replica::new(Db::new(url, connections_max)?, lag_max);
        Ok(Self {
            primary,
            replica: Some(Arc::new(replica)),
        })
    }

    /// The database that decides.
    pub fn primary(&self) -> &Db {
        &self.primary
    }

    /// A reader of the primary.
    ///
    /// # Errors
    /// As [`Db::get`].
    pub async fn of_primary(&self) -> Result<Reader, Error> {
        Ok(Reader {
            client: self.primary.get().await?,
            as_of: None,
        })
    }

    /// What `read` finds: by the replica, and if that may not be read or finds `None`, by the primary. With a
    /// floor, what it reads is at least as new.
    ///
    /// # Errors
    /// Those of `read` and of a connection, at the primary.
    pub async fn read<T, F>(
        &self,
        floor: Option<&Floor>,
        read: impl Fn(Reader) -> F,
    ) -> Result<Option<T>, Error>
    where
        F: Future<Output = Result<Option<T>, Error>>,
    {
        if let Some(replica) = self.replica.as_ref().filter(|replica| replica.is_used()) {
            let found = timeout(REPLICA_WAIT, from_replica(replica, floor, &read)).await;
            match found.unwrap_or_else(|_| Err(no_answer())) {
                Ok(Some(found)) => return Ok(Some(found)),
                Ok(None) => {}
                Err(unfit) => {
                    replica.conclude(Err(unfit)).ok();
                }
            }
        }
        let found = read(self.of_primary().await?).await?;
        if let Some(floor) = floor {
            floor.raise();
        }
        Ok(found)
    }

    /// Looks at the replica: whether readers may read from it, until the next look.
    ///
    /// # Errors
    /// Why they may not. It was logged.
    pub async fn look(&self) -> Result<(), Unfit> {
        match &self.replica {
            Some(replica) => replica.look(&self.primary).await,
            None => Ok(()),
        }
    }

    /// Whether there is a replica, used or not.
    pub fn has_replica(&self) -> bool {
        self.replica.is_some()
    }

    /// The state of the replica, if there is one.
    pub fn replica(&self) -> Option<ReplicaState> {
        let replica = self.replica.as_ref()?;
        Some(ReplicaState {
            is_used: replica.is_used(),
            lag: replica.lag(),
        })
    }

    pub(super) fn replica_db(&self) -> Option<&Db> {
        self.replica.as_ref().map(|replica| &replica.db)
    }

    /// Closes the pools, as [`Db::close`].
    pub fn close(&self) {
        self.primary.close();
        if let Some(replica) = &self.replica {
            replica.db.close();
        }
    }
}

async fn from_replica<T, F>(
    replica: &Replica,
    floor: Option<&Floor>,
    read: impl Fn(Reader) -> F,
) -> Result<Option<T>, Unfit>
where
    F: Future<Output = Result<Option<T>, Error>>,
{
    let floor_then = floor.and_then(Floor::moment);
    let client = replica.db.get().await?;
    let freshness = replica.freshness(&client).await?;
    if floor_then > freshness.has_all_of {
        return Ok(None);
    }
    let reader = Reader {
        client,
        as_of: Some(freshness.as_of),
    };
    let found = read(reader).await?;
    // What has been recorded meanwhile, `read` may have taken for old.
    let is_as_it_was = floor.and_then(Floor::moment) == floor_then;
    Ok(found.filter(|_| is_as_it_was))
}
