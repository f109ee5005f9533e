//! Where in the file an element or attribute stands, by its path.

use std::ops::Range;

use super::{DaticertReading, xml};

/// A place in daticert.xml.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct XmlPlace {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// Its bytes in the file; `None` where the text is not the file's octets (another charset than UTF-8, a byte order mark).
    pub bytes: Option<Range<usize>>,
}

impl DaticertReading {
    /// The first element of a path such as `postacert/dati/data`, or the attribute of `postacert/dati/data/@zona`.
    pub fn place(&self, path: &str) -> Option<XmlPlace> {
        let text = xml::decode(&self.xml).ok()?;
        let document = xml::parse(&text).document.ok()?;
        let (elements, attribute) = path.split_once("/@").map_or((path, None), |(path, name)| (path, Some(name)));
        let mut steps = elements.split('/');
        let root = document.root_element();
        let mut node = steps.next().is_some_and(|name| root.has_tag_name(name)).then_some(root)?;
        for step in steps {
            node = node.children().find(|child| child.has_tag_name(step))?;
        }
        let range = match attribute {
            Some(name) => node.attribute_node(name)?.range(),
            None => node.range(),
        };
        let at = document.text_pos_at(range.start);
        Some(XmlPlace { line: at.row, column: at.col, bytes: (text.as_bytes() == self.xml).then_some(range) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::sample::DATICERT;

    #[test]
    fn an_element_and_an_attribute_are_found_where_they_stand() {
        let reading = DaticertReading::read(DATICERT.as_bytes().to_vec());
        let text = |path: &str| {
            let place = reading.place(path)?;
            Some((place.line, place.column, &DATICERT[place.bytes?]))
        };
        assert_eq!(text("postacert/@tipo"), Some((2, 12, "tipo=\"posta-certificata\"")));
        assert_eq!(text("postacert/dati/data/@zona"), Some((12, 15, "zona=\"+0200\"")));
        assert_eq!(text("postacert/dati/ricevuta"), Some((15, 9, "<ricevuta tipo=\"completa\"/>")));
        assert_eq!(text("postacert/dati/consegna"), None);
        assert_eq!(text("postacert/dati/ricevuta/@none"), None);
        assert_eq!(text(""), None);
    }

    #[test]
    fn in_another_charset_there_is_a_line_and_no_bytes() {
        let latin1 = DATICERT.replace("UTF-8", "ISO-8859-1");
        let octets: Vec<u8> = latin1.chars().map(|c| u8::try_from(c).unwrap()).collect();
        let place = DaticertReading::read(octets).place("postacert/dati/msgid").unwrap();
        assert_eq!((place.line, place.bytes), (14, None));
        assert_eq!(DaticertReading::read(b"<postacert".to_vec()).place("postacert"), None);
    }
}
