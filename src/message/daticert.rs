//! The certification data, `daticert.xml` (RFC 6109 4.4): read leniently, held against the DTD strictly.

mod bounds;
mod dtd;
mod place;
mod validity;
mod xml;

use jiff::{Timestamp, civil::DateTime, tz::Offset};
use roxmltree::{Document, Node};
use serde::{Deserialize, Serialize};

pub use place::XmlPlace;
use xml::Unread;

/// A daticert.xml as far as it can be read, and everything wrong with it.
#[derive(Clone, Debug, Default)]
pub struct DaticertReading {
    /// The XML as decoded from the part.
    pub xml: Vec<u8>,
    /// What could be read; `None` when it is not well-formed XML, beyond all bounds, or no `postacert` with `intestazione`
    /// and `dati`: whatever else stands there has no meaning.
    pub data: Option<Daticert>,
    /// Why it cannot be read: not well-formed, at which line and column.
    pub malformed: Option<String>,
    /// Why it was not read, though it may be well-formed: it is more than a reader takes in.
    pub limit: Option<String>,
    /// Where it departs from the DTD, one entry each.
    pub invalid: Vec<DtdError>,
    /// Whether it carries a document type declaration (parsed past; nothing is fetched, no entity expanded).
    pub doctype: bool,
}

/// A departure from the DTD.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DtdError {
    /// Path of the element, such as `postacert/dati`.
    pub path: String,
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1.
    pub column: u32,
    /// What the DTD wants there.
    pub expected: String,
    /// What stands there.
    pub found: String,
}

/// The values of a daticert.xml, as written; what is absent is empty or `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Daticert {
    /// `postacert/@tipo`.
    pub tipo: String,
    /// `postacert/@errore`, `nessuno` by default.
    pub errore: String,
    /// The sender.
    pub mittente: String,
    /// All recipients, in order.
    pub destinatari: Vec<Destinatario>,
    /// Where replies go.
    pub risposte: String,
    /// The subject.
    pub oggetto: Option<String>,
    /// The provider that certifies.
    pub gestore_emittente: String,
    /// `data/@zona`, `[+|-]hhmm`.
    pub zona: String,
    /// `dd/mm/yyyy`.
    pub giorno: String,
    /// `hh:mm:ss`.
    pub ora: String,
    /// The PEC msgid.
    pub identificativo: String,
    /// The client's msgid.
    pub msgid: Option<String>,
    /// `ricevuta/@tipo`.
    pub ricevuta: Option<String>,
    /// The recipient tried or reached.
    pub consegna: Option<String>,
    /// The recipients taken over.
    pub ricezione: Vec<String>,
    /// Description of the error.
    pub errore_esteso: Option<String>,
}

/// A recipient and what the directory said of its domain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Destinatario {
    /// `@tipo`: `certificato` (the default) or `esterno`.
    pub tipo: String,
    /// The address.
    pub address: String,
}

impl DaticertReading {
    /// Reads `xml`, bounded in size, nodes and depth.
    pub fn read(xml: Vec<u8>) -> Self {
        let mut reading = Self::default();
        match xml::decode(&xml) {
            // What ends a line is one sign to XML (2.11 there): so no text in the file has to be put together anew.
            Ok(text) if text.contains('\r') => reading.read_text(&text.replace("\r\n", "\n")),
            Ok(text) => reading.read_text(&text),
            Err(unread) => reading.set(unread),
        }
        Self { xml, ..reading }
    }

    fn read_text(&mut self, text: &str) {
        let parsed = xml::parse(text);
        self.doctype = parsed.doctype;
        match parsed.document {
            Ok(document) => {
                self.invalid = validity::departures(&document);
                self.data = is_postacert(document.root_element()).then(|| Daticert::of(&document));
            }
            Err(unread) => self.set(unread),
        }
    }

    fn set(&mut self, unread: Unread) {
        match unread {
            Unread::Malformed(reason) => self.malformed = Some(reason),
            Unread::Beyond(limit) => self.limit = Some(limit),
        }
    }
}

impl Daticert {
    /// The instant that `giorno`, `ora` and `zona` name; `None` where they are not in the norm's form. A leap second is the one
    /// before it.
    pub fn instant(&self) -> Option<Timestamp> {
        let [day, month, century, year] = numbers(&self.giorno, "00/00/0000")?;
        let [hour, minute, second] = numbers(&self.ora, "00:00:00")?;
        let [hours, minutes] = numbers(&self.zona, "+0000")?;
        let year = i16::from(century) * 100 + i16::from(year);
        let leaps = second == 60;
        let local = DateTime::new(year, month, day, hour, minute, second - i8::from(leaps), 0).ok()?;
        let seconds = (i32::from(hours) * 60 + i32::from(minutes)) * 60;
        let offset = Offset::from_seconds(if self.zona.starts_with('-') { -seconds } else { seconds }).ok()?;
        let instant = offset.to_timestamp(local).ok().filter(|_| minutes < 60)?;
        (!leaps || may_leap(instant)).then_some(instant)
    }

    /// The form of receipt that `ricevuta` names, where it is one of the DTD's.
    pub fn form(&self) -> Option<&str> {
        self.ricevuta.as_deref().filter(|form| matches!(*form, "completa" | "breve" | "sintetica"))
    }

    /// Reads what is there, whatever else is wrong.
    fn of(document: &Document<'_>) -> Self {
        let root = document.root_element();
        let attribute = |node: Node<'_, '_>, name: &str| node.attribute(name).map(str::to_owned);
        let header = child(root, "intestazione");
        let data = child(root, "dati");
        let date = data.and_then(|data| child(data, "data"));
        let text =
            |parent: Option<Node<'_, '_>>, name: &str| parent.and_then(|parent| child(parent, name)).map(content);
        Self {
            tipo: attribute(root, "tipo").unwrap_or_default(),
            errore: attribute(root, "errore").unwrap_or_else(|| "nessuno".to_owned()),
            mittente: text(header, "mittente").unwrap_or_default(),
            destinatari: children(header, "destinatari")
                .map(|node| Destinatario {
                    tipo: attribute(node, "tipo").unwrap_or_else(|| "certificato".to_owned()),
                    address: content(node),
                })
                .collect(),
            risposte: text(header, "risposte").unwrap_or_default(),
            oggetto: text(header, "oggetto"),
            gestore_emittente: text(data, "gestore-emittente").unwrap_or_default(),
            zona: date.and_then(|date| attribute(date, "zona")).unwrap_or_default(),
            giorno: text(date, "giorno").unwrap_or_default(),
            ora: text(date, "ora").unwrap_or_default(),
            identificativo: text(data, "identificativo").unwrap_or_default(),
            msgid: text(data, "msgid"),
            ricevuta: data.and_then(|data| child(data, "ricevuta")).and_then(|node| attribute(node, "tipo")),
            consegna: text(data, "consegna"),
            ricezione: children(data, "ricezione").map(content).collect(),
            errore_esteso: text(data, "errore-esteso"),
        }
    }
}

fn is_postacert(root: Node<'_, '_>) -> bool {
    root.tag_name().name() == "postacert" && ["intestazione", "dati"].iter().all(|name| child(root, name).is_some())
}

/// The numbers of two digits in `text`, where it has a digit wherever `shape` has `0`, a sign where it has `+`, and else the
/// same characters.
fn numbers<const N: usize>(text: &str, shape: &str) -> Option<[i8; N]> {
    let fits = |(octet, wanted): (u8, u8)| match wanted {
        b'0' => octet.is_ascii_digit(),
        b'+' => matches!(octet, b'+' | b'-'),
        _ => octet == wanted,
    };
    if text.len() != shape.len() || !text.bytes().zip(shape.bytes()).all(fits) {
        return None;
    }
    let mut digits = text.bytes().filter(u8::is_ascii_digit).map(|digit| (digit - b'0').cast_signed());
    let mut numbers = [0; N];
    for number in &mut numbers {
        *number = digits.next()? * 10 + digits.next()?;
    }
    Some(numbers)
}

/// Whether a leap second may follow: at the end of a month in UTC (RFC 3339 5.7).
fn may_leap(instant: Timestamp) -> bool {
    let utc = Offset::UTC.to_datetime(instant);
    (utc.hour(), utc.minute(), utc.second()) == (23, 59, 59) && utc.day() == utc.date().days_in_month()
}

/// The child elements of this name, whatever their namespace.
fn children<'a, 'input>(
    parent: Option<Node<'a, 'input>>,
    name: &'static str,
) -> impl Iterator<Item = Node<'a, 'input>> {
    let elements = parent.into_iter().flat_map(|parent| parent.children().filter(Node::is_element));
    elements.filter(move |child| child.tag_name().name() == name)
}

fn child<'a, 'input>(parent: Node<'a, 'input>, name: &str) -> Option<Node<'a, 'input>> {
    parent.children().find(|child| child.is_element() && child.tag_name().name() == name)
}

/// All the text of an element, as written.
fn content(element: Node<'_, '_>) -> String {
    element.children().filter(Node::is_text).filter_map(|text| text.text()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::sample::DATICERT;

    fn read(xml: &str) -> DaticertReading {
        DaticertReading::read(xml.as_bytes().to_vec())
    }

    #[test]
    fn every_value_is_read_as_written() {
        let reading = read(DATICERT);
        assert_eq!((reading.malformed, reading.invalid, reading.doctype), (None, vec![], false));
        let recipient = |address: &str| Destinatario { tipo: "certificato".into(), address: address.into() };
        let expected = Daticert {
            tipo: "posta-certificata".into(),
            errore: "nessuno".into(),
            mittente: "mario@alfa.example".into(),
            destinatari: vec![recipient("anna@bravo.example"), recipient("carla@bravo.example")],
            risposte: "mario@alfa.example".into(),
            oggetto: Some("Perché no & altro".into()),
            gestore_emittente: "Alfa S.p.A.".into(),
            zona: "+0200".into(),
            giorno: "26/10/2026".into(),
            ora: "09:30:05".into(),
            identificativo: "opec1.20261026.093005@alfa.example".into(),
            msgid: Some("<1@mua.example>".into()),
            ricevuta: Some("completa".into()),
            ..Daticert::default()
        };
        assert_eq!(reading.data, Some(expected));
    }

    #[test]
    fn an_invalid_one_is_read_as_far_as_it_goes() {
        let reading = read(
            "<postacert><intestazione/><dati><consegna>a<!-- b -->c</consegna><ricezione>d</ricezione></dati></postacert>",
        );
        let data = reading.data.unwrap();
        assert_eq!((data.tipo.as_str(), data.errore.as_str(), data.mittente.as_str()), ("", "nessuno", ""));
        assert_eq!((data.consegna.as_deref(), data.ricezione.as_slice()), (Some("ac"), &["d".to_owned()][..]));
        assert!(!reading.invalid.is_empty());
    }

    #[test]
    fn what_is_no_postacert_or_lacks_a_half_is_not_read() {
        for (whole, half) in [("<postacert ", "<attestato "), ("<dati>", "<dato>"), ("<intestazione>", "<testa>")] {
            let closing = |tag: &str| tag.trim_end().trim_end_matches('>').replace('<', "</") + ">";
            let xml = DATICERT.replace(whole, half).replace(&closing(whole), &closing(half));
            let reading = read(&xml);
            assert!(reading.malformed.is_none() && reading.data.is_none() && !reading.invalid.is_empty(), "{half}");
        }
    }

    #[test]
    fn what_is_not_well_formed_is_malformed_at_its_place() {
        let control = read(&DATICERT.replace("Perché", "Perch\u{b}"));
        assert!(control.malformed.unwrap().ends_with("at 8:23"));
        assert!(control.data.is_none() && control.invalid.is_empty());
        for xml in ["", "ciao", "<postacert>", "<a></b>", "<a/><a/>", "<a b='1' b='2'/>", "<a>&x;</a>", "\0"] {
            assert!(read(xml).malformed.is_some(), "{xml:?} was accepted");
        }
    }

    #[test]
    fn an_instant_needs_the_form_of_the_norm() {
        let instant = |giorno: &str, ora: &str, zona: &str| {
            Daticert { giorno: giorno.into(), ora: ora.into(), zona: zona.into(), ..Daticert::default() }.instant()
        };
        let expected: Timestamp = "2026-10-26T07:30:05Z".parse().unwrap();
        assert_eq!(instant("26/10/2026", "09:30:05", "+0200"), Some(expected));
        assert_eq!(instant("26/10/2026", "02:30:05", "-0500"), Some(expected));
        // RFC 6109 4.2: seconds are 00 to 60, based on leap second rules.
        assert_eq!(instant("01/01/2017", "00:59:60", "+0100"), instant("01/01/2017", "00:59:59", "+0100"));
        for (giorno, ora, zona) in [
            ("26/10/26", "09:30:05", "+0200"),
            ("2026-10-26", "09:30:05", "+0200"),
            ("31/02/2026", "09:30:05", "+0200"),
            ("10/26/2026", "09:30:05", "+0200"),
            ("6/10/2026", "09:30:05", "+0200"),
            ("26/10/2026", "9:30:05", "+0200"),
            ("26/10/2026", "24:00:00", "+0200"),
            ("26/10/2026", "09:30:60", "+0200"),
            ("01/01/2017", "00:59:60", "+0200"),
            ("02/01/2017", "00:59:60", "+0100"),
            ("26/10/2026", "09:30", "+0200"),
            ("26/10/2026", "09:30:05", "+02:00"),
            ("26/10/2026", "09:30:05", "CET"),
            ("26/10/2026", "09:30:05", "0200"),
            ("26/10/2026", "09:30:05", "+9900"),
            ("26/10/2026", "09:30:05", "+0260"),
            ("26/10/2026 ", "09:30:05", "+020"),
            ("", "", ""),
        ] {
            assert_eq!(instant(giorno, ora, zona), None, "{giorno} {ora} {zona}");
        }
    }
}
