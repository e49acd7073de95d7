//! The import graph: the files of a crate, and an edge from each file to every file that defines something that
//! it names.
//!
//! The names are resolved as the compiler resolves them: through `crate`, `super`, `self`, modules, nested
//! `use` trees, renames, globs and re-exports. `mod x;` is no edge. A re-export of what lies beneath the
//! module is none either, unless the file uses the name itself. Paths inside of macro calls and attributes
//! count. What is compiled for tests alone does not.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, Item, ItemMod, ItemUse, Meta, UseTree, Visibility};

/// A file and a line, for people.
pub(crate) type Spot = (String, usize);

/// The imports between the files of some crates.
#[derive(Debug, Default)]
pub(crate) struct Graph {
    /// From each file to those that it imports from, and the first line that does so.
    pub(crate) edges: BTreeMap<String, BTreeMap<String, usize>>,
    /// The other crates that each file names, and the first line that does so.
    pub(crate) crates: BTreeMap<String, BTreeMap<String, usize>>,
    /// Paths that cannot be resolved: this test does not support them.
    pub(crate) unresolved: Vec<(Spot, String)>,
}

impl Graph {
    /// Reads crates: the name by which the others may know it, and the file of its root. `read` gives the
    /// text of a file, if there is one.
    pub(crate) fn of(roots: &[(&str, &str)], read: &dyn Fn(&str) -> Option<String>) -> Self {
        let mut modules = Modules::default();
        for &(name, root) in roots {
            let text = read(root).unwrap_or_else(|| panic!("{root} is not there"));
            let (directory, _) = root.rsplit_once('/').expect("a file in a directory");
            let id = modules.add(None, root);
            modules.crates.insert(name.to_owned(), id);
            modules.read_file(id, &text, directory, read);
        }
        modules.graph()
    }

    /// The groups of files that import each other in circles.
    pub(crate) fn circles(&self) -> Vec<BTreeSet<&str>> {
        let reach: BTreeMap<&str, BTreeSet<&str>> = self
            .edges
            .keys()
            .map(|file| (file.as_str(), self.reachable(file)))
            .collect();
        let mut circles: Vec<BTreeSet<&str>> = Vec::new();
        for (file, files) in &reach {
            if files.contains(file) && !circles.iter().any(|circle| circle.contains(file)) {
                let back = |other: &&&str| reach.get(**other).is_some_and(|o| o.contains(file));
                circles.push(files.iter().filter(back).copied().collect());
            }
        }
        circles
    }

    fn reachable(&self, start: &str) -> BTreeSet<&str> {
        let mut seen = BTreeSet::new();
        let mut next: Vec<&str> = self.edges[start].keys().map(String::as_str).collect();
        while let Some(file) = next.pop() {
            if seen.insert(file) {
                next.extend(self.edges[file].keys().map(String::as_str));
            }
        }
        seen
    }
}

type ModuleId = usize;

/// What a name stands for.
enum Found {
    /// An item that this module defines.
    Item(ModuleId),
    Module(ModuleId),
    /// Something of another crate, or of the language.
    Foreign,
    Nothing,
}

#[derive(Debug, Default)]
struct Module {
    file: String,
    parent: Option<ModuleId>,
    children: HashMap<String, ModuleId>,
    items: HashSet<String>,
    imports: Vec<Import>,
    /// Every path in it that is not in a `use`.
    paths: Vec<(Vec<String>, usize)>,
}

/// One name of a `use`.
#[derive(Debug)]
struct Import {
    path: Vec<String>,
    /// What it is called here; `None` for a glob.
    name: Option<String>,
    is_public: bool,
    line: usize,
}

#[derive(Default)]
struct Modules {
    all: Vec<Module>,
    crates: HashMap<String, ModuleId>,
}

impl Modules {
    fn add(&mut self, parent: Option<ModuleId>, file: &str) -> ModuleId {
        self.all.push(Module {
            file: file.to_owned(),
            parent,
            ..Module::default()
        });
        self.all.len() - 1
    }

    /// `directory` is where the files of its child modules are.
    fn read_file(
        &mut self,
        id: ModuleId,
        text: &str,
        directory: &str,
        read: &dyn Fn(&str) -> Option<String>,
    ) {
        let name = &self.all[id].file;
        let file = syn::parse_file(text).unwrap_or_else(|error| panic!("{name}: {error}"));
        self.read_items(id, &file.items, directory, read);
    }

    fn read_items(
        &mut self,
        id: ModuleId,
        items: &[Item],
        directory: &str,
        read: &dyn Fn(&str) -> Option<String>,
    ) {
        let mut reader = Reader::default();
        for item in items {
            reader.visit_item(item);
        }
        let children = std::mem::take(&mut reader.children);
        let module = &mut self.all[id];
        module.items = items.iter().flat_map(names_of).collect();
        (module.imports, module.paths) = (reader.imports, reader.paths);
        for child in children {
            self.read_child(id, &child, directory, read);
        }
    }

    fn read_child(
        &mut self,
        parent: ModuleId,
        child: &ItemMod,
        directory: &str,
        read: &dyn Fn(&str) -> Option<String>,
    ) {
        let name = child.ident.to_string();
        let beneath = format!("{directory}/{name}");
        let id = if let Some((_, items)) = &child.content {
            let file = self.all[parent].file.clone();
            let id = self.add(Some(parent), &file);
            self.read_items(id, items, &beneath, read);
            id
        } else {
            let (own, folder) = (format!("{beneath}.rs"), format!("{beneath}/mod.rs"));
            let (candidates, beneath) = match path_attribute(child) {
                Some(path) => {
                    let file = join(parent_directory(&self.all[parent].file), &path);
                    let directory = parent_directory(&file).to_owned();
                    (vec![file], directory)
                }
                None => (vec![own, folder], beneath),
            };
            let found = candidates.iter().find_map(|file| Some((file, read(file)?)));
            let (file, text) = found.unwrap_or_else(|| panic!("none of {candidates:?} is there"));
            let id = self.add(Some(parent), file);
            self.read_file(id, &text, &beneath, read);
            id
        };
        self.all[parent].children.insert(name, id);
    }

    fn root_of(&self, mut id: ModuleId) -> ModuleId {
        while let Some(parent) = self.all[id].parent {
            id = parent;
        }
        id
    }

    /// What a path means that is written in this module.
    fn resolve(&self, from: ModuleId, path: &[String], depth: usize) -> Found {
        // A circle of globs.
        if depth > 16 {
            return Found::Nothing;
        }
        let Some((head, rest)) = path.split_first() else {
            return Found::Module(from);
        };
        match head.as_str() {
            "crate" => self.look_up(self.root_of(from), rest, depth),
            "self" => self.look_up(from, rest, depth),
            "super" => {
                let parent = self.all[from].parent.expect("a module above");
                match rest.first() {
                    Some(next) if next == "super" => self.resolve(parent, rest, depth),
                    _ => self.look_up(parent, rest, depth),
                }
            }
            // Written `::name`.
            "" => Found::Foreign,
            name => match self.look_up(from, path, depth) {
                Found::Nothing => match self.crates.get(name) {
                    Some(&root) => self.look_up(root, rest, depth),
                    None => Found::Foreign,
                },
                found => found,
            },
        }
    }

    /// Resolves a name in a module; visibility is checked by the compiler.
    fn look_up(&self, id: ModuleId, path: &[String], depth: usize) -> Found {
        let Some((name, rest)) = path.split_first() else {
            return Found::Module(id);
        };
        let module = &self.all[id];
        let child = module.children.get(name);
        match child {
            Some(&child) if !rest.is_empty() => return self.look_up(child, rest, depth),
            _ if module.items.contains(name) => return Found::Item(id),
            Some(&child) => return Found::Module(child),
            None => {}
        }
        let imports = module.imports.iter();
        for import in imports.filter(|import| import.name.as_ref().is_none_or(|n| n == name)) {
            // `use self::x::x` and the like would recurse forever.
            let rest = if import.name.is_some() { rest } else { path };
            let whole: Vec<_> = import.path.iter().chain(rest).cloned().collect();
            match self.resolve(id, &whole, depth + 1) {
                Found::Nothing => {}
                // A glob of another crate may hold anything.
                Found::Foreign if import.name.is_none() => {}
                found => return found,
            }
        }
        Found::Nothing
    }

    fn graph(&self) -> Graph {
        let mut graph = Graph::default();
        for (id, module) in self.all.iter().enumerate() {
            graph.edges.entry(module.file.clone()).or_default();
            for import in &module.imports {
                if import.name.is_none() {
                    self.note_glob(&mut graph, id, import);
                } else if !self.is_re_export(id, import) {
                    self.note(&mut graph, id, &import.path, import.line);
                }
            }
            for (path, line) in &module.paths {
                let re_exported = |import: &&Import| import.name.as_ref() == path.first();
                let is_local = module
                    .imports
                    .iter()
                    .any(|import| re_exported(&import) && self.is_re_export(id, import));
                if path.len() > 1 || is_local {
                    self.note(&mut graph, id, path, *line);
                }
            }
        }
        graph
    }

    /// Whether it only re-exports from the layers beneath its module.
    fn is_re_export(&self, id: ModuleId, import: &Import) -> bool {
        let mut above = match self.resolve(id, &import.path, 0) {
            Found::Item(other) | Found::Module(other) => Some(other),
            Found::Foreign | Found::Nothing => None,
        };
        while let Some(other) = above
            && other != id
        {
            above = self.all[other].parent;
        }
        import.is_public && above.is_some()
    }

    fn note(&self, graph: &mut Graph, from: ModuleId, path: &[String], line: usize) {
        let file = &self.all[from].file;
        match self.resolve(from, path, 0) {
            Found::Item(to) => self.note_edge(graph, from, to, line),
            // The paths that go on from there say what is used of it.
            Found::Module(_) => {}
            Found::Foreign => {
                let lines = graph.crates.entry(file.clone()).or_default();
                if let Some(name) = path.iter().find(|name| !name.is_empty()) {
                    lines.entry(name.clone()).or_insert(line);
                }
            }
            Found::Nothing => {
                let spot = (file.clone(), line);
                graph.unresolved.push((spot, path.join("::")));
            }
        }
    }

    fn note_glob(&self, graph: &mut Graph, from: ModuleId, import: &Import) {
        match self.resolve(from, &import.path, 0) {
            Found::Module(to) if !import.is_public => self.note_edge(graph, from, to, import.line),
            _ => self.note(graph, from, &import.path, import.line),
        }
    }

    fn note_edge(&self, graph: &mut Graph, from: ModuleId, to: ModuleId, line: usize) {
        let (from, to) = (&self.all[from].file, &self.all[to].file);
        if from != to {
            let lines = graph.edges.entry(from.clone()).or_default();
            let first = lines.entry(to.clone()).or_insert(line);
            *first = line.min(*first);
        }
    }
}

/// Reads what one module says, without its child modules.
#[derive(Default)]
struct Reader {
    children: Vec<ItemMod>,
    imports: Vec<Import>,
    paths: Vec<(Vec<String>, usize)>,
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_item(&mut self, item: &'ast Item) {
        if !attributes_of(item).iter().any(is_for_tests) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        self.children.push(item.clone());
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        let is_public = !matches!(item.vis, Visibility::Inherited);
        let head = match item.leading_colon {
            Some(_) => vec![String::new()],
            None => Vec::new(),
        };
        self.read_tree(&item.tree, head, is_public);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let colon = path.leading_colon.map(|_| String::new());
        let names = path
            .segments
            .iter()
            .map(|segment| segment.ident.to_string());
        let line = path.segments[0].ident.span().start().line;
        self.paths
            .push((colon.into_iter().chain(names).collect(), line));
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        self.read_tokens(&call.tokens);
        visit::visit_macro(self, call);
    }

    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        match &attribute.meta {
            Meta::List(list) => self.read_tokens(&list.tokens),
            _ if attribute.path().is_ident("doc") => return,
            _ => {}
        }
        visit::visit_attribute(self, attribute);
    }
}

impl Reader {
    fn read_tree(&mut self, tree: &UseTree, mut path: Vec<String>, is_public: bool) {
        let (name, alias) = match tree {
            UseTree::Path(tree) => {
                path.push(tree.ident.to_string());
                return self.read_tree(&tree.tree, path, is_public);
            }
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.read_tree(tree, path.clone(), is_public);
                }
                return;
            }
            UseTree::Name(name) => (Some(&name.ident), &name.ident),
            UseTree::Rename(rename) => (Some(&rename.ident), &rename.rename),
            UseTree::Glob(glob) => {
                let line = glob.star_token.spans[0].start().line;
                return self.imports.push(Import {
                    path,
                    name: None,
                    is_public,
                    line,
                });
            }
        };
        let line = alias.span().start().line;
        let mut alias = alias.to_string();
        match name {
            // `use a::b::{self}` is `use a::b`.
            Some(name) if name == "self" && !path.is_empty() => {
                if alias == "self" {
                    alias = path.last().expect("not empty").clone();
                }
            }
            name => path.extend(name.map(ToString::to_string)),
        }
        self.imports.push(Import {
            path,
            name: Some(alias),
            is_public,
            line,
        });
    }

    /// The paths in what only a macro understands; a text that is one counts, too.
    fn read_tokens(&mut self, tokens: &TokenStream) {
        let tokens: Vec<TokenTree> = tokens.clone().into_iter().collect();
        let is_colon = |at: usize| {
            let colon =
                |at| matches!(tokens.get(at), Some(TokenTree::Punct(p)) if p.as_char() == ':');
            colon(at) && colon(at + 1)
        };
        let mut at = 0;
        while at < tokens.len() {
            match &tokens[at] {
                TokenTree::Group(group) => self.read_tokens(&group.stream()),
                TokenTree::Literal(literal) => {
                    let text = literal.to_string();
                    let path = syn::parse_str::<syn::Path>(text.trim_matches('"')).ok();
                    if let Some(path) = path.filter(|path| path.segments.len() > 1) {
                        let names = path
                            .segments
                            .iter()
                            .map(|segment| segment.ident.to_string());
                        let line = literal.span().start().line;
                        self.paths.push((names.collect(), line));
                    }
                }
                TokenTree::Ident(head) => {
                    let mut names = vec![head.to_string()];
                    while is_colon(at + 1)
                        && let Some(TokenTree::Ident(name)) = tokens.get(at + 3)
                    {
                        names.push(name.to_string());
                        at += 3;
                    }
                    self.paths.push((names, head.span().start().line));
                }
                TokenTree::Punct(_) => {}
            }
            at += 1;
        }
    }
}

fn is_for_tests(attribute: &Attribute) -> bool {
    let is_test = |list: &syn::MetaList| list.tokens.to_string() == "test";
    attribute.path().is_ident("cfg") && attribute.meta.require_list().is_ok_and(is_test)
}

/// Of the kinds of items that a `#[cfg(test)]` is found at.
fn attributes_of(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

/// What an item defines; a macro call may define all that it names.
fn names_of(item: &Item) -> Vec<String> {
    let name = match item {
        Item::Const(item) => &item.ident,
        Item::Enum(item) => &item.ident,
        Item::Fn(item) => &item.sig.ident,
        Item::Static(item) => &item.ident,
        Item::Struct(item) => &item.ident,
        Item::Trait(item) => &item.ident,
        Item::TraitAlias(item) => &item.ident,
        Item::Type(item) => &item.ident,
        Item::Union(item) => &item.ident,
        Item::Macro(item) => match &item.ident {
            Some(name) => name,
            None => return identifiers(&item.mac.tokens),
        },
        _ => return Vec::new(),
    };
    vec![name.to_string()]
}

fn identifiers(tokens: &TokenStream) -> Vec<String> {
    let tokens = tokens.clone().into_iter();
    let names = tokens.flat_map(|token| match token {
        TokenTree::Group(group) => identifiers(&group.stream()),
        TokenTree::Ident(name) => vec![name.to_string()],
        TokenTree::Literal(_) | TokenTree::Punct(_) => Vec::new(),
    });
    names.collect()
}

/// `#[path = "…"]`.
fn path_attribute(item: &ItemMod) -> Option<String> {
    let attribute = item.attrs.iter().find(|a| a.path().is_ident("path"))?;
    let Meta::NameValue(pair) = &attribute.meta else {
        return None;
    };
    match &pair.value {
        syn::Expr::Lit(literal) => match &literal.lit {
            syn::Lit::Str(text) => Some(text.value()),
            _ => None,
        },
        _ => None,
    }
}

fn parent_directory(file: &str) -> &str {
    file.rsplit_once('/').map_or("", |(directory, _)| directory)
}

/// Without `..`, so that a file has one name.
fn join(directory: &str, path: &str) -> String {
    let mut parts: Vec<&str> = directory.split('/').collect();
    for part in path.split('/') {
        match part {
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}
