//! Values on disk, spread over files by a key, so that one part at a time is in memory.

use std::{
    fs::File,
    io::{self, BufReader, BufWriter, Read as _, Write as _},
    marker::PhantomData,
};

use serde::{Serialize, de::DeserializeOwned};
use tempfile::TempDir;

/// Parts on disk: of a million messages each has some thousands.
pub(super) const PARTS: usize = 256;

/// Values that are being written.
pub(super) struct Parts<T> {
    folder: TempDir,
    files: Vec<BufWriter<File>>,
    of: PhantomData<T>,
}

/// Values that can be read.
pub(super) struct Written<T> {
    folder: TempDir,
    of: PhantomData<T>,
}

impl<T: Serialize> Parts<T> {
    /// No values yet.
    pub fn create() -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix("pec-conformance-").tempdir()?;
        let files = (0..PARTS).map(|at| File::create(folder.path().join(at.to_string())).map(BufWriter::new));
        Ok(Self { files: files.collect::<Result<_, _>>()?, folder, of: PhantomData })
    }

    /// Puts a value into the part of its key.
    pub fn write(&mut self, key: &str, value: &T) -> io::Result<()> {
        let octets = postcard::to_stdvec(value).map_err(io::Error::other)?;
        let file = &mut self.files[part(key)];
        file.write_all(&u32::try_from(octets.len()).map_err(io::Error::other)?.to_le_bytes())?;
        file.write_all(&octets)
    }

    /// No more of them: nothing stays open.
    pub fn close(self) -> io::Result<Written<T>> {
        for file in self.files {
            file.into_inner().map_err(io::IntoInnerError::into_error)?;
        }
        Ok(Written { folder: self.folder, of: PhantomData })
    }
}

impl<T: DeserializeOwned> Written<T> {
    /// The values of a part, in the order they came.
    pub fn read(&self, part: usize) -> io::Result<impl Iterator<Item = io::Result<T>> + use<T>> {
        let mut file = BufReader::new(File::open(self.folder.path().join(part.to_string()))?);
        let mut octets = Vec::new();
        Ok(std::iter::from_fn(move || one(&mut file, &mut octets).transpose()))
    }
}

fn one<T: DeserializeOwned>(file: &mut BufReader<File>, octets: &mut Vec<u8>) -> io::Result<Option<T>> {
    let mut length = [0; 4];
    match file.read_exact(&mut length) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error),
    }
    octets.resize(u32::from_le_bytes(length) as usize, 0);
    file.read_exact(octets)?;
    postcard::from_bytes(octets).map(Some).map_err(io::Error::other)
}

/// The part of a key; the same in every run (FNV-1a).
pub(super) fn part(key: &str) -> usize {
    let hash = key
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    usize::try_from(hash % PARTS as u64).unwrap_or_default()
}
