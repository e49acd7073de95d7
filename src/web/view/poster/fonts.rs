//! The fonts of pictures that the server draws: those of the static files, and the system's for letters that they lack.
//!
//! What must hold: without a font among the static files no text is drawn, so that a picture looks the same on every
//! machine; the system's fonts are looked for only when a letter is missing.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use resvg::usvg::fontdb::{Database, FaceInfo, ID, Language, Source, Stretch, Style, Weight};
use resvg::usvg::{FontResolver, Node, Options, Tree};

/// What the fonts of the static files are called here, whatever they call themselves.
const FAMILY: &str = "shop";

/// Fonts, read from files as they are needed.
pub(super) struct Fonts {
    own: Arc<Database>,
    /// Those of the system beside them.
    all: OnceLock<Arc<Database>>,
}

impl Fonts {
    /// The fonts of a directory. One that is not there has none.
    pub(super) fn open(directory: &Path) -> Self {
        let mut own = Database::new();
        let entries = std::fs::read_dir(directory).into_iter().flatten().flatten();
        let mut files: Vec<_> = entries.map(|entry| entry.path()).collect();
        files.sort();
        for file in files {
            if file.extension().is_some_and(|it| it == "ttf") {
                own.push_face_info(face(file));
            }
        }
        Self {
            own: Arc::new(own),
            all: OnceLock::new(),
        }
    }

    /// The family of text; `None` if there is no font.
    pub(super) fn family(&self) -> Option<&'static str> {
        (!self.own.is_empty()).then_some(FAMILY)
    }

    fn all(&self) -> Arc<Database> {
        let all = self.all.get_or_init(|| {
            let mut all = Database::clone(&self.own);
            all.load_system_fonts();
            Arc::new(all)
        });
        all.clone()
    }

    /// Reads a picture whose letters these fonts have.
    pub(super) fn read(&self, svg: &str) -> Result<Tree, resvg::usvg::Error> {
        self.read_noting(svg, &AtomicBool::default())
    }

    fn read_noting(&self, svg: &str, lacks: &AtomicBool) -> Result<Tree, resvg::usvg::Error> {
        let is_incomplete = AtomicBool::default();
        let own = read(svg, self.own.clone(), &is_incomplete)?;
        if !is_incomplete.load(Ordering::Relaxed) {
            return Ok(own);
        }
        read(svg, self.all(), lacks)
    }

    /// The widths of texts at 100 pixels; `None` if there is no font, or none that has a letter of them.
    pub(super) fn widths(&self, texts: &[&str], weight: u16) -> Option<Vec<f32>> {
        let family = self.family()?;
        let text = |(n, text): (usize, &&str)| {
            let text = escape(text);
            format!(
                r#"<text id="t{n}" font-family="{family}" font-weight="{weight}" font-size="100">{text}</text>"#
            )
        };
        let texts_of_svg: String = texts.iter().enumerate().map(text).collect();
        let svg = format!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" width="9999" height="999">{texts_of_svg}</svg>"#
        );
        let lacks = AtomicBool::default();
        let tree = self.read_noting(&svg, &lacks).ok()?;
        if lacks.load(Ordering::Relaxed) {
            return None;
        }
        let width = |n: usize| match tree.node_by_id(&format!("t{n}")) {
            Some(Node::Text(text)) => Some(text.bounding_box().width()),
            _ => None,
        };
        (0..texts.len()).map(width).collect()
    }
}

/// A font by its file alone: subsets of fonts often have lost their names.
fn face(file: PathBuf) -> FaceInfo {
    FaceInfo {
        id: ID::dummy(),
        source: Source::File(file),
        index: 0,
        families: vec![(FAMILY.to_owned(), Language::English_UnitedStates)],
        post_script_name: String::new(),
        style: Style::Normal,
        weight: Weight::NORMAL,
        stretch: Stretch::Normal,
        monospaced: false,
    }
}

fn read(svg: &str, fonts: Arc<Database>, lacks: &AtomicBool) -> Result<Tree, resvg::usvg::Error> {
    let fallback = FontResolver::default_fallback_selector();
    let options = Options {
        fontdb: fonts,
        font_resolver: FontResolver {
            select_font: FontResolver::default_font_selector(),
            select_fallback: Box::new(move |letter, tried, fonts| {
                let found = fallback(letter, tried, fonts);
                lacks.fetch_or(found.is_none(), Ordering::Relaxed);
                found
            }),
        },
        ..Options::default()
    };
    Tree::from_str(svg, &options)
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
