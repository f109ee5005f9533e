//! Evidence on disk: a folder of messages, sessions, logs, directory and certificates, and a manifest with the SHA-256 of
//! what every file holds. What is read back is judged like the run it came from.
//!
//! ```text
//! manifest.json            what the files are, with their digests, and what was watched until when
//! messages/001-….eml       as they were, byte by byte; large ones packed (`.eml.gz`), their digest that of the message
//! dialogues/001-….json     SMTP sessions
//! logs/sender.json         providers' logs
//! directory/001.ldif       versions of the directory
//! trust/anchor-001.der     roots; crl-001.der, revocation lists
//! ```
//!
//! File names are made here, of our words alone. That of a message tells the kind that it claims, for people: nothing reads it.

mod shared;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::{self, Read as _, Write as _},
    path::{Component, Path, PathBuf},
    sync::Arc,
};

use flate2::{Compression, write::GzEncoder};
use jiff::Timestamp;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    bounded::{self, Expansion, MIB, Unpacked},
    hexadecimal::sha256,
};

pub use self::shared::Shared;
use super::{
    Announced, Dialogue, DirectoryVersion, Evidence, GatewayFacts, LogRecord, Observation, Party, Role, Seen, SmtpPath,
    Watch,
};

/// The folder of a run's evidence, one below it for each play, beside its reports.
pub const EVIDENCE: &str = "evidence";
/// The manifest's name.
pub const MANIFEST: &str = "manifest.json";
/// The form of the manifest. Those before 2 lack what a scenario announced, those before 3 say only whether everything was
/// watched to the end, those before 4 name no packed file, those before 5 know two gateways at most, those before 6 say nothing
/// of TLS at incoming points; later ones are not read.
const FORM: u32 = 6;
/// Bytes of a message above which it is packed.
const LARGE: usize = 64 << 10;
/// How the name of a play's folder begins that is being written; of a run that was killed it stays so.
const DRAFT: &str = ".evidence-";
/// What the name of a packed file ends with.
const PACKED: &str = ".gz";
/// How much may come of a packed file; what packs better is kept as it is, so that we read what we write.
const EXPANSION: Expansion = Expansion { at_least: MIB, ratio: 100 };
/// Bytes of the manifest at most.
const LARGEST_MANIFEST: u64 = 64 * MIB;
/// Bytes of all the files that it names: many times what the largest play leaves, and all of them are held at once.
const LARGEST: u64 = 1024 * MIB;

/// Why evidence cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum DiskError {
    /// The file system refuses.
    #[error("the evidence cannot be {doing} at `{}`: {error}", .path.display())]
    Io {
        /// `written` or `read`.
        doing: &'static str,
        /// Where.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// A file is not what the manifest says.
    #[error("`{}` was changed: its SHA-256 is not the one in the manifest", .0.display())]
    Changed(PathBuf),
    /// The manifest, or a file it names, does not read.
    #[error("`{}` is not part of a play's evidence: {problem}", .path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Why.
        problem: String,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    form: u32,
    title: String,
    gateways: BTreeMap<Role, GatewayFacts>,
    ended: Option<Timestamp>,
    #[serde(default)]
    watch: Watch,
    /// Before form 3.
    #[serde(default, skip_serializing)]
    complete: bool,
    observations: Vec<ObservationEntry>,
    dialogues: Vec<String>,
    logs: BTreeMap<Role, String>,
    directories: Vec<DirectoryEntry>,
    anchors: Vec<String>,
    crls: Vec<String>,
    #[serde(default)]
    announced: Vec<Announced>,
    /// SHA-256 by file, lower-case hexadecimal; of a packed one that of what it holds.
    sha256: BTreeMap<String, String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ObservationEntry {
    id: usize,
    file: String,
    seen: Seen,
    at: Timestamp,
    path: Option<SmtpPath>,
    producer: Party,
    name: Option<String>,
    dialogue: Option<usize>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct DirectoryEntry {
    from: Timestamp,
    file: String,
}

/// Writes evidence to `way` below `root` and says where it is. Nothing that stands there is replaced, and no symbolic link
/// below `root` is followed.
pub fn write(evidence: &Evidence, root: &Path, way: &Path) -> Result<PathBuf, DiskError> {
    write_sharing(evidence, root, way, &Shared::default())
}

/// The same, beside that of other plays of one run: what they have alike is on the disk once.
pub fn write_sharing(evidence: &Evidence, root: &Path, way: &Path, shared: &Shared) -> Result<PathBuf, DiskError> {
    let folder = root.join(way);
    let failed = |error: io::Error| DiskError::Io { doing: "written", path: folder.clone(), error };
    let parent = reach(root, way.parent().unwrap_or(Path::new(""))).map_err(failed)?;
    let draft = tempfile::Builder::new().prefix(DRAFT).tempdir_in(parent).map_err(failed)?;
    let alike = draft_into(evidence, draft.path(), shared).map_err(failed)?;
    let draft = draft.keep();
    fs::rename(&draft, &folder).map_err(|error| {
        // The rename's own error is the one to tell.
        let _ = fs::remove_dir_all(&draft);
        failed(error)
    })?;
    readable(&folder).map_err(failed)?;
    for (name, sha256) in alike {
        shared.learn(&sha256, folder.join(name));
    }
    Ok(folder)
}

/// The folder at `way` below `root`, made where it is not there.
fn reach(root: &Path, way: &Path) -> io::Result<PathBuf> {
    fs::create_dir_all(root)?;
    let mut folder = root.to_owned();
    for part in way.components() {
        folder.push(part);
        match fs::create_dir(&folder) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            _ if fs::symlink_metadata(&folder)?.is_dir() => {}
            _ => {
                let told = format!("`{}` is a file or a symbolic link, which is not followed", folder.display());
                return Err(io::Error::new(io::ErrorKind::NotADirectory, told));
            }
        }
    }
    Ok(folder)
}

/// Whether a folder is evidence: its manifest is a file, no link, and reads as one of ours. One that a run was killed over is
/// known by its name and by what alone is in it.
pub fn is_ours(folder: &Path) -> bool {
    let path = folder.join(MANIFEST);
    let is_draft = folder.file_name().is_some_and(|name| name.to_string_lossy().starts_with(DRAFT));
    if is_draft && !path.exists() {
        const PARTS: [&str; 5] = ["messages", "dialogues", "logs", "directory", "trust"];
        let mut inside = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
        return inside.all(|entry| PARTS.iter().any(|part| entry.file_name() == *part));
    }
    fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.is_file())
        && bounded::read(&path, LARGEST_MANIFEST).is_ok_and(|bytes| parse::<Manifest>(&path, &bytes).is_ok())
}

/// Temporary folders are the owner's alone; reports are read by others.
#[cfg(unix)]
fn readable(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn readable(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Writes everything, and says which files other plays may have too, with their digests.
fn draft_into(evidence: &Evidence, folder: &Path, shared: &Shared) -> io::Result<Vec<(String, String)>> {
    let mut files = Files { folder, made: BTreeSet::new(), sha256: BTreeMap::new(), shared, alike: Vec::new() };
    let mut observations = Vec::new();
    for one in &evidence.observations {
        let kind = one.claims().map(|kind| format!("{}-", kind.word())).unwrap_or_default();
        let file = files.add(format!("messages/{:03}-{kind}{}.eml", one.id, slug(&one.seen)), &one.bytes)?;
        let Observation { id, bytes: _, seen, at, path, producer, name, dialogue } = one.clone();
        observations.push(ObservationEntry { id, file, seen, at, path, producer, name, dialogue });
    }
    let mut dialogues = Vec::new();
    for (index, dialogue) in evidence.dialogues.iter().enumerate() {
        let name = format!("dialogues/{:03}-{}-to-{}.json", index + 1, dialogue.from, dialogue.to);
        dialogues.push(files.add(name, &json(dialogue)?)?);
    }
    let mut logs = BTreeMap::new();
    for (role, records) in &evidence.logs {
        logs.insert(*role, files.add(format!("logs/{role}.json"), &json(records)?)?);
    }
    let mut directories = Vec::new();
    for (index, version) in evidence.directories.iter().enumerate() {
        let file = files.add_alike(format!("directory/{:03}.ldif", index + 1), &version.ldif)?;
        directories.push(DirectoryEntry { from: version.from, file });
    }
    let anchors = files.add_all("trust/anchor", &evidence.anchors)?;
    let crls = files.add_all("trust/crl", &evidence.crls)?;
    let manifest = Manifest {
        form: FORM,
        title: evidence.title.clone(),
        gateways: evidence.gateways.clone(),
        ended: evidence.ended,
        watch: evidence.watch.clone(),
        complete: false,
        observations,
        dialogues,
        logs,
        directories,
        anchors,
        crls,
        announced: evidence.announced.clone(),
        sha256: files.sha256,
    };
    fs::write(folder.join(MANIFEST), json(&manifest)?)?;
    Ok(files.alike)
}

struct Files<'f> {
    folder: &'f Path,
    /// Folders in it, each made once.
    made: BTreeSet<PathBuf>,
    sha256: BTreeMap<String, String>,
    shared: &'f Shared,
    /// Those that other plays may have too.
    alike: Vec<(String, String)>,
}

impl Files<'_> {
    fn add(&mut self, mut name: String, bytes: &[u8]) -> io::Result<String> {
        let packed = if bytes.len() > LARGE { packed(bytes)? } else { None };
        if packed.is_some() {
            name += PACKED;
        }
        fs::write(self.place(&name)?, packed.as_deref().unwrap_or(bytes))?;
        self.sha256.insert(name.clone(), sha256(bytes));
        Ok(name)
    }

    fn add_all(&mut self, stem: &str, all: &[Arc<[u8]>]) -> io::Result<Vec<String>> {
        let each = all.iter().enumerate();
        each.map(|(index, der)| self.add_alike(format!("{stem}-{:03}.der", index + 1), der)).collect()
    }

    /// A file that other plays may have too.
    fn add_alike(&mut self, name: String, bytes: &[u8]) -> io::Result<String> {
        if bytes.len() > LARGE {
            return self.add(name, bytes);
        }
        let (path, sha256) = (self.place(&name)?, sha256(bytes));
        self.shared.write(&path, &sha256, bytes)?;
        self.alike.push((name.clone(), sha256.clone()));
        self.sha256.insert(name.clone(), sha256);
        Ok(name)
    }

    /// Where a file is to lie, its folder made.
    fn place(&mut self, name: &str) -> io::Result<PathBuf> {
        let path = self.folder.join(name);
        let parent = path.parent().unwrap_or(self.folder);
        if !self.made.contains(parent) {
            fs::create_dir_all(parent)?;
            self.made.insert(parent.to_owned());
        }
        Ok(path)
    }
}

/// Bytes as gzip; nothing where they would pack so well that whoever reads them had to suspect a bomb.
fn packed(bytes: &[u8]) -> io::Result<Option<Vec<u8>>> {
    // A message is base64 for the most part, which the slower levels pack no better; the one below would not pack it.
    let mut packed = GzEncoder::new(Vec::new(), Compression::new(2));
    packed.write_all(bytes)?;
    let packed = packed.finish()?;
    Ok(EXPANSION.allows(packed.len() as u64, bytes.len() as u64).then_some(packed))
}

/// Reads evidence back; every file must be the one that was written.
pub fn read(folder: &Path) -> Result<Evidence, DiskError> {
    let path = folder.join(MANIFEST);
    let read = bounded::read(&path, LARGEST_MANIFEST);
    let bytes = read.map_err(|error| DiskError::Io { doing: "read", path: path.clone(), error })?;
    let manifest: Manifest = parse(&path, &bytes)?;
    if manifest.form > FORM {
        let problem = format!("its form is {}, this program reads forms up to {FORM}", manifest.form);
        return Err(DiskError::Unreadable { path, problem });
    }
    // Before form 3 a play was waited for to the end, or nothing was known to be missing.
    let watch =
        if manifest.complete { Watch::of_everything(manifest.ended.unwrap_or(Timestamp::MAX)) } else { manifest.watch };
    let mut room = LARGEST;
    let mut load = |name: &String| load(folder, name, &manifest.sha256, &mut room);
    let mut evidence = Evidence {
        title: manifest.title,
        gateways: manifest.gateways,
        ended: manifest.ended,
        watch,
        announced: manifest.announced,
        ..Evidence::default()
    };
    for entry in manifest.observations {
        let ObservationEntry { id, file, seen, at, path, producer, name, dialogue } = entry;
        let bytes = load(&file)?.into();
        evidence.observations.push(Observation { id, bytes, seen, at, path, producer, name, dialogue });
    }
    for name in &manifest.dialogues {
        evidence.dialogues.push(parse::<Dialogue>(&folder.join(name), &load(name)?)?);
    }
    for (role, name) in &manifest.logs {
        evidence.logs.insert(*role, parse::<Vec<LogRecord>>(&folder.join(name), &load(name)?)?);
    }
    for entry in &manifest.directories {
        evidence.directories.push(DirectoryVersion::from(entry.from, load(&entry.file)?));
    }
    evidence.anchors = manifest.anchors.iter().map(|name| load(name).map(Arc::from)).collect::<Result<_, _>>()?;
    evidence.crls = manifest.crls.iter().map(|name| load(name).map(Arc::from)).collect::<Result<_, _>>()?;
    Ok(evidence)
}

/// A file of the evidence: inside its folder, and unchanged. `room` is what all of them may still hold.
fn load(folder: &Path, name: &str, digests: &BTreeMap<String, String>, room: &mut u64) -> Result<Vec<u8>, DiskError> {
    let path = folder.join(name);
    let inside = Path::new(name).components().all(|part| matches!(part, Component::Normal(_)));
    let Some(wanted) = digests.get(name).filter(|_| inside) else {
        let problem = "the manifest names it without a digest, or outside the folder".to_owned();
        return Err(DiskError::Unreadable { path, problem });
    };
    let unreadable = |problem: String| Err(DiskError::Unreadable { path: path.clone(), problem });
    let too_large = || unreadable(format!("with it the files there hold more than {} MiB together", LARGEST / MIB));
    let mut bytes = match bounded::read(&path, *room) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::FileTooLarge => return too_large(),
        Err(error) => return Err(DiskError::Io { doing: "read", path, error }),
    };
    if name.ends_with(PACKED) {
        let mut whole = Vec::new();
        let unpacked = Unpacked::new(&bytes[..], EXPANSION);
        if let Err(error) = unpacked.take(*room + 1).read_to_end(&mut whole) {
            return unreadable(error.to_string());
        }
        if whole.len() as u64 > *room {
            return too_large();
        }
        bytes = whole;
    }
    *room -= bytes.len() as u64;
    if sha256(&bytes) == *wanted { Ok(bytes) } else { Err(DiskError::Changed(path)) }
}

fn parse<T: DeserializeOwned>(path: &Path, bytes: &[u8]) -> Result<T, DiskError> {
    serde_json::from_slice(bytes)
        .map_err(|error| DiskError::Unreadable { path: path.to_owned(), problem: error.to_string() })
}

fn json(value: &impl Serialize) -> io::Result<Vec<u8>> {
    let mut bytes = serde_json::to_vec_pretty(value).map_err(io::Error::other)?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// Where a message was seen, in a file's name.
fn slug(seen: &Seen) -> String {
    match seen {
        Seen::Submitted { to } => format!("submitted-{to}"),
        Seen::Wire { from, to } => format!("wire-{from}-to-{to}"),
        Seen::Mailbox { at, .. } => format!("mailbox-{at}"),
        Seen::VirusStore { of } => format!("virus-store-{of}"),
        Seen::File { .. } => "file".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn evidence() -> Evidence {
        let mut evidence = Evidence {
            title: "delivery/complete".into(),
            watch: Watch::of_everything(Timestamp::UNIX_EPOCH),
            ..Evidence::default()
        };
        evidence.observations.push(Observation {
            id: 1,
            bytes: b"Subject: ../../x\r\n\r\n\x00\xff\n".as_slice().into(),
            seen: Seen::Mailbox { at: Party::Sender, address: "../mario@x.example".into() },
            at: "2026-03-02T08:30:00Z".parse().unwrap(),
            path: None,
            producer: Party::Sender,
            name: None,
            dialogue: None,
        });
        evidence.anchors.push(vec![0x30, 0].into());
        let (rule, subject) = ("signature/verifies".into(), "message 1".into());
        evidence.announced.push(Announced { rule, subject, observation: Some(1) });
        evidence
    }

    fn written(root: &Path, way: &str) -> PathBuf {
        write(&evidence(), root, Path::new(way)).unwrap()
    }

    #[test]
    fn what_is_written_is_read_back_and_replaces_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let kept = written(folder.path(), "a/b");
        let whole = |kept: &Path| assert_eq!(format!("{:?}", read(kept).unwrap()), format!("{:?}", evidence()));
        whole(&kept);
        assert!(is_ours(&kept) && !is_ours(folder.path()));
        let names: Vec<_> = fs::read_dir(kept.join("messages")).unwrap().map(|f| f.unwrap().file_name()).collect();
        assert_eq!(names, ["001-mailbox-sender.eml"]);
        let mut other = evidence();
        other.title = "another".into();
        assert!(write(&other, folder.path(), Path::new("a/b")).unwrap_err().to_string().contains("cannot be written"));
        whole(&kept);
        assert_eq!(fs::read_dir(folder.path().join("a")).unwrap().count(), 1, "no draft stays behind");
    }

    #[cfg(unix)]
    #[test]
    fn nothing_is_written_through_a_link() {
        let (folder, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        for (link, way) in [("a", "a/b"), ("c", "c"), ("d", "d/e/f")] {
            std::os::unix::fs::symlink(elsewhere.path(), folder.path().join(link)).unwrap();
            let error = write(&evidence(), folder.path(), Path::new(way)).unwrap_err().to_string();
            assert!(error.contains("cannot be written at"), "{error}");
        }
        assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 0);
    }

    #[test]
    fn an_earlier_form_is_read_and_a_later_one_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let kept = written(folder.path(), "b");
        let mut manifest: serde_json::Value = serde_json::from_slice(&fs::read(kept.join(MANIFEST)).unwrap()).unwrap();
        let announced = evidence().announced;
        let mut put = |form: u32| {
            manifest["form"] = form.into();
            let fields = manifest.as_object_mut().unwrap();
            if form < 3 {
                fields.remove("watch");
                fields.insert("complete".into(), true.into());
            }
            if form < 2 {
                fields.remove("announced");
            }
            fs::write(kept.join(MANIFEST), manifest.to_string()).unwrap();
            read(&kept)
        };
        let later = put(FORM + 1).unwrap_err().to_string();
        assert!(later.contains(&format!("its form is {}", FORM + 1)), "{later}");
        assert_eq!(put(2).unwrap().watch, Watch::of_everything(Timestamp::MAX));
        assert_eq!(put(2).unwrap().announced, announced);
        assert!(put(1).unwrap().announced.is_empty());
    }

    #[test]
    fn a_large_message_is_packed_and_its_name_tells_what_it_claims() {
        let folder = tempfile::tempdir().unwrap();
        let mut evidence = evidence();
        let large = ["X-Trasporto: posta-certificata\r\n\r\n", &"x".repeat(LARGE)].concat();
        evidence.observations[0].bytes = large.clone().into_bytes().into();
        let kept = write(&evidence, folder.path(), Path::new("b")).unwrap();
        let message = kept.join("messages/001-posta-certificata-mailbox-sender.eml.gz");
        assert!(fs::metadata(&message).unwrap().len() < 1000);
        assert_eq!(format!("{:?}", read(&kept).unwrap()), format!("{evidence:?}"));
        let manifest = fs::read_to_string(kept.join(MANIFEST)).unwrap();
        assert!(manifest.contains(&sha256(large.as_bytes())), "the digest is the message's");

        fs::write(&message, packed(b"another").unwrap().unwrap()).unwrap();
        assert!(matches!(read(&kept), Err(DiskError::Changed(path)) if path == message));
        fs::write(&message, packed(&vec![0; 1 << 20]).unwrap().unwrap().repeat(2)).unwrap();
        let bomb = read(&kept).unwrap_err().to_string();
        assert!(bomb.contains("posta-certificata") && bomb.contains("100 times its size"), "{bomb}");
        evidence.observations[0].bytes = vec![b'x'; 2 << 20].into();
        let plain = write(&evidence, folder.path(), Path::new("plain")).unwrap();
        assert!(plain.join("messages/001-mailbox-sender.eml").is_file());
        assert_eq!(format!("{:?}", read(&plain).unwrap()), format!("{evidence:?}"));
        fs::write(&message, large).unwrap();
        assert!(read(&kept).unwrap_err().to_string().contains("does not unpack"));
    }

    #[test]
    fn a_changed_file_and_one_outside_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let kept = written(folder.path(), "b");
        let message = kept.join("messages/001-mailbox-sender.eml");
        fs::write(&message, b"other").unwrap();
        assert!(matches!(read(&kept), Err(DiskError::Changed(path)) if path == message));
        let manifest = fs::read_to_string(kept.join(MANIFEST)).unwrap();
        fs::write(kept.join(MANIFEST), manifest.replace("messages/001", "../001")).unwrap();
        assert!(matches!(read(&kept), Err(DiskError::Unreadable { .. })));
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_told_by_name() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("file"), "").unwrap();
        let error = write(&evidence(), folder.path(), Path::new("file/below/x")).unwrap_err().to_string();
        assert!(error.contains("cannot be written at") && error.contains("below"), "{error}");
    }

    #[test]
    fn what_plays_have_alike_is_on_the_disk_once_and_is_still_each_ones_own() {
        let (folder, shared) = (tempfile::tempdir().unwrap(), Shared::default());
        let evidence = evidence();
        let put = |name: &str| write_sharing(&evidence, folder.path(), Path::new(name), &shared).unwrap();
        let (one, other) = (put("one"), put("other"));
        let anchor = "trust/anchor-001.der";
        #[cfg(unix)]
        assert_eq!(std::os::unix::fs::MetadataExt::nlink(&fs::metadata(other.join(anchor)).unwrap()), 2);
        let held = |folder: &Path| format!("{:?}", read(folder).unwrap());
        assert_eq!(held(&other), held(&one));
        // Something else in its place is not taken over, and where it is gone the next one is written.
        fs::remove_file(one.join(anchor)).unwrap();
        fs::write(one.join(anchor), "altered").unwrap();
        assert_eq!(held(&put("third")), held(&other));
        fs::remove_dir_all(&one).unwrap();
        assert_eq!(held(&put("fourth")), held(&other));
    }
}
