//! One row by its id, or the problem that says what there is none of.

use sea_orm::{ConnectionTrait, EntityTrait, PrimaryKeyTrait, QuerySelect};
use uuid::Uuid;

use super::Write;
use crate::problem::{ApiError, ApiResult};

type KeyOf<E> = <<E as EntityTrait>::PrimaryKey as PrimaryKeyTrait>::ValueType;

/// `what` reads as in "There is no such {what}."
pub async fn find<E: EntityTrait>(
    database: &impl ConnectionTrait,
    id: Uuid,
    what: &str,
) -> ApiResult<E::Model>
where
    Uuid: Into<KeyOf<E>>,
{
    let row = E::find_by_id(id).one(database).await?;
    row.ok_or_else(|| ApiError::not_found(what))
}

/// The same, and nobody else can change it until the transaction ends.
pub async fn find_to_change<E: EntityTrait>(
    write: &Write,
    id: Uuid,
    what: &str,
) -> ApiResult<E::Model>
where
    Uuid: Into<KeyOf<E>>,
{
    let row = E::find_by_id(id).lock_exclusive().one(write).await?;
    row.ok_or_else(|| ApiError::not_found(what))
}
