//! Which stream of the client a packet is of: its track, and its simulcast layer. Clients name
//! both in header extensions only until we have reported to have understood (RFC 8843 §9.2,
//! RFC 8852), so SSRCs are remembered.

use str0m::Rtc;
use str0m::rtp::Ssrc;

use super::lines::{LineState, resending};
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
    known: Vec<Known>,
    seen: usize,
}

#[derive(Debug)]
struct Known {
    ssrc: Ssrc,
    incoming: Incoming,
    /// Packets of the same layer had another SSRC before, and none of this one was passed on yet.
    begins: bool,
    /// What gets lost of it can be asked for.
    resends: bool,
}

impl IncomingStreams {
    /// Where packets with this SSRC belong, and whether the layer begins anew with it: until
    /// [`Self::has_begun`].
    pub(super) fn find(
        &mut self,
        rtc: &mut Rtc,
        lines: &[LineState],
        ssrc: Ssrc,
    ) -> Option<(Incoming, bool)> {
        if let Some(known) = self.known.iter().find(|known| known.ssrc == ssrc) {
            return Some((known.incoming, known.begins));
        }
        let incoming = identify(rtc, lines, ssrc)?;
        let resends = resending(rtc, &lines[incoming.line].payload_types).next().is_some();
        self.seen += 1;
        let count = self.known.len();
        self.known.retain(|known| known.incoming != incoming);
        let begins = self.known.len() < count;
        self.known.push(Known { ssrc, incoming, begins, resends });
        Some((incoming, begins))
    }

    /// Whether packets with this SSRC came.
    pub(super) fn knows(&self, ssrc: Ssrc) -> bool {
        self.known.iter().any(|known| known.ssrc == ssrc)
    }

    /// A packet with this SSRC was passed on.
    pub(super) fn has_begun(&mut self, ssrc: Ssrc) {
        if let Some(known) = self.known.iter_mut().find(|known| known.ssrc == ssrc) {
            known.begins = false;
        }
    }

    /// Says of all that is known now, and is sent again at all, whether to ask for what is missing of it.
    pub(super) fn enable_nacks(&self, rtc: &mut Rtc, enabled: bool) {
        let mut api = rtc.direct_api();
        for known in self.known.iter().filter(|known| known.resends) {
            if let Some(stream) = api.stream_rx(&known.ssrc) {
                stream.suppress_nack(!enabled);
            }
        }
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
