//! Customers and their pets.

use sea_orm::{DbErr, DeriveMigrationName};
use sea_orm_migration::{MigrationTrait, SchemaManager, async_trait};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

const TABLES: &str = "
CREATE TABLE customers (
    id {id} NOT NULL PRIMARY KEY,
    name text NOT NULL,
    phone text NOT NULL,
    language text NOT NULL CHECK (language IN ('zh', 'en')),
    notes text NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL
);
CREATE INDEX customers_by_name ON customers (name, id);

CREATE TABLE pets (
    id {id} NOT NULL PRIMARY KEY,
    customer_id {id} NOT NULL REFERENCES customers (id),
    name text NOT NULL,
    species text NOT NULL CHECK (species IN ('dog', 'cat', 'rabbit', 'bird', 'other')),
    breed text NOT NULL,
    born_on date,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL
);
CREATE INDEX pets_of_customer ON pets (customer_id, id);
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
