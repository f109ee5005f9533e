//! Start tags of an HTML text, as a browser would see them: comments and the texts of scripts passed over.

use mail_parser::decoders::html::html_to_text;

/// A start tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag {
    /// Name in lower case.
    pub name: String,
    /// Attributes, names in lower case, character references decoded.
    pub attributes: Vec<(String, String)>,
}

/// Every start tag of `html`, in order.
pub fn tags(html: &str) -> impl Iterator<Item = Tag> {
    let mut rest = html;
    std::iter::from_fn(move || {
        loop {
            rest = &rest[rest.find('<')? + 1..];
            if let Some(comment) = rest.strip_prefix("!--") {
                rest = comment.find("-->").map_or("", |end| &comment[end + 3..]);
            } else if rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
                let (tag, after) = read(rest);
                rest = after;
                if matches!(&*tag.name, "script" | "style" | "textarea" | "title") {
                    rest = after_end_tag(rest, &tag.name);
                }
                return Some(tag);
            }
        }
    })
}

/// The tag whose name `text` starts with, and what follows it.
fn read(text: &str) -> (Tag, &str) {
    let end = text.find(|c: char| c.is_ascii_whitespace() || c == '/' || c == '>').unwrap_or(text.len());
    let mut tag = Tag { name: text[..end].to_ascii_lowercase(), attributes: Vec::new() };
    let mut rest = &text[end..];
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        if rest.is_empty() {
            return (tag, rest);
        }
        if let Some(after) = rest.strip_prefix('>') {
            return (tag, after);
        }
        // An equals sign where a name should start belongs to the name, as browsers have it.
        let stop = |c: char| c.is_ascii_whitespace() || "/>=".contains(c);
        let first = rest.chars().next().map_or(0, char::len_utf8);
        let end = rest[first..].find(stop).map_or(rest.len(), |at| first + at);
        let name = rest[..end].to_ascii_lowercase();
        rest = rest[end..].trim_start();
        let mut value = "";
        if let Some(after) = rest.strip_prefix('=') {
            (value, rest) = attribute_value(after.trim_start());
        }
        tag.attributes.push((name, html_to_text(value).trim().to_owned()));
    }
}

fn attribute_value(text: &str) -> (&str, &str) {
    match text.chars().next().filter(|c| "\"'".contains(*c)) {
        Some(quote) => text[1..].split_once(quote).unwrap_or((&text[1..], "")),
        None => text.split_at(text.find(|c: char| c.is_ascii_whitespace() || c == '>').unwrap_or(text.len())),
    }
}

/// What follows the end tag of an element whose content is text; nothing where it never ends.
fn after_end_tag<'a>(text: &'a str, name: &str) -> &'a str {
    let ends = text
        .match_indices("</")
        .find(|(at, _)| text.get(at + 2..at + 2 + name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name)));
    ends.map_or("", |(at, _)| &text[at..])
}
