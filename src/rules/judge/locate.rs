//! The bytes that a finding is about, for all rules in one place: of a header field by its name, of a part by what it is
//! for, of an element of daticert.xml by its path.

use std::ops::Range;

use crate::{
    message::{Entity, Message},
    rules::{Finding, Piece, Span, Spot},
};

/// Findings of one rule beyond these are left where their rule put them: who finds ten thousand things wrong in a message
/// sees enough in the first.
const LOCATED: usize = 100;

/// Fills in where in `message` findings are, as far as their rule has not.
pub(super) fn locate(findings: &mut [Finding], message: &Message) {
    findings.iter_mut().take(LOCATED).for_each(|finding| one(finding, message));
}

fn one(finding: &mut Finding, message: &Message) {
    let bytes = match &mut finding.at.spot {
        Spot::Header { field, nth, of: None } => field_of(&message.mail.root, field, *nth),
        Spot::Header { field, nth, of: Some(Piece::Original) } => in_original(message, field, *nth),
        Spot::Header { field, nth, of: Some(piece) } => {
            entity(message, *piece).and_then(|entity| field_of(entity, field, *nth))
        }
        Spot::Part { piece, path } => {
            let entity = entity(message, *piece);
            *path = entity.and_then(|entity| path_to(&message.mail.root, entity));
            entity.map(|entity| entity.span.clone())
        }
        Spot::Xml { path, line, column } => element(message, path).and_then(|element| {
            (*line, *column) = (Some(element.line), Some(element.column));
            element.bytes
        }),
        Spot::Certificate { .. } | Spot::Session { .. } | Spot::Record { .. } | Spot::Words { .. } => None,
    };
    let Some(bytes) = bytes.map(Span::from) else { return };
    // A rule that points at the beginning means the whole; one that points elsewhere knows better.
    if finding.at.span.is_none_or(|span| span == Span::at(bytes.offset)) {
        finding.at.span = Some(bytes);
    }
}

fn field_of(entity: &Entity, name: &str, nth: usize) -> Option<Range<usize>> {
    entity.headers_named(name).nth(nth.checked_sub(1)?).map(|header| header.span.clone())
}

/// A field of the original, whose bytes are the message's own where no transfer encoding is around them.
fn in_original(message: &Message, name: &str, nth: usize) -> Option<Range<usize>> {
    let part = message.parts.original.as_ref()?;
    let range = field_of(&message.original_mail()?.root, name, nth)?;
    as_it_is(part).then(|| part.body.start + range.start..part.body.start + range.end)
}

fn as_it_is(entity: &Entity) -> bool {
    matches!(entity.encoding.as_str(), "7bit" | "8bit" | "binary")
}

fn entity(message: &Message, piece: Piece) -> Option<&Entity> {
    let signed = message.signed.as_ref();
    match piece {
        Piece::Signed => signed.map(|signed| &signed.content),
        Piece::Signature => signed.map(|signed| &signed.signature),
        Piece::Plain => message.parts.plain.as_ref(),
        Piece::Html => message.parts.html.as_ref(),
        Piece::Daticert => message.parts.daticert.as_ref(),
        Piece::Original => message.parts.original.as_ref(),
    }
}

/// `1.2` for the second part of the first.
fn path_to(root: &Entity, sought: &Entity) -> Option<String> {
    let mut path = Vec::new();
    let mut at = root;
    while at.span != sought.span {
        let inside = |child: &&Entity| child.span.start <= sought.span.start && sought.span.end <= child.span.end;
        let number = at.children.iter().position(|child| inside(&child))?;
        path.push((number + 1).to_string());
        at = &at.children[number];
    }
    (!path.is_empty()).then(|| path.join("."))
}

/// An element of daticert.xml.
struct Element {
    line: u32,
    column: u32,
    /// Its bytes in the message, where no transfer encoding is around them.
    bytes: Option<Range<usize>>,
}

fn element(message: &Message, path: &str) -> Option<Element> {
    let (part, reading) = (message.parts.daticert.as_ref()?, message.daticert.as_ref()?);
    let place = reading.place(path)?;
    let bytes = place.bytes.filter(|_| as_it_is(part));
    let bytes = bytes.map(|range| part.body.start + range.start..part.body.start + range.end);
    Some(Element { line: place.line, column: place.column, bytes })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        message::sample,
        rules::{Location, at},
    };

    fn located(raw: &[u8], at: Location) -> (Finding, Option<String>) {
        let message = Message::read(raw).unwrap();
        let mut finding = Finding::new("this", "that", at);
        one(&mut finding, &message);
        let bytes = finding.at.span.map(|span| &raw[span.offset..span.offset + span.length]);
        let text = bytes.map(|bytes| String::from_utf8_lossy(bytes).into_owned());
        (finding, text)
    }

    #[test]
    fn a_field_is_found_by_its_name_in_the_message_and_in_its_parts() {
        let raw = sample::envelope();
        let raw: &[u8] = raw.as_ref();
        assert!(located(raw, at::header("subject")).1.unwrap().starts_with("Subject: "));
        assert_eq!(located(raw, at::header("subject").nth(2)).1, None);
        assert_eq!(located(raw, at::header("X-None")).1, None);
        assert!(located(raw, at::header("Content-Type").of(Piece::Daticert)).1.unwrap().contains("daticert.xml"));
        assert!(located(raw, at::header("Subject").of(Piece::Original)).1.is_some());
    }

    #[test]
    fn a_part_tells_its_place_in_the_tree() {
        let raw = sample::envelope();
        let (finding, text) = located(raw.as_ref(), at::part(Piece::Daticert));
        let Spot::Part { path: Some(path), .. } = &finding.at.spot else { panic!("{:?}", finding.at) };
        assert!(path.starts_with("1."), "{path}");
        assert!(text.unwrap().contains("daticert.xml"));
    }

    #[test]
    fn an_element_has_its_line_and_column_and_its_bytes_where_nothing_is_around_them() {
        let raw = sample::envelope();
        let (finding, text) = located(raw.as_ref(), at::xml("postacert/dati/identificativo"));
        let Spot::Xml { line: Some(line), column: Some(column), .. } = finding.at.spot else { panic!("{finding:?}") };
        assert!(line > 1 && column >= 1);
        if let Some(text) = text {
            assert!(text.starts_with("<identificativo>"), "{text}");
        }
        assert!(located(raw.as_ref(), at::xml("postacert/dati/nothing")).1.is_none());
    }
}
