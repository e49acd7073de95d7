//! A static file of text, compressed once for each coding that readers ask for.
//!
//! What must hold: no reader waits for another's compression but of the same file.

use std::path::Path;

use actix_files::file_extension_to_mime;
use actix_web::http::StatusCode;
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_TYPE, ContentEncoding, ETag, EntityTag, Header, IfNoneMatch, RANGE,
};
use actix_web::mime;
use actix_web::web::{Bytes, block};
use actix_web::{HttpRequest, HttpResponse};
use tokio::sync::OnceCell;

use crate::web::coding;
use crate::web::error::Error;
use crate::web::headers::IMMUTABLE;

/// Texts up to this size are compressed.
const TEXT_BYTES: usize = 512 * 1024;
/// What texts are compressed to.
const CODINGS: [ContentEncoding; 3] = [
    ContentEncoding::Brotli,
    ContentEncoding::Gzip,
    ContentEncoding::Identity,
];

/// A text, and the same in the codings that readers have asked for.
#[derive(Debug)]
pub(super) struct TextFile {
    media: String,
    text: Bytes,
    brotli: OnceCell<Bytes>,
    gzip: OnceCell<Bytes>,
}

impl TextFile {
    /// Of this media type.
    pub(super) fn new(media: &str, text: impl Into<Bytes>) -> Self {
        Self {
            media: media.to_owned(),
            text: text.into(),
            brotli: OnceCell::new(),
            gzip: OnceCell::new(),
        }
    }

    /// `None` for what is no text, and for what is too long to be kept.
    pub(super) fn of(path: &Path, content: Vec<u8>) -> Option<Self> {
        let extension = path.extension()?.to_str()?;
        let media = file_extension_to_mime(extension);
        let is_text = media.type_() == mime::TEXT || media.suffix() == Some(mime::XML);
        let is_kept = is_text && content.len() <= TEXT_BYTES;
        is_kept.then(|| Self::new(media.as_ref(), content))
    }

    /// Whether the whole of it is asked for, and may be compressed.
    pub(super) fn is_wanted_packed(&self, request: &HttpRequest) -> bool {
        !request.headers().contains_key(RANGE)
            && coding::preferred(request, &CODINGS) != ContentEncoding::Identity
    }

    /// The text from memory. Its name tells its content.
    pub(super) async fn answer(
        &self,
        name: &str,
        request: &HttpRequest,
    ) -> Result<HttpResponse, Error> {
        let tag = EntityTag::new_weak(name.to_owned());
        let is_known = match IfNoneMatch::parse(request) {
            Ok(IfNoneMatch::Items(known)) => known.iter().any(|known| known.weak_eq(&tag)),
            Ok(IfNoneMatch::Any) | Err(_) => false,
        };
        let mut response = HttpResponse::build(if is_known {
            StatusCode::NOT_MODIFIED
        } else {
            StatusCode::OK
        });
        response.insert_header((CACHE_CONTROL, IMMUTABLE));
        response.insert_header(ETag(tag));
        if is_known {
            return Ok(response.finish());
        }
        response.insert_header((CONTENT_TYPE, self.media.as_str()));
        let coding = coding::preferred(request, &CODINGS);
        let mut response = response.body(self.coded(coding).await?);
        coding::set(response.headers_mut(), coding);
        Ok(response)
    }

    async fn coded(&self, coding: ContentEncoding) -> Result<Bytes, Error> {
        type Pack = fn(&[u8]) -> Vec<u8>;
        let (cell, pack): (_, Pack) = match coding {
            ContentEncoding::Brotli => (&self.brotli, coding::brotli),
            ContentEncoding::Gzip => (&self.gzip, coding::gzip::whole),
            _ => return Ok(self.text.clone()),
        };
        // Not where other requests wait for it.
        let text = self.text.clone();
        let made = || async { block(move || pack(&text)).await.map(Bytes::from) };
        let packed = cell.get_or_try_init(made).await;
        packed.cloned().map_err(|error| Error::defect(&error))
    }
}
