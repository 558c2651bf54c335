//! The streams of receive slots: named by the engine, which answers offers, and sent past it.

use super::Peer;
use super::copies::Slot;
use super::lines::{LineState, Role, extension_numbers, naming, tells_levels};
use crate::core::event::MediaKind;
use crate::core::sending::Naming;

impl Peer {
    /// Takes from the engine what it would send on receive slots, as it keeps quiet about streams that it
    /// does not know; and names what it was not told of.
    pub(super) fn take_over_streams(&mut self) {
        self.sending.set_extensions(extension_numbers(&self.rtc, &self.lines));
        self.tells_levels = tells_levels(&self.rtc, &self.lines);
        self.sending.reserve_streams(self.lines.len());
        for number in 0..self.lines.len() {
            let naming = match self.lines[number] {
                LineState { original: None, .. } => self.take_over(number),
                LineState { role: Role::Slot(None), .. } => self.name_like_original(number),
                _ => None,
            };
            if let Role::Slot(known @ None) = &mut self.lines[number].role {
                *known = naming.map(|naming| self.sending.add(naming));
            }
        }
    }

    fn take_over(&mut self, line: usize) -> Option<Naming> {
        let line = &self.lines[line];
        let mut api = self.rtc.direct_api();
        let stream = api.stream_tx_by_mid(line.mid, None).filter(|_| line.is_slot())?;
        let (ssrc, resend) = (stream.ssrc(), stream.rtx());
        api.remove_stream_tx(ssrc);
        Some(naming(&self.rtc, line.mid, line.kind, &line.payload_types, *ssrc, resend))
    }

    fn name_like_original(&mut self, line: usize) -> Option<Naming> {
        let LineState { mid, original, .. } = self.lines[line];
        let original = self.lines.iter().find(|line| Some(line.mid) == original)?;
        let mut naming = self.naming(original)?.clone();
        naming.mid = mid.to_string();
        naming.ssrc = self.unused_ssrc(None);
        if let Some(resending) = &mut naming.resending {
            resending.ssrc = self.unused_ssrc(Some(naming.ssrc));
        }
        Some(naming)
    }

    fn unused_ssrc(&mut self, but_for: Option<u32>) -> u32 {
        loop {
            let ssrc = *self.rtc.direct_api().new_ssrc();
            if Some(ssrc) != but_for && !self.sending.sends_as(ssrc) {
                return ssrc;
            }
        }
    }

    fn naming(&self, line: &LineState) -> Option<&Naming> {
        let Role::Slot(stream) = line.role else { return None };
        Some(self.sending.naming(stream?))
    }

    /// Gives them back while it answers, so that the answer names them as before.
    pub(super) fn lend_streams(&mut self) {
        for line in self.lines.iter().filter(|line| line.original.is_none()) {
            // The engine panics about an m-line that it does not know.
            let is_known = self.rtc.media(line.mid).is_some();
            let mut api = self.rtc.direct_api();
            if let Role::Slot(Some(stream)) = line.role
                && is_known
            {
                let naming = self.sending.naming(stream);
                let resend = naming.resending.as_ref().map(|resending| resending.ssrc.into());
                api.declare_stream_tx(naming.ssrc.into(), resend, line.mid, None);
            }
        }
    }

    /// The m-line as it is answered, if it is a receive slot. Sound and picture that are so many of their
    /// kind are of one stream.
    pub(super) fn slot(&self, mid: &str) -> Option<Slot<'_>> {
        let (number, line) = self.numbered().find(|(_, line)| *line.mid == *mid)?;
        let naming = self.naming(line)?;
        let place = self.slot_lines(line.kind).iter().position(|line| *line == number)?;
        let sound = self.slot_lines(MediaKind::Audio).get(place).map(|line| &self.lines[line.0]);
        let stream = sound.and_then(|line| self.naming(line)).unwrap_or(naming).ssrc;
        Some(Slot { naming, stream })
    }
}
