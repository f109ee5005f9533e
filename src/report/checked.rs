//! What `check` tells of messages, directories, certificates and bundles: a page, or JSON lines with a header and a footer.

use std::{
    collections::BTreeSet,
    fmt,
    io::{self, Write},
    path::PathBuf,
};

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use super::{
    Groups, Ink, Paint, RuleSet, Severity, Strictness, Subject, counted, json_line, shown, stream::verdict_line,
    wrapped,
};
use crate::{
    directory::DirectoryFile,
    evidence::{Evidence, Observation},
    message::{Kind, Message},
    norm::AsOf,
    rules::{GivenCertificate, Judgement, Origin},
    shown::{path_text, shown_path},
    smime::Certificate,
};

/// A file or a bundle, judged.
pub struct Checked {
    /// Where it lies.
    pub path: PathBuf,
    /// What it holds.
    pub evidence: Evidence,
    /// What the rules said.
    pub judgement: Judgement,
}

/// What all of them came to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CheckedTotals {
    /// Files and bundles judged.
    pub judged: usize,
    /// Files and bundles that could not be.
    pub unreadable: usize,
    /// Messages in them.
    pub messages: usize,
    /// Files and bundles with something that fails them.
    pub failing: usize,
    /// Findings at the level of a MUST.
    pub violations: usize,
    /// Findings at the level of a SHOULD.
    pub warnings: usize,
    /// Findings at the level of a MAY.
    pub notes: usize,
    /// Findings that a scenario announced and that were not made again.
    pub missed: usize,
    /// Rules that broke, each time they did.
    pub broken_rules: usize,
    /// How often a rule was put to something.
    pub exercised: usize,
    /// Rules that rest on nothing in force on the norm's day.
    pub not_in_force: BTreeSet<&'static str>,
}

/// A format.
pub trait Inspection {
    /// Before the first.
    fn open(&mut self) -> io::Result<()>;
    /// For each.
    fn checked(&mut self, checked: &Checked) -> io::Result<()>;
    /// After the last; `exit` is the process's exit code and its meaning.
    fn close(&mut self, totals: &CheckedTotals, exit: (u8, &'static str)) -> io::Result<()>;
}

impl Checked {
    /// What was found, for people.
    fn subject(&self) -> Subject<'_> {
        let file = self.evidence.observations.len() <= 1 && self.path.is_file();
        Subject { evidence: &self.evidence, folder: (!file).then_some(&self.path), judgement: &self.judgement }
    }

    fn severities(&self) -> Vec<Severity> {
        self.subject().failures().map(|failure| failure.severity).collect()
    }

    /// What was judged, in a line.
    fn what(&self) -> String {
        match &self.evidence.observations[..] {
            [only] => format!("{}, {}", kind(only).map_or("mail", Kind::title), self.origin(only)),
            [] if self.evidence.gateways.is_empty() => self.given().join("; "),
            many => counted(many.len(), "message"),
        }
    }

    /// Directories and certificates that were given by themselves; of a directory not its certificates too.
    fn given(&self) -> Vec<String> {
        let directories: Vec<String> = self.directories().iter().map(GivenDirectory::to_string).collect();
        if directories.is_empty() { self.judgement.certificates.iter().map(told).collect() } else { directories }
    }

    /// Without one that came with the command, to judge others by: it is in force from the beginning of time.
    fn directories(&self) -> Vec<GivenDirectory> {
        let given = self.evidence.directories.iter().filter(|version| version.from != Timestamp::MIN);
        given.map(|version| GivenDirectory::read(&version.ldif)).collect()
    }

    fn origin(&self, observation: &Observation) -> String {
        match self.judgement.origin(observation.id) {
            None => "no system-generated message".to_owned(),
            Some(Origin::Unsigned) => "unsigned".to_owned(),
            Some(Origin::Verified { provider }) => format!("origin verified: {provider}"),
            Some(Origin::NotVerified(why)) => format!("origin not verified: {why}"),
            Some(Origin::Refuted(why)) => format!("not from a listed provider: {why}"),
        }
    }
}

impl CheckedTotals {
    /// Counts one.
    pub fn count(&mut self, checked: &Checked, strictness: Strictness) {
        self.judged += 1;
        self.messages += checked.evidence.observations.len();
        self.exercised += checked.judgement.applied.values().sum::<usize>();
        self.not_in_force.extend(&checked.judgement.not_in_force);
        let severities = checked.severities();
        self.failing += usize::from(severities.iter().any(|severity| severity.fails(strictness)));
        for severity in severities {
            match severity {
                Severity::Broken => self.broken_rules += 1,
                Severity::Violation => self.violations += 1,
                Severity::Warning => self.warnings += 1,
                Severity::Note => self.notes += 1,
                Severity::Unmet => self.missed += 1,
            }
        }
    }
}

/// A page: a line for each, then what was found, then the totals.
pub struct CheckedText<W> {
    out: W,
    paint: Paint,
    strictness: Strictness,
    as_of: AsOf,
    groups: Groups,
    unverified: bool,
}

impl<W: Write> CheckedText<W> {
    /// A page on `out`.
    pub fn new(out: W, paint: Paint, strictness: Strictness, as_of: AsOf) -> Self {
        Self { out, paint, strictness, as_of, groups: Groups::default(), unverified: false }
    }
}

impl<W: Write> Inspection for CheckedText<W> {
    fn open(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn checked(&mut self, checked: &Checked) -> io::Result<()> {
        let path = shown_path(&checked.path);
        let severities = checked.severities();
        let noun = match self.strictness {
            Strictness::Violations => "violation",
            Strictness::Everything => "finding",
        };
        let (word, ink) = match severities.iter().filter(|severity| severity.fails(self.strictness)).count() {
            0 => (format!("no {noun}"), Ink::Good),
            many => (counted(many, noun), Ink::Bad),
        };
        let what = checked.what();
        writeln!(self.out, "{path}: {}; {}", self.paint.dye(ink, &word), shown(&what))?;
        self.unverified |= checked.judgement.origins.values().any(|origin| matches!(origin, Origin::NotVerified(_)));
        for failure in checked.subject().failures() {
            self.groups.add(failure, &path);
        }
        Ok(())
    }

    fn close(&mut self, totals: &CheckedTotals, (code, meaning): (u8, &'static str)) -> io::Result<()> {
        self.out.write_all(self.groups.pages(self.strictness, self.paint).as_bytes())?;
        let many = |count: usize, words: &str| if count == 0 { String::new() } else { format!(", {count} {words}") };
        let unreadable = many(totals.unreadable, "could not be judged");
        let missed = many(totals.missed, "announced and not found again");
        if !totals.not_in_force.is_empty() {
            writeln!(self.out, "\nrules     {} not in force as of {}", totals.not_in_force.len(), self.as_of)?;
        }
        if self.unverified {
            let hint = "Origins that were not verified are no findings. Who signed can be told with --trust (a folder of \
                        certificates and revocation lists) and --directory (the providers' LDIF).";
            writeln!(self.out, "\n{}", wrapped(hint, 0))?;
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

/// JSON lines.
pub struct CheckedJson<W> {
    out: W,
    as_of: AsOf,
}

impl<W: Write> CheckedJson<W> {
    /// A stream on `out`.
    pub fn new(out: W, as_of: AsOf) -> Self {
        Self { out, as_of }
    }
}

impl<W: Write> Inspection for CheckedJson<W> {
    fn open(&mut self) -> io::Result<()> {
        let header = json!({
            "type": "header",
            "suite": env!("CARGO_PKG_NAME"),
            "version": env!("CARGO_PKG_VERSION"),
            "rules": RuleSet::of(crate::rules::all()),
            "as_of": self.as_of.to_string(),
        });
        json_line(&mut self.out, &header)
    }

    fn checked(&mut self, checked: &Checked) -> io::Result<()> {
        let messages: Vec<Value> = checked
            .evidence
            .observations
            .iter()
            .map(|observation| {
                json!({
                    "observation": observation.id,
                    "seen": observation.seen,
                    "kind": kind(observation),
                    "origin": checked.judgement.origin(observation.id),
                })
            })
            .collect();
        let findings: Vec<Value> =
            checked.judgement.verdicts.iter().filter_map(|verdict| verdict_line(verdict, &checked.evidence)).collect();
        let by_itself = checked.evidence.observations.is_empty() && checked.evidence.gateways.is_empty();
        let directories = if by_itself { checked.directories() } else { Vec::new() };
        let certificates: Vec<Value> = checked.judgement.certificates.iter().map(certificate_line).collect();
        let line = json!({
            "type": "checked",
            "path": path_text(&checked.path),
            "messages": messages,
            "directories": directories,
            "certificates": certificates,
            "findings": findings,
            "applied": checked.judgement.applied,
            "not_in_force": checked.judgement.not_in_force,
        });
        json_line(&mut self.out, &line)
    }

    fn close(&mut self, totals: &CheckedTotals, (code, meaning): (u8, &'static str)) -> io::Result<()> {
        let footer = json!({"type": "footer", "totals": totals, "exit": {"code": code, "meaning": meaning}});
        json_line(&mut self.out, &footer)?;
        self.out.flush()
    }
}

/// A directory that was judged by itself.
#[derive(Serialize)]
struct GivenDirectory {
    /// Names of its records, in order.
    records: Vec<String>,
    /// The signer's subject.
    signed_by: Option<String>,
    signed: bool,
}

impl GivenDirectory {
    fn read(file: &[u8]) -> Self {
        let file = DirectoryFile::open(file);
        let signer = file.signature.as_ref().and_then(|signature| signature.signer.as_ref());
        Self {
            records: file.records().unwrap_or_default().into_iter().map(|record| record.dn).collect(),
            signed_by: signer.map(|signer| signer.subject.clone()),
            signed: file.signature.is_some(),
        }
    }
}

impl fmt::Display for GivenDirectory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "directory of {}, ", counted(self.records.len(), "record"))?;
        match (&self.signed_by, self.signed) {
            (Some(signer), _) => write!(f, "signed by {signer}"),
            (None, true) => f.write_str("signed, without the signer's certificate"),
            (None, false) => f.write_str("not signed"),
        }
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

fn certificate_line(given: &GivenCertificate) -> Value {
    let certificate = &given.certificate;
    let path = match &given.path {
        None => json!({"not-verified": "no trust anchors are at hand"}),
        Some(Ok(())) => json!("trusted"),
        Some(Err(error)) if error.is_of_the_lists() => json!({"not-verified": error.to_string()}),
        Some(Err(error)) => json!({"refuted": error.to_string()}),
    };
    json!({
        "subject": certificate.subject,
        "issuer": certificate.issuer,
        "serial": certificate.serial,
        "sha1": certificate.sha1(),
        "not_before": certificate.not_before,
        "not_after": certificate.not_after,
        "path": path,
        "provider": given.provider,
    })
}

fn kind(observation: &Observation) -> Option<Kind> {
    Message::read(observation.bytes.clone()).ok()?.kind
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples;
    use crate::runner::{CellOutcome, Direction};

    fn checked(origin: Option<Origin>) -> Checked {
        let cell = samples::cell("x", &Direction::new("alfa", "bravo"), CellOutcome::Passed);
        let mut judgement = cell.judgement;
        judgement.origins.extend(origin.map(|origin| (1, origin)));
        Checked { path: "mail/\u{202e}one.eml".into(), evidence: cell.observed, judgement }
    }

    fn page(checked: &Checked) -> String {
        let mut out = Vec::new();
        let mut text = CheckedText::new(&mut out, Paint::Plain, Strictness::Violations, AsOf::Latest);
        let mut totals = CheckedTotals::default();
        totals.count(checked, Strictness::Violations);
        text.checked(checked).unwrap();
        text.close(&totals, (0, "conforming")).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn an_origin_is_told_as_what_is_known_of_it() {
        let not_verified = Origin::NotVerified("no trusted root was given".into());
        assert!(page(&checked(Some(not_verified))).contains("origin not verified: no trusted root was given"));
        let verified = Origin::Verified { provider: "Alfa\x1b[2J".into() };
        assert!(page(&checked(Some(verified))).contains(r"origin verified: Alfa\u{1b}[2J"));
        assert!(page(&checked(None)).contains("no system-generated message"));
    }

    #[test]
    fn a_path_does_nothing_to_the_terminal() {
        assert!(page(&checked(None)).starts_with(r"mail/\u{202e}one.eml: no violation"));
    }
}
