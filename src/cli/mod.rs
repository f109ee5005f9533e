//! The command line, a file per command.
mod exit;
pub use exit::Exit;
