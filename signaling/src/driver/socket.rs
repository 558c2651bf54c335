//! One WebSocket: reads, parses and limits what the client says, answers what needs no call, and
//! writes what the call has to say. Lives no longer than the client is heard.

use super::clock::Clock;
use super::frames::Frames;
use super::outlet::{Inlet, Outgoing, Outlet, outlet};
use super::task::{Command, error, refused};
use super::{Calls, token};
use crate::core::{Budget, Joining, SocketId, Verdict};
use crate::gate::{Caller, Gate, JoinRequest, Pass, Refusal};
use crate::message::{ClientMessage, CloseCode, ErrorCode, Join, ServerMessage, VERSION, parse};
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout, timeout_at};
use yawc::{Frame, OpCode};

/// How long a client's network may take for one message, or for a farewell.
const WRITE_WITHIN: Duration = Duration::from_secs(10);
const FAREWELL_WITHIN: Duration = Duration::from_secs(1);

pub(super) async fn serve<G: Gate>(calls: &Calls<G>, socket: Frames, caller: Caller) {
    let id = SocketId(calls.shared.last_socket.fetch_add(1, Ordering::Relaxed) + 1);
    let (sink, stream) = socket.split();
    let (outlet, inlet) = outlet();
    let clock = Clock::start(calls.shared.gate.now());
    let reader = Reader {
        calls: calls.clone(),
        id,
        caller,
        outlet: outlet.clone(),
        clock,
        messages: Budget::of_messages(clock.now()),
        malformed: Budget::of_malformed(clock.now()),
        warned: false,
        call: None,
    };
    converse(reader, stream, sink, inlet).await;
}

/// Reads and writes until either is over; then says good-bye and tells the call.
async fn converse<G: Gate>(
    mut reader: Reader<G>,
    mut stream: SplitStream<Frames>,
    sink: SplitSink<Frames, Frame>,
    inlet: Inlet,
) {
    let mut writer = std::pin::pin!(write(sink, inlet));
    let ended = tokio::select! {
        ended = reader.read(&mut stream) => Some(ended),
        () = &mut writer => None,
    };
    if let Some(call) = reader.call.take() {
        let _ = call.send(Command::Closed { socket: reader.id }).await;
    }
    if let Some(Err(code)) = ended {
        reader.outlet.close(code);
        let _ = timeout(FAREWELL_WITHIN, writer).await;
    }
    // Closing a socket with unread bytes resets it, and the client would never read the code.
    let _ =
        timeout(FAREWELL_WITHIN, async { while let Some(Ok(_)) = stream.next().await {} }).await;
}

/// Writes what comes, until a closing has been written or the client no longer reads.
async fn write(mut sink: SplitSink<Frames, Frame>, mut inlet: Inlet) {
    let code = loop {
        let outgoing = tokio::select! {
            biased;
            _ = inlet.cut.wait_for(|cut| *cut) => break CloseCode::SlowReader,
            outgoing = inlet.queue.recv() => outgoing,
        };
        match outgoing {
            Some(Outgoing::Message(text)) => {
                let sent = tokio::select! {
                    sent = timeout(WRITE_WITHIN, sink.send(Frame::text(text))) => sent,
                    _ = inlet.cut.wait_for(|cut| *cut) => break CloseCode::SlowReader,
                };
                match sent {
                    Ok(Ok(())) => {}
                    Ok(Err(_)) => return,
                    Err(_) => break CloseCode::SlowReader,
                }
            }
            Some(Outgoing::Close(code)) => break code,
            None => return,
        }
    };
    let farewell = Frame::close(code.number().into(), code.name());
    let _ = timeout(FAREWELL_WITHIN, sink.send(farewell)).await;
}

struct Reader<G> {
    calls: Calls<G>,
    id: SocketId,
    caller: Caller,
    outlet: Outlet,
    clock: Clock,
    messages: Budget,
    malformed: Budget,
    /// Was `rate_limited` said, and is still so?
    warned: bool,
    /// Where what is said goes, once joined.
    call: Option<mpsc::Sender<Command>>,
}

/// `Ok`: the client went. `Err`: it is to be closed with this code.
type Ended = Result<(), CloseCode>;

impl<G: Gate> Reader<G> {
    async fn read(&mut self, stream: &mut SplitStream<Frames>) -> Ended {
        let join_by = Instant::now() + self.calls.shared.settings.join_within;
        let silence = self.calls.shared.settings.silence;
        loop {
            let frame = match &self.call {
                None => timeout_at(join_by, stream.next()).await.map_err(|_| self.too_late())?,
                Some(_) => timeout(silence, stream.next()).await.map_err(|_| CloseCode::Silent)?,
            };
            let frame = match frame {
                Some(Ok(frame)) => frame,
                Some(Err(error)) => {
                    tracing::debug!(%error, "a socket could not be read");
                    return Ok(());
                }
                None => return Ok(()),
            };
            match (frame.opcode(), std::str::from_utf8(frame.payload())) {
                (OpCode::Text, Ok(text)) => self.text(text).await?,
                (OpCode::Text, Err(_)) => {
                    self.not_a_message(ErrorCode::Malformed, "text is UTF-8", None)?
                }
                (OpCode::Binary | OpCode::Continuation, _) => {
                    self.not_a_message(ErrorCode::Malformed, "messages are text frames", None)?
                }
                (OpCode::Ping | OpCode::Pong, _) => self.afford(None).map(|_| ())?,
                (OpCode::Close, _) => return Ok(()),
            }
        }
    }

    async fn text(&mut self, text: &str) -> Ended {
        match parse(text) {
            Ok((seq, message)) => {
                if self.afford(seq)? {
                    self.message(seq, message).await?;
                }
                Ok(())
            }
            Err(error) => self.not_a_message(error.code, &error.message, error.re),
        }
    }

    async fn message(&mut self, seq: Option<u32>, message: ClientMessage) -> Ended {
        let socket = self.id;
        match (message, &self.call) {
            (ClientMessage::Ping {}, _) => {
                self.outlet.send(&ServerMessage::Pong {});
                Ok(())
            }
            (ClientMessage::Join(join), None) => self.join(seq, join).await,
            (ClientMessage::Join(_), Some(_)) => {
                let words = "this socket has joined before";
                self.not_a_message(ErrorCode::AlreadyJoined, words, seq)
            }
            (_, None) => self.not_a_message(ErrorCode::NotJoined, "the first message is join", seq),
            (message, Some(call)) => {
                let command = Command::Message { socket, seq, message };
                call.send(command).await.map_err(|_| CloseCode::Internal)
            }
        }
    }

    async fn join(&mut self, seq: Option<u32>, join: Join) -> Ended {
        if join.version != VERSION {
            let words = format!("this server speaks version {VERSION}");
            self.error(ErrorCode::UnsupportedVersion, &words, seq);
            return Err(CloseCode::Refused);
        }
        let Some(door) = join.door() else {
            let words = "name exactly one of link and appointment";
            return self.not_a_message(ErrorCode::Malformed, words, seq);
        };
        let request = JoinRequest { caller: self.caller, door };
        match self.calls.shared.gate.authorize(request).await {
            Ok(pass) => self.enter(seq, join, pass).await,
            Err(refusal) => self.refuse(&refusal, seq),
        }
    }

    async fn enter(&mut self, seq: Option<u32>, join: Join, pass: Pass) -> Ended {
        let Some(fresh) = token::fresh() else { return Err(CloseCode::Internal) };
        let call = pass.call;
        let joining = Joining {
            socket: self.id,
            seq,
            pass,
            resume: join.resume.map(|text| token::from_text(text.into_string())),
            fresh,
            offer: join.offer.map(|offer| offer.into_string()),
            audio: join.audio,
            video: join.video,
        };
        let command = Command::Join { joining: Box::new(joining), outlet: self.outlet.clone() };
        match self.calls.enter(call, command).await {
            Ok(sender) => {
                self.call = Some(sender);
                Ok(())
            }
            Err(_) => {
                self.error(ErrorCode::ServerRestarting, "come back in a moment", seq);
                Err(CloseCode::ServerRestarting)
            }
        }
    }

    fn refuse(&self, refusal: &Refusal, seq: Option<u32>) -> Ended {
        self.outlet.send(&error(refusal, seq));
        Err(refused(refusal))
    }

    /// May this message be heeded? One too many is answered with an error, a flood is closed.
    fn afford(&mut self, seq: Option<u32>) -> Result<bool, CloseCode> {
        match self.messages.spend(self.clock.now()) {
            Verdict::Fine => {
                self.warned = false;
                Ok(true)
            }
            // Said once, or the answers would be a flood too.
            Verdict::TooMuch if self.warned => Ok(false),
            Verdict::TooMuch => {
                self.warned = true;
                self.error(ErrorCode::RateLimited, "too many messages", seq);
                Ok(false)
            }
            Verdict::Close => Err(CloseCode::RateLimited),
        }
    }

    fn not_a_message(&mut self, code: ErrorCode, words: &str, re: Option<u32>) -> Ended {
        self.error(code, words, re);
        match self.malformed.spend(self.clock.now()) {
            Verdict::Fine => Ok(()),
            Verdict::TooMuch | Verdict::Close => Err(CloseCode::Malformed),
        }
    }

    fn too_late(&self) -> CloseCode {
        self.error(ErrorCode::Timeout, "no join came in time", None);
        CloseCode::JoinTimeout
    }

    fn error(&self, code: ErrorCode, message: &str, re: Option<u32>) {
        self.outlet.send(&ServerMessage::Error { code, message: message.to_owned(), re });
    }
}
