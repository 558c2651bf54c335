//! What is let in, and what becomes of it.

use std::time::{Duration, Instant};

use image::{DynamicImage, ImageFormat};
use recordings::{Digest, Ingester, Kind, Picture};

use crate::make;

#[test]
fn each_type_is_known_by_its_content_and_kept_as_it_came() {
    let webp =
        make::riff(&[(b"VP8L", vp8l(&make::encoded(&make::scene(64, 48), ImageFormat::WebP)))]);
    for (bytes, kind) in [
        (make::jpeg(64, 48), Kind::Jpeg),
        (make::png(64, 48), Kind::Png),
        (make::lossy_webp(64, 48), Kind::WebP),
        (webp, Kind::WebP),
    ] {
        let picture = Picture::ingest(&bytes).unwrap();
        assert_eq!(picture.full.kind, kind);
        assert_eq!((picture.full.width, picture.full.height), (64, 48));
        assert_eq!(picture.full.bytes, bytes, "{kind:?} is kept bit for bit");
        assert_eq!(picture.full.digest, Digest::of(&bytes));
    }
}

#[test]
fn thumbnails_are_small_files_of_the_same_shape() {
    let picture = Picture::ingest(&make::jpeg(1920, 1080)).unwrap();
    assert_eq!((picture.large.width, picture.large.height), (1280, 720));
    assert_eq!((picture.small.width, picture.small.height), (320, 180));
    assert!(picture.large.bytes.len() < 200_000, "{}", picture.large.bytes.len());
    assert!(picture.small.bytes.len() < 20_000, "{}", picture.small.bytes.len());
    let small = make::decoded(&picture.small.bytes);
    assert_eq!(small.dimensions(), (320, 180));
    assert!(small.get_pixel(40, 40)[0] > 180 && small.get_pixel(280, 140)[2] < 80);
}

#[test]
fn a_small_picture_is_not_enlarged() {
    let picture = Picture::ingest(&make::png(200, 100)).unwrap();
    assert_eq!((picture.large.width, picture.large.height), (200, 100));
    assert_eq!((picture.small.width, picture.small.height), (200, 100));
}

#[test]
fn a_strip_one_pixel_high_keeps_its_one_pixel() {
    let picture = Picture::ingest(&make::png(4000, 1)).unwrap();
    assert_eq!((picture.small.width, picture.small.height), (320, 1));
}

#[test]
fn transparency_grey_and_sixteen_bits_are_let_in() {
    let scene = DynamicImage::from(make::scene(400, 300));
    for image in [
        DynamicImage::from(scene.to_rgba8()),
        DynamicImage::from(scene.to_luma8()),
        DynamicImage::from(scene.to_luma_alpha16()),
        DynamicImage::from(scene.to_rgba16()),
    ] {
        let mut bytes = std::io::Cursor::new(Vec::new());
        image.write_to(&mut bytes, ImageFormat::Png).unwrap();
        let picture = Picture::ingest(bytes.get_ref()).unwrap();
        assert_eq!(picture.full.bytes, bytes.into_inner());
        assert_eq!((picture.small.width, picture.small.height), (320, 240));
    }
}

#[test]
fn a_key_frame_of_the_call_becomes_a_picture_without_being_encoded_again() {
    let webp = make::lossy_webp(640, 360);
    let data = bytes::Bytes::copy_from_slice(&webp[20..]);
    let frame = sfu::KeyFrame { width: 640, height: 360, data, age: Duration::ZERO };
    let picture = Picture::ingest(&frame.to_webp()).unwrap();
    assert_eq!(picture.full.kind, Kind::WebP);
    assert_eq!((picture.full.width, picture.full.height), (640, 360));
    assert!(picture.full.bytes.ends_with(&frame.data));
}

#[tokio::test]
async fn many_at_once_all_get_their_turn() {
    let ingester = Ingester::default();
    let bytes = bytes::Bytes::from(make::jpeg(640, 480));
    let many = (0..32).map(|_| async { ingester.turn().await.ingest(bytes.clone()).await });
    let pictures = futures_util::future::join_all(many).await;
    assert!(pictures.iter().all(|picture| picture.is_ok()));
}

/// The figure itself belongs to the benchmark; this catches a picture that takes seconds.
#[test]
fn a_picture_of_1080p_goes_through_quickly() {
    for bytes in [make::png(1920, 1080), make::jpeg(1920, 1080)] {
        let start = Instant::now();
        Picture::ingest(&bytes).unwrap();
        let took = start.elapsed();
        println!("{} bytes in {took:?}", bytes.len());
        assert!(took.as_millis() < 1500, "{took:?}");
    }
}

/// The content of the only chunk.
fn vp8l(webp: &[u8]) -> &[u8] {
    let length = u32::from_le_bytes(webp[16..20].try_into().unwrap()) as usize;
    &webp[20..20 + length]
}
