//! Compares Closeup with Janus under the same streams: see `script/bench media`.

use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::ensure;
use clap::Parser;
use tests::load::case::{CASES, Case};
use tests::load::clip::Clip;
use tests::load::clock;
use tests::load::first_picture::FirstPictures;
use tests::load::report::{Compared, Report, table};
use tests::load::run::{Contestant, Measured, Setting, run};

/// Below this share of the full rate a case says nothing any more.
const LEAST_RATE: f64 = 0.25;

#[derive(Parser)]
struct Flags {
    /// The server's binary
    #[arg(long)]
    closeup: PathBuf,
    /// The binary that serves media alone, for the cases with a crowd of viewers
    #[arg(long)]
    media_server: PathBuf,
    /// This machine's own address. Janus does not take 127.0.0.1
    #[arg(long)]
    address: IpAddr,
    /// Also write the results there, as JSON
    #[arg(long)]
    json: Option<PathBuf>,
    /// Only the cases whose names contain this
    #[arg(long, default_value = "")]
    case: String,
    /// Only this server
    #[arg(long, value_parser = ["closeup", "janus"])]
    only: Option<String>,
    /// How long each case is measured
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// Begin at this share of the full packet rate
    #[arg(long, default_value_t = 1.0)]
    rate: f64,
}

fn main() -> anyhow::Result<()> {
    let flags = Flags::parse();
    ensure!((LEAST_RATE..=1.0).contains(&flags.rate), "the rate goes from {LEAST_RATE} to 1");
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(bench(flags))
}

async fn bench(flags: Flags) -> anyhow::Result<()> {
    let setting = Setting {
        closeup: flags.closeup.clone(),
        media_server: flags.media_server.clone(),
        address: flags.address,
        clip: Arc::new(Clip::encode()?),
        time: Duration::from_secs(flags.seconds),
    };
    let mut cases = Vec::new();
    for case in CASES.iter().filter(|case| case.name.contains(&flags.case)) {
        cases.push(Compared::new(case, compare(&setting, &flags, case).await?));
    }
    let first_pictures = first_pictures(&setting, &flags).await?;
    if !cases.is_empty() {
        print!("{}", table(&cases));
    }
    first_pictures.iter().for_each(|first| print!("{}", first.line()));
    if let Some(path) = &flags.json {
        let report = Report {
            taken_at: clock::written(),
            processors: std::thread::available_parallelism()?.get(),
            seconds_per_case: setting.time.as_secs_f64(),
            cases,
            first_pictures,
        };
        std::fs::write(path, format!("{}\n", serde_json::to_string_pretty(&report)?))?;
    }
    Ok(())
}

/// How soon they come on our server: Janus has no waiting room.
async fn first_pictures(setting: &Setting, flags: &Flags) -> anyhow::Result<Option<FirstPictures>> {
    let is_ours = flags.only.as_deref().is_none_or(|only| only == "closeup");
    if !is_ours || !FirstPictures::NAME.contains(&flags.case) {
        return Ok(None);
    }
    eprintln!("measuring: {}", FirstPictures::NAME);
    FirstPictures::measure(setting).await.map(Some)
}

/// All servers at the highest rate that the generator can carry on each of them.
async fn compare(setting: &Setting, flags: &Flags, case: &Case) -> anyhow::Result<Vec<Measured>> {
    let is_asked = |name: &str| flags.only.as_deref().is_none_or(|only| only == name);
    let contestants = [("closeup", Contestant::Closeup), ("janus", Contestant::Janus)];
    let contestants: Vec<_> = contestants.into_iter().filter(|(name, _)| is_asked(name)).collect();
    let mut rate = flags.rate;
    let mut alone = Vec::new();
    loop {
        let mut measured = Vec::new();
        for (name, contestant) in &contestants {
            eprintln!("measuring: {} on {name}, at {:.0}% of the rate", case.name, rate * 100.0);
            measured.push(run(setting, *contestant, case, rate).await?);
        }
        let is_strained = measured.iter().any(Measured::is_strained);
        if !is_strained || rate / 2.0 < LEAST_RATE {
            return Ok(alone.into_iter().chain(measured).collect());
        }
        alone.extend(measured.into_iter().filter(|measured| !measured.is_strained()));
        rate /= 2.0;
    }
}
