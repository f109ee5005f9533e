//! Files of certificates, DER or PEM, and what else stands in such files.

use super::{Content, Found, Item, LeftOut, Step, Stream, Why, file::Place, left_out::Asked};
use crate::smime::{Material, Sort};

/// What a file of them holds; what is broken in PEM is no section. The signers' certificates together, and the others one by
/// one.
pub(super) fn found(place: &Place, file: Vec<u8>) -> Stream {
    let material: Vec<Material> = Material::in_file(file).into_iter().filter_map(Result::ok).collect();
    if material.is_empty() {
        return place.clone().left_out(Why::Unknown("a PEM file without certificates"));
    }
    let alone = material.len() == 1;
    let mut signers = Vec::new();
    let mut found: Vec<Found> = Vec::new();
    for (number, Material { der, sort }) in material.into_iter().enumerate() {
        let why = match sort {
            Sort::Certificate(certificate) if certificate.is_authority() => Why::Authority(der.to_vec()),
            Sort::Certificate(_) if place.asked == Asked::InPassing => Why::Certificate(der.to_vec()),
            Sort::Certificate(_) => {
                signers.push(der.to_vec());
                continue;
            }
            Sort::RevocationList => Why::RevocationList,
            Sort::Neither(problem) => Why::NotCertificate(problem),
        };
        let name = if alone { place.name.clone() } else { place.name.step(Step::Certificate(number + 1)) };
        found.push(Err(LeftOut { name, asked: place.asked, why }));
    }
    if !signers.is_empty() {
        found.insert(0, Ok(Item { name: place.name.clone(), content: Content::Certificates(signers) }));
    }
    Box::new(found.into_iter())
}
