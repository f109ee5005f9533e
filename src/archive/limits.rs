//! How much is read before it is enough: files are hostile, and some never end.

/// Bounds, each told where it is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Largest message, directory or other thing that is held whole, in octets.
    pub whole: u64,
    /// Most members of a zip.
    pub members: usize,
    /// How many times its size a zip may unpack to, beyond `unpacked`.
    pub ratio: u64,
    /// How much any zip may unpack to, in octets.
    pub unpacked: u64,
    /// Most octets laid down in a temporary file: a zip from standard input, a mailbox inside a zip.
    pub spooled: u64,
    /// How deep messages may lie in messages.
    pub depth: usize,
    /// Most certified messages looked for inside one message.
    pub inside: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            whole: 256 << 20,
            members: 2_000_000,
            ratio: 100,
            unpacked: 64 << 20,
            spooled: 4 << 30,
            depth: 8,
            inside: 1000,
        }
    }
}
