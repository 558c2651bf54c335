//! A client's offer, looked over before the engine sees it: bounded, in one piece, with media, and
//! without what a server that only answers does not need.

use std::collections::BTreeSet;

use super::error::ConnectError;
use super::track::MOST_LAYERS;

/// Longer than any browser's offer of a dozen m-lines, by far.
const MOST_BYTES: usize = 128 * 1024;
const MOST_LINES: usize = 8_192;
const MOST_MEDIA: usize = 48;
/// Longer names are cut by the engine, and then two could be the same.
const LONGEST_MID: usize = 16;
/// What goes over one transport (RFC 9143 §7).
pub(crate) const BUNDLE: &str = "a=group:BUNDLE";
/// What begins so is said of one m-line alone, or once for all in a bundle.
const OF_ITS_OWN: [&str; 8] =
    ["a=mid:", "a=msid:", "a=ssrc", "a=ice-", "a=fingerprint:", "a=setup:", "a=rtcp:", "c="];

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Offer {
    /// What comes before the first m-line.
    session: String,
    sections: Vec<Section>,
    origin: Origin,
}

/// An m-line, and what is said of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Section {
    mid: String,
    text: String,
    /// What is asked for, in whichever order, without what differs from one to the next: its name, and
    /// what is said once for the whole bundle.
    terms: BTreeSet<String>,
    /// Names of simulcast layers that are to be sent, lowest first.
    layers: Vec<String>,
    /// Sound may come more than once (RFC 2198).
    has_redundancy: bool,
    only_receives: bool,
    has_port: bool,
}

/// Which peer connection the offer comes from: its session and its certificate stay the same
/// through ICE restarts, and differ once the client builds another.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Origin {
    session: String,
    fingerprint: String,
}

/// What proves a connectivity check or its answer to be the client's (RFC 8839 §5.4).
#[derive(Clone, PartialEq, Eq, Default)]
pub(crate) struct Credentials {
    pub(crate) fragment: String,
    pub(crate) password: String,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials").field("fragment", &self.fragment).finish_non_exhaustive()
    }
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

    /// The session description, without the m-lines of these names.
    pub(crate) fn without(&self, is_left_out: impl Fn(&str) -> bool) -> String {
        let mut text = String::new();
        for line in self.session.lines() {
            match line.strip_prefix(BUNDLE) {
                Some(mids) => {
                    let kept = mids.split_whitespace().filter(|mid| !is_left_out(mid));
                    text.push_str(BUNDLE);
                    kept.for_each(|mid| text.extend([" ", mid]));
                }
                None => text.push_str(line),
            }
            text.push_str("\r\n");
        }
        let kept = self.sections.iter().filter(|section| !is_left_out(&section.mid));
        kept.for_each(|section| text.push_str(&section.text));
        text
    }

    /// One for each m-line, in order.
    pub(crate) fn sections(&self) -> &[Section] {
        &self.sections
    }

    fn section(&self, mid: &str) -> Option<&Section> {
        self.sections.iter().find(|section| section.mid == mid)
    }

    /// Whether the client wants nothing of it, or no more: a line without a port may also be one that goes
    /// over the transport of others (RFC 9143 §7.2.1).
    pub(crate) fn rejects(&self, section: &Section) -> bool {
        let mut bundles = self.session.lines().filter_map(|line| line.strip_prefix(BUNDLE));
        let mut is_bundled =
            || bundles.any(|mids| mids.split_whitespace().any(|mid| mid == section.mid));
        !section.has_port && !is_bundled()
    }

    pub(crate) fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Of the bundle, in which all m-lines say the same.
    pub(crate) fn credentials(&self) -> Credentials {
        let said = |what| {
            let texts = self.sections.iter().map(|section| section.text.as_str());
            let mut lines =
                std::iter::once(self.session.as_str()).chain(texts).flat_map(str::lines);
            lines.find_map(|line| line.strip_prefix(what)).unwrap_or_default().to_owned()
        };
        Credentials { fragment: said("a=ice-ufrag:"), password: said("a=ice-pwd:") }
    }

    fn take(&mut self, line: &str) -> Result<(), ConnectError> {
        if is_candidate(line) {
            // An ICE-lite server learns the client's addresses from its checks (RFC 8445 §2.5).
            return Ok(());
        }
        if let Some(origin) = line.strip_prefix("o=") {
            self.origin.session = origin.split(' ').nth(1).unwrap_or_default().to_owned();
        } else if let Some(fingerprint) = line.strip_prefix("a=fingerprint:") {
            self.origin.fingerprint = fingerprint.to_ascii_lowercase();
        }
        if let Some(mid) = line.strip_prefix("a=mid:") {
            self.check_mid(mid)?;
        }
        if line.starts_with("m=") {
            self.sections.push(Section::default());
        }
        match self.sections.last_mut() {
            Some(section) => section.take(line),
            None => self.session.extend([line, "\r\n"]),
        }
        Ok(())
    }

    fn check_mid(&self, mid: &str) -> Result<(), ConnectError> {
        let is_plain = mid.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if mid.is_empty() || mid.len() > LONGEST_MID || !is_plain {
            return Err(malformed("an a=mid is not 1 to 16 letters and digits"));
        }
        if self.section(mid).is_some() {
            return Err(malformed("two m-lines have the same a=mid"));
        }
        if self.sections.last().is_none_or(|section| !section.mid.is_empty()) {
            return Err(malformed("an a=mid belongs to no m-line, or to one that has one"));
        }
        Ok(())
    }

    fn check(self) -> Result<Self, ConnectError> {
        if !self.session.starts_with("v=0") {
            return Err(malformed("not a session description"));
        }
        if self.sections.is_empty() {
            return Err(ConnectError::UnsupportedMedia("the offer has no media".into()));
        }
        if self.sections.len() > MOST_MEDIA {
            return Err(malformed("too many m-lines"));
        }
        if self.sections.iter().any(|section| section.mid.is_empty()) {
            return Err(malformed("an m-line has no a=mid"));
        }
        Ok(self)
    }
}

impl Section {
    pub(crate) fn mid(&self) -> &str {
        &self.mid
    }

    /// Names of the simulcast layers that the client would send on it, lowest first: the order in
    /// which `a=simulcast` lists them (RFC 8853 §5.1). Of alternatives only the first.
    pub(crate) fn layers(&self) -> &[String] {
        &self.layers
    }

    /// Whether the client knows how to send or take sound twice on it (RFC 2198).
    pub(crate) fn has_redundancy(&self) -> bool {
        self.has_redundancy
    }

    /// Whether the client would only receive on it.
    pub(crate) fn only_receives(&self) -> bool {
        self.only_receives
    }

    /// Whether both could be answered in the same words.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        self.has_port == other.has_port && self.terms == other.terms
    }

    fn take(&mut self, line: &str) {
        if let Some(mid) = line.strip_prefix("a=mid:") {
            mid.clone_into(&mut self.mid);
        } else if let Some(simulcast) = line.strip_prefix("a=simulcast:") {
            self.take_layers(simulcast);
        } else if is_redundancy(line) {
            self.has_redundancy = true;
        }
        self.only_receives |= line == "a=recvonly";
        if let Some(media) = line.strip_prefix("m=") {
            return self.open(media, line);
        }
        if !OF_ITS_OWN.iter().any(|prefix| line.starts_with(prefix)) {
            self.terms.insert(line.to_owned());
        }
        self.text.extend([line, "\r\n"]);
    }

    /// `<media> <port> <proto> <fmt> …` (RFC 8866 §5.14).
    fn open(&mut self, media: &str, line: &str) {
        let words = || media.split(' ');
        self.has_port = words().nth(1) != Some("0");
        let but_for_port = words().enumerate().filter(|(place, _)| *place != 1);
        self.terms.insert(but_for_port.map(|(_, word)| word).collect::<Vec<_>>().join(" "));
        self.text.extend([line, "\r\n"]);
    }

    fn take_layers(&mut self, simulcast: &str) {
        let mut words = simulcast.split_whitespace().skip_while(|word| *word != "send");
        let sent = words.nth(1).into_iter().flat_map(|list| list.split(';'));
        let first = sent.filter_map(|layer| layer.split(',').next());
        let names = first.map(|name| name.trim_start_matches('~')).take(MOST_LAYERS);
        self.layers = names.map(str::to_owned).collect();
    }
}

/// Of ICE (RFC 8839 §5.1), or that there are no more (RFC 8840 §8.2).
pub(crate) fn is_candidate(line: &str) -> bool {
    line.starts_with("a=candidate:") || line.starts_with("a=end-of-candidates")
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

    fn sections<const COUNT: usize>(offer: &str) -> [Section; COUNT] {
        Offer::parse(offer).unwrap().sections.try_into().unwrap()
    }

    fn layers(simulcast: &str) -> Vec<String> {
        let text = format!("v=0\nm=audio 9 x 0\na=mid:0\nm=video 9 x 0\na=mid:1\n{simulcast}");
        let [sound, picture] = sections(&text);
        assert!(sound.layers().is_empty());
        picture.layers().to_vec()
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
        let [with, without] = sections(lines);
        assert!(with.has_redundancy() && !without.has_redundancy());
    }

    #[test]
    fn lines_are_alike_that_ask_for_the_same() {
        let video = |mid, rest| format!("m=video 9 x 96\na=mid:{mid}\na=ice-ufrag:{mid}\n{rest}");
        let lines = [
            video(0, "a=recvonly\na=extmap:1 x\n"),
            video(1, "a=extmap:1 x\na=recvonly\n"),
            video(2, "a=extmap:1 x\na=sendonly\n"),
        ];
        let [first, same, other] = sections(&format!("v=0\n{}", lines.concat()));
        assert!(first.is_like(&same) && !first.is_like(&other));
        let [there, gone] =
            sections(&format!("v=0\n{}{}", lines[0], lines[1].replace(" 9 ", " 0 ")));
        assert!(!there.is_like(&gone));
    }

    #[test]
    fn lines_are_left_out_of_the_bundle_as_well() {
        let lines = [0, 1, 2].map(|mid| format!("m=video 9 x 96\na=mid:{mid}\n")).concat();
        let offer = Offer::parse(&format!("v=0\na=group:BUNDLE 0 1 2\n{lines}")).unwrap();
        let left = Offer::parse(&offer.without(|mid| mid == "1")).unwrap();
        assert_eq!(left.session, "v=0\r\na=group:BUNDLE 0 2\r\n");
        assert_eq!(left.sections().iter().map(Section::mid).collect::<Vec<_>>(), ["0", "2"]);
        assert_eq!(Offer::parse(&offer.without(|_| false)).unwrap(), offer);
    }

    #[test]
    fn a_line_without_a_port_is_rejected_unless_it_is_bundled() {
        let lines = "v=0\na=group:BUNDLE 0\nm=video 0 x 96\na=mid:0\nm=video 0 x 96\na=mid:1\n";
        let offer = Offer::parse(lines).unwrap();
        let rejected = offer.sections().iter().map(|section| offer.rejects(section));
        assert_eq!(rejected.collect::<Vec<_>>(), [false, true]);
    }

    #[test]
    fn what_is_only_received_has_no_layers() {
        assert!(layers("a=simulcast:recv q;h;f").is_empty());
        assert!(layers("a=simulcast:send").is_empty());
        assert!(layers("a=simulcast:").is_empty());
    }
}
