//! A summary in Markdown, as CI systems and code reviews show it: what it came to, what was not passed, what was found.
//!
//! Whatever came from outside stands in code spans, in which nothing is markup (CommonMark 6.1).

use std::io::{self, Write};

use super::{Failure, Group, Groups, Report, Subject, clause_line, counted, failures, shown};
use crate::{
    language::Language,
    results::{Cell, CellOutcome, CheckTally, Closing, Ending, Event, PlayTally, Totals},
};

/// Octets at most, where nobody says less: what GitHub takes of a step.
pub const LARGEST: usize = 1 << 20;
/// Plays, and other things without a verdict, told one by one; more are counted.
const TOLD: usize = 500;

/// Writes the summary when everything is over.
pub struct Markdown<W> {
    out: W,
    bound: usize,
    groups: Groups,
    /// What has no verdict, or failed: a line each.
    lines: Vec<String>,
    more: usize,
}

impl<W: Write> Markdown<W> {
    /// A summary on `out`, of `bound` octets at most.
    pub fn new(out: W, bound: usize) -> Self {
        Self { out, bound, groups: Groups::default(), lines: Vec::new(), more: 0 }
    }

    fn line(&mut self, line: String) {
        if self.lines.len() < TOLD { self.lines.push(line) } else { self.more += 1 }
    }

    fn cell(&mut self, cell: &Cell) {
        let place = format!("{} {}", cell.scenario, cell.direction);
        let told = |word: &str, why: &str| format!("- {word}: {}{why}\n", code(&place));
        match &cell.outcome {
            CellOutcome::Passed => {}
            CellOutcome::Failed => self.line(told("failed", "")),
            CellOutcome::Error(trouble) => {
                self.line(told("**error**, which is no verdict", &format!(": {}", code(&trouble.to_string()))));
            }
            CellOutcome::Skipped(reason) => {
                self.line(told("skipped, which is not passed", &format!(": {}", code(reason))));
            }
        }
        for failure in failures(cell) {
            self.groups.add(failure, &place);
        }
    }

    fn close(&mut self, closing: &Closing) -> io::Result<()> {
        let (exit, meaning) = &closing.exit;
        let mut text = format!("## {}: {meaning} (exit code {exit})\n\n", env!("CARGO_PKG_NAME"));
        text += match closing.ending {
            Ending::Complete => "",
            Ending::FailFast => "Stopped at the first failure, as asked.\n\n",
            Ending::Interrupted => "**Interrupted**: not everything was played.\n\n",
        };
        text += &match &closing.totals {
            Totals::Plays(tally) => plays(tally),
            Totals::Check(tally) => checks(tally),
        };
        let lines = std::mem::take(&mut self.lines);
        let found: Vec<String> = self.groups.sorted().into_iter().map(finding).collect();
        let further = self.groups.more();
        for (heading, lines, more) in [("Not passed", lines, std::mem::take(&mut self.more)), ("Found", found, further)]
        {
            list(&mut text, heading, &lines, more, self.bound);
        }
        self.out.write_all(text.as_bytes())?;
        self.out.flush()
    }
}

/// A list under its heading, as far as there is room; what is left out is counted.
fn list(text: &mut String, heading: &str, lines: &[String], more: usize, bound: usize) {
    /// What saying that something is left out takes.
    const ROOM: usize = 200;
    if lines.is_empty() && more == 0 {
        return;
    }
    text.extend(["\n### ", heading, "\n\n"]);
    let mut left = more;
    for line in lines {
        if text.len() + line.len() + ROOM > bound {
            left += 1;
        } else {
            *text += line;
        }
    }
    if left > 0 {
        text.extend(["- and ", &left.to_string(), " more: the other reports tell of each\n"]);
    }
}

fn finding(group: &Group) -> String {
    let Failure { severity, id, question, expected, found, clauses, declared, .. } = &group.first;
    let declared = if declared.is_some() { ", declared" } else { "" };
    let blame = group.first.told_blame().map(|blame| format!(", to blame {}", code(&blame))).unwrap_or_default();
    let mut text = format!(
        "- **{}** {}{declared}, {}{blame}\n  {}\n  expected {}, found {}\n  in {}\n",
        severity.word(),
        code(id),
        counted(group.times, "time"),
        plain(question),
        code(expected),
        code(found),
        code(&group.places[0]),
    );
    if let Some(clause) = clauses.first() {
        text.extend(["  ", &plain(&clause_line(clause, Language::English)), "\n"]);
    }
    text
}

fn plays(tally: &PlayTally) -> String {
    let not_played = if tally.not_played > 0 { format!(" + {} not played", tally.not_played) } else { String::new() };
    let PlayTally { planned, passed, failed, error, skipped, .. } = tally;
    let (applied, idle) = (tally.applied.len(), tally.not_exercised.len());
    let rows = [
        (
            "plays",
            format!("{planned} = {passed} passed + {failed} failed + {error} error + {skipped} skipped{not_played}"),
        ),
        ("rules", format!("{applied} exercised + {idle} not exercised")),
        ("findings", findings([tally.violations, tally.warnings, tally.notes, tally.unmet, tally.broken_rules])),
    ];
    table(&rows)
}

fn checks(tally: &CheckTally) -> String {
    let mut rows = vec![
        ("messages", tally.messages.to_string()),
        ("submissions", tally.submissions.to_string()),
        ("findings", findings([tally.violations, tally.warnings, tally.notes, tally.missed, tally.broken_rules])),
        ("not judged", format!("{}, left out {}", tally.unjudged, tally.left_out)),
    ];
    for (question, asked) in &tally.required {
        rows.push((question.word(), format!("{} yes, {} no, {} cannot tell", asked.yes, asked.no, asked.cannot_tell)));
    }
    table(&rows)
}

fn findings([violations, warnings, notes, unmet, broken]: [usize; 5]) -> String {
    let broken = if broken > 0 { format!(", {}", counted(broken, "internal error")) } else { String::new() };
    let [violations, warnings] = [counted(violations, "violation"), counted(warnings, "warning")];
    format!("{violations}, {warnings}, {}, {} not met{broken}", counted(notes, "note"), counted(unmet, "expectation"))
}

fn table(rows: &[(&str, String)]) -> String {
    let rows: Vec<String> = rows.iter().map(|(name, value)| format!("| {name} | {value} |\n")).collect();
    format!("| | |\n|---|---|\n{}", rows.concat())
}

/// Our own words, in which underscores and stars are none of Markdown's.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in shown(text).chars() {
        if matches!(c, '\\' | '`' | '*' | '_' | '<' | '>' | '[' | ']' | '#' | '|' | '&') {
            plain.push('\\');
        }
        plain.push(c);
    }
    plain
}

/// Text from outside: as code, between more backticks than it holds in a row.
fn code(text: &str) -> String {
    let text = shown(text);
    if text.trim().is_empty() {
        return "nothing".to_owned();
    }
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    // A blank at either end is taken off again, where there is one at both.
    format!("{fence} {text} {fence}")
}

impl<W: Write> Report for Markdown<W> {
    fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        match event {
            Event::Finished(cell) => self.cell(cell),
            Event::Checked(checked) => self.groups.add_all(&Subject::of(checked), &checked.name),
            Event::Submission(page) => self.groups.add_all(&Subject::of_submission(page), &page.name()),
            Event::Unjudged(it) => {
                self.line(format!("- **could not be judged**: {}: {}\n", code(&it.name), code(&it.reason)));
            }
            // What is wrong with what messages are judged by is charged to none of them.
            Event::Opened(_)
            | Event::Started { .. }
            | Event::Stopping { .. }
            | Event::Reference(_)
            | Event::LeftOut(_) => {}
            Event::Closed(closing) => return self.close(closing),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples;

    fn summary(bound: usize) -> String {
        let mut out = Vec::new();
        let mut markdown = Markdown::new(&mut out, bound);
        for event in samples::run() {
            markdown.event(&event).unwrap();
        }
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn it_tells_what_it_came_to_what_was_not_passed_and_what_was_found() {
        let summary = summary(LARGEST);
        assert!(
            summary.starts_with("## pec-conformance: infrastructure (exit code 3)\n\n**Interrupted**"),
            "{summary}"
        );
        assert!(
            summary.contains("| plays | 6 = 2 passed + 1 failed + 1 error + 1 skipped + 1 not played |"),
            "{summary}"
        );
        assert!(summary.contains("- failed: ` delivery/complete flawed -> alfa `\n"), "{summary}");
        assert!(
            summary.contains("- **violation** ` acceptance/subject-prefix `, 2 times, to blame ` flawed, as sender `")
        );
    }

    #[test]
    fn nothing_from_a_message_is_markup() {
        let summary = summary(LARGEST);
        assert!(!summary.contains(['\x1b', '\u{202e}', '\r', '\0']));
        for line in summary.lines().filter(|line| line.contains("<script>")) {
            // It stands behind an odd number of fences: inside one.
            let before = line.split("<script>").next().unwrap();
            assert_eq!(before.matches('`').count() % 2, 1, "{line}");
        }
        assert_eq!(code("a``b"), "``` a``b ```");
        assert_eq!(code("`"), "`` ` ``");
        assert_eq!(code(" \n"), "`  \\n `");
        assert_eq!(code(""), "nothing");
    }

    #[test]
    fn it_stays_within_its_bound_and_counts_what_is_left_out() {
        let short = summary(900);
        assert!(
            short.len() <= 900 && short.contains("more: the other reports tell of each"),
            "{}: {short}",
            short.len()
        );
    }
}
