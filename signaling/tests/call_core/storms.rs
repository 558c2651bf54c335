//! Random storms of everything that can happen to a call, from a seed. Whatever comes, these hold.

use crate::world::*;
use proptest::prelude::*;
use signaling::core::{Input, MediaEvent, SocketId};
use signaling::message::*;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// One thing that happens. Numbers are taken modulo what there is.
#[derive(Clone, Debug)]
enum Event {
    Join { person: usize, resume: Option<u64> },
    Say { socket: u64, message: ClientMessage },
    Drop { socket: u64 },
    Pass { seconds: u64 },
    Media(MediaEvent),
    Consent { person: usize, allowed: bool },
    Restart,
    GateFails(bool),
    OffersFail(bool),
}

fn people() -> Vec<Person> {
    let shy = Person { consents: false, ..her_mother() };
    vec![mei(), tao(), front_desk(), li_na(), shy]
}

fn participants() -> impl Strategy<Value = ParticipantId> {
    (1..9u32).prop_map(ParticipantId)
}

fn messages() -> impl Strategy<Value = ClientMessage> {
    let capture = || (0..6u128).prop_map(|number| CaptureId(Uuid::from_u128(number)));
    let sdp = || Text::try_from("offer".to_owned()).unwrap();
    prop_oneof![
        4 => participants().prop_map(|participant| ClientMessage::Admit { participant }),
        2 => participants().prop_map(|participant| ClientMessage::SendBack { participant }),
        1 => participants().prop_map(|participant| ClientMessage::Remove { participant }),
        2 => any::<(bool, bool)>().prop_map(|(audio, video)| ClientMessage::Mute { audio, video }),
        3 => (capture(), participants())
            .prop_map(|(id, target)| ClientMessage::Capture { id, target }),
        2 => (capture(), any::<bool>()).prop_map(|(id, camera)| ClientMessage::CaptureState {
            id,
            source: if camera { CaptureSource::Camera } else { CaptureSource::Received },
            state: CaptureStage::Stored,
            detail: None,
        }),
        1 => any::<u16>().prop_map(|loss| ClientMessage::Report(Report {
            loss_percent: Some(loss),
            ..Report::default()
        })),
        1 => Just(ClientMessage::Offer { sdp: sdp() }),
        1 => any::<bool>().prop_map(|locked| ClientMessage::Lock { locked }),
        2 => (participants(), kinds())
            .prop_map(|(participant, kind)| ClientMessage::Silence { participant, kind }),
        2 => proptest::option::of(participants())
            .prop_map(|participant| ClientMessage::Subject { participant }),
        2 => any::<bool>().prop_map(|on| ClientMessage::Screen { on }),
        1 => participants().prop_map(|participant| ClientMessage::View {
            tiles: vec![Tile { participant, kind: TrackKind::Video, height: 360, pinned: false }]
                .try_into()
                .unwrap(),
        }),
        1 => Just(ClientMessage::Leave {}),
        1 => Just(ClientMessage::Ping {}),
    ]
}

fn kinds() -> impl Strategy<Value = TrackKind> {
    prop_oneof![Just(TrackKind::Audio), Just(TrackKind::Video), Just(TrackKind::Screen)]
}

fn media() -> impl Strategy<Value = MediaEvent> {
    prop_oneof![
        participants().prop_map(|participant| MediaEvent::Lost { participant }),
        participants().prop_map(|participant| MediaEvent::Recovered { participant }),
        (participants(), participants()).prop_map(|(viewer, source)| MediaEvent::Slots {
            viewer,
            slots: vec![SlotView {
                mid: "7".to_owned(),
                participant: source,
                kind: TrackKind::Video
            }],
        }),
        participants().prop_map(|participant| MediaEvent::Quality {
            participant,
            uplink: Grade::Poor,
            downlink: Grade::Good,
            figures: Figures { round_trip_ms: Some(100), ..Figures::default() },
        }),
    ]
}

fn events() -> impl Strategy<Value = Event> {
    prop_oneof![
        6 => (0..5usize, proptest::option::of(1..20u64))
            .prop_map(|(person, resume)| Event::Join { person, resume }),
        20 => (0..20u64, messages()).prop_map(|(socket, message)| Event::Say { socket, message }),
        3 => (0..20u64).prop_map(|socket| Event::Drop { socket }),
        3 => (0..80u64).prop_map(|seconds| Event::Pass { seconds }),
        4 => media().prop_map(Event::Media),
        1 => (0..5usize, any::<bool>())
            .prop_map(|(person, allowed)| Event::Consent { person, allowed }),
        1 => Just(Event::Restart),
        1 => any::<bool>().prop_map(Event::GateFails),
        1 => any::<bool>().prop_map(Event::OffersFail),
        1 => (0..20u64).prop_map(|socket| Event::Say { socket, message: ClientMessage::End {} }),
    ]
}

/// What a storm is watched for.
#[derive(Default)]
struct Watch {
    sockets: Vec<SocketId>,
    /// Each socket's place, as it was told.
    places: BTreeMap<SocketId, (ParticipantId, Role, Place)>,
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_storm_breaks_the_rules(storm in proptest::collection::vec(events(), 1..120)) {
        let (mut world, mut watch) = (World::new(), Watch::default());
        for event in storm {
            happen(&mut world, &mut watch, event);
            watch.check(&mut world);
        }
    }
}

fn happen(world: &mut World, watch: &mut Watch, event: Event) {
    let socket = |number: u64| {
        let count = watch.sockets.len().max(1) as u64;
        watch.sockets.get((number % count) as usize).copied()
    };
    match event {
        Event::Join { person, resume } => {
            let token = resume.map(|number| format!("token-{number}"));
            let socket = world.join_with(&people()[person], token.as_deref());
            watch.sockets.push(socket);
        }
        Event::Say { socket: number, message } => {
            if let Some(socket) = socket(number) {
                world.say(socket, message);
            }
        }
        Event::Drop { socket: number } => {
            if let Some(socket) = socket(number) {
                world.drop_socket(socket);
            }
        }
        // With a gate that fails, a due timeout stays due.
        Event::Pass { seconds: time } if world.gate_works => world.pass(seconds(time)),
        Event::Pass { .. } => {}
        Event::Media(event) => world.put(Input::Media(event)),
        Event::Consent { person, allowed } => {
            let subject = people()[person].subject;
            world.put(Input::ConsentChanged { subject, allowed });
        }
        Event::Restart => world.restart(),
        Event::GateFails(fails) => {
            world.gate_works = !fails;
            world.write_down();
        }
        Event::OffersFail(true) => {
            world.answer = Err((ErrorCode::UnsupportedMedia, "no".to_owned()));
        }
        Event::OffersFail(false) => world.answer = Ok("answer".to_owned()),
    }
}

impl Watch {
    fn check(&mut self, world: &mut World) {
        for (socket, said) in std::mem::take(&mut world.heard) {
            assert!(said.len() <= 40, "one event, {} messages to one socket", said.len());
            said.iter().for_each(|message| self.heard(socket, message));
        }
        self.media_agrees_with_what_is_kept(world);
        let restored = world.kept.seats.len();
        assert!(restored <= 16, "{restored} seats");
    }

    /// Nobody hears anything before `joined`; nobody in the lobby hears of the call.
    fn heard(&mut self, socket: SocketId, message: &ServerMessage) {
        match message {
            ServerMessage::Joined(joined) => {
                let you = &joined.you;
                let host = matches!(you.role, Role::Stylist | Role::Staff);
                let taken = self.places.insert(socket, (you.id, you.role, you.place));
                assert!(taken.is_none(), "joined twice");
                assert!(!host || you.place == Place::Call);
                return joined.participants.iter().for_each(|seen| self.may_see(socket, seen));
            }
            ServerMessage::Error { .. } => return,
            _ => {}
        }
        let (me, role, place) = *self.places.get(&socket).expect("joined comes first");
        let host = matches!(role, Role::Stylist | Role::Staff);
        match message {
            ServerMessage::Placed { place } => {
                self.places.insert(socket, (me, role, *place));
            }
            ServerMessage::Participant(view) => self.may_see(socket, view),
            ServerMessage::Quality { participant, figures, .. } => {
                assert!(place == Place::Call || *participant == me);
                let nothing = Figures::default();
                assert!(host || *figures == nothing, "figures are the hosts' alone");
            }
            ServerMessage::CaptureState { .. } => assert!(host, "relayed to hosts only"),
            ServerMessage::CaptureRequest { .. } => assert_eq!(place, Place::Call),
            ServerMessage::Waiting(_) => assert_eq!(place, Place::Lobby),
            ServerMessage::Slots { slots } => {
                assert!(place == Place::Call || slots.is_empty());
            }
            ServerMessage::Gone { .. }
            | ServerMessage::Call(_)
            | ServerMessage::CaptureStarted { .. } => assert_eq!(place, Place::Call),
            _ => {}
        }
    }

    fn may_see(&self, socket: SocketId, seen: &ParticipantView) {
        let (me, role, place) = self.places[&socket];
        let host = matches!(role, Role::Stylist | Role::Staff);
        let inside = place == Place::Call && seen.place == Place::Call;
        assert!(host || inside || seen.id == me, "{role:?} in {place:?} saw {seen:?}");
    }

    /// Only those who were kept as being in the call are forwarded anything.
    fn media_agrees_with_what_is_kept(&self, world: &World) {
        for (id, place) in &world.media {
            let kept = world.kept.seats.get(id).map(|seat| seat.place);
            assert!(kept.is_some(), "the media server has {id:?}, whom nobody kept");
            assert!(!world.gate_works || kept == Some(*place), "{id:?} is kept elsewhere");
        }
        let captured = world.kept.captures.iter().map(|capture| capture.id);
        for capture in &world.key_frames {
            assert!(captured.clone().any(|kept| kept == *capture), "a capture nobody kept");
        }
        let distinct: BTreeSet<_> = world.key_frames.iter().collect();
        assert_eq!(distinct.len(), world.key_frames.len(), "one picture for each capture");
    }
}
