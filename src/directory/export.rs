//! Writing the directory as LDIF (RFC 6109 4.5.10). Making: shares nothing with the reader.

use std::fmt::Write;

use base64::{Engine, prelude::BASE64_STANDARD};

use super::{Directory, Provider};

/// The directory as an LDIF file, the base record `o=postacert` first.
///
/// A record without a `dn` gets the one of its name and unit (see [`dn`]).
pub fn ldif(directory: &Directory) -> Vec<u8> {
    let mut file = File(String::from("version: 1\n"));
    file.record("o=postacert");
    file.texts("objectclass", ["top", "organization", "LDIFLocationURLObject"]);
    file.texts("o", ["postacert"]);
    file.texts("description", ["Base root for the PEC providers directory"]);
    for provider in &directory.providers {
        file.provider(provider);
    }
    file.0.into_bytes()
}

/// The distinguished name of a provider's main environment, or of one of its secondary ones (4.5, 4.5.7).
pub fn dn(name: &str, unit: Option<&str>) -> String {
    let unit = unit.map(|unit| format!("providerUnit={},", escape(unit))).unwrap_or_default();
    format!("{unit}providerName={},o=postacert", escape(name))
}

struct File(String);

impl File {
    fn provider(&mut self, provider: &Provider) {
        let unit = provider.unit.as_deref();
        match provider.dn.as_str() {
            "" => self.record(&dn(&provider.name, unit)),
            dn => self.record(dn),
        }
        self.texts("objectclass", ["top", "provider"]);
        self.texts("providerName", [provider.name.as_str()]);
        self.texts("providerUnit", unit);
        self.texts("providerCertificateHash", provider.certificate_hashes.iter().map(String::as_str));
        for certificate in &provider.certificates {
            self.line("providerCertificate;binary:: ", &BASE64_STANDARD.encode(certificate));
        }
        self.texts("mailReceipt", [provider.mail_receipt.as_str()]);
        self.texts("LDIFLocationURL", provider.ldif_location.as_deref());
        self.texts("managedDomains", provider.managed_domains.iter().map(String::as_str));
        self.texts("description", provider.description.as_deref());
    }

    fn record(&mut self, dn: &str) {
        self.0.push('\n');
        self.texts("dn", [dn]);
    }

    fn texts<'a>(&mut self, name: &str, values: impl IntoIterator<Item = &'a str>) {
        for value in values {
            if is_safe(value) {
                self.line(&format!("{name}: "), value);
            } else {
                self.line(&format!("{name}:: "), &BASE64_STANDARD.encode(value));
            }
        }
    }

    /// A line, folded at 76 characters or before, so that none ends with a blank; both parts are ASCII.
    fn line(&mut self, start: &str, value: &str) {
        let mut room = 76 - start.len();
        let mut rest = value;
        self.0.push_str(start);
        while rest.len() > room {
            let (now, later) = rest.split_at(rest[..room].trim_end_matches(' ').len().max(1));
            writeln!(self.0, "{now}").expect("a String takes every write");
            self.0.push(' ');
            (rest, room) = (later, 75);
        }
        writeln!(self.0, "{rest}").expect("a String takes every write");
    }
}

/// SAFE-STRING of RFC 2849, which also has no blank at its end.
fn is_safe(value: &str) -> bool {
    value.bytes().all(|byte| byte.is_ascii() && !matches!(byte, 0 | b'\n' | b'\r'))
        && !value.starts_with([' ', ':', '<'])
        && !value.ends_with(' ')
}

/// RFC 4514 2.4.
fn escape(value: &str) -> String {
    let last = value.chars().count().saturating_sub(1);
    let mut escaped = String::with_capacity(value.len());
    for (index, c) in value.chars().enumerate() {
        match c {
            '"' | '+' | ',' | ';' | '<' | '>' | '\\' => escaped.extend(['\\', c]),
            ' ' if index == 0 || index == last => escaped.push_str("\\ "),
            '#' if index == 0 => escaped.push_str("\\#"),
            '\0' => escaped.push_str("\\00"),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn provider() -> Provider {
        Provider {
            dn: "providerName=Carta\\, Penna & C. S.p.A.,o=postacert".into(),
            name: "Carta, Penna & C. S.p.A.".into(),
            unit: None,
            certificate_hashes: vec!["7E7AEF1059AE0F454F2643A95F69EC3556009239".into(); 2],
            certificates: vec![(0..=255).collect(), vec![1]],
            mail_receipt: "ricevute@carta.example".into(),
            managed_domains: vec!["pec.carta.example".into(), "penna.example".into()],
            ldif_location: Some("https://carta.example/carta.ldif.p7m".into()),
            description: Some("Servizi di qualità".into()),
        }
    }

    fn secondary() -> Provider {
        let unit = "Ambiente <secondario> della sede di Reggio nell'Emilia, via Emilia Ospizio";
        Provider {
            dn: dn("Carta, Penna & C. S.p.A.", Some(unit)),
            unit: Some(unit.into()),
            ldif_location: None,
            ..provider()
        }
    }

    #[test]
    fn what_is_written_reads_back_the_same() {
        let directory = Directory::from_iter([provider(), secondary()]);
        assert_eq!(Directory::read(&ldif(&directory)).unwrap().providers, directory.providers);
        let unnamed = Directory::from_iter([Provider { dn: String::new(), ..secondary() }]);
        assert_eq!(Directory::read(&ldif(&unnamed)).unwrap().providers, [secondary().into()]);
    }

    #[test]
    fn the_file_looks_as_in_the_norm() {
        let file = String::from_utf8(ldif(&Directory::from_iter([secondary()]))).unwrap();
        assert!(file.starts_with("version: 1\n\ndn: o=postacert\nobjectclass: top\nobjectclass: organization\n"));
        assert!(file.contains(
            "\n\ndn: providerUnit=Ambiente \\<secondario\\> della sede di Reggio nell'Emilia\\,\n  via Emilia Ospizio,providerName=Carta\\, Penna & C. S.p.A.,o=postacert\n"
        ), "{file}");
        assert!(file.contains("\nproviderCertificate;binary:: AQ==\n"));
        assert!(file.contains("\ndescription:: U2Vydml6aSBkaSBxdWFsaXTDoA==\n"));
        assert!(file.lines().all(|line| line.len() <= 76), "{file}");
    }

    #[test]
    fn values_that_are_not_safe_are_written_in_base64() {
        for value in [" blank first", "blank last ", ":colon", "<angle", "line\nend", "nul\0", "à"] {
            assert!(!is_safe(value), "{value:?}");
        }
        assert!(is_safe("a: b, <c>") && is_safe(""));
    }
}
