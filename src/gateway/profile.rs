//! Who a gateway is, and every choice that the norm leaves to a provider.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr},
};

use jiff::{SignedDuration, Timestamp};

use super::{choices::Choices, compose::Dialect, deviation::Lapse};
use crate::{
    fault::{DaticertEdit, Deviation, Edit, Fact, HeaderEdit, TextEdit, Version},
    message::Kind,
    net::Limits,
    state::{Antivirus, MailboxState, OrdinaryMail, StartTls},
};

/// A provider's gateway, wholly described.
#[derive(Clone, Debug)]
pub struct Profile {
    /// Short name: `alfa`, `bravo`, `delta`, `flawed`.
    pub name: String,
    /// `providerName` in the directory.
    pub provider: String,
    /// Host name, also in its TLS certificate.
    pub host: String,
    /// Mail domains it manages; users live in each of them.
    pub domains: Vec<String>,
    /// The one of them that its secondary operating environment manages (4.5).
    pub secondary_domain: String,
    /// The address of From, which the signing certificate bears.
    pub address: String,
    /// `mailReceipt`: its service mailbox.
    pub receipt_mailbox: String,
    /// How it writes.
    pub dialect: Dialect,
    /// Id of its signing certificate in the test PKI.
    pub signer: String,
    /// Id of its TLS certificate in the test PKI.
    pub tls: String,
    /// The password of users who have none of their own.
    pub password: String,
    /// Where it listens.
    pub bind: Bind,
    /// Mailboxes, in each domain.
    pub mailboxes: Vec<MailboxSettings>,
    /// Recipients of one submission, at most (DM 2/11/2005 art. 12: 50 at least).
    pub recipients: usize,
    /// Recipients times bytes of one submission, at most (3.1.1; art. 12: 30 MB at least).
    pub volume: usize,
    /// Bounds of submission sessions; `message` is the size that SMTP itself refuses.
    pub submission: Limits,
    /// Bounds of incoming sessions: wider, for envelopes are larger than what they carry.
    pub reception: Limits,
    /// Whether it looks for viruses.
    pub antivirus: Antivirus,
    /// Whether its incoming point can be reached.
    pub incoming: Incoming,
    /// Whether its incoming point offers STARTTLS; it must (5.3).
    pub upgrade: StartTls,
    /// So many answers to messages are lost at its incoming point, the first ones.
    pub replies_lost: usize,
    /// How long an infected message is kept; for ever where there is no limit (2.2.4: thirty months at least).
    pub virus_retention: Option<SignedDuration>,
    /// What the norm leaves to it.
    pub choices: Choices,
    /// Sessions with one host at a time; with one, messages arrive in the order in which they were queued.
    pub channels: usize,
    /// Delays between attempts to reach a host; the last one repeats.
    pub retries: Vec<SignedDuration>,
    /// What is done wrong on purpose with messages of a kind.
    pub deviations: Vec<Deviation>,
    /// What else is.
    pub lapses: Vec<Lapse>,
}

/// A user's mailbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailboxSettings {
    /// Local part.
    pub local: String,
    /// Whether it takes mail.
    pub state: MailboxState,
    /// What becomes of ordinary mail.
    pub ordinary: OrdinaryMail,
    /// Its user's own password.
    pub password: Option<Password>,
    /// An ordinary address that everything delivered is copied to.
    pub forward: Option<String>,
    /// An ordinary address that is told of everything delivered.
    pub notify: Option<String>,
}

/// A password; what shows it shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

/// Where a gateway listens; on port 0, on a free one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bind {
    /// The address.
    pub address: IpAddr,
    /// The port for users, with STARTTLS.
    pub submission: u16,
    /// The port for users, with TLS from the first byte.
    pub submissions: u16,
    /// The port for other hosts.
    pub incoming: u16,
}

/// Whether the incoming point can be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Incoming {
    /// It can.
    Open,
    /// Every connection is turned away before this instant.
    UnreachableUntil(Timestamp),
}

impl Profile {
    /// Alfa Posta Certificata.
    pub fn alfa() -> Self {
        Self {
            name: "alfa".into(),
            provider: "Alfa Posta Certificata S.p.A.".into(),
            host: "mx.alfa.example".into(),
            domains: vec!["alfa.example".into(), "legal.alfa.example".into()],
            secondary_domain: "legal.alfa.example".into(),
            address: "posta-certificata@alfa.example".into(),
            receipt_mailbox: "ricevute@alfa.example".into(),
            dialect: Dialect::Alfa,
            signer: "alfa".into(),
            tls: "alfa".into(),
            ..Self::of_any_provider()
        }
    }

    /// Bravo Recapiti Certificati.
    pub fn bravo() -> Self {
        Self {
            name: "bravo".into(),
            provider: "Bravo Recapiti Certificati S.r.l.".into(),
            host: "mx.bravo.example".into(),
            domains: vec!["bravo.example".into(), "studio.bravo.example".into(), "gestore.bravo.example".into()],
            secondary_domain: "studio.bravo.example".into(),
            address: "posta-certificata@gestore.bravo.example".into(),
            receipt_mailbox: "posta-certificata@gestore.bravo.example".into(),
            dialect: Dialect::Bravo,
            signer: "bravo".into(),
            tls: "bravo".into(),
            choices: Choices::of_bravo(),
            // Wider than the law asks for.
            recipients: 100,
            volume: 60 << 20,
            ..Self::of_any_provider()
        }
    }

    /// Delta PEC: in the layout of other large providers, and the other way wherever alfa and bravo go the same.
    pub fn delta() -> Self {
        Self {
            name: "delta".into(),
            provider: "Delta PEC S.p.A.".into(),
            host: "mx.delta.example".into(),
            domains: vec!["delta.example".into(), "ordini.delta.example".into()],
            secondary_domain: "ordini.delta.example".into(),
            address: "posta-certificata@delta.example".into(),
            receipt_mailbox: "gestore-ricevute@delta.example".into(),
            dialect: Dialect::Delta,
            signer: "delta".into(),
            tls: "delta".into(),
            choices: Choices::contrary(),
            retries: [1, 10, 20, 40, 90, 180].map(SignedDuration::from_mins).into(),
            ..Self::of_any_provider()
        }
    }

    /// Bravo with a handful of mistakes, none of which stops a transaction: it is there to be shown failing.
    pub fn flawed() -> Self {
        let header = |name: &str, pattern: &str, by: &str| {
            Edit::Header(HeaderEdit::Replace { name: name.into(), pattern: pattern.into(), by: by.into() })
        };
        let deviations = [
            // A Subject prefix without its colon.
            (Kind::Accettazione, header("Subject", "ACCETTAZIONE: ", "ACCETTAZIONE ")),
            // The RFC's English in place of the wire's Italian.
            (Kind::PostaCertificata, header("From", "Per conto di: ", "On behalf of: ")),
            // Nothing refers to the client's msgid.
            (Kind::PresaInCarico, Edit::Header(HeaderEdit::Remove("X-Riferimento-Message-ID".into()))),
            // Text and certification data name different hours.
            (
                Kind::AvvenutaConsegna,
                Edit::Text(TextEdit { fact: Fact::Time, by: "00:00:00".into(), version: Version::Both }),
            ),
            // No code in the form of Nota 12.
            (Kind::ErroreConsegna, Edit::Daticert(DaticertEdit::Remove("postacert/dati/errore-esteso".into()))),
        ];
        Self {
            name: "flawed".into(),
            deviations: deviations.into_iter().map(|(on, edit)| Deviation { on, edit }).collect(),
            lapses: vec![Lapse::ForgetsEnvelopes, Lapse::SendsInClear],
            ..Self::bravo()
        }
    }

    /// The mailbox of an address, letter case ignored; `None` where it is unknown or of another provider.
    pub fn mailbox(&self, address: &str) -> Option<&MailboxSettings> {
        let local = super::address::local(address);
        self.mailboxes
            .iter()
            .find(|mailbox| mailbox.local.eq_ignore_ascii_case(local))
            .filter(|_| self.manages(address))
    }

    /// Whether this is the password of the user with this address.
    pub fn admits(&self, address: &str, password: &str) -> bool {
        let Some(mailbox) = self.mailbox(address) else { return false };
        let own = mailbox.password.as_ref().map_or(self.password.as_str(), |own| &own.0);
        let equal = aws_lc_rs::constant_time::verify_slices_are_equal(own.as_bytes(), password.as_bytes()).is_ok();
        equal && mailbox.state != MailboxState::Disabled
    }

    /// The mailbox with this local part, to be set up otherwise.
    pub fn mailbox_mut(&mut self, local: &str) -> &mut MailboxSettings {
        let at = self.mailboxes.iter().position(|mailbox| mailbox.local == local).unwrap_or_else(|| {
            self.mailboxes.push(MailboxSettings::new(local, MailboxState::Enabled));
            self.mailboxes.len() - 1
        });
        &mut self.mailboxes[at]
    }

    /// Whether an address is in a domain of this provider.
    pub fn manages(&self, address: &str) -> bool {
        let domain = super::address::domain(address);
        self.domains.iter().any(|own| own.eq_ignore_ascii_case(domain))
    }

    fn of_any_provider() -> Self {
        let users = ["mario", "anna", "luca", "giulia"].map(|user| MailboxSettings::new(user, MailboxState::Enabled));
        let others = [
            MailboxSettings::new("disabilitata", MailboxState::Disabled),
            MailboxSettings::new("piena", MailboxState::Full),
        ];
        Self {
            name: String::new(),
            provider: String::new(),
            host: String::new(),
            domains: Vec::new(),
            secondary_domain: String::new(),
            address: String::new(),
            receipt_mailbox: String::new(),
            dialect: Dialect::Alfa,
            signer: String::new(),
            tls: String::new(),
            password: "prova-e-basta".into(),
            bind: Bind::default(),
            mailboxes: users.into_iter().chain(others).collect(),
            recipients: 50,
            volume: 30 << 20,
            submission: Limits { recipients: 1000, message: 48 << 20, ..Limits::default() },
            reception: Limits { recipients: 1000, message: 128 << 20, ..Limits::default() },
            antivirus: Antivirus::On,
            incoming: Incoming::Open,
            upgrade: StartTls::Offered,
            replies_lost: 0,
            virus_retention: None,
            choices: Choices::usual(),
            channels: 1,
            retries: [5, 15, 30, 60, 120, 240].map(SignedDuration::from_mins).into(),
            deviations: Vec::new(),
            lapses: Vec::new(),
        }
    }
}

impl Password {
    /// This one.
    pub fn new(password: String) -> Self {
        Self(password)
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password")
    }
}

impl Default for Bind {
    fn default() -> Self {
        Self { address: Ipv4Addr::LOCALHOST.into(), submission: 0, submissions: 0, incoming: 0 }
    }
}

impl MailboxSettings {
    /// A mailbox in the given state, ordinary mail wrapped, without services.
    pub fn new(local: &str, state: MailboxState) -> Self {
        Self { local: local.into(), state, ordinary: OrdinaryMail::Wrap, password: None, forward: None, notify: None }
    }
}
