//! A client's offer, looked over before the engine sees it: bounded, in one piece, with media, and
//! without what a server that only answers does not need.

use super::error::ConnectError;
use super::track::MOST_LAYERS;

/// Longer than any browser's offer of a dozen m-lines, by far.
const MOST_BYTES: usize = 128 * 1024;
const MOST_LINES: usize = 8_192;
const MOST_MEDIA: usize = 48;
/// Longer names are cut by the engine, and then two could be the same.
const LONGEST_MID: usize = 16;

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Offer {
    text: String,
    mids: Vec<String>,
    /// Names of simulcast layers that are to be sent, with the index of their m-line.
    layers: Vec<(usize, String)>,
    /// Indexes of the m-lines with redundant sound.
    redundant: Vec<usize>,
    media: usize,
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
        let mut offer = Self::default();
        for line in text.lines().map(str::trim_end).filter(|line| !line.is_empty()) {
            offer.take(line)?;
        }
        offer.check()
    }

    /// The session description, for the engine.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Names of the m-lines, in order.
    pub(crate) fn mids(&self) -> impl Iterator<Item = &str> {
        self.mids.iter().map(String::as_str)
    }

    /// Names of the simulcast layers that the client would send on an m-line, lowest first: the
    /// order in which `a=simulcast` lists them (RFC 8853 §5.1). Of alternatives only the first.
    pub(crate) fn layers(&self, mid: &str) -> impl Iterator<Item = &str> {
        let line = self.mids.iter().position(|known| known == mid);
        self.layers.iter().filter(move |(of, _)| line == Some(*of)).map(|(_, name)| name.as_str())
    }

    /// Whether the client knows how to send or take sound twice on an m-line (RFC 2198).
    pub(crate) fn has_redundancy(&self, mid: &str) -> bool {
        let line = self.mids.iter().position(|known| known == mid);
        line.is_some_and(|line| self.redundant.contains(&line))
    }

    pub(crate) fn origin(&self) -> &Origin {
        &self.origin
    }

    fn take(&mut self, line: &str) -> Result<(), ConnectError> {
        if line.starts_with("m=") {
            self.media += 1;
        } else if let Some(mid) = line.strip_prefix("a=mid:") {
            self.take_mid(mid)?;
        } else if let Some(simulcast) = line.strip_prefix("a=simulcast:") {
            self.take_layers(simulcast);
        } else if is_redundancy(line) {
            self.redundant.extend(self.media.checked_sub(1));
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

    fn take_layers(&mut self, simulcast: &str) {
        let Some(line) = self.media.checked_sub(1) else { return };
        let mut words = simulcast.split_whitespace().skip_while(|word| *word != "send");
        let sent = words.nth(1).into_iter().flat_map(|list| list.split(';'));
        let first = sent.filter_map(|layer| layer.split(',').next());
        let names = first.map(|name| name.trim_start_matches('~')).take(MOST_LAYERS);
        self.layers.retain(|(of, _)| *of != line);
        self.layers.extend(names.map(|name| (line, name.to_owned())));
    }

    fn check(self) -> Result<Self, ConnectError> {
        if !self.text.starts_with("v=0") {
            return Err(malformed("not a session description"));
        }
        if self.media == 0 {
            return Err(ConnectError::UnsupportedMedia("the offer has no media".into()));
        }
        if self.media > MOST_MEDIA {
            return Err(malformed("too many m-lines"));
        }
        if self.media != self.mids.len() {
            return Err(malformed("an m-line has no a=mid"));
        }
        Ok(self)
    }
}

/// `a=rtpmap:63 red/48000/2`, say.
fn is_redundancy(line: &str) -> bool {
    let format = line.strip_prefix("a=rtpmap:").and_then(|map| map.split(' ').nth(1));
    format.is_some_and(|format| format.to_ascii_lowercase().starts_with("red/"))
}

fn malformed(what: &str) -> ConnectError {
    ConnectError::MalformedOffer(what.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layers(simulcast: &str) -> Vec<String> {
        let text = format!("v=0\nm=audio 9 x 0\na=mid:0\nm=video 9 x 0\na=mid:1\n{simulcast}");
        let offer = Offer::parse(&text).unwrap();
        assert_eq!(offer.layers("0").count(), 0);
        offer.layers("1").map(str::to_owned).collect()
    }

    #[test]
    fn layers_are_named_lowest_first_and_are_three_at_most() {
        assert_eq!(layers("a=simulcast:send q;h;f"), ["q", "h", "f"]);
        assert_eq!(layers("a=simulcast:recv a send 0,1;~2"), ["0", "2"]);
        assert_eq!(layers("a=simulcast:send a;b;c;d;e"), ["a", "b", "c"]);
    }

    #[test]
    fn redundant_sound_is_told_of_each_line() {
        let lines = "v=0\nm=audio 9 x 63 111\na=mid:0\na=rtpmap:63 red/48000/2\nm=audio 9 x 111\na=mid:1\na=rtpmap:111 opus/48000/2\n";
        let offer = Offer::parse(lines).unwrap();
        assert!(offer.has_redundancy("0") && !offer.has_redundancy("1"));
    }

    #[test]
    fn what_is_only_received_has_no_layers() {
        assert!(layers("a=simulcast:recv q;h;f").is_empty());
        assert!(layers("a=simulcast:send").is_empty());
        assert!(layers("a=simulcast:").is_empty());
    }
}
