//! The certification data, `daticert.xml` (RFC 6109 4.4): read leniently, held against the DTD strictly.

use serde::Serialize;

/// A daticert.xml as far as it can be read, and everything wrong with it.
#[derive(Clone, Debug, Default)]
pub struct DaticertReading {
    /// The XML as decoded from the part.
    pub xml: Vec<u8>,
    /// What could be read; `None` when it is not well-formed XML.
    pub data: Option<Daticert>,
    /// Why it is not well-formed, with line and column.
    pub malformed: Option<String>,
    /// Where it departs from the DTD, one entry each.
    pub invalid: Vec<DtdError>,
    /// Whether it carries a document type declaration (parsed past, never fetched or expanded).
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
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Destinatario {
    /// `@tipo`: `certificato` (the default) or `esterno`.
    pub tipo: String,
    /// The address.
    pub address: String,
}

impl Daticert {
    /// The instant that `giorno`, `ora` and `zona` name; `None` where they are not in the norm's form.
    pub fn instant(&self) -> Option<jiff::Timestamp> {
        todo!()
    }
}

impl DaticertReading {
    /// Reads `xml`, bounded in nodes and depth.
    pub fn read(xml: Vec<u8>) -> Self {
        let _ = xml;
        todo!()
    }
}
