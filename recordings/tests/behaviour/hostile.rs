//! Files that want to do harm, or are simply no pictures: refused by a stable code, cheaply.

use std::time::{Duration, Instant};

use image::ImageFormat;
use proptest::prelude::*;
use recordings::{IngestError, Picture};

use crate::make;

#[test]
fn other_types_are_refused_by_name() {
    for (bytes, name) in [
        (&b""[..], "an empty file"),
        (b"GIF89a\x01\0\x01\0", "GIF"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "HEIC"),
        (b"\0\0\0\x18ftypavif\0\0\0\0", "AVIF"),
        (b"<?xml version=\"1.0\"?><svg onload=\"alert(1)\"/>", "SVG or HTML"),
        (b"\xEF\xBB\xBF\n <svg/>", "SVG or HTML"),
        (b"MZ\x90\0 this program cannot be run", "this type of file"),
    ] {
        assert_eq!(refusal(bytes), IngestError::UnsupportedType { found: name });
    }
    assert_eq!(refusal(b"GIF89a").code(), "picture_type_unsupported");
}

#[test]
fn a_bomb_of_100000_by_100000_pixels_is_refused_at_once() {
    let side = 100_000u32;
    let header = [&side.to_be_bytes()[..], &side.to_be_bytes(), &[8, 2, 0, 0, 0]].concat();
    let bomb = [
        b"\x89PNG\r\n\x1a\n".to_vec(),
        make::png_chunk(b"IHDR", &header),
        make::png_chunk(b"IDAT", &[0; 100]),
        make::png_chunk(b"IEND", &[]),
    ]
    .concat();
    let refused = cheaply(&bomb);
    assert_eq!(refused, IngestError::TooManyPixels { width: side, height: side });
    assert_eq!(refused.code(), "picture_too_many_pixels");
}

#[test]
fn a_few_bytes_that_unpack_to_a_gigabyte_are_refused_at_once() {
    // 16,383 × 16,383 of one colour: 800 MB in memory from a WebP of some bytes, and a JPEG that
    // claims 65,535 × 65,535.
    let webp = make::riff(&[(b"VP8L", &[0x2F, 0xFE, 0xBF, 0xFF, 0x0F, 0, 0, 0])]);
    assert_eq!(cheaply(&webp).code(), "picture_too_many_pixels");
    let mut jpeg = make::jpeg(16, 16);
    let frame = jpeg.windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap();
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0xFF; 4]);
    assert_eq!(cheaply(&jpeg).code(), "picture_too_many_pixels");
}

#[test]
fn a_colour_profile_that_unpacks_to_half_a_gigabyte_is_not_unpacked() {
    // A PNG's colour profile is compressed, and not counted among the pixels.
    let zeros = deflated_zeros(1 << 29);
    assert!(zeros.len() < 4_000_000);
    let bomb = make::png_with(&make::png(64, 48), b"iCCP", &[b"bomb\0\0", &zeros[..]].concat());
    let before = peak_memory();
    let start = Instant::now();
    let _ = Picture::ingest(&bomb);
    assert!(start.elapsed() < Duration::from_secs(2));
    assert!(peak_memory() - before < 100 << 20, "{} bytes more", peak_memory() - before);
}

#[test]
fn a_file_of_more_than_25_megabytes_is_refused() {
    let bytes = [make::jpeg(64, 48), vec![0; 25 << 20]].concat();
    assert_eq!(cheaply(&bytes).code(), "picture_too_large");
}

#[test]
fn a_file_that_is_cut_anywhere_is_refused() {
    for bytes in pictures() {
        for length in 12..bytes.len() {
            assert!(Picture::ingest(&bytes[..length]).is_err(), "cut at {length}");
        }
    }
}

#[test]
fn a_picture_without_pixels_is_refused() {
    let mut png = make::png(16, 16);
    png[16..20].copy_from_slice(&[0; 4]);
    assert_eq!(refusal(&png).code(), "picture_malformed");
}

#[test]
fn an_animation_is_refused() {
    let canvas = make::canvas(0x02, 64, 48);
    let webp = make::riff(&[(b"VP8X", &canvas), (b"ANIM", &[0; 6])]);
    assert_eq!(refusal(&webp).code(), "picture_type_unsupported");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Whatever bytes are changed: no panic, and what is let in is a picture that can be shown.
    #[test]
    fn a_damaged_file_is_refused_or_shows(
        which in 0usize..4,
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let mut bytes = pictures().swap_remove(which);
        for (place, value) in damage {
            let place = place.index(bytes.len());
            bytes[place] = value;
        }
        if let Ok(picture) = Picture::ingest(&bytes) {
            let shown = image::load_from_memory(&picture.full.bytes).unwrap();
            prop_assert_eq!((shown.width(), shown.height()), (picture.full.width, picture.full.height));
        }
    }

    #[test]
    fn noise_behind_a_signature_is_refused(
        which in 0usize..3,
        noise in prop::collection::vec(any::<u8>(), 0..2000),
    ) {
        let signatures = [&b"\xFF\xD8\xFF"[..], b"\x89PNG\r\n\x1a\n", b"RIFF\xD0\x07\0\0WEBP"];
        prop_assert!(Picture::ingest(&[signatures[which], &noise].concat()).is_err());
    }
}

/// One of each type, small.
fn pictures() -> Vec<Vec<u8>> {
    let lossless = make::encoded(&make::scene(24, 16), ImageFormat::WebP);
    vec![make::jpeg(24, 16), make::png(24, 16), make::lossy_webp(24, 16), lossless]
}

fn refusal(bytes: &[u8]) -> IngestError {
    Picture::ingest(bytes).err().expect("it is refused")
}

fn cheaply(bytes: &[u8]) -> IngestError {
    let (before, start) = (peak_memory(), Instant::now());
    let refused = refusal(bytes);
    assert!(start.elapsed() < Duration::from_millis(200), "{:?}", start.elapsed());
    assert!(peak_memory() - before < 50 << 20, "{} bytes more", peak_memory() - before);
    refused
}

/// The most memory that this process ever had, in bytes.
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kib.unwrap_or(0) * 1024
}

/// A zlib stream of that many zeros, written by hand: the fixed code's longest match, repeated.
fn deflated_zeros(count: usize) -> Vec<u8> {
    let mut bits = Bits::default();
    bits.put(0b011, 3); // the last block, fixed codes
    bits.put_code(0b0011_0000, 8); // one zero byte
    for _ in 0..count / 258 {
        bits.put_code(0b1100_0101, 8); // a match of 258 bytes
        bits.put_code(0, 5); // at distance 1
    }
    bits.put_code(0, 7); // the end
    [&[0x78, 0x9C][..], &bits.bytes].concat()
}

#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    used: usize,
}

impl Bits {
    fn put(&mut self, value: u32, count: usize) {
        for bit in 0..count {
            if self.used.is_multiple_of(8) {
                self.bytes.push(0);
            }
            let last = self.bytes.last_mut().unwrap();
            *last |= (((value >> bit) & 1) as u8) << (self.used % 8);
            self.used += 1;
        }
    }

    /// Huffman codes go in with their first bit first.
    fn put_code(&mut self, code: u32, count: usize) {
        self.put(code.reverse_bits() >> (32 - count), count);
    }
}
