//! Between our packets and the engine's: header extensions, and VP8 frames numbered anew.

use std::sync::Arc;

use str0m::media::Pt;
use str0m::rtp::{ExtensionValues, RtpWrite, VideoOrientation, Vp8Descriptor, Vp8Patch};

use crate::core::event::MediaKind;
use crate::core::packet::{Extensions, Packet, Rotation};
use crate::core::rewriter::Rewritten;

pub(super) fn write(
    pt: Pt,
    payload: Arc<[u8]>,
    packet: &Packet,
    rewritten: &Rewritten,
) -> RtpWrite {
    let timestamp = rewritten.timestamp as u32;
    let sequence = rewritten.sequence.into();
    let write = RtpWrite::new(pt, sequence, timestamp, packet.captured, payload)
        .marker(packet.marker)
        .nackable(packet.codec.kind() == MediaKind::Video)
        .ext_vals(write_extensions(&packet.extensions));
    match patch(packet, rewritten) {
        Some(patch) => write.vp8_patch(patch),
        None => write,
    }
}

/// Renumbers the VP8 frame, in the bytes that its payload has for it.
fn patch(packet: &Packet, rewritten: &Rewritten) -> Option<Vp8Patch> {
    if rewritten.picture_id.is_none() && rewritten.base_layer_index.is_none() {
        return None;
    }
    let mut patch = Vp8Descriptor::parse(&packet.payload).ok()?.patch();
    if let Some(picture_id) = rewritten.picture_id {
        patch = patch.picture_id(picture_id);
    }
    if let Some(index) = rewritten.base_layer_index {
        patch = patch.tl0_pic_idx(index);
    }
    patch.build().ok()
}

pub(super) fn read_extensions(values: &ExtensionValues) -> Extensions {
    Extensions {
        audio_level: values.audio_level,
        voice_activity: values.voice_activity,
        rotation: values.video_orientation.map(|orientation| match orientation {
            VideoOrientation::Deg0 => Rotation::None,
            VideoOrientation::Deg90 => Rotation::Quarter,
            VideoOrientation::Deg180 => Rotation::Half,
            VideoOrientation::Deg270 => Rotation::ThreeQuarters,
        }),
    }
}

fn write_extensions(extensions: &Extensions) -> ExtensionValues {
    ExtensionValues {
        audio_level: extensions.audio_level,
        voice_activity: extensions.voice_activity,
        video_orientation: extensions.rotation.map(|rotation| match rotation {
            Rotation::None => VideoOrientation::Deg0,
            Rotation::Quarter => VideoOrientation::Deg90,
            Rotation::Half => VideoOrientation::Deg180,
            Rotation::ThreeQuarters => VideoOrientation::Deg270,
        }),
        ..ExtensionValues::default()
    }
}
