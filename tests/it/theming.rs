//! The shop's face: its name and an operator's theme in every page, and themes that are refused at start.

use std::fs;
use std::path::Path;

use crate::commands::{boxoffice, stderr};
use crate::support::directory::Directory;
use crate::support::{general, with_server, with_settings};

/// A directory with a theme.
struct Theme(Directory);

impl Theme {
    fn new(settings: &str) -> Self {
        let theme = Self(Directory::new());
        theme.write("theme.toml", settings);
        theme
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.0.join(name), content).unwrap();
    }

    fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }

    /// What the program says that does not start with this theme.
    fn refusal(&self) -> String {
        // The theme is read before any database is asked for.
        let nowhere = "postgresql://nobody@127.0.0.1:1/nothing?connect_timeout=1";
        let output = boxoffice(nowhere, &["serve", "--theme-dir", self.path()]);
        assert!(!output.status.success());
        stderr(&output)
    }

    fn is_refused_with(&self, parts: &[&str]) {
        let said = self.refusal();
        for part in parts {
            assert!(said.contains(part), "{part:?} is not in: {said}");
        }
    }
}

/// The paths in a page that begin so.
fn paths<'a>(html: &'a str, begin: &str) -> Vec<&'a str> {
    let words = html.split('"').filter(|word| word.starts_with(begin));
    words.collect()
}

const COLOURS: &str = r##"
[light]
background = "#ffffff"
text = "#101820"
accent = "#0b5fff"
[dark]
background = "#0b0f14"
text = "#e8eef5"
accent = "#6aa8ff"
"##;

#[tokio::test]
async fn the_shops_name_is_in_titles_and_in_what_a_shared_link_shows() {
    with_settings(&["--shop-name", "Zur <Linde>"], async |server| {
        let home = server.get("/").await.text().await.unwrap();
        let name = "Zur &#60;Linde&#62;";
        assert!(home.contains(&format!(" · {name}</title>")), "{home}");
        assert!(home.contains(&format!("\">{name}</a>")));
        assert!(home.contains(&format!("<p class=\"bottom-shop\">{name}</p>")));
        assert!(!home.contains("boxoffice"));
        let id = server.event(&[general("ga", 10)]).await;
        let event = server.get(&server.event_path(id).await).await;
        let event = event.text().await.unwrap();
        let site = format!("<meta property=\"og:site_name\" content=\"{name}\">");
        assert!(event.contains(&site));
        let missing = server.get("/nothing").await.text().await.unwrap();
        assert!(missing.contains(&format!(" · {name}</title>")));
    })
    .await;
    with_server(async |server| {
        let home = server.get("/").await.text().await.unwrap();
        assert!(home.contains(" · boxoffice</title>"));
    })
    .await;
}

#[tokio::test]
async fn a_theme_gives_pages_its_logo_colours_and_font() {
    let theme = Theme::new(&format!(
        "logo = \"our.svg\"\nfont = \"our.woff2\"\n{COLOURS}"
    ));
    let logo = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 8 4\"/>";
    theme.write("our.svg", logo);
    let fonts = Path::new(env!("CARGO_MANIFEST_DIR")).join("static/fonts");
    fs::copy(fonts.join("text-latin.woff2"), theme.0.join("our.woff2")).unwrap();
    let flags = ["--theme-dir", theme.path(), "--shop-name", "Linde"];
    with_settings(&flags, async |server| {
        let home = server.get("/").await.text().await.unwrap();
        let logos = paths(&home, "/static/logo.");
        let [path] = logos[..] else {
            panic!("{logos:?}")
        };
        let answer = server.get(path).await;
        assert_eq!(answer.headers()["content-type"], "image/svg+xml");
        assert_eq!(answer.text().await.unwrap(), logo);
        assert!(home.contains("alt=\"Linde\""));
        assert!(home.contains("content=\"#ffffff\" media") && home.contains("content=\"#0b0f14\""));

        let style = paths(&home, "/static/style.")[0];
        let answer = server.get(style).await;
        let csp = server.get("/").await;
        let csp = csp.headers()["content-security-policy"].to_str().unwrap();
        assert!(!csp.contains("unsafe"), "{csp}");
        let style = answer.text().await.unwrap();
        assert!(style.contains("--paper: #ffffff;") && style.contains("--accent: #6aa8ff;"));
        let font = paths(&home, "/static/theme.");
        let [font] = font[..] else { panic!("{font:?}") };
        assert!(style.contains(&format!("url({font})")));
        assert_eq!(server.get(font).await.status(), 200);
        assert!(!home.contains("-latin."));
        assert!(!home.contains("our.svg") && !style.contains("our.woff2"));
    })
    .await;
}

#[test]
fn colours_with_too_little_contrast_are_refused_with_both_and_their_ratio() {
    Theme::new(&COLOURS.replace("#101820", "#a0a0a0")).is_refused_with(&[
        "theme.toml",
        "light",
        "#a0a0a0",
        "#ffffff",
        "2.61",
        "4.5",
    ]);
    Theme::new(&COLOURS.replace("#6aa8ff", "#1a2430"))
        .is_refused_with(&["dark", "accent", "#1a2430", "#0b0f14", "3"]);
}

#[test]
fn settings_that_are_not_known_are_refused_in_words() {
    Theme::new("colour = \"red\"").is_refused_with(&["theme.toml", "colour", "logo", "font"]);
    Theme::new("[light]\nbackground = \"#ffffff\"\ntext = \"black\"\naccent = \"#0b5fff\"")
        .is_refused_with(&["line 3", "black", "#1a2b3c"]);
    Theme::new("[dark]\nbackground = \"#000000\"\ntext = \"#ffffff\"").is_refused_with(&["accent"]);
}

#[test]
fn files_that_cannot_be_used_are_refused_by_name() {
    let theme = Theme::new("logo = \"missing.svg\"");
    theme.is_refused_with(&["missing.svg", "cannot be read"]);
    theme.write("theme.toml", "logo = \"logo.gif\"");
    theme.write("logo.gif", "GIF89a");
    theme.is_refused_with(&["logo.gif", "SVG or a PNG"]);
    theme.write("theme.toml", "logo = \"logo.png\"");
    theme.write("logo.png", "<svg/>");
    theme.is_refused_with(&["logo.png", "is no PNG"]);
    theme.write("theme.toml", "logo = \"logo.svg\"");
    theme.write("logo.svg", "<html><script>alert(1)</script></html>");
    theme.is_refused_with(&["logo.svg", "is no SVG"]);
    theme.write("theme.toml", "logo = \"logo.png\"");
    theme.write(
        "logo.png",
        [b"\x89PNG\r\n\x1a\n".as_slice(), &[0; 65_536]].concat(),
    );
    theme.is_refused_with(&["logo.png", "65544 bytes", "65536 at most"]);
    theme.write("theme.toml", "font = \"font.ttf\"");
    theme.write("font.ttf", "wOF2");
    theme.is_refused_with(&["font.ttf", "WOFF2"]);
    theme.write("theme.toml", "font = \"font.woff2\"");
    theme.write("font.woff2", "OTTO");
    theme.is_refused_with(&["font.woff2", "WOFF2"]);
    theme.write("font.woff2", [b"wOF2".as_slice(), &[0; 131_072]].concat());
    theme.is_refused_with(&["font.woff2", "131076 bytes", "131072 at most"]);
    fs::remove_file(theme.0.join("theme.toml")).unwrap();
    theme.is_refused_with(&["theme.toml", "cannot be read"]);
}
