//! Changing who works here: name, role, language, whether they still do, and a new password. The
//! owner's to do; there is always an owner left to do it.

use axum::extract::State;
use http::{HeaderMap, StatusCode};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, Set,
};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    rules::{Email, Password, PersonName, Role},
    sessions::{self, StaffSession},
    table::{Staff, explain, staff},
};
use crate::{
    app::AppState,
    clock::Timestamp,
    database::{Write, find_to_change},
    http::extract::{Json, Path},
    language::Language,
    outbox::Event,
    problem::{ApiError, ApiResult, Problem},
};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(change)).routes(routes!(set_password))
}

/// Two owners who make each other stylists at the same moment must not both succeed.
const OWNERS_LOCK: i64 = 4_711_000_003;

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct StaffChange {
    name: Option<PersonName>,
    email: Option<Email>,
    role: Option<Role>,
    language: Option<Language>,
    /// False: they cannot sign in any more, and are signed out everywhere at once.
    active: Option<bool>,
}

/// Changes a member of the staff; what is not named stays.
#[utoipa::path(patch, path = "/staff/{id}", tag = "accounts", operation_id = "change_staff",
    params(("id" = Uuid, Path)), request_body = StaffChange,
    responses(
        (status = 200, description = "As they are now", body = Staff),
        (status = 401, description = "`signed_out`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: only owners may", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`email_taken`, `last_owner`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`invalid`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn change(
    State(app): State<AppState>,
    session: StaffSession,
    Path(id): Path<Uuid>,
    Json(change): Json<StaffChange>,
) -> ApiResult<Json<Staff>> {
    session.require(&[Role::Owner])?;
    let write = app.database.write().await?;
    write.lock(OWNERS_LOCK).await?;
    let before = find_to_change::<staff::Entity>(&write, id, MEMBER).await?;
    let role = before.role;
    let after = change.applied(before, app.clock.now()).update(&write).await.map_err(explain)?;
    keep_an_owner(&write).await?;
    if after.deactivated_at.is_some() {
        sessions::end_all(&write, id, &HeaderMap::new()).await?;
    }
    announce(&app, &write, id, after.role != role).await?;
    write.commit().await?;
    Ok(Json(after.into()))
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewPassword {
    password: Password,
}

/// Gives somebody a new password. Whoever is signed in with the old one is signed out, except the
/// owner who asks.
#[utoipa::path(put, path = "/staff/{id}/password", tag = "accounts", operation_id = "set_password",
    params(("id" = Uuid, Path)), request_body = NewPassword,
    responses(
        (status = 204, description = "Set"),
        (status = 401, description = "`signed_out`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: only owners may", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`invalid`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn set_password(
    State(app): State<AppState>,
    session: StaffSession,
    Path(id): Path<Uuid>,
    headers: HeaderMap,
    Json(new): Json<NewPassword>,
) -> ApiResult<StatusCode> {
    session.require(&[Role::Owner])?;
    // Before the transaction: hashing is slow, and a writer holds everybody up.
    let hash = app.passwords.hash(&new.password).await?;
    let write = app.database.write().await?;
    let row = find_to_change::<staff::Entity>(&write, id, MEMBER).await?;
    let mut row = row.into_active_model();
    row.password_hash = Set(hash);
    row.update(&write).await?;
    sessions::end_all(&write, id, &headers).await?;
    // Who has just given themselves a new one is who they say.
    announce(&app, &write, id, id != session.id).await?;
    write.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

impl StaffChange {
    fn applied(self, before: staff::Model, now: Timestamp) -> staff::ActiveModel {
        let deactivated_at = match self.active {
            Some(false) => before.deactivated_at.or(Some(now)),
            Some(true) => None,
            None => before.deactivated_at,
        };
        let mut row = before.clone().into_active_model();
        row.name = Set(self.name.map_or(before.name, |name| name.as_str().to_owned()));
        row.email = Set(self.email.map_or(before.email, |email| email.as_str().to_owned()));
        row.role = Set(self.role.unwrap_or(before.role));
        row.language = Set(self.language.unwrap_or(before.language));
        row.deactivated_at = Set(deactivated_at);
        row
    }
}

const MEMBER: &str = "member of the staff";

async fn keep_an_owner(write: &Write) -> ApiResult<()> {
    let owners = staff::Entity::find()
        .filter(staff::Column::Role.eq(Role::Owner))
        .filter(staff::Column::DeactivatedAt.is_null());
    if owners.count(write).await? > 0 {
        return Ok(());
    }
    let detail = "This is the last owner. Make somebody else an owner first.";
    Err(ApiError::conflict("last_owner", detail))
}

/// In the event `staff.changed`: whether they must leave their calls, and come again as who they are.
pub const LEAVES_CALLS: &str = "leaves_calls";

/// Tells everybody, themselves included: their streams end, and they are asked who they are.
pub(super) async fn announce(
    app: &AppState,
    write: &Write,
    id: Uuid,
    leaves_calls: bool,
) -> ApiResult<()> {
    let payload = json!({ "id": id, LEAVES_CALLS: leaves_calls });
    app.outbox.append(write, Event::new("staff.changed", payload)).await?;
    Ok(())
}
