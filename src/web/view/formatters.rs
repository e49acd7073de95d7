//! The ICU4X formatters of a locale, built once and shared by all requests in that locale.
//!
//! Building a formatter costs many times what formatting a value does. What must hold: the cache is bounded,
//! because a client may name any region in Accept-Language; the least recently used locale is evicted first.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use icu_calendar::Gregorian;
use icu_datetime::fieldsets::zone::{LocalizedOffsetShort, Location};
use icu_datetime::fieldsets::{MD, T, YM, YMD, YMDE, YMDET};
use icu_datetime::{FixedCalendarDateTimeFormatter, NoCalendarFormatter};
use icu_decimal::DecimalFormatter;
use icu_decimal::input::Decimal;
use icu_experimental::dimension::currency::CurrencyType;
use icu_experimental::dimension::currency::formatter::CurrencyFormatter;
use icu_experimental::displaynames::multi::RegionDisplayNames;
use icu_locale_core::Locale;
use moka::policy::EvictionPolicy;
use moka::sync::Cache;

use crate::types::Currency;

/// Locales in the cache at most.
const LOCALES_MAX: u64 = 64;

static CACHE: LazyLock<Cache<Locale, Arc<Formatters>>> = LazyLock::new(|| {
    Cache::builder()
        .max_capacity(LOCALES_MAX)
        .eviction_policy(EvictionPolicy::lru())
        .build()
});

/// The formatters of a locale; each is `None` if ICU has no data for it.
pub(super) struct Formatters {
    pub(super) locale: Locale,
    pub(super) decimal: Option<DecimalFormatter>,
    /// Whether numbers below a thousand are written as programs write them.
    pub(super) has_plain_digits: bool,
    /// `Friday, June 12, 2026`
    pub(super) date: Option<FixedCalendarDateTimeFormatter<Gregorian, YMDE>>,
    /// `Jun 12`
    pub(super) day: Option<FixedCalendarDateTimeFormatter<Gregorian, MD>>,
    /// `Jun 12, 2026`
    pub(super) day_of_year: Option<FixedCalendarDateTimeFormatter<Gregorian, YMD>>,
    /// `June 2026`
    pub(super) month: Option<FixedCalendarDateTimeFormatter<Gregorian, YM>>,
    /// `Fri, Jun 12, 2026, 7:30 PM`
    pub(super) date_time: Option<FixedCalendarDateTimeFormatter<Gregorian, YMDET>>,
    /// `7:30 PM`
    pub(super) time: Option<NoCalendarFormatter<T>>,
    /// `Portugal Time`
    pub(super) zone_name: Option<NoCalendarFormatter<Location>>,
    /// `GMT+1`
    pub(super) zone_offset: Option<NoCalendarFormatter<LocalizedOffsetShort>>,
    pub(super) regions: Option<RegionDisplayNames>,
    /// By ISO 4217 code, built when the first amount in it is formatted.
    currencies: RwLock<HashMap<&'static str, Option<Arc<CurrencyFormatter<DecimalFormatter>>>>>,
}

impl Formatters {
    /// The formatters of a locale, from the cache if it has them.
    pub(super) fn of(locale: Locale) -> Arc<Self> {
        CACHE.get_with_by_ref(&locale, || Arc::new(Self::build(locale.clone())))
    }

    fn build(locale: Locale) -> Self {
        let date_time = YMDE::medium().with_time_hm();
        let decimal = DecimalFormatter::try_new((&locale).into(), Default::default()).ok();
        let has_plain_digits = decimal
            .as_ref()
            .is_none_or(|decimal| decimal.format(&Decimal::from(987)).to_string() == "987");
        Self {
            decimal,
            has_plain_digits,
            date: FixedCalendarDateTimeFormatter::try_new((&locale).into(), YMDE::long()).ok(),
            day: FixedCalendarDateTimeFormatter::try_new((&locale).into(), MD::medium()).ok(),
            day_of_year: FixedCalendarDateTimeFormatter::try_new((&locale).into(), YMD::medium())
                .ok(),
            month: FixedCalendarDateTimeFormatter::try_new((&locale).into(), YM::long()).ok(),
            date_time: FixedCalendarDateTimeFormatter::try_new((&locale).into(), date_time).ok(),
            time: NoCalendarFormatter::try_new((&locale).into(), T::hm()).ok(),
            zone_name: NoCalendarFormatter::try_new((&locale).into(), Location).ok(),
            zone_offset: NoCalendarFormatter::try_new((&locale).into(), LocalizedOffsetShort).ok(),
            regions: RegionDisplayNames::try_new((&locale).into(), Default::default()).ok(),
            currencies: RwLock::default(),
            locale,
        }
    }

    /// The formatter of a currency.
    pub(super) fn currency(
        &self,
        currency: Currency,
    ) -> Option<Arc<CurrencyFormatter<DecimalFormatter>>> {
        let code = currency.code();
        let known = self
            .currencies
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(code)
            .cloned();
        known.unwrap_or_else(|| {
            let built = self.build_currency(code).map(Arc::new);
            let mut currencies = self
                .currencies
                .write()
                .unwrap_or_else(PoisonError::into_inner);
            currencies.entry(code).or_insert(built).clone()
        })
    }

    fn build_currency(&self, code: &str) -> Option<CurrencyFormatter<DecimalFormatter>> {
        let currency: CurrencyType = code.parse().ok()?;
        let locale = (&self.locale).into();
        CurrencyFormatter::try_new_symbol(locale, currency, Default::default()).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locale_is_built_once_and_the_cache_is_bounded() {
        let locale: Locale = "de-DE".parse().unwrap();
        let first = Formatters::of(locale.clone());
        assert!(Arc::ptr_eq(&first, &Formatters::of(locale)));
        let letters = || b'A'..=b'Z';
        for (a, b) in letters().flat_map(|a| letters().map(move |b| (a, b))) {
            let region = format!("en-{}{}", char::from(a), char::from(b));
            Formatters::of(region.parse().unwrap());
        }
        CACHE.run_pending_tasks();
        assert!(CACHE.entry_count() <= LOCALES_MAX);
    }
}
