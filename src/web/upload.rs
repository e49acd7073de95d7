//! Pictures that are sent: read whole, decoded and written anew, few at a time.
//!
//! What must hold: a body has [`BYTES_MAX`] bytes at most; nothing of it is kept but its pixels, which `picture` sees
//! to; no more than [`AT_ONCE`] are in memory at a time, because a small file may unpack to hundreds of megabytes.

use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::web::{Bytes, Data};
use actix_web::{FromRequest, HttpRequest};
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

impl FromRequest for Upload {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = body::take_up_to(request, payload, BYTES_MAX);
        Box::pin(async {
            let turn = TURNS.try_acquire().map_err(|_| Error::too_many_pictures())?;
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
    taken.await?.map_err(|error| Error::of_picture(pointer, &error))
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
