//! Thumbnails: scaled with SIMD, encoded as lossy WebP by libwebp.
//!
//! The `image` crate writes only lossless WebP, some ten times the size for a photo (1 MB instead
//! of 100 kB for the large one), which a phone on a weak network would feel.

use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels::{U8x3, U8x4};
use fast_image_resize::{FilterType, PixelTrait, ResizeAlg, ResizeOptions, Resizer};
use image::{DynamicImage, RgbImage, RgbaImage};

use super::{IngestError, Kind, LARGE_SIDE, Rendition, SMALL_SIDE, webp};

const QUALITY: f32 = 82.0;
/// Of libwebp's 0 to 6: twice as fast as its default of 4, for files a tenth larger.
const EFFORT: i32 = 2;

/// The large and the small thumbnail, with the picture's colour profile.
pub(super) fn both(
    picture: DynamicImage,
    profile: Option<&[u8]>,
) -> Result<(Rendition, Rendition), IngestError> {
    let large = fit(eight_bits(picture), LARGE_SIDE)?;
    let large_file = rendition(&large, profile)?;
    let small = fit(large, SMALL_SIDE)?;
    Ok((large_file, rendition(&small, profile)?))
}

/// As WebP: lossy at a quality of 0 to 100, or lossless.
pub(super) fn encode(
    image: &DynamicImage,
    quality: Option<f32>,
    profile: Option<&[u8]>,
) -> Result<Vec<u8>, IngestError> {
    let mut config = ::webp::WebPConfig::new()
        .map_err(|()| IngestError::malformed("the WebP encoder cannot be used"))?;
    config.lossless = i32::from(quality.is_none());
    config.quality = quality.unwrap_or(50.0);
    config.method = EFFORT;
    let (width, height, alpha) = (image.width(), image.height(), image.color().has_alpha());
    let encoded = match image {
        DynamicImage::ImageRgb8(rgb) => {
            ::webp::Encoder::from_rgb(rgb, width, height).encode_advanced(&config)
        }
        other => {
            ::webp::Encoder::from_rgba(&other.to_rgba8(), width, height).encode_advanced(&config)
        }
    };
    let encoded = encoded.map_err(|error| IngestError::malformed(format!("{error:?}")))?;
    match profile {
        Some(profile) => webp::with_profile(&encoded, profile, alpha),
        None => Ok(encoded.to_vec()),
    }
}

fn rendition(image: &DynamicImage, profile: Option<&[u8]>) -> Result<Rendition, IngestError> {
    let bytes = encode(image, Some(QUALITY), profile)?;
    Ok(Rendition::new(Kind::WebP, image.width(), image.height(), bytes))
}

fn eight_bits(image: DynamicImage) -> DynamicImage {
    if image.color().has_alpha() {
        DynamicImage::ImageRgba8(image.into_rgba8())
    } else {
        DynamicImage::ImageRgb8(image.into_rgb8())
    }
}

fn fit(image: DynamicImage, longer_side: u32) -> Result<DynamicImage, IngestError> {
    let from = (image.width(), image.height());
    let to = fitted(image.width(), image.height(), longer_side);
    if to == from {
        return Ok(image);
    }
    if image.color().has_alpha() {
        let mut scaled = RgbaImage::new(to.0, to.1);
        scale::<U8x4>(image.as_bytes(), from, &mut scaled, to)?;
        Ok(DynamicImage::ImageRgba8(scaled))
    } else {
        let mut scaled = RgbImage::new(to.0, to.1);
        scale::<U8x3>(image.as_bytes(), from, &mut scaled, to)?;
        Ok(DynamicImage::ImageRgb8(scaled))
    }
}

/// Sizes are width and height. For one kind of pixel at a time: the function for any kind brings code for
/// all of them, which takes a minute to compile.
fn scale<P: PixelTrait>(
    source: &[u8],
    from: (u32, u32),
    scaled: &mut [u8],
    to: (u32, u32),
) -> Result<(), IngestError> {
    let source =
        TypedImageRef::<P>::from_buffer(from.0, from.1, source).map_err(IngestError::malformed)?;
    let mut scaled =
        TypedImage::<P>::from_buffer(to.0, to.1, scaled).map_err(IngestError::malformed)?;
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::CatmullRom));
    Resizer::new().resize_typed(&source, &mut scaled, &options).map_err(IngestError::malformed)
}

/// The same shape with the longer side at most as given, and no side of nothing.
fn fitted(width: u32, height: u32, longer_side: u32) -> (u32, u32) {
    let longest = width.max(height);
    if longest <= longer_side {
        return (width, height);
    }
    let scale = |side: u32| {
        let scaled = u64::from(side) * u64::from(longer_side) + u64::from(longest) / 2;
        ((scaled / u64::from(longest)) as u32).max(1)
    };
    (scale(width), scale(height))
}
