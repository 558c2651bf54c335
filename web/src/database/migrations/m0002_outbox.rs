//! What happened, in order; and what was answered to requests that may be repeated.

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
        super::execute_all(manager, &TABLES).await
    }
}

const TABLES: [&str; 4] = [
    "CREATE TABLE outbox (
        seq {seq},
        at BIGINT NOT NULL,
        kind TEXT NOT NULL,
        payload {json} NOT NULL
    )",
    "CREATE INDEX outbox_by_time ON outbox (at)",
    "CREATE TABLE idempotency_keys (
        owner TEXT NOT NULL,
        idempotency_key TEXT NOT NULL,
        request_hash {bytes} NOT NULL,
        status INTEGER NOT NULL,
        body TEXT NOT NULL,
        created_at BIGINT NOT NULL,
        PRIMARY KEY (owner, idempotency_key)
    )",
    "CREATE INDEX idempotency_keys_by_time ON idempotency_keys (created_at)",
];
