//! Gateways that sign, secure their channels and trust by files of their own, none of the test PKI.

use std::{fs, path::Path, process::Command, sync::Arc};

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use pec_conformance::{message::Kind, pki::tls};
use rcgen::{
    BasicConstraints, Certificate, CertificateParams, CertificateRevocationListParams, CustomExtension,
    DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyIdMethod, KeyPair, KeyUsagePurpose,
    PKCS_ECDSA_P256_SHA256, PKCS_RSA_SHA256, RsaKeySize, SanType,
};
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::{CertificateDer, pem::PemObject as _};
use time::{Duration, OffsetDateTime};

use super::{
    program::{Client, Program, exit_of, is_installed, kinds},
    settle,
};
use crate::program;

/// Which a signing certificate must have (RFC 6109 5.5.2).
const SUBJECT_KEY_ID: &[u64] = &[2, 5, 29, 14];

/// An authority: its certificate and what it issues with.
struct Authority {
    certificate: Certificate,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    fn new(name: &str, above: Option<&Self>) -> Self {
        let mut params = params(name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let key = rsa();
        let certificate = match above {
            Some(above) => params.signed_by(&key, &above.issuer),
            None => params.self_signed(&key),
        };
        Self { certificate: certificate.unwrap(), issuer: Issuer::new(params, key) }
    }

    /// A list that revokes nothing.
    fn list(&self) -> String {
        let now = OffsetDateTime::now_utc();
        let params = CertificateRevocationListParams {
            this_update: now - Duration::DAY,
            next_update: now + 30 * Duration::DAY,
            crl_number: 1_u64.into(),
            issuing_distribution_point: None,
            revoked_certs: Vec::new(),
            key_identifier_method: KeyIdMethod::Sha256,
        };
        params.signed_by(&self.issuer).unwrap().pem().unwrap()
    }
}

fn rsa() -> KeyPair {
    KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048).unwrap()
}

fn params(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = OffsetDateTime::now_utc() - Duration::DAY;
    params.not_after = OffsetDateTime::now_utc() + 90 * Duration::DAY;
    params.use_authority_key_identifier_extension = true;
    params
}

/// A folder with the files of the providers `uno` and `due`: `uno.pem`, `uno.key`, `uno-tls.pem`, `uno-tls.key` and so on,
/// `root.pem`, `crl.pem`, `tls-root.pem` and `providers.ldif`. The root of channels is returned.
pub fn issue(folder: &Path) -> Vec<u8> {
    let write = |name: &str, text: &str| fs::write(folder.join(name), text).unwrap();
    let (root, tls_root) = (Authority::new("Own Root", None), Authority::new("Own TLS Root", None));
    let issuing = Authority::new("Own Issuing CA", Some(&root));
    let mut ldif =
        "version: 1\n\ndn: o=postacert\nobjectclass: top\nobjectclass: organization\no: postacert\n".to_owned();
    for name in ["uno", "due"] {
        let mut signing = params(&format!("{name} PEC"));
        signing.subject_alt_names =
            vec![SanType::Rfc822Name(format!("posta-certificata@{name}.example").try_into().unwrap())];
        signing.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        let key = rsa();
        let id = signing.key_identifier(&key);
        let id = [&[4, u8::try_from(id.len()).unwrap()], &*id].concat();
        signing.custom_extensions = vec![CustomExtension::from_oid_content(SUBJECT_KEY_ID, id)];
        let certificate = signing.signed_by(&key, &issuing.issuer).unwrap();
        write(&format!("{name}.pem"), &(certificate.pem() + &issuing.certificate.pem()));
        write(&format!("{name}.key"), &key.serialize_pem());
        let mut server = params("server");
        server.subject_alt_names = [format!("mx.{name}.example"), "localhost".into()]
            .map(|host| SanType::DnsName(host.try_into().unwrap()))
            .into();
        server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
        write(&format!("{name}-tls.pem"), &server.signed_by(&key, &tls_root.issuer).unwrap().pem());
        write(&format!("{name}-tls.key"), &key.serialize_pem());
        let hash = digest(&SHA1_FOR_LEGACY_USE_ONLY, certificate.der());
        let hash = hash.as_ref().iter().map(|octet| format!("{octet:02X}")).collect::<Vec<_>>().concat();
        let record = format!(
            "\ndn: providerName={name} PEC,o=postacert\nobjectclass: top\nobjectclass: provider\n\
             providerName: {name} PEC\nproviderCertificateHash: {hash}\nproviderCertificate;binary:: {}\n\
             mailReceipt: ricevute@{name}.example\nmanagedDomains: {name}.example\n",
            BASE64_STANDARD.encode(certificate.der())
        );
        ldif += &record;
    }
    write("root.pem", &root.certificate.pem());
    write("crl.pem", &(root.list() + &issuing.list()));
    write("tls-root.pem", &tls_root.certificate.pem());
    write("providers.ldif", &ldif);
    tls_root.certificate.der().to_vec()
}

/// Whom a client trusts that trusts this root alone.
pub fn trusting(root: Vec<u8>) -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.add(root.into()).unwrap();
    Arc::new(tls::client(roots).unwrap())
}

/// The configuration of one of the two, but for the folder of its data.
pub fn own(name: &str, dialect: &str, user: &str) -> String {
    format!(
        "dialect: {dialect}\nprovider: {{name: {name} PEC, host: mx.{name}.example, domains: [{name}.example], \
         address: posta-certificata@{name}.example, service-mailbox: ricevute@{name}.example}}\n\
         signing: {{certificate: {name}.pem, key: {name}.key}}\n\
         tls: {{certificate: {name}-tls.pem, key: {name}-tls.key, anchors: [tls-root.pem]}}\n\
         anchors: [root.pem]\nlists: [crl.pem]\ndirectory: providers.ldif\n\
         users: {{{user}: {{password: {{file: mario.secret}}}}}}\n"
    )
}

#[test]
fn two_with_files_of_their_own_certify_to_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let root = issue(folder.path());
    let mut uno = Program::start(folder.path(), "uno", &own("uno", "alfa", "mario"));
    let mut due = Program::start(folder.path(), "due", &own("due", "bravo", "anna"));
    uno.order(&format!("route due.example {} mx.due.example", due.address("incoming")));
    due.order(&format!("route uno.example {} mx.uno.example", uno.address("incoming")));
    let mut client = Client::of(&uno);
    let submit = |client: &Client| client.submit("mario@uno.example", &["anna@due.example"], 1);
    // Whoever trusts the test PKI alone does not trust it.
    submit(&client).unwrap_err();
    client.tls = trusting(root);
    assert!(submit(&client).unwrap().is_complete());
    let mut programs = [uno, due];
    settle(&mut programs);
    let [uno, due] = programs;
    assert_eq!(kinds(&due.mailbox("anna@due.example")), [Kind::PostaCertificata]);
    assert_eq!(kinds(&uno.mailbox("mario@uno.example")), [Kind::Accettazione, Kind::AvvenutaConsegna]);
    assert_eq!(kinds(&uno.mailbox("ricevute@uno.example")), [Kind::PresaInCarico]);
    assert!(!uno.data.join("public/root.pem").exists(), "nothing of the test PKI is published");
    // What others judge by: the same files, from outside.
    let trust = folder.path().join("trust");
    fs::create_dir(&trust).unwrap();
    for file in ["root.pem", "crl.pem"] {
        fs::copy(folder.path().join(file), trust.join(file)).unwrap();
    }
    let mut check = program::program(&["check"]);
    check.arg(due.data.join("mail/anna@due.example")).arg("--trust").arg(trust);
    check.arg("--directory").arg(folder.path().join("providers.ldif")).args(["--require", "intact,origin"]);
    let (exit, told) = exit_of(&mut check);
    assert_eq!(exit, Some(0), "{told}");
}

#[test]
fn certificates_keys_and_roots_of_channels_are_read_again_when_they_change() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let old = issue(path);
    // The same names by other authorities.
    let renewed = tempfile::tempdir().unwrap();
    let new = issue(renewed.path());
    let mut uno = Program::start(path, "uno", &own("uno", "alfa", "mario"));
    let mut due = Program::start(path, "due", &own("due", "bravo", "anna"));
    uno.order(&format!("route due.example {} mx.due.example", due.address("incoming")));
    due.order(&format!("route uno.example {} mx.uno.example", uno.address("incoming")));
    let mut client = Client::of(&uno);
    let submit = |client: &Client, number| client.submit("mario@uno.example", &["anna@due.example"], number);
    // Each is a new client: one that comes back to a session of before is shown no certificate again.
    client.tls = trusting(new.clone());
    submit(&client, 1).unwrap_err();
    let change = |files: &[&str]| {
        for file in files {
            fs::copy(renewed.path().join(file), path.join(file)).unwrap();
        }
    };
    // Due shows another certificate from now on, which uno has no root for.
    change(&["due-tls.pem", "due-tls.key"]);
    due.order("reread");
    // A key that is not the certificate's changes nothing; with its certificate it does.
    change(&["uno-tls.key"]);
    assert_eq!(uno.told("reread")["event"], "failed");
    client.tls = trusting(old.clone());
    assert!(submit(&client, 2).unwrap().is_complete());
    change(&["uno-tls.pem"]);
    uno.wait_for("reread");
    client.tls = trusting(old);
    submit(&client, 3).unwrap_err();
    client.tls = trusting(new);
    assert!(submit(&client, 4).unwrap().is_complete());
    // Nothing has gone where nobody vouches for the certificate; with the new root, it does.
    uno.order("advance 0s");
    let arrived = |due: &Program| due.mailbox("anna@due.example").len();
    assert_eq!(arrived(&due), 0);
    change(&["tls-root.pem"]);
    uno.order("reread");
    due.order("reread");
    uno.order("advance 1h");
    assert_eq!(arrived(&due), 2);
}

#[test]
fn what_it_signs_with_is_read_again_when_it_changes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let tls = issue(path);
    let renewed = tempfile::tempdir().unwrap();
    issue(renewed.path());
    let mut uno = Program::start(path, "uno", &own("uno", "alfa", "mario"));
    let mut client = Client::of(&uno);
    client.tls = trusting(tls);
    let change = |files: &[&str]| {
        for file in files {
            fs::copy(renewed.path().join(file), path.join(file)).unwrap();
        }
    };
    // Whether the last message in the mailbox is signed by the provider of the directory there, beneath its roots.
    let is_signed_by_one_of = |uno: &Program, files: &Path| {
        let last = path.join("last.eml");
        fs::write(&last, uno.mailbox("mario@uno.example").last().unwrap()).unwrap();
        let trust = files.join("trust");
        fs::create_dir_all(&trust).unwrap();
        for file in ["root.pem", "crl.pem"] {
            fs::copy(files.join(file), trust.join(file)).unwrap();
        }
        let mut check = program::program(&["check"]);
        check.arg(last).arg("--trust").arg(trust).args(["--require", "intact,origin"]);
        exit_of(check.arg("--directory").arg(files.join("providers.ldif"))).0 == Some(0)
    };
    let submit = |number| client.submit("mario@uno.example", &["mario@uno.example"], number).unwrap().is_complete();
    // A certificate without its key, and a signer that the directory does not list, change nothing.
    change(&["uno.pem"]);
    assert_eq!(uno.told("reread")["event"], "failed");
    change(&["uno.key"]);
    assert_eq!(uno.told("reread")["event"], "failed");
    assert!(submit(1));
    uno.order("advance 0s");
    let before = tempfile::tempdir().unwrap();
    for file in ["root.pem", "crl.pem", "providers.ldif"] {
        fs::copy(path.join(file), before.path().join(file)).unwrap();
    }
    assert!(is_signed_by_one_of(&uno, before.path()));
    change(&["root.pem", "crl.pem", "providers.ldif"]);
    uno.wait_for("reread");
    assert!(submit(2));
    uno.order("advance 0s");
    assert!(is_signed_by_one_of(&uno, renewed.path()) && !is_signed_by_one_of(&uno, before.path()));
}

#[test]
fn a_route_may_have_roots_of_its_own_and_an_opportunistic_one_needs_none() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    issue(path);
    let other = tempfile::tempdir().unwrap();
    issue(other.path());
    for file in ["due-tls.pem", "due-tls.key"] {
        fs::copy(other.path().join(file), path.join(file)).unwrap();
    }
    fs::copy(other.path().join("tls-root.pem"), path.join("due-root.pem")).unwrap();
    let due = Program::start(path, "due", &own("due", "bravo", "anna"));
    let routes = |more: &str| {
        let incoming = due.address("incoming");
        let route = format!("routes: {{Due.example: {{to: \"{incoming}\", name: mx.due.example{more}}}}}\n");
        own("uno", "alfa", "mario") + &route + "retries: [10m]\n"
    };
    let tls = trusting(pem(path, "tls-root.pem"));
    let arrived = |more: &str, number| {
        let mut uno = Program::start(path, "uno", &routes(more));
        let mut client = Client::of(&uno);
        client.tls = tls.clone();
        assert!(client.submit("mario@uno.example", &["anna@due.example"], number).unwrap().is_complete());
        // Each starts anew by the machine's clock, and what waits is due by then.
        uno.order(&format!("advance {}h", 2 * number));
        assert_eq!(uno.terminate(), Some(0));
        due.mailbox("anna@due.example").len()
    };
    assert_eq!(arrived("", 1), 0);
    assert_eq!(arrived(", anchors: [tls-root.pem]", 2), 0);
    assert_eq!(arrived(", anchors: [due-root.pem]", 3), 3, "what waited goes too");
    // Where nothing has to be secured, what is offered is taken, whoever vouches for it.
    assert_eq!(arrived(", tls: opportunistic", 4), 4);
    let last = due.mailbox("anna@due.example").pop().unwrap();
    assert!(String::from_utf8_lossy(&last).contains("with ESMTPS;"), "it went in clear");
}

#[test]
fn a_signed_directory_is_published_as_it_came_and_as_ldif() {
    if !is_installed("openssl") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    issue(path);
    let mut sign = Command::new("openssl");
    sign.current_dir(path).args(["cms", "-sign", "-binary", "-nodetach", "-outform", "DER", "-in", "providers.ldif"]);
    sign.args(["-signer", "uno.pem", "-inkey", "uno.key", "-out", "providers.ldif.p7m"]);
    let (exit, told) = exit_of(&mut sign);
    assert_eq!(exit, Some(0), "{told}");
    let config = own("uno", "alfa", "mario");
    let signed = config.replace("directory: providers.ldif\n", "directory: providers.ldif.p7m\n");
    for (config, is_signed) in [(&signed, true), (&config, false)] {
        let uno = Program::start(path, "uno", config);
        let published = uno.data.join("public");
        assert_eq!(fs::read(published.join("directory.ldif")).unwrap(), fs::read(path.join("providers.ldif")).unwrap());
        let p7m = fs::read(published.join("directory.ldif.p7m")).ok();
        assert_eq!(p7m, is_signed.then(|| fs::read(path.join("providers.ldif.p7m")).unwrap()));
        assert_eq!(uno.terminate(), Some(0));
    }
}

/// The certificate in a file, DER.
fn pem(folder: &Path, name: &str) -> Vec<u8> {
    CertificateDer::from_pem_file(folder.join(name)).unwrap().to_vec()
}

#[test]
fn a_wrong_file_is_told_and_nothing_is_started() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    issue(path);
    fs::write(path.join("mario.secret"), "x\n").unwrap();
    fs::write(path.join("empty.pem"), "").unwrap();
    fs::write(path.join("none.ldif"), "version: 1\n").unwrap();
    let broken = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
    fs::write(path.join("broken.pem"), broken).unwrap();
    let whole = own("uno", "alfa", "mario");
    for (right, wrong, said) in [
        ("key: uno.key", "key: due.key", "due.key is not that of the certificate in"),
        ("key: uno.key", "key: uno-tls.key", "uno-tls.key is not that of the certificate in"),
        ("key: uno.key", "key: gone.key", "gone.key: "),
        ("key: uno.key", "key: empty.pem", "empty.pem: no private key in PEM"),
        ("key: uno.key", "key: uno.pem", "uno.pem: no private key in PEM"),
        ("certificate: uno.pem", "certificate: empty.pem", "empty.pem: no certificates in it"),
        ("certificate: uno.pem", "certificate: gone.pem", "gone.pem: "),
        ("certificate: uno.pem", "certificate: uno.key", "uno.key: no certificates in it"),
        ("certificate: uno.pem", "certificate: broken.pem", "broken.pem: certificates are wanted, and it holds"),
        ("key: uno-tls.key", "key: due-tls.key", "due-tls.key: "),
        ("key: uno-tls.key", "key: empty.pem", "empty.pem: no private key in PEM"),
        ("certificate: uno-tls.pem", "certificate: crl.pem", "crl.pem: certificates are wanted, and it holds a rev"),
        (", key: uno-tls.key", "", "give both `certificate` and `key`"),
        ("anchors: [tls-root.pem]", "anchors: [crl.pem]", "crl.pem: certificates are wanted, and it holds a rev"),
        ("anchors: [tls-root.pem]", "anchors: [empty.pem]", "empty.pem: no certificates in it"),
        ("anchors: [root.pem]", "anchors: [crl.pem]", "crl.pem: certificates are wanted, and it holds a rev"),
        ("anchors: [root.pem]", "anchors: [gone.pem]", "gone.pem: "),
        (", anchors: [tls-root.pem]", "", "`anchors` is missing: give the roots that other hosts'"),
        ("anchors: [root.pem]\n", "", "`anchors` is missing"),
        (
            "lists: [crl.pem]",
            "lists: [crl.pem]\nroutes: {due.example: {to: \"127.0.0.1:1\", anchors: [crl.pem]}}",
            "crl.pem: certificates are wanted, and it holds a rev",
        ),
        (
            "lists: [crl.pem]",
            "lists: [crl.pem]\nroutes: {due.example: {to: \"127.0.0.1:1\", anchors: [gone.pem]}}",
            "gone.pem: ",
        ),
        (
            "lists: [crl.pem]",
            "lists: [crl.pem]\nroutes: {due.example: {to: \"127.0.0.1:1\", tls: opportunistic, anchors: [root.pem]}}",
            "`anchors` vouch for a channel that is `required`",
        ),
        ("lists: [crl.pem]", "lists: [root.pem]", "root.pem: revocation lists are wanted, and it holds a certificate"),
        ("lists: [crl.pem]", "lists: [empty.pem]", "empty.pem: no revocation lists in it"),
        ("directory: providers.ldif", "directory: gone.ldif", "gone.ldif: "),
        ("directory: providers.ldif", "directory: none.ldif", "directory"),
        ("directory: providers.ldif\n", "", "`directory` is missing"),
        ("domains: [uno.example]", "domains: [tre.example]", "no provider that manages tre.example"),
        (
            "signing: {certificate: uno.pem, key: uno.key}",
            "signing: {certificate: uno-tls.pem, key: uno-tls.key}",
            "uno-tls.key: not an RSA key",
        ),
    ] {
        assert!(whole.contains(right), "{right}");
        let file = path.join("gateway.yaml");
        fs::write(&file, format!("data: data\n{}", whole.replace(right, wrong))).unwrap();
        let (exit, told) = exit_of(Command::new(env!("CARGO_BIN_EXE_pec-conformance")).arg("serve").arg(&file));
        // Drawn messages are wrapped to the width of a terminal.
        let told: String = told.replace('│', " ").split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(exit, Some(2), "{wrong}\n{told}");
        assert!(told.contains(said), "{wrong}\n{told}");
        assert!(!told.contains("PRIVATE KEY"), "{wrong}\n{told}");
        assert!(!path.join("data").exists(), "nothing was started: {wrong}");
    }
    // A certificate that the directory does not list: others would not know what it signs.
    let ldif = fs::read_to_string(path.join("providers.ldif")).unwrap();
    let (before, due) = ldif.split_once("\ndn: providerName=due").unwrap();
    let unlisted: Vec<&str> = before.lines().filter(|line| !line.starts_with("providerCertificate")).collect();
    let of_due = due.lines().filter(|line| line.starts_with("providerCertificate")).collect::<Vec<_>>().join("\n");
    fs::write(path.join("providers.ldif"), format!("{}\n{of_due}\n", unlisted.join("\n"))).unwrap();
    let file = path.join("gateway.yaml");
    fs::write(&file, format!("data: data\n{whole}")).unwrap();
    let (exit, told) = exit_of(Command::new(env!("CARGO_BIN_EXE_pec-conformance")).arg("serve").arg(&file));
    assert!(exit == Some(2) && told.contains("signs with the certificate in"), "{told}");
}
