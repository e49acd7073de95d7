//! The signature of a webhook, as Stripe and the simulated gateway write it: `t=<unix seconds>,v1=<hex>`, where `v1` is the
//! HMAC-SHA256 of `<t>.<body>` under a key that the sender and its receivers share (Stripe's documentation, "Verify webhook
//! signatures manually"). While a key is being replaced there may be several `v1`; one valid signature is enough.

use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};

/// How many signatures of one webhook are tried at most.
const SIGNATURES_MAX: usize = 5;
/// How far a signature's time may be from now, so that a recorded webhook cannot be replayed later.
pub const TOLERANCE_SECONDS: i64 = 300;

/// The header's value for a body sent at this time.
pub fn sign(key: &[u8], unix_seconds: i64, body: &[u8]) -> String {
    let code = mac(key, unix_seconds, body).finalize().into_bytes();
    let hex = HEXLOWER.encode(&code);
    format!("t={unix_seconds},v1={hex}")
}

/// When the body was signed, according to the signature; `None` unless it was made with this key.
/// Compares in constant time. The caller decides whether it is too long ago.
pub fn verify(key: &[u8], header: &str, body: &[u8]) -> Option<i64> {
    let parts = || {
        header
            .split(',')
            .filter_map(|part| part.trim().split_once('='))
    };
    let unix_seconds = parts().find(|(name, _)| *name == "t")?.1.parse().ok()?;
    let mut signatures = parts()
        .filter(|(name, _)| *name == "v1")
        .take(SIGNATURES_MAX)
        .filter_map(|(_, hex)| bytes(hex));
    signatures
        .any(|signature| {
            mac(key, unix_seconds, body)
                .verify_slice(&signature)
                .is_ok()
        })
        .then_some(unix_seconds)
}

fn mac(key: &[u8], unix_seconds: i64, body: &[u8]) -> Hmac<sha2::Sha256> {
    let mut mac = Hmac::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.update(unix_seconds.to_string().as_bytes());
    mac.update(b".");
    mac.update(body);
    mac
}

fn bytes(hex: &str) -> Option<Vec<u8>> {
    if hex.len() != 64 || !hex.is_ascii() {
        return None;
    }
    (0..hex.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &[u8] = b"0123456789abcdef";

    #[test]
    fn a_signature_is_what_others_compute() {
        // printf '1700000000.{}' | openssl dgst -sha256 -hmac 0123456789abcdef
        assert_eq!(
            sign(KEY, 1_700_000_000, b"{}"),
            "t=1700000000,v1=e4f8e2ecae2295b2ddb2f0b5584c8275e226c0ebe9b3b819e70156bb67122e3e"
        );
    }

    #[test]
    fn only_the_holder_of_the_key_signs_this_body_at_this_time() {
        let header = sign(KEY, 7, b"body");
        assert_eq!(verify(KEY, &header, b"body"), Some(7));
        assert_eq!(verify(KEY, &header, b"Body"), None);
        assert_eq!(verify(b"another key", &header, b"body"), None);
        assert_eq!(verify(KEY, &header.replace("t=7", "t=8"), b"body"), None);
        let rotated = header.replace("v1=", &format!("v1={},v1=", "0".repeat(64)));
        assert_eq!(verify(KEY, &rotated, b"body"), Some(7));
    }

    #[test]
    fn what_is_no_signature_is_refused() {
        let header = sign(KEY, 7, b"");
        let code = &header["t=7,v1=".len()..];
        for bad in [
            String::new(),
            "t=7".into(),
            format!("v1={code}"),
            format!("t=x,v1={code}"),
            format!("t=7,v0={code}"),
            format!("t=7,v1={}", &code[..62]),
            format!("t=7,v1={}", "é".repeat(32)),
            format!("t=7,v1={}", "+f".repeat(32)),
        ] {
            assert_eq!(verify(KEY, &bad, b""), None, "{bad}");
        }
    }
}
