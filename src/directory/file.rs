//! The directory as a file: LDIF as it is, or inside its signature (`.ldif.p7m`, RFC 6109 4.5).

use std::borrow::Cow;

use super::{LdifError, ldif::Layout};
use crate::smime::{Signature, cms_in_text, is_signed_data};

/// A directory file, taken out of what it is wrapped in.
#[derive(Debug)]
pub struct DirectoryFile<'a> {
    /// How it is wrapped.
    pub form: Form,
    /// The LDIF; `None` where the signature holds none.
    pub content: Option<Cow<'a, [u8]>>,
    /// The signature around it, verified; who the signer is nobody looked at.
    pub signature: Option<Signature>,
}

/// How a directory file is wrapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Not at all.
    Plain,
    /// In a PKCS#7 structure, binary as 4.5 wants it.
    Signed,
    /// In a PKCS#7 structure written as text (PEM).
    SignedText,
}

impl<'a> DirectoryFile<'a> {
    /// Tells the forms apart by their content.
    pub fn open(file: &'a [u8]) -> Self {
        if is_signed_data(file) {
            return Self::signed(file, Form::Signed);
        }
        match cms_in_text(file) {
            Some(cms) => Self::signed(&cms, Form::SignedText),
            None => Self { form: Form::Plain, content: Some(Cow::Borrowed(file)), signature: None },
        }
    }

    /// The LDIF; empty where the signature holds none.
    pub fn ldif(&self) -> &[u8] {
        self.content.as_deref().unwrap_or_default()
    }

    /// Where its records stand.
    pub fn layout(&self) -> Result<Layout, LdifError> {
        match &self.content {
            Some(ldif) => Layout::of(ldif),
            None => Err(LdifError { line: 1, dn: None, problem: "there is no LDIF inside the signature".into() }),
        }
    }

    fn signed(cms: &[u8], form: Form) -> Self {
        let (signature, content) = Signature::open(cms);
        Self { form, content: content.map(Cow::Owned), signature: Some(signature) }
    }
}

#[cfg(test)]
mod tests {
    use base64::{Engine, prelude::BASE64_STANDARD};

    use super::*;
    use crate::{
        directory::Directory,
        pki::Pki,
        smime::{SignatureState, sign::Encoding},
    };

    const LDIF: &[u8] = b"dn: providerName=X,o=postacert\nobjectclass: provider\nproviderName: X\n";

    fn signed(encoding: Encoding) -> Vec<u8> {
        let at = "2026-03-02T08:30:00Z".parse().unwrap();
        Pki::load().unwrap().signer("alfa").unwrap().sign_attached(LDIF, at, encoding)
    }

    #[test]
    fn each_form_gives_the_same_records() {
        let pem = |label: &str| {
            let base64 = BASE64_STANDARD.encode(signed(Encoding::Der));
            let lines: Vec<_> = base64.as_bytes().chunks(64).map(|line| str::from_utf8(line).unwrap()).collect();
            format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n")).into_bytes()
        };
        for (file, form) in [
            (LDIF.to_vec(), Form::Plain),
            (signed(Encoding::Der), Form::Signed),
            (signed(Encoding::Ber), Form::Signed),
            (pem("PKCS7"), Form::SignedText),
            (pem("CMS"), Form::SignedText),
        ] {
            let opened = DirectoryFile::open(&file);
            assert_eq!(opened.form, form);
            assert_eq!(opened.signature.is_some(), form != Form::Plain);
            assert!(opened.signature.is_none_or(|signature| signature.state == SignatureState::Valid));
            assert_eq!(Directory::read(&file).unwrap().providers[0].name, "X");
        }
    }

    #[test]
    fn a_signature_without_content_or_cut_off_is_no_directory() {
        let at = "2026-03-02T08:30:00Z".parse().unwrap();
        let detached = Pki::load().unwrap().signer("alfa").unwrap().sign(LDIF, at, Encoding::Der);
        assert!(Directory::read(&detached).unwrap_err().problem.contains("no LDIF inside"));
        let whole = signed(Encoding::Ber);
        for at in 1..whole.len() {
            assert!(Directory::read(&whole[..at]).is_err());
        }
    }
}
