//! Reading files that others wrote: never more than a bound, and never what has no end.

use std::{
    fs::{self, File},
    io::{self, Read as _},
    path::Path,
};

/// A mebibyte, in which bounds are told.
pub const MIB: u64 = 1 << 20;

/// The whole of a regular file of at most `limit` bytes. A pipe, a socket or a device is refused without being opened,
/// for opening one may wait for ever; so is what turns out longer. The error says which, and the bound.
pub fn read(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    let metadata = fs::metadata(path)?;
    if !metadata.is_file() {
        let what = if metadata.is_dir() { "a folder" } else { "a pipe, socket or device" };
        return Err(io::Error::new(io::ErrorKind::InvalidInput, format!("it is {what}, not a file")));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len().min(limit)).unwrap_or_default());
    File::open(path)?.take(limit + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, format!("it is larger than {}", told(limit))));
    }
    Ok(bytes)
}

/// The same, as UTF-8.
pub fn read_text(path: &Path, limit: u64) -> io::Result<String> {
    String::from_utf8(read(path, limit)?).map_err(|error| {
        let place = error.utf8_error().valid_up_to();
        io::Error::new(io::ErrorKind::InvalidData, format!("it is not UTF-8, from its byte {place} on"))
    })
}

fn told(limit: u64) -> String {
    if limit >= MIB { format!("{} MiB", limit / MIB) } else { format!("{limit} bytes") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_up_to_the_bound_and_refused_beyond_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs::write(&path, "12345").unwrap();
        assert_eq!(read(&path, 5).unwrap(), b"12345");
        assert!(read(&path, 4).unwrap_err().to_string().contains("larger than 4 bytes"));
        assert!(read(folder.path(), 5).unwrap_err().to_string().contains("a folder"));
        fs::write(&path, b"ab\xff").unwrap();
        assert!(read_text(&path, 5).unwrap_err().to_string().contains("byte 2"));
    }

    #[cfg(unix)]
    #[test]
    fn what_has_no_end_is_refused_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        for endless in [Path::new("/dev/zero"), &pipe] {
            assert!(read(endless, MIB).unwrap_err().to_string().contains("pipe, socket or device"));
        }
    }
}
