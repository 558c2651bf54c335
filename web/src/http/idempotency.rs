//! Creations that may be repeated: `POST` with an `Idempotency-Key` header.
//!
//! The answer is kept in the same transaction as what was created, under the caller and the key.
//! So a repeated request finds either both or neither: it gets the first answer again, or does the
//! work. Two at the same moment take turns. The same key with another request is refused.
//!
//! ```ignore
//! async fn create(State(app), staff: StaffSession, creation: Creation<NewThing>) -> ApiResult<Response> {
//!     let (new, once) = creation.by(staff.id);
//!     let write = app.database.write().await?;
//!     if let Some(kept) = once.kept(&write).await? { return Ok(kept); }
//!     let thing = table::insert(&write, new).await?;
//!     app.outbox.append(&write, Event::new("thing.changed", json!({"id": thing.id}))).await?;
//!     once.keep_and_commit(write, app.clock.now(), StatusCode::CREATED, &thing).await
//! }
//! ```

use aws_lc_rs::digest::{SHA256, digest};
use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use sea_orm::{ActiveValue::Set, DbErr, EntityTrait, entity::prelude::*};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    clock::Timestamp,
    database::Write,
    problem::{ApiError, ApiResult},
};

const HEADER: &str = "idempotency-key";
const LONGEST_KEY: usize = 128;

/// A creation's JSON body, with its idempotency key if it has one.
#[derive(Debug)]
pub struct Creation<T> {
    input: T,
    request: Option<(String, [u8; 32])>,
}

impl<T> Creation<T> {
    /// Whose creation it is: keys of different callers never meet.
    pub fn by(self, owner: impl std::fmt::Display) -> (T, Once) {
        let key = self.request.map(|(key, hash)| Key { owner: owner.to_string(), key, hash });
        (self.input, Once(key))
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Creation<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> ApiResult<Self> {
        let key = parse_key(request.headers())?;
        let path = request.uri().path().to_owned();
        let is_json = content_type_is_json(request.headers());
        let body = Bytes::from_request(request, state).await.map_err(too_large)?;
        if !is_json {
            let detail = "Send the body as application/json.";
            let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
            return Err(ApiError::new(status, "unsupported_media_type", detail));
        }
        let axum::Json(input) = axum::Json::<T>::from_bytes(&body)?;
        Ok(Self { input, request: key.map(|key| (key, hash(&path, &body))) })
    }
}

fn parse_key(headers: &HeaderMap) -> ApiResult<Option<String>> {
    let Some(value) = headers.get(HEADER) else { return Ok(None) };
    let key = value.to_str().ok().filter(|key| (1..=LONGEST_KEY).contains(&key.len()));
    key.map(|key| Some(key.to_owned())).ok_or_else(|| {
        ApiError::invalid(HEADER, "An idempotency key has 1 to 128 visible ASCII characters.")
    })
}

fn content_type_is_json(headers: &HeaderMap) -> bool {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = value.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
}

fn too_large(rejection: axum::extract::rejection::BytesRejection) -> ApiError {
    ApiError::new(rejection.status(), "too_large", rejection.body_text())
}

fn hash(path: &str, body: &[u8]) -> [u8; 32] {
    let mut bytes = Vec::with_capacity(path.len() + 1 + body.len());
    bytes.extend_from_slice(path.as_bytes());
    bytes.push(0);
    bytes.extend_from_slice(body);
    first_32(digest(&SHA256, &bytes).as_ref())
}

fn first_32(bytes: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(&bytes[..32]);
    out
}

/// Sees to it that one creation happens once. Does nothing when the request named no key.
#[derive(Debug)]
pub struct Once(Option<Key>);

#[derive(Debug)]
struct Key {
    owner: String,
    key: String,
    hash: [u8; 32],
}

impl Once {
    /// The answer that this request got the first time. Call it first in the transaction: until
    /// that ends, the same request elsewhere waits here.
    pub async fn kept(&self, write: &Write) -> ApiResult<Option<Response>> {
        let Some(Key { owner, key, hash }) = &self.0 else { return Ok(None) };
        write.lock(lock_number(owner, key)).await?;
        let row = table::Entity::find_by_id((owner.clone(), key.clone())).one(write).await?;
        match row {
            None => Ok(None),
            Some(row) if row.request_hash == hash => Ok(Some(answer(row.status, row.body))),
            Some(_) => Err(ApiError::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "idempotency_key_reused",
                "This idempotency key was used before, with another request.",
            )),
        }
    }

    /// Keeps the answer and commits; then, and only then, the answer may be sent.
    pub async fn keep_and_commit(
        self,
        write: Write,
        now: Timestamp,
        status: StatusCode,
        body: &impl Serialize,
    ) -> ApiResult<Response> {
        let body = serde_json::to_string(body).map_err(ApiError::internal)?;
        let status = i32::from(status.as_u16());
        if let Some(key) = self.0 {
            table::Entity::insert(key.into_row(now, status, body.clone())).exec(&write).await?;
        }
        write.commit().await?;
        Ok(answer(status, body))
    }
}

impl Key {
    fn into_row(self, now: Timestamp, status: i32, body: String) -> table::ActiveModel {
        table::ActiveModel {
            owner: Set(self.owner),
            idempotency_key: Set(self.key),
            request_hash: Set(self.hash.to_vec()),
            status: Set(status),
            body: Set(body),
            created_at: Set(now),
        }
    }
}

fn lock_number(owner: &str, key: &str) -> i64 {
    let mut number = [0; 8];
    number.copy_from_slice(&hash(owner, key.as_bytes())[..8]);
    i64::from_be_bytes(number)
}

fn answer(status: i32, body: String) -> Response {
    let status = u16::try_from(status).ok().and_then(|status| StatusCode::from_u16(status).ok());
    let json = HeaderValue::from_static("application/json");
    (status.unwrap_or(StatusCode::OK), [(header::CONTENT_TYPE, json)], body).into_response()
}

/// Forgets answers older than `before`: by then nobody repeats the request any more.
pub async fn prune(write: &Write, before: Timestamp) -> Result<(), DbErr> {
    let old = table::Entity::delete_many().filter(table::Column::CreatedAt.lt(before));
    old.exec(write).await.map(drop)
}

mod table {
    use sea_orm::entity::prelude::*;

    use crate::clock::Timestamp;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "idempotency_keys")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub owner: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub idempotency_key: String,
        pub request_hash: Vec<u8>,
        pub status: i32,
        pub body: String,
        pub created_at: Timestamp,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
