//! The people whom the shop serves, and their pets.

mod pets;
mod phone;
mod routes;
mod search;
pub mod table;
mod types;
mod view;

pub(crate) use pets::NewPet;
pub use phone::{NotAPhoneNumber, PhoneNumber};
pub(crate) use routes::NewCustomer;
pub use routes::router;
pub use types::{BirthDate, Species};
pub use view::{Customer, Pet, named, pets_named};
