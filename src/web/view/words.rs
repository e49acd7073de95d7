//! The texts of the pages, by language: the Fluent files of `locales/`, read once.
//! <https://projectfluent.org/fluent/guide/>
//!
//! What must hold: a language is offered only if it has every text that English has, with the same variables; no
//! other file has texts for readers of pages. Numbers are formatted by `format`, here they only select a plural form.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::{Debug, Display, Write};
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use icu_locale_core::LanguageIdentifier;
use icu_locale_core::subtags::Language;
use icu_plurals::{PluralCategory, PluralRules};
use serde_json::{Value, json};

/// The files of a language, one after the other: the shop's, and those of each part of the organiser's side.
macro_rules! texts {
    ($tag:literal) => {
        (
            $tag,
            concat!(
                include_str!(concat!("../../../locales/", $tag, ".ftl")),
                "\n",
                include_str!(concat!("../../../locales/admin/", $tag, ".ftl")),
                "\n",
                include_str!(concat!("../../../locales/admin/reports.", $tag, ".ftl")),
                "\n",
                include_str!(concat!("../../../locales/admin/bookings.", $tag, ".ftl")),
                "\n",
                include_str!(concat!("../../../locales/admin/changes.", $tag, ".ftl")),
                "\n",
                include_str!(concat!("../../../locales/admin/scan.", $tag, ".ftl")),
                "\n",
                include_str!(concat!("../../../locales/admin/events.", $tag, ".ftl")),
                "\n",
                include_str!(concat!("../../../locales/admin/questions.", $tag, ".ftl")),
                "\n",
                include_str!(concat!("../../../locales/admin/counter.", $tag, ".ftl")),
                "\n",
                include_str!(concat!("../../../locales/admin/moving.", $tag, ".ftl")),
                "\n",
                include_str!(concat!("../../../locales/admin/halls.", $tag, ".ftl")),
                "\n",
                include_str!(concat!("../../../locales/admin/prices.", $tag, ".ftl")),
            ),
        )
    };
}

/// The texts, in the order in which languages are offered; the first is the one that the others are compared with.
const FILES: [(&str, &str); 6] = [
    texts!("en"),
    texts!("de"),
    texts!("fr"),
    texts!("es"),
    texts!("ja"),
    texts!("ar"),
];

/// Languages that are written from right to left.
const RIGHT_TO_LEFT: [&str; 1] = ["ar"];

/// The texts that scripts show, beside those whose names begin with `script-`.
const ALSO_FOR_SCRIPTS: [&str; 18] = [
    "stock-open",
    "stock-few",
    "stock-held",
    "stock-sold",
    "order-choose-tickets",
    "order-choose-more-seats",
    "order-all-sold",
    "order-all-held",
    "map-free",
    "map-none-free",
    "map-legend-yours",
    "map-legend-held",
    "map-legend-sold",
    "map-wheelchair",
    "map-companion",
    "own-holds",
    "own-holds-keep",
    "own-holds-replace",
];

/// What stands in a text where an element of the page goes: the object replacement character.
const SLOT: char = '\u{fffc}';

static OFFERED: LazyLock<Vec<Words>> = LazyLock::new(|| {
    let read = FILES.map(|(tag, file)| Words::read(tag, file));
    let mut read = read.into_iter();
    let english = read.next().expect("the first file is English");
    let expected = english.variables.clone();
    let complete = read.filter(|words| {
        let is_complete = words.variables == expected;
        if !is_complete {
            log::warn!("texts are missing in {}: it is not offered", words.tag);
        }
        is_complete
    });
    let complete: Vec<Words> = complete.collect();
    std::iter::once(english).chain(complete).collect()
});

/// The texts of one language.
pub struct Words {
    /// BCP 47.
    tag: &'static str,
    language: LanguageIdentifier,
    bundle: FluentBundle<FluentResource>,
    /// Texts without variables.
    plain: HashMap<String, String>,
    /// Texts whose variables select nothing, cut at them: most of a page's, and many times as fast as the bundle.
    cut: HashMap<String, Vec<Part>>,
    /// The variables of each text, by its id.
    variables: BTreeMap<String, BTreeSet<String>>,
    /// What scripts show, as JSON.
    script: String,
}

/// A part of a text.
enum Part {
    Text(String),
    /// A variable's value.
    Value(String),
}

impl Debug for Words {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Words({})", self.tag)
    }
}

/// The languages that are offered; English is the first.
pub fn offered() -> &'static [Words] {
    &OFFERED
}

/// The texts in a language, if it is offered.
pub fn of(language: Language) -> Option<&'static Words> {
    OFFERED
        .iter()
        .find(|words| words.language.language == language)
}

impl Words {
    fn read(tag: &'static str, file: &str) -> Self {
        // A file that does not parse lacks texts, and its language is not offered.
        let resource = match FluentResource::try_new(file.to_owned()) {
            Ok(resource) => resource,
            Err((resource, errors)) => {
                log::warn!("locales/{tag}.ftl: {errors:?}");
                resource
            }
        };
        let variables = variables(&resource);
        let cut = cut(&resource, RIGHT_TO_LEFT.contains(&tag));
        let mut bundle =
            FluentBundle::new_concurrent(vec![tag.parse().expect("tags of FILES are languages")]);
        bundle.set_use_isolating(RIGHT_TO_LEFT.contains(&tag));
        bundle
            .add_resource(resource)
            .expect("each text of a file has its own id");
        let mut words = Self {
            tag,
            language: tag.parse().expect("tags of FILES are languages"),
            bundle,
            plain: HashMap::new(),
            cut,
            variables,
            script: String::new(),
        };
        let plain = words.variables.iter().filter(|(_, used)| used.is_empty());
        words.plain = plain
            .map(|(id, _)| (id.clone(), words.format(id, &FluentArgs::new())))
            .collect();
        words.script = words.for_scripts();
        words
    }

    /// The language's BCP 47 tag.
    pub fn tag(&self) -> &'static str {
        self.tag
    }

    /// The language, without a region.
    pub fn language(&self) -> &LanguageIdentifier {
        &self.language
    }

    /// `ltr` or `rtl`.
    pub fn direction(&self) -> &'static str {
        if RIGHT_TO_LEFT.contains(&self.tag) {
            "rtl"
        } else {
            "ltr"
        }
    }

    /// A text without variables; `id.attribute` is an attribute's.
    pub fn text(&self, id: &str) -> &str {
        debug_assert!(self.plain.contains_key(id), "no text {id}");
        self.plain.get(id).map_or("", String::as_str)
    }

    /// A text without variables, if there is one with this id.
    pub fn text_if_any(&self, id: &str) -> Option<&str> {
        self.plain.get(id).map(String::as_str)
    }

    /// A text with these variables.
    pub fn with(&self, id: &str, values: &[(&str, &dyn Display)]) -> String {
        let Some(parts) = self.cut.get(id) else {
            return self.format(id, &args(values));
        };
        let mut text = String::with_capacity(64);
        for part in parts {
            let written = match part {
                Part::Text(part) => text.write_str(part),
                Part::Value(name) => {
                    let value = values.iter().find(|(known, _)| known == name);
                    debug_assert!(value.is_some(), "{id}: no {name}");
                    value.map_or(Ok(()), |(_, value)| write!(text, "{value}"))
                }
            };
            written.expect("a String takes everything");
        }
        text
    }

    /// A text with a plural form: of `count`, which is written as `number`.
    pub fn counted(
        &self,
        id: &str,
        count: i32,
        number: &str,
        values: &[(&str, &dyn Display)],
    ) -> String {
        let mut args = args(values);
        args.set("count", count);
        args.set("number", number.to_owned());
        self.format(id, &args)
    }

    /// The two parts of a text around its slot.
    pub fn split(text: &str) -> (&str, &str) {
        text.split_once(SLOT).unwrap_or((text, ""))
    }

    /// What stands for the slot.
    pub fn slot() -> char {
        SLOT
    }

    /// The texts that scripts show, as JSON: text by id, or by plural category by id. `{name}` stands for a variable.
    /// For an attribute in single quotes: what means something there is escaped.
    pub fn script(&self) -> &str {
        &self.script
    }

    fn format(&self, id: &str, args: &FluentArgs<'_>) -> String {
        let (message, attribute) = id
            .split_once('.')
            .map_or((id, None), |(message, attribute)| {
                (message, Some(attribute))
            });
        let message = self.bundle.get_message(message);
        let pattern = message.and_then(|message| match attribute {
            Some(attribute) => message
                .get_attribute(attribute)
                .map(|attribute| attribute.value()),
            None => message.value(),
        });
        debug_assert!(pattern.is_some(), "no text {id}");
        let mut errors = Vec::new();
        let text = pattern.map(|pattern| {
            self.bundle
                .format_pattern(pattern, Some(args), &mut errors)
                .into_owned()
        });
        debug_assert!(errors.is_empty(), "{id}: {errors:?}");
        text.unwrap_or_default()
    }

    fn for_scripts(&self) -> String {
        let named =
            |id: &&String| id.starts_with("script-") || ALSO_FOR_SCRIPTS.contains(&id.as_str());
        let texts = self.variables.keys().filter(named);
        let texts: serde_json::Map<String, Value> =
            texts.map(|id| (id.clone(), self.for_script(id))).collect();
        let json = Value::Object(texts).to_string();
        json.replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('\'', "&#39;")
    }

    /// One text for scripts: a string, or one for each plural category of the language.
    fn for_script(&self, id: &str) -> Value {
        let mut args = FluentArgs::new();
        for name in &self.variables[id] {
            args.set(name.clone(), format!("{{{name}}}"));
        }
        if !self.variables[id].contains("count") {
            return json!(self.format(id, &args));
        }
        let mut texts = serde_json::Map::new();
        for (category, sample) in samples(&self.language) {
            args.set("count", sample);
            texts.insert(name_of(category).to_owned(), json!(self.format(id, &args)));
        }
        Value::Object(texts)
    }
}

fn args<'v>(values: &[(&'v str, &dyn Display)]) -> FluentArgs<'v> {
    let values = values.iter();
    values
        .map(|(name, value)| (*name, value.to_string()))
        .collect()
}

/// A number of each plural category that a language has.
fn samples(language: &LanguageIdentifier) -> BTreeMap<PluralCategory, i32> {
    let rules = PluralRules::try_new_cardinal(language.into()).expect("ICU has rules for FILES");
    let numbers = (0..200).rev();
    numbers
        .map(|number| (rules.category_for(number), number))
        .collect()
}

/// As scripts call it.
fn name_of(category: PluralCategory) -> &'static str {
    match category {
        PluralCategory::Zero => "zero",
        PluralCategory::One => "one",
        PluralCategory::Two => "two",
        PluralCategory::Few => "few",
        PluralCategory::Many => "many",
        PluralCategory::Other => "other",
    }
}

/// The texts that select nothing, cut at their variables. As the bundle does, values are isolated where the text
/// runs from right to left.
fn cut(resource: &FluentResource, is_isolated: bool) -> HashMap<String, Vec<Part>> {
    let messages = resource.entries().filter_map(|entry| match entry {
        Entry::Message(message) => Some((message.id.name.to_owned(), message.value.as_ref()?)),
        _ => None,
    });
    let cut = messages.filter_map(|(id, pattern)| {
        let mut parts = Vec::new();
        for element in &pattern.elements {
            match element {
                PatternElement::TextElement { value } => {
                    parts.push(Part::Text((*value).to_owned()));
                }
                PatternElement::Placeable {
                    expression: Expression::Inline(InlineExpression::VariableReference { id }),
                } => {
                    let isolated = |mark: &str| is_isolated.then(|| Part::Text(mark.to_owned()));
                    parts.extend(isolated("\u{2068}"));
                    parts.push(Part::Value(id.name.to_owned()));
                    parts.extend(isolated("\u{2069}"));
                }
                PatternElement::Placeable { .. } => return None,
            }
        }
        Some((id, parts))
    });
    cut.collect()
}

/// The variables of each text and of each attribute, `text.attribute`.
fn variables(resource: &FluentResource) -> BTreeMap<String, BTreeSet<String>> {
    let mut all = BTreeMap::new();
    let mut add = |id: String, pattern: &Pattern<&str>| {
        let mut used = BTreeSet::new();
        variables_of(pattern, &mut used);
        all.insert(id, used);
    };
    for entry in resource.entries() {
        let Entry::Message(message) = entry else {
            continue;
        };
        if let Some(pattern) = &message.value {
            add(message.id.name.to_owned(), pattern);
        }
        for attribute in &message.attributes {
            let id = format!("{}.{}", message.id.name, attribute.id.name);
            add(id, &attribute.value);
        }
    }
    all
}

fn variables_of(pattern: &Pattern<&str>, used: &mut BTreeSet<String>) {
    let mut note = |inline: &InlineExpression<&str>| {
        if let InlineExpression::VariableReference { id } = inline {
            used.insert(id.name.to_owned());
        }
    };
    let mut variants = Vec::new();
    for element in &pattern.elements {
        match element {
            PatternElement::TextElement { .. } => {}
            PatternElement::Placeable {
                expression: Expression::Inline(inline),
            } => note(inline),
            PatternElement::Placeable {
                expression:
                    Expression::Select {
                        selector,
                        variants: of_select,
                    },
            } => {
                note(selector);
                variants.extend(of_select.iter().map(|variant| &variant.value));
            }
        }
    }
    for variant in variants {
        variables_of(variant, used);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_every_text_with_its_variables() {
        let english = Words::read(FILES[0].0, FILES[0].1);
        for (tag, file) in FILES {
            let words = Words::read(tag, file);
            for (id, variables) in &english.variables {
                assert_eq!(words.variables.get(id), Some(variables), "{tag}: {id}");
            }
            assert_eq!(words.variables.len(), english.variables.len(), "{tag}");
        }
        assert_eq!(offered().len(), FILES.len());
    }

    #[test]
    fn a_language_that_lacks_a_text_or_a_variable_differs() {
        let of = |file: &str| Words::read("de", file).variables;
        let whole = of("a = A\nb = { $x }\n");
        for part in [
            "a = A\n",
            "a = A\nb = B\n",
            "a = A\nb = { $y }\n",
            "a = A\nb = {\n",
        ] {
            assert_ne!(of(part), whole, "{part}");
        }
    }

    #[test]
    fn plural_forms_follow_the_language() {
        let said = |tag: &str, count: i32| {
            let words = of(tag.parse().unwrap()).unwrap();
            words.counted("tickets", count, &count.to_string(), &[])
        };
        assert_eq!(
            (said("en", 1), said("en", 2)),
            ("1 ticket".into(), "2 tickets".into())
        );
        let arabic: BTreeSet<String> = [1, 2, 3, 11, 100].map(|count| said("ar", count)).into();
        assert_eq!(arabic.len(), 5, "{arabic:?}");
        let script: Value = serde_json::from_str(offered()[0].script()).unwrap();
        assert_eq!(
            script["order-choose-more-seats"]["one"],
            "Choose {number} more seat"
        );
    }

    #[test]
    fn each_text_around_an_element_has_one_place_for_it_in_each_form() {
        for words in offered() {
            for (id, used) in &words.variables {
                let mut args = FluentArgs::new();
                used.iter().for_each(|name| args.set(name.clone(), "x"));
                if used.contains("slot") {
                    args.set("slot", SLOT.to_string());
                }
                for (_, sample) in samples(&words.language) {
                    if used.contains("count") {
                        args.set("count", sample);
                    }
                    let text = words.format(id, &args);
                    if words.cut.contains_key(id) {
                        let values: Vec<(&str, &dyn Display)> = used
                            .iter()
                            .map(|name| match name.as_str() {
                                "slot" => ("slot", &SLOT as &dyn Display),
                                name => (name, &"x" as &dyn Display),
                            })
                            .collect();
                        assert_eq!(words.with(id, &values), text, "cut as the bundle says it");
                    }
                    let slots = text.matches(SLOT).count();
                    assert_eq!(
                        slots,
                        usize::from(used.contains("slot")),
                        "{} {id}",
                        words.tag
                    );
                    assert!(!text.is_empty(), "{} {id}", words.tag);
                }
            }
        }
    }
}
