//! The seam itself: what signaling asks of the product, passed on to those who know.

use sfu::KeyFrame;
use signaling::gate::{
    CallFact, CaptureRequest, Gate, JoinRequest, Pass, QualitySample, Refusal, Restored,
};
use signaling::message::{CallId, CaptureId, IceServer};
use signaling::time::UnixMillis;

use super::{admission, pictures, quality, record, turn};
use crate::app::AppState;

pub struct ProductGate {
    app: AppState,
}

impl ProductGate {
    pub(super) fn new(app: AppState) -> Self {
        Self { app }
    }
}

impl Gate for ProductGate {
    fn now(&self) -> UnixMillis {
        admission::millis(self.app.clock.now())
    }

    fn ice_servers(&self) -> Option<Vec<IceServer>> {
        turn::ice_servers(&self.app.settings, self.app.clock.now().millis() / 1_000)
    }

    async fn authorize(&self, request: JoinRequest) -> Result<Pass, Refusal> {
        admission::authorize(&self.app, request).await
    }

    async fn record(&self, call: CallId, facts: Vec<CallFact>) -> Result<(), Refusal> {
        record::keep(&self.app, call.0, facts).await.map_err(admission::failed)
    }

    async fn begin_capture(&self, call: CallId, capture: CaptureRequest) -> Result<(), Refusal> {
        pictures::begin(&self.app, call, capture).await
    }

    async fn keep_key_frame(&self, call: CallId, capture: CaptureId, frame: KeyFrame) {
        if let Err(error) = pictures::keep_key_frame(&self.app, call, capture, &frame).await {
            tracing::warn!(%call, %capture, %error, "a key frame could not be kept");
        }
    }

    async fn keep_quality(&self, call: CallId, samples: Vec<QualitySample>) -> Result<(), Refusal> {
        quality::keep(&self.app, call.0, samples).await.map_err(admission::failed)
    }

    async fn restore(&self, call: CallId) -> Result<Restored, Refusal> {
        record::restore(&self.app, call.0).await.map_err(admission::failed)
    }
}
