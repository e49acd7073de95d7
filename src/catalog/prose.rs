//! The organiser's texts: how long they may be, in characters.

/// Of a name or another line.
pub(super) const LINE_MAX: usize = 200;
/// Of what an event is about.
pub(super) const DESCRIPTION_MAX: usize = 5_000;
/// Of the organiser's terms.
pub(super) const TERMS_MAX: usize = 10_000;
/// Of what is said about refunds.
pub(super) const REFUND_POLICY_MAX: usize = 2_000;

/// Text is there, if any is given, and no longer than so many characters.
pub(super) fn validate_prose(what: &str, text: Option<&str>, max: usize) -> Result<(), String> {
    let fits = |text: &str| {
        let letters = text.trim().chars().count();
        (1..=max).contains(&letters) && !text.contains('\0')
    };
    if text.is_none_or(fits) {
        Ok(())
    } else {
        Err(format!("{what} must be 1 to {max} characters"))
    }
}
