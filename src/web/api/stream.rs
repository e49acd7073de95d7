//! Availability as server-sent events: what `GET .../availability` answers, whenever it changes.
//!
//! The stream looks at the process's counts a few times a second and sends what has changed, so a
//! busy sale costs a viewer four small messages a second at most, and the database nothing at all.
//! <https://html.spec.whatwg.org/multipage/server-sent-events.html>

use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use futures::stream;

use super::events::{AvailabilityJson, etag};
use crate::app::{App, Viewer};
use crate::catalog::Event;
use crate::web::error::Error;
use crate::web::find;

/// How often the counts are looked at.
const LOOK: Duration = Duration::from_millis(250);
/// A line that says nothing is sent after so much silence, so that proxies keep the connection.
const SILENCE_MAX: Duration = Duration::from_secs(15);
/// What the browser waits before it connects again.
const RETRY: &str = "retry: 2000\n\n";

/// GET /api/events/{event_id}/availability/stream: 503 when too many are watching; poll instead.
pub async fn availability(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let event = find::event_of_path(&app, &request).await?;
    let viewer = app.viewer().ok_or_else(Error::too_many_viewers)?;
    let watch = Watch {
        app,
        event,
        sent: String::new(),
        last: Instant::now(),
        first: true,
        _viewer: viewer,
    };
    Ok(HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header(("X-Accel-Buffering", "no"))
        .streaming(stream::unfold(watch, Watch::next)))
}

/// One viewer's stream.
struct Watch {
    app: Data<App>,
    event: Arc<Event>,
    /// The entity tag of what was sent last.
    sent: String,
    last: Instant,
    first: bool,
    _viewer: Viewer,
}

impl Watch {
    /// The next message; `None` when the server drains.
    async fn next(mut self) -> Option<(Result<Bytes, Infallible>, Self)> {
        loop {
            if !std::mem::take(&mut self.first) {
                tokio::select! {
                    () = self.app.draining() => return None,
                    () = tokio::time::sleep(LOOK) => {}
                }
            }
            // A database that is away is no reason to end the stream: it comes back.
            if let Ok(counts) = self.app.availability.of(&self.event).await {
                let tag = etag(&counts);
                if tag != self.sent {
                    let retry = if self.sent.is_empty() { RETRY } else { "" };
                    let json = serde_json::to_string(&AvailabilityJson::new(&self.event, &counts))
                        .unwrap_or_default();
                    (self.sent, self.last) = (tag, Instant::now());
                    return Some((
                        Ok(Bytes::from(format!(
                            "{retry}event: availability\ndata: {json}\n\n"
                        ))),
                        self,
                    ));
                }
            }
            if self.last.elapsed() >= SILENCE_MAX {
                self.last = Instant::now();
                return Some((Ok(Bytes::from_static(b": still here\n\n")), self));
            }
        }
    }
}
