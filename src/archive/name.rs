//! The name of a thing: the file it was found in, and the way to it inside.

use std::{
    fmt::{self, Write as _},
    path::{Path, PathBuf},
};

use serde::{Serialize, Serializer};

/// Where a thing was found, such as `folder/a.zip: b.mbox: message 2: part 1.3`. Printed, no octet of it acts on a
/// terminal: control characters and what is not UTF-8 are spelt out.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name {
    /// `None` for standard input.
    file: Option<PathBuf>,
    steps: Vec<Step>,
}

/// A step into a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// A member of a zip, its name as it stands there.
    Member(Vec<u8>),
    /// A message of a mailbox file, from 1.
    Message(u64),
    /// A MIME part, by its places from the outermost in, each from 1.
    Part(Vec<usize>),
    /// A certificate of several, from 1.
    Certificate(usize),
}

impl Name {
    /// A file or folder.
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Self { file: Some(path.into()), steps: Vec::new() }
    }

    /// Standard input.
    pub fn stdin() -> Self {
        Self { file: None, steps: Vec::new() }
    }

    /// A step farther in.
    #[must_use]
    pub fn step(&self, step: Step) -> Self {
        let mut steps = self.steps.clone();
        steps.push(step);
        Self { file: self.file.clone(), steps }
    }

    /// The file it lies in; `None` for standard input.
    pub fn path(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// The way to it inside the file; empty where it is the file itself.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.file {
            Some(path) => spell(f, path.as_os_str().as_encoded_bytes())?,
            None => f.write_str("standard input")?,
        }
        for step in &self.steps {
            f.write_str(": ")?;
            match step {
                Step::Member(name) => spell(f, name)?,
                Step::Message(number) => write!(f, "message {number}")?,
                Step::Certificate(number) => write!(f, "certificate {number}")?,
                Step::Part(places) => {
                    let places: Vec<String> = places.iter().map(usize::to_string).collect();
                    write!(f, "part {}", places.join("."))?;
                }
            }
        }
        Ok(())
    }
}

impl Serialize for Name {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A name's octets as text: what is no UTF-8 as `\xe0`, controls as `\n` or `\u{1b}`.
fn spell(f: &mut fmt::Formatter<'_>, name: &[u8]) -> fmt::Result {
    for chunk in name.utf8_chunks() {
        for c in chunk.valid().chars() {
            if c.is_control() {
                write!(f, "{}", c.escape_default())?;
            } else {
                f.write_char(c)?;
            }
        }
        for octet in chunk.invalid() {
            write!(f, "\\x{octet:02x}")?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_tells_the_way_in() {
        let name = Name::file("folder/a.zip").step(Step::Member(b"b.mbox".to_vec())).step(Step::Message(2));
        assert_eq!(name.step(Step::Part(vec![1, 3])).to_string(), "folder/a.zip: b.mbox: message 2: part 1.3");
        assert_eq!(Name::stdin().step(Step::Message(1)).to_string(), "standard input: message 1");
    }

    #[test]
    fn a_hostile_name_is_spelt_out() {
        let name = Name::stdin().step(Step::Member(b"perch\xe8 \xc3\xa8\x1b[2J\n.eml".to_vec()));
        assert_eq!(name.to_string(), r"standard input: perch\xe8 è\u{1b}[2J\n.eml");
        assert_eq!(serde_json::to_string(&name).unwrap(), r#""standard input: perch\\xe8 è\\u{1b}[2J\\n.eml""#);
    }

    #[cfg(unix)]
    #[test]
    fn a_path_need_not_be_utf_8() {
        use std::{ffi::OsStr, os::unix::ffi::OsStrExt as _};
        assert_eq!(Name::file(OsStr::from_bytes(b"a\xff/b")).to_string(), r"a\xff/b");
    }
}
