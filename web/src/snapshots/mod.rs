//! Snapshots: taken in a call, kept in the customer's file, looked at before the service.
//!
//! A capture (the act, its id made by the stylist's page) becomes a snapshot at once, so that it is
//! known even when no picture ever arrives. Up to three pictures of it do: from the subject's own
//! camera, from the stylist's screen, and the last key frame of the call. The best one shows.
//!
//! The order that nothing can break: bytes of an upload durable in a part file, acknowledged; when
//! whole, let in as a picture; its blobs durable; its row committed; acknowledged; the part file
//! gone. A kill in between is mended by the client asking again: the same step is done once more.

mod access;
mod best;
mod board;
mod capture;
mod counts;
mod download;
mod keep;
mod orphans;
mod range;
mod refusal;
mod review;
mod routes;
mod source;
mod store;
mod table;
mod upload;
mod upload_routes;
mod view;

pub(crate) use capture::begin_capture_within;
pub use capture::{Begun, Capture, CaptureRefused, begin_capture, begun, keep_key_frame};
pub use counts::of_appointments as counts;
pub use keep::keep;
pub use orphans::sweep_orphans;
pub(crate) use review::review_visit;
pub use source::Source;
pub use store::Store;
pub use view::Snapshot;

use utoipa_axum::router::OpenApiRouter;

use crate::app::AppState;

pub fn router() -> OpenApiRouter<AppState> {
    upload_routes::router()
        .merge(routes::router())
        .merge(download::router())
        .merge(review::router())
        .merge(board::router())
}
