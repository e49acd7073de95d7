//! The states of seats as a short text, for pages and streams.
//!
//! A text is a series of runs in the order of the seats: a letter, and how many seats it stands for unless it is one.
//! `f` is free, `h` held, `s` sold, and `-` stands for seats that stay as they are: `-4h2` takes the fifth and
//! the sixth. What must hold: applied to the old states, the difference between two maps gives the new ones; a
//! whole map is the difference to none.

use std::fmt::Write;

use super::seats::SeatState;

/// Stands for seats that stay as they are.
const UNCHANGED: char = '-';

/// What turns the states `old` into `new`, which has as many seats or more. Empty if they are the same.
pub fn difference(old: &[SeatState], new: &[SeatState]) -> String {
    let letters = new.iter().enumerate().map(|(index, state)| {
        let is_same = old.get(index) == Some(state);
        if is_same { UNCHANGED } else { state.letter() }
    });
    let mut text = String::new();
    let mut run = (UNCHANGED, 0);
    for letter in letters {
        if letter != run.0 {
            push(&mut text, run);
            run = (letter, 0);
        }
        run.1 += 1;
    }
    // Nothing follows seats that stay as they are.
    if run.0 != UNCHANGED {
        push(&mut text, run);
    }
    text
}

fn push(text: &mut String, (letter, count): (char, usize)) {
    if count > 0 {
        text.push(letter);
    }
    if count > 1 {
        write!(text, "{count}").ok();
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::SeatState::{Free, Held, Sold};
    use super::*;

    /// As the page's script reads a text.
    fn apply(old: &[SeatState], text: &str) -> Vec<SeatState> {
        let mut states = old.to_vec();
        let mut at = 0;
        let mut rest = text;
        while let Some(letter) = rest.chars().next() {
            rest = &rest[1..];
            let end = rest.find(|next: char| !next.is_ascii_digit());
            let (count, others) = rest.split_at(end.unwrap_or(rest.len()));
            rest = others;
            for _ in 0..count.parse().unwrap_or(1) {
                let state = [Free, Held, Sold]
                    .into_iter()
                    .find(|s| s.letter() == letter);
                match state {
                    None => assert_eq!(letter, UNCHANGED),
                    Some(state) if at < states.len() => states[at] = state,
                    Some(state) => states.push(state),
                }
                at += 1;
            }
        }
        states
    }

    fn states(max: usize) -> impl Strategy<Value = Vec<SeatState>> {
        // Mostly alike, so that there are runs.
        vec(
            prop_oneof![8 => Just(Free), 1 => Just(Held), 1 => Just(Sold)],
            0..max,
        )
    }

    proptest! {
        #[test]
        fn a_difference_turns_the_old_map_into_the_new_one(old in states(300), changes in states(300), more in states(20)) {
            let mut new: Vec<_> = old.iter().zip(&changes).map(|(old, change)| if *change == Free { *old } else { *change }).collect();
            new.extend(old.iter().skip(new.len()));
            new.extend(more);
            let text = difference(&old, &new);
            prop_assert_eq!(apply(&old, &text), new.clone());
            prop_assert_eq!(text.is_empty(), old == new);
            prop_assert_eq!(apply(&[], &difference(&[], &new)), new);
        }
    }

    #[test]
    fn runs_are_short() {
        let old = [Free, Free, Free, Held, Sold];
        assert_eq!(difference(&[], &old), "f3hs");
        assert_eq!(difference(&old, &[Free, Held, Held, Held, Sold]), "-h2");
        assert_eq!(difference(&old, &[Free; 5]), "-3f2");
        assert_eq!(difference(&old, &old), "");
    }
}
