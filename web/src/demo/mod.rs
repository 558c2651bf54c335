//! The demo shop: made in a new data folder, so that there is something to try out at once. A hair
//! and nail shop that also grooms pets, on an ordinary day around now.
//!
//! `people` are who works there and who comes, `day` is what is planned, `paint` makes what the
//! cameras saw, `pictures` keeps it.

mod day;
mod paint;
mod people;
mod pictures;

use sea_orm::EntityTrait;
use serde::Serialize;
use uuid::Uuid;

use crate::{
    accounts,
    app::AppState,
    appointments::{self, Appointment, AppointmentState},
    clock::Timestamp,
    http::pagination::PageQuery,
};

/// Printed when the server is ready.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Demo {
    pub staff: Vec<DemoStaff>,
    /// The video consultations; those whose link is open come first.
    pub appointments: Vec<DemoAppointment>,
}

#[derive(Clone, Debug, Serialize)]
pub struct DemoStaff {
    pub role: String,
    pub email: String,
    pub password: String,
}

#[derive(Clone, Debug, Serialize)]
pub struct DemoAppointment {
    pub id: Uuid,
    pub state: String,
    pub starts_at: Timestamp,
    pub customer_link: Option<String>,
}

/// Makes the demo shop where there is no staff yet, unless the settings say not to; tells what
/// there is of it.
pub async fn prepare(app: &AppState) -> anyhow::Result<Demo> {
    if !app.settings.empty && is_new(app).await? {
        make(app).await?;
    }
    // Also what an earlier start was stopped from painting.
    if let Err(error) = pictures::deliver(app).await {
        tracing::warn!(%error, "pictures of the demo shop are still to come");
    }
    describe(app).await
}

async fn is_new(app: &AppState) -> anyhow::Result<bool> {
    Ok(accounts::list(&app.database, accounts::Filter::default(), &PageQuery::default())
        .await?
        .items
        .is_empty())
}

/// People, plans and snapshots are made all at once or not at all; their pictures follow, through the
/// same door as those of real calls.
async fn make(app: &AppState) -> anyhow::Result<()> {
    let now = app.clock.now();
    let hashes = people::password_hashes(app).await?;
    let txn = app.database.write().await?;
    let shop = people::hire_and_welcome(&txn, hashes, now).await?;
    let booked = day::plan_day(app, &txn, &shop, now).await?;
    pictures::take(app, &txn, &booked, shop.staff[people::LIN_YA]).await?;
    Ok(txn.commit().await?)
}

/// Also when the server starts again: the passwords follow from the installation's key.
async fn describe(app: &AppState) -> anyhow::Result<Demo> {
    let everybody =
        accounts::list(&app.database, accounts::Filter::default(), &PageQuery::default())
            .await?
            .items;
    let staff: Vec<_> =
        everybody.iter().filter_map(|member| people::credentials(app, member)).collect();
    if staff.is_empty() {
        return Ok(Demo::default());
    }
    let rows = appointments::table::Entity::find().all(&app.database).await?;
    let mut all = Appointment::all(app, &app.database, rows).await?;
    all.retain(is_worth_trying);
    all.sort_by_key(|one| (!one.is_open(), one.starts_at));
    Ok(Demo { staff, appointments: all.into_iter().take(20).map(DemoAppointment::from).collect() })
}

fn is_worth_trying(one: &Appointment) -> bool {
    one.customer_link.is_some() && one.state != AppointmentState::Done
}

impl From<Appointment> for DemoAppointment {
    fn from(one: Appointment) -> Self {
        Self {
            id: one.id,
            state: one.state.to_string(),
            starts_at: one.starts_at,
            customer_link: one.customer_link,
        }
    }
}
