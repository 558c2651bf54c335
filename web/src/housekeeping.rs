//! Forgets what nobody will ask for again: ended sessions, old answers, old events,
//! uploads that were given up, pictures that no snapshot has.

use std::time::Duration;

use sea_orm::DbErr;

use crate::{accounts, app::AppState, http::idempotency, snapshots};

const EVERY: Duration = Duration::from_secs(3_600);
const ANSWERS_KEPT: Duration = Duration::from_secs(2 * 86_400);
/// Long enough that hardly anybody is still about to keep one of them.
const ORPHANS_KEPT: Duration = Duration::from_secs(86_400);
/// Longer than any reader is away; a live screen that was away longer loads itself anew.
const EVENTS_KEPT: Duration = Duration::from_secs(30 * 86_400);

pub(crate) async fn run(app: AppState) {
    loop {
        if let Err(error) = once(&app).await {
            tracing::warn!(%error, "housekeeping did not finish; it tries again later");
        }
        if let Err(error) = app.store.sweep(app.clock.now()).await {
            tracing::warn!(%error, "uploads that were given up could not be removed");
        }
        remove_orphans(&app).await;
        tokio::time::sleep(EVERY).await;
    }
}

async fn remove_orphans(app: &AppState) {
    match snapshots::sweep_orphans(app, app.clock.now() - ORPHANS_KEPT).await {
        Ok(0) => {}
        Ok(removed) => tracing::info!(removed, "pictures that no snapshot has are removed"),
        Err(error) => tracing::warn!(%error, "pictures that no snapshot has could not be removed"),
    }
}

async fn once(app: &AppState) -> Result<(), DbErr> {
    let now = app.clock.now();
    let write = app.database.write().await?;
    accounts::prune(&write, now).await?;
    idempotency::prune(&write, now - ANSWERS_KEPT).await?;
    write.commit().await?;
    app.outbox.prune(now - EVENTS_KEPT).await
}
