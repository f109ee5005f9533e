//! The tale of a play, by its paragraphs: what arrived, with the anatomy of each message below it.

use super::texts::{Both, Lines, both};
use crate::language::Language;

/// Octets of a tale that are shown.
const LONGEST: usize = 64 << 10;

/// A sentence, and the lines that stand below it.
pub(super) struct Paragraph {
    pub head: Both,
    pub lines: Lines,
}

/// The paragraphs of a tale, of which the first line is the scenario's title; and whether that is all of it.
pub(super) fn paragraphs(story: &str) -> (Vec<Paragraph>, bool) {
    let (told, whole) = parted(story);
    let paragraph = |(head, lines): &(&str, Vec<&str>)| {
        // What the tale itself says stands below what ends in a colon; all else is of messages and sessions.
        let said = if head.ends_with(':') { Language::tale } else { Language::tale_line };
        Paragraph { head: both(|language| language.tale(head).into_owned().into()), lines: Lines::of(lines, said) }
    };
    (told.iter().map(paragraph).collect(), whole)
}

/// Each sentence with the lines below it; one that leads to lines, of which there are none, is left out.
fn parted(story: &str) -> (Vec<(&str, Vec<&str>)>, bool) {
    let cut = match story.floor_char_boundary(LONGEST) {
        all if all == story.len() => all,
        within => story[..within].rfind('\n').unwrap_or_default(),
    };
    let mut told: Vec<(&str, Vec<&str>)> = Vec::new();
    for line in story[..cut].lines().skip(1).filter(|line| !line.is_empty()) {
        match (line.strip_prefix("  "), told.last_mut()) {
            (Some(below), Some((_, lines))) => lines.push(below),
            _ => told.push((line, Vec::new())),
        }
    }
    told.retain(|(head, lines)| !lines.is_empty() || !head.ends_with(':'));
    (told, cut == story.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_indented_stands_below_the_sentence_before() {
        let (told, whole) =
            parted("A title\n\nAt T+0, it is put in.\n  accepted\n    so\n\nNothing arrives.\n\nOn the wires:\n");
        let below = vec!["accepted", "  so"];
        assert_eq!(told, [("At T+0, it is put in.", below), ("Nothing arrives.", Vec::new())]);
        assert!(whole);
    }

    #[test]
    fn what_the_tale_says_is_told_in_both_languages_and_what_a_message_says_as_it_is() {
        let story = "A title\n\nanna@receiver receives avvenuta-consegna a for x@receiver, error 5.1.1\n  Subject: valid\n  \
                     signature: valid, sha256, DER, signed at T+0, signer trusted, in no directory\n  | trusted\n\n\
                     On the wires:\n  sender -> receiver, T+0, posta-certificata a, from <> to anna@receiver\n";
        let (told, _) = paragraphs(story);
        let head = told[0].head.to_string();
        assert!(head.contains("anna@receiver riceve avvenuta-consegna a per x@receiver, errore 5.1.1<"), "{head}");
        let lines = told[0].lines.to_string();
        assert!(
            lines.starts_with("Subject: valid\n<span lang=it>firma: valida, sha256, DER, firmato a T+0, "),
            "{lines}"
        );
        assert!(lines.contains("firmatario fidato, in nessun indice<") && lines.ends_with("\n| trusted\n"), "{lines}");
        let wires = told[1].lines.to_string();
        assert!(wires.contains("sender -> receiver, T+0, posta-certificata a, da &lt;> a anna@receiver<"), "{wires}");
    }

    #[test]
    fn a_tale_without_end_is_cut() {
        let story = format!("A title\n\nHere:\n{}", "  è\n".repeat(100_000));
        let (told, whole) = parted(&story);
        assert!(!whole && told.len() == 1 && told[0].1.len() < LONGEST / 3);
    }
}
