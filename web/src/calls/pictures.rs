//! Snapshots in a call: whether the customer agreed to them, and handing them to those who keep
//! them.

use sea_orm::{ConnectionTrait, DbErr};
use sfu::KeyFrame;
use signaling::gate::{CaptureRequest, Refusal};
use signaling::message::{CallId, CaptureId, ErrorCode};
use uuid::Uuid;

use super::admission::{failed, timestamp};
use crate::app::AppState;
use crate::consents::{self, Consent, ConsentKind};
use crate::problem::ApiResult;
use crate::snapshots::{self, Capture, CaptureRefused};

/// Has the customer of this appointment agreed to snapshots, and not taken it back?
pub(super) async fn agreed(
    database: &impl ConnectionTrait,
    appointment: Uuid,
) -> Result<bool, DbErr> {
    let newest = consents::newest(database, appointment, ConsentKind::Snapshots).await?;
    Ok(newest.as_ref().is_some_and(Consent::stands))
}

/// Keeps that a snapshot is about to be taken; the consent is looked up once more.
pub(super) async fn begin(
    app: &AppState,
    call: CallId,
    capture: CaptureRequest,
) -> Result<(), Refusal> {
    let capture = Capture {
        id: capture.id.0,
        appointment: call.0,
        target: capture.target_subject.0,
        by: capture.by_subject.0,
        at: timestamp(capture.at),
        call_time_ms: capture.call_time_ms,
    };
    snapshots::begin_capture(app, capture).await.map_err(explain)
}

/// Stores a key frame as the picture of a capture, until a better one comes.
pub(super) async fn keep_key_frame(
    app: &AppState,
    call: CallId,
    capture: CaptureId,
    frame: &KeyFrame,
) -> ApiResult<()> {
    snapshots::keep_key_frame(app, call.0, capture.0, frame).await
}

fn explain(refused: CaptureRefused) -> Refusal {
    let code = match &refused {
        CaptureRefused::ConsentMissing => ErrorCode::ConsentMissing,
        CaptureRefused::Exists => ErrorCode::CaptureExists,
        CaptureRefused::Forbidden => ErrorCode::Forbidden,
        CaptureRefused::TooMany => ErrorCode::RateLimited,
        CaptureRefused::Failed(_) => return failed(refused),
    };
    Refusal::new(code, refused.to_string())
}
