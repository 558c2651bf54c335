//! Turning a picture upright. Most are; then their bytes stay as they are.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::metadata::Orientation;
use image::{DynamicImage, ImageEncoder};

use super::container::Container;
use super::decode::refusal;
use super::{IngestError, Kind, Rendition, thumbnail, webp};

/// Where no difference can be seen, and close to what phones use themselves.
const JPEG_QUALITY: u8 = 95;
const WEBP_QUALITY: f32 = 95.0;

/// The picture to keep, and its pixels, both upright.
pub(super) fn upright(
    container: Container,
    mut image: DynamicImage,
    profile: Option<&[u8]>,
) -> Result<(Rendition, DynamicImage), IngestError> {
    let kind = container.kind;
    let bytes = if container.orientation == Orientation::NoTransforms {
        container.bytes
    } else {
        image.apply_orientation(container.orientation);
        encode(kind, &container.bytes, &image, profile)?
    };
    Ok((Rendition::new(kind, image.width(), image.height(), bytes), image))
}

fn encode(
    kind: Kind,
    original: &[u8],
    image: &DynamicImage,
    profile: Option<&[u8]>,
) -> Result<Vec<u8>, IngestError> {
    let mut bytes = Cursor::new(Vec::new());
    match kind {
        Kind::Jpeg => {
            write(image, profile, JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY))?
        }
        Kind::Png => write(image, profile, PngEncoder::new(&mut bytes))?,
        Kind::WebP => {
            let quality = (!webp::is_lossless(original)).then_some(WEBP_QUALITY);
            return thumbnail::encode(image, quality, profile);
        }
    }
    Ok(bytes.into_inner())
}

fn write(
    image: &DynamicImage,
    profile: Option<&[u8]>,
    mut encoder: impl ImageEncoder,
) -> Result<(), IngestError> {
    if let Some(profile) = profile {
        // Both encoders can; should one not, the picture is still right as sRGB.
        let _ = encoder.set_icc_profile(profile.to_vec());
    }
    image.write_with_encoder(encoder).map_err(refusal)
}
