//! The DTD of daticert.xml (RFC 6109 4.4, in `daticert.dtd` beside this folder) as a table, and a document held
//! against it.

use std::fmt;

use roxmltree::{Document, Node};

use super::DtdError;

/// After this many departures the rest is not told.
const MAX_ERRORS: usize = 100;
/// The longest excerpt of the document that an error quotes, in characters.
const MAX_QUOTE: usize = 200;

/// The declarations, in the order of the norm.
const ELEMENTS: [Element; 17] = [
    Element {
        name: "postacert",
        content: Content::Children(&[one("intestazione"), one("dati")]),
        attributes: &[
            Attribute {
                name: "tipo",
                presence: Presence::Required,
                values: Some(&[
                    "accettazione",
                    "non-accettazione",
                    "presa-in-carico",
                    "avvenuta-consegna",
                    "posta-certificata",
                    "errore-consegna",
                    "preavviso-errore-consegna",
                    "rilevazione-virus",
                ]),
            },
            Attribute {
                name: "errore",
                presence: Presence::Optional,
                values: Some(&["nessuno", "no-dest", "no-dominio", "virus", "altro"]),
            },
        ],
    },
    Element {
        name: "intestazione",
        content: Content::Children(&[one("mittente"), some("destinatari"), one("risposte"), optional("oggetto")]),
        attributes: &[],
    },
    text("mittente"),
    Element {
        name: "destinatari",
        content: Content::Text,
        attributes: &[Attribute {
            name: "tipo",
            presence: Presence::Optional,
            values: Some(&["certificato", "esterno"]),
        }],
    },
    text("risposte"),
    text("oggetto"),
    Element {
        name: "dati",
        content: Content::Children(&[
            one("gestore-emittente"),
            one("data"),
            one("identificativo"),
            optional("msgid"),
            optional("ricevuta"),
            optional("consegna"),
            any("ricezione"),
            optional("errore-esteso"),
        ]),
        attributes: &[],
    },
    text("gestore-emittente"),
    Element {
        name: "data",
        content: Content::Children(&[one("giorno"), one("ora")]),
        attributes: &[Attribute { name: "zona", presence: Presence::Required, values: None }],
    },
    text("giorno"),
    text("ora"),
    text("identificativo"),
    text("msgid"),
    Element {
        name: "ricevuta",
        content: Content::Empty,
        attributes: &[Attribute {
            name: "tipo",
            presence: Presence::Required,
            values: Some(&["completa", "breve", "sintetica"]),
        }],
    },
    text("consegna"),
    text("ricezione"),
    text("errore-esteso"),
];

/// The departures of `document` from the DTD, in document order.
pub(super) fn validate(document: &Document<'_>) -> Vec<DtdError> {
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
                errors.add(element, "no attribute but those of the DTD", format!("the attribute {}", attribute.name()))
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
    for child in element.children() {
        if child.is_text() && child.text().is_some_and(|text| !text.trim_matches([' ', '\t', '\r', '\n']).is_empty()) {
            errors.add(child, "no text between the elements", describe(child));
        }
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

/// The name as a DTD sees it, prefix included.
fn name_of<'a>(element: Node<'a, '_>) -> &'a str {
    let document = element.document().input_text();
    let tag = &document[element.range()];
    let name = tag.trim_start_matches('<');
    name.split(|sign: char| sign.is_ascii_whitespace() || "/>".contains(sign)).next().unwrap_or_default()
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

/// `<!ELEMENT>` with its `<!ATTLIST>`.
struct Element {
    name: &'static str,
    content: Content,
    attributes: &'static [Attribute],
}

enum Content {
    /// Child elements in this order.
    Children(&'static [Item]),
    /// `(#PCDATA)`
    Text,
    /// `EMPTY`
    Empty,
}

/// A child element in a content model.
struct Item {
    name: &'static str,
    /// `""`, `?`, `*` or `+`, as the DTD writes it.
    times: &'static str,
}

struct Attribute {
    name: &'static str,
    presence: Presence,
    /// The enumeration; `None` for CDATA.
    values: Option<&'static [&'static str]>,
}

#[derive(PartialEq, Eq)]
enum Presence {
    Required,
    Optional,
}

impl Item {
    fn repeats(&self) -> bool {
        matches!(self.times, "*" | "+")
    }

    fn may_be_absent(&self) -> bool {
        matches!(self.times, "?" | "*")
    }
}

impl fmt::Display for Item {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}{}", self.name, self.times)
    }
}

const fn text(name: &'static str) -> Element {
    Element { name, content: Content::Text, attributes: &[] }
}

const fn one(name: &'static str) -> Item {
    Item { name, times: "" }
}

const fn optional(name: &'static str) -> Item {
    Item { name, times: "?" }
}

const fn any(name: &'static str) -> Item {
    Item { name, times: "*" }
}

const fn some(name: &'static str) -> Item {
    Item { name, times: "+" }
}
