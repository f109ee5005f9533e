//! One file, opened by what it is.

use std::{
    fs::{self, File},
    io::{self, Cursor, Read, Seek, SeekFrom},
    path::Path,
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use memchr::memmem;

use super::{
    Content, Item, LeftOut, Limits, Name, Stream, Why, certificates, folder,
    form::{self, Form},
    gzip,
    left_out::Asked,
    mbox::{self, Mbox},
    only,
    stored::as_sent,
    zip,
};
use crate::{
    directory::DirectoryFile,
    smime::{Signature, SignatureState, is_signed_data},
};

/// What a zip is read from.
pub(super) trait Seekable: Read + Seek + Send {}

impl<T: Read + Seek + Send> Seekable for T {}

/// Where a file lies.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub name: Name,
    pub asked: Asked,
    /// In how many zips.
    pub zips: usize,
}

impl Place {
    pub fn new(name: Name, asked: Asked) -> Self {
        Self { name, asked, zips: 0 }
    }

    /// Nothing but why it was left out.
    pub fn left_out(self, why: Why) -> Stream {
        only(Err(LeftOut { name: self.name, asked: self.asked, why }))
    }

    fn item(self, content: Content) -> Stream {
        only(Ok(Item { name: self.name, content }))
    }

    /// Whether its name ends like this, letter case aside, and but for what says that it is packed.
    fn is_named(&self, end: &str) -> bool {
        let name = self.name.to_string().to_ascii_lowercase();
        name.strip_suffix(".gz").unwrap_or(&name).ends_with(end)
    }
}

/// What is at a path that was named.
pub(super) fn given(path: &Path, limits: &Limits) -> Stream {
    if path == Path::new("-") {
        return flowing(Place::new(Name::stdin(), Asked::ByName), io::stdin(), limits);
    }
    let place = Place::new(Name::file(path), Asked::ByName);
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => folder::walk(path, limits),
        Ok(metadata) => at(path, place, &metadata, limits),
        Err(error) => place.left_out(Why::Unreadable(error)),
    }
}

/// What is in the file at a path. What is no file is not opened: a named pipe would wait for a writer, a device never end.
pub(super) fn at(path: &Path, place: Place, metadata: &fs::Metadata, limits: &Limits) -> Stream {
    if let Some(what) = special(metadata) {
        return place.left_out(Why::NotFile(what));
    }
    match File::open(path) {
        Ok(file) => read(place, Box::new(file), limits),
        Err(error) => place.left_out(Why::Unreadable(error)),
    }
}

#[cfg(unix)]
fn special(metadata: &fs::Metadata) -> Option<&'static str> {
    use std::os::unix::fs::FileTypeExt as _;
    let kind = metadata.file_type();
    if kind.is_file() {
        None
    } else if kind.is_fifo() {
        Some("a named pipe")
    } else if kind.is_socket() {
        Some("a socket")
    } else {
        Some("a device")
    }
}

#[cfg(not(unix))]
fn special(metadata: &fs::Metadata) -> Option<&'static str> {
    (!metadata.is_file()).then_some("a device")
}

/// What is in a file.
pub(super) fn read(place: Place, mut file: Box<dyn Seekable>, limits: &Limits) -> Stream {
    let beginning = beginning(&mut file).and_then(|beginning| {
        file.seek(SeekFrom::Start(0))?;
        Ok(beginning)
    });
    match beginning {
        Ok(beginning) => match form::of(&beginning) {
            Form::Zip => zip::members(place, file, limits),
            Form::Gzip => gzip::inside(place, file, limits),
            // A mailbox that was cut at the front may begin with the rest of a long message.
            Form::Other(form::TEXT) => match separated(&mut file) {
                Ok(true) => enter(place, Form::Mbox, file, limits),
                Ok(false) => enter(place, Form::Other(form::TEXT), file, limits),
                Err(error) => place.left_out(Why::Unreadable(error)),
            },
            form => enter(place, form, file, limits),
        },
        Err(error) => place.left_out(Why::Unreadable(error)),
    }
}

fn separated(file: &mut Box<dyn Seekable>) -> io::Result<bool> {
    let found = mbox::anywhere(&mut *file)?;
    file.seek(SeekFrom::Start(0))?;
    Ok(found)
}

/// What comes in where nothing can be read twice.
pub(super) fn flowing(place: Place, mut input: impl Read + Send + 'static, limits: &Limits) -> Stream {
    let beginning = match beginning(&mut input) {
        Ok(beginning) => beginning,
        Err(error) => return place.left_out(Why::Unreadable(error)),
    };
    let form = form::of(&beginning);
    let input = Cursor::new(beginning).chain(input);
    if form == Form::Zip {
        return match zip::spool(input, limits) {
            Ok(spool) => zip::members(place, spool, limits),
            Err(why) => place.left_out(why),
        };
    }
    if form == Form::Gzip {
        return gzip::inside(place, Box::new(input), limits);
    }
    enter(place, form, input, limits)
}

fn beginning(input: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut beginning = Vec::new();
    input.take(form::BEGINNING as u64).read_to_end(&mut beginning)?;
    Ok(beginning)
}

fn enter(place: Place, form: Form, input: impl Read + Send + 'static, limits: &Limits) -> Stream {
    match form {
        Form::Empty => return place.left_out(Why::Empty),
        Form::Other(looks) if place.is_named(".eml") => return place.left_out(Why::NotMessage(looks)),
        Form::Other(looks) => return place.left_out(Why::Unknown(looks)),
        Form::Mbox => return Box::new(Mbox::new(place.name, place.asked, input, limits)),
        _ => {}
    }
    let bytes = match whole(input, limits) {
        Ok(bytes) => bytes,
        Err(why) => return place.left_out(why),
    };
    match form {
        Form::Message if mbox::follows(&bytes) => {
            Box::new(Mbox::new(place.name, place.asked, Cursor::new(bytes), limits))
        }
        Form::Message => place.item(Content::Message(as_sent(bytes).into())),
        Form::Ldif => place.item(Content::Directory(bytes.into())),
        Form::Daticert => place.item(Content::Daticert(bytes.into())),
        Form::Cms => cms(place, bytes),
        Form::Pem if DirectoryFile::open(&bytes).signature.is_some() => cms(place, bytes),
        Form::Pem => certificates::pem(&place, &bytes),
        _ => certificates::der(&place, bytes),
    }
}

fn whole(input: impl Read, limits: &Limits) -> Result<Vec<u8>, Why> {
    let mut bytes = Vec::new();
    input.take(limits.whole.saturating_add(1)).read_to_end(&mut bytes).map_err(Why::Unreadable)?;
    if bytes.len() as u64 > limits.whole { Err(Why::TooLarge(limits.whole)) } else { Ok(bytes) }
}

/// A CMS structure: a directory in its signature, a signature by itself, or some other document in its signature.
fn cms(place: Place, bytes: Vec<u8>) -> Stream {
    let bytes = if is_signed_data(&bytes) { bytes } else { unarmoured(&bytes).unwrap_or(bytes) };
    let opened = DirectoryFile::open(&bytes);
    match (opened.content, opened.signature) {
        (Some(content), _) if form::is_ldif(&content) => place.item(Content::Directory(bytes.into())),
        // Cut or broken, so that its content cannot be taken out: it may be seen through the structure.
        (None, Some(Signature { state: SignatureState::Malformed(_), .. }))
            if memmem::find(&bytes, b"o=postacert").is_some() =>
        {
            place.item(Content::Directory(bytes.into()))
        }
        (None, _) => place.item(Content::Signature(binary(bytes).into())),
        (Some(_), _) => place.left_out(Why::SignedDocument(binary(bytes).into())),
    }
}

/// Without the armour of PEM.
fn binary(cms: Vec<u8>) -> Vec<u8> {
    let binary = der::pem::decode_vec(&cms).ok().map(|(_, binary)| binary);
    binary.unwrap_or(cms)
}

/// Base64 without armour, decoded.
fn unarmoured(text: &[u8]) -> Option<Vec<u8>> {
    let base64: Vec<u8> = text.iter().filter(|octet| !octet.is_ascii_whitespace()).copied().collect();
    BASE64_STANDARD.decode(base64).ok().filter(|cms| is_signed_data(cms))
}
