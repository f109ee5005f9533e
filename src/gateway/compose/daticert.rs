//! Writing the certification data, `daticert.xml` (RFC 6109 4.4).

use std::fmt::Write as _;

use crate::clock::LegalTime;

use super::{Certified, Typology, dialect::Defaults};

/// What differs from kind to kind; the rest is [`Certified`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Matter<'a> {
    /// `postacert/@tipo`.
    pub(super) tipo: &'static str,
    /// `postacert/@errore`.
    pub(super) errore: &'static str,
    /// Whether the form of receipt asked for is told: envelopes and delivery receipts.
    pub(super) ricevuta: Option<&'static str>,
    /// The one recipient it is about.
    pub(super) consegna: Option<&'a str>,
    /// The recipients taken over.
    pub(super) ricezione: &'a [String],
    /// What went wrong.
    pub(super) errore_esteso: Option<&'a str>,
}

/// The XML, in UTF-8.
pub(super) fn write(
    about: &Certified,
    matter: &Matter<'_>,
    provider: &str,
    at: &LegalTime,
    defaults: Defaults,
) -> String {
    let mut xml = Xml::new(defaults);
    let errore = xml.unless_default("errore", matter.errore, "nessuno");
    xml.open("postacert", &format!(" tipo=\"{}\"{errore}", matter.tipo));

    xml.open("intestazione", "");
    xml.element("mittente", "", &about.sender);
    for recipient in &about.recipients {
        let tipo = match recipient.typology {
            Typology::Certified => "certificato",
            Typology::External => "esterno",
        };
        let tipo = xml.unless_default("tipo", tipo, "certificato");
        xml.element("destinatari", &tipo, &recipient.address);
    }
    xml.element("risposte", "", &about.reply_to);
    xml.optional("oggetto", about.subject.as_deref());
    xml.close("intestazione");

    xml.open("dati", "");
    xml.element("gestore-emittente", "", provider);
    xml.open("data", &format!(" zona=\"{}\"", at.zona()));
    xml.element("giorno", "", &at.giorno());
    xml.element("ora", "", &at.ora());
    xml.close("data");
    xml.element("identificativo", "", &about.identifier);
    xml.optional("msgid", about.msgid.as_deref());
    if let Some(tipo) = matter.ricevuta {
        xml.line(&format!("<ricevuta tipo=\"{tipo}\"/>"));
    }
    xml.optional("consegna", matter.consegna);
    for address in matter.ricezione {
        xml.element("ricezione", "", address);
    }
    xml.optional("errore-esteso", matter.errore_esteso);
    xml.close("dati");

    xml.close("postacert");
    xml.text
}

/// An XML document being written, an element a line.
struct Xml {
    text: String,
    depth: usize,
    defaults: Defaults,
}

impl Xml {
    fn new(defaults: Defaults) -> Self {
        Self { text: "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n".to_owned(), depth: 0, defaults }
    }

    /// An attribute with a blank before it, or nothing where the DTD's default may be left to speak.
    fn unless_default(&self, name: &str, value: &str, default: &str) -> String {
        if value == default && self.defaults == Defaults::Omitted {
            String::new()
        } else {
            format!(" {name}=\"{value}\"")
        }
    }

    fn open(&mut self, name: &str, attributes: &str) {
        self.line(&format!("<{name}{attributes}>"));
        self.depth += 1;
    }

    fn close(&mut self, name: &str) {
        self.depth -= 1;
        self.line(&format!("</{name}>"));
    }

    fn element(&mut self, name: &str, attributes: &str, value: &str) {
        self.line(&format!("<{name}{attributes}>{}</{name}>", escaped(value)));
    }

    fn optional(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.element(name, "", value);
        }
    }

    fn line(&mut self, line: &str) {
        let indent = match self.defaults {
            Defaults::Written => self.depth * 4,
            Defaults::Omitted => 0,
        };
        write!(self.text, "{:indent$}{line}\r\n", "").expect("a string takes all that is written to it");
    }
}

/// Character data. What XML 1.0 has no room for (2.2 there) becomes U+FFFD; line ends are kept from normalisation.
fn escaped(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for letter in value.chars() {
        match letter {
            '&' => text.push_str("&amp;"),
            '<' => text.push_str("&lt;"),
            '>' => text.push_str("&gt;"),
            '\r' => text.push_str("&#13;"),
            '\n' => text.push_str("&#10;"),
            '\t' => text.push('\t'),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => text.push(char::REPLACEMENT_CHARACTER),
            _ => text.push(letter),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_xml_cannot_hold_is_replaced_and_markup_escaped() {
        assert_eq!(
            escaped("a<b>&\u{1}\u{1b}[0m\r\n]]>\u{ffff}"),
            "a&lt;b&gt;&amp;\u{fffd}\u{fffd}[0m&#13;&#10;]]&gt;\u{fffd}"
        );
    }
}
