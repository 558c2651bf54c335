//! Customers' links: what opens a video consultation without an account, from a little before its
//! start until some time after its end.
//!
//! `token` is the unguessable text, `window` when it is good, `attempts` how many bad ones an
//! address may try, `access` the one way in for everybody who is shown a link. To everyone who
//! shows a bad one there is one answer, whatever is bad about it.

mod access;
mod attempts;
mod events;
mod routes;
pub mod table;
mod token;
mod view;
mod window;

pub use access::{LinkToken, Opened, create, of_appointments, open, revoke, url};
pub use attempts::Attempts;
pub use routes::router;
pub use view::Link;
pub use window::{LinkState, Margins, Window};
