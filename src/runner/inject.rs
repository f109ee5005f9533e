//! What the harness composes in a provider's place (a scenario's `inject`).

use jiff::Timestamp;

use super::mail;
use crate::{
    clock::LegalTime,
    evidence::{PlayId, Role, SmtpPath},
    fault,
    gateway::compose::{Certified, Composer, DeliveryError, Notice, ReceiptForm, Recipient, Typology},
    message::{Mail, Message},
    scenario::{
        inject::{self, Digest, Encoding, Inject, Manner, Notification, Provider},
        receipt::Receipt,
        send::Send,
        words::{Host, Mailbox, SERVICE},
    },
    smime::{Signer, sign},
    target::{TargetError, World},
};

/// A message ready to be put on the wire.
pub struct Injection {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// At whose incoming point.
    pub to: Role,
    /// Paths.
    pub path: SmtpPath,
    /// What names it on the wire.
    pub message_id: String,
    /// The identifier of the message that it speaks of.
    pub identifier: String,
}

/// Composes what a scenario injects. `sent` is the message sent before that a notification speaks of, with the identifier
/// that its provider gave it; `client` writes the original, at the time claimed.
pub fn compose(
    inject: &Inject,
    world: &World,
    sent: Option<(&Send, &str)>,
    client: &mail::Client<'_>,
) -> Result<Injection, TargetError> {
    let at = client.at;
    let provider = inject.notification.as_ref().map_or(Provider::Sender, |notification| notification.by);
    let composer = world
        .composer(provider)
        .ok_or_else(|| TargetError::configuration("the harness cannot sign in this provider's name"))?;
    let mut injection = match (&inject.envelope, &inject.notification) {
        (Some(send), _) => envelope(send, world, &composer, client),
        (None, Some(notification)) => self::notification(notification, world, &composer, sent, client),
        (None, None) => return Err(TargetError::configuration("nothing is given to be injected")),
    };
    injection.bytes = signed(&injection.bytes, inject.signed, &composer.signer, at);
    if let Some(edit) = &inject.edit {
        let signer = match edit.signer() {
            Some(id) => world
                .signer(provider, id)
                .ok_or_else(|| TargetError::configuration(format!("there is no signer `{id}` in the test PKI")))?,
            None => composer.signer,
        };
        injection.bytes = fault::apply(edit, &injection.bytes, Some(&signer), at)
            .map_err(|error| TargetError::configuration(format!("`{}` cannot be edited: {error}", inject.id())))?;
    }
    Ok(injection)
}

/// The transport envelope that the sender's provider would have made (RFC 6109 3.1.5).
fn envelope(send: &Send, world: &World, composer: &Composer, client: &mail::Client<'_>) -> Injection {
    let address = |mailbox: &Mailbox| world.address(mailbox);
    let sender = address(&send.from);
    let identifier = identifier(&send.id, world.play(), &sender);
    let mut original = send.clone();
    original.headers.insert("Message-ID".into(), format!("<{identifier}>").into());
    original.headers.insert("X-Riferimento-Message-ID".into(), mail::msgid(send, world.play()).into());
    let original = client.compose(&original);
    let certified = certified(send, world, &identifier);
    let path = SmtpPath { from: sender, to: send.recipients().into_iter().map(address).collect() };
    Injection {
        bytes: composer.transport_envelope(&certified, &original, &LegalTime::at(client.at)),
        to: send.recipients_provider().unwrap_or(Role::Receiver),
        path,
        message_id: identifier.clone(),
        identifier,
    }
}

/// A notification as it crosses the wire between providers (RFC 6109 3.2, 3.3).
fn notification(
    notification: &Notification,
    world: &World,
    composer: &Composer,
    sent: Option<(&Send, &str)>,
    client: &mail::Client<'_>,
) -> Injection {
    let recipient = world.address(&notification.recipient);
    let (send, identifier) = if let Some((send, identifier)) = sent {
        (send.clone(), identifier.to_owned())
    } else {
        let send = unsent(notification);
        let identifier = identifier(&format!("{}.mai", notification.id), world.play(), &world.address(&send.from));
        (send, identifier)
    };
    let provider = send.from.host().and_then(Host::role).unwrap_or(Role::Sender);
    let to = if notification.kind.is_for_provider() {
        world.address(&Mailbox::At { user: SERVICE.into(), host: Host::Gateway(provider) })
    } else {
        world.address(&send.from)
    };
    let message_id = self::identifier(&notification.id, world.play(), &composer.address);
    let certified = certified(&send, world, &identifier);
    let original = client.compose(&send);
    let original = with_identifier(&original, &identifier, &mail::msgid(&send, world.play()));
    let taken = [recipient.clone()];
    let notice = match notification.kind {
        inject::Notice::PresaInCarico => Notice::ServerAcceptance { taken: &taken, to: &to },
        inject::Notice::AvvenutaConsegna => {
            Notice::Delivery { recipient: &recipient, form: ReceiptForm::Complete, original: &original }
        }
        inject::Notice::ErroreConsegna => {
            let error = DeliveryError { errore: "no-dest", code: "5.1.1", description: "indirizzo non valido" };
            Notice::NonDelivery { recipient: &recipient, error }
        }
        inject::Notice::RilevazioneVirus => {
            Notice::VirusDetection { recipient: &recipient, virus: "EICAR-Test-File", to: &to }
        }
    };
    Injection {
        bytes: composer.notification(&certified, &notice, &message_id, &LegalTime::at(client.at)),
        to: provider,
        path: SmtpPath { from: composer.address.clone(), to: vec![to] },
        message_id,
        identifier,
    }
}

/// The message that nobody ever sent.
fn unsent(notification: &Notification) -> Send {
    let from = notification.from.clone().unwrap_or_else(|| notification.recipient.clone());
    Send::plain(notification.id.clone(), from, notification.recipient.clone())
}

fn with_identifier(original: &[u8], identifier: &str, msgid: &str) -> Vec<u8> {
    let client = format!("Message-ID: {msgid}\r\n");
    let given = format!("Message-ID: <{identifier}>\r\nX-Riferimento-Message-ID: {msgid}\r\n");
    match original.windows(client.len()).position(|window| window == client.as_bytes()) {
        Some(at) => [&original[..at], given.as_bytes(), &original[at + client.len()..]].concat(),
        None => original.to_vec(),
    }
}

fn certified(send: &Send, world: &World, identifier: &str) -> Certified {
    let subject = mail::subject(send);
    let sender = world.address(&send.from);
    let recipients = send.recipients().into_iter().map(|to| {
        let typology = if to.host() == Some(Host::Posta) { Typology::External } else { Typology::Certified };
        Recipient { address: world.address(to), typology }
    });
    Certified {
        reply_to: sender.clone(),
        sender,
        recipients: recipients.collect(),
        subject_raw: mail::encoded(&subject).into_bytes(),
        subject: Some(subject),
        identifier: identifier.to_owned(),
        msgid: Some(mail::msgid(send, world.play())),
        receipt: match send.receipt {
            Some(Receipt::Breve) => ReceiptForm::Brief,
            Some(Receipt::Sintetica) => ReceiptForm::Concise,
            Some(Receipt::Completa) | None => ReceiptForm::Complete,
        },
    }
}

/// An identifier in the form of RFC 6109 2.2.1, always the same for the same name in a play.
fn identifier(name: &str, play: &PlayId, address: &str) -> String {
    let domain = address.rsplit_once('@').map_or("invalid", |(_, domain)| domain);
    format!("opec.{name}{play}.harness1000@{domain}")
}

/// The message signed in a rare manner; as it was where the manner is the ordinary one.
fn signed(bytes: &[u8], manner: Manner, signer: &Signer, at: Timestamp) -> Vec<u8> {
    if manner == Manner::default() {
        return bytes.to_vec();
    }
    let Ok(message) = Message::read(bytes.to_vec()) else { return bytes.to_vec() };
    let Some(signed) = &message.signed else { return bytes.to_vec() };
    let encoding = match manner.encoding {
        Some(Encoding::Ber) => sign::Encoding::Ber,
        Some(Encoding::Der) | None => sign::Encoding::Der,
    };
    let digest = match manner.digest {
        Some(Digest::Sha1) => sign::Digest::Sha1,
        None => sign::Digest::Sha256,
    };
    let cms = signer.sign_with(message.mail.bytes(&signed.content.span), at, encoding, digest);
    let signature = &signed.signature.body;
    let end = bytes[signature.clone()].trim_ascii_end().len() + signature.start;
    let mut out = bytes[..signature.start].to_vec();
    out.extend_from_slice(&fault::base64_lines(&cms));
    out.extend_from_slice(&bytes[end..]);
    match manner.digest {
        Some(Digest::Sha1) => with_micalg(&out, "sha1"),
        None => out,
    }
}

/// micalg says which digest: it is no part of what is signed.
fn with_micalg(bytes: &[u8], name: &str) -> Vec<u8> {
    let Ok(mail) = Mail::read(bytes.to_vec()) else { return bytes.to_vec() };
    let header = mail.root.header("Content-Type").map(|header| header.value.clone()).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes[header.clone()]).replace("sha-256", name).replace("sha256", name);
    [&bytes[..header.start], text.as_bytes(), &bytes[header.end..]].concat()
}
