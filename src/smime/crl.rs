//! A revocation list (RFC 5280 5): read once into an index, so that a list of a hundred megabytes takes little more than
//! its own size, and what is asked of it is one search.

use std::{
    collections::HashMap,
    ops::Range,
    sync::{Arc, Mutex, PoisonError},
};

use aws_lc_rs::digest;
use const_oid::db::rfc5280;
use der::{Decode, oid::ObjectIdentifier};
use jiff::Timestamp;
use x509_cert::{
    ext::{Extensions, pkix::CrlReason},
    name::Name,
    spki::AlgorithmIdentifierOwned,
    time::Time,
};

use super::{
    algorithm::{self, Verdict},
    ber::Element,
    certificate::timestamp,
    link::Link,
    name::Folded,
    scope::Scope,
};

const BIT_STRING: u8 = 0x03;
const INTEGER: u8 = 0x02;
const SEQUENCE: u8 = 0x30;
const EXTENSIONS: u8 = 0xa0;
const TIMES: [u8; 2] = [0x17, 0x18];

/// How many keys a list remembers to be signed with or not; an issuer has one or two.
const MAX_KEYS: usize = 64;

/// A revocation list.
#[derive(Debug)]
pub struct List {
    der: Arc<[u8]>,
    covered: Range<usize>,
    algorithm: AlgorithmIdentifierOwned,
    value: Range<usize>,
    /// Whose list it is.
    pub issuer: Folded,
    /// thisUpdate.
    pub this_update: Timestamp,
    /// nextUpdate; a list without it never ends.
    pub next_update: Option<Timestamp>,
    /// cRLNumber.
    pub number: Option<Number>,
    /// BaseCRLNumber, where it is a delta list: the oldest complete list that it may be laid over.
    pub changes: Option<Number>,
    /// What it is about.
    pub scope: Scope,
    /// Why it cannot be gone by, whatever it says: a critical extension that is not understood.
    pub trouble: Option<String>,
    /// The entries about certificates of its own issuer: the end of each serial number, and where the entry starts.
    entries: Vec<(u64, usize)>,
    signed_with: Mutex<HashMap<[u8; 32], bool>>,
}

/// An entry of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// From when it counts.
    pub date: Timestamp,
    /// What it says.
    pub reason: Reason,
}

/// What an entry says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Revoked, for good.
    Revoked,
    /// Revoked for the time being.
    Hold,
    /// Given back: in a delta list, no longer revoked.
    Removed,
}

/// The number of a list, without limit of size.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Number {
    // The order of the fields is that of comparison.
    length: usize,
    digits: Vec<u8>,
}

/// Whether DER is a revocation list that can be read.
pub fn is_revocation_list(der: &Arc<[u8]>) -> bool {
    List::read(der).is_ok()
}

impl List {
    /// Reads a list from DER; the error says what is broken.
    pub fn read(der: &Arc<[u8]>) -> Result<Self, String> {
        let (list, _) = Element::read(der)?;
        let [tbs, algorithm, value] = list.children()?[..] else { return Err("a list has three fields".into()) };
        let (BIT_STRING, [0, value @ ..]) = (value.tag, value.value) else {
            return Err("the signature is no string of whole bytes".into());
        };
        let fields = tbs.children()?;
        let mut fields = fields.iter().peekable();
        fields.next_if(|field| field.tag == INTEGER);
        let mut next = |what: &str| fields.next().ok_or(format!("{what} is missing"));
        next("the algorithm")?;
        let issuer = Name::from_der(next("the issuer")?.whole).map_err(|error| error.to_string())?;
        let this_update = instant(next("thisUpdate")?)?;
        let next_update = fields.next_if(|field| TIMES.contains(&field.tag)).map(instant).transpose()?;
        let revoked = fields.next_if(|field| field.tag == SEQUENCE);
        let extensions = match fields.next_if(|field| field.tag == EXTENSIONS) {
            Some(field) => Extensions::from_der(field.value).map_err(|error| error.to_string())?,
            None => Extensions::new(),
        };
        if fields.next().is_some() {
            return Err("a field that lists do not have".into());
        }
        let at = |part: &[u8]| position(der, part);
        let mut read = Self {
            covered: at(tbs.whole),
            algorithm: AlgorithmIdentifierOwned::from_der(algorithm.whole).map_err(|error| error.to_string())?,
            value: at(value),
            issuer: Folded::of(&issuer),
            this_update,
            next_update,
            number: None,
            changes: None,
            scope: Scope::default(),
            trouble: None,
            entries: Vec::new(),
            signed_with: Mutex::default(),
            der: der.clone(),
        };
        read.extensions(&extensions)?;
        if let Some(revoked) = revoked {
            read.index(at(revoked.value))?;
        }
        Ok(read)
    }

    fn extensions(&mut self, extensions: &Extensions) -> Result<(), String> {
        for extension in extensions {
            let value = extension.extn_value.as_bytes();
            match extension.extn_id {
                rfc5280::ID_CE_CRL_NUMBER => self.number = Some(Number::read(value)?),
                rfc5280::ID_CE_DELTA_CRL_INDICATOR => self.changes = Some(Number::read(value)?),
                rfc5280::ID_CE_ISSUING_DISTRIBUTION_POINT => self.scope = Scope::read(value)?,
                rfc5280::ID_CE_AUTHORITY_KEY_IDENTIFIER => {}
                unknown if extension.critical => self.not_understood(unknown),
                _ => {}
            }
        }
        Ok(())
    }

    fn not_understood(&mut self, extension: ObjectIdentifier) {
        self.trouble = Some(format!("a critical extension is not understood: {extension}"));
    }

    fn index(&mut self, entries: Range<usize>) -> Result<(), String> {
        let der = self.der.clone();
        let mut at = entries.start;
        // In an indirect list an entry may name another issuer, for itself and for those after it.
        let mut is_own = true;
        while at < entries.end {
            let (entry, _) = Element::read(&der[at..entries.end])?;
            let (serial, rest) = Element::read(entry.value)?;
            let (_, rest) = Element::read(rest)?;
            if !rest.is_empty() {
                for extension in Extensions::from_der(rest).map_err(|error| error.to_string())? {
                    match extension.extn_id {
                        rfc5280::ID_CE_CERTIFICATE_ISSUER => {
                            is_own = self.scope.is_indirect
                                && Scope::names(extension.extn_value.as_bytes()).contains(&self.issuer);
                        }
                        rfc5280::ID_CE_CRL_REASONS => {}
                        unknown if extension.critical => self.not_understood(unknown),
                        _ => {}
                    }
                }
            }
            if is_own {
                self.entries.push((ending(serial.value), at));
            }
            at += entry.whole.len();
        }
        self.entries.shrink_to_fit();
        self.entries.sort_unstable();
        Ok(())
    }

    /// What it says of the certificate of its issuer with this serial number, an INTEGER's octets.
    pub fn entries(&self, serial: &[u8]) -> Vec<Entry> {
        let wanted = ending(serial);
        let first = self.entries.partition_point(|(ending, _)| *ending < wanted);
        let alike = self.entries[first..].iter().take_while(|(ending, _)| *ending == wanted);
        alike.filter_map(|(_, at)| self.entry(*at, serial)).collect()
    }

    fn entry(&self, at: usize, wanted: &[u8]) -> Option<Entry> {
        let (entry, _) = Element::read(&self.der[at..]).ok()?;
        let (serial, rest) = Element::read(entry.value).ok()?;
        let (date, rest) = Element::read(rest).ok()?;
        if shortest(serial.value) != shortest(wanted) {
            return None;
        }
        let extensions = Extensions::from_der(rest).unwrap_or_default();
        let reason = extensions.iter().find(|extension| extension.extn_id == rfc5280::ID_CE_CRL_REASONS);
        let reason = reason.and_then(|reason| CrlReason::from_der(reason.extn_value.as_bytes()).ok());
        let reason = match reason {
            Some(CrlReason::CertificateHold) => Reason::Hold,
            Some(CrlReason::RemoveFromCRL) => Reason::Removed,
            _ => Reason::Revoked,
        };
        // A date that cannot be read is no excuse: it counts from ever.
        Some(Entry { date: instant(&date).unwrap_or(Timestamp::MIN), reason })
    }

    /// Whether it is signed with the key of a certificate.
    pub fn is_signed_with(&self, signer: &Link) -> bool {
        let key = signer.key_digest();
        let known = || self.signed_with.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(is_signed) = known().get(&key) {
            return *is_signed;
        }
        let (covered, value) = (&self.der[self.covered.clone()], &self.der[self.value.clone()]);
        // `rsaEncryption` alone is no algorithm of a list; the digest given here is never used.
        let verdict = algorithm::verify(signer.key(), &self.algorithm, &digest::SHA256, covered, value);
        let mut known = known();
        if known.len() < MAX_KEYS {
            known.insert(key, verdict == Verdict::Right);
        }
        verdict == Verdict::Right
    }
}

impl Number {
    fn read(der: &[u8]) -> Result<Self, String> {
        let (number, _) = Element::read(der)?;
        if number.tag != INTEGER || number.value.first().is_none_or(|first| first & 0x80 != 0) {
            return Err("the number of a list is no natural number".into());
        }
        let digits = number.value.iter().copied().skip_while(|digit| *digit == 0).collect::<Vec<u8>>();
        Ok(Self { length: digits.len(), digits })
    }
}

fn instant(time: &Element) -> Result<Timestamp, String> {
    Time::from_der(time.whole).map(timestamp).map_err(|error| error.to_string())
}

/// Where a part of `whole` lies in it.
fn position(whole: &[u8], part: &[u8]) -> Range<usize> {
    let start = part.as_ptr().addr() - whole.as_ptr().addr();
    start..start + part.len()
}

/// The last eight octets of a number, by which entries are sorted.
fn ending(number: &[u8]) -> u64 {
    number[number.len().saturating_sub(8)..].iter().fold(0, |ending, octet| ending << 8 | u64::from(*octet))
}

/// An integer without octets that repeat its sign.
fn shortest(mut number: &[u8]) -> &[u8] {
    while let [first @ (0x00 | 0xff), second, ..] = number
        && (*first == 0xff) == (second & 0x80 != 0)
    {
        number = &number[1..];
    }
    number
}
