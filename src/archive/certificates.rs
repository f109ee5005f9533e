//! Files of certificates, DER or PEM, and what else stands in such files.

use rustls_pki_types::pem::{PemObject as _, SectionKind};
use x509_cert::{crl::CertificateList, der::Decode as _};

use super::{Content, Found, Item, LeftOut, Step, Stream, Why, file::Place, left_out::Asked};
use crate::smime::Certificate;

/// What a file in DER holds.
pub(super) fn der(place: &Place, der: Vec<u8>) -> Stream {
    found(place, vec![(SectionKind::Certificate, der)])
}

/// What a file in PEM holds.
pub(super) fn pem(place: &Place, text: &[u8]) -> Stream {
    let sections = <(SectionKind, Vec<u8>)>::pem_slice_iter(text).filter_map(Result::ok);
    let wanted = |(kind, _): &(SectionKind, Vec<u8>)| matches!(kind, SectionKind::Certificate | SectionKind::Crl);
    let sections: Vec<_> = sections.filter(wanted).collect();
    if sections.is_empty() {
        let why = Why::Unknown("a PEM file without certificates");
        return place.clone().left_out(why);
    }
    found(place, sections)
}

/// The signers' certificates together, and the others one by one.
fn found(place: &Place, sections: Vec<(SectionKind, Vec<u8>)>) -> Stream {
    let alone = sections.len() == 1;
    let mut signers = Vec::new();
    let mut found: Vec<Found> = Vec::new();
    for (number, (kind, der)) in sections.into_iter().enumerate() {
        match why_not(place, kind, &der) {
            None => signers.push(der),
            Some(why) => {
                let step = Step::Certificate(number + 1);
                let name = if alone { place.name.clone() } else { place.name.step(step) };
                found.push(Err(LeftOut { name, asked: place.asked, why }));
            }
        }
    }
    if !signers.is_empty() {
        found.insert(0, Ok(Item { name: place.name.clone(), content: Content::Certificates(signers) }));
    }
    Box::new(found.into_iter())
}

fn why_not(place: &Place, kind: SectionKind, der: &[u8]) -> Option<Why> {
    if kind == SectionKind::Crl {
        return Some(Why::RevocationList);
    }
    match Certificate::read(der) {
        Ok(certificate) if certificate.is_authority() => Some(Why::Authority(der.to_vec())),
        Ok(_) if place.asked == Asked::InPassing => Some(Why::Certificate(der.to_vec())),
        Ok(_) => None,
        Err(_) if <CertificateList>::from_der(der).is_ok() => Some(Why::RevocationList),
        Err(problem) => Some(Why::NotCertificate(problem)),
    }
}
