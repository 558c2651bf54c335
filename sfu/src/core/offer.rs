//! A client's offer, looked over before the engine sees it: bounded, in one piece, with media, and
//! without what a server that only answers does not need.

use super::error::ConnectError;

/// Longer than any browser's offer of a dozen m-lines, by far.
const MOST_BYTES: usize = 128 * 1024;
const MOST_LINES: usize = 8_192;
const MOST_MEDIA: usize = 48;
/// Longer names are cut by the engine, and then two could be the same.
const LONGEST_MID: usize = 16;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Offer {
    text: String,
    mids: Vec<String>,
    origin: Origin,
}

/// Which peer connection the offer comes from: its session and its certificate stay the same
/// through ICE restarts, and differ once the client builds another.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Origin {
    session: String,
    fingerprint: String,
}

impl Offer {
    pub(crate) fn parse(text: &str) -> Result<Self, ConnectError> {
        if text.len() > MOST_BYTES || text.lines().count() > MOST_LINES {
            return Err(malformed("too long"));
        }
        let mut offer = Self { text: String::new(), mids: Vec::new(), origin: Origin::default() };
        let mut media = 0;
        for line in text.lines().map(str::trim_end).filter(|line| !line.is_empty()) {
            media += usize::from(line.starts_with("m="));
            offer.take(line)?;
        }
        offer.check(media)
    }

    /// The session description, for the engine.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Names of the m-lines, in order.
    pub(crate) fn mids(&self) -> impl Iterator<Item = &str> {
        self.mids.iter().map(String::as_str)
    }

    pub(crate) fn origin(&self) -> &Origin {
        &self.origin
    }

    fn take(&mut self, line: &str) -> Result<(), ConnectError> {
        if let Some(mid) = line.strip_prefix("a=mid:") {
            self.take_mid(mid)?;
        } else if let Some(origin) = line.strip_prefix("o=") {
            self.origin.session = origin.split(' ').nth(1).unwrap_or_default().to_owned();
        } else if let Some(fingerprint) = line.strip_prefix("a=fingerprint:") {
            self.origin.fingerprint = fingerprint.to_ascii_lowercase();
        } else if line.starts_with("a=candidate:") || line.starts_with("a=end-of-candidates") {
            // An ICE-lite server learns the client's addresses from its checks (RFC 8445 §2.5).
            return Ok(());
        }
        self.text.push_str(line);
        self.text.push_str("\r\n");
        Ok(())
    }

    fn take_mid(&mut self, mid: &str) -> Result<(), ConnectError> {
        let is_plain = mid.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if mid.is_empty() || mid.len() > LONGEST_MID || !is_plain {
            return Err(malformed("an a=mid is not 1 to 16 letters and digits"));
        }
        if self.mids.iter().any(|known| known == mid) {
            return Err(malformed("two m-lines have the same a=mid"));
        }
        self.mids.push(mid.to_owned());
        Ok(())
    }

    fn check(self, media: usize) -> Result<Self, ConnectError> {
        if !self.text.starts_with("v=0") {
            return Err(malformed("not a session description"));
        }
        if media == 0 {
            return Err(ConnectError::UnsupportedMedia("the offer has no media".into()));
        }
        if media > MOST_MEDIA {
            return Err(malformed("too many m-lines"));
        }
        if media != self.mids.len() {
            return Err(malformed("an m-line has no a=mid"));
        }
        Ok(self)
    }
}

fn malformed(what: &str) -> ConnectError {
    ConnectError::MalformedOffer(what.to_owned())
}
