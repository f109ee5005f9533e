//! The signature around a published directory file, `.ldif.p7m` (RFC 6109 4.5).

use crate::{
    directory::Form,
    norm::{Level, clauses::directory as norm},
    rules::{Check, DirectorySubject, Finding, Rule},
    smime::{Signature, SignatureState},
};

pub static RULES: &[Rule] = &[
    Rule {
        id: "directory/signed-file",
        level: Level::Must,
        clauses: &[&norm::RFC6109_4_5_P7M],
        question: "Is the LDIF file inside its signature?",
        consequence: "Whoever downloads the signature has no directory.",
        check: Check::Directory {
            applies: |subject| intact(subject).is_some(),
            check: |subject, _, findings| {
                if subject.file.content.is_none() {
                    findings.push(Finding::new(
                        "the LDIF file",
                        "nothing: the signature is detached",
                        "PKCS#7 content",
                    ));
                }
            },
        },
    },
    Rule {
        id: "directory/signature-valid",
        level: Level::Must,
        clauses: &[&norm::RFC6109_4_5_SIGNED],
        question: "Does the directory file's signature hold?",
        consequence: "The central directory refuses the file, and the provider's changes do not come into force.",
        check: Check::Directory {
            applies: |subject| {
                // Over nothing nothing holds, and an unknown algorithm proves nothing; a missing certificate is told apart.
                signature(subject).is_some_and(|signature| match signature.state {
                    SignatureState::Unsupported(_) | SignatureState::NoSignerCertificate => false,
                    SignatureState::Malformed(_) => true,
                    _ => subject.file.content.is_some(),
                })
            },
            check: |subject, _, findings| {
                let found = match signature(subject).map(|signature| &signature.state) {
                    Some(SignatureState::DigestDiffers { signed, computed }) => {
                        format!("the signed digest is {signed}, the file's {computed}")
                    }
                    Some(SignatureState::ValueWrong) => "the value is not the signer's".to_owned(),
                    Some(SignatureState::Malformed(problem)) => problem.clone(),
                    _ => return,
                };
                findings.push(Finding::new("a signature that holds over the file", found, "PKCS#7 signature"));
            },
        },
    },
    Rule {
        id: "directory/signer-certificate",
        level: Level::Must,
        clauses: &[&norm::RFC6109_4_5_P7M],
        question: "Is the signer's certificate in the directory file?",
        consequence: "The signature cannot be verified with what is at hand.",
        check: Check::Directory {
            applies: |subject| intact(subject).is_some(),
            check: |subject, _, findings| {
                if intact(subject).is_some_and(|signature| signature.signer.is_none()) {
                    findings.push(Finding::new("the signer's certificate", "not inside", "PKCS#7 certificates"));
                }
            },
        },
    },
    Rule {
        id: "directory/signer-listed",
        level: Level::Must,
        clauses: &[&norm::RFC6109_4_5_SIGNED],
        question: "Is a provider's own directory file signed with a certificate of that provider?",
        consequence: "Anybody could change the provider's record.",
        check: Check::Directory {
            applies: |subject| {
                own_file(subject) && signature(subject).is_some_and(|signature| signature.signer.is_some())
            },
            check: |subject, _, findings| {
                let Some(signer) = signature(subject).and_then(|signature| signature.signer.as_ref()) else { return };
                let mut listing = subject.read.iter().flat_map(|directory| directory.signing_with(signer));
                if listing.next().is_none() {
                    let expected = "a certificate that the provider's record lists";
                    findings.push(Finding::new(expected, &signer.subject, "PKCS#7 signer"));
                }
            },
        },
    },
    Rule {
        id: "directory/signed-binary",
        level: Level::Must,
        clauses: &[&norm::RFC6109_4_5_P7M],
        question: "Is the signed directory file binary?",
        consequence: "Programs that expect binary ASN.1 do not read the file.",
        check: Check::Directory {
            applies: |subject| signature(subject).is_some(),
            check: |subject, _, findings| {
                if subject.file.form == Form::SignedText {
                    findings.push(Finding::new("binary ASN.1", "text (PEM)", "PKCS#7 structure"));
                }
            },
        },
    },
    Rule {
        id: "directory/signed-der",
        level: Level::May,
        clauses: &[&norm::RFC6109_4_5_P7M],
        question: "Is the signed directory file in DER?",
        consequence: "Programs that read DER only do not read the file.",
        check: Check::Directory {
            applies: |subject| intact(subject).is_some(),
            check: |subject, _, findings| {
                if intact(subject).is_some_and(|signature| signature.indefinite) {
                    findings.push(Finding::new("DER", "BER with indefinite lengths", "PKCS#7 structure"));
                }
            },
        },
    },
];

fn signature<'a>(subject: &'a DirectorySubject<'_>) -> Option<&'a Signature> {
    subject.file.signature.as_ref()
}

/// The signature, where its structure can be read.
fn intact<'a>(subject: &'a DirectorySubject<'_>) -> Option<&'a Signature> {
    signature(subject).filter(|signature| !matches!(signature.state, SignatureState::Malformed(_)))
}

/// Whether the file is what one provider publishes about itself.
fn own_file(subject: &DirectorySubject<'_>) -> bool {
    let mut names = subject.providers().iter().map(|provider| provider.name.to_lowercase());
    names.next().is_some_and(|first| names.all(|name| name == first))
}
