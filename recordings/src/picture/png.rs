//! PNG (ISO/IEC 15948): chunks copied one by one, those needed for the pixels and their colours.

use image::metadata::Orientation;

use super::container::{Container, orientation_in_exif, take};
use super::{IngestError, Kind};

pub(super) const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// Everything else goes: text, Exif, times, and the further frames of an animation.
const KEPT: [&[u8; 4]; 12] = [
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB",
    b"cICP", b"bKGD",
];
/// Length, name and checksum.
const FRAMING: usize = 12;

pub(super) fn open(bytes: &[u8]) -> Result<Container, IngestError> {
    let (width, height) = size(bytes)?;
    let mut kept = Vec::with_capacity(bytes.len());
    kept.extend_from_slice(SIGNATURE);
    let mut orientation = None;
    let mut position = SIGNATURE.len();
    loop {
        let chunk = chunk(bytes, position)?;
        position += chunk.len();
        let (name, content) = (&chunk[4..8], &chunk[8..chunk.len() - 4]);
        if KEPT.iter().any(|kept| *kept == name) {
            kept.extend_from_slice(chunk);
        }
        match name {
            b"eXIf" => orientation = orientation.or(orientation_in_exif(content)),
            b"IEND" => break,
            _ => {}
        }
    }
    let orientation = orientation.unwrap_or(Orientation::NoTransforms);
    Ok(Container { kind: Kind::Png, width, height, orientation, bytes: kept })
}

/// From the header, which must be the first chunk.
fn size(bytes: &[u8]) -> Result<(u32, u32), IngestError> {
    let header = chunk(bytes, SIGNATURE.len())?;
    if &header[4..8] != b"IHDR" || header.len() != 13 + FRAMING {
        return Err(IngestError::malformed("no image header"));
    }
    Ok((be_u32(&header[8..]), be_u32(&header[12..])))
}

/// A whole chunk with its framing.
fn chunk(bytes: &[u8], position: usize) -> Result<&[u8], IngestError> {
    let length = be_u32(take(bytes, position, 4)?);
    take(bytes, position, (length as usize).saturating_add(FRAMING))
}

fn be_u32(bytes: &[u8]) -> u32 {
    u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])
}
