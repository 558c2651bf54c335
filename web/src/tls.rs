//! A certificate of our own making, so that a phone on the same network gets a secure context (and
//! with it its camera). It is kept in the data folder: a browser that was told to trust it once
//! goes on doing so.

use std::{
    net::IpAddr,
    path::{Path, PathBuf},
};

use anyhow::Context;
use axum_server::tls_rustls::RustlsConfig;

use crate::{secret::write_private, settings::Settings};

/// The process's one provider of cryptography; installing it again changes nothing.
pub fn install_crypto() {
    let _already = rustls::crypto::aws_lc_rs::default_provider().install_default();
}

pub(crate) async fn self_signed(settings: &Settings) -> anyhow::Result<RustlsConfig> {
    install_crypto();
    let (certificate, key) = files(&settings.data);
    if !certificate.exists() || !key.exists() {
        make(settings, &certificate, &key).context("no certificate could be made")?;
    }
    let config = RustlsConfig::from_pem_file(&certificate, &key).await;
    config.with_context(|| format!("the certificate {} is damaged", certificate.display()))
}

fn files(data: &Path) -> (PathBuf, PathBuf) {
    (data.join("self-signed.crt"), data.join("self-signed.key"))
}

fn make(settings: &Settings, certificate: &Path, key: &Path) -> anyhow::Result<()> {
    let made = rcgen::generate_simple_self_signed(names(settings))?;
    write_private(key, made.signing_key.serialize_pem().as_bytes())?;
    std::fs::write(certificate, made.cert.pem())?;
    Ok(())
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
