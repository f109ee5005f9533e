//! What was left out, counted by kind: ten thousand pictures are one line.

use crate::{language::Language, report::shown, results::LeftOut};

/// Names kept of each kind.
const NAMES: usize = 3;
/// Kinds told apart; reasons may be without number.
const KINDS: usize = 200;

/// Everything left out.
#[derive(Debug, Default)]
pub struct Aside {
    groups: Vec<Group>,
}

#[derive(Debug)]
pub struct Group {
    /// Why.
    pub why: String,
    /// How many.
    pub count: usize,
    /// The first few.
    pub names: Vec<String>,
}

impl Group {
    /// How many there are beyond those that are named.
    pub fn more(&self) -> usize {
        self.count - self.names.len()
    }
}

impl Aside {
    /// Counts one.
    pub fn add(&mut self, left_out: &LeftOut) {
        let at = self.groups.iter().position(|group| group.why == left_out.why).unwrap_or_else(|| {
            let why = if self.groups.len() < KINDS { left_out.why.clone() } else { "other reasons".to_owned() };
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

    /// Each kind, in the order met.
    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// A line for each kind, in the order met.
    pub fn lines(&self, language: Language) -> impl Iterator<Item = String> {
        self.groups.iter().map(move |group| {
            let Group { why, count, names } = group;
            let id = if group.more() == 0 { "tty-left-out-line" } else { "tty-left-out-more" };
            let names: Vec<String> = names.iter().map(|name| shown(name)).collect();
            let line = language.say(id).with("count", *count).with("why", shown(&language.phrase(why)));
            line.with("names", names.join(", ")).with("more", group.more()).to_string()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_of_a_kind_are_one_line() {
        let mut aside = Aside::default();
        for number in 0..10_000 {
            aside.add(&LeftOut { name: format!("{number}.jpg"), why: "a picture".into() });
        }
        aside.add(&LeftOut { name: "x".into(), why: "empty".into() });
        let lines: Vec<String> = aside.lines(Language::English).collect();
        assert_eq!(lines, ["10000 × a picture: 0.jpg, 1.jpg, 2.jpg and 9997 more", "1 × empty: x"]);
    }

    #[test]
    fn reasons_without_number_are_bounded() {
        let mut aside = Aside::default();
        for number in 0..1000 {
            aside.add(&LeftOut { name: "x".into(), why: number.to_string() });
        }
        assert_eq!(aside.lines(Language::English).count(), KINDS + 1);
    }
}
