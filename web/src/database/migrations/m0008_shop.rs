//! What the owner decides about the shop; staff who do not work here any more, and services that
//! are not offered any more. Neither is deleted: what they did stays in the customers' files.

use sea_orm::{DbErr, DeriveMigrationName};
use sea_orm_migration::{MigrationTrait, SchemaManager, async_trait};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

/// There is one shop, and no row until the owner has decided something.
const TABLES: &str = "
CREATE TABLE shop (
    id integer NOT NULL PRIMARY KEY CHECK (id = 1),
    name text NOT NULL,
    phone text NOT NULL,
    time_zone text,
    opening_hours {json} NOT NULL,
    updated_at bigint NOT NULL
);
ALTER TABLE staff ADD COLUMN deactivated_at bigint;
ALTER TABLE services ADD COLUMN retired_at bigint;
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
