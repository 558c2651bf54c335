//! `/customers`: finding, adding and changing those whom the shop serves.

use axum::{extract::State, response::Response};
use http::StatusCode;
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, Order, QueryFilter, Set};
use serde::Deserialize;
use serde_json::json;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    Customer, PhoneNumber, pets,
    search::Search,
    table::customer::{self, Column, Entity, Model},
};
use crate::{
    accounts::StaffSession,
    app::AppState,
    clock::Timestamp,
    database::{Write, find, find_to_change},
    http::{
        extract::{Json, Path, Query},
        idempotency::Creation,
        pagination::{By, Page, PageQuery},
    },
    language::Language,
    outbox::Event,
    problem::{ApiResult, Problem},
    text::{Name, Notes},
};

pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list, add))
        .routes(routes!(one, change))
        .merge(pets::router())
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// A part of a name, of a pet's name, or of a phone number.
    #[serde(default)]
    #[param(value_type = Option<String>, max_length = 80)]
    q: Search,
}

/// Customers by name.
#[utoipa::path(get, path = "/customers", tag = "customers", operation_id = "list_customers", params(Filter, PageQuery), responses(
    (status = 200, description = "Found", body = Page<Customer>),
    (status = 401, description = "`signed_out`", body = Problem, content_type = "application/problem+json"),
))]
async fn list(
    State(app): State<AppState>,
    _staff: StaffSession,
    Query(filter): Query<Filter>,
    Query(page): Query<PageQuery>,
) -> ApiResult<Json<Page<Customer>>> {
    let rows = Entity::find().filter(filter.q.condition());
    let by = By { column: Column::Name, id: Column::Id, order: Order::Asc };
    let key = |row: &Model| (row.name.clone(), row.id);
    let rows = page.read(&app.database, rows, by, key).await?;
    let items = Customer::all(&app.database, rows.items).await?;
    Ok(Json(Page { items, next_cursor: rows.next_cursor }))
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewCustomer {
    pub name: Name,
    pub phone: PhoneNumber,
    pub language: Language,
    #[serde(default)]
    pub notes: Notes,
}

/// Adds a customer.
#[utoipa::path(post, path = "/customers", tag = "customers", operation_id = "create_customer", request_body = NewCustomer,
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat")),
    responses(
        (status = 201, description = "Added", body = Customer),
        (status = 401, description = "`signed_out`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`invalid`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn add(
    State(app): State<AppState>,
    staff: StaffSession,
    creation: Creation<NewCustomer>,
) -> ApiResult<Response> {
    let (new, once) = creation.by(staff.id);
    let txn = app.database.write().await?;
    if let Some(kept) = once.kept(&txn).await? {
        return Ok(kept);
    }
    let now = app.clock.now();
    let row = new.into_row(now).insert(&txn).await?;
    announce(&app, &txn, row.id).await?;
    once.keep_and_commit(txn, now, StatusCode::CREATED, &Customer::of(row, Vec::new())).await
}

impl NewCustomer {
    pub(crate) fn into_row(self, now: Timestamp) -> customer::ActiveModel {
        customer::ActiveModel {
            id: Set(Uuid::now_v7()),
            name: Set(self.name),
            phone: Set(self.phone),
            language: Set(self.language),
            notes: Set(self.notes),
            created_at: Set(now),
            updated_at: Set(now),
        }
    }
}

/// One customer.
#[utoipa::path(get, path = "/customers/{id}", tag = "customers", operation_id = "show_customer", params(("id" = Uuid, Path)),
    responses(
        (status = 200, description = "Found", body = Customer),
        (status = 401, description = "`signed_out`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn one(
    State(app): State<AppState>,
    _staff: StaffSession,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<Customer>> {
    let row = find::<Entity>(&app.database, id, "customer").await?;
    Ok(Json(Customer::with_pets(&app.database, row).await?))
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CustomerChange {
    name: Option<Name>,
    phone: Option<PhoneNumber>,
    language: Option<Language>,
    notes: Option<Notes>,
}

/// Changes a customer; what is not named stays.
#[utoipa::path(patch, path = "/customers/{id}", tag = "customers", operation_id = "change_customer", params(("id" = Uuid, Path)),
    request_body = CustomerChange,
    responses(
        (status = 200, description = "Found", body = Customer),
        (status = 401, description = "`signed_out`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`invalid`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn change(
    State(app): State<AppState>,
    _staff: StaffSession,
    Path(id): Path<Uuid>,
    Json(change): Json<CustomerChange>,
) -> ApiResult<Json<Customer>> {
    let txn = app.database.write().await?;
    let before = find_to_change::<Entity>(&txn, id, "customer").await?;
    let row = change.applied(before, app.clock.now()).update(&txn).await?;
    announce(&app, &txn, id).await?;
    let customer = Customer::with_pets(&txn, row).await?;
    txn.commit().await?;
    Ok(Json(customer))
}

impl CustomerChange {
    fn applied(self, before: Model, now: Timestamp) -> customer::ActiveModel {
        let mut row = before.clone().into_active_model();
        row.name = Set(self.name.unwrap_or(before.name));
        row.phone = Set(self.phone.unwrap_or(before.phone));
        row.language = Set(self.language.unwrap_or(before.language));
        row.notes = Set(self.notes.unwrap_or(before.notes));
        row.updated_at = Set(now);
        row
    }
}

pub(super) async fn announce(app: &AppState, txn: &Write, id: Uuid) -> ApiResult<()> {
    let event = Event::new("customer.changed", json!({"id": id, "customer_id": id}));
    app.outbox.append(txn, event).await?;
    Ok(())
}
