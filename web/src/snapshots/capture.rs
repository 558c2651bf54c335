//! The beginning of a snapshot: the moment somebody presses the shutter. For the call's gate.

use sea_orm::{
    ActiveModelTrait, DbErr, EntityTrait, PaginatorTrait, QueryOrder, QuerySelect, Set,
    entity::prelude::*,
};

use super::{Source, keep, table::snapshot, view};
use crate::{
    accounts,
    app::AppState,
    appointments,
    clock::Timestamp,
    consents::{self, Consent, ConsentKind},
    database::{Write, is_taken},
    problem::{ApiError, ApiResult},
    text::Notes,
};

/// Nobody looks through more; a page that takes more has gone wild.
const MOST_PER_APPOINTMENT: u64 = 500;

/// A capture about to be asked for.
#[derive(Clone, Copy, Debug)]
pub struct Capture {
    /// Made by the stylist's page.
    pub id: Uuid,
    pub appointment: Uuid,
    /// The customer who is to be in the picture, themselves or with their pet.
    pub target: Uuid,
    /// The staff member who takes it.
    pub by: Uuid,
    pub at: Timestamp,
    /// Since the call went live.
    pub call_time_ms: u64,
}

/// Why nothing may be captured.
#[derive(Debug, thiserror::Error)]
pub enum CaptureRefused {
    #[error("the customer has not agreed to snapshots")]
    ConsentMissing,
    #[error("this capture exists already")]
    Exists,
    #[error("this may not be captured")]
    Forbidden,
    #[error("no more snapshots fit into this consultation")]
    TooMany,
    #[error(transparent)]
    Failed(#[from] ApiError),
}

/// Keeps that a snapshot is being taken, if the customer agrees at this moment. Only once this
/// returned may anybody be asked for a picture.
pub async fn begin_capture(app: &AppState, capture: Capture) -> Result<(), CaptureRefused> {
    let write = app.database.write().await?;
    begin_capture_within(app, &write, capture).await?;
    write.commit().await?;
    Ok(())
}

/// The same as part of something larger. The one who calls commits.
pub(crate) async fn begin_capture_within(
    app: &AppState,
    write: &Write,
    capture: Capture,
) -> Result<(), CaptureRefused> {
    consents::hold(write, capture.appointment).await?;
    let appointment = subject(write, &capture).await?;
    let consent = consent(write, capture.appointment).await?;
    leave_room(write, &capture).await?;
    let row = insert(write, capture, &appointment, consent).await?;
    view::announce(app, write, &row).await?;
    Ok(())
}

/// A capture that was begun.
#[derive(Clone, Copy, Debug)]
pub struct Begun {
    pub id: Uuid,
    /// The customer.
    pub target: Uuid,
    /// The staff member who took it.
    pub by: Uuid,
}

/// The captures of an appointment, the oldest first.
pub async fn begun(
    database: &impl ConnectionTrait,
    appointment: Uuid,
) -> Result<Vec<Begun>, DbErr> {
    let rows = snapshot::Entity::find()
        .filter(snapshot::Column::AppointmentId.eq(appointment))
        .order_by_asc(snapshot::Column::TakenAt)
        .limit(MOST_PER_APPOINTMENT)
        .all(database)
        .await?;
    let begun =
        |row: snapshot::Model| Begun { id: row.id, target: row.customer_id, by: row.taken_by };
    Ok(rows.into_iter().map(begun).collect())
}

/// Keeps the call's last key frame as the picture of a capture, until a better one arrives.
pub async fn keep_key_frame(
    app: &AppState,
    appointment: Uuid,
    capture: Uuid,
    frame: &sfu::KeyFrame,
) -> ApiResult<()> {
    let found = snapshot::Entity::find_by_id(capture).one(&app.database).await?;
    let found = found.filter(|found| found.appointment_id == appointment);
    let snapshot = found.ok_or_else(|| ApiError::not_found("capture"))?;
    let turn = app.store.ingester.turn().await;
    let arrived = keep::Arrived::new(Source::KeyFrame, frame.to_webp());
    keep::keep_in_turn(app, turn, &snapshot, arrived).await
}

/// The appointment, when both who takes the picture and who is in it belong there.
async fn subject(
    write: &Write,
    capture: &Capture,
) -> Result<appointments::table::Model, CaptureRefused> {
    let found = appointments::table::Entity::find_by_id(capture.appointment).one(write).await?;
    let appointment = found.ok_or(CaptureRefused::Forbidden)?;
    let staff = accounts::find(write, capture.by).await?;
    let may = staff.is_some_and(|member| member.active && member.role.holds_consultations());
    if !may || appointment.customer_id != capture.target {
        return Err(CaptureRefused::Forbidden);
    }
    Ok(appointment)
}

async fn consent(write: &Write, appointment: Uuid) -> Result<Consent, CaptureRefused> {
    let newest = consents::newest(write, appointment, ConsentKind::Snapshots).await?;
    newest.filter(Consent::stands).ok_or(CaptureRefused::ConsentMissing)
}

async fn leave_room(write: &Write, capture: &Capture) -> Result<(), CaptureRefused> {
    let taken = snapshot::Entity::find()
        .filter(snapshot::Column::AppointmentId.eq(capture.appointment))
        .count(write)
        .await?;
    if taken >= MOST_PER_APPOINTMENT { Err(CaptureRefused::TooMany) } else { Ok(()) }
}

async fn insert(
    write: &Write,
    capture: Capture,
    appointment: &appointments::table::Model,
    consent: Consent,
) -> Result<snapshot::Model, CaptureRefused> {
    let row = snapshot::ActiveModel {
        id: Set(capture.id),
        appointment_id: Set(appointment.id),
        customer_id: Set(appointment.customer_id),
        pet_id: Set(appointment.pet_id),
        taken_by: Set(capture.by),
        taken_at: Set(capture.at),
        call_time_ms: Set(i64::try_from(capture.call_time_ms).unwrap_or(i64::MAX)),
        consent_id: Set(consent.id),
        note: Set(Notes::default()),
        reviewed_by: Set(None),
        reviewed_at: Set(None),
    };
    match row.insert(write).await {
        Ok(row) => Ok(row),
        Err(error) if is_taken(&error) => Err(CaptureRefused::Exists),
        Err(error) => Err(error.into()),
    }
}

impl From<sea_orm::DbErr> for CaptureRefused {
    fn from(error: sea_orm::DbErr) -> Self {
        Self::Failed(error.into())
    }
}
