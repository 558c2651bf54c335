//! SQLite, embedded: one connection writes, a few read.

use std::{path::Path, time::Duration};

use sea_orm::sqlx::sqlite::{SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sea_orm::sqlx::{self, Connection};
use sea_orm::{ConnectOptions, ConnectionTrait, Database as Orm, DatabaseConnection, DbErr};

/// Long enough for a backup or a `closeup create-staff` beside the server; then 503.
const BUSY_TIMEOUT: Duration = Duration::from_secs(3);
/// Longer than the busy timeout, so that whoever queues behind a stuck writer learns the cause.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
const READERS: u32 = 4;

pub(super) async fn connect_writer(path: &Path) -> Result<DatabaseConnection, DbErr> {
    let mut options = options(path, false);
    options.max_connections(1).min_connections(1);
    Orm::connect(options).await
}

pub(super) async fn connect_readers(path: &Path) -> Result<DatabaseConnection, DbErr> {
    let mut options = options(path, true);
    options.max_connections(READERS).min_connections(1);
    Orm::connect(options).await
}

/// Making the tables takes many small transactions, each of which would wait for the disk. A power
/// cut among them loses whole steps at most, and these are taken again at the next start.
pub(super) async fn without_waiting_for_the_disk(
    writer: &DatabaseConnection,
    work: impl Future<Output = Result<(), DbErr>>,
) -> Result<(), DbErr> {
    writer.execute_unprepared("PRAGMA synchronous = NORMAL").await?;
    let done = work.await;
    writer.execute_unprepared("PRAGMA synchronous = FULL").await?;
    done
}

fn options(path: &Path, only_reads: bool) -> ConnectOptions {
    let path = path.to_owned();
    let mut options = ConnectOptions::new("sqlite::memory:");
    options
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .idle_timeout(Duration::from_secs(300))
        .sqlx_logging(false)
        .map_sqlx_sqlite_pool_opts(|pool| {
            pool.after_release(|connection, _| Box::pin(is_outside_of_a_transaction(connection)))
        })
        .map_sqlx_sqlite_opts(move |sqlite| {
            let sqlite = sqlite
                .filename(&path)
                .in_memory(false)
                .shared_cache(false)
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                .foreign_keys(true)
                .busy_timeout(BUSY_TIMEOUT);
            if only_reads { sqlite.pragma("query_only", "ON") } else { sqlite }
        });
    options
}

/// Whether a connection may serve the next one. When the disk is full, SQLite ends a transaction by
/// itself; `sqlx` still counts it as open, and would take the next transaction for a nested one,
/// whose commit keeps nothing. Such a connection is closed, and the pool opens another.
async fn is_outside_of_a_transaction(
    connection: &mut SqliteConnection,
) -> Result<bool, sqlx::Error> {
    // A dropped transaction's rollback is queued: it is done before the ping is answered.
    connection.ping().await?;
    Ok(!connection.is_in_transaction())
}
