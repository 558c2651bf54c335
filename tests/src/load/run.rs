//! One case on one server: everybody comes in, streams for a while, and is asked what arrived.

use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::Serialize;

use super::bare::Bare;
use super::case::{Case, Place};
use super::client::Running;
use super::clip::Clip;
use super::clock;
use super::closeup::Closeup;
use super::janus::Janus;
use super::process::{self, Process, Usage};
use super::publishing::Broadcast;
use super::stamp::Media;
use super::tally::{Tally, Window};

/// Until every stream flows, and the servers' first allocations are over.
const WARM_UP: Duration = Duration::from_secs(3);
/// After that, until as much arrives as ever will: a server that estimates what each way can carry
/// sends more and more at first. For so long at most, and until so many seconds brought no more.
const LONGEST_WARM_UP: Duration = Duration::from_secs(60);
const STEADY_SECONDS: u32 = 4;
/// What counts as more.
const GROWTH: f64 = 1.01;
/// For what is still on its way when the window closes.
const AFTERGLOW: Duration = Duration::from_millis(500);
/// Frames sent later than this, for more than one in a hundred, say that the generator had too
/// little processor time for what it should send.
const TOO_LATE: Duration = Duration::from_millis(20);

pub struct Setting {
    pub closeup: PathBuf,
    pub media_server: PathBuf,
    /// The machine's own address, for both servers.
    pub address: IpAddr,
    pub clip: Arc<Clip>,
    pub time: Duration,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Contestant {
    Closeup,
    Janus,
}

/// What came of it. Times are in the units that their names say.
#[derive(Debug, Clone, Serialize)]
pub struct Measured {
    pub server: Contestant,
    /// `closeup serve`, the bare media server, or Janus.
    pub program: &'static str,
    /// The share of the full packet rate at which the publishers sent.
    pub rate: f64,
    pub packets_forwarded: u64,
    pub packets_per_second: f64,
    pub processor_us_per_packet: f64,
    /// Percent of one core.
    pub processor_percent: f64,
    pub processor_percent_per_participant: f64,
    pub memory_kb_per_participant: f64,
    pub video_delivered: f64,
    /// Of the audio streams that the server forwards at all.
    pub audio_delivered: f64,
    pub audio_streams: usize,
    pub longest_video_gap_ms: f64,
    pub delay_median_ms: f64,
    pub delay_p99_ms: f64,
    pub key_frame_requests: u64,
    pub generator: Generator,
}

/// How the generator fared: whether the figures above can be trusted.
#[derive(Debug, Clone, Serialize)]
pub struct Generator {
    pub processor_percent: f64,
    pub frame_lateness_p99_ms: f64,
    /// Of all cores together, while it was measured.
    pub machine_idle_percent: f64,
}

impl Measured {
    pub fn is_strained(&self) -> bool {
        self.generator.frame_lateness_p99_ms > TOO_LATE.as_secs_f64() * 1000.0
    }
}

/// Runs the case. Each run has a server process of its own.
pub async fn run(
    setting: &Setting,
    contestant: Contestant,
    case: &Case,
    rate: f64,
) -> anyhow::Result<Measured> {
    let window = Window::default();
    let mut server = Server::start(setting, contestant, case).await?;
    tokio::time::sleep(Duration::from_millis(500)).await;
    let empty = server.process().usage()?;
    let mut clients = server.fill(setting, case, rate, &window).await?;
    for client in &mut clients {
        client.connected().await?;
    }
    warm_up(&window).await;
    let before = Sample::take(server.process())?;
    window.open(clock::wall());
    tokio::time::sleep(setting.time).await;
    window.close(clock::wall());
    let after = Sample::take(server.process())?;
    tokio::time::sleep(AFTERGLOW).await;
    let mut tallies = Vec::new();
    for client in clients {
        tallies.push(client.stop().await?);
    }
    let program = server.program();
    server.stop().await?;
    Ok(conclude(contestant, program, case, rate, empty, [before, after], &tallies))
}

async fn warm_up(window: &Window) {
    tokio::time::sleep(WARM_UP).await;
    let (begin, mut before) = (clock::now(), window.arrived());
    let (mut most, mut steady) = (0.0, 0);
    while steady < STEADY_SECONDS && begin.elapsed() < LONGEST_WARM_UP {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let arrived = window.arrived();
        let grew = (arrived - before) as f64 > most * GROWTH;
        (most, steady) = if grew { ((arrived - before) as f64, 0) } else { (most, steady + 1) };
        before = arrived;
    }
}

enum Server {
    Closeup(Closeup),
    Bare(Bare),
    Janus(Janus),
}

impl Server {
    async fn start(setting: &Setting, contestant: Contestant, case: &Case) -> anyhow::Result<Self> {
        let address = setting.address;
        Ok(match contestant {
            Contestant::Janus => Self::Janus(Janus::start(address, case).await?),
            Contestant::Closeup if !case.is_call() => {
                Self::Bare(Bare::start(&setting.media_server, address, case).await?)
            }
            Contestant::Closeup => {
                Self::Closeup(Closeup::start(&setting.closeup, address, case).await?)
            }
        })
    }

    fn program(&self) -> &'static str {
        match self {
            Self::Closeup(_) => "closeup serve",
            Self::Bare(_) => "media-server",
            Self::Janus(_) => "janus",
        }
    }

    fn process(&self) -> &Process {
        match self {
            Self::Closeup(server) => &server.process,
            Self::Bare(server) => &server.process,
            Self::Janus(server) => &server.process,
        }
    }

    async fn fill(
        &mut self,
        setting: &Setting,
        case: &Case,
        rate: f64,
        window: &Window,
    ) -> anyhow::Result<Vec<Running>> {
        let broadcast = |place: Place| {
            place.publishes.then(|| Broadcast {
                clip: setting.clip.clone(),
                publisher: place.number(case),
                rate,
                audio_level: place.audio_level(),
            })
        };
        let mut clients = Vec::new();
        match self {
            Self::Closeup(server) => {
                for place in case.places() {
                    clients.push(server.join(case, place, broadcast(place), window).await?);
                }
            }
            Self::Bare(server) => {
                for place in case.places() {
                    clients.push(server.join(case, place, broadcast(place), window).await?);
                }
            }
            Self::Janus(server) => {
                let mut joining = Vec::new();
                for place in case.places() {
                    let (entered, client) = server.enter(place, broadcast(place), window).await?;
                    joining.push(entered);
                    clients.extend(client);
                }
                for client in &mut clients {
                    client.connected().await?;
                }
                for entered in joining {
                    clients.extend(server.subscribe(entered, window).await?);
                }
            }
        }
        Ok(clients)
    }

    async fn stop(self) -> anyhow::Result<()> {
        match self {
            Self::Closeup(server) => server.stop().await,
            Self::Bare(server) => server.stop().await,
            Self::Janus(server) => server.stop().await,
        }
    }
}

struct Sample {
    at: Instant,
    server: Usage,
    generator: Usage,
    idle: f64,
}

impl Sample {
    fn take(server: &Process) -> anyhow::Result<Self> {
        Ok(Self {
            at: clock::now(),
            server: server.usage()?,
            generator: Usage::of_this_process()?,
            idle: process::idle()?,
        })
    }
}

fn conclude(
    server: Contestant,
    program: &'static str,
    case: &Case,
    rate: f64,
    empty: Usage,
    [before, after]: [Sample; 2],
    tallies: &[Tally],
) -> Measured {
    let seconds = (after.at - before.at).as_secs_f64();
    let percent = |before: Usage, after: Usage| {
        (after.processor - before.processor).as_secs_f64() / seconds * 100.0
    };
    let processor_percent = percent(before.server, after.server);
    let received = |media| tallies.iter().map(|tally| tally.received(media)).sum::<u64>();
    let (audio, video) = (received(Media::Audio), received(Media::Video));
    let sent = |media: Media| tallies.iter().map(|tally| tally.sent[media as usize]).sum::<u64>();
    let video_expected = sent(Media::Video) * (case.members() as u64 - 1);
    let audio_streams = streams(tallies, Media::Audio).count();
    // All publishers send as much audio as each other.
    let publishers = (case.rooms * case.publishers) as f64;
    let audio_expected = sent(Media::Audio) as f64 / publishers * audio_streams as f64;
    let mut delays: Vec<u32> = tallies.iter().flat_map(|tally| &tally.delays).copied().collect();
    let mut lateness: Vec<Duration> =
        tallies.iter().flat_map(|tally| &tally.lateness).copied().collect();
    let gaps = streams(tallies, Media::Video).map(|stream| stream.longest_gap);
    let participants = case.participants() as f64;
    let packets = audio + video;
    let milliseconds = |time: Duration| time.as_secs_f64() * 1000.0;
    Measured {
        server,
        program,
        rate,
        packets_forwarded: packets,
        packets_per_second: packets as f64 / seconds,
        processor_us_per_packet: processor_percent * 1e4 * seconds / packets.max(1) as f64,
        processor_percent,
        processor_percent_per_participant: processor_percent / participants,
        memory_kb_per_participant: after.server.memory.saturating_sub(empty.memory) as f64
            / 1000.0
            / participants,
        video_delivered: video as f64 / video_expected.max(1) as f64,
        audio_delivered: audio as f64 / audio_expected.max(1.0),
        audio_streams,
        longest_video_gap_ms: milliseconds(gaps.max().unwrap_or_default()),
        delay_median_ms: f64::from(quantile(&mut delays, 0.5)) / 1000.0,
        delay_p99_ms: f64::from(quantile(&mut delays, 0.99)) / 1000.0,
        key_frame_requests: tallies.iter().map(|tally| tally.key_frame_requests).sum(),
        generator: Generator {
            processor_percent: percent(before.generator, after.generator),
            frame_lateness_p99_ms: milliseconds(quantile(&mut lateness, 0.99)),
            machine_idle_percent: (after.idle - before.idle) / seconds / processors() * 100.0,
        },
    }
}

fn streams(tallies: &[Tally], media: Media) -> impl Iterator<Item = &super::tally::Stream> {
    let all = tallies.iter().flat_map(|tally| &tally.streams);
    all.filter(move |((_, kind), _)| *kind == media as u8).map(|(_, stream)| stream)
}

fn processors() -> f64 {
    std::thread::available_parallelism().map_or(1.0, |count| count.get() as f64)
}

pub(super) fn quantile<T: Ord + Copy + Default>(values: &mut [T], share: f64) -> T {
    if values.is_empty() {
        return T::default();
    }
    let at = ((values.len() - 1) as f64 * share) as usize;
    *values.select_nth_unstable(at).1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantile_is_a_value_that_was_measured() {
        let mut values = vec![5, 1, 4, 2, 3];
        assert_eq!(quantile(&mut values, 0.5), 3);
        assert_eq!(quantile(&mut values, 0.99), 4);
        assert_eq!(quantile::<u32>(&mut [], 0.5), 0);
    }
}
