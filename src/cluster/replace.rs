//! Clusters that are built beside, and moved to their place when they are complete.
//!
//! What must hold: an existing cluster is never overwritten or removed, and what was not made here is never
//! removed; whenever the process ends, the data directory has a complete cluster, or none and the old one beside it
//! under a name that [`refuse_half_replaced`] knows.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use super::claim::Claim;
use super::{Error, cannot};

/// What an old cluster is called, before its version.
const KEPT: &str = "postgres-";

/// A data directory of its own for a cluster that is being built. Dropped, it is removed.
#[derive(Debug)]
pub struct Staging {
    data_dir: PathBuf,
}

impl Staging {
    /// Makes `name` in the data directory.
    ///
    /// # Errors
    /// It is there already, or cannot be made.
    pub fn new(claim: &Claim, name: &str) -> Result<Self, Error> {
        let data_dir = claim.data_dir().join(name);
        fs::create_dir(&data_dir).map_err(cannot("create", &data_dir))?;
        let staging = Self { data_dir };
        // Independent of the umask: the account that runs PostgreSQL must be able to enter.
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        let opened = fs::set_permissions(&staging.data_dir, mode);
        opened.map_err(cannot("open", &staging.data_dir))?;
        Ok(staging)
    }

    /// Where to build it.
    pub fn data_dir(&self) -> &Path {
        &self.data_dir
    }

    /// Moves `name` from here to the data directory, where nothing of that name may be but an empty directory.
    /// PostgreSQL must have stopped.
    ///
    /// # Errors
    /// Those of the operating system; then nothing was moved.
    pub fn release(&self, claim: &Claim, name: &str) -> Result<(), Error> {
        let (from, to) = (self.data_dir.join(name), claim.data_dir().join(name));
        fs::rename(&from, &to).map_err(cannot("rename", &from))?;
        sync(claim.data_dir())
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.data_dir) {
            let data_dir = self.data_dir.display();
            log::error!("{data_dir} is not needed any more and could not be removed: {error}");
        }
    }
}

/// Puts the cluster that was built in `staging` in the place of that of the data directory, which is kept under the
/// name that is returned. Both must have stopped.
///
/// # Errors
/// Those of the operating system; then the old cluster is where it was, or its new name is told.
pub fn replace(claim: &Claim, staging: &Staging, old_major: u32) -> Result<PathBuf, Error> {
    let data_dir = claim.data_dir();
    let (cluster, kept) = (data_dir.join("postgres"), kept(data_dir, old_major));
    refuse_kept(claim, old_major)?;
    fs::rename(&cluster, &kept).map_err(cannot("rename", &cluster))?;
    let released = staging.release(claim, "postgres");
    if released.is_err() && !cluster.exists() {
        fs::rename(&kept, &cluster).map_err(cannot("rename", &kept))?;
    }
    released.map(|()| kept)
}

/// Refuses a data directory in which a cluster of this version is kept already.
///
/// # Errors
/// [`Error::Kept`].
pub fn refuse_kept(claim: &Claim, major: u32) -> Result<(), Error> {
    let path = kept(claim.data_dir(), major);
    match path.exists() {
        true => Err(Error::Kept { path }),
        false => Ok(()),
    }
}

/// Where the cluster of this version is kept.
fn kept(data_dir: &Path, major: u32) -> PathBuf {
    data_dir.join(format!("{KEPT}{major}"))
}

/// Refuses a data directory without a cluster in which an old one is kept: a new one would hide it.
pub(super) fn refuse_half_replaced(data_dir: &Path) -> Result<(), Error> {
    let entries = fs::read_dir(data_dir).map_err(cannot("read", data_dir))?;
    for entry in entries {
        let entry = entry.map_err(cannot("read", data_dir))?;
        let kept = entry.file_name().to_string_lossy().into_owned();
        if kept.starts_with(KEPT) && entry.path().join("PG_VERSION").exists() {
            let data_dir = data_dir.to_owned();
            return Err(Error::HalfReplaced { data_dir, kept });
        }
    }
    Ok(())
}

fn sync(directory: &Path) -> Result<(), Error> {
    let synced = File::open(directory).and_then(|directory| directory.sync_all());
    synced.map_err(cannot("flush", directory))
}
