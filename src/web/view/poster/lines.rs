//! Sets a text in lines of a width: as large as possible, and shortened if it is too long at the smallest size.

use super::fonts::Fonts;

/// One line of text.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) text: String,
    pub(super) x: i32,
    pub(super) y: i32,
    /// In pixels.
    pub(super) size: i32,
    /// 400 is regular.
    pub(super) weight: u16,
    /// Whether it is read from right to left.
    pub(super) is_from_right: bool,
}

/// A part of a text that stands in one line.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Word<'t> {
    text: &'t str,
    /// Whether a space stands before it.
    is_spaced: bool,
    /// At 100 pixels.
    width: f32,
}

/// Letters of a text that are drawn.
const LETTERS_MAX: usize = 160;
/// Of a space, at 100 pixels.
const SPACE: f32 = 27.0;

/// The height of a line in this size.
pub(super) fn height(size: i32) -> i32 {
    size * 110 / 100
}

/// The lines of a text in the first of these sizes in which it fits into width and height; nothing if the fonts lack a
/// letter of it.
pub(super) fn set(
    fonts: &Fonts,
    text: &str,
    sizes: &[i32],
    height_max: i32,
    width: f32,
    weight: u16,
) -> Vec<Line> {
    let text = without_controls(text);
    let mut words = words(&text);
    let texts: Vec<&str> = words.iter().map(|word| word.text).collect();
    let Some(widths) = fonts.widths(&texts, weight) else {
        return Vec::new();
    };
    for (word, width) in words.iter_mut().zip(widths) {
        word.width = width;
    }
    let is_from_right = text.chars().find_map(direction).unwrap_or(false);
    let line = |text, size| Line {
        text,
        x: 0,
        y: 0,
        size,
        weight,
        is_from_right,
    };
    let lines_max = |size| {
        usize::try_from(height_max / height(size))
            .unwrap_or_default()
            .max(1)
    };
    for &size in sizes {
        let broken = break_up(&words, width * 100.0 / size as f32);
        if let Some(broken) = broken.filter(|lines| lines.len() <= lines_max(size)) {
            return broken.into_iter().map(|text| line(text, size)).collect();
        }
    }
    let size = sizes.last().copied().unwrap_or_default();
    let shortened = shorten(&words, width * 100.0 / size as f32, lines_max(size));
    shortened.into_iter().map(|text| line(text, size)).collect()
}

/// One space where there are several, and nothing that is no letter of a line.
fn without_controls(text: &str) -> String {
    let text: String = text
        .chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .take(LETTERS_MAX)
        .collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The words; in scripts without spaces each letter is one.
fn words(text: &str) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    for part in text.split(' ').filter(|part| !part.is_empty()) {
        let mut begins = 0;
        let mut is_spaced = !words.is_empty();
        let mut push = |text, is_spaced| {
            words.push(Word {
                text,
                is_spaced,
                width: 0.0,
            });
        };
        for (at, letter) in part.char_indices() {
            let after = at + letter.len_utf8();
            // What ends a clause stays with what is before it.
            let stays = part[after..].chars().next().is_some_and(is_closing);
            if is_unspaced(letter) && !stays {
                push(&part[begins..after], is_spaced);
                (begins, is_spaced) = (after, false);
            }
        }
        if begins < part.len() {
            push(&part[begins..], is_spaced);
        }
    }
    words
}

fn is_closing(letter: char) -> bool {
    "、。，．！？」』）】ーぁぃぅぇぉっゃゅょァィゥェォッャュョ".contains(letter)
}

/// Chinese characters, kana, hangul and Thai: a line may end after each.
fn is_unspaced(letter: char) -> bool {
    matches!(letter, '\u{0e00}'..='\u{0e7f}' | '\u{2e80}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}'
        | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ffef}' | '\u{20000}'..='\u{3ffff}')
}

/// Whether a letter is read from right to left; `None` if it is read as its neighbours are.
fn direction(letter: char) -> Option<bool> {
    let is_from_right = matches!(letter, '\u{0590}'..='\u{08ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}');
    (is_from_right || letter.is_alphabetic()).then_some(is_from_right)
}

/// The lines that words take; `None` if a word is wider than a line.
fn break_up(words: &[Word<'_>], width: f32) -> Option<Vec<String>> {
    let mut lines: Vec<String> = Vec::new();
    let mut left = 0.0;
    for word in words {
        if word.width > width {
            return None;
        }
        let space = if word.is_spaced { SPACE } else { 0.0 };
        match lines.last_mut() {
            Some(line) if space + word.width <= left => {
                line.push_str(if word.is_spaced { " " } else { "" });
                line.push_str(word.text);
                left -= space + word.width;
            }
            _ => {
                lines.push(word.text.to_owned());
                left = width - word.width;
            }
        }
    }
    Some(lines)
}

/// As many words as fit, and a sign that there are more. A word that is wider than a line is cut.
fn shorten(words: &[Word<'_>], width: f32, lines_max: usize) -> Vec<String> {
    let narrow = width - 60.0;
    for count in (1..=words.len()).rev() {
        let lines = break_up(&words[..count], narrow);
        if let Some(mut lines) = lines.filter(|lines| lines.len() <= lines_max) {
            if let Some(last) = lines.last_mut() {
                last.push('…');
            }
            return lines;
        }
    }
    let first = words.first().filter(|word| word.width > 0.0);
    let cut = first.map(|word| {
        let letters = word.text.chars().count() as f32 * narrow / word.width;
        let kept: String = word.text.chars().take(letters as usize).collect();
        kept + "…"
    });
    cut.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<Word<'_>> {
        let mut found = words(text);
        for word in &mut found {
            word.width = 10.0 * word.text.chars().count() as f32;
        }
        found
    }

    #[test]
    fn lines_end_between_words_or_between_letters_of_scripts_without_spaces() {
        let lines = |text| break_up(&of(text), 120.0);
        assert_eq!(
            lines("one two three"),
            Some(vec!["one two".into(), "three".into()])
        );
        assert_eq!(lines("extraordinarily"), None);
        assert_eq!(
            lines("星空室内管弦楽団、夜のセレナーデ"),
            Some(vec!["星空室内管弦楽団、夜のセ".into(), "レナーデ".into()])
        );
        // 団 stays with the comma after it.
        let narrow = break_up(&of("管弦楽団、夜"), 40.0);
        assert_eq!(narrow, Some(vec!["管弦楽".into(), "団、夜".into()]));
    }

    #[test]
    fn what_does_not_fit_is_shortened() {
        assert_eq!(shorten(&of("one two three four"), 160.0, 1), ["one two…"]);
        assert_eq!(shorten(&of("extraordinarily"), 140.0, 2), ["extraord…"]);
        assert_eq!(shorten(&[], 140.0, 2), [""; 0]);
    }

    #[test]
    fn the_first_letter_with_a_direction_decides() {
        let is_from_right = |text: &str| text.chars().find_map(direction);
        assert_eq!(is_from_right("«24» أم كلثوم live"), Some(true));
        assert_eq!(is_from_right("Live: أم كلثوم"), Some(false));
        assert_eq!(is_from_right("24!"), None);
    }
}
