//! TLS configurations. The crypto provider is given, never installed for the whole process.

use std::{sync::Arc, time::Duration};

use rustls::{
    CertificateError, ClientConfig, ConfigBuilder, DigitallySignedStruct, RootCertStore, ServerConfig, SignatureScheme,
    WantsVerifier,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::aws_lc_rs,
    server::ResolvesServerCert,
    time_provider::TimeProvider,
};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};

use crate::clock::Machine;

/// The day that TLS judges certificates by.
#[derive(Debug)]
pub struct Today(pub Machine);

impl TimeProvider for Today {
    fn current_time(&self) -> Option<UnixTime> {
        let seconds = u64::try_from(self.0.now().as_second()).ok()?;
        Some(UnixTime::since_unix_epoch(Duration::from_secs(seconds)))
    }
}

/// A server with its certificate, the issuers that travel with it behind it, and its key.
pub fn server(
    certificates: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
) -> Result<ServerConfig, rustls::Error> {
    ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(certificates, key)
}

/// A server that shows whatever certificate this has at the moment.
pub fn server_showing(certificate: Arc<dyn ResolvesServerCert>) -> Result<ServerConfig, rustls::Error> {
    let builder = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()));
    Ok(builder.with_safe_default_protocol_versions()?.with_no_client_auth().with_cert_resolver(certificate))
}

/// A client that trusts these roots.
pub fn client(roots: RootCertStore) -> Result<ClientConfig, rustls::Error> {
    let builder: ConfigBuilder<ClientConfig, WantsVerifier> =
        ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}

/// A client that trusts the same roots, and takes a certificate whatever host it names.
pub fn client_of_any_name(roots: RootCertStore) -> Result<ClientConfig, rustls::Error> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider.clone()).build();
    let verifier = verifier.map_err(|error| rustls::Error::General(error.to_string()))?;
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    let builder = builder.dangerous().with_custom_certificate_verifier(Arc::new(AnyName(verifier)));
    Ok(builder.with_no_client_auth())
}

/// Verifies all but the name.
#[derive(Debug)]
struct AnyName(Arc<WebPkiServerVerifier>);

impl ServerCertVerifier for AnyName {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        // The path is verified before the name is looked at.
        match self.0.verify_server_cert(certificate, intermediates, name, ocsp, now) {
            Err(rustls::Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) => Ok(ServerCertVerified::assertion()),
            verified => verified,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.0.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.0.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_verify_schemes()
    }
}

#[cfg(test)]
mod tests {
    use rustls::{ClientConnection, ServerConnection};

    use super::*;
    use crate::pki::Pki;

    /// A handshake in memory on a day, alfa's server on the other side.
    fn handshake(name: &'static str, today: Machine) -> Result<(), rustls::Error> {
        shake(Pki::load().unwrap().tls_client_config(today), name, today)
    }

    fn shake(client: Arc<ClientConfig>, name: &'static str, today: Machine) -> Result<(), rustls::Error> {
        let pki = Pki::load().unwrap();
        let mut client = ClientConnection::new(client, name.try_into().unwrap())?;
        let mut server = ServerConnection::new(pki.tls_server_config("alfa", today).unwrap())?;
        while client.is_handshaking() || server.is_handshaking() {
            let mut wire = Vec::new();
            client.write_tls(&mut wire).unwrap();
            server.read_tls(&mut wire.as_slice()).unwrap();
            server.process_new_packets()?;
            wire.clear();
            server.write_tls(&mut wire).unwrap();
            client.read_tls(&mut wire.as_slice()).unwrap();
            client.process_new_packets()?;
        }
        Ok(())
    }

    #[test]
    fn a_server_is_known_by_its_names_and_no_other() {
        for name in ["localhost", "127.0.0.1", "mx.alfa.example"] {
            assert_eq!(handshake(name, Machine::default()), Ok(()), "{name}");
        }
        let other = handshake("mx.bravo.example", Machine::default());
        assert!(matches!(other, Err(rustls::Error::InvalidCertificate(_))));
    }

    #[test]
    fn who_takes_any_name_takes_no_other_root_and_no_other_day() {
        let pki = Pki::load().unwrap();
        let any = |day: Machine| shake(pki.tls_client_of_any_name(day), "mx.bravo.example", day);
        assert_eq!(any(Machine::default()), Ok(()));
        let outside = any(Machine::set_to("2100-01-02T12:00:00Z".parse().unwrap()));
        assert!(matches!(outside, Err(rustls::Error::InvalidCertificate(_))));
        let mut other = RootCertStore::empty();
        other.add(CertificateDer::from(pki.certificate("root").unwrap().to_vec())).unwrap();
        let stranger = client_of_any_name(other).unwrap();
        let unknown = shake(Arc::new(stranger), "mx.alfa.example", Machine::default());
        assert!(matches!(unknown, Err(rustls::Error::InvalidCertificate(_))));
    }

    #[test]
    fn certificates_are_judged_by_the_day_that_is_given() {
        let on = |day: &str| handshake("localhost", Machine::set_to(day.parse().unwrap()));
        assert_eq!(on("2099-12-31T12:00:00Z"), Ok(()));
        for outside in ["1999-12-31T12:00:00Z", "2100-01-02T12:00:00Z"] {
            assert!(matches!(on(outside), Err(rustls::Error::InvalidCertificate(_))), "{outside}");
        }
    }
}
