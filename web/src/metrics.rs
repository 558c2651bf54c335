//! Figures of the media server for Prometheus, at `/metrics`. Only for whoever shows the token of
//! the settings; without one in the settings there is no such page.

use aws_lc_rs::constant_time;
use axum::{
    Extension,
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, StatusCode, header};
use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, NoLabelSet, text},
    metrics::MetricType,
    registry::Registry,
};
use sfu::{MediaServer, MediaStats, TIME_BUCKETS, TimeStats, WorkerStats};

use crate::app::AppState;

/// What Prometheus' own libraries call this format.
const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

pub(crate) async fn show(
    State(app): State<AppState>,
    Extension(media): Extension<MediaServer>,
    headers: HeaderMap,
) -> Response {
    let Some(token) = &app.settings.metrics_token else {
        return StatusCode::NOT_FOUND.into_response();
    };
    if !shows(&headers, token) {
        return (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, "Bearer")]).into_response();
    }
    match written(media.worker_stats()) {
        Ok(text) => ([(header::CONTENT_TYPE, CONTENT_TYPE)], text).into_response(),
        Err(error) => {
            tracing::error!(%error, "metrics could not be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

fn shows(headers: &HeaderMap, token: &str) -> bool {
    let value = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let shown = value.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
    constant_time::verify_slices_are_equal(shown.as_bytes(), token.as_bytes()).is_ok()
}

fn written(workers: Vec<WorkerStats>) -> Result<String, std::fmt::Error> {
    let mut registry = Registry::with_prefix("closeup");
    registry.register_collector(Box::new(Workers(workers)));
    let mut out = String::new();
    text::encode(&mut out, &registry)?;
    Ok(out)
}

#[derive(Debug)]
struct Workers(Vec<WorkerStats>);

type Figure = (&'static str, &'static str, fn(&MediaStats) -> u64);

const GAUGES: &[Figure] = &[
    ("rooms", "Rooms open", |stats| stats.rooms),
    ("participants", "Participants with a transport", |stats| stats.participants),
    ("tcp_connections", "Participants' TCP connections", |stats| stats.tcp_connections),
    ("commands_waiting", "Requests that wait for the worker", |stats| stats.commands_waiting),
    ("packet_rate", "Packets in and out in the last second", |stats| stats.packet_rate),
];

const COUNTERS: &[Figure] = &[
    ("packets_received", "Packets that came in", |stats| stats.datagrams_received),
    ("packets_sent", "Packets that went out", |stats| stats.datagrams_sent),
    ("bytes_received", "Bytes that came in", |stats| stats.bytes_received),
    ("bytes_sent", "Bytes that went out", |stats| stats.bytes_sent),
    ("send_calls", "Calls to the kernel that sent packets", |stats| stats.sends),
    ("send_failures", "Packets that the kernel would not take", |stats| stats.send_failures),
    ("strangers_dropped", "Packets from unknown addresses", |stats| stats.strangers_dropped),
    ("stun_refused", "Connectivity checks that proved nothing", |stats| stats.stun_refused),
    ("malformed_dropped", "Packets that no transport understood", |stats| stats.malformed_dropped),
    ("tcp_dropped", "Packets that a TCP connection was too slow for", |stats| stats.tcp_dropped),
    ("events_dropped", "Events that calls were too slow to read", |stats| stats.events_dropped),
    ("layer_switches", "Times that a viewer went over to another layer", |stats| {
        stats.layer_switches
    }),
    ("key_frames_requested", "Key frames that publishers were asked for", |stats| {
        stats.key_frames_requested
    }),
    ("packets_requested", "Packets that viewers asked for again", |stats| stats.packets_requested),
    ("overload_refused", "Newcomers turned away, being too many", |stats| stats.overload_refused),
    ("wakeups", "Times that the worker had something to do", |stats| stats.wakeups),
    ("estimates", "Estimates of ways to participants", |stats| stats.estimates),
    ("estimated_bits_per_second", "Their sum; divide by their number", |stats| {
        stats.estimated_bits
    }),
];

impl Collector for Workers {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), std::fmt::Error> {
        for (name, help, read) in GAUGES {
            let kind = MetricType::Gauge;
            let mut metric = encoder.encode_descriptor(name, help, None, kind)?;
            for (labels, worker) in self.labelled() {
                let value = i64::try_from(read(&worker.stats)).unwrap_or(i64::MAX);
                metric.encode_family(&labels)?.encode_gauge(&value)?;
            }
        }
        for (name, help, read) in COUNTERS {
            let kind = MetricType::Counter;
            let mut metric = encoder.encode_descriptor(name, help, None, kind)?;
            for (labels, worker) in self.labelled() {
                let value = read(&worker.stats);
                let mut metric = metric.encode_family(&labels)?;
                metric.encode_counter::<NoLabelSet, u64, u64>(&value, None)?;
            }
        }
        let help =
            "CPU time of the worker, in seconds; by packets in and out it is the time of one";
        let mut metric =
            encoder.encode_descriptor("busy_seconds", help, None, MetricType::Counter)?;
        for (labels, worker) in self.labelled() {
            let value = worker.stats.busy_nanoseconds as f64 / 1e9;
            let mut metric = metric.encode_family(&labels)?;
            metric.encode_counter::<NoLabelSet, f64, f64>(&value, None)?;
        }
        let ice = "From a transport's answer to its first proven connectivity check";
        self.encode_times(&mut encoder, "ice_seconds", ice, |worker| &worker.ice_time)?;
        let dtls = "From there until media may flow";
        self.encode_times(&mut encoder, "dtls_seconds", dtls, |worker| &worker.dtls_time)
    }
}

impl Workers {
    fn labelled(&self) -> impl Iterator<Item = ([(&'static str, String); 1], &WorkerStats)> {
        let numbered = self.0.iter().enumerate();
        numbered.map(|(number, worker)| ([("worker", number.to_string())], worker))
    }

    fn encode_times(
        &self,
        encoder: &mut DescriptorEncoder<'_>,
        name: &str,
        help: &str,
        times: fn(&WorkerStats) -> &TimeStats,
    ) -> Result<(), std::fmt::Error> {
        let mut metric = encoder.encode_descriptor(name, help, None, MetricType::Histogram)?;
        for (labels, worker) in self.labelled() {
            let times = times(worker);
            let bounds = TIME_BUCKETS.iter().map(|bound| *bound as f64 / 1e3);
            let buckets: Vec<(f64, u64)> =
                bounds.chain([f64::INFINITY]).zip(times.counts.iter().copied()).collect();
            let count = times.counts.iter().sum();
            let sum = times.total.as_secs_f64();
            let mut metric = metric.encode_family(&labels)?;
            metric.encode_histogram::<NoLabelSet>(sum, count, &buckets, None)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn each_worker_has_its_own_line_of_each_figure() {
        let ice_time = TimeStats {
            counts: vec![1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 1],
            total: Duration::from_secs(9),
        };
        let stats = MediaStats {
            datagrams_sent: 7,
            busy_nanoseconds: 1_500_000_000,
            ..MediaStats::default()
        };
        let first = WorkerStats { stats, ice_time: ice_time.clone(), dtls_time: ice_time };
        let text = written(vec![first.clone(), first]).unwrap();
        for line in [
            "closeup_packets_sent_total{worker=\"0\"} 7",
            "closeup_packets_sent_total{worker=\"1\"} 7",
            "closeup_busy_seconds_total{worker=\"0\"} 1.5",
            "closeup_ice_seconds_bucket{le=\"0.025\",worker=\"0\"} 3",
            "closeup_ice_seconds_bucket{le=\"+Inf\",worker=\"0\"} 4",
            "closeup_ice_seconds_count{worker=\"1\"} 4",
        ] {
            assert!(text.lines().any(|written| written == line), "{line} is not in\n{text}");
        }
        assert!(text.ends_with("# EOF\n"));
    }

    #[test]
    fn only_the_whole_token_opens() {
        let with = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::AUTHORIZATION, value.parse().unwrap());
            shows(&headers, "0123456789abcdef")
        };
        assert!(with("Bearer 0123456789abcdef"));
        for wrong in ["Bearer 0123456789abcde", "Bearer ", "0123456789abcdef", "Basic x"] {
            assert!(!with(wrong), "{wrong}");
        }
        assert!(!shows(&HeaderMap::new(), "0123456789abcdef"));
    }
}
