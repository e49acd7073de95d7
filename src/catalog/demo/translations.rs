//! The demo events in other languages; the texts are in `translations.json`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::catalog::{Translation, Translations};

#[derive(Default, Deserialize)]
struct Texts {
    /// What is the same for all events.
    all: Translations,
    /// By the events' names.
    events: BTreeMap<String, Translations>,
}

static TEXTS: LazyLock<Texts> =
    LazyLock::new(|| serde_json::from_str(include_str!("translations.json")).unwrap_or_default());

/// Of the event with this name.
pub(super) fn of(name: &str) -> Translations {
    let own = TEXTS.events.get(name);
    let translated = |(language, all): (&String, &Translation)| {
        let own = own.and_then(|own| own.get(language));
        let own = own.cloned().unwrap_or_default();
        let all = all.clone();
        let both = Translation {
            terms: all.terms,
            refund_policy: all.refund_policy,
            tiers: all.tiers,
            ..own
        };
        (language.clone(), both)
    };
    TEXTS.all.iter().map(translated).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::demo::DEMO_EVENTS;

    #[test]
    fn every_demo_event_is_in_five_more_languages() {
        for event in DEMO_EVENTS {
            let texts = of(event.name);
            let languages: Vec<&str> = texts.keys().map(String::as_str).collect();
            assert_eq!(languages, ["ar", "de", "es", "fr", "ja"], "{}", event.name);
            for (language, text) in texts {
                let is_whole = text.description.is_some()
                    && text.terms.is_some()
                    && text.refund_policy.is_some()
                    && text.tiers.len() == 3;
                assert!(is_whole, "{} in {language}: {text:?}", event.name);
            }
        }
        let names: std::collections::BTreeSet<_> =
            DEMO_EVENTS.iter().map(|event| event.name).collect();
        assert!(TEXTS.events.keys().map(String::as_str).eq(names));
    }
}
