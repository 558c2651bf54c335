//! A client that says what it is told to, well-formed or not, and waits for what it hopes to hear.

use crate::shop::Shop;
use futures_util::{SinkExt, StreamExt};
use serde_json::json;
use signaling::message::{ErrorCode, Joined, ServerMessage};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::{Bytes, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

const PATIENCE: Duration = Duration::from_secs(10);

pub(crate) struct Client {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl Client {
    pub(crate) async fn connect(shop: &Shop) -> Self {
        let url = format!("ws://{}/call", shop.address);
        Self { socket: tokio_tungstenite::connect_async(url).await.unwrap().0 }
    }

    /// Joins without media.
    pub(crate) async fn join(shop: &Shop, link: &str) -> (Self, Joined) {
        Self::resume(shop, link, None).await
    }

    pub(crate) async fn resume(shop: &Shop, link: &str, token: Option<&str>) -> (Self, Joined) {
        let mut client = Self::connect(shop).await;
        client.ask_to_join(link, token).await;
        let ServerMessage::Joined(joined) = client.next().await else { panic!("not joined") };
        (client, *joined)
    }

    pub(crate) async fn ask_to_join(&mut self, link: &str, token: Option<&str>) {
        let mut join =
            json!({"type": "join", "version": 1, "link": link, "audio": true, "video": true});
        if let Some(token) = token {
            join["resume"] = token.into();
        }
        self.say(&join.to_string()).await;
    }

    pub(crate) async fn say(&mut self, frame: &str) {
        // A socket that was closed meanwhile shows itself when it is read.
        let _ = self.socket.send(Message::text(frame)).await;
    }

    pub(crate) async fn say_bytes(&mut self, bytes: &'static [u8]) {
        let _ = self.socket.send(Message::Binary(Bytes::from_static(bytes))).await;
    }

    pub(crate) async fn next(&mut self) -> ServerMessage {
        match self.read().await {
            Message::Text(text) => serde_json::from_str(&text).unwrap(),
            other => panic!("expected a message, got {other:?}"),
        }
    }

    /// Reads on until somebody says what is hoped for.
    pub(crate) async fn hear(&mut self, hoped: impl Fn(&ServerMessage) -> bool) -> ServerMessage {
        loop {
            let message = self.next().await;
            if hoped(&message) {
                return message;
            }
        }
    }

    pub(crate) async fn error(&mut self) -> ErrorCode {
        let error = self.hear(|message| matches!(message, ServerMessage::Error { .. })).await;
        let ServerMessage::Error { code, .. } = error else { unreachable!() };
        code
    }

    /// Reads on until the socket is closed; its code.
    pub(crate) async fn close_code(&mut self) -> u16 {
        loop {
            if let Message::Close(frame) = self.read().await {
                return frame.map_or(1005, |frame| frame.code.into());
            }
        }
    }

    /// Reads on until the socket is gone, whether its last words arrive or are lost in a reset.
    pub(crate) async fn cut_off(&mut self) {
        loop {
            let read = tokio::time::timeout(PATIENCE, self.socket.next()).await;
            if let None | Some(Err(_) | Ok(Message::Close(_))) = read.expect("an end in time") {
                return;
            }
        }
    }

    async fn read(&mut self) -> Message {
        let read = tokio::time::timeout(PATIENCE, self.socket.next()).await;
        read.expect("something to read in time").expect("an open socket").unwrap()
    }
}
