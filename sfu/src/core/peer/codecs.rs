//! What we negotiate: codecs and header extensions, and nothing that the tests don't exercise.

use str0m::format::{CodecSpec, FormatParams, PayloadParams};
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

/// Opus; VP8; H.264, constrained baseline. In the order of preference.
pub(super) fn codecs() -> Vec<PayloadParams> {
    let opus = FormatParams {
        min_p_time: Some(10),
        use_inband_fec: Some(true),
        use_dtx: Some(true),
        ..FormatParams::default()
    };
    let h264 = FormatParams {
        level_asymmetry_allowed: Some(true),
        packetization_mode: Some(1),
        profile_level_id: Some(0x42e01f),
        ..FormatParams::default()
    };
    vec![
        params(111, None, str0m::format::Codec::Opus, Some(2), opus),
        params(96, Some(97), str0m::format::Codec::Vp8, None, FormatParams::default()),
        params(108, Some(109), str0m::format::Codec::H264, None, h264),
    ]
}

fn params(
    pt: u8,
    resend: Option<u8>,
    codec: str0m::format::Codec,
    channels: Option<u8>,
    format: FormatParams,
) -> PayloadParams {
    let is_audio = codec.is_audio();
    let clock_rate = if is_audio { Frequency::FORTY_EIGHT_KHZ } else { Frequency::NINETY_KHZ };
    let spec = CodecSpec { codec, clock_rate, channels, format };
    let mut params = PayloadParams::new(pt.into(), resend.map(Pt::from), spec);
    params.set_fb_remb(false);
    params
}
