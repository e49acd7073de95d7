//! Recovery codes: what stands for a code of the second factor when the phone is lost. Owns the table `recovery_codes`.
//!
//! What must hold: a code is shown once, known by its hash, and good once: a conditional update takes it; new ones take
//! the place of all before.

use sha2::{Digest, Sha256};

use crate::postgres::{Client, Error, Transaction};
use crate::types::OrganiserId;

/// Codes that are made at once.
const CODES: usize = 10;
/// Digits of a code, 53 bits; few may be tried. Digits alone, which every keyboard has.
const DIGITS: usize = 16;
/// Digits that stand together.
const GROUP: usize = 4;

const DELETE: &str = "DELETE FROM recovery_codes WHERE organiser_id = $1";
/// $1 organiser, $2 hashes.
const INSERT: &str =
    "INSERT INTO recovery_codes (organiser_id, hash) SELECT $1, unnest($2::bytea[])";
/// $1 organiser, $2 hash.
const TAKE: &str = "
    UPDATE recovery_codes SET used_at = now() WHERE organiser_id = $1 AND hash = $2 AND used_at IS NULL";
const LEFT: &str =
    "SELECT count(*) FROM recovery_codes WHERE organiser_id = $1 AND used_at IS NULL";

/// Makes new codes, and ends those before: what is shown of each, `1234 5678 9012 3456`.
pub(super) async fn make(
    transaction: &Transaction<'_>,
    organiser: OrganiserId,
) -> Result<Vec<String>, Error> {
    let mut codes = Vec::with_capacity(CODES);
    while codes.len() < CODES {
        let code = draw()?;
        if !codes.contains(&code) {
            codes.push(code);
        }
    }
    let hashes: Vec<Vec<u8>> = codes.iter().map(|code| hash(organiser, code)).collect();
    transaction.execute(DELETE, &[&organiser]).await?;
    transaction.execute(INSERT, &[&organiser, &hashes]).await?;
    Ok(codes.iter().map(|code| shown(code)).collect())
}

/// Takes a code, if it is one of the organiser's that was not taken before.
pub(super) async fn take(
    transaction: &Transaction<'_>,
    organiser: OrganiserId,
    typed: &str,
) -> Result<bool, Error> {
    let Some(code) = digits(typed) else {
        return Ok(false);
    };
    let hash = hash(organiser, &code);
    let taken = transaction.execute(TAKE, &[&organiser, &hash]).await?;
    Ok(taken == 1)
}

/// Ends all codes.
pub(super) async fn end(client: &Client, organiser: OrganiserId) -> Result<(), Error> {
    client.execute(DELETE, &[&organiser]).await?;
    Ok(())
}

/// How many are left.
pub(super) async fn left(client: &Client, organiser: OrganiserId) -> Result<i64, Error> {
    Ok(client.query_one(LEFT, &[&organiser]).await?.get(0))
}

/// Random digits. Of each byte those below 250 are taken: every digit is as likely.
fn draw() -> Result<String, Error> {
    let mut code = String::with_capacity(DIGITS);
    while code.len() < DIGITS {
        let mut random = [0; 2 * DIGITS];
        getrandom::fill(&mut random).map_err(|error| Error::Unavailable(error.to_string()))?;
        let fair = random.iter().filter(|&&byte| byte < 250);
        let digits = fair.map(|byte| char::from(b'0' + byte % 10));
        code.extend(digits.take(DIGITS - code.len()));
    }
    Ok(code)
}

fn shown(code: &str) -> String {
    let groups: Vec<&str> = (0..code.len())
        .step_by(GROUP)
        .filter_map(|from| code.get(from..code.len().min(from + GROUP)))
        .collect();
    groups.join(" ")
}

/// The digits of what was typed, if they may be a code.
fn digits(typed: &str) -> Option<String> {
    let is_between = |letter: &char| letter.is_whitespace() || *letter == '-';
    let code: String = typed.chars().filter(|letter| !is_between(letter)).collect();
    let is_code = code.len() == DIGITS && code.bytes().all(|digit| digit.is_ascii_digit());
    is_code.then_some(code)
}

fn hash(organiser: OrganiserId, code: &str) -> Vec<u8> {
    let mut hash = Sha256::new();
    hash.update(organiser.0.as_bytes());
    hash.update(code);
    hash.finalize().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_it_is_shown_and_as_people_type_it() {
        let code = draw().unwrap();
        assert_eq!((code.len(), shown(&code).len()), (16, 19));
        assert_eq!(digits(&shown(&code)).as_deref(), Some(code.as_str()));
        assert_eq!(
            digits(" 1234-5678 90123456 ").as_deref(),
            Some("1234567890123456")
        );
        for wrong in [
            "",
            "123456",
            "12345678901234567",
            "١٢٣٤٥٦٧٨٩٠١٢٣٤٥٦",
            "abcd efgh ijkl mnop",
        ] {
            assert_eq!(digits(wrong), None, "{wrong}");
        }
    }
}
