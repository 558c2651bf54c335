//! The shop itself: its name and telephone, its time zone, and when it is open. The owner's to
//! decide; until they do, the settings say what it is called, and every device shows its own time.

mod hours;
mod routes;
mod table;
mod time_zone;
mod view;

pub use hours::{ClockTime, DayHours, OpeningHours, Weekday};
pub use routes::router;
pub use table::load;
pub use time_zone::TimeZone;
pub use view::Shop;
