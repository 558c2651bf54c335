//! Reads server-sent events as a browser's `EventSource` does.

use std::time::Duration;

use serde_json::Value;

use crate::persona::Persona;

/// A story does not wait longer than this for what should come.
const PATIENCE: Duration = Duration::from_secs(10);

pub struct Events {
    response: reqwest::Response,
    received: Vec<u8>,
}

#[derive(Debug, Default)]
pub struct Event {
    pub id: String,
    pub kind: String,
    pub data: Value,
}

impl Events {
    pub async fn open(persona: &Persona, path: &str) -> Self {
        Self::send(persona.request(http::Method::GET, path)).await
    }

    /// As a browser comes back after it lost the stream.
    pub async fn resume(persona: &Persona, path: &str, last_seen: &str) -> Self {
        let request = persona.request(http::Method::GET, path);
        Self::send(request.header("last-event-id", last_seen)).await
    }

    async fn send(request: reqwest::RequestBuilder) -> Self {
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200);
        let content_type = response.headers()["content-type"].to_str().unwrap();
        assert!(content_type.starts_with("text/event-stream"), "{content_type}");
        Self { response, received: Vec::new() }
    }

    /// The next event; comments are skipped.
    pub async fn next(&mut self) -> Event {
        tokio::time::timeout(PATIENCE, self.read()).await.expect("an event comes in time")
    }

    /// Whether the server ends the stream in time.
    pub async fn ended(&mut self) -> bool {
        let rest = async { while let Ok(Some(_)) = self.response.chunk().await {} };
        tokio::time::timeout(PATIENCE, rest).await.is_ok()
    }

    async fn read(&mut self) -> Event {
        loop {
            let end = self.received.windows(2).position(|pair| pair == b"\n\n");
            if let Some(end) = end {
                let block: Vec<u8> = self.received.drain(..end + 2).collect();
                if let Some(event) = parse(std::str::from_utf8(&block).unwrap()) {
                    return event;
                }
                continue;
            }
            let piece = self.response.chunk().await.unwrap().expect("the stream goes on");
            self.received.extend_from_slice(&piece);
        }
    }
}

fn parse(block: &str) -> Option<Event> {
    let mut event = Event::default();
    let mut data = String::new();
    for (field, value) in block.lines().filter_map(|line| line.split_once(':')) {
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "id" => event.id = value.to_owned(),
            "event" => event.kind = value.to_owned(),
            "data" => data.push_str(value),
            _ => {}
        }
    }
    event.data = serde_json::from_str(&data).ok()?;
    Some(event)
}
