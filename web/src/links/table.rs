//! The tables of links: customers', one for each video appointment for as long as it lives; and
//! guests', as many as the stylist invites.

use sea_orm::entity::prelude::*;

use crate::clock::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "links")]
pub struct Model {
    /// 16 random bytes, in a column made for 16 bytes.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub appointment_id: Uuid,
    pub created_at: Timestamp,
    /// Set when the appointment is cancelled. It still says so to who opens it, and lets nobody in.
    pub revoked_at: Option<Timestamp>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

pub mod guest {
    use sea_orm::entity::prelude::*;

    use crate::{clock::Timestamp, text::Name};

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "guest_links")]
    pub struct Model {
        /// 16 random bytes, as of a customer's link. In a call the guest goes by it.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub appointment_id: Uuid,
        /// What the others in the call see.
        pub name: Name,
        /// From here on it lets nobody in.
        pub expires_at: Timestamp,
        pub invited_by: Uuid,
        pub created_at: Timestamp,
        /// Taken back by the staff, or with its appointment.
        pub revoked_at: Option<Timestamp>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
