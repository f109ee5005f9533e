//! Name constraints (RFC 5280 4.2.1.10): what an authority's own certificate lets it certify.

use const_oid::db::{rfc3280::EMAIL_ADDRESS, rfc5280};
use der::Decode;
use x509_cert::{
    certificate::TbsCertificate,
    ext::pkix::{NameConstraints, SubjectAltName, constraints::name::GeneralSubtree, name::GeneralName},
};

use super::name::{self, Folded};

/// Whether every name of a certificate is allowed; the error names the one that is not.
pub fn check(constraints: &NameConstraints, certificate: &TbsCertificate) -> Result<(), String> {
    let permitted = constraints.permitted_subtrees.as_deref().unwrap_or_default();
    let excluded = constraints.excluded_subtrees.as_deref().unwrap_or_default();
    for name in names(certificate)? {
        let relevant = |trees: &[GeneralSubtree]| -> Result<Vec<bool>, String> {
            trees.iter().filter_map(|tree| covers(&tree.base, &name)).collect()
        };
        let allowed = relevant(permitted)?;
        if !allowed.is_empty() && !allowed.contains(&true) {
            return Err(format!("{} is not among what is permitted", print(&name)));
        }
        if relevant(excluded)?.contains(&true) {
            return Err(format!("{} is excluded", print(&name)));
        }
    }
    Ok(())
}

/// The subject, the mail addresses in it, and the subject's other names.
fn names(certificate: &TbsCertificate) -> Result<Vec<GeneralName>, String> {
    let mut names = Vec::new();
    let subject = certificate.subject();
    if !subject.is_empty() {
        names.push(GeneralName::DirectoryName(subject.clone()));
    }
    let other_names = certificate.extensions().into_iter().flatten();
    for extension in other_names.filter(|extension| extension.extn_id == rfc5280::ID_CE_SUBJECT_ALT_NAME) {
        let read = SubjectAltName::from_der(extension.extn_value.as_bytes());
        names.extend(read.map_err(|error| format!("the SubjectAltName cannot be read: {error}"))?.0);
    }
    for address in name::values(subject, EMAIL_ADDRESS) {
        let address = der::asn1::Ia5String::new(&address).map_err(|_| "a mail address beyond ASCII".to_owned())?;
        names.push(GeneralName::Rfc822Name(address));
    }
    Ok(names)
}

/// Whether a name lies in a subtree; `None` where the subtree is about other kinds of names, an error where the kind is
/// one that nobody in PEC has.
fn covers(base: &GeneralName, name: &GeneralName) -> Option<Result<bool, String>> {
    match (base, name) {
        (GeneralName::Rfc822Name(base), GeneralName::Rfc822Name(address)) => {
            Some(Ok(mail_lies_in(base.as_str(), address.as_str())))
        }
        (GeneralName::DirectoryName(base), GeneralName::DirectoryName(name)) => {
            Some(Ok(Folded::of(name).starts_with(&Folded::of(base))))
        }
        (GeneralName::DnsName(base), GeneralName::DnsName(host)) => {
            let (base, host) = (base.as_str().to_ascii_lowercase(), host.as_str().to_ascii_lowercase());
            Some(Ok(host == base || base.is_empty() || host.ends_with(&format!(".{base}"))))
        }
        (base, name) if std::mem::discriminant(base) == std::mem::discriminant(name) => {
            Some(Err(format!("{} is of a kind that cannot be checked here", print(name))))
        }
        _ => None,
    }
}

/// A mailbox (`a@b`), all mailboxes of a host (`b`), or of every host below a domain (`.b`).
fn mail_lies_in(base: &str, address: &str) -> bool {
    let Some((local, host)) = address.rsplit_once('@') else { return false };
    match base.rsplit_once('@') {
        Some((base_local, base_host)) => local == base_local && host.eq_ignore_ascii_case(base_host),
        None if base.starts_with('.') => host.to_ascii_lowercase().ends_with(&base.to_ascii_lowercase()),
        None => host.eq_ignore_ascii_case(base),
    }
}

fn print(name: &GeneralName) -> String {
    match name {
        GeneralName::DirectoryName(name) => name::print(name),
        GeneralName::Rfc822Name(text) | GeneralName::DnsName(text) | GeneralName::UniformResourceIdentifier(text) => {
            text.as_str().escape_debug().to_string()
        }
        _ => "a name".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_constraint_is_a_mailbox_a_host_or_a_domain() {
        for (base, address, lies_in) in [
            ("pec.example", "posta-certificata@PEC.example", true),
            ("pec.example", "posta@sub.pec.example", false),
            ("pec.example", "posta@otherpec.example", false),
            (".pec.example", "posta@sub.pec.example", true),
            (".pec.example", "posta@pec.example", false),
            ("a@pec.example", "a@pec.Example", true),
            ("a@pec.example", "b@pec.example", false),
            ("pec.example", "pec.example", false),
        ] {
            assert_eq!(mail_lies_in(base, address), lies_in, "{base} {address}");
        }
    }
}
