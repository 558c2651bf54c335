//! What every request meets before and after its handler, and the small types that handlers share.

pub mod assets;
pub mod client_address;
pub(crate) mod connections;
pub mod cross_origin;
pub mod extract;
pub mod idempotency;
pub mod limits;
pub mod pagination;
pub mod request_log;
pub mod security_headers;
