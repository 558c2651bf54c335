//! Calls: the gate between signaling and the product, and the records of who was in which call.
//!
//! `admission` says who may join, `gate` is the seam itself, `pictures` its snapshots. `record` keeps
//! what happened (`roster` the seats) and takes the appointment along (`steps` is the rule). `follow`
//! tells a call what the product changed, `line` whom its stylist sees first, and `summary` is what an
//! appointment shows of its call; `quality` how good its connections were; `stills` are pictures in
//! the place of a video that a network cannot carry.

mod admission;
mod follow;
mod gate;
mod line;
mod pictures;
mod quality;
mod record;
mod roster;
mod routes;
mod steps;
mod stills;
mod summary;
pub mod table;
mod turn;

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use anyhow::Context;
use sfu::{MediaConfig, MediaServer};

use crate::app::AppState;
use crate::settings::Settings;

pub use gate::ProductGate;
pub use routes::router;
pub use summary::{Summary, of_appointments};

/// All calls of this process.
pub type Calls = signaling::Calls<ProductGate>;

/// Starts the media server, and takes up the calls that were under way when the server stopped.
pub(crate) fn start(app: &AppState) -> anyhow::Result<(Calls, MediaServer)> {
    let needs_secret = app.settings.turn_urls.iter().any(|url| url.starts_with("turn"));
    if needs_secret && app.settings.turn_secret.is_empty() {
        anyhow::bail!("`turn_urls` names a TURN server, so `turn_secret` must be set too");
    }
    let media = MediaServer::start(media_config(&app.settings)).context(
        "the media server cannot start (settings `media_port`, `media_addresses`, `media_tcp`)",
    )?;
    tracing::info!(addresses = ?media.addresses(), "media server started");
    let calls = Calls::new(media.clone(), Arc::new(ProductGate::new(app.clone())));
    app.tasks.spawn(follow::recover(app.clone(), calls.clone()));
    app.tasks.spawn(follow::run(app.clone(), calls.clone()));
    app.tasks.spawn(follow::close_overdue(app.clone()));
    Ok((calls, media))
}

pub(crate) fn media_config(settings: &Settings) -> MediaConfig {
    let cores = || std::thread::available_parallelism().map_or(1, usize::from);
    MediaConfig {
        listen: media_address(settings.host),
        port: settings.media_port,
        tcp: settings.media_tcp,
        most_packets: settings.media_packets,
        workers: if settings.media_workers == 0 { cores() } else { settings.media_workers },
        advertise: settings.media_addresses.clone(),
    }
}

/// A browser on this very machine reaches the pages through the loopback interface, but sends no
/// media there: that goes through an address of the network even so.
fn media_address(host: IpAddr) -> IpAddr {
    if host.is_loopback() { Ipv4Addr::UNSPECIFIED.into() } else { host }
}
