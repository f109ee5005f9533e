//! Edits of daticert.xml.

use std::ops::Range;

use roxmltree::{Document, Node, ParsingOptions};

use super::{DaticertEdit, FaultError, bytes};

/// Edits the decoded file.
pub(super) fn edit(xml: &[u8], edit: &DaticertEdit) -> Result<Vec<u8>, FaultError> {
    if let DaticertEdit::Replace(replace) = edit {
        return bytes::replace(xml, replace);
    }
    let text = std::str::from_utf8(xml).map_err(|error| FaultError::Unworkable(format!("daticert.xml: {error}")))?;
    let options = ParsingOptions { allow_dtd: true, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text, options)
        .map_err(|error| FaultError::Unworkable(format!("daticert.xml: {error}")))?;
    let find = |path: &str| Place::find(&document, path);
    let (range, by) = match edit {
        DaticertEdit::Set { path, to } => find(path)?.set(text, path, to)?,
        DaticertEdit::Remove(path) => (find(path)?.range(path)?, String::new()),
        DaticertEdit::Duplicate(path) => {
            let range = find(path)?.range(path)?;
            (range.end..range.end, text[range].to_owned())
        }
        DaticertEdit::Insert { before, xml } => {
            let start = find(before)?.element.range().start;
            (start..start, xml.clone())
        }
        DaticertEdit::Append { into, xml } => {
            let element = find(into)?.element;
            let range = element.range();
            let end = range.start
                + text[range].rfind("</").ok_or_else(|| FaultError::Missing(format!("an end of {into}")))?;
            (end..end, xml.clone())
        }
        DaticertEdit::Replace(_) => unreachable!("replaced above"),
    };
    Ok(bytes::splice(xml, range, by.as_bytes()))
}

/// What a path leads to: an element, or an attribute of it that may not be there.
struct Place<'a, 'i> {
    element: Node<'a, 'i>,
    attribute: Option<String>,
}

impl<'a, 'i> Place<'a, 'i> {
    fn find(document: &'a Document<'i>, path: &str) -> Result<Self, FaultError> {
        let missing = || FaultError::Missing(format!("{path} in daticert.xml"));
        let mut element = document.root();
        for step in path.split('/') {
            if let Some(name) = step.strip_prefix('@') {
                return Ok(Self { element, attribute: Some(name.to_owned()) });
            }
            let (name, number) = match step.strip_suffix(']').and_then(|step| step.split_once('[')) {
                Some((name, number)) => (name, number.parse::<usize>().map_err(|_| missing())?),
                None => (step, 1),
            };
            let mut named = element.children().filter(|child| child.has_tag_name(name));
            element = named.nth(number.checked_sub(1).ok_or_else(missing)?).ok_or_else(missing)?;
        }
        Ok(Self { element, attribute: None })
    }

    /// The whole element, or the whole attribute with the blank before it.
    fn range(&self, path: &str) -> Result<Range<usize>, FaultError> {
        let Some(name) = &self.attribute else { return Ok(self.element.range()) };
        let range = self.element.attribute_node(name.as_str()).map(|attribute| attribute.range());
        let range = range.ok_or_else(|| FaultError::Missing(format!("{path} in daticert.xml")))?;
        Ok(range.start - 1..range.end)
    }

    fn set(&self, text: &str, path: &str, to: &str) -> Result<(Range<usize>, String), FaultError> {
        let to = to.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
        let range = self.element.range();
        if let Some(name) = &self.attribute {
            return Ok(if let Some(attribute) = self.element.attribute_node(name.as_str()) {
                (attribute.range_value(), to)
            } else {
                let at = range.start + 1 + self.element.tag_name().name().len();
                (at..at, format!(" {name}=\"{to}\""))
            });
        }
        let close = range.start
            + text[range.clone()].rfind("</").ok_or_else(|| FaultError::Missing(format!("text in {path}")))?;
        let open = self.element.first_child().map_or(close, |child| child.range().start);
        Ok((open..close, to))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const XML: &str = r#"<?xml version="1.0"?><postacert tipo="x"><dati><ora>10:00:00</ora><d>a</d><d>b</d><e></e></dati></postacert>"#;

    fn edited(edit_: &DaticertEdit) -> String {
        String::from_utf8(edit(XML.as_bytes(), edit_).unwrap()).unwrap()
    }

    #[test]
    fn each_edit_changes_its_place_and_nothing_else() {
        let set = |path: &str, to: &str| edited(&DaticertEdit::Set { path: path.into(), to: to.into() });
        assert_eq!(set("postacert/dati/ora", "11:00:00"), XML.replace("10:00:00", "11:00:00"));
        assert_eq!(set("postacert/dati/e", "<"), XML.replace("<e></e>", "<e>&lt;</e>"));
        assert_eq!(set("postacert/dati/d[2]", "c"), XML.replace("<d>b", "<d>c"));
        assert_eq!(set("postacert/@tipo", "y"), XML.replace("\"x\"", "\"y\""));
        assert_eq!(set("postacert/@errore", "altro"), XML.replace("<postacert ", "<postacert errore=\"altro\" "));
        assert_eq!(edited(&DaticertEdit::Remove("postacert/dati/d".into())), XML.replace("<d>a</d>", ""));
        assert_eq!(edited(&DaticertEdit::Remove("postacert/@tipo".into())), XML.replace(" tipo=\"x\"", ""));
        assert_eq!(
            edited(&DaticertEdit::Duplicate("postacert/dati/d".into())),
            XML.replace("<d>a</d>", "<d>a</d><d>a</d>")
        );
        let append = DaticertEdit::Append { into: "postacert/dati".into(), xml: "<z/>".into() };
        assert_eq!(edited(&append), XML.replace("</dati>", "<z/></dati>"));
        let insert = DaticertEdit::Insert { before: "postacert/dati/d[2]".into(), xml: "<z/>".into() };
        assert_eq!(edited(&insert), XML.replace("<d>b", "<z/><d>b"));
    }

    #[test]
    fn a_path_that_leads_nowhere_is_an_error() {
        for path in ["postacert/dati/f", "postacert/dati/d[3]", "postacert/dati/d[0]", "dati"] {
            let error = edit(XML.as_bytes(), &DaticertEdit::Remove(path.into())).unwrap_err();
            assert_eq!(error, FaultError::Missing(format!("{path} in daticert.xml")));
        }
    }
}
