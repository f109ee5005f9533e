//! The page of a check: a line for each thing, then what was found, then the totals.

use std::io::{self, Write};

use super::aside::Aside;
use crate::{
    evidence::Observation,
    message::{Kind, Message},
    norm::AsOf,
    report::{Groups, Ink, Paint, Report, Subject, counted, shown, wrapped},
    results::{CheckTally, Checked, Closing, Event, GivenDirectory, Opening, Strictness, Totals},
    rules::{GivenCertificate, Origin},
    smime::Certificate,
};

/// Writes a line as soon as a thing is judged, and the rest when all are.
pub struct ChecksPage<W> {
    out: W,
    paint: Paint,
    strictness: Strictness,
    as_of: AsOf,
    groups: Groups,
    aside: Aside,
    unverified: bool,
}

impl<W: Write> ChecksPage<W> {
    /// A page on `out`.
    pub fn new(out: W, paint: Paint, opening: &Opening) -> Self {
        let (strictness, as_of) = (opening.strictness, opening.as_of);
        Self { out, paint, strictness, as_of, groups: Groups::default(), aside: Aside::default(), unverified: false }
    }

    fn checked(&mut self, checked: &Checked) -> io::Result<()> {
        let path = shown(&checked.name);
        let severities: Vec<_> = checked.severities().collect();
        let noun = match self.strictness {
            Strictness::Violations => "violation",
            Strictness::Everything => "finding",
        };
        let (word, ink) = match severities.iter().filter(|severity| severity.fails(self.strictness)).count() {
            0 => (format!("no {noun}"), Ink::Good),
            many => (counted(many, noun), Ink::Bad),
        };
        let what = what(checked);
        writeln!(self.out, "{path}: {}; {}", self.paint.dye(ink, &word), shown(&what))?;
        self.unverified |= checked.judgement.origins.values().any(|origin| matches!(origin, Origin::NotVerified(_)));
        for failure in subject(checked).failures() {
            self.groups.add(failure, &path);
        }
        Ok(())
    }

    fn close(&mut self, totals: &CheckTally, (code, meaning): (u8, &'static str)) -> io::Result<()> {
        self.out.write_all(self.groups.pages(self.strictness, self.paint).as_bytes())?;
        let many = |count: usize, words: &str| if count == 0 { String::new() } else { format!(", {count} {words}") };
        let unreadable = many(totals.unjudged, "could not be judged");
        let missed = many(totals.missed, "announced and not found again");
        if !totals.not_in_force.is_empty() {
            writeln!(self.out, "\nrules     {} not in force as of {}", totals.not_in_force.len(), self.as_of)?;
        }
        if self.unverified {
            let hint = "Origins that were not verified are no findings. Who signed can be told with --trust (a folder of \
                        certificates and revocation lists) and --directory (the providers' LDIF).";
            writeln!(self.out, "\n{}", wrapped(hint, 0))?;
        }
        for (number, line) in self.aside.lines().enumerate() {
            let head = if number == 0 { "\nleft out " } else { "         " };
            writeln!(self.out, "{head} {line}")?;
        }
        writeln!(
            self.out,
            "\njudged    {} ({}){unreadable}\nfindings  {}, {}, {}{missed}\nresult    {meaning} (exit code {code})",
            totals.judged,
            counted(totals.messages, "message"),
            counted(totals.violations, "violation"),
            counted(totals.warnings, "warning"),
            counted(totals.notes, "note"),
        )?;
        self.out.flush()
    }
}

impl<W: Write> Report for ChecksPage<W> {
    fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        match event {
            Event::Checked(checked) => self.checked(checked),
            Event::Unjudged(it) => {
                writeln!(self.out, "{}: could not be judged: {}", shown(&it.name), shown(&it.reason))
            }
            Event::LeftOut(it) => {
                self.aside.add(it);
                Ok(())
            }
            Event::Closed(Closing { totals: Totals::Check(totals), exit, .. }) => self.close(totals, *exit),
            _ => Ok(()),
        }
    }
}

/// What was found, for people.
fn subject(checked: &Checked) -> Subject<'_> {
    let file = checked.evidence.observations.len() <= 1 && checked.path.is_file();
    Subject { evidence: &checked.evidence, folder: (!file).then_some(&checked.path), judgement: &checked.judgement }
}

/// What was judged, in a line.
fn what(checked: &Checked) -> String {
    match &checked.evidence.observations[..] {
        [only] => format!("{}, {}", kind(only).map_or("mail", Kind::title), origin(checked, only)),
        [] if checked.evidence.gateways.is_empty() => given(checked).join("; "),
        many => counted(many.len(), "message"),
    }
}

/// Directories and certificates that were given by themselves; of a directory not its certificates too.
fn given(checked: &Checked) -> Vec<String> {
    let directories: Vec<String> = checked.directories().iter().map(directory).collect();
    if directories.is_empty() { checked.judgement.certificates.iter().map(told).collect() } else { directories }
}

fn origin(checked: &Checked, observation: &Observation) -> String {
    match checked.judgement.origin(observation.id) {
        None => "no system-generated message".to_owned(),
        Some(Origin::Unsigned) => "unsigned".to_owned(),
        Some(Origin::Verified { provider }) => format!("origin verified: {provider}"),
        Some(Origin::NotVerified(why)) => format!("origin not verified: {why}"),
        Some(Origin::Refuted(why)) => format!("not from a listed provider: {why}"),
    }
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
        Some(Err(error)) if error.is_of_the_lists() => format!("path not verified: {error}"),
        Some(Err(error)) => format!("not trusted: {error}"),
    };
    let listed = given.provider.as_ref().map(|provider| format!(", listed for {provider}")).unwrap_or_default();
    format!("certificate of {subject}, valid {not_before} to {not_after}{listed}, {path}")
}

fn kind(observation: &Observation) -> Option<Kind> {
    Message::read(observation.bytes.clone()).ok()?.kind
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::Timestamp;

    use super::*;
    use crate::{
        evidence::Direction,
        report::samples,
        results::{CellOutcome, Ending, Work},
    };

    fn checked(origin: Option<Origin>) -> Checked {
        let cell = samples::cell("x", &Direction::new("alfa", "bravo"), CellOutcome::Passed);
        let mut judgement = cell.judgement;
        judgement.origins.extend(origin.map(|origin| (1, origin)));
        let name = "mail/\u{202e}one.eml".to_owned();
        Checked { path: (&name).into(), name, evidence: cell.observed, judgement, lone: None }
    }

    fn page(checked: Checked) -> String {
        let opening = Opening {
            started: Timestamp::UNIX_EPOCH,
            work: Work::Check { references: Vec::new() },
            strictness: Strictness::Violations,
            as_of: AsOf::Latest,
        };
        let mut totals = CheckTally::default();
        totals.count(&checked, Strictness::Violations);
        let closing = Closing {
            totals: Totals::Check(totals),
            ending: Ending::Complete,
            exit: (0, "conforming"),
            took: Duration::ZERO,
        };
        let mut out = Vec::new();
        let mut page = ChecksPage::new(&mut out, Paint::Plain, &opening);
        for event in [Event::Checked(Box::new(checked)), Event::Closed(closing)] {
            page.event(&event).unwrap();
        }
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn an_origin_is_told_as_what_is_known_of_it() {
        let not_verified = Origin::NotVerified("no trusted root was given".into());
        assert!(page(checked(Some(not_verified))).contains("origin not verified: no trusted root was given"));
        let verified = Origin::Verified { provider: "Alfa\x1b[2J".into() };
        assert!(page(checked(Some(verified))).contains(r"origin verified: Alfa\u{1b}[2J"));
        assert!(page(checked(None)).contains("no system-generated message"));
    }

    #[test]
    fn a_path_does_nothing_to_the_terminal() {
        assert!(page(checked(None)).starts_with(r"mail/\u{202e}one.eml: no violation"));
    }
}
