//! How gateways are driven and observed, whoever built them.
//!
//! What plays is a [`World`]: its sides, an ordinary mail host and the harness. A [`Side`] is one provider's gateway, and
//! whatever of its inside is shown. What a side cannot do it says before anything starts ([`World::lacks`]), and the
//! scenario is skipped with that reason.

mod change;
pub mod external;
mod given;
mod reference;
mod smtp;
mod world;

use std::{collections::BTreeMap, future::Future, pin::Pin};

use jiff::Timestamp;

pub use self::{
    change::Changed,
    external::{External, Settling, Targets},
    smtp::Utterance,
    world::{Contact, Setting, Tries, World},
};
pub use crate::net::Heard;
use crate::{
    evidence::{Dialogue, Direction, DirectoryVersion, GatewayFacts, LogRecord, Party, Role, Seen, Service, SmtpPath},
    gateway::compose::Composer,
    message::Bytes,
    net::{Credentials, Destination},
    scenario::{
        Scenario,
        send::{ClientAuth, ClientTls},
    },
    smime::{Signer, Trust},
};

/// The targets that a name stands for.
pub const NAMES: &[&str] =
    &["alfa", "bravo", "delta", "flawed", "outside-alfa", "outside-bravo", "outside-delta", "outside-flawed"];

/// What a target's name begins with that is driven and looked at from outside only, as a stranger's gateway is: its wires,
/// its log and its virus store are not seen, and its keys are its own.
pub const OUTSIDE: &str = "outside-";

/// A future that a thread may carry elsewhere.
pub type Doing<'a, T> = Pin<Box<dyn Future<Output = Result<T, TargetError>> + Send + 'a>>;

/// One provider's gateway, whoever built it, as far as it can be driven and looked at.
pub trait Side: Send + Sync {
    /// Who it is.
    fn facts(&self) -> GatewayFacts;

    /// Why it cannot do something that a scenario needs of it; `None` where it can.
    fn lacks(&self, need: Need) -> Option<String>;

    /// A user's address, or that of the service mailbox for [`crate::scenario::words::SERVICE`].
    fn address(&self, user: &str) -> String;

    /// Where one of its services is reached.
    fn endpoint(&self, service: Service) -> Destination;

    /// How the user with this address logs in.
    fn login(&self, address: &str) -> Credentials;

    /// What is new in a place since a mark, oldest first, and the mark from which to look next.
    fn look<'a>(&'a self, place: Shelf<'a>, since: Mark) -> Doing<'a, (Vec<Stored>, Mark)>;

    /// Returns when nothing is under way in it; what that was concluded from, in words, where it is less than certain.
    fn quiet(&self) -> Doing<'_, Option<String>>;

    /// How many things began in it so far, where that is shown: it grows while anything happens.
    fn begun(&self) -> usize;

    /// When it next does something by itself, after an instant.
    fn due_after(&self, instant: Timestamp) -> Option<Timestamp>;

    /// Moves its clock on to an instant, and lets it do what is then due.
    fn advance_to(&self, instant: Timestamp) -> Doing<'_, ()>;

    /// Goes on from what it keeps, with some things changed.
    fn change(&self, changed: Changed) -> Doing<'_, ()>;

    /// Ends whatever is under way in it, as far as the harness may: nothing of a play is to go on behind the next ones.
    fn halt(&self);

    /// Whether the harness sees the messages and sessions that reach its points.
    fn shows_wires(&self) -> bool;

    /// Whether it calls itself so in EHLO.
    fn calls_itself(&self, host: &str) -> bool {
        self.endpoint(Service::Incoming).host == host
    }

    /// Looks into its log, where that takes its time.
    fn read_log(&self) -> Doing<'_, ()> {
        Box::pin(async { Ok(()) })
    }

    /// Its log so far, where it is shown.
    fn log(&self) -> Option<Vec<LogRecord>>;

    /// How it composes, so that the harness can do it in its place; `None` where its keys are its own.
    fn composer(&self) -> Option<Composer>;

    /// A defective signer of its own (`expired`), by id.
    fn signer(&self, id: &str) -> Option<Signer>;
}

/// Where a side keeps messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shelf<'a> {
    /// The mailbox with this address.
    Mailbox(&'a str),
    /// The virus store.
    VirusStore,
}

/// How far a place was looked through.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mark(usize);

impl Mark {
    /// What is new in the whole of a place, which only grows, since this mark.
    fn after(self, all: Vec<Stored>) -> (Vec<Stored>, Mark) {
        let end = Mark(all.len());
        (all.into_iter().skip(self.0).collect(), end)
    }
}

/// Something that a scenario may need of a side, and the side may lack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// Move the legal clock.
    Clock,
    /// Show the virus store.
    VirusStore,
    /// Show what reaches its points.
    Wires,
    /// Start in another state than healthy.
    State,
    /// Have its messages signed by the harness.
    Impersonation,
    /// Go by another directory or other revocation lists than those in force.
    Trust,
    /// Send to two receiving providers, each at its own incoming point.
    SecondReceiver,
}

/// As whom the harness talks to an incoming point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InjectAs {
    /// A PEC provider.
    Peer,
    /// The ordinary mail host.
    Posta,
}

/// Who logs in at an access point, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login {
    /// The user's address.
    pub user: String,
    /// How the connection is secured.
    pub tls: ClientTls,
    /// By which mechanism.
    pub auth: ClientAuth,
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

/// What was seen of a world.
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
    /// Who called without a part in the play, or under a name that nobody knows, in words. It is told, and nobody is judged
    /// by it.
    pub callers: Vec<String>,
    /// What a gateway of somebody's would not take for now, in words.
    pub put_off: Vec<String>,
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

/// The ordered pairs that together take every way that the norm leaves open: alfa and bravo both ways, and delta, which
/// goes the other way, in either role.
pub fn round() -> [Direction; 4] {
    [("alfa", "bravo"), ("bravo", "alfa"), ("bravo", "delta"), ("delta", "alfa")]
        .map(|(sender, receiver)| Direction::new(sender, receiver))
}

/// The provider that a built-in target's name stands for.
fn provider(target: &str) -> Option<String> {
    given::profile(target).ok().map(|profile| profile.provider)
}

/// The reference gateway that plays another receiving provider beside two: the first that is neither's, so that the three
/// write in different ways.
fn second_receiver(direction: &Direction, targets: &Targets) -> Option<&'static str> {
    let plays = |name: &str| {
        [&direction.sender, &direction.receiver].into_iter().any(|player| targets.are_one_provider(name, player))
    };
    ["delta", "alfa", "bravo"].into_iter().find(|name| !plays(name))
}

/// Opens a world for a direction, its gateways in the state that a scenario gives.
pub async fn open(direction: &Direction, scenario: &Scenario, setting: &Setting<'_>) -> Result<World, TargetError> {
    for name in [&direction.sender, &direction.receiver] {
        if !NAMES.contains(&&**name) && setting.targets.get(name).is_none() {
            return Err(TargetError::configuration(format!(
                "there is no target `{name}`; known: {}",
                NAMES.join(", ")
            )));
        }
    }
    if setting.targets.are_one_provider(&direction.sender, &direction.receiver) {
        return Err(TargetError::configuration(format!("`{}` cannot play both sender and receiver", direction.sender)));
    }
    World::start(direction, scenario, setting).await
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
