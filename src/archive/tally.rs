//! What was left out, counted by kind: ten thousand pictures are one line.

use std::fmt;

use super::{LeftOut, Name};

/// Names kept of each kind.
const NAMES: usize = 3;
/// Kinds told apart; system errors and reasons of broken zips are without number.
const KINDS: usize = 200;

/// Everything left out.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    groups: Vec<Group>,
}

/// What was left out for one reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Why.
    pub why: String,
    /// How many.
    pub count: u64,
    /// The first few names.
    pub names: Vec<Name>,
}

impl Tally {
    /// Counts one.
    pub fn add(&mut self, left_out: &LeftOut) {
        let why = left_out.why.to_string();
        let at = self.groups.iter().position(|group| group.why == why).unwrap_or_else(|| {
            let why = if self.groups.len() < KINDS { why } else { "other reasons".to_owned() };
            if self.groups.last().is_none_or(|last| last.why != why) {
                self.groups.push(Group { why, count: 0, names: Vec::new() });
            }
            self.groups.len() - 1
        });
        let group = &mut self.groups[at];
        group.count += 1;
        if group.names.len() < NAMES {
            group.names.push(left_out.name.clone());
        }
    }

    /// By reason, in the order met.
    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// How many were left out.
    pub fn count(&self) -> u64 {
        self.groups.iter().map(|group| group.count).sum()
    }
}

impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<String> = self.names.iter().map(Name::to_string).collect();
        write!(f, "{} × {}: {}", self.count, self.why, names.join(", "))?;
        match self.count - self.names.len() as u64 {
            0 => Ok(()),
            more => write!(f, " and {more} more"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::{Asked, Why};

    #[test]
    fn many_of_a_kind_are_one_line() {
        let mut tally = Tally::default();
        for number in 0..10_000 {
            let name = Name::file(format!("{number}.jpg"));
            tally.add(&LeftOut { name, asked: Asked::InPassing, why: Why::Unknown("a picture") });
        }
        tally.add(&LeftOut { name: Name::file("x"), asked: Asked::InPassing, why: Why::Empty });
        let lines: Vec<String> = tally.groups().iter().map(Group::to_string).collect();
        assert_eq!(
            lines,
            [
                "10000 × a picture, not a message, directory or certificate: 0.jpg, 1.jpg, 2.jpg and 9997 more",
                "1 × empty: x"
            ]
        );
        assert_eq!(tally.count(), 10_001);
    }

    #[test]
    fn reasons_without_number_are_bounded() {
        let mut tally = Tally::default();
        for number in 0..1000 {
            let why = Why::BrokenZip(number.to_string());
            tally.add(&LeftOut { name: Name::stdin(), asked: Asked::InPassing, why });
        }
        assert_eq!((tally.groups().len(), tally.count()), (KINDS + 1, 1000));
    }
}
