//! The m-lines of a transport: which the client publishes on, and which are receive slots.

use str0m::Rtc;
use str0m::change::SdpOffer;
use str0m::media::{Direction, Media, Mid, Pt, Rid};
use str0m::rtp::{Extension, Ssrc};

use super::codecs::with_silence;
use super::copies::Copies;
use super::redundancy::Redundancy;
use crate::core::error::ConnectError;
use crate::core::event::{MediaKind, TrackKind};
use crate::core::offer::Offer;
use crate::core::sending::{ExtensionNumbers, Naming, Resending};
use crate::core::tap::Codec;

/// An m-line of a transport.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Line(pub(super) usize);

#[derive(Debug)]
pub(super) struct LineState {
    pub(super) mid: Mid,
    pub(super) kind: MediaKind,
    pub(super) role: Role,
    pub(super) payload_types: Vec<(Pt, Codec)>,
    /// Where both sides can send sound twice.
    pub(super) redundancy: Option<Redundancy>,
    /// The engine does not know of it, but of this one, which it is answered like.
    pub(super) original: Option<Mid>,
}

#[derive(Debug)]
pub(super) enum Role {
    /// The client sends this track on it, with these simulcast layers, lowest first; none means
    /// one layer without a name.
    Published { track: TrackKind, layers: Vec<Rid> },
    /// The client sends on it, but we have no use for it.
    Ignored,
    /// A receive slot, and the number of its stream (`core/sending`).
    Slot(Option<usize>),
}

impl LineState {
    pub(super) fn is_slot(&self) -> bool {
        matches!(self.role, Role::Slot(_))
    }

    /// The track that the client sends on it, and the names of its layers.
    pub(super) fn published(&self) -> Option<(TrackKind, &[Rid])> {
        match &self.role {
            Role::Published { track, layers } => Some((*track, layers)),
            _ => None,
        }
    }

    pub(super) fn codec(&self, pt: Pt) -> Option<Codec> {
        if self.redundancy.as_ref().is_some_and(|redundancy| redundancy.payload_type == pt) {
            return Some(Codec::Opus);
        }
        self.payload_types.iter().find(|(known, _)| *known == pt).map(|(_, codec)| *codec)
    }

    pub(super) fn payload_type(&self, codec: Codec) -> Option<Pt> {
        self.payload_types.iter().find(|(_, known)| *known == codec).map(|(pt, _)| *pt)
    }
}

/// What the engine answers of the m-lines that it is told of.
pub(super) fn answer(
    rtc: &mut Rtc,
    offer: &Offer,
    copies: &Copies,
) -> Result<String, ConnectError> {
    let malformed = |error: &dyn std::fmt::Display| ConnectError::MalformedOffer(error.to_string());
    let told = offer.without(|mid| copies.original(mid).is_some());
    let offer = SdpOffer::from_sdp_string(&told).map_err(|error| malformed(&error))?;
    let answer = rtc.sdp_api().accept_offer(offer).map_err(|error| malformed(&error))?;
    Ok(with_silence(&answer.to_sdp_string()))
}

/// Adds the m-lines of the offer that are not known yet.
pub(super) fn read_lines(
    rtc: &Rtc,
    offer: &Offer,
    copies: &Copies,
    lines: &mut Vec<LineState>,
) -> Result<(), ConnectError> {
    let unsupported = |what: &str| Err(ConnectError::UnsupportedMedia(what.to_owned()));
    lines.reserve_exact(offer.sections().len().saturating_sub(lines.len()));
    for section in offer.sections() {
        let mid = Mid::from(section.mid());
        let original = copies.original(section.mid()).map(Mid::from);
        let Some(media) = rtc.media(original.unwrap_or(mid)) else { continue };
        let is_known = lines.iter().any(|line| line.mid == mid);
        if is_known || media.direction() == Direction::Inactive {
            continue;
        }
        let kind = if media.kind().is_audio() { MediaKind::Audio } else { MediaKind::Video };
        let payload_types = payload_types(rtc, media);
        if payload_types.is_empty() {
            return unsupported(match kind {
                MediaKind::Audio => "no audio codec in common (Opus is spoken here)",
                MediaKind::Video => "no video codec in common (VP8 and H.264 are spoken here)",
            });
        }
        let role = if media.direction().is_receiving() {
            role(kind, lines, section.layers().iter().map(|name| name.as_str().into()).collect())
        } else {
            Role::Slot(None)
        };
        let redundancy = redundancy(rtc, &payload_types).filter(|_| section.has_redundancy());
        lines.push(LineState { mid, kind, role, payload_types, redundancy, original });
    }
    if lines.is_empty() {
        return unsupported("the offer has no audio or video");
    }
    Ok(())
}

/// Tracks are told apart by the order of the lines that they are sent on.
fn role(kind: MediaKind, lines: &[LineState], layers: Vec<Rid>) -> Role {
    let has = |track| lines.iter().any(|line| line.published().is_some_and(|(of, _)| of == track));
    match kind {
        MediaKind::Audio if !has(TrackKind::Audio) => {
            Role::Published { track: TrackKind::Audio, layers: Vec::new() }
        }
        MediaKind::Video if !has(TrackKind::Camera) => {
            Role::Published { track: TrackKind::Camera, layers }
        }
        MediaKind::Video if !has(TrackKind::Screen) => {
            Role::Published { track: TrackKind::Screen, layers }
        }
        _ => Role::Ignored,
    }
}

fn payload_types(rtc: &Rtc, media: &Media) -> Vec<(Pt, Codec)> {
    let params = rtc.codec_config().params().iter();
    let of_media = params.filter(|params| media.remote_pts().contains(&params.pt()));
    of_media
        .filter_map(|params| match params.spec().codec {
            str0m::format::Codec::Opus => Some((params.pt(), Codec::Opus)),
            str0m::format::Codec::Vp8 => Some((params.pt(), Codec::Vp8)),
            str0m::format::Codec::H264 => Some((params.pt(), Codec::H264)),
            _ => None,
        })
        .collect()
}

fn redundancy(rtc: &Rtc, payload_types: &[(Pt, Codec)]) -> Option<Redundancy> {
    let (opus, _) = payload_types.iter().find(|(_, codec)| *codec == Codec::Opus)?;
    let params = rtc.codec_config().params().iter().find(|params| params.pt() == *opus)?;
    Some(Redundancy::new(params.red()?, *opus))
}

/// Of a line's payload types those that are sent again when asked for, and as which others (RFC 4588).
pub(super) fn resending(
    rtc: &Rtc,
    payload_types: &[(Pt, Codec)],
) -> impl Iterator<Item = (Pt, Pt)> {
    let params = rtc.codec_config().params().iter();
    let of_line = params.filter(|params| payload_types.iter().any(|(pt, _)| *pt == params.pt()));
    of_line.filter_map(|params| Some((params.pt(), params.resend()?)))
}

/// How a receive slot's stream is named in the answer.
pub(super) fn naming(
    rtc: &Rtc,
    mid: Mid,
    kind: MediaKind,
    payload_types: &[(Pt, Codec)],
    ssrc: u32,
    resend: Option<Ssrc>,
) -> Naming {
    let pairs = resending(rtc, payload_types).map(|(pt, resend)| (*pt, *resend)).collect();
    Naming {
        mid: mid.to_string(),
        ssrc,
        resending: resend.map(|ssrc| Resending { ssrc: *ssrc, payload_types: pairs }),
        clock_rate: match kind {
            MediaKind::Audio => Codec::Opus.clock_rate(),
            MediaKind::Video => Codec::Vp8.clock_rate(),
        },
    }
}

/// Whether the client says how loud what it sends is (RFC 6464).
pub(super) fn tells_levels(rtc: &Rtc, lines: &[LineState]) -> bool {
    let sound = |line: &&LineState| matches!(line.published(), Some((TrackKind::Audio, _)));
    lines.iter().filter(sound).any(|line| {
        let media = rtc.media(line.mid);
        media.is_some_and(|media| media.remote_extmap().id_of(Extension::AudioLevel).is_some())
    })
}

/// The numbers that the client gave the header extensions. All lines share them (RFC 8843 §9.1).
pub(super) fn extension_numbers(rtc: &Rtc, lines: &[LineState]) -> ExtensionNumbers {
    let slots = || lines.iter().filter(|line| line.is_slot());
    let number = |extension: Extension| {
        slots().find_map(|line| rtc.media(line.mid)?.remote_extmap().id_of(extension.clone()))
    };
    ExtensionNumbers {
        transport_sequence: number(Extension::TransportSequenceNumber),
        mid: number(Extension::RtpMid),
        audio_level: number(Extension::AudioLevel),
        rotation: number(Extension::VideoOrientation),
    }
}
