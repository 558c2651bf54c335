//! The header of an RTP packet (RFC 3550 §5.1) with its extensions (RFC 8285), as we send it.

use crate::core::packet::{Extensions, Rotation};

const VERSION: u8 = 0x80;
const PADDED: u8 = 0x20;
const EXTENDED: u8 = 0x10;
const MARKER: u8 = 0x80;
/// Of the fixed part.
const FIXED: usize = 12;
/// One-byte extension headers (RFC 8285 §4.2): they hold numbers up to 14, and 16 bytes.
const ONE_BYTE: [u8; 2] = [0xbe, 0xde];
const LARGEST_NUMBER: u8 = 14;
const LONGEST_VALUE: usize = 16;

/// The numbers that the client gave the header extensions; those that it does not know, or that do
/// not fit into one-byte headers, are not sent.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct ExtensionNumbers {
    pub(crate) transport_sequence: Option<u8>,
    pub(crate) mid: Option<u8>,
    pub(crate) audio_level: Option<u8>,
    pub(crate) rotation: Option<u8>,
}

/// What the fixed part of a header says.
#[derive(Debug, Clone, Copy)]
pub(super) struct Header {
    pub(super) is_padded: bool,
    pub(super) marker: bool,
    pub(super) payload_type: u8,
    pub(super) sequence: u16,
    pub(super) timestamp: u32,
    pub(super) ssrc: u32,
}

/// What its extensions say.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Values<'a> {
    pub(super) transport_sequence: Option<u16>,
    pub(super) mid: Option<&'a str>,
    pub(super) passed_on: Extensions,
}

impl ExtensionNumbers {
    /// Leaves out what cannot be written.
    pub(crate) fn within_reach(self) -> Self {
        let fits =
            |number: Option<u8>| number.filter(|number| (1..=LARGEST_NUMBER).contains(number));
        Self {
            transport_sequence: fits(self.transport_sequence),
            mid: fits(self.mid),
            audio_level: fits(self.audio_level),
            rotation: fits(self.rotation),
        }
    }
}

impl Header {
    /// Writes the header into an empty packet.
    pub(super) fn write(
        &self,
        numbers: &ExtensionNumbers,
        values: &Values<'_>,
        packet: &mut Vec<u8>,
    ) {
        packet.push(VERSION | if self.is_padded { PADDED } else { 0 });
        packet.push(self.payload_type & 0x7f | if self.marker { MARKER } else { 0 });
        packet.extend(self.sequence.to_be_bytes());
        packet.extend(self.timestamp.to_be_bytes());
        packet.extend(self.ssrc.to_be_bytes());
        packet.extend(ONE_BYTE);
        packet.extend([0, 0]);
        values.write(numbers, packet);
        let begins = FIXED + 4;
        if packet.len() == begins {
            packet.truncate(FIXED);
            return;
        }
        packet.resize(packet.len().next_multiple_of(4), 0);
        let words = (packet.len() - begins) as u16 / 4;
        packet[FIXED + 2..begins].copy_from_slice(&words.to_be_bytes());
        packet[0] |= EXTENDED;
    }
}

impl Values<'_> {
    fn write(&self, numbers: &ExtensionNumbers, packet: &mut Vec<u8>) {
        if let (Some(number), Some(sequence)) =
            (numbers.transport_sequence, self.transport_sequence)
        {
            put(packet, number, &sequence.to_be_bytes());
        }
        if let (Some(number), Some(mid)) = (numbers.mid, self.mid) {
            put(packet, number, mid.as_bytes());
        }
        // RFC 6464 §3: whether somebody speaks, and how far below the loudest, in dB.
        if let (Some(number), Some(level)) = (numbers.audio_level, self.passed_on.audio_level) {
            let speaks = u8::from(self.passed_on.voice_activity.unwrap_or_default()) << 7;
            put(packet, number, &[speaks | level.unsigned_abs().min(0x7f)]);
        }
        if let (Some(number), Some(rotation)) = (numbers.rotation, self.passed_on.rotation) {
            put(packet, number, &[quarters(rotation)]);
        }
    }
}

fn put(packet: &mut Vec<u8>, number: u8, value: &[u8]) {
    if (1..=LONGEST_VALUE).contains(&value.len()) {
        packet.push(number << 4 | (value.len() - 1) as u8);
        packet.extend_from_slice(value);
    }
}

/// 3GPP TS 26.114 §7.4.5.
fn quarters(rotation: Rotation) -> u8 {
    match rotation {
        Rotation::None => 0,
        Rotation::Quarter => 1,
        Rotation::Half => 2,
        Rotation::ThreeQuarters => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NUMBERS: ExtensionNumbers = ExtensionNumbers {
        transport_sequence: Some(3),
        mid: Some(4),
        audio_level: Some(1),
        rotation: Some(13),
    };

    fn header() -> Header {
        Header {
            is_padded: false,
            marker: true,
            payload_type: 96,
            sequence: 0x0102,
            timestamp: 0x0304_0506,
            ssrc: 0x0708_090a,
        }
    }

    fn written(header: &Header, values: &Values<'_>) -> Vec<u8> {
        let mut packet = Vec::new();
        header.write(&NUMBERS, values, &mut packet);
        packet
    }

    #[test]
    fn without_extensions_it_is_twelve_bytes() {
        let fixed = [0x80, 0xe0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
        assert_eq!(written(&header(), &Values::default()), fixed);
        let padded = Header { is_padded: true, marker: false, ..header() };
        assert_eq!(written(&padded, &Values::default())[..2], [0xa0, 0x60]);
    }

    #[test]
    fn extensions_stand_behind_it_filled_up_to_whole_words() {
        let passed_on = Extensions {
            audio_level: Some(-30),
            voice_activity: Some(true),
            rotation: Some(Rotation::ThreeQuarters),
        };
        let values = Values { transport_sequence: Some(0xabcd), mid: Some("m7"), passed_on };
        let wanted = [
            &[0xbe, 0xde, 0, 3][..],
            &[0x31, 0xab, 0xcd, 0x41, b'm', b'7'],
            &[0x10, 0x80 | 30, 0xd0, 3, 0, 0],
        ]
        .concat();
        let packet = written(&header(), &values);
        assert_eq!((packet[0], &packet[12..]), (0x90, &wanted[..]));
    }

    #[test]
    fn what_does_not_fit_is_left_out() {
        let numbers = ExtensionNumbers { mid: Some(15), rotation: Some(0), ..NUMBERS };
        let reached = numbers.within_reach();
        assert_eq!((reached.mid, reached.rotation, reached.audio_level), (None, None, Some(1)));
        let long = Values { mid: Some("a name of more than sixteen bytes"), ..Values::default() };
        assert_eq!(written(&header(), &long).len(), FIXED);
    }
}
