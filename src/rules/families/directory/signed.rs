//! The signature around a published directory file, `.ldif.p7m` (RFC 6109 4.5).

use crate::{
    directory::Form,
    norm::{Level, clauses::directory as norm},
    rules::{Check, DirectorySubject, Finding, Rule, when},
    smime::{Signature, SignatureState},
};

pub static RULES: &[Rule] = &[
    Rule {
        id: "directory/signed-file",
        level: Level::Must,
        clauses: &[&norm::RFC6109_4_5_P7M],
        question: "Is the LDIF file inside its signature?",
        consequence: "Whoever downloads the signature has no directory.",
        check: Check::Directory(|subject, _| {
            intact(subject)?;
            Some(when(subject.file.content.is_none(), || {
                Finding::new("the LDIF file", "nothing: the signature is detached", "PKCS#7 content")
            }))
        }),
    },
    Rule {
        id: "directory/signature-valid",
        level: Level::Must,
        clauses: &[&norm::RFC6109_4_5_SIGNED],
        question: "Does the directory file's signature hold?",
        consequence: "The central directory refuses the file, and the provider's changes do not come into force.",
        check: Check::Directory(|subject, _| {
            let found = match &subject.file.signature.as_ref()?.state {
                // An unknown algorithm proves nothing; a missing certificate is told apart.
                SignatureState::Unsupported(_) | SignatureState::NoSignerCertificate => return None,
                SignatureState::Malformed(problem) => problem.clone(),
                // Over nothing nothing holds.
                _ if subject.file.content.is_none() => return None,
                SignatureState::DigestDiffers { signed, computed } => {
                    format!("the signed digest is {signed}, the file's {computed}")
                }
                SignatureState::ValueWrong => "the value is not the signer's".to_owned(),
                SignatureState::Valid | SignatureState::ContentAbsent { .. } => return Some(Vec::new()),
            };
            Some(vec![Finding::new("a signature that holds over the file", found, "PKCS#7 signature")])
        }),
    },
    Rule {
        id: "directory/signer-certificate",
        level: Level::Must,
        clauses: &[&norm::RFC6109_4_5_P7M],
        question: "Is the signer's certificate in the directory file?",
        consequence: "The signature cannot be verified with what is at hand.",
        check: Check::Directory(|subject, _| {
            let signer = &intact(subject)?.signer;
            Some(when(signer.is_none(), || {
                Finding::new("the signer's certificate", "not inside", "PKCS#7 certificates")
            }))
        }),
    },
    Rule {
        id: "directory/signer-listed",
        level: Level::Must,
        clauses: &[&norm::RFC6109_4_5_SIGNED],
        question: "Is a provider's own directory file signed with a certificate of that provider?",
        consequence: "Anybody could change the provider's record.",
        check: Check::Directory(|subject, _| {
            let signer = own_file(subject)?.signer.as_ref()?;
            let mut listing = subject.read.iter().flat_map(|directory| directory.signing_with(signer));
            Some(when(listing.next().is_none(), || {
                let expected = "a certificate that the provider's record lists";
                Finding::new(expected, &signer.subject, "PKCS#7 signer")
            }))
        }),
    },
    Rule {
        id: "directory/signed-binary",
        level: Level::Must,
        clauses: &[&norm::RFC6109_4_5_P7M],
        question: "Is the signed directory file binary?",
        consequence: "Programs that expect binary ASN.1 do not read the file.",
        check: Check::Directory(|subject, _| {
            subject.file.signature.as_ref()?;
            Some(when(subject.file.form == Form::SignedText, || {
                Finding::new("binary ASN.1", "text (PEM)", "PKCS#7 structure")
            }))
        }),
    },
    Rule {
        id: "directory/signed-der",
        level: Level::May,
        clauses: &[&norm::RFC6109_4_5_P7M],
        question: "Is the signed directory file in DER?",
        consequence: "Programs that read DER only do not read the file.",
        check: Check::Directory(|subject, _| {
            let indefinite = intact(subject)?.indefinite;
            Some(when(indefinite, || Finding::new("DER", "BER with indefinite lengths", "PKCS#7 structure")))
        }),
    },
];

/// The signature, where its structure can be read.
fn intact<'a>(subject: &DirectorySubject<'a>) -> Option<&'a Signature> {
    let signature = subject.file.signature.as_ref();
    signature.filter(|signature| !matches!(signature.state, SignatureState::Malformed(_)))
}

/// The signature around what one provider publishes about itself.
fn own_file<'a>(subject: &DirectorySubject<'a>) -> Option<&'a Signature> {
    let mut names = subject.providers().iter().map(|provider| provider.name.to_lowercase());
    let first = names.next()?;
    subject.file.signature.as_ref().filter(|_| names.all(|name| name == first))
}
