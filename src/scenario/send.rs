//! A message as a user's client sends it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    attachment::Attachment,
    receipt::Receipt,
    words::{Host, Mailbox},
};
use crate::evidence::Role;

/// A message as a user's client sends it.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Send {
    /// Its name in this scenario.
    pub id: String,
    /// Who: the reverse path and, unless `header-from` says otherwise, From.
    pub from: Mailbox,
    /// The user who logs in, where that is somebody else; one of `posta` sends from there under whatever name.
    #[serde(default, rename = "as")]
    pub login: Option<Mailbox>,
    /// From, where it differs from the reverse path.
    #[serde(default)]
    pub header_from: Option<Mailbox>,
    /// To.
    #[serde(default)]
    pub to: Vec<Mailbox>,
    /// Cc.
    #[serde(default)]
    pub cc: Vec<Mailbox>,
    /// Bcc, written into the header as no client should.
    #[serde(default)]
    pub bcc: Vec<Mailbox>,
    /// RCPT TO, where it differs from To and Cc together.
    #[serde(default)]
    pub rcpt: Option<Vec<Mailbox>>,
    /// Where addresses are written in capitals, as if Caps Lock were on.
    #[serde(default)]
    pub in_capitals: Vec<Written>,
    /// Subject; the id where absent. Folded at its line breaks.
    #[serde(default)]
    pub subject: Option<String>,
    /// Text; a sentence where absent.
    #[serde(default)]
    pub text: Option<String>,
    /// How the text is encoded.
    #[serde(default)]
    pub encoding: TextEncoding,
    /// The user's own signature, within the message (S/MIME).
    #[serde(default)]
    pub sign: Option<UserSignature>,
    /// X-TipoRicevuta: the form of delivery receipt asked for; absent where absent.
    #[serde(default)]
    pub receipt: Option<Receipt>,
    /// Attachments.
    #[serde(default)]
    pub attach: Vec<Attachment>,
    /// Header fields set to something else, or added; several values make several fields. Folded at their line breaks.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, FieldValues>")]
    pub headers: BTreeMap<String, FieldValues>,
    /// Header fields left out.
    #[serde(default)]
    pub without: Vec<String>,
    /// How the connection to the access point is secured.
    #[serde(default)]
    pub tls: ClientTls,
    /// By which mechanism the user logs in.
    #[serde(default)]
    pub auth: ClientAuth,
    /// So many messages like it are sent at the same moment, each with a Message-ID of its own.
    #[serde(default = "one")]
    #[schemars(range(min = 1, max = 500))]
    pub copies: u16,
}

fn one() -> u16 {
    1
}

/// How a user's client secures its connection: to the access point (RFC 6109 5.3), and to mailboxes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ClientTls {
    /// By STARTTLS (STLS in POP3), before the password, as on port 587.
    #[default]
    Starttls,
    /// From the first octet on, as on port 465 (RFC 8314).
    Implicit,
}

/// How a client logs in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ClientAuth {
    /// AUTH PLAIN (RFC 4616).
    #[default]
    Plain,
    /// AUTH LOGIN, the older one that clients still use.
    Login,
}

impl Send {
    /// A message without anything special.
    pub fn plain(id: String, from: Mailbox, to: Mailbox) -> Self {
        Self {
            id,
            from,
            login: None,
            header_from: None,
            to: vec![to],
            cc: Vec::new(),
            bcc: Vec::new(),
            rcpt: None,
            in_capitals: Vec::new(),
            subject: None,
            text: None,
            encoding: TextEncoding::default(),
            sign: None,
            receipt: None,
            attach: Vec::new(),
            headers: BTreeMap::new(),
            without: Vec::new(),
            tls: ClientTls::default(),
            auth: ClientAuth::default(),
            copies: one(),
        }
    }

    /// Through whose host the message enters the world: that of the user who logs in.
    pub fn submitted_at(&self) -> Option<Host> {
        self.login.as_ref().unwrap_or(&self.from).host()
    }

    /// The receiving provider that all recipients are at, where they are at one.
    pub fn recipients_provider(&self) -> Option<Role> {
        let mut hosts = self.recipients().into_iter().map(Mailbox::host);
        let Some(Some(Host::Gateway(role))) = hosts.next() else { return None };
        (role != Role::Sender && hosts.all(|host| host == Some(Host::Gateway(role)))).then_some(role)
    }

    /// Every recipient of the SMTP transaction, in order.
    pub fn recipients(&self) -> Vec<&Mailbox> {
        match &self.rcpt {
            Some(rcpt) => rcpt.iter().collect(),
            None => self.to.iter().chain(&self.cc).collect(),
        }
    }
}

/// The value of a header field, or of several of one name.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "not a field's value: write text, or a list of texts for several fields of this name")]
pub enum FieldValues {
    /// One field.
    One(String),
    /// A field for each.
    Several(Vec<String>),
}

impl FieldValues {
    /// Each value.
    pub fn values(&self) -> &[String] {
        match self {
            FieldValues::One(value) => std::slice::from_ref(value),
            FieldValues::Several(values) => values,
        }
    }
}

impl From<String> for FieldValues {
    fn from(value: String) -> Self {
        FieldValues::One(value)
    }
}

/// A place in which a send's addresses are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Written {
    /// MAIL FROM.
    MailFrom,
    /// RCPT TO.
    RcptTo,
    /// The fields From, To and Cc.
    Header,
}

/// How a text is encoded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum TextEncoding {
    /// In base64.
    #[default]
    #[serde(rename = "base64")]
    Base64,
    /// As it is, in UTF-8, for which the session needs 8BITMIME.
    #[serde(rename = "8bit")]
    EightBit,
}

/// How a user signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum UserSignature {
    /// Beside the content, which stays readable: multipart/signed.
    Detached,
    /// Around the content, which the whole message then is: application/pkcs7-mime.
    Opaque,
}
