//! The call, sans-IO: [`Call::step`] takes the time and one input and returns what must be kept
//! and what is to be done. No sockets, no clock, no randomness, so that a whole call can be replayed
//! from a seed.
//!
//! A call is a value. The driver steps a copy, has the step's facts kept, and only then puts the
//! copy in the original's place and does the rest: a step that could not be kept never happened.
//! What a step only records is written after that, in the order of the steps.

mod call;
mod capturing;
mod floor;
mod history;
mod joining;
mod leaving;
mod limits;
mod media;
mod moderating;
mod placing;
mod quality;
mod rights;
mod seat;
mod step;
mod stills;
mod telling;

pub use call::{Call, Settings};
pub use limits::{Budget, Verdict};
pub use rights::Right;
pub use step::{Answer, Effect, Input, Joining, Keep, MediaEvent, SocketId, Step, Token};
pub use stills::{Still, StillPicture, StillRefusal};
