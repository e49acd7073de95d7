//! The name and the e-mail address of a buyer, and whether an event asks for them.
//!
//! What must hold: an address is checked without pedantry: what may be an address is accepted, because a letter that
//! does not arrive is less bad than a buyer who is turned away.

use utoipa::ToSchema;

use super::Invalid;

/// Whether buyers of an event leave their name and e-mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ToSchema)]
#[schema(rename_all = "lowercase")]
pub enum ContactRule {
    /// They are not asked.
    None,
    /// They may.
    #[default]
    Optional,
    /// They must before they pay.
    Required,
}

impl ContactRule {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::None, Self::Optional, Self::Required];

    /// As the database, JSON and the command line have it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Optional => "optional",
            Self::Required => "required",
        }
    }
}

impl std::str::FromStr for ContactRule {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let mut all = Self::ALL.into_iter();
        all.find(|rule| rule.as_str() == text)
            .ok_or_else(|| Invalid::new("must be none, optional or required"))
    }
}

impl serde::Serialize for ContactRule {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// Characters of a name at most.
const NAME_MAX: usize = 200;
/// Bytes of an address at most: RFC 5321, section 4.5.3.1.3, less the brackets.
const EMAIL_MAX: usize = 254;

/// Who a booking's buyer says they are.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, ToSchema)]
pub struct Contact {
    /// As it was typed; may be empty.
    pub name: String,
    /// As it was typed.
    pub email: String,
}

/// What is wrong with a contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ContactInvalid {
    /// The name is too long, or holds control characters.
    Name,
    /// The address cannot be one.
    Email,
}

impl ContactInvalid {
    /// The field's name, in JSON and in forms.
    pub fn field(&self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Email => "email",
        }
    }
}

impl Contact {
    /// From what was typed, without the spaces around it.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn new(name: &str, email: &str) -> Result<Self, ContactInvalid> {
        let (name, email) = (name.trim(), email.trim());
        if name.chars().count() > NAME_MAX || name.chars().any(char::is_control) {
            return Err(ContactInvalid::Name);
        }
        if !may_be_address(email) {
            return Err(ContactInvalid::Email);
        }
        Ok(Self {
            name: name.to_owned(),
            email: email.to_owned(),
        })
    }

    /// The address as look-ups compare it.
    pub fn folded_email(&self) -> String {
        fold_email(&self.email)
    }
}

/// An address as look-ups compare it: nobody's mail tells upper from lower case.
pub fn fold_email(email: &str) -> String {
    email.trim().to_lowercase()
}

/// Something, an @, and something that does not begin or end with a full stop.
fn may_be_address(text: &str) -> bool {
    let is_odd = |letter: char| letter.is_whitespace() || letter.is_control();
    let Some((local, domain)) = text.rsplit_once('@') else {
        return false;
    };
    text.len() <= EMAIL_MAX
        && !local.is_empty()
        && !domain.is_empty()
        && !domain.starts_with('.')
        && !domain.ends_with('.')
        && !text.contains(is_odd)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_an_address_is_accepted() {
        for good in [
            "ana@example.org",
            " Ana+tickets@Example.ORG ",
            "jürgen@münchen.example",
            "o'brien@mail",
            "\"a@b\"@example.org",
            "佐藤@例え.jp",
        ] {
            assert!(Contact::new("", good).is_ok(), "{good}");
        }
        let long = format!("{}@example.org", "a".repeat(250));
        for bad in [
            "",
            "ana",
            "@example.org",
            "ana@",
            "ana@.org",
            "a@b.",
            "a b@c.org",
            "a@b\0.org",
            &long,
        ] {
            assert_eq!(Contact::new("", bad), Err(ContactInvalid::Email), "{bad}");
        }
        assert_eq!(
            Contact::new(&"a".repeat(201), "a@b"),
            Err(ContactInvalid::Name)
        );
        assert_eq!(Contact::new("a\u{7}", "a@b"), Err(ContactInvalid::Name));
        assert_eq!(Contact::new(" Ana ", "a@b").unwrap().name, "Ana");
        assert_eq!(fold_email(" ANA@Example.org"), "ana@example.org");
    }
}
