//! PostgreSQL, by URL: one pool for everything.

use std::time::Duration;

use sea_orm::{ConnectOptions, Database as Orm, DatabaseConnection, DbErr};

/// How long a request waits for a connection before it is told that the database is away. The pool
/// keeps trying to connect meanwhile, so a restart of PostgreSQL mostly goes unnoticed.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(4);
/// At the start PostgreSQL may still be coming up on the same machine.
const PATIENCE_AT_START: Duration = Duration::from_secs(30);
const CONNECTIONS: u32 = 16;

pub(super) async fn connect(url: &str) -> Result<DatabaseConnection, DbErr> {
    let started = tokio::time::Instant::now();
    loop {
        match Orm::connect(options(url)).await {
            Err(error)
                if started.elapsed() < PATIENCE_AT_START && super::is_unavailable(&error) =>
            {
                tracing::warn!(%error, "the database is not there yet");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
            outcome => return outcome,
        }
    }
}

fn options(url: &str) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(CONNECTIONS)
        .min_connections(1)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .idle_timeout(Duration::from_secs(300))
        .max_lifetime(Duration::from_secs(3_600))
        .set_application_name("closeup")
        .statement_timeout(Duration::from_secs(15))
        .sqlx_logging(false);
    options
}
