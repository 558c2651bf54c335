//! Who may join which call, and as whom: customers and guests by their links, staff by their session.

use sea_orm::EntityTrait;
use signaling::gate::{Caller, JoinRequest, Pass, Refusal, Subject};
use signaling::message::{CallId, Door, ErrorCode, Role};
use signaling::time::UnixMillis;
use uuid::Uuid;

use super::pictures;
use crate::accounts;
use crate::app::AppState;
use crate::appointments::{self, AppointmentKind};
use crate::clock::Timestamp;
use crate::customers::table::customer;
use crate::links::{self, LinkState, LinkToken, Margins, Opened, Window};
use crate::problem::ApiError;

pub(super) async fn authorize(app: &AppState, request: JoinRequest) -> Result<Pass, Refusal> {
    match request.door {
        Door::Link(link) => holder(app, request.caller, link).await,
        Door::Appointment(id) => staff(app, request.caller, id).await,
    }
}

/// Whoever holds a link: the customer, or a guest.
async fn holder(app: &AppState, caller: Caller, link: String) -> Result<Pass, Refusal> {
    let link = LinkToken::from(link);
    let opened = links::open(app, caller.address, &link).await.map_err(explain)?;
    open_now(opened.state)?;
    let Opened { appointment, window, guest, .. } = opened;
    let closes_at = millis(window.closes_at);
    if let Some(guest) = guest {
        return Ok(Pass {
            call: CallId(appointment.id),
            subject: Subject(guest.id),
            role: Role::Guest,
            name: guest.name.as_str().to_owned(),
            may_be_captured: false,
            closes_at,
        });
    }
    let person = customer::Entity::find_by_id(appointment.customer_id).one(&app.database).await;
    let person = person.map_err(failed)?.ok_or_else(no_such_consultation)?;
    let agreed = pictures::agreed(&app.database, appointment.id).await;
    Ok(Pass {
        call: CallId(appointment.id),
        subject: Subject(person.id),
        role: Role::Customer,
        name: person.name.as_str().to_owned(),
        may_be_captured: agreed.map_err(failed)?,
        closes_at,
    })
}

async fn staff(app: &AppState, caller: Caller, id: Uuid) -> Result<Pass, Refusal> {
    let signed_out = || Refusal::new(ErrorCode::Forbidden, "sign in first");
    let member = caller.staff.ok_or_else(signed_out)?;
    let member = accounts::find(&app.database, member).await.map_err(failed)?;
    let member = member.filter(|member| member.active).ok_or_else(signed_out)?;
    let row = appointments::table::Entity::find_by_id(id).one(&app.database).await;
    let row = row.map_err(failed)?.filter(|row| row.kind == AppointmentKind::Video);
    let row = row.ok_or_else(no_such_consultation)?;
    let window = Window::around(row.slot(), Margins::from(&*app.settings));
    open_now(LinkState::at(app.clock.now(), window, row.state))?;
    Ok(Pass {
        call: CallId(id),
        subject: Subject(member.id),
        role: role(member.role),
        name: member.name,
        may_be_captured: false,
        closes_at: millis(window.closes_at),
    })
}

fn role(role: accounts::Role) -> Role {
    if role.holds_consultations() { Role::Stylist } else { Role::Staff }
}

fn open_now(state: LinkState) -> Result<(), Refusal> {
    let (code, words) = match state {
        LinkState::Open => return Ok(()),
        LinkState::TooEarly => (ErrorCode::TooEarly, "the call is not open yet"),
        LinkState::TooLate => (ErrorCode::TooLate, "the time for this call has passed"),
        LinkState::Cancelled => (ErrorCode::Cancelled, "the appointment was cancelled"),
        LinkState::Ended => (ErrorCode::Ended, "this call is over"),
        LinkState::Expired => (ErrorCode::TooLate, "this invitation is no longer good"),
    };
    Err(Refusal::new(code, words))
}

fn no_such_consultation() -> Refusal {
    Refusal::new(ErrorCode::LinkInvalid, "there is no such consultation")
}

/// A refusal of the product's in the call's words.
fn explain(error: ApiError) -> Refusal {
    let code = match error.code {
        "link_invalid" => ErrorCode::LinkInvalid,
        "rate_limited" => ErrorCode::RateLimited,
        _ => return failed(error),
    };
    Refusal::new(code, error.detail)
}

/// What went wrong is for the log; who asks may try again.
pub(super) fn failed(error: impl std::fmt::Display) -> Refusal {
    tracing::error!(%error, "a call could not reach what it needs");
    Refusal::new(ErrorCode::Internal, "this could not be done now; it may work in a moment")
}

pub(super) fn millis(instant: Timestamp) -> UnixMillis {
    UnixMillis(u64::try_from(instant.millis()).unwrap_or(0))
}

pub(super) fn timestamp(instant: UnixMillis) -> Timestamp {
    Timestamp::from_millis(i64::try_from(instant.0).unwrap_or(i64::MAX))
}
