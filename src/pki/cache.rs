//! Keeping what was issued between runs, outside the source tree.
//!
//! One file per recipe and [`Order`]: the SHA-256 of the rest on the first line, then [`Issued`] as JSON. It appears by rename, so it
//! is whole or absent; one that is neither is issued anew. Many processes start at once under a test runner: a lock on
//! a file beside it lets the first issue and the others wait.

use std::{
    collections::BTreeMap,
    env, fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use super::{
    PkiError,
    issue::{self, Issued},
    order::Order,
    recipe::{self, Recipe},
};
use crate::hexadecimal::sha256;

/// Changes whenever the same recipe would be issued differently or written differently.
const FORMAT: u32 = 2;

/// What `folder` holds for an order, issued and stored first where need be; `recipe` is the one compiled in with the order
/// applied to it.
pub fn load(folder: &Path, recipe: &Recipe, order: &Order) -> Result<Issued, PkiError> {
    let path = folder.join(format!("{}.pki", key(order)));
    if let Some(issued) = read(&path) {
        return Ok(issued);
    }
    let keys = if order.is_plain() {
        BTreeMap::new()
    } else {
        load(folder, &Recipe::read(recipe::TEXT)?, &Order::default())?.keys
    };
    let storing = |source| PkiError::Cache { path: folder.to_owned(), source };
    create(folder).map_err(storing)?;
    let lock = fs::File::create(folder.join("lock")).map_err(storing)?;
    lock.lock().map_err(storing)?;
    if let Some(issued) = read(&path) {
        return Ok(issued);
    }
    let issued = issue::issue(recipe, &keys)?;
    write(folder, &path, &issued).map_err(storing)?;
    Ok(issued)
}

/// `PEC_PKI_CACHE`, else the user's cache directory, else the system's directory for temporary files.
pub fn folder() -> PathBuf {
    let set = |name| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    set("PEC_PKI_CACHE").unwrap_or_else(|| {
        set("XDG_CACHE_HOME")
            .or_else(|| set("HOME").map(|home| home.join(".cache")))
            .unwrap_or_else(env::temp_dir)
            .join("pec-conformance")
    })
}

/// `None` for whatever is not exactly what [`write()`] wrote.
fn read(path: &Path) -> Option<Issued> {
    let text = fs::read_to_string(path).ok()?;
    let (sum, json) = text.split_once('\n')?;
    (sum == sha256(json.as_bytes())).then(|| serde_json::from_str(json).ok())?
}

/// The temporary file is readable by its owner only, and stays so when renamed: it holds keys.
fn write(folder: &Path, path: &Path, issued: &Issued) -> io::Result<()> {
    let json = serde_json::to_string(issued)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    writeln!(file, "{}", sha256(json.as_bytes()))?;
    file.write_all(json.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

fn create(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn key(order: &Order) -> String {
    let mark = if order.is_plain() { String::new() } else { format!(" {}", order.mark()) };
    sha256(format!("{FORMAT}{mark}\n{}", recipe::TEXT).as_bytes())
}
