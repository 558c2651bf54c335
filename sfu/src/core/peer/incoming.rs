//! Which stream of the client a packet is of: its track, and its simulcast layer. Clients name
//! both in header extensions only until we have reported to have understood (RFC 8843 §9.2,
//! RFC 8852), so SSRCs are remembered.

use str0m::Rtc;
use str0m::rtp::Ssrc;

use super::lines::LineState;
use crate::core::event::TrackKind;
use crate::core::track::MOST_LAYERS;

/// A browser has about five, and new ones when it replaces an encoder. The engine remembers some
/// of each for good.
const MOST_STREAMS: usize = 256;

/// An incoming stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Incoming {
    pub(super) line: usize,
    pub(super) track: TrackKind,
    pub(super) layer: u8,
}

#[derive(Debug, Default)]
pub(super) struct IncomingStreams {
    /// At most one per layer of each track.
    known: Vec<(Ssrc, Incoming)>,
    seen: usize,
}

impl IncomingStreams {
    /// Where packets with this SSRC belong, and whether those of the same layer had another
    /// before.
    pub(super) fn find(
        &mut self,
        rtc: &mut Rtc,
        lines: &[LineState],
        ssrc: Ssrc,
    ) -> Option<(Incoming, bool)> {
        if let Some((_, incoming)) = self.known.iter().find(|(known, _)| *known == ssrc) {
            return Some((*incoming, false));
        }
        let incoming = identify(rtc, lines, ssrc)?;
        self.seen += 1;
        let count = self.known.len();
        self.known.retain(|(_, known)| *known != incoming);
        let is_new = self.known.len() < count;
        self.known.push((ssrc, incoming));
        Some((incoming, is_new))
    }

    /// Whether the client changes its SSRCs more often than any honest one would.
    pub(super) fn is_abused(&self) -> bool {
        self.seen > MOST_STREAMS
    }
}

fn identify(rtc: &mut Rtc, lines: &[LineState], ssrc: Ssrc) -> Option<Incoming> {
    let mut api = rtc.direct_api();
    let stream = api.stream_rx(&ssrc)?;
    let (mid, rid) = (stream.mid(), stream.rid());
    let line = lines.iter().position(|line| line.mid == mid)?;
    let (track, layers) = lines[line].published()?;
    let layer = match rid {
        Some(rid) => layers.iter().position(|known| *known == rid)?,
        None => 0,
    };
    let layer = u8::try_from(layer).ok().filter(|layer| usize::from(*layer) < MOST_LAYERS)?;
    Some(Incoming { line, track, layer })
}
