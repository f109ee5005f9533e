//! Writing the directory as LDIF (RFC 6109 4.5.10). Making: shares nothing with the reader.

use super::Directory;

/// The directory as an LDIF file, the base record `o=postacert` first.
pub fn ldif(directory: &Directory) -> Vec<u8> {
    let _ = directory;
    todo!()
}
