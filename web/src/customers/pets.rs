//! `/customers/{id}/pets` and `/pets/{id}`: the animals that a customer brings.

use axum::{extract::State, response::Response};
use http::StatusCode;
use sea_orm::{ActiveModelTrait, IntoActiveModel, Set};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    BirthDate, Pet, Species,
    routes::announce,
    table::{
        customer,
        pet::{self, Entity, Model},
    },
};
use crate::{
    accounts::StaffSession,
    app::AppState,
    clock::Timestamp,
    database::{find, find_to_change},
    http::{
        extract::{Json, Path, named},
        idempotency::Creation,
    },
    problem::{ApiResult, Problem},
    text::{Line, Name},
};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(add)).routes(routes!(change))
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPet {
    pub name: Name,
    pub species: Species,
    #[serde(default)]
    pub breed: Line,
    pub born_on: Option<BirthDate>,
}

/// Adds a pet to its owner's file.
#[utoipa::path(post, path = "/customers/{id}/pets", tag = "customers", operation_id = "create_pet", request_body = NewPet,
    params(("id" = Uuid, Path, description = "the owner"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat")),
    responses(
        (status = 201, description = "Added", body = Pet),
        (status = 401, description = "`signed_out`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`invalid`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn add(
    State(app): State<AppState>,
    staff: StaffSession,
    Path(owner): Path<Uuid>,
    creation: Creation<NewPet>,
) -> ApiResult<Response> {
    let (new, once) = creation.by(staff.id);
    let txn = app.database.write().await?;
    if let Some(kept) = once.kept(&txn).await? {
        return Ok(kept);
    }
    find::<customer::Entity>(&txn, owner, "customer").await?;
    let now = app.clock.now();
    let row = new.into_row(owner, now).insert(&txn).await?;
    announce(&app, &txn, owner).await?;
    once.keep_and_commit(txn, now, StatusCode::CREATED, &Pet::from(row)).await
}

impl NewPet {
    pub(crate) fn into_row(self, owner: Uuid, now: Timestamp) -> pet::ActiveModel {
        pet::ActiveModel {
            id: Set(Uuid::now_v7()),
            customer_id: Set(owner),
            name: Set(self.name),
            species: Set(self.species),
            breed: Set(self.breed),
            born_on: Set(self.born_on),
            created_at: Set(now),
            updated_at: Set(now),
        }
    }
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PetChange {
    name: Option<Name>,
    species: Option<Species>,
    breed: Option<Line>,
    /// Null: nobody knows.
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Option<BirthDate>)]
    born_on: Option<Option<BirthDate>>,
}

/// Changes a pet; what is not named stays.
#[utoipa::path(patch, path = "/pets/{id}", tag = "customers", operation_id = "change_pet", request_body = PetChange,
    params(("id" = Uuid, Path)),
    responses(
        (status = 200, description = "Found", body = Pet),
        (status = 401, description = "`signed_out`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`invalid`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn change(
    State(app): State<AppState>,
    _staff: StaffSession,
    Path(id): Path<Uuid>,
    Json(change): Json<PetChange>,
) -> ApiResult<Json<Pet>> {
    let txn = app.database.write().await?;
    let before = find_to_change::<Entity>(&txn, id, "pet").await?;
    let row = change.applied(before, app.clock.now()).update(&txn).await?;
    announce(&app, &txn, row.customer_id).await?;
    txn.commit().await?;
    Ok(Json(row.into()))
}

impl PetChange {
    fn applied(self, before: Model, now: Timestamp) -> pet::ActiveModel {
        let mut row = before.clone().into_active_model();
        row.name = Set(self.name.unwrap_or(before.name));
        row.species = Set(self.species.unwrap_or(before.species));
        row.breed = Set(self.breed.unwrap_or(before.breed));
        row.born_on = Set(self.born_on.unwrap_or(before.born_on));
        row.updated_at = Set(now);
        row
    }
}
