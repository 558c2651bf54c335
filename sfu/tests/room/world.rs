//! A room, its clients and the network between them, in virtual time and from a seed.

use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use sfu::core::room::{Answer, Room, RoomOutput};
use sfu::core::{Datagram, Identity};
use sfu::{ConnectError, ParticipantId, Place, RoomEvent, Slot, TapPacket};

use crate::client::{Client, Kind};

pub(crate) const SERVER: ([u8; 4], u16) = ([198, 51, 100, 1], 4_000);

struct Numbered {
    /// Which numbers there were, as one bit each: in the half of all numbers behind the newest.
    sent: Vec<u64>,
    /// The numbers and authentication tags of the last.
    lately: [Option<(u16, [u8; 16])>; 8],
}

impl Default for Numbered {
    fn default() -> Self {
        Self { sent: vec![0; 1_024], lately: [None; 8] }
    }
}

pub(crate) struct World {
    pub(crate) now: Instant,
    pub(crate) room: Room,
    pub(crate) clients: Vec<Client>,
    pub(crate) events: Vec<RoomEvent>,
    pub(crate) taps: Vec<TapPacket>,
    /// Fraction of the datagrams that never arrive, in either direction.
    pub(crate) loss: f64,
    /// Whether nothing of the room's handshakes gets through.
    pub(crate) loses_dtls: bool,
    pub(crate) latency: Duration,
    /// What the room sent so far.
    pub(crate) datagrams_out: usize,
    /// Whether clients send only the layers that they are told are needed, and after what time.
    pub(crate) obeys_after: Option<Duration>,
    pub(crate) longest_out: usize,
    /// Whose datagrams somebody on the way keeps copies of.
    pub(crate) overhears: Option<usize>,
    pub(crate) overheard: Vec<Vec<u8>>,
    /// Datagrams, other than answers to checks, that the room sent where no client is.
    pub(crate) astray: usize,
    /// Of each stream that the room sent.
    numbered: HashMap<(SocketAddr, [u8; 4]), Numbered>,
    random: u64,
    /// By when they arrive, and in what order they were sent.
    on_the_way: BTreeMap<(Instant, u64), Datagram>,
    orders: Vec<(Instant, usize, Vec<bool>)>,
    sent: u64,
}

impl World {
    pub(crate) fn new(seed: u64) -> Self {
        let identity = Identity::generate(vec![SERVER.into()]).unwrap();
        Self {
            now: epoch(),
            room: Room::new(Arc::new(identity)),
            clients: Vec::new(),
            events: Vec::new(),
            taps: Vec::new(),
            loss: 0.0,
            loses_dtls: false,
            latency: Duration::from_millis(10),
            random: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1,
            obeys_after: None,
            on_the_way: BTreeMap::new(),
            orders: Vec::new(),
            sent: 0,
            datagrams_out: 0,
            longest_out: 0,
            overhears: None,
            overheard: Vec::new(),
            astray: 0,
            numbered: HashMap::new(),
        }
    }

    /// A connected client per participant, all in the lobby.
    pub(crate) fn with_clients(seed: u64, count: usize) -> Self {
        let mut world = Self::new(seed);
        (0..count).for_each(|_| {
            world.join(2);
        });
        world.run(Duration::from_millis(500));
        assert!(world.clients.iter().all(|client| client.is_connected));
        world
    }

    /// Clients that are all in the call, with cameras and microphones on.
    pub(crate) fn in_call(seed: u64, count: usize) -> Self {
        let mut world = Self::with_clients(seed, count);
        (0..count).for_each(|index| {
            world.clients[index].camera.is_on = true;
            world.clients[index].microphone.is_on = true;
            world.place(index, Place::Call);
        });
        world
    }

    /// A newcomer with so many receive slots offers; its number.
    pub(crate) fn join(&mut self, slots: usize) -> usize {
        self.join_as(Kind { slots, ..Kind::default() })
    }

    pub(crate) fn join_as(&mut self, kind: Kind) -> usize {
        let index = self.clients.len();
        self.clients.push(Client::new(self.now, index, &kind, address(index, 5_000)));
        self.negotiate(index).unwrap();
        index
    }

    /// A call of clients of the same sort, cameras and microphones on, all layers.
    pub(crate) fn call_of(seed: u64, count: usize, kind: &Kind) -> Self {
        let mut world = Self::new(seed);
        for _ in 0..count {
            world.join_as(kind.clone());
        }
        world.run(Duration::from_millis(500));
        for index in 0..count {
            world.clients[index].cameras().for_each(|camera| camera.is_on = true);
            world.clients[index].microphone.is_on = true;
            world.place(index, Place::Call);
        }
        world
    }

    /// The client asks for more slots, as it was told to.
    pub(crate) fn add_slots(&mut self, index: usize, slots: usize) {
        let offer = self.clients[index].offer_slots(slots);
        let answer = self.room.connect(self.now, id(index), &offer).unwrap();
        assert!(!answer.is_new_transport);
        self.clients[index].take_answer(&answer.sdp);
        self.pump_room();
    }

    /// The client makes its offer and takes the answer.
    pub(crate) fn negotiate(&mut self, index: usize) -> Result<Answer, ConnectError> {
        let offer = self.clients[index].offer();
        let answer = self.room.connect(self.now, id(index), &offer)?;
        self.clients[index].take_answer(&answer.sdp);
        self.pump_room();
        Ok(answer)
    }

    /// The client builds another peer connection, as after a page reload.
    pub(crate) fn rebuild(&mut self, index: usize) {
        let old = &self.clients[index];
        let elsewhere = address(index, old.address.port() + 1);
        let kind = Kind { slots: old.slots, ..Kind::default() };
        let mut client = Client::new(self.now, index, &kind, elsewhere);
        client.camera.is_on = old.camera.is_on;
        client.microphone.is_on = old.microphone.is_on;
        self.clients[index] = client;
        self.negotiate(index).unwrap();
    }

    pub(crate) fn place(&mut self, index: usize, place: Place) {
        self.room.place(self.now, id(index), place);
        self.pump_room();
    }

    pub(crate) fn disconnect(&mut self, index: usize) {
        self.room.disconnect(self.now, id(index));
        self.pump_room();
    }

    /// Lets time pass.
    pub(crate) fn run(&mut self, duration: Duration) {
        let end = self.now + duration;
        while let Some(next) = self.next_moment().filter(|next| *next <= end) {
            self.now = self.now.max(next);
            self.obey();
            self.deliver();
            self.tick();
        }
        self.now = end;
    }

    /// Lets time pass until the condition holds; how long it took.
    pub(crate) fn run_until(&mut self, limit: Duration, holds: impl Fn(&Self) -> bool) -> Duration {
        let begin = self.now;
        while !holds(self) {
            assert!(self.now - begin < limit, "not within {limit:?}");
            self.run(Duration::from_millis(1));
        }
        self.now - begin
    }

    /// The receive slots in use that the client was last told of.
    pub(crate) fn slots(&self, viewer: usize) -> Vec<Slot> {
        let told = self.events.iter().rev().find_map(|event| match event {
            RoomEvent::Slots { participant, slots } if *participant == id(viewer) => Some(slots),
            _ => None,
        });
        told.cloned().unwrap_or_default()
    }

    pub(crate) fn has_event(&self, wanted: &RoomEvent) -> bool {
        self.events.contains(wanted)
    }

    /// A number from 0 up to 1.
    pub(crate) fn chance(&mut self) -> f64 {
        chance(&mut self.random)
    }

    fn next_moment(&self) -> Option<Instant> {
        let arrival = self.on_the_way.keys().next().map(|(arrives, _)| *arrives);
        let clients = self.clients.iter().map(Client::deadline);
        let orders = self.orders.iter().map(|(when, ..)| *when);
        clients.chain(arrival).chain(orders).chain(self.room.deadline()).min()
    }

    fn deliver(&mut self) {
        while let Some(first) = self.on_the_way.first_entry()
            && first.key().0 <= self.now
        {
            let datagram = first.remove();
            self.hand_over(&datagram);
        }
    }

    /// Clients do what they were told some time ago.
    fn obey(&mut self) {
        let now = self.now;
        for (_, index, needed) in self.orders.extract_if(.., |(when, ..)| *when <= now) {
            self.clients[index].publish(&needed);
        }
    }

    fn hand_over(&mut self, datagram: &Datagram) {
        let Datagram { source, destination, contents, .. } = datagram;
        if *destination == SocketAddr::from(SERVER) {
            let Some(index) = self.clients.iter().position(|client| client.seen_at == *source)
            else {
                return;
            };
            if self.overhears == Some(index) {
                self.overheard.push(contents.clone());
            }
            self.room.receive(self.now, id(index), *source, *destination, contents);
            self.pump_room();
        } else if let Some(index) =
            self.clients.iter().position(|client| client.seen_at == *destination)
        {
            self.clients[index].receive(self.now, *source, contents);
            self.pump_client(index);
        }
    }

    fn tick(&mut self) {
        if self.room.deadline().is_some_and(|deadline| deadline <= self.now) {
            self.room.handle_timeout(self.now);
            self.pump_room();
        }
        for index in 0..self.clients.len() {
            if self.clients[index].deadline() <= self.now {
                self.clients[index].tick(self.now);
                self.pump_client(index);
            }
        }
    }

    pub(crate) fn pump_room(&mut self) {
        while let Some(output) = self.room.poll_output() {
            match output {
                RoomOutput::Transmit(datagram) => {
                    self.datagrams_out += 1;
                    self.longest_out = self.longest_out.max(datagram.contents.len());
                    self.check_number(&datagram);
                    self.send(datagram);
                }
                RoomOutput::Event(event) => {
                    self.note_order(&event);
                    self.events.push(event);
                }
                RoomOutput::Tap(_, packet) => self.taps.push(packet),
            }
        }
    }

    pub(crate) fn pump_clients(&mut self) {
        (0..self.clients.len()).for_each(|index| self.pump_client(index));
    }

    pub(crate) fn pump_client(&mut self, index: usize) {
        while let Some(datagram) = self.clients[index].outbox.pop_front() {
            let source = self.clients[index].seen_at;
            self.send(Datagram { source, ..datagram });
        }
    }

    fn send(&mut self, datagram: Datagram) {
        let cut = |address| {
            self.clients.iter().any(|client| client.seen_at == address && client.is_cut_off)
        };
        let is_dtls = (20..64).contains(&datagram.contents[0]);
        if self.loses_dtls && is_dtls && datagram.source == SocketAddr::from(SERVER) {
            return;
        }
        if cut(datagram.source) || cut(datagram.destination) || self.chance() < self.loss {
            return;
        }
        let of = |address| self.clients.iter().position(|client| client.seen_at == address);
        let (from, to) = (of(datagram.source), of(datagram.destination));
        let mut random = self.random;
        let link = match (from, to) {
            (Some(from), _) => {
                self.clients[from].note_sent(&datagram.contents);
                &mut self.clients[from].up
            }
            (None, Some(to)) => {
                let to = self.clients[to].behind.unwrap_or(to);
                &mut self.clients[to].down
            }
            (None, None) => {
                self.astray += usize::from(datagram.contents[0] > 3);
                return;
            }
        };
        let arrivals = link.pass(self.now, datagram.contents.len(), || chance(&mut random));
        self.random = random;
        for arrives in arrivals {
            self.on_the_way.insert((arrives + self.latency, self.sent), datagram.clone());
            self.sent += 1;
        }
    }

    /// No two packets of a stream may have the same number: they would be sealed with the same nonce. What
    /// leaves again as it is, and soon, is no other packet.
    fn check_number(&mut self, datagram: &Datagram) {
        let Some([first, second, number @ .., _, _, _, _, a, b, c, d]) =
            datagram.contents.first_chunk::<12>()
        else {
            return;
        };
        let is_rtcp = (192..224).contains(second);
        if !(128..192).contains(first) || is_rtcp {
            return;
        }
        let stream = (datagram.destination, [*a, *b, *c, *d]);
        let Numbered { sent, lately } = self.numbered.entry(stream).or_default();
        let number = u16::from_be_bytes(*number);
        let bit = |number: u16| (usize::from(number / 64), 1 << (number % 64));
        let ((at, is_sent), (far, of_the_last_round)) = (bit(number), bit(number ^ 0x8000));
        let place = usize::from(number) % lately.len();
        let itself = Some((number, *datagram.contents.last_chunk().unwrap()));
        assert!(
            sent[at] & is_sent == 0 || lately[place] == itself,
            "{stream:?}: {number} once more"
        );
        lately[place] = itself;
        sent[at] |= is_sent;
        sent[far] &= !of_the_last_round;
    }

    fn note_order(&mut self, event: &RoomEvent) {
        if let (Some(after), RoomEvent::Publish { participant, camera, .. }) =
            (self.obeys_after, event)
        {
            self.orders.push((self.now + after, participant.0 as usize - 1, camera.clone()));
        }
    }
}

fn chance(random: &mut u64) -> f64 {
    *random ^= *random << 13;
    *random ^= *random >> 7;
    *random ^= *random << 17;
    (*random >> 11) as f64 / (1u64 << 53) as f64
}

pub(crate) fn id(index: usize) -> ParticipantId {
    ParticipantId(index as u64 + 1)
}

pub(crate) fn address(index: usize, port: u16) -> SocketAddr {
    SocketAddr::from(([203, 0, 113, index as u8 + 1], port))
}

/// Virtual time begins when the tests do.
pub(crate) fn epoch() -> Instant {
    static EPOCH: OnceLock<Instant> = OnceLock::new();
    #[expect(clippy::disallowed_methods, reason = "an instant can only be had from the clock")]
    *EPOCH.get_or_init(Instant::now)
}
