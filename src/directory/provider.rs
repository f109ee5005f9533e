//! A record of class `provider`: what RFC 6109 4.5 gives it.

use super::{
    domain::same_domain,
    ldif::{Attribute, LdifError, Record},
};

/// One record: a provider's main or secondary environment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Provider {
    /// Distinguished name as written.
    pub dn: String,
    /// `providerName`.
    pub name: String,
    /// `providerUnit`: the secondary environment's name; absent for the main one.
    pub unit: Option<String>,
    /// `providerCertificateHash` values as written.
    pub certificate_hashes: Vec<String>,
    /// `providerCertificate` values, DER.
    pub certificates: Vec<Vec<u8>>,
    /// `mailReceipt`: where server-server acceptances and virus detections go.
    pub mail_receipt: String,
    /// `managedDomains`.
    pub managed_domains: Vec<String>,
    /// `LDIFLocationURL`.
    pub ldif_location: Option<String>,
    /// `description`.
    pub description: Option<String>,
}

impl Provider {
    /// Whether it manages a mail domain: see [`same_domain`].
    pub fn manages(&self, domain: &str) -> bool {
        self.managed_domains.iter().any(|managed| same_domain(managed, domain))
    }

    /// What a record says, if it is of class `provider`; a single-valued attribute given twice is refused.
    pub(super) fn of(record: &Record<'_>) -> Result<Option<Self>, LdifError> {
        let mut provider = Self::default();
        let (mut name, mut mail_receipt) = (None, None);
        let mut is_provider = false;
        for attribute in record.attributes() {
            match attribute.name.as_str() {
                "objectclass" => is_provider |= attribute.value.trim_ascii_end().eq_ignore_ascii_case(b"provider"),
                "providername" => once(&mut name, &attribute)?,
                "providerunit" => once(&mut provider.unit, &attribute)?,
                "providercertificatehash" => provider.certificate_hashes.push(attribute.text()?),
                "providercertificate" => provider.certificates.push(attribute.value.into_owned()),
                "mailreceipt" => once(&mut mail_receipt, &attribute)?,
                "manageddomains" => provider.managed_domains.push(attribute.text()?),
                "ldiflocationurl" => once(&mut provider.ldif_location, &attribute)?,
                "description" if provider.description.is_none() => provider.description = Some(attribute.text()?),
                _ => {}
            }
        }
        if !is_provider {
            return Ok(None);
        }
        provider.managed_domains.shrink_to_fit();
        let (name, mail_receipt) = (name.unwrap_or_default(), mail_receipt.unwrap_or_default());
        Ok(Some(Self { dn: record.dn(), name, mail_receipt, ..provider }))
    }
}

fn once(value: &mut Option<String>, attribute: &Attribute<'_>) -> Result<(), LdifError> {
    if value.is_some() {
        let problem = format!("{} has one value, and this is a second one", attribute.name);
        return Err(LdifError { line: attribute.line, dn: None, problem });
    }
    *value = Some(attribute.text()?);
    Ok(())
}
