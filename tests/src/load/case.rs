//! The shapes of calls that are measured.

use signaling::core::Settings;

/// So many rooms, each with so many who publish and view, and so many who only view.
#[derive(Debug, Clone, Copy)]
pub struct Case {
    pub name: &'static str,
    pub rooms: usize,
    pub publishers: usize,
    pub viewers: usize,
}

pub const CASES: [Case; 5] = [
    Case { name: "20 calls of 2", rooms: 20, publishers: 2, viewers: 0 },
    Case { name: "4 rooms of 5", rooms: 4, publishers: 5, viewers: 0 },
    Case { name: "1 room of 20", rooms: 1, publishers: 20, viewers: 0 },
    Case { name: "1 to 50", rooms: 1, publishers: 1, viewers: 50 },
    Case { name: "1 to 200", rooms: 1, publishers: 1, viewers: 200 },
];

/// One who takes part: in which room, and as which of its members.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    pub room: usize,
    pub member: usize,
    pub publishes: bool,
}

impl Case {
    pub fn participants(&self) -> usize {
        self.rooms * self.members()
    }

    /// In each room.
    pub fn members(&self) -> usize {
        self.publishers + self.viewers
    }

    /// Everybody, room by room, publishers first.
    pub fn places(&self) -> impl Iterator<Item = Place> + '_ {
        (0..self.rooms).flat_map(move |room| {
            (0..self.members()).map(move |member| Place {
                room,
                member,
                publishes: member < self.publishers,
            })
        })
    }

    /// Streams of one kind that somebody should receive.
    pub fn forwarded(&self) -> usize {
        self.rooms * self.publishers * (self.members() - 1)
    }

    /// Whether our calls have the roles and the seats for it; the media server alone has both.
    pub fn is_call(&self) -> bool {
        self.viewers == 0 && self.members() <= Settings::default().capacity
    }
}

impl Place {
    /// Publishers are told apart across all rooms.
    pub fn number(&self, case: &Case) -> u32 {
        (self.room * case.members() + self.member) as u32
    }

    /// Two or three in each room speak up, and the rest are quiet: in -dBov.
    pub fn audio_level(&self) -> u8 {
        if self.member < 3 { 20 } else { 70 }
    }

    /// From how many others this one receives.
    pub fn sources(&self, case: &Case) -> usize {
        case.publishers - usize::from(self.publishes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_receives_from_all_others_who_publish() {
        for case in CASES {
            let sources: usize = case.places().map(|place| place.sources(&case)).sum();
            assert_eq!(sources, case.forwarded(), "{}", case.name);
            assert_eq!(case.places().count(), case.participants());
        }
    }
}
