//! The statements of a migration, and what of them a distributed database takes in another way.

/// The statements of a migration. None has a semicolon at the end of a line within it.
pub(super) fn statements(migration: &str) -> impl Iterator<Item = &str> {
    migration.split_inclusive(";\n")
}

/// Whether it makes a table.
pub(super) fn creates_table(statement: &str) -> bool {
    code(statement).starts_with("CREATE TABLE")
}

/// An ALTER TABLE for each of its changes, and any other statement as it is: Citus refuses to add a constraint together
/// with something else.
pub(super) fn one_change_each(statement: &str) -> Vec<String> {
    let code = code(statement);
    let name = code
        .strip_prefix("ALTER TABLE ")
        .and_then(|rest| rest.split_whitespace().next());
    let Some(name) = name else {
        return vec![statement.to_owned()];
    };
    let table = format!("ALTER TABLE {name}");
    let changes = code[table.len()..].trim_end_matches(';');
    let (mut depth, mut is_text, mut begin, mut found) = (0, false, 0, Vec::new());
    for (at, letter) in changes.char_indices() {
        match letter {
            '\'' => is_text = !is_text,
            '(' if !is_text => depth += 1,
            ')' if !is_text => depth -= 1,
            ',' if !is_text && depth == 0 => {
                found.push(&changes[begin..at]);
                begin = at + 1;
            }
            _ => {}
        }
    }
    found.push(&changes[begin..]);
    found
        .iter()
        .map(|change| format!("{table} {}", change.trim()))
        .collect()
}

/// Without comments. No text of a migration has two hyphens.
fn code(statement: &str) -> String {
    let lines = statement
        .lines()
        .map(|line| line.split("--").next().unwrap_or_default().trim_end());
    let lines: Vec<&str> = lines.collect();
    lines.join("\n").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_altered_change_by_change() {
        let statement = "
            -- Why, and how.
            ALTER TABLE tiers
                ADD COLUMN kind text NOT NULL DEFAULT 'a, b', -- one, two
                ADD CONSTRAINT tiers_kind_check CHECK (kind IN ('a, b', '(')) NOT VALID;\n";
        let changes = [
            "ALTER TABLE tiers ADD COLUMN kind text NOT NULL DEFAULT 'a, b'",
            "ALTER TABLE tiers ADD CONSTRAINT tiers_kind_check CHECK (kind IN ('a, b', '(')) NOT VALID",
        ];
        assert_eq!(one_change_each(statement), changes);
        let update = "UPDATE tiers SET kind = 'a', name = 'b';\n";
        assert_eq!(one_change_each(update), [update]);
    }

    #[test]
    fn a_table_is_created_below_comments() {
        assert!(creates_table(
            "\n-- Notes.\nCREATE TABLE notes (id bigint);\n"
        ));
        assert!(!creates_table(
            "-- CREATE TABLE\nALTER TABLE notes ADD COLUMN a int;\n"
        ));
    }
}
