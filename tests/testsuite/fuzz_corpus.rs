//! What the fuzz targets were given (`fuzz/corpus`), given again, with some mutations of each; see CONTRIBUTING.md.

#[path = "../../fuzz/targets.rs"]
mod targets;

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use targets::{ALL, Target};

/// Mutations of each file of the corpus.
const MUTATIONS: u64 = 60;

/// As long as one input may take, in a build without optimisation on a loaded machine.
const PATIENCE: Duration = Duration::from_secs(30);

fn corpus(target: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    files
}

/// The corpus of each target is replayed; nothing panics, and nothing takes long.
#[test]
fn no_input_of_the_corpus_and_no_mutation_of_one_breaks_its_target() {
    thread::scope(|scope| {
        for target in ALL {
            scope.spawn(move || replay(target));
        }
    });
}

fn replay((name, run): Target) {
    let files = corpus(name);
    assert!(!files.is_empty(), "{name} has no corpus");
    let seeds: Vec<Vec<u8>> = files.iter().map(|file| fs::read(file).unwrap()).collect();
    for (file, seed) in files.iter().zip(&seeds) {
        timed(&file.display().to_string(), seed, run);
        let mut dice = Dice::of(seed);
        for number in 0..MUTATIONS {
            let other = &seeds[dice.below(seeds.len())];
            timed(&format!("{}, mutation {number}", file.display()), &dice.mutated(seed, other), run);
        }
    }
}

fn timed(name: &str, data: &[u8], run: fn(&[u8])) {
    let start = Instant::now();
    run(data);
    assert!(start.elapsed() < PATIENCE, "{name} took {:?}", start.elapsed());
}

/// Shapes that take the square of their length where a reader is careless.
#[test]
fn what_is_long_or_deep_takes_no_longer_than_its_length() {
    let deep = |open: &[u8]| open.repeat(100_000);
    let field =
        |name: &str, part: &str| format!("{name}: {}\r\n\r\nx\r\n", part.repeat(200_000 / part.len())).into_bytes();
    let parts = |head: &str| head.repeat(3000).into_bytes();
    let record = |line: &str| {
        format!("dn: providerName=A,o=postacert\nobjectclass: provider\nproviderName: A\n{}", line.repeat(50_000))
    };
    let shapes: Vec<(&str, Vec<u8>)> = vec![
        ("cms", deep(b"\x30\x80")),
        ("cms", deep(b"\x24\x80")),
        ("cms", deep(b"\x30\x84\x00\x10\x00\x00")),
        ("certificate", deep(b"\x30\x80")),
        ("message", "X: y\r\n".repeat(20_000).into_bytes()),
        ("message", field("To", "a@b.example, ")),
        ("message", field("To", "(")),
        ("message", field("To", "<")),
        ("message", field("To", "\"a\" ")),
        ("message", field("Subject", "=?utf-8?q?x?= ")),
        ("message", field("Subject", "=?utf-8?b?")),
        ("message", field("Content-Type", "a; ")),
        ("message", field("References", "<a@b> ")),
        ("message", field("X-Ricevuta", "accettazione\r\n ")),
        ("message", parts("Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n")),
        ("message", parts("Content-Type: message/rfc822\r\n\r\n")),
        ("daticert", "<postacert>".repeat(50_000).into_bytes()),
        ("daticert", format!("<postacert>{}", "<destinatari>a</destinatari>".repeat(20_000)).into_bytes()),
        ("ldif", record("managedDomains: a.example\n").into_bytes()),
        ("ldif", record("providerCertificateHash: 00\n").into_bytes()),
        ("ldif", record("providerCertificate;binary:: AQ==\n").into_bytes()),
        ("ldif", record("description: x\n y\n z\n").into_bytes()),
        ("ldif", format!("dn: {}\n", "a=b,".repeat(50_000)).into_bytes()),
        ("ldif", "dn: a=b\nx\n\n".repeat(50_000).into_bytes()),
        ("scenario", "- ".repeat(100_000).into_bytes()),
        ("scenario", "[".repeat(100_000).into_bytes()),
        ("scenario", "a: b\n".repeat(20_000).into_bytes()),
        ("scenario", format!("title: x\nclauses: [{}]\n", "nonsense, ".repeat(20_000)).into_bytes()),
        ("smtp", "NOOP\r\n".repeat(20_000).into_bytes()),
        (
            "smtp",
            b"EHLO a\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\n"
                .iter()
                .copied()
                .chain(b"..\r\n".repeat(100_000))
                .collect(),
        ),
        ("evidence", deep(b"[")),
    ];
    thread::scope(|scope| {
        for (number, (name, data)) in shapes.iter().enumerate() {
            let (_, run) = ALL.into_iter().find(|(target, _)| target == name).unwrap();
            scope.spawn(move || timed(&format!("shape {number} for {name}"), data, run));
        }
    });
}

/// A folder for each target, and none beside.
#[test]
fn every_target_has_its_fuzzer_and_its_corpus() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz");
    let names = |folder: &str| -> BTreeSet<String> {
        let entries = fs::read_dir(root.join(folder)).unwrap().map(|entry| entry.unwrap().path());
        entries.map(|path| path.file_stem().unwrap().to_string_lossy().into_owned()).collect()
    };
    let targets: BTreeSet<String> = ALL.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(names("corpus"), targets);
    assert_eq!(names("fuzz_targets"), targets);
}

/// Numbers that are the same in every run (splitmix64).
struct Dice(u64);

impl Dice {
    fn of(seed: &[u8]) -> Self {
        Self(seed.iter().fold(seed.len() as u64, |sum, octet| sum.wrapping_mul(31).wrapping_add(u64::from(*octet))))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound.max(1) as u64).expect("it is below a usize")
    }

    /// One to four changes: octets set and flipped, cut, repeated, taken from another file.
    fn mutated(&mut self, seed: &[u8], other: &[u8]) -> Vec<u8> {
        const WORTH_TRYING: [u8; 16] =
            [0, 1, 0x7f, 0x80, 0xff, b'\r', b'\n', b' ', b':', b'"', b'<', b'&', b'[', 0x30, 0x24, 0x84];
        let mut data = seed.to_vec();
        for _ in 0..=self.below(4) {
            let at = self.below(data.len());
            let end = at + self.below(data.len() - at.min(data.len())).min(64);
            match self.below(6) {
                0 if !data.is_empty() => data[at] = WORTH_TRYING[self.below(WORTH_TRYING.len())],
                1 if !data.is_empty() => data[at] ^= 1 << self.below(8),
                2 => data.truncate(at),
                3 => drop(data.drain(at..end)),
                4 => {
                    let again = data[at..end].to_vec();
                    data.splice(at..at, again);
                }
                _ => {
                    let from = self.below(other.len());
                    let part = &other[from..(from + 64).min(other.len())];
                    data.splice(at..end, part.iter().copied());
                }
            }
        }
        data
    }
}
