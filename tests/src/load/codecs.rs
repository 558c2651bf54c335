//! How the engine of a participant is set up: codecs, header extensions, RTCP as browsers do it
//! (NACK, reports, transport-wide feedback in both directions).

use rtc::interceptor::Slot;
use rtc::peer_connection::configuration::interceptor_registry::{
    Registry, configure_nack, configure_rtcp_reports, configure_simulcast_extension_headers,
    configure_twcc,
};
use rtc::peer_connection::configuration::media_engine::{
    MIME_TYPE_OPUS, MIME_TYPE_RTX, MIME_TYPE_VP8, MediaEngine,
};
use rtc::rtp_transceiver::rtp_sender::{
    RTCPFeedback, RTCRtpCodec, RTCRtpCodecParameters, RTCRtpHeaderExtensionCapability, RtpCodecKind,
};

use super::key_frame_requests::KeyFrameRequests;

pub(super) const OPUS: u8 = 111;
pub(super) const VP8: u8 = 96;
const VP8_RESEND: u8 = 97;
/// RFC 6464.
pub(super) const AUDIO_LEVEL: &str = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";

pub(super) fn engine() -> anyhow::Result<(MediaEngine, Registry)> {
    let mut engine = MediaEngine::default();
    engine.register_codec(opus(), RtpCodecKind::Audio)?;
    engine.register_codec(vp8(), RtpCodecKind::Video)?;
    engine.register_codec(resend(), RtpCodecKind::Video)?;
    let level = RTCRtpHeaderExtensionCapability { uri: AUDIO_LEVEL.to_owned() };
    engine.register_header_extension(level, RtpCodecKind::Audio, None)?;
    let registry = configure_nack(Registry::new(), &mut engine);
    configure_simulcast_extension_headers(&mut engine)?;
    let registry = configure_twcc(registry, &mut engine)?;
    let registry = configure_rtcp_reports(registry);
    // Behind the last of the above (the sender reports, at 11,000).
    let registry = registry.with(Slot::from(11_500), KeyFrameRequests::default());
    Ok((engine, registry))
}

pub(super) fn opus() -> RTCRtpCodecParameters {
    let codec = RTCRtpCodec {
        mime_type: MIME_TYPE_OPUS.to_owned(),
        clock_rate: 48_000,
        channels: 2,
        sdp_fmtp_line: "minptime=10;useinbandfec=1".to_owned(),
        rtcp_feedback: vec![],
    };
    RTCRtpCodecParameters { rtp_codec: codec, payload_type: OPUS }
}

pub(super) fn vp8() -> RTCRtpCodecParameters {
    let full_request = RTCPFeedback { typ: "ccm".to_owned(), parameter: "fir".to_owned() };
    let codec = RTCRtpCodec {
        mime_type: MIME_TYPE_VP8.to_owned(),
        clock_rate: 90_000,
        channels: 0,
        sdp_fmtp_line: String::new(),
        rtcp_feedback: vec![full_request],
    };
    RTCRtpCodecParameters { rtp_codec: codec, payload_type: VP8 }
}

fn resend() -> RTCRtpCodecParameters {
    let codec = RTCRtpCodec {
        mime_type: MIME_TYPE_RTX.to_owned(),
        clock_rate: 90_000,
        channels: 0,
        sdp_fmtp_line: format!("apt={VP8}"),
        rtcp_feedback: vec![],
    };
    RTCRtpCodecParameters { rtp_codec: codec, payload_type: VP8_RESEND }
}
