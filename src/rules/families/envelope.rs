//! Envelopes held against the message inside (RFC 6109 2.1.1.2, 3.1.5, 3.2.2).

use std::collections::{HashMap, HashSet};

use memchr::memrchr;

use crate::{
    evidence::{Party, Seen},
    message::{Mail, Mailbox},
    norm::{
        Level,
        clauses::{access, delivery, formats, incoming, model, security},
    },
};

use crate::rules::{
    Check, Context, Finding, Findings, Location, Rule,
    applies::{has_certified_original, has_data, has_own_header, is_anomaly, is_envelope, is_transport},
    at,
    context::MessageSubject,
    exhibit::role_of,
    families::daticert::is_missing,
    spelling::{bare_identifier, collapsed, same_address, same_identifier, shown_field, unfolded_octets},
};

/// The rules.
pub static RULES: &[Rule] = &[
    Rule {
        id: "envelope/from",
        level: Level::Must,
        clauses: &[
            &model::RFC6109_2_1_ENVELOPE_FROM,
            &access::RFC6109_3_1_5_HEADERS,
            &incoming::RFC6109_3_2_2_HEADERS,
            &security::RFC6109_A_NAMES,
        ],
        question: "Does an envelope's From show `Per conto di:` and the original sender before the provider's address?",
        consequence: "The recipient does not see who wrote.",
        check: Check::Message {
            applies: |subject, context| is_envelope(subject, context) && !subject.senders().is_empty(),
            check: |subject, _, findings| {
                let senders = subject.senders();
                let name = subject.only_mailbox("From").and_then(|from| from.name);
                let shown = name.as_deref().and_then(|name| name.strip_prefix("Per conto di: "));
                if !shown.is_some_and(|shown| senders.iter().any(|sender| same_address(sender, shown))) {
                    let expected = format!("\"Per conto di: {}\" <posta-certificata@[mail domain]>", senders[0]);
                    let found = shown_field(subject.mail(), subject.header("From"));
                    findings.push(Finding::new(expected, found, at::header("From")));
                }
            },
        },
    },
    Rule {
        id: "envelope/message-id",
        level: Level::Must,
        clauses: &[&model::RFC6109_2_2_1_MSGID_HEADERS, &access::RFC6109_3_1_5_HEADERS],
        question: "Is a transport envelope's Message-ID the certified identifier?",
        consequence: "Receipts cannot be linked to the envelope they are about.",
        check: Check::Message {
            applies: |subject, context| is_transport(subject, context) && certified_identifier(subject).is_some(),
            check: |subject, _, findings| {
                let Some(identifier) = certified_identifier(subject) else { return };
                compare_identifier(subject.mail(), "Message-ID", identifier, at::header("Message-ID"), findings);
            },
        },
    },
    Rule {
        id: "anomaly/message-id",
        level: Level::Must,
        clauses: &[&incoming::RFC6109_3_2_2_INHERITED],
        question: "Has an anomaly envelope the Message-ID of the message that arrived?",
        consequence: "Bounces and answers cannot be linked to the message they are about.",
        check: Check::Message {
            applies: |subject, context| {
                is_anomaly(subject, context)
                    && subject.original.is_some_and(|original| original.root.header("Message-ID").is_some())
            },
            check: |subject, _, findings| {
                if let Some(expected) = subject.original.and_then(|original| original.field("Message-ID")) {
                    compare_identifier(subject.mail(), "Message-ID", &expected, at::header("Message-ID"), findings);
                }
            },
        },
    },
    Rule {
        id: "envelope/addressing",
        level: Level::Must,
        clauses: &[
            &model::RFC6109_2_1_1_2_INHERITED,
            &access::RFC6109_3_1_5_INHERITED,
            &incoming::RFC6109_3_2_2_INHERITED,
        ],
        question: "Do To and Cc name the mailboxes that the message inside names, in its order?",
        consequence: "Recipients cannot tell to whom else the message went, nor the delivery point who is a copy.",
        check: Check::Message {
            applies: encloses,
            check: |subject, _, findings| {
                let Some(original) = subject.original else { return };
                for name in ["To", "Cc"] {
                    if !same_addressing(subject.mail(), original, name) {
                        let expected = shown_field(original, original.root.header(name));
                        let found = shown_field(subject.mail(), subject.header(name));
                        findings.push(Finding::new(expected, found, at::header(name)));
                    }
                }
            },
        },
    },
    Rule {
        id: "envelope/trace",
        level: Level::Must,
        clauses: &[
            &model::RFC6109_2_1_1_2_INHERITED,
            &access::RFC6109_3_1_5_INHERITED,
            &incoming::RFC6109_3_2_2_INHERITED,
        ],
        question: "Are the Received fields inherited from the message inside unaltered and in order?",
        consequence: "The way that the message came is told otherwise than it was.",
        check: Check::Message {
            applies: has_trace,
            check: |subject, _, findings| {
                let Some(trace) = Trace::of(subject) else { return };
                if let Some(first) = trace.out_of_order() {
                    findings.push(Finding::new(
                        "the order of the message inside",
                        lossy(first),
                        at::header("Received"),
                    ));
                }
                for (expected, found) in trace.altered() {
                    findings.push(Finding::new(lossy(expected), lossy(found), at::header("Received")));
                }
            },
        },
    },
    Rule {
        id: "envelope/trace-whole",
        // The clause is a MUST, and two registered providers leave all but the last hops out.
        level: Level::Should,
        clauses: &[
            &model::RFC6109_2_1_1_2_INHERITED,
            &access::RFC6109_3_1_5_INHERITED,
            &incoming::RFC6109_3_2_2_INHERITED,
        ],
        question: "Are all Received fields of the message inside there?",
        consequence: "The way that the message came can be followed inside it only.",
        check: Check::Message {
            applies: has_trace,
            check: |subject, _, findings| {
                let Some(trace) = Trace::of(subject) else { return };
                let altered: HashSet<&[u8]> = trace.altered().into_iter().map(|(was, _)| was).collect();
                let lost: Vec<&[u8]> = trace.missing().into_iter().filter(|field| !altered.contains(field)).collect();
                if let [first, rest @ ..] = &lost[..] {
                    let found = match rest.len() {
                        0 => "no such field".to_owned(),
                        more => format!("neither this field nor {more} more"),
                    };
                    findings.push(Finding::new(lossy(first), found, at::header("Received")));
                }
            },
        },
    },
    Rule {
        id: "envelope/reply-to",
        level: Level::Must,
        clauses: &[
            &model::RFC6109_2_1_REPLY_TO,
            &model::RFC6109_2_1_1_2_INHERITED,
            &access::RFC6109_3_1_5_HEADERS,
            &incoming::RFC6109_3_2_2_HEADERS,
        ],
        question: "Is Reply-To the one of the message inside, or the original sender where it has none?",
        consequence: "Answers go to the provider's own address and get lost.",
        check: Check::Message {
            applies: |subject, context| {
                has_own_header(subject, context) && encloses(subject, context) && !subject.senders().is_empty()
            },
            check: |subject, _, findings| {
                let Some(original) = subject.original else { return };
                let found = shown_field(subject.mail(), subject.header("Reply-To"));
                if original.root.header("Reply-To").is_some() {
                    if !same_addressing(subject.mail(), original, "Reply-To") {
                        let expected = shown_field(original, original.root.header("Reply-To"));
                        findings.push(Finding::new(expected, found, at::header("Reply-To")));
                    }
                    return;
                }
                let senders = subject.senders();
                let reply = subject.only_mailbox("Reply-To");
                if !reply.is_some_and(|reply| senders.iter().any(|sender| same_address(sender, &reply.address))) {
                    findings.push(Finding::new(&senders[0], found, at::header("Reply-To")));
                }
            },
        },
    },
    Rule {
        id: "envelope/reply-to-certified",
        level: Level::Must,
        clauses: &[&formats::RFC6109_4_4_RISPOSTE],
        question: "Does the certification data's `risposte` name the same addresses as Reply-To?",
        consequence: "Programs that read the certification data answer to somebody else.",
        check: Check::Message {
            applies: |subject, context| {
                let certified =
                    subject.data().is_some_and(|data| !data.risposte.is_empty()) || !is_missing(subject, "risposte");
                is_transport(subject, context)
                    && has_own_header(subject, context)
                    && has_data(subject, context)
                    && certified
                    && reply_addresses(subject).is_some()
            },
            check: |subject, _, findings| {
                let (Some(data), Some(expected)) = (subject.data(), reply_addresses(subject)) else { return };
                let risposte = data.risposte.to_ascii_lowercase();
                // The DTD wants the field's value, real providers write the address: either holds every address.
                if !expected.iter().all(|address| risposte.contains(&address.to_ascii_lowercase())) {
                    let place = at::xml("postacert/intestazione/risposte");
                    findings.push(Finding::new(expected.join(", "), &data.risposte, place));
                }
            },
        },
    },
    Rule {
        id: "envelope/receipt-type",
        level: Level::Must,
        clauses: &[&access::RFC6109_3_1_5_HEADERS, &formats::RFC6109_4_4_RICEVUTA],
        question: "Do X-TipoRicevuta and the certification data ask for the same form of receipt?",
        consequence: "The delivery point sends back a receipt of a form that was not asked for.",
        check: Check::Message {
            applies: |subject, context| {
                is_transport(subject, context) && subject.data().is_some_and(|data| data.ricevuta.is_some())
            },
            check: |subject, _, findings| {
                let asked = receipt_form(subject.mail());
                if let Some(certified) = subject.data().and_then(|data| data.ricevuta.as_deref())
                    && certified != asked
                {
                    let found = shown_field(subject.mail(), subject.header("X-TipoRicevuta"));
                    findings.push(Finding::new(certified, found, at::header("X-TipoRicevuta")));
                }
            },
        },
    },
    Rule {
        id: "envelope/receipt-type-of-original",
        level: Level::Must,
        clauses: &[&delivery::RFC6109_3_3_2_RECEIPT_TYPE],
        question: "Is the form of receipt asked for the one that the sender asked for?",
        consequence: "The sender gets less proof, or more traffic, than asked for.",
        check: Check::Message {
            applies: |subject, context| {
                is_transport(subject, context)
                    && has_certified_original(subject, context)
                    && subject.data().is_some_and(|data| data.ricevuta.is_some())
            },
            check: |subject, _, findings| {
                let (Some(original), Some(data)) = (subject.original, subject.data()) else { return };
                let (asked, certified) = (receipt_form(original), data.ricevuta.as_deref().unwrap_or_default());
                if asked != certified && !(is_in_other_letters(original) && certified == "completa") {
                    findings.push(Finding::new(asked, certified, at::xml("postacert/dati/ricevuta/@tipo")));
                }
            },
        },
    },
    Rule {
        id: "envelope/paths",
        level: Level::Must,
        clauses: &[&access::RFC6109_3_1_5_ROUTING, &model::RFC6109_2_1_PATHS],
        question: "Does a transport envelope leave its provider with the certified sender as reverse path and certified recipients as forward paths?",
        consequence: "Whoever gets the message, or its bounces, is not who the certification data say.",
        check: Check::Message {
            applies: |subject, context| {
                // Later hops may forward to somebody else: that is a mailbox's service, not the transaction.
                let provider = || role_of(context.evidence, &subject.data()?.gestore_emittente).map(Party::from);
                let leaves = |seen: &Seen| matches!(seen, Seen::Wire { from, .. } if provider() == Some(*from));
                is_transport(subject, context)
                    && has_data(subject, context)
                    && leaves(&subject.observation.seen)
                    && subject.observation.path.is_some()
            },
            check: |subject, _, findings| {
                let (Some(data), Some(path)) = (subject.data(), &subject.observation.path) else { return };
                if !same_address(&path.from, &data.mittente) {
                    findings.push(Finding::new(&data.mittente, &path.from, "SMTP reverse path"));
                }
                for to in &path.to {
                    if !data.destinatari.iter().any(|recipient| same_address(&recipient.address, to)) {
                        let expected: Vec<&str> = data.destinatari.iter().map(|known| &*known.address).collect();
                        findings.push(Finding::new(expected.join(", "), to, "SMTP forward path"));
                    }
                }
            },
        },
    },
];

/// An envelope with the message inside at hand.
fn encloses(subject: &MessageSubject<'_>, context: &Context<'_>) -> bool {
    is_envelope(subject, context) && subject.original.is_some()
}

fn has_trace(subject: &MessageSubject<'_>, context: &Context<'_>) -> bool {
    encloses(subject, context) && Trace::of(subject).is_some()
}

/// The Received fields of an envelope and of the message inside, unfolded.
struct Trace {
    outer: Vec<Vec<u8>>,
    inner: Vec<Vec<u8>>,
}

impl Trace {
    fn of(subject: &MessageSubject<'_>) -> Option<Self> {
        let inner = fields(subject.original?, "Received");
        (!inner.is_empty()).then(|| Self { outer: fields(subject.mail(), "Received"), inner })
    }

    /// Fields of the message inside that the envelope has not.
    fn missing(&self) -> Vec<&[u8]> {
        let outer: HashSet<&[u8]> = self.outer.iter().map(Vec::as_slice).collect();
        self.inner.iter().map(Vec::as_slice).filter(|field| !outer.contains(field)).collect()
    }

    /// The first inherited field that comes after one it should come before; every host on the way adds its own on top.
    fn out_of_order(&self) -> Option<&[u8]> {
        // The same field may stand there more than once.
        let mut places: HashMap<&[u8], Vec<usize>> = HashMap::new();
        for (place, field) in self.inner.iter().enumerate() {
            places.entry(field).or_default().push(place);
        }
        let mut reached = 0;
        self.outer.iter().map(Vec::as_slice).find(|field| {
            let Some(places) = places.get(field) else { return false };
            let next = places.get(places.partition_point(|place| *place < reached));
            reached = next.copied().unwrap_or(reached);
            next.is_none()
        })
    }

    /// Fields that are another one's but for what was changed in them: the same hop at the same time.
    fn altered(&self) -> Vec<(&[u8], &[u8])> {
        let inner: HashSet<&[u8]> = self.inner.iter().map(Vec::as_slice).collect();
        let own = self.outer.iter().map(Vec::as_slice).filter(|field| !inner.contains(field));
        let by_hop: HashMap<_, &[u8]> = own.filter_map(|field| Some((hop(field)?, field))).collect();
        let missing = self.missing().into_iter();
        missing.filter_map(|field| Some((field, *by_hop.get(&hop(field)?)?))).collect()
    }
}

/// What tells a hop from others: the words from which host it came, and the instant.
fn hop(field: &[u8]) -> Option<(&[u8], &[u8])> {
    const WORDS: usize = 2;
    let stamp = field.len() - memrchr(b';', field)?;
    let blank = field.iter().enumerate().filter(|(_, octet)| **octet == b' ').map(|(at, _)| at).nth(WORDS - 1)?;
    Some((&field[..blank], &field[field.len() - stamp..]))
}

fn lossy(field: &[u8]) -> String {
    String::from_utf8_lossy(field).into_owned()
}

/// Whether an address field names the same mailboxes in both messages: blanks and folds left aside, and how a name is
/// encoded. What is no list of addresses is compared octet by octet without its blanks.
fn same_addressing(outer: &Mail, inner: &Mail, name: &str) -> bool {
    let mailboxes = |mail: &Mail| -> Option<Vec<(String, Option<String>)>> {
        let mut all = Vec::new();
        for header in mail.root.headers_named(name) {
            all.extend(mail.mailboxes(header)?);
        }
        let plain = |mailbox: Mailbox| (mailbox.address, mailbox.name.map(|name| collapsed(&name)));
        Some(all.into_iter().map(plain).collect())
    };
    let octets = |mail: &Mail| -> Vec<Vec<u8>> {
        let black = |field: Vec<u8>| field.into_iter().filter(|octet| *octet != b' ').collect();
        fields(mail, name).into_iter().map(black).collect()
    };
    octets(outer) == octets(inner) || mailboxes(outer).is_some_and(|outer| Some(outer) == mailboxes(inner))
}

/// The certified identifier; one that is not there is another question's.
pub(super) fn certified_identifier<'a>(subject: &MessageSubject<'a>) -> Option<&'a str> {
    subject.data().map(|data| data.identificativo.as_str()).filter(|identifier| !identifier.trim().is_empty())
}

/// Every field of this name, unfolded, in order.
fn fields(mail: &Mail, name: &str) -> Vec<Vec<u8>> {
    mail.root.headers_named(name).map(|header| unfolded_octets(mail, header)).collect()
}

fn reply_addresses(subject: &MessageSubject<'_>) -> Option<Vec<String>> {
    let list = subject.mail().addresses(subject.header("Reply-To")?);
    let addresses: Vec<String> = list.mailboxes.into_iter().map(|mailbox| mailbox.address).collect();
    (!addresses.is_empty()).then_some(addresses)
}

/// The form of receipt that X-TipoRicevuta asks for: `completa` where it is absent or unknown.
/// Whether the word asked with is not as the norm writes it: the norm does not say whether that is an unknown one.
fn is_in_other_letters(mail: &Mail) -> bool {
    mail.field("X-TipoRicevuta").is_some_and(|word| word.chars().any(char::is_uppercase))
}

fn receipt_form(mail: &Mail) -> &'static str {
    match mail.field("X-TipoRicevuta").map(|value| value.to_ascii_lowercase()).as_deref() {
        Some("breve") => "breve",
        Some("sintetica") => "sintetica",
        _ => "completa",
    }
}

pub(super) fn compare_identifier(mail: &Mail, name: &str, expected: &str, place: Location, findings: &mut Findings) {
    let found = shown_field(mail, mail.root.header(name));
    if !same_identifier(&found, expected) {
        findings.push(Finding::new(format!("<{}>", bare_identifier(expected)), found, place));
    }
}
