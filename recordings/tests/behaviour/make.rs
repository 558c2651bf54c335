//! Pictures to try: drawn, encoded by encoders that are not under test, and taken apart.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};

/// Its four quarters differ, so that every way of turning it shows; with some grain, as photos have.
pub(crate) fn scene(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let grain = ((x * 7 + y * 13) % 5) as u8;
        let [r, g, b] = match (x < width / 2, y < height / 2) {
            (true, true) => [200, 30, 30],
            (false, true) => [30, 200, 30],
            (true, false) => [30, 30, 200],
            (false, false) => [200, 200, 30],
        };
        Rgb([r + grain, g + grain, b + grain])
    })
}

pub(crate) fn encoded(image: &RgbImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::from(image.clone()).write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

pub(crate) fn jpeg(width: u32, height: u32) -> Vec<u8> {
    encoded(&scene(width, height), ImageFormat::Jpeg)
}

pub(crate) fn png(width: u32, height: u32) -> Vec<u8> {
    encoded(&scene(width, height), ImageFormat::Png)
}

pub(crate) fn lossy_webp(width: u32, height: u32) -> Vec<u8> {
    webp::Encoder::from_rgb(&scene(width, height), width, height).encode(80.0).to_vec()
}

/// A TIFF block with the orientation, a camera's name and a place.
pub(crate) fn exif(orientation: u8) -> Vec<u8> {
    let mut tiff = b"II*\0\x08\0\0\0".to_vec();
    let entry = |tag: u16, format: u16, count: u32, value: [u8; 4]| {
        [&tag.to_le_bytes()[..], &format.to_le_bytes(), &count.to_le_bytes(), &value].concat()
    };
    tiff.extend(3u16.to_le_bytes());
    tiff.extend(entry(0x010F, 2, 4, *b"Cam\0"));
    tiff.extend(entry(0x0112, 3, 1, [orientation, 0, 0, 0]));
    tiff.extend(entry(0x8825, 4, 1, 50u32.to_le_bytes()));
    tiff.extend(0u32.to_le_bytes());
    tiff.extend(1u16.to_le_bytes());
    tiff.extend(entry(0x0001, 2, 2, *b"N\0\0\0"));
    tiff.extend(0u32.to_le_bytes());
    tiff
}

/// Puts segments behind a JPEG's start.
pub(crate) fn jpeg_with(jpeg: &[u8], segments: &[(u8, Vec<u8>)]) -> Vec<u8> {
    let mut bytes = jpeg[..2].to_vec();
    for (marker, content) in segments {
        bytes.extend([0xFF, *marker]);
        bytes.extend((content.len() as u16 + 2).to_be_bytes());
        bytes.extend(content);
    }
    bytes.extend(&jpeg[2..]);
    bytes
}

pub(crate) fn jpeg_exif(exif: &[u8]) -> (u8, Vec<u8>) {
    (0xE1, [b"Exif\0\0", exif].concat())
}

/// Puts a chunk behind a PNG's header.
pub(crate) fn png_with(png: &[u8], name: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let after_header = 8 + 12 + 13;
    [&png[..after_header], &png_chunk(name, content), &png[after_header..]].concat()
}

pub(crate) fn png_chunk(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let named = [&name[..], content].concat();
    let checksum = crc32(&named).to_be_bytes();
    [&(content.len() as u32).to_be_bytes()[..], &named, &checksum].concat()
}

/// A WebP of the given chunks.
pub(crate) fn riff(chunks: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
    let mut content = b"WEBP".to_vec();
    for (name, chunk) in chunks {
        content.extend(*name);
        content.extend((chunk.len() as u32).to_le_bytes());
        content.extend(*chunk);
        content.extend(std::iter::repeat_n(0, chunk.len() % 2));
    }
    [&b"RIFF"[..], &(content.len() as u32).to_le_bytes(), &content].concat()
}

/// The extended header of a WebP: what it contains, and its canvas.
pub(crate) fn canvas(flags: u8, width: u32, height: u32) -> Vec<u8> {
    let side = |side: u32| (side - 1).to_le_bytes()[..3].to_vec();
    [vec![flags, 0, 0, 0], side(width), side(height)].concat()
}

pub(crate) fn decoded(bytes: &[u8]) -> RgbImage {
    image::load_from_memory(bytes).unwrap().into_rgb8()
}

/// The largest difference of any channel of any pixel.
pub(crate) fn difference(one: &RgbImage, other: &RgbImage) -> u8 {
    assert_eq!(one.dimensions(), other.dimensions());
    one.iter().zip(other.iter()).map(|(a, b)| a.abs_diff(*b)).max().unwrap()
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 }
        })
    })
}
