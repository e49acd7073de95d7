//! The schema that this program needs: its migrations, their newest version, and the name by which a server of
//! this version is known to others. Nothing is applied here: `migrate` does.

use refinery::Runner;

mod migrations {
    refinery::embed_migrations!("migrations");
}

/// What the sessions of this program are called in `pg_stat_activity`, before their schema's version.
/// Servers whose newest migration is V16 or older say this and no version.
const NAME: &str = "boxoffice";

/// The migrations in `migrations/`, in no particular order.
pub(super) fn migrations() -> Runner {
    migrations::migrations::runner()
}

/// The version of the newest migration.
pub fn newest() -> i32 {
    let all = migrations();
    let versions = all
        .get_migrations()
        .iter()
        .map(refinery::Migration::version);
    versions.max().unwrap_or_default()
}

/// `boxoffice/29`: what the sessions of this program are called, with the schema's version that it needs.
pub(super) fn application_name() -> String {
    format!("{NAME}/{}", newest())
}

/// The schema's version that the sessions of this name need; `None` if they are not of a server.
/// 0 if the name has none.
pub(super) fn version_needed(application_name: &str) -> Option<i32> {
    match application_name.strip_prefix(NAME)? {
        "" => Some(0),
        rest => rest.strip_prefix('/')?.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_tells_the_schema_that_it_needs() {
        assert_eq!(version_needed(&application_name()), Some(newest()));
        assert_eq!(version_needed("boxoffice"), Some(0));
        assert_eq!(version_needed("boxoffice/17"), Some(17));
        for other in ["", "psql", "boxoffice2", "boxoffice/x"] {
            assert_eq!(version_needed(other), None, "{other}");
        }
    }
}
