//! Reading appointments: one, or a page of them by time.

use sea_orm::{ColumnTrait, Condition, EntityTrait, Order, QueryFilter};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::table::{Column, Entity, Model};
use super::{Appointment, AppointmentState, Length};
use crate::app::AppState;
use crate::clock::Timestamp;
use crate::database::find;
use crate::http::pagination::{By, Page, PageQuery};
use crate::problem::ApiResult;

/// Which ones.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// Only those that end after this.
    pub from: Option<Timestamp>,
    /// Only those that start before this.
    pub to: Option<Timestamp>,
    pub stylist_id: Option<Uuid>,
    pub customer_id: Option<Uuid>,
    pub state: Option<AppointmentState>,
}

impl Filter {
    fn condition(&self) -> Condition {
        Condition::all()
            .add_option(self.from.map(|from| Column::EndsAt.gt(from)))
            // Says nothing new (none is longer), but lets the index by start find the place.
            .add_option(self.from.map(|from| Column::StartsAt.gt(from - Length::LONGEST)))
            .add_option(self.to.map(|to| Column::StartsAt.lt(to)))
            .add_option(self.stylist_id.map(|id| Column::StylistId.eq(id)))
            .add_option(self.customer_id.map(|id| Column::CustomerId.eq(id)))
            .add_option(self.state.map(|state| Column::State.eq(state)))
    }
}

pub(super) async fn page(
    app: &AppState,
    filter: &Filter,
    page: &PageQuery,
) -> ApiResult<Page<Appointment>> {
    let rows = Entity::find().filter(filter.condition());
    let by = By { column: Column::StartsAt, id: Column::Id, order: Order::Asc };
    let key = |row: &Model| (row.starts_at, row.id);
    let rows = page.read(&app.database, rows, by, key).await?;
    let items = Appointment::all(app, &app.database, rows.items).await?;
    Ok(Page { items, next_cursor: rows.next_cursor })
}

pub(super) async fn one(app: &AppState, id: Uuid) -> ApiResult<Appointment> {
    let row = find::<Entity>(&app.database, id, "appointment").await?;
    Appointment::of(app, &app.database, row).await
}
