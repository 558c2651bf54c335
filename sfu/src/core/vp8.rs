//! Reads the VP8 RTP payload descriptor (RFC 7741 §4.2) and the frame header behind it (RFC 6386
//! §9.1): where frames and key frames begin, how large they are, how they are numbered.

/// A parsed payload descriptor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Descriptor {
    /// Where the VP8 bitstream begins in the payload.
    pub length: usize,
    /// Whether a frame begins here: first packet of its first partition.
    pub starts_frame: bool,
    pub picture_id: Option<PictureId>,
    /// Number of the last frame of the base temporal layer.
    pub base_layer_index: Option<u8>,
}

/// A frame's number, 7 or 15 bits wide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PictureId {
    pub value: u16,
    pub is_long: bool,
}

impl PictureId {
    /// The largest number of this width.
    pub fn mask(self) -> u16 {
        if self.is_long { 0x7fff } else { 0x7f }
    }
}

impl Descriptor {
    /// `None` when the payload is cut short, empty behind the descriptor, or contradicts itself.
    pub fn parse(payload: &[u8]) -> Option<Self> {
        let mut reader = Reader { payload, at: 0 };
        let required = reader.byte()?;
        let extensions = if required & 0x80 != 0 { reader.byte()? } else { 0 };
        let has_layer = extensions & 0x20 != 0;
        if extensions & 0x40 != 0 && !has_layer {
            return None;
        }
        let picture_id = if extensions & 0x80 != 0 { Some(reader.picture_id()?) } else { None };
        let base_layer_index = if extensions & 0x40 != 0 { Some(reader.byte()?) } else { None };
        if extensions & 0x30 != 0 {
            reader.byte()?;
        }
        let starts_frame = required & 0x10 != 0 && required & 0x07 == 0;
        let length = reader.at;
        (length < payload.len()).then_some(Self {
            length,
            starts_frame,
            picture_id,
            base_layer_index,
        })
    }
}

/// Gives the payload's frame other numbers, in the bytes that its descriptor has for them.
pub fn renumber(payload: &mut [u8], picture_id: Option<u16>, base_layer_index: Option<u8>) {
    let Some(descriptor) = Descriptor::parse(payload) else { return };
    let mut at = 2;
    if let Some(present) = descriptor.picture_id {
        let value = picture_id.unwrap_or(present.value) & present.mask();
        if present.is_long {
            payload[at..at + 2].copy_from_slice(&(value | 0x8000).to_be_bytes());
        } else {
            payload[at] = value as u8;
        }
        at += 1 + usize::from(present.is_long);
    }
    if let (Some(_), Some(index)) = (descriptor.base_layer_index, base_layer_index) {
        payload[at] = index;
    }
}

/// Whether a key frame begins with this packet.
pub fn starts_key_frame(payload: &[u8]) -> bool {
    Descriptor::parse(payload)
        .is_some_and(|descriptor| descriptor.starts_frame && payload[descriptor.length] & 1 == 0)
}

/// Width and height as the head of a key frame's bitstream gives them, or `None` when it is none.
pub fn key_frame_size(bitstream: &[u8]) -> Option<(u16, u16)> {
    let [tag, _, _, 0x9d, 0x01, 0x2a, width_low, width_high, height_low, height_high, ..] =
        *bitstream
    else {
        return None;
    };
    // The upper two bits of each are a scaling hint for the renderer.
    let width = u16::from_le_bytes([width_low, width_high]) & 0x3fff;
    let height = u16::from_le_bytes([height_low, height_high]) & 0x3fff;
    (tag & 1 == 0 && width > 0 && height > 0).then_some((width, height))
}

struct Reader<'a> {
    payload: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn byte(&mut self) -> Option<u8> {
        let byte = *self.payload.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    fn picture_id(&mut self) -> Option<PictureId> {
        let high = self.byte()?;
        if high & 0x80 == 0 {
            return Some(PictureId { value: u16::from(high), is_long: false });
        }
        let low = self.byte()?;
        Some(PictureId { value: u16::from_be_bytes([high & 0x7f, low]), is_long: true })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_descriptor_is_one_byte() {
        let descriptor = Descriptor::parse(&[0x10, 0x00]).unwrap();
        assert_eq!((descriptor.length, descriptor.starts_frame), (1, true));
        assert!(starts_key_frame(&[0x10, 0x00]));
        assert!(!starts_key_frame(&[0x10, 0x01]));
        assert!(!starts_key_frame(&[0x00, 0x00]));
    }

    #[test]
    fn a_chromium_descriptor_carries_long_picture_id_and_base_layer_index() {
        let descriptor = Descriptor::parse(&[0x90, 0xe0, 0x92, 0x34, 0x07, 0x20, 0x01]).unwrap();
        assert_eq!(descriptor.picture_id, Some(PictureId { value: 0x1234, is_long: true }));
        assert_eq!(descriptor.base_layer_index, Some(7));
        assert_eq!(descriptor.length, 6);
    }

    #[test]
    fn frames_are_renumbered_in_the_width_that_they_have() {
        let mut long = [0x90, 0xe0, 0x92, 0x34, 0x07, 0x20, 0x01];
        renumber(&mut long, Some(0x7fff), Some(9));
        assert_eq!(long, [0x90, 0xe0, 0xff, 0xff, 0x09, 0x20, 0x01]);
        renumber(&mut long, None, Some(8));
        assert_eq!(long, [0x90, 0xe0, 0xff, 0xff, 0x08, 0x20, 0x01]);
        let mut short = [0x90, 0x80, 0x12, 0x01];
        renumber(&mut short, Some(0x1ff), Some(9));
        assert_eq!(short, [0x90, 0x80, 0x7f, 0x01]);
        for mut without in [[0x10, 0x01, 0x02], [0x90, 0x80, 0x92]] {
            let before = without;
            renumber(&mut without, Some(5), Some(6));
            assert_eq!(without, before);
        }
    }

    #[test]
    fn what_is_cut_short_is_no_descriptor() {
        let whole = [0x90, 0xe0, 0x92, 0x34, 0x07, 0x20, 0x01];
        assert!((0..whole.len()).all(|length| Descriptor::parse(&whole[..length]).is_none()));
    }

    #[test]
    fn a_base_layer_index_without_a_layer_is_refused() {
        assert_eq!(Descriptor::parse(&[0x90, 0x40, 0x07, 0x01]), None);
    }

    #[test]
    fn the_size_is_read_without_its_scaling_bits() {
        let head = [0x10, 0, 0, 0x9d, 0x01, 0x2a, 0x00, 0x45, 0xd0, 0x82];
        assert_eq!(key_frame_size(&head), Some((0x0500, 0x02d0)));
        assert_eq!(key_frame_size(&[0x11, 0, 0, 0x9d, 0x01, 0x2a, 0, 5, 0, 2]), None);
        assert_eq!(key_frame_size(&head[..9]), None);
    }
}
