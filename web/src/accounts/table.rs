//! The staff table.

use std::collections::BTreeMap;

use sea_orm::{
    ActiveValue::Set, ConnectionTrait, DbErr, EntityTrait, Order, QueryFilter, QuerySelect, Select,
    entity::prelude::*,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::rules::{Email, NewStaff, Role};
use crate::{
    clock::Timestamp,
    database::{Write, is_taken},
    http::pagination::{By, Page, PageQuery},
    language::Language,
    problem::{ApiError, ApiResult},
};

/// A staff member, as everybody who works here may see them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Staff {
    pub id: Uuid,
    pub name: String,
    pub email: String,
    pub role: Role,
    pub language: Language,
    /// False: does not work here any more, and cannot sign in.
    pub active: bool,
}

/// Adds a staff member. `password_hash` comes from [`super::Passwords::hash`].
pub async fn create(
    write: &Write,
    new: NewStaff,
    password_hash: String,
    now: Timestamp,
) -> ApiResult<Staff> {
    let row = staff::ActiveModel {
        id: Set(Uuid::now_v7()),
        name: Set(new.name.as_str().to_owned()),
        email: Set(new.email.as_str().to_owned()),
        role: Set(new.role),
        language: Set(new.language),
        password_hash: Set(password_hash),
        created_at: Set(now),
        deactivated_at: Set(None),
    };
    let row = staff::Entity::insert(row).exec_with_returning(write).await;
    row.map(Staff::from).map_err(explain)
}

pub(super) fn explain(error: DbErr) -> ApiError {
    if is_taken(&error) {
        let detail = "Somebody with this e-mail address works here already.";
        return ApiError::conflict("email_taken", detail);
    }
    error.into()
}

/// Does this person work here now? Nobody can change that until the transaction ends.
pub async fn holds_active(write: &Write, id: Uuid) -> Result<bool, DbErr> {
    let row = staff::Entity::find_by_id(id).lock_shared().one(write).await?;
    Ok(row.is_some_and(|row| row.deactivated_at.is_none()))
}

pub async fn find(connection: &impl ConnectionTrait, id: Uuid) -> Result<Option<Staff>, DbErr> {
    Ok(staff::Entity::find_by_id(id).one(connection).await?.map(Staff::from))
}

/// What these are called, by id.
pub async fn names(
    connection: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = Uuid>,
) -> Result<BTreeMap<Uuid, String>, DbErr> {
    let found = staff::Entity::find().filter(staff::Column::Id.is_in(ids));
    Ok(found.all(connection).await?.into_iter().map(|row| (row.id, row.name)).collect())
}

/// Which ones.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// Only those of this role.
    pub role: Option<Role>,
    /// Also those who do not work here any more.
    #[serde(default)]
    #[param(default = false)]
    pub deactivated: bool,
}

/// By name.
pub async fn list(
    connection: &impl ConnectionTrait,
    filter: Filter,
    page: &PageQuery,
) -> ApiResult<Page<Staff>> {
    let mut query = staff::Entity::find();
    if !filter.deactivated {
        query = query.filter(staff::Column::DeactivatedAt.is_null());
    }
    if let Some(role) = filter.role {
        query = query.filter(staff::Column::Role.eq(role));
    }
    let by = By { column: staff::Column::Name, id: staff::Column::Id, order: Order::Asc };
    let rows = page.read(connection, query, by, |row| (row.name.clone(), row.id)).await?;
    Ok(rows.map(Staff::from))
}

pub(super) struct Credentials {
    pub(super) staff: Staff,
    pub(super) password_hash: String,
}

pub(super) async fn credentials(
    connection: &impl ConnectionTrait,
    email: &Email,
) -> Result<Option<Credentials>, DbErr> {
    Ok(by_email(email).one(connection).await?.map(Credentials::from))
}

/// The same, held until the end of the transaction.
pub(super) async fn credentials_to_use(
    write: &Write,
    email: &Email,
) -> Result<Option<Credentials>, DbErr> {
    let by_email = by_email(email).lock_exclusive();
    Ok(by_email.one(write).await?.map(Credentials::from))
}

fn by_email(email: &Email) -> Select<staff::Entity> {
    staff::Entity::find()
        .filter(staff::Column::Email.eq(email.as_str()))
        .filter(staff::Column::DeactivatedAt.is_null())
}

impl From<staff::Model> for Credentials {
    fn from(row: staff::Model) -> Self {
        Self { password_hash: row.password_hash.clone(), staff: row.into() }
    }
}

impl From<staff::Model> for Staff {
    fn from(row: staff::Model) -> Self {
        let staff::Model { id, name, email, role, language, deactivated_at, .. } = row;
        Self { id, name, email, role, language, active: deactivated_at.is_none() }
    }
}

pub(super) mod staff {
    use sea_orm::entity::prelude::*;

    use crate::{accounts::rules::Role, clock::Timestamp, language::Language};

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "staff")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub name: String,
        pub email: String,
        pub role: Role,
        pub language: Language,
        pub password_hash: String,
        pub created_at: Timestamp,
        pub deactivated_at: Option<Timestamp>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
