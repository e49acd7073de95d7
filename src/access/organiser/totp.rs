//! The second factor: six digits that an app on a phone makes of a shared secret and the time (RFC 6238: HMAC-SHA-1,
//! steps of 30 seconds, which is what the apps know).
//!
//! What must hold: a code is good once: whoever calls remembers the step of the last code; a clock that is half a minute
//! off does no harm.

use data_encoding::BASE32_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use sha1::Sha1;

use crate::postgres::Error;

/// Bytes of a secret: as many as the hash has (RFC 4226, section 4).
const SECRET_BYTES: usize = 20;
/// Seconds of a step.
const STEP_SECONDS: i64 = 30;
/// Codes of this many steps before and after the present one are taken.
const DRIFT_STEPS: i64 = 1;
const DIGITS: usize = 6;

/// A shared secret.
pub struct Totp(Vec<u8>);

impl Totp {
    /// A new secret.
    ///
    /// # Errors
    /// The system has no random bytes.
    pub fn make() -> Result<Self, Error> {
        let mut secret = vec![0; SECRET_BYTES];
        getrandom::fill(&mut secret).map_err(|error| Error::Unavailable(error.to_string()))?;
        Ok(Self(secret))
    }

    /// One that was kept.
    pub fn of(secret: Vec<u8>) -> Self {
        Self(secret)
    }

    /// What is kept.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// What is typed where no QR code can be read.
    pub fn text(&self) -> String {
        BASE32_NOPAD.encode(&self.0)
    }

    /// What the QR code says: <https://github.com/google/google-authenticator/wiki/Key-Uri-Format>
    pub fn link(&self, issuer: &str, account: &str) -> String {
        let encode = |text| utf8_percent_encode(text, NON_ALPHANUMERIC);
        let (issuer, account) = (encode(issuer), encode(account));
        let secret = self.text();
        format!("otpauth://totp/{issuer}:{account}?secret={secret}&issuer={issuer}")
    }

    /// The step of a code that is good at this time and newer than the last one that was taken.
    pub fn step_of(&self, code: &str, unix_seconds: i64, last_step: Option<i64>) -> Option<i64> {
        let code: String = code
            .chars()
            .filter(|letter| !letter.is_whitespace())
            .collect();
        if code.len() != DIGITS || !code.bytes().all(|digit| digit.is_ascii_digit()) {
            return None;
        }
        let now = unix_seconds.div_euclid(STEP_SECONDS);
        let mut steps = now - DRIFT_STEPS..=now + DRIFT_STEPS;
        steps.find(|&step| last_step.is_none_or(|last| step > last) && self.at(step) == code)
    }

    /// The code at this time: what the app shows.
    pub fn code(&self, unix_seconds: i64) -> String {
        self.at(unix_seconds.div_euclid(STEP_SECONDS))
    }

    /// The code of a step: RFC 4226, section 5.3.
    fn at(&self, step: i64) -> String {
        let mut mac =
            Hmac::<Sha1>::new_from_slice(&self.0).expect("HMAC takes keys of every length");
        mac.update(&step.to_be_bytes());
        let hash = mac.finalize().into_bytes();
        let from = usize::from(hash[hash.len() - 1] & 0xf);
        let four = [hash[from], hash[from + 1], hash[from + 2], hash[from + 3]];
        let number = u32::from_be_bytes(four) & 0x7fff_ffff;
        format!("{:0DIGITS$}", number % 10_u32.pow(DIGITS as u32))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_the_rfc() {
        // RFC 6238, appendix B, the last six of its eight digits.
        let totp = Totp::of(b"12345678901234567890".to_vec());
        for (at, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(totp.code(at), code);
            assert_eq!(totp.step_of(code, at, None), Some(at / 30));
        }
    }

    #[test]
    fn a_code_is_good_for_a_while_and_once() {
        let totp = Totp::make().unwrap();
        let (at, code) = (3_000_000, totp.code(3_000_000));
        let step = at / 30;
        let spaced = format!(" {} {}", &code[..3], &code[3..]);
        assert_eq!(totp.step_of(&spaced, at, None), Some(step));
        assert_eq!(totp.step_of(&code, at + 30, Some(step - 1)), Some(step));
        assert_eq!(totp.step_of(&code, at - 30, None), Some(step));
        assert_eq!(totp.step_of(&code, at, Some(step)), None);
        assert_eq!(totp.step_of(&code, at + 90, None), None);
        for wrong in ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦"] {
            assert_eq!(totp.step_of(wrong, at, None), None, "{wrong}");
        }
    }

    #[test]
    fn the_link_is_read_by_the_apps() {
        let totp = Totp::of(b"12345678901234567890".to_vec());
        assert_eq!(
            totp.link("Box & Co", "ana@example.org"),
            "otpauth://totp/Box%20%26%20Co:ana%40example%2Eorg?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Box%20%26%20Co"
        );
    }
}
