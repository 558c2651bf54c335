//! Appointments: a service of one stylist for one customer or pet, over video or in the shop, at a
//! time that nobody else has.
//!
//! `state` and `slot` are the pure rules; `book` and `change` are the two ways to write; `view` is
//! what everybody reads. That one stylist is never booked twice is a rule of the database itself
//! (see the migration `m0004_appointments`), so no race can break it.

mod book;
mod change;
mod conflict;
mod kind;
mod list;
mod routes;
mod slot;
mod state;
pub mod table;
mod view;

pub use book::{Booking, insert};
pub use change::step_if_free;
pub use kind::AppointmentKind;
pub use routes::{announce, router};
pub use slot::{ImpossibleLength, Length, TimeSlot};
pub use state::{AppointmentState, IllegalStep};
pub use view::{Appointment, CallState, SnapshotCounts};
