//! `/services`: the list for the booking screen, and adding to it.

use axum::{extract::State, response::Response};
use http::StatusCode;
use sea_orm::{ActiveModelTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{Service, table};
use crate::{
    accounts::{Role, StaffSession},
    app::AppState,
    appointments::{AppointmentKind, Length},
    http::{
        extract::{Json, Query},
        idempotency::Creation,
        pagination::{Page, PageQuery},
    },
    outbox::Event,
    problem::{ApiResult, Problem},
    text::{LocalizedName, Name},
};

pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list, add))
}

/// The services of the shop, by their English names.
#[utoipa::path(get, path = "/services", tag = "services", operation_id = "list_services", params(PageQuery), responses(
    (status = 200, description = "Found", body = Page<Service>),
    (status = 401, description = "`signed_out`", body = Problem, content_type = "application/problem+json"),
))]
async fn list(
    State(app): State<AppState>,
    _staff: StaffSession,
    Query(page): Query<PageQuery>,
) -> ApiResult<Json<Page<Service>>> {
    let limit = page.limit();
    let mut query = table::Entity::find();
    query = query.order_by_asc(table::Column::NameEn).order_by_asc(table::Column::Id);
    if let Some((name, id)) = page.after::<(Name, Uuid)>()? {
        query = query.filter(table::behind(&name, id));
    }
    let rows = query.limit(limit + 1).all(&app.database).await?;
    let page = Page::cut(rows, limit, |row| (row.name_en.clone(), row.id));
    Ok(Json(page.map(Service::from)))
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewService {
    pub name: LocalizedName,
    pub length_minutes: Length,
    pub kind: AppointmentKind,
}

/// Adds a service.
#[utoipa::path(post, path = "/services", tag = "services", operation_id = "create_service", request_body = NewService, responses(
    (status = 201, description = "Added", body = Service),
    (status = 401, description = "`signed_out`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`forbidden`", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "`invalid`", body = Problem, content_type = "application/problem+json"),
))]
async fn add(
    State(app): State<AppState>,
    staff: StaffSession,
    creation: Creation<NewService>,
) -> ApiResult<Response> {
    staff.require(&[Role::Owner, Role::FrontDesk])?;
    let (new, once) = creation.by(staff.id);
    let txn = app.database.write().await?;
    if let Some(kept) = once.kept(&txn).await? {
        return Ok(kept);
    }
    let now = app.clock.now();
    let row = new.into_row(now).insert(&txn).await?;
    app.outbox.append(&txn, Event::new("service.changed", json!({"id": row.id}))).await?;
    once.keep_and_commit(txn, now, StatusCode::CREATED, &Service::from(row)).await
}

impl NewService {
    pub(crate) fn into_row(self, now: crate::clock::Timestamp) -> table::ActiveModel {
        table::ActiveModel {
            id: Set(Uuid::now_v7()),
            name_zh: Set(self.name.zh),
            name_en: Set(self.name.en),
            length_minutes: Set(self.length_minutes),
            kind: Set(self.kind),
            created_at: Set(now),
        }
    }
}
