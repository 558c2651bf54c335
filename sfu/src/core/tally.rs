//! What a room did, in numbers.

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Times that a viewer went over to another layer of what it was shown.
    pub layer_switches: u64,
    /// Key frames that publishers were asked for.
    pub key_frames_requested: u64,
    /// Packets that viewers missed and asked for again (RFC 4585 §6.2.1).
    pub packets_requested: u64,
}
