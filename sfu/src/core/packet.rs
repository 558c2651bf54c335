//! One media packet inside a room: what came off a publisher's transport, decrypted and without
//! padding. Its payload is shared, never copied, by every viewer, the cache and the taps.

use std::sync::Arc;
use std::time::Instant;

use super::event::TrackKind;
use super::participant::ParticipantId;
use super::tap::Codec;
use super::vp8::{Descriptor, PictureId};
use super::{h264, vp8};

/// A layer of a track as viewers follow it. Sequence numbers and timestamps only compare within
/// one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StreamId {
    pub participant: ParticipantId,
    pub kind: TrackKind,
    pub layer: u8,
    /// Grows with each transport, and each new SSRC on it.
    pub generation: u64,
}

#[derive(Debug, Clone)]
pub struct Packet {
    pub codec: Codec,
    /// Sequence number, extended past its 16 bits.
    pub sequence: u64,
    /// RTP timestamp, extended past its 32 bits.
    pub timestamp: u64,
    pub marker: bool,
    pub payload: Arc<[u8]>,
    pub extensions: Extensions,
    pub frame: FrameInfo,
    /// When it was captured at the publisher, on the server's clock, as far as can be told.
    pub captured: Instant,
}

/// Header extensions that are passed on to viewers. The rest belongs to one hop only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Extensions {
    /// In dBov: 0 is loudest, -127 is silence.
    pub audio_level: Option<i8>,
    pub voice_activity: Option<bool>,
    pub rotation: Option<Rotation>,
}

/// How a viewer must turn the picture, clockwise (3GPP TS 26.114 §7.4.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rotation {
    None,
    Quarter,
    Half,
    ThreeQuarters,
}

/// What forwarding must know of the payload; read once, however many viewers there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FrameInfo {
    pub starts_key_frame: bool,
    pub picture_id: Option<PictureId>,
    pub base_layer_index: Option<u8>,
    /// Width and height, at the start of a VP8 key frame.
    pub size: Option<(u16, u16)>,
}

impl FrameInfo {
    pub fn read(codec: Codec, payload: &[u8]) -> Self {
        match codec {
            Codec::Opus => Self::default(),
            Codec::H264 => {
                Self { starts_key_frame: h264::starts_key_frame(payload), ..Self::default() }
            }
            Codec::Vp8 => Descriptor::parse(payload).map_or(Self::default(), |descriptor| Self {
                starts_key_frame: vp8::starts_key_frame(payload),
                picture_id: descriptor.picture_id,
                base_layer_index: descriptor.base_layer_index,
                size: descriptor
                    .starts_frame
                    .then(|| vp8::key_frame_size(bitstream(payload, &descriptor)))
                    .flatten(),
            }),
        }
    }
}

fn bitstream<'a>(payload: &'a [u8], descriptor: &Descriptor) -> &'a [u8] {
    payload.get(descriptor.length..).unwrap_or_default()
}
