//! What publishers send: a clip encoded beforehand, so that the generator's processor is left for
//! the transports. About 1 Mbit/s in 100 packets a second of video, and 50 of audio.

use std::process::Command;
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use bytes::Bytes;

use super::stamp;
use crate::native::opus_frames;

pub const FRAMES_PER_SECOND: u32 = 25;
pub const AUDIO_INTERVAL: Duration = Duration::from_millis(20);
/// Bytes of an encoded frame that go into one packet.
const CHUNK: usize = 1_160;
/// Frames from one key frame to the next.
const GROUP: usize = 75;

/// Frames in a loop; the first one of each group is a key frame.
pub struct Clip {
    pub video: Vec<Frame>,
    pub audio: Vec<Bytes>,
}

/// The packets of one frame: a VP8 payload descriptor is put before each when it is sent.
pub struct Frame {
    pub chunks: Vec<Bytes>,
    pub is_key: bool,
}

impl Clip {
    /// Encodes a moving, noisy test picture with `ffmpeg`, and a tone.
    pub fn encode() -> anyhow::Result<Self> {
        let video: Vec<_> = frames(&ivf()?)?.collect();
        ensure!(video.first().is_some_and(|frame| frame.is_key), "the clip begins at no key frame");
        Ok(Self { video, audio: opus_frames(440.0, 200) })
    }

    /// The nearest key frame from this frame on.
    pub fn key_frame_from(&self, index: usize) -> usize {
        let count = self.video.len();
        (index..index + count).map(|at| at % count).find(|at| self.video[*at].is_key).unwrap_or(0)
    }
}

fn ivf() -> anyhow::Result<Vec<u8>> {
    let picture = format!("testsrc2=size=640x360:rate={FRAMES_PER_SECOND},noise=alls=12:allf=t");
    let group = GROUP.to_string();
    let output = Command::new("ffmpeg")
        .args(["-v", "error", "-f", "lavfi", "-i", &picture, "-t", "6", "-c:v", "libvpx"])
        .args(["-b:v", "880k", "-minrate", "880k", "-maxrate", "880k", "-bufsize", "300k"])
        .args(["-deadline", "realtime", "-cpu-used", "8", "-lag-in-frames", "0"])
        .args(["-g", &group, "-keyint_min", &group, "-f", "ivf", "-"])
        .output()
        .context("ffmpeg could not be started: install it")?;
    if !output.status.success() {
        bail!("ffmpeg: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(output.stdout)
}

/// IVF: a header of 32 bytes; then each frame behind its length and its time, 12 bytes.
fn frames(ivf: &[u8]) -> anyhow::Result<impl Iterator<Item = Frame> + '_> {
    ensure!(ivf.len() > 44 && ivf.starts_with(b"DKIF"), "ffmpeg made no IVF file");
    let mut rest = &ivf[32..];
    Ok(std::iter::from_fn(move || {
        let (header, behind) = rest.split_at_checked(12)?;
        let length = u32::from_le_bytes(header[..4].try_into().ok()?) as usize;
        let (frame, behind) = behind.split_at_checked(length)?;
        rest = behind;
        Some(split(frame))
    }))
}

/// Into packets of about one size, as browsers do.
fn split(frame: &[u8]) -> Frame {
    let packets = frame.len().div_ceil(CHUNK).max(1);
    let size = frame.len().div_ceil(packets).max(1);
    let chunks = frame.chunks(size).map(Bytes::copy_from_slice).collect();
    Frame { chunks, is_key: frame.first().is_some_and(|tag| tag & 1 == 0) }
}

/// A VP8 payload (RFC 7741 §4.2, with a 15-bit picture id), stamped.
pub fn vp8_payload(chunk: &[u8], is_first: bool, picture: u16, stamp: stamp::Stamp) -> Bytes {
    let start = if is_first { 0x10 } else { 0x00 };
    let mut payload = Vec::with_capacity(chunk.len() + 4 + stamp::LENGTH);
    payload.extend([0x80 | start, 0x80, 0x80 | (picture >> 8) as u8, picture as u8]);
    payload.extend_from_slice(chunk);
    stamp.append(&mut payload);
    payload.into()
}

pub fn opus_payload(frame: &[u8], stamp: stamp::Stamp) -> Bytes {
    let mut payload = Vec::with_capacity(frame.len() + stamp::LENGTH);
    payload.extend_from_slice(frame);
    stamp.append(&mut payload);
    payload.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clip_is_about_a_megabit_and_a_hundred_packets_a_second() {
        let clip = Clip::encode().unwrap();
        let seconds = clip.video.len() as f64 / f64::from(FRAMES_PER_SECOND);
        let packets: usize = clip.video.iter().map(|frame| frame.chunks.len()).sum();
        let bytes: usize = clip.video.iter().flat_map(|frame| &frame.chunks).map(Bytes::len).sum();
        let rates = (packets as f64 / seconds, bytes as f64 * 8.0 / seconds);
        assert!((85.0..125.0).contains(&rates.0), "packets a second: {}", rates.0);
        assert!((8e5..1.2e6).contains(&rates.1), "bits a second: {}", rates.1);
        assert_eq!(clip.video.iter().filter(|frame| frame.is_key).count(), 2);
    }
}
