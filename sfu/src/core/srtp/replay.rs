//! Which packets were opened already (RFC 3711 §3.3.2), for each sender's SSRC.

/// Senders that are remembered. Whoever has the keys may invent more: then the one that was silent
/// for longest is forgotten, and its packets could come again.
const MOST_SENDERS: usize = 64;

#[derive(Debug, Default)]
pub(super) struct Replay {
    /// Who was heard last stands last.
    senders: Vec<Window>,
}

#[derive(Debug)]
struct Window {
    ssrc: [u8; 4],
    /// The highest index heard.
    highest: u32,
    /// Bit *n* stands for the index *n* below the highest.
    heard: u64,
}

impl Replay {
    /// Whether the packet was not opened yet. One that is too old to tell was.
    pub(super) fn is_new(&self, ssrc: [u8; 4], index: u32) -> bool {
        self.senders.iter().rev().find(|window| window.ssrc == ssrc).is_none_or(|window| {
            match window.highest.checked_sub(index) {
                Some(age @ 0..64) => window.heard & 1 << age == 0,
                Some(_) => false,
                None => true,
            }
        })
    }

    /// A packet was opened: its tag is right, and it is new.
    pub(super) fn note(&mut self, ssrc: [u8; 4], index: u32) {
        match self.senders.iter().rposition(|window| window.ssrc == ssrc) {
            Some(at) => self.senders[at..].rotate_left(1),
            None => {
                if self.senders.len() == MOST_SENDERS {
                    self.senders.remove(0);
                }
                self.senders.push(Window { ssrc, highest: index, heard: 0 });
            }
        }
        let Some(window) = self.senders.last_mut() else { return };
        if let Some(ahead) = index.checked_sub(window.highest) {
            window.heard = window.heard.checked_shl(ahead).unwrap_or(0) | 1;
            window.highest = index;
        } else {
            window.heard |= 1u64.checked_shl(window.highest - index).unwrap_or(0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SENDER: [u8; 4] = [0, 0, 0, 1];

    #[test]
    fn an_index_is_new_once_and_within_the_window() {
        let mut replay = Replay::default();
        for index in [5, 3, 4, 100, 37] {
            assert!(replay.is_new(SENDER, index), "{index}");
            replay.note(SENDER, index);
            assert!(!replay.is_new(SENDER, index), "{index}");
        }
        assert!(!replay.is_new(SENDER, 36), "older than the window");
        assert!(
            replay.is_new(SENDER, 38) && replay.is_new(SENDER, 99) && replay.is_new(SENDER, 101)
        );
        assert!(replay.is_new([9; 4], 100), "another sender has a window of its own");
    }

    #[test]
    fn a_leap_forgets_what_is_far_behind_and_refuses_it() {
        let mut replay = Replay::default();
        [0, 1, 0x7fff_ffff].into_iter().for_each(|index| replay.note(SENDER, index));
        assert!(!replay.is_new(SENDER, 2) && replay.is_new(SENDER, 0x7fff_fffe));
    }

    #[test]
    fn who_was_silent_for_longest_is_forgotten_first() {
        let mut replay = Replay::default();
        let most = MOST_SENDERS as u32;
        (0..most).for_each(|sender| replay.note(sender.to_be_bytes(), 7));
        replay.note(0u32.to_be_bytes(), 8);
        replay.note(most.to_be_bytes(), 7);
        assert_eq!(replay.senders.len(), MOST_SENDERS);
        assert!(!replay.is_new(0u32.to_be_bytes(), 7));
        assert!(replay.is_new(1u32.to_be_bytes(), 7));
        assert!(!replay.is_new(2u32.to_be_bytes(), 7));
    }
}
