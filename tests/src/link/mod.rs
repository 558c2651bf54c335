//! A bad network, made to order: what a packet meets between two ends of a link, each way for itself,
//! the same again from the same seed. `tests/src/bin/link_emulator.rs` puts it between two network
//! namespaces, because not every kernel has netem.

mod direction;
mod random;
mod shape;

pub use direction::{Counters, Direction};
pub use shape::{Blocked, Shape, ShapeError};
