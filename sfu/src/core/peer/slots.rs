//! The streams of receive slots: named by the engine, which answers offers, and sent past it.

use str0m::media::Media;

use super::Peer;
use super::lines::{Line, Role, extension_numbers, naming};
use crate::core::event::MediaKind;

impl Peer {
    /// Takes from the engine what it would send on receive slots: it keeps quiet about streams that
    /// it does not know.
    pub(super) fn take_over_streams(&mut self) {
        self.sending.set_extensions(extension_numbers(&self.rtc, &self.lines));
        for line in &mut self.lines {
            let is_slot = line.is_slot();
            let mut api = self.rtc.direct_api();
            let stream = api.stream_tx_by_mid(line.mid, None).filter(|_| is_slot);
            let Some((ssrc, resend)) = stream.map(|stream| (stream.ssrc(), stream.rtx())) else {
                continue;
            };
            api.remove_stream_tx(ssrc);
            if let Role::Slot(known @ None) = &mut line.role {
                let naming =
                    naming(&self.rtc, line.mid, line.kind, &line.payload_types, *ssrc, resend);
                *known = Some(self.sending.add(naming));
            }
        }
    }

    /// Gives them back while it answers, so that the answer names them as before.
    pub(super) fn lend_streams(&mut self) {
        let mut api = self.rtc.direct_api();
        for line in &self.lines {
            if let Role::Slot(Some(stream)) = line.role {
                let naming = self.sending.naming(stream);
                let resend = naming.resending.as_ref().map(|resending| resending.ssrc.into());
                api.declare_stream_tx(naming.ssrc.into(), resend, line.mid, None);
            }
        }
    }

    /// Gives the two lines of a receive slot the same stream, by which browsers play them in step.
    pub(super) fn pair_slots(&self, mut answer: String) -> String {
        let stream = |line: &Line| self.rtc.media(self.lines[line.0].mid).map(Media::stream_id);
        let (audio, video) = (self.slot_lines(MediaKind::Audio), self.slot_lines(MediaKind::Video));
        for (audio, video) in audio.iter().zip(&video) {
            if let (Some(audio), Some(video)) = (stream(audio), stream(video)) {
                answer = answer.replace(video, audio);
            }
        }
        answer
    }
}
