//! What pages show of an event and what is the same for all readers in a locale, made once.
//!
//! What must hold: it is made anew when the catalogue has read the event anew; the number of entries is bounded,
//! because a client may name any region in Accept-Language.

use std::sync::Arc;

use icu_locale_core::Locale;
use moka::policy::EvictionPolicy;
use moka::sync::Cache;

use crate::catalog::Event;
use crate::types::EventId;
use crate::web::view::format::Format;

/// Entries at most. One takes about 8 KiB.
const ENTRIES_MAX: u64 = 1_000;

/// By event, locale, and whether the paths of pages begin with the language.
pub(super) struct Kept<V>(Cache<(EventId, Locale, bool), Entry<V>>);

struct Entry<V> {
    /// What it was made of.
    event: Arc<Event>,
    value: Arc<V>,
}

impl<V> Clone for Entry<V> {
    fn clone(&self) -> Self {
        let (event, value) = (self.event.clone(), self.value.clone());
        Self { event, value }
    }
}

impl<V: Send + Sync + 'static> Kept<V> {
    pub(super) fn new() -> Self {
        let cache = Cache::builder().max_capacity(ENTRIES_MAX);
        Self(cache.eviction_policy(EvictionPolicy::lru()).build())
    }

    /// What was made for such a reader, if it holds, or what is made now.
    pub(super) fn get(
        &self,
        event: &Arc<Event>,
        format: &Format,
        holds: impl Fn(&V) -> bool,
        make: impl FnOnce() -> V,
    ) -> Arc<V> {
        let key = (event.id, format.locale().clone(), !format.prefix.is_empty());
        let known = self.0.get(&key);
        let known = known.filter(|known| Arc::ptr_eq(&known.event, event) && holds(&known.value));
        if let Some(known) = known {
            return known.value;
        }
        let (event, value) = (event.clone(), Arc::new(make()));
        let made = value.clone();
        // What one reader's promo code unlocks is not what others are shown.
        if !event.shows_hidden() {
            self.0.insert(key, Entry { event, value });
        }
        made
    }
}
