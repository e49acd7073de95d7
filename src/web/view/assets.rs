//! Static files: stylesheet, scripts, icon, and every other file of the static directory.
//!
//! Each file is served under a URL with a hash of its content, computed when the server starts, so
//! that browsers may cache it forever; an operator changes a file and restarts. actix-files answers
//! conditional and range requests. What must hold: only files that were there at start are served,
//! whatever the path; a file that has changed since is never cached under the hash of its old content.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use actix_files::NamedFile;
use actix_web::http::header::{CACHE_CONTROL, HeaderValue};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::web::error::Error;

/// The stylesheet of every page.
pub const STYLE: &str = "style.css";
/// The script of every page; pages work without it.
pub const SCRIPT: &str = "app.js";
/// The script of seat maps, which the next one needs.
pub const SEATS_SCRIPT: &str = "seats.js";
/// The script of the order form.
pub const ORDER_SCRIPT: &str = "order.js";
/// The icon in a browser's tab.
pub const ICON: &str = "favicon.svg";

/// Bytes of the hash in a URL.
const HASH_BYTES: usize = 6;
/// A file up to this size is read in one go: it is in the page cache.
const READ_AT_ONCE_BYTES: u64 = 256 * 1024;

const IMMUTABLE: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const REVALIDATE: HeaderValue = HeaderValue::from_static("no-cache");

/// Why the static files cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum AssetsError {
    /// The directory or a file in it cannot be read.
    #[error("the static files in {} cannot be read: {reason}", directory.display())]
    Unreadable {
        /// Which directory.
        directory: PathBuf,
        /// Why.
        reason: io::Error,
    },
    /// A file that every page loads is missing.
    #[error("the static directory {} has no {file}", directory.display())]
    Missing {
        /// Which directory.
        directory: PathBuf,
        /// Which file.
        file: &'static str,
    },
}

/// The static files of the server, as they were when it started.
#[derive(Debug)]
pub struct Assets {
    /// By the name in the URL: `style.0123456789ab.css`.
    files: HashMap<String, Asset>,
    /// The URLs of the files that pages load: `style.css` is at `/static/style.0123456789ab.css`.
    urls: HashMap<String, String>,
}

/// One file.
#[derive(Debug)]
struct Asset {
    path: PathBuf,
    /// When it was hashed: a file with another size or time is another file.
    version: Version,
}

/// Size and modification time, which change with the content of a file.
type Version = (u64, Option<SystemTime>);

impl Assets {
    /// Hashes the files of a directory; not those of its subdirectories, and no hidden ones.
    ///
    /// # Errors
    /// [`AssetsError`].
    pub fn open(directory: &Path) -> Result<Self, AssetsError> {
        let assets = Self::read(directory).map_err(|reason| AssetsError::Unreadable {
            directory: directory.to_owned(),
            reason,
        })?;
        match [STYLE, SCRIPT, SEATS_SCRIPT, ORDER_SCRIPT, ICON]
            .into_iter()
            .find(|&file| !assets.urls.contains_key(file))
        {
            None => Ok(assets),
            Some(file) => Err(AssetsError::Missing {
                directory: directory.to_owned(),
                file,
            }),
        }
    }

    fn read(directory: &Path) -> io::Result<Self> {
        let (mut files, mut urls) = (HashMap::new(), HashMap::new());
        // Absolute, because a process may change its working directory.
        for entry in fs::read_dir(directory.canonicalize()?)? {
            let path = entry?.path();
            let name = path.file_name().and_then(|name| name.to_str());
            // An editor's lock is a hidden link that leads nowhere.
            let Some(name) = name.filter(|name| !name.starts_with('.')) else {
                continue;
            };
            let metadata = fs::metadata(&path)?;
            if !metadata.is_file() {
                continue;
            }
            let hashed = hashed_name(name, &fs::read(&path)?);
            urls.insert(name.to_owned(), format!("/static/{hashed}"));
            let version = (metadata.len(), metadata.modified().ok());
            files.insert(hashed, Asset { path, version });
        }
        Ok(Self { files, urls })
    }

    /// The URL of a file; without a hash, which is not found, if there is no such file.
    pub fn url(&self, file: &str) -> String {
        let url = self.urls.get(file).cloned();
        url.unwrap_or_else(|| format!("/static/{file}"))
    }
}

/// `style.css` becomes `style.0123456789ab.css`.
fn hashed_name(name: &str, content: &[u8]) -> String {
    let hash = HEXLOWER.encode(&Sha256::digest(content)[..HASH_BYTES]);
    match name.rsplit_once('.') {
        Some((stem, extension)) => format!("{stem}.{hash}.{extension}"),
        None => format!("{name}.{hash}"),
    }
}

/// GET /static/{file}
pub async fn get(assets: Data<Assets>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let not_found = || Error::not_found("file");
    let name = request.match_info().query("file");
    let asset = assets.files.get(name).ok_or_else(not_found)?;
    // The file may have been removed since the start.
    let file = NamedFile::open(&asset.path).map_err(|_| not_found())?;
    let is_unchanged = asset.version == (file.metadata().len(), file.metadata().modified().ok());
    let mut response = file
        .disable_content_disposition()
        .read_mode_threshold(READ_AT_ONCE_BYTES)
        .into_response(&request);
    if response.status().is_success() || response.status().is_redirection() {
        let caching = if is_unchanged { IMMUTABLE } else { REVALIDATE };
        response.headers_mut().insert(CACHE_CONTROL, caching);
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_changes_with_the_content_alone() {
        let name = hashed_name("style.css", b"a");
        assert_eq!(name, hashed_name("style.css", b"a"));
        assert_ne!(name, hashed_name("style.css", b"b"));
        assert!(name.starts_with("style.") && name.ends_with(".css"));
        assert_eq!(name.len(), "style..css".len() + 2 * HASH_BYTES);
        assert!(hashed_name("LICENSE", b"a").starts_with("LICENSE."));
    }
}
