//! The RIFF container of WebP (RFC 9649): reading and writing its chunks.

use super::IngestError;
use super::container::take;

/// A name of four bytes, and what it holds.
pub(super) type Chunk<'a> = (&'a [u8], &'a [u8]);

/// The chunks between the header and the length that it gives; what follows is not part of it.
pub(super) fn chunks(bytes: &[u8]) -> Result<Vec<Chunk<'_>>, IngestError> {
    let length = le_u32(take(bytes, 4, 4)?) as usize;
    let mut rest = take(bytes, 8, length)?.strip_prefix(b"WEBP").ok_or(IngestError::Truncated)?;
    let mut chunks = Vec::new();
    while !rest.is_empty() {
        let (name, length) = (take(rest, 0, 4)?, le_u32(take(rest, 4, 4)?) as usize);
        chunks.push((name, take(rest, 8, length)?));
        // Odd chunks are padded; some writers forget it at the end.
        rest = rest.get(8 + length + length % 2..).unwrap_or_default();
        if chunks.len() > MAX_CHUNKS {
            return Err(IngestError::malformed("too many chunks"));
        }
    }
    Ok(chunks)
}

pub(super) fn write<'a>(chunks: impl IntoIterator<Item = Chunk<'a>>) -> Vec<u8> {
    let mut file = b"RIFF\0\0\0\0WEBP".to_vec();
    for (name, content) in chunks {
        file.extend_from_slice(name);
        file.extend_from_slice(&(content.len() as u32).to_le_bytes());
        file.extend_from_slice(content);
        file.extend(std::iter::repeat_n(0, content.len() % 2));
    }
    let length = (file.len() - 8) as u32;
    file[4..8].copy_from_slice(&length.to_le_bytes());
    file
}

pub(super) fn le_u32(bytes: &[u8]) -> u32 {
    u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])
}

/// A still picture has half a dozen.
const MAX_CHUNKS: usize = 64;
