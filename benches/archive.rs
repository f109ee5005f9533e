//! How fast, and how flat, `check` reads archives: ratios in one run, against what else verifies signatures on this machine.
//!
//! `cargo bench --bench archive` takes some minutes; `cargo bench --bench archive -- --messages 1000000` is the long form.
//! Needs `openssl` and `xargs`, and a folder that takes hard links.

#![expect(clippy::cast_precision_loss, reason = "ratios are told with two digits")]

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use jiff::{SignedDuration, Timestamp};
use pec_conformance::{
    clock::LegalTime,
    directory::{Directory, Provider, export},
    gateway::compose::{Certified, Composer, Dialect, Notice, ReceiptForm, Recipient, Typology},
    pki::Pki,
    smime::Certificate,
};

/// Messages of a submission in the archive.
const EACH: usize = 4;

/// A directory of this size stands beside the archive, once read.
const LARGE_DIRECTORY: usize = 20 << 20;

fn main() {
    let messages = argument("--messages").unwrap_or(10_000);
    let folder = tempfile::Builder::new().prefix("pec-archive-").tempdir_in(target()).expect("a folder can be made");
    let world = World::make(folder.path());
    let distinct = (messages / 10).clamp(EACH, 400_000);
    println!("{messages} messages, {distinct} of them distinct, on {} threads", threads());

    let verifies = openssl_speed();
    println!("openssl speed -multi {} rsa2048: {verifies:.0} verifies/s", threads());
    let few = world.archive("few", 4_000, 1);
    let plain = usual(&few, &world, &world.ldif);
    told("check of 4000 distinct messages", &plain, 4_000);
    let each = xargs(&few);
    let [typed, bare] = each;
    println!("xargs -P{} openssl cms -verify, the first 1000 of them: {typed:.0} messages/s", threads());
    println!("the same with -no-CAfile -no-CApath: {bare:.0} messages/s");
    let rate = 4_000.0 / plain.took.as_secs_f64();
    println!("ratio     {:.1} % of openssl's verifies", 100.0 * rate / verifies);
    println!("ratio     {:.1} times openssl cms -verify, {:.1} without authorities", rate / typed, rate / bare);

    let none = usual(&world.archive("none", EACH, 1), &world, &world.large);
    let large = usual(&few, &world, &world.large);
    told("beside a directory of 20 MB, that read", &large, 4_000);
    let read = large.took.saturating_sub(none.took).max(Duration::from_millis(1));
    println!("ratio     {:.2} of the time beside the small one", read.as_secs_f64() / plain.took.as_secs_f64());

    let many = check(&world.archive("many", distinct, messages / distinct), &world, &world.ldif);
    told("check of all, each under ten names", &many, messages);
    println!("ratio     {:.2} times the memory of 4000", many.peak as f64 / plain.peak as f64);
    let copies = (messages / 10).max(EACH);
    let one = check(&world.archive("one", EACH, copies / EACH), &world, &world.ldif);
    told("one submission, over and over", &one, copies / EACH * EACH);
    println!("ratio     {:.2} times the memory of 4000", one.peak as f64 / plain.peak as f64);

    let heavy = check(&world.heavy(), &world, &world.ldif);
    told("one receipt of 30 MB", &heavy, 1);
    let size = fs::metadata(world.heavy()).expect("it is there").len();
    println!("ratio     {:.2} times its size", heavy.peak as f64 / size as f64);
}

/// What a run of the program came to.
struct Run {
    took: Duration,
    /// Resident at most, octets.
    peak: u64,
}

/// Providers, and what messages are judged by.
struct World {
    folder: PathBuf,
    alfa: Composer,
    bravo: Composer,
    trust: PathBuf,
    ldif: PathBuf,
    large: PathBuf,
}

impl World {
    fn make(folder: &Path) -> Self {
        let pki = Pki::load().expect("the test PKI can be issued");
        let composer = |id: &str, dialect| {
            let provider = pki.provider(id).expect("it is in the recipe");
            let signer = pki.signer(id).expect("it has a key").clone();
            Composer { provider: provider.name.clone(), address: provider.service.clone(), dialect, signer }
        };
        let record = |id: &str, domains: &[&str]| {
            let der = pki.certificate(id).expect("it has a certificate").to_vec();
            let hash = Certificate::read(&der).expect("it reads").sha1();
            Provider {
                dn: export::dn(&pki.provider(id).expect("it is there").name, None),
                name: pki.provider(id).expect("it is there").name.clone(),
                certificate_hashes: vec![hash],
                certificates: vec![der],
                mail_receipt: format!("ricevute@{}", domains[0]),
                managed_domains: domains.iter().map(|domain| (*domain).to_owned()).collect(),
                ldif_location: Some(format!("https://{}/p.ldif.p7m", domains[0])),
                ..Provider::default()
            }
        };
        let mut directory = Directory::default();
        directory.providers.push(record("alfa", &["alfa.example"]).into());
        directory.providers.push(record("bravo", &["bravo.example", "gestore.bravo.example"]).into());
        let trust = folder.join("trust");
        fs::create_dir_all(&trust).expect("a folder can be made");
        pki.write_trust(&trust).expect("it can be written");
        let (ldif, large) = (folder.join("providers.ldif"), folder.join("large.ldif"));
        fs::write(&ldif, export::ldif(&directory)).expect("it can be written");
        let domains: Vec<String> =
            (0..).map(|n| format!("dominio-{n}-di-un-altro-gestore.example")).take(400).collect();
        for n in 0.. {
            let other = record("charlie", &domains.iter().map(String::as_str).collect::<Vec<_>>());
            let managed_domains = other.managed_domains.iter().map(|domain| format!("p{n}.{domain}")).collect();
            let name = format!("Gestore {n} S.p.A.");
            directory.providers.push(Provider { dn: export::dn(&name, None), name, managed_domains, ..other }.into());
            if n % 100 == 0 && export::ldif(&directory).len() > LARGE_DIRECTORY {
                break;
            }
        }
        fs::write(&large, export::ldif(&directory)).expect("it can be written");
        let (alfa, bravo) = (composer("alfa", Dialect::Alfa), composer("bravo", Dialect::Bravo));
        Self { folder: folder.to_owned(), alfa, bravo, trust, ldif, large }
    }

    /// `distinct` messages, each under as many names.
    fn archive(&self, name: &str, distinct: usize, names: usize) -> PathBuf {
        let root = self.folder.join(name);
        let numbers: Vec<usize> = (0..distinct.div_ceil(EACH)).collect();
        let share = numbers.len().div_ceil(threads()).max(1);
        thread::scope(|scope| {
            for numbers in numbers.chunks(share) {
                let root = &root;
                scope.spawn(move || numbers.iter().for_each(|number| self.submission(root, *number, names)));
            }
        });
        root
    }

    fn submission(&self, root: &Path, number: usize, names: usize) {
        for (kind, bytes) in self.messages(number, 2_000) {
            let path = |copy: usize| root.join(format!("{copy:06}/{:04}/{number:07}-{kind}.eml", number / 1000));
            let first = path(0);
            fs::create_dir_all(first.parent().expect("it has one")).expect("a folder can be made");
            fs::write(&first, bytes).expect("it can be written");
            for copy in 1..names {
                let other = path(copy);
                fs::create_dir_all(other.parent().expect("it has one")).expect("a folder can be made");
                fs::hard_link(&first, other).expect("it can be linked");
            }
        }
    }

    fn messages(&self, number: usize, size: usize) -> [(&'static str, Vec<u8>); EACH] {
        let identifier = format!("b{number}.20260302@alfa.example");
        let start: Timestamp = "2026-03-02T08:30:00Z".parse().expect("it is one");
        let instant = start + SignedDuration::from_secs(i64::try_from(number % 36_000).expect("it is small"));
        let at = LegalTime::at(instant);
        let subject = format!("Contratto n. {number}");
        let about = Certified {
            sender: "mario@alfa.example".into(),
            recipients: vec![Recipient { address: "anna@bravo.example".into(), typology: Typology::Certified }],
            subject_raw: subject.clone().into_bytes(),
            subject: Some(subject.clone()),
            reply_to: "mario@alfa.example".into(),
            identifier: identifier.clone(),
            msgid: Some(format!("<{number}$x@pc>")),
            receipt: ReceiptForm::Complete,
        };
        let date = at.date_header();
        let text = BASE64_STANDARD.encode(subject.repeat(size / subject.len() + 1));
        let lines: Vec<&str> =
            text.as_bytes().chunks(76).map(|line| str::from_utf8(line).expect("it is ASCII")).collect();
        let original = format!(
            "Received: from client.alfa.example by mx.alfa.example;\r\n\t{date}\r\nMessage-ID: <{identifier}>\r\n\
             X-Riferimento-Message-ID: <{number}$x@pc>\r\nFrom: Mario Rossi <mario@alfa.example>\r\n\
             To: Anna <anna@bravo.example>\r\nSubject: {subject}\r\nDate: {date}\r\nMIME-Version: 1.0\r\n\
             Content-Type: application/pdf; name=\"a.pdf\"\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\r\n",
            lines.join("\r\n")
        );
        let id = |kind: &str| format!("<{kind}-{number}@gestore.example>");
        let (taken, to) = (["anna@bravo.example".to_owned()], "ricevute@alfa.example");
        let delivery = Notice::Delivery {
            recipient: "anna@bravo.example",
            form: ReceiptForm::Complete,
            original: original.as_bytes(),
        };
        [
            ("accettazione", self.alfa.notification(&about, &Notice::Acceptance, &id("a"), &at)),
            ("posta-certificata", self.alfa.transport_envelope(&about, original.as_bytes(), &at)),
            (
                "presa-in-carico",
                self.bravo.notification(&about, &Notice::ServerAcceptance { taken: &taken, to }, &id("p"), &at),
            ),
            ("avvenuta-consegna", self.bravo.notification(&about, &delivery, &id("c"), &at)),
        ]
    }

    /// A complete receipt of 30 MB.
    fn heavy(&self) -> PathBuf {
        let path = self.folder.join("heavy.eml");
        if !path.exists() {
            let [.., (_, bytes)] = self.messages(1, 22 << 20);
            fs::write(&path, bytes).expect("it can be written");
        }
        path
    }
}

/// The middle one of five runs: the first meets the archive while the machine is still writing it to its disk.
fn usual(archive: &Path, world: &World, directory: &Path) -> Run {
    let mut runs: [Run; 5] = std::array::from_fn(|_| check(archive, world, directory));
    runs.sort_by_key(|run| run.took);
    let [_, _, middle, ..] = runs;
    middle
}

fn check(archive: &Path, world: &World, directory: &Path) -> Run {
    let start = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_pec-conformance"))
        .arg("check")
        .arg(archive)
        .args([Path::new("--trust"), &world.trust, Path::new("--directory"), directory])
        .args(["--at", "2026-03-02T20:30:00Z", "--format", "json"])
        .stdout(Stdio::null())
        .spawn()
        .expect("the program starts");
    let peak = watched(&mut child);
    let took = start.elapsed();
    let status = child.wait().expect("it was started");
    assert!(status.success(), "check of {} ended with {status}", archive.display());
    Run { took, peak }
}

/// Waits for a process, and tells how much memory it had at most.
fn watched(child: &mut Child) -> u64 {
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    while child.try_wait().expect("it was started").is_none() {
        let held = fs::read_to_string(&status).unwrap_or_default();
        let line = held.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
        peak = peak.max(kilobytes.unwrap_or(0) << 10);
        thread::sleep(Duration::from_millis(5));
    }
    peak
}

fn told(what: &str, run: &Run, messages: usize) {
    let seconds = run.took.as_secs_f64();
    println!("{what}: {:.0} messages/s, {seconds:.2} s, {} MB at most", messages as f64 / seconds, run.peak >> 20);
}

/// Verifies a second of `openssl speed` with all threads.
fn openssl_speed() -> f64 {
    let output = Command::new("openssl")
        .args(["speed", "-seconds", "3", "-multi", &threads().to_string(), "rsa2048"])
        .output()
        .expect("openssl is there");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let line = text.lines().rev().find(|line| line.starts_with("rsa")).expect("it tells of rsa2048");
    line.split_whitespace().last().and_then(|rate| rate.parse().ok()).expect("it ends with a rate")
}

/// Messages a second of `openssl cms -verify`, a process each, with all threads: as one types it, when it reads the machine's
/// own authorities each time though it is to verify by none, and without them.
fn xargs(archive: &Path) -> [f64; 2] {
    const MESSAGES: usize = 1000;
    let list = archive.with_extension("list");
    let mut files = Vec::new();
    collect(archive, &mut files);
    files.truncate(MESSAGES);
    fs::write(&list, files.join("\0")).expect("it can be written");
    [&[][..], &["-no-CAfile", "-no-CApath"]].map(|without| {
        let start = Instant::now();
        let status = Command::new("xargs")
            .args(["-0", "-n1", &format!("-P{}", threads()), "openssl", "cms", "-verify", "-noverify"])
            .args(without)
            .args(["-out", "/dev/null", "-in"])
            .stdin(fs::File::open(&list).expect("it was written"))
            .stderr(Stdio::null())
            .status()
            .expect("xargs is there");
        assert!(status.success(), "openssl verifies them");
        MESSAGES as f64 / start.elapsed().as_secs_f64()
    })
}

fn collect(folder: &Path, files: &mut Vec<String>) {
    for entry in fs::read_dir(folder).expect("it is there").flatten() {
        let path = entry.path();
        if path.is_dir() { collect(&path, files) } else { files.push(path.to_str().expect("it is ASCII").to_owned()) }
    }
}

fn argument(name: &str) -> Option<usize> {
    let mut arguments = env::args().skip_while(|argument| argument != name);
    arguments.nth(1)?.parse().ok()
}

fn threads() -> usize {
    thread::available_parallelism().map_or(1, Into::into)
}

fn target() -> PathBuf {
    let program = Path::new(env!("CARGO_BIN_EXE_pec-conformance"));
    program.parent().expect("it lies in a folder").to_owned()
}
