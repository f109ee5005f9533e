//! The pages of submissions: a bounded number of each sort, and how many more there are.

use std::io::{self, Write};

use super::{
    checks::LISTED,
    words::{Words, line_of},
};
use crate::{
    report::{Ink, Subject, counted, shown, wrapped},
    results::{Description, Severity, SubmissionPage},
};

/// Submissions told of which there is nothing to say but who got what.
pub(super) const QUIET: usize = 10;
/// Submissions told in which something is missing or wrong.
pub(super) const LOUD: usize = 50;
/// How many submissions of a sort were told, and how many were not.
#[derive(Default)]
struct Told {
    told: usize,
    more: usize,
}

impl Told {
    /// Whether one more is told.
    fn one_more(&mut self, most: usize) -> bool {
        let room = self.told < most;
        if room {
            self.told += 1;
        } else {
            self.more += 1;
        }
        room
    }
}

/// What was told of submissions so far.
#[derive(Default)]
pub(super) struct Submissions {
    quiet: Told,
    loud: Told,
}

impl Submissions {
    /// Tells of a submission, if there is room.
    pub fn tell(&mut self, out: &mut impl Write, words: Words, submission: &SubmissionPage) -> io::Result<()> {
        let name = shown(&submission.name());
        let severities: Vec<Severity> = submission.severities().collect();
        let wrong = severities.iter().any(|severity| severity.fails(words.strictness));
        let loud = wrong || !submission.missing.is_empty();
        let told = if loud { self.loud.one_more(LOUD) } else { self.quiet.one_more(QUIET) };
        if told { (Page { out, words }).page(submission, &name, &severities) } else { Ok(()) }
    }

    /// Of how many nothing was told.
    pub fn rest(&self) -> Option<String> {
        let more = self.quiet.more + self.loud.more;
        let of_note = match self.loud.more {
            0 => String::new(),
            many => format!(", {many} of them with something missing or wrong"),
        };
        (more > 0).then(|| format!("{} more{of_note}: --format json tells of each", counted(more, "submission")))
    }
}

/// Where a page is written, and how.
struct Page<'o, W> {
    out: &'o mut W,
    words: Words,
}

impl<W: Write> Page<'_, W> {
    fn page(&mut self, submission: &SubmissionPage, name: &str, severities: &[Severity]) -> io::Result<()> {
        let complete = self.words.word(&submission.complete);
        writeln!(self.out, "\n{name}: {}; complete {complete}", self.words.verdict(severities))?;
        let described = Description {
            sender: submission.sender.clone(),
            subject: submission.subject.clone(),
            date: submission.accepted,
            ..Description::default()
        };
        if let Some(line) = line_of(&described) {
            writeln!(self.out, "    {}", wrapped(&line, 4))?;
        }
        let recipients = submission.recipients.iter().map(|recipient| {
            let typology = recipient.typology.as_deref().map(|word| format!(" ({})", shown(word))).unwrap_or_default();
            format!("{}{typology}: {}", shown(&recipient.address), shown(&recipient.outcome))
        });
        self.list("to", recipients)?;
        let seen = submission
            .messages
            .iter()
            .map(|message| format!("{} in {}", message.kind.map_or("mail", |kind| kind.title()), shown(&message.name)));
        self.list("seen", seen)?;
        let missing = submission.missing.iter();
        self.list("missing", missing.map(|it| format!("{} ({})", shown(&it.what), shown(&it.view))))?;
        if !submission.complete.why().is_empty() && !submission.complete.is_yes() {
            self.list("complete", [format!("{}: {}", submission.complete.word(), shown(submission.complete.why()))])?;
        }
        let subject = Subject::of_submission(submission);
        let contradicts = subject.failures().map(|failure| {
            format!(
                "{} {}: expected {}; found {}",
                failure.severity.word(),
                failure.id,
                shown(&failure.expected),
                shown(&failure.found)
            )
        });
        let contradicts: Vec<String> = contradicts.collect();
        self.list("found", contradicts)
    }

    /// Rows under a label, of which a bounded number is told.
    fn list(&mut self, label: &str, rows: impl IntoIterator<Item = String>) -> io::Result<()> {
        let mut rows = rows.into_iter();
        for (at, row) in rows.by_ref().take(LISTED).enumerate() {
            let label = self.words.paint.dye(Ink::Faint, &format!("{:<10}", if at == 0 { label } else { "" }));
            writeln!(self.out, "    {label}{}", wrapped(&row, 14))?;
        }
        match rows.count() {
            0 => Ok(()),
            more => writeln!(self.out, "    {:<10}and {more} more", ""),
        }
    }
}
