//! What somebody sends: laid down in a folder of its own as it arrives, which is gone with what this returns.

use std::{
    collections::BTreeSet,
    fs,
    io::{self, ErrorKind},
    path::{Path, PathBuf},
    pin::{Pin, pin},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, header},
};
use futures_util::{Stream, StreamExt as _, stream};
use multer::{Field, Multipart};
use tempfile::TempDir;
use tokio::{io::AsyncWriteExt as _, task::yield_now, time::timeout};

use super::{Asked, Bounds, Page, Refusal};
use crate::bounded::{MIB, told};

/// Files of an upload.
const FILES: usize = 20_000;
/// Octets of a field that is no file.
const FIELD: usize = 1024;
/// Octets of a form that are held at a time, and so the most that the head of a part may have.
const HELD: u64 = MIB;
/// Folders that a file may lie in, and octets of each name.
const DEEPEST: usize = 16;
const LONGEST: usize = 200;

/// What arrived.
pub(super) struct Upload {
    folder: TempDir,
    /// What is to be judged: files and folders at the top, from [`Self::mail`].
    given: BTreeSet<PathBuf>,
    /// What its sender could not read, from there as well.
    unread: Vec<PathBuf>,
    /// What it is judged by beside what the page has.
    pub references: Vec<PathBuf>,
    files: usize,
    /// Octets of a form that its reader may hold.
    held: Arc<AtomicU64>,
    room: Room,
}

/// Octets of all uploads together; those of one are given back when it is dropped.
struct Room {
    all: Arc<AtomicU64>,
    most: u64,
    taken: u64,
}

impl Room {
    fn take(&mut self, octets: u64) -> Result<(), Refusal> {
        self.taken += octets;
        if self.all.fetch_add(octets, Ordering::Relaxed) + octets > self.most {
            return Err(Refusal::busy(format!("other uploads take up all of the {} that there are", told(self.most))));
        }
        Ok(())
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        self.all.fetch_sub(self.taken, Ordering::Relaxed);
    }
}

impl Upload {
    /// Takes in what is sent: a form with files, or one file as it is. Options in a form are added to those `asked`.
    pub async fn receive(page: &Page, headers: &HeaderMap, body: Body, asked: &mut Asked) -> Result<Self, Refusal> {
        let folder = tempfile::Builder::new().prefix("pec-conformance-").tempdir().map_err(unwritten)?;
        let room = Room { all: Arc::clone(&page.taken), most: page.bounds.total, taken: 0 };
        let held = Arc::default();
        let mut upload =
            Self { folder, given: BTreeSet::new(), unread: Vec::new(), references: Vec::new(), files: 0, held, room };
        let body = bounded(body, page.bounds, Arc::clone(&upload.held));
        let kind = headers.get(header::CONTENT_TYPE).and_then(|it| it.to_str().ok()).unwrap_or_default();
        if kind.to_ascii_lowercase().starts_with("multipart/") {
            let boundary = multer::parse_boundary(kind).map_err(broken)?;
            upload.form(Multipart::new(body, boundary), asked).await?;
        } else {
            let name = asked.name.clone().unwrap_or_else(|| "message".to_owned());
            upload.file(MAIL, &name, pin!(body)).await?;
        }
        if upload.given.is_empty() || upload.room.taken == 0 {
            let words =
                "nothing was sent: send a message, mailbox or zip as it is, or files in a multipart/form-data form";
            return Err(Refusal::mistaken(words));
        }
        Ok(upload)
    }

    /// The folder that what is to be judged is named from.
    pub fn mail(&self) -> PathBuf {
        self.folder.path().join(MAIL)
    }

    /// What is to be judged.
    pub fn paths(&self) -> Vec<PathBuf> {
        self.given.iter().map(|path| self.mail().join(path)).collect()
    }

    /// What would be there to be judged, had its sender been able to read it.
    pub fn unread(&self) -> Vec<PathBuf> {
        self.unread.iter().map(|path| self.mail().join(path)).collect()
    }

    async fn form(&mut self, mut form: Multipart<'_>, asked: &mut Asked) -> Result<(), Refusal> {
        while let Some(field) = form.next_field().await.map_err(broken)? {
            let name = field.name().unwrap_or_default().to_owned();
            match field.file_name().map(str::to_owned) {
                // A browser says so where nothing was chosen.
                Some(file) if file.is_empty() => {}
                Some(file) => {
                    let under = if name == REFERENCE { REFERENCE } else { MAIL };
                    self.file(under, &file, pin!(chunks(field))).await?;
                }
                None => {
                    let (mut value, mut chunks) = (Vec::new(), pin!(chunks(field)));
                    while let Some(chunk) = chunks.next().await {
                        value.extend_from_slice(&chunk?);
                        if value.len() > FIELD {
                            let words = "a field of the form that is no file is longer than an option";
                            return Err(Refusal::mistaken(words));
                        }
                    }
                    let value = String::from_utf8_lossy(&value);
                    if name == UNREAD {
                        self.count()?;
                        self.unread.push(below(&value));
                    } else {
                        asked.set(&name, &value)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Lays a file down, by the name that it was sent with as far as that names one below the folder.
    async fn file(
        &mut self,
        under: &str,
        name: &str,
        mut chunks: Pin<&mut impl Stream<Item = Result<Bytes, Refusal>>>,
    ) -> Result<(), Refusal> {
        self.count()?;
        let mut file = self.create(under, name)?;
        while let Some(chunk) = chunks.next().await {
            let chunk = chunk?;
            self.held.store(0, Ordering::Relaxed);
            self.room.take(chunk.len() as u64)?;
            file.write_all(&chunk).await.map_err(unwritten)?;
        }
        file.flush().await.map_err(unwritten)
    }

    fn count(&mut self) -> Result<(), Refusal> {
        self.files += 1;
        if self.files > FILES {
            return Err(Refusal::too_large(format!("more than {FILES} files: send them as a zip")));
        }
        Ok(())
    }

    /// Where a name is taken already, by a file or a folder, the file lies in a folder of its own.
    fn create(&mut self, under: &str, name: &str) -> Result<tokio::fs::File, Refusal> {
        let name = below(name);
        for path in [name.clone(), Path::new(&self.files.to_string()).join(&name)] {
            let whole = self.folder.path().join(under).join(&path);
            match create_new(&whole) {
                Ok(file) => {
                    if under == REFERENCE {
                        self.references.push(whole);
                    } else {
                        self.given.extend(path.iter().next().map(PathBuf::from));
                    }
                    return Ok(tokio::fs::File::from_std(file));
                }
                Err(error) if matches!(error.kind(), ErrorKind::AlreadyExists | ErrorKind::NotADirectory) => {}
                Err(error) => return Err(unwritten(error)),
            }
        }
        Err(Refusal::mistaken("two files have the same name"))
    }
}

/// Done at once, not by the way of another thread: what is dropped meanwhile leaves no file that comes after all.
fn create_new(path: &Path) -> io::Result<fs::File> {
    path.parent().map_or(Ok(()), fs::create_dir_all)?;
    fs::File::create_new(path)
}

/// A path that leads nowhere but below the folder that it is joined to.
fn below(name: &str) -> PathBuf {
    let steps = name.split(['/', '\\']).filter(|step| !["", ".", ".."].contains(step));
    let steps: Vec<String> = steps.map(|step| cut(&step.replace('\0', ""))).collect();
    let kept = &steps[steps.len().saturating_sub(DEEPEST)..];
    if kept.is_empty() { PathBuf::from("unnamed") } else { kept.iter().collect() }
}

/// The end of a name that is too long: it tells what a file is.
fn cut(name: &str) -> String {
    let most = name.len().saturating_sub(LONGEST);
    name.char_indices().find(|(at, _)| *at >= most).map_or_else(String::new, |(at, _)| name[at..].to_owned())
}

/// The octets of a request as they come, up to the bound; an error once they come too slowly, or more of a form
/// is held than its parts may have of what is no file's.
fn bounded(body: Body, bounds: Bounds, held: Arc<AtomicU64>) -> impl Stream<Item = Result<Bytes, Refusal>> + Send {
    let arriving = Some((body.into_data_stream(), 0_u64, held));
    stream::unfold(arriving, move |arriving| async move {
        let (mut body, mut read, held) = arriving?;
        // Who reads a form reads on as long as something is there; after each piece it hands out what it has.
        yield_now().await;
        let Ok(next) = timeout(bounds.silence, body.next()).await else {
            let words = format!("nothing came for {} seconds", bounds.silence.as_secs());
            return Some((Err(Refusal::slow(words)), None));
        };
        let bytes = match next? {
            Ok(bytes) => bytes,
            Err(error) => return Some((Err(Refusal::mistaken(format!("it broke off: {error}"))), None)),
        };
        read += bytes.len() as u64;
        if read > bounds.upload {
            return Some((Err(too_large(bounds)), None));
        }
        if held.fetch_add(bytes.len() as u64, Ordering::Relaxed) > HELD {
            return Some((Err(Refusal::mistaken("the head of a part of the form does not end")), None));
        }
        Some((Ok(bytes), Some((body, read, held))))
    })
}

pub(super) fn too_large(bounds: Bounds) -> Refusal {
    Refusal::too_large(format!("more than {}, the most that is taken at once", told(bounds.upload)))
}

fn chunks(field: Field<'_>) -> impl Stream<Item = Result<Bytes, Refusal>> {
    stream::try_unfold(field, |mut field| async move {
        Ok(field.chunk().await.map_err(broken)?.map(|chunk| (chunk, field)))
    })
}

/// What a form's reader says, or what was said to it.
fn broken(error: multer::Error) -> Refusal {
    match error {
        multer::Error::StreamReadFailed(why) => match why.downcast::<Refusal>() {
            Ok(refusal) => *refusal,
            Err(other) => Refusal::mistaken(format!("the form broke off: {other}")),
        },
        other => Refusal::mistaken(format!("the form cannot be read: {other}")),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it stands where an error is mapped")]
fn unwritten(error: io::Error) -> Refusal {
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Refusal::busy("the temporary folder is full"),
        _ => Refusal::trouble(format!("the temporary folder takes no files: {error}")),
    }
}

const MAIL: &str = "mail";
const REFERENCE: &str = "reference";
const UNREAD: &str = "unread";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_leads_nowhere_but_below() {
        for (name, path) in [
            ("a.eml", "a.eml"),
            ("mail/2026/a.eml", "mail/2026/a.eml"),
            ("../../etc/passwd", "etc/passwd"),
            ("/etc/passwd", "etc/passwd"),
            ("C:\\mail\\a.eml", "C:/mail/a.eml"),
            ("a/./b//../c\0d", "a/b/cd"),
            ("..", "unnamed"),
            ("", "unnamed"),
        ] {
            assert_eq!(below(name), Path::new(path), "{name:?}");
        }
        let long = below(&format!("{}.eml", "è".repeat(300)));
        assert!(long.as_os_str().len() <= LONGEST && long.to_str().unwrap().ends_with("è.eml"));
        assert_eq!(below(&"a/".repeat(100)).iter().count(), DEEPEST);
    }
}
