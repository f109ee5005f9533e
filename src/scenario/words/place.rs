//! Mailboxes and other places, in role names.

use std::{fmt, str::FromStr};

use crate::{
    evidence::{Party, Role},
    yaml::unknown,
};

/// A mailbox in role names (`mario@sender`), or a literal address with a dot in its domain.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mailbox {
    /// A mailbox of someone who plays.
    At {
        /// Local part; [`SERVICE`](super::SERVICE) is the service mailbox whatever its address.
        user: String,
        /// `sender`, `receiver`, `second-receiver` or `posta`.
        host: Host,
    },
    /// Any other address, written as is.
    Literal(String),
}

/// Who has mailboxes in a scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Host {
    /// A gateway.
    Gateway(Role),
    /// The ordinary mail host.
    Posta,
}

/// Where messages can be expected.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// A mailbox: messages that arrived there.
    Mailbox(Mailbox),
    /// `virus-store@sender`: what a provider keeps there (RFC 6109 2.2.4).
    VirusStore(Role),
    /// `access-point@sender`: what it refuses in the SMTP session.
    AccessPoint(Role),
    /// `incoming-point@receiver`: what it refuses in the SMTP session.
    IncomingPoint(Role),
}

impl FromStr for Host {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "sender" => Ok(Host::Gateway(Role::Sender)),
            "receiver" => Ok(Host::Gateway(Role::Receiver)),
            "second-receiver" => Ok(Host::Gateway(Role::SecondReceiver)),
            "posta" => Ok(Host::Posta),
            _ => Err(unknown("role", text, ["sender", "receiver", "second-receiver", "posta"])),
        }
    }
}

impl FromStr for Mailbox {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let Some((user, host)) = text.rsplit_once('@').filter(|(user, host)| !user.is_empty() && !host.is_empty())
        else {
            return Err(format!(
                "`{text}` is not a mailbox: write `user@sender`, `user@receiver`, `carla@posta`, or an address whose \
                 domain has a dot"
            ));
        };
        if host.contains('.') {
            return Ok(Mailbox::Literal(text.to_owned()));
        }
        Ok(Mailbox::At { user: user.to_owned(), host: host.parse()? })
    }
}

impl FromStr for Place {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mailbox: Mailbox = text.parse()?;
        match &mailbox {
            Mailbox::At { user, host: Host::Gateway(role) } => Ok(match user.as_str() {
                "virus-store" => Place::VirusStore(*role),
                "access-point" => Place::AccessPoint(*role),
                "incoming-point" => Place::IncomingPoint(*role),
                _ => Place::Mailbox(mailbox),
            }),
            Mailbox::At { host: Host::Posta, .. } => Ok(Place::Mailbox(mailbox)),
            Mailbox::Literal(_) => Err(format!(
                "nobody can look into `{text}`: messages are expected at mailboxes of `sender`, `receiver` and `posta`"
            )),
        }
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Party::from(*self).fmt(f)
    }
}

impl fmt::Display for Mailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Mailbox::At { user, host } => write!(f, "{user}@{host}"),
            Mailbox::Literal(address) => f.write_str(address),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Mailbox(mailbox) => mailbox.fmt(f),
            Place::VirusStore(role) => write!(f, "virus-store@{role}"),
            Place::AccessPoint(role) => write!(f, "access-point@{role}"),
            Place::IncomingPoint(role) => write!(f, "incoming-point@{role}"),
        }
    }
}

impl From<Host> for Party {
    fn from(host: Host) -> Self {
        match host {
            Host::Gateway(role) => role.into(),
            Host::Posta => Party::Posta,
        }
    }
}

impl Host {
    /// The role that it plays, where it is a gateway.
    pub fn role(self) -> Option<Role> {
        match self {
            Host::Gateway(role) => Some(role),
            Host::Posta => None,
        }
    }
}

impl Mailbox {
    /// Who holds it, where someone who plays does.
    pub fn host(&self) -> Option<Host> {
        match self {
            Mailbox::At { host, .. } => Some(*host),
            Mailbox::Literal(_) => None,
        }
    }
}
