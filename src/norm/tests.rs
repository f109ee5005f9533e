//! The catalogue and the map of sentences hold together.

use std::collections::{BTreeMap, BTreeSet};

use super::{Clause, Level, Place, Sentence, all, clause, clauses, sentences};

#[test]
fn ids_are_unique_and_name_their_source() {
    let mut seen = BTreeSet::new();
    for clause in all() {
        assert!(seen.insert(clause.id), "{} twice", clause.id);
        if let Some(section) = clause.source.strip_prefix("RFC 6109 ") {
            let start = format!("RFC6109-{section}");
            assert!(clause.id == start || clause.id.starts_with(&format!("{start}-")), "{}", clause.id);
        }
    }
}

#[test]
fn wordings_are_sentences() {
    for clause in all() {
        let texts = [Some(clause.says), clause.reading, clause.untested.map(|untested| untested.why)];
        for text in texts.into_iter().flatten() {
            assert!(text.ends_with('.') && !text.contains("  "), "{}: {text}", clause.id);
        }
    }
}

#[test]
fn dates_in_force_are_dates_and_in_order() {
    for clause in all() {
        for date in [clause.from, clause.until].into_iter().flatten() {
            assert!(date.parse::<jiff::civil::Date>().is_ok(), "{}: {date}", clause.id);
        }
        if let (Some(from), Some(until)) = (clause.from, clause.until) {
            assert!(from <= until, "{}: in force from {from} until {until}", clause.id);
        }
    }
}

#[test]
fn every_clause_that_a_sentence_comes_to_exists() {
    let unknown: Vec<String> = sentences()
        .iter()
        .flat_map(|sentence| sentence.clauses().iter().map(move |id| (sentence, id)))
        .filter(|(_, id)| clause(id).is_none())
        .map(|(sentence, id)| format!("{}: {id}", sentence.source))
        .collect();
    assert!(unknown.is_empty(), "sentences.tsv names clauses that do not exist:\n{}", unknown.join("\n"));
}

#[test]
fn every_clause_of_the_rfc_stands_in_its_own_section() {
    let lost: Vec<&str> = all().filter(|clause| is_of_rfc(clause)).filter(|clause| !has_home(clause)).map(id).collect();
    assert!(lost.is_empty(), "no line of sentences.tsv says where these are written: {}", lost.join(", "));
}

#[test]
fn the_sentences_of_a_section_are_numbered_without_gap() {
    let mut numbers: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for sentence in sentences() {
        if let Place::Numbered { number, .. } = sentence.place {
            numbers.entry(sentence.source).or_default().push(number);
        }
    }
    for (source, mut found) in numbers {
        assert!(found.is_sorted(), "{source}: {found:?}");
        found.dedup();
        assert!(found.iter().copied().eq(1..=found.len()), "{source}: {found:?}");
    }
}

/// As counted in the text itself (`tests/testsuite/norm.rs` counts again where it is at hand), so that no line gets lost here.
#[test]
fn no_sentence_and_no_key_word_is_lost() {
    let numbered = sentences().iter().filter_map(|sentence| match &sentence.place {
        Place::Numbered { number, words } => Some(((sentence.source, number), words.len())),
        Place::Form(_) => None,
    });
    let places: BTreeSet<_> = numbered.clone().map(|(place, _)| place).collect();
    let words: usize = numbered.map(|(_, words)| words).sum();
    assert_eq!((places.len(), words), (148, 168), "sentences with key words, and key words in them");
}

#[test]
fn a_level_is_that_of_the_strongest_word_or_the_reading_says_why_not() {
    for clause in all().filter(|clause| is_of_rfc(clause) && clause.reading.is_none()) {
        let strongest: Option<Level> = saying(clause).map(Sentence::level).min();
        assert_eq!(Some(clause.level), strongest, "{}", clause.id);
    }
}

fn id(clause: &'static Clause) -> &'static str {
    clause.id
}

fn is_of_rfc(clause: &Clause) -> bool {
    clause.source.starts_with("RFC 6109 ")
}

/// The sentences that come to it.
fn saying(clause: &Clause) -> impl Iterator<Item = &'static Sentence> {
    sentences().iter().filter(move |sentence| sentence.clauses().contains(&clause.id))
}

fn has_home(clause: &Clause) -> bool {
    saying(clause).any(|sentence| sentence.source == clause.source)
}

#[test]
fn every_chapter_of_the_folder_is_listed() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/norm/clauses");
    let files = std::fs::read_dir(folder).unwrap().flatten().filter(|file| file.file_name() != "mod.rs").count();
    assert_eq!(clauses::CHAPTERS.len(), files, "src/norm/clauses/mod.rs lists each file of its folder");
}
