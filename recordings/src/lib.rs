//! What is kept of a call: snapshots now, recordings and voice notes later.
//!
//! The crate knows bytes, not people: which capture a picture belongs to, and who may see it, is
//! the product's business. It offers three things.
//!
//! - [`Blobs`]: the store. A blob is named by the SHA-256 of its content, so the same bytes are
//!   never stored twice and a stored blob never changes.
//! - [`Parts`]: uploads under way, appended to piece by piece, resumed after anything.
//! - [`Picture`]: what becomes of bytes that claim to be a picture. They are hostile until read:
//!   type by content, size before decoding, memory bounded while decoding, metadata stripped.
//!
//! Invariants:
//! - A call that returned `Ok` survives a kill and a power cut: file and directory are synced.
//! - A kill at any instant leaves either the whole blob under its name or nothing under it. What
//!   was being written stays beside it under a staging name, which [`Blobs::sweep`] removes.
//! - Memory for decoding is bounded by [`Ingester`], however many pictures arrive at once.

mod blobs;
mod digest;
mod disk;
mod ingester;
mod parts;
pub mod picture;

pub use blobs::{BlobError, Blobs, Reading};
pub use digest::{Digest, DigestError};
pub use ingester::{Ingester, Turn};
pub use parts::{PartError, Parts};
pub use picture::{IngestError, Ingested, Kind, Picture, Rendition};
