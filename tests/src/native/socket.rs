//! The signaling socket of a native participant, or of somebody hostile.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::persona::Persona;

const PATIENCE: Duration = Duration::from_secs(10);

pub struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
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

    /// With further headers; the error tells what the server answered to the upgrade.
    pub async fn try_open(persona: &Persona, headers: &[(&str, &str)]) -> Result<Self, Error> {
        let url = format!("{}/api/v1/call", persona.base().replacen("http", "ws", 1));
        let mut request = url.into_client_request()?;
        let cookie = persona.cookie().map(|cookie| ("cookie", cookie));
        for (name, value) in headers.iter().copied().chain(cookie) {
            let name = http::HeaderName::from_bytes(name.as_bytes()).unwrap();
            request.headers_mut().insert(name, value.parse().unwrap());
        }
        let (stream, _) = connect_async(request).await?;
        Ok(Self { stream })
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
        let _ = self.stream.send(Message::text(text)).await;
    }

    pub async fn send_bytes(&mut self, bytes: Vec<u8>) {
        let _ = self.stream.send(Message::binary(bytes)).await;
    }

    /// The next message, or how the socket ended.
    pub async fn next(&mut self) -> Result<Value, Closed> {
        let next = tokio::time::timeout(PATIENCE, self.read());
        next.await.expect("the server says something")
    }

    async fn read(&mut self) -> Result<Value, Closed> {
        while let Some(Ok(message)) = self.stream.next().await {
            match message {
                Message::Text(text) => return Ok(serde_json::from_str(&text).unwrap()),
                Message::Close(frame) => {
                    return Err(Closed { code: frame.map(|frame| frame.code.into()) });
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
