//! Every text of a page is in `locales/`: none stands in a template, none is asked for that is not there, and none
//! is there that nobody asks for. That all languages have all of them is tested in `web::view::words`.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot read the sources fails"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// What is written the same in every language.
const SAME_EVERYWHERE: [&str; 2] = ["boxoffice", "×"];
/// Texts that scripts put together from a state.
const BY_STATE: [&str; 5] = ["stock-", "order-all-", "audit-", "done-", "scan-"];
/// Attributes that readers see or hear.
const READ_ATTRIBUTES: [&str; 6] = [
    "aria-label",
    "placeholder",
    "title",
    "alt",
    "data-label",
    "content",
];

fn files(directory: &str, ending: &str) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    for entry in fs::read_dir(root.join(directory)).unwrap() {
        let path = entry.unwrap().path();
        let name = path
            .strip_prefix(root)
            .unwrap()
            .to_str()
            .unwrap()
            .to_owned();
        if path.is_dir() {
            found.extend(files(&name, ending));
        } else if name.ends_with(ending) {
            found.push((name, fs::read_to_string(path).unwrap()));
        }
    }
    found
}

/// The text without everything from each `open` to the next `close`.
fn without(text: &str, open: &str, close: &str) -> String {
    let mut rest = text;
    let mut kept = String::new();
    while let Some((before, after)) = rest.split_once(open) {
        kept.push_str(before);
        kept.push(' ');
        rest = after.split_once(close).map_or("", |(_, after)| after);
    }
    kept + rest
}

fn has_words(text: &str) -> bool {
    let text = SAME_EVERYWHERE
        .iter()
        .fold(text.to_owned(), |text, same| text.replace(same, ""));
    text.split("&")
        .next()
        .unwrap_or_default()
        .chars()
        .any(char::is_alphabetic)
}

/// What a reader would see of a template if all its expressions were empty.
fn literals(template: &str) -> Vec<String> {
    let template = [("{#", "#}"), ("{%", "%}"), ("{{", "}}")]
        .iter()
        .fold(template.to_owned(), |text, (open, close)| {
            without(&text, open, close)
        });
    let mut found = Vec::new();
    for attribute in READ_ATTRIBUTES {
        let mut rest = template.as_str();
        while let Some((_, after)) = rest.split_once(&format!("{attribute}=\"")) {
            let (value, after) = after.split_once('"').unwrap();
            rest = after;
            found.push(value.to_owned());
        }
    }
    let text = without(&template, "<", ">");
    found.extend(text.lines().map(str::to_owned));
    found
}

fn ids() -> BTreeSet<String> {
    let english = files("locales", "en.ftl").into_iter();
    let english: String = english.map(|(_, text)| text + "\n").collect();
    let starts = english
        .lines()
        .filter(|line| line.starts_with(|letter: char| letter.is_ascii_lowercase()));
    starts
        .map(|line| line.split_once(" =").unwrap().0.to_owned())
        .collect()
}

#[test]
fn no_text_stands_in_a_template() {
    // What browsers and not readers read; card numbers.
    let technical = [
        "width=device-width",
        "light dark",
        "#fbf9f6",
        "#131117",
        "1234 1234",
        "website",
        "image/png",
        "summary",
        "3",
    ];
    for (name, template) in files("templates", ".html") {
        for literal in literals(&template) {
            let is_technical = technical.iter().any(|start| literal.starts_with(start));
            assert!(is_technical || !has_words(&literal), "{name}: {literal:?}");
        }
    }
    assert!(
        literals("<p title=\"Help\">")
            .iter()
            .any(|text| has_words(text))
    );
    assert!(
        literals("{% if a %}<b>Seats</b>{% endif %}")
            .iter()
            .any(|text| has_words(text))
    );
}

#[test]
fn every_text_is_used() {
    let mut sources = files("templates", ".html");
    sources.extend(files("src/web", ".rs"));
    sources.extend(files("static", ".js"));
    let sources: String = sources.into_iter().map(|(_, text)| text).collect();
    for id in ids() {
        let is_used = sources.contains(&format!("\"{id}\""))
            || BY_STATE.iter().any(|start| id.starts_with(start));
        assert!(is_used, "nobody asks for {id}");
    }
}

#[test]
fn every_text_that_is_asked_for_is_there() {
    let known = ids();
    let asks = [
        "text(\"",
        "with(\"",
        "count(\"",
        "around(\"",
        "counted(\"",
        "around_count(\"",
        "count_with(\"",
    ];
    let mut asked = 0;
    let mut sources = files("templates", ".html");
    sources.extend(files("static", ".js"));
    for (name, source) in sources {
        for ask in asks {
            for after in source.split(ask).skip(1) {
                let id = after.split('"').next().unwrap();
                let is_made_by_state = BY_STATE.contains(&id);
                assert!(
                    is_made_by_state || known.contains(id),
                    "{name} asks for {id}"
                );
                asked += 1;
            }
        }
    }
    assert!(asked > 150, "{asked}");
}

/// Handlers name the texts of problems by their ids, and debug builds alone would notice one that is not there.
#[test]
fn every_text_of_a_problem_is_there() {
    let known = ids();
    let mut named = 0;
    for (name, source) in files("src/web", ".rs") {
        for id in source.split('"').skip(1).step_by(2) {
            if id.starts_with("problem-") || id.starts_with("field-") {
                assert!(known.contains(id), "{name} names {id}");
                named += 1;
            }
        }
    }
    assert!(named > 100, "{named}");
}
