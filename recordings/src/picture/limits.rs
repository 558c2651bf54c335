//! How big a picture may be. Phones of today make 12 to 50 megapixels; the rest are bombs.

use super::IngestError;

/// In bytes, as uploaded.
pub const MAX_BYTES: usize = 25 * 1024 * 1024;
/// Width times height.
pub const MAX_PIXELS: u64 = 50_000_000;
/// What WebP can hold, so that every picture has thumbnails of its shape.
pub const MAX_SIDE: u32 = 16_383;

/// The worst case is 16 bits a channel: 8 bytes decoded and 4 as what the thumbnails are made of.
const PEAK_BYTES_PER_PIXEL: u64 = 12;
/// Buffers that do not grow with the picture.
const FIXED_COST: u64 = 8 << 20;

pub(super) fn check_length(bytes: usize) -> Result<(), IngestError> {
    if bytes > MAX_BYTES { Err(IngestError::TooLarge { bytes }) } else { Ok(()) }
}

/// Refuses what has too many pixels, or none.
pub fn check_dimensions(width: u32, height: u32) -> Result<(), IngestError> {
    if width == 0 || height == 0 {
        return Err(IngestError::malformed("it has no pixels"));
    }
    let pixels = u64::from(width) * u64::from(height);
    if pixels > MAX_PIXELS || width > MAX_SIDE || height > MAX_SIDE {
        return Err(IngestError::TooManyPixels { width, height });
    }
    Ok(())
}

/// The most bytes of memory that decoding takes.
pub(crate) fn decoding_cost(pixels: u64) -> u64 {
    FIXED_COST + pixels * PEAK_BYTES_PER_PIXEL
}

/// What the decoders themselves are held to.
pub(super) fn of_decoder(width: u32, height: u32) -> image::Limits {
    let mut limits = image::Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(decoding_cost(u64::from(width) * u64::from(height)));
    limits
}
