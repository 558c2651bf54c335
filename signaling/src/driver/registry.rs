//! Which calls have a task, and how to reach it. The lock is held for a look-up, never across an
//! await.

use super::Calls;
use super::task::{self, Command};
use crate::gate::Gate;
use crate::message::CallId;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::mpsc;

/// Commands that may wait for one call. Sockets wait for room in it; nobody else sends many.
const QUEUE: usize = 128;

#[derive(Default)]
pub(super) struct Registry {
    calls: Mutex<Open>,
}

#[derive(Default)]
struct Open {
    senders: BTreeMap<CallId, mpsc::Sender<Command>>,
    closed: bool,
}

/// The process is about to stop, or a call's task stopped again and again.
pub(super) struct Unreachable;

impl Registry {
    pub(super) fn find(&self, call: CallId) -> Option<mpsc::Sender<Command>> {
        self.open().senders.get(&call).cloned()
    }

    /// Takes a call whose task wants to stop out, unless somebody has sent it something by then.
    pub(super) fn retire(&self, call: CallId, commands: &mpsc::Receiver<Command>) -> bool {
        let mut open = self.open();
        let idle = commands.is_empty();
        if idle {
            open.senders.remove(&call);
        }
        idle
    }

    /// No more tasks are started; those there were are returned.
    pub(super) fn close(&self) -> Vec<mpsc::Sender<Command>> {
        let mut open = self.open();
        open.closed = true;
        std::mem::take(&mut open.senders).into_values().collect()
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        // A map of senders is whole at every instant: a panic elsewhere does not spoil it.
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<G: Gate> Calls<G> {
    /// Hands a command to the call's task, which is started if there is none.
    pub(super) async fn enter(
        &self,
        call: CallId,
        mut command: Command,
    ) -> Result<mpsc::Sender<Command>, Unreachable> {
        // A task that was just retiring hands the command back; the next one takes it.
        for _ in 0..3 {
            let sender = self.sender(call).ok_or(Unreachable)?;
            match sender.send(command).await {
                Ok(()) => return Ok(sender),
                Err(returned) => command = returned.0,
            }
        }
        Err(Unreachable)
    }

    fn sender(&self, call: CallId) -> Option<mpsc::Sender<Command>> {
        let mut open = self.shared.registry.open();
        if open.closed {
            return None;
        }
        if let Some(sender) = open.senders.get(&call).filter(|sender| !sender.is_closed()) {
            return Some(sender.clone());
        }
        let (sender, commands) = mpsc::channel(QUEUE);
        open.senders.insert(call, sender.clone());
        tokio::spawn(task::run(self.clone(), call, commands));
        Some(sender)
    }
}
