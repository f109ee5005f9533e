//! Whole transactions over real sockets: real TLS, real signatures, a legal clock that moves when told to.

mod doors;
mod failure;
mod incoming;
mod running;
mod store;
mod transaction;

use std::sync::Arc;

use crate::{
    evidence::{Service, SmtpPath},
    gateway::{Gateway, Lab, OrdinaryHost, Posta, Profile, Stored},
    message::{Kind, Message},
    net::{AuthMechanism, Credentials, Destination, Reply, Security, Sent},
    pki::Pki,
};

/// Two providers and the Internet.
pub(super) struct World {
    pub lab: Arc<Lab>,
    pub sender: Arc<Gateway>,
    pub receiver: Arc<Gateway>,
    pub posta: Arc<Posta>,
}

impl World {
    pub async fn of(sender: Profile, receiver: Profile) -> Self {
        Self::with(sender, receiver, OrdinaryHost::default()).await
    }

    pub async fn with(sender: Profile, receiver: Profile, posta: OrdinaryHost) -> Self {
        let lab = Lab::new(Pki::load().unwrap(), "2026-03-02T08:30:00Z".parse().unwrap());
        let posta = lab.start_ordinary(posta).await.unwrap();
        let receiver = lab.start(receiver).await.unwrap();
        let sender = lab.start(sender).await.unwrap();
        Self { lab, sender, receiver, posta }
    }

    /// Alfa sends to bravo, then bravo to alfa.
    pub async fn both() -> [Self; 2] {
        [Self::of(Profile::alfa(), Profile::bravo()).await, Self::of(Profile::bravo(), Profile::alfa()).await]
    }

    /// A sender's user's address.
    pub fn at_sender(&self, local: &str) -> String {
        format!("{local}@{}", self.sender.profile().domains[0])
    }

    /// A receiver's user's address.
    pub fn at_receiver(&self, local: &str) -> String {
        format!("{local}@{}", self.receiver.profile().domains[0])
    }

    /// mario submits a message to the recipients, in To.
    pub async fn submit(&self, to: &[&str], message: &Mailing<'_>) -> Sent {
        let from = self.at_sender("mario");
        let path = SmtpPath { from: from.clone(), to: to.iter().map(ToString::to_string).collect() };
        let bytes = message.bytes(&from, to);
        let sent = self.submit_as(&from, &path, &bytes).await;
        self.lab.settle().await;
        sent
    }

    pub async fn submit_as(&self, user: &str, path: &SmtpPath, bytes: &[u8]) -> Sent {
        let login = Credentials {
            user: user.into(),
            password: self.sender.profile().password.clone(),
            mechanism: AuthMechanism::Plain,
        };
        let destination = Destination {
            address: self.sender.submission_addr(),
            host: self.sender.profile().host.clone(),
            service: Service::Submission,
            security: Security::StartTls,
            trust: None,
        };
        self.lab.client("client.example").send(&destination, Some(&login), path, bytes).await.unwrap()
    }

    /// Anyone hands the receiver's incoming point a message.
    pub async fn inject(&self, from: &str, to: &[&str], bytes: &[u8]) -> Sent {
        let destination = Destination {
            address: self.receiver.incoming_addr(),
            host: self.receiver.profile().host.clone(),
            service: Service::Incoming,
            security: Security::WhenOffered,
            trust: None,
        };
        let path = SmtpPath { from: from.into(), to: to.iter().map(ToString::to_string).collect() };
        let sent = self.lab.client("outside.example").send(&destination, None, &path, bytes).await.unwrap();
        self.lab.settle().await;
        sent
    }

    pub async fn advance(&self, hours: i64) {
        self.lab.advance(jiff::SignedDuration::from_hours(hours)).await;
    }

    /// What mario has received, by kind.
    pub fn told(&self) -> Vec<Kind> {
        kinds(&self.sender.mailbox(&self.at_sender("mario")))
    }

    pub fn service(&self) -> Vec<Kind> {
        kinds(&self.sender.mailbox(&self.sender.profile().receipt_mailbox))
    }

    pub fn delivered(&self, local: &str) -> Vec<Kind> {
        kinds(&self.receiver.mailbox(&self.at_receiver(local)))
    }

    /// The certification data of mario's last message.
    pub fn last_told(&self) -> crate::message::Daticert {
        let last = self.sender.mailbox(&self.at_sender("mario")).pop().unwrap();
        Message::read(last.bytes).unwrap().daticert.unwrap().data.unwrap()
    }
}

/// What is written in a submission.
#[derive(Default)]
pub(super) struct Mailing<'a> {
    /// Header lines in place of To, or further ones.
    pub headers: &'a str,
    pub body: &'a str,
}

impl Mailing<'_> {
    pub fn bytes(&self, from: &str, to: &[&str]) -> Vec<u8> {
        let to = if self.headers.contains("To: ") { String::new() } else { format!("To: {}\r\n", to.join(",\r\n ")) };
        let body = if self.body.is_empty() { "Gentile Anna,\r\n.in allegato il contratto.\r\n" } else { self.body };
        format!(
            "Date: Mon, 2 Mar 2026 09:29:00 +0100\r\nFrom: Mario Rossi <{from}>\r\n{to}Subject: Contratto n. 42\r\n\
             Message-ID: <abc$1@client.example>\r\n{}\r\n{body}",
            self.headers
        )
        .into_bytes()
    }
}

pub(super) fn kinds(mailbox: &[Stored]) -> Vec<Kind> {
    mailbox.iter().map(|stored| Message::read(stored.bytes.clone()).unwrap().kind.unwrap()).collect()
}

pub(super) fn code(reply: &Reply) -> (u16, String) {
    (reply.code, reply.enhanced().unwrap_or_default())
}
