//! One thread, one socket, many rooms. Each wake-up does all that is due: requests, datagrams,
//! timers; and sends what came of it together.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::mpsc;

use super::clock;
use super::command::{Command, Request, RoomId};
use super::demux::{Demux, Owner};
use super::hosted::Hosted;
use super::load::Load;
use super::socket::{MediaSocket, Outlet};
use super::stats::{Counters, count, read, set};
use super::tcp::TcpLinks;
use crate::core::error::ConnectError;
use crate::core::room::{Answer, Room};
use crate::core::{Datagram, Identity, Transport};

/// Requests per wake-up, so that datagrams do not wait long.
pub(super) const MOST_REQUESTS: usize = 256;
/// Datagrams that are kept place for.
const USUAL_OUTBOUND: usize = 512;
/// So many lie around before they are sent, and so many for each participant: what goes to one destination
/// should leave together.
const LEAST_OUTBOUND: usize = 64;
const OUTBOUND_FOR_EACH: usize = 4;
/// How often rooms without a handle are looked for, should word of that have been lost.
const SWEEP: Duration = Duration::from_secs(1);

pub(crate) struct Worker {
    identity: Arc<Identity>,
    /// Addresses told to clients, by which rooms know the way that a datagram came.
    pub(super) candidates: Vec<SocketAddr>,
    pub(super) counters: Arc<Counters>,
    pub(super) rooms: BTreeMap<RoomId, Hosted>,
    deadlines: BTreeSet<(Instant, RoomId)>,
    pub(super) demux: Demux,
    pub(super) outbound: Vec<Datagram>,
    /// No earlier is media of strangers looked at again.
    pub(super) next_seeking: Instant,
    /// Participants and rooms that are gone, whose connections are closed once the last words
    /// are sent.
    left: Vec<Owner>,
    closed: Vec<RoomId>,
    load: Load,
    next_sweep: Instant,
}

impl Worker {
    pub(crate) fn new(
        identity: Identity,
        candidates: Vec<SocketAddr>,
        counters: Arc<Counters>,
        most_packets: u64,
    ) -> Self {
        let now = clock::now();
        Self {
            identity: Arc::new(identity),
            candidates,
            counters,
            rooms: BTreeMap::new(),
            deadlines: BTreeSet::new(),
            demux: Demux::default(),
            outbound: Vec::new(),
            next_seeking: now,
            left: Vec::new(),
            closed: Vec::new(),
            load: Load::new(now, most_packets),
            next_sweep: now,
        }
    }

    /// Works until nobody holds the server or one of its rooms any more.
    pub(crate) async fn run(
        mut self,
        mut socket: MediaSocket,
        mut links: TcpLinks,
        mut queue: mpsc::Receiver<Command>,
    ) {
        loop {
            let wake = self.deadlines.first().map_or(self.next_sweep, |(first, _)| *first);
            let (mut request, mut event) = (None, None);
            tokio::select! {
                command = queue.recv() => match command {
                    None => break,
                    command => request = command,
                },
                () = socket.readable() => {}
                next = links.event() => event = next,
                () = tokio::time::sleep_until(wake.min(self.next_sweep).into()) => {}
            }
            let now = clock::now();
            count(&self.counters.wakeups, 1);
            self.obey(now, request, &mut queue);
            self.read(now, &mut socket, &mut links);
            self.read_links(now, event, &mut links);
            self.expire(now);
            self.send(now, &mut socket.outlet, &mut links);
            self.let_go(&mut links);
            self.note_load(now, &queue);
        }
        self.close_all(&mut socket, &mut links);
    }

    /// What this wake-up cost, and how much there is altogether.
    fn note_load(&mut self, began: Instant, queue: &mpsc::Receiver<Command>) {
        let counters = &self.counters;
        let busy = clock::now().saturating_duration_since(began);
        count(&counters.busy_nanoseconds, busy.as_nanos() as u64);
        set(&counters.commands_waiting, queue.len() as u64);
        let packets = read(&counters.datagrams_received) + read(&counters.datagrams_sent);
        self.load.note(began, packets);
        set(&counters.packet_rate, self.load.packet_rate());
    }

    fn obey(&mut self, now: Instant, first: Option<Command>, queue: &mut mpsc::Receiver<Command>) {
        let mut next = first;
        for _ in 0..MOST_REQUESTS {
            let Some(command) = next.take().or_else(|| queue.try_recv().ok()) else { return };
            self.answer(now, command.room, command.request);
        }
    }

    fn answer(&mut self, now: Instant, id: RoomId, request: Request) {
        match request {
            Request::Open { token, events, seats } => {
                let room = Room::with_seats(self.identity.clone(), seats);
                self.rooms.insert(id, Hosted::new(room, token, events));
                count(&self.counters.rooms, 1);
            }
            Request::Close => self.close(now, id),
            Request::Connect { participant, offer, answer } => {
                let answered = self.connect(now, (id, participant), &offer);
                // Whoever asked may have given up.
                let _ = answer.send(answered);
            }
            Request::Place { participant, place } => {
                self.with(now, id, |hosted| hosted.room.place(now, participant, place));
            }
            Request::View { viewer, views } => {
                self.with(now, id, |hosted| hosted.room.view(now, viewer, &views));
            }
            Request::Subject { subject } => {
                self.with(now, id, |hosted| hosted.room.set_subject(now, subject));
            }
            Request::Mute { participant, kind, is_muted } => {
                self.with(now, id, |hosted| {
                    hosted.room.set_muted(now, participant, kind, is_muted);
                });
            }
            Request::Screen { participant, is_on } => {
                self.with(now, id, |hosted| hosted.room.set_screen(now, participant, is_on));
            }
            Request::Disconnect { participant } => self.disconnect(now, (id, participant)),
            Request::KeyFrame { participant, answer } => {
                self.with(now, id, |hosted| hosted.key_frame(now, participant, answer));
            }
            Request::Tap { participant, packets } => {
                self.with(now, id, |hosted| hosted.tap(participant, packets));
            }
        }
    }

    fn connect(&mut self, now: Instant, owner: Owner, offer: &str) -> Result<String, ConnectError> {
        let (room, participant) = owner;
        let is_known = |hosted: &Hosted| hosted.room.has(participant);
        if self.load.is_too_much() && !self.rooms.get(&room).is_some_and(is_known) {
            count(&self.counters.overload_refused, 1);
            return Err(ConnectError::Overloaded);
        }
        let answered = self.with(now, room, |hosted| hosted.room.connect(now, participant, offer));
        let Answer { sdp, fragment, is_new_transport } =
            answered.unwrap_or(Err(ConnectError::Closed))?;
        if is_new_transport {
            self.demux.forget(owner);
            self.left.push(owner);
            if let Some(hosted) = self.rooms.get_mut(&room) {
                hosted.setups.answered(now, participant);
            }
        }
        self.demux.name(owner, fragment);
        Ok(sdp)
    }

    fn disconnect(&mut self, now: Instant, (id, participant): Owner) {
        self.demux.forget((id, participant));
        self.left.push((id, participant));
        self.with(now, id, |hosted| {
            hosted.setups.forget(participant);
            hosted.untap(participant);
            hosted.room.disconnect(now, participant);
        });
    }

    /// Whether what was produced so far is better sent than added to.
    pub(super) fn has_enough_to_send(&self) -> bool {
        let participants = read(&self.counters.participants) as usize;
        self.outbound.len() >= LEAST_OUTBOUND.max(participants * OUTBOUND_FOR_EACH)
    }

    /// Sends what was produced so far.
    pub(super) fn send(&mut self, now: Instant, outlet: &mut Outlet, links: &mut TcpLinks) {
        let is_tcp = |datagram: &mut Datagram| datagram.transport == Transport::Tcp;
        for datagram in self.outbound.extract_if(.., is_tcp) {
            links.send(now, datagram, &self.counters);
        }
        outlet.send(&mut self.outbound, &self.counters);
        self.outbound.shrink_to(USUAL_OUTBOUND);
    }

    /// Closes connections that nobody has any more, now that the last words are sent.
    fn let_go(&mut self, links: &mut TcpLinks) {
        for owner in self.left.drain(..) {
            links.forget(owner, &self.counters);
        }
        for room in self.closed.drain(..) {
            links.forget_room(room, &self.counters);
        }
    }

    fn expire(&mut self, now: Instant) {
        while let Some((deadline, id)) = self.deadlines.first().copied()
            && deadline <= now
        {
            self.deadlines.pop_first();
            self.with(now, id, |hosted| hosted.room.handle_timeout(now));
        }
        if self.next_sweep <= now {
            self.next_sweep = now + SWEEP;
            let abandoned = self.rooms.iter().filter(|(_, hosted)| hosted.is_abandoned());
            let abandoned: Vec<RoomId> = abandoned.map(|(id, _)| *id).collect();
            abandoned.into_iter().for_each(|id| self.close(now, id));
        }
    }

    /// Does something with a room, and passes on what comes of it. A panic in it is a bug, which
    /// ends that room and no other.
    pub(super) fn with<T>(
        &mut self,
        now: Instant,
        id: RoomId,
        act: impl FnOnce(&mut Hosted) -> T,
    ) -> Option<T> {
        let hosted = self.rooms.get_mut(&id)?;
        let before = hosted.room.participants() as u64;
        let (outbound, counters) = (&mut self.outbound, &self.counters);
        let acted = catch_unwind(AssertUnwindSafe(|| {
            let result = act(hosted);
            hosted.pump(now, outbound, counters);
            result
        }));
        let Ok(result) = acted else {
            tracing::error!(room = id.0, "a media room failed and is closed");
            // Whoever it took in or let go before it failed was not counted yet.
            let now =
                self.rooms.get(&id).map_or(before, |hosted| hosted.room.participants() as u64);
            count(&self.counters.participants, now.wrapping_sub(before));
            self.remove(id);
            return None;
        };
        let after = hosted.room.participants() as u64;
        count(&self.counters.participants, after.wrapping_sub(before));
        self.schedule(now, id);
        Some(result)
    }

    fn schedule(&mut self, now: Instant, id: RoomId) {
        let Some(hosted) = self.rooms.get_mut(&id) else { return };
        let deadline = hosted.next_deadline().map(|deadline| deadline.max(now));
        if hosted.deadline != deadline {
            if let Some(before) = hosted.deadline {
                self.deadlines.remove(&(before, id));
            }
            hosted.deadline = deadline;
        }
        if let Some(deadline) = deadline {
            self.deadlines.insert((deadline, id));
        }
    }

    fn close(&mut self, now: Instant, id: RoomId) {
        self.with(now, id, |hosted| hosted.room.close(now));
        self.remove(id);
    }

    fn remove(&mut self, id: RoomId) {
        let Some(hosted) = self.rooms.remove(&id) else { return };
        if let Some(deadline) = hosted.deadline {
            self.deadlines.remove(&(deadline, id));
        }
        self.demux.forget_room(id);
        self.closed.push(id);
        count(&self.counters.rooms, 1u64.wrapping_neg());
        let left = hosted.room.participants() as u64;
        count(&self.counters.participants, left.wrapping_neg());
    }

    fn close_all(&mut self, socket: &mut MediaSocket, links: &mut TcpLinks) {
        let now = clock::now();
        let rooms: Vec<RoomId> = self.rooms.keys().copied().collect();
        rooms.into_iter().for_each(|id| self.close(now, id));
        self.send(now, &mut socket.outlet, links);
        self.let_go(links);
    }
}
