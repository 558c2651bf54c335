//! JPEG (ITU-T T.81): segments copied one by one, without those that tell about the taker.
//!
//! Kept: what decoding needs, JFIF, the colour profile, Adobe's colour transform. Dropped: Exif and
//! XMP (place, device, embedded thumbnails), IPTC, comments, and whatever follows the end of the
//! image (some phones append a video there).

use image::metadata::Orientation;

use super::container::{Container, EXIF_LEAD_IN, orientation_in_exif, take};
use super::{IngestError, Kind};

const END_OF_IMAGE: u8 = 0xD9;
const START_OF_SCAN: u8 = 0xDA;
const APP0: u8 = 0xE0;
const APP1: u8 = 0xE1;
const APP15: u8 = 0xEF;
const COMMENT: u8 = 0xFE;

pub(super) fn open(bytes: &[u8]) -> Result<Container, IngestError> {
    let mut walk = Walk {
        bytes,
        position: 2,
        kept: Vec::with_capacity(bytes.len()),
        size: None,
        orientation: None,
    };
    walk.kept.extend_from_slice(&[0xFF, 0xD8]);
    while walk.segment()? {}
    let (width, height) = walk.size.ok_or_else(|| IngestError::malformed("no frame header"))?;
    Ok(Container {
        kind: Kind::Jpeg,
        width,
        height,
        orientation: walk.orientation.unwrap_or(Orientation::NoTransforms),
        bytes: walk.kept,
    })
}

struct Walk<'a> {
    bytes: &'a [u8],
    position: usize,
    kept: Vec<u8>,
    size: Option<(u32, u32)>,
    orientation: Option<Orientation>,
}

impl Walk<'_> {
    /// Reads one segment; false after the end of the image.
    fn segment(&mut self) -> Result<bool, IngestError> {
        let marker = self.marker()?;
        if marker == END_OF_IMAGE {
            self.kept.extend_from_slice(&[0xFF, marker]);
            return Ok(false);
        }
        if is_standalone(marker) {
            return Ok(true);
        }
        let length = take(self.bytes, self.position, 2)?;
        let length = usize::from(u16::from_be_bytes([length[0], length[1]]));
        let segment = take(self.bytes, self.position, length)?;
        let content = segment.get(2..).ok_or_else(|| IngestError::malformed("a short segment"))?;
        self.position += length;
        self.note(marker, content)?;
        if is_kept(marker, content) {
            self.kept.extend_from_slice(&[0xFF, marker]);
            self.kept.extend_from_slice(segment);
        }
        if marker == START_OF_SCAN {
            self.scan()?;
        }
        Ok(true)
    }

    fn marker(&mut self) -> Result<u8, IngestError> {
        if take(self.bytes, self.position, 1)?[0] != 0xFF {
            return Err(IngestError::malformed("no marker where one must be"));
        }
        // Any number of FF may fill up before a marker.
        let fill = self.bytes[self.position..].iter().take_while(|byte| **byte == 0xFF).count();
        self.position += fill;
        let marker = take(self.bytes, self.position, 1)?[0];
        self.position += 1;
        Ok(marker)
    }

    fn note(&mut self, marker: u8, content: &[u8]) -> Result<(), IngestError> {
        if is_frame_header(marker) {
            let size = take(content, 1, 4)?;
            let height = u16::from_be_bytes([size[0], size[1]]);
            let width = u16::from_be_bytes([size[2], size[3]]);
            if self.size.replace((width.into(), height.into())).is_some() {
                return Err(IngestError::malformed("two frame headers"));
            }
        }
        if marker == APP1 && content.starts_with(EXIF_LEAD_IN) && self.orientation.is_none() {
            self.orientation = orientation_in_exif(content);
        }
        Ok(())
    }

    /// Copies the entropy-coded data up to the next marker that is neither a stuffed zero nor a
    /// restart.
    fn scan(&mut self) -> Result<(), IngestError> {
        let rest = &self.bytes[self.position..];
        let ends = |pair: &[u8]| pair[0] == 0xFF && !matches!(pair[1], 0x00 | 0xD0..=0xD7 | 0xFF);
        let length = rest.windows(2).position(ends).ok_or(IngestError::Truncated)?;
        self.kept.extend_from_slice(&rest[..length]);
        self.position += length;
        Ok(())
    }
}

fn is_kept(marker: u8, content: &[u8]) -> bool {
    match marker {
        // With a thumbnail in it, JFIF is longer than these 14 bytes; nothing needs it then.
        APP0 => content.starts_with(b"JFIF\0") && content.len() == 14,
        0xE2 => content.starts_with(b"ICC_PROFILE\0"),
        0xEE => content.starts_with(b"Adobe"),
        APP1..=APP15 | COMMENT => false,
        _ => true,
    }
}

fn is_standalone(marker: u8) -> bool {
    matches!(marker, 0x01 | 0xD0..=0xD8)
}

/// SOF0 to SOF15; three numbers between them are tables.
fn is_frame_header(marker: u8) -> bool {
    matches!(marker, 0xC0..=0xCF) && !matches!(marker, 0xC4 | 0xC8 | 0xCC)
}
