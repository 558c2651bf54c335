//! `/links/{token}/consents`: the customer answers, and may answer again.

use axum::{extract::State, response::Response};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{Answer, CURRENT, Consent, ConsentKind, record};
use crate::{
    app::AppState,
    clock::Timestamp,
    http::{client_address::ClientAddress, extract::Path, idempotency::Creation},
    language::Language,
    links::{self, LinkState, LinkToken, Opened},
    problem::{ApiError, ApiResult, Problem},
};

pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(answer))
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewConsent {
    kind: ConsentKind,
    /// False takes an earlier consent back.
    granted: bool,
    /// Of the words that were shown.
    #[schema(max_length = 40)]
    version: String,
    /// In which they were shown.
    language: Language,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Consent)]
struct View {
    id: Uuid,
    kind: ConsentKind,
    granted: bool,
    version: String,
    language: Language,
    given_at: Timestamp,
}

/// Keeps what the customer answered. A consent can be taken back at any time; giving it needs the
/// words of today, and an appointment that is still to come or under way.
#[utoipa::path(post, path = "/links/{token}/consents", tag = "links", operation_id = "create_consent",
    request_body = NewConsent,
    params(("token" = String, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat")),
    responses(
        (status = 201, description = "Kept", body = View),
        (status = 403, description = "`forbidden`: a guest's link", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`link_invalid`", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`consent_outdated`: other words are asked now; `link_closed`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`invalid`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn answer(
    State(app): State<AppState>,
    ClientAddress(from): ClientAddress,
    Path(token): Path<LinkToken>,
    creation: Creation<NewConsent>,
) -> ApiResult<Response> {
    let opened = links::open(&app, from, &token).await?.only_customer()?;
    let (new, once) = creation.by(opened.appointment.id);
    let now = app.clock.now();
    let write = app.database.write().await?;
    if let Some(kept) = once.kept(&write).await? {
        return Ok(kept);
    }
    let answer = allowed(&opened, new)?;
    let consent = record(&app, &write, &opened.appointment, answer, now).await?;
    once.keep_and_commit(write, now, StatusCode::CREATED, &View::from(consent)).await
}

fn allowed(opened: &Opened, new: NewConsent) -> ApiResult<Answer> {
    let NewConsent { kind, granted, version, language } = new;
    if version.chars().count() > 40 {
        return Err(ApiError::invalid("version", "This is no version of what is asked."));
    }
    if granted && version != CURRENT {
        let detail = "What is asked has changed meanwhile. Please read it again.";
        return Err(ApiError::conflict("consent_outdated", detail));
    }
    if granted && !matches!(opened.state, LinkState::TooEarly | LinkState::Open) {
        let detail = "The appointment is over or cancelled; there is nothing left to agree to.";
        return Err(ApiError::conflict("link_closed", detail));
    }
    Ok(Answer { kind, granted, version, language })
}

impl From<Consent> for View {
    fn from(row: Consent) -> Self {
        let Consent { id, kind, granted, version, language, given_at, .. } = row;
        Self { id, kind, granted, version, language, given_at }
    }
}
