//! Janus with its videoroom plugin, over its WebSocket transport: the server to compare with.
//!
//! A participant has a session of its own, one peer connection to publish on, and one on which it
//! receives everybody else.

use std::fs;
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, bail};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio::process::Command;
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use super::case::{Case, Place};
use super::client::{Client, Running};
use super::clock;
use super::process::Process;
use super::publishing::Broadcast;
use super::tally::Window;

const PATIENCE: Duration = Duration::from_secs(15);
/// Janus ends a session that was silent for a minute.
const KEEPALIVE: Duration = Duration::from_secs(20);

pub struct Janus {
    pub process: Process,
    address: IpAddr,
    at: SocketAddr,
    /// Of each room, who publishes.
    feeds: Vec<Vec<Value>>,
    sessions: Vec<JoinHandle<()>>,
    _folder: TempDir,
}

/// One who publishes already, and does not receive yet.
pub struct Joining {
    session: Session,
    place: Place,
    feed: Option<Value>,
}

impl Janus {
    pub async fn start(address: IpAddr, case: &Case) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let at = TcpListener::bind((address, 0))?.local_addr()?;
        configure(folder.path(), at)?;
        let mut command = Command::new("janus");
        command.arg("--configs-folder").arg(folder.path()).arg("--disable-colors");
        let process =
            Process::listening(command, &folder.path().join("log"), &at.to_string()).await?;
        let feeds = vec![Vec::new(); case.rooms];
        let mut server =
            Self { process, address, at, feeds, sessions: Vec::new(), _folder: folder };
        server.open_rooms(case).await?;
        Ok(server)
    }

    /// Brings a participant into its room, publishing if it does.
    pub async fn enter(
        &mut self,
        place: Place,
        broadcast: Option<Broadcast>,
        window: &Window,
    ) -> anyhow::Result<(Joining, Option<Running>)> {
        let mut session = Session::open(self.at).await?;
        let Some(broadcast) = broadcast else {
            return Ok((Joining { session, place, feed: None }, None));
        };
        let mut client = Client::new(self.address)?;
        client.publish(broadcast)?;
        let handle = session.attach().await?;
        let room = place.room + 1;
        let join = json!({ "request": "join", "ptype": "publisher", "room": room });
        let joined = session.ask(handle, join, None).await?;
        let feed = joined["plugindata"]["data"]["id"].clone();
        let offer = json!({ "type": "offer", "sdp": client.offer()? });
        let published = session.ask(handle, json!({ "request": "publish" }), Some(offer)).await?;
        client.accept(published["jsep"]["sdp"].as_str().context("an offer is answered")?)?;
        let running = client.run(window.clone());
        self.feeds[place.room].push(feed.clone());
        Ok((Joining { session, place, feed: Some(feed) }, Some(running)))
    }

    /// Lets a participant receive all others, once all publish.
    pub async fn subscribe(
        &mut self,
        joining: Joining,
        window: &Window,
    ) -> anyhow::Result<Option<Running>> {
        let Joining { mut session, place, feed } = joining;
        let others = self.feeds[place.room].iter().filter(|other| Some(*other) != feed.as_ref());
        let streams: Vec<_> = others.map(|feed| json!({ "feed": feed })).collect();
        if streams.is_empty() {
            self.sessions.push(tokio::spawn(session.keep()));
            return Ok(None);
        }
        let handle = session.attach().await?;
        let join = json!({ "request": "join", "ptype": "subscriber", "room": place.room + 1,
            "streams": streams });
        let attached = session.ask_until_there(handle, join).await?;
        let mut client = Client::new(self.address)?;
        let offer = attached["jsep"]["sdp"].as_str().context("a subscriber is offered")?;
        let answer = json!({ "type": "answer", "sdp": client.answer(offer)? });
        let running = client.run(window.clone());
        session.ask(handle, json!({ "request": "start" }), Some(answer)).await?;
        self.sessions.push(tokio::spawn(session.keep()));
        Ok(Some(running))
    }

    pub async fn stop(mut self) -> anyhow::Result<()> {
        self.sessions.iter().for_each(JoinHandle::abort);
        self.process.stop().await
    }

    async fn open_rooms(&mut self, case: &Case) -> anyhow::Result<()> {
        let mut session = Session::open(self.at).await?;
        let handle = session.attach().await?;
        for room in 1..=case.rooms {
            let create = json!({ "request": "create", "room": room, "publishers": case.publishers,
                "bitrate": 0, "audiocodec": "opus", "videocodec": "vp8" });
            session.ask(handle, create, None).await?;
        }
        self.sessions.push(tokio::spawn(session.keep()));
        Ok(())
    }
}

struct Session {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    id: Option<u64>,
    transactions: u64,
}

impl Session {
    async fn open(at: SocketAddr) -> anyhow::Result<Self> {
        let mut request = format!("ws://{at}").into_client_request()?;
        request.headers_mut().insert("sec-websocket-protocol", "janus-protocol".parse()?);
        let (stream, _) = connect_async(request).await?;
        let mut session = Self { stream, id: None, transactions: 0 };
        let created = session.request(json!({ "janus": "create" })).await?;
        session.id = Some(created["data"]["id"].as_u64().context("a session has a number")?);
        Ok(session)
    }

    async fn attach(&mut self) -> anyhow::Result<u64> {
        let attach = json!({ "janus": "attach", "plugin": "janus.plugin.videoroom" });
        self.request(attach).await?["data"]["id"].as_u64().context("a handle has a number")
    }

    async fn ask(
        &mut self,
        handle: u64,
        body: Value,
        jsep: Option<Value>,
    ) -> anyhow::Result<Value> {
        let mut message = json!({ "janus": "message", "handle_id": handle, "body": body });
        if let Some(jsep) = jsep {
            message["jsep"] = jsep;
        }
        let reply = self.request(message).await?;
        match reply["plugindata"]["data"]["error"].as_str() {
            Some(error) => bail!("Janus refuses {body}: {error}"),
            None => Ok(reply),
        }
    }

    /// A feed is there a moment after its publisher is connected.
    async fn ask_until_there(&mut self, handle: u64, body: Value) -> anyhow::Result<Value> {
        let begun = clock::now();
        loop {
            match self.ask(handle, body.clone(), None).await {
                Err(error)
                    if error.to_string().contains("No such feed") && begun.elapsed() < PATIENCE =>
                {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
                other => return other,
            }
        }
    }

    /// Sends a request and waits for what comes of it: first an acknowledgement, then the event.
    async fn request(&mut self, mut request: Value) -> anyhow::Result<Value> {
        self.transactions += 1;
        let transaction = self.transactions.to_string();
        request["transaction"] = json!(transaction);
        if let Some(id) = self.id {
            request["session_id"] = json!(id);
        }
        self.stream.send(Message::text(request.to_string())).await?;
        let reply = async {
            while let Some(message) = self.stream.next().await {
                let Message::Text(text) = message? else { continue };
                let reply: Value = serde_json::from_str(&text)?;
                if reply["transaction"] != json!(transaction) || reply["janus"] == "ack" {
                    continue;
                }
                if reply["janus"] == "error" {
                    bail!("Janus refuses {request}: {}", reply["error"]["reason"]);
                }
                return Ok(reply);
            }
            bail!("Janus closed the socket");
        };
        tokio::time::timeout(PATIENCE, reply).await.context("Janus does not answer")?
    }

    /// Reads what the server says, and keeps the session.
    async fn keep(mut self) {
        let mut keepalive = tokio::time::interval(KEEPALIVE);
        loop {
            tokio::select! {
                message = self.stream.next() => if !matches!(message, Some(Ok(_))) { return },
                _ = keepalive.tick() => {
                    let alive = json!({ "janus": "keepalive", "session_id": self.id,
                        "transaction": "keepalive" });
                    if self.stream.send(Message::text(alive.to_string())).await.is_err() {
                        return;
                    }
                }
            }
        }
    }
}

/// As Debian configures it, but for: no other plugins and transports, our port, and ICE-lite as
/// for a server with a public address, which ours is as well.
fn configure(folder: &Path, at: SocketAddr) -> anyhow::Result<()> {
    let main = r#"
general: { debug_level = 2 }
nat: { ice_lite = true, ice_ignore_list = "vmnet" }
plugins: { disable = "libjanus_audiobridge.so,libjanus_duktape.so,libjanus_echotest.so,libjanus_lua.so,libjanus_nosip.so,libjanus_recordplay.so,libjanus_sip.so,libjanus_streaming.so,libjanus_textroom.so,libjanus_videocall.so,libjanus_voicemail.so" }
transports: { disable = "libjanus_http.so,libjanus_mqtt.so,libjanus_nanomsg.so,libjanus_pfunix.so,libjanus_rabbitmq.so" }
"#;
    let sockets = format!(
        "general: {{ json = \"compact\", ws = true, ws_port = {}, ws_ip = \"{}\" }}\n",
        at.port(),
        at.ip()
    );
    fs::write(folder.join("janus.jcfg"), main)?;
    fs::write(folder.join("janus.transport.websockets.jcfg"), sockets)?;
    fs::write(folder.join("janus.plugin.videoroom.jcfg"), "general: {}\n")?;
    Ok(())
}
