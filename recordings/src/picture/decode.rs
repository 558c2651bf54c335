//! Decoding within limits. The container was checked before; the pixels may still lie.

use std::io::Cursor;

use image::error::LimitErrorKind;
use image::{DynamicImage, ImageDecoder, ImageError, ImageReader};

use super::container::Container;
use super::{IngestError, limits};

pub(super) struct Decoded {
    pub(super) image: DynamicImage,
    /// The ICC profile, when it is one for the pixels as decoded.
    pub(super) profile: Option<Vec<u8>>,
}

pub(super) fn decode(container: &Container) -> Result<Decoded, IngestError> {
    let source = Cursor::new(container.bytes.as_slice());
    let mut reader = ImageReader::with_format(source, container.kind.format());
    reader.limits(limits::of_decoder(container.width, container.height));
    let mut decoder = reader.into_decoder().map_err(refusal)?;
    if decoder.dimensions() != (container.width, container.height) {
        return Err(IngestError::malformed("two different sizes are given"));
    }
    let profile = decoder.icc_profile().ok().flatten().filter(|profile| is_for_rgb(profile));
    let image = DynamicImage::from_decoder(decoder).map_err(refusal)?;
    Ok(Decoded { image, profile })
}

/// The colour space at its place in the profile's header (ICC.1, 7.2.6). A profile for CMYK or
/// grey would be wrong for what is encoded as RGB.
fn is_for_rgb(profile: &[u8]) -> bool {
    profile.get(16..20) == Some(b"RGB ")
}

pub(super) fn refusal(error: ImageError) -> IngestError {
    match error {
        ImageError::Limits(limit) => match limit.kind() {
            LimitErrorKind::DimensionError => {
                IngestError::malformed("two different sizes are given")
            }
            _ => IngestError::TooComplex,
        },
        ImageError::IoError(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
            IngestError::Truncated
        }
        error => IngestError::malformed(error),
    }
}
