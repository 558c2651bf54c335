//! How good each participant's connection was during a call, in samples of ten seconds. They go
//! with the seat that they are of.

use sea_orm::{DbErr, DeriveMigrationName};
use sea_orm_migration::{MigrationTrait, SchemaManager, async_trait};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

const TABLE: &str = "
CREATE TABLE call_quality (
    appointment_id {id} NOT NULL,
    participant integer NOT NULL,
    starts_at bigint NOT NULL,
    uplink text NOT NULL CHECK (uplink IN ('excellent', 'good', 'poor', 'lost')),
    downlink text NOT NULL CHECK (downlink IN ('excellent', 'good', 'poor', 'lost')),
    round_trip_ms integer,
    uplink_loss_percent integer,
    downlink_loss_percent integer,
    uplink_jitter_ms integer,
    downlink_jitter_ms integer,
    uplink_kbps integer,
    downlink_kbps integer,
    freezes integer,
    PRIMARY KEY (appointment_id, participant, starts_at),
    FOREIGN KEY (appointment_id, participant)
        REFERENCES call_seats (appointment_id, participant) ON DELETE CASCADE
)";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        super::execute_all(manager, &[TABLE]).await
    }
}
