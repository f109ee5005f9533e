//! How gateways are driven and observed: the embedded pair, or external ones.
//!
//! A [`Pair`] is two gateways that can reach each other, an ordinary mail host beside them, and whatever of their inside
//! is shown. What a pair cannot do it says before anything starts ([`Pair::lacks`]), and the scenario is skipped with
//! that reason.

mod embedded;

use std::{collections::BTreeMap, future::Future, pin::Pin};

use jiff::{SignedDuration, Timestamp};

pub use crate::net::Heard;
use crate::{
    clock::Machine,
    evidence::{Dialogue, Direction, DirectoryVersion, GatewayFacts, LogRecord, Party, Role, Seen, SmtpPath},
    gateway::compose::Composer,
    message::Bytes,
    scenario::{
        Scenario,
        inject::Provider,
        words::{Host, Mailbox, Place},
    },
    smime::{Signer, Trust},
};

/// The targets that a name stands for.
pub const NAMES: &[&str] = &["alfa", "bravo", "flawed"];

/// A future that a thread may carry elsewhere.
pub type Doing<'a, T> = Pin<Box<dyn Future<Output = Result<T, TargetError>> + Send + 'a>>;

/// Two gateways, the posta host, and what can be seen of them.
pub trait Pair: Send + Sync {
    /// Why it cannot do something that a scenario needs; `None` where it can.
    fn lacks(&self, need: Need) -> Option<String>;

    /// Who plays which role.
    fn gateways(&self) -> BTreeMap<Role, GatewayFacts>;

    /// A mailbox's address.
    fn address(&self, mailbox: &Mailbox) -> String;

    /// The legal clock.
    fn now(&self) -> Timestamp;

    /// A user's client submits a message at a role's access point; `login` is the user's address.
    fn submit<'a>(&'a self, at: Role, login: &'a str, path: &'a SmtpPath, message: &'a [u8]) -> Doing<'a, Answer>;

    /// A host hands a message to a gateway's incoming point, or to the ordinary mail host.
    fn inject<'a>(&'a self, as_host: InjectAs, at: Host, path: &'a SmtpPath, message: &'a [u8]) -> Doing<'a, Answer>;

    /// A client that keeps to no rule says all this to a point, behind its greeting; what it hears to each, `None` where it
    /// does not listen. Over TLS from STARTTLS on.
    fn converse<'a>(&'a self, with: &'a Place, script: &'a [Utterance]) -> Doing<'a, Vec<Option<Heard>>>;

    /// Returns when nothing more can come before the clock moves; what that was concluded from, in words, where it is
    /// less than certain.
    fn settle(&self) -> Doing<'_, Option<String>>;

    /// Moves the legal clock on, from one due timer to the next.
    fn advance(&self, by: SignedDuration) -> Doing<'_, ()>;

    /// Everything in a mailbox, oldest first.
    fn mailbox<'a>(&'a self, mailbox: &'a Mailbox) -> Doing<'a, Vec<Stored>>;

    /// Everything in a role's virus store, oldest first.
    fn virus_store(&self, of: Role) -> Doing<'_, Vec<Stored>>;

    /// Ends whatever is under way: the play is over, and nothing of it is to go on behind the next ones.
    fn halt(&self);

    /// What was seen so far, at any time and even after trouble.
    fn recorded(&self) -> Recorded;

    /// How a provider composes, so that the harness can do it in its place.
    fn composer(&self, provider: Provider) -> Option<Composer>;

    /// A signer of the test PKI: a provider's own defective one (`expired`), or any by its id (`esterna`).
    fn signer(&self, provider: Provider, id: &str) -> Option<Signer>;
}

/// Something that a scenario may need and a target may lack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// Move the legal clock.
    Clock,
    /// Show the virus store.
    VirusStore,
    /// Start in another state than healthy.
    State,
    /// Sign in a provider's name.
    Impersonation,
    /// Go by another directory or other revocation lists than those in force.
    Trust,
}

/// As whom the harness talks to an incoming point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InjectAs {
    /// The other PEC provider.
    Peer,
    /// The ordinary mail host.
    Posta,
}

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

/// What an SMTP server said to a message, recipient by recipient.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// Recipients for whom the message was taken.
    pub accepted: Vec<String>,
    /// What was refused, for good or for now.
    pub refused: Vec<Refusal>,
}

/// A refusal in an SMTP session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Of one recipient, or of the whole message.
    pub recipient: Option<String>,
    /// The reply's code.
    pub code: u16,
    /// The reply.
    pub text: String,
}

/// A message kept somewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// The message.
    pub bytes: Bytes,
    /// Since when, legal time.
    pub at: Timestamp,
}

/// What was seen of a pair.
#[derive(Clone, Debug, Default)]
pub struct Recorded {
    /// Messages that crossed a wire, in order.
    pub transmissions: Vec<Transmission>,
    /// Sessions; those of the harness as client included.
    pub dialogues: Vec<Dialogue>,
    /// Logs, where shown.
    pub logs: BTreeMap<Role, Vec<LogRecord>>,
    /// The directory's versions.
    pub directories: Vec<DirectoryVersion>,
    /// Anchors and lists of the signatures' PKI.
    pub trust: Trust,
    /// What somebody did who has no part in the play, in words. It is told, and nobody is judged by it.
    pub strangers: Vec<String>,
}

/// A message on a wire.
#[derive(Clone, Debug)]
pub struct Transmission {
    /// Where it was seen: submitted, or between hosts.
    pub seen: Seen,
    /// Its client.
    pub from: Party,
    /// The bytes.
    pub bytes: Bytes,
    /// Paths.
    pub path: SmtpPath,
    /// When.
    pub at: Timestamp,
    /// Index into [`Recorded::dialogues`].
    pub dialogue: Option<usize>,
}

/// Why a target did not do what it was told.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{what}")]
pub struct TargetError {
    /// Whose trouble it is.
    pub trouble: Trouble,
    /// What went wrong.
    pub what: String,
    /// The session in which it did.
    pub dialogue: Option<Dialogue>,
}

/// Whose trouble it is, and so what it comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The harness's and its machine's, or a target cannot be reached: no verdict.
    Infrastructure,
    /// Whoever named a target, a password or a certificate that does not exist: no verdict either.
    Configuration,
    /// A host's that can be reached and does not keep to its part: it answers for that.
    Misbehaved {
        /// Which.
        by: Party,
        /// What it owed.
        expected: String,
    },
}

impl TargetError {
    /// Trouble of the harness, or a target out of reach.
    pub fn infrastructure(what: impl Into<String>) -> Self {
        Self { trouble: Trouble::Infrastructure, what: what.into(), dialogue: None }
    }

    /// Something that was configured, or written in a scenario, does not exist.
    pub fn configuration(what: impl Into<String>) -> Self {
        Self { trouble: Trouble::Configuration, what: what.into(), dialogue: None }
    }

    /// `by` owed something else.
    pub fn misbehaved(by: Party, expected: impl Into<String>, what: impl Into<String>) -> Self {
        Self { trouble: Trouble::Misbehaved { by, expected: expected.into() }, what: what.into(), dialogue: None }
    }

    /// The session in which it went wrong.
    #[must_use]
    pub fn heard_in(self, dialogue: Dialogue) -> Self {
        Self { dialogue: Some(dialogue), ..self }
    }
}

/// Starts the two gateways of a direction in the state that a scenario gives; `machine` tells the day that real time-bound
/// things, such as TLS, go by.
pub async fn open(direction: &Direction, scenario: &Scenario, machine: Machine) -> Result<Box<dyn Pair>, TargetError> {
    for name in [&direction.sender, &direction.receiver] {
        if !NAMES.contains(&name.as_str()) {
            return Err(TargetError::configuration(format!(
                "there is no target `{name}`; known: {}",
                NAMES.join(", ")
            )));
        }
    }
    if direction.sender == direction.receiver {
        return Err(TargetError::configuration(format!("`{}` cannot play both sender and receiver", direction.sender)));
    }
    Ok(Box::new(embedded::Embedded::start(direction, scenario, machine).await?))
}

impl Answer {
    /// The recipients that it puts off: neither taken nor refused for good (4xx).
    pub fn put_off<'a>(&'a self, recipients: &'a [String]) -> impl Iterator<Item = &'a String> {
        let concerns =
            |refusal: &Refusal, to: &str| refusal.recipient.as_ref().is_none_or(|of| of.eq_ignore_ascii_case(to));
        recipients.iter().filter(move |to| {
            let taken = self.accepted.iter().any(|one| one.eq_ignore_ascii_case(to));
            let refusals = || self.refused.iter().filter(|refusal| concerns(refusal, to));
            !taken && refusals().next().is_some() && refusals().all(|refusal| refusal.code < 500)
        })
    }

    /// Whether everything was refused for good, or this recipient was.
    pub fn refuses(&self, recipient: Option<&str>) -> bool {
        match recipient {
            None => self.accepted.is_empty() && self.refused.iter().all(|refusal| refusal.code >= 500),
            Some(recipient) => self.refused.iter().any(|refusal| {
                refusal.code >= 500 && refusal.recipient.as_deref().is_none_or(|of| of.eq_ignore_ascii_case(recipient))
            }),
        }
    }
}

/// Mailboxes that a pair always has, in every role.
pub fn mailboxes() -> impl Iterator<Item = Mailbox> {
    use crate::scenario::words::{ORDINARY_USERS, SERVICE, USERS};
    let at = |host: Host, users: Vec<&'static str>| {
        users.into_iter().map(move |user| Mailbox::At { user: user.to_owned(), host })
    };
    let gateway: Vec<_> = USERS.into_iter().chain([SERVICE]).collect();
    at(Host::Gateway(Role::Sender), gateway.clone())
        .chain(at(Host::Gateway(Role::Receiver), gateway))
        .chain(at(Host::Posta, ORDINARY_USERS.to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_put_off_is_neither_taken_nor_refused_for_good() {
        let refused = |of: Option<&str>, code| Refusal { recipient: of.map(str::to_owned), code, text: String::new() };
        let everybody = ["a@x.example", "b@x.example", "c@x.example"].map(str::to_owned);
        let put_off = |accepted: &[&str], refused: Vec<Refusal>| {
            let answer = Answer { accepted: accepted.iter().map(ToString::to_string).collect(), refused };
            answer.put_off(&everybody).map(|to| to[..1].to_owned()).collect::<String>()
        };
        assert_eq!(
            put_off(&["a@x.example"], vec![refused(Some("B@x.example"), 450), refused(Some("c@x.example"), 550)]),
            "b"
        );
        assert_eq!(put_off(&[], vec![refused(Some("c@x.example"), 550), refused(None, 451)]), "ab");
        assert_eq!(put_off(&[], vec![refused(None, 554)]), "");
        assert_eq!(put_off(&["a@x.example", "b@x.example", "c@x.example"], vec![]), "");
    }
}
