//! The embedded pair: two reference gateways and the ordinary mail host, in one world of their own, in this process.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use base64::{Engine, prelude::BASE64_STANDARD};
use jiff::{SignedDuration, Timestamp};

use super::{
    Answer, Direction, Doing, InjectAs, Need, Pair, Recorded, Refusal, Stored, TargetError, Transmission, Utterance,
};
use crate::{
    clock::Machine,
    evidence::{GatewayFacts, Party, Role, Seen, Service, SmtpPath},
    fault::{CopyEdit, Deviation, Edit},
    gateway::{self, Doors, Gateway, Lab, OrdinaryHost, Posta, Profile, compose::Composer},
    net::{
        AuthMechanism, ClientError, Credentials, Destination, Heard, Patience, Problem, Reply, Security, Sent, Spoken,
        Upgrade,
    },
    pki::{Lists, Pki},
    scenario::{
        Scenario,
        inject::Provider,
        model::{
            Antivirus, Availability, Environment, GatewayState, OrdinaryMail, RevocationLists, SigningCertificate,
            StartTls, UnknownUsers,
        },
        words::{Host, Mailbox, Place, SERVICE},
    },
    smime::Signer,
};

/// The name of users' clients in EHLO.
const CLIENT: &str = "client.example";
/// The name under which the harness plays a PEC provider's relay.
const PEER: &str = "peer.example";

/// Everybody is in this process: who is silent for that long hangs, however busy the machine is.
const PATIENCE: Patience = Patience { command: Duration::from_secs(10), message: Duration::from_secs(30) };

/// Two reference gateways.
pub struct Embedded {
    lab: Arc<Lab>,
    sender: Arc<Gateway>,
    receiver: Arc<Gateway>,
    posta: Arc<Posta>,
    direction: Direction,
}

/// The profile that a target's name stands for.
fn profile(name: &str) -> Result<Profile, TargetError> {
    match name {
        "alfa" => Ok(Profile::alfa()),
        "bravo" => Ok(Profile::bravo()),
        "flawed" => Ok(Profile::flawed()),
        _ => Err(TargetError::configuration(format!("there is no embedded gateway `{name}`"))),
    }
}

impl Embedded {
    /// Starts both and the ordinary mail host in the state that the scenario gives; `machine` tells the day.
    pub async fn start(direction: &Direction, scenario: &Scenario, machine: Machine) -> Result<Self, TargetError> {
        let trouble =
            |error: std::io::Error| TargetError::infrastructure(format!("an embedded host does not start: {error}"));
        let pki = Pki::load().map_err(|error| TargetError::infrastructure(error.to_string()))?;
        let (mut sender, mut receiver) = (profile(&direction.sender)?, profile(&direction.receiver)?);
        if sender.domains == receiver.domains {
            let message = format!("`{}` and `{}` are one provider", direction.sender, direction.receiver);
            return Err(TargetError::configuration(message));
        }
        let posta = OrdinaryHost {
            unknown: match scenario.given.posta.unknown_users {
                UnknownUsers::Refuse => gateway::UnknownUsers::Refuse,
                UnknownUsers::Bounce => gateway::UnknownUsers::Bounce,
            },
            ..OrdinaryHost::default()
        };
        set_up(&mut sender, &scenario.given.sender, scenario.starts);
        set_up(&mut receiver, &scenario.given.receiver, scenario.starts);
        let domains = [(Role::Sender, sender.domains[0].clone()), (Role::Receiver, receiver.domains[0].clone())];
        let address = |mailbox: &Mailbox| match mailbox {
            Mailbox::At { user, host: Host::Posta } => format!("{user}@{}", posta.domains[0]),
            Mailbox::At { user, host: Host::Gateway(role) } => {
                let domain = domains.iter().find(|(of, _)| of == role).map(|(_, domain)| domain.as_str());
                format!("{user}@{}", domain.unwrap_or_default())
            }
            Mailbox::Literal(literal) => literal.clone(),
        };
        let given = &scenario.given;
        for (profile, role) in [(&mut sender, Role::Sender), (&mut receiver, Role::Receiver)] {
            for (mailbox, state) in &given.mailboxes {
                let Mailbox::At { user, host } = mailbox else { continue };
                if *host != Host::Gateway(role) {
                    continue;
                }
                let settings = profile.mailbox_mut(user);
                settings.state = match state.state {
                    Availability::Enabled => gateway::MailboxState::Enabled,
                    Availability::Disabled => gateway::MailboxState::Disabled,
                    Availability::Full => gateway::MailboxState::Full,
                };
                settings.ordinary = match state.ordinary_mail {
                    OrdinaryMail::Wrap => gateway::OrdinaryMail::Wrap,
                    OrdinaryMail::Refuse => gateway::OrdinaryMail::Refuse,
                };
                settings.forward = state.forward.as_ref().map(address);
                settings.notify = state.notify.as_ref().map(address);
            }
        }
        let also_listed = given.also_listed.iter().flat_map(|(role, defects)| {
            let signer = match role {
                Role::Sender => &sender.signer,
                Role::Receiver => &receiver.signer,
            };
            defects.iter().map(move |defect| (signer.as_str(), format!("{signer}-{defect}")))
        });
        let also_listed: Vec<(&str, String)> = also_listed.collect();
        if let Some((_, unknown)) = also_listed.iter().find(|(_, id)| pki.certificate(id).is_none()) {
            return Err(TargetError::configuration(format!(
                "the test PKI has no certificate `{unknown}` that could be listed"
            )));
        }
        let directory = gateway::directory_with(&pki, also_listed.into_iter());
        let trust = pki.trust_with(match given.revocation_lists {
            RevocationLists::Current => Lists::Current,
            RevocationLists::Stale => Lists::Stale,
            RevocationLists::Missing => Lists::Missing,
        });
        let lab = Lab::with(pki, scenario.starts, machine, &directory, trust);
        lab.set_patience(PATIENCE);
        lab.set_doors(Doors::OwnOnly);
        let posta = lab.start_ordinary(posta).await.map_err(trouble)?;
        let receiver = lab.start(receiver).await.map_err(trouble)?;
        let sender = lab.start(sender).await.map_err(trouble)?;
        Ok(Self { lab, sender, receiver, posta, direction: direction.clone() })
    }

    fn gateway(&self, role: Role) -> &Gateway {
        match role {
            Role::Sender => &self.sender,
            Role::Receiver => &self.receiver,
        }
    }

    /// What the test PKI calls a provider.
    fn pki_id(&self, provider: Provider) -> &str {
        match provider {
            Provider::Sender => &self.sender.profile().signer,
            Provider::Receiver => &self.receiver.profile().signer,
            Provider::Third => gateway::THIRD,
        }
    }

    fn roles(&self) -> [(Role, &str, &Gateway); 2] {
        [
            (Role::Sender, &self.direction.sender, &self.sender),
            (Role::Receiver, &self.direction.receiver, &self.receiver),
        ]
    }

    /// Who a host is, by its name: everyone here calls himself what he is.
    fn party(&self, host: &str) -> Party {
        if host == self.posta.settings().host {
            return Party::Posta;
        }
        let gateway = self.roles().into_iter().find(|(_, _, gateway)| gateway.profile().host == host);
        gateway.map_or(Party::Harness, |(role, _, _)| role.into())
    }

    async fn send(
        &self,
        name: &str,
        destination: Destination,
        login: Option<Credentials>,
        path: &SmtpPath,
        message: &[u8],
    ) -> Result<Answer, TargetError> {
        match self.lab.client(name).send(&destination, login.as_ref(), path, message).await {
            Ok(sent) => Ok(answer(&sent)),
            Err(ClientError { problem: Problem::Refused(reply), .. }) => Ok(turned_away(&reply)),
            Err(ClientError { problem: Problem::EightBit, .. }) => {
                Ok(turned_away(&Reply::new(554, [5, 6, 3], "8BITMIME is not offered, and the message needs it")))
            }
            // Who may not log in, as the scenario has it, or not now.
            Err(ClientError { problem: Problem::Login(reply), .. })
                if reply.code / 100 == 4 || login.is_some_and(|login| self.is_disabled(&login.user)) =>
            {
                Ok(turned_away(&reply))
            }
            Err(ClientError { problem, transcript }) => Err(self
                .trouble(&destination.host, &problem)
                .heard_in(transcript.dialogue(self.party(name), self.party(&destination.host)))),
        }
    }

    /// Whose trouble it is that a session with a host did not come to its end.
    fn trouble(&self, host: &str, problem: &Problem) -> TargetError {
        let what = format!("{host}: {problem}");
        match problem {
            Problem::Connect(_) => TargetError::infrastructure(what),
            Problem::Login(_) | Problem::Address(_) => TargetError::configuration(what),
            _ => TargetError::misbehaved(self.party(host), "an SMTP session that is held to its end", what),
        }
    }

    fn is_disabled(&self, user: &str) -> bool {
        let mailboxes = self.roles().into_iter().filter_map(|(.., gateway)| gateway.profile().mailbox(user));
        mailboxes.into_iter().any(|mailbox| mailbox.state == gateway::MailboxState::Disabled)
    }
}

/// An answer to a whole transaction.
fn turned_away(reply: &Reply) -> Answer {
    let refused = vec![Refusal { recipient: None, code: reply.code, text: reply.text.clone() }];
    Answer { refused, ..Answer::default() }
}

fn set_up(profile: &mut Profile, state: &GatewayState, starts: Timestamp) {
    profile.antivirus = match state.antivirus {
        Antivirus::On => gateway::Antivirus::On,
        Antivirus::Off => gateway::Antivirus::Off,
    };
    if state.certificate == SigningCertificate::Renewed {
        profile.signer += "-renewed";
    }
    if state.environment == Environment::Secondary {
        // Users are called by the first domain.
        let secondary = profile.domains.iter().position(|domain| *domain == profile.secondary_domain);
        profile.domains.swap(0, secondary.expect("the secondary domain is one of the provider's"));
    }
    let lost = state.loses.iter().map(|&on| Deviation { on, edit: Edit::Copy(CopyEdit::Drop) });
    let late =
        state.delays.iter().map(|(&on, span)| Deviation { on, edit: Edit::Copy(CopyEdit::Delay(span.0.to_string())) });
    profile.deviations.extend(lost.chain(late));
    profile.upgrade = match state.starttls {
        StartTls::Offered => Upgrade::Offered,
        StartTls::Withheld => Upgrade::Withheld,
    };
    if let Some(span) = state.unreachable_for {
        profile.incoming = gateway::Incoming::UnreachableUntil(starts + span.0);
    }
}

impl Pair for Embedded {
    fn lacks(&self, _: Need) -> Option<String> {
        None
    }

    fn gateways(&self) -> BTreeMap<Role, GatewayFacts> {
        let facts = |(role, target, gateway): (Role, &str, &Gateway)| {
            let Profile { provider, domains, .. } = gateway.profile().clone();
            (role, GatewayFacts { target: target.to_owned(), provider, domains })
        };
        self.roles().map(facts).into()
    }

    fn address(&self, mailbox: &Mailbox) -> String {
        match mailbox {
            Mailbox::Literal(address) => address.clone(),
            Mailbox::At { user, host: Host::Posta } => format!("{user}@{}", self.posta.settings().domains[0]),
            Mailbox::At { user, host: Host::Gateway(role) } => {
                let profile = self.gateway(*role).profile();
                if user == SERVICE { profile.receipt_mailbox.clone() } else { format!("{user}@{}", profile.domains[0]) }
            }
        }
    }

    fn now(&self) -> Timestamp {
        self.lab.clock().now()
    }

    fn submit<'a>(&'a self, at: Role, login: &'a str, path: &'a SmtpPath, message: &'a [u8]) -> Doing<'a, Answer> {
        let gateway = self.gateway(at);
        let profile = gateway.profile();
        let destination = Destination {
            address: gateway.submission_addr(),
            host: profile.host.clone(),
            service: Service::Submission,
            security: Security::StartTls,
        };
        let credentials =
            Credentials { user: login.to_owned(), password: profile.password.clone(), mechanism: AuthMechanism::Plain };
        Box::pin(self.send(CLIENT, destination, Some(credentials), path, message))
    }

    fn inject<'a>(&'a self, as_host: InjectAs, at: Host, path: &'a SmtpPath, message: &'a [u8]) -> Doing<'a, Answer> {
        let (name, security) = match as_host {
            InjectAs::Peer => (PEER, Security::StartTls),
            InjectAs::Posta => (self.posta.settings().host.as_str(), Security::WhenOffered),
        };
        let destination = match at {
            Host::Gateway(role) => {
                let gateway = self.gateway(role);
                let (address, host) = (gateway.incoming_addr(), gateway.profile().host.clone());
                Destination { address, host, service: Service::Incoming, security }
            }
            Host::Posta => {
                let (address, host) = (self.posta.incoming_addr(), self.posta.settings().host.clone());
                Destination { address, host, service: Service::Ordinary, security }
            }
        };
        Box::pin(self.send(name, destination, None, path, message))
    }

    fn converse<'a>(&'a self, with: &'a Place, script: &'a [Utterance]) -> Doing<'a, Vec<Option<Heard>>> {
        Box::pin(async move {
            let (role, service) = match with {
                Place::AccessPoint(role) => (*role, Service::Submission),
                Place::IncomingPoint(role) => (*role, Service::Incoming),
                Place::Mailbox(_) | Place::VirusStore(_) => {
                    return Err(TargetError::configuration(format!("nobody talks to `{with}`")));
                }
            };
            let gateway = self.gateway(role);
            let address = match service {
                Service::Submission => gateway.submission_addr(),
                _ => gateway.incoming_addr(),
            };
            let host = gateway.profile().host.clone();
            let destination = Destination { address, host, service, security: Security::WhenOffered };
            let script: Vec<Spoken> = script.iter().map(|one| spoken(one, &gateway.profile().password)).collect();
            let client = self.lab.client(CLIENT);
            client.talk(&destination, &script).await.map_err(|problem| self.trouble(&destination.host, &problem))
        })
    }

    fn settle(&self) -> Doing<'_, Option<String>> {
        Box::pin(async {
            self.lab.settle().await;
            Ok(None)
        })
    }

    fn advance(&self, by: SignedDuration) -> Doing<'_, ()> {
        Box::pin(async move {
            self.lab.advance(by).await;
            Ok(())
        })
    }

    fn mailbox<'a>(&'a self, mailbox: &'a Mailbox) -> Doing<'a, Vec<Stored>> {
        let address = self.address(mailbox);
        let messages = match mailbox.host() {
            Some(Host::Gateway(role)) => self.gateway(role).mailbox(&address),
            Some(Host::Posta) | None => self.posta.mailbox(&address),
        };
        Box::pin(async move { Ok(messages.into_iter().map(Stored::from).collect()) })
    }

    fn virus_store(&self, of: Role) -> Doing<'_, Vec<Stored>> {
        let messages = self.gateway(of).virus_store();
        Box::pin(async move { Ok(messages.into_iter().map(Stored::from).collect()) })
    }

    fn halt(&self) {
        self.sender.stop();
        self.receiver.stop();
        self.posta.stop();
    }

    fn recorded(&self) -> Recorded {
        let sessions = self.lab.sessions();
        let dialogue = |seen: &gateway::SeenSession| {
            let client = seen.transcript.client().map_or(Party::Undetermined, |name| self.party(&name));
            seen.transcript.dialogue(client, self.party(&seen.server))
        };
        // What was refused is in the dialogue and nowhere else: the message stayed where it was.
        let taken = self.lab.transmissions().into_iter().filter(|transmission| transmission.reply.is_positive());
        let transmissions = taken.map(|transmission| {
            let (from, to) = (self.party(&transmission.client), self.party(&transmission.server));
            let submitted = matches!(transmission.transcript.service(), Service::Submission | Service::Submissions);
            let seen = match to {
                Party::Sender if submitted => Seen::Submitted { to: Role::Sender },
                Party::Receiver if submitted => Seen::Submitted { to: Role::Receiver },
                _ => Seen::Wire { from, to },
            };
            Transmission {
                seen,
                from,
                bytes: transmission.bytes,
                path: transmission.path,
                at: transmission.at,
                dialogue: sessions.iter().position(|seen| seen.transcript.is(&transmission.transcript)),
            }
        });
        Recorded {
            transmissions: transmissions.collect(),
            dialogues: sessions.iter().map(dialogue).collect(),
            logs: self.roles().map(|(role, _, gateway)| (role, gateway.log())).into(),
            directories: self.lab.directories(),
            trust: (*self.lab.trust()).clone(),
            strangers: self.lab.strangers().iter().map(stranger).collect(),
        }
    }

    fn composer(&self, provider: Provider) -> Option<Composer> {
        let id = self.pki_id(provider);
        let signer = self.lab.pki().signer(id)?.clone();
        let dialect = match provider {
            Provider::Sender => self.sender.profile().dialect,
            Provider::Receiver => self.receiver.profile().dialect,
            Provider::Third => Profile::alfa().dialect,
        };
        let facts = self.lab.pki().provider(id)?;
        Some(Composer { provider: facts.name.clone(), address: facts.service.clone(), dialect, signer })
    }

    fn signer(&self, provider: Provider, id: &str) -> Option<Signer> {
        let own = format!("{}-{id}", self.pki_id(provider));
        self.lab.pki().signer(&own).or_else(|| self.lab.pki().signer(id)).cloned()
    }
}

impl From<gateway::Stored> for Stored {
    fn from(stored: gateway::Stored) -> Self {
        Self { bytes: stored.bytes, at: stored.at }
    }
}

fn stranger(seen: &gateway::SeenSession) -> String {
    format!("a stranger at {} called {} and was turned away; nothing of it is judged", seen.call.client, seen.server)
}

fn spoken(utterance: &Utterance, password: &str) -> Spoken {
    match utterance {
        Utterance::Words { bytes, listens } => Spoken { bytes: bytes.clone(), listens: *listens },
        Utterance::Login { user } => {
            let both = BASE64_STANDARD.encode(format!("\0{user}\0{password}"));
            Spoken { bytes: format!("AUTH PLAIN {both}\r\n").into_bytes(), listens: true }
        }
    }
}

/// The replies to a transaction as one answer. Where the message itself was refused, nobody has it.
fn answer(sent: &Sent) -> Answer {
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

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpStream,
    };

    use super::*;
    use crate::target::Trouble;

    async fn embedded() -> Embedded {
        let yaml = "title: t\nclauses: [RFC6109-3.5-transaction]\nsteps: [{expect: {}}]\n";
        let scenario = Scenario::read("t", "t.yaml", yaml, &[]).unwrap();
        Embedded::start(&Direction::new("alfa", "bravo"), &scenario, Machine::default()).await.unwrap()
    }

    #[tokio::test]
    async fn trouble_is_whose_it_is() {
        let pair = embedded().await;
        let whose = |problem: &Problem| pair.trouble("mx.bravo.example", problem).trouble;
        let refused = || Reply::new(535, [5, 7, 8], "No");
        assert_eq!(whose(&Problem::Login(refused())), Trouble::Configuration);
        assert_eq!(whose(&Problem::Connect(std::io::ErrorKind::ConnectionRefused.into())), Trouble::Infrastructure);
        for problem in [Problem::Broken("reset".into()), Problem::Timeout, Problem::NoStartTls] {
            assert!(matches!(whose(&problem), Trouble::Misbehaved { by: Party::Receiver, .. }), "{problem}");
        }
    }

    #[tokio::test]
    async fn a_wrong_password_is_configuration_and_a_closed_port_infrastructure() {
        let pair = embedded().await;
        let path = SmtpPath { from: "mario@alfa.example".into(), to: vec!["anna@bravo.example".into()] };
        let submit = async |login: &str| pair.submit(Role::Sender, login, &path, b"x").await.unwrap_err().trouble;
        assert_eq!(submit("nessuno@alfa.example").await, Trouble::Configuration);
        pair.halt();
        while tokio::net::TcpStream::connect(pair.sender.submission_addr()).await.is_ok() {
            tokio::task::yield_now().await;
        }
        assert_eq!(submit("mario@alfa.example").await, Trouble::Infrastructure);
    }

    #[tokio::test]
    async fn a_stranger_is_told_of_and_neither_served_nor_judged_nor_waited_for() {
        let pair = embedded().await;
        let mut silent = TcpStream::connect(pair.receiver.incoming_addr()).await.unwrap();
        let mut stranger = TcpStream::connect(pair.receiver.incoming_addr()).await.unwrap();
        stranger.write_all(b"EHLO scanner.example\r\nMAIL FROM:<a@b.example>\r\n").await.unwrap();
        let mut heard = String::new();
        stranger.read_to_string(&mut heard).await.unwrap();
        assert!(heard.contains("421 4.7.0") && !heard.contains("250"), "{heard}");
        assert!(silent.read(&mut [0; 100]).await.unwrap() > 0);
        pair.settle().await.unwrap();
        let recorded = pair.recorded();
        assert!(recorded.dialogues.is_empty());
        assert_eq!(recorded.strangers.len(), 2);
    }
}
