//! One file, opened by what it is.

use std::{
    fs::{self, File},
    io::{self, Cursor, Read, Seek, SeekFrom},
    path::Path,
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use memchr::memmem;

use super::{
    Content, Item, LeftOut, Limits, Name, Step, Stream, Why, certificates, folder,
    form::{self, Form},
    gzip,
    left_out::Asked,
    mbox::{self, Mbox},
    named, only, zip,
};
use crate::{
    directory::DirectoryFile,
    message::{Mail, as_sent},
    smime::{Certificate, Purpose, Signature, SignatureState, cms_in_text, is_signed_data},
};

/// What a zip is read from.
pub trait Seekable: Read + Seek + Send {}

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
pub(super) fn given(path: &Path, base: &Path, limits: &Limits) -> Stream {
    let place = Place::new(named(path, base), Asked::ByName);
    if place.name.path().is_none() {
        return flowing(place, io::stdin(), limits);
    }
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => folder::walk(path, base, limits),
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
        Ok(file) => read(place, Box::new(file), metadata.len(), limits),
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

/// What is in a file of about this size, which only spares growing.
pub(super) fn read(place: Place, mut file: Box<dyn Seekable>, size: u64, limits: &Limits) -> Stream {
    let opened = beginning(&mut file, size).and_then(|beginning| {
        let form = match form::of(&beginning) {
            // A mailbox that was cut at the front may begin with the rest of a long message.
            Form::Other(form::TEXT) if separated(&mut file, beginning.len())? => Form::Mbox,
            form => form,
        };
        if form == Form::Zip {
            file.seek(SeekFrom::Start(0))?;
        }
        Ok((form, beginning))
    });
    match opened {
        Ok((Form::Zip, _)) => zip::members(place, file, limits),
        Ok((form, beginning)) => enter(place, form, Opened { beginning, rest: file, size }, limits),
        Err(error) => place.left_out(Why::Unreadable(error)),
    }
}

/// Whether messages of a mailbox are separated anywhere in a file, which is then where it was: after its beginning.
fn separated(file: &mut Box<dyn Seekable>, beginning: usize) -> io::Result<bool> {
    file.seek(SeekFrom::Start(0))?;
    let separated = mbox::anywhere(&mut *file)?;
    file.seek(SeekFrom::Start(beginning as u64))?;
    Ok(separated)
}

/// What comes in where nothing can be read twice.
pub(super) fn flowing(place: Place, mut input: impl Read + Send + 'static, limits: &Limits) -> Stream {
    let beginning = match beginning(&mut input, 0) {
        Ok(beginning) => beginning,
        Err(error) => return place.left_out(Why::Unreadable(error)),
    };
    let form = form::of(&beginning);
    let opened = Opened { beginning, rest: input, size: 0 };
    if form == Form::Zip {
        return match zip::spool(opened.all(), limits) {
            Ok(spool) => zip::members(place, spool, limits),
            Err(why) => place.left_out(why),
        };
    }
    enter(place, form, opened, limits)
}

/// The first octets, all of them where there are fewer than [`form::BEGINNING`].
fn beginning(input: &mut impl Read, size: u64) -> io::Result<Vec<u8>> {
    let most = form::BEGINNING as u64;
    let mut beginning = Vec::with_capacity(capacity(size.min(most)));
    input.take(most).read_to_end(&mut beginning)?;
    Ok(beginning)
}

/// One more than is expected: the end is then seen without growing.
fn capacity(size: u64) -> usize {
    usize::try_from(size).unwrap_or_default().saturating_add(1)
}

/// A file whose beginning was read.
struct Opened<R> {
    beginning: Vec<u8>,
    rest: R,
    /// How many octets it has, where that is known; it may have grown since.
    size: u64,
}

impl<R: Read + Send + 'static> Opened<R> {
    fn all(self) -> impl Read + Send + 'static {
        Cursor::new(self.beginning).chain(self.rest)
    }

    fn whole(self, limits: &Limits) -> Result<Vec<u8>, Why> {
        let mut bytes = self.beginning;
        let more = self.size.min(limits.whole).saturating_sub(bytes.len() as u64);
        if bytes.len() >= form::BEGINNING {
            bytes.reserve_exact(capacity(more));
            let bound = limits.whole.saturating_add(1).saturating_sub(bytes.len() as u64);
            self.rest.take(bound).read_to_end(&mut bytes).map_err(Why::Unreadable)?;
        }
        if bytes.len() as u64 > limits.whole { Err(Why::TooLarge(limits.whole)) } else { Ok(bytes) }
    }
}

fn enter(place: Place, form: Form, opened: Opened<impl Read + Send + 'static>, limits: &Limits) -> Stream {
    match form {
        Form::Gzip => return gzip::inside(place, Box::new(opened.all()), limits),
        Form::Empty => return place.left_out(Why::Empty),
        Form::Other(looks) if place.is_named(".eml") => return place.left_out(Why::NotMessage(looks)),
        Form::Other(looks) => return place.left_out(Why::Unknown(looks)),
        Form::Mbox => return Box::new(Mbox::new(place.name, place.asked, opened.all(), limits)),
        _ => {}
    }
    let bytes = match opened.whole(limits) {
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
        _ => certificates::found(&place, bytes),
    }
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
        (Some(content), _) if form::is_message(&content) => {
            let content = content.into_owned();
            signed_mail(place, &content, bytes)
        }
        (Some(_), _) => place.left_out(Why::SignedDocument(binary(bytes).into())),
        (None, signature) => alone(place, signature.as_ref(), binary(bytes)),
    }
}

/// A part of a message in its signature, or a whole message that somebody signed as a file, such as whoever keeps it.
fn signed_mail(place: Place, content: &[u8], cms: Vec<u8>) -> Stream {
    let is_signed_itself = Mail::read(content).is_ok_and(|mail| mail.root.content_type == "multipart/signed");
    if is_signed_itself {
        let name = place.name.step(Step::Part(vec![1]));
        return only(Ok(Item { name, content: Content::Message(as_sent(content.to_vec()).into()) }));
    }
    place.item(Content::Opaque(binary(cms).into()))
}

/// A signature without what it signs. Of those met in passing only a provider's are judged: anybody signs documents so.
fn alone(place: Place, signature: Option<&Signature>, cms: Vec<u8>) -> Stream {
    match Purpose::of(&cms) {
        Purpose::Certificates => return place.left_out(Why::Unknown("certificates in a CMS structure (.p7b)")),
        Purpose::Other => return place.left_out(Why::Unknown("a CMS structure that nobody signed, perhaps encrypted")),
        Purpose::Signature => {}
    }
    let signer = signature.and_then(|signature| signature.signer.as_deref());
    let of_a_provider = |signer: &Certificate| signer.emails.iter().any(|email| is_a_providers(email));
    match signer.map(of_a_provider) {
        Some(false) if place.asked == Asked::InPassing => place.left_out(Why::Signature(cms.into())),
        _ => place.item(Content::Signature(cms.into())),
    }
}

/// Whether an address is one that providers sign with (RFC 6109 2.2.6).
fn is_a_providers(address: &str) -> bool {
    address.rsplit_once('@').is_some_and(|(local, _)| local.eq_ignore_ascii_case("posta-certificata"))
}

/// Without the armour of PEM.
fn binary(cms: Vec<u8>) -> Vec<u8> {
    cms_in_text(&cms).unwrap_or(cms)
}

/// Base64 without armour, decoded.
fn unarmoured(text: &[u8]) -> Option<Vec<u8>> {
    let base64: Vec<u8> = text.iter().filter(|octet| !octet.is_ascii_whitespace()).copied().collect();
    BASE64_STANDARD.decode(base64).ok().filter(|cms| is_signed_data(cms))
}
