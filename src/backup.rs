//! The files of a backup: a directory with a dump of the database, the events' pictures, and a manifest that names
//! every file with its size and hash.
//!
//! What must hold: a backup has its name only when all of it is on the disk; nothing is overwritten; what is read was
//! compared with the manifest before. Who writes the dump and reads it is in `commands`.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Component, Path, PathBuf};

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::types::Timestamp;

/// The dump of the database, in `pg_dump`'s own format.
pub const DUMP: &str = "database.dump";
/// The directory of the pictures.
const PICTURES: &str = "pictures";
/// The manifest.
const MANIFEST: &str = "backup.json";
/// The format of these files.
const FORMAT: u32 = 1;
/// Bytes of a manifest: some hundred thousand pictures.
const MANIFEST_BYTES_MAX: u64 = 64 << 20;

/// Why a backup cannot be made or used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The operating system refused.
    #[error("cannot {action} {}: {source}", path.display())]
    Io {
        /// What was tried, as a verb.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// What it answered.
        source: io::Error,
    },
    /// It is no backup, or not one of this version.
    #[error("{} cannot be used: {reason}. Nothing was changed", path.display())]
    Unusable {
        /// The file or directory.
        path: PathBuf,
        /// Why.
        reason: String,
    },
}

fn cannot(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Error {
    move |source| Error::Io {
        action,
        path: path.to_owned(),
        source,
    }
}

/// What a backup says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// How the backup is laid out.
    format: u32,
    /// The version of the program that made it.
    pub boxoffice: String,
    /// The version of the schema.
    pub schema: i32,
    /// The major version of the PostgreSQL it was made from.
    pub postgresql: u32,
    /// All that was committed before this is in it.
    pub begun_at: Timestamp,
    files: Vec<Listed>,
}

/// A file of a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Listed {
    path: PathBuf,
    bytes: u64,
    sha256: String,
}

/// A backup that is being made, under a name that says so. Dropped before it is finished, it is removed.
#[derive(Debug)]
pub struct Unfinished {
    directory: PathBuf,
    name: String,
    is_finished: bool,
}

impl Unfinished {
    /// Begins a backup in a directory that there is, named by this time.
    ///
    /// # Errors
    /// Those of the operating system, or one of this name is there already.
    pub fn begin(parent: &Path, time: Timestamp) -> Result<Self, Error> {
        let name = format!("boxoffice-{}", time.format("%Y%m%dT%H%M%SZ"));
        let finished = parent.join(&name);
        if finished.exists() {
            return Err(cannot("make", &finished)(
                io::ErrorKind::AlreadyExists.into(),
            ));
        }
        let directory = parent.join(format!("{name}.unfinished"));
        let made = DirBuilder::new().mode(0o700).create(&directory);
        made.map_err(cannot("make", &directory))?;
        Ok(Self {
            directory,
            name: finished.to_string_lossy().into_owned(),
            is_finished: false,
        })
    }

    /// The file for the dump.
    ///
    /// # Errors
    /// Those of the operating system.
    pub fn create_dump(&self) -> Result<File, Error> {
        create(&self.directory.join(DUMP))
    }

    /// Copies every picture that is in this directory now. There may be no such directory.
    ///
    /// # Errors
    /// Those of the operating system.
    pub fn copy_pictures(&self, from: &Path) -> Result<(), Error> {
        let to = self.directory.join(PICTURES);
        let made = DirBuilder::new().mode(0o700).create(&to);
        made.map_err(cannot("make", &to))?;
        copy_files(from, &to)
    }

    /// Writes the manifest, waits until all of it is on the disk, and gives the backup its name, which is returned.
    ///
    /// # Errors
    /// Those of the operating system.
    pub fn finish(
        mut self,
        schema: i32,
        postgresql: u32,
        begun_at: Timestamp,
    ) -> Result<PathBuf, Error> {
        let mut paths = vec![PathBuf::from(DUMP)];
        paths.extend(
            names(&self.directory.join(PICTURES))?
                .into_iter()
                .map(|name| Path::new(PICTURES).join(name)),
        );
        let files = paths.into_iter().map(|path| {
            sync(&self.directory.join(&path))?;
            let (bytes, sha256) = fingerprint(&self.directory.join(&path))?;
            Ok(Listed {
                path,
                bytes,
                sha256,
            })
        });
        let manifest = Manifest {
            format: FORMAT,
            boxoffice: env!("CARGO_PKG_VERSION").to_owned(),
            schema,
            postgresql,
            begun_at,
            files: files.collect::<Result<_, Error>>()?,
        };
        let path = self.directory.join(MANIFEST);
        let mut file = create(&path)?;
        serde_json::to_writer_pretty(&file, &manifest)
            .map_err(io::Error::from)
            .and_then(|()| file.write_all(b"\n"))
            .and_then(|()| file.sync_all())
            .map_err(cannot("write", &path))?;
        sync(&self.directory.join(PICTURES))?;
        sync(&self.directory)?;
        let finished = PathBuf::from(&self.name);
        fs::rename(&self.directory, &finished).map_err(cannot("rename", &self.directory))?;
        self.is_finished = true;
        sync(finished.parent().unwrap_or(Path::new(".")))?;
        Ok(finished)
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if !self.is_finished
            && let Err(error) = fs::remove_dir_all(&self.directory)
        {
            let directory = self.directory.display();
            log::error!("{directory} is half a backup and could not be removed: {error}");
        }
    }
}

/// A backup all of whose files are as they were written.
#[derive(Debug)]
pub struct Backup {
    directory: PathBuf,
    /// What it says of itself.
    pub manifest: Manifest,
}

impl Backup {
    /// Reads all of it, and compares it with its manifest.
    ///
    /// # Errors
    /// [`Error::Unusable`] if a byte differs, or a file is missing.
    pub fn open(directory: &Path) -> Result<Self, Error> {
        let path = directory.join(MANIFEST);
        let unusable = |path: &Path, reason: String| Error::Unusable {
            path: path.to_owned(),
            reason,
        };
        let mut text = String::new();
        File::open(&path)
            .and_then(|file| file.take(MANIFEST_BYTES_MAX).read_to_string(&mut text))
            .map_err(|error| {
                let reason =
                    format!("it is no backup of boxoffice, or its {MANIFEST} is lost ({error})");
                unusable(directory, reason)
            })?;
        let format = serde_json::from_str::<serde_json::Value>(&text)
            .map_err(|error| unusable(&path, format!("it is damaged: {error}")))?["format"]
            .as_u64();
        if format != Some(FORMAT.into()) {
            let reason = format!("this boxoffice reads backups of format {FORMAT} only");
            return Err(unusable(&path, reason));
        }
        let manifest: Manifest = serde_json::from_str(&text)
            .map_err(|error| unusable(&path, format!("it is damaged: {error}")))?;
        for Listed {
            path,
            bytes,
            sha256,
        } in &manifest.files
        {
            let mut parts = path.components();
            if path.as_os_str().is_empty()
                || !parts.all(|part| matches!(part, Component::Normal(_)))
            {
                return Err(unusable(
                    path,
                    "its path leads out of the backup".to_owned(),
                ));
            }
            let path = directory.join(path);
            let (found_bytes, found) = fingerprint(&path)?;
            if found_bytes != *bytes {
                let reason = format!("it is damaged: it has {found_bytes} bytes and not {bytes}");
                return Err(unusable(&path, reason));
            }
            if found != *sha256 {
                return Err(unusable(
                    &path,
                    "it is damaged: its content has changed".to_owned(),
                ));
            }
        }
        if !manifest
            .files
            .iter()
            .any(|file| file.path == Path::new(DUMP))
        {
            return Err(unusable(&path, format!("it is damaged: it has no {DUMP}")));
        }
        Ok(Self {
            directory: directory.to_owned(),
            manifest,
        })
    }

    /// The dump of the database.
    ///
    /// # Errors
    /// Those of the operating system.
    pub fn dump(&self) -> Result<File, Error> {
        let path = self.directory.join(DUMP);
        File::open(&path).map_err(cannot("open", &path))
    }

    /// Copies the pictures into a new directory.
    ///
    /// # Errors
    /// Those of the operating system.
    pub fn copy_pictures(&self, to: &Path) -> Result<(), Error> {
        fs::create_dir(to).map_err(cannot("make", to))?;
        copy_files(&self.directory.join(PICTURES), to)?;
        sync(to)
    }
}

/// A new file that only its owner can read.
fn create(path: &Path) -> Result<File, Error> {
    let mut options = OpenOptions::new();
    let file = options.create_new(true).write(true).mode(0o600).open(path);
    file.map_err(cannot("create", path))
}

/// The files of a directory in order; none if there is no such directory.
fn names(directory: &Path) -> Result<Vec<PathBuf>, Error> {
    let entries = match fs::read_dir(directory) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(cannot("read", directory))?,
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(cannot("read", directory))?;
        if entry.file_type().is_ok_and(|kind| kind.is_file()) {
            names.push(PathBuf::from(entry.file_name()));
        }
    }
    names.sort_unstable();
    Ok(names)
}

fn copy_files(from: &Path, to: &Path) -> Result<(), Error> {
    for name in names(from)? {
        let (from, to) = (from.join(&name), to.join(&name));
        fs::copy(&from, &to).map_err(cannot("copy", &from))?;
        sync(&to)?;
    }
    Ok(())
}

/// How many bytes a file has, and their hash.
fn fingerprint(path: &Path) -> Result<(u64, String), Error> {
    let mut file = File::open(path).map_err(cannot("open", path))?;
    let mut hash = Sha256::new();
    let (mut bytes, mut piece) = (0, vec![0; 256 * 1024]);
    loop {
        let read = file.read(&mut piece).map_err(cannot("read", path))?;
        if read == 0 {
            return Ok((bytes, HEXLOWER.encode(&hash.finalize())));
        }
        bytes += read as u64;
        hash.update(&piece[..read]);
    }
}

/// Waits until a file or a directory is on the disk.
fn sync(path: &Path) -> Result<(), Error> {
    let synced = File::open(path).and_then(|file| file.sync_all());
    synced.map_err(cannot("flush", path))
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    fn time() -> Timestamp {
        "2030-01-02T03:04:05Z".parse().unwrap()
    }

    fn make(parent: &Path) -> PathBuf {
        let pictures = parent.join("of-events");
        fs::create_dir_all(&pictures).unwrap();
        fs::write(pictures.join("a.webp"), "picture").unwrap();
        let unfinished = Unfinished::begin(parent, time()).unwrap();
        unfinished
            .create_dump()
            .unwrap()
            .write_all(b"dump")
            .unwrap();
        unfinished.copy_pictures(&pictures).unwrap();
        unfinished.finish(7, 15, time()).unwrap()
    }

    #[test]
    fn a_backup_is_named_by_its_time_and_read_back_whole() {
        let parent = TempDir::new().unwrap();
        let made = make(parent.path());
        assert_eq!(made, parent.path().join("boxoffice-20300102T030405Z"));
        let backup = Backup::open(&made).unwrap();
        assert_eq!(
            (backup.manifest.schema, backup.manifest.postgresql),
            (7, 15)
        );
        let pictures = parent.path().join("restored");
        backup.copy_pictures(&pictures).unwrap();
        assert_eq!(fs::read(pictures.join("a.webp")).unwrap(), b"picture");
        let again = Unfinished::begin(parent.path(), time()).unwrap_err();
        assert!(again.to_string().contains("exists"), "{again}");
    }

    #[test]
    fn half_a_backup_is_removed() {
        let parent = TempDir::new().unwrap();
        let unfinished = Unfinished::begin(parent.path(), time()).unwrap();
        unfinished.create_dump().unwrap();
        drop(unfinished);
        assert_eq!(fs::read_dir(parent.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_backup_that_has_changed_by_a_byte_is_refused() {
        type Change<'a> = (&'a str, &'a dyn Fn(&Path), &'a str);
        let changes: [Change<'_>; 7] = [
            (
                DUMP,
                &|path| fs::write(path, "dumb").unwrap(),
                "its content has changed",
            ),
            (
                DUMP,
                &|path| fs::write(path, "dum").unwrap(),
                "it has 3 bytes and not 4",
            ),
            (DUMP, &|path| fs::remove_file(path).unwrap(), "cannot open"),
            (
                "pictures/a.webp",
                &|path| fs::write(path, "Picture").unwrap(),
                "has changed",
            ),
            (
                MANIFEST,
                &|path| fs::remove_file(path).unwrap(),
                "no backup of boxoffice",
            ),
            (
                MANIFEST,
                &|path| {
                    File::options()
                        .write(true)
                        .open(path)
                        .unwrap()
                        .set_len(50)
                        .unwrap()
                },
                "is damaged",
            ),
            (
                MANIFEST,
                &|path| {
                    let text = fs::read_to_string(path).unwrap();
                    fs::write(path, text.replace("\"format\": 1", "\"format\": 2")).unwrap();
                },
                "of format 1 only",
            ),
        ];
        for (file, change, reason) in changes {
            let parent = TempDir::new().unwrap();
            let made = make(parent.path());
            change(&made.join(file));
            let refused = Backup::open(&made).unwrap_err().to_string();
            assert!(refused.contains(reason), "{file}: {refused}");
        }
    }

    #[test]
    fn a_manifest_cannot_lead_out_of_its_backup() {
        let parent = TempDir::new().unwrap();
        let made = make(parent.path());
        let manifest = made.join(MANIFEST);
        let text = fs::read_to_string(&manifest).unwrap();
        fs::write(
            &manifest,
            text.replace("pictures/a.webp", "../of-events/a.webp"),
        )
        .unwrap();
        let refused = Backup::open(&made).unwrap_err().to_string();
        assert!(refused.contains("leads out"), "{refused}");
    }
}
