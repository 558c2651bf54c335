//! Leave to use the shop's TURN server, for clients whose network lets nothing else through.
//!
//! The time-limited form (draft-uberti-behave-turn-rest-00), which coturn speaks with
//! `use-auth-secret`: the name says until when it is good, and the password is a MAC of the name
//! under a secret that only the two servers share. Nobody has an account there.

use std::time::Duration;

use aws_lc_rs::hmac;
use base64::{Engine, prelude::BASE64_STANDARD};
use signaling::message::IceServer;
use uuid::Uuid;

use crate::settings::Settings;

/// What to tell somebody who joins now. `None` without a TURN server.
pub(super) fn ice_servers(settings: &Settings, now_seconds: i64) -> Option<Vec<IceServer>> {
    if settings.turn_urls.is_empty() {
        return None;
    }
    let (stun, turn): (Vec<_>, Vec<_>) =
        settings.turn_urls.iter().cloned().partition(|url| url.starts_with("stun"));
    let stun =
        (!stun.is_empty()).then_some(IceServer { urls: stun, username: None, credential: None });
    let turn = (!turn.is_empty()).then(|| with_leave(turn, settings, now_seconds));
    Some(stun.into_iter().chain(turn).collect())
}

fn with_leave(urls: Vec<String>, settings: &Settings, now_seconds: i64) -> IceServer {
    // What follows the colon is for the TURN server's log only, and tells nobody who it was.
    let username = username(now_seconds, settings.turn_ttl, Uuid::new_v4());
    let credential = credential(&settings.turn_secret, &username);
    IceServer { urls, username: Some(username), credential: Some(credential) }
}

fn username(now_seconds: i64, ttl: Duration, opaque: Uuid) -> String {
    let until = now_seconds.saturating_add_unsigned(ttl.as_secs());
    format!("{until}:{}", opaque.simple())
}

fn credential(secret: &str, username: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret.as_bytes());
    BASE64_STANDARD.encode(hmac::sign(&key, username.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `printf 1700003600:1 | openssl dgst -sha1 -hmac north -binary | base64`
    #[test]
    fn the_password_is_the_mac_of_the_name() {
        assert_eq!(credential("north", "1700003600:1"), KNOWN);
    }

    const KNOWN: &str = "YOt9DNhizEmcUcI6pJComMcc7c8=";

    #[test]
    fn leave_ends_by_itself_and_stun_needs_none() {
        let turn_urls = ["stun:turn.example", "turn:turn.example?transport=tcp"];
        let settings = Settings {
            turn_urls: turn_urls.map(str::to_owned).to_vec(),
            turn_secret: "north".to_owned(),
            turn_ttl: Duration::from_secs(3_600),
            ..Settings::default()
        };
        let servers = ice_servers(&settings, 1_700_000_000).unwrap();
        assert_eq!(servers.len(), 2);
        assert_eq!((&servers[0].username, &servers[0].credential), (&None, &None));
        let name = servers[1].username.clone().unwrap();
        assert!(name.starts_with("1700003600:"));
        assert_eq!(servers[1].credential, Some(credential("north", &name)));
        assert_eq!(ice_servers(&Settings::default(), 0), None);
    }
}
