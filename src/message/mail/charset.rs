//! Charsets by their names in mail.

use mail_parser::decoders::charsets::{DecoderFnc, map::charset_decoder};

/// The decoder for a charset, `None` for an unknown one. mail-parser's map has everything but its own default, UTF-8.
pub(super) fn decoder(name: &str) -> Option<DecoderFnc> {
    if name.eq_ignore_ascii_case("utf-8") || name.eq_ignore_ascii_case("utf8") {
        return Some(|bytes| String::from_utf8_lossy(bytes).into_owned());
    }
    charset_decoder(name.as_bytes())
}
