//! The thin half: WebSockets, the registry of calls, one task per call. No rule about calls lives
//! here; queues, time and the media server do.

mod clock;
mod frames;
mod media;
mod outlet;
mod registry;
mod socket;
mod stills;
mod task;
mod token;

use crate::core::Settings;
use crate::gate::{Caller, Gate, Subject};
use crate::message::{CallId, EndReason};
use crate::time::UnixMillis;
use axum::body::Body;
use axum::response::Response;
use frames::Frames;
use registry::Registry;
use sfu::MediaServer;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use task::Command;
pub use yawc::IncomingUpgrade;

/// All calls of this process. Clones speak of the same ones.
pub struct Calls<G> {
    shared: Arc<Shared<G>>,
}

impl<G> Clone for Calls<G> {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared) }
    }
}

struct Shared<G> {
    media: MediaServer,
    gate: Arc<G>,
    settings: Settings,
    registry: Registry,
    last_socket: AtomicU64,
    wire: yawc::Options,
}

impl<G: Gate> Calls<G> {
    pub fn new(media: MediaServer, gate: Arc<G>) -> Self {
        Self::with_settings(media, gate, Settings::default())
    }

    pub fn with_settings(media: MediaServer, gate: Arc<G>, settings: Settings) -> Self {
        let registry = Registry::default();
        let last_socket = AtomicU64::new(0);
        let wire = frames::options();
        Self { shared: Arc::new(Shared { media, gate, settings, registry, last_socket, wire }) }
    }

    /// The answer to a request for a socket, which is then served until it is closed.
    pub fn open(&self, request: IncomingUpgrade, caller: Caller) -> yawc::Result<Response> {
        let (response, socket) = request.upgrade(self.shared.wire.clone())?;
        let calls = self.clone();
        tokio::spawn(async move {
            match socket.await {
                Ok(socket) => socket::serve(&calls, Frames(socket), caller).await,
                Err(error) => tracing::debug!(%error, "a socket did not open"),
            }
        });
        Ok(response.map(Body::new))
    }

    /// The product ends a call: it was cancelled, or moved. Nothing happens if nobody is in it.
    pub async fn end(&self, call: CallId, reason: EndReason) {
        self.tell(call, Command::End { reason }).await;
    }

    /// The appointment was moved, but its call stays open: until another time now.
    pub async fn window_changed(&self, call: CallId, closes_at: UnixMillis) {
        self.tell(call, Command::Window { closes_at }).await;
    }

    /// Somebody gave, or withdrew, their consent to snapshots.
    pub async fn consent_changed(&self, call: CallId, subject: Subject, allowed: bool) {
        self.tell(call, Command::Consent { subject, allowed }).await;
    }

    /// So many come before this call's lobby because they are in, or wait for, other calls: the
    /// product alone knows whom else the same stylist sees.
    pub async fn ahead_changed(&self, call: CallId, elsewhere: u32) {
        self.tell(call, Command::Ahead { elsewhere }).await;
    }

    /// Somebody may be in this call no more: a member of the staff who does not work here now.
    pub async fn dismissed(&self, call: CallId, subject: Subject) {
        self.tell(call, Command::Dismissed { subject }).await;
    }

    /// Takes up a call that has kept seats, as after a restart: whoever does not come back in
    /// time is then gone from it.
    pub async fn recover(&self, call: CallId) {
        let _ = self.enter(call, Command::Wake).await;
    }

    /// Before the process stops: every client is told to come back.
    pub async fn stop(&self) {
        for sender in self.shared.registry.close() {
            let _ = sender.send(Command::Stop).await;
            sender.closed().await;
        }
    }

    async fn tell(&self, call: CallId, command: Command) {
        if let Some(sender) = self.shared.registry.find(call) {
            let _ = sender.send(command).await;
        }
    }
}
