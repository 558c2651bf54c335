//! Finding the picture that a blob belongs to; and which pictures of the demo shop are still to be
//! painted.

use sea_orm::{DbErr, DeriveMigrationName};
use sea_orm_migration::{MigrationTrait, SchemaManager, async_trait};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

const TABLES: &str = "
CREATE INDEX pictures_by_full ON pictures (full_sha256);
CREATE INDEX pictures_by_large ON pictures (large_sha256);
CREATE INDEX pictures_by_small ON pictures (small_sha256);

CREATE TABLE demo_pictures (
    snapshot_id {id} NOT NULL PRIMARY KEY REFERENCES snapshots (id),
    painting integer NOT NULL
);
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
