//! What happened, in order: written in the same transaction as the change itself.
//!
//! Live screens, reminders and webhooks all read from here, each with its own position. So nothing
//! is announced that did not happen, and nothing that happened goes unannounced. Sequence numbers
//! grow in the order of the commits: SQLite has one writer, and on PostgreSQL appending takes a
//! lock that is held until the commit. A reader that saw `n` has missed nothing before `n`.

use std::time::Duration;

use sea_orm::{
    ActiveValue::Set, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, entity::prelude::*,
};
use serde::Serialize;
use serde_json::Value;
use tokio::sync::watch;

use crate::{
    clock::{Clock, Timestamp},
    database::{Database, Write},
};

/// Appending transactions exclude each other with this (see [`Write::lock`]).
const APPEND_LOCK: i64 = 4_711_000_002;
/// Another node's events are noticed after at most this long.
const POLL: Duration = Duration::from_secs(1);

/// Something that happened, about to be written down.
#[derive(Clone, Debug)]
pub struct Event {
    /// `thing.happened`, such as `appointment.changed`.
    pub kind: &'static str,
    /// A JSON object with at least `id`.
    pub payload: Value,
}

impl Event {
    pub fn new(kind: &'static str, payload: impl Serialize) -> Self {
        // What we serialize here are our own structs and `json!` values: these cannot fail.
        Self { kind, payload: serde_json::to_value(payload).unwrap_or(Value::Null) }
    }
}

/// Something that happened, as it was written down.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded {
    pub seq: i64,
    pub at: Timestamp,
    pub kind: String,
    pub payload: Value,
}

#[derive(Clone, Debug)]
pub struct Outbox {
    database: Database,
    clock: Clock,
}

impl Outbox {
    pub fn new(database: Database, clock: Clock) -> Self {
        Self { database, clock }
    }

    /// Writes an event down as part of `write`. It is announced when that is committed.
    pub async fn append(&self, write: &Write, event: Event) -> Result<i64, DbErr> {
        write.lock(APPEND_LOCK).await?;
        let row = table::ActiveModel {
            at: Set(self.clock.now()),
            kind: Set(event.kind.to_owned()),
            payload: Set(event.payload),
            ..Default::default()
        };
        let seq = table::Entity::insert(row).exec(write).await?.last_insert_id;
        write.appended(seq);
        Ok(seq)
    }

    /// The events after `seq`, oldest first, `limit` at most.
    pub async fn read_after(&self, seq: i64, limit: u64) -> Result<Vec<Recorded>, DbErr> {
        let rows = table::Entity::find()
            .filter(table::Column::Seq.gt(seq))
            .order_by_asc(table::Column::Seq)
            .limit(limit)
            .all(&self.database)
            .await?;
        Ok(rows.into_iter().map(Recorded::from).collect())
    }

    /// The newest event's number; 0 when nothing ever happened.
    pub async fn newest(&self) -> Result<i64, DbErr> {
        let newest = table::Entity::find().order_by_desc(table::Column::Seq).one(&self.database);
        Ok(newest.await?.map_or(0, |row| row.seq))
    }

    /// The oldest event still kept; a reader whose position lies before it has missed some.
    pub async fn oldest(&self) -> Result<i64, DbErr> {
        let oldest = table::Entity::find().order_by_asc(table::Column::Seq).one(&self.database);
        Ok(oldest.await?.map_or(0, |row| row.seq))
    }

    /// Changes to the newest number whenever something was committed, here or on another node.
    pub fn subscribe(&self) -> watch::Receiver<i64> {
        self.database.newest_event().subscribe()
    }

    /// Makes every reader look. Commits do this by themselves.
    pub async fn wake(&self) -> Result<(), DbErr> {
        let newest = self.newest().await?;
        self.database.newest_event().send_if_modified(|known| {
            let newer = newest > *known;
            *known = newest.max(*known);
            newer
        });
        Ok(())
    }

    /// Notices what other processes append. One poller for all readers of this process.
    pub async fn poll_forever(self) {
        loop {
            if let Err(error) = self.wake().await {
                tracing::warn!(%error, "the outbox cannot be read");
            }
            tokio::time::sleep(POLL).await;
        }
    }

    /// Forgets what happened before `before`.
    pub async fn prune(&self, before: Timestamp) -> Result<(), DbErr> {
        let write = self.database.write().await?;
        let old = table::Entity::delete_many().filter(table::Column::At.lt(before));
        old.exec(&write).await?;
        write.commit().await
    }
}

impl From<table::Model> for Recorded {
    fn from(row: table::Model) -> Self {
        Self { seq: row.seq, at: row.at, kind: row.kind, payload: row.payload }
    }
}

mod table {
    use sea_orm::entity::prelude::*;

    use crate::clock::Timestamp;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "outbox")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub seq: i64,
        pub at: Timestamp,
        pub kind: String,
        pub payload: Json,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
