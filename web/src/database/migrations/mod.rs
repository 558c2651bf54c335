//! The tables, as a list of steps in a fixed order. Steps that have been released never change.

mod m0001_accounts;
mod m0002_outbox;
mod m0003_customers;
pub(crate) mod m0004_appointments;
mod m0005_consents;
mod m0006_snapshots;
mod m0007_calls;
mod m0008_shop;
mod m0009_pictures;
mod m0010_call_locks;
mod m0011_guest_links;
mod m0012_call_quality;

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, DbErr, TransactionTrait};
use sea_orm_migration::{MigrationTrait, MigratorTrait, async_trait};

/// Any number will do, if all nodes of a chain agree on it.
const LOCK: &str = "SELECT pg_advisory_xact_lock(4711000001)";

/// Brings the tables up to date. Nodes that start together on one PostgreSQL take turns.
pub async fn run(connection: &DatabaseConnection) -> Result<(), DbErr> {
    let turn = match connection.get_database_backend() {
        DbBackend::Postgres => {
            let turn = connection.begin().await?;
            turn.execute_unprepared(LOCK).await?;
            Some(turn)
        }
        _ => None,
    };
    Steps::up(connection, None).await?;
    match turn {
        Some(turn) => turn.commit().await,
        None => Ok(()),
    }
}

struct Steps;

#[async_trait::async_trait]
impl MigratorTrait for Steps {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_accounts::Migration),
            Box::new(m0002_outbox::Migration),
            Box::new(m0003_customers::Migration),
            Box::new(m0004_appointments::Migration),
            Box::new(m0005_consents::Migration),
            Box::new(m0006_snapshots::Migration),
            Box::new(m0007_calls::Migration),
            Box::new(m0008_shop::Migration),
            Box::new(m0009_pictures::Migration),
            Box::new(m0010_call_locks::Migration),
            Box::new(m0011_guest_links::Migration),
            Box::new(m0012_call_quality::Migration),
        ]
    }
}

/// Runs statements one after the other; `{id}`, `{json}`, `{bytes}` and `{seq}` stand for the
/// types that the two databases call differently. (`TEXT`, `BIGINT`, `BOOLEAN` are the same.)
pub(crate) async fn execute_all(
    manager: &sea_orm_migration::SchemaManager<'_>,
    statements: &[&str],
) -> Result<(), DbErr> {
    let connection = manager.get_connection();
    let (id, json, bytes, seq) = match connection.get_database_backend() {
        DbBackend::Postgres => ("UUID", "JSONB", "BYTEA", "BIGSERIAL PRIMARY KEY"),
        _ => ("BLOB", "TEXT", "BLOB", "INTEGER PRIMARY KEY AUTOINCREMENT"),
    };
    for statement in statements {
        let sql = statement
            .replace("{id}", id)
            .replace("{json}", json)
            .replace("{bytes}", bytes)
            .replace("{seq}", seq);
        connection.execute_unprepared(&sql).await?;
    }
    Ok(())
}
