//! What the file system says, in the few words that callers act upon.

use std::error::Error;
use std::io;

/// Whether an error, or one that it was caused by, means that there is no room left.
pub(crate) fn is_full(error: &(dyn Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if error.downcast_ref::<io::Error>().is_some_and(means_full) {
            return true;
        }
        cause = error.source();
    }
    false
}

fn means_full(error: &io::Error) -> bool {
    use io::ErrorKind::{QuotaExceeded, StorageFull};
    matches!(error.kind(), StorageFull | QuotaExceeded)
}
