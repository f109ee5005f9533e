//! Secrets stand in the environment or in files of their own, never in the configuration and never in what is shown.

use std::{env, path::PathBuf};

use schemars::JsonSchema;
use serde::Deserialize;

use crate::bounded;

/// Octets of a secret's file at most.
const LONGEST: u64 = 4096;

/// Where a secret is.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Secret {
    /// In this variable of the environment.
    Env(String),
    /// In this file; a line end after it does not count.
    File(PathBuf),
}

impl Secret {
    /// The secret; the error says why there is none, and nothing of what was found. `folder` is where its file is taken from.
    pub fn read(&self, folder: &std::path::Path) -> Result<String, String> {
        let found = match self {
            Self::Env(name) => env::var(name).map_err(|_| format!("the environment has no text called {name}"))?,
            Self::File(path) => {
                let path = folder.join(path);
                let text = bounded::read_text(&path, LONGEST)
                    .map_err(|error| format!("the file {} cannot be read: {error}", crate::shown::path_text(&path)))?;
                text.trim_end_matches(['\r', '\n']).to_owned()
            }
        };
        if found.is_empty() { Err("it is empty".to_owned()) } else { Ok(found) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_read_from_its_file_and_what_is_missing_is_named() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a"), "segreto\r\n").unwrap();
        std::fs::write(folder.path().join("empty"), "\n").unwrap();
        let file = |name: &str| Secret::File(name.into()).read(folder.path());
        assert_eq!(file("a"), Ok("segreto".to_owned()));
        assert!(file("b").unwrap_err().contains("cannot be read"));
        assert_eq!(file("empty"), Err("it is empty".to_owned()));
        let variable = Secret::Env("PEC_NO_SUCH_VARIABLE".into());
        assert!(variable.read(folder.path()).unwrap_err().contains("PEC_NO_SUCH_VARIABLE"));
    }
}
