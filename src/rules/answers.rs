//! What a message proves, for people: four answers, each yes, no, or why it cannot be told.

use schemars::JsonSchema;
use serde::Serialize;

use super::{
    Origin, Outcome, Verdict,
    exhibit::{CUT_OFF, Exhibit},
};
use crate::{
    message::Shape,
    norm::Level,
    smime::{Signature, SignatureState},
};

/// An answer to a question about a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", tag = "answer", content = "why")]
pub enum Answer {
    /// Yes; by what, where that is worth a word.
    Yes(String),
    /// No, and why.
    No(String),
    /// It cannot be told, and why.
    CannotTell(String),
}

/// What a message proves. *Complete* is a submission's to answer: [`super::Transaction`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Answers {
    /// Whether the signature holds over these bytes.
    pub intact: Answer,
    /// Whether a provider of certified mail signed it: who.
    pub origin: Answer,
    /// Whether it is as the norm wants it.
    pub form: Answer,
}

/// Rules that ask of the signature what [`Answers::intact`] and [`Answers::origin`] answer.
const OF_SIGNATURE: [&str; 7] = [
    "signature/exists",
    "signature/valid",
    "signature/listed",
    "signature/path",
    "signature/usable",
    "signature/in-validity",
    "signature/not-revoked",
];

impl Answers {
    /// From what was found out about a message, and what the rules said of it, of which `put` applied.
    pub(super) fn of(exhibit: &Exhibit<'_>, verdicts: &[Verdict], put: usize) -> Self {
        if exhibit.is_cut_off() {
            return Self::of_what_was_cut_off();
        }
        let shape = exhibit.copies.message.shape;
        let form = match (form(verdicts, put), shape.part()) {
            (Answer::Yes(_), Some(part)) => {
                Answer::CannotTell(format!("nothing is wrong with the {part}; the rest of the message is not here"))
            }
            (answer, _) => answer,
        };
        let intact = match shape {
            Shape::Daticert => Answer::CannotTell("daticert.xml by itself bears no signature".to_owned()),
            _ if exhibit.signature.is_none() && exhibit.copies.message.mail.hides_parts() => {
                Answer::CannotTell("not all of it was read, and no signature in what was".to_owned())
            }
            _ => intact(exhibit.signature.as_ref()),
        };
        // Who cannot verify a signature passes nothing on; whether it holds is another thing.
        let uncertified = exhibit.signature.as_ref().map(|it| &it.state) == Some(&SignatureState::NoSignerCertificate);
        let origin = if uncertified { intact.clone() } else { signed_by(&exhibit.origin) };
        Self { intact, origin, form }
    }

    /// Of a message whose file ends inside it.
    pub(super) fn of_what_was_cut_off() -> Self {
        let untold = || Answer::CannotTell(CUT_OFF.to_owned());
        Self { intact: untold(), origin: untold(), form: untold() }
    }

    /// Of mail that no system of certified mail generated.
    pub(super) fn of_ordinary_mail() -> Self {
        let origin = Answer::No("no system of certified mail generated it".to_owned());
        Self { intact: unsigned(), origin, form: form(&[], 0) }
    }
}

impl Answer {
    /// Whether it is yes.
    pub fn is_yes(&self) -> bool {
        matches!(self, Answer::Yes(_))
    }

    /// In a word.
    pub fn word(&self) -> &'static str {
        match self {
            Answer::Yes(_) => "yes",
            Answer::No(_) => "no",
            Answer::CannotTell(_) => "cannot tell",
        }
    }

    /// By what, or why.
    pub fn why(&self) -> &str {
        match self {
            Answer::Yes(why) | Answer::No(why) | Answer::CannotTell(why) => why,
        }
    }
}

fn intact(signature: Option<&Signature>) -> Answer {
    let Some(signature) = signature else { return unsigned() };
    match &signature.state {
        SignatureState::Valid => Answer::Yes(format!("{} over the bytes as they came", signature.digest)),
        SignatureState::DigestDiffers { .. } => Answer::No("the signed bytes were altered".to_owned()),
        SignatureState::ValueWrong => Answer::No("the signature is not by the key of its certificate".to_owned()),
        SignatureState::Malformed(reason) => Answer::No(format!("the signature cannot be read: {reason}")),
        SignatureState::ContentAbsent { .. } => Answer::CannotTell("what it signs is not here".to_owned()),
        SignatureState::Unsupported(algorithm) => {
            Answer::CannotTell(format!("{algorithm} is not supported by this program"))
        }
        SignatureState::NoSignerCertificate => {
            Answer::CannotTell("the signer's certificate does not travel with the signature".to_owned())
        }
    }
}

fn unsigned() -> Answer {
    Answer::No("there is no signature".to_owned())
}

fn signed_by(origin: &Origin) -> Answer {
    match origin {
        Origin::Verified { provider } => Answer::Yes(provider.clone()),
        Origin::NotVerified(why) => Answer::CannotTell(why.clone()),
        Origin::Refuted(why) => Answer::No(why.clone()),
        Origin::Unsigned => Answer::No("it is not signed".to_owned()),
    }
}

fn form(verdicts: &[Verdict], put: usize) -> Answer {
    let of_form = || verdicts.iter().filter(|verdict| !OF_SIGNATURE.contains(&verdict.rule.id));
    let broken = of_form().find(|verdict| matches!(verdict.outcome, Outcome::InternalError(_)));
    let wrong = of_form().filter(|verdict| verdict.rule.level == Level::Must);
    let wrong: Vec<&str> = wrong.filter(|it| matches!(it.outcome, Outcome::Fail(_))).map(|it| it.rule.id).collect();
    let unread = verdicts.iter().any(|verdict| matches!(verdict.outcome, Outcome::CannotTell(_)));
    match (&wrong[..], broken) {
        ([], Some(broken)) => Answer::CannotTell(format!("rule {} broke", broken.rule.id)),
        ([], None) if unread => Answer::CannotTell("not all of it was read".to_owned()),
        ([], None) if put == 0 => Answer::CannotTell("no rule applies to it".to_owned()),
        ([], None) => Answer::Yes(String::new()),
        ([only], _) => Answer::No((*only).to_owned()),
        ([first, rest @ ..], _) => Answer::No(format!("{first} and {} more", rest.len())),
    }
}
