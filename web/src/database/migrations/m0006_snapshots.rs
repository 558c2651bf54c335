//! Snapshots, the pictures of each, and the uploads that bring them.

use sea_orm::{DbErr, DeriveMigrationName};
use sea_orm_migration::{MigrationTrait, SchemaManager, async_trait};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

/// A snapshot's id is its capture's. Its pictures differ by their source; the best one shows.
const TABLES: &str = "
CREATE TABLE snapshots (
    id {id} NOT NULL PRIMARY KEY,
    appointment_id {id} NOT NULL REFERENCES appointments (id),
    customer_id {id} NOT NULL REFERENCES customers (id),
    pet_id {id} REFERENCES pets (id),
    taken_by {id} NOT NULL REFERENCES staff (id),
    taken_at bigint NOT NULL,
    call_time_ms bigint NOT NULL,
    consent_id {id} NOT NULL REFERENCES consents (id),
    note text NOT NULL,
    reviewed_by {id} REFERENCES staff (id),
    reviewed_at bigint,
    CHECK ((reviewed_by IS NULL) = (reviewed_at IS NULL))
);
CREATE INDEX snapshots_by_time ON snapshots (taken_at, id);
CREATE INDEX snapshots_of_appointment ON snapshots (appointment_id, taken_at, id);
CREATE INDEX snapshots_of_customer ON snapshots (customer_id, taken_at, id);
CREATE INDEX snapshots_to_review ON snapshots (appointment_id) WHERE reviewed_at IS NULL;

CREATE TABLE pictures (
    snapshot_id {id} NOT NULL REFERENCES snapshots (id),
    source text NOT NULL CHECK (source IN ('camera', 'received', 'key_frame')),
    content_type text NOT NULL,
    width integer NOT NULL,
    height integer NOT NULL,
    bytes bigint NOT NULL,
    full_sha256 text NOT NULL,
    large_sha256 text NOT NULL,
    small_sha256 text NOT NULL,
    stored_at bigint NOT NULL,
    PRIMARY KEY (snapshot_id, source)
);

CREATE TABLE uploads (
    id {id} NOT NULL PRIMARY KEY,
    snapshot_id {id} NOT NULL REFERENCES snapshots (id),
    source text NOT NULL CHECK (source IN ('camera', 'received')),
    size bigint NOT NULL,
    sha256 text NOT NULL,
    begun_at bigint NOT NULL,
    restarts integer NOT NULL,
    UNIQUE (snapshot_id, source)
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
