//! Finding a customer as one types: by a part of their name, of their pet's name, or of their phone
//! number.

use sea_orm::sea_query::{Expr, ExprTrait, Func, LikeExpr, Query};
use sea_orm::{ColumnTrait, Condition};
use serde::Deserialize;

use super::table::{customer, pet};

const LONGEST: usize = 80;

/// What stands in the search field; possibly nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Search(String);

impl TryFrom<String> for Search {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        if text.chars().count() > LONGEST {
            return Err("search for at most 80 characters");
        }
        Ok(Self(text.trim().to_lowercase()))
    }
}

impl Search {
    pub fn condition(&self) -> Condition {
        if self.0.is_empty() {
            return Condition::all();
        }
        let owners = Query::select()
            .column(pet::Column::CustomerId)
            .from(pet::Entity)
            .and_where(contains(Expr::col(pet::Column::Name), &self.0))
            .to_owned();
        let found = Condition::any()
            .add(contains(Expr::col(customer::Column::Name), &self.0))
            .add(customer::Column::Id.in_subquery(owners));
        match self.digits() {
            Some(digits) => found.add(contains(Expr::col(customer::Column::Phone), &digits)),
            None => found,
        }
    }

    /// The digits alone, when this can only be a part of a phone number.
    fn digits(&self) -> Option<String> {
        let phone = self.0.chars().all(|c| c.is_ascii_digit() || "+-() .".contains(c));
        let digits: String = self.0.chars().filter(char::is_ascii_digit).collect();
        (phone && !digits.is_empty()).then_some(digits)
    }
}

fn contains(text: impl Into<Expr>, part: &str) -> Expr {
    let literal: String = part
        .chars()
        .flat_map(|c| "\\%_".contains(c).then_some('\\').into_iter().chain([c]))
        .collect();
    Expr::from(Func::lower(text.into())).like(LikeExpr::new(format!("%{literal}%")).escape('\\'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn search(text: &str) -> Search {
        Search::try_from(text.to_owned()).unwrap()
    }

    #[test]
    fn a_part_of_a_phone_number_is_known_by_its_look() {
        assert_eq!(search("138-0013").digits().as_deref(), Some("1380013"));
        assert_eq!(search("王").digits(), None);
        assert_eq!(search("room 12").digits(), None);
    }

    #[test]
    fn an_empty_field_finds_everybody() {
        assert!(search("   ").condition().is_empty());
    }
}
