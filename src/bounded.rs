//! Reading files that others wrote: never more than a bound, and never what has no end.

use std::{
    fs::{self, File},
    io::{self, Read},
    path::Path,
};

use flate2::read::MultiGzDecoder;

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

/// What a gzip file unpacks to, read as it is unpacked. A little that unpacks to very much is an error beyond the bound, and
/// never held; so is what does not unpack.
pub struct Unpacked<R> {
    packed: MultiGzDecoder<Counted<R>>,
    bound: Expansion,
    octets: u64,
}

/// How much may come of how little.
#[derive(Clone, Copy, Debug)]
pub struct Expansion {
    /// How many octets may come of anything.
    pub at_least: u64,
    /// How many octets may come of each that is read, beyond those.
    pub ratio: u64,
}

impl Expansion {
    /// Whether so many octets may come of so many packed ones.
    pub fn allows(self, packed: u64, octets: u64) -> bool {
        octets <= self.at_least.saturating_add(packed.saturating_mul(self.ratio))
    }
}

impl<R: Read> Unpacked<R> {
    /// Of what `packed` gives.
    pub fn new(packed: R, bound: Expansion) -> Self {
        Self { packed: MultiGzDecoder::new(Counted { inner: packed, octets: 0 }), bound, octets: 0 }
    }
}

impl<R: Read> Read for Unpacked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let broken = |error: io::Error| io::Error::new(error.kind(), format!("it does not unpack: {error}"));
        let read = self.packed.read(buffer).map_err(broken)?;
        self.octets += read as u64;
        if !self.bound.allows(self.packed.get_ref().octets, self.octets) {
            let Expansion { at_least, ratio } = self.bound;
            let words = format!("it unpacks to more than {ratio} times its size beyond {}", told(at_least));
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, words));
        }
        Ok(read)
    }
}

/// Counts what is read.
struct Counted<R> {
    inner: R,
    octets: u64,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.octets += read as u64;
        Ok(read)
    }
}

/// A bound in words.
pub fn told(limit: u64) -> String {
    if limit >= MIB { format!("{} MiB", limit / MIB) } else { format!("{limit} bytes") }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

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

    fn packed(bytes: &[u8]) -> Vec<u8> {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        packed.write_all(bytes).unwrap();
        packed.finish().unwrap()
    }

    fn unpacked(packed: &[u8], bound: Expansion) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        Unpacked::new(packed, bound).read_to_end(&mut bytes).map(|_| bytes)
    }

    #[test]
    fn what_is_packed_is_read_up_to_the_bound_and_a_bomb_is_not() {
        let bound = Expansion { at_least: 1000, ratio: 10 };
        let two = [packed(b"one"), packed(b"two")].concat();
        assert_eq!(unpacked(&two, bound).unwrap(), b"onetwo");
        let bomb = packed(&vec![0; 1 << 20]);
        let error = unpacked(&bomb, bound).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::FileTooLarge);
        assert_eq!(error.to_string(), "it unpacks to more than 10 times its size beyond 1000 bytes");
        assert_eq!(unpacked(&bomb, Expansion { at_least: MIB, ratio: 0 }).unwrap().len(), 1 << 20);
        for broken in [&two[..two.len() - 3], b"\x1f\x8bno", b""] {
            let told = unpacked(broken, bound).map_err(|error| error.to_string());
            assert!(told.as_ref().is_err_and(|told| told.contains("does not unpack")), "{told:?}");
        }
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
