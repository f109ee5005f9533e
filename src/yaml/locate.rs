//! Where in a file a value stands.
//!
//! The YAML reader gives every error of a type the position of the value that was refused. To learn where a value stands
//! that was accepted, the file is read once more by a type that refuses whatever is found at the path asked for. That
//! needs no second YAML parser, and costs nothing unless something is wrong.

use std::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// A way down a document.
pub type Path = Vec<Step>;

/// One step down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Into a map's value.
    Key(String),
    /// To a map's key itself.
    KeyOf(String),
    /// Into a list, from 0.
    Item(usize),
}

/// Line and column, from 1, and the byte offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Position {
    /// Line.
    pub line: usize,
    /// Column.
    pub column: usize,
    /// Offset.
    pub offset: usize,
}

impl Position {
    /// Where an offset stands.
    pub fn of(source: &str, offset: usize) -> Self {
        let before = &source[..source.floor_char_boundary(offset)];
        let column = before.rsplit('\n').next().map_or(0, |line| line.chars().count());
        Self { line: before.matches('\n').count() + 1, column: column + 1, offset }
    }
}

impl From<&str> for Step {
    fn from(key: &str) -> Self {
        Step::Key(key.to_owned())
    }
}

impl From<usize> for Step {
    fn from(item: usize) -> Self {
        Step::Item(item)
    }
}

/// Where the value at `path` stands; the nearest thing above it where there is none.
pub fn position(source: &str, path: &[Step]) -> Position {
    (0..=path.len()).rev().find_map(|depth| exactly(source, &path[..depth])).unwrap_or_default()
}

fn exactly(source: &str, path: &[Step]) -> Option<Position> {
    let error = Probe(path).deserialize(serde_yaml::Deserializer::from_str(source)).err()?;
    let at = error.location()?;
    Some(Position { line: at.line(), column: at.column(), offset: at.index() })
}

struct Probe<'p>(&'p [Step]);

impl<'de> DeserializeSeed<'de> for Probe<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Probe<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("something else")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Some((step, rest)) = self.0.split_first() else { return Err(found()) };
        loop {
            let wanted = if let Step::KeyOf(key) = step { Some(key.as_str()) } else { None };
            let Some(key) = map.next_key_seed(KeyProbe(wanted))? else { return Ok(()) };
            match step {
                Step::Key(wanted) if *wanted == key => map.next_value_seed(Probe(rest))?,
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let Some((step, rest)) = self.0.split_first() else { return Err(found()) };
        for index in 0.. {
            let here = if *step == Step::Item(index) {
                seq.next_element_seed(Probe(rest))?
            } else {
                seq.next_element::<IgnoredAny>()?.map(drop)
            };
            if here.is_none() {
                break;
            }
        }
        Ok(())
    }
}

struct KeyProbe<'p>(Option<&'p str>);

impl<'de> DeserializeSeed<'de> for KeyProbe<'_> {
    type Value = String;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for KeyProbe<'_> {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: de::Error>(self, key: &str) -> Result<String, E> {
        if self.0 == Some(key) { Err(found()) } else { Ok(key.to_owned()) }
    }
}

/// Scalars are refused by the visitor's own defaults; maps, lists and keys by this.
fn found<E: de::Error>() -> E {
    E::custom("here")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "title: x\nsteps:\n  - send: {id: a, to: [m@s]}\n  - expect:\n      m@s:\n        - one: a\n          for: b\n        - two: a\n";

    fn at(path: &[Step]) -> (usize, usize) {
        let position = position(SOURCE, path);
        (position.line, position.column)
    }

    #[test]
    fn values_maps_items_and_keys_are_found() {
        assert_eq!(at(&["title".into()]), (1, 8));
        assert_eq!(at(&["steps".into(), 0.into(), "send".into(), "to".into(), 0.into()]), (3, 24));
        let expect: Path = vec!["steps".into(), 1.into(), "expect".into()];
        assert_eq!(at(&[expect.clone(), vec![Step::KeyOf("m@s".into())]].concat()), (5, 7));
        assert_eq!(at(&[expect.clone(), vec!["m@s".into(), 1.into()]].concat()), (8, 11));
        assert_eq!(at(&[expect, vec!["m@s".into(), 0.into(), "for".into()]].concat()), (7, 16));
    }

    #[test]
    fn what_is_not_there_is_shown_at_what_is_above_it() {
        assert_eq!(at(&["steps".into(), 9.into()]), at(&["steps".into()]));
    }
}
