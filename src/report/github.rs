//! What GitHub Actions is told on standard output: workflow commands, as its toolkit writes them.
//!
//! Whatever else stands there is not looked at for such commands: a Subject may hold one, and a runner reads them wherever a
//! line begins so, blanks aside, or anywhere (`##[`).

use std::io::{self, Write};

use super::{Failure, Group, Groups, Report, Subject, counted, failures, shown};
use crate::results::{Cell, CellOutcome, Event, Severity, Strictness};

/// Annotations of a level that GitHub shows of one step.
const SHOWN: usize = 10;

/// A report on standard output, and annotations after it.
pub struct Github<W> {
    text: Box<dyn Report + Send>,
    out: W,
    token: String,
    strictness: Strictness,
    groups: Groups,
    /// What has no verdict.
    troubles: Vec<String>,
}

/// The line that closes an output to workflow commands until [`open_again`], `token` being a word that nobody else knows.
pub fn close(token: &str) -> String {
    format!("::stop-commands::{token}\n")
}

/// The line that opens it again.
pub fn open_again(token: &str) -> String {
    format!("\n::{token}::\n")
}

impl<W: Write> Github<W> {
    /// `text` on the same output, `token` being a word that nobody else knows.
    pub fn new(text: Box<dyn Report + Send>, out: W, token: String) -> Self {
        let (strictness, groups) = (Strictness::default(), Groups::default());
        Self { text, out, token, strictness, groups, troubles: Vec::new() }
    }

    fn cell(&mut self, cell: &Cell) {
        let place = format!("{} {}", cell.scenario, cell.direction);
        if let CellOutcome::Error(trouble) = &cell.outcome {
            self.trouble(format!("{place}: {trouble}"));
        }
        for failure in failures(cell) {
            self.groups.add(failure, &place);
        }
    }

    fn trouble(&mut self, told: String) {
        if self.troubles.len() < SHOWN {
            self.troubles.push(told);
        }
    }

    fn annotations(&self) -> String {
        let troubles = self.troubles.iter().map(|told| ("error", command("error", &[("title", "no verdict")], told)));
        let found = self.groups.sorted().into_iter().map(|group| self.annotation(group));
        let (mut text, mut counts) = (String::new(), [0; 3]);
        for (level, line) in troubles.chain(found) {
            let count = &mut counts[["error", "warning", "notice"].iter().position(|it| *it == level).unwrap_or(0)];
            if *count < SHOWN {
                text += &line;
            }
            *count += 1;
        }
        text
    }

    fn annotation(&self, group: &Group) -> (&'static str, String) {
        let Failure { severity, id, question, expected, found, declared, excerpt, .. } = &group.first;
        let level = match severity {
            severity if declared.is_none() && severity.fails(self.strictness) => "error",
            Severity::Note | Severity::Untold => "notice",
            _ => "warning",
        };
        let title = format!("{} {id}", severity.word());
        let place = &group.places[0];
        let mut properties = vec![("title", title.as_str())];
        let line;
        // Where it stands in a scenario; else in a file that was given, if it is no part of another.
        if let Some((file, at)) = id.rsplit_once(':').filter(|(_, at)| at.parse::<u32>().is_ok()) {
            properties.extend([("file", file), ("line", at)]);
        } else if !place.contains(": ") && !place.contains(" -> ") && !place.starts_with("submission ") {
            properties.push(("file", place));
            if let Some(excerpt) = excerpt {
                line = excerpt.line.to_string();
                properties.push(("line", &line));
            }
        }
        let blame = group.first.told_blame().map(|blame| format!("to blame: {}\n", shown(&blame))).unwrap_or_default();
        let times = counted(group.times, "time");
        let told = format!(
            "{question}\nexpected: {}\nfound: {}\n{blame}{times}, in {}",
            shown(expected),
            shown(found),
            shown(place)
        );
        (level, command(level, &properties, &told))
    }
}

/// A workflow command.
fn command(name: &str, properties: &[(&str, &str)], data: &str) -> String {
    let properties: Vec<String> = properties.iter().map(|(key, value)| format!("{key}={}", property(value))).collect();
    format!("::{name} {}::{}\n", properties.join(","), self::data(data))
}

/// Data of a command, in which nothing ends it.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property, in which nothing ends it either.
fn property(text: &str) -> String {
    data(&shown(text)).replace(':', "%3A").replace(',', "%2C")
}

impl<W: Write> Report for Github<W> {
    fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        if let Event::Opened(opening) = event {
            self.strictness = opening.strictness;
            write!(self.out, "{}", close(&self.token))?;
            self.out.flush()?;
        }
        match event {
            Event::Finished(cell) => self.cell(cell),
            Event::Checked(checked) => self.groups.add_all(&Subject::of(checked), &checked.name),
            Event::Submission(page) => self.groups.add_all(&Subject::of_submission(page), &page.name()),
            Event::Unjudged(it) => self.trouble(format!("{}: could not be judged: {}", it.name, it.reason)),
            _ => {}
        }
        self.text.event(event)?;
        if let Event::Closed(_) = event {
            write!(self.out, "{}{}", open_again(&self.token), self.annotations())?;
            self.out.flush()?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples;

    /// Says what a message would have a runner do.
    struct Hostile;

    impl Report for Hostile {
        fn event(&mut self, _: &Event<'_>) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn what_ends_a_command_is_spelt_and_annotations_come_last() {
        let mut out = Vec::new();
        let mut github = Github::new(Box::new(Hostile), &mut out, "a-token".to_owned());
        for event in samples::run() {
            github.event(&event).unwrap();
        }
        let told = String::from_utf8(out).unwrap();
        let (before, after) = told.split_once("\n::a-token::\n").unwrap();
        assert!(before.starts_with("::stop-commands::a-token"), "{told}");
        let title = "::error title=violation acceptance/subject-prefix::Does the Subject";
        assert!(after.contains(title), "{told}");
        assert!(after.contains("::error title=expectation not met scenarios/delivery/complete.yaml%3A12,"), "{told}");
        assert!(after.contains("file=scenarios/delivery/complete.yaml,line=12::"), "{told}");
        assert!(after.contains("::error title=no verdict::timeout/twelve alfa -> flawed: the gateway hung"), "{told}");
        assert!(after.lines().all(|line| line.starts_with("::error ") || line.starts_with("::warning ")), "{told}");
        assert_eq!(data("a%0Ab\r\nc"), "a%250Ab%0D%0Ac");
        assert_eq!(property("x,file=y::z\n"), "x%2Cfile=y%3A%3Az\\n");
    }
}
