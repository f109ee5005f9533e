//! Parts of messages that somebody saved by themselves, and messages that hide what is signed inside the signature, given to
//! `check`: made with the `openssl` command, without which these tests say that they were skipped; in CI they fail.

use std::{
    fs::{self, File},
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use pec_conformance::message::Message;
use serde_json::Value;
use tempfile::TempDir;

use crate::program::{case, program};

/// An acceptance on invented names, with the roots and the directory it was made by.
fn acceptance() -> Message {
    Message::read(fs::read(case("in/c06/acc.eml")).unwrap()).unwrap()
}

/// What `check` says of one thing.
struct Said {
    code: i32,
    text: String,
    lines: Vec<Value>,
}

impl Said {
    fn of(output: &std::process::Output) -> Self {
        let text = String::from_utf8(output.stdout.clone()).unwrap();
        let lines = text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
        Self { code: output.status.code().unwrap(), text, lines }
    }

    fn message(&self) -> &Value {
        let checked = self.lines.iter().find(|line| line["type"] == "checked");
        &checked.unwrap_or_else(|| panic!("nothing was judged:\n{}", self.text))["messages"][0]
    }

    /// The answer in a word each.
    fn answers(&self) -> [&str; 3] {
        let answers = &self.message()["answers"];
        ["intact", "origin", "form"].map(|question| answers[question]["answer"].as_str().unwrap())
    }

    fn found(&self) -> Vec<&str> {
        let checked = self.lines.iter().filter(|line| line["type"] == "checked");
        let findings = checked.flat_map(|line| line["findings"].as_array().unwrap());
        findings.filter(|it| it["level"] == "violation").map(|it| it["rule"].as_str().unwrap()).collect()
    }
}

fn command(arguments: &[&str]) -> Command {
    program(&[&["check", "--format", "json"], arguments].concat())
}

fn check(path: &Path, arguments: &[&str]) -> Said {
    Said::of(&command(arguments).arg(path).output().unwrap())
}

/// Held against the case's own roots and directory, on their day.
fn check_by_reference(path: &Path) -> Said {
    let (trust, directory) = (case("trust"), case("dirs/dir.ldif"));
    let reference = ["--trust", trust.to_str().unwrap(), "--directory", directory.to_str().unwrap()];
    check(path, &[&reference[..], &["--at", "2025-06-01T00:00:00Z"]].concat())
}

/// A folder with a provider's key, certificate and roots, made by openssl.
struct Bench {
    folder: TempDir,
}

impl Bench {
    fn new() -> Option<Self> {
        if Command::new("openssl").arg("version").output().is_err() {
            assert!(std::env::var_os("CI").is_none(), "CI needs the openssl command");
            let _ = writeln!(std::io::stderr(), "skipped: there is no openssl command");
            return None;
        }
        let bench = Self { folder: tempfile::tempdir().unwrap() };
        bench.openssl(&[
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-keyout",
            "ca.key",
            "-out",
            "ca.pem",
            "-days",
            "3000",
            "-subj",
            "/C=IT/O=Autorita/CN=Prova CA",
            "-addext",
            "keyUsage=critical,keyCertSign,cRLSign",
        ]);
        bench.openssl(&[
            "req",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-keyout",
            "signer.key",
            "-out",
            "signer.csr",
            "-subj",
            "/C=IT/O=Gamma PEC S.p.A./CN=Posta Certificata",
        ]);
        bench.write(
            "profile",
            b"keyUsage=critical,digitalSignature\nsubjectAltName=email:posta-certificata@pec.alfa.example\n\
              subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n",
        );
        bench.openssl(&[
            "x509",
            "-req",
            "-in",
            "signer.csr",
            "-CA",
            "ca.pem",
            "-CAkey",
            "ca.key",
            "-CAcreateserial",
            "-days",
            "2000",
            "-extfile",
            "profile",
            "-out",
            "signer.pem",
        ]);
        Some(bench)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        fs::write(self.path(name), bytes).unwrap();
        self.path(name)
    }

    fn openssl(&self, arguments: &[&str]) {
        let output = Command::new("openssl").args(arguments).current_dir(self.folder.path()).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// A signature with octets inside; it tells no time, which would be another than theirs.
    fn enclose(&self, content: &[u8]) -> PathBuf {
        self.sign(content, &["-nodetach", "-noattr"])
    }

    /// A signature over octets, detached or with them inside.
    fn sign(&self, content: &[u8], more: &[&str]) -> PathBuf {
        self.write("content", content);
        let sign = ["cms", "-sign", "-binary", "-in", "content", "-signer", "signer.pem", "-inkey", "signer.key"];
        self.openssl(&[&sign[..], &["-outform", "DER", "-out", "smime.p7s"], more].concat());
        self.path("smime.p7s")
    }

    /// What an acceptance signs.
    fn content() -> Vec<u8> {
        let acceptance = acceptance();
        let content = acceptance.mail.bytes(&acceptance.signed.as_ref().unwrap().content.span).to_vec();
        String::from_utf8(content).unwrap().replace("\r\n", "\n").replace('\n', "\r\n").into_bytes()
    }

    /// The acceptance with what is signed inside the signature.
    fn opaque(&self, content: &[u8]) -> PathBuf {
        let cms = fs::read(self.enclose(content)).unwrap();
        let raw = fs::read_to_string(case("in/c06/acc.eml")).unwrap().replace("\r\n", "\n");
        let header = raw.split("\n\n").next().unwrap();
        let header: Vec<&str> = header.lines().filter(|line| !line.starts_with("Content-Type")).collect();
        let base64 = BASE64_STANDARD.encode(cms);
        let lines: Vec<&str> = base64.as_bytes().chunks(64).map(|line| str::from_utf8(line).unwrap()).collect();
        let mime = "Content-Type: application/pkcs7-mime; smime-type=signed-data; name=\"smime.p7m\"\n\
                    Content-Transfer-Encoding: base64";
        let message = format!("{}\n{mime}\n\n{}\n", header.join("\n"), lines.join("\n"));
        self.write("opaque.eml", message.replace('\n', "\r\n").as_bytes())
    }
}

fn daticert() -> String {
    String::from_utf8(acceptance().daticert.unwrap().xml).unwrap()
}

#[test]
fn a_daticert_by_itself_is_judged_by_what_the_xml_tells() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("daticert.xml");
    let judged = |xml: &str| {
        fs::write(&path, xml).unwrap();
        check(&path, &[])
    };
    let good = judged(&daticert());
    assert_eq!((good.code, good.answers(), good.found()), (0, ["cannot-tell"; 3], vec![]), "{}", good.text);
    assert_eq!(
        (good.message()["kind"].as_str(), good.message()["shape"].as_str()),
        (Some("accettazione"), Some("daticert"))
    );
    assert!(good.message()["answers"]["intact"]["why"].as_str().unwrap().contains("bears no signature"));
    for (from, to, rule) in [
        ("</postacert>", "", "daticert/well-formed"),
        ("<mittente>", "<da/><mittente>", "daticert/valid"),
        ("errore=\"nessuno\"", "errore=\"altro\"", "daticert/error-attribute"),
        ("zona=\"+0100\"", "zona=\"+01:00\"", "daticert/date-and-time"),
        ("zona=\"+0100\"", "zona=\"+0200\"", "time/legal"),
        ("UTF-8", "ISO-8859-15", "structure/daticert-charset"),
    ] {
        let xml = daticert();
        assert!(xml.contains(from), "{from} in {xml}");
        let bad = judged(&xml.replacen(from, to, 1));
        assert_eq!((bad.code, bad.answers()), (1, ["cannot-tell", "cannot-tell", "no"]), "{rule}: {}", bad.text);
        assert_eq!(bad.found(), [rule]);
    }
}

#[test]
fn a_daticert_is_found_in_a_zip_and_on_standard_input() {
    let folder = tempfile::tempdir().unwrap();
    let mut zip = zip::ZipWriter::new(File::create(folder.path().join("a.zip")).unwrap());
    zip.start_file("daticert.xml", zip::write::SimpleFileOptions::default()).unwrap();
    zip.write_all(daticert().replace("<mittente>", "<da/><mittente>").as_bytes()).unwrap();
    zip.finish().unwrap();
    assert_eq!(check(&folder.path().join("a.zip"), &[]).found(), ["daticert/valid"]);
    let path = folder.path().join("daticert.xml");
    fs::write(&path, daticert()).unwrap();
    let output = command(&["-"]).stdin(Stdio::from(File::open(path).unwrap())).output().unwrap();
    let said = Said::of(&output);
    assert_eq!((said.code, said.answers()), (0, ["cannot-tell"; 3]));
}

#[test]
fn a_signature_by_itself_tells_who_signed_and_not_what() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("smime.p7s");
    let cms = acceptance().signed.unwrap().cms.unwrap();
    fs::write(&path, &cms).unwrap();
    let said = check_by_reference(&path);
    assert_eq!((said.code, said.answers()), (0, ["cannot-tell", "yes", "cannot-tell"]), "{}", said.text);
    assert_eq!(said.message()["answers"]["origin"]["why"], "Alfa PEC S.p.A.");
    let alone = check(&path, &[]);
    assert_eq!((alone.code, alone.answers()), (0, ["cannot-tell"; 3]), "{}", alone.text);
    assert!(alone.message()["signer"]["subject"].as_str().unwrap().contains("Alfa PEC S.p.A."));
    // The value is the last thing in it.
    let mut altered = cms.clone();
    *altered.last_mut().unwrap() ^= 1;
    fs::write(&path, altered).unwrap();
    let said = check_by_reference(&path);
    assert_eq!((said.code, said.answers()), (1, ["no", "no", "cannot-tell"]), "{}", said.text);
    fs::write(&path, &cms[..cms.len() / 2]).unwrap();
    let said = check_by_reference(&path);
    assert_eq!((said.code, said.answers(), said.found()), (1, ["no", "no", "cannot-tell"], vec!["signature/exists"]));
}

#[test]
fn a_signature_made_by_openssl_is_judged_by_its_certificate_and_digest() {
    let Some(bench) = Bench::new() else { return };
    let good = check(&bench.sign(b"anything", &[]), &[]);
    assert_eq!((good.code, good.answers(), good.found()), (0, ["cannot-tell"; 3], vec![]), "{}", good.text);
    let sha1 = check(&bench.sign(b"anything", &["-md", "sha1"]), &[]);
    assert!(sha1.text.contains("\"signature/digest\"") && sha1.code == 0, "{}", sha1.text);
    // Nothing in a signature without signed attributes stands for what it signs.
    let bare = check(&bench.sign(b"anything", &["-noattr"]), &[]);
    assert_eq!((bare.code, bare.answers()), (0, ["cannot-tell"; 3]), "{}", bare.text);
    let without = check(&bench.sign(b"anything", &["-nocerts"]), &[]);
    assert_eq!((without.code, without.found()), (1, vec!["signature/certificate-inside"]), "{}", without.text);
    bench.openssl(&["crl2pkcs7", "-nocrl", "-certfile", "signer.pem", "-outform", "DER", "-out", "bag.p7b"]);
    assert_eq!(check(&bench.path("bag.p7b"), &[]).code, 2);
    bench.openssl(&["cms", "-encrypt", "-in", "content", "-outform", "DER", "-out", "secret.p7m", "signer.pem"]);
    let secret = check(&bench.path("secret.p7m"), &[]);
    assert!(secret.code == 2 && secret.text.contains("perhaps encrypted"), "{}", secret.text);
}

#[test]
fn a_signature_of_somebody_else_is_judged_only_where_it_was_named() {
    let Some(bench) = Bench::new() else { return };
    bench.openssl(&[
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-keyout",
        "signer.key",
        "-out",
        "signer.pem",
        "-subj",
        "/CN=Mario",
        "-addext",
        "subjectAltName=email:mario@ufficio.example",
    ]);
    let path = bench.sign(b"a contract", &[]);
    assert!(check(&path, &[]).lines.iter().any(|line| line["type"] == "checked"));
    let folder = tempfile::tempdir().unwrap();
    fs::copy(&path, folder.path().join("contract.p7s")).unwrap();
    let said = check(folder.path(), &[]);
    assert!(said.text.contains("a signature of nobody who has a provider's address"), "{}", said.text);
    assert_eq!(said.code, 4);
}

#[test]
fn signed_content_by_itself_is_judged_as_what_is_signed() {
    let Some(bench) = Bench::new() else { return };
    let content = Bench::content();
    let good = check(&bench.enclose(&content), &[]);
    assert_eq!(
        (good.code, good.answers(), good.found()),
        (0, ["yes", "cannot-tell", "cannot-tell"], vec![]),
        "{}",
        good.text
    );
    assert_eq!(
        (good.message()["kind"].as_str(), good.message()["shape"].as_str()),
        (Some("accettazione"), Some("content"))
    );
    let text = String::from_utf8(content).unwrap();
    let other = text.replacen("text/plain; charset=\"iso-8859-1\"", "text/plain; charset=\"utf-16\"", 1);
    let bad = check(&bench.enclose(other.as_bytes()), &[]);
    assert_eq!((bad.code, bad.answers()), (1, ["yes", "cannot-tell", "no"]), "{}", bad.text);
    assert!(bad.found().contains(&"text/charset"), "{:?}", bad.found());
    let mut altered = fs::read(bench.enclose(text.as_bytes())).unwrap();
    let at = altered.windows(9).position(|octets| octets == b"multipart").unwrap();
    altered[at + 60] ^= 1;
    let bad = check(&bench.write("smime.p7m", &altered), &[]);
    assert_eq!(bad.answers()[0], "no", "{}", bad.text);
}

#[test]
fn a_message_signed_with_its_content_inside_is_looked_into() {
    let Some(bench) = Bench::new() else { return };
    let said = check(&bench.opaque(&Bench::content()), &[]);
    assert_eq!((said.code, said.found()), (1, vec!["structure/signed"]), "{}", said.text);
    assert_eq!(said.answers(), ["yes", "cannot-tell", "no"]);
    assert_eq!(said.message()["shape"], "opaque");
    assert!(said.message()["certified"].as_bool().unwrap());
    let text = String::from_utf8(Bench::content()).unwrap();
    let other = text.replacen("text/plain; charset=\"iso-8859-1\"", "text/plain; charset=\"utf-16\"", 1);
    let bad = check(&bench.opaque(other.as_bytes()), &[]);
    assert!(bad.found().contains(&"text/charset"), "{:?}", bad.found());
}

#[test]
fn a_whole_message_that_its_keeper_signed_is_judged_itself() {
    let Some(bench) = Bench::new() else { return };
    let raw = fs::read_to_string(case("in/c06/acc.eml")).unwrap().replace("\r\n", "\n").replace('\n', "\r\n");
    let path = bench.sign(raw.as_bytes(), &["-nodetach"]);
    let said = check_by_reference(&path);
    assert_eq!((said.code, said.answers()), (0, ["yes"; 3]), "{}", said.text);
    assert_eq!(said.message()["shape"], "whole");
}

#[test]
fn an_archive_attached_to_a_message_is_named_as_not_looked_into() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("forward.eml");
    let part = |head: &str, body: &str| {
        format!("--m\r\nContent-Type: {head}\r\nContent-Transfer-Encoding: base64\r\n\r\n{body}\r\n")
    };
    let zip = BASE64_STANDARD.encode(b"PK\x03\x04 and more of it");
    let parts = [
        part("application/zip; name=pec.zip", &zip),
        part("application/octet-stream", &zip),
        part("application/vnd.openxmlformats; name=lettera.docx", &zip),
        part("application/zip; name=pec.zip", &BASE64_STANDARD.encode(b"no such thing")),
    ];
    let head = "From: a@b.example\r\nSubject: x\r\nContent-Type: multipart/mixed; boundary=m\r\n\r\n";
    fs::write(&path, format!("{head}{}--m--\r\n", parts.concat())).unwrap();
    let said = check(&path, &[]);
    let left_out: Vec<&str> = said
        .lines
        .iter()
        .filter(|line| line["type"] == "left-out")
        .map(|line| line["name"].as_str().unwrap())
        .collect();
    let ends = |name: &str, part: &str| name.ends_with(&format!("forward.eml: part {part}"));
    assert!(left_out.len() == 2 && ends(left_out[0], "1") && ends(left_out[1], "2"), "{}", said.text);
    assert!(said.text.contains("a zip attached to a message: not looked into"), "{}", said.text);
}
