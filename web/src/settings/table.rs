//! The one table of settings: name, default, meaning, and how a text becomes the value.

use std::{fmt::Display, net::Ipv4Addr, path::PathBuf, str::FromStr, time::Duration};

use super::{DatabaseUrl, Settings, Tls};

pub struct Setting {
    /// As a flag: `--some-name`. The file says `some_name`, the environment `CLOSEUP_SOME_NAME`.
    pub name: &'static str,
    /// As one would write it; empty when the default depends on other settings.
    pub default: &'static str,
    pub help: &'static str,
    /// Parses and stores a value; the error says what would have been right.
    pub set: fn(&mut Settings, &str) -> Result<(), String>,
}

impl Setting {
    /// The name in the file.
    pub fn key(&self) -> String {
        self.name.replace('-', "_")
    }

    /// Whether its value is never to be shown, not even when it is wrong.
    pub fn is_secret(&self) -> bool {
        matches!(self.name, "turn-secret" | "metrics-token")
    }
}

pub static TABLE: &[Setting] = &[
    Setting {
        name: "host",
        default: "127.0.0.1",
        help: "Address of the web server; `0.0.0.0` for the whole network. Media ports are always open to it",
        set: |settings, text| put(&mut settings.host, parse(text, "an IP address")),
    },
    Setting {
        name: "port",
        default: "8080",
        help: "TCP port; 0 picks a free one",
        set: |settings, text| put(&mut settings.port, parse(text, "a port from 0 to 65535")),
    },
    Setting {
        name: "tls",
        default: "off",
        help: "`off`, or `self-signed` so that a phone on the same network can use its camera",
        set: |settings, text| put(&mut settings.tls, tls(text)),
    },
    Setting {
        name: "public-url",
        default: "",
        help: "What customers' links begin with; as bound when not set",
        set: |settings, text| put(&mut settings.public_url, optional(text, public_url)),
    },
    Setting {
        name: "behind-proxy",
        default: "false",
        help: "`true` when a reverse proxy sets `X-Forwarded-For`",
        set: |settings, text| put(&mut settings.behind_proxy, parse(text, "`true` or `false`")),
    },
    Setting {
        name: "data",
        default: "data",
        help: "Folder for the database, pictures and keys",
        set: |settings, text| put(&mut settings.data, path(text)),
    },
    Setting {
        name: "database",
        default: "",
        help: "`postgres://…`, or `sqlite:PATH`; SQLite in the data folder when not set",
        set: |settings, text| put(&mut settings.database, optional(text, database_url)),
    },
    Setting {
        name: "secret-key-file",
        default: "",
        help: "32 bytes that links are signed with; made in the data folder when not set",
        set: |settings, text| put(&mut settings.secret_key_file, optional(text, path)),
    },
    Setting {
        name: "empty",
        default: "false",
        help: "`true` makes no demo shop in a new data folder",
        set: |settings, text| put(&mut settings.empty, parse(text, "`true` or `false`")),
    },
    Setting {
        name: "shop-name",
        default: "Closeup",
        help: "The shop's name, shown to staff and customers, until its owner says otherwise",
        set: |settings, text| put(&mut settings.shop_name, short(text)),
    },
    Setting {
        name: "shop-phone",
        default: "",
        help: "The shop's telephone, for customers who need help, until its owner says otherwise",
        set: |settings, text| put(&mut settings.shop_phone, short(text)),
    },
    Setting {
        name: "session-days",
        default: "14",
        help: "Days after which somebody who did not come back must sign in again",
        set: |settings, text| put(&mut settings.session_lifetime, days(text)),
    },
    Setting {
        name: "link-opens-minutes",
        default: "15",
        help: "Minutes before an appointment's start from which its link lets in",
        set: |settings, text| put(&mut settings.link_opens_before, minutes(text)),
    },
    Setting {
        name: "link-closes-minutes",
        default: "60",
        help: "Minutes after an appointment's end until which its link lets in",
        set: |settings, text| put(&mut settings.link_closes_after, minutes(text)),
    },
    Setting {
        name: "media-port",
        default: "0",
        help: "First UDP port for sound and picture, one per worker; 0 picks free ones",
        set: |settings, text| put(&mut settings.media_port, parse(text, "a port from 0 to 65535")),
    },
    Setting {
        name: "media-tcp",
        default: "true",
        help: "Whether sound and picture may come over TCP too, to ports of the same numbers",
        set: |settings, text| put(&mut settings.media_tcp, parse(text, "`true` or `false`")),
    },
    Setting {
        name: "media-addresses",
        default: "",
        help: "IP addresses (with commas) where browsers reach the media ports; this machine's own when not set",
        set: |settings, text| {
            let addresses = text.split(',').map(str::trim).filter(|address| !address.is_empty());
            let parsed = addresses.map(|address| parse(address, "IP addresses with commas"));
            put(&mut settings.media_addresses, parsed.collect())
        },
    },
    Setting {
        name: "media-workers",
        default: "0",
        help: "Threads that forward sound and picture; 0: one per core",
        set: |settings, text| put(&mut settings.media_workers, within(text, 0, 64)),
    },
    Setting {
        name: "media-packets",
        default: "60000",
        help: "Packets a second, in and out, from which on a worker takes no newcomers; 0: no limit",
        set: |settings, text| put(&mut settings.media_packets, within(text, 0, 10_000_000)),
    },
    Setting {
        name: "turn-urls",
        default: "",
        help: "`turn:`, `turns:` and `stun:` URLs (with commas) of a TURN server for clients that reach nothing else",
        set: |settings, text| put(&mut settings.turn_urls, turn_urls(text)),
    },
    Setting {
        name: "turn-secret",
        default: "",
        help: "The secret that is shared with the TURN server (coturn: `static-auth-secret`)",
        set: |settings, text| put(&mut settings.turn_secret, Ok(text.to_owned())),
    },
    Setting {
        name: "turn-minutes",
        default: "720",
        help: "Minutes for which a client may use the TURN server from joining on",
        set: |settings, text| put(&mut settings.turn_ttl, minutes(text)),
    },
    Setting {
        name: "metrics-token",
        default: "",
        help: "Who shows this bearer token gets figures for Prometheus at `/metrics`; not set: nobody does",
        set: |settings, text| put(&mut settings.metrics_token, optional(text, token)),
    },
    Setting {
        name: "connections",
        default: "4096",
        help: "TCP connections that the web server holds at most; of those that asked for nothing yet, half as many",
        set: |settings, text| put(&mut settings.connections, within(text, 16, 1_000_000)),
    },
    Setting {
        name: "connections-per-address",
        default: "256",
        help: "Of these, from one address; behind a proxy, which is one address, as many as in all",
        set: |settings, text| {
            put(&mut settings.connections_per_address, within(text, 4, 1_000_000))
        },
    },
    Setting {
        name: "log",
        default: "info",
        help: "What is logged, such as `info,web=debug`",
        set: |settings, text| put(&mut settings.log, log_filter(text)),
    },
];

pub(super) fn defaults() -> Settings {
    let mut settings = blank();
    for setting in TABLE {
        let set = (setting.set)(&mut settings, setting.default);
        debug_assert!(set.is_ok(), "the default of {} is wrong", setting.name);
    }
    settings
}

fn blank() -> Settings {
    Settings {
        host: Ipv4Addr::LOCALHOST.into(),
        port: 0,
        tls: Tls::Off,
        public_url: None,
        behind_proxy: false,
        data: PathBuf::new(),
        database: None,
        secret_key_file: None,
        empty: false,
        shop_name: String::new(),
        shop_phone: String::new(),
        session_lifetime: Duration::ZERO,
        link_opens_before: Duration::ZERO,
        link_closes_after: Duration::ZERO,
        media_port: 0,
        media_addresses: Vec::new(),
        media_workers: 0,
        media_tcp: false,
        media_packets: 0,
        turn_urls: Vec::new(),
        turn_secret: String::new(),
        turn_ttl: Duration::ZERO,
        metrics_token: None,
        connections: 0,
        connections_per_address: 0,
        log: String::new(),
    }
}

/// The table as Markdown, for the README.
pub fn markdown() -> String {
    let mut table = "| setting | default | what it is |\n|---|---|---|\n".to_owned();
    for setting in TABLE {
        let (key, help) = (setting.key(), setting.help);
        let default = match setting.default {
            "" => String::new(),
            default => format!("`{default}`"),
        };
        table.push_str(&format!("| `{key}` | {default} | {help} |\n"));
    }
    table
}

fn put<T>(place: &mut T, value: Result<T, String>) -> Result<(), String> {
    *place = value?;
    Ok(())
}

fn parse<T: FromStr>(text: &str, expected: &str) -> Result<T, String> {
    text.parse().map_err(|_| expected.to_owned())
}

fn optional<T>(text: &str, parse: fn(&str) -> Result<T, String>) -> Result<Option<T>, String> {
    if text.is_empty() { Ok(None) } else { parse(text).map(Some) }
}

fn within<T: FromStr + PartialOrd + Display>(text: &str, least: T, most: T) -> Result<T, String> {
    let number = text.parse().ok().filter(|number| (&least..=&most).contains(&number));
    number.ok_or_else(|| format!("a whole number from {least} to {most}"))
}

fn days(text: &str) -> Result<Duration, String> {
    within(text, 1, 365).map(|days: u64| Duration::from_secs(days * 86_400))
}

fn tls(text: &str) -> Result<Tls, String> {
    match text {
        "off" => Ok(Tls::Off),
        "self-signed" => Ok(Tls::SelfSigned),
        _ => Err("`off` or `self-signed`".to_owned()),
    }
}

fn log_filter(text: &str) -> Result<String, String> {
    let filter = tracing_subscriber::EnvFilter::from_str(text);
    filter.map(|_| text.to_owned()).map_err(|_| "a filter such as `info,web=debug`".to_owned())
}

fn minutes(text: &str) -> Result<Duration, String> {
    within(text, 0, 10_080).map(|minutes: u64| Duration::from_secs(minutes * 60))
}

fn turn_urls(text: &str) -> Result<Vec<String>, String> {
    let urls = text.split(',').map(str::trim).filter(|url| !url.is_empty());
    let checked = urls.map(|url| {
        let (scheme, rest) = url.split_once(':').unwrap_or_default();
        let is_sound = matches!(scheme, "turn" | "turns" | "stun" | "stuns")
            && !rest.is_empty()
            && rest.bytes().all(|byte| byte.is_ascii_graphic());
        let expected = "URLs such as `turn:turn.example:3478?transport=tcp`, with commas";
        if is_sound { Ok(url.to_owned()) } else { Err(expected.to_owned()) }
    });
    checked.collect()
}

/// Long enough not to be guessed.
fn token(text: &str) -> Result<String, String> {
    let is_sound = text.len() >= 16 && text.bytes().all(|byte| byte.is_ascii_graphic());
    if is_sound { Ok(text.to_owned()) } else { Err("16 or more letters, digits and signs".into()) }
}

fn short(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.chars().count() <= 100 {
        Ok(text.to_owned())
    } else {
        Err("at most 100 characters".into())
    }
}

fn path(text: &str) -> Result<PathBuf, String> {
    if text.is_empty() { Err("a path".to_owned()) } else { Ok(PathBuf::from(text)) }
}

fn public_url(text: &str) -> Result<String, String> {
    let expected = || "an origin such as `https://shop.example`".to_owned();
    let uri: http::Uri = text.trim_end_matches('/').parse().map_err(|_| expected())?;
    let is_origin = matches!(uri.path(), "" | "/") && uri.query().is_none();
    match (uri.scheme_str(), uri.authority()) {
        (Some(scheme @ ("http" | "https")), Some(authority)) if is_origin => {
            Ok(format!("{scheme}://{authority}"))
        }
        _ => Err(expected()),
    }
}

fn database_url(text: &str) -> Result<DatabaseUrl, String> {
    if text.starts_with("postgres://") || text.starts_with("postgresql://") {
        return Ok(DatabaseUrl::Postgres(text.to_owned()));
    }
    match text.strip_prefix("sqlite:") {
        Some(path) if !path.is_empty() => Ok(DatabaseUrl::Sqlite(path.into())),
        _ => Err("`postgres://USER@HOST/NAME` or `sqlite:PATH`".to_owned()),
    }
}
