//! Entries laid aside until everything is known that their pages tell: on the disk, so that they may be many.

use std::{
    fs::File,
    io::{self, BufWriter, Read as _, Seek as _, SeekFrom, Write as _},
    marker::PhantomData,
};

use serde::{Serialize, de::DeserializeOwned};

/// Values in the order in which they came, in a file that vanishes with it.
pub(super) struct Spool<T> {
    file: BufWriter<File>,
    /// Where each begins, and where the next one will.
    starts: Vec<u64>,
    of: PhantomData<T>,
}

impl<T: Serialize + DeserializeOwned> Spool<T> {
    pub fn new() -> io::Result<Self> {
        Ok(Self { file: BufWriter::new(tempfile::tempfile()?), starts: vec![0], of: PhantomData })
    }

    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// Lays one aside.
    pub fn push(&mut self, value: &T) -> io::Result<()> {
        let octets = postcard::to_stdvec(value).map_err(io::Error::other)?;
        self.file.write_all(&octets)?;
        self.starts.push(self.starts[self.len()] + octets.len() as u64);
        Ok(())
    }

    /// The one of this number.
    ///
    /// # Panics
    /// Where there is none.
    pub fn get(&mut self, number: usize) -> io::Result<T> {
        let (start, end) = (self.starts[number], self.starts[number + 1]);
        let mut octets = vec![0; usize::try_from(end - start).map_err(io::Error::other)?];
        // What is held back is written first, and what is pushed later is appended.
        self.file.seek(SeekFrom::Start(start))?;
        self.file.get_mut().read_exact(&mut octets)?;
        self.file.seek(SeekFrom::End(0))?;
        postcard::from_bytes(&octets).map_err(io::Error::other)
    }
}

#[cfg(test)]
mod tests {
    use super::Spool;

    #[test]
    fn what_is_laid_aside_is_found_again_in_any_order() {
        let mut spool = Spool::new().unwrap();
        for number in 0..1000_usize {
            spool.push(&format!("entry {number}")).unwrap();
            assert_eq!(spool.get(number / 2).unwrap(), format!("entry {}", number / 2));
        }
        assert_eq!((spool.len(), spool.get(999).unwrap()), (1000, "entry 999".to_owned()));
    }
}
