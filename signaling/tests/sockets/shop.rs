//! A product that is just large enough for calls: it keeps everything in memory, and lets in whoever
//! names a link of the form `role:name`.

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use sfu::{KeyFrame, MediaConfig, MediaServer};
use signaling::Calls;
use signaling::core::Settings;
use signaling::driver::IncomingUpgrade;
use signaling::gate::*;
use signaling::message::*;
use signaling::time::UnixMillis;
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use uuid::Uuid;

pub(crate) const CALL: CallId = CallId(Uuid::from_u128(7));

#[derive(Default)]
pub(crate) struct Memory {
    seats: Mutex<BTreeMap<ParticipantId, Seat>>,
    live_since: Mutex<Option<UnixMillis>>,
    locked: Mutex<bool>,
    last: Mutex<u32>,
    pub(crate) quality: Mutex<Vec<QualitySample>>,
}

pub(crate) struct Shop {
    pub(crate) calls: Calls<Memory>,
    pub(crate) gate: Arc<Memory>,
    pub(crate) address: SocketAddr,
}

impl Shop {
    pub(crate) async fn open() -> Self {
        Self::with(Arc::default(), Settings::default()).await
    }

    /// With what was kept before: a restarted server.
    pub(crate) async fn with(gate: Arc<Memory>, settings: Settings) -> Self {
        let listen = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let config = MediaConfig {
            listen,
            port: 0,
            tcp: false,
            most_packets: 0,
            workers: 1,
            advertise: vec![listen],
        };
        let media = MediaServer::start(config).unwrap();
        let calls = Calls::with_settings(media, gate.clone(), settings);
        let router = Router::new().route("/call", get(join)).with_state(calls.clone());
        let listener = tokio::net::TcpListener::bind((listen, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { calls, gate, address }
    }

    pub(crate) async fn impatient() -> Self {
        let short = Duration::from_millis(300);
        let settings = Settings { join_within: short, silence: short, ..Settings::default() };
        Self::with(Arc::default(), settings).await
    }
}

async fn join(State(calls): State<Calls<Memory>>, request: IncomingUpgrade) -> Response {
    calls.open(request, Caller::default()).unwrap()
}

impl Gate for Memory {
    fn now(&self) -> UnixMillis {
        UnixMillis(1_763_798_400_000)
    }

    async fn authorize(&self, request: JoinRequest) -> Result<Pass, Refusal> {
        let refusal = Refusal::new(ErrorCode::LinkInvalid, "this link is not good");
        let Door::Link(link) = request.door else { return Err(refusal) };
        let (role, name) = link.split_once(':').ok_or(refusal)?;
        let role = if role == "stylist" { Role::Stylist } else { Role::Customer };
        // Somebody with a name that fills queues.
        let name = if name == "long" { "x".repeat(200_000) } else { name.to_owned() };
        Ok(Pass {
            call: CALL,
            subject: Subject(Uuid::from_u128(link.bytes().map(u128::from).sum())),
            role,
            name,
            may_be_captured: role == Role::Customer,
            closes_at: UnixMillis(u64::MAX),
        })
    }

    async fn record(&self, _: CallId, facts: Vec<CallFact>) -> Result<(), Refusal> {
        for fact in facts {
            match fact {
                CallFact::Seated(seat) => {
                    let mut last = self.last.lock().unwrap();
                    *last = seat.participant.0.max(*last);
                    self.seats.lock().unwrap().insert(seat.participant, seat);
                }
                CallFact::Vacated { participant, .. } => {
                    self.seats.lock().unwrap().remove(&participant);
                }
                CallFact::Live { since } => *self.live_since.lock().unwrap() = Some(since),
                CallFact::Locked { locked } => *self.locked.lock().unwrap() = locked,
                CallFact::Ended { .. } => self.seats.lock().unwrap().clear(),
            }
        }
        Ok(())
    }

    async fn begin_capture(&self, _: CallId, _: CaptureRequest) -> Result<(), Refusal> {
        Ok(())
    }

    async fn keep_key_frame(&self, _: CallId, _: CaptureId, _: KeyFrame) {}

    async fn keep_quality(&self, _: CallId, samples: Vec<QualitySample>) -> Result<(), Refusal> {
        self.quality.lock().unwrap().extend(samples);
        Ok(())
    }

    async fn restore(&self, _: CallId) -> Result<Restored, Refusal> {
        Ok(Restored {
            seats: self.seats.lock().unwrap().values().cloned().collect(),
            live_since: *self.live_since.lock().unwrap(),
            closes_at: None,
            locked: *self.locked.lock().unwrap(),
            last_participant: *self.last.lock().unwrap(),
            ..Restored::default()
        })
    }
}
