//! Every setting of the server. [`table::TABLE`] is the one place where settings are listed; the
//! file, the `CLOSEUP_…` variables, the flags and the README's table all follow from it.

mod sources;
pub mod table;

use std::{
    net::{IpAddr, SocketAddr},
    path::PathBuf,
    time::Duration,
};

pub use sources::{SettingsError, load};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    pub host: IpAddr,
    /// 0: any free port.
    pub port: u16,
    pub tls: Tls,
    /// What links to customers begin with, without a slash at the end. `None`: as bound.
    pub public_url: Option<String>,
    /// A reverse proxy in front says who the client is.
    pub behind_proxy: bool,
    pub data: PathBuf,
    /// `None`: SQLite in the data folder.
    pub database: Option<DatabaseUrl>,
    /// `None`: in the data folder.
    pub secret_key_file: Option<PathBuf>,
    /// Make no demo shop in a new data folder.
    pub empty: bool,
    pub shop_name: String,
    pub shop_phone: String,
    pub session_lifetime: Duration,
    pub link_opens_before: Duration,
    pub link_closes_after: Duration,
    /// UDP; 0: any free port. Worker `i` uses this plus `i`.
    pub media_port: u16,
    /// Told to browsers as where media goes. Empty: the addresses of this machine.
    pub media_addresses: Vec<IpAddr>,
    /// Threads that forward media. 0: one per core.
    pub media_workers: usize,
    /// Whether media may come over TCP too.
    pub media_tcp: bool,
    /// Packets a second of one worker, from which on nobody new is let in. 0: no limit.
    pub media_packets: u64,
    pub turn_urls: Vec<String>,
    /// Never empty where there are `turn:` URLs; the start sees to that.
    pub turn_secret: String,
    pub turn_ttl: Duration,
    /// `None`: there are no metrics to be had.
    pub metrics_token: Option<String>,
    pub connections: usize,
    pub connections_per_address: usize,
    pub log: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tls {
    Off,
    SelfSigned,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DatabaseUrl {
    Sqlite(PathBuf),
    Postgres(String),
}

impl Default for Settings {
    fn default() -> Self {
        table::defaults()
    }
}

impl Settings {
    pub fn database_url(&self) -> DatabaseUrl {
        let in_data = || DatabaseUrl::Sqlite(self.data.join("closeup.sqlite3"));
        self.database.clone().unwrap_or_else(in_data)
    }

    pub fn secret_key_path(&self) -> PathBuf {
        self.secret_key_file.clone().unwrap_or_else(|| self.data.join("secret.key"))
    }

    /// What links begin with. Known for sure only after the start has bound its port.
    pub fn public_url(&self) -> &str {
        self.public_url.as_deref().unwrap_or_default()
    }

    /// Browsers reach us over TLS, our own or a proxy's.
    pub fn is_https(&self) -> bool {
        self.public_url().starts_with("https://")
    }

    /// Settles the public URL once the port is known.
    pub fn bound_to(&mut self, address: SocketAddr) {
        let scheme = if self.tls == Tls::Off { "http" } else { "https" };
        let bound = || format!("{scheme}://{}:{}", reachable_host(address.ip()), address.port());
        self.public_url.get_or_insert_with(bound);
        self.port = address.port();
    }
}

/// How this machine calls itself to a browser: the loopback by its name, for only that counts as a
/// secure context everywhere; "all addresses" by the one that leads out of the machine.
fn reachable_host(ip: IpAddr) -> String {
    let ip = if ip.is_unspecified() { outward_address().unwrap_or(ip) } else { ip };
    match ip {
        ip if ip.is_loopback() || ip.is_unspecified() => "localhost".to_owned(),
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => format!("[{ip}]"),
    }
}

/// The source address that the system would use towards the internet. Nothing is sent.
fn outward_address() -> Option<IpAddr> {
    let socket = std::net::UdpSocket::bind("0.0.0.0:0").ok()?;
    socket.connect("192.0.2.1:9").ok()?;
    socket.local_addr().ok().map(|address| address.ip())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_to_localhost_unless_told_otherwise() {
        let mut settings = Settings::default();
        settings.bound_to("127.0.0.1:4321".parse().unwrap());
        assert_eq!(settings.public_url(), "http://localhost:4321");
        assert!(!settings.is_https());
    }

    #[test]
    fn a_public_url_that_was_set_stays() {
        let public_url = Some("https://shop.example".to_owned());
        let mut settings = Settings { public_url, ..Settings::default() };
        settings.bound_to("127.0.0.1:4321".parse().unwrap());
        assert_eq!(settings.public_url(), "https://shop.example");
        assert!(settings.is_https());
    }

    #[test]
    fn everything_is_kept_in_the_data_folder_by_default() {
        let settings = Settings::default();
        assert_eq!(settings.secret_key_path(), PathBuf::from("data/secret.key"));
        let sqlite = DatabaseUrl::Sqlite(PathBuf::from("data/closeup.sqlite3"));
        assert_eq!(settings.database_url(), sqlite);
    }
}
