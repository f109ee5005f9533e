//! Secrets stand in the environment or in files of their own, never in what people write and never in what is shown.

use std::{
    env,
    path::{Path, PathBuf},
};

use schemars::JsonSchema;
use serde::Deserialize;

use crate::{bounded, shown::path_text};

/// Octets of a secret's file at most.
const LONGEST: u64 = 4096;

/// Where a secret stands: one of these.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Secret {
    /// In this environment variable.
    #[serde(default)]
    pub env: Option<String>,
    /// In this file, whose last line end does not count.
    #[serde(default)]
    pub file: Option<PathBuf>,
}

/// Why there is none, and below which key that is to be mended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoSecret {
    /// The key; none where the map itself is wrong.
    pub key: Option<&'static str>,
    /// Why, and nothing of what was found.
    pub why: String,
}

impl Secret {
    /// The secret; a file's path is taken from a folder.
    pub fn read(&self, folder: &Path) -> Result<String, NoSecret> {
        let (key, found) = match (&self.env, &self.file) {
            (Some(name), None) => {
                ("env", env::var(name).map_err(|_| format!("the environment variable {name} is not set, or no text")))
            }
            (None, Some(path)) => {
                let read = bounded::read_text(&folder.join(path), LONGEST);
                let text = read.map(|text| {
                    let line = text.strip_suffix('\n').unwrap_or(&text);
                    line.strip_suffix('\r').unwrap_or(line).to_owned()
                });
                ("file", text.map_err(|error| format!("{} cannot be read: {error}", path_text(path))))
            }
            _ => {
                let why = "exactly one of `env` and `file` stands here".to_owned();
                return Err(NoSecret { key: None, why });
            }
        };
        let secret =
            found.and_then(
                |secret| {
                    if secret.is_empty() { Err("the secret there is empty".to_owned()) } else { Ok(secret) }
                },
            );
        secret.map_err(|why| NoSecret { key: Some(key), why })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_read_from_its_file_and_what_is_missing_is_named() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a"), " segreto\r\n").unwrap();
        std::fs::write(folder.path().join("empty"), "\n").unwrap();
        let of = |secret: Secret| secret.read(folder.path()).map_err(|none| (none.key, none.why));
        let file = |name: &str| of(Secret { file: Some(name.into()), env: None });
        assert_eq!(file("a"), Ok(" segreto".to_owned()));
        assert!(matches!(file("b"), Err((Some("file"), why)) if why.contains("cannot be read")));
        assert_eq!(file("empty"), Err((Some("file"), "the secret there is empty".to_owned())));
        let variable = of(Secret { env: Some("PEC_NO_SUCH_VARIABLE".into()), file: None });
        assert!(matches!(variable, Err((Some("env"), why)) if why.contains("PEC_NO_SUCH_VARIABLE")));
        assert!(matches!(of(Secret::default()), Err((None, why)) if why.contains("exactly one")));
    }
}
