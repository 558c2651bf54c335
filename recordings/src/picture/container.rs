//! The outside of an image file: what it is, how big, and its bytes without metadata.

use image::metadata::Orientation;

use super::{IngestError, Kind};

/// A file whose structure was read from end to end.
pub(super) struct Container {
    pub(super) kind: Kind,
    /// As stored, before turning it upright.
    pub(super) width: u32,
    pub(super) height: u32,
    /// How to turn it upright, from the metadata that was dropped.
    pub(super) orientation: Orientation,
    /// The same pixels and colour profile, without anything else.
    pub(super) bytes: Vec<u8>,
}

/// The type by its first bytes. Names the common others, since "a HEIC photo is not taken" helps
/// more than "unknown".
pub(super) fn sniff(bytes: &[u8]) -> Result<Kind, IngestError> {
    if bytes.starts_with(&[0xFF, 0xD8, 0xFF]) {
        return Ok(Kind::Jpeg);
    }
    if bytes.starts_with(super::png::SIGNATURE) {
        return Ok(Kind::Png);
    }
    if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        return Ok(Kind::WebP);
    }
    Err(IngestError::UnsupportedType { found: name_of_other(bytes) })
}

/// Reads the orientation out of an Exif block (TIFF, with or without the `Exif` lead-in that JPEG
/// gives it and others sometimes copy). A broken block turns nothing.
pub(super) fn orientation_in_exif(exif: &[u8]) -> Option<Orientation> {
    Orientation::from_exif_chunk(exif.strip_prefix(EXIF_LEAD_IN).unwrap_or(exif))
}

pub(super) const EXIF_LEAD_IN: &[u8] = b"Exif\0\0";

/// Takes `count` bytes at `position`, or says that the file ends too early.
pub(super) fn take(bytes: &[u8], position: usize, count: usize) -> Result<&[u8], IngestError> {
    position
        .checked_add(count)
        .and_then(|end| bytes.get(position..end))
        .ok_or(IngestError::Truncated)
}

fn name_of_other(bytes: &[u8]) -> &'static str {
    let brand = bytes.get(4..12).unwrap_or_default();
    let start = String::from_utf8_lossy(&bytes[..bytes.len().min(256)]);
    let text = start.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']);
    if bytes.is_empty() {
        "an empty file"
    } else if bytes.starts_with(b"GIF8") {
        "GIF"
    } else if brand.starts_with(b"ftypavi") {
        "AVIF"
    } else if [b"ftyphei", b"ftyphev", b"ftypmif", b"ftypmsf"].iter().any(|b| brand.starts_with(*b))
    {
        "HEIC"
    } else if text.starts_with('<') {
        "SVG or HTML"
    } else {
        "this type of file"
    }
}
