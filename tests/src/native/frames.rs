//! What native participants send: sound that decodes, and pictures whose bytes can be compared.

use bytes::Bytes;

const SAMPLE_RATE: u32 = 48_000;
/// Samples of one 20 ms frame.
const FRAME: usize = 960;

/// `count` Opus frames of 20 ms with a tone of `hertz`.
pub fn opus_frames(hertz: f32, count: usize) -> Vec<Bytes> {
    let mut encoder =
        opus::Encoder::new(SAMPLE_RATE, opus::Channels::Mono, opus::Application::Voip).unwrap();
    (0..count)
        .map(|frame| {
            let samples: Vec<i16> = (0..FRAME).map(|n| tone(hertz, frame * FRAME + n)).collect();
            Bytes::from(encoder.encode_vec(&samples, 4000).unwrap())
        })
        .collect()
}

fn tone(hertz: f32, sample: usize) -> i16 {
    let phase = sample as f32 * hertz * std::f32::consts::TAU / SAMPLE_RATE as f32;
    (phase.sin() * 12_000.0) as i16
}

/// A VP8 key frame of this size as far as its header goes (RFC 6386 §9.1); the rest is a pattern
/// drawn from `seed`.
pub fn vp8_key_frame(width: u16, height: u16, length: usize, seed: u8) -> Bytes {
    let first_partition = (length - 10) as u32;
    // Key frame (bit 0 clear), version 0, shown (bit 4), size of the first partition.
    let tag = (first_partition << 5) | (1 << 4);
    let mut frame = tag.to_le_bytes()[..3].to_vec();
    frame.extend([0x9d, 0x01, 0x2a]);
    frame.extend(width.to_le_bytes());
    frame.extend(height.to_le_bytes());
    frame.extend((0..length - 10).map(|n| (n as u8).wrapping_mul(31).wrapping_add(seed)));
    Bytes::from(frame)
}

/// Splits a frame into RTP payloads with the shortest VP8 descriptor (RFC 7741 §4.2): its first
/// packet has the S bit set.
pub fn vp8_packets(frame: &[u8], largest: usize) -> Vec<Bytes> {
    frame
        .chunks(largest)
        .enumerate()
        .map(|(n, chunk)| {
            let descriptor = if n == 0 { 0x10 } else { 0x00 };
            let mut payload = vec![descriptor];
            payload.extend_from_slice(chunk);
            Bytes::from(payload)
        })
        .collect()
}
