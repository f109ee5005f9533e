//! What `check` is given: messages, folders of messages, bundles of evidence.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use jiff::{Timestamp, fmt::rfc2822};
use walkdir::WalkDir;

use super::CliError;
use crate::{
    evidence::{Evidence, Observation, Party, Seen, bundle},
    message::Message,
};

/// Something to judge, not read yet: an archive may be larger than memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A message, judged alone: what is missing around it proves nothing.
    Message(PathBuf),
    /// The evidence of a scenario of an earlier run.
    Bundle(PathBuf),
}

impl Input {
    /// Everything to judge at a path: itself, or what is in and below it, in order of name.
    pub fn find(path: &Path) -> Result<Vec<Input>, CliError> {
        let unreadable = |problem| CliError::Unreadable { path: path.to_owned(), problem };
        if !fs::metadata(path).map_err(unreadable)?.is_dir() {
            return Ok(vec![Input::Message(path.to_owned())]);
        }
        let mut inputs = Vec::new();
        let mut walk = WalkDir::new(path).sort_by_file_name().into_iter();
        while let Some(entry) = walk.next() {
            let entry = entry.map_err(|error| unreadable(error.into()))?;
            if entry.file_type().is_dir() {
                if entry.path().join(bundle::MANIFEST).is_file() {
                    inputs.push(Input::Bundle(entry.into_path()));
                    walk.skip_current_dir();
                }
            } else if entry.path().extension().is_some_and(|extension| extension.eq_ignore_ascii_case("eml")) {
                inputs.push(Input::Message(entry.into_path()));
            }
        }
        if inputs.is_empty() { Err(CliError::NothingToCheck(path.to_owned())) } else { Ok(inputs) }
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        match self {
            Input::Message(path) | Input::Bundle(path) => path,
        }
    }

    /// Reads it.
    pub fn read(&self) -> Result<Evidence, CliError> {
        match self {
            Input::Message(path) => message(path),
            Input::Bundle(path) => Ok(bundle::read(path)?),
        }
    }
}

fn message(path: &Path) -> Result<Evidence, CliError> {
    let bytes: Arc<[u8]> =
        fs::read(path).map_err(|problem| CliError::Unreadable { path: path.to_owned(), problem })?.into();
    let message = Message::read(Arc::clone(&bytes))
        .map_err(|problem| CliError::NotMail { path: path.to_owned(), problem: problem.to_string() })?;
    let observation = Observation {
        id: 1,
        bytes,
        seen: Seen::File { path: path.to_string_lossy().into_owned() },
        at: claimed(&message).unwrap_or_else(Timestamp::now),
        path: None,
        producer: Party::Undetermined,
        name: None,
        dialogue: None,
    };
    Ok(Evidence { title: path.display().to_string(), observations: vec![observation], ..Evidence::default() })
}

/// When a file was on its way nobody saw. A certificate that has expired since then was good then, so the time the
/// message claims is taken: of its certification data, else of its Date.
fn claimed(message: &Message) -> Option<Timestamp> {
    let certified = message.daticert.as_ref().and_then(|reading| reading.data.as_ref()?.instant());
    let dated = || rfc2822::parse(&message.mail.field("Date")?).ok().map(|date| date.timestamp());
    certified.or_else(dated)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_gives_its_messages_and_bundles_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for (name, file) in [
            ("b", "b/two.EML"),
            ("a", "a/one.eml"),
            ("a", "a/readme.txt"),
            ("c", "c/manifest.json"),
            ("c", "c/001.eml"),
        ] {
            fs::create_dir_all(at(name)).unwrap();
            fs::write(at(file), "").unwrap();
        }
        let found = Input::find(folder.path()).unwrap();
        assert_eq!(found, [Input::Message(at("a/one.eml")), Input::Message(at("b/two.EML")), Input::Bundle(at("c"))]);
        assert_eq!(Input::find(&at("c")).unwrap(), [Input::Bundle(at("c"))]);
    }

    #[test]
    fn nothing_to_check_and_nothing_there_are_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(Input::find(folder.path()), Err(CliError::NothingToCheck(_))));
        assert!(matches!(Input::find(&folder.path().join("absent")), Err(CliError::Unreadable { .. })));
    }
}
