//! A record as one line: for people, or as a JSON object.
//!
//! What must hold: a line of JSON is one object whatever a message holds; nothing is allocated for a line that is
//! shorter than one before it.

use std::cell::RefCell;
use std::fmt::Write as _;
use std::io::Write as _;

use log::kv::{Error, Key, Value, VisitSource};
use log::{Level, Record};

use crate::config::LogFormat;
use crate::types::clock;

/// What a thread writes its lines with.
#[derive(Default)]
struct Scratch {
    line: Vec<u8>,
    /// The second that `prefix` names.
    second: i64,
    /// `2026-11-22T10:00:00.`
    prefix: String,
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

/// Makes the record's line, with its end, and gives it away.
pub(super) fn with(format: LogFormat, record: &Record<'_>, take: impl FnOnce(&[u8])) {
    SCRATCH.with(|scratch| match scratch.try_borrow_mut() {
        Ok(mut scratch) => scratch.write(format, record, take),
        // A value that is being written has logged something itself.
        Err(_) => Scratch::default().write(format, record, take),
    });
}

/// The message and the values, for people.
pub(super) fn text(record: &Record<'_>) -> String {
    let mut line = Vec::new();
    write_text(&mut line, record);
    String::from_utf8_lossy(&line).into_owned()
}

impl Scratch {
    fn write(&mut self, format: LogFormat, record: &Record<'_>, take: impl FnOnce(&[u8])) {
        let now = clock::local();
        if self.second != now.timestamp() || self.prefix.is_empty() {
            self.second = now.timestamp();
            self.prefix.clear();
            write!(self.prefix, "{}", now.format("%Y-%m-%dT%H:%M:%S.")).ok();
        }
        let line = &mut self.line;
        line.clear();
        let (level, target) = (record.level(), record.target());
        line.extend_from_slice(match format {
            LogFormat::Human => b"[",
            LogFormat::Json => b"{\"time\":\"",
        });
        line.extend_from_slice(self.prefix.as_bytes());
        // 1000 and more in a leap second.
        let milliseconds = now.timestamp_subsec_millis().min(999);
        for unit in [100, 10, 1] {
            line.push(b'0' + (milliseconds / unit % 10) as u8);
        }
        match format {
            LogFormat::Human => {
                line.extend_from_slice(b"Z ");
                line.extend_from_slice(padded(level));
                line.extend_from_slice(target.as_bytes());
                line.extend_from_slice(b"] ");
                write_text(line, record);
            }
            LogFormat::Json => {
                line.extend_from_slice(b"Z\",\"level\":\"");
                line.extend_from_slice(level.as_str().as_bytes());
                line.push(b'"');
                write_member(line, "target", target);
                match record.args().as_str() {
                    Some(message) => write_member(line, "message", message),
                    None => write_member(line, "message", &record.args().to_string()),
                }
                record.key_values().visit(&mut Json(line)).ok();
                line.push(b'}');
            }
        }
        line.push(b'\n');
        take(line);
    }
}

/// The level and a space, all of one length.
fn padded(level: Level) -> &'static [u8] {
    match level {
        Level::Error => b"ERROR ",
        Level::Warn => b"WARN  ",
        Level::Info => b"INFO  ",
        Level::Debug => b"DEBUG ",
        Level::Trace => b"TRACE ",
    }
}

fn write_text(line: &mut Vec<u8>, record: &Record<'_>) {
    let begin = line.len();
    match record.args().as_str() {
        Some(message) => line.extend_from_slice(message.as_bytes()),
        None => write!(line, "{}", record.args()).unwrap_or_default(),
    }
    let mut human = Human {
        is_first: line.len() == begin,
        line,
    };
    record.key_values().visit(&mut human).ok();
}

/// Writes ` key=value`, the first of a line without the space.
struct Human<'a> {
    line: &'a mut Vec<u8>,
    is_first: bool,
}

impl<'kvs> VisitSource<'kvs> for Human<'_> {
    fn visit_pair(&mut self, key: Key<'kvs>, value: Value<'kvs>) -> Result<(), Error> {
        if !std::mem::take(&mut self.is_first) {
            self.line.push(b' ');
        }
        self.line.extend_from_slice(key.as_str().as_bytes());
        self.line.push(b'=');
        match value.to_borrowed_str() {
            Some(text) => self.line.extend_from_slice(text.as_bytes()),
            None => write!(self.line, "{value}")?,
        }
        Ok(())
    }
}

/// Writes `,"key":value`.
struct Json<'a>(&'a mut Vec<u8>);

impl<'kvs> VisitSource<'kvs> for Json<'_> {
    fn visit_pair(&mut self, key: Key<'kvs>, value: Value<'kvs>) -> Result<(), Error> {
        if let Some(text) = value.to_borrowed_str() {
            write_member(self.0, key.as_str(), text);
        } else if let Some(number) = value.to_i64() {
            write_key(self.0, key.as_str());
            write!(self.0, "{number}")?;
        } else {
            write_member(self.0, key.as_str(), &value.to_string());
        }
        Ok(())
    }
}

fn write_key(line: &mut Vec<u8>, key: &str) {
    line.push(b',');
    serde_json::to_writer(&mut *line, key).ok();
    line.push(b':');
}

fn write_member(line: &mut Vec<u8>, key: &str, text: &str) {
    write_key(line, key);
    serde_json::to_writer(line, text).ok();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(format: LogFormat, message: &str) -> String {
        let values = [
            ("booking", Value::from("b-1")),
            ("status", Value::from(201)),
        ];
        let mut line = String::new();
        let mut record = Record::builder();
        record.level(Level::Info).target("x").key_values(&values);
        with(
            format,
            &record.args(format_args!("{message}")).build(),
            |bytes| {
                line = String::from_utf8(bytes.to_vec()).unwrap();
            },
        );
        line
    }

    #[test]
    fn a_line_for_people_has_its_values_behind_the_message() {
        let line = line(LogFormat::Human, "held");
        assert!(
            line.ends_with("Z INFO  x] held booking=b-1 status=201\n"),
            "{line}"
        );
        assert_eq!(
            line.find(']'),
            Some("[2026-11-22T10:00:00.000Z INFO  x".len())
        );
    }

    #[test]
    fn a_line_of_json_is_one_object_whatever_the_message_holds() {
        let line = line(LogFormat::Json, "a \"quote\"\nand a second line");
        assert_eq!(line.matches('\n').count(), 1);
        let json: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(json["message"], "a \"quote\"\nand a second line");
        assert_eq!(
            (&json["booking"], &json["status"]),
            (&"b-1".into(), &201.into())
        );
        assert_eq!(
            (&json["level"], &json["target"]),
            (&"INFO".into(), &"x".into())
        );
    }
}
