//! Calls and their seats.

use sea_orm::{DbErr, DeriveMigrationName};
use sea_orm_migration::{MigrationTrait, SchemaManager, async_trait};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

const TABLES: &str = "
CREATE TABLE calls (
    appointment_id {id} NOT NULL PRIMARY KEY REFERENCES appointments (id),
    live_since bigint,
    ended_at bigint,
    end_reason text CHECK (end_reason IN ('ended', 'cancelled', 'moved', 'window_closed')),
    last_participant integer NOT NULL
);
CREATE INDEX calls_under_way ON calls (live_since)
    WHERE live_since IS NOT NULL AND ended_at IS NULL;

CREATE TABLE call_seats (
    appointment_id {id} NOT NULL REFERENCES calls (appointment_id),
    participant integer NOT NULL,
    subject_id {id} NOT NULL,
    role text NOT NULL CHECK (role IN ('stylist', 'staff', 'customer', 'guest')),
    name text NOT NULL,
    place text NOT NULL CHECK (place IN ('lobby', 'call')),
    since bigint NOT NULL,
    token_hash {bytes} NOT NULL,
    may_be_captured boolean NOT NULL,
    vacated_at bigint,
    gone_reason text CHECK (gone_reason IN ('left', 'removed', 'lost', 'ended')),
    PRIMARY KEY (appointment_id, participant)
);
CREATE INDEX call_seats_taken ON call_seats (appointment_id) WHERE vacated_at IS NULL;
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
