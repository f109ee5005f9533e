//! Edits of a header section.

use crate::message::{Entity, Header};

use super::{FaultError, HeaderEdit, Matches, Octets, Replace, bytes};

/// Edits the header section of `entity`, which lies in `raw`.
pub(super) fn edit(raw: &[u8], entity: &Entity, edit: &HeaderEdit) -> Result<Vec<u8>, FaultError> {
    let found = |name: &str| entity.header(name).ok_or_else(|| FaultError::Missing(format!("a header field {name}")));
    Ok(match edit {
        HeaderEdit::Set { name, value } => set(raw, entity, name, value),
        HeaderEdit::Remove(name) => {
            found(name)?;
            let gone: Vec<&Header> = entity.headers_named(name).collect();
            gone.iter().rev().fold(raw.to_vec(), |raw, header| bytes::splice(&raw, header.span.clone(), b""))
        }
        HeaderEdit::Repeat(name) => {
            let span = found(name)?.span.clone();
            bytes::splice(raw, span.end..span.end, &raw[span])
        }
        HeaderEdit::Flood(count) => {
            let end = entity.headers.last().map_or(entity.span.start, |last| last.span.end);
            bytes::splice(raw, end..end, &b"X-Filler: x\r\n".repeat(*count))
        }
        HeaderEdit::Rename { name, to } => {
            let header = found(name)?;
            bytes::splice(raw, header.span.start..header.span.start + header.name.len(), to.as_bytes())
        }
        HeaderEdit::Replace { name, pattern, by } => {
            let value = found(name)?.value.clone();
            let replace =
                Replace { pattern: pattern.clone(), by: by.clone(), octets: Octets::Utf8, matches: Matches::First };
            let edited = bytes::replace(&raw[value.clone()], &replace)?;
            bytes::splice(raw, value, &edited)
        }
    })
}

/// Sets a field's value; a new field goes below the others, so that what is on top of a stored copy stays on top.
pub(super) fn set(raw: &[u8], entity: &Entity, name: &str, value: &str) -> Vec<u8> {
    if let Some(header) = entity.header(name) {
        bytes::splice(raw, header.value.clone(), format!(" {value}").as_bytes())
    } else {
        let end = entity.headers.last().map_or(entity.span.start, |last| last.span.end);
        bytes::splice(raw, end..end, format!("{name}: {value}\r\n").as_bytes())
    }
}
