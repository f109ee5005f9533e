//! TLS configurations. The crypto provider is given, never installed for the whole process.

use std::sync::Arc;

use rustls::{ClientConfig, ConfigBuilder, RootCertStore, ServerConfig, WantsVerifier, crypto::aws_lc_rs};
use rustls_pki_types::{CertificateDer, PrivatePkcs8KeyDer};

/// A server with its certificate, the issuers that travel with it and its key (PKCS #8).
pub fn server(certificate: &[u8], chain: &[Vec<u8>], key: &[u8]) -> Result<ServerConfig, rustls::Error> {
    let mut certificates = vec![CertificateDer::from(certificate.to_vec())];
    certificates.extend(chain.iter().map(|der| CertificateDer::from(der.clone())));
    let key = PrivatePkcs8KeyDer::from(key.to_vec());
    ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(certificates, key.into())
}

/// A client that trusts one root.
pub fn client(root: &[u8]) -> Result<ClientConfig, rustls::Error> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(root.to_vec()))?;
    let builder: ConfigBuilder<ClientConfig, WantsVerifier> =
        ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}
