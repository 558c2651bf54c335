//! What customers agreed to, and when they took it back.

use sea_orm::{DbErr, DeriveMigrationName};
use sea_orm_migration::{MigrationTrait, SchemaManager, async_trait};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

/// Rows are only ever added: the newest of an appointment counts, the others are its history.
const TABLES: &str = "
CREATE TABLE consents (
    id {id} NOT NULL PRIMARY KEY,
    appointment_id {id} NOT NULL REFERENCES appointments (id),
    customer_id {id} NOT NULL REFERENCES customers (id),
    kind text NOT NULL CHECK (kind IN ('snapshots')),
    granted boolean NOT NULL,
    version text NOT NULL,
    language text NOT NULL CHECK (language IN ('zh', 'en')),
    given_at bigint NOT NULL
);
CREATE INDEX consents_of_appointment ON consents (appointment_id, kind, given_at, id);
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        super::execute_all(manager, &[TABLES]).await
    }
}
