//! Pictures that are sent: read whole, decoded and written anew, few at a time.
//!
//! What must hold: a body has [`BYTES_MAX`] bytes at most; nothing of it is kept but its pixels, which `picture` sees
//! to; no more than [`AT_ONCE`] are in memory at a time, because a small file may unpack to hundreds of megabytes.

use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::{Bytes, Data};
use actix_web::{FromRequest, HttpRequest};
use memchr::memmem;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::body;
use super::error::Error;
use crate::app::App;
use crate::picture::{self, Picture, PictureError};

/// Bytes of a picture that is sent.
pub const BYTES_MAX: usize = 10 * 1024 * 1024;
/// Pictures that are received or decoded at once.
const AT_ONCE: usize = 2;

static TURNS: Semaphore = Semaphore::const_new(AT_ONCE);

/// A body of up to [`BYTES_MAX`] bytes, and the turn to hold it.
pub struct Upload {
    pub(super) content: Bytes,
    _turn: SemaphorePermit<'static>,
}

impl Upload {
    /// The first file of a form; `None` if it has none.
    ///
    /// # Errors
    /// 415 for another type of body.
    pub fn file(&self, request: &HttpRequest) -> Result<Option<Vec<u8>>, Error> {
        let value = request.headers().get(CONTENT_TYPE);
        let value = value
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let boundary = value.strip_prefix("multipart/form-data;").and_then(|rest| {
            let mut parameters = rest.split(';').map(str::trim);
            let found = parameters.find_map(|it| it.strip_prefix("boundary="))?;
            Some(found.trim_matches('"'))
        });
        let boundary = boundary.filter(|it| (1..=70).contains(&it.len()));
        let boundary =
            boundary.ok_or_else(|| Error::unsupported_media_type("multipart/form-data"))?;
        Ok(first_file(&self.content, boundary).map(<[u8]>::to_vec))
    }
}

/// RFC 7578: what follows the head of the first part that has a file's name, up to the next boundary.
fn first_file<'b>(body: &'b [u8], boundary: &str) -> Option<&'b [u8]> {
    let delimiter = format!("--{boundary}");
    let mut parts = memmem::find_iter(body, &delimiter)
        .collect::<Vec<_>>()
        .into_iter();
    let mut start = parts.next()? + delimiter.len();
    for end in parts {
        let part = &body[start..end];
        start = end + delimiter.len();
        let Some(head) = memmem::find(part, b"\r\n\r\n") else {
            continue;
        };
        if memmem::find(&part[..head], b"filename=").is_some() {
            return part[head + 4..].strip_suffix(b"\r\n");
        }
    }
    None
}

impl FromRequest for Upload {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = body::take_up_to(request, payload, BYTES_MAX);
        Box::pin(async {
            let turn = TURNS
                .try_acquire()
                .map_err(|_| Error::too_many_pictures())?;
            Ok(Self {
                content: body.await?,
                _turn: turn,
            })
        })
    }
}

/// Writes a picture anew into the directory of the pictures. `pointer` is where a request has it.
///
/// # Errors
/// 422 if it is no picture, or one that is too small, too large or damaged.
pub async fn take(app: &Data<App>, pointer: &str, content: Bytes) -> Result<Picture, Error> {
    let directory = app.config.pictures_dir.clone();
    let directory = directory.ok_or_else(|| Error::not_found("picture"))?;
    let taken = tokio::task::spawn_blocking(move || picture::take_content(&content, &directory));
    taken
        .await?
        .map_err(|error| Error::of_picture(pointer, &error))
}

impl Error {
    /// A picture was not taken.
    fn of_picture(pointer: &str, error: &PictureError) -> Self {
        match error {
            PictureError::Format => Self::invalid_field(pointer, "field-picture-format"),
            PictureError::Size(..) => Self::invalid_field(pointer, "field-picture-size"),
            PictureError::Unreadable(_) => Self::invalid_field(pointer, "field-picture-damaged"),
            PictureError::TooManyBytes => Self::too_large(BYTES_MAX),
            error @ PictureError::Io { .. } => Self::defect(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_of_a_form_is_what_stands_between_its_boundaries() {
        let body = b"--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--x\r\n\
            Content-Disposition: form-data; name=\"p\"; filename=\"p.png\"\r\n\r\n\x89PNG\r\n\r\n--\r\n--x--\r\n";
        assert_eq!(first_file(body, "x"), Some(b"\x89PNG\r\n\r\n--".as_slice()));
        for broken in [
            b"".as_slice(),
            b"--x",
            b"--x\r\nfilename=\r\n\r\nabc",
            b"--x--",
        ] {
            assert_eq!(first_file(broken, "x"), None);
        }
    }
}
