//! The table of appointments.

use sea_orm::entity::prelude::*;

use super::{AppointmentKind, AppointmentState, TimeSlot};
use crate::clock::Timestamp;
use crate::text::Notes;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "appointments")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub kind: AppointmentKind,
    pub state: AppointmentState,
    pub service_id: Uuid,
    pub stylist_id: Uuid,
    pub customer_id: Uuid,
    pub pet_id: Option<Uuid>,
    /// The video consultation that this service in the shop follows.
    pub consultation_id: Option<Uuid>,
    pub starts_at: Timestamp,
    pub ends_at: Timestamp,
    pub notes: Notes,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    pub fn slot(&self) -> TimeSlot {
        TimeSlot::between(self.starts_at, self.ends_at)
    }
}
