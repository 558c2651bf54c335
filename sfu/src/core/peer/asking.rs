//! Asking at an address that media seems to come from whether the client is there. A NAT that gave it
//! another one tells nobody, and browsers check a way that works only every two seconds or so. The question
//! is a connectivity check like theirs (RFC 8445 §7.2; an ICE-lite server need not ask, but may), and its
//! answer proves what theirs would: that who is there knows the password.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use aws_lc_rs::hmac;
use str0m::ice::{StunMessage, TransId};

use crate::core::offer::Credentials;
use crate::core::path::Ends;

/// Between two questions.
const PAUSE: Duration = Duration::from_millis(100);
/// After so long an answer comes too late.
const PATIENCE: Duration = Duration::from_secs(3);
/// Addresses that are asked at in that time. Anybody may claim to be the client.
const MOST_ADDRESSES: usize = 4;
/// Of a candidate that was learned from the other side (RFC 8445 §5.1.2.1), as it would be ours.
const PRIORITY: u32 = 110 << 24 | 0xffff << 8 | 0xff;
/// A name of two fragments, each 256 characters at most (RFC 8839 §5.4), and what stands around it.
const LONGEST: usize = 1_024;

#[derive(Debug, Default)]
pub(super) struct Asking {
    /// The client's, of its last offer.
    credentials: Credentials,
    /// The last one last.
    asked: VecDeque<Asked>,
}

#[derive(Debug)]
struct Asked {
    ends: Ends,
    transaction: TransId,
    since: Instant,
    last: Instant,
}

impl Asking {
    /// The client's credentials; others after an ICE restart.
    pub(super) fn by(&mut self, credentials: Credentials) {
        if self.credentials != credentials {
            *self = Self { credentials, asked: VecDeque::new() };
        }
    }

    /// A question to be sent, if it is time for one. `fragment`: ours.
    pub(super) fn ask(&mut self, now: Instant, ends: Ends, fragment: &str) -> Option<Vec<u8>> {
        let is_in_time = |asked: &Asked| now.saturating_duration_since(asked.since) < PATIENCE;
        self.asked.retain(is_in_time);
        if self.asked.iter().any(|asked| now.saturating_duration_since(asked.last) < PAUSE) {
            return None;
        }
        let user = format!("{}:{fragment}", self.credentials.fragment);
        let transaction = self.transaction(now, ends)?;
        let question = StunMessage::binding_request(&user, transaction, false, 0, PRIORITY, false);
        let mut buffer = [0; LONGEST];
        let password = Some(self.credentials.password.as_bytes());
        let length = question.to_bytes(password, &mut buffer, hmac_sha1).ok()?;
        Some(buffer[..length].to_vec())
    }

    /// Asked again, it is the same question: the answer to the first may be on its way.
    fn transaction(&mut self, now: Instant, ends: Ends) -> Option<TransId> {
        if let Some(asked) = self.asked.iter_mut().find(|asked| asked.ends == ends) {
            asked.last = now;
            return Some(asked.transaction);
        }
        let transaction = TransId::new();
        let has_room = self.asked.len() < MOST_ADDRESSES;
        has_room
            .then(|| self.asked.push_back(Asked { ends, transaction, since: now, last: now }))?;
        Some(transaction)
    }

    /// Whether it is the client's answer, from where it was asked.
    pub(super) fn is_answered(&mut self, now: Instant, ends: Ends, datagram: &[u8]) -> bool {
        let Ok(answer) = StunMessage::parse(datagram) else { return false };
        let is_of = |asked: &Asked| {
            asked.ends == ends
                && asked.transaction == answer.trans_id()
                && now.saturating_duration_since(asked.since) < PATIENCE
        };
        let is_proof = answer.is_successful_binding_response()
            && self.asked.iter().any(is_of)
            && answer.verify(self.credentials.password.as_bytes(), hmac_sha1);
        if is_proof {
            self.asked.retain(|asked| asked.ends != ends);
        }
        is_proof
    }
}

/// Of all parts together.
fn hmac_sha1(key: &[u8], parts: &[&[u8]]) -> [u8; 20] {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, key);
    let mut context = hmac::Context::with_key(&key);
    parts.iter().for_each(|part| context.update(part));
    let mut tag = [0; 20];
    tag.copy_from_slice(context.sign().as_ref());
    tag
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use super::*;
    use crate::core::testing::{begin, ends};

    fn asking() -> Asking {
        let mut asking = Asking::default();
        asking.by(Credentials { fragment: "theirs".into(), password: "secret".into() });
        asking
    }

    /// What the client that knows this password says to a question.
    fn answer(question: &[u8], password: &str) -> Vec<u8> {
        let question = StunMessage::parse(question).unwrap();
        assert_eq!(question.username(), Some("theirs:ours"));
        let mapped = SocketAddr::from(([198, 51, 100, 1], 4_000));
        let mut buffer = [0; LONGEST];
        let reply = StunMessage::binding_reply(question.trans_id(), mapped);
        let length = reply.to_bytes(Some(password.as_bytes()), &mut buffer, hmac_sha1).unwrap();
        buffer[..length].to_vec()
    }

    #[test]
    fn the_answer_of_who_knows_the_password_is_a_proof_once() {
        let (now, mut asking) = (begin(), asking());
        let question = asking.ask(now, ends(1), "ours").unwrap();
        assert!(StunMessage::parse(&question).unwrap().verify(b"secret", hmac_sha1));
        assert!(!asking.is_answered(now, ends(1), &answer(&question, "guess")));
        assert!(!asking.is_answered(now, ends(2), &answer(&question, "secret")));
        assert!(!asking.is_answered(now, ends(1), &question));
        assert!(asking.is_answered(now, ends(1), &answer(&question, "secret")));
        assert!(!asking.is_answered(now, ends(1), &answer(&question, "secret")));
    }

    #[test]
    fn an_answer_to_the_first_of_several_questions_counts_until_it_is_late() {
        let (now, mut asking) = (begin(), asking());
        let first = asking.ask(now, ends(1), "ours").unwrap();
        assert_eq!(asking.ask(now + PAUSE / 2, ends(1), "ours"), None);
        assert!(asking.ask(now + PAUSE, ends(1), "ours").is_some());
        assert!(!asking.is_answered(now + PATIENCE, ends(1), &answer(&first, "secret")));
        assert!(asking.is_answered(now + PAUSE * 2, ends(1), &answer(&first, "secret")));
    }

    #[test]
    fn few_addresses_are_asked_at_however_many_claim_to_be_the_clients() {
        let (now, mut asking) = (begin(), asking());
        let asked = (0..1_000_u32).filter(|number| {
            let at = now + Duration::from_millis(1) * *number;
            asking.ask(at, ends(*number as u16), "ours").is_some()
        });
        assert_eq!(asked.count(), MOST_ADDRESSES);
    }

    #[test]
    fn after_an_ice_restart_old_answers_prove_nothing() {
        let (now, mut asking) = (begin(), asking());
        let question = asking.ask(now, ends(1), "ours").unwrap();
        asking.by(Credentials { fragment: "new".into(), password: "secret".into() });
        assert!(!asking.is_answered(now, ends(1), &answer(&question, "secret")));
    }
}
