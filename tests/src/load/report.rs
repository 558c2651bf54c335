//! The results as a table for people, and as JSON.

use serde::Serialize;

use super::case::Case;
use super::first_picture::FirstPictures;
use super::run::{Contestant, Measured};

/// All of one run of the bench.
#[derive(Debug, Serialize)]
pub struct Report {
    pub taken_at: String,
    pub processors: usize,
    pub seconds_per_case: f64,
    pub cases: Vec<Compared>,
    pub first_pictures: Option<FirstPictures>,
}

#[derive(Debug, Serialize)]
pub struct Compared {
    pub case: &'static str,
    pub participants: usize,
    /// Last the runs that are compared; before them those that one server alone could carry at a
    /// higher rate.
    pub measured: Vec<Measured>,
    pub ratio_to_janus: Option<Ratio>,
    /// What the reader must know of it.
    pub notes: Vec<String>,
}

/// Ours divided by Janus's: below 1 is less.
#[derive(Debug, Serialize)]
pub struct Ratio {
    pub processor_per_packet: f64,
    pub memory_per_participant: f64,
    pub delay_median: f64,
    pub delay_p99: f64,
}

impl Compared {
    pub fn new(case: &Case, measured: Vec<Measured>) -> Self {
        let of = |server| measured.iter().rfind(|measured| measured.server == server);
        let ratio = of(Contestant::Closeup).zip(of(Contestant::Janus));
        Self {
            case: case.name,
            participants: case.participants(),
            ratio_to_janus: ratio.map(|(ours, janus)| Ratio::of(ours, janus)),
            notes: notes(case, &measured),
            measured,
        }
    }
}

impl Ratio {
    fn of(ours: &Measured, janus: &Measured) -> Self {
        let ratio = |field: fn(&Measured) -> f64| field(ours) / field(janus);
        Self {
            processor_per_packet: ratio(|measured| measured.processor_us_per_packet),
            memory_per_participant: ratio(|measured| measured.memory_kb_per_participant),
            delay_median: ratio(|measured| measured.delay_median_ms),
            delay_p99: ratio(|measured| measured.delay_p99_ms),
        }
    }
}

fn notes(case: &Case, measured: &[Measured]) -> Vec<String> {
    let mut notes = Vec::new();
    for one in measured {
        let name = one.program;
        if one.rate < 1.0 {
            notes.push(format!(
                "{name}: sent at {:.0}% of the full rate, as this machine does not carry more of \
                 server and generator together",
                one.rate * 100.0
            ));
        }
        if one.is_strained() {
            notes.push(format!(
                "{name}: the generator itself was short of processor time (99% of its frames \
                 left within {:.0} ms): delays and losses are its own as well",
                one.generator.frame_lateness_p99_ms
            ));
        }
        if one.audio_streams < case.forwarded() {
            notes.push(format!(
                "{name}: forwards {} of {} audio streams (only the loudest in a large call)",
                one.audio_streams,
                case.forwarded()
            ));
        }
    }
    notes
}

/// The table. One line for each server and case, then what to know of it.
pub fn table(cases: &[Compared]) -> String {
    let head = [
        "case",
        "server",
        "rate",
        "packets/s",
        "CPU/packet",
        "CPU",
        "CPU/part.",
        "memory/part.",
        "video",
        "audio",
        "longest gap",
        "delay",
        "p99",
        "generator",
    ];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    for compared in cases {
        for (at, measured) in compared.measured.iter().enumerate() {
            rows.push(row(if at == 0 { compared.case } else { "" }, measured));
        }
        if let Some(ratio) = &compared.ratio_to_janus {
            rows.push(ratios(ratio));
        }
    }
    let mut text = lines(&rows);
    for compared in cases {
        for note in &compared.notes {
            text.push_str(&format!("{}: {note}\n", compared.case));
        }
    }
    text
}

fn row(case: &str, measured: &Measured) -> Vec<String> {
    vec![
        case.to_owned(),
        measured.program.to_owned(),
        format!("{:.0}%", measured.rate * 100.0),
        format!("{:.0}", measured.packets_per_second),
        format!("{:.2} µs", measured.processor_us_per_packet),
        format!("{:.1}%", measured.processor_percent),
        format!("{:.2}%", measured.processor_percent_per_participant),
        format!("{:.0} kB", measured.memory_kb_per_participant),
        format!("{:.3}%", measured.video_delivered * 100.0),
        format!("{:.3}%", measured.audio_delivered * 100.0),
        format!("{:.0} ms", measured.longest_video_gap_ms),
        format!("{:.2} ms", measured.delay_median_ms),
        format!("{:.2} ms", measured.delay_p99_ms),
        format!("{:.0}%", measured.generator.processor_percent),
    ]
}

fn ratios(ratio: &Ratio) -> Vec<String> {
    let times = |ratio: f64| format!("×{ratio:.2}");
    let mut row = vec![String::new(); 14];
    row[1] = "ratio".to_owned();
    row[4] = times(ratio.processor_per_packet);
    row[7] = times(ratio.memory_per_participant);
    row[11] = times(ratio.delay_median);
    row[12] = times(ratio.delay_p99);
    row
}

fn lines(rows: &[Vec<String>]) -> String {
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max();
    let widths: Vec<usize> = (0..rows[0].len()).filter_map(width).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).enumerate();
        let cells = cells.map(|(column, (cell, width))| match column {
            0 | 1 => format!("{cell:<width$}"),
            _ => format!("{cell:>width$}"),
        });
        format!("{}\n", cells.collect::<Vec<_>>().join("  ").trim_end())
    };
    rows.iter().map(line).collect()
}
