//! `/reviews`: what is to be looked at before the service, the next due first.

use std::collections::BTreeMap;

use axum::extract::State;
use sea_orm::{
    ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, Statement, Value,
    entity::prelude::*,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{Snapshot, table::snapshot, view::ReviewState};
use crate::{
    accounts::StaffSession,
    app::AppState,
    appointments::{self, Appointment},
    clock::Timestamp,
    http::{
        extract::{Json, Query},
        pagination::{Page, PageQuery},
    },
    problem::{ApiResult, Problem},
};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list))
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// `new`: with anything that nobody looked at yet. `reviewed`: the others.
    state: Option<ReviewState>,
    /// Whose consultation it was, or whose service follows it.
    stylist_id: Option<Uuid>,
}

/// One visit's snapshots, to be looked at together.
#[derive(Debug, Serialize, ToSchema)]
struct Review {
    /// The consultation.
    appointment: Appointment,
    /// When the service in the shop starts that follows it; without one, its own end.
    due_at: Timestamp,
    /// Due, and still new.
    overdue: bool,
    state: ReviewState,
    snapshots: Vec<Snapshot>,
}

/// The review board: visits with snapshots by when they are due, those already reviewed with the
/// latest first.
#[utoipa::path(get, path = "/reviews", tag = "snapshots", operation_id = "list_reviews",
    params(Filter, PageQuery),
    responses(
        (status = 200, description = "A page of visits", body = Page<Review>),
        (status = 401, description = "`signed_out`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn list(
    State(app): State<AppState>,
    _staff: StaffSession,
    Query(filter): Query<Filter>,
    Query(page): Query<PageQuery>,
) -> ApiResult<Json<Page<Review>>> {
    let limit = page.limit();
    let due = due(&app, &filter, page.after()?, limit + 1).await?;
    let due = Page::cut(due, limit, |row| (row.due_at, row.id));
    let items = reviews(&app, due.items).await?;
    Ok(Json(Page { items, next_cursor: due.next_cursor }))
}

#[derive(FromQueryResult)]
struct Due {
    id: Uuid,
    due_at: Timestamp,
    left: i64,
}

type Key = (Timestamp, Uuid);

async fn due(
    app: &AppState,
    filter: &Filter,
    after: Option<Key>,
    limit: u64,
) -> ApiResult<Vec<Due>> {
    let database = &app.database;
    let statement = Visits::of(filter, after, limit).statement(database.get_database_backend());
    Ok(Due::find_by_statement(statement).all(database).await?)
}

/// The query, put together from its parts; the values stand beside it.
struct Visits {
    sql: String,
    values: Vec<Value>,
}

impl Visits {
    fn of(filter: &Filter, after: Option<Key>, limit: u64) -> Self {
        let latest_first = filter.state == Some(ReviewState::Reviewed);
        let (order, beyond) = if latest_first { ("DESC", "<") } else { ("ASC", ">") };
        let mut query = Self { sql: VISITS.to_owned(), values: Vec::new() };
        query.add(match filter.state {
            None => "",
            Some(ReviewState::New) => " AND unseen > 0",
            Some(ReviewState::Reviewed) => " AND unseen = 0",
        });
        if let Some(stylist) = filter.stylist_id {
            query.add(" AND (stylist_id = ").bind(stylist).add(" OR next_stylist_id = ");
            query.bind(stylist).add(")");
        }
        if let Some((due_at, id)) = after {
            query.add(&format!(" AND (due_at {beyond} ")).bind(due_at.millis());
            query.add(" OR (due_at = ").bind(due_at.millis());
            query.add(&format!(" AND id {beyond} ")).bind(id).add("))");
        }
        query.add(&format!(" ORDER BY due_at {order}, id {order} LIMIT "));
        query.bind(i64::try_from(limit).unwrap_or(i64::MAX));
        query
    }

    fn add(&mut self, sql: &str) -> &mut Self {
        self.sql.push_str(sql);
        self
    }

    fn bind(&mut self, value: impl Into<Value>) -> &mut Self {
        self.values.push(value.into());
        let number = self.values.len();
        self.add(&format!("${number}"))
    }

    fn statement(self, backend: sea_orm::DbBackend) -> Statement {
        Statement::from_sql_and_values(backend, self.sql, self.values)
    }
}

/// At most one service follows a consultation that is neither cancelled nor missed: the database
/// sees to that, so nothing is counted twice here.
const VISITS: &str = "
    SELECT id, due_at, unseen AS \"left\" FROM (
        SELECT visit.id AS id, visit.stylist_id AS stylist_id,
            next.stylist_id AS next_stylist_id,
            COALESCE(next.starts_at, visit.ends_at) AS due_at,
            (SELECT COUNT(*) FROM snapshots
                WHERE appointment_id = visit.id AND reviewed_at IS NULL) AS unseen
        FROM appointments AS visit
        LEFT JOIN appointments AS next ON next.consultation_id = visit.id
            AND next.state NOT IN ('cancelled', 'no_show')
        WHERE EXISTS (SELECT 1 FROM snapshots WHERE appointment_id = visit.id)
    ) AS visits WHERE TRUE";

async fn reviews(app: &AppState, due: Vec<Due>) -> ApiResult<Vec<Review>> {
    let ids: Vec<Uuid> = due.iter().map(|row| row.id).collect();
    let mut appointments = appointments_by_id(app, &ids).await?;
    let mut snapshots = snapshots_by_appointment(app, &ids).await?;
    let now = app.clock.now();
    let review = |row: Due| {
        let state = if row.left > 0 { ReviewState::New } else { ReviewState::Reviewed };
        Some(Review {
            appointment: appointments.remove(&row.id)?,
            due_at: row.due_at,
            overdue: state == ReviewState::New && row.due_at < now,
            state,
            snapshots: snapshots.remove(&row.id).unwrap_or_default(),
        })
    };
    Ok(due.into_iter().filter_map(review).collect())
}

async fn appointments_by_id(
    app: &AppState,
    ids: &[Uuid],
) -> ApiResult<BTreeMap<Uuid, Appointment>> {
    let rows = appointments::table::Entity::find()
        .filter(appointments::table::Column::Id.is_in(ids.iter().copied()))
        .all(&app.database)
        .await?;
    let views = Appointment::all(app, &app.database, rows).await?;
    Ok(views.into_iter().map(|view| (view.id, view)).collect())
}

/// In the order in which they were taken.
async fn snapshots_by_appointment(
    app: &AppState,
    ids: &[Uuid],
) -> ApiResult<BTreeMap<Uuid, Vec<Snapshot>>> {
    let rows = snapshot::Entity::find()
        .filter(snapshot::Column::AppointmentId.is_in(ids.iter().copied()))
        .order_by_asc(snapshot::Column::TakenAt)
        .order_by_asc(snapshot::Column::Id)
        .all(&app.database)
        .await?;
    let mut by_appointment: BTreeMap<Uuid, Vec<Snapshot>> = BTreeMap::new();
    for snapshot in Snapshot::all(app, &app.database, rows).await? {
        by_appointment.entry(snapshot.appointment_id).or_default().push(snapshot);
    }
    Ok(by_appointment)
}
