//! Static files: stylesheet, scripts, icon, fonts, and every other file of the static directory.
//!
//! Each file is served under a URL with a hash of its content, computed when the server starts, so
//! that browsers may cache it forever; an operator changes a file and restarts. actix-files answers
//! conditional and range requests. The stylesheet is made at start and served from memory: it names fonts by their
//! URLs, and the operator's theme is at its end. Texts are compressed once, for the first reader. What must hold: only files that were there at start are served, whatever the path; a
//! file that has changed since is never cached under the hash of its old content.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use actix_files::NamedFile;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_ENCODING, HeaderName, HeaderValue};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::text_file::TextFile;
use super::theme::Theme;
use crate::web::error::Error;
use crate::web::headers::IMMUTABLE;

/// The stylesheet of every page.
pub const STYLE: &str = "style.css";
/// What the organisers' pages have beside it.
pub const ADMIN_STYLE: &str = "admin.css";
/// The script of every page; pages work without it.
pub const SCRIPT: &str = "app.js";
/// The scripts of seat maps, which the order form loads when one is opened; each needs those before it.
pub const HALL_SCRIPT: &str = "hall.js";
/// The next one.
pub const ZOOM_SCRIPT: &str = "zoom.js";
/// The last one.
pub const SEATS_SCRIPT: &str = "seats.js";
/// The script that draws the hall that an organiser writes; needs the first two of those.
pub const HALL_EDITOR_SCRIPT: &str = "hall-editor.js";
/// The script of the order form.
pub const ORDER_SCRIPT: &str = "order.js";
/// The script that pays by a payment provider's form: loaded where there is one.
pub const PAY_SCRIPT: &str = "pay.js";
/// The script of tickets: full screen, sharing, and keeping them for when there is no connection.
pub const TICKETS_SCRIPT: &str = "tickets.js";
/// The service worker that keeps tickets; not loaded by a page but registered by the script of tickets.
pub const WORKER: &str = "worker.js";
/// What the scanner has beside the organisers' stylesheet.
pub const SCAN_STYLE: &str = "scan.css";
/// What the scanner keeps on the device: the list, and the scans that are to go up.
pub const SCAN_STORE: &str = "scan-store.js";
/// The script of the scanner.
pub const SCAN_SCRIPT: &str = "scan.js";
/// Reads QR codes where the browser cannot; loaded by the script of the scanner.
pub const SCAN_DECODER: &str = "scan-decoder.js";
/// The service worker that opens the scanner without a connection.
pub const SCAN_WORKER: &str = "scan-worker.js";
/// The icon in a browser's tab.
pub const ICON: &str = "favicon.svg";

/// The icon for browsers that take no SVG, and for whoever asks for /favicon.ico.
pub const ICON_ICO: &str = "favicon.ico";
/// The icon on a home screen of Apple's.
pub const ICON_APPLE: &str = "icon-180.png";
/// The icons of the web app manifest.
pub const ICON_192: &str = "icon-192.png";
/// See [`ICON_192`].
pub const ICON_512: &str = "icon-512.png";
/// One of which a launcher may cut off a tenth on each side.
pub const ICON_MASKABLE: &str = "icon-maskable.png";

/// The letters of names, prices and clocks, which a page shows first.
const FIRST_FONT: &str = "fonts/display-latin.woff2";

/// The font of the theme, if it has one.
const THEME_FONT: &str = "theme font";
/// The logo of the theme, if it has one.
pub const THEME_LOGO: &str = "theme logo";

/// The subdirectory of fonts, and what their names end with: other files in it are not for visitors.
const FONTS_DIRECTORY: &str = "fonts";
const FONTS_END: &str = ".woff2";

/// What must be there.
const LOADED: [&str; 17] = [
    STYLE,
    ADMIN_STYLE,
    SCRIPT,
    HALL_SCRIPT,
    ZOOM_SCRIPT,
    SEATS_SCRIPT,
    HALL_EDITOR_SCRIPT,
    ORDER_SCRIPT,
    PAY_SCRIPT,
    TICKETS_SCRIPT,
    WORKER,
    SCAN_STYLE,
    SCAN_STORE,
    SCAN_SCRIPT,
    SCAN_DECODER,
    SCAN_WORKER,
    ICON,
];

/// Bytes of the hash in a URL.
const HASH_BYTES: usize = 6;
/// A file up to this size is read in one go: it is in the page cache.
const READ_AT_ONCE_BYTES: u64 = 256 * 1024;

const WORKER_ALLOWED: HeaderName = HeaderName::from_static("service-worker-allowed");
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
    served: HashMap<String, Asset>,
    /// The URLs of the files that pages load: `style.css` is at `/static/style.0123456789ab.css`.
    urls: HashMap<String, String>,
    /// Where they are.
    directory: PathBuf,
    theme: Theme,
}

/// What is behind a URL.
#[derive(Debug)]
enum Asset {
    /// A file; with another size or time than when it was hashed it is another file.
    File(PathBuf, Version),
    /// A file of text, and what it was at start.
    Text(PathBuf, Version, TextFile),
    /// A stylesheet that was made at start.
    Style(TextFile),
}

/// Size and modification time, which change with the content of a file.
type Version = (u64, Option<SystemTime>);

impl Assets {
    /// Hashes the files of a directory and the fonts in its `fonts`; no others of subdirectories, and no hidden ones.
    /// The theme's files are beside them.
    ///
    /// # Errors
    /// [`AssetsError`].
    pub fn open(directory: &Path, theme: Theme) -> Result<Self, AssetsError> {
        let unreadable = |reason| AssetsError::Unreadable {
            directory: directory.to_owned(),
            reason,
        };
        let mut assets = Self {
            served: HashMap::new(),
            urls: HashMap::new(),
            directory: PathBuf::new(),
            theme,
        };
        assets.read(directory).map_err(unreadable)?;
        let missing = LOADED.iter().chain(&[FIRST_FONT]);
        if let Some(file) = missing
            .copied()
            .find(|&file| !assets.urls.contains_key(file))
        {
            return Err(AssetsError::Missing {
                directory: directory.to_owned(),
                file,
            });
        }
        let style = fs::read_to_string(directory.join(STYLE)).map_err(unreadable)?;
        assets.add_theme().map_err(unreadable)?;
        let font = assets.urls.get(THEME_FONT).map(String::as_str);
        let style = style + &assets.theme.style(font);
        assets.add_style(&style);
        Ok(assets)
    }

    fn read(&mut self, directory: &Path) -> io::Result<()> {
        // Absolute, because a process may change its working directory.
        let directory = directory.canonicalize()?;
        self.directory.clone_from(&directory);
        self.read_directory(&directory, "", "")?;
        let fonts = directory.join(FONTS_DIRECTORY);
        if fonts.is_dir() {
            self.read_directory(&fonts, "fonts/", FONTS_END)?;
        }
        Ok(())
    }

    /// Adds the files of a directory whose names end so; pages know them by this prefix and their name.
    fn read_directory(&mut self, directory: &Path, prefix: &str, end: &str) -> io::Result<()> {
        for entry in fs::read_dir(directory)? {
            let path = entry?.path();
            let name = path.file_name().and_then(|name| name.to_str());
            // An editor's lock is a hidden link that leads nowhere.
            let is_meant = |name: &&str| !name.starts_with('.') && name.ends_with(end);
            let Some(name) = name.filter(is_meant).map(str::to_owned) else {
                continue;
            };
            if fs::metadata(&path)?.is_file() {
                self.add_file(format!("{prefix}{name}"), &name, path)?;
            }
        }
        Ok(())
    }

    /// Adds the theme's logo and font, under names that say nothing of the operator's files.
    fn add_theme(&mut self) -> io::Result<()> {
        let Theme { logo, font, .. } = self.theme.clone();
        if let Some(logo) = logo {
            let extension = logo.extension().and_then(|extension| extension.to_str());
            let name = format!("logo.{}", extension.unwrap_or_default());
            self.add_file(THEME_LOGO.to_owned(), &name, logo)?;
        }
        if let Some(font) = font {
            self.add_file(THEME_FONT.to_owned(), "theme.woff2", font)?;
        }
        Ok(())
    }

    /// Adds a file that pages know as `file`, and readers by this name and its hash.
    fn add_file(&mut self, file: String, name: &str, path: PathBuf) -> io::Result<()> {
        let (metadata, content) = (fs::metadata(&path)?, fs::read(&path)?);
        let version = (metadata.len(), metadata.modified().ok());
        let hashed = hashed_name(name, &content);
        let asset = match TextFile::of(&path, content) {
            Some(text) => Asset::Text(path, version, text),
            None => Asset::File(path, version),
        };
        self.add(file, hashed, asset);
        Ok(())
    }

    fn add(&mut self, file: String, hashed: String, asset: Asset) {
        self.urls.insert(file, format!("/static/{hashed}"));
        self.served.insert(hashed, asset);
    }

    /// Puts a stylesheet in the place of the file: each `url(fonts/...)` in it becomes the font's URL.
    fn add_style(&mut self, style: &str) {
        let mut made = String::with_capacity(style.len());
        let mut parts = style.split("url(");
        made.push_str(parts.next().unwrap_or_default());
        for part in parts {
            let (file, rest) = part.split_once(')').unwrap_or((part, ""));
            let url = self.urls.get(file).map_or(file, String::as_str);
            made.extend(["url(", url, ")", rest]);
        }
        let hashed = hashed_name(STYLE, made.as_bytes());
        if let Some(url) = self.urls.get(STYLE) {
            self.served.remove(url.trim_start_matches("/static/"));
        }
        self.add(
            STYLE.to_owned(),
            hashed,
            Asset::Style(TextFile::new("text/css; charset=utf-8", made)),
        );
    }

    /// The directory that they are in.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// How the shop looks.
    pub fn theme(&self) -> &Theme {
        &self.theme
    }

    /// The URL of the font that a page shows first.
    pub fn first_font(&self) -> String {
        let own = || self.url(FIRST_FONT);
        self.url_if_any(THEME_FONT).unwrap_or_else(own)
    }

    /// The URL of a file, if there is one.
    pub fn url_if_any(&self, file: &str) -> Option<String> {
        self.urls.get(file).cloned()
    }

    /// The URL of a file; without a hash, which is not found, if there is no such file.
    pub fn url(&self, file: &str) -> String {
        let url = self.url_if_any(file);
        url.unwrap_or_else(|| format!("/static/{file}"))
    }

    /// A file by the name in its URL.
    async fn answer(&self, name: &str, request: &HttpRequest) -> Result<HttpResponse, Error> {
        let not_found = || Error::not_found("file");
        let (path, version) = match self.served.get(name).ok_or_else(not_found)? {
            Asset::Style(style) => return style.answer(name, request).await,
            Asset::Text(_, _, text) if text.is_wanted_packed(request) => {
                return text.answer(name, request).await;
            }
            Asset::Text(path, version, _) | Asset::File(path, version) => (path, version),
        };
        // The file may have been removed since the start.
        file(path, *version, request).map_err(|_| not_found())
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
    assets
        .answer(request.match_info().query("file"), &request)
        .await
}

/// GET /favicon.ico, which is asked for without having been named. There is no hash in its address.
pub async fn favicon(assets: Data<Assets>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let url = assets.url(ICON_ICO);
    let mut icon = assets
        .answer(url.trim_start_matches("/static/"), &request)
        .await?;
    icon.headers_mut().insert(CACHE_CONTROL, REVALIDATE);
    Ok(icon)
}

/// GET /tickets-worker.js: a service worker has one address, so that browsers find its next version there. Pages
/// register it for their bookings alone, which are under each language.
/// <https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Service-Worker-Allowed>
pub async fn worker(assets: Data<Assets>, request: HttpRequest) -> Result<HttpResponse, Error> {
    worker_of(&assets, WORKER, &request).await
}

/// GET /scan-worker.js: as [`worker`].
pub async fn scan_worker(
    assets: Data<Assets>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    worker_of(&assets, SCAN_WORKER, &request).await
}

async fn worker_of(
    assets: &Assets,
    file: &str,
    request: &HttpRequest,
) -> Result<HttpResponse, Error> {
    let url = assets.url(file);
    let mut response = assets
        .answer(url.trim_start_matches("/static/"), request)
        .await?;
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, REVALIDATE);
    headers.insert(WORKER_ALLOWED, HeaderValue::from_static("/"));
    Ok(response)
}

/// A file as it is; it may be cached forever if it is still the one that was there at start.
fn file(path: &Path, version: Version, request: &HttpRequest) -> io::Result<HttpResponse> {
    let file = NamedFile::open(path)?;
    let is_unchanged = version == (file.metadata().len(), file.metadata().modified().ok());
    let mut response = file
        .disable_content_disposition()
        .read_mode_threshold(READ_AT_ONCE_BYTES)
        .into_response(request);
    let headers = response.headers_mut();
    if path.to_str().is_some_and(|path| path.ends_with(FONTS_END)) {
        // It is compressed as it is; this keeps the middleware from doing it again.
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("identity"));
    }
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
