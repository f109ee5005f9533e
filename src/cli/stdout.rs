//! stdout is for data, and whoever reads it may leave early.

use std::io::{self, BufWriter, Write};

use super::CliError;

/// Held back before it is written: a million lines take few calls of the system.
const HELD: usize = 64 << 10;

/// stdout, buffered. A reader that has gone (`| head`) is no error: what it would have read is dropped.
pub struct Stdout(Option<BufWriter<io::Stdout>>);

impl Stdout {
    /// The process's.
    pub fn open() -> Self {
        Self(Some(BufWriter::with_capacity(HELD, io::stdout())))
    }

    /// Writes `text` and whatever was held back.
    pub fn print(text: &str) -> Result<(), CliError> {
        let mut out = Self::open();
        out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(CliError::Stdout)
    }

    fn unless_gone<T>(
        &mut self,
        gone: T,
        act: impl FnOnce(&mut BufWriter<io::Stdout>) -> io::Result<T>,
    ) -> io::Result<T> {
        let Some(out) = &mut self.0 else { return Ok(gone) };
        match act(out) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                if let Some(out) = self.0.take() {
                    // Without this the buffer would be written once more when dropped.
                    let _ = out.into_parts();
                }
                Ok(gone)
            }
            done => done,
        }
    }
}

impl Write for Stdout {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.unless_gone(bytes.len(), |out| out.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.unless_gone((), Write::flush)
    }
}
