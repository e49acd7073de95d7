//! The organiser's texts: how long they may be, in characters.

/// Of a name or another line.
pub(super) const LINE_MAX: usize = 200;
/// Of what an event is about.
pub(super) const DESCRIPTION_MAX: usize = 5_000;
/// Of the organiser's terms.
pub(super) const TERMS_MAX: usize = 10_000;
/// Of what is said about refunds.
pub(super) const REFUND_POLICY_MAX: usize = 2_000;

/// Whether the text says anything, in no more than so many characters.
pub(super) fn fits(text: &str, most: usize) -> bool {
    (1..=most).contains(&text.trim().chars().count()) && !text.contains('\0')
}
