//! `GET /events`: everything that happens in the shop, for the staff's screens.

use std::{convert::Infallible, time::Duration};

use axum::{
    extract::State,
    response::sse::{Event, KeepAlive, Sse},
};
use futures_util::{Stream, stream};
use http::HeaderMap;
use tokio::{sync::OwnedSemaphorePermit, time::Instant};
use tokio_util::sync::CancellationToken;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    Listener,
    resume::{Start, start},
};
use crate::{
    accounts::StaffSession,
    app::AppState,
    outbox::Recorded,
    problem::{ApiResult, Problem},
};

/// After this long a stream ends. The browser comes back by itself with the number that it saw
/// last, and is asked again who it is: so somebody who signed out does not listen on.
const LONGEST: Duration = Duration::from_secs(15 * 60);
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// What browsers wait before they come back.
const COME_BACK: Duration = Duration::from_millis(500);

pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(events))
}

pub(crate) fn keep_alive() -> KeepAlive {
    KeepAlive::new().interval(KEEP_ALIVE)
}

/// What happens in the shop, as it happens (`text/event-stream`).
///
/// Each event has a number (`id`), a name such as `appointment.changed`, and JSON with at least the
/// `id` of what changed. `Last-Event-ID` resumes after that number. The event `ready` says: from
/// here on nothing is missed, so load now what the screen shows.
#[utoipa::path(get, path = "/events", tag = "live", operation_id = "events",
    params(("Last-Event-ID" = Option<i64>, Header, description = "the number seen last")),
    responses(
        (status = 200, description = "The stream", content_type = "text/event-stream", body = String),
        (status = 401, description = "`signed_out`", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`too_many_streams`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn events(
    State(app): State<AppState>,
    staff: StaffSession,
    headers: HeaderMap,
) -> ApiResult<Sse<impl Stream<Item = Result<Event, Infallible>>>> {
    let place = app.live.places.take()?;
    let newest = app.outbox.newest().await?;
    let begin = start(last_event_id(&headers), app.outbox.oldest().await?, newest);
    let (position, first) = match begin {
        Start::After(seen) => (seen, None),
        Start::Afresh => (newest, Some(ready(newest))),
    };
    let listener = app.live.hub.listen(position);
    let (ends, stopping) = (Instant::now() + LONGEST, app.tasks.stopping.clone());
    let state = Streaming { staff: staff.id, listener, first, ends, stopping, _place: place };
    Ok(Sse::new(stream::unfold(state, Streaming::next)).keep_alive(keep_alive()))
}

struct Streaming {
    /// Whose stream it is.
    staff: Uuid,
    listener: Listener,
    first: Option<Event>,
    ends: Instant,
    stopping: CancellationToken,
    _place: OwnedSemaphorePermit,
}

impl Streaming {
    async fn next(mut self) -> Option<(Result<Event, Infallible>, Self)> {
        if let Some(first) = self.first.take() {
            return Some((Ok(first), self));
        }
        let next = self.stopping.run_until_cancelled(self.listener.next());
        match tokio::time::timeout_at(self.ends, next).await {
            Ok(Some(Ok(Some(event)))) => {
                if is_about(&event, self.staff) {
                    self.ends = Instant::now();
                }
                Some((Ok(as_sent(&event)), self))
            }
            // Its time is up, the server stops, or the database is away: the browser comes back.
            _ => None,
        }
    }
}

/// Another role, another password, or no work here any more: after this event the stream ends, and
/// who comes back is asked again who they are.
fn is_about(event: &Recorded, staff: Uuid) -> bool {
    let id = event.payload.get("id").and_then(serde_json::Value::as_str);
    event.kind == "staff.changed" && id.is_some_and(|id| id.parse() == Ok(staff))
}

fn ready(position: i64) -> Event {
    Event::default().id(position.to_string()).event("ready").retry(COME_BACK).data("{}")
}

fn as_sent(event: &Recorded) -> Event {
    Event::default().id(event.seq.to_string()).event(&event.kind).data(event.payload.to_string())
}

fn last_event_id(headers: &HeaderMap) -> Option<i64> {
    headers.get("last-event-id")?.to_str().ok()?.trim().parse().ok()
}
