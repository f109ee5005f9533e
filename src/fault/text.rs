//! Edits of a fact in the readable text.

use crate::message::{Daticert, Message};

use super::{Fact, FaultError, PartName, TextEdit, Version, part};

/// Replaces the fact wherever the meant versions of the text state it.
pub(super) fn edit(message: &Message, edit: &TextEdit) -> Result<Vec<u8>, FaultError> {
    let data = message.daticert.as_ref().and_then(|reading| reading.data.as_ref());
    let data = data.ok_or_else(|| FaultError::Missing("a daticert.xml that tells the facts".into()))?;
    let fact = fact(data, edit.fact).ok_or_else(|| FaultError::Missing(format!("the fact {:?}", edit.fact)))?;
    let parts: &[PartName] = match edit.version {
        Version::Html => &[PartName::Html],
        Version::Both if message.parts.html.is_some() => &[PartName::Plain, PartName::Html],
        Version::Plain | Version::Both | Version::Again => &[PartName::Plain],
    };
    let mut raw = message.mail.raw.to_vec();
    for &name in parts {
        let message = Message::read(raw).map_err(|error| FaultError::Unworkable(error.to_string()))?;
        let charset = part::find(&message, name)?.param("charset").unwrap_or("iso-8859-1").to_owned();
        raw = part::with_content(&message, name, |content| {
            let mut forms = vec![fact.clone(), fact.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")];
            // What was put in may hold the fact again.
            forms.dedup();
            let edited = forms.iter().fold(content.to_vec(), |content, form| {
                replace_all(&content, &encode(form, &charset), &encode(&edit.by, &charset))
            });
            if edited == content {
                return Err(FaultError::Missing(format!("{fact:?} in the text")));
            }
            Ok(if edit.version == Version::Again { [content, b"\r\n", &edited].concat() } else { edited })
        })?;
    }
    Ok(raw)
}

fn fact(data: &Daticert, fact: Fact) -> Option<String> {
    match fact {
        Fact::Date => Some(data.giorno.clone()),
        Fact::Time => Some(data.ora.clone()),
        Fact::Zone => Some(data.zona.clone()),
        Fact::Subject => data.oggetto.clone(),
        Fact::Sender => Some(data.mittente.clone()),
        Fact::Recipient => data.consegna.clone().or_else(|| Some(data.destinatari.first()?.address.clone())),
        Fact::Identifier => Some(data.identificativo.trim_matches(['<', '>']).to_owned()),
        Fact::Error => data.errore_esteso.clone(),
    }
    .filter(|fact| !fact.is_empty())
}

fn encode(text: &str, charset: &str) -> Vec<u8> {
    let encoding = encoding_rs::Encoding::for_label(charset.as_bytes()).unwrap_or(encoding_rs::WINDOWS_1252);
    encoding.encode(text).0.into_owned()
}

fn replace_all(content: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(content.len());
    let mut rest = content;
    while let Some(at) = rest.windows(from.len().max(1)).position(|window| window == from) {
        out.extend_from_slice(&rest[..at]);
        out.extend_from_slice(to);
        rest = &rest[at + from.len()..];
    }
    out.extend_from_slice(rest);
    out
}
