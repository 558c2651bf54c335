//! A VP8 key frame as a picture. A key frame stands alone, and in a RIFF container it *is* a lossy
//! WebP file: nothing needs to be decoded to keep it.

use std::time::Duration;

use bytes::{BufMut, Bytes, BytesMut};

/// The last whole VP8 key frame of a participant's video.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyFrame {
    pub width: u16,
    pub height: u16,
    /// The VP8 bitstream of the frame.
    pub data: Bytes,
    /// How long ago it arrived, when it was asked for.
    pub age: Duration,
}

impl KeyFrame {
    /// The picture as a WebP file (simple lossy format: RIFF header, one `VP8 ` chunk; see
    /// Google's "WebP Container Specification").
    pub fn to_webp(&self) -> Bytes {
        let padded = self.data.len() + self.data.len() % 2;
        let mut file = BytesMut::with_capacity(20 + padded);
        file.put_slice(b"RIFF");
        file.put_u32_le((4 + 8 + padded) as u32);
        file.put_slice(b"WEBPVP8 ");
        file.put_u32_le(self.data.len() as u32);
        file.put_slice(&self.data);
        file.put_bytes(0, padded - self.data.len());
        file.freeze()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key_frame(data: &'static [u8]) -> KeyFrame {
        KeyFrame { width: 2, height: 2, data: Bytes::from_static(data), age: Duration::ZERO }
    }

    #[test]
    fn an_odd_frame_is_padded_but_keeps_its_length() {
        let file = key_frame(b"abc").to_webp();
        assert_eq!(&file[..4], b"RIFF");
        assert_eq!(u32::from_le_bytes(file[4..8].try_into().unwrap()) as usize, file.len() - 8);
        assert_eq!(&file[8..16], b"WEBPVP8 ");
        assert_eq!(file[16..20], 3u32.to_le_bytes());
        assert_eq!(&file[20..], b"abc\0");
    }

    #[test]
    fn an_even_frame_is_not_padded() {
        assert_eq!(key_frame(b"abcd").to_webp().len(), 24);
    }
}
