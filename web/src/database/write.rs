//! A transaction that changes something. When it is committed, those who wait for events that it
//! appended to the outbox are woken; nobody can forget to.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, ExecResult,
    QueryResult, SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
};
use sea_orm_migration::async_trait;
use tokio::sync::watch;

pub struct Write {
    transaction: DatabaseTransaction,
    appended: AtomicI64,
    newest_event: Arc<watch::Sender<i64>>,
}

impl Write {
    pub(super) async fn begin(
        writer: &DatabaseConnection,
        newest_event: Arc<watch::Sender<i64>>,
    ) -> Result<Self, DbErr> {
        let immediate = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let transaction = writer.begin_with_options(immediate).await?;
        Ok(Self { transaction, appended: AtomicI64::new(0), newest_event })
    }

    /// Once this returned, what was written survives a kill and a power cut.
    pub async fn commit(self) -> Result<(), DbErr> {
        self.transaction.commit().await?;
        let appended = self.appended.into_inner();
        self.newest_event.send_if_modified(|newest| {
            let newer = appended > *newest;
            *newest = appended.max(*newest);
            newer
        });
        Ok(())
    }

    pub async fn rollback(self) -> Result<(), DbErr> {
        self.transaction.rollback().await
    }

    /// The outbox tells what it appended, to be announced after the commit.
    pub(crate) fn appended(&self, seq: i64) {
        self.appended.fetch_max(seq, Ordering::Relaxed);
    }

    /// Holds everyone else off who names the same `key`, until this transaction ends. SQLite's
    /// write transactions exclude each other anyway; PostgreSQL takes an advisory lock.
    pub async fn lock(&self, key: i64) -> Result<(), DbErr> {
        if self.get_database_backend() == DbBackend::Postgres {
            let sql = "SELECT pg_advisory_xact_lock($1)";
            let lock = Statement::from_sql_and_values(DbBackend::Postgres, sql, [key.into()]);
            self.transaction.execute_raw(lock).await?;
        }
        Ok(())
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Write {
    fn get_database_backend(&self) -> DbBackend {
        self.transaction.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.transaction.execute_raw(statement).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.transaction.execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.transaction.query_one_raw(statement).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.transaction.query_all_raw(statement).await
    }
}
