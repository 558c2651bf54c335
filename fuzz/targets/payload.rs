//! What forwarding reads of a media payload. The first byte picks the codec.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sfu::Codec;
use sfu::core::packet::FrameInfo;
use sfu::core::vp8;

fuzz_target!(|input: &[u8]| {
    let Some((choice, payload)) = input.split_first() else { return };
    let codec = [Codec::Vp8, Codec::H264, Codec::Opus][usize::from(choice % 3)];
    let frame = FrameInfo::read(codec, payload);
    if let Some(id) = frame.picture_id {
        assert!(id.value <= id.mask());
    }
    if let Some(descriptor) = vp8::Descriptor::parse(payload) {
        assert!(descriptor.length < payload.len());
        let _ = vp8::key_frame_size(&payload[descriptor.length..]);
    }
});
