//! A certificate of our own making, so that a phone on the same network gets a secure context (and
//! with it its camera). It is kept in the data folder: a browser that was told to trust it once
//! goes on doing so, until it runs out or the machine is called by another name.

use std::{
    net::IpAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::Context;
use axum_server::tls_rustls::RustlsConfig;
use chrono::{DateTime, Datelike, Utc};
use rcgen::{CertificateParams, ExtendedKeyUsagePurpose, KeyPair};

use crate::{
    clock::Timestamp,
    secret::write_private,
    settings::{Settings, Tls},
};

const DAY: Duration = Duration::from_secs(86_400);
/// Apple's devices refuse certificates that are good for more than 825 days.
const LIFETIME: Duration = Duration::from_secs(800 * 86_400);

/// The process's one provider of cryptography; installing it again changes nothing.
pub fn install_crypto() {
    let _already = rustls::crypto::aws_lc_rs::default_provider().install_default();
}

/// What the settings ask for: the certificate is there before anybody is told that we are ready.
pub(crate) async fn prepare(
    settings: &Settings,
    now: Timestamp,
) -> anyhow::Result<Option<RustlsConfig>> {
    match settings.tls {
        Tls::Off => Ok(None),
        Tls::SelfSigned => self_signed(settings, now).await.map(Some),
    }
}

async fn self_signed(settings: &Settings, now: Timestamp) -> anyhow::Result<RustlsConfig> {
    install_crypto();
    let (certificate, key) = files(&settings.data);
    let names = names(settings);
    if !is_good(&certificate, &names, now) || !key.exists() {
        make(names, now, &certificate, &key).context("no certificate could be made")?;
    }
    let config = RustlsConfig::from_pem_file(&certificate, &key).await;
    config.with_context(|| format!("the certificate {} is damaged", certificate.display()))
}

fn files(data: &Path) -> (PathBuf, PathBuf) {
    (data.join("self-signed.crt"), data.join("self-signed.key"))
}

/// The file's first line, before the certificate itself, says for whom and until when it is good.
fn is_good(certificate: &Path, names: &[String], now: Timestamp) -> bool {
    let text = std::fs::read_to_string(certificate).unwrap_or_default();
    let line = text.lines().next().and_then(|line| line.rsplit_once(" until "));
    line.is_some_and(|(kept, until)| {
        let until = Timestamp::parse(until);
        kept == first_line(names) && until.is_ok_and(|until| until > now + 30 * DAY)
    })
}

fn first_line(names: &[String]) -> String {
    format!("# {}", names.join(" "))
}

fn make(names: Vec<String>, now: Timestamp, certificate: &Path, key: &Path) -> anyhow::Result<()> {
    let until = now + LIFETIME;
    let line = format!("{} until {until}\n", first_line(&names));
    let mut params = CertificateParams::new(names)?;
    let day = |(year, month, day)| rcgen::date_time_ymd(year, month, day);
    params.not_before = day(date_of(now - DAY));
    params.not_after = day(date_of(until));
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let pair = KeyPair::generate()?;
    let made = params.self_signed(&pair)?;
    write_private(key, pair.serialize_pem().as_bytes())?;
    std::fs::write(certificate, line + &made.pem())?;
    Ok(())
}

fn date_of(instant: Timestamp) -> (i32, u8, u8) {
    let date = DateTime::<Utc>::from_timestamp_millis(instant.millis()).unwrap_or_default();
    let [month, day] = [date.month(), date.day()].map(|number| u8::try_from(number).unwrap_or(1));
    (date.year(), month, day)
}

/// What a browser may call us: the loopback, the address listened on, and the public URL's host.
fn names(settings: &Settings) -> Vec<String> {
    let mut names = vec!["localhost".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()];
    let listened = Some(settings.host).filter(|ip: &IpAddr| !ip.is_unspecified());
    let public: Option<http::Uri> = settings.public_url().parse().ok();
    let host = public.as_ref().and_then(|uri| uri.host());
    names.extend(listened.map(|ip| ip.to_string()));
    names.extend(host.map(|host| host.trim_matches(['[', ']']).to_owned()));
    names.sort();
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_800_000_000_000);

    fn name(name: &str) -> Vec<String> {
        vec![name.to_owned()]
    }

    #[test]
    fn a_certificate_is_kept_until_it_runs_out_or_the_machine_changes_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let (certificate, key) = files(folder.path());
        assert!(!is_good(&certificate, &name("10.0.0.1"), NOW));
        make(name("10.0.0.1"), NOW, &certificate, &key).unwrap();
        assert!(is_good(&certificate, &name("10.0.0.1"), NOW));
        assert!(!is_good(&certificate, &name("10.0.0.2"), NOW));
        assert!(!is_good(&certificate, &name("10.0.0.1"), NOW + 780 * DAY));
    }

    #[tokio::test]
    async fn what_was_made_is_a_certificate_that_rustls_takes() {
        let folder = tempfile::tempdir().unwrap();
        let settings = Settings { data: folder.path().to_owned(), ..Settings::default() };
        self_signed(&settings, NOW).await.unwrap();
    }
}
