//! What the harness says to a side, the same to every one: messages of users and of hosts, and raw lines.

use super::{World, posta_point};
use crate::{
    evidence::{Party, Role, Seen, Service, SmtpPath},
    message::Bytes,
    net::{AuthMechanism, ClientError, Credentials, Destination, Heard, Problem, Reply, Security, Spoken, Transcript},
    scenario::{
        send::{ClientAuth, ClientTls},
        words::{Host, Place},
    },
    target::{
        Answer, InjectAs, Login, Refusal, TargetError, Transmission, Utterance,
        smtp::{answer, spoken},
    },
};

/// The name of users' clients in EHLO.
const CLIENT: &str = "client.example";
/// The name under which the harness plays a PEC provider's relay.
const PEER: &str = "peer.example";

impl World {
    /// A user's client submits a message at a role's access point.
    pub async fn submit(
        &self,
        at: Role,
        login: &Login,
        path: &SmtpPath,
        message: &Bytes,
    ) -> Result<Answer, TargetError> {
        let side = self.side(at);
        let service = match login.tls {
            ClientTls::Starttls => Service::Submission,
            ClientTls::Implicit => Service::Submissions,
        };
        let credentials = side.login(&login.user);
        let mechanism = match login.auth {
            // As the side takes it.
            ClientAuth::Plain => credentials.mechanism,
            ClientAuth::Login => AuthMechanism::Login,
        };
        let credentials = Credentials { mechanism, ..credentials };
        let seen = Seen::Submitted { to: at };
        self.send(CLIENT, Host::Gateway(at), side.endpoint(service), Some(credentials), seen, path, message).await
    }

    /// A host hands a message to a gateway's incoming point, or to the ordinary mail host.
    pub async fn inject(
        &self,
        as_host: InjectAs,
        at: Host,
        path: &SmtpPath,
        message: &Bytes,
    ) -> Result<Answer, TargetError> {
        let (name, from) = match as_host {
            InjectAs::Peer => (PEER, Party::Harness),
            InjectAs::Posta => (self.posta.settings().host.as_str(), Party::Posta),
        };
        let endpoint = match at {
            Host::Gateway(role) => self.side(role).endpoint(Service::Incoming),
            Host::Posta => posta_point(&self.posta),
        };
        let security = match (as_host, endpoint.security) {
            (InjectAs::Posta, Security::StartTls) => Security::WhenOffered,
            (InjectAs::Peer | InjectAs::Posta, own) => own,
        };
        let destination = Destination { security, ..endpoint };
        let seen = Seen::Wire { from, to: at.into() };
        self.send(name, at, destination, None, seen, path, message).await
    }

    #[expect(clippy::too_many_arguments, reason = "a session has as many sides to it")]
    async fn send(
        &self,
        name: &str,
        at: Host,
        destination: Destination,
        login: Option<Credentials>,
        seen: Seen,
        path: &SmtpPath,
        message: &Bytes,
    ) -> Result<Answer, TargetError> {
        let from = self.party(name);
        if let Host::Gateway(role) = at {
            self.pace(role).await;
        }
        let entry = self.is_outside(at.into()).then(|| self.ledger.begins(&destination.host, path, message));
        let outcome = self.lab.client(name).send(&destination, login.as_ref(), path, message).await;
        if let Some(entry) = entry {
            self.ledger.ended(entry, &outcome);
        }
        let (answer, transcript) = match outcome {
            Ok(sent) => (answer(&sent), sent.transcript),
            Err(ClientError { problem, transcript }) => {
                let Some(reply) = self.refusal(&problem, login.as_ref()) else {
                    let dialogue = transcript.dialogue(from, at.into());
                    return Err(self.trouble(&destination.host, &problem).heard_in(dialogue));
                };
                (turned_away(&reply), transcript)
            }
        };
        let taken = (!answer.accepted.is_empty()).then(|| Transmission {
            seen,
            from,
            bytes: message.clone(),
            path: SmtpPath { from: path.from.clone(), to: answer.accepted.clone() },
            at: self.now(),
            dialogue: None,
        });
        self.hand(transcript.dialogue(from, at.into()), taken);
        Ok(answer)
    }

    /// What a session that ended before the message was handed over answers to it; `None` where it is trouble.
    fn refusal(&self, problem: &Problem, login: Option<&Credentials>) -> Option<Reply> {
        match problem {
            Problem::Refused(reply) => Some(reply.clone()),
            Problem::EightBit => Some(Reply::new(554, [5, 6, 3], "8BITMIME is not offered, and the message needs it")),
            // Who may not log in now, or never, as the scenario has it.
            Problem::Login(reply)
                if reply.code / 100 == 4 || login.is_some_and(|login| self.disabled.contains(&login.user)) =>
            {
                Some(reply.clone())
            }
            _ => None,
        }
    }

    /// Waits until one more message may go to whoever plays a role, where that is bounded.
    async fn pace(&self, role: Role) {
        if let Some(target) = self.outside_at(role.into()) {
            target.pace.next().await;
        }
    }

    /// Whose trouble it is that a session with a host did not come to its end.
    fn trouble(&self, host: &str, problem: &Problem) -> TargetError {
        let what = format!("{host}: {problem}");
        match problem {
            Problem::Connect(_) => TargetError::infrastructure(what),
            Problem::Login(_) | Problem::Address(_) => TargetError::configuration(what),
            // Versions below TLS 1.2, and certificates that the target file does not vouch for, are beyond the harness.
            Problem::Tls(_) if self.is_outside(self.party(host)) => TargetError::infrastructure(what),
            _ => TargetError::misbehaved(self.party(host), "an SMTP session that is held to its end", what),
        }
    }

    /// A client that keeps to no rule says all this to a point, behind its greeting; what it hears to each, `None` where it
    /// does not listen. Over TLS from STARTTLS on.
    pub async fn converse(&self, with: &Place, script: &[Utterance]) -> Result<Vec<Option<Heard>>, TargetError> {
        let (role, service) = match with {
            Place::AccessPoint(role) => (*role, Service::Submission),
            Place::IncomingPoint(role) => (*role, Service::Incoming),
            Place::Mailbox(_) | Place::VirusStore(_) => {
                return Err(TargetError::configuration(format!("nobody talks to `{with}`")));
            }
        };
        let side = self.side(role);
        let endpoint = side.endpoint(service);
        let security = if endpoint.security == Security::Implicit { Security::Implicit } else { Security::WhenOffered };
        let destination = Destination { security, ..endpoint };
        let password = |user: &str| side.login(user).password;
        let script: Vec<Spoken> = script.iter().map(|one| spoken(one, password)).collect();
        let is_outside = self.is_outside(role.into());
        let entry = is_outside.then(|| self.ledger.begins_lines(&destination.host, &script)).flatten();
        let transcript = Transcript::new(service);
        let heard = self.lab.client(CLIENT).talk(&destination, &script, &transcript).await;
        let dialogue = transcript.dialogue(Party::Harness, role.into());
        match heard {
            Ok(heard) => {
                self.hand(dialogue, None);
                Ok(heard)
            }
            Err(problem) => {
                if let Some(entry) = entry {
                    self.ledger.broke_off(entry, &problem);
                }
                Err(self.trouble(&destination.host, &problem).heard_in(dialogue))
            }
        }
    }
}

/// An answer to a whole transaction.
fn turned_away(reply: &Reply) -> Answer {
    let refused = vec![Refusal { recipient: None, code: reply.code, text: reply.text.clone() }];
    Answer { refused, ..Answer::default() }
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpStream;

    use super::*;
    use crate::target::{Trouble, world::tests::world};

    #[tokio::test]
    async fn trouble_is_whose_it_is() {
        let world = world().await;
        let whose = |problem: &Problem| world.trouble("mx.bravo.example", problem).trouble;
        assert_eq!(whose(&Problem::Login(Reply::new(535, [5, 7, 8], "No"))), Trouble::Configuration);
        assert_eq!(whose(&Problem::Connect(std::io::ErrorKind::ConnectionRefused.into())), Trouble::Infrastructure);
        for problem in [Problem::Broken("reset".into()), Problem::Timeout, Problem::NoStartTls] {
            assert!(matches!(whose(&problem), Trouble::Misbehaved { by: Party::Receiver, .. }), "{problem}");
        }
    }

    #[tokio::test]
    async fn a_wrong_password_is_configuration_and_a_closed_port_infrastructure() {
        let world = world().await;
        let path = SmtpPath { from: "mario@alfa.example".into(), to: vec!["anna@bravo.example".into()] };
        let submit = async |user: &str| {
            let login = Login { user: user.to_owned(), tls: ClientTls::default(), auth: ClientAuth::default() };
            world.submit(Role::Sender, &login, &path, &b"x"[..].into()).await.unwrap_err().trouble
        };
        assert_eq!(submit("nessuno@alfa.example").await, Trouble::Configuration);
        world.halt();
        let port = world.side(Role::Sender).endpoint(Service::Submission).address;
        while TcpStream::connect(port).await.is_ok() {
            tokio::task::yield_now().await;
        }
        assert_eq!(submit("mario@alfa.example").await, Trouble::Infrastructure);
    }
}
