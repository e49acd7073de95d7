//! A problem as the body of its answer, in the reader's language: around every route, where the request is known.
//!
//! What must hold: English takes no negotiation; `type`, pointers and all other fields are the same in every language.

use actix_web::ResponseError;
use actix_web::body::{BoxBody, EitherBody};
use actix_web::dev::ServiceResponse;
use actix_web::http::header::{CONTENT_LANGUAGE, HeaderValue, VARY};
use serde::Serialize;
use serde_json::{Map, Value};

use super::{Error, Problem};
use crate::web::about;
use crate::web::view::format::words_of;
use crate::web::view::words::{self, Words};

const BY_LANGUAGE: HeaderValue = HeaderValue::from_static("Accept-Language");

/// A problem as a client sees it.
#[derive(Serialize)]
struct ProblemJson<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'a str,
    status: u16,
    detail: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldJson<'a>>,
    #[serde(flatten)]
    fields: &'a Map<String, Value>,
    /// The id of the request.
    instance: &'a str,
}

#[derive(Serialize)]
struct FieldJson<'a> {
    pointer: &'a str,
    detail: String,
}

/// Gives an answer that is a problem its body; others pass.
pub(in crate::web) fn render<B>(response: ServiceResponse<B>) -> ServiceResponse<EitherBody<B>> {
    let error = response.response().extensions().get::<Error>().cloned();
    let Some(Error(problem)) = error else {
        return response.map_into_left_body();
    };
    let words = words_of(response.request().headers());
    let body = problem.in_words(words, &about::id().to_string());
    let mut response = response.map_body(|_, _| EitherBody::right(BoxBody::new(body)));
    let headers = response.headers_mut();
    headers.insert(CONTENT_LANGUAGE, HeaderValue::from_static(words.tag()));
    headers.append(VARY, BY_LANGUAGE);
    response
}

impl Error {
    /// The whole answer where no request is known, in English: head and body, and the connection's end.
    pub(in crate::web) fn without_request(&self) -> Vec<u8> {
        let id = about::id().to_string();
        let body = self.0.in_words(&words::offered()[0], &id);
        let status = self.status_code();
        format!(
            "HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\
             content-type: application/problem+json\r\ncontent-language: en\r\ncache-control: no-store\r\n\
             x-content-type-options: nosniff\r\nx-request-id: {id}\r\n\r\n{body}",
            length = body.len(),
        )
        .into_bytes()
    }
}

impl Problem {
    /// The JSON in a language.
    fn in_words(&self, words: &Words, request_id: &str) -> String {
        let errors: Vec<_> = self
            .errors
            .iter()
            .map(|(pointer, text)| FieldJson {
                pointer,
                detail: text.in_words(words).into_owned(),
            })
            .collect();
        let detail = match errors.first() {
            Some(first) => format!("{} {}", first.pointer, first.detail).into(),
            None => self.detail.in_words(words),
        };
        // A proxy's id may be no UUID; then it is a reference relative to the API.
        let is_uuid = request_id.len() == 36 && uuid::Uuid::try_parse(request_id).is_ok();
        let urn = is_uuid.then(|| format!("urn:uuid:{request_id}"));
        let json = ProblemJson {
            instance: urn.as_deref().unwrap_or(request_id),
            kind: self.kind,
            title: words.text(self.title),
            status: self.status,
            detail: &detail,
            errors,
            fields: &self.fields,
        };
        serde_json::to_string(&json).unwrap_or_default()
    }
}
