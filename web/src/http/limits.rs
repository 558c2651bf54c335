//! What no request may exceed: size, time; and what becomes of a handler that panics.

use std::{any::Any, time::Duration};

use axum::{
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use tower_http::catch_panic::{CatchPanicLayer, ResponseForPanic};

use crate::problem::ApiError;

/// Bytes of a request's body, unless its route says otherwise (uploads do).
pub const LARGEST_BODY: usize = 256 * 1024;
/// Until a handler answers. Streams and sockets answer at once, and then live as long as they like.
const SLOWEST: Duration = Duration::from_secs(60);

pub(crate) async fn time_out(request: Request, next: Next) -> Response {
    let answered = tokio::time::timeout(SLOWEST, next.run(request)).await;
    answered.unwrap_or_else(|_| {
        let detail = "The request took too long.";
        ApiError::new(StatusCode::REQUEST_TIMEOUT, "timeout", detail).into_response()
    })
}

pub(crate) async fn method_not_allowed() -> ApiError {
    let detail = "This resource does not know this method.";
    ApiError::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail)
}

pub(crate) fn catch_panic() -> CatchPanicLayer<Panicked> {
    CatchPanicLayer::custom(Panicked)
}

/// A panic is a bug: logged with its words, told without them.
#[derive(Clone, Copy)]
pub(crate) struct Panicked;

impl ResponseForPanic for Panicked {
    type ResponseBody = axum::body::Body;

    fn response_for_panic(&mut self, panic: Box<dyn Any + Send>) -> Response {
        let words = panic.downcast_ref::<String>().map(String::as_str);
        let words = words.or_else(|| panic.downcast_ref::<&str>().copied());
        ApiError::internal(format!("a handler panicked: {}", words.unwrap_or("?"))).into_response()
    }
}
