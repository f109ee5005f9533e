//! The signature of a generated message: that it exists, holds, and comes from a provider (RFC 6109 2.1, 2.2.2).

use crate::{
    message::{Mail, Shape},
    norm::{Level, clauses::model},
    smime::{PathError, Signature, SignatureState},
};

use crate::rules::{Check, Finding, Findings, Piece, Rule, at, context::MessageSubject, when};

/// The rules.
pub static RULES: &[Rule] = &[
    Rule {
        id: "signature/exists",
        level: Level::Must,
        clauses: &[&model::RFC6109_2_2_2_EXISTENCE],
        question: "Is the signature part a CMS signature?",
        consequence: "Nothing tells who sent the message: it is ordinary mail.",
        check: Check::Message(|subject, _| {
            subject.signed()?;
            let found = match subject.signature.map(|signature| &signature.state) {
                None => "a transfer encoding that cannot be taken off",
                Some(SignatureState::Malformed(reason)) => reason,
                Some(_) => return Some(Vec::new()),
            };
            Some(vec![Finding::new("a CMS SignedData", found, at::part(Piece::Signature))])
        }),
    },
    Rule {
        id: "signature/valid",
        level: Level::Must,
        clauses: &[&model::RFC6109_2_2_2_VALIDITY],
        question: "Does the signature hold over the bytes as they came?",
        consequence: "The message was changed after signing, or somebody else signed: it proves nothing.",
        check: Check::Message(|subject, _| {
            let finding = match &signature(subject)?.state {
                SignatureState::Valid => return Some(Vec::new()),
                SignatureState::DigestDiffers { signed, computed } => {
                    let (signed, computed) = (format!("digest {signed}"), format!("digest {computed}"));
                    Finding::new(signed, computed, at::part(Piece::Signed))
                }
                SignatureState::ValueWrong => {
                    let expected = "a signature by the certificate's key";
                    Finding::new(expected, "another signature value", at::part(Piece::Signature))
                }
                SignatureState::Malformed(_)
                | SignatureState::Unsupported(_)
                | SignatureState::NoSignerCertificate
                | SignatureState::ContentAbsent { .. } => return None,
            };
            Some(vec![finding])
        }),
    },
    Rule {
        id: "signature/certificate-inside",
        level: Level::Must,
        clauses: &[&model::RFC6109_2_1_CERTIFICATE_INSIDE],
        question: "Does the signer's certificate travel inside the signature?",
        consequence: "Nobody can verify the signature without asking the provider first.",
        check: Check::Message(|subject, _| {
            let signature = readable(subject)?;
            Some(when(signature.signer.is_none(), || {
                let found = format!("{} certificates, none of them the signer's", signature.certificates.len());
                Finding::new("the signer's certificate", found, at::part(Piece::Signature))
            }))
        }),
    },
    Rule {
        id: "signature/detached",
        level: Level::Must,
        clauses: &[&model::RFC6109_2_1_SIGNED],
        question: "Is the signature detached, with the content in the first part only?",
        consequence: "Two contents travel in one message; which one was verified depends on the program.",
        check: Check::Message(|subject, _| {
            let encapsulated = in_clear(subject).and(signature(subject))?.encapsulated;
            Some(when(encapsulated, || Finding::new("no content inside", "content inside", at::part(Piece::Signature))))
        }),
    },
    Rule {
        id: "signature/one-signer",
        level: Level::May,
        clauses: &[&model::RFC6109_2_1_SIGNED],
        question: "Is there one signer?",
        consequence: "Programs differ in whose signature they show; the norm speaks of the provider's alone.",
        check: Check::Message(|subject, _| {
            let signers = readable(subject)?.signers;
            Some(when(signers != 1, || Finding::new("one signer", signers.to_string(), at::part(Piece::Signature))))
        }),
    },
    Rule {
        id: "signature/micalg",
        level: Level::May,
        clauses: &[&model::RFC1847_2_1_MICALG],
        question: "Does micalg name the digest that the signature uses?",
        consequence: "Programs that compute the digest while reading compute the wrong one.",
        check: Check::Message(|subject, _| {
            let (mail, digest) = (in_clear(subject)?, &readable(subject)?.digest);
            let plain = |name: &str| name.replace('-', "").to_ascii_lowercase();
            let named = mail.root.param("micalg");
            Some(when(named.is_none_or(|named| plain(named) != plain(digest)), || {
                let place = at::header("Content-Type").detail("parameter micalg");
                Finding::new(digest, named.unwrap_or("no such parameter"), place)
            }))
        }),
    },
    Rule {
        id: "signature/digest",
        level: Level::May,
        clauses: &[&model::SHA1_IN_PRODUCTION],
        question: "Is the digest stronger than SHA-1?",
        consequence: "Today's programs may refuse the signature; a provider must still accept it.",
        check: Check::Message(|subject, _| {
            let weak = readable(subject)?.digest == "sha1";
            let place = || at::part(Piece::Signature).detail("digest algorithm");
            Some(when(weak, || Finding::new("sha256 or stronger", "sha1", place())))
        }),
    },
    Rule {
        id: "signature/listed",
        level: Level::Must,
        clauses: &[&model::RFC6109_2_2_2_ORIGIN],
        question: "Is the signer's certificate in the providers' directory?",
        consequence: "The message does not come from a PEC provider: it is ordinary mail.",
        check: Check::Message(|subject, context| {
            subject.signed()?;
            let (directory, signer) = (context.whole_directory()?, subject.signer()?);
            // What a record has half of is that record's flaw.
            if directory.perhaps_signing_with(signer).next().is_some() {
                return None;
            }
            Some(when(subject.provider.is_none(), || {
                let found = format!("{} with SHA-1 {}", signer.subject, signer.sha1());
                Finding::new("a certificate that the directory lists", found, at::part(Piece::Signature))
            }))
        }),
    },
    Rule {
        id: "signature/path",
        level: Level::Must,
        clauses: &[&model::RFC6109_2_2_2_VALIDITY],
        question: "Does the signer's certificate lead to a trusted root?",
        consequence: "Anybody could have issued it.",
        check: Check::Message(|subject, _| {
            refused(subject, |error| match error {
                PathError::NoPath(_) => Some("a path to a trusted root"),
                _ => None,
            })
        }),
    },
    Rule {
        id: "signature/usable",
        level: Level::Must,
        clauses: &[&model::RFC6109_2_2_2_VALIDITY],
        question: "Is the signer's certificate one that a validator may accept for signing mail?",
        consequence: "Receivers that verify the whole certification path refuse the message.",
        check: Check::Message(|subject, _| {
            refused(subject, |error| match error {
                PathError::Other(_) => Some("a certificate that RFC 5280 lets sign mail"),
                _ => None,
            })
        }),
    },
    Rule {
        id: "signature/in-validity",
        level: Level::Must,
        clauses: &[&model::RFC6109_2_2_2_VALIDITY],
        question: "Was the signer's certificate valid when the message arrived?",
        consequence: "A key that nobody guards any more may have signed.",
        check: Check::Message(|subject, context| {
            // When it arrived is known, and not only what the message claims.
            if context.evidence.claimed.is_some() {
                return None;
            }
            refused(subject, |error| match error {
                PathError::OutsideValidity { .. } => Some("a certificate valid at arrival"),
                _ => None,
            })
        }),
    },
    Rule {
        id: "signature/not-revoked",
        level: Level::Must,
        clauses: &[&model::RFC6109_2_2_2_VALIDITY],
        question: "Was the signer's certificate not revoked when the message arrived?",
        consequence: "A key that was lost or stolen may have signed.",
        check: Check::Message(|subject, context| {
            if context.trust.crls().is_empty() {
                return None;
            }
            refused(subject, |error| match error {
                PathError::Revoked => Some("a certificate that is not revoked"),
                _ => None,
            })
        }),
    },
];

/// The provider's signature, looked into.
fn signature<'a>(subject: &MessageSubject<'a>) -> Option<&'a Signature> {
    subject.signed()?;
    subject.signature
}

/// The same, where it could be read.
fn readable<'a>(subject: &MessageSubject<'a>) -> Option<&'a Signature> {
    signature(subject).filter(|signature| !matches!(signature.state, SignatureState::Malformed(_)))
}

/// The message, where it says that the signature stands beside what it signs.
fn in_clear<'a>(subject: &MessageSubject<'a>) -> Option<&'a Mail> {
    subject.generated().filter(|_| subject.message.shape == Shape::Whole)
}

/// Why the signer's certificate is refused, where this question is about that. What the judge lacks (an issuer, a
/// current list) is asked by no rule; without anchors the origin cannot be verified, and that is no fault of the message.
fn refused(subject: &MessageSubject<'_>, expected: fn(&PathError) -> Option<&'static str>) -> Option<Findings> {
    subject.signed()?;
    let (path, signer) = (subject.path?, subject.signer()?);
    let refused = path.as_ref().err().and_then(|error| Some((error, expected(error)?)));
    let finding = |(error, expected)| {
        let found = format!("{}: {error}", signer.subject);
        Finding::new(expected, found, at::part(Piece::Signature).detail("signer's certificate"))
    };
    Some(refused.map(finding).into_iter().collect())
}
