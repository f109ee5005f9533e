//! The ways of writing: every choice the norm leaves free, in one place.

use crate::{clock::LegalTime, smime::sign::Encoding};

use super::words;

/// How a provider writes: everything the norm leaves free, chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// The traditional texts in plain and HTML, daticert first and in base64, quoted parameters, DER.
    Alfa,
    /// Texts of its own in plain only, postacert first, daticert in quoted-printable, bare parameters, BER.
    Bravo,
    /// The traditional texts with their HTML in a table, daticert first and in quoted-printable, DER, names in other letters.
    Delta,
}

/// Whether defaults of the DTD and of `X-TipoRicevuta` are spelt out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Defaults {
    Written,
    Omitted,
}

impl Dialect {
    pub(super) fn defaults(self) -> Defaults {
        match self {
            Dialect::Alfa => Defaults::Written,
            Dialect::Delta | Dialect::Bravo => Defaults::Omitted,
        }
    }

    pub(super) fn signature_encoding(self) -> Encoding {
        match self {
            Dialect::Alfa | Dialect::Delta => Encoding::Der,
            Dialect::Bravo => Encoding::Ber,
        }
    }

    pub(super) fn micalg(self) -> &'static str {
        match self {
            Dialect::Alfa => "sha-256",
            Dialect::Bravo => "sha256",
            Dialect::Delta => "SHA256",
        }
    }

    pub(super) fn signature_type(self) -> &'static str {
        match self {
            Dialect::Alfa => "application/x-pkcs7-signature",
            Dialect::Bravo | Dialect::Delta => "application/pkcs7-signature",
        }
    }

    pub(super) fn disposition(self) -> &'static str {
        match self {
            Dialect::Alfa | Dialect::Delta => "inline",
            Dialect::Bravo => "attachment",
        }
    }

    /// A parameter whose value is a token: quoted by one, bare by the other.
    pub(super) fn param(self, name: &str, token: &str) -> String {
        match self {
            Dialect::Alfa => format!("; {name}=\"{token}\""),
            Dialect::Delta => format!(";\r\n {name}=\"{token}\""),
            Dialect::Bravo => format!("; {name}={token}"),
        }
    }

    /// A media type's boundary parameter.
    pub(super) fn boundary_param(self, boundary: &str) -> String {
        match self {
            Dialect::Alfa | Dialect::Delta => format!(";\r\n\tboundary=\"{boundary}\""),
            Dialect::Bravo => format!("; boundary={boundary}"),
        }
    }

    /// What a boundary looks like around the letters that make it unique.
    pub(super) fn boundary(self, unique: &str) -> String {
        match self {
            Dialect::Alfa => format!("----=_Parte_{unique}"),
            Dialect::Bravo => format!("brc.{unique}"),
            Dialect::Delta => format!("=_Delta:{unique}?="),
        }
    }

    /// What a reader without MIME sees.
    pub(super) fn preamble(self) -> &'static str {
        match self {
            Dialect::Alfa => "Questo messaggio contiene una firma in formato S/MIME.\r\n\r\n",
            Dialect::Bravo => "",
            Dialect::Delta => "This is an S/MIME signed message\r\n\r\n",
        }
    }

    /// The value of `Date`, with or without the zone's name as a comment.
    pub(super) fn date(self, at: &LegalTime) -> String {
        let date = at.date_header();
        match (self, at.zona().as_str()) {
            (Dialect::Bravo, "+0100") => format!("{date} (CET)"),
            (Dialect::Bravo, "+0200") => format!("{date} (CEST)"),
            _ => date,
        }
    }

    /// The value of a Subject: the prefix and the original's value, exactly (practice: lossy nowhere but in the text).
    ///
    /// One leaves the original's octets as they are behind a plain prefix and encodes only what 7-bit mail cannot
    /// carry; the other writes all of it anew as encoded words, prefix included, whenever there is anything to encode.
    pub(super) fn subject(self, prefix: &str, raw: &[u8], decoded: &str) -> Vec<u8> {
        let carried = raw.iter().all(|&byte| byte == b'\t' || (b' '..=b'~').contains(&byte))
            && raw.split(|&byte| byte == b' ' || byte == b'\t').all(|word| word.len() < words::LONGEST_PLAIN_WORD);
        let has_words = raw.windows(2).any(|pair| pair == b"=?");
        let faithful = !decoded.contains(char::REPLACEMENT_CHARACTER);
        match self {
            Dialect::Bravo if !carried || (has_words && faithful) => {
                words::q(&format!("{prefix}{decoded}")).into_bytes()
            }
            Dialect::Alfa if !carried => format!("{prefix}{}", words::base64(decoded)).into_bytes(),
            Dialect::Delta if !carried || (has_words && faithful) => {
                words::base64(&format!("{prefix}{decoded}")).into_bytes()
            }
            _ => [prefix.as_bytes(), raw].concat().trim_ascii_end().to_vec(),
        }
    }

    /// The order of header fields; what is not named comes last.
    pub(super) fn field_order(self) -> &'static [&'static str] {
        match self {
            Dialect::Alfa => &[
                "Return-Path",
                "Received",
                "X-Ricevuta",
                "X-Trasporto",
                "X-TipoRicevuta",
                "X-VerificaSicurezza",
                "X-Mittente",
                "Date",
                "Subject",
                "From",
                "Reply-To",
                "To",
                "Cc",
                "Message-ID",
                "X-Riferimento-Message-ID",
                "MIME-Version",
                "Content-Type",
                "Content-Transfer-Encoding",
            ],
            Dialect::Delta => &[
                "Return-Path",
                "Received",
                "From",
                "Reply-To",
                "To",
                "Cc",
                "Subject",
                "X-TipoRicevuta",
                "X-Ricevuta",
                "X-Trasporto",
                "X-VerificaSicurezza",
                "X-Mittente",
                "X-Riferimento-Message-ID",
                "Message-ID",
                "Date",
                "MIME-Version",
                "Content-Transfer-Encoding",
                "Content-Type",
            ],
            Dialect::Bravo => &[
                "Return-Path",
                "Received",
                "Message-ID",
                "X-Riferimento-Message-ID",
                "From",
                "To",
                "Cc",
                "Subject",
                "Date",
                "MIME-Version",
                "Content-Transfer-Encoding",
                "Content-Type",
                "Reply-To",
                "X-Mittente",
                "X-VerificaSicurezza",
                "X-TipoRicevuta",
                "X-Trasporto",
                "X-Ricevuta",
            ],
        }
    }
}
