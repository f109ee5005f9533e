//! Is a target alive and honest: what its points, logins and mailboxes say before anything is played.

use std::time::Duration;

use super::{External, side::reached, target::Point};
use crate::{
    evidence::Service,
    net::{Client, Credentials, Destination, MailboxLogin, Patience, Problem, Security, Transcript},
    scenario::words::USERS,
    shown::path_text,
    target::{TargetError, Trouble},
};

/// How long is waited for an answer.
const PATIENCE: Patience = Patience { command: Duration::from_secs(30), message: Duration::from_secs(30) };

/// The name that the examining client says in EHLO.
const CLIENT: &str = "client.example";

/// Something looked at, in a plain sentence.
#[derive(Clone, Debug)]
pub struct Looked {
    /// What was found.
    pub found: String,
    /// What it means.
    pub meaning: Meaning,
}

/// What something found means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// It is as it must be.
    Well,
    /// The target does not do its part.
    Wrong,
    /// The target file says something that is not so.
    Configuration,
    /// It cannot be reached.
    OutOfReach,
}

impl External {
    /// Looks at everything, one after the other; nothing is sent.
    pub async fn examined(&self) -> Vec<Looked> {
        let mut all = Vec::new();
        for (what, point, service) in [
            ("the incoming point", &self.incoming, Service::Incoming),
            ("the submission point", &self.submission, Service::Submission),
        ] {
            let (looked, destination) = self.point(what, point, service).await;
            all.extend(looked);
            if let (Some(destination), Service::Submission) = (destination, service) {
                all.extend(self.logins(&destination).await);
            }
        }
        all.extend(self.mailboxes().await);
        all.extend(self.stores().await);
        all
    }

    async fn point(&self, what: &str, point: &Point, service: Service) -> (Vec<Looked>, Option<Destination>) {
        let destination = match reached(self, point, service).await {
            Ok(destination) => destination,
            Err(error) => return (vec![trouble(what, &error)], None),
        };
        let address = destination.address;
        let mut looked = vec![well(format!("{what} answers at {address}"))];
        match client(&destination).greet(&destination, None).await {
            Ok(transcript) => {
                looked.push(channel(what, point, &transcript));
                (looked, Some(destination))
            }
            Err(error) => {
                looked.push(problem(what, &error.problem));
                (looked, None)
            }
        }
    }

    async fn logins(&self, destination: &Destination) -> Vec<Looked> {
        let client = client(destination);
        let mut looked = Vec::new();
        let mut entered = Vec::new();
        for user in USERS {
            let Some(login) =
                self.document.users.get(user).and_then(|user| self.logins.get(&user.address.to_ascii_lowercase()))
            else {
                continue;
            };
            looked.push(match client.greet(destination, Some(login)).await {
                Ok(_) => {
                    entered.push(login);
                    well(format!("{user} logs in"))
                }
                Err(error) => problem(&format!("{user} does not log in"), &error.problem),
            });
        }
        // Where no password is taken, that a wrong one is not tells nothing.
        let Some(right) = entered.first() else { return looked };
        let wrong = Credentials { password: format!("{}-wrong", right.password), ..(*right).clone() };
        looked.push(match client.greet(destination, Some(&wrong)).await {
            Err(error) if matches!(error.problem, Problem::Login(_)) => well("a wrong password is refused".to_owned()),
            Ok(_) => Looked { found: "a wrong password is taken".to_owned(), meaning: Meaning::Wrong },
            Err(error) => problem("a wrong password", &error.problem),
        });
        looked
    }

    /// What of log and virus store is shown.
    async fn stores(&self) -> Vec<Looked> {
        let mut looked = Vec::new();
        if let Some(log) = self.log() {
            looked.push(match log.records().await {
                Ok(records) => well(format!("its log can be read: {} records", records.len())),
                Err(error) => trouble("the log", &error),
            });
        }
        if let Some(source) = &self.virus_store {
            let no_login = MailboxLogin { user: String::new(), password: String::new() };
            looked.push(match source.reader("virus-store", &no_login).mark().await {
                Ok(()) => well("its virus store can be looked into".to_owned()),
                Err(error) => trouble("the virus store", &error),
            });
        }
        looked
    }

    async fn mailboxes(&self) -> Vec<Looked> {
        let mut looked = Vec::new();
        for (address, (source, login)) in &self.sources {
            looked.push(match source.reader(address, login).mark().await {
                Ok(()) => well(match source.missing(address) {
                    Some(maildir) => {
                        let place = path_text(&maildir);
                        format!("the mailbox of {address} is empty: there is no Maildir {place} yet; its first message makes one")
                    }
                    None => format!("the mailbox of {address} can be read"),
                }),
                Err(error) => trouble(&format!("the mailbox of {address}"), &error),
            });
        }
        looked
    }
}

/// How the channel was secured, beside what the target file says of that.
fn channel(what: &str, point: &Point, transcript: &Transcript) -> Looked {
    if let Some(version) = transcript.tls() {
        let vouched = point.remark.as_deref().unwrap_or("its certificate bears its name and is vouched for");
        return well(format!("{what} secures the channel: {version}; {vouched}"));
    }
    if point.security == Security::Plain && transcript.text().contains("STARTTLS") {
        let found = format!("{what} offers STARTTLS, and `tls: none` in the target file says that it does not");
        return Looked { found, meaning: Meaning::Configuration };
    }
    let found = format!("{what} offers no STARTTLS, and takes mail in clear: RFC 6109 5.3 wants TLS between providers");
    Looked { found, meaning: Meaning::Wrong }
}

fn client(destination: &Destination) -> Client {
    let trusted = destination.trust.as_ref().map(|foreign| foreign.tls.clone());
    let tls =
        trusted.unwrap_or_else(|| crate::net::Trusted::Authorities(Vec::new()).client_config().expect("no roots"));
    Client { name: CLIENT.to_owned(), tls, patience: PATIENCE, calls: None }
}

fn well(found: String) -> Looked {
    Looked { found, meaning: Meaning::Well }
}

fn trouble(what: &str, error: &TargetError) -> Looked {
    let meaning = match error.trouble {
        Trouble::Configuration => Meaning::Configuration,
        Trouble::Infrastructure => Meaning::OutOfReach,
        Trouble::Misbehaved { .. } => Meaning::Wrong,
    };
    Looked { found: format!("{what}: {error}"), meaning }
}

fn problem(what: &str, problem: &Problem) -> Looked {
    let meaning = match problem {
        Problem::Connect(_) | Problem::Tls(_) | Problem::Timeout => Meaning::OutOfReach,
        Problem::Login(_) | Problem::Address(_) => Meaning::Configuration,
        _ => Meaning::Wrong,
    };
    let hint = match problem {
        Problem::Tls(_) => "; `server-name` and `trust` in the target file say which certificate it must show",
        // No such command, or not now (RFC 4954 4, RFC 5321 4.2.4).
        Problem::Login(reply) if (500..=504).contains(&reply.code) => {
            "; no login is taken there at all: `submission` in the target file names the port that users hand mail over at"
        }
        _ => "",
    };
    Looked { found: format!("{what}: {problem}{hint}"), meaning }
}
