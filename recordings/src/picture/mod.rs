//! What becomes of bytes that claim to be a picture.
//!
//! In order, cheapest first: size in bytes; type by content; the container walked segment by
//! segment, which finds the dimensions, whether the file is whole, and drops every piece of
//! metadata without touching the pixels; dimensions against the limits; only then decoding, within
//! limits of its own; thumbnails. The picture itself stays bit for bit what the camera gave,
//! except when it lies on its side: then it is turned and encoded again at high quality.

mod container;
mod decode;
mod error;
mod jpeg;
mod limits;
mod orientation;
mod png;
mod riff;
mod thumbnail;
mod webp;

use bytes::Bytes;

use crate::digest::Digest;
use container::Container;
pub use error::IngestError;
pub(crate) use limits::decoding_cost;
pub use limits::{MAX_BYTES, MAX_PIXELS, MAX_SIDE, check_dimensions};

/// The longer side of the two thumbnails in pixels; a smaller picture is not enlarged.
pub const SMALL_SIDE: u32 = 320;
pub const LARGE_SIDE: u32 = 1280;

/// The types that are kept, told by content and never by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Jpeg,
    Png,
    WebP,
}

/// One encoded image, ready for the store.
#[derive(Clone)]
pub struct Rendition {
    pub kind: Kind,
    pub width: u32,
    pub height: u32,
    pub digest: Digest,
    pub bytes: Bytes,
}

/// A picture that was let in: upright, without metadata, with its thumbnails (WebP).
#[derive(Clone)]
pub struct Ingested {
    pub full: Rendition,
    pub large: Rendition,
    pub small: Rendition,
}

/// Bytes whose container was read: whole, of a known type, within the limits, without metadata.
/// Nothing was decoded yet.
pub struct Picture {
    container: Container,
}

impl Picture {
    /// Lets a picture in. Takes 30 to 100 ms for 1080p and up to [`Picture::decoding_cost`] of
    /// memory: see [`crate::Ingester`] for many at once.
    pub fn ingest(bytes: &[u8]) -> Result<Ingested, IngestError> {
        Self::open(bytes)?.finish()
    }

    /// Reads the container only.
    pub fn open(bytes: &[u8]) -> Result<Self, IngestError> {
        limits::check_length(bytes.len())?;
        let container = match container::sniff(bytes)? {
            Kind::Jpeg => jpeg::open(bytes),
            Kind::Png => png::open(bytes),
            Kind::WebP => webp::open(bytes),
        }?;
        check_dimensions(container.width, container.height)?;
        Ok(Self { container })
    }

    pub fn kind(&self) -> Kind {
        self.container.kind
    }

    /// Width and height in pixels, as stored.
    pub fn size(&self) -> (u32, u32) {
        (self.container.width, self.container.height)
    }

    /// The file without metadata, undecoded. A picture that lies on its side stays so.
    pub fn into_bytes(self) -> Vec<u8> {
        self.container.bytes
    }

    /// The most bytes of memory that [`Picture::finish`] takes.
    pub fn decoding_cost(&self) -> u64 {
        decoding_cost(u64::from(self.container.width) * u64::from(self.container.height))
    }

    /// Decodes, turns upright where needed, and makes the thumbnails.
    pub fn finish(self) -> Result<Ingested, IngestError> {
        let decoded = decode::decode(&self.container)?;
        let profile = decoded.profile.as_deref();
        let (full, upright) = orientation::upright(self.container, decoded.image, profile)?;
        let (large, small) = thumbnail::both(upright, profile)?;
        Ok(Ingested { full, large, small })
    }
}

impl Kind {
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::WebP => "image/webp",
        }
    }

    pub fn from_content_type(name: &str) -> Option<Self> {
        [Self::Jpeg, Self::Png, Self::WebP].into_iter().find(|kind| kind.content_type() == name)
    }

    fn format(self) -> image::ImageFormat {
        match self {
            Self::Jpeg => image::ImageFormat::Jpeg,
            Self::Png => image::ImageFormat::Png,
            Self::WebP => image::ImageFormat::WebP,
        }
    }
}

impl Rendition {
    fn new(kind: Kind, width: u32, height: u32, bytes: Vec<u8>) -> Self {
        Self { kind, width, height, digest: Digest::of(&bytes), bytes: bytes.into() }
    }
}
