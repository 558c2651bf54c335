//! Receive slots beyond the first of their kind. What is sent on them goes past the engine, which would
//! keep five kilobytes of each all the same: so it is only told of the first, and the others are answered
//! as that one is.

use std::collections::BTreeMap;

use str0m::Rtc;

use super::lines::LineState;
use crate::core::error::ConnectError;
use crate::core::offer::{BUNDLE, Offer, Section, is_candidate};
use crate::core::sending::Naming;

/// By their names, each with the name of the one that it is answered like.
#[derive(Debug, Default)]
pub(super) struct Copies(BTreeMap<String, String>);

/// A receive slot as it is to be answered.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slot<'a> {
    pub(super) naming: &'a Naming,
    /// The SSRC of its sound, or whatever else names both: browsers play in step what is of one stream.
    pub(super) stream: u32,
}

/// What becomes of an m-line that the engine is not told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Sent,
    Silent,
    Rejected,
}

impl Copies {
    /// What once was told to the engine, or was not, stays so: it finds its lines by their places.
    pub(super) fn of(rtc: &Rtc, offer: &Offer, lines: &[LineState]) -> Self {
        let mut copies = BTreeMap::new();
        let mut originals: Vec<&Section> = Vec::new();
        for section in offer.sections() {
            let mid = section.mid();
            let line = lines.iter().find(|line| *line.mid == *mid);
            let is_wanted = section.only_receives() && !offer.rejects(section);
            let original = match line {
                Some(line) => line.original.map(|mid| mid.to_string()),
                None if is_wanted && rtc.media(mid.into()).is_none() => {
                    let like = originals.iter().find(|original| section.is_like(original));
                    like.map(|original| original.mid().to_owned())
                }
                None => None,
            };
            if let Some(original) = original {
                copies.insert(mid.to_owned(), original);
            } else if is_wanted && line.is_none_or(LineState::is_slot) {
                originals.push(section);
            }
        }
        Self(copies)
    }

    /// The name of the one that it is answered like.
    pub(super) fn original(&self, mid: &str) -> Option<&str> {
        self.0.get(mid).map(String::as_str)
    }

    /// The answer to the whole offer, from what the engine answered of the rest. `slot`: of those m-lines
    /// that are receive slots.
    pub(super) fn answer<'a>(
        &self,
        offer: &Offer,
        engines: &str,
        slot: impl Fn(&str) -> Option<Slot<'a>>,
    ) -> Result<String, ConnectError> {
        let (session, answered) = split(engines);
        let mut text = self.session(offer, session);
        for section in offer.sections() {
            let original = self.original(section.mid());
            let like = answered.get(original.unwrap_or(section.mid()));
            let missing = || {
                let mid = section.mid();
                ConnectError::MalformedOffer(format!("the m-line {mid} cannot be answered"))
            };
            let like = like.copied().ok_or_else(missing)?;
            let fate = original.map(|_| match section {
                section if offer.rejects(section) => Fate::Rejected,
                section if section.only_receives() => Fate::Sent,
                _ => Fate::Silent,
            });
            match slot(section.mid()) {
                Some(slot) => slot.write(like, fate, &mut text),
                None if fate.is_some() => return Err(missing()),
                None => text.push_str(like),
            }
        }
        Ok(text)
    }

    /// What comes before the first m-line, with all of them in the bundle that the client wants.
    fn session(&self, offer: &Offer, engines: &str) -> String {
        let mut text = String::new();
        // The streams that it would list are named otherwise below; nobody needs it (RFC 8830).
        for line in engines.lines().filter(|line| !line.starts_with("a=msid-semantic:")) {
            let Some(bundled) = line.strip_prefix(BUNDLE) else {
                text.extend([line, "\r\n"]);
                continue;
            };
            let is_bundled = |section: &&Section| match self.original(section.mid()) {
                Some(_) => !offer.rejects(section),
                None => bundled.split_whitespace().any(|mid| mid == section.mid()),
            };
            text.push_str(BUNDLE);
            let bundled = offer.sections().iter().filter(is_bundled);
            bundled.for_each(|section| text.extend([" ", section.mid()]));
            text.push_str("\r\n");
        }
        text
    }
}

impl Slot<'_> {
    /// Writes the m-line as another one is answered, or as it is answered itself.
    fn write(&self, like: &str, fate: Option<Fate>, text: &mut String) {
        let Naming { mid, ssrc, resending, .. } = self.naming;
        let stream = self.stream;
        let streams = || like.lines().filter(|line| line.starts_with("a=ssrc"));
        for line in like.lines().filter(|line| !line.starts_with("a=ssrc")) {
            if let Some(fate) = fate.filter(|_| line.starts_with("m=")) {
                let port = if fate == Fate::Rejected { "0" } else { "9" };
                let words = line.splitn(3, ' ').enumerate();
                let words = words.map(|(place, word)| if place == 1 { port } else { word });
                text.push_str(&words.collect::<Vec<_>>().join(" "));
            } else if line.starts_with("a=mid:") {
                text.extend(["a=mid:", mid]);
            } else if line.starts_with("a=msid:") {
                continue;
            } else if fate.is_some() && is_direction(line) {
                text.push_str(if fate == Some(Fate::Sent) { "a=sendonly" } else { "a=inactive" });
            } else if fate.is_some() && is_candidate(line) {
                continue;
            } else {
                text.push_str(line);
            }
            text.push_str("\r\n");
        }
        let is_sent = fate.map_or(streams().next().is_some(), |fate| fate == Fate::Sent);
        if !is_sent {
            return;
        }
        text.push_str(&format!("a=msid:{stream} {ssrc}\r\n"));
        let cname =
            streams().find_map(|line| line.split_once(" cname:")).map_or(&**mid, |(_, name)| name);
        let again = resending.as_ref().map(|resending| resending.ssrc);
        if let Some(again) = again {
            text.push_str(&format!("a=ssrc-group:FID {ssrc} {again}\r\n"));
        }
        for name in [*ssrc].into_iter().chain(again) {
            text.push_str(&format!("a=ssrc:{name} cname:{cname}\r\n"));
            text.push_str(&format!("a=ssrc:{name} msid:{stream} {ssrc}\r\n"));
        }
    }
}

fn is_direction(line: &str) -> bool {
    ["a=sendrecv", "a=sendonly", "a=recvonly", "a=inactive"].contains(&line)
}

/// What comes before the first m-line, and each m-line with what is said of it, by its name.
fn split(answer: &str) -> (&str, BTreeMap<&str, &str>) {
    let begins = answer.match_indices("m=").map(|(at, _)| at);
    let begins = begins.filter(|at| answer[..*at].ends_with('\n')).collect::<Vec<_>>();
    let ends = begins.iter().skip(1).copied().chain([answer.len()]);
    let sections = begins.iter().zip(ends).map(|(begin, end)| &answer[*begin..end]);
    let named = sections.filter_map(|section| {
        let mid = section.lines().find_map(|line| line.strip_prefix("a=mid:"))?;
        Some((mid, section))
    });
    (&answer[..begins.first().copied().unwrap_or(answer.len())], named.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::peer::{Identity, Peer};
    use crate::core::testing::begin;

    const SOUND: &str = "a=rtpmap:111 opus/48000/2\r\na=fmtp:111 minptime=10;useinbandfec=1\r\n";
    const PICTURE: &str = "a=rtpmap:96 VP8/90000\r\na=rtcp-fb:96 nack\r\na=rtcp-fb:96 nack pli\r\n\
         a=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\n";

    /// Their mids, directions and ports.
    type Lines<'a> = Vec<(usize, &'a str, u16)>;

    /// Of a microphone, a camera, and three receive slots.
    fn offer(fragment: &str, change: impl Fn(&mut Lines<'_>)) -> Offer {
        let mut lines: Vec<_> = (0..8).map(|mid| (mid, "recvonly", 9)).collect();
        (lines[0].1, lines[1].1) = ("sendonly", "sendonly");
        change(&mut lines);
        let mut text =
            String::from("v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE");
        let bundled = lines.iter().filter(|(_, _, port)| *port > 0);
        bundled.for_each(|(mid, ..)| text.push_str(&format!(" {mid}")));
        text.push_str("\r\n");
        for (mid, direction, port) in lines {
            let (media, formats, terms) = match mid % 2 {
                0 => ("audio", "111", SOUND),
                _ => ("video", "96 97", PICTURE),
            };
            text.push_str(&format!("m={media} {port} UDP/TLS/RTP/SAVPF {formats}\r\n"));
            text.push_str("c=IN IP4 0.0.0.0\r\na=rtcp-mux\r\na=setup:actpass\r\n");
            text.push_str(&format!(
                "a=ice-ufrag:{fragment}\r\na=ice-pwd:0123456789abcdefghijkl\r\n"
            ));
            text.push_str(&format!("a=fingerprint:sha-256 {}\r\n", ["AB"; 32].join(":")));
            text.push_str(&format!("a=mid:{mid}\r\na={direction}\r\n{terms}"));
        }
        Offer::parse(&text).unwrap()
    }

    fn accept(offer: &Offer) -> (Peer, String) {
        let identity = Identity::generate(vec![([127, 0, 0, 1], 9).into()]).unwrap();
        Peer::accept(begin(), &identity, offer).unwrap()
    }

    /// What is said of an m-line by lines that begin so.
    fn said<'a>(answer: &'a str, mid: &str, begin: &'a str) -> Vec<&'a str> {
        let section = split(answer).1[mid];
        section.lines().filter_map(|line| line.strip_prefix(begin)).collect()
    }

    fn bundle(answer: &str) -> &str {
        answer.lines().find_map(|line| line.strip_prefix(BUNDLE)).unwrap()
    }

    #[test]
    fn slots_that_the_engine_never_hears_of_are_answered_like_the_first() {
        let (peer, answer) = accept(&offer("abcd", |_| {}));
        let known = (0..8).filter(|mid: &i32| peer.rtc.media((&*mid.to_string()).into()).is_some());
        assert_eq!(known.collect::<Vec<_>>(), [0, 1, 2, 3]);
        assert_eq!(bundle(&answer), " 0 1 2 3 4 5 6 7");
        let mids = answer.lines().filter_map(|line| line.strip_prefix("a=mid:"));
        assert_eq!(mids.collect::<String>(), "01234567");
        let mut ssrcs = Vec::new();
        for (first, copy) in [("2", "4"), ("2", "6"), ("3", "5"), ("3", "7")] {
            for same in
                ["a=rtpmap", "a=fmtp", "a=rtcp-fb", "a=ice-", "a=setup", "a=fingerprint", "a=send"]
            {
                assert_eq!(said(&answer, first, same), said(&answer, copy, same));
            }
            ssrcs.extend(said(&answer, copy, "a=ssrc:"));
        }
        // Each has a name, and pictures another by which they are sent again; and two things are said
        // of each name.
        let named: Vec<_> = ssrcs.iter().map(|ssrc| ssrc.split_once(' ').unwrap().0).collect();
        let distinct: std::collections::BTreeSet<_> = named.iter().collect();
        assert_eq!((named.len(), distinct.len()), (12, 6));
        let stream = |mid| said(&answer, mid, "a=msid:")[0].split_once(' ').unwrap().0;
        assert_eq!([stream("4"), stream("6")], [stream("5"), stream("7")]);
        assert_ne!(stream("4"), stream("6"));
    }

    #[test]
    fn they_keep_their_names_when_ice_begins_anew() {
        let (mut peer, first) = accept(&offer("abcd", |_| {}));
        let again = peer.reaccept(&offer("efgh", |_| {})).unwrap();
        for mid in ["2", "3", "4", "5", "6", "7"] {
            assert_eq!(said(&first, mid, "a=ssrc"), said(&again, mid, "a=ssrc"));
            assert_ne!(said(&first, mid, "a=ice-ufrag"), said(&again, mid, "a=ice-ufrag"));
        }
    }

    #[test]
    fn more_may_follow_and_some_be_given_up() {
        let (mut peer, _) = accept(&offer("abcd", |lines| lines.truncate(6)));
        let answer = peer.reaccept(&offer("abcd", |_| {})).unwrap();
        assert_eq!(said(&answer, "7", "a=ssrc-group:FID").len(), 1);
        let given_up = offer("abcd", |lines| (lines[5].1, lines[7].2) = ("inactive", 0));
        let answer = peer.reaccept(&given_up).unwrap();
        assert_eq!(bundle(&answer), " 0 1 2 3 4 5 6");
        assert_eq!(said(&answer, "5", "a=inactive").len(), 1);
        assert!(said(&answer, "5", "a=ssrc").is_empty());
        assert!(
            said(&answer, "7", "m=video 0 ").len() == 1 && said(&answer, "7", "a=ssrc").is_empty()
        );
    }

    #[test]
    fn one_that_asks_for_something_else_is_told_to_the_engine() {
        let text = offer("abcd", |_| {}).without(|_| false);
        let at = text.rfind("a=rtcp-fb:96 nack pli").unwrap();
        let other = Offer::parse(&format!("{}{}", &text[..at], &text[at + 23..])).unwrap();
        let (peer, answer) = accept(&other);
        assert!(peer.rtc.media("7".into()).is_some() && peer.rtc.media("5".into()).is_none());
        assert_eq!(said(&answer, "7", "a=ssrc-group:FID").len(), 1);
    }

    #[test]
    fn what_is_rejected_from_the_beginning_is_none() {
        let (peer, answer) = accept(&offer("abcd", |lines| (lines[5].2, lines[7].2) = (0, 0)));
        assert_eq!(bundle(&answer), " 0 1 2 3 4 6");
        assert!(["5", "7"].iter().all(|mid| said(&answer, mid, "m=video 0 ").len() == 1));
        assert_eq!(peer.slot_lines(crate::core::event::MediaKind::Video).len(), 1);
    }

    #[test]
    fn what_they_are_like_may_be_given_up() {
        let (mut peer, _) = accept(&offer("abcd", |_| {}));
        let answer = peer.reaccept(&offer("abcd", |lines| lines[3].2 = 0)).unwrap();
        assert_eq!(bundle(&answer), " 0 1 2 4 5 6 7");
        assert_eq!(said(&answer, "3", "m=video 0 ").len(), 1);
        assert_eq!(said(&answer, "5", "m=video 9 ").len(), 1);
        assert_eq!(said(&answer, "5", "a=msid:").len(), 1);
    }

    #[test]
    fn lines_are_added_but_never_replaced_moved_or_left_out() {
        let (mut peer, _) = accept(&offer("abcd", |lines| lines.truncate(6)));
        let changes: [fn(&mut Lines<'_>); 4] = [
            |lines| lines[5].0 = 9,
            |lines| lines.swap(4, 6),
            |lines| lines.truncate(5),
            |lines| (lines[3].0, lines[3].2) = (9, 9),
        ];
        for change in changes {
            let refused = peer.reaccept(&offer("abcd", change));
            assert!(matches!(refused, Err(ConnectError::MalformedOffer(_))), "{refused:?}");
        }
        let answer = peer.reaccept(&offer("abcd", |_| {})).unwrap();
        assert_eq!(said(&answer, "7", "a=ssrc-group:FID").len(), 1);
    }

    /// An m-line of a codec that we do not know is refused after others have been taken in.
    #[test]
    fn offers_that_are_refused_do_not_pile_lines_up() {
        let (mut peer, _) = accept(&offer("abcd", |lines| lines.truncate(6)));
        let unknown = |mid| {
            let text = offer("abcd", |lines| lines[7].0 = mid).without(|_| false);
            let at = text.rfind("m=video").unwrap();
            let last = text[at..].replace("a=rtpmap:96 VP8/90000", "a=rtpmap:96 X/90000");
            let last = last.replace(&format!("a=mid:{mid}"), "a=mid:last");
            let more = &text[at..];
            let text = text[..at].replace(&format!(" {mid}\r\n"), &format!(" {mid} last\r\n"));
            Offer::parse(&format!("{text}{more}{last}")).unwrap()
        };
        let first = peer.reaccept(&unknown(7));
        assert!(matches!(first, Err(ConnectError::UnsupportedMedia(_))), "{first:?}");
        for mid in [9, 11, 13] {
            let next = peer.reaccept(&unknown(mid));
            assert!(matches!(next, Err(ConnectError::MalformedOffer(_))), "{next:?}");
        }
        assert_eq!(peer.lines.len(), 8);
    }

    #[test]
    fn what_the_engine_was_told_of_it_is_told_of_again() {
        let inactive = offer("abcd", |lines| (lines[5].1, lines[7].1) = ("inactive", "sendonly"));
        let (mut peer, _) = accept(&inactive);
        let answer = peer.reaccept(&offer("abcd", |lines| lines[7].1 = "sendonly")).unwrap();
        assert!(peer.rtc.media("5".into()).is_some());
        assert_eq!(said(&answer, "5", "a=ssrc-group:FID").len(), 1);
    }

    #[test]
    fn a_line_that_was_published_on_is_none_to_be_like() {
        let (mut peer, _) = accept(&offer("abcd", |lines| {
            lines.truncate(3);
            lines[1].1 = "sendrecv";
        }));
        let answer = peer.reaccept(&offer("abcd", |lines| lines[1].1 = "recvonly")).unwrap();
        assert!(peer.rtc.media("3".into()).is_some() && peer.rtc.media("5".into()).is_none());
        assert_eq!(said(&answer, "5", "a=ssrc-group:FID").len(), 1);
    }
}
