//! Handler: availability as server-sent events, what `GET .../availability` answers, on every change.
//!
//! The messages come from the event's `feed`, which all of its viewers share. A stream adds the reconnection
//! time at the beginning, and a comment when it has been silent for long.
//! <https://html.spec.whatwg.org/multipage/server-sent-events.html>

use std::convert::Infallible;
use std::time::Duration;

use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use futures::stream;
use tokio::sync::watch;

use super::feed::Feeds;
use crate::app::{App, Viewer};
use crate::web::error::Error;
use crate::web::find;

/// After this much silence a comment is sent, so that proxies keep the connection open.
const SILENCE_MAX: Duration = Duration::from_secs(15);
const COMMENT: Bytes = Bytes::from_static(b": still here\n\n");
/// How long a browser waits before it reconnects.
const RETRY: Bytes = Bytes::from_static(b"retry: 2000\n\n");

/// GET /api/events/{event_id}/availability/stream: 503 when too many are watching; poll instead.
pub async fn availability(
    app: Data<App>,
    feeds: Data<Feeds>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let event = find::event_of_path(&app, &request).await?;
    let viewer = app.viewer().ok_or_else(Error::too_many_viewers)?;
    let stream = Stream {
        messages: feeds.into_inner().watch(event),
        has_begun: false,
        _viewer: viewer,
    };
    Ok(HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header(("X-Accel-Buffering", "no"))
        .streaming(stream::unfold(stream, Stream::next)))
}

/// One viewer's stream.
struct Stream {
    messages: watch::Receiver<Bytes>,
    has_begun: bool,
    _viewer: Viewer,
}

impl Stream {
    /// The next chunk; `None` when the server drains.
    async fn next(mut self) -> Option<(Result<Bytes, Infallible>, Self)> {
        if !self.has_begun {
            self.has_begun = true;
            return Some((Ok(RETRY), self));
        }
        let chunk = match tokio::time::timeout(SILENCE_MAX, self.messages.changed()).await {
            Ok(Ok(())) => self.messages.borrow_and_update().clone(),
            Ok(Err(_)) => return None,
            Err(_) => COMMENT,
        };
        Some((Ok(chunk), self))
    }
}
