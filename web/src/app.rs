//! The application as a value: everything that it is made of is put together here.
//!
//! [`App::build`] opens the database, binds the port and wires the capabilities; [`App::serve`]
//! runs until it is told to stop. The binary and the tests start the same thing.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use anyhow::Context;
use axum::{
    Extension, Json, Router, extract::DefaultBodyLimit, middleware, response::IntoResponse,
};
use axum_server::tls_rustls::RustlsConfig;
use sfu::MediaServer;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use utoipa::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    accounts, appointments, calls,
    clock::Clock,
    consents, customers,
    database::Database,
    demo, health,
    http::{
        assets, cross_origin, limits, request_log, security_headers,
        security_headers::SecurityHeaders,
    },
    links, live, metrics,
    outbox::Outbox,
    secret::Secret,
    serve, services,
    settings::Settings,
    shop, snapshots,
};

/// What every handler can reach. Cheap to clone.
#[derive(Clone)]
pub struct AppState {
    pub settings: Arc<Settings>,
    pub database: Database,
    pub outbox: Outbox,
    pub clock: Clock,
    pub secret: Secret,
    pub passwords: accounts::Passwords,
    pub live: live::Live,
    pub link_attempts: links::Attempts,
    pub store: snapshots::Store,
    pub tasks: Tasks,
}

/// What calls write down when they are stopped must be done before the database is closed.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// What runs beside the requests. Long-lived streams end when `stopping` is cancelled.
#[derive(Clone, Debug, Default)]
pub struct Tasks {
    pub stopping: CancellationToken,
    tracker: TaskTracker,
}

impl Tasks {
    /// Runs until it is done or the application stops. Cancelled at an await: whatever must not be
    /// torn apart belongs into a transaction.
    pub fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let stopping = self.stopping.clone();
        self.tracker.spawn(async move { stopping.run_until_cancelled(task).await });
    }

    async fn finish(&self) {
        self.stopping.cancel();
        self.tracker.close();
        let patience = tokio::time::timeout(Duration::from_secs(5), self.tracker.wait());
        if patience.await.is_err() {
            tracing::warn!("some background tasks did not end in time");
        }
    }
}

pub struct App {
    state: AppState,
    listener: std::net::TcpListener,
    tls: Option<RustlsConfig>,
    router: Router,
    calls: calls::Calls,
    demo: demo::Demo,
}

impl App {
    pub async fn build(settings: Settings) -> anyhow::Result<Self> {
        Self::build_with(settings, Clock::system()).await
    }

    /// With a clock of one's own, for tests.
    pub async fn build_with(mut settings: Settings, clock: Clock) -> anyhow::Result<Self> {
        let listener = serve::bind(&settings)?;
        settings.bound_to(listener.local_addr()?);
        let state = open(settings, clock).await?;
        let tls = crate::tls::prepare(&state.settings, state.clock.now()).await?;
        let demo = demo::prepare(&state).await.context("the demo shop could not be made")?;
        start_background(&state);
        let (calls, media) = calls::start(&state)?;
        let router = router(state.clone(), calls.clone(), media);
        Ok(Self { state, listener, tls, router, calls, demo })
    }

    pub fn state(&self) -> &AppState {
        &self.state
    }

    pub fn address(&self) -> anyhow::Result<SocketAddr> {
        Ok(self.listener.local_addr()?)
    }

    pub fn url(&self) -> &str {
        self.state.settings.public_url()
    }

    /// What there is to try out, for the line that is printed when the server is ready.
    pub fn demo(&self) -> &demo::Demo {
        &self.demo
    }

    /// Serves until `state().tasks.stopping` is cancelled, lets what is under way finish, and
    /// closes the database.
    pub async fn serve(self) -> anyhow::Result<()> {
        let calls = tokio::spawn(stop_calls(self.calls, self.state.tasks.stopping.clone()));
        let served = serve::run(&self.state, self.listener, self.tls, self.router).await;
        self.state.tasks.finish().await;
        if tokio::time::timeout(LAST_WORDS, calls).await.is_err() {
            tracing::warn!("what was measured last in calls may not be kept");
        }
        self.state.database.close().await;
        served
    }
}

/// Opens what is kept: data folder, secret key, database.
pub async fn open(settings: Settings, clock: Clock) -> anyhow::Result<AppState> {
    make_private_folder(&settings.data)
        .with_context(|| format!("the data folder {} cannot be made", settings.data.display()))?;
    let secret = Secret::load_or_create(&settings.secret_key_path())
        .with_context(|| format!("secret key {}", settings.secret_key_path().display()))?;
    let database =
        Database::open(&settings.database_url()).await.context("the database cannot be opened")?;
    let store = snapshots::Store::open(&settings.data, clock.now())
        .await
        .context("the folder of pictures cannot be opened")?;
    let outbox = Outbox::new(database.clone(), clock.clone());
    Ok(AppState {
        live: live::Live::new(outbox.clone()),
        link_attempts: links::Attempts::default(),
        store,
        outbox,
        settings: Arc::new(settings),
        database,
        clock,
        secret,
        passwords: accounts::Passwords::default(),
        tasks: Tasks::default(),
    })
}

/// Customers' pictures lie in it: nobody else on the machine shall look into it.
fn make_private_folder(path: &std::path::Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(path)
}

/// Asks everybody in a call to come back: to the next server, in a moment.
async fn stop_calls(calls: calls::Calls, stopping: CancellationToken) {
    stopping.cancelled().await;
    calls.stop().await;
}

fn start_background(state: &AppState) {
    state.tasks.spawn(state.outbox.clone().poll_forever());
    state.tasks.spawn(state.live.hub.clone().run());
    state.tasks.spawn(crate::housekeeping::run(state.clone()));
}

#[derive(OpenApi)]
#[openapi(info(
    title = "Closeup",
    description = "Video consultations: appointments, calls, snapshots, customers' files."
))]
struct Description;

/// Every capability's routes below `/api/v1`, with their description.
fn api() -> OpenApiRouter<AppState> {
    let capabilities = OpenApiRouter::new()
        .routes(routes!(health::health))
        .merge(accounts::router())
        .merge(customers::router())
        .merge(services::router())
        .merge(shop::router())
        .merge(appointments::router())
        .merge(links::router())
        .merge(consents::router())
        .merge(snapshots::router())
        .merge(calls::router())
        .merge(live::router());
    OpenApiRouter::with_openapi(Description::openapi()).nest("/api/v1", capabilities)
}

/// The OpenAPI document.
pub fn openapi() -> utoipa::openapi::OpenApi {
    api().into_openapi()
}

/// Layers run from the last to the first: the log sees everything, the body limit sits innermost.
fn router(state: AppState, calls: calls::Calls, media: MediaServer) -> Router {
    let (api, description) = api().split_for_parts();
    // Every layer clones every handler.
    let description = Arc::new(description);
    let headers = SecurityHeaders::new(&state.settings);
    let describe = async move || Json(&*description).into_response();
    api.route("/api/v1/openapi.json", axum::routing::get(describe))
        .route("/health", axum::routing::get(health::health))
        .route("/metrics", axum::routing::get(metrics::show))
        .fallback(assets::serve)
        .method_not_allowed_fallback(limits::method_not_allowed)
        .layer(Extension(calls))
        .layer(Extension(media))
        .layer(DefaultBodyLimit::max(limits::LARGEST_BODY))
        .layer(middleware::from_fn(limits::time_out))
        .layer(middleware::from_fn(cross_origin::protect))
        .layer(middleware::from_fn_with_state(headers, security_headers::add))
        .layer(limits::catch_panic())
        .layer(middleware::from_fn(request_log::log))
        .with_state(state)
}
