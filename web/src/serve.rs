//! The listening socket and what speaks HTTP on it, with or without TLS.

use std::{net::SocketAddr, time::Duration};

use anyhow::Context;
use axum::Router;
use axum_server::{Handle, Server, tls_rustls::RustlsConfig};
use hyper_util::rt::TokioTimer;
use tokio_util::sync::CancellationToken;

use crate::{
    app::AppState,
    http::connections::{Limited, Places},
    settings::Settings,
};

/// How long requests that are under way may take once we stop.
const GRACE: Duration = Duration::from_secs(10);
/// A client that takes longer to say what it wants is disconnected.
const HEADER_TIMEOUT: Duration = Duration::from_secs(15);

pub(crate) fn bind(settings: &Settings) -> anyhow::Result<std::net::TcpListener> {
    let address = SocketAddr::new(settings.host, settings.port);
    let listener = std::net::TcpListener::bind(address)
        .with_context(|| format!("{address} cannot be listened on (settings `host`, `port`)"))?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

pub(crate) async fn run(
    app: &AppState,
    listener: std::net::TcpListener,
    tls: Option<RustlsConfig>,
    router: Router,
) -> anyhow::Result<()> {
    let handle = Handle::new();
    tokio::spawn(stop_gracefully(handle.clone(), app.tasks.stopping.clone()));
    let places = Places::new(&app.settings);
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    match tls {
        None => {
            let mut server = axum_server::from_tcp(listener)?
                .handle(handle)
                .map(|acceptor| Limited::new(acceptor, places));
            limit_headers(&mut server);
            server.serve(service).await?;
        }
        Some(config) => {
            let mut server = axum_server::from_tcp_rustls(listener, config)?
                .handle(handle)
                .map(|acceptor| Limited::new(acceptor, places));
            limit_headers(&mut server);
            server.serve(service).await?;
        }
    }
    Ok(())
}

async fn stop_gracefully(handle: Handle<SocketAddr>, stopping: CancellationToken) {
    stopping.cancelled().await;
    handle.graceful_shutdown(Some(GRACE));
}

fn limit_headers<A: axum_server::Address, Acceptor>(server: &mut Server<A, Acceptor>) {
    let http1 = &mut server.http_builder().http1();
    http1.timer(TokioTimer::new()).header_read_timeout(HEADER_TIMEOUT);
}
