//! What a client is told when something is refused or fails: an RFC 9457 problem document with a
//! stable `code`. Handlers return [`ApiError`]; its causes go to the log, never to the client.

use axum::{
    Json,
    extract::rejection::{JsonRejection, PathRejection, QueryRejection},
    response::{IntoResponse, Response},
};
use http::{HeaderName, HeaderValue, StatusCode, header};
use sea_orm::DbErr;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::database::is_unavailable;

/// The document itself. Extra members (such as `field`) stand beside these.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Problem {
    /// `urn:closeup:problem:` and the code.
    #[serde(rename = "type")]
    pub kind: String,
    /// The same for every problem of this code.
    pub title: String,
    pub status: u16,
    /// What happened this time, for a person to read.
    pub detail: String,
    /// Stable, for programs.
    pub code: String,
    #[serde(flatten)]
    #[schema(ignore)]
    pub extra: Map<String, Value>,
}

/// A refusal or failure on its way to the client.
#[derive(Debug, thiserror::Error)]
#[error("{code}: {detail}")]
pub struct ApiError {
    pub status: StatusCode,
    pub code: &'static str,
    pub detail: String,
    extra: Map<String, Value>,
    headers: Vec<(HeaderName, HeaderValue)>,
    #[source]
    cause: Option<Box<dyn std::error::Error + Send + Sync>>,
}

pub type ApiResult<T> = Result<T, ApiError>;

impl ApiError {
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        let (extra, headers) = (Map::new(), Vec::new());
        Self { status, code, detail: detail.into(), extra, headers, cause: None }
    }

    /// 404. `what` reads as in "There is no such {what}."
    pub fn not_found(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", format!("There is no such {what}."))
    }

    /// 401: nobody is signed in.
    pub fn signed_out() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "signed_out", "Sign in first.")
    }

    /// 403: somebody is signed in, but may not do this.
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", detail)
    }

    /// 409 with a code of the capability's own.
    pub fn conflict(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, code, detail)
    }

    /// 422: one field of the request does not say what it must.
    pub fn invalid(field: &str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", detail).with("field", field)
    }

    /// 429 with `Retry-After`.
    pub fn too_many(code: &'static str, detail: impl Into<String>, retry_after_s: u64) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, code, detail)
            .header(header::RETRY_AFTER, HeaderValue::from(retry_after_s))
    }

    /// 503 with `Retry-After`: it will pass by itself.
    pub fn unavailable(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, code, detail)
            .header(header::RETRY_AFTER, HeaderValue::from(2))
    }

    /// 500. The cause is logged; the client learns only that it was not its fault.
    pub fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        let detail = "Something went wrong on the server. It was logged.";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", detail).because(cause)
    }

    /// Adds a member to the document.
    pub fn with(mut self, member: &str, value: impl Into<Value>) -> Self {
        self.extra.insert(member.to_owned(), value.into());
        self
    }

    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// Keeps the cause for the log.
    pub fn because(mut self, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    fn document(&self) -> Problem {
        Problem {
            kind: format!("urn:closeup:problem:{}", self.code),
            title: title_of(self.code),
            status: self.status.as_u16(),
            detail: self.detail.clone(),
            code: self.code.to_owned(),
            extra: self.extra.clone(),
        }
    }
}

/// `slot_taken` → "Slot taken".
fn title_of(code: &str) -> String {
    let words = code.replace('_', " ");
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        if self.status.is_server_error() {
            let cause = self.cause.as_ref().map(ToString::to_string).unwrap_or_default();
            tracing::error!(code = self.code, cause, "request failed");
        }
        let mut response = (self.status, Json(self.document())).into_response();
        let content_type = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, content_type);
        response.headers_mut().extend(self.headers);
        response
    }
}

impl From<DbErr> for ApiError {
    fn from(error: DbErr) -> Self {
        if is_unavailable(&error) {
            let detail = "The database cannot be reached at the moment. Try again shortly.";
            return Self::unavailable("database_unavailable", detail).because(error);
        }
        Self::internal(error)
    }
}

impl From<anyhow::Error> for ApiError {
    fn from(error: anyhow::Error) -> Self {
        Self::internal(error)
    }
}

impl From<JsonRejection> for ApiError {
    fn from(rejection: JsonRejection) -> Self {
        let (status, code) = match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => (StatusCode::PAYLOAD_TOO_LARGE, "too_large"),
            StatusCode::UNSUPPORTED_MEDIA_TYPE => {
                (StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type")
            }
            StatusCode::UNPROCESSABLE_ENTITY => (StatusCode::UNPROCESSABLE_ENTITY, "invalid"),
            _ => (StatusCode::BAD_REQUEST, "malformed"),
        };
        let text = rejection.body_text();
        match field_of(&text) {
            Some((field, detail)) if code == "invalid" => Self::invalid(field, detail),
            _ => Self::new(status, code, text),
        }
    }
}

/// axum's words are "Failed to deserialize …: path.to.field: what is wrong at line 1 column 2".
fn field_of(text: &str) -> Option<(&str, &str)> {
    let (_, rest) = text.split_once("target type: ")?;
    let rest = rest.rsplit_once(" at line ").map_or(rest, |(words, _)| words);
    let missing = rest.strip_prefix("missing field `").and_then(|rest| rest.split_once('`'));
    if let Some((field, _)) = missing {
        return Some((field, rest));
    }
    rest.split_once(": ").filter(|(field, _)| !field.contains(' '))
}

impl From<QueryRejection> for ApiError {
    fn from(rejection: QueryRejection) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "malformed", rejection.body_text())
    }
}

/// A path that names nothing: an id that is no id is simply not found.
impl From<PathRejection> for ApiError {
    fn from(_: PathRejection) -> Self {
        Self::not_found("resource")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_reads_as_a_title() {
        assert_eq!(title_of("slot_taken"), "Slot taken");
        assert_eq!(title_of(""), "");
    }

    #[test]
    fn a_problem_keeps_its_cause_to_itself() {
        let error = ApiError::internal("the password of the database is hunter2");
        let document = serde_json::to_string(&error.document()).unwrap();
        assert!(!document.contains("hunter2"), "{document}");
    }

    #[test]
    fn a_body_that_does_not_fit_names_its_field() {
        let text = "Failed to deserialize the JSON body into the target type: \
            pet.name: a name has 1 to 100 characters at line 1 column 20";
        assert_eq!(field_of(text), Some(("pet.name", "a name has 1 to 100 characters")));
        let text = "Failed to deserialize the JSON body into the target type: \
            missing field `phone` at line 1 column 2";
        assert_eq!(field_of(text), Some(("phone", "missing field `phone`")));
        assert_eq!(field_of("Failed to parse"), None);
    }

    #[test]
    fn extra_members_stand_beside_the_standard_ones() {
        let document = ApiError::invalid("phone", "Too short.").document();
        let json = serde_json::to_value(document).unwrap();
        assert_eq!(json["field"], "phone");
        assert_eq!(json["type"], "urn:closeup:problem:invalid");
        assert_eq!(json["status"], 422);
    }
}
