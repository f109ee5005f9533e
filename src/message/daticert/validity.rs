//! A document held against the DTD of daticert.xml.

use roxmltree::{Document, Node};

use super::{
    DtdError,
    dtd::{Attribute, Content, ELEMENTS, Element, Item, Presence},
};

/// After this many departures the rest is not told.
const MAX_ERRORS: usize = 100;
/// The longest excerpt of the document that an error quotes, in characters.
const MAX_QUOTE: usize = 200;

/// The departures of `document` from the DTD, in document order.
pub(super) fn departures(document: &Document<'_>) -> Vec<DtdError> {
    let mut errors = Errors { document, list: Vec::new() };
    let root = document.root_element();
    if name_of(root) != "postacert" {
        errors.add(root, "the root element postacert", name_of(root));
    }
    for element in document.descendants().filter(Node::is_element) {
        let Some(declared) = ELEMENTS.iter().find(|declared| declared.name == name_of(element)) else {
            errors.add(element, "an element that the DTD declares", name_of(element));
            continue;
        };
        check_attributes(declared, element, &mut errors);
        check_content(&declared.content, element, &mut errors);
        if errors.list.len() >= MAX_ERRORS {
            break;
        }
    }
    errors.list.truncate(MAX_ERRORS);
    errors.list
}

fn check_attributes(declared: &Element, element: Node<'_, '_>, errors: &mut Errors<'_, '_>) {
    for attribute in element.attributes() {
        let known = declared.attributes.iter().find(|known| known.name == attribute.name());
        match known.filter(|_| attribute.namespace().is_none()) {
            None => {
                errors.add(element, "no attribute but those of the DTD", format!("the attribute {}", attribute.name()));
            }
            Some(Attribute { name, values: Some(values), .. }) if !values.contains(&attribute.value()) => {
                errors.add(element, format!("{name} as one of {}", values.join(", ")), attribute.value());
            }
            Some(_) => {}
        }
    }
    for required in declared.attributes.iter().filter(|known| known.presence == Presence::Required) {
        if element.attribute(required.name).is_none() {
            errors.add(element, format!("the attribute {}", required.name), "no such attribute");
        }
    }
    // A declaration of a namespace is an attribute to a DTD, which knows nothing of namespaces.
    let inherited = element.parent().map_or(0, |parent| parent.namespaces().len());
    if element.namespaces().len() > inherited {
        errors.add(element, "no attribute but those of the DTD", "a namespace declaration");
    }
}

fn check_content(content: &Content, element: Node<'_, '_>, errors: &mut Errors<'_, '_>) {
    match content {
        Content::Text => {
            for child in element.children().filter(Node::is_element) {
                errors.add(child, "text without elements", name_of(child));
            }
        }
        Content::Empty => {
            if let Some(child) = element.first_child() {
                errors.add(child, "nothing", describe(child));
            }
        }
        Content::Children(model) => check_children(model, element, errors),
    }
}

/// Holds the child elements against the model, one departure told per element.
fn check_children(model: &'static [Item], element: Node<'_, '_>, errors: &mut Errors<'_, '_>) {
    for child in element.children().filter(|child| child.is_text() && !is_white_space(*child)) {
        errors.add(child, "no text between the elements", describe(child));
    }
    let mut children = element.children().filter(Node::is_element).peekable();
    let mut take = |name: &str| children.next_if(|child| name_of(*child) == name).is_some();
    let complete = model.iter().all(|item| {
        let found = take(item.name);
        while found && item.repeats() && take(item.name) {}
        found || item.may_be_absent()
    });
    let stray = children.next();
    if !complete || stray.is_some() {
        let found = element.children().filter(Node::is_element).map(name_of).collect::<Vec<_>>().join(", ");
        let expected = format!("({})", model.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "));
        errors.add_at(stray.unwrap_or(element), element, expected, format!("({found})"));
    }
}

/// Whether a text is white space as a DTD permits it between elements: written plainly, not as CDATA.
fn is_white_space(text: Node<'_, '_>) -> bool {
    let parent_end = text.parent().map_or(text.range().end, |parent| parent.range().end);
    let end = text.next_sibling().map_or(parent_end, |next| next.range().start);
    let source = &text.document().input_text()[text.range().start..end];
    let blank = text.text().is_none_or(|text| text.trim_matches([' ', '\t', '\r', '\n']).is_empty());
    blank && !source.contains("<![CDATA[")
}

/// The name as a DTD sees it, prefix included.
fn name_of<'a>(element: Node<'a, '_>) -> &'a str {
    let document = element.document().input_text();
    let start = element.range().start + 1;
    let name = document.as_bytes()[start..]
        .iter()
        .take_while(|sign| !matches!(sign, b' ' | b'\t' | b'\r' | b'\n' | b'/' | b'>'));
    &document[start..start + name.count()]
}

fn describe(node: Node<'_, '_>) -> String {
    match node.text() {
        Some(text) if node.is_text() => format!("the text {text:?}"),
        _ if node.is_comment() => "a comment".to_owned(),
        _ if node.is_pi() => "a processing instruction".to_owned(),
        _ => name_of(node).to_owned(),
    }
}

struct Errors<'a, 'input> {
    document: &'a Document<'input>,
    list: Vec<DtdError>,
}

impl Errors<'_, '_> {
    /// Adds a departure of `node`; a text is told as one of its element.
    fn add(&mut self, node: Node<'_, '_>, expected: impl Into<String>, found: impl Into<String>) {
        self.add_at(node, node, expected, found);
    }

    /// Adds a departure of `element` that shows at `position`.
    fn add_at(
        &mut self,
        position: Node<'_, '_>,
        element: Node<'_, '_>,
        expected: impl Into<String>,
        found: impl Into<String>,
    ) {
        if self.list.len() >= MAX_ERRORS {
            return;
        }
        let at = self.document.text_pos_at(position.range().start);
        let mut names: Vec<&str> = element.ancestors().filter(Node::is_element).map(name_of).collect();
        names.reverse();
        let found = found.into();
        let quoted = match found.char_indices().nth(MAX_QUOTE) {
            Some((cut, _)) => format!("{}…", &found[..cut]),
            None => found,
        };
        self.list.push(DtdError {
            path: names.join("/"),
            line: at.row,
            column: at.col,
            expected: expected.into(),
            found: quoted,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::{DaticertReading, sample::DATICERT};

    /// The departures of the sample after an edit, as `path: found`.
    fn found(from: &str, to: &str) -> Vec<String> {
        assert!(DATICERT.contains(from), "the sample has no {from}");
        let reading = DaticertReading::read(DATICERT.replacen(from, to, 1).into_bytes());
        assert_eq!(reading.malformed, None);
        reading.invalid.into_iter().map(|error| format!("{}: {}", error.path, error.found)).collect()
    }

    #[test]
    fn what_the_dtd_allows_is_valid() {
        for (from, to) in [
            (" errore=\"nessuno\"", ""),
            ("<oggetto>Perché no &amp; altro</oggetto>", ""),
            ("<oggetto>Perché no &amp; altro</oggetto>", "<oggetto><![CDATA[a<b]]><!-- c --><?d?></oggetto>"),
            ("<msgid>&lt;1@mua.example&gt;</msgid>", "<!-- none -->"),
            ("<ricevuta tipo=\"completa\"/>", "<ricevuta tipo='breve'></ricevuta>"),
            ("<ricevuta tipo=\"completa\"/>", "<ricezione>a</ricezione><ricezione/><errore-esteso/>"),
            ("+0200", "CET"),
        ] {
            assert_eq!(found(from, to), Vec::<String>::new(), "{to}");
        }
    }

    #[test]
    fn every_kind_of_departure_is_found() {
        for (from, to, expected) in [
            (" tipo=\"posta-certificata\"", "", "postacert: no such attribute"),
            ("posta-certificata", "mancata-consegna", "postacert: mancata-consegna"),
            ("errore=\"nessuno\"", "errore=\"\"", "postacert: "),
            ("<dati>", "<dati id=\"1\">", "postacert/dati: the attribute id"),
            ("<dati>", "<dati xml:lang=\"it\">", "postacert/dati: the attribute lang"),
            ("<dati>", "<dati xmlns=\"urn:x\">", "postacert/dati: a namespace declaration"),
            (" zona=\"+0200\"", "", "postacert/dati/data: no such attribute"),
            ("\"completa\"", "\"parziale\"", "postacert/dati/ricevuta: parziale"),
            (
                "<ricevuta tipo=\"completa\"/>",
                "<ricevuta tipo=\"breve\"> </ricevuta>",
                "postacert/dati/ricevuta: the text \" \"",
            ),
            (
                "<ricevuta tipo=\"completa\"/>",
                "<ricevuta tipo=\"breve\"><!----></ricevuta>",
                "postacert/dati/ricevuta: a comment",
            ),
            ("<dati>", "<dati>x", "postacert/dati: the text \"x\\n        \""),
            ("<dati>", "<dati> <![CDATA[ ]]>", "postacert/dati: the text \"  \\n        \""),
            ("Alfa S.p.A.", "<msgid/>", "postacert/dati/gestore-emittente/msgid: msgid"),
            ("<giorno>26/10/2026</giorno>", "", "postacert/dati/data: (ora)"),
            ("<ora>", "<ora/><ora>", "postacert/dati/data: (giorno, ora, ora)"),
            ("<giorno>26/10/2026</giorno><ora>09:30:05</ora>", "<ora/><giorno/>", "postacert/dati/data: (ora, giorno)"),
        ] {
            assert_eq!(found(from, to), [expected], "{to}");
        }
    }

    #[test]
    fn an_undeclared_element_breaks_the_model_around_it_too() {
        let found = found("<ora>09:30:05</ora>", "<ora/><fuso/>");
        assert_eq!(found, ["postacert/dati/data: (giorno, ora, fuso)", "postacert/dati/data/fuso: fuso"]);
    }

    #[test]
    fn another_root_is_a_departure() {
        let reading = DaticertReading::read(b"<mittente>a</mittente>".to_vec());
        assert_eq!(reading.invalid[0].expected, "the root element postacert");
        assert_eq!(reading.invalid.len(), 1);
    }

    #[test]
    fn a_departure_tells_its_place_and_what_the_dtd_wants() {
        let reading = DaticertReading::read(DATICERT.replace("<oggetto>", "<oggetto/><oggetto>").into_bytes());
        let [error] = &reading.invalid[..] else { panic!("{:?}", reading.invalid) };
        assert_eq!((error.path.as_str(), error.line, error.column), ("postacert/intestazione", 8, 19));
        assert_eq!(error.expected, "(mittente, destinatari+, risposte, oggetto?)");
        assert_eq!(error.found, "(mittente, destinatari, destinatari, risposte, oggetto, oggetto)");
    }

    #[test]
    fn endless_departures_are_cut() {
        let reading = DaticertReading::read(format!("<postacert>{}</postacert>", "<x/>".repeat(50_000)).into_bytes());
        assert_eq!(reading.invalid.len(), MAX_ERRORS);
        assert!(reading.invalid.iter().all(|error| error.found.chars().count() <= MAX_QUOTE + 1));
    }
}
