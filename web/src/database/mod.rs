//! The database: SQLite in the data folder, or PostgreSQL by URL. One code path for both.
//!
//! Reading: a [`Database`] is a connection. Writing: [`Database::write`] begins a transaction that
//! is the only way to change anything. On SQLite there is one writer, its transactions begin with
//! `BEGIN IMMEDIATE`, and the readers' connections refuse to write; so a write never fails half-way
//! for want of a lock, and "acknowledged" means flushed to the disk.

mod availability;
mod lookup;
pub mod migrations;
mod postgres;
mod sqlite;
mod write;

use std::sync::Arc;

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbBackend, DbErr, ExecResult, QueryResult, Statement,
};
use sea_orm_migration::async_trait;
use tokio::sync::watch;

pub use availability::{is_taken, is_unavailable};
pub use lookup::{find, find_to_change};
pub use write::Write;

use crate::settings::DatabaseUrl;

#[derive(Clone, Debug)]
pub struct Database {
    reader: DatabaseConnection,
    writer: DatabaseConnection,
    /// The sequence number of the newest outbox row that anybody here knows to be committed.
    newest_event: Arc<watch::Sender<i64>>,
}

impl Database {
    /// Connects, and brings the tables up to date.
    pub async fn open(url: &DatabaseUrl) -> Result<Self, DbErr> {
        let (newest_event, _) = watch::channel(0);
        let newest_event = Arc::new(newest_event);
        match url {
            DatabaseUrl::Sqlite(path) => {
                let writer = sqlite::connect_writer(path).await?;
                sqlite::without_waiting_for_the_disk(&writer, migrations::run(&writer)).await?;
                let reader = sqlite::connect_readers(path).await?;
                Ok(Self { reader, writer, newest_event })
            }
            DatabaseUrl::Postgres(url) => {
                let writer = postgres::connect(url).await?;
                migrations::run(&writer).await?;
                Ok(Self { reader: writer.clone(), writer, newest_event })
            }
        }
    }

    /// Begins a transaction that may change things. Dropped without a commit, it rolls back.
    pub async fn write(&self) -> Result<Write, DbErr> {
        Write::begin(&self.writer, self.newest_event.clone()).await
    }

    /// Can the database be read at this moment?
    pub async fn ping(&self) -> Result<(), DbErr> {
        self.reader.execute_unprepared("SELECT 1").await.map(drop)
    }

    pub async fn close(&self) {
        for connection in [&self.reader, &self.writer] {
            if let Err(error) = connection.close_by_ref().await {
                tracing::warn!(%error, "the database did not close cleanly");
            }
        }
    }

    pub(crate) fn newest_event(&self) -> &watch::Sender<i64> {
        &self.newest_event
    }
}

/// Reads. (On SQLite these connections refuse to write: use [`Database::write`].)
#[async_trait::async_trait]
impl ConnectionTrait for Database {
    fn get_database_backend(&self) -> DbBackend {
        self.reader.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.reader.execute_raw(statement).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.reader.execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.reader.query_one_raw(statement).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.reader.query_all_raw(statement).await
    }
}
