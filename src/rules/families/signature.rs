//! The signature of a generated message: that it exists, holds, and comes from a provider (RFC 6109 2.1, 2.2.2).

use crate::{
    directory::Directory,
    message::Shape,
    norm::{Level, clauses::model},
    smime::{PathError, Signature, SignatureState},
};

use crate::rules::{
    Check, Context, Finding, Findings, Piece, Rule,
    applies::{generated, has_signature},
    at,
    context::MessageSubject,
};

/// The rules.
pub static RULES: &[Rule] = &[
    Rule {
        id: "signature/exists",
        level: Level::Must,
        clauses: &[&model::RFC6109_2_2_2_EXISTENCE],
        question: "Is the signature part a CMS signature?",
        consequence: "Nothing tells who sent the message: it is ordinary mail.",
        check: Check::Message {
            applies: has_signature,
            check: |subject, _, findings| {
                let broken = match subject.signature.map(|signature| &signature.state) {
                    None => Some("a transfer encoding that cannot be taken off"),
                    Some(SignatureState::Malformed(reason)) => Some(reason.as_str()),
                    Some(_) => None,
                };
                if let Some(found) = broken {
                    findings.push(Finding::new("a CMS SignedData", found, at::part(Piece::Signature)));
                }
            },
        },
    },
    Rule {
        id: "signature/valid",
        level: Level::Must,
        clauses: &[&model::RFC6109_2_2_2_VALIDITY],
        question: "Does the signature hold over the bytes as they came?",
        consequence: "The message was changed after signing, or somebody else signed: it proves nothing.",
        check: Check::Message {
            applies: |subject, context| {
                use SignatureState::{DigestDiffers, Valid, ValueWrong};
                with_signature(subject, context, |signature| {
                    matches!(signature.state, Valid | DigestDiffers { .. } | ValueWrong)
                })
            },
            check: |subject, _, findings| match subject.signature.map(|signature| &signature.state) {
                Some(SignatureState::DigestDiffers { signed, computed }) => {
                    findings.push(Finding::new(
                        format!("digest {signed}"),
                        format!("digest {computed}"),
                        at::part(Piece::Signed),
                    ));
                }
                Some(SignatureState::ValueWrong) => {
                    let expected = "a signature by the certificate's key";
                    findings.push(Finding::new(expected, "another signature value", at::part(Piece::Signature)));
                }
                _ => {}
            },
        },
    },
    Rule {
        id: "signature/certificate-inside",
        level: Level::Must,
        clauses: &[&model::RFC6109_2_1_CERTIFICATE_INSIDE],
        question: "Does the signer's certificate travel inside the signature?",
        consequence: "Nobody can verify the signature without asking the provider first.",
        check: Check::Message {
            applies: |subject, context| {
                with_signature(subject, context, |signature| !matches!(signature.state, SignatureState::Malformed(_)))
            },
            check: |subject, _, findings| {
                if subject.signer().is_none() {
                    let inside = subject.signature.map_or(0, |signature| signature.certificates.len());
                    let found = format!("{inside} certificates, none of them the signer's");
                    findings.push(Finding::new("the signer's certificate", found, at::part(Piece::Signature)));
                }
            },
        },
    },
    Rule {
        id: "signature/detached",
        level: Level::Must,
        clauses: &[&model::RFC6109_2_1_SIGNED],
        question: "Is the signature detached, with the content in the first part only?",
        consequence: "Two contents travel in one message; which one was verified depends on the program.",
        check: Check::Message {
            applies: |subject, context| in_clear(subject, context) && with_signature(subject, context, |_| true),
            check: |subject, _, findings| {
                if subject.signature.is_some_and(|signature| signature.encapsulated) {
                    findings.push(Finding::new("no content inside", "content inside", at::part(Piece::Signature)));
                }
            },
        },
    },
    Rule {
        id: "signature/one-signer",
        level: Level::May,
        clauses: &[&model::RFC6109_2_1_SIGNED],
        question: "Is there one signer?",
        consequence: "Programs differ in whose signature they show; the norm speaks of the provider's alone.",
        check: Check::Message {
            applies: |subject, context| {
                with_signature(subject, context, |signature| !matches!(signature.state, SignatureState::Malformed(_)))
            },
            check: |subject, _, findings| {
                let signers = subject.signature.map_or(0, |signature| signature.signers);
                if signers != 1 {
                    findings.push(Finding::new("one signer", signers.to_string(), at::part(Piece::Signature)));
                }
            },
        },
    },
    Rule {
        id: "signature/micalg",
        level: Level::May,
        clauses: &[&model::RFC1847_2_1_MICALG],
        question: "Does micalg name the digest that the signature uses?",
        consequence: "Programs that compute the digest while reading compute the wrong one.",
        check: Check::Message {
            applies: |subject, context| {
                in_clear(subject, context)
                    && with_signature(subject, context, |signature| {
                        !matches!(signature.state, SignatureState::Malformed(_))
                    })
            },
            check: |subject, _, findings| {
                let Some(signature) = subject.signature else { return };
                let plain = |name: &str| name.replace('-', "").to_ascii_lowercase();
                let named = subject.mail().root.param("micalg");
                if named.is_none_or(|named| plain(named) != plain(&signature.digest)) {
                    let place = at::header("Content-Type").detail("parameter micalg");
                    findings.push(Finding::new(&signature.digest, named.unwrap_or("no such parameter"), place));
                }
            },
        },
    },
    Rule {
        id: "signature/digest",
        level: Level::May,
        clauses: &[&model::SHA1_IN_PRODUCTION],
        question: "Is the digest stronger than SHA-1?",
        consequence: "Today's programs may refuse the signature; a provider must still accept it.",
        check: Check::Message {
            applies: |subject, context| {
                with_signature(subject, context, |signature| !matches!(signature.state, SignatureState::Malformed(_)))
            },
            check: |subject, _, findings| {
                if subject.signature.is_some_and(|signature| signature.digest == "sha1") {
                    findings.push(Finding::new(
                        "sha256 or stronger",
                        "sha1",
                        at::part(Piece::Signature).detail("digest algorithm"),
                    ));
                }
            },
        },
    },
    Rule {
        id: "signature/listed",
        level: Level::Must,
        clauses: &[&model::RFC6109_2_2_2_ORIGIN],
        question: "Is the signer's certificate in the providers' directory?",
        consequence: "The message does not come from a PEC provider: it is ordinary mail.",
        check: Check::Message {
            applies: |subject, context| {
                let told = |directory: &Directory| {
                    // What a record has half of is that record's flaw.
                    subject.signer().is_some_and(|signer| directory.perhaps_signing_with(signer).next().is_none())
                };
                has_signature(subject, context) && context.whole_directory().is_some_and(told)
            },
            check: |subject, _, findings| {
                if let (None, Some(signer)) = (subject.provider, subject.signer()) {
                    let found = format!("{} with SHA-1 {}", signer.subject, signer.sha1());
                    findings.push(Finding::new(
                        "a certificate that the directory lists",
                        found,
                        at::part(Piece::Signature),
                    ));
                }
            },
        },
    },
    Rule {
        id: "signature/path",
        level: Level::Must,
        clauses: &[&model::RFC6109_2_2_2_VALIDITY],
        question: "Does the signer's certificate lead to a trusted root?",
        consequence: "Anybody could have issued it.",
        check: Check::Message {
            applies: traceable,
            check: |subject, _, findings| {
                report_path(subject, findings, |error| match error {
                    PathError::NoPath(_) => Some("a path to a trusted root"),
                    _ => None,
                });
            },
        },
    },
    Rule {
        id: "signature/usable",
        level: Level::Must,
        clauses: &[&model::RFC6109_2_2_2_VALIDITY],
        question: "Is the signer's certificate one that a validator may accept for signing mail?",
        consequence: "Receivers that verify the whole certification path refuse the message.",
        check: Check::Message {
            applies: traceable,
            check: |subject, _, findings| {
                report_path(subject, findings, |error| match error {
                    PathError::Other(_) => Some("a certificate that RFC 5280 lets sign mail"),
                    _ => None,
                });
            },
        },
    },
    Rule {
        id: "signature/in-validity",
        level: Level::Must,
        clauses: &[&model::RFC6109_2_2_2_VALIDITY],
        question: "Was the signer's certificate valid when the message arrived?",
        consequence: "A key that nobody guards any more may have signed.",
        check: Check::Message {
            // When it arrived is known, and not only what the message claims.
            applies: |subject, context| traceable(subject, context) && context.evidence.claimed.is_none(),
            check: |subject, _, findings| {
                report_path(subject, findings, |error| match error {
                    PathError::OutsideValidity { .. } => Some("a certificate valid at arrival"),
                    _ => None,
                });
            },
        },
    },
    Rule {
        id: "signature/not-revoked",
        level: Level::Must,
        clauses: &[&model::RFC6109_2_2_2_VALIDITY],
        question: "Was the signer's certificate not revoked when the message arrived?",
        consequence: "A key that was lost or stolen may have signed.",
        check: Check::Message {
            applies: |subject, context| traceable(subject, context) && !context.trust.crls().is_empty(),
            check: |subject, _, findings| {
                report_path(subject, findings, |error| match error {
                    PathError::Revoked => Some("a certificate that is not revoked"),
                    _ => None,
                });
            },
        },
    },
];

fn with_signature(subject: &MessageSubject<'_>, context: &Context<'_>, wanted: fn(&Signature) -> bool) -> bool {
    has_signature(subject, context) && subject.signature.is_some_and(wanted)
}

/// Whether the message says that the signature stands beside what it signs.
fn in_clear(subject: &MessageSubject<'_>, context: &Context<'_>) -> bool {
    generated(subject, context) && subject.message.shape == Shape::Whole
}

/// Without anchors the origin cannot be verified, and that is no fault of the message.
fn traceable(subject: &MessageSubject<'_>, context: &Context<'_>) -> bool {
    has_signature(subject, context) && subject.path.is_some()
}

/// Reports the path's error where this question is about it. What the judge lacks (an issuer, a current list) is asked by
/// no rule.
fn report_path(
    subject: &MessageSubject<'_>,
    findings: &mut Findings,
    expected: fn(&PathError) -> Option<&'static str>,
) {
    if let (Some(Err(error)), Some(signer)) = (subject.path, subject.signer())
        && let Some(expected) = expected(error)
    {
        let found = format!("{}: {error}", signer.subject);
        findings.push(Finding::new(expected, found, at::part(Piece::Signature).detail("signer's certificate")));
    }
}
