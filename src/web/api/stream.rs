//! Handler: availability as server-sent events, what `GET .../availability` answers, on every change; on request
//! also the seats of numbered tiers.
//!
//! The messages come from `feed`, which all who follow the same share. A stream adds the reconnection
//! time at the beginning, and a comment when it has been silent for long.
//! <https://html.spec.whatwg.org/multipage/server-sent-events.html>

use std::convert::Infallible;
use std::rc::Rc;
use std::time::Duration;

use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use futures::future::select_all;
use futures::stream;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::events::numbered_tier;
use super::feed::{Feeds, Follower, Topic};
use super::parameters::EventPath;
use crate::app::{App, Viewer};
use crate::web::connection::Progress;
use crate::web::error::Error;
use crate::web::{extract, find};

/// After this much silence a comment is sent, so that proxies keep the connection open.
const SILENCE_MAX: Duration = Duration::from_secs(15);
const COMMENT: Bytes = Bytes::from_static(b": still here\n\n");
/// How long a browser waits before it reconnects.
const RETRY: Bytes = Bytes::from_static(b"retry: 2000\n\n");

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct StreamQuery {
    /// Codes of numbered tiers whose seats are wanted, with commas between them.
    #[serde(default)]
    #[param(value_type = Option<String>, example = "vip,stalls")]
    seats: String,
}

/// A message of the stream, for the OpenAPI document: `feed` writes them.
#[derive(ToSchema)]
#[schema(as = StreamMessage)]
#[expect(dead_code, reason = "read by the derive alone")]
struct MessageJson {
    event: MessageName,
    /// JSON: `Availability`, or `SeatChanges`.
    #[schema(content_media_type = "application/json")]
    data: String,
}

/// What a message is about.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
#[expect(dead_code, reason = "read by the derive alone")]
enum MessageName {
    Availability,
    Seats,
}

/// Follow an event's tickets
///
/// Server-sent events. `availability` has the data of `/availability`, at first and on every change. `seats` is the whole
/// map of a tier at first, then what has changed: `{"tier": "vip", "seats": "-4h2"}`, runs of a letter and how many
/// seats it stands for unless it is one; `f` free, `h` held, `s` sold, `-` as before. A comment comes after 15 seconds
/// of silence. 503 when too many are watching: poll instead.
#[utoipa::path(
    get,
    path = "/api/events/{event_id}/availability/stream",
    operation_id = "followAvailability",
    tag = "events",
    params(EventPath, StreamQuery),
    responses((status = 200, description = "A stream that goes on until the client goes.", body = MessageJson,
        content_type = "text/event-stream")),
    security(()),
    extensions(("x-problems" = json!(["not-found", "overloaded"]))),
)]
pub async fn availability(
    app: Data<App>,
    feeds: Data<Feeds>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let event = find::event_of_path(&app, &request).await?;
    let query: StreamQuery = extract::query(&request)?;
    let mut topics = vec![Topic::Counts];
    for code in query.seats.split(',').filter(|code| !code.is_empty()) {
        let (tier, _) = numbered_tier(&event, "/seats", code)?;
        let topic = Topic::Seats(tier.no);
        if !topics.contains(&topic) {
            topics.push(topic);
        }
    }
    let viewer = app.viewer().ok_or_else(Error::too_many_viewers)?;
    if let Some(progress) = request.conn_data::<Rc<Progress>>() {
        progress.go_on();
    }
    let feeds = feeds.into_inner();
    let follow = |topic| feeds.follow(event.clone(), topic);
    let stream = Stream {
        followers: topics.into_iter().map(follow).collect(),
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
    followers: Vec<Follower>,
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
        let next = select_all(self.followers.iter_mut().map(|f| Box::pin(f.next())));
        let chunk = match tokio::time::timeout(SILENCE_MAX, next).await {
            Ok((message, _, _)) => message?,
            Err(_) => COMMENT,
        };
        Some((Ok(chunk), self))
    }
}
