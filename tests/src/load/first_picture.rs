//! How long after a customer was let in each side has a whole picture of the other. Browsers that share
//! two cores with each other take longer than the server does; what a native participant receives tells
//! what the server's part of it is.

use std::collections::BTreeMap;
use std::time::Duration;

use rtc::rtp;
use serde::Serialize;
use sfu::core::vp8;

use super::case::{Case, Place};
use super::closeup::Closeup;
use super::publishing::Broadcast;
use super::run::{Setting, quantile};
use super::tally::Window;

const CALLS: usize = 20;
const CASE: Case = Case { name: "first picture", rooms: CALLS, publishers: 2, viewers: 0 };
/// Somebody who waits has been sending for a while.
const IN_LOBBY: Duration = Duration::from_secs(1);

/// From letting a customer in to the last packet of the first key frame, in milliseconds.
#[derive(Debug, Serialize)]
pub struct FirstPictures {
    pub calls: usize,
    pub stylist_median_ms: f64,
    pub stylist_worst_ms: f64,
    pub customer_median_ms: f64,
    pub customer_worst_ms: f64,
}

impl FirstPictures {
    pub const NAME: &str = CASE.name;

    pub async fn measure(setting: &Setting) -> anyhow::Result<Self> {
        let mut server = Closeup::start(&setting.closeup, setting.address, &CASE).await?;
        let mut waited = [Vec::new(), Vec::new()];
        for room in 0..CALLS {
            let mut pair = Vec::new();
            for place in CASE.places().filter(|place| place.room == room) {
                let broadcast = Some(broadcast(setting, place));
                pair.push(server.enter(&CASE, place, broadcast, &Window::default()).await?);
            }
            for client in &mut pair {
                client.connected().await?;
            }
            tokio::time::sleep(IN_LOBBY).await;
            let said = server.admit(room).await?;
            for (mut client, waited) in pair.into_iter().zip(&mut waited) {
                waited.push(client.first_picture().await?.saturating_sub(said));
                client.stop().await?;
            }
        }
        server.stop().await?;
        let [stylist, customer] = waited.map(summary);
        Ok(Self {
            calls: CALLS,
            stylist_median_ms: stylist.0,
            stylist_worst_ms: stylist.1,
            customer_median_ms: customer.0,
            customer_worst_ms: customer.1,
        })
    }

    /// A line for people.
    pub fn line(&self) -> String {
        format!(
            "first picture after letting the customer in, median and worst of {} calls: \
             the stylist's {:.1} ms, {:.1} ms; the customer's {:.1} ms, {:.1} ms\n",
            self.calls,
            self.stylist_median_ms,
            self.stylist_worst_ms,
            self.customer_median_ms,
            self.customer_worst_ms
        )
    }
}

fn broadcast(setting: &Setting, place: Place) -> Broadcast {
    Broadcast {
        clip: setting.clip.clone(),
        publisher: place.number(&CASE),
        rate: 1.0,
        audio_level: place.audio_level(),
    }
}

fn summary(mut nanoseconds: Vec<u64>) -> (f64, f64) {
    let worst = nanoseconds.iter().max().copied().unwrap_or_default();
    let [median, worst] = [quantile(&mut nanoseconds, 0.5), worst].map(|time| time as f64 / 1e6);
    (median, worst)
}

/// Notices when all packets of a key frame have come, for the first time.
#[derive(Debug, Default)]
pub(super) struct FirstPicture {
    /// By timestamp, until there was one.
    frames: BTreeMap<u32, Frame>,
    is_there: bool,
}

/// The numbers of a frame's packets.
#[derive(Debug, Default)]
struct Frame {
    first_of_key_frame: Option<u16>,
    last: Option<u16>,
    packets: u16,
}

impl FirstPicture {
    /// Whether the first key frame is whole with this VP8 packet.
    pub(super) fn completes(&mut self, packet: &rtp::Packet) -> bool {
        if self.is_there {
            return false;
        }
        let header = &packet.header;
        let frame = self.frames.entry(header.timestamp).or_default();
        frame.packets += 1;
        if vp8::starts_key_frame(&packet.payload) {
            frame.first_of_key_frame = Some(header.sequence_number);
        }
        if header.marker {
            frame.last = Some(header.sequence_number);
        }
        let ends = frame.first_of_key_frame.zip(frame.last);
        self.is_there =
            ends.is_some_and(|(first, last)| last.wrapping_sub(first) + 1 == frame.packets);
        self.is_there
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn packet(
        sequence_number: u16,
        timestamp: u32,
        marker: bool,
        payload: &'static [u8],
    ) -> rtp::Packet {
        let header = rtp::Header { sequence_number, timestamp, marker, ..Default::default() };
        rtp::Packet { header, payload: Bytes::from_static(payload) }
    }

    #[test]
    fn a_key_frame_is_there_once_all_of_it_has_come_in_whatever_order() {
        let mut first = FirstPicture::default();
        let key = &[0x90, 0x80, 0x81, 0x02, 0x10];
        let delta = &[0x90, 0x80, 0x81, 0x03, 0x11];
        let middle = &[0x80, 0x80, 0x81, 0x02, 0x10];
        assert!(!first.completes(&packet(9, 90, true, delta)));
        assert!(!first.completes(&packet(1, 100, true, middle)));
        assert!(!first.completes(&packet(65_535, 100, false, key)));
        assert!(first.completes(&packet(0, 100, false, middle)));
        assert!(!first.completes(&packet(2, 200, true, key)));
    }
}
