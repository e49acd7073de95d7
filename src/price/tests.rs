//! What must hold of every price, and some prices that were computed by hand.

use proptest::prelude::*;

use super::*;

const VIP: TierNo = TierNo(1);
const GA: TierNo = TierNo(2);
const CODES: [&str; 3] = ["vip", "ga", "late"];

fn tickets(tier: TierNo, quantity: i32, unit_price_minor: i64) -> Tickets<'static> {
    Tickets {
        tier,
        code: CODES[tier.0 as usize - 1],
        quantity,
        unit_price_minor,
    }
}

fn tax(percent_bp: i64, included: bool) -> Tax {
    Tax {
        name: "VAT".into(),
        percent_bp,
        included,
        tiers: None,
        on_fees: false,
    }
}

fn fee(per: Per, amount_minor: i64) -> Fee {
    Fee {
        name: "Service".into(),
        per,
        amount_minor: Some(amount_minor),
        ..Fee::default()
    }
}

fn charges(taxes: &[Tax], fees: &[Fee]) -> Charges {
    Charges {
        taxes: taxes.to_vec(),
        fees: fees.to_vec(),
    }
}

fn code(off: Off) -> Discount {
    Discount {
        code: "SUMMER".into(),
        off: Some(off),
        tiers: None,
    }
}

fn amounts(price: &Price) -> Vec<(Kind, i64, bool)> {
    let lines = price.lines.iter();
    lines
        .map(|line| (line.kind, line.amount_minor, line.is_added))
        .collect()
}

#[test]
fn without_taxes_fees_and_codes_tickets_cost_their_price() {
    let order = [tickets(VIP, 2, 12_000), tickets(GA, 1, 3_000)];
    let price = price(&order, &Charges::default(), None);
    assert_eq!(price.total_minor, 27_000);
    assert_eq!(
        amounts(&price),
        [(Kind::Tickets, 24_000, true), (Kind::Tickets, 3_000, true)]
    );
}

#[test]
fn an_included_tax_is_a_line_that_is_not_added_and_an_exclusive_one_is() {
    // 23% in 123.00 are 23.00.
    let order = [tickets(VIP, 1, 12_300)];
    let included = price(&order, &charges(&[tax(2_300, true)], &[]), None);
    assert_eq!(
        (included.total_minor, included.lines[1].amount_minor),
        (12_300, 2_300)
    );
    let added = price(&order, &charges(&[tax(2_300, false)], &[]), None);
    assert_eq!(
        (added.total_minor, added.lines[1].amount_minor),
        (15_129, 2_829)
    );
}

#[test]
fn two_taxes_that_are_included_share_one_base() {
    // 100.00 with 5% and 10% in 115.00.
    let both = charges(&[tax(500, true), tax(1_000, true)], &[]);
    let price = price(&[tickets(VIP, 1, 11_500)], &both, None);
    let taxes: Vec<i64> = price.lines[1..]
        .iter()
        .map(|line| line.amount_minor)
        .collect();
    assert_eq!((price.total_minor, taxes), (11_500, vec![500, 1_000]));
}

#[test]
fn a_tax_is_of_its_tiers_and_of_fees_if_it_says_so() {
    let of_ga = Tax {
        tiers: Some(vec!["ga".into()]),
        ..tax(1_000, false)
    };
    let of_fees = Tax {
        tiers: Some(Vec::new()),
        on_fees: true,
        ..tax(2_000, false)
    };
    let order = [tickets(VIP, 1, 10_000), tickets(GA, 2, 2_000)];
    let fees = [fee(Per::Ticket, 150), fee(Per::Order, 300)];
    let price = price(&order, &charges(&[of_ga, of_fees], &fees), None);
    let of_kind = |kind| {
        let lines = price.lines.iter().filter(move |line| line.kind == kind);
        lines
            .map(|line| (line.of, line.amount_minor))
            .collect::<Vec<_>>()
    };
    let (vip, ga) = (Some((VIP, 1)), Some((GA, 2)));
    assert_eq!(of_kind(Kind::Fee), [(vip, 150), (ga, 300), (None, 300)]);
    assert_eq!(
        of_kind(Kind::Tax),
        [(ga, 400), (vip, 30), (ga, 60), (None, 60)]
    );
    assert_eq!(price.total_minor, 14_000 + 750 + 400 + 150);
}

#[test]
fn a_fee_that_the_organiser_bears_is_seen_and_paid_by_no_buyer() {
    let theirs = Fee {
        borne_by: Bearer::Organiser,
        ..fee(Per::Ticket, 100)
    };
    let price = price(&[tickets(GA, 3, 2_000)], &charges(&[], &[theirs]), None);
    let [_, fee] = &price.lines[..] else {
        panic!("{price:?}")
    };
    assert_eq!((price.total_minor, fee.amount_minor), (6_000, 300));
    assert!(!fee.is_shown() && !fee.is_added);
}

#[test]
fn what_costs_nothing_has_no_fees_and_no_price_is_negative() {
    let both = charges(
        &[tax(2_000, false)],
        &[fee(Per::Ticket, 100), fee(Per::Order, 50)],
    );
    for off in [Off::Percent(10_000), Off::Minor(9_999_999)] {
        let price = price(&[tickets(GA, 3, 2_000)], &both, Some(&code(off)));
        assert_eq!(price.total_minor, 0, "{price:?}");
        assert!(price.lines.iter().all(|line| line.kind != Kind::Fee));
    }
}

#[test]
fn halves_of_a_minor_unit_are_rounded_up_whatever_the_currency_calls_it() {
    // 2.5 yen and 2.5 fils alike: a minor unit is what is counted.
    let half = charges(&[tax(500, false)], &[]);
    assert_eq!(price(&[tickets(GA, 1, 50)], &half, None).total_minor, 53);
    // 0.5% of 99 yen is nothing, of 100 it is one.
    let little = charges(&[tax(50, false)], &[]);
    assert_eq!(price(&[tickets(GA, 1, 99)], &little, None).total_minor, 99);
    assert_eq!(
        price(&[tickets(GA, 1, 100)], &little, None).total_minor,
        101
    );
    // Once a ticket: half of 15 is 8, and of three tickets 24.
    let off = code(Off::Percent(5_000));
    let price = price(&[tickets(GA, 3, 15)], &Charges::default(), Some(&off));
    assert_eq!((price.lines[1].amount_minor, price.total_minor), (-24, 21));
}

fn any_tax() -> impl Strategy<Value = Tax> {
    let tiers = prop::option::of(prop::sample::subsequence(CODES.to_vec(), 0..=3));
    (1_i64..=10_000, any::<bool>(), tiers, any::<bool>()).prop_map(
        |(percent_bp, included, tiers, on_fees)| Tax {
            name: "tax".into(),
            percent_bp,
            included,
            tiers: tiers.map(|tiers| tiers.into_iter().map(str::to_owned).collect()),
            on_fees,
        },
    )
}

fn any_fee() -> impl Strategy<Value = Fee> {
    let amount = prop_oneof![
        (1_i64..5_000).prop_map(|minor| (Some(minor), None)),
        (1_i64..=10_000).prop_map(|bp| (None, Some(bp))),
    ];
    (amount, any::<bool>(), any::<bool>()).prop_map(|((amount_minor, percent_bp), order, buyer)| {
        Fee {
            name: "fee".into(),
            per: if order { Per::Order } else { Per::Ticket },
            amount_minor,
            percent_bp,
            borne_by: if buyer {
                Bearer::Buyer
            } else {
                Bearer::Organiser
            },
        }
    })
}

fn any_charges() -> impl Strategy<Value = Charges> {
    let (taxes, fees) = (
        prop::collection::vec(any_tax(), 0..4),
        prop::collection::vec(any_fee(), 0..4),
    );
    (taxes, fees).prop_map(|(taxes, fees)| Charges { taxes, fees })
}

fn any_discount() -> impl Strategy<Value = Option<Discount>> {
    let off = prop::option::of(prop_oneof![
        (1_i32..=10_000).prop_map(Off::Percent),
        (1_i64..20_000).prop_map(Off::Minor),
    ]);
    let tiers = prop::option::of(prop::sample::subsequence(CODES.to_vec(), 1..=3));
    prop::option::of((off, tiers).prop_map(|(off, tiers)| Discount {
        code: "CODE".into(),
        off,
        tiers: tiers.map(|tiers| tiers.into_iter().map(str::to_owned).collect()),
    }))
}

fn any_tickets() -> impl Strategy<Value = Vec<Tickets<'static>>> {
    let one = (1_i32..12, 0_i64..30_000);
    prop::collection::vec(one, 1..=3).prop_map(|all| {
        let numbered = all.into_iter().zip(1..);
        numbered
            .map(|((quantity, unit), no)| tickets(TierNo(no), quantity, unit))
            .collect()
    })
}

proptest! {
    #[test]
    fn the_lines_that_are_added_are_the_total_and_nothing_is_negative(
        order in any_tickets(), charges in any_charges(), discount in any_discount()
    ) {
        let price = price(&order, &charges, discount.as_ref());
        prop_assert_eq!(total(&price.lines), price.total_minor);
        prop_assert!(price.total_minor >= 0);
        for line in &price.lines {
            prop_assert_eq!(line.amount_minor <= 0, line.kind == Kind::Discount || line.amount_minor == 0);
            prop_assert!(line.of.is_some() || matches!(line.kind, Kind::Fee | Kind::Tax));
        }
    }

    #[test]
    fn an_order_costs_what_its_tiers_cost_and_what_any_order_costs(
        order in any_tickets(), charges in any_charges(), discount in any_discount()
    ) {
        let whole = price(&order, &charges, discount.as_ref()).total_minor;
        let of_order = of_every_order(&charges);
        let alone = order.iter().map(|of| {
            let tier = price(std::slice::from_ref(of), &charges, discount.as_ref());
            if is_paid(&tier) { tier.total_minor - of_order } else { 0 }
        });
        let sum: i64 = alone.sum();
        prop_assert_eq!(whole, if whole > 0 { sum + of_order } else { 0 });
    }

    #[test]
    fn what_is_given_back_is_never_negative_and_in_the_end_what_was_paid(
        order in any_tickets(), charges in any_charges(), discount in any_discount(),
        choices in prop::collection::vec(any::<prop::sample::Index>(), 40)
    ) {
        let price = price(&order, &charges, discount.as_ref());
        let mut kept: Vec<i32> = order.iter().map(|of| of.quantity).collect();
        let mut back = 0;
        prop_assert_eq!(left(&price.lines, |tier| kept[tier.0 as usize - 1]), price.total_minor);
        for choice in choices {
            let open: Vec<usize> = (0..kept.len()).filter(|&at| kept[at] > 0).collect();
            if open.is_empty() {
                break;
            }
            let before = kept.clone();
            kept[open[choice.index(open.len())]] -= 1;
            let one = given_back(
                &price.lines,
                |tier| before[tier.0 as usize - 1],
                |tier| kept[tier.0 as usize - 1],
            );
            prop_assert!(one >= 0, "{one}");
            back += one;
        }
        let rest = left(&price.lines, |tier| kept[tier.0 as usize - 1]);
        prop_assert_eq!(back + rest, price.total_minor);
    }
}
