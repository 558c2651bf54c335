//! Words that people type, parsed once at the edge: names on one line, notes on several, and names
//! in both of the shop's languages. Trimmed, bounded, without control or direction-changing
//! characters that could make a screen say something else.

use sea_orm::DeriveValueType;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A name on one line: 1 to 80 characters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, DeriveValueType, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, min_length = 1, max_length = 80)]
pub struct Name(String);

/// A few words on one line, possibly none: up to 80 characters.
#[derive(
    Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, DeriveValueType, ToSchema,
)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, max_length = 80)]
pub struct Line(String);

/// Free words on any number of lines: up to 4,000 characters, possibly none.
#[derive(
    Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, DeriveValueType, ToSchema,
)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, max_length = 4000)]
pub struct Notes(String);

/// A name in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LocalizedName {
    pub zh: Name,
    pub en: Name,
}

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnusableText {
    #[error("a name must not be empty")]
    Empty,
    #[error("at most {0} characters")]
    TooLong(usize),
    #[error("control characters are not allowed")]
    Control,
}

impl Name {
    const LONGEST: usize = 80;

    pub fn parse(text: &str) -> Result<Self, UnusableText> {
        let text = text.trim();
        if text.is_empty() {
            return Err(UnusableText::Empty);
        }
        check(text, Self::LONGEST, |_| false)?;
        Ok(Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Line {
    pub fn parse(text: &str) -> Result<Self, UnusableText> {
        let text = text.trim();
        check(text, Name::LONGEST, |_| false)?;
        Ok(Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Notes {
    const LONGEST: usize = 4_000;

    pub fn parse(text: &str) -> Result<Self, UnusableText> {
        let text = text.trim();
        check(text, Self::LONGEST, |c| matches!(c, '\n' | '\r' | '\t'))?;
        Ok(Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn check(text: &str, longest: usize, also: fn(char) -> bool) -> Result<(), UnusableText> {
    if text.chars().count() > longest {
        return Err(UnusableText::TooLong(longest));
    }
    if text.chars().any(|c| (c.is_control() && !also(c)) || changes_direction(c)) {
        return Err(UnusableText::Control);
    }
    Ok(())
}

/// The overrides and isolates of Unicode's bidirectional algorithm.
fn changes_direction(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// What serde and the database need of each: parsed on the way in, plain text on the way out.
macro_rules! as_text {
    ($($name:ident),+) => {$(
        impl TryFrom<String> for $name {
            type Error = UnusableText;
            fn try_from(text: String) -> Result<Self, UnusableText> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(words: $name) -> Self {
                words.0
            }
        }
    )+};
}

as_text!(Name, Line, Notes);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_loses_the_space_around_it_and_nothing_else() {
        assert_eq!(Name::parse("  王 小美 ").unwrap().as_str(), "王 小美");
        assert_eq!(Name::parse("O'Brien-Żak").unwrap().as_str(), "O'Brien-Żak");
    }

    #[test]
    fn a_name_of_nothing_or_of_a_novel_is_refused() {
        assert_eq!(Name::parse(" \u{3000} "), Err(UnusableText::Empty));
        assert_eq!(Name::parse(&"美".repeat(81)), Err(UnusableText::TooLong(80)));
        assert!(Name::parse(&"美".repeat(80)).is_ok());
    }

    #[test]
    fn a_name_cannot_hide_what_it_says() {
        for wrong in ["a\0b", "a\nb", "a\u{202e}gnp.exe", "\u{1b}[31mred"] {
            assert_eq!(Name::parse(wrong), Err(UnusableText::Control), "{wrong:?}");
        }
    }

    #[test]
    fn notes_may_be_empty_and_have_lines() {
        assert_eq!(Notes::parse("").unwrap(), Notes::default());
        assert_eq!(Notes::parse("one\ntwo\n").unwrap().as_str(), "one\ntwo");
    }
}
