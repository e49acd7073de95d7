//! An organiser's text as a page shows it: a small part of Markdown (CommonMark): paragraphs, two sizes of headings,
//! emphasis, lists and links. And the same without marks, for where a page cannot have any.
//!
//! What must hold: whatever stands in the text, what comes out has no element and no attribute but those that are written
//! here, and every text in it is escaped; HTML stands there as the text that it is; a link leads to `https`, `http` or
//! `mailto` alone; pictures are their description. What is nested deeper than [`DEPTH_MAX`] is shown without marks.

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

/// Lists and marks within each other.
const DEPTH_MAX: usize = 8;
/// Bytes of a text that are read: an organiser may write 5,000 characters.
const BYTES_MAX: usize = 40_000;
/// Bytes of an address.
const LINK_MAX: usize = 2_000;

/// The text as HTML, safe to stand in a page.
pub fn html(text: &str) -> String {
    let mut page = Page::default();
    for event in events(text) {
        page.take(event);
    }
    page.out
}

/// The text without marks: a line a paragraph, heading or entry, and an empty line between those that are apart.
pub fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for event in events(text) {
        match event {
            Event::Text(text) | Event::Code(text) | Event::Html(text) | Event::InlineHtml(text) => {
                out.push_str(&text);
            }
            Event::SoftBreak => out.push(' '),
            Event::HardBreak => out.push('\n'),
            Event::Start(Tag::Item) => {
                if !out.is_empty() && !out.ends_with('\n') {
                    out.push('\n');
                }
                out.push_str("- ");
            }
            Event::End(TagEnd::Item) => end_line(&mut out, "\n"),
            Event::End(
                TagEnd::Paragraph
                | TagEnd::Heading(_)
                | TagEnd::List(_)
                | TagEnd::CodeBlock
                | TagEnd::HtmlBlock,
            ) => end_line(&mut out, "\n\n"),
            _ => {}
        }
    }
    out.trim().to_owned()
}

/// Lets the text end with this, once.
fn end_line(out: &mut String, end: &str) {
    let length = out.trim_end().len();
    out.truncate(length);
    if length > 0 {
        out.push_str(end);
    }
}

fn events(text: &str) -> impl Iterator<Item = Event<'_>> {
    let mut end = text.len().min(BYTES_MAX);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    Parser::new_ext(&text[..end], Options::empty())
}

/// What an open mark is closed with.
#[derive(Clone, Copy)]
struct Open {
    /// Nothing if it is not shown.
    close: &'static str,
}

#[derive(Default)]
struct Page {
    out: String,
    open: Vec<Open>,
}

impl Page {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(_) => {
                let open = self.open.pop();
                self.out.push_str(open.map_or("", |open| open.close));
            }
            Event::Text(text) | Event::Code(text) | Event::Html(text) | Event::InlineHtml(text) => {
                self.text(&text);
            }
            Event::SoftBreak => self.out.push('\n'),
            Event::HardBreak => self.out.push_str("<br>"),
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        let (open, close) = match tag {
            // Text that is indented, or that looks like HTML, is text.
            Tag::Paragraph | Tag::CodeBlock(_) | Tag::HtmlBlock => ("<p dir=\"auto\">", "</p>"),
            // Below the heading of the section.
            Tag::Heading {
                level: HeadingLevel::H1,
                ..
            } => ("<h3 dir=\"auto\">", "</h3>"),
            Tag::Heading { .. } => ("<h4 dir=\"auto\">", "</h4>"),
            Tag::Emphasis => ("<em>", "</em>"),
            Tag::Strong => ("<strong>", "</strong>"),
            Tag::List(None) => ("<ul>", "</ul>"),
            Tag::List(Some(first)) => return self.start_numbers(first),
            Tag::Item => ("<li dir=\"auto\">", "</li>"),
            Tag::Link { dest_url, .. } => return self.start_link(&dest_url),
            _ => ("", ""),
        };
        self.push(open, close);
    }

    fn push(&mut self, open: &str, close: &'static str) {
        let close = if self.open.len() < DEPTH_MAX {
            self.out.push_str(open);
            close
        } else {
            ""
        };
        self.open.push(Open { close });
    }

    fn start_numbers(&mut self, first: u64) {
        // More digits are no number of an entry.
        if first == 1 || first > 999_999 {
            return self.push("<ol>", "</ol>");
        }
        self.push(&format!("<ol start=\"{first}\">"), "</ol>");
    }

    fn start_link(&mut self, address: &str) {
        let Some(address) = safe(address) else {
            return self.push("", "");
        };
        let mut open = String::from("<a rel=\"nofollow noopener noreferrer\" href=\"");
        escape(&mut open, &address);
        open.push_str("\">");
        self.push(&open, "</a>");
    }

    fn text(&mut self, text: &str) {
        escape(&mut self.out, text);
    }
}

/// The address of a link, if it leads where links may lead.
fn safe(address: &str) -> Option<String> {
    let address = address.trim();
    let is_clean = |letter: char| !letter.is_control() && !letter.is_whitespace();
    if address.len() > LINK_MAX || !address.chars().all(is_clean) {
        return None;
    }
    let (scheme, rest) = address.split_once(':')?;
    let is_known = match scheme.to_ascii_lowercase().as_str() {
        "https" | "http" => rest.starts_with("//") && rest.len() > 2,
        "mailto" => rest.contains('@'),
        _ => false,
    };
    is_known.then(|| address.to_owned())
}

fn escape(out: &mut String, text: &str) {
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            letter if letter.is_control() && letter != '\n' && letter != '\t' => {}
            letter => out.push(letter),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every element of what was made.
    fn elements(html: &str) -> Vec<&str> {
        let tags = html.split('<').skip(1);
        tags.map(|tag| tag.split('>').next().unwrap()).collect()
    }

    #[test]
    fn marks_become_elements_and_headings_are_small() {
        let text = "# One\n\n## Two\n\nA *soft* and **loud**\nline.\n\n- a\n- b\n\n3. c\n\n[here](https://a.example/?b=1&c=2)";
        assert_eq!(
            html(text),
            "<h3 dir=\"auto\">One</h3><h4 dir=\"auto\">Two</h4><p dir=\"auto\">A <em>soft</em> and <strong>loud</strong>\n\
             line.</p><ul><li dir=\"auto\">a</li><li dir=\"auto\">b</li></ul><ol start=\"3\"><li dir=\"auto\">c</li></ol>\
             <p dir=\"auto\"><a rel=\"nofollow noopener noreferrer\" href=\"https://a.example/?b=1&amp;c=2\">here</a></p>"
        );
        assert_eq!(
            plain(text),
            "One\n\nTwo\n\nA soft and loud line.\n\n- a\n- b\n\n- c\n\nhere"
        );
    }

    #[test]
    fn a_plain_text_looks_as_it_did() {
        let text = "Songs of the sea, 8 p.m. & later: R&B at 5 < 6.\nSecond line; 3 * 4 = 12, a_b_c.\n\nAnother paragraph.";
        assert_eq!(
            html(text),
            "<p dir=\"auto\">Songs of the sea, 8 p.m. &amp; later: R&amp;B at 5 &lt; 6.\nSecond line; 3 * 4 = 12, a_b_c.</p>\
             <p dir=\"auto\">Another paragraph.</p>"
        );
        assert_eq!(plain("One.\n\nTwo."), "One.\n\nTwo.");
        assert_eq!((html("").as_str(), plain("").as_str()), ("", ""));
    }

    #[test]
    fn nothing_that_is_written_becomes_a_script() {
        for text in [
            "<script>alert(1)</script>",
            "a <img src=x onerror=alert(1)> b",
            "<b onclick='x()'>b</b>",
            "[a](javascript:alert(1))",
            "[a](JaVaScRiPt:alert(1))",
            "[a](&#106;avascript:alert(1))",
            "[a](java\tscript:alert(1))",
            "[a](<java\nscript:alert(1)>)",
            "[a](data:text/html;base64,PHNjcmlwdD4=)",
            "[a](vbscript:x) [b](//evil.example) [c](/admin) [d](file:///etc/passwd)",
            "![a](https://a.example/x.png)",
            "<javascript:alert(1)>",
            "[a]: javascript:alert(1)\n\n[a]",
            "[a](https://a.example/\"onmouseover=alert(1))",
            "`<script>`\n\n    <script>\n\n```html\n<script>\n```",
            "<!-- --><![CDATA[ <script> ]]>",
        ] {
            let html = html(text);
            for element in elements(&html) {
                let name = element.trim_start_matches('/').split(' ').next().unwrap();
                assert!(["p", "a", "br"].contains(&name), "{text}: {html}");
                let attributes = element.matches('=').count();
                let is_link = element.starts_with(
                    "a rel=\"nofollow noopener noreferrer\" href=\"https://a.example/",
                );
                assert!(
                    is_link || attributes == usize::from(element == "p dir=\"auto\""),
                    "{html}"
                );
            }
        }
    }

    #[test]
    fn links_lead_out_of_the_shop_and_letters_to_people() {
        for (address, is_link) in [
            ("https://a.example", true),
            ("HTTP://a.example/b", true),
            ("mailto:ana@example.org", true),
            ("mailto:", false),
            ("https://", false),
            ("ftp://a.example", false),
        ] {
            let html = html(&format!("[a]({address})"));
            assert_eq!(html.contains("<a "), is_link, "{html}");
        }
        assert!(html("<https://a.example>").contains("href=\"https://a.example\""));
        let long = format!("[a](https://a.example/{})", "x".repeat(3_000));
        assert!(!html(&long).contains("<a "));
    }

    #[test]
    fn what_is_deep_or_huge_is_shown_shallow_and_soon() {
        let started = std::time::Instant::now();
        let lists: String = (0..1_000)
            .map(|depth| format!("{}- a\n", "  ".repeat(depth)))
            .collect();
        for text in [
            "> ".repeat(2_500) + "a",
            "*".repeat(5_000) + "a" + &"*".repeat(5_000),
            "[".repeat(5_000),
            "![[](".repeat(2_000),
            "- ".repeat(2_500) + "a",
            "<".repeat(5_000),
            "`".repeat(5_000),
            lists,
            "a".repeat(1_000_000),
            "é*".repeat(100_000),
        ] {
            let html = html(&text);
            assert!(html.len() < 400_000, "{}", html.len());
            let mut depth = 0_i32;
            for element in elements(&html) {
                depth += match element {
                    "br" => 0,
                    closing if closing.starts_with('/') => -1,
                    _ => 1,
                };
                assert!((0..=DEPTH_MAX as i32).contains(&depth), "{depth}");
            }
            assert_eq!(depth, 0);
            plain(&text);
        }
        // Some milliseconds; what takes quadratic time takes minutes.
        assert!(started.elapsed().as_secs() < 20);
    }
}
