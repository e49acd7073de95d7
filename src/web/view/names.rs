//! What countries and genres are called in the languages of a reader: in the page's, and in English. Searches are
//! compared with these names.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use super::format;
use super::words::{self, Words};
use crate::catalog::{Genre, Meaning, Names};

/// What people call countries beside their names.
const ALSO: [(&str, &str); 3] = [("USA", "US"), ("UK", "GB"), ("UAE", "AE")];

static NAMES: LazyLock<HashMap<&'static str, Arc<Names>>> = LazyLock::new(|| {
    let of = |words: &'static Words| (words.tag(), Arc::new(Names::new(words.tag(), names(words))));
    words::offered().iter().map(of).collect()
});

/// The names for readers of this language.
pub fn of(words: &Words) -> Arc<Names> {
    NAMES.get(words.tag()).cloned().unwrap_or_default()
}

fn names(words: &'static Words) -> Vec<(String, Meaning)> {
    let english = &words::offered()[0];
    let mut names: Vec<(String, Meaning)> = Vec::new();
    for language in [words, english] {
        let countries = format::countries(language).into_iter();
        names.extend(countries.map(|(code, name)| (name, Meaning::Country(code))));
        let genres = Genre::ALL.iter().filter(|genre| **genre != Genre::Other);
        names.extend(genres.map(|genre| {
            (
                genre_name(*genre, language).to_owned(),
                Meaning::Genre(*genre),
            )
        }));
    }
    names.extend(ALSO.map(|(name, code)| (name.to_owned(), Meaning::Country(code.to_owned()))));
    names
}

/// A genre's name.
pub fn genre_name(genre: Genre, words: &'static Words) -> &'static str {
    words.text(match genre {
        Genre::Concert => "genre-concert",
        Genre::Classical => "genre-classical",
        Genre::Opera => "genre-opera",
        Genre::Musical => "genre-musical",
        Genre::Theatre => "genre-theatre",
        Genre::Dance => "genre-dance",
        Genre::Comedy => "genre-comedy",
        Genre::Festival => "genre-festival",
        Genre::Club => "genre-club",
        Genre::Sport => "genre-sport",
        Genre::Family => "genre-family",
        Genre::Talk => "genre-talk",
        Genre::Film => "genre-film",
        Genre::Exhibition => "genre-exhibition",
        Genre::Other => "genre-other",
    })
}
