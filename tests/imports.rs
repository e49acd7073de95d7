//! The law of imports: a room imports from those beneath it, never upward, and no file imports in a circle.
//!
//! Reads the source, so it also sees what no build on this machine compiles.

#[path = "imports/graph.rs"]
mod graph;

use std::collections::{BTreeMap, BTreeSet};

use graph::Graph;

/// Each room of `src/` with the rooms right beneath it. It may import from all that these stand on, too.
const LAW: &[(&str, &[&str])] = &[
    ("main", &["commands"]),
    ("commands", &["server", "check", "cluster"]),
    ("server", &["web"]),
    ("web", &["app"]),
    ("app", &["payment", "availability", "ticket"]),
    ("payment", &["booking", "gateway"]),
    ("booking", &["catalog"]),
    ("availability", &["catalog"]),
    ("catalog", &["allocator"]),
    ("allocator", &["seating", "postgres"]),
    ("gateway", &["access"]),
    ("ticket", &["access"]),
    ("access", &["postgres"]),
    ("check", &["postgres"]),
    ("cluster", &["config"]),
    ("postgres", &["config"]),
    ("seating", &["types"]),
    ("config", &["fault"]),
    ("fault", &["types"]),
    ("types", &[]),
];

/// These two halves of the web do not know each other: JSON, and pages.
const JSON: &[&str] = &["src/web/api/"];
const PAGES: &[&str] = &["src/web/shop/", "src/web/admin/"];

/// Where HTTP is known.
const HTTP: &[&str] = &["src/web/", "src/server.rs", "src/main.rs"];

/// Imports that break the law, and are known: who, and from whom. The list may only become shorter.
const EXPECTED: &[(&str, &str)] = &[];

#[test]
fn every_import_points_downward_and_none_runs_in_a_circle() {
    let roots = [("boxoffice", "src/lib.rs"), ("main", "src/main.rs")];
    let offences = judge(Graph::of(&roots, &read), EXPECTED);
    assert!(offences.is_empty(), "\n{}", offences.join("\n"));
}

#[test]
fn the_files_of_a_bench_do_not_import_in_a_circle() {
    for bench in ["allocator/main", "onsale/main", "growth", "http", "limits"] {
        let root = format!("benches/{bench}.rs");
        let offences = circles(&Graph::of(&[("bench", &root)], &read));
        assert!(offences.is_empty(), "\n{}", offences.join("\n"));
    }
}

/// A file of the project.
fn read(file: &str) -> Option<String> {
    std::fs::read_to_string(format!("{}/{file}", env!("CARGO_MANIFEST_DIR"))).ok()
}

/// What is wrong, a line each: with the file and the line for an editor to open.
fn judge(mut graph: Graph, expected: &[(&str, &str)]) -> Vec<String> {
    let unresolved = graph.unresolved.iter();
    let mut offences: Vec<String> = unresolved
        .map(|((file, line), path)| format!("{file}:{line} names {path}, which is not found"))
        .collect();
    for &(from, to) in expected {
        let circles = graph.circles();
        let is_round = circles.iter().any(|c| c.contains(from) && c.contains(to));
        let exists = graph
            .edges
            .get(from)
            .is_some_and(|edges| edges.contains_key(to));
        if !exists || !(is_round || breaks(from, to).is_some()) {
            offences.push(format!(
                "{from} does nothing wrong with {to} any more: take it from the list"
            ));
        }
    }
    for &(from, to) in expected {
        graph.edges.get_mut(from).and_then(|edges| edges.remove(to));
    }
    for (from, edges) in &graph.edges {
        for (to, line) in edges {
            if let Some(law) = breaks(from, to) {
                offences.push(format!("{from}:{line} imports from {to}: {law}"));
            }
        }
    }
    for (file, crates) in &graph.crates {
        let actix = crates.iter().find(|(name, _)| name.starts_with("actix_"));
        if let Some((name, line)) = actix.filter(|_| !is_in(file, HTTP)) {
            offences.push(format!("{file}:{line} names {name}: only {HTTP:?} may"));
        }
    }
    offences.extend(circles(&graph));
    offences
}

/// Every import that is part of a circle.
fn circles(graph: &Graph) -> Vec<String> {
    let mut offences = Vec::new();
    for circle in graph.circles() {
        for from in &circle {
            let within = graph.edges[*from].iter();
            for (to, line) in within.filter(|(to, _)| circle.contains(to.as_str())) {
                let size = circle.len();
                offences.push(format!(
                    "{from}:{line} imports from {to}, in a circle of {size} files"
                ));
            }
        }
    }
    offences
}

/// Which law an import breaks, if any.
fn breaks(from: &str, to: &str) -> Option<String> {
    let crosses = |one, other| is_in(from, one) && is_in(to, other);
    if crosses(JSON, PAGES) || crosses(PAGES, JSON) {
        return Some("pages and JSON do not know each other".to_owned());
    }
    let (from, to) = (room(from), room(to));
    let law = BTreeMap::from_iter(LAW.iter().copied());
    let Some(beneath) = law.get(from) else {
        return Some(format!("{from} has no rank in this test"));
    };
    let (mut below, mut next) = (BTreeSet::new(), beneath.to_vec());
    while let Some(room) = next.pop() {
        if below.insert(room) {
            next.extend(law.get(room).copied().unwrap_or_default());
        }
    }
    (from != to && !below.contains(to)).then(|| format!("{to} is not below {from}"))
}

fn is_in(file: &str, places: &[&str]) -> bool {
    places.iter().any(|place| file.starts_with(place))
}

/// The first part of a file's path beneath `src/`.
fn room(file: &str) -> &str {
    let file = file.strip_prefix("src/").unwrap_or(file);
    let room = file.split('/').next().unwrap_or(file);
    room.strip_suffix(".rs").unwrap_or(room)
}

/// Judges sources that are not in any file.
fn judge_sources(sources: &[(&str, &str)], expected: &[(&str, &str)]) -> Vec<String> {
    let sources = BTreeMap::from_iter(sources.iter().copied());
    let read = |file: &str| sources.get(file).map(|text| (*text).to_owned());
    judge(Graph::of(&[("boxoffice", "src/lib.rs")], &read), expected)
}

const LIB: (&str, &str) = (
    "src/lib.rs",
    "pub mod allocator; pub mod seating; pub mod types; pub mod web;",
);
const TYPES: (&str, &str) = ("src/types.rs", "pub struct Money; pub struct SeatNo;");
const SEATING: (&str, &str) = (
    "src/seating.rs",
    "use super::types::SeatNo; pub struct Rows(SeatNo);",
);
const ALLOCATOR: (&str, &str) = ("src/allocator.rs", "pub struct Stock;");
const WEB: (&str, &str) = (
    "src/web.rs",
    "use crate::allocator::Stock; pub struct Page(Stock);",
);

#[test]
fn imports_that_point_downward_are_lawful() {
    let offences = judge_sources(&[LIB, TYPES, SEATING, ALLOCATOR, WEB], &[]);
    assert_eq!(offences, Vec::<String>::new());
}

#[test]
fn an_upward_import_is_found_in_a_nested_tree_and_under_another_name() {
    let seating = (
        "src/seating.rs",
        "use crate::{\n    types::SeatNo,\n    web::{self as html},\n    allocator::{Stock as S},\n};
         pub struct Rows(SeatNo, html::Page, S);",
    );
    let offences = judge_sources(&[LIB, TYPES, seating, ALLOCATOR, WEB], &[]);
    assert_eq!(
        offences,
        [
            "src/seating.rs:4 imports from src/allocator.rs: allocator is not below seating",
            "src/seating.rs:6 imports from src/web.rs: web is not below seating",
        ]
    );
}

#[test]
fn an_upward_import_is_found_in_an_inline_path_a_macro_an_attribute_and_a_glob() {
    for offending in [
        "fn f() -> crate::web::Page { todo!() }",
        "fn f() { super::web::Page::new(); }",
        "fn f() { println!(\"{:?}\", [crate::web::Page]); }",
        "#[serde(with = \"crate::web::Page\")] struct S;",
        "use crate::web::*;",
        "mod inner { fn f(_: super::super::web::Page) {} }",
        "use crate::web; fn f(_: web::Page) {}",
    ] {
        let seating = ("src/seating.rs", offending);
        let offences = judge_sources(&[LIB, TYPES, seating, ALLOCATOR, WEB], &[]);
        assert_eq!(offences.len(), 1, "{offending}: {offences:?}");
        assert!(offences[0].starts_with("src/seating.rs:1 imports from src/web.rs"));
    }
}

/// Two files that know each other only by what their module passes on.
const CIRCLE: [(&str, &str); 3] = [
    (
        "src/allocator/mod.rs",
        "mod lane; mod batch; pub use lane::Lane; pub(crate) use self::batch::*;",
    ),
    (
        "src/allocator/lane.rs",
        "use super::Verdict; pub struct Lane(Verdict);",
    ),
    (
        "src/allocator/batch.rs",
        "pub struct Verdict; fn allocate(_: &crate::allocator::Lane) {}",
    ),
];

#[test]
fn a_circle_through_re_exports_is_found_between_the_files_that_define() {
    let sources = [&[LIB, TYPES, SEATING, WEB_OF_LANES], &CIRCLE[..]].concat();
    let round =
        "src/allocator/batch.rs:1 imports from src/allocator/lane.rs, in a circle of 2 files";
    let offences = judge_sources(&sources, &[]);
    assert_eq!(offences.len(), 2, "{offences:?}");
    assert_eq!(offences[0], round);
}

const WEB_OF_LANES: (&str, &str) = (
    "src/web.rs",
    "use crate::allocator::Lane; pub struct Page(Lane);",
);

#[test]
fn a_known_offence_is_excused_until_it_has_gone() {
    let known = [("src/allocator/batch.rs", "src/allocator/lane.rs")];
    let sources = [&[LIB, TYPES, SEATING, WEB_OF_LANES], &CIRCLE[..]].concat();
    assert_eq!(judge_sources(&sources, &known), Vec::<String>::new());
    let sources = [LIB, TYPES, SEATING, ALLOCATOR, WEB];
    let offences = judge_sources(&sources, &known);
    assert!(
        offences[0].contains("take it from the list"),
        "{offences:?}"
    );
}

#[test]
fn a_module_that_uses_what_it_passes_on_imports_it() {
    let module = (
        "src/allocator/mod.rs",
        "mod lane; pub use lane::Lane; pub struct Order(Lane);",
    );
    let lane = (
        "src/allocator/lane.rs",
        "use super::Order; pub struct Lane(Option<Box<Order>>);",
    );
    let offences = judge_sources(&[LIB, TYPES, SEATING, WEB_OF_LANES, module, lane], &[]);
    assert_eq!(offences.len(), 2, "{offences:?}");
}

#[test]
fn what_is_for_tests_alone_may_import_what_it_likes() {
    let seating = (
        "src/seating.rs",
        "#[cfg(test)] mod tests { use crate::web::Page; } #[cfg(test)] use crate::web::Page;",
    );
    let offences = judge_sources(&[LIB, TYPES, seating, ALLOCATOR, WEB], &[]);
    assert_eq!(offences, Vec::<String>::new());
}

#[test]
fn http_outside_of_the_web_and_pages_that_know_json_are_found() {
    let seating = ("src/seating.rs", "use actix_web::{HttpResponse};");
    let web = ("src/web/mod.rs", "mod api; mod shop; use actix_web::App;");
    let api = ("src/web/api.rs", "pub mod bookings;");
    let bookings = ("src/web/api/bookings.rs", "pub struct Json;");
    let shop = ("src/web/shop.rs", "mod list;");
    let list = (
        "src/web/shop/list.rs",
        "use super::super::api::bookings::Json;",
    );
    let sources = [
        LIB, TYPES, seating, ALLOCATOR, web, api, bookings, shop, list,
    ];
    let offences = judge_sources(&sources, &[]);
    assert_eq!(offences.len(), 2, "{offences:?}");
    assert!(offences[0].starts_with("src/web/shop/list.rs:1 imports from src/web/api/bookings.rs"));
    assert!(offences[1].starts_with("src/seating.rs:1 names actix_web"));
}

#[test]
fn a_path_that_leads_nowhere_is_not_passed_over() {
    let seating = ("src/seating.rs", "use crate::types::Missing;");
    let offences = judge_sources(&[LIB, TYPES, seating, ALLOCATOR, WEB], &[]);
    assert_eq!(
        offences,
        ["src/seating.rs:1 names crate::types::Missing, which is not found"]
    );
}
