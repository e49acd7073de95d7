//! The columns of each export, as their first line says them.

use super::what::What;

const BOOKING_NAMES: &[&str] = &[
    "reference",
    "id",
    "status",
    "booked_at",
    "confirmed_at",
    "ended_at",
    "tickets",
    "total",
    "currency",
    "name",
    "email",
    "buyer_id",
    "returned",
    "kind",
    "move_answer",
    "differences_paid",
    "differences_returned",
];
const TICKET_NAMES: &[&str] = &[
    "reference",
    "booking_id",
    "status",
    "confirmed_at",
    "tier",
    "tier_name",
    "row",
    "seat",
    "price",
    "currency",
    "name",
    "email",
    "kind",
];
const PAYMENT_NAMES: &[&str] = &[
    "id",
    "booking_reference",
    "booking_id",
    "status",
    "amount",
    "currency",
    "card_brand",
    "card_last4",
    "decline_code",
    "created_at",
    "answered_at",
    "refund_requested_at",
    "refunded_at",
    "returned",
    "method",
    "tendered",
    "terminal_reference",
];
const SALES_NAMES: &[&str] = &[
    "day",
    "tier",
    "tier_name",
    "tickets_sold",
    "gross",
    "tickets_cancelled",
    "refunds",
    "net",
    "currency",
    "way",
    "discounts",
    "fees",
    "taxes",
    "taxes_refunded",
];

const SCAN_NAMES: &[&str] = &[
    "id",
    "recorded_at",
    "scanned_at",
    "kind",
    "result",
    "conflict",
    "undone_at",
    "gate",
    "list",
    "tier",
    "tier_name",
    "row",
    "seat",
    "booking_reference",
    "booking_id",
    "scanned_by",
];
const ANSWER_NAMES: &[&str] = &[
    "reference",
    "booking_id",
    "status",
    "question",
    "label",
    "tier",
    "tier_name",
    "row",
    "seat",
    "answer",
    "answered_at",
    "name",
    "email",
];

/// The columns, in their order.
pub(super) fn names(what: What) -> &'static [&'static str] {
    match what {
        What::Bookings => BOOKING_NAMES,
        What::Tickets => TICKET_NAMES,
        What::Payments => PAYMENT_NAMES,
        What::Sales => SALES_NAMES,
        What::Scans => SCAN_NAMES,
        What::Answers => ANSWER_NAMES,
    }
}
