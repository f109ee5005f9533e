//! The antivirus hook (5.4): finds the EICAR test string wherever a user could open it. Bounded in depth and size.

use std::{
    borrow::Cow,
    io::{Cursor, Read},
};

use memchr::memmem::Finder;
use zip::ZipArchive;

use super::Antivirus;
use crate::message::{Bytes, Mail};

/// What was found, by the name scanners give it.
const NAME: &str = "Eicar-Test-Signature";

/// How deep messages and archives may be nested and still be looked into.
const DEPTH: usize = 8;

/// Bytes taken out of archives and encodings for one message, in all.
const BUDGET: u64 = 256 << 20;

/// Entries of an archive looked at.
const ENTRIES: usize = 2000;

/// The EICAR test file's 68 bytes, put together here: they stand in no file of this project.
pub fn eicar() -> Vec<u8> {
    let (shell, letters) = (r"X5O!P%@AP[4\PZX54(P^)7CC)7}$", "-STANDARD-ANTIVIRUS-TEST-FILE!");
    format!("{shell}{}{letters}$H+H*", "EICAR").into_bytes()
}

/// What infects a message, if anything does and anyone looks.
pub(super) fn scan_if(antivirus: Antivirus, message: &Bytes) -> Option<&'static str> {
    (antivirus == Antivirus::On).then(|| scan(message.clone())).flatten()
}

/// What infects a message, if anything does. What cannot be opened (an encrypted archive) is no virus.
pub fn scan(message: impl Into<Bytes>) -> Option<&'static str> {
    let mut scanner = Scanner::new(BUDGET);
    let message = message.into();
    let infected =
        scanner.contains(&message) || Mail::read(message).is_ok_and(|mail| scanner.infected_mail(&mail, DEPTH));
    infected.then_some(NAME)
}

struct Scanner {
    eicar: Finder<'static>,
    budget: u64,
}

impl Scanner {
    fn new(budget: u64) -> Self {
        Self { eicar: Finder::new(&eicar()).into_owned(), budget }
    }

    /// Looks at every part; the bytes as they stand were looked through before.
    fn infected_mail(&mut self, mail: &Mail, depth: usize) -> bool {
        let Some(deeper) = depth.checked_sub(1) else { return false };
        mail.root.walk().filter(|entity| entity.children.is_empty()).any(|entity| {
            let Some(content) = mail.contained(entity).filter(|content| self.afford(content.len() as u64)) else {
                return false;
            };
            let (is_message, encoded) = (entity.content_type == "message/rfc822", matches!(content, Cow::Owned(_)));
            if is_message {
                (encoded && self.contains(&content))
                    || mail.nested(entity).is_some_and(|inside| self.infected_mail(&inside, deeper))
            } else {
                self.infected_file(&content, deeper)
            }
        })
    }

    fn infected_file(&mut self, content: &[u8], depth: usize) -> bool {
        self.contains(content) || (content.starts_with(b"PK") && self.infected_archive(content, depth))
    }

    fn infected_archive(&mut self, content: &[u8], depth: usize) -> bool {
        let (Some(deeper), Ok(mut archive)) = (depth.checked_sub(1), ZipArchive::new(Cursor::new(content))) else {
            return false;
        };
        (0..archive.len().min(ENTRIES)).any(|at| {
            let Ok(entry) = archive.by_index(at) else { return false };
            let mut file = Vec::new();
            // The budget, not the archive's word, says how much is unpacked.
            // An archive that breaks off is judged by what came out of it.
            let _ = entry.take(self.budget).read_to_end(&mut file);
            self.budget = self.budget.saturating_sub(file.len() as u64);
            self.infected_file(&file, deeper)
        })
    }

    fn contains(&self, content: &[u8]) -> bool {
        self.eicar.find(content).is_some()
    }

    fn afford(&mut self, bytes: u64) -> bool {
        let enough = self.budget >= bytes;
        self.budget = self.budget.saturating_sub(bytes);
        enough
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use base64::{Engine, prelude::BASE64_STANDARD};
    use zip::{ZipWriter, write::SimpleFileOptions};

    use super::*;

    fn part(content_type: &str, encoding: &str, body: &str) -> Vec<u8> {
        format!(
            "From: a@b.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\
             Content-Type: text/plain\r\n\r\nciao\r\n--x\r\nContent-Type: {content_type}\r\n\
             Content-Transfer-Encoding: {encoding}\r\n\r\n{body}\r\n--x--\r\n"
        )
        .into_bytes()
    }

    fn base64(bytes: &[u8]) -> Vec<u8> {
        let text = BASE64_STANDARD.encode(bytes);
        let lines: Vec<&str> = text.as_bytes().chunks(76).map(|line| std::str::from_utf8(line).unwrap()).collect();
        part("application/octet-stream", "base64", &lines.join("\r\n"))
    }

    fn zipped(name: &str, content: &[u8]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        writer.start_file(name, SimpleFileOptions::default()).unwrap();
        writer.write_all(content).unwrap();
        writer.finish().unwrap().into_inner()
    }

    #[test]
    fn eicar_is_found_however_it_is_packed() {
        let eicar = String::from_utf8(eicar()).unwrap();
        assert_eq!(eicar.len(), 68);
        let quoted: Vec<String> = eicar.bytes().map(|byte| format!("={byte:02X}")).collect();
        let quoted: Vec<String> = quoted.chunks(20).map(<[String]>::concat).collect();
        let nested = String::from_utf8(base64(eicar.as_bytes())).unwrap();
        let cases = [
            part("text/plain", "7bit", &eicar),
            base64(eicar.as_bytes()),
            part("text/plain", "quoted-printable", &quoted.join("=\r\n")),
            part("message/rfc822", "7bit", &nested),
            base64(&zipped("a.com", eicar.as_bytes())),
            base64(&zipped("b.zip", &zipped("a.com", eicar.as_bytes()))),
        ];
        for (at, case) in cases.iter().enumerate() {
            assert_eq!(scan(case.as_slice()), Some(NAME), "case {at}");
        }
    }

    #[test]
    fn clean_broken_and_encrypted_are_no_virus() {
        let mut encrypted = zipped("a.com", &eicar());
        // General purpose bit 0 in local and central headers says "encrypted".
        for signature in [&b"PK\x03\x04"[..], b"PK\x01\x02"] {
            let at = encrypted.windows(4).position(|window| window == signature).unwrap();
            encrypted[at + if signature[2] == 3 { 6 } else { 8 }] |= 1;
        }
        for clean in
            [base64(b"ciao"), base64(&zipped("a.txt", b"ciao")), base64(b"PK\x03\x04 no archive"), base64(&encrypted)]
        {
            assert_eq!(scan(clean.as_slice()), None);
        }
    }

    #[test]
    fn a_bomb_costs_no_more_than_the_budget() {
        let bomb = base64(&zipped("zeros", &vec![0; 4 << 20]));
        let mut scanner = Scanner::new(1 << 20);
        assert!(!scanner.infected_mail(&Mail::read(bomb).unwrap(), DEPTH));
        assert_eq!(scanner.budget, 0);
    }
}
