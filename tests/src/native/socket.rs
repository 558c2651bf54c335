//! The signaling socket of a native participant, or of somebody hostile.

use std::time::Duration;

use futures_util::SinkExt;
use serde_json::{Value, json};
use yawc::{Frame, HttpRequest, OpCode, Options, TcpWebSocket, WebSocket};

use crate::persona::Persona;

const PATIENCE: Duration = Duration::from_secs(10);

pub struct Socket {
    stream: TcpWebSocket,
}

/// How a socket ended, as far as the server said.
#[derive(Debug, PartialEq, Eq)]
pub struct Closed {
    pub code: Option<u16>,
}

impl Socket {
    /// Opens the socket of `persona`, with the session cookie if there is one.
    pub async fn open(persona: &Persona) -> Self {
        Self::try_open(persona, &[]).await.unwrap()
    }

    /// With further headers; the error tells what the server answered to the upgrade. Compresses, as
    /// browsers do.
    pub async fn try_open(persona: &Persona, headers: &[(&str, &str)]) -> yawc::Result<Self> {
        let url = format!("{}/api/v1/call", persona.base().replacen("http", "ws", 1));
        let cookie = persona.cookie().map(|cookie| ("cookie", cookie));
        let request = HttpRequest::builder();
        let request = headers
            .iter()
            .copied()
            .chain(cookie)
            .fold(request, |request, (name, value)| request.header(name, value));
        let socket = WebSocket::connect(url.parse().unwrap())
            .with_options(Options::default().with_balanced_compression())
            .with_request(request);
        Ok(Self { stream: socket.await? })
    }

    /// A customer's first message.
    pub async fn join_by_link(&mut self, token: &str, more: Value) {
        self.join(json!({ "link": token }), more).await;
    }

    /// A staff member's first message.
    pub async fn join_appointment(&mut self, appointment: &str, more: Value) {
        self.join(json!({ "appointment": appointment }), more).await;
    }

    async fn join(&mut self, door: Value, more: Value) {
        let mut join = json!({ "type": "join", "version": 1, "audio": true, "video": true });
        for part in [door, more] {
            for (name, value) in part.as_object().unwrap() {
                join[name] = value.clone();
            }
        }
        self.send(&join).await;
    }

    pub async fn send(&mut self, message: &Value) {
        self.send_text(&message.to_string()).await;
    }

    /// Whatever text, well formed or not.
    pub async fn send_text(&mut self, text: &str) {
        // A socket that the server has just closed is for the next read to tell.
        let _ = self.stream.send(Frame::text(text.to_owned())).await;
    }

    pub async fn send_bytes(&mut self, bytes: Vec<u8>) {
        let _ = self.stream.send(Frame::binary(bytes)).await;
    }

    /// The next message, or how the socket ended.
    pub async fn next(&mut self) -> Result<Value, Closed> {
        let next = tokio::time::timeout(PATIENCE, self.read());
        next.await.expect("the server says something")
    }

    async fn read(&mut self) -> Result<Value, Closed> {
        while let Ok(frame) = self.stream.next_frame().await {
            match frame.opcode() {
                OpCode::Text => return Ok(serde_json::from_slice(frame.payload()).unwrap()),
                OpCode::Close => {
                    return Err(Closed { code: frame.close_code().map(u16::from) });
                }
                _ => {}
            }
        }
        Err(Closed { code: None })
    }

    /// The next message of this type; others on the way are passed over.
    pub async fn expect(&mut self, kind: &str) -> Value {
        loop {
            match self.next().await {
                Ok(message) if message["type"] == kind => return message,
                Ok(_) => {}
                Err(closed) => panic!("waiting for `{kind}`, the socket ended: {closed:?}"),
            }
        }
    }

    /// Reads on until the server closes.
    pub async fn closed(&mut self) -> Closed {
        loop {
            if let Err(closed) = self.next().await {
                return closed;
            }
        }
    }
}
