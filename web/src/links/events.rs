//! One link's stream: the page that waits for the window opens by itself, and learns at once of a
//! new time or a cancellation.

use std::{convert::Infallible, time::Duration};

use axum::response::sse::{Event, Sse};
use futures_util::{Stream, stream};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::Instant;
use uuid::Uuid;

use super::{Link, Opened};
use crate::{
    app::AppState,
    live::{Listener, keep_alive},
    problem::ApiResult,
};

/// After this long the stream ends, and the page comes back by itself.
const LONGEST: Duration = Duration::from_secs(60 * 60);
/// The clock is looked at this often, for it may have been set meanwhile.
const TICK: Duration = Duration::from_secs(1);

pub(super) async fn stream(
    app: AppState,
    opened: Opened,
) -> ApiResult<Sse<impl Stream<Item = Result<Event, Infallible>>>> {
    let place = app.live.link_places.take()?;
    let listener = app.live.hub.listen(app.outbox.newest().await?);
    let ends = Instant::now() + LONGEST;
    let state = Following { app, opened, listener, told: None, ends, _place: place };
    Ok(Sse::new(stream::unfold(state, Following::next)).keep_alive(keep_alive()))
}

struct Following {
    app: AppState,
    opened: Opened,
    listener: Listener,
    told: Option<Link>,
    ends: Instant,
    _place: OwnedSemaphorePermit,
}

impl Following {
    /// Looks, tells if there is something new, and waits for a reason to look again. When the
    /// database is away the stream ends, and the page comes back.
    async fn next(mut self) -> Option<(Result<Event, Infallible>, Self)> {
        while Instant::now() < self.ends {
            self.opened = self.opened.again(&self.app).await.ok()??;
            let link = Link::of(&self.app, &self.opened).await.ok()?;
            if !self.told.as_ref().is_some_and(|told| told.says_the_same_as(&link)) {
                let event = Event::default().event("link.changed").json_data(&link).ok()?;
                self.told = Some(link);
                return Some((Ok(event), self));
            }
            self.wait().await?;
        }
        None
    }

    /// Until something happens to the appointment or the shop, or the link opens or closes.
    async fn wait(&mut self) -> Option<()> {
        let change = self.opened.next_change();
        while Instant::now() < self.ends {
            let now = self.app.clock.now();
            if change.is_some_and(|change| change <= now) {
                break;
            }
            let tick = change.map_or(TICK, |change| change.since(now).min(TICK));
            let next = self.app.tasks.stopping.run_until_cancelled(self.listener.next());
            let Ok(event) = tokio::time::timeout(tick, next).await else { continue };
            let event = event?.ok()??;
            let appointment = self.opened.appointment.id;
            if event.kind == "shop.changed" || concerns(&event.payload, appointment) {
                break;
            }
        }
        Some(())
    }
}

fn concerns(payload: &serde_json::Value, appointment: Uuid) -> bool {
    let named = payload.get("appointment_id").and_then(serde_json::Value::as_str);
    named.is_some_and(|id| id.parse() == Ok(appointment))
}
