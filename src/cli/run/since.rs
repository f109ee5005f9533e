//! What changed since the run before, for the page that people look at.

use std::path::Path;

use crate::{
    diff::{self, Change as How, Diff, Outcome, PlayDiff},
    evidence::Direction,
    report::{Change, Changes, Often, shown},
    results::Strictness,
    shown::path_text,
};

/// The run in `second` beside that in `first`; nothing where either does not read.
pub fn changes(first: &Path, second: &Path) -> Option<Changes> {
    let [before, now] = [first, second].map(|folder| diff::read(folder).ok());
    let (before, now) = (before?, now?);
    let diff = Diff::of(&before, &now, Strictness::default());
    let alike = before.rule_set == now.rule_set && before.as_of == now.as_of && before.version == now.version;
    let mut plays: Vec<&PlayDiff> = diff.plays.iter().collect();
    plays.sort_by_key(|play| play.change);
    Some(Changes { earlier: first.to_owned(), plays: plays.into_iter().map(change).collect(), same: diff.same, alike })
}

fn change(it: &PlayDiff) -> Change {
    let way = Direction::new(&*it.play.sender, &*it.play.receiver).folder(&it.play.scenario);
    let found = it.findings.iter().map(|found| Often {
        severity: found.finding.severity,
        rule: shown(&found.finding.rule),
        times: [found.before, found.after],
    });
    Change {
        way: path_text(&way),
        how: match it.change {
            How::Worse => "worse",
            How::Better => "better",
            How::Other => "other",
            How::New => "new",
            How::Gone => "gone",
        },
        before: it.before.map(word),
        now: it.after.map(word),
        found: found.collect(),
    }
}

fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => "passed",
        Outcome::Skipped => "skipped",
        Outcome::Failed => "failed",
        Outcome::Error => "error",
    }
}
