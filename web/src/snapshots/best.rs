//! Which picture of a snapshot shows, and whether a better one may still come. Pure.

use std::time::Duration;

use super::{Source, store::PARTS_KEPT, table::picture};
use crate::clock::Timestamp;

/// A camera's picture that has not even begun to arrive after this long has been lost on the way.
const PATIENCE: Duration = Duration::from_secs(10 * 60);

/// By source, then by pixels.
pub(super) fn best(pictures: &[picture::Model]) -> Option<&picture::Model> {
    let pixels = |picture: &picture::Model| i64::from(picture.width) * i64::from(picture.height);
    pictures.iter().max_by_key(|picture| (picture.source.rank(), pixels(picture)))
}

pub(super) fn better_expected(
    best: Option<Source>,
    camera_upload_begun: bool,
    taken_at: Timestamp,
    now: Timestamp,
) -> bool {
    let patience = if camera_upload_begun { PARTS_KEPT } else { PATIENCE };
    best != Some(Source::Camera) && now.since(taken_at) < patience
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(source: Source, width: i32) -> picture::Model {
        picture::Model {
            snapshot_id: uuid::Uuid::nil(),
            source,
            content_type: "image/webp".into(),
            width,
            height: 100,
            bytes: 1,
            full_sha256: String::new(),
            large_sha256: String::new(),
            small_sha256: String::new(),
            stored_at: Timestamp::from_millis(0),
        }
    }

    #[test]
    fn the_subjects_own_camera_is_best_whatever_its_size() {
        let pictures =
            [Source::Received, Source::Camera, Source::KeyFrame].map(|source| match source {
                Source::Camera => picture(source, 100),
                _ => picture(source, 1000),
            });
        assert_eq!(best(&pictures).map(|best| best.source), Some(Source::Camera));
        assert_eq!(best(&pictures[2..]).map(|best| best.source), Some(Source::KeyFrame));
        assert_eq!(best(&[]), None);
    }

    #[test]
    fn a_better_picture_is_expected_for_some_minutes_or_while_it_arrives() {
        let [taken, soon, late, much_later] =
            [0, 60_000, 3_600_000, 15 * 86_400_000].map(Timestamp::from_millis);
        let received = Some(Source::Received);
        assert!(better_expected(received, false, taken, soon));
        assert!(!better_expected(received, false, taken, late));
        assert!(better_expected(received, true, taken, late));
        assert!(!better_expected(received, true, taken, much_later), "an upload that was given up");
        assert!(!better_expected(Some(Source::Camera), true, taken, soon));
    }
}
