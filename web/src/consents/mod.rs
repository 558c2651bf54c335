//! What customers agreed to: asked in plain words before the waiting room, kept with the version
//! of those words, the language and the time; taken back whenever they like.
//!
//! A consent belongs to one appointment. Each answer is a row of its own; the newest counts.

mod routes;
mod table;
mod words;

pub use routes::router;
pub use table::{Answer, Consent, ConsentKind, hold, newest, record, versions};
pub use words::{AskedFor, CURRENT, words};
