//! SQL statements with named parameters.
//!
//! The text has `:event_id::bigint`, the caller passes `("event_id", &event)`, and PostgreSQL gets `$1`: a new
//! column is one line in the statement and one line beside its value, and nobody counts positions. What must
//! hold: every parameter has exactly one value; comments and quoted text are left as they are.

use postgres_types::ToSql;
use tokio_postgres::{Row, Statement};

use super::{Client, Error};

/// The values of a statement, by name, in any order. Each parameter has exactly one.
pub type Values<'a> = &'a [(&'static str, &'a (dyn ToSql + Sync))];

/// The text of a statement with named parameters.
#[derive(Debug)]
pub struct NamedStatement {
    text: String,
    /// In the order of their numbers: the first is `$1`.
    names: Vec<&'static str>,
}

impl NamedStatement {
    /// Numbers the parameters of a text in the order in which they first appear. A parameter is a colon and a
    /// name; `::type` is a cast; `--` comments and quoted text contain no parameters.
    pub fn parse(source: &'static str) -> Self {
        let mut names: Vec<&'static str> = Vec::new();
        let mut text = String::with_capacity(source.len());
        let mut rest = source;
        while let Some(at) = rest.find([':', '-', '\'']) {
            let (before, from) = rest.split_at(at);
            text.push_str(before);
            let skipped = match from {
                _ if from.starts_with("--") => from.find('\n').unwrap_or(from.len()),
                _ if from.starts_with('\'') => {
                    from[1..].find('\'').map_or(from.len(), |end| end + 2)
                }
                _ if from.starts_with("::") => 2,
                _ => match name_at(from) {
                    Some(name) => {
                        let known = names.iter().position(|known| *known == name);
                        let index = known.unwrap_or_else(|| {
                            names.push(name);
                            names.len() - 1
                        });
                        text.push_str(&format!("${}", index + 1));
                        rest = &from[1 + name.len()..];
                        continue;
                    }
                    None => 1,
                },
            };
            text.push_str(&from[..skipped]);
            rest = &from[skipped..];
        }
        text.push_str(rest);
        Self { text, names }
    }

    /// What PostgreSQL prepares.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The parameters, in the order of their numbers.
    pub fn names(&self) -> &[&'static str] {
        &self.names
    }

    /// Prepares it, once for each connection.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn prepare(&'static self, client: &Client) -> Result<Prepared, Error> {
        Ok(Prepared {
            statement: client.prepare_cached(&self.text).await?,
            names: &self.names,
        })
    }

    /// Prepares it and runs it.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn query(
        &'static self,
        client: &Client,
        values: Values<'_>,
    ) -> Result<Vec<Row>, Error> {
        self.prepare(client).await?.query(client, values).await
    }
}

/// The name after a colon.
fn name_at(from: &'static str) -> Option<&'static str> {
    let after = from.strip_prefix(':')?;
    let is_part = |letter: char| letter.is_ascii_lowercase() || letter == '_';
    let end = after.find(|letter| !is_part(letter)).unwrap_or(after.len());
    (end > 0).then(|| &after[..end])
}

/// A [`NamedStatement`] on one connection.
#[derive(Debug, Clone)]
pub struct Prepared {
    statement: Statement,
    names: &'static [&'static str],
}

impl Prepared {
    /// Runs it. The first poll sends it.
    ///
    /// # Errors
    /// Those of the database.
    ///
    /// # Panics
    /// A parameter has no value: a defect that the first call of the statement shows.
    pub async fn query(&self, client: &Client, values: Values<'_>) -> Result<Vec<Row>, Error> {
        debug_assert_eq!(self.names.len(), values.len(), "{:?}", self.names);
        let value = |name: &&str| {
            let found = values.iter().find(|(of, _)| of == name);
            found.unwrap_or_else(|| panic!("no value for :{name}")).1
        };
        let params: Vec<_> = self.names.iter().map(value).collect();
        client.query(&self.statement, &params).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_numbered_in_the_order_in_which_they_appear() {
        let named = NamedStatement::parse(
            "-- of :nobody\nSELECT :b::int, ':c', x[1 : 2] FROM t WHERE a = :a_b AND b = :b -- :d",
        );
        assert_eq!(
            named.text(),
            "-- of :nobody\nSELECT $1::int, ':c', x[1 : 2] FROM t WHERE a = $2 AND b = $1 -- :d"
        );
        assert_eq!(named.names(), ["b", "a_b"]);
    }
}
