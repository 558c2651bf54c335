//! Header extensions of what the client sends, in our words.

use str0m::rtp::{ExtensionValues, VideoOrientation};

use crate::core::packet::{Extensions, Rotation};

pub(super) fn read_extensions(values: &ExtensionValues) -> Extensions {
    Extensions {
        audio_level: values.audio_level,
        voice_activity: values.voice_activity,
        // The engine says how the camera was turned, and counts clockwise too.
        rotation: values.video_orientation.map(|orientation| match orientation {
            VideoOrientation::Deg0 => Rotation::None,
            VideoOrientation::Deg270 => Rotation::Quarter,
            VideoOrientation::Deg180 => Rotation::Half,
            VideoOrientation::Deg90 => Rotation::ThreeQuarters,
        }),
    }
}
