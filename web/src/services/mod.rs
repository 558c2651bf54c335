//! What the shop offers: each service with its name in both languages, its usual length, and
//! whether it is held over video or in the shop.

mod routes;
pub mod table;
mod view;

pub(crate) use routes::NewService;
pub use routes::router;
pub use view::{Service, ServiceName, named};
