//! Texts of people in LIKE patterns.

/// A text as a part of a pattern that stands for itself: its wildcards are escaped. What no text of PostgreSQL can have,
/// the character zero, fits nothing.
pub fn literal(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        if matches!(letter, '%' | '_' | '\\') {
            escaped.push('\\');
        }
        escaped.push(if letter == '\0' {
            char::REPLACEMENT_CHARACTER
        } else {
            letter
        });
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::literal;

    #[test]
    fn what_is_typed_is_no_pattern() {
        assert_eq!(literal("50%_\\a"), "50\\%\\_\\\\a");
        assert_eq!(literal("50% o_o \\"), "50\\% o\\_o \\\\");
        assert_eq!(literal("a\0"), "a\u{fffd}");
    }
}
