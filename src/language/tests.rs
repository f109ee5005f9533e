use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use Language::{English, Italian};
use fluent_bundle::FluentResource;
use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use regex::Regex;
use walkdir::WalkDir;

use super::{
    phrases::phrases,
    texts::{CLAUSES, ENGLISH, File, ITALIAN, RULES, key, keyed},
    *,
};
use crate::{
    message::Kind,
    norm,
    results::Severity,
    rules::{self, Answer},
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
pub(super) fn sources(paths: &[&str]) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files = paths.iter().flat_map(|path| WalkDir::new(root.join(path))).map(Result::unwrap);
    let is_read = |path: &Path| path.extension().is_some_and(|it| it == "rs" || it == "html");
    let text = |path: &Path| fs::read_to_string(path).unwrap();
    let all = files.filter(|it| is_read(it.path())).map(|it| text(it.path()));
    let own = all.map(|text| text.split("\n#[cfg(test)]\n").next().unwrap_or_default().to_owned());
    own.collect::<Vec<_>>().join("\n")
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
