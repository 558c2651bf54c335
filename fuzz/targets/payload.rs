//! What forwarding reads of a media payload: the first byte picks the codec, or redundant sound.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sfu::Codec;
use sfu::core::packet::FrameInfo;
use sfu::core::{red, vp8};

fuzz_target!(|input: &[u8]| {
    let Some((choice, payload)) = input.split_first() else { return };
    if choice % 4 == 3 {
        take_apart(payload);
        return;
    }
    let codec = [Codec::Vp8, Codec::H264, Codec::Opus][usize::from(choice % 4)];
    let frame = FrameInfo::read(codec, payload);
    if let Some(id) = frame.picture_id {
        assert!(id.value <= id.mask());
    }
    if let Some(descriptor) = vp8::Descriptor::parse(payload) {
        assert!(descriptor.length < payload.len());
        let _ = vp8::key_frame_size(&payload[descriptor.length..]);
    }
});

fn take_apart(payload: &[u8]) {
    let Some(redundant) = red::parse(payload) else { return };
    assert!(!redundant.primary.is_empty());
    let blocks: usize = redundant.earlier.iter().map(|block| block.payload.len()).sum();
    assert!(blocks + redundant.primary.len() < payload.len());
    if let Some(again) = red::join(&redundant.earlier, redundant.payload_type, redundant.primary) {
        assert_eq!(red::parse(&again), Some(redundant));
    }
}
