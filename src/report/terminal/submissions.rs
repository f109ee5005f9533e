//! The pages of submissions: a bounded number of each sort, and how many more there are.

use std::io::{self, Write};

use super::{checks::LISTED, words::Words};
use crate::{
    report::{Style, Subject, groups::severity, shown},
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
        let name = shown(&words.style.language.phrase(&submission.name()));
        let severities: Vec<Severity> = submission.severities().collect();
        let wrong = severities.iter().any(|severity| severity.fails(words.strictness));
        let loud = wrong || !submission.missing.is_empty();
        let told = if loud { self.loud.one_more(LOUD) } else { self.quiet.one_more(QUIET) };
        if told { (Page { out, words }).page(submission, &name, &severities) } else { Ok(()) }
    }

    /// Of how many nothing was told.
    pub fn rest(&self, style: Style) -> Option<String> {
        let more = self.quiet.more + self.loud.more;
        let id = if self.loud.more == 0 { "tty-more-submissions" } else { "tty-more-submissions-wrong" };
        let rest = || style.say(id).with("submissions", style.count("submission", more)).with("wrong", self.loud.more);
        (more > 0).then(|| rest().to_string())
    }
}

/// Where a page is written, and how.
struct Page<'o, W> {
    out: &'o mut W,
    words: Words,
}

impl<W: Write> Page<'_, W> {
    fn page(&mut self, submission: &SubmissionPage, name: &str, severities: &[Severity]) -> io::Result<()> {
        let Words { style, .. } = self.words;
        let phrase = |english: &str| shown(&style.language.phrase(english));
        let head = style.say("tty-submission").with("name", name).with("verdict", self.words.verdict(severities));
        writeln!(self.out, "\n{}", head.with("complete", self.words.word(&submission.complete)))?;
        let described = Description {
            sender: submission.sender.clone(),
            subject: submission.subject.clone(),
            date: submission.accepted,
            ..Description::default()
        };
        if let Some(line) = self.words.line_of(&described) {
            writeln!(self.out, "    {}", self.words.style.wrapped(&line, 4))?;
        }
        let recipients = submission.recipients.iter().map(|recipient| {
            let id = if recipient.typology.is_some() { "tty-recipient-of" } else { "tty-recipient" };
            let told = style.say(id).with("address", shown(&recipient.address));
            let typology = recipient.typology.as_deref().map(shown).unwrap_or_default();
            told.with("typology", typology).with("outcome", phrase(&recipient.outcome)).to_string()
        });
        self.list("tty-to", recipients)?;
        let seen = submission.messages.iter().map(|message| {
            let kind = message.kind.map_or("tty-mail-kind".to_owned(), |kind| format!("kind-{}", kind.word()));
            let kind = style.language.say(kind).to_string();
            style.say("tty-seen-in").with("kind", kind).with("name", shown(&message.name)).to_string()
        });
        self.list("tty-seen", seen)?;
        let missing = submission.missing.iter().map(|it| {
            let what = style.say("tty-missing-from").with("what", phrase(&it.what));
            what.with("view", phrase(&it.view)).to_string()
        });
        self.list("tty-missing", missing)?;
        let complete = &submission.complete;
        if !complete.why().is_empty() && !complete.is_yes() {
            let why = style.say("tty-complete-why").with("answer", self.words.plain(complete));
            let why = why.with("why", self.words.why(complete));
            self.list("tty-complete", [why.to_string()])?;
        }
        let subject = Subject::of_submission(submission);
        let contradicts = subject.failures().map(|failure| {
            let told = style.say("tty-contradicts").with("severity", severity(failure.severity, style));
            let told =
                told.with("rule", failure.id.clone()).with("expected", shown(&failure.told_expected(style.language)));
            told.with("found", shown(&failure.told_found(style.language))).to_string()
        });
        let contradicts: Vec<String> = contradicts.collect();
        self.list("tty-found", contradicts)
    }

    /// Rows under a label, of which a bounded number is told.
    fn list(&mut self, label: &'static str, rows: impl IntoIterator<Item = String>) -> io::Result<()> {
        let Words { style, .. } = self.words;
        let mut rows = rows.into_iter();
        for (at, row) in rows.by_ref().take(LISTED).enumerate() {
            let label = if at == 0 { style.label(label, 10) } else { style.blank(10) };
            writeln!(self.out, "    {label}{}", self.words.style.wrapped(&row, 14))?;
        }
        match rows.count() {
            0 => Ok(()),
            more => writeln!(self.out, "    {:<10}{}", "", style.say("tty-and-more").with("more", more)),
        }
    }
}
