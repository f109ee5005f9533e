//! OpenSSL's opinion of the test PKI and of the signatures made with it. Without the `openssl` command every test here
//! says that it was skipped; in CI it fails.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
    sync::Arc,
};

use pec_conformance::{
    pki::Pki,
    smime::{Signature, SignatureState, Signer, sign::Encoding},
};

/// 2 March 2026, the scenarios' time.
const LEGAL_TIME: &str = "1772438400";
const CONTENT: &[u8] = b"Content-Type: text/plain\r\n\r\nFirmato.\r\n";

#[test]
fn good_signers_verify_and_bad_ones_fail_for_their_reason() {
    let Some(bench) = Bench::new() else { return };
    for id in ["alfa", "alfa-renewed", "bravo", "esterna"] {
        let verdict = bench.verify(id);
        assert!(verdict.contains("signer.pem: OK"), "{id}: {verdict}");
    }
    for (id, reason) in [
        ("alfa-expired", "certificate has expired"),
        ("bravo-not-yet-valid", "certificate is not yet valid"),
        ("alfa-revoked", "certificate revoked"),
        ("bravo-wrong-ca", "unable to get local issuer certificate"),
        ("alfa-other-extension-critical", "unhandled critical extension"),
    ] {
        let verdict = bench.verify(id);
        assert!(verdict.contains(reason), "{id}: {verdict}");
    }
}

#[test]
fn the_profile_departs_in_one_point_as_openssl_prints_it() {
    let Some(bench) = Bench::new() else { return };
    let good = bench.print("alfa");
    for wanted in [
        "Subject: C = IT, O = Alfa Posta Certificata S.p.A., CN = Posta Certificata",
        "X509v3 Key Usage: critical\n                Digital Signature\n",
        "X509v3 Subject Alternative Name: \n                email:posta-certificata@alfa.example\n",
        "X509v3 Authority Key Identifier: \n",
        "X509v3 Subject Key Identifier: \n",
    ] {
        assert!(good.contains(wanted), "{wanted} in {good}");
    }
    assert!(!good.contains("Basic Constraints"));
    for (id, wanted, present) in [
        ("alfa-no-subject-alt-name", "Subject Alternative Name", false),
        ("alfa-subject-alt-name-critical", "Subject Alternative Name: critical", true),
        ("alfa-subject-alt-name-without-mail", "email:", false),
        ("alfa-no-key-usage", "Key Usage", false),
        ("alfa-key-usage-not-critical", "Key Usage: \n                Digital Signature", true),
        ("alfa-no-digital-signature", "Digital Signature", false),
        ("alfa-no-authority-key-id", "Authority Key Identifier", false),
        ("alfa-authority-key-id-critical", "Authority Key Identifier: critical", true),
        ("alfa-no-subject-key-id", "Subject Key Identifier", false),
        ("alfa-subject-key-id-critical", "Subject Key Identifier: critical", true),
        ("alfa-basic-constraints", "Basic Constraints: \n                CA:FALSE", true),
        ("alfa-other-extension-critical", "2.25.6109: critical", true),
        ("alfa-name-elsewhere", "O = Another Name S.p.A.", true),
        ("alfa-country-in-words", "C = Italia", true),
        ("alfa-mail-in-subject", "emailAddress = posta-certificata@alfa.example", true),
    ] {
        let text = bench.print(id);
        assert_eq!(text.contains(wanted), present, "{id}: {wanted} in {text}");
    }
}

#[test]
fn signatures_in_both_encodings_are_valid_over_their_content_only() {
    let Some(bench) = Bench::new() else { return };
    for encoding in [Encoding::Der, Encoding::Ber] {
        let good = bench.cms_verify(encoding, CONTENT);
        assert!(good.status.success(), "{encoding:?}: {}", text(&good));
        let altered = bench.cms_verify(encoding, b"Content-Type: text/plain\r\n\r\nAlterato.\r\n");
        assert!(
            !altered.status.success() && text(&altered).contains("content verify error"),
            "{encoding:?}: {}",
            text(&altered)
        );
    }
}

#[test]
fn signed_files_with_their_content_are_read_by_openssl_and_those_of_openssl_by_us() {
    let Some(bench) = Bench::new() else { return };
    let content = b"dn: o=postacert\nobjectclass: top\n".repeat(500);
    fs::write(bench.path("content"), &content).unwrap();
    let signer = bench.pki.signer("alfa").unwrap();
    for encoding in [Encoding::Der, Encoding::Ber] {
        let file = signer.sign_attached(&content, "2026-03-02T08:30:00Z".parse().unwrap(), encoding);
        fs::write(bench.path("file.ldif.p7m"), &file).unwrap();
        let mut arguments = vec!["cms", "-verify", "-inform", "DER", "-in", "file.ldif.p7m", "-binary"];
        arguments.extend(["-CAfile", "root.pem", "-attime", LEGAL_TIME, "-out", "verified"]);
        let output = bench.openssl(&arguments);
        assert!(output.status.success(), "{encoding:?}: {}", text(&output));
        assert_eq!(fs::read(bench.path("verified")).unwrap(), content, "{encoding:?}");
    }

    let made =
        ["req", "-x509", "-nodes", "-newkey", "rsa:2048", "-subj", "/O=X", "-keyout", "key.pem", "-out", "x.pem"];
    assert!(bench.openssl(&made).status.success());
    for how in [&[][..], &["-stream"], &["-md", "sha512"], &["-keyid", "-stream"]] {
        let mut arguments = vec!["cms", "-sign", "-binary", "-nodetach", "-in", "content", "-outform", "DER"];
        arguments.extend(["-signer", "x.pem", "-inkey", "key.pem", "-out", "theirs.p7m"]);
        arguments.extend(how);
        assert!(bench.openssl(&arguments).status.success());
        let (signature, found) = Signature::open(&fs::read(bench.path("theirs.p7m")).unwrap());
        assert_eq!((signature.state, found.as_deref()), (SignatureState::Valid, Some(&content[..])), "{how:?}");
        assert_eq!(signature.indefinite, how.contains(&"-stream"), "{how:?}");
    }
}

#[test]
fn the_revocation_lists_are_signed_by_their_authority() {
    let Some(bench) = Bench::new() else { return };
    let crls = fs::read_to_string(bench.path("crl.pem")).unwrap();
    let issuing_list = crls.split_inclusive("-----END X509 CRL-----\n").nth(1).unwrap();
    fs::write(bench.path("one.crl"), issuing_list).unwrap();
    let output = bench.openssl(&["crl", "-in", "one.crl", "-noout", "-text", "-CAfile", "issuing.pem"]);
    let output = text(&output);
    assert!(output.contains("verify OK") && output.contains("Next Update: Jun  1 00:00:00 2027 GMT"), "{output}");
}

/// A folder with the trusted certificates and lists, and the command.
struct Bench {
    folder: tempfile::TempDir,
    pki: Arc<Pki>,
}

impl Bench {
    fn new() -> Option<Self> {
        if Command::new("openssl").arg("version").output().is_err() {
            assert!(std::env::var_os("CI").is_none(), "openssl is not installed, and in CI it must be");
            eprintln!("skipped: the openssl command is not installed");
            return None;
        }
        let bench = Self { folder: tempfile::tempdir().unwrap(), pki: Pki::load().unwrap() };
        bench.pki.write_trust(bench.folder.path()).unwrap();
        Some(bench)
    }

    fn verify(&self, id: &str) -> String {
        let mut arguments = vec!["verify", "-attime", LEGAL_TIME, "-CAfile", "root.pem", "-untrusted", "issuing.pem"];
        arguments.extend(["-CRLfile", "crl.pem", "-crl_check_all", "-x509_strict", "signer.pem"]);
        self.write_signer(id);
        text(&self.openssl(&arguments))
    }

    fn print(&self, id: &str) -> String {
        self.write_signer(id);
        text(&self.openssl(&["x509", "-in", "signer.pem", "-noout", "-text"]))
    }

    fn write_signer(&self, id: &str) {
        let der = self.pki.certificate(id).unwrap();
        let pem = der::pem::encode_string("CERTIFICATE", der::pem::LineEnding::LF, der).unwrap();
        fs::write(self.path("signer.pem"), pem).unwrap();
    }

    fn cms_verify(&self, encoding: Encoding, content: &[u8]) -> Output {
        let signer: &Signer = self.pki.signer("alfa").unwrap();
        let signature = signer.sign(CONTENT, "2026-03-02T08:30:00Z".parse().unwrap(), encoding);
        fs::write(self.path("signature"), signature).unwrap();
        fs::write(self.path("content"), content).unwrap();
        let mut arguments = vec!["cms", "-verify", "-inform", "DER", "-in", "signature", "-content", "content"];
        arguments.extend(["-binary", "-CAfile", "root.pem", "-attime", LEGAL_TIME, "-out", "verified"]);
        self.openssl(&arguments)
    }

    fn openssl(&self, arguments: &[&str]) -> Output {
        Command::new("openssl").args(arguments).current_dir(self.folder.path()).output().unwrap()
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        Path::new(self.folder.path()).join(name)
    }
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&[output.stdout.as_slice(), output.stderr.as_slice()].concat()).into_owned()
}
