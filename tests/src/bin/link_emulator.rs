//! Puts a bad network between this network namespace and another one: a TUN device in each, and a
//! [`Direction`](tests::link::Direction) each way.
//!
//! ```text
//! link_emulator PID NEAR FAR SEED      (link_emulator 4711 10.77.0.1 10.77.0.2 1)
//! ```
//!
//! The far end stands in the namespace of the process PID. Once both ends are up it prints `ready`.
//! Lines on standard input change it at once: `up`, `down` or `both`, then settings as in
//! [`Shape::change`](tests::link::Shape::change); `up` is towards this namespace. Each is answered
//! with `ok` or `error` and why; `counters` with both directions' counters. It ends with its input.
#![allow(clippy::unwrap_used, reason = "a program for tests: an early end says why")]

use std::io::{BufRead, ErrorKind};
use std::process::Command;
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use tappers::{Interface, Tun};
use tests::link::Direction;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [pid, near_address, far_address, seed] = arguments.as_slice() else {
        anyhow::bail!("usage: link_emulator PID NEAR FAR SEED");
    };
    let seed: u64 = seed.parse()?;
    let near = Arc::new(device("closeup-near")?);
    let far = Arc::new(device("closeup-far")?);
    run("ip", &["link", "set", "closeup-far", "netns", pid])?;
    bring_up(&[], "closeup-near", near_address, far_address)?;
    let there = ["nsenter", "--target", pid, "--net", "--"];
    bring_up(&there, "closeup-far", far_address, near_address)?;

    let up = Arc::new(Way::new(seed));
    let down = Arc::new(Way::new(seed ^ u64::MAX));
    let started = now();
    carry(&far, &up, &near, started);
    carry(&near, &down, &far, started);
    println!("ready");
    for line in std::io::stdin().lock().lines() {
        println!("{}", obey(&line?, &up, &down));
    }
    Ok(())
}

/// A direction, and who waits for its next packet.
struct Way {
    direction: Mutex<Direction>,
    offered: Condvar,
}

impl Way {
    fn new(seed: u64) -> Self {
        Self { direction: Mutex::new(Direction::new(seed)), offered: Condvar::new() }
    }
}

fn obey(line: &str, up: &Way, down: &Way) -> String {
    let (word, settings) = line.trim().split_once(' ').unwrap_or((line.trim(), ""));
    let ways: &[&Way] = match word {
        "up" => &[up],
        "down" => &[down],
        "both" => &[up, down],
        "counters" => {
            let of = |way: &Way| way.direction.lock().unwrap().counters();
            return format!("ok up {:?} down {:?}", of(up), of(down));
        }
        _ => return format!("error: `{word}` is none of up, down, both, counters"),
    };
    for way in ways {
        if let Err(error) = way.direction.lock().unwrap().shape.change(settings) {
            return format!("error: {error}");
        }
    }
    "ok".to_owned()
}

/// Two threads: one takes in, one gives out when it is time.
fn carry(from: &Arc<Tun>, way: &Arc<Way>, to: &Arc<Tun>, started: Instant) {
    let (from, to) = (from.clone(), to.clone());
    let (entering, leaving) = (way.clone(), way.clone());
    std::thread::spawn(move || take_in(&from, &entering, started));
    std::thread::spawn(move || give_out(&leaving, &to, started));
}

fn take_in(from: &Tun, way: &Way, started: Instant) {
    let mut packet = vec![0; 65_536];
    loop {
        match from.recv(&mut packet) {
            Ok(length) => {
                let at = now() - started;
                way.direction.lock().unwrap().offer(at, &packet[..length]);
                way.offered.notify_one();
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => panic!("an end of the link is gone: {error}"),
        }
    }
}

fn give_out(way: &Way, to: &Tun, started: Instant) {
    let mut direction = way.direction.lock().unwrap();
    loop {
        let at = now() - started;
        if let Some(packet) = direction.take(at) {
            drop(direction);
            // An end that is down takes nothing; so would a cable.
            let _ = to.send(&packet);
            direction = way.direction.lock().unwrap();
            continue;
        }
        let wait = direction.next_arrival().map_or(Duration::from_secs(1), |next| next - at);
        direction = way.offered.wait_timeout(direction, wait).unwrap().0;
    }
}

fn device(name: &str) -> std::io::Result<Tun> {
    Tun::new_named(Interface::new(name)?)
}

fn bring_up(there: &[&str], device: &str, own: &str, other: &str) -> anyhow::Result<()> {
    let steps: [&[&str]; 3] = [
        &["ip", "address", "replace", own, "peer", other, "dev", device],
        &["ip", "link", "set", device, "up"],
        &["ip", "link", "set", "lo", "up"],
    ];
    for step in steps {
        let whole: Vec<&str> = there.iter().chain(step).copied().collect();
        run(whole[0], &whole[1..])?;
    }
    Ok(())
}

fn run(program: &str, arguments: &[&str]) -> anyhow::Result<()> {
    let status = Command::new(program).args(arguments).status()?;
    anyhow::ensure!(status.success(), "{program} {} failed", arguments.join(" "));
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "this program drives the link in real time")]
fn now() -> Instant {
    Instant::now()
}
