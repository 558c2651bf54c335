//! The tables of snapshots, their pictures, and the uploads that bring them.

pub(super) mod snapshot {
    use sea_orm::entity::prelude::*;

    use crate::{clock::Timestamp, text::Notes};

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "snapshots")]
    pub struct Model {
        /// The capture's.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub appointment_id: Uuid,
        pub customer_id: Uuid,
        pub pet_id: Option<Uuid>,
        pub taken_by: Uuid,
        pub taken_at: Timestamp,
        /// Since the call went live.
        pub call_time_ms: i64,
        /// What allowed it.
        pub consent_id: Uuid,
        pub note: Notes,
        pub reviewed_by: Option<Uuid>,
        pub reviewed_at: Option<Timestamp>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod picture {
    use sea_orm::entity::prelude::*;

    use crate::{clock::Timestamp, snapshots::Source};

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "pictures")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub snapshot_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub source: Source,
        /// Of the full picture; the thumbnails are WebP.
        pub content_type: String,
        pub width: i32,
        pub height: i32,
        pub bytes: i64,
        pub full_sha256: String,
        pub large_sha256: String,
        pub small_sha256: String,
        pub stored_at: Timestamp,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod upload {
    use sea_orm::entity::prelude::*;

    use crate::{clock::Timestamp, snapshots::Source};

    /// Its bytes are in a part file until the picture is stored; the row stays, so that a client
    /// that asks again learns that it is done.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "uploads")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub snapshot_id: Uuid,
        pub source: Source,
        pub size: i64,
        pub sha256: String,
        pub begun_at: Timestamp,
        /// How often it was whole but had another checksum, and began anew.
        pub restarts: i32,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
