//! A bundle of a run: the same octets each time, sealed so that openssl agrees, and what somebody did to it is told by name.
//! Signers and the time-stamping authority are openssl's, made here.

use std::{
    fs,
    io::{Cursor, Read as _, Write as _},
    path::{Path, PathBuf},
    process::Command,
    sync::LazyLock,
};

use zip::{ZipArchive, ZipWriter, write::SimpleFileOptions};

use crate::{
    program::{Done, done, pec, program, script},
    serve::program::is_installed,
};

/// A run, played once for all tests.
static RUN: LazyLock<tempfile::TempDir> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let reports = folder.path().join("reports");
    let words = ["run", "delivery/complete", "--sender", "alfa", "--receiver", "bravo", "--reports"];
    pec(&[&words[..], &[reports.to_str().unwrap()]].concat()).exits(0);
    folder
});

fn run() -> String {
    RUN.path().join("reports").to_str().unwrap().to_owned()
}

/// A folder in which commands are run.
struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, octets: impl AsRef<[u8]>) {
        fs::write(self.path(name), octets).unwrap();
    }

    fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    fn pec(&self, words: &[&str]) -> Done {
        done(program(words).current_dir(self.0.path()).output().unwrap())
    }

    /// What openssl says; the words are parted by blanks.
    #[track_caller]
    fn openssl(&self, words: &str) -> String {
        let output = Command::new("openssl").args(words.split(' ')).current_dir(self.0.path()).output().unwrap();
        let told = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        assert!(output.status.success(), "openssl {words}\n{told}");
        told
    }

    /// An authority with its revocation list in `trust`, somebody who signs, and an authority that stamps the time.
    fn with_openssl() -> Option<Self> {
        if !is_installed("openssl") {
            return None;
        }
        let place = Self::new();
        fs::create_dir(place.path("trust")).unwrap();
        place.write("index", "");
        place.write("serial", "01\n");
        place.write(
            "conf",
            "[req]\ndistinguished_name=dn\nprompt=no\n[dn]\nCN=Nobody\n[ca]\ndefault_ca=own\n[own]\ndatabase=index\n\
             default_md=sha256\ndefault_crl_days=30\n[tsa]\ndefault_tsa=stamps\n[stamps]\nserial=serial\n\
             signer_cert=tsa.pem\nsigner_key=tsa.key\ncerts=trust/ca.pem\ndefault_policy=1.2.3.4\ndigests=sha256\n\
             signer_digest=sha256\ness_cert_id_alg=sha256\n",
        );
        place.write("signer.ext", "keyUsage=critical,digitalSignature\n");
        place.write("tsa.ext", "keyUsage=critical,digitalSignature\nextendedKeyUsage=critical,timeStamping\n");
        let authority = "-x509 -newkey rsa:2048 -nodes -keyout ca.key -out trust/ca.pem -subj /CN=Authority -days 30";
        place.openssl(&format!("req {authority} -addext keyUsage=critical,keyCertSign,cRLSign"));
        for who in ["signer", "tsa"] {
            place.openssl(&format!("req -newkey rsa:2048 -nodes -keyout {who}.key -out {who}.csr -subj /CN={who}"));
            let issued = "-CA trust/ca.pem -CAkey ca.key -CAcreateserial -days 30";
            place.openssl(&format!("x509 -req -in {who}.csr {issued} -extfile {who}.ext -out {who}.pem"));
        }
        place.openssl("ca -gencrl -config conf -keyfile ca.key -cert trust/ca.pem -out trust/crl.pem");
        Some(place)
    }

    /// A bundle that is signed, and stamped by what the authority answers to the program's own question.
    fn sealed(&self) -> String {
        let run = run();
        let signer = ["--certificate", "signer.pem", "--key", "signer.key"];
        self.pec(&[&["bundle", &run, "-o", "signed.zip", "--query", "run.tsq"], &signer[..]].concat()).exits(0);
        self.openssl("ts -reply -config conf -section stamps -queryfile run.tsq -out run.tsr");
        self.pec(&["bundle", "signed.zip", "--token", "run.tsr", "-o", "run.zip"]).exits(0).says(&["stamped  yes"]);
        "run.zip".to_owned()
    }
}

/// Every member of a zip, in its order.
fn members(zip: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut zip = ZipArchive::new(Cursor::new(zip)).unwrap();
    let many = zip.len();
    let member = |at: usize| {
        let mut member = zip.by_index(at).unwrap();
        let mut octets = Vec::new();
        member.read_to_end(&mut octets).unwrap();
        (member.name().to_owned(), octets)
    };
    (0..many).map(member).collect()
}

fn zipped(members: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, octets) in members {
        zip.start_file(&**name, SimpleFileOptions::default()).unwrap();
        zip.write_all(octets).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn octets<'m>(members: &'m [(String, Vec<u8>)], name: &str) -> &'m [u8] {
    &members.iter().find(|member| member.0 == name).unwrap().1
}

#[test]
fn the_same_run_gives_the_same_octets_and_all_of_it() {
    let place = Place::new();
    place
        .pec(&["bundle", &run(), "-o", "one.zip"])
        .exits(0)
        .says(&["signed   no", "stamped  no; what is to be stamped is bundle.json"]);
    place.pec(&["bundle", &run(), "-o", "two.zip"]).exits(0);
    assert!(place.read("one.zip") == place.read("two.zip"));
    let members = members(&place.read("one.zip"));
    for name in ["run.jsonl", "junit.xml", "report.sarif", "report.html"] {
        assert_eq!(octets(&members, &format!("run/{name}")), fs::read(Path::new(&run()).join(name)).unwrap());
    }
    let inside = |name: &&(String, Vec<u8>)| name.0.starts_with("run/evidence/delivery/complete/alfa-bravo/messages/");
    assert!(members.iter().filter(inside).count() > 5);
    assert!(!members.iter().any(|(name, _)| name.contains(".lock") || name.contains("earlier")));
    let told = place.pec(&["verify-bundle", "one.zip"]).exits(0);
    told.says(&[
        "whole    yes",
        "signed   by nobody",
        "stamped  by nobody",
        "nothing is wrong (exit code 0)",
        "rules, sha256:",
    ]);
    place.pec(&["verify-bundle", "one.zip", "--require", "signed"]).exits(1);
    place.pec(&["verify-bundle", "one.zip", "--require", "signed,stamped"]).exits(1);
}

#[test]
fn what_openssl_signs_and_stamps_is_what_it_verifies() {
    let Some(place) = Place::with_openssl() else { return };
    fs::create_dir(place.path("others")).unwrap();
    place.openssl("req -x509 -newkey rsa:2048 -nodes -keyout x.key -out others/ca.pem -subj /CN=Authority -days 30");
    let sealed = place.sealed();
    let inside = members(&place.read(&sealed));
    for name in ["bundle.json", "bundle.json.p7s", "bundle.json.tst"] {
        place.write(name, octets(&inside, name));
    }
    let said = place.openssl(
        "cms -verify -binary -inform DER -in bundle.json.p7s -content bundle.json -CAfile trust/ca.pem -purpose any -out /dev/null",
    );
    assert!(said.contains("successful"), "{said}");
    let said = place.openssl("ts -verify -in bundle.json.tst -token_in -data bundle.json.p7s -CAfile trust/ca.pem");
    assert!(said.contains("Verification: OK"), "{said}");

    let told = place.pec(&["verify-bundle", &sealed, "--trust", "trust", "--require", "signed,stamped"]).exits(0);
    told.says(&["signed   yes: by CN=signer", "stamped  yes: there at 20", "by the word of CN=tsa"]);
    let untold = place.pec(&["verify-bundle", &sealed]).exits(5);
    untold.says(&["signed   cannot tell", "stamped  cannot tell", "whom to trust is not given"]);
    // Another authority of the same name vouches for nobody here.
    place.pec(&["verify-bundle", &sealed, "--trust", "others"]).exits(1).says(&["signed   no", "stamped  no"]);
    // Signed once, stamped once.
    place.pec(&["bundle", &sealed, "--token", "run.tsr", "-o", "x.zip"]).exits(2).says(&["stamped already"]);
    let again = ["bundle", "signed.zip", "-o", "x.zip", "--certificate", "signer.pem", "--key", "signer.key"];
    place.pec(&again).exits(2).says(&["signed already"]);
}

#[test]
fn what_an_ec_key_signs_is_what_openssl_verifies() {
    let Some(place) = Place::with_openssl() else { return };
    place.write("password", "segreto\n");
    for curve in ["prime256v1", "secp384r1"] {
        // As openssl writes keys of curves by themselves, and as it does all others.
        place.openssl(&format!("ecparam -name {curve} -genkey -out own.key"));
        place.openssl("pkcs8 -topk8 -in own.key -passout pass:segreto -out locked.key");
        place.openssl("req -new -key own.key -out ec.csr -subj /CN=curve");
        place.openssl("x509 -req -in ec.csr -CA trust/ca.pem -CAkey ca.key -CAcreateserial -days 30 -extfile signer.ext -out ec.pem");
        for key in [&["--key", "own.key"][..], &["--key", "locked.key", "--password-file", "password"]] {
            let words = ["bundle", &run(), "-o", "ec.zip", "--certificate", "ec.pem"];
            place.pec(&[&words[..], key].concat()).exits(0).says(&["signed   yes"]);
            let inside = members(&place.read("ec.zip"));
            for name in ["bundle.json", "bundle.json.p7s"] {
                place.write(name, octets(&inside, name));
            }
            let said = place.openssl(
                "cms -verify -binary -inform DER -in bundle.json.p7s -content bundle.json -CAfile trust/ca.pem -purpose any -out /dev/null",
            );
            assert!(said.contains("successful"), "{curve}: {said}");
            let told = place.pec(&["verify-bundle", "ec.zip", "--trust", "trust", "--require", "signed"]).exits(0);
            told.says(&["signed   yes: by CN=curve"]);
        }
    }
}

#[test]
fn a_token_of_something_else_or_of_nobody_who_may_is_refused() {
    let Some(place) = Place::with_openssl() else { return };
    let sealed = place.sealed();
    // What is stamped is the signature: the same token is none of the run unsigned.
    let run = run();
    place
        .pec(&["bundle", &run, "-o", "x.zip", "--token", "run.tsr"])
        .exits(2)
        .says(&["something else than bundle.json"]);
    place.write("text", "no token");
    place.pec(&["bundle", &run, "-o", "x.zip", "--token", "text"]).exits(2).says(&["neither a time stamp nor"]);
    place.pec(&["bundle", &run, "-o", "x.zip", "--token", "signer.pem"]).exits(2);
    assert!(!place.path("x.zip").exists());
    // Put in all the same, it is found out.
    let mut moved = members(&place.read(&sealed));
    moved.retain(|(name, _)| name != "bundle.json.p7s");
    place.write("moved.zip", zipped(&moved));
    place
        .pec(&["verify-bundle", "moved.zip", "--trust", "trust"])
        .exits(1)
        .says(&["stamped  no: it is of something else"]);
    // A token is altered anywhere: it says nothing any more.
    let whole = members(&place.read(&sealed));
    let token = octets(&whole, "bundle.json.tst").to_vec();
    let mut unharmed = 0;
    for at in (0..token.len()).step_by(97) {
        let mut members = whole.clone();
        let member = members.iter_mut().find(|member| member.0 == "bundle.json.tst").unwrap();
        member.1[at] ^= 1;
        place.write("wrong.zip", zipped(&members));
        let told = place.pec(&["verify-bundle", "wrong.zip", "--trust", "trust", "--require", "stamped"]);
        // What nobody signed, such as another certificate that travels along, may be anything; openssl agrees.
        if told.code == Some(0) {
            place.write("token", octets(&members, "bundle.json.tst"));
            place.write("stamped", octets(&members, "bundle.json.p7s"));
            place.openssl("ts -verify -in token -token_in -data stamped -CAfile trust/ca.pem");
            unharmed += 1;
        }
    }
    assert!(unharmed * 2 < token.len() / 97, "{unharmed}");
}

#[test]
fn keys_are_opened_by_a_password_from_the_environment_or_a_file() {
    let Some(place) = Place::with_openssl() else { return };
    place.openssl("pkcs8 -topk8 -in signer.key -passout pass:segreto -out locked.key");
    place.openssl("pkcs8 -topk8 -v2 aes-128-cbc -v2prf hmacWithSHA1 -in signer.key -passout pass:segreto -out old.key");
    place.openssl("rsa -in signer.key -traditional -aes256 -passout pass:segreto -out older.key");
    place.openssl("ecparam -name prime256v1 -genkey -noout -out curve.key");
    place.write("password", "segreto\n");
    let run = run();
    let bundle = |key: &str, more: &[&str]| {
        let words = ["bundle", &run, "-o", "x.zip", "--certificate", "signer.pem", "--key", key];
        let mut command = program(&[&words[..], more].concat());
        done(
            command
                .current_dir(place.0.path())
                .env("PEC_SECRET", "segreto")
                .env("PEC_WRONG", "altro")
                .output()
                .unwrap(),
        )
    };
    bundle("locked.key", &["--password-env", "PEC_SECRET"]).exits(0).says(&["signed   yes"]);
    bundle("old.key", &["--password-file", "password"]).exits(0);
    let plain = place.read("x.zip");
    bundle("signer.key", &[]).exits(0);
    assert!(plain == place.read("x.zip"), "the same key gives the same octets");
    bundle("locked.key", &["--password-env", "PEC_WRONG"]).exits(2).says(&["the password does not open the key"]);
    bundle("locked.key", &[]).exits(2).says(&["encrypted, and no password"]);
    bundle("locked.key", &["--password-env", "PEC_UNSET"]).exits(2).says(&["PEC_UNSET is not set"]);
    bundle("older.key", &["--password-file", "password"]).exits(2).says(&["openssl pkcs8 -topk8"]);
    bundle("tsa.key", &[]).exits(2).says(&["not that of the certificate"]);
    bundle("curve.key", &[]).exits(2).says(&["not that of the certificate"]);
    for (file, curve) in [("curve.key", "secp521r1"), ("edwards.key", "")] {
        match curve {
            "" => place.openssl(&format!("genpkey -algorithm ed25519 -out {file}")),
            curve => place.openssl(&format!("ecparam -name {curve} -genkey -noout -out {file}")),
        };
        bundle(file, &[]).exits(2).says(&["RSA of 2048 bits or more, or EC on P-256 or P-384"]);
    }
    place.openssl("pkcs8 -topk8 -in edwards.key -passout pass:segreto -out locked.key");
    bundle("locked.key", &["--password-env", "PEC_SECRET"]).exits(2).says(&["EC on P-256 or P-384"]);
    bundle("signer.pem", &[]).exits(2).says(&["no private key in PEM"]).never_says("segreto");
}

#[test]
fn what_was_done_to_a_bundle_is_told_by_name() {
    let Some(place) = Place::with_openssl() else { return };
    let sealed = place.sealed();
    let whole = members(&place.read(&sealed));
    let verify = |members: &[(String, Vec<u8>)]| {
        place.write("wrong.zip", zipped(members));
        place.pec(&["verify-bundle", "wrong.zip", "--trust", "trust"])
    };
    verify(&whole).exits(0);

    let mut altered = whole.clone();
    altered.iter_mut().find(|member| member.0 == "run/junit.xml").unwrap().1.push(b' ');
    verify(&altered).exits(1).says(&["whole    no", "altered  run/junit.xml: its SHA-256 is another", "signed   yes"]);
    let mut missing = whole.clone();
    missing.retain(|(name, _)| name != "run/run.jsonl");
    verify(&missing).exits(1).says(&["missing  run/run.jsonl"]);
    for name in ["run/more", "../../etc/passwd", "/etc/passwd", "x\u{1b}[2J", "bundle.json.p7s.exe"] {
        let mut extra = whole.clone();
        extra.push((name.to_owned(), Vec::new()));
        verify(&extra).exits(1).says(&["extra    "]).never_says("\u{1b}");
    }
    // Whoever mends the manifest has it signed by nobody.
    let mut mended = whole.clone();
    let manifest = &mut mended[0].1;
    *manifest =
        String::from_utf8(manifest.clone()).unwrap().replace("\"complete\": true", "\"complete\": false").into();
    verify(&mended).exits(1).says(&["signed   no: what it signs was altered", "whole    yes", "broken off"]);
    let mut unsigned = whole.clone();
    unsigned.iter_mut().find(|member| member.0 == "bundle.json.p7s").unwrap().1.clear();
    verify(&unsigned).exits(1).says(&["signed   no: it cannot be read"]);
    place.pec(&["bundle", "wrong.zip", "-o", "again.zip", "--query", "q"]).exits(0);
    verify(&missing);
    place.pec(&["bundle", "wrong.zip", "-o", "again.zip"]).exits(2).says(&["missing", "run/run.jsonl"]);
}

#[test]
fn a_hostile_archive_is_refused_and_harms_nobody() {
    let place = Place::new();
    place.pec(&["bundle", &run(), "-o", "run.zip"]).exits(0);
    let octets = place.read("run.zip");
    let whole = members(&octets);
    let verify = |octets: &[u8]| {
        place.write("wrong.zip", octets);
        place.pec(&["verify-bundle", "wrong.zip"])
    };
    // One name twice: the second was renamed in the finished file.
    let mut twice = octets.clone();
    for at in memchr::memmem::find_iter(&octets, b"run/report.sarif") {
        twice[at..at + 16].copy_from_slice(b"run/report.html\0");
    }
    assert_ne!(verify(&twice).code, Some(0));
    let mut doubled = whole.clone();
    doubled.push(("run/junit.xm_".to_owned(), b"forged".to_vec()));
    let doubled =
        String::from_utf8_lossy(&[]).into_owned().into_bytes().into_iter().chain(zipped(&doubled)).collect::<Vec<_>>();
    let mut renamed = doubled.clone();
    for at in memchr::memmem::find_iter(&doubled, b"run/junit.xm_") {
        renamed[at + 12] = b'l';
    }
    verify(&renamed).exits(1).says(&["extra    1 with the name of another"]);
    // A member that is a symbolic link.
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, octets) in whole.iter().filter(|(name, _)| name != "run/junit.xml") {
        zip.start_file(&**name, SimpleFileOptions::default()).unwrap();
        zip.write_all(octets).unwrap();
    }
    zip.add_symlink("run/junit.xml", "/etc/passwd", SimpleFileOptions::default()).unwrap();
    verify(&zip.finish().unwrap().into_inner()).exits(1).says(&["altered  run/junit.xml: it is no file"]);
    // A bomb: what a member is said to hold bounds what of it is unpacked; what all are said to hold is bounded too.
    let mut bomb = whole.clone();
    bomb.iter_mut().find(|member| member.0 == "run/junit.xml").unwrap().1 = vec![0; 64 << 20];
    verify(&zipped(&bomb)).exits(1).says(&["altered  run/junit.xml"]);
    let mut said = whole.clone();
    let manifest = String::from_utf8(said[0].1.clone()).unwrap();
    said[0].1 = manifest.replacen("\"size\": ", "\"size\": 99999999999", 1).into();
    verify(&zipped(&said)).exits(2).says(&["more than may come of it"]);
    let mut long = whole.clone();
    long[0].1 = vec![b' '; 65 << 20];
    verify(&zipped(&long)).exits(2).says(&["bundle.json is larger than 64 MiB"]);
    for manifest in ["", "[]", "{}", &manifest.replace("run/junit.xml", "run/../junit.xml"), &"[".repeat(100_000)] {
        let mut odd = whole.clone();
        odd[0].1 = manifest.as_bytes().to_vec();
        verify(&zipped(&odd)).exits(2).says(&["no bundle that is read"]);
    }
    verify(b"").exits(2);
    verify(b"PK\x05\x06").exits(2);
    verify(&zipped(&whole[1..])).exits(2).says(&["there is no bundle.json in it"]);
    // Cut anywhere, or one octet altered: never a panic, and never whole unless it is.
    for at in (0..octets.len()).step_by(octets.len() / 60) {
        assert_ne!(verify(&octets[..at]).code, Some(0), "cut at {at}");
    }
    place.pec(&["verify-bundle", "."]).exits(2);
    place.pec(&["verify-bundle", "absent.zip"]).exits(2);
}

#[test]
fn a_target_file_goes_along_without_what_may_be_secret() {
    let place = Place::new();
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("targets/example.yaml");
    let hidden = "clock: [ssh, --password=geheim, \"%s\"]   # geheim\n";
    place.write("acme.yaml", fs::read_to_string(example).unwrap() + hidden);
    place.pec(&["bundle", &run(), "-o", "run.zip", "--target", "acme.yaml"]).exits(0);
    let members = members(&place.read("run.zip"));
    let target = String::from_utf8(octets(&members, "targets/acme.yaml").to_vec()).unwrap();
    assert!(target.contains("env: ACME_MARIO") && !target.contains("geheim") && !target.contains('#'), "{target}");
    place.pec(&["verify-bundle", "run.zip"]).exits(0);
    place.pec(&["bundle", &run(), "-o", "x.zip", "--target", "acme.yaml", "acme.yaml"]).exits(2);
    place.write("wrong.yaml", "password: geheim\n");
    place.pec(&["bundle", &run(), "-o", "x.zip", "--target", "wrong.yaml"]).exits(2);
    place.pec(&["bundle", ".", "-o", "x.zip"]).exits(2).says(&["run.jsonl"]);
    place.pec(&["bundle", &run(), "-o", "nowhere/x.zip"]).exits(3).says(&["cannot be written"]);
}

/// The page's commands, by a shell; in the place of the authority that curl calls there is openssl's.
#[test]
fn what_the_page_for_pipelines_says_of_bundles_runs() {
    let page = include_str!("../../docs/ci.md");
    let (_, rest) = page.split_once("<!-- bundle -->\n```sh\n").unwrap();
    let commands = rest.split_once("```").unwrap().0;
    let Some(place) = Place::with_openssl() else { return };
    std::os::unix::fs::symlink(run(), place.path("reports")).unwrap();
    fs::create_dir_all(place.path("targets")).unwrap();
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("targets/example.yaml");
    fs::copy(example, place.path("targets/acme.yaml")).unwrap();
    fs::create_dir(place.path("bin")).unwrap();
    let bin = Path::new(env!("CARGO_BIN_EXE_pec-conformance")).parent().unwrap();
    let stamp = "exec openssl ts -reply -config conf -section stamps -queryfile run.tsq -out run.tsr";
    script(&place.path("bin/curl"), stamp);
    place.openssl("pkcs8 -topk8 -in signer.key -passout pass:segreto -out locked.key");
    fs::rename(place.path("locked.key"), place.path("signer.key")).unwrap();
    let path = format!("{}:{}:{}", place.path("bin").display(), bin.display(), std::env::var("PATH").unwrap());
    let mut shell = Command::new("sh");
    shell.args(["-e", "-c", commands]).current_dir(place.0.path()).env("PATH", path);
    let done = done(shell.env("SIGNER_PASSWORD", "segreto").env("TSA", "nowhere").output().unwrap()).exits(0);
    done.says(&["signed   yes: by CN=signer", "stamped  yes", "CMS Verification successful", "Verification: OK"]);
    assert!(place.path("run.zip").exists() && commands.lines().count() >= 6);
}
