//! The lock on a data directory.
//!
//! What must hold: one process at a time has it; root makes nothing in the directory of another user's server.

use std::{
    fs::{File, OpenOptions, TryLockError},
    path::{Path, PathBuf},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use super::programs::Account;
use super::{Error, POLL, cannot, instance};

/// How long an `attach` that probes the lock may delay a start.
const LOCK_LIMIT: Duration = Duration::from_secs(1);

/// A data directory that belongs to this process: no server starts on it, and no other command changes it.
#[derive(Debug, Clone)]
pub struct Claim {
    data_dir: PathBuf,
    _lock: Arc<File>,
}

impl Claim {
    /// Waits a second at most for another process to leave the directory, which is created if it is missing.
    ///
    /// # Errors
    /// [`Error::InUse`], or the operating system's.
    pub fn take(data_dir: &Path) -> Result<Self, Error> {
        let data_dir = instance::make_data_dir(data_dir)?;
        Account::refuse_foreign(&data_dir)?;
        let lock = Arc::new(lock(&data_dir)?);
        Ok(Self {
            data_dir,
            _lock: lock,
        })
    }

    /// The full path.
    pub fn data_dir(&self) -> &Path {
        &self.data_dir
    }
}

fn lock(data_dir: &Path) -> Result<File, Error> {
    let path = data_dir.join("server.lock");
    let mut options = OpenOptions::new();
    let file = options.create(true).truncate(false).write(true).open(&path);
    let file = file.map_err(cannot("open", &path))?;
    let deadline = Instant::now() + LOCK_LIMIT;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) if Instant::now() < deadline => thread::sleep(POLL),
            Err(TryLockError::WouldBlock) => {
                let data_dir = data_dir.to_owned();
                return Err(Error::InUse { data_dir });
            }
            Err(TryLockError::Error(error)) => return Err(cannot("lock", &path)(error)),
        }
    }
}
