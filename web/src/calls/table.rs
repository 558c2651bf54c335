//! What is kept of a call: when it was live, who sat in it, and how they were connected. A call has
//! its appointment's id.

/// One row for each call that somebody joined.
pub mod call {
    use sea_orm::entity::prelude::*;

    use crate::clock::Timestamp;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "calls")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub appointment_id: Uuid,
        pub live_since: Option<Timestamp>,
        pub ended_at: Option<Timestamp>,
        pub end_reason: Option<String>,
        /// The highest participant number ever given.
        pub last_participant: i32,
        /// Nobody new may come in.
        pub locked: bool,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// One row for each seat that was ever taken; those with `vacated_at` are history.
pub mod seat {
    use sea_orm::entity::prelude::*;

    use crate::clock::Timestamp;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "call_seats")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub appointment_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub participant: i32,
        /// The customer, or the member of the staff.
        pub subject_id: Uuid,
        pub role: String,
        pub name: String,
        pub place: String,
        /// Since when they are in this place.
        pub since: Timestamp,
        /// SHA-256 of the resume token.
        pub token_hash: Vec<u8>,
        pub may_be_captured: bool,
        pub vacated_at: Option<Timestamp>,
        pub gone_reason: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// One row for each ten seconds of each seat in a live call.
pub mod sample {
    use sea_orm::entity::prelude::*;

    use crate::clock::Timestamp;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "call_quality")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub appointment_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub participant: i32,
        #[sea_orm(primary_key, auto_increment = false)]
        pub starts_at: Timestamp,
        pub uplink: String,
        pub downlink: String,
        pub round_trip_ms: Option<i32>,
        pub uplink_loss_percent: Option<i32>,
        pub downlink_loss_percent: Option<i32>,
        pub uplink_jitter_ms: Option<i32>,
        pub downlink_jitter_ms: Option<i32>,
        pub uplink_kbps: Option<i32>,
        pub downlink_kbps: Option<i32>,
        pub freezes: Option<i32>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
