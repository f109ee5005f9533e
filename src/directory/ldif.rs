//! Reading LDIF content records (RFC 2849).
//!
//! A file is laid out once: where its records and their lines stand, sixteen octets a line, and what is wrong with it.
//! What a line says is taken from the file whenever it is asked for. A record that an LDAP server would refuse is refused
//! with its line, and the others count: one provider's mistake is not everybody's. What a record merely lacks is for the
//! rules to say.

mod record;

use std::{
    collections::HashSet,
    hash::{BuildHasher as _, RandomState},
};

pub use record::{Attribute, Record};

use record::Line;

/// Octets of a file at most: the directory of all providers takes some 20 MB.
pub const MAX_BYTES: usize = 64 << 20;

/// Every line costs memory of its own.
const MAX_LINES: usize = 2_000_000;

/// As many mistakes are told; the others are counted.
const TOLD: usize = 100;

/// What is wrong with a file or with one of its records.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of the LDIF: {problem}")]
pub struct LdifError {
    /// Line, from 1.
    pub line: usize,
    /// The record's distinguished name, where the line belongs to one.
    pub dn: Option<String>,
    /// What is wrong and what would be right.
    pub problem: String,
}

/// Mistakes: the first of them, and how many more there are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mistakes {
    /// In the order of the file.
    pub told: Vec<LdifError>,
    /// Those beyond.
    pub more: usize,
}

/// Where the records of a file stand, and what cannot be read.
#[derive(Clone, Debug, Default)]
pub struct Layout {
    lines: Vec<Line>,
    records: Vec<Lines>,
    /// What is wrong, one for a record.
    pub mistakes: Mistakes,
}

/// The lines of a record, that of its `dn` first.
#[derive(Clone, Copy, Debug)]
struct Lines {
    first: u32,
    end: u32,
}

impl Mistakes {
    /// Adds one.
    pub fn push(&mut self, mistake: LdifError) {
        if self.told.len() < TOLD { self.told.push(mistake) } else { self.more += 1 }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.told.is_empty()
    }
}

impl Layout {
    /// Lays a file out. An error is one of the whole file: that it is too large.
    ///
    /// RFC 2849 wants an empty line before each record. The norm's own sample (4.5.10) loses some where a page ends, and no
    /// attribute is called `dn`: so a `dn` starts a record in any case.
    pub fn of(ldif: &[u8]) -> Result<Self, LdifError> {
        if ldif.len() > MAX_BYTES {
            return wrong(1, format!("the file is larger than {MAX_BYTES} bytes"));
        }
        let mut reader = Reader::default();
        let mut logical: Option<Line> = None;
        let mut start = if ldif.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        let mut number = 0;
        while start <= ldif.len() {
            let end = memchr::memchr(b'\n', &ldif[start..]).map_or(ldif.len(), |end| start + end);
            number += 1;
            if number > MAX_LINES {
                return wrong(number, format!("more than {MAX_LINES} lines"));
            }
            let stop = if ldif[start..end].ends_with(b"\r") { end - 1 } else { end };
            match &mut logical {
                Some(line) if ldif[start..].starts_with(b" ") && line.start < line.end => line.end = offset(stop),
                _ => {
                    if let Some(line) = logical.take() {
                        reader.take(line, ldif);
                    }
                    logical = Some(Line { number: offset(number), start: offset(start), end: offset(stop) });
                }
            }
            start = end + 1;
        }
        if let Some(line) = logical {
            reader.take(line, ldif);
        }
        reader.close();
        Ok(reader.layout)
    }

    /// The records that can be read, in order; `ldif` is the file that was laid out.
    pub fn records<'l>(&'l self, ldif: &'l [u8]) -> impl Iterator<Item = Record<'l>> {
        self.records
            .iter()
            .map(move |&Lines { first, end }| Record { ldif, lines: &self.lines[first as usize..end as usize] })
    }
}

/// Offsets and numbers fit: [`MAX_BYTES`] holds.
fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// Puts lines together to records.
#[derive(Default)]
struct Reader {
    layout: Layout,
    at: At,
    /// Hashes of the names so far: by a key of this process, so that nobody can aim at another's.
    names: HashSet<u64>,
    key: RandomState,
}

/// What the next line belongs to.
#[derive(Default)]
enum At {
    /// To nothing: only a record may begin.
    #[default]
    Outside,
    /// To the record that begins at this line.
    Record { first: u32 },
    /// To something that is refused already.
    Refused,
}

impl Reader {
    fn take(&mut self, line: Line, ldif: &[u8]) {
        if line.start == line.end {
            return self.close();
        }
        let number = line.number as usize;
        match ldif[line.start as usize] {
            b'#' => return,
            b' ' => {
                let problem = "a line that starts with a blank continues another, and none is before it";
                return self.refuse(number, problem, ldif);
            }
            _ => {}
        }
        let attribute = match Attribute::read(number, line.unfolded(ldif)) {
            Ok(attribute) => attribute,
            Err(error) => return self.refuse(error.line, error.problem, ldif),
        };
        match (attribute.name.as_str(), &self.at) {
            ("dn", _) => {
                self.close();
                match attribute.text() {
                    Ok(dn) if !self.names.insert(self.key.hash_one(dn.to_lowercase())) => {
                        self.refuse_named(number, Some(dn), "a second record with this dn".to_owned());
                    }
                    Ok(_) => {
                        self.at = At::Record { first: offset(self.layout.lines.len()) };
                        self.layout.lines.push(line);
                    }
                    Err(error) => self.refuse(number, error.problem, ldif),
                }
            }
            (_, At::Refused) => {}
            ("version", At::Outside) => {
                if *attribute.value.trim_ascii_end() != *b"1" {
                    self.refuse(number, "only version 1 of LDIF exists", ldif);
                }
            }
            (_, At::Outside) => {
                self.refuse(number, "an attribute outside any record: a record starts with `dn:`", ldif);
            }
            ("changetype" | "control", At::Record { .. }) => {
                self.refuse(number, "a change record: a directory has content records only", ldif);
            }
            (_, At::Record { .. }) => self.layout.lines.push(line),
        }
    }

    /// Ends what the lines so far belong to.
    fn close(&mut self) {
        if let At::Record { first } = self.at {
            self.layout.records.push(Lines { first, end: offset(self.layout.lines.len()) });
        }
        self.at = At::Outside;
    }

    /// Refuses what a line belongs to; what follows until the next record is of it, and not told of.
    fn refuse(&mut self, line: usize, problem: impl Into<String>, ldif: &[u8]) {
        let dn = match self.at {
            At::Refused => return,
            At::Outside => None,
            At::Record { first } => {
                let lines = &self.layout.lines[first as usize..];
                let dn = Record { ldif, lines }.dn();
                self.layout.lines.truncate(first as usize);
                Some(dn)
            }
        };
        self.refuse_named(line, dn, problem.into());
    }

    fn refuse_named(&mut self, line: usize, dn: Option<String>, problem: String) {
        self.layout.mistakes.push(LdifError { line, dn, problem });
        self.at = At::Refused;
    }
}

fn wrong<T>(line: usize, problem: impl Into<String>) -> Result<T, LdifError> {
    Err(LdifError { line, dn: None, problem: problem.into() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::Directory;

    /// In the form of RFC 6109 4.5.10, with its irregularities.
    const SAMPLE: &str = "\
version: 1
# The directory,
 with a comment on two lines
dn: o=postacert
objectclass: top
objectclass: organization
objectClass: LDIFLocationURLObject
o: postacert
LDIFLocationURL: https://indice.example/indice.ldif.p7m
dn: providerName=Carta e Penna S.p.A.,o=postacert
objectclass: top
objectclass: provider
providerName: Carta e Penna S.p.A.
providerCertificateHash:
 7E7AEF1059AE0F454F2643A95F69EC3556009239
providerCertificateHash: e00fdd9d88be0e2cc766b893315caf93d5701a6a
providerCertificate;binary::
 AQ
 ID
PROVIDERCERTIFICATE;BINARY:: BAU=
mailReceipt: ricevute@carta.example
LDIFLocationURL: https://carta.example/carta.ldif.p7m
managedDomains: pec.carta.example
managedDomains: penna.example
description:: U2Vydml6aSBkaSBxdWFsaXTDoA==

dn: providerUnit=Ambiente Secondario, providerName=Carta e
  Penna S.p.A.,o=postacert
objectclass: provider
providerName: Carta e Penna S.p.A.
providerUnit: Ambiente Secondario
mailReceipt: ricevute@secondo.carta.example
";

    /// What is wrong with a file, whether anything of it can be read or not.
    fn problem(ldif: &str) -> (usize, String) {
        let mistakes = Directory::read(ldif.as_bytes()).map(|directory| directory.mistakes.told);
        let error = mistakes.map_or_else(|error| error, |told| told.into_iter().next().expect("a mistake"));
        (error.line, error.problem)
    }

    fn names(ldif: &str) -> Vec<String> {
        Directory::read(ldif.as_bytes()).unwrap().providers.iter().map(|provider| provider.name.clone()).collect()
    }

    #[test]
    fn a_record_that_cannot_be_read_does_not_hide_the_others() {
        let record = |name: &str, more: &str| {
            format!("dn: providerName={name},o=postacert\nobjectclass: provider\nproviderName: {name}\n{more}\n")
        };
        let good = [record("A", ""), record("B", "")];
        for bad in [
            "no colon\n",
            "mailReceipt: a@b.example\nmailReceipt: c@d.example\n",
            "x:: !!\n",
            "providerName:: /w==\n",
            "changetype: add\n",
        ] {
            let ldif = [&good[0], &record("X", bad), &good[1]].map(String::as_str).concat();
            assert_eq!(names(&ldif), ["A", "B"], "{bad}");
            let directory = Directory::read(ldif.as_bytes()).unwrap();
            let [mistake] = &directory.mistakes.told[..] else { panic!("{:?}", directory.mistakes) };
            assert_eq!(mistake.dn.as_deref(), Some("providerName=X,o=postacert"), "{bad}");
            assert!((8..=9).contains(&mistake.line), "{bad}: line {}", mistake.line);
            assert!(!directory.is_whole());
        }
        let whole = Directory::read(good.concat().as_bytes()).unwrap();
        assert!(whole.is_whole() && whole.mistakes.is_empty());
        assert!(!Directory::read(good[0].as_bytes()).unwrap().is_whole(), "one provider's own file");
    }

    #[test]
    fn a_record_without_its_empty_line_is_told_apart() {
        let ldif = "dn: providerName=X,o=postacert\nobjectclass: provider\nno colon\ndn: providerName=A,o=postacert\nobjectclass: provider\nproviderName: A\n";
        assert_eq!(names(ldif), ["A"]);
    }

    #[test]
    fn what_a_directory_server_writes_out_is_read() {
        let ldif = "version: 1\n\ndn: providerName=A,o=postacert\nobjectClass: provider\nproviderName: A\n\
            structuralObjectClass: provider\nentryUUID: 1a2b\ncreatorsName: cn=admin\n\nversion: 1\n\n\
            dn: providerName=B,o=postacert\nobjectClass: provider\nproviderName: B\n";
        assert_eq!(names(ldif), ["A", "B"]);
        assert!(Directory::read(ldif.as_bytes()).unwrap().mistakes.is_empty());
    }

    #[test]
    fn mistakes_beyond_a_number_are_counted() {
        let ldif = "dn: providerName=A,o=postacert\nobjectclass: provider\n\n".to_owned() + &"x\n\n".repeat(100_000);
        let mistakes = Directory::read(ldif.as_bytes()).unwrap().mistakes;
        assert_eq!((mistakes.told.len(), mistakes.more), (TOLD, 100_000 - TOLD));
    }

    #[test]
    fn records_are_read_as_the_norm_prints_them() {
        let directory = Directory::read(SAMPLE.as_bytes()).unwrap();
        let [main, secondary] = &directory.providers[..] else { panic!("{directory:?}") };
        assert_eq!(main.dn, "providerName=Carta e Penna S.p.A.,o=postacert");
        assert_eq!(main.name, "Carta e Penna S.p.A.");
        assert_eq!(
            main.certificate_hashes,
            ["7E7AEF1059AE0F454F2643A95F69EC3556009239", "e00fdd9d88be0e2cc766b893315caf93d5701a6a"]
        );
        assert_eq!(main.certificates, [vec![1, 2, 3], vec![4, 5]]);
        assert_eq!(main.mail_receipt, "ricevute@carta.example");
        assert_eq!(main.managed_domains, ["pec.carta.example", "penna.example"]);
        assert_eq!(main.ldif_location.as_deref(), Some("https://carta.example/carta.ldif.p7m"));
        assert_eq!(main.description.as_deref(), Some("Servizi di qualità"));
        assert_eq!(main.unit, None);
        assert_eq!(secondary.dn, "providerUnit=Ambiente Secondario, providerName=Carta e Penna S.p.A.,o=postacert");
        assert_eq!(secondary.unit.as_deref(), Some("Ambiente Secondario"));
        assert!(secondary.certificates.is_empty() && secondary.managed_domains.is_empty());
    }

    #[test]
    fn line_ends_do_not_matter() {
        let lf = Directory::read(SAMPLE.as_bytes()).unwrap().providers;
        assert_eq!(Directory::read(SAMPLE.replace('\n', "\r\n").as_bytes()).unwrap().providers, lf);
        assert_eq!(Directory::read(SAMPLE.trim_end().as_bytes()).unwrap().providers, lf);
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        let record = "dn: providerName=X,o=postacert\nobjectclass: provider\n";
        for (ldif, line, words) in [
            ("version: 2\n".to_owned(), 1, "version 1"),
            ("version: 1\n\nproviderName: X\n".to_owned(), 3, "outside any record"),
            (format!("{record}\nmailReceipt: a@b.example\n"), 4, "outside any record"),
            (format!("{record}providerName\n"), 3, "no colon"),
            (format!("{record}: X\n"), 3, "name consists"),
            (format!("{record}# folded\n here\n\u{e8}: X\n"), 5, "name consists"),
            (format!("{record}providerCertificate;binary:: !!\n"), 3, "base64"),
            (format!("{record}providerCertificate;binary:< file:///etc/passwd\n"), 3, "not fetched"),
            (format!("{record}mailReceipt: a@b.example\nMAILRECEIPT: c@d.example\n"), 4, "second one"),
            (format!("{record}providerName:: /w==\n"), 3, "UTF-8"),
            (format!("{record}changetype: add\n"), 3, "change record"),
            (format!("{record}\n  continued\n"), 4, "continues"),
            (format!("{record}\n{}", record.to_uppercase()), 4, "second record"),
            (" continued\n".to_owned(), 1, "continues"),
        ] {
            let (found, problem) = problem(&ldif);
            assert!(found == line && problem.contains(words), "line {found}: {problem}\n{ldif}");
        }
    }

    #[test]
    fn hostile_files_are_refused_or_read_in_bounded_time() {
        assert!(problem(&"\n".repeat(MAX_LINES)).1.contains("more than"));
        assert!(problem(&"a".repeat(MAX_BYTES + 1)).1.contains("larger than"));
        let megabyte = "x".repeat(1 << 20);
        assert!(problem(&megabyte).1.contains("no colon"));
        let record = format!("dn: {megabyte}\nobjectclass: provider\nproviderName: {megabyte}\n");
        assert_eq!(Directory::read(record.as_bytes()).unwrap().providers[0].name.len(), 1 << 20);
        let folded = format!("dn: x\nobjectclass: provider\nproviderName: y\n{}", " z\n".repeat(500_000));
        assert_eq!(Directory::read(folded.as_bytes()).unwrap().providers[0].name.len(), 500_001);
    }

    #[test]
    fn no_truncation_and_no_flipped_bit_of_a_file_panics() {
        for at in 0..SAMPLE.len() {
            let _ = Directory::read(&SAMPLE.as_bytes()[..at]);
            let mut mutated = SAMPLE.as_bytes().to_vec();
            mutated[at] ^= 0x9d;
            let _ = Directory::read(&mutated);
        }
    }

    #[test]
    fn nothing_is_an_empty_directory() {
        assert!(Directory::read(b"").unwrap().providers.is_empty());
        assert!(Directory::read(b"\r\n# nothing\r\n").unwrap().providers.is_empty());
    }
}
