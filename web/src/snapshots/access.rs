//! Who brings a picture: staff, or the customer who holds a link (`Authorization: Link <token>`).

use axum::extract::FromRequestParts;
use http::{header, request::Parts};

use super::{Source, table::snapshot};
use crate::{
    accounts::StaffSession,
    app::AppState,
    appointments,
    http::client_address::ClientAddress,
    links::{self, LinkToken},
    problem::{ApiError, ApiResult},
};

pub(super) enum Uploader {
    Staff,
    /// Whatever the state of the link: what was captured in the call may arrive after it.
    Customer(Box<appointments::table::Model>),
}

impl Uploader {
    /// A customer brings pictures of their own camera to captures of their own appointment; of
    /// others they do not even learn that they exist. Staff bring what they saw.
    pub(super) fn may_bring(&self, source: Source, to: &snapshot::Model) -> ApiResult<()> {
        let forbidden = || Err(ApiError::forbidden("Pictures of this source come from elsewhere."));
        match self {
            Self::Customer(appointment) if appointment.id != to.appointment_id => {
                Err(ApiError::not_found("capture"))
            }
            Self::Customer(_) if source != Source::Camera => forbidden(),
            Self::Staff if source != Source::Received => forbidden(),
            _ => Ok(()),
        }
    }
}

impl FromRequestParts<AppState> for Uploader {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> ApiResult<Self> {
        if let Some(token) = link_token(parts) {
            let Ok(ClientAddress(from)) = ClientAddress::from_request_parts(parts, app).await;
            let opened = links::open(app, from, &token).await?.only_customer()?;
            return Ok(Self::Customer(Box::new(opened.appointment)));
        }
        <StaffSession as FromRequestParts<AppState>>::from_request_parts(parts, app).await?;
        Ok(Self::Staff)
    }
}

fn link_token(parts: &Parts) -> Option<LinkToken> {
    let value = parts.headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("link").then(|| LinkToken::from(token.trim().to_owned()))
}
