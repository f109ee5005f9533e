//! The providers' directory through a real slapd: what we write it loads by the norm's schema, and what it writes back says
//! the same and is found to be as right, or as wrong, as before.
//!
//! `slapadd` and `slapcat` work on a folder of their own: no server listens, nothing of the machine's is touched.

use std::{
    collections::BTreeSet,
    env, fs,
    path::Path,
    process::{Command, Output},
};

use pec_conformance::{
    directory::{Directory, Provider, export},
    pki::Pki,
    rules::{Judge, Options, Outcome, Reference, all},
    smime::{Certificate, Trust},
};

const SCHEMA: &str = include_str!("pec.schema");

/// Where Debian keeps them; elsewhere they may be on the path.
const FOLDER: &str = "/usr/sbin/";

fn tool(name: &str) -> Command {
    let debians = format!("{FOLDER}{name}");
    Command::new(if Path::new(&debians).exists() { &debians } else { name })
}

/// A folder with slapd's configuration and an empty data base; nothing where slapd is not installed.
fn prepared() -> Option<tempfile::TempDir> {
    let schemas = Path::new("/etc/ldap/schema/core.schema");
    if tool("slapadd").arg("-VV").output().is_err() || !schemas.exists() {
        assert!(env::var_os("CI").is_none(), "slapd is not installed, and in CI it must be");
        eprintln!("skipped: slapd is not installed");
        return None;
    }
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().display();
    fs::create_dir(folder.path().join("db")).unwrap();
    fs::write(folder.path().join("pec.schema"), SCHEMA).unwrap();
    let modules = ["/usr/lib/ldap", "/usr/lib/openldap"].into_iter().find(|path| Path::new(path).is_dir());
    let modules = modules.map(|path| format!("modulepath {path}\nmoduleload back_mdb\n")).unwrap_or_default();
    let configuration = format!(
        "include {}\ninclude {at}/pec.schema\n{modules}database mdb\nsuffix \"o=postacert\"\nrootdn \"cn=admin,o=postacert\"\n\
         directory {at}/db\n",
        schemas.display()
    );
    fs::write(folder.path().join("slapd.conf"), configuration).unwrap();
    Some(folder)
}

fn run(folder: &Path, name: &str, more: &[&str]) -> Output {
    let configuration = folder.join("slapd.conf");
    tool(name).arg("-f").arg(configuration).args(more).current_dir(folder).output().expect("it was there before")
}

/// What slapd writes of a directory that it has loaded. It knows no `version: 1` (RFC 2849).
fn through_slapd(folder: &Path, ldif: &[u8]) -> Vec<u8> {
    let ldif = ldif.strip_prefix(b"version: 1\n").unwrap_or(ldif);
    fs::write(folder.join("directory.ldif"), ldif).unwrap();
    let loaded = run(folder, "slapadd", &["-l", "directory.ldif"]);
    assert!(loaded.status.success(), "{}", String::from_utf8_lossy(&loaded.stderr));
    let written = run(folder, "slapcat", &[]);
    assert!(written.status.success(), "{}", String::from_utf8_lossy(&written.stderr));
    written.stdout
}

/// Two providers of the test PKI, one with a second environment, and names that LDIF and LDAP must take special care of.
fn directory() -> Directory {
    let pki = Pki::load().expect("the test PKI can be issued");
    let record = |id: &str, name: &str, unit: Option<&str>, domains: &[&str]| {
        let der = pki.certificate(id).expect("it has a certificate").to_vec();
        Provider {
            dn: String::new(),
            name: name.to_owned(),
            unit: unit.map(str::to_owned),
            certificate_hashes: vec![Certificate::read(&der).expect("it reads").sha1()],
            certificates: vec![der],
            mail_receipt: format!("ricevute@{}", domains[0]),
            managed_domains: domains.iter().map(|domain| (*domain).to_owned()).collect(),
            ldif_location: unit.is_none().then(|| format!("https://{}/p.ldif.p7m", domains[0])),
            description: Some("Gestore di prova".to_owned()),
        }
    };
    let alfa = "Alfa Posta Certificata S.p.A.";
    let providers = [
        record("alfa", alfa, None, &["alfa.example", "posta.alfa.example"]),
        record("alfa-renewed", alfa, Some("Sede di Cefalù, \"nord\""), &["nord.alfa.example"]),
        record("bravo", "Bravo & Figli, Società + C.", None, &["bravo.example"]),
    ];
    let mut directory = Directory::default();
    directory.providers.extend(providers.map(Into::into));
    directory
}

/// What the rules find in a directory, by id.
fn found(ldif: &[u8]) -> BTreeSet<&'static str> {
    let trust = Trust::default();
    let at = "2026-03-02T08:30:00Z".parse().unwrap();
    let versions = [pec_conformance::evidence::DirectoryVersion::from(at, ldif.to_vec())];
    let reference = Reference::new(&versions, &trust);
    let judgements = Judge::new(all(), &reference, Options::default()).reference();
    let verdicts = judgements.iter().flat_map(|judgement| &judgement.verdicts);
    let failed = verdicts.filter(|verdict| !matches!(verdict.outcome, Outcome::Pass));
    failed.map(|verdict| verdict.rule.id).collect()
}

/// The records without what tells them apart in writing only.
fn said(ldif: &[u8]) -> Vec<Provider> {
    let plain = |provider: &Provider| {
        let mut provider = Provider { dn: String::new(), ..provider.clone() };
        provider.managed_domains.sort();
        provider
    };
    let mut said: Vec<Provider> =
        Directory::read(ldif).expect("it reads").providers.iter().map(|provider| plain(provider)).collect();
    said.sort_by(|a, b| a.certificate_hashes.cmp(&b.certificate_hashes));
    said
}

#[test]
fn what_slapd_writes_of_our_directory_says_the_same_and_has_no_finding() {
    let Some(folder) = prepared() else { return };
    let ours = export::ldif(&directory());
    assert_eq!(found(&ours), BTreeSet::new());
    let theirs = through_slapd(folder.path(), &ours);
    let text = String::from_utf8_lossy(&theirs);
    assert!(text.contains("\nentryUUID: ") && text.contains("\nstructuralObjectClass: provider\n"), "{text}");
    assert_eq!(said(&theirs), said(&ours));
    assert_eq!(said(&theirs).len(), 3);
    assert_eq!(found(&theirs), BTreeSet::new(), "operational attributes are no violation");
}

#[test]
fn what_is_wrong_with_a_directory_is_wrong_with_slapds_copy_too() {
    let Some(folder) = prepared() else { return };
    let mut wrong = directory();
    let mut bravo = Provider::clone(&wrong.providers[2]);
    bravo.certificate_hashes = vec!["0".repeat(40)];
    bravo.managed_domains.push("alfa.example".to_owned());
    bravo.ldif_location = Some("http://bravo.example/p.ldif.p7m".to_owned());
    wrong.providers[2] = bravo.into();
    let ours = export::ldif(&wrong);
    let before = found(&ours);
    assert!(before.len() >= 3, "{before:?}");
    assert_eq!(found(&through_slapd(folder.path(), &ours)), before);
}

#[test]
fn what_the_schema_does_not_know_slapd_refuses() {
    let Some(folder) = prepared() else { return };
    let ours = String::from_utf8(export::ldif(&directory())).unwrap();
    let ours = ours.trim_start_matches("version: 1\n").replace("mailReceipt", "mailRecept");
    fs::write(folder.path().join("directory.ldif"), ours).unwrap();
    assert!(!run(folder.path(), "slapadd", &["-l", "directory.ldif"]).status.success());
}
