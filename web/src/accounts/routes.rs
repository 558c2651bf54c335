//! Signing in and out; the list of staff.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, StatusCode, header};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    attempts,
    change::{self, announce},
    rules::{Email, NewStaff, Role},
    sessions::{self, StaffSession},
    table::{self, Filter, Staff},
};
use crate::{
    app::AppState,
    http::{
        client_address::ClientAddress,
        extract::{Json, Query},
        idempotency::Creation,
        pagination::{Page, PageQuery},
    },
    problem::{ApiError, ApiResult, Problem},
    shop::{self, Shop},
};

pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(sign_in))
        .routes(routes!(current, sign_out))
        .routes(routes!(list, create))
        .merge(change::router())
}

/// Not parsed as a new password: what was good enough when it was chosen must go on working.
#[derive(Deserialize, ToSchema)]
struct SignIn {
    email: String,
    #[schema(format = "password")]
    password: String,
}

/// Who is signed in, and where.
#[derive(Serialize, ToSchema)]
struct CurrentSession {
    staff: Staff,
    shop: Shop,
}

#[utoipa::path(
    post, path = "/sessions", tag = "accounts", operation_id = "sign_in",
    request_body = SignIn,
    responses(
        (status = 201, description = "Signed in; the cookie `closeup_session` is set", body = CurrentSession),
        (status = 401, description = "`wrong_credentials`", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "`too_many_attempts`", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn sign_in(
    State(app): State<AppState>,
    ClientAddress(address): ClientAddress,
    Json(form): Json<SignIn>,
) -> ApiResult<Response> {
    let email = Email::parse(&form.email).map_err(|_| wrong_credentials())?;
    attempts::count(&app.database, app.clock.now(), &email, address).await?;
    let known = table::credentials(&app.database, &email).await?;
    let (staff, hash) = known.map(|known| (known.staff, known.password_hash)).unzip();
    let right = app.passwords.verify(&form.password, hash.clone()).await?;
    let staff = staff.filter(|_| right).ok_or_else(wrong_credentials)?;
    let write = app.database.write().await?;
    // Verifying takes its time. Meanwhile the password may have been changed, and everybody who had
    // the old one signed out.
    let now = table::credentials_to_use(&write, &email).await?;
    now.filter(|now| Some(&now.password_hash) == hash.as_ref()).ok_or_else(wrong_credentials)?;
    attempts::forgive(&write, &email).await?;
    let cookie = sessions::begin(&app, &write, staff.id).await?;
    write.commit().await?;
    let session = session_of(&app, staff).await?;
    Ok((StatusCode::CREATED, [(header::SET_COOKIE, cookie)], Json(session)).into_response())
}

/// The same whether the address or the password is wrong.
fn wrong_credentials() -> ApiError {
    let detail = "This e-mail address and password do not belong together.";
    ApiError::new(StatusCode::UNAUTHORIZED, "wrong_credentials", detail)
}

async fn session_of(app: &AppState, staff: Staff) -> ApiResult<CurrentSession> {
    let shop = shop::load(&app.database, &app.settings).await?;
    Ok(CurrentSession { staff, shop })
}

#[utoipa::path(
    get, path = "/sessions/current", tag = "accounts", operation_id = "current_session",
    responses(
        (status = 200, description = "Who is signed in", body = CurrentSession),
        (status = 401, description = "`signed_out`", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn current(
    State(app): State<AppState>,
    session: StaffSession,
) -> ApiResult<Json<CurrentSession>> {
    Ok(Json(session_of(&app, session.staff()).await?))
}

#[utoipa::path(
    delete, path = "/sessions/current", tag = "accounts", operation_id = "sign_out",
    responses((status = 204, description = "Signed out"))
)]
async fn sign_out(State(app): State<AppState>, headers: HeaderMap) -> ApiResult<Response> {
    let cookie = sessions::end(&app, &headers).await?;
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response())
}

#[utoipa::path(
    get, path = "/staff", tag = "accounts", operation_id = "list_staff",
    params(Filter, PageQuery),
    responses((status = 200, description = "Staff by name", body = Page<Staff>))
)]
async fn list(
    State(app): State<AppState>,
    _: StaffSession,
    Query(filter): Query<Filter>,
    Query(page): Query<PageQuery>,
) -> ApiResult<Json<Page<Staff>>> {
    Ok(Json(table::list(&app.database, filter, &page).await?))
}

#[utoipa::path(
    post, path = "/staff", tag = "accounts", operation_id = "create_staff",
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat")),
    request_body = NewStaff,
    responses(
        (status = 201, description = "Added", body = Staff),
        (status = 403, description = "`forbidden`: only owners may", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`email_taken`", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn create(
    State(app): State<AppState>,
    session: StaffSession,
    creation: Creation<NewStaff>,
) -> ApiResult<Response> {
    session.require(&[Role::Owner])?;
    let (new, once) = creation.by(session.id);
    // Before the transaction: hashing is slow, and a writer holds everybody up.
    let hash = app.passwords.hash(&new.password).await?;
    let write = app.database.write().await?;
    if let Some(kept) = once.kept(&write).await? {
        return Ok(kept);
    }
    let now = app.clock.now();
    let staff = table::create(&write, new, hash, now).await?;
    announce(&app, &write, staff.id, false).await?;
    once.keep_and_commit(write, now, StatusCode::CREATED, &staff).await
}
