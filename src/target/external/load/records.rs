//! How a target stands in the providers' directory.

use super::Load;
use crate::{
    directory::{Directory, Provider},
    scenario::words::SERVICE,
    shown::path_text,
    smime::{Certificate, Wanted},
    target::external::file::Document,
    yaml::locate::Path as Down,
};

impl Load {
    /// Its records: its own, or one made of what the file says.
    pub(super) fn records(&mut self, document: &Document) -> Vec<Provider> {
        if let Some(file) = &document.listed.ldif {
            let path = vec!["listed".into(), "ldif".into()];
            let Some(bytes) = self.file(&path, file) else { return Vec::new() };
            let read = match Directory::read(&bytes) {
                Ok(read) => read,
                Err(error) => {
                    self.tell(&path, format!("{} is no directory: {error}", path_text(file)));
                    return Vec::new();
                }
            };
            let own: Vec<Provider> = read
                .providers
                .iter()
                .filter(|record| record.name == document.provider)
                .map(|record| (**record).clone())
                .collect();
            if own.is_empty() {
                self.tell(&path, format!("{} has no record of `{}`", path_text(file), document.provider));
            } else {
                self.fits(document, &own, &path_text(file));
            }
            return own;
        }
        let path: Down = vec!["listed".into(), "certificates".into()];
        let files = document.listed.certificates.as_deref().unwrap_or_default();
        let certificates = self.materials(&path, files, Wanted::Certificates);
        if certificates.is_empty() {
            self.tell(&path, "a provider signs with at least one certificate");
        }
        let hashes = certificates.iter().filter_map(|der| Certificate::read(der).ok()).map(|known| known.sha1());
        vec![Provider {
            dn: format!("providerName={},o=postacert", document.provider),
            name: document.provider.clone(),
            mail_receipt: document.users.get(SERVICE).map(|user| user.address.clone()).unwrap_or_default(),
            managed_domains: document.domains.clone(),
            certificate_hashes: hashes.collect(),
            certificates,
            ..Provider::default()
        }]
    }

    /// What the target file says and the records do not bear out: everybody else goes by the records.
    fn fits(&mut self, document: &Document, records: &[Provider], file: &str) {
        for (index, domain) in document.domains.iter().enumerate().filter(|(_, domain)| !any_manages(records, domain)) {
            let managed: Vec<&str> = records.iter().flat_map(|one| &one.managed_domains).map(String::as_str).collect();
            let managed = managed.join(", ");
            let what = format!("the domain {domain} is not among those that {file} lists: {managed}");
            self.tell(&vec!["domains".into(), index.into()], what);
        }
        let Some(service) = document.users.get(SERVICE) else { return };
        if !records.iter().any(|one| one.mail_receipt.eq_ignore_ascii_case(&service.address)) {
            let listed: Vec<&str> = records.iter().map(|one| one.mail_receipt.as_str()).collect();
            let what =
                format!("server-server acceptances go elsewhere: `mailReceipt` in {file} is {}", listed.join(", "));
            self.tell(&vec!["users".into(), SERVICE.into(), "address".into()], what);
        }
    }
}

fn any_manages(records: &[Provider], domain: &str) -> bool {
    records.iter().any(|one| one.manages(domain))
}
