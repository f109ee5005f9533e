//! Whom a client trusts at a point that is not of this house: those whom authorities vouch for, one certificate, or anybody.

use std::sync::Arc;

use ::aws_lc_rs::digest;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::{CryptoProvider, WebPkiSupportedAlgorithms, aws_lc_rs, verify_tls12_signature, verify_tls13_signature},
};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};

/// Whom a client trusts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trusted {
    /// Whoever one of these authorities vouches for, by name.
    Authorities(Vec<CertificateDer<'static>>),
    /// Whoever shows the certificate with this SHA-256, whatever its name and dates.
    Certificate([u8; 32]),
    /// Anybody: the channel is secret, and nobody knows to whom.
    Anybody,
}

impl Trusted {
    /// TLS 1.2 and 1.3 of a client that trusts so. An error where an authority's certificate is none.
    pub fn client_config(&self) -> Result<Arc<ClientConfig>, Error> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let builder = ClientConfig::builder_with_provider(provider.clone()).with_safe_default_protocol_versions()?;
        let config = match self {
            Trusted::Authorities(authorities) => {
                let mut roots = RootCertStore::empty();
                for authority in authorities {
                    roots.add(authority.clone())?;
                }
                builder.with_root_certificates(roots).with_no_client_auth()
            }
            Trusted::Certificate(sha256) => pinned(builder, &provider, Some(*sha256)),
            Trusted::Anybody => pinned(builder, &provider, None),
        };
        Ok(Arc::new(config))
    }
}

fn pinned(
    builder: rustls::ConfigBuilder<ClientConfig, rustls::WantsVerifier>,
    provider: &CryptoProvider,
    sha256: Option<[u8; 32]>,
) -> ClientConfig {
    let verifier = Pinned { sha256, algorithms: provider.signature_verification_algorithms };
    builder.dangerous().with_custom_certificate_verifier(Arc::new(verifier)).with_no_client_auth()
}

/// Trusts one certificate, or any; that the peer has its key is proved all the same.
#[derive(Debug)]
struct Pinned {
    sha256: Option<[u8; 32]>,
    algorithms: WebPkiSupportedAlgorithms,
}

impl ServerCertVerifier for Pinned {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let shown = digest::digest(&digest::SHA256, certificate);
        if self.sha256.is_none_or(|wanted| shown.as_ref() == wanted) {
            Ok(ServerCertVerified::assertion())
        } else {
            Err(Error::InvalidCertificate(CertificateError::ApplicationVerificationFailure))
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signature, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signature, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}
