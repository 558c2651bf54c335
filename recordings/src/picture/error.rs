//! Why a picture was refused. The codes are stable: they stand on the wire.

use super::limits::{MAX_BYTES, MAX_PIXELS, MAX_SIDE};

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IngestError {
    #[error("the file has {bytes} bytes; at most {MAX_BYTES} are taken")]
    TooLarge { bytes: usize },
    #[error("{found} is not taken; JPEG, PNG and WebP are")]
    UnsupportedType { found: &'static str },
    #[error(
        "{width} × {height} pixels are too many; at most {MAX_PIXELS} in all and {MAX_SIDE} a side"
    )]
    TooManyPixels { width: u32, height: u32 },
    #[error("the file ends before the picture does")]
    Truncated,
    #[error("the file is damaged: {0}")]
    Malformed(String),
    #[error("decoding the picture would take too much memory")]
    TooComplex,
}

impl IngestError {
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "picture_too_large",
            Self::UnsupportedType { .. } => "picture_type_unsupported",
            Self::TooManyPixels { .. } => "picture_too_many_pixels",
            Self::Truncated => "picture_truncated",
            Self::Malformed(_) => "picture_malformed",
            Self::TooComplex => "picture_too_complex",
        }
    }

    pub(crate) fn malformed(what: impl ToString) -> Self {
        Self::Malformed(what.to_string())
    }
}
