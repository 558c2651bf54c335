//! The one row about the shop, which is there once the owner has decided something.

use sea_orm::{ActiveValue::Set, ConnectionTrait, DbErr, EntityTrait, sea_query::OnConflict};

use super::{Shop, view::ShopChange};
use crate::clock::Timestamp;
use crate::database::Write;
use crate::settings::Settings;

/// The shop as it is now.
pub async fn load(database: &impl ConnectionTrait, settings: &Settings) -> Result<Shop, DbErr> {
    let row = row::Entity::find_by_id(ONLY).one(database).await?;
    Ok(row.map_or_else(|| Shop::from(settings), Shop::from))
}

/// Changes what is named. The one who calls commits, and tells the outbox.
pub(super) async fn change(
    txn: &Write,
    settings: &Settings,
    change: ShopChange,
    now: Timestamp,
) -> Result<Shop, DbErr> {
    txn.lock(CHANGE_LOCK).await?;
    let after = change.applied(load(txn, settings).await?);
    let row = row::ActiveModel {
        id: Set(ONLY),
        name: Set(after.name.clone()),
        phone: Set(after.phone.clone()),
        time_zone: Set(after.time_zone.clone()),
        opening_hours: Set(after.opening_hours.clone()),
        updated_at: Set(now),
    };
    let mut replace = OnConflict::column(row::Column::Id);
    let replaced = [row::Column::Name, row::Column::Phone, row::Column::TimeZone];
    replace.update_columns(replaced);
    replace.update_columns([row::Column::OpeningHours, row::Column::UpdatedAt]);
    row::Entity::insert(row).on_conflict(replace).exec_without_returning(txn).await?;
    Ok(after)
}

const ONLY: i32 = 1;
/// Two owners who change different things at once do not undo each other.
const CHANGE_LOCK: i64 = 4_711_000_004;

impl From<row::Model> for Shop {
    fn from(row: row::Model) -> Self {
        let row::Model { name, phone, time_zone, opening_hours, .. } = row;
        Self { name, phone, time_zone, opening_hours }
    }
}

mod row {
    use sea_orm::entity::prelude::*;

    use crate::clock::Timestamp;
    use crate::shop::{OpeningHours, TimeZone};

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "shop")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: i32,
        pub name: String,
        pub phone: String,
        pub time_zone: Option<TimeZone>,
        pub opening_hours: OpeningHours,
        pub updated_at: Timestamp,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
