//! The call task's way to one socket: a bounded queue that never makes the call wait. A client
//! that lets it fill is cut off, and may resume.

use crate::message::{CloseCode, ServerMessage};
use tokio::sync::{mpsc, watch};

/// Messages that a client may be behind. A whole `joined` with answer is one.
const QUEUE: usize = 64;

#[derive(Debug)]
pub(super) enum Outgoing {
    Message(String),
    Close(CloseCode),
}

#[derive(Clone, Debug)]
pub(super) struct Outlet {
    queue: mpsc::Sender<Outgoing>,
    cut: watch::Sender<bool>,
}

/// The socket's end of it.
pub(super) struct Inlet {
    pub(super) queue: mpsc::Receiver<Outgoing>,
    pub(super) cut: watch::Receiver<bool>,
}

pub(super) fn outlet() -> (Outlet, Inlet) {
    let (sender, receiver) = mpsc::channel(QUEUE);
    let (cut, was_cut) = watch::channel(false);
    (Outlet { queue: sender, cut }, Inlet { queue: receiver, cut: was_cut })
}

impl Outlet {
    pub(super) fn send(&self, message: &ServerMessage) {
        match serde_json::to_string(message) {
            Ok(text) => self.put(Outgoing::Message(text)),
            Err(error) => tracing::error!(%error, "a message could not be written as JSON"),
        }
    }

    pub(super) fn close(&self, code: CloseCode) {
        self.put(Outgoing::Close(code));
    }

    fn put(&self, outgoing: Outgoing) {
        if self.queue.try_send(outgoing).is_err() {
            // Full, or the socket is gone already; then nobody minds.
            self.cut.send_replace(true);
        }
    }
}
