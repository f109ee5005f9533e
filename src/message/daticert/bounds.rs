//! What is asked of a daticert.xml before it is parsed, in one pass: few attributes, little depth, and character references
//! that name a character. The parser compares attributes and namespaces with each other, which a hostile document makes
//! endless, and takes a reference to no character for U+FFFD.

use memchr::{memchr, memchr2, memmem};

/// More attributes of one element are not read, namespace declarations among them; the DTD knows two at most.
pub(super) const MAX_ATTRIBUTES: usize = 100;
/// More namespace declarations in one document are not read; the DTD knows none.
const MAX_NAMESPACES: usize = 100;
/// A deeper document is not read; xmllint draws the line at the same place.
pub(super) const MAX_DEPTH: usize = 256;

/// A problem, and the byte where it is.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Problem {
    pub at: usize,
    pub what: String,
    /// Which sort it is of.
    pub sort: Sort,
}

/// Whether a document is wrong, or more than is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    Malformed,
    Beyond,
}

/// Whether `text` can be given to the parser. What is not well-formed in another way is left to it.
pub(super) fn check(text: &str) -> Result<(), Problem> {
    Scan { text: text.as_bytes(), at: 0, depth: 0, namespaces: 0 }.document()
}

struct Scan<'a> {
    text: &'a [u8],
    at: usize,
    depth: usize,
    namespaces: usize,
}

impl Scan<'_> {
    fn document(mut self) -> Result<(), Problem> {
        while let Some(next) = memchr2(b'<', b'&', &self.text[self.at..]) {
            self.at += next;
            let rest = &self.text[self.at..];
            match rest {
                [b'&', ..] => self.reference()?,
                [b'<', b'!', b'-', b'-', ..] => self.skip(b"-->"),
                _ if rest.starts_with(b"<![CDATA[") => self.skip(b"]]>"),
                [b'<', b'?', ..] => self.skip(b"?>"),
                [b'<', b'!', ..] => self.declaration(),
                [b'<', b'/', ..] => {
                    self.depth = self.depth.saturating_sub(1);
                    self.skip(b">");
                }
                _ => self.start_tag()?,
            }
        }
        Ok(())
    }

    /// Behind the next `end`, or at the end of the text.
    fn skip(&mut self, end: &[u8]) {
        let found = memmem::find(&self.text[self.at..], end);
        self.at = found.map_or(self.text.len(), |found| self.at + found + end.len());
    }

    /// `&#...;` names a character of XML 1.0 (2.2).
    fn reference(&mut self) -> Result<(), Problem> {
        let (start, rest) = (self.at, &self.text[self.at + 1..]);
        self.at += 1;
        let (digits, radix) = match rest {
            [b'#', b'x', digits @ ..] => (digits, 16),
            [b'#', digits @ ..] => (digits, 10),
            _ => return Ok(()),
        };
        let length = digits.iter().take_while(|digit| char::from(**digit).is_digit(radix)).count();
        if length == 0 || digits.get(length) != Some(&b';') {
            return Ok(());
        }
        let value = digits[..length].iter().fold(0_u32, |value, digit| {
            value.saturating_mul(radix).saturating_add(char::from(*digit).to_digit(radix).unwrap_or(0))
        });
        let named = char::from_u32(value).filter(
            |named| matches!(named, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..),
        );
        if named.is_some() {
            return Ok(());
        }
        let shown = String::from_utf8_lossy(&digits[..length.min(12)]).into_owned();
        let prefix = if radix == 16 { "&#x" } else { "&#" };
        let why = match value {
            0xd800..=0xdfff => "names half of a surrogate pair, which is no character",
            0x11_0000.. => "is beyond U+10FFFF",
            _ => "names no character of XML",
        };
        Err(Problem { at: start, what: format!("the reference {prefix}{shown}; {why}"), sort: Sort::Malformed })
    }

    /// `<!DOCTYPE ...>` with its internal subset.
    fn declaration(&mut self) {
        let mut inside = false;
        self.at += 2;
        while let Some(&octet) = self.text.get(self.at) {
            match octet {
                b'"' | b'\'' => {
                    self.at += 1;
                    self.skip(&[octet]);
                    continue;
                }
                b'<' if self.text[self.at..].starts_with(b"<!--") => {
                    self.skip(b"-->");
                    continue;
                }
                b'<' if self.text[self.at..].starts_with(b"<?") => {
                    self.skip(b"?>");
                    continue;
                }
                b'[' => inside = true,
                b']' => inside = false,
                b'>' if !inside => {
                    self.at += 1;
                    return;
                }
                _ => {}
            }
            self.at += 1;
        }
    }

    fn start_tag(&mut self) -> Result<(), Problem> {
        let start = self.at;
        let (mut attributes, mut name) = (0, start + 1);
        self.at += 1;
        while let Some(&octet) = self.text.get(self.at) {
            match octet {
                b'>' => {
                    self.depth += usize::from(self.text[self.at - 1] != b'/');
                    self.at += 1;
                    break;
                }
                b'"' | b'\'' => {
                    attributes += 1;
                    if self.text[name..self.at].starts_with(b"xmlns") {
                        self.namespaces += 1;
                    }
                    if attributes > MAX_ATTRIBUTES {
                        return Err(too_many(start, MAX_ATTRIBUTES, "attributes in one element"));
                    }
                    if self.namespaces > MAX_NAMESPACES {
                        return Err(too_many(start, MAX_NAMESPACES, "namespace declarations"));
                    }
                    self.value(octet)?;
                    name = self.at;
                }
                b'<' => return Ok(()), // not well-formed: the parser's
                _ => {
                    self.at += 1;
                    if octet.is_ascii_whitespace() {
                        name = self.at;
                    }
                }
            }
        }
        if self.depth > MAX_DEPTH {
            let what = format!("nested more than {MAX_DEPTH} deep");
            return Err(Problem { at: start, what, sort: Sort::Beyond });
        }
        Ok(())
    }

    /// An attribute's value, from its first quote to behind its last.
    fn value(&mut self, quote: u8) -> Result<(), Problem> {
        self.at += 1;
        let end = memchr(quote, &self.text[self.at..]).map_or(self.text.len(), |end| self.at + end);
        while let Some(next) = memchr(b'&', &self.text[self.at..end]) {
            self.at += next;
            self.reference()?;
        }
        self.at = (end + 1).min(self.text.len());
        Ok(())
    }
}

fn too_many(at: usize, most: usize, what: &str) -> Problem {
    Problem { at, what: format!("could not be read: more than {most} {what}"), sort: Sort::Beyond }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(text: &str) -> Option<(usize, String)> {
        check(text).err().map(|problem| (problem.at, problem.what))
    }

    #[test]
    fn references_name_characters() {
        for good in
            ["<a>&#233;&#xE9;&#x1F600;&#10;&#0000233;&amp;&x;&#;&#x;</a>", "<!-- &#xD800; -->", "<![CDATA[&#xD800;]]>"]
        {
            assert_eq!(problem(good), None, "{good}");
        }
        let half = "names half of a surrogate pair, which is no character";
        for (bad, at, why) in [
            ("<a>&#xD83D;&#xDE00;</a>", 3, format!("the reference &#xD83D; {half}")),
            ("<a b='&#55357;'/>", 6, format!("the reference &#55357; {half}")),
            ("<a>&#x110000;</a>", 3, "the reference &#x110000; is beyond U+10FFFF".to_owned()),
            ("<a>&#99999999999999999999;</a>", 3, "the reference &#999999999999; is beyond U+10FFFF".to_owned()),
            ("<a>&#0;</a>", 3, "the reference &#0; names no character of XML".to_owned()),
            ("<a>&#xFFFE;</a>", 3, "the reference &#xFFFE; names no character of XML".to_owned()),
        ] {
            assert_eq!(problem(bad), Some((at, why)), "{bad}");
        }
    }

    #[test]
    fn attributes_namespaces_and_depth_are_counted_where_they_are_some() {
        let attributes = |count: usize| (0..count).map(|at| format!(" a{at}='>'")).collect::<Vec<_>>().concat();
        assert_eq!(problem(&format!("<a{}/>", attributes(MAX_ATTRIBUTES))), None);
        assert!(problem(&format!("<a{}/>", attributes(MAX_ATTRIBUTES + 1))).unwrap().1.contains("attributes"));
        let spaces = (0..101).map(|at| format!("<b xmlns:n{at}=\"u\"/>")).collect::<Vec<_>>().concat();
        assert!(problem(&format!("<a>{spaces}</a>")).unwrap().1.contains("namespace declarations"));
        assert!(problem(&"<a>".repeat(257)).unwrap().1.starts_with("nested more than 256"));
        let flat = "<a><b/><c d='/'></c><!-- <a> --></a>".repeat(1000);
        let doctype = "<!DOCTYPE a [<!ENTITY x '<a>'><!-- ]> --> <?p ]> ?>]>";
        assert_eq!(problem(&format!("{doctype}{flat}")), None);
    }

    #[test]
    fn hostile_texts_end_soon() {
        let quotes = "=''".repeat(50_000);
        for sign in ["<", "<!", "<![", "<?", "&#", "<a '", "\"", "<!DOCTYPE [", "<a b", "</", "<!--"] {
            let _ = check(&sign.repeat(100_000));
        }
        assert!(problem(&format!("<a{quotes}>")).is_some());
    }
}
