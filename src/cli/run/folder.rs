//! The folder that a run writes to: one run at a time, and nothing that lies in it is ever deleted. What an earlier run
//! left is moved to `earlier/`; what is not of a run of this program stays as it is, or the run is refused.

mod before;

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io,
    path::{Path, PathBuf},
};

use self::before::{Kind, REPORTS, is_of_plays, mine, put_aside, what_is_at};
use super::{
    super::{ci::System, error::warn},
    since::changes,
};
use crate::{
    evidence::disk::{self, EVIDENCE},
    report::{
        CodeQuality, Html, JsonStream, Junit, LARGEST_SUMMARY, LateFile, Markdown, PLAYS, Reports, RuleSet, Sarif,
    },
    rules,
    shown::path_text,
};

/// The run as JSON lines.
const STREAM: &str = "run.jsonl";
const JUNIT: &str = "junit.xml";
const SARIF: &str = "report.sarif";
const HTML: &str = "report.html";
const SUMMARY: &str = "summary.md";
/// As GitLab's own documents call it.
const CODE_QUALITY: &str = "gl-code-quality-report.json";
/// Earlier runs, a folder each, called after the instant they began.
const EARLIER: &str = "earlier";
/// Held while a run goes on; it stays, since taking it away would let two runs hold one each.
const LOCK: &str = ".pec-conformance.lock";
/// What a run writes beside its evidence.
pub const REPORT_NAMES: [&str; 6] = [STREAM, JUNIT, SARIF, HTML, SUMMARY, CODE_QUALITY];

/// Why a run does not write to a folder.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// Two runs in one folder would mix what they write.
    #[error("another run is writing to {}", path_text(.0))]
    Busy(PathBuf),
    /// Something else has the name of a report.
    #[error("{} is {what}, not a report of this program; nothing was touched", path_text(path))]
    Foreign {
        /// Which.
        path: PathBuf,
        /// What it is.
        what: &'static str,
    },
    /// The file system refuses.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// A folder made ready, and held for this run until it is dropped.
pub struct Folder {
    path: PathBuf,
    stream: File,
    sarif: File,
    /// Where what an earlier run left lies now.
    pub earlier: Option<PathBuf>,
    _lock: File,
}

/// What a run wrote, to be looked after.
pub struct Written {
    /// Each file, and what was opened at its path where it is written from the beginning.
    files: Vec<(PathBuf, Option<File>)>,
    evidence: Vec<PathBuf>,
}

impl Folder {
    /// Makes a folder ready. Nothing is moved before everything in the way of it is known.
    pub fn prepare(path: &Path) -> Result<Self, FolderError> {
        fs::create_dir_all(path)?;
        let lock = lock(path)?;
        for (name, is_ours) in REPORTS {
            mine(&path.join(name), is_ours)?;
        }
        for name in [EVIDENCE, PLAYS] {
            let folder = path.join(name);
            match what_is_at(&folder)? {
                None => {}
                Some(Kind::Folder) if name == EVIDENCE || is_of_plays(&folder) => {}
                Some(Kind::Folder) => return Err(FolderError::Foreign { path: folder, what: "somebody else's" }),
                Some(kind) => return Err(FolderError::Foreign { path: folder, what: kind.words() }),
            }
        }
        let earlier = put_aside(path)?;
        let stream = OpenOptions::new().write(true).create_new(true).open(path.join(STREAM))?;
        let sarif = OpenOptions::new().write(true).create_new(true).open(path.join(SARIF))?;
        Ok(Self { path: path.to_owned(), stream, sarif, earlier, _lock: lock })
    }

    /// Where evidence goes.
    pub fn evidence(&self) -> PathBuf {
        self.path.join(EVIDENCE)
    }

    /// Adds the reports that it holds.
    pub fn open(&self, reports: &mut Reports, system: System) -> io::Result<Written> {
        let [stream, junit, sarif, html, summary, quality] = REPORT_NAMES.map(|name| self.path.join(name));
        reports.add(SUMMARY, Markdown::new(LateFile::at(summary.clone()), LARGEST_SUMMARY));
        reports.add(JUNIT, Junit::new(LateFile::at(junit.clone())));
        reports.add(SARIF, Sarif::new(io::BufWriter::new(self.sarif.try_clone()?), rules::all()));
        let rule_set = RuleSet::of(rules::all());
        reports.add(STREAM, JsonStream::new(self.stream.try_clone()?, rule_set.clone()));
        // After the stream: what changed since the run before is told by the two.
        let page = Html::new(io::BufWriter::new(LateFile::at(html.clone())), self.path.clone(), rule_set);
        let page = match self.earlier.clone() {
            Some(earlier) => {
                let now = self.path.clone();
                page.since(Box::new(move || changes(&earlier, &now)))
            }
            None => page,
        };
        reports.add(HTML, page);
        let mut files = vec![
            (stream, Some(self.stream.try_clone()?)),
            (sarif, Some(self.sarif.try_clone()?)),
            (junit, None),
            (html, None),
            (summary, None),
        ];
        if system == System::Gitlab {
            reports.add(CODE_QUALITY, CodeQuality::new(io::BufWriter::new(File::create(&quality)?)));
            files.push((quality, None));
        }
        Ok(Written { files, evidence: Vec::new() })
    }
}

impl Written {
    /// Looks after the evidence of a play too.
    pub fn add(&mut self, folder: &Path) {
        self.evidence.push(folder.to_owned());
    }

    /// What is no longer where it was written, while the run goes on: someone moved or deleted it.
    pub fn gone(&self) -> Vec<&Path> {
        let opened = self.files.iter().filter_map(|(path, opened)| Some((path, opened.as_ref()?)));
        let files = opened.filter(|(path, opened)| !leads_to(path, opened)).map(|(path, _)| path.as_path());
        let evidence = self.evidence.iter().filter(|folder| !folder.join(disk::MANIFEST).is_file());
        files.chain(evidence.map(PathBuf::as_path)).collect()
    }

    /// The same once everything is closed.
    pub fn gone_after_all(&self) -> Vec<&Path> {
        let closed = self.files.iter().filter(|(path, opened)| opened.is_none() && !path.is_file());
        self.gone().into_iter().chain(closed.map(|(path, _)| path.as_path())).collect()
    }
}

#[cfg(unix)]
fn leads_to(path: &Path, opened: &File) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let place = |metadata: fs::Metadata| (metadata.dev(), metadata.ino());
    fs::metadata(path).ok().zip(opened.metadata().ok()).is_some_and(|(there, ours)| place(there) == place(ours))
}

#[cfg(not(unix))]
fn leads_to(path: &Path, _: &File) -> bool {
    path.is_file()
}

/// Holds the folder against another run.
fn lock(folder: &Path) -> Result<File, FolderError> {
    let path = folder.join(LOCK);
    mine(&path, |_| true)?;
    let lock = OpenOptions::new().append(true).create(true).open(&path)?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Err(FolderError::Busy(folder.to_owned())),
        Err(TryLockError::Error(error)) => {
            warn(&format!("{} cannot be locked: {error}; keep other runs out of it yourself", path_text(folder)));
        }
    }
    Ok(lock)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::Evidence;

    struct Place(tempfile::TempDir);

    impl Place {
        fn new() -> Self {
            Self(tempfile::tempdir().unwrap())
        }

        fn at(&self, name: &str) -> PathBuf {
            self.0.path().join(name)
        }

        fn write(&self, name: &str, text: &str) {
            fs::create_dir_all(self.at(name).parent().unwrap()).unwrap();
            fs::write(self.at(name), text).unwrap();
        }

        fn play(&self, name: &str) {
            disk::write(&Evidence::default(), &self.at("evidence"), Path::new(name)).unwrap();
        }

        fn refused(&self) -> String {
            Folder::prepare(self.0.path()).err().expect("it is refused").to_string()
        }

        fn text(&self, name: &str) -> String {
            fs::read_to_string(self.at(name)).unwrap()
        }
    }

    const HEADER: &str = concat!(
        r#"{"type":"header","suite":""#,
        env!("CARGO_PKG_NAME"),
        r#"","started":"2026-03-02T08:30:00.5Z"}"#,
        "\n"
    );

    #[test]
    fn what_an_earlier_run_left_is_kept_under_the_instant_it_began() {
        let place = Place::new();
        for number in ["one", "two"] {
            place.write("run.jsonl", &format!("{HEADER}{number}"));
            place.play("delivery/complete/alfa-bravo");
            let folder = Folder::prepare(place.0.path()).unwrap();
            let name = if number == "one" { "earlier/20260302T083000Z" } else { "earlier/20260302T083000Z-2" };
            assert_eq!(folder.earlier, Some(place.at(name)));
            assert!(place.text(&format!("{name}/run.jsonl")).ends_with(number));
            assert!(place.at(name).join("evidence/delivery/complete/alfa-bravo/manifest.json").is_file());
            assert!(!place.at("evidence").exists());
            fs::remove_file(place.at("run.jsonl")).unwrap();
            fs::remove_file(place.at("report.sarif")).unwrap();
        }
    }

    #[test]
    fn pages_of_plays_are_kept_with_the_run_that_they_tell_of() {
        let place = Place::new();
        place.write("run.jsonl", HEADER);
        for name in ["style.css", "script.js", "delivery/complete/alfa-bravo.html"] {
            place.write(&format!("plays/{name}"), "x");
        }
        Folder::prepare(place.0.path()).unwrap();
        assert!(place.at("earlier/20260302T083000Z/plays/delivery/complete/alfa-bravo.html").is_file());
        assert!(!place.at("plays").exists());
        place.write("plays/hamlet.txt", "x");
        assert!(
            place.refused().ends_with("plays is somebody else's, not a report of this program; nothing was touched")
        );
        assert!(place.at("plays/hamlet.txt").is_file());
    }

    #[test]
    fn somebody_elses_manifest_stays_where_it_is() {
        let place = Place::new();
        place.write("run.jsonl", HEADER);
        place.write("evidence/theirs/manifest.json", r#"{"form": 3, "name": "a web application"}"#);
        place.write("evidence/theirs/index.html", "x");
        place.write("evidence/delivery/notes.txt", "x");
        place.play("delivery/complete/alfa-bravo");
        Folder::prepare(place.0.path()).unwrap();
        for kept in ["theirs/manifest.json", "theirs/index.html", "delivery/notes.txt"] {
            assert!(place.at("evidence").join(kept).is_file(), "{kept}");
        }
        assert!(!place.at("evidence/delivery/complete").exists());
    }

    #[test]
    fn what_a_killed_run_was_writing_is_moved_too() {
        let place = Place::new();
        place.write("run.jsonl", HEADER);
        place.write("evidence/delivery/complete/.evidence-Ab12Cd/messages/001-submitted-sender.eml", "x");
        place.write("evidence/delivery/complete/.evidence-theirs/notes.txt", "x");
        Folder::prepare(place.0.path()).unwrap();
        let left = |name: &str| place.at("evidence/delivery/complete").join(name).exists();
        assert!(!left(".evidence-Ab12Cd") && left(".evidence-theirs"));
        let kept = "earlier/20260302T083000Z/evidence/delivery/complete/.evidence-Ab12Cd/messages";
        assert!(place.at(kept).is_dir());
    }

    #[cfg(unix)]
    #[test]
    fn nothing_is_reached_through_a_link() {
        use std::os::unix::fs::symlink;
        let (place, elsewhere) = (Place::new(), Place::new());
        elsewhere.play("x/alfa-bravo");
        place.write("run.jsonl", HEADER);
        fs::create_dir(place.at("evidence")).unwrap();
        symlink(elsewhere.at("evidence"), place.at("evidence/link")).unwrap();
        Folder::prepare(place.0.path()).unwrap();
        let theirs = elsewhere.at("evidence/x/alfa-bravo/manifest.json");
        assert!(theirs.is_file());

        for name in ["run.jsonl", "junit.xml", "report.sarif", "evidence", ".pec-conformance.lock"] {
            let place = Place::new();
            symlink(elsewhere.at("evidence"), place.at(name)).unwrap();
            assert!(place.refused().contains("a symbolic link"), "{name}");
        }
        let place = Place::new();
        place.write("run.jsonl", HEADER);
        symlink(elsewhere.at("evidence"), place.at("earlier")).unwrap();
        assert!(place.refused().contains("earlier is a symbolic link"));
        assert!(theirs.is_file() && place.at("run.jsonl").is_file());
    }

    #[test]
    fn what_has_the_name_of_a_report_is_found_before_anything_is_moved() {
        for (name, what) in [("junit.xml", "a folder"), ("report.sarif", "a folder"), ("run.jsonl", "a folder")] {
            let place = Place::new();
            place.play("delivery/complete/alfa-bravo");
            fs::create_dir(place.at(name)).unwrap();
            assert!(place.refused().contains(what), "{name}");
            assert!(place.at("evidence/delivery/complete/alfa-bravo/manifest.json").is_file(), "{name}");
        }
        for (name, text) in [
            ("junit.xml", "<testsuites name=\"jest\"/>"),
            ("report.sarif", r#"{"name":"clippy"}"#),
            ("run.jsonl", "{\"type\":\"header\",\"suite\":\"other\",\"started\":\"2026-03-02T08:30:00Z\"}\n"),
            ("run.jsonl", "nothing of ours"),
            ("evidence", "a file"),
        ] {
            let place = Place::new();
            place.write(name, text);
            assert!(place.refused().contains(name), "{name}");
            assert_eq!(place.text(name), text);
        }
    }

    #[test]
    fn one_run_at_a_time() {
        let place = Place::new();
        let first = Folder::prepare(place.0.path()).unwrap();
        assert!(place.refused().contains("another run is writing to"));
        drop(first);
        Folder::prepare(place.0.path()).unwrap();
    }

    #[test]
    fn what_is_moved_away_in_mid_run_is_noticed() {
        let place = Place::new();
        let folder = Folder::prepare(place.0.path()).unwrap();
        let mut written = folder.open(&mut Reports::default(), System::None).unwrap();
        place.play("a/alfa-bravo");
        written.add(&place.at("evidence/a/alfa-bravo"));
        assert!(written.gone().is_empty());
        assert_eq!(written.gone_after_all(), ["junit.xml", "report.html", "summary.md"].map(|name| place.at(name)));
        fs::remove_file(place.at("report.sarif")).unwrap();
        // Another file in its place is not the one that is written.
        fs::rename(place.at("run.jsonl"), place.at("x")).unwrap();
        fs::write(place.at("run.jsonl"), "").unwrap();
        fs::remove_dir_all(place.at("evidence")).unwrap();
        assert_eq!(written.gone(), ["run.jsonl", "report.sarif", "evidence/a/alfa-bravo"].map(|name| place.at(name)));
    }
}
