//! The line of a message that a finding is about, cut to fit, with a caret below what it points at.

use crate::{rules::Span, shown::spelt};

/// Octets of the line that are looked at on either side of where it points: a line may be as long as a message.
const LOOKED_AT: usize = 400;
/// Characters before what is pointed at that are shown.
const BEFORE: usize = 30;

/// A line, and what of it is pointed at. Texts are as found: [`Excerpt::rows`] escapes them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// Number of the line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    before: String,
    marked: String,
    after: String,
}

impl Excerpt {
    /// The line around the first byte of `span`; `None` where it lies beyond the message.
    pub fn of(bytes: &[u8], span: Span) -> Option<Self> {
        let start = span.offset;
        let before = bytes.get(..start).filter(|_| start < bytes.len())?;
        let line_start = memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
        let line_end = memchr::memchr(b'\n', &bytes[start..]).map_or(bytes.len(), |at| start + at);
        let content = bytes[start..line_end].trim_ascii_end().len();
        let marked = start + content.min(span.length).min(LOOKED_AT);
        let after = (start + content).min(marked.saturating_add(LOOKED_AT));
        let text = |range: std::ops::Range<usize>| String::from_utf8_lossy(&bytes[range]).into_owned();
        Some(Self {
            line: memchr::memchr_iter(b'\n', before).count() + 1,
            column: String::from_utf8_lossy(&before[line_start..]).chars().count() + 1,
            before: text(line_start.max(start.saturating_sub(LOOKED_AT))..start),
            marked: text(start..marked),
            after: text(marked..after.max(marked)),
        })
    }

    /// The line in at most `width` columns, and carets below what it points at.
    pub fn rows(&self, width: usize) -> [String; 2] {
        let before = last(&spelt(&self.before), BEFORE);
        let room = width.saturating_sub(before.chars().count());
        let marked = first(&spelt(&self.marked), room);
        let after = first(&spelt(&self.after), room.saturating_sub(marked.chars().count()));
        let carets = "^".repeat(marked.chars().count().max(1));
        [format!("{before}{marked}{after}"), format!("{}{carets}", " ".repeat(before.chars().count()))]
    }
}

/// The first `many` characters, the last of them a sign that there are more.
fn first(text: &str, many: usize) -> String {
    if text.chars().count() <= many {
        return text.to_owned();
    }
    text.chars().take(many.saturating_sub(1)).chain((many > 0).then_some('…')).collect()
}

/// The last `many` characters, the first of them a sign that there are more.
fn last(text: &str, many: usize) -> String {
    let count = text.chars().count();
    if count <= many {
        return text.to_owned();
    }
    ['…'].into_iter().chain(text.chars().skip(count + 1 - many)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str, offset: usize, length: usize) -> [String; 2] {
        Excerpt::of(text.as_bytes(), Span { offset, length }).unwrap().rows(60)
    }

    #[test]
    fn a_caret_stands_below_what_is_pointed_at() {
        let text = "From: a\r\nSubject: perché no\r\nTo: b\r\n";
        let at = text.find("no").unwrap();
        assert_eq!(rows(text, at, 2), ["Subject: perché no", "                ^^"]);
        assert_eq!(rows(text, 9, 30), ["Subject: perché no", "^^^^^^^^^^^^^^^^^^"]);
        let excerpt = Excerpt::of(text.as_bytes(), Span { offset: at, length: 2 }).unwrap();
        assert_eq!((excerpt.line, excerpt.column), (2, 17));
    }

    #[test]
    fn a_long_line_is_cut_on_both_sides() {
        let text = format!("{}HERE{}", "x".repeat(100_000), "y".repeat(100_000));
        let [line, carets] = rows(&text, 100_000, 4);
        assert_eq!(line.chars().count(), 60);
        assert!(line.starts_with('…') && line.ends_with('…') && line.contains("HERE"));
        assert_eq!(carets.find('^'), Some(line.chars().position(|c| c == 'H').unwrap()));
    }

    #[test]
    fn what_acts_is_spelt_out_and_the_caret_still_stands_below() {
        let text = "Subject: \u{1b}[2Jx\u{202e}!";
        let [line, carets] = rows(text, text.find('x').unwrap(), 1);
        assert_eq!((line.as_str(), carets.as_str()), (r"Subject: \u{1b}[2Jx\u{202e}!", "                  ^"));
    }

    #[test]
    fn an_empty_place_and_one_beyond_the_message_do_no_harm() {
        assert_eq!(rows("a\r\n\r\nb", 3, 0), ["", "^"]);
        for offset in [7, 8, usize::MAX] {
            assert_eq!(Excerpt::of(b"a\r\n\r\nbc", Span { offset, length: 1 }), None);
        }
        assert_eq!(Excerpt::of(b"", Span::at(0)), None);
        assert!(Excerpt::of(b"ab", Span { offset: 1, length: usize::MAX }).is_some());
    }
}
