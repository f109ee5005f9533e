//! SMTP sessions: secure channels and authentication (RFC 6109 5.2, 5.3).

use crate::{
    evidence::{Dialogue, Party, Service, Speaker},
    norm::{Level, clauses::choreography as norm},
};

use crate::rules::{Check, Finding, Findings, Rule, at, when};

pub static RULES: &[Rule] = &[
    Rule {
        id: "session/starttls-announced",
        level: Level::Must,
        clauses: &[&norm::RFC6109_5_3_STARTTLS],
        question: "Does the incoming point announce STARTTLS on a plain connection?",
        consequence: "Other providers must not hand certified mail over to it.",
        check: Check::Dialogue(|dialogue| Some(announced(&greeting_in_clear(dialogue)?))),
    },
    Rule {
        id: "session/submission-secured",
        level: Level::Must,
        clauses: &[&norm::RFC6109_5_3_USERS],
        question: "Does the access point take neither credentials nor mail before the channel is secured?",
        consequence: "Passwords and messages can be read and changed on the way.",
        check: Check::Dialogue(|dialogue| Some(secured(&submission(dialogue)?))),
    },
    Rule {
        id: "session/submission-authenticated",
        level: Level::Must,
        clauses: &[&norm::RFC6109_5_2],
        question: "Does the access point take mail only from an authenticated user?",
        consequence: "Anybody can send certified mail in a user's name.",
        check: Check::Dialogue(|dialogue| Some(authenticated(&submission(dialogue)?))),
    },
    Rule {
        id: "session/providers-secured",
        level: Level::Must,
        clauses: &[&norm::RFC6109_5_3_PROVIDERS],
        question: "Do providers hand messages to each other over TLS?",
        consequence: "Certified mail can be read and changed on the way.",
        check: Check::Dialogue(|dialogue| Some(handed_over_tls(dialogue, &between_providers(dialogue)?))),
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

/// The first greeting of an incoming point on a plain connection.
fn greeting_in_clear(dialogue: &Dialogue) -> Option<Exchange<'_>> {
    let in_clear = |said: &Exchange<'_>| said.is("EHLO") && !said.secured && said.granted();
    exchanges(dialogue).into_iter().find(in_clear).filter(|_| dialogue.service == Service::Incoming)
}

fn announced(greeting: &Exchange<'_>) -> Findings {
    let keyword = |line: &str| line.get(4..).is_some_and(|keyword| keyword.trim().eq_ignore_ascii_case("STARTTLS"));
    when(!greeting.reply.iter().any(|line| keyword(line)), || {
        Finding::new("STARTTLS", greeting.reply.join(" / "), at::answer_to("EHLO"))
    })
}

/// What was said to an access point, where that was more than a greeting.
fn submission(dialogue: &Dialogue) -> Option<Vec<Exchange<'_>>> {
    let to_access_point = matches!(dialogue.service, Service::Submission | Service::Submissions);
    let said = to_access_point.then(|| exchanges(dialogue))?;
    Some(said).filter(|said| said.iter().any(|said| said.is("MAIL FROM") || said.is("AUTH")))
}

fn secured(exchanges: &[Exchange<'_>]) -> Findings {
    let early = exchanges.iter().filter(|said| {
        let taken = said.granted() || said.reply.last().is_some_and(|line| line.starts_with("334"));
        !said.secured && taken && (said.is("MAIL FROM") || said.is("AUTH"))
    });
    early.map(|said| taken_instead_of("a refusal before TLS", said)).collect()
}

fn authenticated(exchanges: &[Exchange<'_>]) -> Findings {
    let proved = exchanges.iter().position(|said| said.reply.last().is_some_and(|line| line.starts_with("235")));
    let early = &exchanges[..proved.unwrap_or(exchanges.len())];
    let taken = early.iter().filter(|said| said.is("MAIL FROM") && said.granted());
    taken.map(|said| taken_instead_of("a refusal before AUTH", said)).collect()
}

fn taken_instead_of(expected: &str, said: &Exchange<'_>) -> Finding {
    Finding::new(expected, said.reply.join(" / "), format!("the answer to {}", said.command))
}

/// What one gateway said to another that took mail.
fn between_providers(dialogue: &Dialogue) -> Option<Vec<Exchange<'_>>> {
    let gateway = |party: Party| party.role().is_some();
    let between = dialogue.service == Service::Incoming && gateway(dialogue.from) && gateway(dialogue.to);
    let said = between.then(|| exchanges(dialogue))?;
    Some(said).filter(|said| said.iter().any(|said| said.is("MAIL FROM") && said.granted()))
}

/// The client is to blame: it chose to go on.
fn handed_over_tls(dialogue: &Dialogue, exchanges: &[Exchange<'_>]) -> Findings {
    let clear = exchanges.iter().find(|said| said.is("MAIL FROM") && said.granted() && !said.secured);
    let finding =
        |said: &Exchange<'_>| Finding::new("mail over TLS", "mail in clear", said.command).blaming(dialogue.from);
    clear.map(finding).into_iter().collect()
}
