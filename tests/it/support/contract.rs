//! Checks every answer under /api that a server of the tests gives against the OpenAPI document: status, required
//! headers, media type, and body. `judge` fails a test whose server has given one that does not conform.
//!
//! It is stricter than the document: a field that the document does not name is a violation here, although clients are
//! told to ignore it. Streams are checked up to their headers.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use boxoffice::app::App;
use boxoffice::web::api::openapi::document_text;
use boxoffice::web::observe::{OBSERVER, Seen};
use jsonschema::Validator;
use serde_json::{Value, json};

/// Bytes of a body that a violation shows.
const BODY_SHOWN: usize = 300;

/// What was wrong, by server.
static VIOLATIONS: LazyLock<Mutex<HashMap<usize, Vec<String>>>> = LazyLock::new(Mutex::default);

/// The document's answers.
static CONTRACT: LazyLock<Contract> = LazyLock::new(|| {
    let document = serde_json::from_str(&document_text()).expect("JSON");
    Contract::of(document)
});

/// By method and route, and by status, what an answer must be.
pub(crate) struct Contract {
    answers: HashMap<(String, String), HashMap<u16, Answer>>,
    problem: Validator,
}

struct Answer {
    required_headers: Vec<String>,
    /// By media type.
    content: HashMap<String, Validator>,
}

/// Begins to look at all answers of this process's servers.
pub(crate) fn observe() {
    OBSERVER.get_or_init(|| {
        |seen| {
            if let Err(violation) = CONTRACT.judge(seen) {
                let key = Arc::as_ptr(&seen.app) as usize;
                let mut violations = VIOLATIONS.lock().unwrap_or_else(PoisonError::into_inner);
                violations.entry(key).or_default().push(violation);
            }
        }
    });
}

/// What this server has answered that does not conform.
pub(crate) fn violations(app: &Arc<App>) -> Vec<String> {
    let mut violations = VIOLATIONS.lock().unwrap_or_else(PoisonError::into_inner);
    let key = Arc::as_ptr(app) as usize;
    violations.remove(&key).unwrap_or_default()
}

impl Contract {
    pub(crate) fn of(mut document: Value) -> Self {
        close(&mut document);
        let validator = |schema: &Value| validator(&document, schema);
        let mut answers = HashMap::new();
        for (path, methods) in document["paths"].as_object().expect("paths") {
            for (method, operation) in methods.as_object().expect("methods") {
                let responses = operation["responses"].as_object().expect("responses");
                let of_one = responses.iter().map(|(status, response)| {
                    let content = response["content"].as_object().into_iter().flatten();
                    let content = content
                        .map(|(kind, media)| (media_type(kind), validator(&media["schema"])));
                    let headers = response["headers"].as_object().into_iter().flatten();
                    let headers = headers.filter(|(_, header)| is_required(&document, header));
                    let answer = Answer {
                        required_headers: headers.map(|(name, _)| name.to_lowercase()).collect(),
                        content: content.collect(),
                    };
                    (status.parse().expect("a status"), answer)
                });
                answers.insert((method.to_uppercase(), path.clone()), of_one.collect());
            }
        }
        let any = json!({"$ref": "#/components/schemas/ProblemInvalidRequest"});
        let unknown = json!({"$ref": "#/components/schemas/ProblemNotFound"});
        let problem = validator(&json!({"oneOf": [any, unknown]}));
        Self { answers, problem }
    }

    /// # Errors
    /// What does not conform, in a sentence.
    pub(crate) fn judge(&self, seen: &Seen) -> Result<(), String> {
        let body = seen.body.as_deref().unwrap_or_default();
        self.find(seen).map_err(|wrong| {
            let body = String::from_utf8_lossy(&body[..body.len().min(BODY_SHOWN)]);
            format!(
                "{} {}: {}: {wrong}: {body}",
                seen.method, seen.address, seen.status
            )
        })
    }

    fn find(&self, seen: &Seen) -> Result<(), String> {
        let method = if seen.method == "HEAD" {
            "GET"
        } else {
            &seen.method
        };
        let route = seen.route.clone().unwrap_or_default();
        let statuses = self.answers.get(&(method.to_owned(), route));
        // Any path may be refused like this, and need not say so.
        if statuses.is_none() || seen.status == 405 {
            return match (seen.method.as_str(), seen.status) {
                ("OPTIONS", 200 | 204) => Ok(()),
                (_, 404 | 405 | 406 | 429) => self.problem(seen),
                _ => Err("no such operation in the document".into()),
            };
        }
        let answer = statuses.and_then(|statuses| statuses.get(&seen.status));
        let answer = answer.ok_or("no such status in the document")?;
        for name in &answer.required_headers {
            header(seen, name).ok_or(format!("no header {name}"))?;
        }
        let Some(kind) = header(seen, "content-type") else {
            let is_empty = answer.content.is_empty();
            return is_empty.then_some(()).ok_or("no content type".into());
        };
        let schema = answer.content.get(&media_type(kind));
        let schema = schema.ok_or(format!("{kind} is not in the document"))?;
        match (&seen.body, kind.contains("json")) {
            (Some(body), true) => conforms(schema, body, seen.status),
            _ => Ok(()),
        }
    }

    fn problem(&self, seen: &Seen) -> Result<(), String> {
        if seen.status == 429 {
            return Ok(());
        }
        let body = seen.body.as_ref().ok_or("no body")?;
        conforms(&self.problem, body, seen.status)
    }
}

/// A media type without its parameters.
fn media_type(text: &str) -> String {
    text.split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_lowercase()
}

fn header<'a>(seen: &'a Seen, name: &str) -> Option<&'a str> {
    let mut headers = seen.headers.iter();
    headers
        .find(|(it, _)| it == name)
        .map(|(_, value)| value.as_str())
}

fn conforms(schema: &Validator, body: &[u8], status: u16) -> Result<(), String> {
    let json: Value = serde_json::from_slice(body).map_err(|error| error.to_string())?;
    // A problem repeats its status.
    if json["instance"].is_string() && json["status"] != status {
        return Err("another status in the body".into());
    }
    let wrong: Vec<_> = schema
        .iter_errors(&json)
        .map(|error| format!("{} {error}", error.instance_path()))
        .collect();
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(wrong.join("; "))
    }
}

/// A validator of a schema of the document.
pub(crate) fn validator(document: &Value, schema: &Value) -> Validator {
    let root = json!({"components": document["components"], "allOf": [schema]});
    let options = jsonschema::options().should_validate_formats(true);
    options.build(&root).expect("a schema")
}

fn is_required(document: &Value, header: &Value) -> bool {
    let reference = header["$ref"].as_str().and_then(|it| it.strip_prefix('#'));
    let header = reference.map_or(Some(header), |pointer| document.pointer(pointer));
    header.is_some_and(|header| header["required"] == true)
}

/// Forbids fields that are not named.
pub(crate) fn close(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            let is_object = fields.get("type").is_some_and(|it| it == "object");
            let names_fields = fields.get("properties").is_some_and(Value::is_object);
            if is_object && names_fields {
                fields.insert("additionalProperties".into(), false.into());
            }
            fields.values_mut().for_each(close);
        }
        Value::Array(values) => values.iter_mut().for_each(close),
        _ => {}
    }
}
