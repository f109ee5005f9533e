use std::{collections::BTreeSet, iter, sync::LazyLock};

use regex::Regex;

use super::*;
use crate::{
    language::tests::sources,
    rules,
    scenario::{self, Scenario, model::Step},
};

/// The strings in a source, each in one line.
fn strings(source: &str) -> Vec<String> {
    let comment = Regex::new(r"(?m)^\s*//.*$").unwrap();
    let string = Regex::new(r#"(?s)"((?:[^"\\]|\\.)*)""#).unwrap();
    let continued = Regex::new(r"\\\n\s*").unwrap();
    let source = comment.replace_all(source, "").replace("'\"'", "' '");
    let found: Vec<String> = string.captures_iter(&source).map(|it| it[1].to_owned()).collect();
    found.iter().map(|text| continued.replace_all(text, "").into_owned()).collect()
}

/// The ways that a scenario leaves open, in its words.
fn ways_of(scenario: &Scenario) -> Vec<&str> {
    let choices = scenario.steps.iter().filter_map(|step| match step {
        Step::Either(alternatives) => Some(alternatives),
        _ => None,
    });
    choices.flatten().map(|alternative| &*alternative.when).collect()
}

#[test]
fn every_scenario_of_the_suite_is_called_something_in_italian_and_so_are_the_ways_that_it_leaves_open() {
    let suite = scenario::suite(&rules::ids()).unwrap();
    let said = suite.scenarios.iter().flat_map(|scenario| iter::once(&*scenario.title).chain(ways_of(scenario)));
    let missing: BTreeSet<&str> = said.filter(|english| Language::Italian.phrase(english) == *english).collect();
    assert!(missing.is_empty(), "say it in en/scenarios.ftl and it/scenarios.ftl: {missing:#?}");
}

#[test]
fn every_family_of_rules_and_folder_of_scenarios_says_in_italian_what_it_is_about() {
    let suite = scenario::suite(&rules::ids()).unwrap();
    let folders = suite.scenarios.iter().map(|one| scenario::about(one.id.split('/').next().unwrap_or_default()));
    let said = rules::ABOUT.iter().map(|(_, about)| *about).chain(folders);
    let missing: BTreeSet<&str> = said.filter(|english| Language::Italian.phrase(english) == *english).collect();
    assert!(missing.is_empty(), "say it in en/themes.ftl and it/themes.ftl: {missing:#?}");
}

#[test]
fn somebody_says_each_phrase() {
    static SAID: LazyLock<String> = LazyLock::new(|| {
        let rooms = [
            "archive",
            "check",
            "cli",
            "directory",
            "evidence",
            "known",
            "message",
            "net",
            "report",
            "results",
            "rules",
            "runner",
            "scenario",
            "smime",
            "target",
        ];
        let continued = Regex::new(r"\\\n\s*").unwrap();
        let mut whole = continued.replace_all(&sources(&rooms), "").into_owned();
        for scenario in &scenario::suite(&rules::ids()).unwrap().scenarios {
            let folder = scenario::about(scenario.id.split('/').next().unwrap_or_default());
            whole.extend([&scenario.title, "\n", &*ways_of(scenario).join("\n"), "\n", folder, "\n"]);
        }
        for (_, about) in rules::ABOUT {
            whole.extend([about, "\n"]);
        }
        // What is put in may be nothing.
        let bare = Regex::new(r"\{[^{}\n]*\}").unwrap().replace_all(&whole, "").into_owned();
        whole + &bare
    });
    let unsaid = |words: &str| {
        let words = words.trim_matches(|c: char| !c.is_alphanumeric());
        words.chars().count() > 2 && !SAID.contains(words)
    };
    for (id, pieces) in phrases() {
        for piece in pieces {
            if let Piece::Words(words) = piece {
                assert!(!words.split('\n').any(unsaid), "{id}: nobody says `{words}` any more");
            }
        }
    }
}

/// Where answers are given and things are left out, every sentence is one that is known in Italian.
#[test]
fn nothing_is_answered_that_is_not_known_in_italian() {
    let files = [
        "rules/answers.rs",
        "rules/exhibit.rs",
        "check/submission.rs",
        "evidence/watch.rs",
        "archive/left_out.rs",
        "archive/form.rs",
        "archive/zip.rs",
        "smime/path.rs",
        "runner/risk.rs",
        "target/external/side.rs",
        "target/reference.rs",
    ];
    let hole = Regex::new(r"\{[^{}]*\}").unwrap();
    let is_sentence = |text: &String| {
        let words = text.split(' ').filter(|word| word.chars().all(char::is_alphabetic) && !word.is_empty()).count();
        words >= 3 && text.starts_with(|c: char| c.is_lowercase() || c == '{')
    };
    // Pieces of sentences, and what no answer says.
    let others = ["does not list the signer's certificate", "a view is sender", "are wanted"];
    let (said, mut unknown) = (strings(&sources(&files)), Vec::new());
    assert!(said.iter().filter(|text| is_sentence(text)).count() > 70, "{said:#?}");
    for text in said.iter().filter(|text| is_sentence(text)) {
        let known = |fill: &str| read(&hole.replace_all(text, fill), Among::All).is_some();
        let fills = ["2026-03-02T08:30:00Z", " 2026-03-02T08:30:00Z", "the sender's mailbox", "a zip", "so much goes"];
        if !fills.into_iter().any(known) && !others.iter().any(|other| text.contains(other)) {
            unknown.push(text.clone());
        }
    }
    assert!(unknown.is_empty(), "{unknown:#?}");
}

#[test]
fn a_phrase_is_read_back_with_what_was_put_into_it() {
    let italian = |english: &str| Language::Italian.phrase(english).into_owned();
    assert_eq!(italian("delivered 2026-03-02T08:30:00Z"), "consegnato il 02/03/2026 09:30:00 (+0100)");
    assert_eq!(
        italian("no delivery or non-delivery for anna@bravo.example in the sender's mailbox and 2 more"),
        "manca: consegna o mancata consegna per anna@bravo.example (casella del mittente), e altro ancora (2)"
    );
    assert_eq!(
        italian("message 2 (acceptance in mario@bravo.example's mailbox), header Subject, after the prefix"),
        "messaggio 2 (ricevuta di accettazione nella casella di mario@bravo.example), campo Subject, dopo il prefisso"
    );
    assert_eq!(
        italian("not conforming, 2 declared, and declared deviations that do not hold"),
        "non conforme, 2 dichiarate, e deviazioni dichiarate che non sussistono"
    );
    assert_eq!(italian("flawed, as receiver"), "flawed, come destinatario");
    assert_eq!(
        italian("one delivery for anna@bravo.example"),
        "ricevuta di avvenuta consegna per anna@bravo.example, una volta sola"
    );
    assert_eq!(
        italian("acme: the certificate of its incoming point: known by its fingerprint alone"),
        "acme: il certificato del suo punto di ricezione: riconosciuto dalla sola impronta"
    );
    assert_eq!(
        italian("the mailbox of anna@acme.example: login refused: NO who are you"),
        "la casella di anna@acme.example: accesso rifiutato: NO who are you"
    );
    assert_eq!(
        italian(
            "a stranger at 127.0.0.2 that calls itself x.example called mx.bravo.example 3 times without a message of \
                 the play; nothing of it is judged"
        ),
        "un estraneo da 127.0.0.2 che si dice x.example si è collegato a mx.bravo.example 3 volte senza un messaggio \
         della prova; nulla di ciò è giudicato"
    );
    let tale = |english: &str| Language::Italian.tale(english).into_owned();
    assert_eq!(
        tale("avvenuta-consegna a for x@receiver, breve, 2 times in mario@sender"),
        "avvenuta-consegna a per x@receiver, breve, 2 volte in mario@sender"
    );
    assert_eq!(tale("everything accepted at access-point@sender"), "tutto accettato a access-point@sender");
    assert_eq!(
        tale("anna@receiver is disabled, refuses ordinary mail"),
        "anna@receiver: disattivata, rifiuta la posta ordinaria"
    );
    let line = |english: &str| Language::Italian.tale_line(english).into_owned();
    assert_eq!(line("Subject: anna receives a certificate"), "Subject: anna receives a certificate");
    assert_eq!(line("and so are 1 more like it"), "e così un altro simile");
    assert_eq!(italian("acme: what reaches its points is not seen"), "acme: ciò che arriva ai suoi punti non si vede");
    assert_eq!(
        italian("infected messages go to somebody else's gateway only with `--allow infected`"),
        "i messaggi con virus vanno al sistema di altri solo con `--allow infected`"
    );
    assert_eq!(
        italian("configuration: the mailboxes at imap.acme.example:993: login refused: NO who are you"),
        "configurazione: le caselle a imap.acme.example:993: accesso rifiutato: NO who are you"
    );
    assert_eq!(
        italian("acme: mx.acme.example:25 is out of reach: no answer within 10s"),
        "acme: mx.acme.example:25 non si raggiunge: nessuna risposta entro 10s"
    );
    assert_eq!(
        italian("transaction x@alfa.example, delivery (message 4) for anna@bravo.example"),
        "transazione x@alfa.example, ricevuta di avvenuta consegna (messaggio 4) per anna@bravo.example"
    );
    assert_eq!(italian("not conforming, 1 declared"), "non conforme, una dichiarata");
    let found = |english: &str| Language::Italian.found(english).into_owned();
    assert_eq!(found("digest A6CD"), "impronta A6CD");
    assert_eq!(found("no such field (3 times)"), "il campo non c'è (3 volte)");
    assert_eq!(found("subject to approval"), "subject to approval", "a Subject may say so");
    assert_eq!(found("trusted"), "trusted", "and so");
    // Somebody else's words stay as they are, also where they are like ours.
    for words in ["flawed, as ever", "cats and dogs", "", "delivered?"] {
        assert_eq!(italian(words), words);
    }
    assert_eq!(italian(&"x and ".repeat(5000)).len(), 30_000);
    assert_eq!(italian(&"x; y: ".repeat(300)).len(), 1800);
    assert!(line(&format!("signature: {}", "valid, ".repeat(280))).ends_with(", valid, "));
    assert!(tale(&"x for y at z, ".repeat(140)).contains(" per y a z"));
    let hostile = "not delivered 2026-03-02T08:30:00Z: delivered { $code }\n{ kind-anomalia }";
    assert!(italian(hostile).ends_with(": delivered { $code }\n{ kind-anomalia }"), "{}", italian(hostile));
}

#[test]
fn what_is_put_into_a_phrase_is_read_out_of_it() {
    const PUT_IN: &str = "§";
    for (id, pieces) in phrases() {
        let rooms = pieces.iter().filter(|piece| matches!(piece, Piece::Room(_))).count();
        let text = pieces.iter().map(|piece| if let Piece::Words(words) = piece { words } else { PUT_IN });
        let text: String = text.collect();
        let phrase = Open::of(id, &pieces);
        let found = phrase.regex().captures(&text).unwrap_or_else(|| panic!("{}: {text}", phrase.id));
        let found: Vec<&str> = found.iter().skip(1).flatten().map(|found| found.as_str()).collect();
        assert_eq!(found, vec![PUT_IN; rooms], "{}", phrase.id);
    }
}
