//! The table of services.

use sea_orm::entity::prelude::*;

use crate::appointments::{AppointmentKind, Length};
use crate::clock::Timestamp;
use crate::text::{LocalizedName, Name};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "services")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub name_zh: Name,
    pub name_en: Name,
    pub length_minutes: Length,
    pub kind: AppointmentKind,
    pub created_at: Timestamp,
    pub retired_at: Option<Timestamp>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    pub fn name(&self) -> LocalizedName {
        LocalizedName { zh: self.name_zh.clone(), en: self.name_en.clone() }
    }
}
