//! Links for customers and guests: what opens a video consultation without an account, from a little before its
//! start until some time after its end.
//!
//! Guests get links of their own to one call, as many as the staff invite, until an hour that they set.
//!
//! `token` is the unguessable text, `window` when it is good, `attempts` how many bad ones an
//! address may try, `access` the one way in for everybody who is shown a link, `guests` who is
//! invited. To everyone who shows a bad one there is one answer, whatever is bad about it.

mod access;
mod attempts;
mod events;
mod guest_routes;
mod guests;
mod routes;
pub mod table;
mod token;
mod view;
mod window;

pub use access::{LinkToken, Opened, create, moved, of_appointments, open, revoke, url};
pub use attempts::Attempts;
pub use guests::Guest;
pub use view::{Link, LinkRole};
pub use window::{LinkState, Margins, Window};

pub fn router() -> utoipa_axum::router::OpenApiRouter<crate::app::AppState> {
    routes::router().merge(guest_routes::router())
}
