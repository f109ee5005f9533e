//! How wide the lines may be that somebody reads.

use std::{env, io};

use terminal_size::{Width, terminal_size_of};

/// Below this nothing can be laid out.
const NARROWEST: usize = 40;

/// Columns of the terminal that stdout is, or what `COLUMNS` says of it; `None` where stdout goes somewhere else.
pub fn of_stdout() -> Option<usize> {
    let said = || env::var("COLUMNS").ok()?.parse().ok();
    let columns = terminal_size_of(io::stdout()).map(|(Width(columns), _)| columns.into()).or_else(said);
    columns.map(|columns: usize| columns.max(NARROWEST))
}
