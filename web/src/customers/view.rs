//! A customer and a pet as the API shows them.

use std::collections::BTreeMap;

use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::table::{customer, pet};
use super::{BirthDate, PhoneNumber, Species};
use crate::language::Language;
use crate::text::{Line, Name, Notes};

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Customer {
    pub id: Uuid,
    pub name: Name,
    pub phone: PhoneNumber,
    pub language: Language,
    pub notes: Notes,
    pub pets: Vec<Pet>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Pet {
    pub id: Uuid,
    pub name: Name,
    pub species: Species,
    /// Empty when nobody knows.
    pub breed: Line,
    pub born_on: Option<BirthDate>,
}

impl Customer {
    pub fn of(row: customer::Model, pets: Vec<Pet>) -> Self {
        let customer::Model { id, name, phone, language, notes, .. } = row;
        Self { id, name, phone, language, notes, pets }
    }

    pub async fn with_pets(
        database: &impl ConnectionTrait,
        row: customer::Model,
    ) -> Result<Self, DbErr> {
        let pets = pet::Entity::find()
            .filter(pet::Column::CustomerId.eq(row.id))
            .order_by_asc(pet::Column::Id)
            .all(database)
            .await?;
        Ok(Self::of(row, pets.into_iter().map(Pet::from).collect()))
    }

    /// With their pets, in the order given.
    pub async fn all(
        database: &impl ConnectionTrait,
        rows: Vec<customer::Model>,
    ) -> Result<Vec<Self>, DbErr> {
        let owners = rows.iter().map(|row| row.id);
        let mut pets: BTreeMap<Uuid, Vec<Pet>> = BTreeMap::new();
        let found = pet::Entity::find()
            .filter(pet::Column::CustomerId.is_in(owners))
            .order_by_asc(pet::Column::Id)
            .all(database)
            .await?;
        for pet in found {
            pets.entry(pet.customer_id).or_default().push(pet.into());
        }
        Ok(rows
            .into_iter()
            .map(|row| {
                let pets = pets.remove(&row.id).unwrap_or_default();
                Self::of(row, pets)
            })
            .collect())
    }
}

impl From<pet::Model> for Pet {
    fn from(row: pet::Model) -> Self {
        let pet::Model { id, name, species, breed, born_on, .. } = row;
        Self { id, name, species, breed, born_on }
    }
}

/// These customers, by id.
pub async fn named(
    database: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = Uuid>,
) -> Result<BTreeMap<Uuid, customer::Model>, DbErr> {
    let found = customer::Entity::find().filter(customer::Column::Id.is_in(ids));
    Ok(found.all(database).await?.into_iter().map(|row| (row.id, row)).collect())
}

/// These pets, by id.
pub async fn pets_named(
    database: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = Uuid>,
) -> Result<BTreeMap<Uuid, pet::Model>, DbErr> {
    let found = pet::Entity::find().filter(pet::Column::Id.is_in(ids));
    Ok(found.all(database).await?.into_iter().map(|row| (row.id, row)).collect())
}
