//! Names of certificates' subjects.

use rcgen::{DistinguishedName, DnType, DnValue};

use super::{PkiError, recipe::Subject};

/// A name with the country as PrintableString, as RFC 5280 wants it.
pub fn distinguished_name(subject: &Subject) -> Result<DistinguishedName, PkiError> {
    let mut name = DistinguishedName::new();
    if let Some(country) = &subject.c {
        name.push(DnType::CountryName, DnValue::PrintableString(country.as_str().try_into()?));
    }
    name.push(DnType::OrganizationName, subject.o.as_str());
    name.push(DnType::CommonName, subject.cn.as_str());
    Ok(name)
}
