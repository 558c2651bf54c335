//! A phone number as a person types it, kept in one form so that the same number is found again:
//! an optional `+` and 5 to 15 digits (ITU-T E.164), without spaces, dashes or brackets.

use std::fmt;

use sea_orm::DeriveValueType;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

const DIGITS: std::ops::RangeInclusive<usize> = 5..=15;
/// What people put between the digits to read them more easily.
const SEPARATORS: [char; 7] = [' ', '-', '.', '(', ')', '/', '\u{a0}'];

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, DeriveValueType, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, example = "+8613800138000")]
pub struct PhoneNumber(String);

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("a phone number is an optional + and 5 to 15 digits")]
pub struct NotAPhoneNumber;

impl PhoneNumber {
    pub fn parse(text: &str) -> Result<Self, NotAPhoneNumber> {
        let dialled: String =
            text.chars().filter(|c| !SEPARATORS.contains(c)).map(narrow).take(24).collect();
        let (international, digits) = match dialled.strip_prefix('+') {
            Some(rest) => (true, rest),
            None => match dialled.strip_prefix("00") {
                Some(rest) => (true, rest),
                None => (false, dialled.as_str()),
            },
        };
        let all_digits = digits.chars().all(|c| c.is_ascii_digit());
        if !all_digits || !DIGITS.contains(&digits.len()) {
            return Err(NotAPhoneNumber);
        }
        Ok(Self(format!("{}{digits}", if international { "+" } else { "" })))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Chinese keyboards give full-width digits and plus signs.
fn narrow(c: char) -> char {
    match c {
        '０'..='９' => char::from_digit(u32::from(c) - u32::from('０'), 10).unwrap_or(c),
        '＋' => '+',
        other => other,
    }
}

impl TryFrom<String> for PhoneNumber {
    type Error = NotAPhoneNumber;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<PhoneNumber> for String {
    fn from(phone: PhoneNumber) -> Self {
        phone.0
    }
}

impl fmt::Display for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_number_written_differently_is_the_same() {
        let forms = ["+86 138-0013-8000", "0086 13800138000", "＋８６ 138 0013 8000"];
        for form in forms {
            assert_eq!(PhoneNumber::parse(form).unwrap().as_str(), "+8613800138000", "{form}");
        }
    }

    #[test]
    fn a_national_number_stays_national() {
        assert_eq!(PhoneNumber::parse("(020) 7946 0018").unwrap().as_str(), "02079460018");
    }

    #[test]
    fn words_and_numbers_of_impossible_length_are_refused() {
        let long = "1".repeat(500);
        for wrong in ["", "+", "1234", "call me", "+86+138", "1234567890123456", long.as_str()] {
            assert_eq!(PhoneNumber::parse(wrong), Err(NotAPhoneNumber), "{wrong}");
        }
    }
}
