//! `/links/{token}`: what the customer's page asks, with nothing but the link in hand.

use std::convert::Infallible;

use axum::{
    extract::State,
    response::sse::{Event, Sse},
};
use futures_util::Stream;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{Link, LinkToken, events, open};
use crate::{
    app::AppState,
    http::{
        client_address::ClientAddress,
        extract::{Json, Path},
    },
    problem::{ApiResult, Problem},
};

pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(show)).routes(routes!(follow))
}

/// What a link is good for at this moment.
#[utoipa::path(get, path = "/links/{token}", tag = "links", operation_id = "show_link",
    params(("token" = String, Path)),
    responses(
        (status = 200, description = "The link, whatever its state", body = Link),
        (status = 404, description = "`link_invalid`, whatever is wrong with it", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "`rate_limited`: too many bad links from this address", body = Problem, content_type = "application/problem+json"),
    ))]
async fn show(
    State(app): State<AppState>,
    ClientAddress(from): ClientAddress,
    Path(token): Path<LinkToken>,
) -> ApiResult<Json<Link>> {
    let opened = open(&app, from, &token).await?;
    Ok(Json(Link::of(&app, &opened).await?))
}

/// The same, again at each change (`text/event-stream`): the window opens or closes, the
/// appointment is moved, cancelled or over, the shop has another name, number or time zone. Each event is a `link.changed` with the whole link.
#[utoipa::path(get, path = "/links/{token}/events", tag = "links", operation_id = "link_events",
    params(("token" = String, Path)),
    responses(
        (status = 200, description = "The stream", content_type = "text/event-stream", body = String),
        (status = 404, description = "`link_invalid`", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "`rate_limited`", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`too_many_streams`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn follow(
    State(app): State<AppState>,
    ClientAddress(from): ClientAddress,
    Path(token): Path<LinkToken>,
) -> ApiResult<Sse<impl Stream<Item = Result<Event, Infallible>>>> {
    let opened = open(&app, from, &token).await?;
    events::stream(app, opened).await
}
