//! Reading LDIF content records (RFC 2849), and of a record what RFC 6109 4.5 gives a provider.
//!
//! What an LDAP server would refuse is refused with its line: broken lines, a record or a single-valued attribute given
//! twice. What a record merely lacks stays empty, for the rules to say.

use std::collections::BTreeSet;

use base64::{Engine, prelude::BASE64_STANDARD};

use super::{LdifError, Provider};

/// The directory of all providers takes some 20 MB.
const MAX_BYTES: usize = 64 << 20;

/// Every line costs memory of its own.
const MAX_LINES: usize = 2_000_000;

/// A `dn` and what follows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Distinguished name as written.
    pub dn: String,
    /// In the order of the file.
    pub attributes: Vec<Attribute>,
}

/// An attribute's line, unfolded and decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// Line in the file, from 1.
    pub line: usize,
    /// In lower case, without options.
    pub name: String,
    /// In lower case, such as `binary`.
    pub options: Vec<String>,
    /// As decoded.
    pub value: Vec<u8>,
}

impl Record {
    /// Whether it is of class `provider`.
    pub fn is_provider(&self) -> bool {
        self.named("objectclass").any(|class| class.value.trim_ascii_end().eq_ignore_ascii_case(b"provider"))
    }

    /// The attributes of a name, given in lower case.
    pub fn named(&self, name: &str) -> impl Iterator<Item = &Attribute> {
        self.attributes.iter().filter(move |attribute| attribute.name == name)
    }

    pub(super) fn provider(&self) -> Result<Provider, LdifError> {
        Ok(Provider {
            dn: self.dn.clone(),
            name: self.single("providername")?.unwrap_or_default(),
            unit: self.single("providerunit")?,
            certificate_hashes: self.texts("providercertificatehash")?,
            certificates: self.named("providercertificate").map(|certificate| certificate.value.clone()).collect(),
            mail_receipt: self.single("mailreceipt")?.unwrap_or_default(),
            managed_domains: self.texts("manageddomains")?,
            ldif_location: self.single("ldiflocationurl")?,
            description: self.texts("description")?.into_iter().next(),
        })
    }

    fn texts(&self, name: &str) -> Result<Vec<String>, LdifError> {
        self.named(name).map(Attribute::text).collect()
    }

    fn single(&self, name: &str) -> Result<Option<String>, LdifError> {
        let mut values = self.named(name);
        let first = values.next().map(Attribute::text).transpose()?;
        match values.next() {
            Some(second) => wrong(second.line, format!("{name} has one value, and this is a second one")),
            None => Ok(first),
        }
    }
}

impl Attribute {
    /// `name: text`, `name:: base64`; `name:< URL` is never fetched.
    fn read(line: usize, text: &[u8]) -> Result<Self, LdifError> {
        let colon = text.iter().position(|byte| *byte == b':');
        let Some((name, value)) = colon.map(|colon| (&text[..colon], &text[colon + 1..])) else {
            return wrong(line, "no colon: an attribute is written `name: value`");
        };
        let description = String::from_utf8_lossy(name).to_ascii_lowercase();
        let mut options = description.split(';').map(str::to_owned);
        let name = options.next().unwrap_or_default();
        if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.')) {
            return wrong(line, "an attribute's name consists of letters, digits, `-` and `.`");
        }
        let value = match value {
            [b'<', ..] => {
                return wrong(line, "a value given by URL (`:<`) is not fetched: it has to stand in the file");
            }
            [b':', base64 @ ..] => match BASE64_STANDARD.decode(base64.trim_ascii()) {
                Ok(value) => value,
                Err(error) => return wrong(line, format!("after `::` comes base64: {error}")),
            },
            plain => plain.trim_ascii_start().to_vec(),
        };
        Ok(Self { line, name, options: options.collect(), value })
    }

    /// The value as text; LDAP's comparisons ignore blanks at the end, so they go.
    pub fn text(&self) -> Result<String, LdifError> {
        match str::from_utf8(&self.value) {
            Ok(text) => Ok(text.trim_end_matches(' ').to_owned()),
            Err(_) => wrong(self.line, format!("{} is not UTF-8", self.name)),
        }
    }
}

/// The records of an LDIF file, in order.
///
/// RFC 2849 wants an empty line before each record. The norm's own sample (4.5.10) loses some where a page ends, and no
/// attribute is called `dn`: so a `dn` starts a record in any case.
pub fn records(ldif: &[u8]) -> Result<Vec<Record>, LdifError> {
    let mut records: Vec<Record> = Vec::new();
    let mut names = BTreeSet::new();
    let mut is_open = false;
    for (line, text) in unfold(ldif)? {
        if text.is_empty() {
            is_open = false;
            continue;
        }
        let attribute = Attribute::read(line, &text)?;
        match attribute.name.as_str() {
            "version" if records.is_empty() => {
                if attribute.value != b"1" {
                    return wrong(line, "only version 1 of LDIF exists");
                }
            }
            "dn" => {
                let dn = attribute.text()?;
                if !names.insert(dn.to_lowercase()) {
                    return wrong(line, "a second record with this dn");
                }
                records.push(Record { dn, attributes: Vec::new() });
                is_open = true;
            }
            "changetype" | "control" => return wrong(line, "a change record: a directory has content records only"),
            _ => match records.last_mut() {
                Some(record) if is_open => record.attributes.push(attribute),
                _ => return wrong(line, "an attribute outside any record: a record starts with `dn:`"),
            },
        }
    }
    Ok(records)
}

/// Lines with their number, continuations joined, comments left out, empty lines kept.
fn unfold(ldif: &[u8]) -> Result<Vec<(usize, Vec<u8>)>, LdifError> {
    if ldif.len() > MAX_BYTES {
        return wrong(1, format!("the file is larger than {MAX_BYTES} bytes"));
    }
    let mut lines: Vec<(usize, Vec<u8>)> = Vec::new();
    let ldif = ldif.strip_prefix(b"\xef\xbb\xbf").unwrap_or(ldif);
    for (index, line) in ldif.split(|byte| *byte == b'\n').enumerate() {
        if index == MAX_LINES {
            return wrong(index + 1, format!("more than {MAX_LINES} lines"));
        }
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        match (line, lines.last_mut()) {
            ([b' ', continued @ ..], Some((_, before))) if !before.is_empty() => before.extend_from_slice(continued),
            ([b' ', ..], _) => {
                return wrong(index + 1, "a line that starts with a blank continues another, and none is before it");
            }
            _ => lines.push((index + 1, line.to_vec())),
        }
    }
    lines.retain(|(_, line)| !line.starts_with(b"#"));
    Ok(lines)
}

fn wrong<T>(line: usize, problem: impl Into<String>) -> Result<T, LdifError> {
    Err(LdifError { line, problem: problem.into() })
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

    fn problem(ldif: &str) -> (usize, String) {
        let error = Directory::read(ldif.as_bytes()).unwrap_err();
        (error.line, error.problem)
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
