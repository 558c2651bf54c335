//! What the database refuses because of another appointment, in the API's words.

use sea_orm::DbErr;

use crate::database::migrations::m0004_appointments::SLOT_TAKEN;
use crate::problem::ApiError;

const ONE_FOLLOW_UP: &str = "appointments_one_follow_up";
/// SQLite names the column of a broken unique index, not the index.
const ONE_FOLLOW_UP_SQLITE: &str = "appointments.consultation_id";

pub(super) fn explain(error: DbErr) -> ApiError {
    let words = error.to_string();
    if words.contains(SLOT_TAKEN) {
        let detail = "The stylist has another appointment at that time.";
        return ApiError::conflict("slot_taken", detail);
    }
    if words.contains(ONE_FOLLOW_UP) || words.contains(ONE_FOLLOW_UP_SQLITE) {
        let detail = "The consultation is already followed by a service in the shop.";
        return ApiError::conflict("follow_up_exists", detail);
    }
    error.into()
}
