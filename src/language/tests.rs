use std::{
    collections::{BTreeMap, BTreeSet},
    fs, iter,
    path::Path,
    sync::LazyLock,
};

use Language::{English, Italian};
use fluent_bundle::FluentResource;
use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use regex::Regex;
use walkdir::WalkDir;

use super::{
    phrases::{Piece, phrases},
    texts::{CLAUSES, ENGLISH, File, ITALIAN, RULES, key, keyed},
    *,
};
use crate::{
    message::Kind,
    norm,
    results::Severity,
    rules::{self, Answer},
    scenario::{self, Scenario, model::Step},
};

/// Of each text what is put into it, by the ids of the texts in order.
fn texts_of(files: &[File]) -> Vec<(String, BTreeSet<String>)> {
    let mut texts = Vec::new();
    for (name, source) in files {
        let resource = FluentResource::try_new((*source).to_owned());
        let resource = resource.unwrap_or_else(|(_, errors)| panic!("{name} is Fluent: {errors:?}"));
        for entry in resource.entries() {
            if let Entry::Message(message) = entry {
                let value = message.value.as_ref().unwrap_or_else(|| panic!("{} says nothing", message.id.name));
                texts.push((message.id.name.to_owned(), rooms(value)));
            }
        }
    }
    texts
}

fn rooms(pattern: &Pattern<&str>) -> BTreeSet<String> {
    let mut rooms = BTreeSet::new();
    for element in &pattern.elements {
        match element {
            PatternElement::Placeable { expression: Expression::Inline(inline) } => rooms.extend(room(inline)),
            PatternElement::Placeable { expression: Expression::Select { selector, variants } } => {
                rooms.extend(room(selector));
                rooms.extend(variants.iter().flat_map(|variant| self::rooms(&variant.value)));
            }
            PatternElement::TextElement { .. } => {}
        }
    }
    rooms
}

fn room(inline: &InlineExpression<&str>) -> Option<String> {
    match inline {
        InlineExpression::VariableReference { id } => Some(id.name.to_owned()),
        _ => None,
    }
}

/// The sources of some folders and files, without their tests.
fn sources(paths: &[&str]) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files = paths.iter().flat_map(|path| WalkDir::new(root.join(path))).map(Result::unwrap);
    let is_read = |path: &Path| path.extension().is_some_and(|it| it == "rs" || it == "html");
    let text = |path: &Path| fs::read_to_string(path).unwrap();
    let all = files.filter(|it| is_read(it.path())).map(|it| text(it.path()));
    let own = all.map(|text| text.split("\n#[cfg(test)]\n").next().unwrap_or_default().to_owned());
    own.collect::<Vec<_>>().join("\n")
}

/// The strings in a source, each in one line.
fn strings(source: &str) -> Vec<String> {
    let comment = Regex::new(r"(?m)^\s*//.*$").unwrap();
    let string = Regex::new(r#"(?s)"((?:[^"\\]|\\.)*)""#).unwrap();
    let continued = Regex::new(r"\\\n\s*").unwrap();
    let source = comment.replace_all(source, "").replace("'\"'", "' '");
    let found: Vec<String> = string.captures_iter(&source).map(|it| it[1].to_owned()).collect();
    found.iter().map(|text| continued.replace_all(text, "").into_owned()).collect()
}

#[test]
fn no_text_is_missing_in_either_language_and_none_stands_twice() {
    for (english, italian) in ENGLISH.iter().zip(&ITALIAN) {
        let ids = |file: &File| texts_of(&[*file]).into_iter().map(|(id, _)| id).collect::<Vec<_>>();
        assert_eq!(ids(english), ids(italian), "{}: the same texts in the same order", english.0);
    }
    let (english, italian) = (texts_of(&ENGLISH), texts_of(&ITALIAN));
    let ids: BTreeSet<&String> = english.iter().map(|(id, _)| id).collect();
    assert_eq!(ids.len(), english.len(), "no id stands for two texts");
    for ((id, rooms), (_, other)) in english.iter().zip(&italian) {
        assert!(other.is_subset(rooms), "{id}: nothing fills {other:?} but {rooms:?}");
        for language in Language::ALL {
            let said = rooms.iter().fold(language.say(id.as_str()), |said, room| said.with(room, "x")).to_string();
            assert!(!said.trim().is_empty() || id == "label-nothing", "{id}");
            assert!(!said.contains(['{', '}']), "{id}: {said}");
        }
    }
}

/// What of a text is no choice between forms.
fn bare(pattern: &Pattern<&str>) -> BTreeSet<String> {
    let inline = pattern.elements.iter().filter_map(|element| match element {
        PatternElement::Placeable { expression: Expression::Inline(inline) } => room(inline),
        _ => None,
    });
    inline.collect()
}

/// `1 fallite` is told by nobody: what is counted agrees with its count, in Italian more often than in English.
#[test]
fn words_agree_with_what_is_counted() {
    // A number behind its noun, and words that stay as they are.
    let agree = [
        "tty-held-count",
        "tty-left-out-line",
        "tty-and-wrong",
        "tty-and-untold",
        "tty-not-in-force",
        "tty-share-conforming",
        "tty-share-failing",
        "list-more",
        "said-missing-more",
        "said-record",
        "said-records",
    ];
    // Never of one: the most that is taken, and what is told only of several.
    let several = ["left-many-members", "left-many-inside", "found-times", "found-repeated", "found-line"];
    let of =
        ["count", "more", "passed", "failed", "skipped", "played", "idle", "applied", "unasked", "failing", "untold"];
    for (name, source) in ITALIAN {
        let resource = FluentResource::try_new(source.to_owned()).unwrap_or_else(|(it, _)| it);
        for entry in resource.entries() {
            let Entry::Message(message) = entry else { continue };
            let (id, Some(value)) = (message.id.name, &message.value) else { continue };
            let counted = bare(value).into_iter().find(|room| of.contains(&room.as_str()));
            let is_known = agree.contains(&id) || several.contains(&id);
            assert!(
                counted.is_none() || is_known,
                "{name}: {id}: nothing agrees with ${}",
                counted.unwrap_or_default()
            );
        }
    }
    for (id, one, many) in [
        ("failed", "fallita", "fallite"),
        ("violations", "violazione", "violazioni"),
        ("changes-same", "uguale in entrambe", "uguali in entrambe"),
        ("tty-and-left-out", "1 escluso", "2 esclusi"),
    ] {
        let said = |count: usize| Language::Italian.say(id).with("count", count).to_string();
        assert_eq!((said(1).as_str(), said(2).as_str()), (one, many));
    }
}

#[test]
fn every_rule_is_put_in_italian_and_nothing_else_is() {
    let own: BTreeSet<String> = rules::all().map(|rule| key(rule.id)).collect();
    let italian: BTreeSet<String> = texts_of(&RULES).into_iter().map(|(id, _)| id).collect();
    assert_eq!(own, italian);
    for rule in rules::all() {
        let question = Language::Italian.question(rule.id, rule.question);
        let consequence = Language::Italian.consequence(rule.id, rule.consequence);
        assert!(question.ends_with('?') && question != rule.question, "{}: {question}", rule.id);
        assert!(consequence.ends_with('.') && consequence != rule.consequence, "{}: {consequence}", rule.id);
        assert_eq!(Language::English.question(rule.id, rule.question), rule.question);
    }
}

#[test]
fn every_clause_is_put_in_italian_and_nothing_else_is() {
    let own: BTreeSet<String> = norm::all().map(|clause| key(clause.id)).collect();
    let italian: BTreeSet<String> = texts_of(&CLAUSES).into_iter().map(|(id, _)| id).collect();
    assert_eq!(own, italian);
    for clause in norm::all() {
        let says = Language::Italian.clause(clause.id, clause.says);
        assert!(says.ends_with('.') && says != clause.says, "{}: {says}", clause.id);
        for (attribute, english) in
            [("reading", clause.reading), ("untested", clause.untested.map(|untested| untested.why))]
        {
            let italian = keyed(clause.id, Some(attribute));
            assert_eq!(italian.is_some(), english.is_some(), "{}: {attribute}", clause.id);
            assert!(italian.is_none_or(|it| it.ends_with('.') && Some(&*it) != english), "{}: {attribute}", clause.id);
        }
    }
}

#[test]
fn the_words_of_the_page_are_those_that_everything_else_uses() {
    let english = |id: String| Language::English.say(id).to_string();
    for kind in Kind::ALL {
        assert_eq!(english(format!("kind-{}", kind.word())), kind.title());
        assert_eq!(
            Language::Italian.phrase(kind.title()),
            Language::Italian.say(format!("kind-{}", kind.word())).to_string()
        );
    }
    for severity in [Severity::Broken, Severity::Unmet, Severity::Violation, Severity::Untold, Severity::Note] {
        assert_eq!(english(format!("level-{}", severity.name())), severity.word());
    }
    for (id, answer) in [
        ("answer-yes", Answer::Yes(String::new())),
        ("answer-no", Answer::No(String::new())),
        ("answer-untold", Answer::CannotTell(String::new())),
    ] {
        assert_eq!(english(id.to_owned()), answer.word());
    }
}

/// What is said by a name that is put together, such as `kind-{}`, is looked for by its beginning.
#[test]
fn every_text_that_is_asked_for_is_there_and_every_one_is_asked_for() {
    let sources = sources(&["report", "cli"]);
    let texts: BTreeSet<String> = texts_of(&ENGLISH).into_iter().map(|(id, _)| id).collect();
    let found = |pattern: &str| -> BTreeSet<String> {
        Regex::new(pattern).unwrap().captures_iter(&sources).map(|found| found[1].to_owned()).collect()
    };
    let counted = found(r#"\.?count\("([a-z-]+)","#).into_iter().map(|noun| format!("count-{noun}"));
    let asked = found(r#"(?:say(?:_in_attributes)?|heading|label|row|list|head|lines)\(\s*"([a-z0-9-]+-[a-z0-9-]+)""#);
    let missing: Vec<String> = asked.into_iter().chain(counted).filter(|id| !texts.contains(id)).collect();
    assert!(missing.is_empty(), "asked for, and not there: {missing:?}");
    let named = found(r#""([a-z0-9-]+)""#);
    let begun = found(r#""([a-z-]+-)\{"#);
    let phrases: BTreeSet<String> = phrases().into_iter().map(|(id, _)| id).collect();
    let is_used = |id: &str| {
        let noun = id.strip_prefix("count-").is_some_and(|noun| named.contains(noun));
        phrases.contains(id) || named.contains(id) || noun || begun.iter().any(|start| id.starts_with(start.as_str()))
    };
    let unused: Vec<&String> = texts.iter().filter(|id| !is_used(id)).collect();
    assert!(unused.is_empty(), "nobody asks for {unused:?}");
}

#[test]
fn labels_leave_a_blank_before_what_they_label() {
    let most = |id: &str| match id {
        _ if id.starts_with("label-") => Some(12),
        _ if id.starts_with("finding-") => Some(12),
        _ => None,
    };
    let short = sources(&["report/terminal"]);
    let ten = Regex::new(r#"(?:row|list)\("([a-z-]+)""#).unwrap();
    let ten: BTreeSet<&str> = ten.captures_iter(&short).map(|found| found.extract::<1>().1[0]).collect();
    for (id, rooms) in texts_of(&ENGLISH) {
        let most = if ten.contains(&*id) { Some(9) } else { most(&id) };
        let Some(most) = most.filter(|_| rooms.is_empty()) else { continue };
        for language in Language::ALL {
            let label = language.say(id.as_str()).to_string();
            assert!(label.chars().count() <= most, "{id}: {label}");
        }
    }
    assert!(ten.len() > 10, "{ten:?}");
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
    let missing: BTreeSet<&str> = said.filter(|english| Italian.phrase(english) == *english).collect();
    assert!(missing.is_empty(), "say it in en/scenarios.ftl and it/scenarios.ftl: {missing:#?}");
}

#[test]
fn every_family_of_rules_and_folder_of_scenarios_says_in_italian_what_it_is_about() {
    let suite = scenario::suite(&rules::ids()).unwrap();
    let folders = suite.scenarios.iter().map(|one| scenario::about(one.id.split('/').next().unwrap_or_default()));
    let said = rules::ABOUT.iter().map(|(_, about)| *about).chain(folders);
    let missing: BTreeSet<&str> = said.filter(|english| Italian.phrase(english) == *english).collect();
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
        let known = |fill: &str| phrases::read(&hole.replace_all(text, fill), phrases::Among::All).is_some();
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
    // Somebody else's words stay as they are, also where they are like ours.
    for words in ["flawed, as ever", "cats and dogs", "", "delivered?"] {
        assert_eq!(italian(words), words);
    }
    assert_eq!(italian(&"x and ".repeat(5000)).len(), 30_000);
    let hostile = "not delivered 2026-03-02T08:30:00Z: delivered { $code }\n{ kind-anomalia }";
    assert!(italian(hostile).ends_with(": delivered { $code }\n{ kind-anomalia }"), "{}", italian(hostile));
}

#[test]
fn the_first_variable_that_is_set_names_the_language() {
    let of = |set: &[(&str, &str)]| {
        let set: BTreeMap<&str, &str> = set.iter().copied().collect();
        Language::of_locale(|name| set.get(name).map(|value| (*value).to_owned()))
    };

    for (set, language) in [
        (&[][..], English),
        (&[("LANG", "it_IT.UTF-8")], Italian),
        (&[("LANG", "it")], Italian),
        (&[("LANG", "IT_ch@euro")], Italian),
        (&[("LC_ALL", ""), ("LANG", "it_IT.UTF-8")], Italian),
        (&[("LC_ALL", "C"), ("LANG", "it_IT.UTF-8")], English),
        (&[("LC_MESSAGES", "it_IT"), ("LANG", "de_DE")], Italian),
        (&[("LC_MESSAGES", "POSIX"), ("LANG", "it_IT")], English),
        (&[("LANG", "ita_ITA")], English),
        (&[("LANG", "C.UTF-8")], English),
        (&[("LANGUAGE", "it")], English),
    ] {
        assert_eq!(of(set), language, "{set:?}");
    }
}

#[test]
fn a_text_that_is_not_there_is_told_by_its_id() {
    assert_eq!(Language::Italian.say("no-such-text").with("count", 2).to_string(), "no-such-text");
    assert_eq!(Language::Italian.count("violation", 1), "una violazione");
    assert_eq!(Language::Italian.count("violation", 0), "0 violazioni");
    assert_eq!(Language::English.count("violation", 1000), "1000 violations");
}
