//! No statement has what Citus refuses in a change of a distributed table, so that it is noticed without Citus too.
//! What else it refuses, `make test-citus` finds.

use std::fs;
use std::path::Path;

/// What the session's clock or time zone decides, or chance.
const MUTABLE: [&str; 3] = ["now()", "clock_timestamp()", "random()"];

/// What Citus refuses in a source text, comments aside.
fn refused(source: &str, tables: &[String]) -> Vec<String> {
    let lines = source.lines().map(str::trim_start);
    let code: Vec<&str> = lines
        .filter(|line| !line.starts_with("//"))
        .map(|line| line.split("--").next().unwrap_or_default())
        .collect();
    let code = code.join(" ");
    let mut found = Vec::new();
    for (verb, describe) in [
        ("UPDATE ", of_update as fn(&str) -> Option<&'static str>),
        ("INSERT INTO ", of_insert),
    ] {
        for (at, _) in code.match_indices(verb) {
            let statement = statement(&code[at + verb.len()..]);
            let is_name = |letter: char| letter.is_ascii_lowercase() || letter == '_';
            let name = statement.split(|letter| !is_name(letter)).next();
            let name = name.unwrap_or_default();
            if tables.iter().any(|table| table == name)
                && let Some(what) = describe(&without_subqueries(statement))
            {
                found.push(format!("{what}: {verb}{statement}"));
            }
        }
    }
    found
}

/// Up to the end of the statement, of what it is nested in, or of the text that it is written as.
fn statement(rest: &str) -> &str {
    let mut depth = 0;
    for (at, letter) in rest.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' if depth == 0 => return &rest[..at],
            ')' => depth -= 1,
            ';' | '"' => return &rest[..at],
            _ => {}
        }
    }
    rest
}

/// A subquery is no part of what is assigned: it may have a time of its own.
fn without_subqueries(statement: &str) -> String {
    let mut rest = statement;
    let mut kept = String::new();
    while let Some((before, subquery)) = rest.split_once("(SELECT") {
        kept.push_str(before);
        rest = &subquery[self::statement(subquery).len()..];
    }
    kept + rest
}

fn is_mutable(text: &str) -> bool {
    MUTABLE.iter().any(|function| text.contains(function))
}

fn of_update(statement: &str) -> Option<&'static str> {
    let cases = statement
        .split("CASE")
        .skip(1)
        .map(|rest| rest.split("END").next().unwrap_or_default());
    let coalesced = statement.split("coalesce(").skip(1).map(self::statement);
    if cases.chain(coalesced).any(is_mutable) {
        return Some("a time or chance within CASE or coalesce");
    }
    if statement
        .split_once("RETURNING")
        .is_some_and(|(_, returned)| is_mutable(returned))
    {
        return Some("a time or chance in RETURNING");
    }
    let of_column = |before: &str| {
        let operand = before.trim_end().strip_suffix(['+', '-']);
        let operand = operand.map(str::trim_end).unwrap_or_default();
        operand.ends_with(|letter: char| letter.is_ascii_lowercase() || letter == '_')
    };
    let mut added = statement.match_indices("make_interval");
    added
        .any(|(at, _)| of_column(&statement[..at]))
        .then_some("an interval added to a column")
}

fn of_insert(statement: &str) -> Option<&'static str> {
    let (_, update) = statement.split_once("DO UPDATE")?;
    is_mutable(update).then_some("a time or chance in DO UPDATE")
}

/// Its name, and what is in it.
fn sources(directory: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        let is_source = path
            .extension()
            .is_some_and(|ending| ending == "rs" || ending == "sql");
        if path.is_dir() {
            found.extend(sources(&path));
        } else if is_source {
            found.push((
                path.display().to_string(),
                fs::read_to_string(&path).unwrap(),
            ));
        }
    }
    found
}

#[test]
fn nothing_that_citus_refuses_is_changed_in_a_distributed_table() {
    let sources = sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    let is_list = |(name, _): &&(String, String)| name.ends_with("postgres/distribute.rs");
    let (_, list) = sources.iter().find(is_list).unwrap();
    let tables: Vec<String> = ["    reference(\"", "    by_event(\""]
        .iter()
        .flat_map(|kind| list.split(kind).skip(1))
        .map(|rest| rest.split('"').next().unwrap().to_owned())
        .collect();
    assert!(tables.len() > 30, "{tables:?}");
    for (name, source) in &sources {
        assert_eq!(refused(source, &tables), [""; 0], "{name}");
    }
}

#[test]
fn what_citus_refuses_is_seen() {
    let tables = ["payments".to_owned()];
    for (source, expected) in [
        (
            "UPDATE payments SET at = CASE WHEN $1 THEN now() END WHERE id = $2",
            true,
        ),
        (
            "WITH u AS (UPDATE payments\n SET at = coalesce($1, now())) SELECT 1",
            true,
        ),
        (
            "\"UPDATE payments AS p SET a = 1 RETURNING random()\"",
            true,
        ),
        (
            "UPDATE payments SET until = created_at + make_interval(secs => $1)",
            true,
        ),
        (
            "INSERT INTO payments VALUES (1) ON CONFLICT DO UPDATE SET at = now()",
            true,
        ),
        (
            "UPDATE payments SET at = now() + make_interval(secs => $1), a = coalesce($2, a)",
            false,
        ),
        (
            "UPDATE payments SET at = CASE WHEN a THEN due.at END FROM (SELECT now() AS at) AS due",
            false,
        ),
        ("// UPDATE payments SET at = coalesce(at, now())", false),
        ("UPDATE organisers SET at = coalesce(at, now())", false),
        ("INSERT INTO payments SELECT coalesce($1, now())", false),
    ] {
        assert_eq!(!refused(source, &tables).is_empty(), expected, "{source}");
    }
}
