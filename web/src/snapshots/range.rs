//! One range of bytes (RFC 9110, 14.2). Several at once, or what cannot be read, is answered with
//! everything, as the RFC allows.

use std::ops::Range;

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    Everything,
    Part(Range<u64>),
    /// 416: it begins behind the end.
    Impossible,
}

pub(super) fn wanted(header: Option<&str>, size: u64) -> Wanted {
    let Some((first, last)) = header.and_then(parse) else { return Wanted::Everything };
    let range = match (first, last) {
        (Some(first), Some(last)) if last < first => return Wanted::Everything,
        (Some(first), last) => first..last.map_or(size, |last| last.saturating_add(1).min(size)),
        (None, Some(length)) => size.saturating_sub(length)..size,
        (None, None) => return Wanted::Everything,
    };
    if range.is_empty() { Wanted::Impossible } else { Wanted::Part(range) }
}

fn parse(header: &str) -> Option<(Option<u64>, Option<u64>)> {
    let (first, last) = header.strip_prefix("bytes=")?.split_once('-')?;
    Some((number(first)?, number(last)?))
}

/// Nothing is fine; anything but digits is not.
fn number(text: &str) -> Option<Option<u64>> {
    let text = text.trim();
    if text.is_empty() {
        return Some(None);
    }
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| Some(text.parse().unwrap_or(u64::MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_cut_to_what_there_is() {
        for (header, range) in [
            ("bytes=0-3", 0..4),
            ("bytes=4-", 4..10),
            ("bytes=-3", 7..10),
            ("bytes=-99", 0..10),
            ("bytes=8-99999999999999999999999", 8..10),
        ] {
            assert_eq!(wanted(Some(header), 10), Wanted::Part(range), "{header}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_answered_with_everything() {
        for header in
            ["", "bytes", "bytes=-", "bytes=3-1", "bytes=0-1,4-5", "lines=1-2", "bytes=+1-2"]
        {
            assert_eq!(wanted(Some(header), 10), Wanted::Everything, "{header}");
        }
        assert_eq!(wanted(None, 10), Wanted::Everything);
    }

    #[test]
    fn a_range_behind_the_end_is_impossible() {
        for header in ["bytes=10-", "bytes=10-12", "bytes=-0"] {
            assert_eq!(wanted(Some(header), 10), Wanted::Impossible, "{header}");
        }
    }
}
