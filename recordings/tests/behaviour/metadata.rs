//! What a camera tells about its owner goes; how the picture is to be seen stays.

use image::ImageFormat;
use image::metadata::Orientation;
use recordings::{Ingested, Kind, Picture};

use crate::make;

/// Words that stand in the metadata of the tests' pictures and must not come out again.
const SECRETS: [&[u8]; 3] = [b"Cam\0", b"Shanghai", b"GPSLatitude"];

#[test]
fn place_and_device_are_stripped_from_every_type() {
    for bytes in telling_pictures(1) {
        let picture = Picture::ingest(&bytes).unwrap();
        for secret in SECRETS {
            assert!(!contains(&picture.full.bytes, secret), "{:?}", picture.full.kind);
        }
        assert!(exif_of(&picture.full.bytes).is_none());
    }
}

#[test]
fn stripping_leaves_the_pixels_untouched() {
    for bytes in telling_pictures(1) {
        let picture = Picture::ingest(&bytes).unwrap();
        assert_eq!(make::decoded(&picture.full.bytes), make::decoded(&bytes));
    }
}

#[test]
fn every_orientation_is_turned_upright() {
    for orientation in 2..=8 {
        for bytes in telling_pictures(orientation) {
            let mut upright = image::load_from_memory(&bytes).unwrap();
            upright.apply_orientation(Orientation::from_exif(orientation).unwrap());
            let picture = Picture::ingest(&bytes).unwrap();
            let kept = make::decoded(&picture.full.bytes);
            assert_eq!((picture.full.width, picture.full.height), kept.dimensions());
            let allowed = if picture.full.kind == Kind::Png { 0 } else { 64 };
            let difference = make::difference(&kept, &upright.into_rgb8());
            assert!(difference <= allowed, "{:?}: {difference}", picture.full.kind);
            assert_same_way_up(&picture, &kept);
        }
    }
}

#[test]
fn the_colour_profile_is_kept_and_given_to_the_thumbnails() {
    let profile = profile();
    let icc = [b"ICC_PROFILE\0\x01\x01", &profile[..]].concat();
    for orientation in [1, 6] {
        let exif = make::jpeg_exif(&make::exif(orientation));
        let bytes = make::jpeg_with(&make::jpeg(640, 480), &[exif, (0xE2, icc.clone())]);
        let picture = Picture::ingest(&bytes).unwrap();
        for rendition in [&picture.full, &picture.large, &picture.small] {
            assert!(contains(&rendition.bytes, &profile), "{:?}", rendition.kind);
            assert_eq!(make::decoded(&rendition.bytes).dimensions().0, rendition.width);
        }
    }
}

#[test]
fn what_follows_the_picture_is_cut_off() {
    let film = b"\0\0\0\x18ftypmp42 Shanghai".repeat(1000);
    for bytes in [make::jpeg(64, 48), make::png(64, 48), make::lossy_webp(64, 48)] {
        let picture = Picture::ingest(&[&bytes[..], &film].concat()).unwrap();
        assert_eq!(picture.full.bytes, bytes);
    }
}

#[test]
fn a_giant_or_broken_exif_block_is_no_obstacle() {
    let giant = [make::exif(1), vec![0x55; 20_000_000]].concat();
    let looping = [&b"II*\0\x08\0\0\0\xFF\xFF"[..], &[0x12; 40]].concat();
    for exif in [giant, looping, b"MM".to_vec(), vec![]] {
        let bytes = make::png_with(&make::png(64, 48), b"eXIf", &exif);
        let picture = Picture::ingest(&bytes).unwrap();
        assert_eq!(picture.full.bytes, make::png(64, 48));
    }
}

/// The same scene in every type, with Exif, XMP and comments.
fn telling_pictures(orientation: u8) -> Vec<Vec<u8>> {
    let (exif, text) = (make::exif(orientation), b"Comment\0Shanghai GPSLatitude".to_vec());
    let xmp = [b"http://ns.adobe.com/xap/1.0/\0", &text[..]].concat();
    let segments =
        [make::jpeg_exif(&exif), (0xE1, xmp), (0xED, text.clone()), (0xFE, text.clone())];
    let png = make::png_with(&make::png(64, 48), b"tEXt", &text);
    let lossy = make::lossy_webp(64, 48);
    let lossless = make::encoded(&make::scene(64, 48), ImageFormat::WebP);
    let mut pictures =
        vec![make::jpeg_with(&make::jpeg(64, 48), &segments), make::png_with(&png, b"eXIf", &exif)];
    for (name, webp) in [(b"VP8 ", lossy), (b"VP8L", lossless)] {
        let canvas = make::canvas(0x08 | 0x04, 64, 48);
        let pixels = &webp[20..];
        let chunks = [(b"VP8X", &canvas[..]), (name, pixels), (b"EXIF", &exif), (b"XMP ", &text)];
        pictures.push(make::riff(&chunks));
    }
    pictures
}

/// By the middle of each quarter: their edges are softer in a thumbnail.
fn assert_same_way_up(picture: &Ingested, kept: &image::RgbImage) {
    let thumbnail = make::decoded(&picture.small.bytes);
    assert_eq!(thumbnail.dimensions(), kept.dimensions());
    let (width, height) = kept.dimensions();
    for (x, y) in [(1, 1), (3, 1), (1, 3), (3, 3)] {
        let place = (width * x / 4, height * y / 4);
        let (one, other) =
            (thumbnail.get_pixel(place.0, place.1), kept.get_pixel(place.0, place.1));
        let near = one.0.iter().zip(other.0).all(|(a, b)| a.abs_diff(b) < 30);
        assert!(near, "{:?} at {place:?}: {one:?}, {other:?}", picture.full.kind);
    }
}

/// The head of an ICC profile for RGB, which is as far as anybody here reads.
fn profile() -> Vec<u8> {
    let mut profile = vec![0; 200];
    profile[..4].copy_from_slice(&200u32.to_be_bytes());
    profile[16..20].copy_from_slice(b"RGB ");
    profile[36..40].copy_from_slice(b"acsp");
    profile[150..158].copy_from_slice(b"Display!");
    profile
}

/// By a reader that is not the one under test.
fn exif_of(bytes: &[u8]) -> Option<exif::Exif> {
    exif::Reader::new().read_from_container(&mut std::io::Cursor::new(bytes)).ok()
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}
