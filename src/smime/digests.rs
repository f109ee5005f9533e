//! What each signer of a CMS structure says the content is, beside what it is: for people who look, not for verdicts.

use aws_lc_rs::digest;
use jiff::Timestamp;

use super::{
    algorithm, certificate, name,
    signed_data::{SignedData, SignerId, SignerInfo},
    verify::with_crlf,
};
use crate::hexadecimal::capitals;

/// A signer's part of a signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignerDigest {
    /// Who, as the structure names the certificate: by issuer and serial number, or by key identifier.
    pub named: String,
    /// The digest algorithm's name, or its OID.
    pub digest: String,
    /// The signature algorithm's name, or its OID.
    pub algorithm: String,
    /// signingTime, if present.
    pub signing_time: Option<Timestamp>,
    /// The signed messageDigest, in hexadecimal; `None` without signed attributes.
    pub signed: Option<String>,
    /// The content's digest, in hexadecimal; `None` where the algorithm is unknown here.
    pub computed: Option<String>,
}

/// The signers of the structure `cms`, over a content that is beside it, or else inside.
pub fn digests(cms: &[u8], content: Option<&[u8]>) -> Result<Vec<SignerDigest>, String> {
    let (signed_data, _) = SignedData::parse(cms).map_err(|(problem, _)| problem.to_string())?;
    let beside = content.map(with_crlf);
    let content = beside.as_deref().or(signed_data.content.as_deref());
    Ok(signed_data.signers.iter().map(|signer| of(signer, content)).collect())
}

fn of(signer: &SignerInfo, content: Option<&[u8]>) -> SignerDigest {
    let hash = algorithm::hash(signer.digest.oid);
    SignerDigest {
        named: match &signer.id {
            SignerId::KeyId(id) => format!("key identifier {}", capitals(id)),
            SignerId::IssuerAndSerial(id) => {
                format!("serial number {} of {}", certificate::serial(&id.serial_number), name::print(&id.issuer))
            }
        },
        digest: hash.map_or_else(|| algorithm::name(signer.digest.oid), |hash| algorithm::hash_name(hash).to_owned()),
        algorithm: algorithm::name(signer.algorithm.oid),
        signing_time: signer.attributes.as_ref().and_then(|attributes| attributes.signing_time),
        signed: signer.attributes.as_ref().map(|attributes| capitals(&attributes.message_digest)),
        computed: hash.zip(content).map(|(hash, content)| capitals(digest::digest(hash, content).as_ref())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{pki::Pki, smime::sign::Encoding};

    #[test]
    fn what_was_signed_stands_beside_what_is_there() {
        let at = "2026-03-02T08:30:00Z".parse().unwrap();
        let pki = Pki::load().unwrap();
        let signer = pki.signer("alfa").unwrap();
        let cms = signer.sign(b"one\r\n", at, Encoding::Der);
        let [told] = &digests(&cms, Some(b"one\n")).unwrap()[..] else { panic!("one signer") };
        assert_eq!((told.digest.as_str(), told.signing_time), ("sha256", Some(at)));
        assert!(told.signed.is_some() && told.signed == told.computed, "{told:?}");
        assert!(told.named.starts_with("serial number ") && told.named.contains("CN=Test Issuing CA"), "{told:?}");
        let [other] = &digests(&cms, Some(b"two\n")).unwrap()[..] else { panic!("one signer") };
        assert!(other.signed == told.signed && other.computed != told.computed);
        assert_eq!(digests(&cms, None).unwrap()[0].computed, None);
        let attached = signer.sign_attached(b"one\r\n", at, Encoding::Ber);
        assert_eq!(digests(&attached, None).unwrap()[0].computed, told.computed);
        assert!(digests(b"0", None).is_err());
    }
}
