//! Text as it is searched: in lower case, without accents, cut into words.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Letters of a word that is kept for comparing mistyped ones with.
const WORD_LETTERS: std::ops::RangeInclusive<usize> = 2..=40;

/// Lower case without accents, so that `sao paulo` finds `São Paulo`, and `strasse` `Straße`.
pub(super) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let letters = text.nfkd().filter(|letter| !is_combining_mark(*letter));
    for letter in letters.flat_map(char::to_lowercase) {
        match letter {
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'ø' => folded.push('o'),
            'ł' => folded.push('l'),
            'đ' | 'ð' => folded.push('d'),
            'ı' => folded.push('i'),
            '’' | '‘' => folded.push('\''),
            letter => folded.push(letter),
        }
    }
    folded
}

/// The words of a folded text: runs of letters, without those that are too short or too long to be mistyped, and
/// without numbers.
pub(super) fn words(folded: &str) -> impl Iterator<Item = &str> {
    let words = folded.split(|letter: char| !letter.is_alphanumeric());
    words.filter(|word| {
        WORD_LETTERS.contains(&word.chars().count()) && !word.chars().any(char::is_numeric)
    })
}

/// How the text of an event says its country or its genre: a word that no reader types, with trigrams of its own,
/// so that one look at the index finds the events of any words, names of countries and genres among them.
pub(super) fn token(code: &str) -> String {
    let code = code.to_ascii_lowercase();
    let (first, rest) = code.split_at(code.len().min(1));
    format!("{first}qz{rest}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_becomes_a_word_of_its_own() {
        assert_eq!([token("PT"), token("opera")], ["pqzt", "oqzpera"]);
    }

    #[test]
    fn text_is_folded_and_cut_into_words() {
        assert_eq!(fold("Łódź, Straße Ærø İ"), "lodz, strasse aero i");
        assert_eq!(fold("Sólrún’s"), "solrun's");
        let found: Vec<&str> = words("maré alta: a 2nd volta, x").collect();
        assert_eq!(found, ["maré", "alta", "volta"]);
    }
}
