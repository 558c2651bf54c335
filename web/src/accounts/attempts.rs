//! Guessing passwords is limited: per e-mail address, and per network address. An attempt counts
//! before its password is looked at, so a thousand guesses at once fare no better than one by one.

use std::{net::IpAddr, time::Duration};

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sea_orm::{ActiveValue::Set, DbErr, EntityTrait, QueryFilter, entity::prelude::*};

use super::rules::Email;
use crate::{
    clock::Timestamp,
    database::{Database, Write},
    problem::{ApiError, ApiResult},
};

const WINDOW: Duration = Duration::from_secs(15 * 60);
const PER_EMAIL: i64 = 10;
const PER_ADDRESS: i64 = 60;

/// Counts an attempt, or refuses it with 429.
pub(super) async fn count(
    database: &Database,
    now: Timestamp,
    email: &Email,
    address: Option<IpAddr>,
) -> ApiResult<()> {
    let write = database.write().await?;
    let mut verdict = count_one(&write, now, &subject_of_email(email), PER_EMAIL).await?;
    if let Some(address) = address {
        let by_address = count_one(&write, now, &subject_of_address(address), PER_ADDRESS).await?;
        verdict = verdict.max(by_address);
    }
    write.commit().await?;
    match verdict {
        None => Ok(()),
        Some(wait) => {
            let detail = "Too many attempts to sign in. Try again later.";
            Err(ApiError::too_many("too_many_attempts", detail, wait.as_secs() + 1))
        }
    }
}

/// Somebody signed in: what was guessed at their address before was them.
pub(super) async fn forgive(write: &Write, email: &Email) -> Result<(), DbErr> {
    table::Entity::delete_by_id(subject_of_email(email)).exec(write).await.map(drop)
}

pub(super) async fn prune(write: &Write, now: Timestamp) -> Result<(), DbErr> {
    let over = table::Entity::delete_many().filter(table::Column::WindowEndsAt.lte(now));
    over.exec(write).await.map(drop)
}

/// How long to wait, if there were too many. Refused attempts no longer count, so a window ends.
async fn count_one(
    write: &Write,
    now: Timestamp,
    subject: &str,
    most: i64,
) -> Result<Option<Duration>, DbErr> {
    let row = table::Entity::find_by_id(subject).one(write).await?;
    let current = row.filter(|row| row.window_ends_at > now);
    let (attempts, window_ends_at) =
        current.map_or((0, now + WINDOW), |row| (row.attempts, row.window_ends_at));
    if attempts >= most {
        return Ok(Some(window_ends_at.since(now)));
    }
    let row = table::ActiveModel {
        subject: Set(subject.to_owned()),
        attempts: Set(attempts + 1),
        window_ends_at: Set(window_ends_at),
    };
    let replace = sea_orm::sea_query::OnConflict::column(table::Column::Subject)
        .update_columns([table::Column::Attempts, table::Column::WindowEndsAt])
        .to_owned();
    table::Entity::insert(row).on_conflict(replace).exec_without_returning(write).await?;
    Ok(None)
}

fn subject_of_email(email: &Email) -> String {
    let hash = digest(&SHA256, email.as_str().as_bytes());
    format!("email:{}", URL_SAFE_NO_PAD.encode(hash.as_ref()))
}

/// A household or a rented server has a whole /64 of IPv6 addresses: they count as one.
fn subject_of_address(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => format!("address:{address}"),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("address:{a:x}:{b:x}:{c:x}:{d:x}")
        }
    }
}

mod table {
    use sea_orm::entity::prelude::*;

    use crate::clock::Timestamp;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "sign_in_attempts")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub subject: String,
        pub attempts: i64,
        pub window_ends_at: Timestamp,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_addresses_of_one_household_count_as_one() {
        let [first, second, other] = ["2001:db8::1", "2001:db8::2", "2001:db8:0:1::1"]
            .map(|text| subject_of_address(text.parse().unwrap()));
        assert_eq!(first, second);
        assert_ne!(first, other);
        let mapped = subject_of_address("::ffff:192.0.2.1".parse().unwrap());
        assert_eq!(mapped, "address:192.0.2.1");
    }
}
