//! What the harness says to a point over SMTP, the same to every side.

use base64::{Engine, prelude::BASE64_STANDARD};

use super::{Answer, Refusal};
use crate::net::{Reply, Sent, Spoken};

/// Something said by a client that keeps to no rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Utterance {
    /// These bytes.
    Words {
        /// The bytes, line ends included; none where only one more answer is waited for.
        bytes: Vec<u8>,
        /// Whether an answer is waited for.
        listens: bool,
    },
    /// The credentials of a user, and an answer is waited for.
    Login {
        /// The user's address.
        user: String,
    },
}

/// An utterance in bytes; `password` is the user's who logs in.
pub(super) fn spoken(utterance: &Utterance, password: impl Fn(&str) -> String) -> Spoken {
    match utterance {
        Utterance::Words { bytes, listens } => Spoken { bytes: bytes.clone(), shown: None, listens: *listens },
        Utterance::Login { user } => {
            let both = BASE64_STANDARD.encode(format!("\0{user}\0{}", password(user)));
            let bytes = format!("AUTH PLAIN {both}\r\n").into_bytes();
            Spoken { bytes, shown: Some("AUTH PLAIN <credentials>"), listens: true }
        }
    }
}

/// The replies to a transaction as one answer. Where the message itself was refused, nobody has it.
pub(super) fn answer(sent: &Sent) -> Answer {
    let whole = |reply: &Reply| Refusal { recipient: None, code: reply.code, text: reply.text.clone() };
    let mut answer = Answer::default();
    if !sent.mail.is_positive() {
        answer.refused.push(whole(&sent.mail));
    }
    for one in &sent.recipients {
        if one.reply.is_positive() {
            answer.accepted.push(one.recipient.clone());
        } else {
            let (recipient, reply) = (Some(one.recipient.clone()), &one.reply);
            answer.refused.push(Refusal { recipient, code: reply.code, text: reply.text.clone() });
        }
    }
    if let Some(data) = sent.data.as_ref().filter(|data| !data.is_positive()) {
        answer.accepted.clear();
        answer.refused.push(whole(data));
    }
    answer
}
