//! What the file system says, in the few words that callers act upon.

use std::error::Error;
use std::fs::File;
use std::io;
use std::path::Path;

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

/// Makes a change of a directory's entries (a new file, a rename) durable.
pub(crate) fn sync_directory(directory: &Path) -> io::Result<()> {
    File::open(directory)?.sync_all()
}

fn means_full(error: &io::Error) -> bool {
    use io::ErrorKind::{QuotaExceeded, StorageFull};
    matches!(error.kind(), StorageFull | QuotaExceeded)
}
