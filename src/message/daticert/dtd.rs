//! The DTD of daticert.xml (RFC 6109 4.4) as a table; `daticert.dtd` beside this folder is the same as text.

use std::fmt;

/// The declarations, in the order of the norm.
pub(super) static ELEMENTS: [Element; 17] = [
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
                presence: Presence::Default("nessuno"),
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
            presence: Presence::Default("certificato"),
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

/// `<!ELEMENT>` with its `<!ATTLIST>`.
pub(super) struct Element {
    pub name: &'static str,
    pub content: Content,
    pub attributes: &'static [Attribute],
}

pub(super) enum Content {
    /// Child elements in this order.
    Children(&'static [Item]),
    /// `(#PCDATA)`
    Text,
    /// `EMPTY`
    Empty,
}

/// A child element in a content model.
pub(super) struct Item {
    pub name: &'static str,
    /// `""`, `?`, `*` or `+`, as the DTD writes it.
    times: &'static str,
}

pub(super) struct Attribute {
    pub name: &'static str,
    pub presence: Presence,
    /// The enumeration; `None` for CDATA.
    pub values: Option<&'static [&'static str]>,
}

#[derive(PartialEq, Eq)]
pub(super) enum Presence {
    Required,
    Default(&'static str),
}

impl Item {
    pub fn repeats(&self) -> bool {
        matches!(self.times, "*" | "+")
    }

    pub fn may_be_absent(&self) -> bool {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_the_dtd() {
        let attribute = |known: &Attribute| {
            let kind = known.values.map_or("CDATA".to_owned(), |values| format!("({})", values.join("|")));
            let presence = match known.presence {
                Presence::Required => "#REQUIRED".to_owned(),
                Presence::Default(value) => format!("\"{value}\""),
            };
            format!("{}{kind}{presence}", known.name)
        };
        let declaration = |element: &Element| {
            let content = match element.content {
                Content::Children(model) => {
                    format!("({})", model.iter().map(ToString::to_string).collect::<Vec<_>>().join(","))
                }
                Content::Text => "(#PCDATA)".to_owned(),
                Content::Empty => "EMPTY".to_owned(),
            };
            let attributes: String = element.attributes.iter().map(attribute).collect();
            let list =
                if attributes.is_empty() { attributes } else { format!("<!ATTLIST{}{attributes}>", element.name) };
            format!("<!ELEMENT{}{content}>{list}", element.name)
        };
        let table: String = ELEMENTS.iter().map(declaration).collect();
        let norm: String = include_str!("../daticert.dtd").split_whitespace().collect();
        assert_eq!(table, norm);
    }
}
