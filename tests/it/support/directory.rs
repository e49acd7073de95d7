//! A directory that goes away with its test.

use std::fs::{self, Permissions};
use std::ops::Deref;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// The user `postgres` can enter it, and a socket's path in it is short enough.
pub(crate) struct Directory(TempDir);

impl Directory {
    /// A new one, empty.
    pub(crate) fn new() -> Self {
        let mut options = tempfile::Builder::new();
        options
            .prefix("bo-")
            .permissions(Permissions::from_mode(0o755));
        Self(options.tempdir().unwrap())
    }

    /// Writes a file into it. Where it is.
    pub(crate) fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.join(name);
        fs::write(&path, content).unwrap();
        path
    }

    /// What is in it, in order.
    pub(crate) fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self).unwrap();
        let mut names: Vec<_> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort_unstable();
        names
    }
}

impl Deref for Directory {
    type Target = Path;

    fn deref(&self) -> &Path {
        self.0.path()
    }
}

impl AsRef<Path> for Directory {
    fn as_ref(&self) -> &Path {
        self
    }
}
