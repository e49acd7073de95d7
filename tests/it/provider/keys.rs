//! The keys of the account that tests charge.

/// Its secret key.
pub(crate) const SECRET_KEY: &str = "sk_test_4eC39HqLyjWDarjtT1zdp7dc";
/// Its publishable key.
pub(crate) const PUBLISHABLE_KEY: &str = "pk_test_TYooMQauvdEDq54NiTphI7jx";
/// What its webhooks are signed with.
pub(crate) const WEBHOOK_SECRET: &str = "whsec_5f3c1f0a6d2b4b7e9c8a";

/// The flags of a server that charges this account at this address.
pub(crate) fn flags(url: &str) -> Vec<String> {
    let flags = [
        ("--gateway", "stripe"),
        ("--stripe-secret-key", SECRET_KEY),
        ("--stripe-publishable-key", PUBLISHABLE_KEY),
        ("--stripe-webhook-secret", WEBHOOK_SECRET),
        ("--stripe-api-url", url),
    ];
    let words = flags.iter().flat_map(|(name, value)| [*name, *value]);
    words.map(str::to_owned).collect()
}
