//! WebP (RFC 9649): chunks kept for pixels and colours, and a colour profile put in.

use image::metadata::Orientation;

use super::container::{Container, orientation_in_exif, take};
use super::{IngestError, Kind, riff};

const HAS_PROFILE: u8 = 0x20;
const HAS_ALPHA: u8 = 0x10;
const HAS_ANIMATION: u8 = 0x02;

pub(super) fn open(bytes: &[u8]) -> Result<Container, IngestError> {
    let chunks = riff::chunks(bytes)?;
    let (width, height) = size(&chunks)?;
    let exif = chunks.iter().find(|(name, _)| *name == b"EXIF");
    let orientation = exif.and_then(|(_, content)| orientation_in_exif(content));
    Ok(Container {
        kind: Kind::WebP,
        width,
        height,
        orientation: orientation.unwrap_or(Orientation::NoTransforms),
        bytes: without_metadata(&chunks),
    })
}

/// Puts an ICC profile into an encoded still picture.
pub(super) fn with_profile(
    encoded: &[u8],
    profile: &[u8],
    alpha: bool,
) -> Result<Vec<u8>, IngestError> {
    let chunks = riff::chunks(encoded)?;
    let (width, height) = size(&chunks)?;
    let mut header = [0; 10];
    header[0] = HAS_PROFILE | if alpha { HAS_ALPHA } else { 0 };
    header[4..7].copy_from_slice(&(width - 1).to_le_bytes()[..3]);
    header[7..10].copy_from_slice(&(height - 1).to_le_bytes()[..3]);
    let pixels = chunks.into_iter().filter(|(name, _)| *name != b"VP8X");
    Ok(riff::write([(&b"VP8X"[..], &header[..]), (b"ICCP", profile)].into_iter().chain(pixels)))
}

/// Whether the pixels were kept without loss.
pub(super) fn is_lossless(bytes: &[u8]) -> bool {
    riff::chunks(bytes).is_ok_and(|chunks| chunks.iter().any(|(name, _)| *name == b"VP8L"))
}

/// Of the canvas; the picture in it must fill it.
fn size(chunks: &[riff::Chunk<'_>]) -> Result<(u32, u32), IngestError> {
    let mut canvas = None;
    let mut picture = None;
    for (name, content) in chunks {
        match *name {
            b"VP8X" => canvas = Some(canvas_size(content)?),
            b"VP8 " => picture = Some(lossy_size(content)?),
            b"VP8L" => picture = Some(lossless_size(content)?),
            _ => {}
        }
    }
    let picture = picture.ok_or_else(|| IngestError::malformed("no picture in it"))?;
    match canvas {
        Some(canvas) if canvas != picture => {
            Err(IngestError::malformed("the picture does not fill its canvas"))
        }
        _ => Ok(picture),
    }
}

fn canvas_size(header: &[u8]) -> Result<(u32, u32), IngestError> {
    let header = take(header, 0, 10)?;
    if header[0] & HAS_ANIMATION != 0 {
        return Err(IngestError::UnsupportedType { found: "an animated WebP" });
    }
    let side = |at: usize| riff::le_u32(&[header[at], header[at + 1], header[at + 2], 0]) + 1;
    Ok((side(4), side(7)))
}

/// VP8's key frame header (RFC 6386, 9.1): three bytes, a start code, and 14 bits a side.
fn lossy_size(frame: &[u8]) -> Result<(u32, u32), IngestError> {
    let header = take(frame, 0, 10)?;
    if header[0] & 1 != 0 || header[3..6] != [0x9d, 0x01, 0x2a] {
        return Err(IngestError::malformed("no VP8 key frame"));
    }
    let side = |at: usize| u32::from(u16::from_le_bytes([header[at], header[at + 1]]) & 0x3FFF);
    Ok((side(6), side(8)))
}

/// A signature byte, then 14 bits a side, each less one.
fn lossless_size(frame: &[u8]) -> Result<(u32, u32), IngestError> {
    let header = take(frame, 0, 5)?;
    if header[0] != 0x2F {
        return Err(IngestError::malformed("no VP8L signature"));
    }
    let bits = riff::le_u32(&header[1..]);
    Ok(((bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1))
}

fn without_metadata(chunks: &[riff::Chunk<'_>]) -> Vec<u8> {
    let mut canvas = [0; 10];
    let kept = chunks
        .iter()
        .filter(|(name, _)| matches!(*name, b"VP8X" | b"ICCP" | b"ALPH" | b"VP8 " | b"VP8L"));
    let kept: Vec<_> = kept.copied().collect();
    if let Some((_, header)) = kept.iter().find(|(name, _)| *name == b"VP8X") {
        // Its size was checked when the canvas was read.
        canvas.copy_from_slice(&header[..10]);
        canvas[0] &= HAS_PROFILE | HAS_ALPHA;
    }
    riff::write(kept.into_iter().map(|(name, content)| match name {
        b"VP8X" => (name, &canvas[..]),
        _ => (name, content),
    }))
}
