//! Edits of the signature, and signing again after edits of what it covers.

use cms::{content_info::ContentInfo, signed_data::SignedData};
use der::{Any, Decode, Encode, Tag, asn1::OctetString};
use jiff::{SignedDuration, Timestamp};

use crate::{
    message::{Message, Signed},
    smime::{Signature, Signer, sign},
};

use super::{Encoding, FaultError, SignatureEdit, bytes, part};

/// Edits the signature.
pub(super) fn edit(
    message: &Message,
    edit: &SignatureEdit,
    signer: Option<&Signer>,
    at: Timestamp,
) -> Result<Vec<u8>, FaultError> {
    let raw = &message.mail.raw[..];
    let signed = message.signed.as_ref().ok_or_else(|| FaultError::Missing("a signature".into()))?;
    let signer = || signer.ok_or(FaultError::NoSigner);
    match edit {
        SignatureEdit::SignWith(_) => sign_again(message, message, signer()?, at),
        SignatureEdit::SignAt(time) => {
            let at = time.parse().map_err(unworkable)?;
            let content = message.mail.bytes(&signed.content.span);
            Ok(replace(raw, signed, &signer()?.sign(content, at, encoding(message))))
        }
        SignatureEdit::Sha1 => {
            let (content, at) = (message.mail.bytes(&signed.content.span), claimed(message).unwrap_or(at));
            Ok(replace(raw, signed, &signer()?.sign_with(content, at, encoding(message), sign::Digest::Sha1)))
        }
        SignatureEdit::Tamper => Ok(tamper(raw, signed)),
        SignatureEdit::Corrupt => {
            let mut cms = cms(signed)?.to_vec();
            let value = cms.windows(4).rposition(|window| window == [0x04, 0x82, 0x01, 0x00]);
            let value = value.ok_or_else(|| FaultError::Unworkable("the signature value is not of RSA 2048".into()))?;
            cms[value + 100] ^= 1;
            Ok(replace(raw, signed, &cms))
        }
        SignatureEdit::Strip => Ok(strip(message, signed)),
        SignatureEdit::Encapsulate => {
            let content = message.mail.bytes(&signed.content.span);
            let content = OctetString::new(content).and_then(|octets| Any::encode_from(&octets)).map_err(unworkable)?;
            let cms = rewrite(&der_signature(message, signed, signer()?, at), |data| {
                data.encap_content_info.econtent = Some(content);
            })?;
            Ok(replace(raw, signed, &cms))
        }
        SignatureEdit::SignTwice => {
            let content = message.mail.bytes(&signed.content.span);
            let later = claimed(message).unwrap_or(at) + SignedDuration::from_secs(1);
            let second = signed_data(&signer()?.sign(content, later, sign::Encoding::Der))?.signer_infos;
            let cms = rewrite(&der_signature(message, signed, signer()?, at), |data| {
                for info in second.0.iter() {
                    // Another signingTime: no two elements of the set are equal.
                    data.signer_infos.0.insert(info.clone()).ok();
                }
            })?;
            Ok(replace(raw, signed, &cms))
        }
        SignatureEdit::DropCertificates => {
            let cms = rewrite(&der_signature(message, signed, signer()?, at), |data| data.certificates = None)?;
            Ok(replace(raw, signed, &cms))
        }
        SignatureEdit::Garbage => Ok(replace(raw, signed, b"this is no CMS structure")),
        SignatureEdit::Micalg(name) => {
            let header = message.mail.root.header("Content-Type");
            let value = header.ok_or_else(|| FaultError::Missing("Content-Type".into()))?.value.clone();
            let found = bytes::find(&raw[value.clone()], r#"(?i)\bmicalg\s*=\s*("[^"]*"|[^;\s]+)"#)?;
            let found = value.start + found.start..value.start + found.end;
            Ok(bytes::splice(raw, found, format!("micalg=\"{name}\"").as_bytes()))
        }
    }
}

/// `edited` signed anew, in the encoding that `before` was and claiming the signing time it claimed.
pub(super) fn sign_again(
    before: &Message,
    edited: &Message,
    signer: &Signer,
    at: Timestamp,
) -> Result<Vec<u8>, FaultError> {
    let lost = || FaultError::Unworkable("the edit leaves nothing to be signed".into());
    let signed = edited.signed.as_ref().ok_or_else(lost)?;
    let content = edited.mail.bytes(&signed.content.span);
    let cms = signer.sign(content, claimed(before).unwrap_or(at), encoding(before));
    Ok(replace(&edited.mail.raw, signed, &cms))
}

fn claimed(message: &Message) -> Option<Timestamp> {
    let signed = message.signed.as_ref()?;
    Signature::verify(signed.cms.as_ref()?, message.mail.bytes(&signed.content.span)).signing_time
}

/// The second octet of an indefinite length is 0x80 (X.690 8.1.3.6).
fn encoding(message: &Message) -> sign::Encoding {
    let cms = message.signed.as_ref().and_then(|signed| signed.cms.as_ref());
    if cms.is_some_and(|cms| cms.get(1) == Some(&0x80)) { sign::Encoding::Ber } else { sign::Encoding::Der }
}

fn cms(signed: &Signed) -> Result<&[u8], FaultError> {
    signed.cms.as_deref().ok_or_else(|| FaultError::Unworkable("the signature cannot be decoded".into()))
}

fn der_signature(message: &Message, signed: &Signed, signer: &Signer, at: Timestamp) -> Vec<u8> {
    let content = message.mail.bytes(&signed.content.span);
    signer.sign(content, claimed(message).unwrap_or(at), sign::Encoding::Der)
}

/// A DER signature with something in it changed.
pub(super) fn rewrite(cms: &[u8], edit: impl FnOnce(&mut SignedData)) -> Result<Vec<u8>, FaultError> {
    let mut info = ContentInfo::from_der(cms).map_err(unworkable)?;
    let mut data = signed_data(cms)?;
    edit(&mut data);
    info.content = Any::new(Tag::Sequence, inner(&data.to_der().map_err(unworkable)?)).map_err(unworkable)?;
    info.to_der().map_err(unworkable)
}

fn signed_data(cms: &[u8]) -> Result<SignedData, FaultError> {
    ContentInfo::from_der(cms).and_then(|info| info.content.decode_as()).map_err(unworkable)
}

/// The content octets of a DER value.
fn inner(der: &[u8]) -> Vec<u8> {
    let header = if der[1] < 0x80 { 2 } else { 2 + usize::from(der[1] & 0x7f) };
    der[header..].to_vec()
}

fn unworkable(error: impl std::fmt::Display) -> FaultError {
    FaultError::Unworkable(error.to_string())
}

fn replace(raw: &[u8], signed: &Signed, cms: &[u8]) -> Vec<u8> {
    let trailing = part::trailing(&raw[signed.signature.body.clone()]);
    bytes::splice(raw, signed.signature.body.clone(), &part::encode(cms, Encoding::Base64, trailing))
}

/// Changes the case of a header field's first letter: other octets, the same meaning, so that only the signature tells.
fn tamper(raw: &[u8], signed: &Signed) -> Vec<u8> {
    let mut tampered = raw.to_vec();
    let first = signed.content.headers.first().map_or(signed.content.span.start, |header| header.span.start);
    tampered[first] ^= 0x20;
    tampered
}

/// What was signed takes the place of the multipart/signed.
fn strip(message: &Message, signed: &Signed) -> Vec<u8> {
    let raw = &message.mail.raw[..];
    let own = |name: &str| name.to_ascii_lowercase().starts_with("content-");
    let mut out = Vec::with_capacity(raw.len());
    for header in message.mail.root.headers.iter().filter(|header| !own(&header.name)) {
        out.extend_from_slice(&raw[header.span.clone()]);
    }
    out.extend_from_slice(&raw[signed.content.span.clone()]);
    if !out.ends_with(b"\r\n") {
        out.extend_from_slice(b"\r\n");
    }
    out
}
