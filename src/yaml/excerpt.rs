//! The lines around a mistake, as they are drawn: few, short, and harmless, whatever file they are from.

use miette::{MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

use super::locate::Position;
use crate::shown::{acts, shown};

/// Columns drawn on either side of the mistake.
const AROUND: usize = 60;
/// Octets marked at most.
const MARKED: usize = 40;
/// Shows that a line goes on.
const CUT: char = '…';

/// A line with a mistake and its neighbours.
#[derive(Clone, Debug)]
pub struct Excerpt {
    file: String,
    text: String,
    /// Of the first line drawn, from 0.
    line: usize,
    /// Where the mistake is in the file.
    at: Position,
    /// Where it is in `text`.
    span: SourceSpan,
}

impl Excerpt {
    /// The lines around `at`.
    pub fn of(file: &str, source: &str, at: Position) -> Self {
        let offset = source.floor_char_boundary(at.offset);
        let start = start_of_line(source, offset);
        let end = source[offset..].find('\n').map_or(source.len(), |end| offset + end);
        let (line, place) = (&source[start..end], offset - start);
        let from = line[..place].char_indices().rev().nth(AROUND - 1).map_or(0, |(at, _)| at);
        let column = line[..from].chars().count();

        let mut text = String::new();
        let mut first = at.line.saturating_sub(1);
        if start > 0 {
            text.push_str(&drawn(&source[start_of_line(source, start - 1)..start - 1], column));
            text.push('\n');
            first = first.saturating_sub(1);
        }
        let mark = text.len() + if column > 0 { CUT.len_utf8() } else { 0 } + (place - from);
        text.push_str(&drawn(line, column));
        let word = line[place..].find([',', '}', ']', ':']).unwrap_or(line.len() - place).min(MARKED);
        let marked = text.floor_char_boundary((mark + word).min(text.len())).saturating_sub(mark).max(1);
        let after = source.get(end + 1..).and_then(|rest| rest.split('\n').next()).unwrap_or_default();
        if !after.is_empty() {
            text.push('\n');
            text.push_str(&drawn(after, column));
        }
        Self { file: shown(file), text, line: first, at, span: (mark, marked).into() }
    }

    /// What is marked.
    pub fn span(&self) -> SourceSpan {
        self.span
    }
}

impl SourceCode for Excerpt {
    /// Without context asked for, only the place is wanted: where in the file the mistake is.
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let (text, file) = (self.text.as_bytes(), self.file.clone());
        let contents = if (before, after) == (0, 0) {
            let (line, column) = (self.at.line.saturating_sub(1), self.at.column.saturating_sub(1));
            MietteSpanContents::new_named(file, text, *span, line, column, 1)
        } else {
            MietteSpanContents::new_named(file, text, (0, text.len()).into(), self.line, 0, 3)
        };
        Ok(Box::new(contents))
    }
}

fn start_of_line(source: &str, at: usize) -> usize {
    source[..at].rfind('\n').map_or(0, |end| end + 1)
}

/// What of a line stands in the window that begins at a column. What would act on a terminal is blanks as long, so that
/// places stay where they are.
fn drawn(line: &str, column: usize) -> String {
    let mut text = String::new();
    let mut rest = line.chars().skip(column).peekable();
    if column > 0 && rest.peek().is_some() {
        text.push(CUT);
    }
    for c in rest.by_ref().take(2 * AROUND) {
        if acts(c) {
            text.extend(std::iter::repeat_n(' ', c.len_utf8()));
        } else {
            text.push(c);
        }
    }
    if rest.peek().is_some() {
        text.push(CUT);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn excerpt(source: &str, offset: usize) -> Excerpt {
        let line = source[..offset].matches('\n').count() + 1;
        let column = source[start_of_line(source, offset)..offset].chars().count() + 1;
        Excerpt::of("a.yaml", source, Position { line, column, offset })
    }

    fn marked(excerpt: &Excerpt) -> &str {
        let span = excerpt.span();
        &excerpt.text[span.offset()..span.offset() + span.len()]
    }

    #[test]
    fn a_line_and_its_neighbours_are_drawn_and_the_place_is_marked() {
        let source = "one\ntwo: {wrong: 1}\nthree\nfour";
        let found = excerpt(source, 10);
        assert_eq!((found.text.as_str(), found.line, marked(&found)), ("one\ntwo: {wrong: 1}\nthree", 0, "wrong"));
        let last = excerpt(source, source.len() - 4);
        assert_eq!((last.text.as_str(), last.line, marked(&last)), ("three\nfour", 2, "four"));
    }

    #[test]
    fn what_is_drawn_is_short_and_acts_on_nothing() {
        let (before, long) = ("y".repeat(99_999), "x".repeat(70_000));
        let source = format!("{before}\n{long}è\x1b[2Jwrong{long}\n");
        let found = excerpt(&source, source.find("wrong").unwrap());
        assert!(found.text.len() < 500 && found.text.chars().all(|c| c == '\n' || !acts(c)), "{}", found.text);
        assert!(marked(&found).starts_with("wrongxxx"), "{}", marked(&found));
        assert_eq!(found.at.column, 70_006);
    }

    #[test]
    fn every_place_of_a_file_can_be_marked() {
        let source = "\n\ntitle: è 📧\r\n  - [a,\tb]\n\n";
        for offset in (0..=source.len()).filter(|offset| source.is_char_boundary(*offset)) {
            let found = excerpt(source, offset);
            assert!(found.span().offset() <= found.text.len(), "{offset}");
        }
        for source in ["", "\n", "a"] {
            let _ = excerpt(source, source.len());
        }
    }
}
