//! Links for guests of a call: a second stylist, a relative, an interpreter.

use sea_orm::{DbErr, DeriveMigrationName};
use sea_orm_migration::{MigrationTrait, SchemaManager, async_trait};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = "CREATE TABLE guest_links (
            id {id} PRIMARY KEY,
            appointment_id {id} NOT NULL REFERENCES appointments(id),
            name TEXT NOT NULL,
            expires_at BIGINT NOT NULL,
            invited_by {id} NOT NULL REFERENCES staff(id),
            created_at BIGINT NOT NULL,
            revoked_at BIGINT
        )";
        let index = "CREATE INDEX guest_links_by_appointment ON guest_links (appointment_id)";
        super::execute_all(manager, &[table, index]).await
    }
}
