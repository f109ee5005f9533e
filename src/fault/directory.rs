//! Edits of the directory as a file.

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use base64::{Engine, prelude::BASE64_STANDARD};
use der::pem::{self, LineEnding};
use jiff::Timestamp;

use crate::smime::{Signer, sign::Encoding};

use super::{DirectoryEdit, FaultError, Publishing, Sought, bytes, signature};

/// Edits LDIF; `at` is when it is signed.
pub(super) fn edit(
    ldif: &[u8],
    edit: &DirectoryEdit,
    at: Timestamp,
    signers: &dyn Fn(Sought<'_>) -> Option<Signer>,
) -> Result<Vec<u8>, FaultError> {
    let signer = |id: &String| {
        signers(Sought::Id(id)).ok_or_else(|| FaultError::Missing(format!("a certificate {id} of the test PKI")))
    };
    match edit {
        DirectoryEdit::Replace(replace) => bytes::replace(&bytes::unfolded(ldif), replace),
        DirectoryEdit::List { of, certificates } => {
            let signers = certificates.iter().map(signer).collect::<Result<Vec<_>, _>>()?;
            list(&bytes::unfolded(ldif), of, &signers)
        }
        DirectoryEdit::OwnFile { of, signed_by } => {
            let ldif = bytes::unfolded(ldif);
            let text = str::from_utf8(&ldif).map_err(|error| FaultError::Unworkable(error.to_string()))?;
            let start = format!("dn: providerName={of},");
            let record = text.split("\n\n").find(|record| record.starts_with(&start));
            let record = record.ok_or_else(|| FaultError::Missing(format!("a record of {of}")))?;
            Ok(signer(signed_by)?.sign_attached(format!("{record}\n").as_bytes(), at, Encoding::Der))
        }
        DirectoryEdit::Publish { signed_by, but } => publish(ldif, &signer(signed_by)?, *but, at),
    }
}

fn list(ldif: &[u8], of: &str, signers: &[Signer]) -> Result<Vec<u8>, FaultError> {
    let text = str::from_utf8(ldif).map_err(|error| FaultError::Unworkable(error.to_string()))?;
    let start = format!("dn: providerName={of},");
    let mut found = false;
    let records: Vec<String> = text
        .split("\n\n")
        .map(|record| {
            if !record.starts_with(&start) {
                return record.to_owned();
            }
            found = true;
            let kept = record.lines().filter(|line| !line.starts_with("providerCertificate")).map(str::to_owned);
            kept.chain(signers.iter().flat_map(listed)).collect::<Vec<_>>().join("\n")
        })
        .collect();
    if found {
        Ok((records.join("\n\n") + "\n").into_bytes())
    } else {
        Err(FaultError::Missing(format!("a record of {of}")))
    }
}

fn listed(signer: &Signer) -> [String; 2] {
    let hash = digest(&SHA1_FOR_LEGACY_USE_ONLY, &signer.certificate);
    let hash = hash.as_ref().iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
    [
        format!("providerCertificateHash: {hash}"),
        format!("providerCertificate;binary:: {}", BASE64_STANDARD.encode(&signer.certificate)),
    ]
}

fn publish(ldif: &[u8], signer: &Signer, but: Publishing, at: Timestamp) -> Result<Vec<u8>, FaultError> {
    let der = || signer.sign_attached(ldif, at, Encoding::Der);
    match but {
        Publishing::Tampered => {
            let mut file = der();
            let inside = file.windows(ldif.len()).position(|window| window == ldif);
            let inside = inside.ok_or_else(|| FaultError::Missing("the LDIF in its signature".to_owned()))?;
            // Letter case: other octets, the same directory, so that only the signature tells.
            let dn = bytes::find(&file[inside..], "dn: ")?;
            file[inside + dn.start] ^= 0x20;
            Ok(file)
        }
        Publishing::Detached => Ok(signer.sign(ldif, at, Encoding::Der)),
        Publishing::WithoutCertificate => signature::rewrite(&der(), |data| data.certificates = None),
        Publishing::Streamed => Ok(signer.sign_attached(ldif, at, Encoding::Ber)),
        Publishing::Text => pem::encode_string("PKCS7", LineEnding::LF, &der())
            .map(String::into_bytes)
            .map_err(|error| FaultError::Unworkable(error.to_string())),
    }
}
