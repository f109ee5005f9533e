//! SMTP sessions: secure channels and authentication (RFC 6109 5.2, 5.3).

use crate::{
    evidence::{Dialogue, Exchange, IncomingTls, Party, Service},
    norm::{Level, clauses::choreography as norm},
    rules::{Check, Context, Finding, Findings, Rule, at, when},
};

pub static RULES: &[Rule] = &[
    Rule {
        id: "session/starttls-announced",
        level: Level::Must,
        clauses: &[&norm::RFC6109_5_3_STARTTLS],
        question: "Does the incoming point announce STARTTLS on a plain connection?",
        consequence: "Other providers must not hand certified mail over to it.",
        check: Check::Dialogue(|dialogue, _| Some(announced(&greeting_in_clear(dialogue)?))),
    },
    Rule {
        id: "session/submission-secured",
        level: Level::Must,
        clauses: &[&norm::RFC6109_5_3_USERS],
        question: "Does the access point take neither credentials nor mail before the channel is secured?",
        consequence: "Passwords and messages can be read and changed on the way.",
        check: Check::Dialogue(|dialogue, _| Some(secured(&submission(dialogue)?))),
    },
    Rule {
        id: "session/submission-authenticated",
        level: Level::Must,
        clauses: &[&norm::RFC6109_5_2],
        question: "Does the access point take mail only from an authenticated user?",
        consequence: "Anybody can send certified mail in a user's name.",
        check: Check::Dialogue(|dialogue, _| Some(authenticated(&submission(dialogue)?))),
    },
    Rule {
        id: "session/providers-secured",
        level: Level::Must,
        clauses: &[&norm::RFC6109_5_3_PROVIDERS],
        question: "Do providers hand messages to each other over TLS?",
        consequence: "Certified mail can be read and changed on the way.",
        check: Check::Dialogue(|dialogue, context| {
            let said = between_providers(dialogue)?;
            Some(handed_over_tls(&said, || chose_to_do_without_tls(dialogue, &said, context)))
        }),
    },
];

/// The first greeting of an incoming point on a plain connection.
fn greeting_in_clear(dialogue: &Dialogue) -> Option<Exchange<'_>> {
    let in_clear = |said: &Exchange<'_>| said.is("EHLO") && !said.secured && said.granted();
    dialogue.exchanges().into_iter().find(in_clear).filter(|_| dialogue.service == Service::Incoming)
}

fn announced(greeting: &Exchange<'_>) -> Findings {
    when(!greeting.offers("STARTTLS"), || Finding::new("STARTTLS", greeting.reply.join(" / "), at::answer_to("EHLO")))
}

/// What was said to an access point, where that was more than a greeting.
fn submission(dialogue: &Dialogue) -> Option<Vec<Exchange<'_>>> {
    let to_access_point = matches!(dialogue.service, Service::Submission | Service::Submissions);
    let said = to_access_point.then(|| dialogue.exchanges())?;
    Some(said).filter(|said| said.iter().any(|said| said.is("MAIL FROM") || said.is("AUTH")))
}

fn secured(exchanges: &[Exchange<'_>]) -> Findings {
    let early = exchanges.iter().filter(|said| {
        let taken = said.granted() || said.replied('3');
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
    let said = between.then(|| dialogue.exchanges())?;
    Some(said).filter(|said| said.iter().any(|said| said.is("MAIL FROM") && said.granted()))
}

fn handed_over_tls(exchanges: &[Exchange<'_>], to_blame: impl FnOnce() -> Party) -> Findings {
    let clear = exchanges.iter().find(|said| said.is("MAIL FROM") && said.granted() && !said.secured);
    let finding =
        |said: &Exchange<'_>| Finding::new("mail over TLS", "mail in clear", said.command).blaming(to_blame());
    clear.map(finding).into_iter().collect()
}

/// The client, which went on, unless the server's own provider says that its mail comes in clear: then nobody can do better.
fn chose_to_do_without_tls(dialogue: &Dialogue, exchanges: &[Exchange<'_>], context: &Context<'_>) -> Party {
    let server = dialogue.to.role().and_then(|role| context.evidence.gateways.get(&role));
    let could_be_had = || {
        let tried = exchanges.iter().any(|said| said.is("STARTTLS"));
        greeting_in_clear(dialogue).is_some_and(|greeting| greeting.offers("STARTTLS")) && !tried
    };
    let asked_for = match server.map(|server| server.incoming_tls).unwrap_or_default() {
        IncomingTls::Starttls | IncomingTls::Implicit => false,
        IncomingTls::Offered => !could_be_had(),
        IncomingTls::None => true,
    };
    if asked_for { dialogue.to } else { dialogue.from }
}
