//! The tale of a play, by its paragraphs: what arrived, with the anatomy of each message below it.

/// Octets of a tale that are shown.
const LONGEST: usize = 64 << 10;

/// A sentence, and the lines that stand below it.
pub(super) struct Paragraph<'a> {
    pub head: &'a str,
    pub lines: String,
}

/// The paragraphs of a tale, of which the first line is the scenario's title; and whether that is all of it.
pub(super) fn paragraphs(story: &str) -> (Vec<Paragraph<'_>>, bool) {
    let cut = match story.floor_char_boundary(LONGEST) {
        all if all == story.len() => all,
        within => story[..within].rfind('\n').unwrap_or_default(),
    };
    let mut told: Vec<Paragraph<'_>> = Vec::new();
    for line in story[..cut].lines().skip(1).filter(|line| !line.is_empty()) {
        match (line.strip_prefix("  "), told.last_mut()) {
            (Some(below), Some(paragraph)) => paragraph.lines.extend([below, "\n"]),
            _ => told.push(Paragraph { head: line, lines: String::new() }),
        }
    }
    (told, cut == story.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_indented_stands_below_the_sentence_before() {
        let (told, whole) = paragraphs("A title\n\nAt T+0, it is put in.\n  accepted\n    so\n\nNothing arrives.\n");
        let told: Vec<_> = told.iter().map(|it| (it.head, it.lines.as_str())).collect();
        assert_eq!(told, [("At T+0, it is put in.", "accepted\n  so\n"), ("Nothing arrives.", "")]);
        assert!(whole);
    }

    #[test]
    fn a_tale_without_end_is_cut() {
        let story = format!("A title\n\nHere:\n{}", "  è\n".repeat(100_000));
        let (told, whole) = paragraphs(&story);
        assert!(!whole && told.len() == 1 && told[0].lines.len() < LONGEST);
    }
}
