//! Services, appointments, and the customers' links to them.
//!
//! That two appointments of one stylist never overlap is the database's own rule, so that no race
//! between two requests, two nodes, or a request and a person with `psql` can break it: an
//! exclusion constraint on PostgreSQL, triggers on SQLite (whose writers already stand in a line).

use sea_orm::{DbBackend, DbErr, DeriveMigrationName};
use sea_orm_migration::{MigrationTrait, SchemaManager, async_trait};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

/// What the database says when a stylist's time is taken already.
pub(crate) const SLOT_TAKEN: &str = "appointments_one_at_a_time";

const TABLES: &str = "
CREATE TABLE services (
    id {id} NOT NULL PRIMARY KEY,
    name_zh text NOT NULL,
    name_en text NOT NULL,
    length_minutes integer NOT NULL CHECK (length_minutes BETWEEN 5 AND 720),
    kind text NOT NULL CHECK (kind IN ('video', 'in_shop')),
    created_at bigint NOT NULL
);

CREATE TABLE appointments (
    id {id} NOT NULL PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('video', 'in_shop')),
    state text NOT NULL CHECK (state IN ('pending', 'confirmed', 'checked_in', 'waiting',
        'in_service', 'done', 'cancelled', 'no_show')),
    service_id {id} NOT NULL REFERENCES services (id),
    stylist_id {id} NOT NULL REFERENCES staff (id),
    customer_id {id} NOT NULL REFERENCES customers (id),
    pet_id {id} REFERENCES pets (id),
    consultation_id {id} REFERENCES appointments (id),
    starts_at bigint NOT NULL,
    ends_at bigint NOT NULL,
    notes text NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    CHECK (ends_at > starts_at AND ends_at - starts_at <= 43200000),
    CHECK (consultation_id IS NULL OR kind = 'in_shop')
);
CREATE INDEX appointments_by_start ON appointments (starts_at, id);
CREATE INDEX appointments_of_stylist ON appointments (stylist_id, starts_at);
CREATE INDEX appointments_of_customer ON appointments (customer_id, starts_at);
CREATE UNIQUE INDEX appointments_one_follow_up ON appointments (consultation_id)
    WHERE consultation_id IS NOT NULL AND state NOT IN ('cancelled', 'no_show');

CREATE TABLE links (
    id {id} NOT NULL PRIMARY KEY,
    appointment_id {id} NOT NULL UNIQUE REFERENCES appointments (id),
    created_at bigint NOT NULL,
    revoked_at bigint
);
";

const POSTGRES: &str = "
CREATE EXTENSION IF NOT EXISTS btree_gist;
ALTER TABLE appointments ADD CONSTRAINT appointments_one_at_a_time EXCLUDE USING gist
    (stylist_id WITH =, int8range(starts_at, ends_at) WITH &&)
    WHERE (state NOT IN ('cancelled', 'no_show'));
";

const MOVE: &str = "UPDATE OF stylist_id, starts_at, ends_at, state";

/// Two triggers that differ only in when they fire. An appointment lasts 12 hours at the most, so
/// only those that start within 12 hours before can reach into the slot: the index finds them.
fn sqlite_trigger(name: &str, when: &str) -> String {
    format!(
        "CREATE TRIGGER {name} BEFORE {when} ON appointments
         WHEN NEW.state NOT IN ('cancelled', 'no_show') AND EXISTS (
             SELECT 1 FROM appointments AS other
             WHERE other.stylist_id = NEW.stylist_id AND other.id <> NEW.id
                 AND other.state NOT IN ('cancelled', 'no_show')
                 AND other.starts_at < NEW.ends_at AND other.ends_at > NEW.starts_at
                 AND other.starts_at > NEW.starts_at - 43200000)
         BEGIN SELECT RAISE(ABORT, '{SLOT_TAKEN}'); END;"
    )
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        super::execute_all(manager, &[TABLES]).await?;
        if manager.get_database_backend() == DbBackend::Postgres {
            return super::execute_all(manager, &[POSTGRES]).await;
        }
        let on_insert = sqlite_trigger("appointments_on_insert", "INSERT");
        let on_move = sqlite_trigger("appointments_on_move", MOVE);
        super::execute_all(manager, &[&on_insert, &on_move]).await
    }
}
