//! The media server alone, for rooms that no call of ours is, as one publisher and a crowd. The same
//! `sfu::driver` in a small binary (`media-server`), asked over TCP with one line of JSON each.

use std::net::IpAddr;
use std::path::Path;

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::Command;

use super::case::{Case, Place};
use super::client::{Client, Running};
use super::process::Process;
use super::publishing::Broadcast;
use super::tally::Window;

/// What the server is asked: to take a participant into a room, and into its call at once.
#[derive(Debug, Serialize, Deserialize)]
pub struct Join {
    pub room: usize,
    pub participant: u64,
    pub offer: String,
}

/// What it says to that.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Joined {
    Answer(String),
    Refused(String),
}

pub struct Bare {
    pub process: Process,
    address: IpAddr,
    stream: BufReader<TcpStream>,
    _log: TempDir,
}

impl Bare {
    pub async fn start(binary: &Path, address: IpAddr, case: &Case) -> anyhow::Result<Self> {
        let log = tempfile::tempdir()?;
        let mut command = Command::new(binary);
        command.arg(address.to_string()).arg(case.members().to_string());
        let (process, at) = Process::telling(command, &log.path().join("log")).await?;
        let stream = BufReader::new(TcpStream::connect(at).await?);
        Ok(Self { process, address, stream, _log: log })
    }

    pub async fn join(
        &mut self,
        case: &Case,
        place: Place,
        broadcast: Option<Broadcast>,
        window: &Window,
    ) -> anyhow::Result<Running> {
        let mut client = Client::prepared(self.address, place.sources(case), broadcast)?;
        let (room, participant) = (place.room, u64::from(place.number(case)) + 1);
        let answer = self.ask(&Join { room, participant, offer: client.offer()? }).await?;
        client.accept(&answer)?;
        Ok(client.run(window.clone()))
    }

    pub async fn stop(mut self) -> anyhow::Result<()> {
        self.process.stop().await
    }

    async fn ask(&mut self, join: &Join) -> anyhow::Result<String> {
        let line = format!("{}\n", serde_json::to_string(join)?);
        self.stream.get_mut().write_all(line.as_bytes()).await?;
        let mut reply = String::new();
        self.stream.read_line(&mut reply).await?;
        match serde_json::from_str(&reply).context("the media server ended")? {
            Joined::Answer(answer) => Ok(answer),
            Joined::Refused(reason) => bail!("the media server refuses: {reason}"),
        }
    }
}
