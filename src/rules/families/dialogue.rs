//! SMTP sessions: secure channels and authentication (RFC 6109 5.2, 5.3).

use crate::{
    evidence::{Dialogue, Party, Service, Speaker},
    norm::{Level, clauses::choreography as norm},
};

use crate::rules::{Check, Context, DialogueSubject, Finding, Findings, Rule, at};

pub static RULES: &[Rule] = &[
    Rule {
        id: "session/starttls-announced",
        level: Level::Must,
        clauses: &[&norm::RFC6109_5_3_STARTTLS],
        question: "Does the incoming point announce STARTTLS on a plain connection?",
        consequence: "Other providers must not hand certified mail over to it.",
        check: Check::Dialogue { applies: greeted_in_clear, check: announced },
    },
    Rule {
        id: "session/submission-secured",
        level: Level::Must,
        clauses: &[&norm::RFC6109_5_3_USERS],
        question: "Does the access point take neither credentials nor mail before the channel is secured?",
        consequence: "Passwords and messages can be read and changed on the way.",
        check: Check::Dialogue { applies: submission, check: secured },
    },
    Rule {
        id: "session/submission-authenticated",
        level: Level::Must,
        clauses: &[&norm::RFC6109_5_2],
        question: "Does the access point take mail only from an authenticated user?",
        consequence: "Anybody can send certified mail in a user's name.",
        check: Check::Dialogue { applies: submission, check: authenticated },
    },
    Rule {
        id: "session/providers-secured",
        level: Level::Must,
        clauses: &[&norm::RFC6109_5_3_PROVIDERS],
        question: "Do providers hand messages to each other over TLS?",
        consequence: "Certified mail can be read and changed on the way.",
        check: Check::Dialogue { applies: between_providers, check: handed_over_tls },
    },
];

/// What a client said and how it was answered.
struct Exchange<'a> {
    command: &'a str,
    secured: bool,
    reply: Vec<&'a str>,
}

impl Exchange<'_> {
    fn is(&self, verb: &str) -> bool {
        self.command.get(..verb.len()).is_some_and(|start| start.eq_ignore_ascii_case(verb))
    }

    fn granted(&self) -> bool {
        self.reply.last().is_some_and(|line| line.starts_with('2'))
    }
}

/// Commands with their replies, in order; a pipelining client's replies come later in the same order (RFC 2920).
fn exchanges(dialogue: &Dialogue) -> Vec<Exchange<'_>> {
    let mut exchanges: Vec<Exchange<'_>> = Vec::new();
    let mut waiting = 0;
    for line in &dialogue.lines {
        match line.by {
            Speaker::Client => {
                exchanges.push(Exchange { command: &line.text, secured: line.secured, reply: Vec::new() });
            }
            Speaker::Server => {
                // What comes before the first command is the greeting.
                let Some(exchange) = exchanges.get_mut(waiting) else { continue };
                exchange.reply.push(&line.text);
                if line.text.as_bytes().get(3) != Some(&b'-') {
                    waiting += 1;
                }
            }
        }
    }
    exchanges
}

fn greeted_in_clear(subject: &DialogueSubject<'_>) -> bool {
    subject.dialogue.service == Service::Incoming
        && exchanges(subject.dialogue).iter().any(|said| said.is("EHLO") && !said.secured && said.granted())
}

fn announced(subject: &DialogueSubject<'_>, _: &Context<'_>, findings: &mut Findings) {
    let exchanges = exchanges(subject.dialogue);
    let greeting = exchanges.iter().find(|said| said.is("EHLO") && !said.secured && said.granted());
    let Some(greeting) = greeting else { return };
    let keyword = |line: &str| line.get(4..).is_some_and(|keyword| keyword.trim().eq_ignore_ascii_case("STARTTLS"));
    if !greeting.reply.iter().any(|line| keyword(line)) {
        findings.push(Finding::new("STARTTLS", greeting.reply.join(" / "), at::answer_to("EHLO")));
    }
}

fn submission(subject: &DialogueSubject<'_>) -> bool {
    matches!(subject.dialogue.service, Service::Submission | Service::Submissions)
        && exchanges(subject.dialogue).iter().any(|said| said.is("MAIL FROM") || said.is("AUTH"))
}

fn secured(subject: &DialogueSubject<'_>, _: &Context<'_>, findings: &mut Findings) {
    for said in exchanges(subject.dialogue) {
        let taken = said.granted() || said.reply.last().is_some_and(|line| line.starts_with("334"));
        if !said.secured && taken && (said.is("MAIL FROM") || said.is("AUTH")) {
            findings.push(Finding::new(
                "a refusal before TLS",
                said.reply.join(" / "),
                format!("the answer to {}", said.command),
            ));
        }
    }
}

fn authenticated(subject: &DialogueSubject<'_>, _: &Context<'_>, findings: &mut Findings) {
    let exchanges = exchanges(subject.dialogue);
    let proved = exchanges.iter().position(|said| said.reply.last().is_some_and(|line| line.starts_with("235")));
    let early = &exchanges[..proved.unwrap_or(exchanges.len())];
    for said in early.iter().filter(|said| said.is("MAIL FROM") && said.granted()) {
        findings.push(Finding::new(
            "a refusal before AUTH",
            said.reply.join(" / "),
            format!("the answer to {}", said.command),
        ));
    }
}

fn between_providers(subject: &DialogueSubject<'_>) -> bool {
    let dialogue = subject.dialogue;
    let gateway = |party: Party| party.role().is_some();
    dialogue.service == Service::Incoming
        && gateway(dialogue.from)
        && gateway(dialogue.to)
        && exchanges(dialogue).iter().any(|said| said.is("MAIL FROM") && said.granted())
}

/// The client is to blame: it chose to go on.
fn handed_over_tls(subject: &DialogueSubject<'_>, _: &Context<'_>, findings: &mut Findings) {
    let exchanges = exchanges(subject.dialogue);
    let clear = exchanges.iter().find(|said| said.is("MAIL FROM") && said.granted() && !said.secured);
    if let Some(said) = clear {
        findings.push(Finding::new("mail over TLS", "mail in clear", said.command).blaming(subject.dialogue.from));
    }
}
