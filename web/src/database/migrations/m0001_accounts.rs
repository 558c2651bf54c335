//! Who works here, who is signed in, and how often somebody has guessed wrong.

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

const TABLES: [&str; 5] = [
    "CREATE TABLE staff (
        id {id} PRIMARY KEY,
        name TEXT NOT NULL,
        email TEXT NOT NULL UNIQUE,
        role TEXT NOT NULL CHECK (role IN ('owner', 'front_desk', 'stylist')),
        language TEXT NOT NULL CHECK (language IN ('zh', 'en')),
        password_hash TEXT NOT NULL,
        created_at BIGINT NOT NULL
    )",
    // Only a hash of the session's token is kept: who reads the database cannot sign in with it.
    "CREATE TABLE sessions (
        token_hash {bytes} PRIMARY KEY,
        staff_id {id} NOT NULL REFERENCES staff (id) ON DELETE CASCADE,
        created_at BIGINT NOT NULL,
        seen_at BIGINT NOT NULL,
        expires_at BIGINT NOT NULL
    )",
    "CREATE INDEX sessions_by_staff ON sessions (staff_id)",
    "CREATE INDEX sessions_by_expiry ON sessions (expires_at)",
    // One row per guessed-at e-mail address (hashed) and per guessing network address.
    "CREATE TABLE sign_in_attempts (
        subject TEXT PRIMARY KEY,
        attempts BIGINT NOT NULL,
        window_ends_at BIGINT NOT NULL
    )",
];
