//! What an account is made of, parsed.

use std::fmt;

use sea_orm::{DeriveActiveEnum, EnumIter};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::language::Language;

#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    ToSchema,
    EnumIter,
    DeriveActiveEnum,
    clap::ValueEnum,
)]
#[serde(rename_all = "snake_case")]
#[clap(rename_all = "snake_case")]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum Role {
    /// May do everything, accounts included.
    #[sea_orm(string_value = "owner")]
    Owner,
    /// Plans the day; sees every stylist's appointments.
    #[sea_orm(string_value = "front_desk")]
    FrontDesk,
    /// Holds consultations.
    #[sea_orm(string_value = "stylist")]
    Stylist,
}

impl Role {
    /// An owner is often a stylist too, and may do in a call what one may.
    pub fn holds_consultations(self) -> bool {
        matches!(self, Self::Owner | Self::Stylist)
    }
}

/// An e-mail address, in lower case: the name under which somebody signs in.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(value_type = String, format = "email", max_length = 254)]
pub struct Email(String);

impl Email {
    /// Only what every address has is checked. That it exists, only a mail to it can prove.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let text = text.trim().to_lowercase();
        let (local, domain) = text.split_once('@').ok_or(NO_EMAIL)?;
        let sound = !local.is_empty()
            && domain.contains('.')
            && domain.split('.').all(|label| !label.is_empty())
            && !domain.contains('@')
            && text.len() <= 254
            && text.chars().all(|c| !c.is_whitespace() && !c.is_control());
        if sound { Ok(Self(text)) } else { Err(NO_EMAIL) }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

const NO_EMAIL: &str = "this is not an e-mail address";

impl TryFrom<String> for Email {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

/// What a person is called: 1 to 100 characters, no line breaks.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(value_type = String, min_length = 1, max_length = 100)]
pub struct PersonName(String);

impl PersonName {
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let text = text.trim();
        let sound =
            (1..=100).contains(&text.chars().count()) && !text.chars().any(char::is_control);
        if sound { Ok(Self(text.to_owned())) } else { Err("a name has 1 to 100 characters") }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for PersonName {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

/// A new password: 10 to 200 characters. (Length is what protects; rules about kinds of characters
/// only annoy. NIST SP 800-63B.) Never printed.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(value_type = String, format = "password", min_length = 10, max_length = 200)]
pub struct Password(String);

impl Password {
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let sound = (10..=200).contains(&text.chars().count());
        if sound { Ok(Self(text.to_owned())) } else { Err("a password has 10 to 200 characters") }
    }

    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Password {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct NewStaff {
    pub name: PersonName,
    pub email: Email,
    pub role: Role,
    pub language: Language,
    pub password: Password,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_email_address_is_the_same_however_it_is_typed() {
        assert_eq!(Email::parse(" Mei@Shop.Example ").unwrap().as_str(), "mei@shop.example");
    }

    #[test]
    fn what_cannot_be_an_email_address_is_refused() {
        for text in
            ["", "mei", "mei@", "@shop.example", "mei@shop", "a b@c.de", "a@b@c.de", "a@b..c"]
        {
            assert!(Email::parse(text).is_err(), "{text}");
        }
        assert!(Email::parse(&format!("{}@shop.example", "a".repeat(250))).is_err());
    }

    #[test]
    fn a_password_counts_characters_not_bytes_and_is_never_printed() {
        assert!(Password::parse("九个汉字不够长的啊").is_err());
        let password = Password::parse("十个汉字就已经够长了").unwrap();
        assert_eq!(format!("{password:?}"), "Password(…)");
    }

    #[test]
    fn a_name_is_one_line() {
        assert_eq!(PersonName::parse("  李 美 ").unwrap().as_str(), "李 美");
        assert!(PersonName::parse("a\nb").is_err());
        assert!(PersonName::parse("  ").is_err());
    }
}
