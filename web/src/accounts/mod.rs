//! Who works here: staff, their roles, signing in and out.
//!
//! Sessions are rows of our own rather than a session framework's: a session here is one fact (who
//! is signed in until when), found by one indexed query that brings the staff member along, and only
//! a hash of its token is stored. A framework's store would keep the token itself next to an opaque
//! blob of values that nobody needs.

mod argon;
mod attempts;
mod change;
mod passwords;
mod routes;
mod rules;
mod sessions;
mod table;

pub use change::LEAVES_CALLS;
pub use passwords::Passwords;
pub use routes::router;
pub use rules::{Email, NewStaff, Password, PersonName, Role};
pub use sessions::{COOKIE, StaffSession, prune};
pub use table::{Filter, Staff, create, find, holds_active, list, names};
