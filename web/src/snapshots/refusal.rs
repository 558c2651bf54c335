//! What the engine room says, in the API's words.

use http::StatusCode;
use recordings::{BlobError, IngestError, PartError};

use crate::problem::ApiError;

impl From<IngestError> for ApiError {
    fn from(error: IngestError) -> Self {
        let status = match error {
            IngestError::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            IngestError::UnsupportedType { .. } => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        };
        Self::new(status, error.code(), sentence(&error.to_string()))
    }
}

impl From<BlobError> for ApiError {
    fn from(error: BlobError) -> Self {
        match error {
            BlobError::Full(_) => full(error),
            BlobError::Missing(_) => Self::internal(error),
            BlobError::Unavailable(_) => unavailable(error),
        }
    }
}

/// A wrong offset is the caller's to answer: it goes with a header.
impl From<PartError> for ApiError {
    fn from(error: PartError) -> Self {
        match error {
            PartError::Full(_) => full(error),
            PartError::TooLong { .. } => Self::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "upload_too_long",
                sentence(&error.to_string()),
            ),
            PartError::WrongOffset { .. } => {
                Self::conflict("upload_offset", sentence(&error.to_string()))
            }
            PartError::Unavailable(_) => unavailable(error),
        }
    }
}

fn full(error: impl std::error::Error + Send + Sync + 'static) -> ApiError {
    let detail = "The server's disk is full. The upload goes on once there is room again.";
    ApiError::new(StatusCode::INSUFFICIENT_STORAGE, "storage_full", detail).because(error)
}

fn unavailable(error: impl std::error::Error + Send + Sync + 'static) -> ApiError {
    let detail = "Pictures cannot be stored at the moment. Try again shortly.";
    ApiError::unavailable("storage_unavailable", detail).because(error)
}

/// "the file is damaged" → "The file is damaged."
fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().map(char::to_uppercase).into_iter().flatten();
    first.chain(letters).chain(['.']).collect()
}
