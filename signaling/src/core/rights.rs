//! What each role may do. One table; everything else asks it.

use crate::message::{Place, Role};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    /// Let in, send back, remove, silence, lock, and see the lobby.
    Host,
    /// End the call for all.
    End,
    /// Take snapshots, and say whose picture the call is about.
    Capture,
}

impl Role {
    pub fn has(self, right: Right) -> bool {
        match right {
            Right::Host | Right::End => matches!(self, Role::Stylist | Role::Staff),
            Right::Capture => self == Role::Stylist,
        }
    }

    /// Hosts sit in the call at once; everybody else waits to be admitted.
    pub fn first_place(self) -> Place {
        if self.has(Right::Host) { Place::Call } else { Place::Lobby }
    }
}
