//! What a call must hear of the product: cancelled, moved, done, consent given or withdrawn. Read
//! from the outbox, so that it does not matter who changed it, or on which node.

use std::time::Duration;

use sea_orm::{DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, entity::prelude::*};
use serde_json::Value;
use signaling::gate::{CallFact, Subject};
use signaling::message::{CallId, EndReason};
use uuid::Uuid;

use super::admission::millis;
use super::table::{call, seat};
use super::{Calls, line, pictures, record, roster};
use crate::accounts;
use crate::app::AppState;
use crate::appointments::{self, AppointmentState};
use crate::links::{LinkState, Margins, Window};
use crate::live::Listener;
use crate::outbox::Recorded;
use crate::problem::{ApiError, ApiResult};

const RETRY: Duration = Duration::from_secs(1);
/// How often calls are looked for that nobody is in any more, and whose window has closed.
const SWEEP: Duration = Duration::from_secs(60);
/// More calls than one process can have had under way.
const MOST_CALLS: u64 = 10_000;

/// Takes up the calls that had seats when the server stopped, so that those who do not come back
/// are counted out.
pub(super) async fn recover(app: AppState, calls: Calls) {
    let under_way = loop {
        match under_way(&app).await {
            Ok(under_way) => break under_way,
            Err(error) => tracing::warn!(%error, "calls under way cannot be read"),
        }
        tokio::time::sleep(RETRY).await;
    };
    for id in under_way {
        calls.recover(CallId(id)).await;
    }
}

async fn under_way(app: &AppState) -> Result<Vec<Uuid>, DbErr> {
    seat::Entity::find()
        .select_only()
        .column(seat::Column::AppointmentId)
        .distinct()
        .filter(seat::Column::VacatedAt.is_null())
        .limit(MOST_CALLS)
        .into_tuple()
        .all(&app.database)
        .await
}

/// Passes on what happens, for as long as the server runs.
pub(super) async fn run(app: AppState, calls: Calls) {
    let mut listener = listen(&app).await;
    loop {
        match listener.next().await {
            Ok(Some(event)) => pass_on(&app, &calls, &event).await,
            Ok(None) => return,
            Err(error) => {
                tracing::warn!(%error, "calls cannot hear of changes");
                tokio::time::sleep(RETRY).await;
            }
        }
    }
}

async fn listen(app: &AppState) -> Listener {
    loop {
        match app.outbox.newest().await {
            Ok(newest) => return app.live.hub.listen(newest),
            Err(error) => tracing::warn!(%error, "the outbox cannot be read"),
        }
        tokio::time::sleep(RETRY).await;
    }
}

/// Tries until it is passed on: a cancelled call must not go on because the database was away.
async fn pass_on(app: &AppState, calls: &Calls, event: &Recorded) {
    let Some(id) = subject(&event.payload) else { return };
    loop {
        let passed = match event.kind.as_str() {
            "appointment.changed" => appointment_changed(app, calls, id).await,
            "consent.changed" => consent_changed(app, calls, id).await,
            "call.changed" => line_changed(app, calls).await,
            "staff.changed" => staff_changed(app, calls, id, &event.payload).await,
            _ => return,
        };
        match passed {
            Ok(()) => return,
            Err(error) => tracing::warn!(%error, "a call could not be told of a change"),
        }
        tokio::time::sleep(RETRY).await;
    }
}

/// The appointment that it is about, or whatever else.
fn subject(payload: &Value) -> Option<Uuid> {
    let id = payload.get("appointment_id").or_else(|| payload.get("id"));
    id?.as_str()?.parse().ok()
}

async fn appointment_changed(app: &AppState, calls: &Calls, id: Uuid) -> ApiResult<()> {
    let row = appointments::table::Entity::find_by_id(id).one(&app.database).await?;
    let Some(row) = row else { return Ok(()) };
    line_changed(app, calls).await?;
    let window = Window::around(row.slot(), Margins::from(&*app.settings));
    let reason = match LinkState::at(app.clock.now(), window, row.state) {
        LinkState::Open => {
            calls.window_changed(CallId(id), millis(window.closes_at)).await;
            return Ok(());
        }
        // The call's own clock sees to it; and one guest's link is not the call's.
        LinkState::TooLate | LinkState::Expired => return Ok(()),
        LinkState::TooEarly => EndReason::Moved,
        LinkState::Cancelled => EndReason::Cancelled,
        LinkState::Ended => EndReason::Ended,
    };
    calls.end(CallId(id), reason).await;
    Ok(())
}

/// Somebody came, was admitted or left: others may be nearer to their turn, or further from it.
async fn line_changed(app: &AppState, calls: &Calls) -> ApiResult<()> {
    Ok(line::tell_all(&app.database, calls).await?)
}

async fn consent_changed(app: &AppState, calls: &Calls, id: Uuid) -> ApiResult<()> {
    let row = appointments::table::Entity::find_by_id(id).one(&app.database).await?;
    let Some(row) = row else { return Ok(()) };
    let allowed = pictures::agreed(&app.database, id).await?;
    calls.consent_changed(CallId(id), Subject(row.customer_id), allowed).await;
    Ok(())
}

/// Who does not work here any more sits in no call any more. Nor does whoever got another role or
/// a new password, until they join again as who they are now.
async fn staff_changed(app: &AppState, calls: &Calls, id: Uuid, event: &Value) -> ApiResult<()> {
    let leaves = event.get(accounts::LEAVES_CALLS).is_some_and(|leaves| leaves == true);
    let is_active = || async {
        let found = accounts::find(&app.database, id).await?;
        Ok::<_, ApiError>(found.is_none_or(|member| member.active))
    };
    if !leaves && is_active().await? {
        return Ok(());
    }
    for call in roster::calls_of(&app.database, id).await? {
        calls.dismissed(CallId(call), Subject(id)).await;
    }
    Ok(())
}

/// A call that everybody left without ending it is over when its window closes.
pub(super) async fn close_overdue(app: AppState) {
    loop {
        if let Err(error) = close_all_overdue(&app).await {
            tracing::warn!(%error, "calls that are over could not be closed");
        }
        tokio::time::sleep(SWEEP).await;
    }
}

async fn close_all_overdue(app: &AppState) -> ApiResult<()> {
    let live = call::Entity::find()
        .filter(call::Column::LiveSince.is_not_null())
        .filter(call::Column::EndedAt.is_null())
        .order_by_asc(call::Column::LiveSince)
        .limit(MOST_CALLS)
        .all(&app.database)
        .await?;
    for call in live {
        close_if_overdue(app, call.appointment_id).await?;
    }
    Ok(())
}

async fn close_if_overdue(app: &AppState, id: Uuid) -> ApiResult<()> {
    let row = appointments::table::Entity::find_by_id(id).one(&app.database).await?;
    let row = row.ok_or_else(|| ApiError::not_found("appointment"))?;
    let window = Window::around(row.slot(), Margins::from(&*app.settings));
    let closed = app.clock.now() >= window.closes_at;
    // Whoever is still in it is told by the call's own task.
    if !closed || !roster::taken(&app.database, id).await?.is_empty() {
        return Ok(());
    }
    let reason = match row.state {
        AppointmentState::Cancelled => EndReason::Cancelled,
        _ => EndReason::WindowClosed,
    };
    let ended = CallFact::Ended { reason, at: millis(window.closes_at) };
    record::keep(app, id, vec![ended]).await
}
