//! What someone holds, given to `check`: mailboxes, zips, standard input, folders of anything.

use std::{
    fs::{self, File},
    io::Write as _,
    path::Path,
    process::{Command, Stdio},
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use zip::{ZipWriter, write::SimpleFileOptions};

use crate::program::{Done, case, done, program};

fn bytes(name: &str) -> Vec<u8> {
    fs::read(case(name)).unwrap()
}

fn check(args: &[&Path], stdin: Stdio) -> Done {
    run("check", args, stdin)
}

fn run(what: &str, args: &[&Path], stdin: Stdio) -> Done {
    let mut command = program(&[what]);
    done(command.args(args).env("NO_COLOR", "1").stdin(stdin).output().expect("the program starts"))
}

fn of(path: impl AsRef<Path>) -> Done {
    check(&[path.as_ref()], Stdio::null())
}

fn zip(members: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in members {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn every_message_of_a_mailbox_is_judged() {
    let mbox = case("in/c10p-second-tampered.mbox");
    let second = format!("{}: message 2: ", mbox.display());
    of(&mbox).exits(1).says(&[": message 1: no violation", &second, "violation signature/valid"]);
    check(&[Path::new("-")], File::open(&mbox).unwrap().into()).exits(1).says(&["standard input: message 2: "]);
}

#[test]
fn a_zip_is_looked_into_and_so_is_one_inside_it() {
    let folder = tempfile::tempdir().unwrap();
    let inner = zip(&[("c.mbox", bytes("in/c10p-second-tampered.mbox"))]);
    let path = folder.path().join("a.zip");
    fs::write(&path, zip(&[("b/inner.zip", inner.clone()), ("README", b"Read me\n".to_vec())])).unwrap();
    of(&path).exits(1).says(&[
        "a.zip: b/inner.zip: c.mbox: message 2: ",
        "violation signature/valid",
        "1 × a text, not a message, directory or certificate",
        "a.zip: README",
    ]);
    fs::write(&path, zip(&[("b.zip", zip(&[("inner.zip", inner)]))])).unwrap();
    of(&path).exits(2).says(&["a.zip: b.zip: inner.zip: could not be judged: a zip in a zip in a zip"]);
}

#[test]
fn what_led_to_no_question_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("mail.eml"), "From: a@b.example\nSubject: x\n\ntext\n").unwrap();
    let (mail, altered) = (at("mail.eml"), case("in/c10q-tampered-alone.eml"));
    let unasked = format!("unasked   {}: no rule applies to anything in it", mail.display());
    check(&[&mail, &altered], Stdio::null()).exits(4).says(&[&unasked]).never_says("c10q-tampered-alone.eml: no rule");
    check(&[&mail, Path::new("--format"), Path::new("json")], Stdio::null())
        .exits(4)
        .says(&[&format!("\"not_exercised\":[\"{}\"]", mail.display())]);
    check(&[Path::new("-")], File::open(&mail).unwrap().into()).exits(4).says(&["unasked   standard input: "]);
}

#[test]
fn a_signed_invoice_is_told_and_not_judged() {
    let told = "a CMS signed document, not a message, directory or certificate";
    of(case("in/fattura.xml.p7m")).exits(2).says(&["fattura.xml.p7m", told]).never_says("violation directory");
    let folder = tempfile::tempdir().unwrap();
    fs::copy(case("in/fattura.xml.p7m"), folder.path().join("fattura.xml.p7m")).unwrap();
    fs::copy(case("in/c10q-tampered-alone.eml"), folder.path().join("one.eml")).unwrap();
    of(folder.path()).exits(1).says(&["one.eml: ", &format!("1 × {told}"), "fattura.xml.p7m"]);
}

#[test]
fn nothing_in_a_folder_is_skipped_in_silence() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    for number in 0..20 {
        fs::write(at(&format!("{number}.jpg")), b"\xff\xd8\xff").unwrap();
    }
    fs::create_dir_all(at("box/cur")).unwrap();
    fs::create_dir_all(at("box/new")).unwrap();
    fs::create_dir_all(at("box/tmp")).unwrap();
    fs::write(at("box/cur/1:2,S"), bytes("in/c10q-tampered-alone.eml")).unwrap();
    fs::write(at("box/tmp/2"), "Subject: half of").unwrap();
    of(folder.path()).exits(1).says(&[
        "box/cur/1:2,S: ",
        "20 × a picture (JPEG), not a message, directory or certificate: ",
        "and 17 more",
        "1 × still being delivered (tmp of a Maildir): ",
    ]);
}

#[cfg(unix)]
#[test]
fn what_never_ends_is_refused_and_circles_are_walked_once() {
    use std::os::unix::{ffi::OsStrExt as _, fs::symlink};
    of("/dev/zero").exits(2).says(&["/dev/zero: could not be judged: a device, not a file"]);
    check(&[Path::new("-")], File::open("/dev/zero").unwrap().into())
        .exits(2)
        .says(&["standard input: could not be judged: binary data"]);

    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::create_dir(at("below")).unwrap();
    symlink("..", at("below/up")).unwrap();
    symlink("below", at("again")).unwrap();
    symlink("/dev/zero", at("zero")).unwrap();
    assert!(Command::new("mkfifo").arg(at("pipe")).status().unwrap().success());
    let name = std::ffi::OsStr::from_bytes(b"below/perch\xe8\n.eml");
    fs::write(folder.path().join(name), bytes("in/c10q-tampered-alone.eml")).unwrap();
    let done = of(folder.path()).exits(1).says(&[
        r"below/perch\xe8\n.eml: ",
        "judged    1 ",
        "1 × a named pipe",
        "1 × a device",
        "1 × a link that leads back",
        "1 × a link to a folder that is looked at in its own place",
    ]);
    assert_eq!(done.out.matches("\n\n").count(), done.out.trim().matches("\n\n").count());
    let json = check(&[folder.path(), Path::new("--format"), Path::new("json")], Stdio::null()).exits(1);
    json.says(&[r"below/perch\\xe8\\n.eml"]);
}

#[cfg(unix)]
#[test]
fn what_cannot_be_read_does_not_hide_the_others() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    symlink("nowhere", at("a.eml")).unwrap();
    fs::create_dir(at("b")).unwrap();
    fs::set_permissions(at("b"), fs::Permissions::from_mode(0o0)).unwrap();
    fs::write(at("c.eml"), bytes("in/c10q-tampered-alone.eml")).unwrap();
    of(folder.path()).exits(2).says(&[
        "a.eml: could not be judged: cannot be read",
        "c.eml: ",
        "violation signature/valid",
    ]);
}

/// The message in CRLF.
fn sent(name: &str) -> String {
    String::from_utf8(bytes(name)).unwrap().replace("\r\n", "\n").replace('\n', "\r\n")
}

#[test]
fn certified_messages_inside_a_message_are_judged_and_named_by_their_part() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("forward.eml");
    let altered = sent("in/c10q-tampered-alone.eml");
    let encoded = BASE64_STANDARD.encode(bytes("in/c10q-tampered-alone.eml"));
    fs::write(
        &path,
        format!(
            "From: a@b.example\r\nSubject: see below\r\nContent-Type: multipart/mixed; boundary=m\r\n\r\n\
             --m\r\n\r\nSee below\r\n--m\r\nContent-Type: message/rfc822\r\n\r\n{altered}\r\n--m\r\n\
             Content-Type: application/octet-stream; name=\"receipt.eml\"\r\n\
             Content-Transfer-Encoding: base64\r\n\r\n{encoded}\r\n--m--\r\n"
        ),
    )
    .unwrap();
    of(&path).exits(1).says(&["forward.eml: part 2", "forward.eml: part 3", "violation signature/valid"]);
}

#[test]
fn what_a_mailing_list_wrapped_is_judged_and_the_wrapping_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("list.eml");
    let altered = sent("in/c10q-tampered-alone.eml");
    let (head, body) = altered.split_once("\r\n\r\n").unwrap();
    let (before, after) = head.split_once("Content-Type: ").unwrap();
    let (content_type, after) = after.split_once("Message-ID").unwrap();
    fs::write(
        &path,
        format!(
            "List-Id: <list.example>\r\n{before}Message-ID{after}\r\nContent-Type: multipart/mixed; boundary=m\r\n\r\n\
             --m\r\nContent-Type: {content_type}\r\n{body}\r\n--m\r\n\r\nfooter\r\n--m--\r\n"
        ),
    )
    .unwrap();
    of(&path).exits(1).says(&[
        "list.eml: part 1",
        "violation signature/valid",
        "1 × a mailing list's wrapping: what lies inside is judged: ",
        "judged    1 ",
    ]);
}

#[test]
fn a_copy_in_line_feeds_is_as_good_as_what_was_sent_and_a_bare_one_stays() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("one.eml");
    let bare = bytes("in/one-bare-lf.eml");
    let sent = String::from_utf8(bare.clone()).unwrap().replace("\r\n", "\n").replace('\n', "\r\n");
    fs::write(&path, sent.replace("\r\n", "\n")).unwrap();
    let copy = of(&path);
    fs::write(&path, sent).unwrap();
    assert_eq!(copy.out, of(&path).out);
}

#[test]
fn inspect_shows_the_anatomy_of_whatever_it_is_given() {
    let inspect = |path: &Path| run("inspect", &[path], Stdio::null());
    inspect(&case("in/c10q-tampered-alone.eml")).exits(0).says(&[
        "transport envelope, 8442 octets",
        "459 Subject",
        "1.2                   2658 to     3879  application/xml, base64, inline, \"daticert.xml\": the certification data",
        "covers                octets 1121 to 4749",
        "holds                 no: the digest is of other octets",
        "signed digest         508EBA",
        "computed digest       9C4602",
        "KeyUsage              critical: digitalSignature",
        "SubjectAltName        posta-certificata@pec.alfa.example",
        "CertificatePolicies   1.3.6.1.4.1.99999.2.1",
        "topmost Received      2025-01-14T08:41:09Z +2 s",
        "signingTime           2025-01-14T08:41:07Z +0 s",
        "text                  2025-01-14T08:41:07Z +0 s, written 14/01/2025 09:41:07 +0100",
        "oggetto               Richiesta di documenti",
    ]);
    inspect(&case("in/fattura.xml.p7m")).exits(0).says(&["a signature by itself", "what is signed inside", "subject"]);
    inspect(&case("trust/root.pem")).exits(0).says(&["certificates, ", "BasicConstraints      critical: an authority"]);
    inspect(&case("dirs/dir.ldif")).exits(0).says(&["a providers' directory", "Alfa PEC S.p.A.       3 domains"]);
    inspect(&case("none")).exits(2).says(&["cannot be read"]);

    let json = run(
        "inspect",
        &[&case("in/c10p-second-tampered.mbox"), Path::new("--format"), Path::new("json")],
        Stdio::null(),
    );
    let json = json.exits(0);
    let lines: Vec<serde_json::Value> = json.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((lines.len(), lines[1]["is"].as_str()), (2, Some("message")));
    assert_eq!(lines[1]["daticert"]["data"]["oggetto"], "Richiesta di documenti");

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.eml");
    let inner = String::from_utf8(bytes("in/c10q-tampered-alone.eml")).unwrap().replace('\n', "\r\n");
    fs::write(&path, format!("Subject: \x1b[2J\r\nContent-Type: message/rfc822\r\n\r\n{inner}")).unwrap();
    inspect(&path)
        .exits(0)
        .says(&["x.eml: mail", r"\u{1b}[2J", "x.eml: part 1: transport envelope"])
        .never_says("\x1b");
    let line = "<postacert tipo=\"accettazione\"><dati><consegna>a@b</consegna></dati></postacert>";
    fs::write(&path, line).unwrap();
    inspect(&path).exits(0).says(&["daticert.xml", "against the DTD", "found (consegna)"]);
}
