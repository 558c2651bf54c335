//! A call with its clients, gate, media server and clock, all in memory. It does with the core what
//! the driver does: steps a copy, has the facts kept, and carries out the effects.

use signaling::core::{Answer, Call, Effect, Input, Joining, Keep, Settings, SocketId, Token};
use signaling::gate::{
    CallFact, CaptureRequest, KnownCapture, Pass, QualitySample, Restored, Seat, Subject, TokenHash,
};
use signaling::message::*;
use signaling::time::UnixMillis;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;
use uuid::Uuid;

pub(crate) const CALL: CallId = CallId(Uuid::from_u128(1));
pub(crate) const START: UnixMillis = UnixMillis(1_763_798_400_000);
pub(crate) const WINDOW: Duration = Duration::from_secs(2 * 3600);

/// Somebody with a reason to join.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) subject: Subject,
    pub(crate) role: Role,
    pub(crate) name: &'static str,
    pub(crate) consents: bool,
}

pub(crate) fn person(number: u128, role: Role, name: &'static str) -> Person {
    Person { subject: Subject(Uuid::from_u128(100 + number)), role, name, consents: true }
}

pub(crate) fn mei() -> Person {
    Person { consents: false, ..person(1, Role::Stylist, "Mei") }
}

pub(crate) fn tao() -> Person {
    Person { consents: false, ..person(2, Role::Stylist, "Tao") }
}

pub(crate) fn front_desk() -> Person {
    Person { consents: false, ..person(3, Role::Staff, "Front desk") }
}

pub(crate) fn li_na() -> Person {
    person(4, Role::Customer, "Li Na")
}

pub(crate) fn her_mother() -> Person {
    person(5, Role::Guest, "Her mother")
}

pub(crate) struct World {
    pub(crate) call: Call,
    pub(crate) now: UnixMillis,
    pub(crate) heard: BTreeMap<SocketId, Vec<ServerMessage>>,
    pub(crate) closed: BTreeMap<SocketId, CloseCode>,
    pub(crate) kept: Kept,
    /// Whom the media server has, and where.
    pub(crate) media: BTreeMap<ParticipantId, Place>,
    pub(crate) key_frames: Vec<CaptureId>,
    /// What the media server was told of tiles, of the subject, and of what not to forward.
    pub(crate) views: BTreeMap<ParticipantId, Vec<Tile>>,
    pub(crate) subject: Option<ParticipantId>,
    pub(crate) muted: BTreeSet<(ParticipantId, TrackKind)>,
    pub(crate) screens: BTreeSet<ParticipantId>,
    /// Is the gate able to keep things?
    pub(crate) gate_works: bool,
    /// Recorded while the gate could not keep anything.
    unwritten: Vec<CallFact>,
    /// What the media server says to the next offers.
    pub(crate) answer: Answer,
    last_socket: u64,
}

/// What a gate keeps of the call.
#[derive(Default)]
pub(crate) struct Kept {
    pub(crate) seats: BTreeMap<ParticipantId, Seat>,
    pub(crate) live_since: Option<UnixMillis>,
    pub(crate) locked: bool,
    pub(crate) ended: Option<EndReason>,
    pub(crate) captures: Vec<CaptureRequest>,
    pub(crate) quality: Vec<QualitySample>,
    last_participant: u32,
}

impl World {
    pub(crate) fn new() -> Self {
        Self {
            call: Call::new(CALL, Settings::default(), Restored::default(), START),
            now: START,
            heard: BTreeMap::new(),
            closed: BTreeMap::new(),
            kept: Kept::default(),
            media: BTreeMap::new(),
            key_frames: Vec::new(),
            views: BTreeMap::new(),
            subject: None,
            muted: BTreeSet::new(),
            screens: BTreeSet::new(),
            gate_works: true,
            unwritten: Vec::new(),
            answer: Ok("answer".to_owned()),
            last_socket: 0,
        }
    }

    /// A stylist and an admitted customer, and their sockets.
    pub(crate) fn live() -> (Self, SocketId, SocketId) {
        let mut world = Self::new();
        let (stylist, customer) = (world.join(&mei()), world.join(&li_na()));
        world.say(stylist, ClientMessage::Admit { participant: world.id(customer) });
        world.forget();
        (world, stylist, customer)
    }

    pub(crate) fn join(&mut self, person: &Person) -> SocketId {
        self.join_with(person, None)
    }

    pub(crate) fn join_with(&mut self, person: &Person, resume: Option<&str>) -> SocketId {
        self.last_socket += 1;
        let socket = SocketId(self.last_socket);
        let pass = Pass {
            call: CALL,
            subject: person.subject,
            role: person.role,
            name: person.name.to_owned(),
            may_be_captured: person.consents,
            closes_at: START.plus(WINDOW),
        };
        self.put(Input::Join(Box::new(Joining {
            socket,
            seq: None,
            pass,
            resume: resume.map(token),
            fresh: token(&format!("token-{}", self.last_socket)),
            offer: Some("offer".to_owned()),
            audio: true,
            video: true,
        })));
        socket
    }

    pub(crate) fn say(&mut self, socket: SocketId, message: ClientMessage) {
        self.put(Input::Message { socket, seq: Some(7), message });
    }

    pub(crate) fn drop_socket(&mut self, socket: SocketId) {
        self.put(Input::Closed { socket });
    }

    /// Lets time pass, and everything in it happen that is due.
    pub(crate) fn pass(&mut self, time: Duration) {
        let end = self.now.plus(time);
        while let Some(due) = self.call.deadline().filter(|due| *due <= end) {
            self.now = self.now.max(due);
            self.put(Input::Timeout);
        }
        self.now = end;
    }

    /// The server is killed and started again: only what was kept is left.
    pub(crate) fn restart(&mut self) {
        let restored = Restored {
            seats: self.kept.seats.values().cloned().collect(),
            captures: self.kept.captures.iter().map(known).collect(),
            ahead_elsewhere: 0,
            live_since: self.kept.live_since,
            closes_at: Some(START.plus(WINDOW)),
            locked: self.kept.locked,
            last_participant: self.kept.last_participant,
        };
        self.call = Call::new(CALL, Settings::default(), restored, self.now);
        self.unwritten.clear();
        self.media.clear();
        self.views.clear();
        self.muted.clear();
        self.screens.clear();
        self.subject = None;
        self.forget();
    }

    pub(crate) fn put(&mut self, input: Input) {
        let mut inputs = VecDeque::from([input]);
        while let Some(input) = inputs.pop_front() {
            let mut next = self.call.clone();
            let step = next.step(self.now, input);
            if !step.keep.is_empty() && !self.gate_works || self.kept.refuses(&step.keep) {
                return;
            }
            self.call = next;
            self.write_down();
            step.keep.into_iter().for_each(|keep| self.kept.keep(keep));
            inputs.extend(self.carry_out(step.effects));
            self.unwritten.extend(step.record);
            self.write_down();
        }
    }

    /// What the driver tries again and again.
    pub(crate) fn write_down(&mut self) {
        if self.gate_works {
            self.unwritten.drain(..).for_each(|fact| self.kept.write(fact));
        }
    }

    /// Returns what follows from it.
    pub(crate) fn carry_out(&mut self, effects: Vec<Effect>) -> Vec<Input> {
        effects.into_iter().filter_map(|effect| self.perform(effect)).collect()
    }

    fn perform(&mut self, effect: Effect) -> Option<Input> {
        match effect {
            Effect::Send { socket, message } => {
                assert!(!self.closed.contains_key(&socket), "said to a closed socket: {message:?}");
                self.heard.entry(socket).or_default().push(message);
            }
            Effect::Close { socket, code } => {
                let before = self.closed.insert(socket, code);
                assert_eq!(before, None, "closed twice");
            }
            Effect::Connect { participant, socket, re, .. } => {
                let answer = self.answer.clone();
                if answer.is_ok() {
                    self.media.entry(participant).or_insert(Place::Lobby);
                }
                return Some(Input::Answered { participant, socket, re, answer });
            }
            Effect::Place { participant, place } => {
                if let Some(current) = self.media.get_mut(&participant) {
                    *current = place;
                }
            }
            Effect::Disconnect { participant } => {
                self.screens.remove(&participant);
                self.media.remove(&participant);
            }
            Effect::View { participant, tiles } => {
                self.views.insert(participant, tiles);
            }
            Effect::Subject { participant } => self.subject = participant,
            Effect::Screen { participant, on: true } => {
                self.screens.insert(participant);
            }
            Effect::Screen { participant, on: false } => {
                assert!(self.screens.remove(&participant), "was not shown");
            }
            Effect::Mute { participant, kind, muted: true } => {
                self.muted.insert((participant, kind));
            }
            Effect::Mute { participant, kind, muted: false } => {
                assert!(self.muted.remove(&(participant, kind)), "was not muted");
            }
            Effect::KeepKeyFrame { capture, .. } => self.key_frames.push(capture),
            Effect::KeepQuality { samples } => self.kept.quality.extend(samples),
        }
        None
    }

    pub(crate) fn forget(&mut self) {
        self.heard.clear();
    }

    pub(crate) fn heard(&self, socket: SocketId) -> &[ServerMessage] {
        self.heard.get(&socket).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn joined(&self, socket: SocketId) -> &Joined {
        let joined = self.heard(socket).iter().find_map(|message| match message {
            ServerMessage::Joined(joined) => Some(&**joined),
            _ => None,
        });
        joined.expect("joined")
    }

    pub(crate) fn id(&self, socket: SocketId) -> ParticipantId {
        self.call.participant(socket).expect("a seat")
    }

    /// The token of a socket's seat, hashed.
    pub(crate) fn seat(&self, socket: SocketId) -> TokenHash {
        self.kept.seats[&self.id(socket)].token
    }

    pub(crate) fn last_error(&self, socket: SocketId) -> Option<ErrorCode> {
        self.heard(socket).iter().rev().find_map(|message| match message {
            ServerMessage::Error { code, .. } => Some(*code),
            _ => None,
        })
    }

    /// The last that this socket heard of somebody.
    pub(crate) fn view(&self, socket: SocketId, of: ParticipantId) -> Option<&ParticipantView> {
        self.heard(socket).iter().rev().find_map(|message| match message {
            ServerMessage::Participant(view) if view.id == of => Some(view),
            _ => None,
        })
    }

    pub(crate) fn was_told(&self, socket: SocketId, message: &ServerMessage) -> bool {
        self.heard(socket).contains(message)
    }
}

impl Kept {
    /// The gate knows captures from before a restart.
    fn refuses(&self, keep: &[Keep]) -> bool {
        let known = |id| self.captures.iter().any(|capture| capture.id == id);
        keep.iter().any(|keep| matches!(keep, Keep::Capture(capture) if known(capture.id)))
    }

    fn keep(&mut self, keep: Keep) {
        match keep {
            Keep::Capture(capture) => self.captures.push(capture),
            Keep::Fact(fact) => self.write(fact),
        }
    }

    fn write(&mut self, fact: CallFact) {
        match fact {
            CallFact::Seated(seat) => {
                self.last_participant = self.last_participant.max(seat.participant.0);
                self.seats.insert(seat.participant, seat);
            }
            CallFact::Vacated { participant, .. } => {
                self.seats.remove(&participant);
            }
            CallFact::Locked { locked } => self.locked = locked,
            CallFact::Live { since } => self.live_since = Some(since),
            CallFact::Ended { reason, .. } => {
                self.seats.clear();
                self.ended = Some(reason);
            }
        }
    }
}

fn known(capture: &CaptureRequest) -> KnownCapture {
    KnownCapture { id: capture.id, target: capture.target_subject, by: capture.by_subject }
}

/// Here a token's hash is its own text, so that tests can be read.
fn token(text: &str) -> Token {
    let mut hash = [0; 32];
    hash[..text.len()].copy_from_slice(text.as_bytes());
    Token { text: text.to_owned(), hash: TokenHash(hash) }
}

pub(crate) fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}
