//! stderr is for people. It may be closed, full, or nobody's: then nobody is told, and nothing stops for it.

use std::io::{self, Write as _};

/// Writes `text`, as far as it can be written.
pub fn say(text: &str) {
    let mut stderr = io::stderr().lock();
    // There is nobody left to tell of it.
    let _ = stderr.write_all(text.as_bytes()).and_then(|()| stderr.flush());
}
