//! A scenario file, as typed. Unknown keys are refused; what the types cannot tell is in the `check` beside it.

use std::{borrow::Cow, collections::BTreeMap};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;

use super::{
    expected::Expected,
    inject::Inject,
    words::{Answers, ClauseRef, Host, LegalInstant, Mailbox, Place, Size, Span},
};
use crate::{evidence::Role, message::Kind};

/// A scenario: what is given, what is done, and what every mailbox then holds.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[serde(expecting = "a scenario, with `title`, `clauses` and `steps`,")]
#[schemars(title = "A scenario of pec-conformance")]
pub struct Document {
    /// One sentence: what happens, and who holds what afterwards.
    pub title: String,
    /// The clauses it is about.
    #[schemars(length(min = 1))]
    pub clauses: Vec<ClauseRef>,
    /// For selection.
    #[serde(default)]
    pub tags: Vec<String>,
    /// The legal clock at the first step.
    #[serde(default)]
    #[schemars(with = "Option<LegalInstant>")]
    pub starts: LegalInstant,
    /// What differs from two healthy gateways.
    #[serde(default)]
    #[schemars(with = "Option<Given>")]
    pub given: Given,
    /// What happens, in order.
    #[serde(with = "serde_yaml::with::singleton_map_recursive")]
    #[schemars(with = "Vec<Step>", length(min = 1))]
    pub steps: Vec<Step>,
}

/// What differs from two healthy gateways.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Given {
    /// The sender's gateway.
    #[serde(default)]
    #[schemars(with = "Option<GatewayState>")]
    pub sender: GatewayState,
    /// The receiver's gateway.
    #[serde(default)]
    #[schemars(with = "Option<GatewayState>")]
    pub receiver: GatewayState,
    /// The ordinary mail host.
    #[serde(default)]
    #[schemars(with = "Option<PostaState>")]
    pub posta: PostaState,
    /// Mailboxes that are not simply enabled.
    #[serde(default)]
    #[schemars(with = "Option<BTreeMap<String, MailboxState>>")]
    pub mailboxes: BTreeMap<Mailbox, MailboxState>,
    /// Defective certificates of the test PKI that the directory lists for a provider beside its good ones: `expired`,
    /// `revoked`, `no-key-usage`, ...
    #[serde(default)]
    pub also_listed: BTreeMap<Role, Vec<String>>,
    /// The revocation lists that the gateways have.
    #[serde(default)]
    pub revocation_lists: RevocationLists,
}

/// Which revocation lists are at hand (RFC 6109 2.2.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RevocationLists {
    /// Those in force.
    #[default]
    Current,
    /// Those of half a year before: fetching them has failed ever since.
    Stale,
    /// None.
    Missing,
}

/// The state of a gateway.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct GatewayState {
    /// Whether viruses are seen.
    #[serde(default)]
    pub antivirus: Antivirus,
    /// Which of its valid signing certificates it signs with.
    #[serde(default)]
    pub certificate: SigningCertificate,
    /// Which of its operating environments its users are in.
    #[serde(default)]
    pub environment: Environment,
    /// No host reaches its incoming point for so long after the start.
    #[serde(default)]
    pub unreachable_for: Option<Span>,
    /// Messages of these kinds never leave it; what is then missing is the scenario's doing.
    #[serde(default)]
    pub loses: Vec<Kind>,
    /// Messages of these kinds leave it so much later than they are made.
    #[serde(default)]
    pub delays: BTreeMap<Kind, Span>,
    /// Whether its incoming point offers STARTTLS.
    #[serde(default)]
    pub starttls: StartTls,
}

/// The state of the ordinary mail host.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct PostaState {
    /// What it does with mail for users it does not know.
    #[serde(default)]
    pub unknown_users: UnknownUsers,
}

/// What the ordinary mail host does with mail for users it does not know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum UnknownUsers {
    /// Refused in the SMTP session.
    #[default]
    Refuse,
    /// Taken, and answered with a delivery status notification (RFC 3464).
    Bounce,
}

/// Whether an incoming point offers STARTTLS, as the norm demands (RFC 6109 5.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum StartTls {
    /// It does.
    #[default]
    Offered,
    /// It does not.
    Withheld,
}

/// Whether a gateway sees viruses. Programs that read YAML 1.1 take the bare words for booleans, so these mean the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Antivirus {
    /// It does.
    #[default]
    #[serde(alias = "true")]
    On,
    /// It misses them all.
    #[serde(alias = "false")]
    Off,
}

impl JsonSchema for Antivirus {
    fn schema_name() -> Cow<'static, str> {
        "Antivirus".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let description = "Whether a gateway sees viruses: `on`, or `off`, where it misses them all. An editor that reads \
                           YAML 1.1 takes either word for a boolean.";
        json_schema!({ "enum": ["on", "off", true, false], "description": description })
    }
}

/// Which of a gateway's valid signing certificates it signs with (RFC 6109 4.5: renewal with an overlap).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SigningCertificate {
    /// The one that is about to expire.
    #[default]
    First,
    /// Its successor.
    Renewed,
}

/// An operating environment of a provider (RFC 6109 4.5): each has its record in the directory, with its own domains.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Environment {
    /// The main one.
    #[default]
    Main,
    /// Another, marked by `providerUnit`.
    Secondary,
}

/// The state of a mailbox.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct MailboxState {
    /// Whether it takes messages.
    #[serde(default)]
    pub state: Availability,
    /// What happens to ordinary mail for it (RFC 6109 2.2.2).
    #[serde(default)]
    pub ordinary_mail: OrdinaryMail,
    /// Where a copy of everything goes.
    #[serde(default)]
    pub forward: Option<Mailbox>,
    /// Where word of every arrival goes.
    #[serde(default)]
    pub notify: Option<Mailbox>,
}

/// Whether a mailbox takes messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Availability {
    /// It does.
    #[default]
    Enabled,
    /// It exists and is switched off.
    Disabled,
    /// It has no room.
    Full,
}

/// What a mailbox's owner wants of ordinary mail.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OrdinaryMail {
    /// Delivered in an anomaly envelope.
    #[default]
    Wrap,
    /// Refused in the SMTP session.
    Refuse,
}

/// Something done, or something that must hold.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// A user's client sends a message: through the provider's access point, or from the ordinary mail host.
    Send(Box<Send>),
    /// The harness puts an envelope or a notification on the wire, in a provider's place, wrong or rare in one way.
    Inject(Box<Inject>),
    /// A client that keeps to no rule talks to a point, line by line.
    Dialogue(Dialogue),
    /// The legal clock moves on.
    Advance(Span),
    /// When nothing more can come, what is new since the step before: exactly this, and nothing anywhere else.
    Expect(Expectation),
    /// The norm leaves a choice: one of these holds.
    Either(Vec<Alternative>),
    /// The rules report exactly these on what the harness made wrong on purpose: by the name of what was injected, or sent
    /// where `given` makes a gateway break the norm; by `incoming-point@receiver` on its sessions.
    ExpectFindings(BTreeMap<String, Vec<String>>),
}

/// An SMTP session, word for word. It begins behind the greeting; what follows STARTTLS is said over TLS.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Dialogue {
    /// The name of the message handed over in it, whose Message-ID is then `<name@client.example>`.
    #[serde(default)]
    pub id: Option<String>,
    /// `access-point@sender`, `incoming-point@receiver`.
    pub with: Place,
    /// What is said, in order.
    #[schemars(length(min = 1))]
    pub lines: Vec<Line>,
}

/// Something said in a session, and what must be answered. Where nothing is said, one more answer to what was said before
/// is listened to: `{answer: 250}`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Line {
    /// The words; CRLF is put behind them, and a mailbox in them is written as its address.
    #[serde(default)]
    pub say: Option<String>,
    /// In place of words: this user logs in.
    #[serde(default)]
    pub login: Option<Mailbox>,
    /// The answer's code; without one, none is waited for.
    #[serde(default)]
    pub answer: Option<Answers>,
    /// A keyword that the answer must offer (EHLO).
    #[serde(default)]
    pub offers: Option<String>,
}

/// What is new, by place.
pub type Expectation = BTreeMap<Place, Vec<Expected>>;

/// One way the norm allows.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Alternative {
    /// What the gateways chose, as the report says it.
    pub when: String,
    /// What is new then.
    pub expect: Expectation,
}

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

/// The form of a delivery receipt (RFC 6109 3.3.2), as asked for in X-TipoRicevuta.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Receipt {
    /// With the original message.
    Completa,
    /// With the original message, attachments as hashes.
    Breve,
    /// Without the original message.
    Sintetica,
}

/// An attachment.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Attachment {
    /// Its file name.
    pub name: String,
    /// How the name is written.
    #[serde(default)]
    pub name_as: NameAs,
    /// Its media type; from the name where absent.
    #[serde(default, rename = "type")]
    pub media_type: Option<String>,
    /// So many bytes, always the same ones.
    #[serde(default)]
    pub size: Option<Size>,
    /// This text.
    #[serde(default)]
    pub text: Option<String>,
    /// A harmless file that antivirus programs are agreed to detect.
    #[serde(default)]
    pub virus: Option<Virus>,
    /// What is in it lies in a zip archive that only this password opens.
    #[serde(default)]
    pub password: Option<String>,
    /// So many bytes that the whole message has this size.
    #[serde(default)]
    pub fills: Option<Size>,
    /// An ordinary message, attached as such.
    #[serde(default)]
    pub mail: Option<Nested>,
    /// A message that lies in the mailbox of whoever sends this, attached as such.
    #[serde(default)]
    pub received: Option<Expected>,
}

/// An ordinary message inside another.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Nested {
    /// Subject.
    pub subject: String,
    /// Text.
    pub text: String,
    /// Attachments.
    #[serde(default)]
    pub attach: Vec<Attachment>,
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

/// How a file name is written in a header, rightly or as it is met.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum NameAs {
    /// In quotes; where that cannot be, in percent signs with its charset (RFC 2231).
    #[default]
    Standard,
    /// Its bytes in UTF-8, in quotes.
    RawUtf8,
    /// Its bytes in ISO-8859-1, in quotes.
    RawLatin1,
    /// In quotes, folded at every blank.
    Folded,
    /// As an encoded word in quotes, which RFC 2047 forbids and many clients write.
    EncodedWord,
}

/// The file that antivirus programs are agreed to detect, and how it is wrapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Virus {
    /// As is.
    Eicar,
    /// In a zip archive.
    EicarInZip,
}

impl Given {
    /// Whether a gateway is made to break the norm, so that rules have something to report.
    pub fn plants_faults(&self) -> bool {
        [&self.sender, &self.receiver].into_iter().any(|gateway| {
            !gateway.loses.is_empty() || !gateway.delays.is_empty() || gateway.starttls == StartTls::Withheld
        })
    }
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
        }
    }

    /// Through whose host the message enters the world: that of the user who logs in.
    pub fn submitted_at(&self) -> Option<Host> {
        self.login.as_ref().unwrap_or(&self.from).host()
    }

    /// Every recipient of the SMTP transaction, in order.
    pub fn recipients(&self) -> Vec<&Mailbox> {
        match &self.rcpt {
            Some(rcpt) => rcpt.iter().collect(),
            None => self.to.iter().chain(&self.cc).collect(),
        }
    }
}
