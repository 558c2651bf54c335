//! What we negotiate: codecs and header extensions, and nothing that the tests don't exercise.

use str0m::format::{Codec, CodecConfig, CodecSpec, FormatParams, PayloadParams};
use str0m::media::{Frequency, Pt};
use str0m::rtp::{Extension, ExtensionMap};

/// Header extensions that we take part in, under the numbers that browsers use anyway.
pub(super) fn extensions() -> ExtensionMap {
    let mut map = ExtensionMap::empty();
    map.set(1, Extension::AudioLevel);
    map.set(2, Extension::AbsoluteSendTime);
    map.set(3, Extension::TransportSequenceNumber);
    map.set(4, Extension::RtpMid);
    map.set(10, Extension::RtpStreamId);
    map.set(11, Extension::RepairedRtpStreamId);
    map.set(13, Extension::VideoOrientation);
    map
}

/// Opus, twice over where the client knows how (RFC 2198); VP8; H.264, constrained baseline. In the
/// order of preference.
pub(super) fn codecs() -> CodecConfig {
    let h264 = FormatParams {
        level_asymmetry_allowed: Some(true),
        packetization_mode: Some(1),
        profile_level_id: Some(0x42e01f),
        ..FormatParams::default()
    };
    let mut audio = CodecConfig::empty();
    audio.enable_opus(true, true);
    let mut all = audio.params().to_vec();
    all.push(video(96, 97, Codec::Vp8, FormatParams::default()));
    all.push(video(108, 109, Codec::H264, h264));
    CodecConfig::new_from_payload_params(all)
}

/// Lets clients stop sending in silence (`usedtx`, RFC 7587 §6.1), which cannot be said of the
/// engine's own Opus, and only that comes twice over.
pub(super) fn with_silence(answer: &str) -> String {
    answer.replace("useinbandfec=1", "useinbandfec=1;usedtx=1")
}

fn video(pt: u8, resend: u8, codec: Codec, format: FormatParams) -> PayloadParams {
    let spec = CodecSpec { codec, clock_rate: Frequency::NINETY_KHZ, channels: None, format };
    let mut params = PayloadParams::new(pt.into(), Some(Pt::from(resend)), spec);
    params.set_fb_remb(false);
    params
}
