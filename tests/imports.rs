//! The layering rule: a module imports only from the layers beneath it, and no files import in a circle.
//!
//! Reads the source, so it also sees what no build on this machine compiles.

#[path = "imports/graph.rs"]
mod graph;

use std::collections::{BTreeMap, BTreeSet};

use graph::Graph;

/// Each module of `src/` with those right beneath it. It may import from all layers beneath these, too.
const LAYERS: &[(&str, &[&str])] = &[
    ("main", &["commands", "logging"]),
    ("logging", &["config", "metrics"]),
    (
        "commands",
        &["server", "check", "cluster", "backup", "doctor"],
    ),
    ("server", &["web"]),
    ("web", &["app"]),
    ("app", &["report", "ticket", "checkin"]),
    ("report", &["payment", "availability"]),
    ("checkin", &["catalog", "ticket"]),
    ("payment", &["booking", "gateway"]),
    ("booking", &["catalog"]),
    ("availability", &["catalog"]),
    ("catalog", &["allocator", "audit", "picture"]),
    ("price", &["types"]),
    ("picture", &["types"]),
    ("allocator", &["seating", "postgres", "price"]),
    ("gateway", &["access"]),
    ("ticket", &["access"]),
    ("access", &["audit"]),
    ("audit", &["postgres"]),
    ("check", &["postgres"]),
    ("backup", &["types"]),
    ("doctor", &["postgres", "cluster"]),
    ("cluster", &["config"]),
    ("postgres", &["config", "metrics"]),
    ("seating", &["types"]),
    ("config", &["fault"]),
    ("fault", &["types"]),
    ("metrics", &["types"]),
    ("types", &[]),
];

/// These two parts of `web` may not import each other: JSON, and pages.
const JSON: &[&str] = &["src/web/api/"];
const PAGES: &[&str] = &["src/web/shop/", "src/web/admin/"];

/// The files that may name `actix_web`.
const HTTP: &[&str] = &["src/web/", "src/server.rs", "src/main.rs"];

/// Known violations: the importing file, and the imported one. The list may only become shorter.
const EXPECTED: &[(&str, &str)] = &[];

#[test]
fn every_import_points_downward_and_none_runs_in_a_circle() {
    let roots = [("boxoffice", "src/lib.rs"), ("main", "src/main.rs")];
    let violations = find_violations(Graph::of(&roots, &read), EXPECTED);
    assert!(violations.is_empty(), "\n{}", violations.join("\n"));
}

#[test]
fn the_files_of_a_bench_do_not_import_in_a_circle() {
    for bench in ["allocator/main", "onsale/main", "growth", "http", "limits"] {
        let root = format!("benches/{bench}.rs");
        let violations = circles(&Graph::of(&[("bench", &root)], &read));
        assert!(violations.is_empty(), "\n{}", violations.join("\n"));
    }
}

/// A file of the project.
fn read(file: &str) -> Option<String> {
    std::fs::read_to_string(format!("{}/{file}", env!("CARGO_MANIFEST_DIR"))).ok()
}

/// The violations, a line each, with file and line for an editor to open.
fn find_violations(mut graph: Graph, expected: &[(&str, &str)]) -> Vec<String> {
    let unresolved = graph.unresolved.iter();
    let mut violations: Vec<String> = unresolved
        .map(|((file, line), path)| format!("{file}:{line} names {path}, which is not found"))
        .collect();
    for &(from, to) in expected {
        let circles = graph.circles();
        let is_in_circle = circles.iter().any(|c| c.contains(from) && c.contains(to));
        let exists = graph
            .edges
            .get(from)
            .is_some_and(|edges| edges.contains_key(to));
        if !exists || !(is_in_circle || breaks(from, to).is_some()) {
            violations.push(format!(
                "{from} no longer breaks a rule with {to}: remove it from the list"
            ));
        }
    }
    for &(from, to) in expected {
        graph.edges.get_mut(from).and_then(|edges| edges.remove(to));
    }
    for (from, edges) in &graph.edges {
        for (to, line) in edges {
            if let Some(rule) = breaks(from, to) {
                violations.push(format!("{from}:{line} imports from {to}: {rule}"));
            }
        }
    }
    for (file, crates) in &graph.crates {
        let actix = crates.iter().find(|(name, _)| name.starts_with("actix_"));
        if let Some((name, line)) = actix.filter(|_| !is_in(file, HTTP)) {
            violations.push(format!("{file}:{line} names {name}: only {HTTP:?} may"));
        }
    }
    violations.extend(circles(&graph));
    violations
}

/// Every import that is part of a circle.
fn circles(graph: &Graph) -> Vec<String> {
    let mut violations = Vec::new();
    for circle in graph.circles() {
        for from in &circle {
            let within = graph.edges[*from].iter();
            for (to, line) in within.filter(|(to, _)| circle.contains(to.as_str())) {
                let size = circle.len();
                violations.push(format!(
                    "{from}:{line} imports from {to}, in a circle of {size} files"
                ));
            }
        }
    }
    violations
}

/// Which rule an import breaks, if any.
fn breaks(from: &str, to: &str) -> Option<String> {
    let crosses = |one, other| is_in(from, one) && is_in(to, other);
    if crosses(JSON, PAGES) || crosses(PAGES, JSON) {
        return Some("pages and JSON must not import each other".to_owned());
    }
    let (from, to) = (module(from), module(to));
    let layers = BTreeMap::from_iter(LAYERS.iter().copied());
    let Some(beneath) = layers.get(from) else {
        return Some(format!("{from} is not in the list of layers of this test"));
    };
    let (mut below, mut next) = (BTreeSet::new(), beneath.to_vec());
    while let Some(module) = next.pop() {
        if below.insert(module) {
            next.extend(layers.get(module).copied().unwrap_or_default());
        }
    }
    (from != to && !below.contains(to)).then(|| format!("{to} is not below {from}"))
}

fn is_in(file: &str, prefixes: &[&str]) -> bool {
    prefixes.iter().any(|prefix| file.starts_with(prefix))
}

/// The first part of a file's path beneath `src/`.
fn module(file: &str) -> &str {
    let file = file.strip_prefix("src/").unwrap_or(file);
    let module = file.split('/').next().unwrap_or(file);
    module.strip_suffix(".rs").unwrap_or(module)
}

/// Judges sources that are not in any file.
fn violations_in(sources: &[(&str, &str)], expected: &[(&str, &str)]) -> Vec<String> {
    let sources = BTreeMap::from_iter(sources.iter().copied());
    let read = |file: &str| sources.get(file).map(|text| (*text).to_owned());
    find_violations(Graph::of(&[("boxoffice", "src/lib.rs")], &read), expected)
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
fn imports_that_point_downward_are_allowed() {
    let violations = violations_in(&[LIB, TYPES, SEATING, ALLOCATOR, WEB], &[]);
    assert_eq!(violations, Vec::<String>::new());
}

#[test]
fn an_upward_import_is_found_in_a_nested_tree_and_under_another_name() {
    let seating = (
        "src/seating.rs",
        "use crate::{\n    types::SeatNo,\n    web::{self as html},\n    allocator::{Stock as S},\n};
         pub struct Rows(SeatNo, html::Page, S);",
    );
    let violations = violations_in(&[LIB, TYPES, seating, ALLOCATOR, WEB], &[]);
    assert_eq!(
        violations,
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
        let violations = violations_in(&[LIB, TYPES, seating, ALLOCATOR, WEB], &[]);
        assert_eq!(violations.len(), 1, "{offending}: {violations:?}");
        assert!(violations[0].starts_with("src/seating.rs:1 imports from src/web.rs"));
    }
}

/// Two files that import each other only through what their module re-exports.
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
    let violations = violations_in(&sources, &[]);
    assert_eq!(violations.len(), 2, "{violations:?}");
    assert_eq!(violations[0], round);
}

const WEB_OF_LANES: (&str, &str) = (
    "src/web.rs",
    "use crate::allocator::Lane; pub struct Page(Lane);",
);

#[test]
fn a_known_violation_is_allowed_until_it_is_fixed() {
    let known = [("src/allocator/batch.rs", "src/allocator/lane.rs")];
    let sources = [&[LIB, TYPES, SEATING, WEB_OF_LANES], &CIRCLE[..]].concat();
    assert_eq!(violations_in(&sources, &known), Vec::<String>::new());
    let sources = [LIB, TYPES, SEATING, ALLOCATOR, WEB];
    let violations = violations_in(&sources, &known);
    assert!(
        violations[0].contains("remove it from the list"),
        "{violations:?}"
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
    let violations = violations_in(&[LIB, TYPES, SEATING, WEB_OF_LANES, module, lane], &[]);
    assert_eq!(violations.len(), 2, "{violations:?}");
}

#[test]
fn what_is_for_tests_alone_may_import_what_it_likes() {
    let seating = (
        "src/seating.rs",
        "#[cfg(test)] mod tests { use crate::web::Page; } #[cfg(test)] use crate::web::Page;",
    );
    let violations = violations_in(&[LIB, TYPES, seating, ALLOCATOR, WEB], &[]);
    assert_eq!(violations, Vec::<String>::new());
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
    let violations = violations_in(&sources, &[]);
    assert_eq!(violations.len(), 2, "{violations:?}");
    assert!(
        violations[0].starts_with("src/web/shop/list.rs:1 imports from src/web/api/bookings.rs")
    );
    assert!(violations[1].starts_with("src/seating.rs:1 names actix_web"));
}

#[test]
fn a_path_that_leads_nowhere_is_not_passed_over() {
    let seating = ("src/seating.rs", "use crate::types::Missing;");
    let violations = violations_in(&[LIB, TYPES, seating, ALLOCATOR, WEB], &[]);
    assert_eq!(
        violations,
        ["src/seating.rs:1 names crate::types::Missing, which is not found"]
    );
}
