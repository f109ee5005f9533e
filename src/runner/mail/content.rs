//! What is in a file that a user attaches.

use std::io::{Cursor, Write as _};

use zip::{CompressionMethod, ZipWriter, unstable::write::FileOptionsExt, write::SimpleFileOptions};

use crate::scenario::attachment::{Attachment, Virus};

/// The bytes of an attachment that is a file.
pub(super) fn of(attachment: &Attachment) -> Vec<u8> {
    let content = plain(attachment);
    match &attachment.password {
        Some(password) => {
            // The zip format's own cipher: breakable, and still nothing that a scanner can look behind.
            let locked = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
            let locked = locked.with_deprecated_encryption(password.as_bytes());
            zipped("riservato", &content, locked)
        }
        None => content,
    }
}

fn plain(attachment: &Attachment) -> Vec<u8> {
    match (attachment.size, &attachment.text, attachment.virus) {
        (_, Some(text), _) => text.clone().into_bytes(),
        (_, _, Some(Virus::Eicar)) => eicar(),
        (_, _, Some(Virus::EicarInZip)) => zipped("allegato.com", &eicar(), SimpleFileOptions::default()),
        (size, None, None) => filler(size.map_or(0, |size| size.0)),
    }
}

/// The media type that a name promises.
pub(super) fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("pdf") => "application/pdf",
        Some("txt") => "text/plain",
        Some("zip") => "application/zip",
        Some("xml") => "application/xml",
        _ => "application/octet-stream",
    }
}

/// Put together here, so that no file of this project is itself detected.
fn eicar() -> Vec<u8> {
    [r"X5O!P%@AP[4\PZX54(P^)7CC)7}", "$EICAR", "-STANDARD-ANTIVIRUS-", "TEST-FILE!", "$H+H*"].concat().into_bytes()
}

fn zipped(name: &str, content: &[u8], options: SimpleFileOptions) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    archive.start_file(name, options).expect("memory takes it");
    archive.write_all(content).expect("memory takes it");
    archive.finish().expect("memory takes it").into_inner()
}

/// Bytes of a block of filler: whole lines of base64, so that a block is written alike wherever it stands, and few enough
/// for gzip to find those before it (32 KiB back).
const BLOCK: usize = 57 * 64;
/// How many of them are the block's own.
const OWN: usize = 57;

/// Bytes without a pattern that a gateway could take for text, the same in every run (a linear congruential generator).
/// But for a block's own they repeat from block to block, which no gateway minds: large ones are made in no time, and kept as
/// evidence in a fiftieth of their size.
pub(super) fn filler(size: usize) -> Vec<u8> {
    let mut state = 0x5045_4331_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    };
    let common: Vec<u8> = (OWN..size.min(BLOCK)).map(|_| next()).collect();
    let mut bytes = Vec::with_capacity(size + BLOCK);
    while bytes.len() < size {
        bytes.extend((0..OWN).map(|_| next()));
        bytes.extend_from_slice(&common);
    }
    bytes.truncate(size);
    bytes
}
