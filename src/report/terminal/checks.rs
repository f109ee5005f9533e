//! The page of a check: a line for each thing as soon as it is judged, then each submission, what was found, the totals.
//!
//! What grows with an archive is never held: lines are written as they come, what repeats is counted, and of submissions a
//! bounded number is told.

use std::io::{self, Write};

use jiff::civil::Date;

use super::{known, submissions::Submissions, words::Words};
use crate::{
    language::Language,
    norm::AsOf,
    report::{Groups, Ink, Report, Style, Subject, aside::Aside, counted, held_as, shown},
    results::{
        Alone, CheckTally, Checked, Closing, Event, GivenDirectory, Opening, Reference, Required, Severity, Totals,
        Work,
    },
    rules::{Answer, GivenCertificate},
    smime::Certificate,
};

/// Lines of a list: recipients, what was seen, what is missing.
pub(super) const LISTED: usize = 12;

/// Writes a line as soon as a thing is judged, and the rest when all are.
pub struct ChecksPage<W> {
    out: W,
    words: Words,
    as_of: AsOf,
    groups: Groups,
    /// Of what messages are judged by.
    references: Groups,
    aside: Aside,
    unverified: bool,
    submissions: Submissions,
    /// In legal time.
    today: Date,
}

impl<W: Write> ChecksPage<W> {
    /// A page on `out`.
    pub fn new(out: W, style: Style, opening: &Opening) -> Self {
        let (words, as_of) = (Words { style, strictness: opening.strictness }, opening.as_of);
        let (groups, references) = (Groups::default(), Groups::default());
        let aside = Aside::default();
        let (submissions, today) = (Submissions::default(), known::day(opening.started));
        Self { out, words, as_of, groups, references, aside, unverified: false, submissions, today }
    }

    /// What signers are told by, and of which day it is.
    fn held_against(&mut self, references: &[Reference]) -> io::Result<()> {
        let Words { style, .. } = self.words;
        for Reference { what, from, of, count } in references {
            let held = style.say(if count.is_some() { "tty-held-count" } else { "tty-held" });
            let what_it_is = style.language.say(held_as(what)).with("count", count.unwrap_or(1)).to_string();
            let held = held.with("what", what_it_is).with("from", shown(from));
            let held = held.with("count", count.unwrap_or_default()).to_string();
            let line = match of {
                Some(of) => {
                    style.say("tty-held-of").with("held", held).with("at", style.language.instant(*of)).to_string()
                }
                None if *what == "directory" => style.say("tty-held-undated").with("held", held).to_string(),
                None => held,
            };
            self.row("tty-by", &line)?;
        }
        Ok(())
    }

    fn checked(&mut self, checked: &Checked) -> io::Result<()> {
        let Words { style, .. } = self.words;
        let severities: Vec<Severity> = checked.severities().collect();
        let name = shown(&checked.name);
        let what = match checked.lone.as_ref().map(|alone| (alone, alone.description.what())) {
            Some((alone, Some(what))) => {
                let told = style.say("tty-kind-and-answers").with("kind", style.language.phrase(&what).into_owned());
                told.with("answers", self.words.in_short(alone)).to_string()
            }
            Some((_, None)) => style.say("tty-mail").to_string(),
            None => shown(&what(checked, style.language)),
        };
        let line = style.say("tty-line").with("name", name.as_str()).with("verdict", self.words.verdict(&severities));
        writeln!(self.out, "{}", line.with("what", what))?;
        if let Some(alone) = &checked.lone {
            self.alone(alone)?;
        }
        self.groups.add_all(&Subject::of(checked), &name);
        Ok(())
    }

    /// What a message says of itself, who signed it, and why an answer is not yes.
    fn alone(&mut self, alone: &Alone) -> io::Result<()> {
        let Words { style, .. } = self.words;
        if let Some(line) = self.words.line_of(&alone.description) {
            writeln!(self.out, "    {}", self.words.style.wrapped(&line, 4))?;
        }
        if let Some(signer) = &alone.signer {
            let signed = style.say("tty-signed").with("subject", shown(&signer.subject));
            let signed = signed.with("issuer", shown(&signer.issuer)).to_string();
            writeln!(self.out, "    {}", self.words.style.wrapped(&signed, 4))?;
        }
        let answers = &alone.answers;
        for (question, answer) in [("intact", &answers.intact), ("origin", &answers.origin), ("form", &answers.form)] {
            // Ordinary mail answers no to all of them, and is told as mail.
            let silent =
                matches!(answer, Answer::Yes(_)) || answer.why().is_empty() || alone.description.what().is_none();
            if !silent {
                let line = style.say("tty-why").with("question", style.say(question).to_string());
                let line = line.with("answer", self.words.plain(answer)).with("why", self.words.why(answer));
                writeln!(self.out, "    {}", self.words.style.wrapped(&line.to_string(), 4))?;
            }
        }
        self.unverified |= alone.description.is_signed() && matches!(answers.origin, Answer::CannotTell(_));
        Ok(())
    }

    fn close(&mut self, totals: &CheckTally, closing: &Closing) -> io::Result<()> {
        let Words { style, strictness } = self.words;
        let (code, meaning) = &closing.exit;
        if let Some(rest) = self.submissions.rest(style) {
            writeln!(self.out, "\n{}", self.words.style.wrapped(&rest, 0))?;
        }
        let references = self.references.lines("tty-references-wrong", style);
        let pages = self.groups.pages(strictness, style);
        self.out.write_all((references + &pages).as_bytes())?;
        if self.unverified {
            writeln!(self.out, "\n{}", self.words.style.wrapped(&style.say("tty-origins-hint").to_string(), 0))?;
        }
        for (number, line) in self.aside.lines(style.language).enumerate() {
            let head = if number == 0 { style.say("tty-left-out").to_string() } else { String::new() };
            let between = if number == 0 { "\n" } else { "" };
            writeln!(self.out, "{between}{head:<9} {line}")?;
        }
        if let Some(reckoning) = &closing.known {
            let section = known::section(reckoning, self.today, style);
            self.out.write_all(section.as_bytes())?;
        }
        self.totals(totals)?;
        if let Some(reckoning) = &closing.known {
            self.row("tty-declared", &known::counts(reckoning, style))?;
        }
        let ink = match *code {
            0 => Ink::Good,
            1 => Ink::Bad,
            _ => Ink::Odd,
        };
        let meaning = style.paint.dye(ink, &style.language.phrase(meaning));
        self.row("tty-result", &style.say("tty-exit").with("meaning", meaning).with("code", *code).to_string())?;
        self.out.flush()
    }

    fn totals(&mut self, totals: &CheckTally) -> io::Result<()> {
        let Words { style, .. } = self.words;
        let many = |count: usize, id: &'static str| {
            if count == 0 { String::new() } else { format!(", {}", style.say(id).with("count", count)) }
        };
        writeln!(self.out)?;
        let judged = style.say("tty-judged-of").with("judged", totals.judged);
        let judged = format!(
            "{}{}{}",
            judged.with("messages", style.count("message", totals.messages)),
            many(totals.unjudged, "tty-and-unjudged"),
            many(totals.left_out, "tty-and-left-out")
        );
        self.row("tty-judged", &judged)?;
        if totals.submissions > 0 {
            let failing = many(totals.failing_submissions, "tty-and-wrong");
            self.row("tty-together", &format!("{}{failing}", style.count("submission", totals.submissions)))?;
        }
        if !totals.not_in_force.is_empty() {
            let rules = style.say("tty-not-in-force").with("count", totals.not_in_force.len());
            self.row("tty-rules", &rules.with("day", day_of(self.as_of, style)).to_string())?;
        }
        let found = format!(
            "{}, {}, {}{}{}{}",
            style.count("violation", totals.violations),
            style.count("warning", totals.warnings),
            style.count("note", totals.notes),
            many(totals.untold, "tty-and-untold"),
            many(totals.missed, "tty-and-missed"),
            many(totals.broken_rules, "tty-and-broke"),
        );
        self.row("tty-findings", &found)?;
        for name in totals.not_exercised.iter().take(LISTED) {
            self.row("tty-unasked", &style.say("tty-unasked-of").with("name", shown(name)).to_string())?;
        }
        if let Some(more) = totals.not_exercised.len().checked_sub(LISTED).filter(|more| *more > 0) {
            let more = style.say("tty-and-more-given").with("more", more);
            writeln!(self.out, "{}{more}", style.blank(10))?;
        }
        for (question, Required { yes, no, cannot_tell }) in &totals.required {
            let asked = style.say("tty-required-of").with("question", style.say(question.word()).to_string());
            let asked = asked.with("yes", *yes).with("no", *no).with("untold", *cannot_tell);
            self.row("tty-required", &asked.to_string())?;
        }
        Ok(())
    }

    /// A line of what is told in short, by the id of its label.
    fn row(&mut self, label: &'static str, text: &str) -> io::Result<()> {
        writeln!(self.out, "{}{text}", self.words.style.label(label, 10))
    }
}

/// The day of the norm, in words where it is the latest.
pub(super) fn day_of(as_of: AsOf, style: Style) -> String {
    match as_of {
        AsOf::Latest => style.say("tty-latest").to_string(),
        AsOf::Day(day) => day.to_string(),
    }
}

impl<W: Write> Report for ChecksPage<W> {
    fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        match event {
            Event::Opened(Opening { work: Work::Check { references }, .. }) => self.held_against(references),
            Event::Reference(checked) => {
                self.references.add_all(&Subject::of(checked), &shown(&checked.name));
                Ok(())
            }
            Event::Checked(checked) => self.checked(checked),
            Event::Unjudged(it) => {
                let Words { style, .. } = self.words;
                let line = style.say("tty-unjudged").with("name", shown(&it.name));
                writeln!(self.out, "{}", line.with("reason", shown(&style.language.phrase(&it.reason))))
            }
            Event::LeftOut(it) => {
                self.aside.add(it);
                Ok(())
            }
            Event::Submission(submission) => {
                let name = shown(&self.words.style.language.phrase(&submission.name()));
                self.groups.add_all(&Subject::of_submission(submission), &name);
                self.submissions.tell(&mut self.out, self.words, submission)
            }
            Event::Closed(closing) => match &closing.totals {
                Totals::Check(totals) => self.close(totals, closing),
                Totals::Plays(_) => Ok(()),
            },
            _ => Ok(()),
        }
    }
}

/// What was judged, in a line.
pub fn what(checked: &Checked, language: Language) -> String {
    match &checked.evidence.observations[..] {
        [] if checked.evidence.gateways.is_empty() => {
            let given: Vec<String> = given(checked).iter().map(|it| language.phrase(it).into_owned()).collect();
            given.join("; ")
        }
        many => language.count("message", many.len()),
    }
}

/// Directories and certificates that were given by themselves; of a directory not its certificates too.
fn given(checked: &Checked) -> Vec<String> {
    let directories: Vec<String> = checked.directories().iter().map(directory).collect();
    if directories.is_empty() { checked.judgement.certificates.iter().map(told).collect() } else { directories }
}

fn directory(given: &GivenDirectory) -> String {
    let records = counted(given.records.len(), "record");
    match (&given.signed_by, given.signed) {
        (Some(signer), _) => format!("directory of {records}, signed by {signer}"),
        (None, true) => format!("directory of {records}, signed, without the signer's certificate"),
        (None, false) => format!("directory of {records}, not signed"),
    }
}

fn told(given: &GivenCertificate) -> String {
    let Certificate { subject, not_before, not_after, .. } = &given.certificate;
    let path = match &given.path {
        None => "path not verified: no trust anchors are at hand".to_owned(),
        Some(Ok(())) => "it leads to a trusted root".to_owned(),
        Some(Err(error)) if error.cannot_tell() => format!("path not verified: {error}"),
        Some(Err(error)) => format!("not trusted: {error}"),
    };
    let listed = given.provider.as_ref().map(|provider| format!(", listed for {provider}")).unwrap_or_default();
    format!("certificate of {subject}, valid {not_before} to {not_after}{listed}, {path}")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use jiff::Timestamp;

    use super::*;
    use crate::{
        evidence::Direction,
        message::Kind,
        report::{
            samples,
            terminal::submissions::{LOUD, QUIET},
        },
        results::{ArrivedAt, CellOutcome, Description},
        rules::Answers,
    };

    fn checked(origin: Answer) -> Checked {
        let cell = samples::cell("x", &Direction::new("alfa", "bravo"), CellOutcome::Passed);
        let name = "mail/\u{202e}one.eml".to_owned();
        let alone = Alone {
            arrival: ArrivedAt::Now(Timestamp::UNIX_EPOCH),
            description: Description {
                kind: Some(Kind::Accettazione),
                subject: Some(samples::HOSTILE.to_owned()),
                recipients: (0..5).map(|number| format!("{number}@bravo.example")).collect(),
                ..Description::default()
            },
            answers: Answers { intact: Answer::Yes(String::new()), origin, form: Answer::Yes(String::new()) },
            signer: None,
        };
        Checked {
            path: (&name).into(),
            name,
            evidence: cell.observed,
            judgement: cell.judgement,
            lone: Some(alone),
            known: Arc::default(),
        }
    }

    fn page(checked: Checked) -> String {
        told([Event::Checked(Box::new(checked))])
    }

    fn told<'a>(events: impl IntoIterator<Item = Event<'a>>) -> String {
        let events = samples::check(events);
        let Event::Opened(opening) = &events[0] else { unreachable!("a check is opened") };
        let mut out = Vec::new();
        let mut page = ChecksPage::new(&mut out, Style::FILE, opening);
        for event in &events[1..] {
            page.event(event).unwrap();
        }
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn an_origin_is_told_as_what_is_known_of_it() {
        let unknown = page(checked(Answer::CannotTell("no trusted root was given".into())));
        assert!(unknown.contains("acceptance, intact yes, origin cannot tell, form yes\n"), "{unknown}");
        assert!(unknown.contains("origin cannot tell: no trusted root was given"), "{unknown}");
        assert!(unknown.contains("--trust"), "{unknown}");
        let known = page(checked(Answer::Yes("Alfa\x1b[2J".into())));
        assert!(known.contains(r"origin yes (Alfa\u{1b}[2J)") && !known.contains("--trust"), "{known}");
        let forged = page(checked(Answer::No("another key than the authority's".into())));
        assert!(forged.contains("origin no: another key than the authority's"), "{forged}");
    }

    #[test]
    fn nothing_that_a_message_says_of_itself_acts() {
        let page = page(checked(Answer::Yes(String::new())));
        assert!(page.starts_with(r"mail/\u{202e}one.eml: no violation"), "{page}");
        assert!(page.contains("to 0@bravo.example, 1@bravo.example, 2@bravo.example and 2 more"), "{page}");
        assert!(!page.contains(['\x1b', '\u{202e}', '\r', '\u{9b}', '\0']), "{page}");
    }

    #[test]
    fn of_many_submissions_a_few_are_told_and_all_are_counted() {
        let quiet = (0..1000).map(|number| samples::submission(number, false));
        let page = told(quiet.chain((0..1000).map(|number| samples::submission(number, true))));
        let heads = page.lines().filter(|line| line.starts_with("submission "));
        assert_eq!(heads.count(), QUIET + LOUD, "{page}");
        assert!(page.contains("1940 submissions more, 950 of them with something missing or wrong"), "{page}");
        assert!(!page.contains("\nresult conforming") && page.contains(r"\nresult conforming"), "{page}");
        assert!(page.contains("missing   delivery for anna@bravo.example (the sender's mailbox)"), "{page}");
    }
}
