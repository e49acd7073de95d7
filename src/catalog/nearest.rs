//! What a reader may have meant by a search that finds nothing: the nearest words that there are.
//!
//! PostgreSQL finds words that share trigrams, this process puts them in order by how many letters differ.
//! What must hold: a word that occurs is not replaced; [`TRIES`] searches are offered at most.

use strsim::osa_distance;

use super::filters::{Filters, Names, Word};
use crate::postgres::{Error, Reader};

/// Words with fewer letters are not corrected: too many are near.
const LETTERS_MIN: usize = 3;
/// Words of one mistyped word that are looked at closely.
const CANDIDATES: i64 = 30;
/// Searches that are offered at most.
const TRIES: usize = 3;
/// How much of its trigrams a word must share, of 1: two letters that have changed places leave a quarter.
const SIMILARITY: &str = "; SET LOCAL pg_trgm.similarity_threshold = 0.25";

/// Searches that may have been meant, the likeliest first.
pub(super) async fn searches(
    reader: &Reader,
    filters: &Filters,
    names: &Names,
) -> Result<Vec<Filters>, Error> {
    let unknown: Vec<usize> = unknown(reader, &filters.words).await?;
    if unknown.is_empty() {
        return Ok(Vec::new());
    }
    let candidates = candidates(reader, &filters.words, &unknown, names).await?;
    if candidates.iter().any(|(_, found)| found.is_empty()) {
        return Ok(Vec::new());
    }
    let search = |rank: usize| {
        let mut texts: Vec<&str> = filters
            .words
            .iter()
            .map(|word| word.text.as_str())
            .collect();
        for (index, found) in &candidates {
            texts[*index] = &found[rank.min(found.len() - 1)];
        }
        Filters {
            words: names.words(&texts.join(" ")),
            ..filters.clone()
        }
    };
    let ranks = candidates
        .iter()
        .map(|(_, found)| found.len())
        .max()
        .unwrap_or_default();
    Ok((0..ranks.min(TRIES)).map(search).collect())
}

/// Which of these words occur nowhere.
async fn unknown(reader: &Reader, words: &[Word]) -> Result<Vec<usize>, Error> {
    let nameless = |word: &Word| word.countries.is_empty() && word.genres.is_empty();
    let long = |word: &Word| word.text.chars().count() >= LETTERS_MIN;
    let texts: Vec<&str> = words
        .iter()
        .map(|word| {
            if nameless(word) && long(word) {
                word.text.as_str()
            } else {
                ""
            }
        })
        .collect();
    let find = reader
        .prepare_cached(
            "SELECT s.place - 1 FROM unnest($1::text[]) WITH ORDINALITY AS s (word, place)
             WHERE s.word <> '' AND NOT EXISTS (
                 SELECT FROM search_words w
                 WHERE w.word LIKE '%' || replace(replace(replace(s.word, '\\', '\\\\'), '%', '\\%'), '_', '\\_') || '%')",
        )
        .await?;
    let rows = reader.query(&find, &[&texts]).await?;
    Ok(rows
        .iter()
        .map(|row| row.get::<_, i64>(0) as usize)
        .collect())
}

/// The words that are nearest to each of the words at these places, the nearest first.
async fn candidates(
    reader: &Reader,
    words: &[Word],
    places: &[usize],
    names: &Names,
) -> Result<Vec<(usize, Vec<String>)>, Error> {
    let texts: Vec<&str> = places
        .iter()
        .map(|&place| words[place].text.as_str())
        .collect();
    let find = reader
        .prepare_cached(
            "SELECT s.place - 1, n.word FROM unnest($1::text[]) WITH ORDINALITY AS s (word, place)
             CROSS JOIN LATERAL (SELECT w.word FROM search_words w WHERE w.word % s.word
                                 ORDER BY w.word <-> s.word, w.word LIMIT $2) AS n",
        )
        .await?;
    reader.begin("READ ONLY", SIMILARITY).await?;
    let rows = reader.query(&find, &[&texts, &CANDIDATES]).await?;
    reader.commit().await?;
    let of_word = |(index, &place): (usize, &usize)| {
        let of_events = rows
            .iter()
            .filter(|row| row.get::<_, i64>(0) as usize == index);
        let of_events = of_events.map(|row| row.get::<_, &str>(1));
        let near = nearest(&words[place].text, of_events.chain(names.all_words()));
        (place, near)
    };
    Ok(places.iter().enumerate().map(of_word).collect())
}

/// Those of the candidates that differ by the fewest letters.
fn nearest<'c>(word: &str, candidates: impl Iterator<Item = &'c str>) -> Vec<String> {
    let letters = word.chars().count();
    let differing_max = match letters {
        ..=4 => 1,
        5..=8 => 2,
        _ => 3,
    };
    let mut near: Vec<(usize, &str)> = Vec::new();
    for candidate in candidates {
        // Most are of another length, which costs less to find out.
        if candidate.chars().count().abs_diff(letters) > differing_max {
            continue;
        }
        let differing = osa_distance(word, candidate);
        let is_known = near.iter().any(|(_, known)| *known == candidate);
        if differing <= differing_max && !is_known {
            near.push((differing, candidate));
        }
    }
    // Stable: of words that differ by as many letters those with more of the trigrams stay in front.
    near.sort_by_key(|(differing, _)| *differing);
    let near = near.into_iter().map(|(_, candidate)| candidate.to_owned());
    near.take(TRIES).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_words_differ_by_the_fewest_letters() {
        let words = ["velvet", "velour", "vellum", "velvets", "velvet", "vet"];
        assert_eq!(
            nearest("velvt", words.into_iter()),
            ["velvet", "velvets", "vet"]
        );
        assert_eq!(nearest("olso", ["oslo", "olga"].into_iter()), ["oslo"]);
        let farther_first = ["velvets", "vet", "velvet"].into_iter();
        assert_eq!(nearest("velvt", farther_first)[0], "velvet");
        assert!(nearest("xyz", words.into_iter()).is_empty());
    }
}
