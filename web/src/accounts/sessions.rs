//! Who is signed in: a random token in a cookie, its hash in a table.

use aws_lc_rs::{
    digest::{SHA256, digest},
    rand::fill,
};
use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{HeaderMap, HeaderValue, header, request::Parts};
use sea_orm::{
    ActiveValue::Set, DbErr, EntityTrait, QueryFilter, entity::prelude::*, sea_query::Expr,
};
use std::time::Duration;

use super::{
    rules::Role,
    table::{Staff, staff},
};
use crate::{
    app::AppState,
    clock::Timestamp,
    database::Write,
    language::Language,
    problem::{ApiError, ApiResult},
};

pub const COOKIE: &str = "closeup_session";
/// A session's end moves on when it is used, but not at every request.
const SEEN_EVERY: Duration = Duration::from_secs(3_600);

/// The signed-in staff member that a request comes from. As an extractor it refuses with 401;
/// `Option<StaffSession>` lets strangers through as `None`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaffSession {
    pub id: Uuid,
    pub name: String,
    pub email: String,
    pub role: Role,
    pub language: Language,
}

impl StaffSession {
    /// Refuses with 403 unless the role is one of these.
    pub fn require(&self, roles: &[Role]) -> ApiResult<()> {
        if roles.contains(&self.role) {
            return Ok(());
        }
        Err(ApiError::forbidden("Your role does not allow this."))
    }

    pub fn staff(&self) -> Staff {
        let Self { id, name, email, role, language } = self.clone();
        Staff { id, name, email, role, language, active: true }
    }
}

impl From<staff::Model> for StaffSession {
    fn from(row: staff::Model) -> Self {
        let Staff { id, name, email, role, language, .. } = row.into();
        Self { id, name, email, role, language }
    }
}

impl FromRequestParts<AppState> for StaffSession {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> ApiResult<Self> {
        current(app, &parts.headers).await?.ok_or_else(ApiError::signed_out)
    }
}

impl OptionalFromRequestParts<AppState> for StaffSession {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> ApiResult<Option<Self>> {
        current(app, &parts.headers).await
    }
}

/// Whose session the request's cookie names, if it is still good.
async fn current(app: &AppState, headers: &HeaderMap) -> ApiResult<Option<StaffSession>> {
    let Some(hash) = token_of(headers).and_then(hash_of) else { return Ok(None) };
    let now = app.clock.now();
    let found = table::Entity::find_by_id(hash)
        .filter(table::Column::ExpiresAt.gt(now))
        .find_also_related(staff::Entity)
        .one(&app.database)
        .await?;
    let Some((session, Some(staff))) = found else { return Ok(None) };
    // Their sessions went with them; one that was beginning at that moment is no good either.
    if staff.deactivated_at.is_some() {
        return Ok(None);
    }
    if now.since(session.seen_at) > SEEN_EVERY
        && let Err(error) = prolong(app, session.token_hash, now).await
    {
        // It is good for days yet: no reason to fail a request that only reads.
        tracing::warn!(%error, "a session could not be prolonged");
    }
    Ok(Some(staff.into()))
}

async fn prolong(app: &AppState, token_hash: Vec<u8>, now: Timestamp) -> Result<(), DbErr> {
    let write = app.database.write().await?;
    table::Entity::update_many()
        .col_expr(table::Column::SeenAt, Expr::value(now))
        .col_expr(table::Column::ExpiresAt, Expr::value(now + app.settings.session_lifetime))
        .filter(table::Column::TokenHash.eq(token_hash))
        .exec(&write)
        .await?;
    write.commit().await
}

/// Begins a session; the returned cookie goes into `Set-Cookie`.
pub(super) async fn begin(app: &AppState, write: &Write, staff_id: Uuid) -> ApiResult<HeaderValue> {
    let mut token = [0; 32];
    fill(&mut token).map_err(ApiError::internal)?;
    let now = app.clock.now();
    let row = table::ActiveModel {
        token_hash: Set(digest(&SHA256, &token).as_ref().to_vec()),
        staff_id: Set(staff_id),
        created_at: Set(now),
        seen_at: Set(now),
        expires_at: Set(now + app.settings.session_lifetime),
    };
    table::Entity::insert(row).exec(write).await?;
    cookie(app, &URL_SAFE_NO_PAD.encode(token), app.settings.session_lifetime)
}

/// Ends the session that the cookie names; returns the cookie that removes it.
pub(super) async fn end(app: &AppState, headers: &HeaderMap) -> ApiResult<HeaderValue> {
    if let Some(hash) = token_of(headers).and_then(hash_of) {
        let write = app.database.write().await?;
        table::Entity::delete_by_id(hash).exec(&write).await?;
        write.commit().await?;
    }
    cookie(app, "", Duration::ZERO)
}

/// Ends every session of somebody, but for the one that asks for it, if it is theirs.
pub(super) async fn end_all(write: &Write, staff: Uuid, asks: &HeaderMap) -> Result<(), DbErr> {
    let asking = token_of(asks).and_then(hash_of).unwrap_or_default();
    table::Entity::delete_many()
        .filter(table::Column::StaffId.eq(staff))
        .filter(table::Column::TokenHash.ne(asking))
        .exec(write)
        .await
        .map(drop)
}

/// Forgets sessions that have run out.
pub async fn prune(write: &Write, now: Timestamp) -> Result<(), DbErr> {
    let expired = table::Entity::delete_many().filter(table::Column::ExpiresAt.lte(now));
    expired.exec(write).await?;
    super::attempts::prune(write, now).await
}

fn cookie(app: &AppState, token: &str, lifetime: Duration) -> ApiResult<HeaderValue> {
    let secure = if app.settings.is_https() { "; Secure" } else { "" };
    let seconds = lifetime.as_secs();
    let cookie =
        format!("{COOKIE}={token}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
    HeaderValue::from_str(&cookie).map_err(ApiError::internal)
}

fn token_of(headers: &HeaderMap) -> Option<&str> {
    let cookies = headers.get_all(header::COOKIE).iter();
    let pairs = cookies.filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(';'));
    pairs
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(name, value)| (name == COOKIE).then_some(value))
}

fn hash_of(token: &str) -> Option<Vec<u8>> {
    let token = URL_SAFE_NO_PAD.decode(token).ok().filter(|token| token.len() == 32)?;
    Some(digest(&SHA256, &token).as_ref().to_vec())
}

mod table {
    use sea_orm::entity::prelude::*;

    use crate::{accounts::table::staff, clock::Timestamp};

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "sessions")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub token_hash: Vec<u8>,
        pub staff_id: Uuid,
        pub created_at: Timestamp,
        pub seen_at: Timestamp,
        pub expires_at: Timestamp,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {
        #[sea_orm(belongs_to = "staff::Entity", from = "Column::StaffId", to = "staff::Column::Id")]
        Staff,
    }

    impl Related<staff::Entity> for Entity {
        fn to() -> RelationDef {
            Relation::Staff.def()
        }
    }

    impl ActiveModelBehavior for ActiveModel {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_session_is_found_among_other_cookies() {
        let mut headers = HeaderMap::new();
        let cookies = HeaderValue::from_static("a=b; closeup_session=xyz;c=d");
        headers.insert(header::COOKIE, cookies);
        assert_eq!(token_of(&headers), Some("xyz"));
        assert_eq!(token_of(&HeaderMap::new()), None);
    }

    #[test]
    fn what_is_no_token_has_no_hash() {
        for token in ["", "short", "🙂", &"A".repeat(44)] {
            assert_eq!(hash_of(token), None, "{token}");
        }
        assert!(hash_of(&"A".repeat(43)).is_some());
    }
}
