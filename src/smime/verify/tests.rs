use super::*;
use crate::{
    pki::Pki,
    smime::{Signer, digests, sign::Encoding},
};

const CONTENT: &[u8] = b"Content-Type: text/plain\r\n\r\nFirmato altrove.\r\n";
const ALTERED: &[u8] = b"Content-Type: text/plain\r\n\r\nFirmato altrove!\r\n";

macro_rules! fixture {
    ($name:literal) => {
        include_bytes!(concat!("../fixtures/", $name)).as_slice()
    };
}

/// Right over the content, wrong over another, wrong with a bit of the value flipped (the last byte of each of these).
fn assert_verifies(cms: &[u8], digest: &str, algorithm: &str) {
    let signature = Signature::verify(cms, CONTENT);
    assert_eq!(signature.state, SignatureState::Valid, "{digest} {algorithm}");
    let told = digests(cms, None).unwrap();
    assert_eq!((signature.digest.as_str(), told[0].algorithm.as_str()), (digest, algorithm));
    let altered = Signature::verify(cms, ALTERED).state;
    assert!(matches!(altered, SignatureState::DigestDiffers { .. }), "{digest} {algorithm}: {altered:?}");
    let end_of_contents = cms.iter().rev().take_while(|byte| **byte == 0).count();
    let mut flipped = cms.to_vec();
    flipped[cms.len() - end_of_contents - 1] ^= 1;
    assert_eq!(Signature::verify(&flipped, CONTENT).state, SignatureState::ValueWrong, "{digest} {algorithm}");
}

fn alfa() -> Signer {
    Pki::load().unwrap().signer("alfa").unwrap().clone()
}

fn signed(encoding: Encoding) -> Vec<u8> {
    alfa().sign(CONTENT, "2026-03-02T08:30:05Z".parse().unwrap(), encoding)
}

#[test]
fn our_own_signatures_verify_in_both_encodings() {
    for encoding in [Encoding::Der, Encoding::Ber] {
        let cms = signed(encoding);
        assert_verifies(&cms, "sha256", "rsaEncryption");
        let signature = Signature::verify(&cms, CONTENT);
        assert_eq!(signature.indefinite, encoding == Encoding::Ber);
        assert_eq!(signature.signer.unwrap().der.as_ref(), alfa().certificate);
        assert_eq!(signature.certificates.len(), 2);
        assert_eq!(signature.signing_time, Some("2026-03-02T08:30:05Z".parse().unwrap()));
        assert_eq!(cms, signed(encoding), "the same input gives the same bytes");
    }
}

#[test]
fn what_openssl_signs_verifies() {
    assert_verifies(fixture!("sha256.p7s"), "sha256", "rsaEncryption");
    assert_verifies(fixture!("sha1.p7s"), "sha1", "rsaEncryption");
    assert_verifies(fixture!("key-id.p7s"), "sha256", "rsaEncryption");
    assert_verifies(fixture!("rsa-1024-sha1.p7s"), "sha1", "rsaEncryption");
    assert_verifies(fixture!("rsa-sha512.p7s"), "sha512", "rsaEncryption");
    assert_verifies(fixture!("p256.p7s"), "sha256", "ecdsa-with-SHA256");
    assert_verifies(fixture!("p384-sha384.p7s"), "sha384", "ecdsa-with-SHA384");
    assert_verifies(fixture!("pss-longest-salt.p7s"), "sha256", "id-RSASSA-PSS");
    assert_verifies(fixture!("pss-sha384-salt-48.p7s"), "sha384", "id-RSASSA-PSS");
}

#[test]
fn without_signed_attributes_the_value_covers_the_content() {
    for cms in [fixture!("no-attributes.p7s"), fixture!("no-attributes-p256.p7s")] {
        let signature = Signature::verify(cms, CONTENT);
        assert_eq!((signature.state, signature.signing_time), (SignatureState::Valid, None));
        assert_eq!(Signature::verify(cms, ALTERED).state, SignatureState::ValueWrong);
    }
}

#[test]
fn what_the_library_cannot_do_is_unsupported_and_never_wrong() {
    for cms in [
        fixture!("rsa-1024-sha384.p7s"),
        fixture!("rsa-sha224.p7s"),
        fixture!("p384-sha1.p7s"),
        fixture!("pss-sha1.p7s"),
    ] {
        let state = Signature::verify(cms, CONTENT).state;
        assert!(matches!(state, SignatureState::Unsupported(_)), "{state:?}");
        let altered = Signature::verify(cms, ALTERED).state;
        assert!(matches!(altered, SignatureState::DigestDiffers { .. }), "the digest is known: {altered:?}");
    }
}

#[test]
fn both_of_two_signers_must_hold() {
    let cms = fixture!("two-signers.p7s");
    let signature = Signature::verify(cms, CONTENT);
    assert_eq!((&signature.state, signature.signers), (&SignatureState::Valid, 2));
    let mut flipped = cms.to_vec();
    *flipped.last_mut().unwrap() ^= 1;
    let flipped = Signature::verify(&flipped, CONTENT);
    assert_eq!(flipped.state, SignatureState::ValueWrong);
    // Of the two it is by the one who did sign it.
    assert!(signature.signer.is_some() && flipped.signer == signature.signer);
}

#[test]
fn encapsulated_content_is_noticed_and_the_given_content_verified() {
    let signature = Signature::verify(fixture!("attached.p7m"), CONTENT);
    assert!(signature.encapsulated && signature.indefinite);
    assert_eq!(signature.state, SignatureState::Valid);
    assert!(!Signature::verify(fixture!("sha256.p7s"), CONTENT).encapsulated);
}

#[test]
fn a_missing_certificate_is_told_from_an_unreadable_one() {
    let missing = Signature::verify(fixture!("no-certificate.p7s"), CONTENT);
    assert_eq!((missing.state, missing.signer), (SignatureState::NoSignerCertificate, None));

    let mut spoilt = alfa();
    let cms = signed(Encoding::Der);
    let at = cms.windows(spoilt.certificate.len()).position(|window| window == spoilt.certificate).unwrap();
    let mut cms = cms;
    // The version's tag: SEQUENCE, SEQUENCE, [0].
    cms[at + 8] = 0xa9;
    let signature = Signature::verify(&cms, CONTENT);
    assert!(matches!(signature.state, SignatureState::Malformed(_)), "{:?}", signature.state);
    assert_eq!((signature.unreadable_certificates, signature.certificates.len()), (1, 1));

    // An unreadable one beside the signer's does no harm.
    spoilt.chain.push(vec![0x30, 3, 0x02, 1, 1]);
    let cms = spoilt.sign(CONTENT, "2026-03-02T08:30:05Z".parse().unwrap(), Encoding::Ber);
    let signature = Signature::verify(&cms, CONTENT);
    assert_eq!((signature.state, signature.unreadable_certificates), (SignatureState::Valid, 1));
}

#[test]
fn a_file_stored_with_lf_verifies_and_mixed_line_ends_do_not() {
    let lf = CONTENT.iter().copied().filter(|byte| *byte != b'\r').collect::<Vec<u8>>();
    assert_eq!(Signature::verify(&signed(Encoding::Der), &lf).state, SignatureState::Valid);
    let mixed = [b"Content-Type: text/plain\n\r\nFirmato altrove.\r\n".as_slice()].concat();
    let state = Signature::verify(&signed(Encoding::Der), &mixed).state;
    assert!(matches!(state, SignatureState::DigestDiffers { .. }), "{state:?}");
}

#[test]
fn a_string_in_pieces_is_read_as_one() {
    // The signature value, last in DER, becomes a constructed string of two pieces inside layers of no length.
    let cms = signed(Encoding::Ber);
    let value = cms.len() - 6 - 256;
    assert_eq!(cms[value - 4..value], [0x04, 0x82, 1, 0]);
    let (first, second) = cms[value..value + 256].split_at(128);
    let pieces = [&[0x04, 0x81, 128], first, &[0x04, 0x81, 128], second].concat();
    let string = [&[0x24, 0x82, 1, 6][..], &pieces].concat();
    let grown = u16::try_from(string.len() - 260).unwrap();
    let mut cms = [&cms[..value - 4], &string, &[0; 6]].concat();
    // The two layers around it, SET OF and SignerInfo, have definite lengths of two bytes.
    let set = cms[..value].windows(2).rposition(|tag| tag == [0x31, 0x82]).unwrap();
    for length in [set + 2, set + 6] {
        let old = u16::from_be_bytes([cms[length], cms[length + 1]]);
        cms[length..length + 2].copy_from_slice(&(old + grown).to_be_bytes());
    }
    assert_eq!(Signature::verify(&cms, CONTENT).state, SignatureState::Valid);
}

#[test]
fn no_truncation_and_no_flipped_bit_panics_or_passes_for_another_content() {
    for cms in [signed(Encoding::Der), signed(Encoding::Ber)] {
        for at in 0..cms.len() {
            assert_ne!(Signature::verify(&cms[..at], ALTERED).state, SignatureState::Valid);
            let mut flipped = cms.clone();
            flipped[at] ^= 0x55;
            assert_ne!(Signature::verify(&flipped, ALTERED).state, SignatureState::Valid);
        }
    }
    assert!(matches!(Signature::verify(b"", CONTENT).state, SignatureState::Malformed(_)));
    assert!(matches!(Signature::verify(b"no signature", CONTENT).state, SignatureState::Malformed(_)));
}

#[test]
fn content_inside_is_verified_and_given_out_whole_in_both_encodings() {
    let content: Vec<u8> = b"dn: o=postacert\n".repeat(1000);
    let at = "2026-03-02T08:30:05Z".parse().unwrap();
    for encoding in [Encoding::Der, Encoding::Ber] {
        let cms = alfa().sign_attached(&content, at, encoding);
        let (signature, found) = Signature::open(&cms);
        assert_eq!((signature.state, found.as_deref()), (SignatureState::Valid, Some(content.as_slice())));
        assert!(signature.encapsulated && signature.indefinite == (encoding == Encoding::Ber));
        assert_eq!(signature.signer.unwrap().der.as_ref(), alfa().certificate);

        let tampered = cms.iter().position(|byte| *byte == b'=').unwrap();
        let mut other = cms.clone();
        other[tampered] = b'-';
        let (signature, found) = Signature::open(&other);
        assert!(matches!(signature.state, SignatureState::DigestDiffers { .. }), "{:?}", signature.state);
        assert!(found.is_some_and(|found| found != content && found.len() == content.len()));
    }
    let (signature, content) = Signature::open(&signed(Encoding::Der));
    assert!(!signature.encapsulated && content.is_none());
    assert_eq!(Signature::open(b"dn: o=postacert\n").1, None);
}

#[test]
fn content_that_openssl_streamed_is_put_together() {
    let (signature, content) = Signature::open(fixture!("attached.p7m"));
    assert_eq!((signature.state, content.as_deref()), (SignatureState::Valid, Some(CONTENT)));
    assert!(signature.encapsulated && signature.indefinite);
}
