//! Signatures in the encodings of different makers, each over the same content: every one holds, and nothing is reported.

use aws_lc_rs::digest;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use der::{Decode as _, Encode as _};

use super::bench::{DIALECTS, judge, pki, sample};
use crate::{
    message::{Kind, Message},
    smime::sign::Digest,
};

const INTEGER: u8 = 0x02;
const OCTET_STRING: u8 = 0x04;
const NULL: [u8; 2] = [0x05, 0];
const UTC_TIME: u8 = 0x17;
const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const CONTEXT_0: u8 = 0xa0;

const SIGNED_DATA: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02";
const DATA: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01";
const SHA_1: &[u8] = b"\x06\x05\x2b\x0e\x03\x02\x1a";
const SHA_256: &[u8] = b"\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01";
const RSA: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01";
const SHA_256_WITH_RSA: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b";
const CONTENT_TYPE: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09\x03";
const MESSAGE_DIGEST: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09\x04";
const SIGNING_TIME: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09\x05";
const CAPABILITIES: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09\x0f";

/// How the signed attributes stand, and over what the value is.
#[derive(Clone, Copy, PartialEq)]
enum Attributes {
    /// In the order of DER.
    Sorted,
    /// In another, in which they are signed too.
    AsTheyStand,
    /// In another, and signed in that of DER (RFC 5652 5.4).
    SignedSorted,
    /// Without a signing time.
    WithoutTime,
    /// With what else the signer can do.
    WithCapabilities,
    /// There are none: the content is signed itself.
    None,
}

/// How a length is written.
#[derive(Clone, Copy, PartialEq)]
enum Lengths {
    Definite,
    /// Not at all, as what is streamed.
    Indefinite,
    /// With more octets than it takes.
    Long,
}

/// How a maker's library writes a signature.
#[derive(Clone, Copy)]
struct Maker {
    lengths: Lengths,
    attributes: Attributes,
    /// The parameters of the digest's algorithm.
    parameters: &'static [u8],
    /// The signature's algorithm.
    algorithm: &'static [u8],
    /// The digests named in front.
    digests: &'static [&'static [u8]],
    /// The certificates by their places: the signer's is 0, its issuer's 1.
    certificates: &'static [usize],
    /// Into how many pieces the value is cut.
    pieces: usize,
    /// Whether the signer is named by its key.
    by_key: bool,
    /// Fields between certificates and signers.
    lists: &'static [u8],
}

const PLAIN: Maker = Maker {
    lengths: Lengths::Definite,
    attributes: Attributes::Sorted,
    parameters: &[],
    algorithm: RSA,
    digests: &[SHA_256],
    certificates: &[0, 1],
    pieces: 1,
    by_key: false,
    lists: &[],
};

fn definite(tag: u8, value: &[u8]) -> Vec<u8> {
    let length = der::Length::try_from(value.len()).unwrap().to_der().unwrap();
    [&[tag], &length[..], value].concat()
}

fn algorithm(oid: &[u8], parameters: &[u8]) -> Vec<u8> {
    definite(SEQUENCE, &[oid, parameters].concat())
}

impl Maker {
    fn layer(&self, tag: u8, value: &[u8]) -> Vec<u8> {
        match self.lengths {
            Lengths::Definite => definite(tag, value),
            Lengths::Indefinite => [&[tag, 0x80], value, &[0, 0]].concat(),
            Lengths::Long => {
                let length = u32::try_from(value.len()).unwrap().to_be_bytes();
                [&[tag, 0x84], &length[..], value].concat()
            }
        }
    }

    /// The attributes as they stand, and what the value is over.
    fn attributes(&self, content: &[u8]) -> (Vec<u8>, Vec<u8>) {
        let attribute = |oid: &[u8], value: &[u8]| definite(SEQUENCE, &[oid, &definite(SET, value)].concat());
        let digest = digest::digest(&digest::SHA256, content);
        let mut attributes = vec![
            attribute(MESSAGE_DIGEST, &definite(OCTET_STRING, digest.as_ref())),
            attribute(SIGNING_TIME, &definite(UTC_TIME, b"260302083000Z")),
            attribute(CONTENT_TYPE, DATA),
        ];
        match self.attributes {
            Attributes::WithoutTime => drop(attributes.remove(1)),
            Attributes::WithCapabilities => {
                attributes.push(attribute(CAPABILITIES, &definite(SEQUENCE, &algorithm(SHA_256, &[]))));
            }
            Attributes::None => return (Vec::new(), content.to_vec()),
            _ => {}
        }
        let mut sorted = attributes.clone();
        sorted.sort();
        assert_ne!(sorted, attributes, "another order than that of DER");
        let (stands, signed) = match self.attributes {
            Attributes::AsTheyStand => (&attributes, &attributes),
            Attributes::SignedSorted => (&attributes, &sorted),
            _ => (&sorted, &sorted),
        };
        (definite(CONTEXT_0, &stands.concat()), definite(SET, &signed.concat()))
    }

    fn value(&self, signed: &[u8]) -> Vec<u8> {
        let pki = pki();
        let value = pki.signer("alfa").unwrap().key.sign(signed, Digest::Sha256);
        if self.pieces == 1 {
            return definite(OCTET_STRING, &value);
        }
        let pieces = value.chunks(value.len().div_ceil(self.pieces)).map(|piece| definite(OCTET_STRING, piece));
        self.layer(OCTET_STRING | 0x20, &pieces.collect::<Vec<_>>().concat())
    }

    fn sign(&self, content: &[u8]) -> Vec<u8> {
        let pki = pki();
        let signer = pki.signer("alfa").unwrap();
        let certificate = x509_cert::Certificate::from_der(&signer.certificate).unwrap();
        let certificate = certificate.tbs_certificate();
        let id = if self.by_key {
            let key_id = crate::smime::Certificate::read(&signer.certificate).unwrap().subject_key_id.unwrap();
            definite(0x80, &key_id)
        } else {
            let (issuer, serial) = (certificate.issuer().to_der(), certificate.serial_number().to_der());
            definite(SEQUENCE, &[issuer.unwrap(), serial.unwrap()].concat())
        };
        let (attributes, signed) = self.attributes(content);
        let signer_info = [
            definite(INTEGER, &[if self.by_key { 3 } else { 1 }]),
            id,
            algorithm(SHA_256, self.parameters),
            attributes,
            algorithm(self.algorithm, &NULL),
            self.value(&signed),
        ];
        let digests: Vec<u8> = self.digests.iter().flat_map(|oid| algorithm(oid, self.parameters)).collect();
        let all: Vec<&[u8]> = std::iter::once(&signer.certificate).chain(&signer.chain).map(Vec::as_slice).collect();
        let certificates: Vec<&[u8]> = self.certificates.iter().map(|at| all[*at]).collect();
        let signed_data = [
            definite(INTEGER, &[1]),
            self.layer(SET, &digests),
            self.layer(SEQUENCE, DATA),
            self.layer(CONTEXT_0, &certificates.concat()),
            self.lists.to_vec(),
            self.layer(SET, &self.layer(SEQUENCE, &signer_info.concat())),
        ];
        let content_info = [SIGNED_DATA.to_vec(), self.layer(CONTEXT_0, &self.layer(SEQUENCE, &signed_data.concat()))];
        self.layer(SEQUENCE, &content_info.concat())
    }

    /// A message with its signature made again.
    fn signs(&self, bytes: &[u8]) -> Vec<u8> {
        let message = Message::read(bytes.to_vec()).unwrap();
        let signed = message.signed.as_ref().unwrap();
        assert_eq!(signed.signature.encoding, "base64");
        let base64 = BASE64_STANDARD.encode(self.sign(message.mail.bytes(&signed.content.span)));
        let lines: Vec<&[u8]> = base64.as_bytes().chunks(76).collect();
        let body = &signed.signature.body;
        [&bytes[..body.start], &lines.join(&b"\r\n"[..]), &bytes[body.end..]].concat()
    }
}

#[test]
fn a_signature_holds_in_whatever_encoding_its_maker_writes() {
    let makers = [
        ("in DER", PLAIN),
        ("streamed", Maker { lengths: Lengths::Indefinite, ..PLAIN }),
        ("with long lengths", Maker { lengths: Lengths::Long, ..PLAIN }),
        ("with its value in pieces", Maker { pieces: 3, ..PLAIN }),
        ("streamed, with its value in pieces", Maker { lengths: Lengths::Indefinite, pieces: 2, ..PLAIN }),
        ("with attributes in another order", Maker { attributes: Attributes::AsTheyStand, ..PLAIN }),
        ("over attributes in the order of DER", Maker { attributes: Attributes::SignedSorted, ..PLAIN }),
        ("without a signing time", Maker { attributes: Attributes::WithoutTime, ..PLAIN }),
        ("with capabilities", Maker { attributes: Attributes::WithCapabilities, ..PLAIN }),
        ("without attributes", Maker { attributes: Attributes::None, ..PLAIN }),
        ("with parameters of the digest", Maker { parameters: &NULL, ..PLAIN }),
        ("with the digest in its algorithm", Maker { algorithm: SHA_256_WITH_RSA, ..PLAIN }),
        ("with SHA-1 named in front too", Maker { digests: &[SHA_1, SHA_256], ..PLAIN }),
        ("with SHA-1 named in front alone", Maker { digests: &[SHA_1], ..PLAIN }),
        ("with no digest named in front", Maker { digests: &[], ..PLAIN }),
        ("with the issuer's certificate first", Maker { certificates: &[1, 0], ..PLAIN }),
        ("with a certificate twice", Maker { certificates: &[0, 1, 0], ..PLAIN }),
        ("with the signer named by its key", Maker { by_key: true, ..PLAIN }),
        ("with an empty set of lists", Maker { lists: &[0xa1, 0], ..PLAIN }),
    ];
    for (how, maker) in makers {
        for dialect in DIALECTS {
            for kind in [Kind::Accettazione, Kind::PostaCertificata] {
                let failed = judge(&maker.signs(&sample(kind, dialect).bytes)).failed;
                assert!(failed.is_empty(), "{kind:?} in {dialect:?}, {how}: {failed:#?}");
            }
        }
    }
}

#[test]
fn a_value_over_anything_else_does_not_hold() {
    for attributes in [Attributes::Sorted, Attributes::AsTheyStand, Attributes::SignedSorted, Attributes::None] {
        let signed = Maker { attributes, ..PLAIN }.signs(&sample(Kind::Accettazione, DIALECTS[0]).bytes);
        let altered = String::from_utf8(signed).unwrap().replacen("multipart/mixed", "multipart/Mixed", 1);
        assert!(judge(altered.as_bytes()).failed.contains_key("signature/valid"));
    }
}
