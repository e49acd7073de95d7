//! The organiser's texts in other languages than the one in which they were written first.
//!
//! What must hold: they fit where the texts fit that they stand for. `Event::in_language` puts them there.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::must::{Must, Wrong};
use super::prose::{DESCRIPTION_MAX, LINE_MAX, REFUND_POLICY_MAX, TERMS_MAX, fits};

/// Languages of one event at most.
const LANGUAGES_MAX: usize = 20;

/// By language, ISO 639.
pub type Translations = BTreeMap<String, Translation>;

/// An event's texts in one language; each may be missing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Translation {
    /// What the event is called.
    #[schema(required = true)]
    pub name: Option<String>,
    /// A few sentences about it.
    #[schema(required = true)]
    pub description: Option<String>,
    /// The organiser's terms.
    #[schema(required = true)]
    pub terms: Option<String>,
    /// When the money goes back.
    #[schema(required = true)]
    pub refund_policy: Option<String>,
    /// What tiers are called, by their codes.
    #[schema(required = true)]
    pub tiers: BTreeMap<String, String>,
}

/// What is wrong with the translations of an event with these tiers.
pub(super) fn wrong(translations: &Translations, tiers: &[&str]) -> Vec<Wrong> {
    let mut wrong = Vec::new();
    if translations.len() > LANGUAGES_MAX {
        let must = Must::HaveEntries(0, LANGUAGES_MAX);
        wrong.push(Wrong::at("/translations", must));
    }
    for (language, translation) in translations.iter().take(LANGUAGES_MAX) {
        let at = format!("/translations/{language}");
        let is_letter = |byte: u8| byte.is_ascii_lowercase();
        if !(2..=3).contains(&language.len()) || !language.bytes().all(is_letter) {
            wrong.push(Wrong::at(&at, Must::BeLanguage));
        }
        translation.check(&at, tiers, &mut wrong);
    }
    wrong
}

/// Without white space around the texts.
pub(super) fn trimmed(translations: &Translations) -> Translations {
    let mut translations = translations.clone();
    let trim = |text: &mut String| *text = text.trim().to_owned();
    for one in translations.values_mut() {
        let texts = [
            &mut one.name,
            &mut one.description,
            &mut one.terms,
            &mut one.refund_policy,
        ];
        texts.into_iter().flatten().for_each(trim);
        one.tiers.values_mut().for_each(trim);
    }
    translations
}

/// All names of an event, by which it is found.
pub(super) fn names(name: &str, translations: &Translations) -> String {
    let others = translations.values().filter_map(|one| one.name.as_deref());
    let names: Vec<&str> = [name].into_iter().chain(others).collect();
    names.join(" ")
}

impl Translation {
    fn check(&self, at: &str, tiers: &[&str], wrong: &mut Vec<Wrong>) {
        let mut text = |name: &str, text: Option<&str>, most: usize| {
            if !text.is_none_or(|text| fits(text, most)) {
                let pointer = format!("{at}/{name}");
                wrong.push(Wrong::at(pointer, Must::BeText(most)));
            }
        };
        text("name", self.name.as_deref(), LINE_MAX);
        text("description", self.description.as_deref(), DESCRIPTION_MAX);
        text("terms", self.terms.as_deref(), TERMS_MAX);
        text(
            "refund_policy",
            self.refund_policy.as_deref(),
            REFUND_POLICY_MAX,
        );
        for (code, name) in &self.tiers {
            text(&format!("tiers/{code}"), Some(name), LINE_MAX);
        }
        for code in self
            .tiers
            .keys()
            .filter(|code| !tiers.contains(&code.as_str()))
        {
            wrong.push(Wrong::at(format!("{at}/tiers/{code}"), Must::BeTier));
        }
    }
}
