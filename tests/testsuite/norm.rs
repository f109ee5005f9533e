//! The norm accounted for: every clause is tested by a rule or a scenario, or says why none can; and, where the text of
//! RFC 6109 is at hand, every sentence of it with a key word has its line in `src/norm/sentences.tsv`.

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
};

use pec_conformance::{
    norm::{self, Place},
    rules,
    scenario::suite,
};

/// Names the file with the text of RFC 6109, as the RFC editor publishes it.
const TEXT: &str = "PEC_RFC6109";

#[test]
fn every_clause_is_tested_or_says_why_not() {
    let cited = cited();
    let wrong: Vec<String> = norm::all()
        .filter_map(|clause| match (cited.contains(clause.id), clause.untested) {
            (false, None) => Some(format!("{} is tested by nothing: {}", clause.id, clause.says)),
            (true, Some(_)) => Some(format!("{} is said not to be testable, and is tested", clause.id)),
            _ => None,
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_map_has_every_sentence_of_the_rfc_with_a_key_word() {
    let Ok(path) = env::var(TEXT) else {
        println!("skipped: {TEXT} does not name the text of RFC 6109");
        return;
    };
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let (found, mapped) = (sentences_of(&text), sentences_of_the_map());
    for (section, sentences) in &found {
        let lines = mapped.get(section.as_str()).map(Vec::as_slice).unwrap_or_default();
        assert_eq!(sentences, lines, "RFC 6109 {section}: text, map");
    }
    let sections: BTreeSet<&String> = found.keys().collect();
    assert_eq!(sections, mapped.keys().collect(), "sections of text, map");
}

#[test]
fn sentences_are_counted_by_section_across_lines_pages_and_lists() {
    let text = "RFC 6109  Head  April\n\n1.  One\n\n   It MUST be, if it\n   MAY, a list of:\n\n   o  what SHALL\n\n\
                Somebody, et al.  Informational  [Page 1]\n\u{c}\nRFC 6109  Head  April\n\n      NOT be; what must\n   be.\n\n\
                1.1.  Two\n\n   <!ATTLIST a b (c |\n   d) #REQUIRED>\n   It is OPTIONAL.\n\nAppendix A.  Three\n\n   SHOULD\n";
    let expected = r#"{"1": [["MUST", "MAY"], ["SHALL NOT"]], "1.1": [["REQUIRED"], ["OPTIONAL"]], "A": [["SHOULD"]]}"#;
    assert_eq!(format!("{:?}", sentences_of(text)), expected);
}

/// The ids of all clauses that a rule or a scenario cites.
fn cited() -> BTreeSet<&'static str> {
    let suite = suite(&rules::ids()).expect("the suite loads");
    let scenarios = suite.scenarios.iter().flat_map(|scenario| scenario.clauses.iter().map(|clause| clause.id));
    let rules = rules::all().flat_map(|rule| rule.clauses.iter().map(|clause| clause.id));
    rules.chain(scenarios).collect()
}

/// By section, the key words of each sentence that has any.
type Sentences = BTreeMap<String, Vec<Vec<String>>>;

fn sentences_of_the_map() -> Sentences {
    let mut sections = Sentences::new();
    for sentence in norm::sentences() {
        let (Some(section), Place::Numbered { number, words }) =
            (sentence.source.strip_prefix("RFC 6109 "), &sentence.place)
        else {
            continue;
        };
        let found = sections.entry(section.to_owned()).or_default();
        found.resize_with((*number).max(found.len()), Vec::new);
        found[number - 1].extend(words.iter().map(|&word| word.to_owned()));
    }
    sections
}

/// A sentence ends behind a full stop, a colon, a semicolon or markup, in whatever line.
fn sentences_of(text: &str) -> Sentences {
    let mut sections = Sentences::new();
    let mut section = String::new();
    let mut sentence: Vec<&str> = Vec::new();
    let mut end = |section: &str, sentence: &mut Vec<&str>| {
        let words = key_words(sentence);
        if !words.is_empty() {
            sections.entry(section.to_owned()).or_default().push(words);
        }
        sentence.clear();
    };
    for line in text.lines().filter(|line| !is_page_break(line)) {
        if let Some(number) = heading(line) {
            end(&section, &mut sentence);
            section = number;
            continue;
        }
        for word in line.split_whitespace() {
            sentence.push(word);
            if word.ends_with(['.', ':', ';', '>']) {
                end(&section, &mut sentence);
            }
        }
    }
    end(&section, &mut sentence);
    sections
}

/// The foot of a page, the head of the next.
fn is_page_break(line: &str) -> bool {
    line.starts_with('\u{c}') || line.starts_with("RFC 6109  ") || line.contains("  Informational  ")
}

/// The number of the section that begins here: only headings stand at the margin and begin with a number.
fn heading(line: &str) -> Option<String> {
    if line.starts_with("Appendix A.") {
        return Some("A".to_owned());
    }
    let number = line.split("  ").next()?.strip_suffix('.')?;
    let is_number = number.split('.').all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
    is_number.then(|| number.to_owned())
}

/// Key words in a sentence, `MUST NOT` as one.
fn key_words(sentence: &[&str]) -> Vec<String> {
    let bare: Vec<&str> = sentence.iter().map(|word| word.trim_matches(|c: char| !c.is_ascii_alphanumeric())).collect();
    let next = |at: usize| bare.get(at + 1).copied().unwrap_or_default();
    let known = |word: &str| norm::level(word).is_some();
    let words = bare.iter().enumerate().filter(|(_, word)| known(word));
    words.map(|(at, word)| if next(at) == "NOT" { format!("{word} NOT") } else { (*word).to_owned() }).collect()
}
