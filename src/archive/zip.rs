//! Zips: their members, in order of name, each unpacked as it is asked for and never by its path.

use std::io::{self, Read, Seek, SeekFrom};

use tempfile::SpooledTempFile;
use zip::{ZipArchive, result::ZipError};

use super::{
    Found, LeftOut, Limits, Step, Stream, Why,
    file::{self, Place, Seekable},
    left_out::Asked,
};

/// What is kept in memory before a temporary file is made, in octets.
const IN_MEMORY: usize = 16 << 20;

/// A zip whose members are few enough to be listed; none of them was unpacked.
pub struct Zip {
    /// Its members.
    pub archive: ZipArchive<Box<dyn Seekable>>,
    /// How many members have the name of another, and cannot be reached.
    pub hidden: u64,
    /// Octets of the file.
    size: u64,
}

impl Zip {
    /// Of a file.
    pub fn open(mut zip: Box<dyn Seekable>, limits: &Limits) -> Result<Self, Why> {
        let directory = Directory::read(&mut zip).map_err(Why::Unreadable)?;
        if directory.members > limits.members as u64 {
            return Err(Why::Beyond(format!("a zip of more than {} members is not looked into", limits.members)));
        }
        let archive = ZipArchive::new(zip).map_err(|error| broken(&error))?;
        let hidden = directory.members.saturating_sub(archive.len() as u64);
        Ok(Self { archive, hidden, size: directory.size })
    }

    /// How many octets may come of it.
    pub fn budget(&self, limits: &Limits) -> u64 {
        limits.unpacked.saturating_add(self.size.saturating_mul(limits.ratio))
    }
}

/// The members of a zip.
pub(super) struct Members {
    place: Place,
    limits: Limits,
    archive: ZipArchive<Box<dyn Seekable>>,
    /// Indexes in order of name.
    order: std::vec::IntoIter<usize>,
    /// How many octets may still be unpacked.
    budget: u64,
    open: Option<Stream>,
}

/// What is in a zip.
pub(super) fn members(place: Place, zip: Box<dyn Seekable>, limits: &Limits) -> Stream {
    if place.zips > 1 {
        return place.left_out(Why::ZipTooDeep);
    }
    let zip = match Zip::open(zip, limits) {
        Ok(zip) => zip,
        Err(why) => return place.left_out(why),
    };
    let budget = zip.budget(limits);
    let Zip { archive, hidden, .. } = zip;
    let mut order: Vec<usize> = (0..archive.len()).collect();
    order.sort_by(|a, b| archive.name_for_index(*a).cmp(&archive.name_for_index(*b)));
    let told = match (hidden, archive.len()) {
        (0, 0) => Some(Why::NothingInside),
        (0, _) => None,
        (many, _) => Some(Why::Beyond(format!("{many} members have the name of another and are not looked at"))),
    };
    let told = told.map(|why| Err(LeftOut { name: place.name.clone(), asked: place.asked, why }));
    let place = Place { zips: place.zips + 1, ..place };
    let members = Members { place, limits: limits.clone(), archive, order: order.into_iter(), budget, open: None };
    Box::new(told.into_iter().chain(members))
}

impl Iterator for Members {
    type Item = Found;

    fn next(&mut self) -> Option<Found> {
        loop {
            if let Some(found) = self.open.as_mut().and_then(Iterator::next) {
                return Some(found);
            }
            self.open = None;
            let index = self.order.next()?;
            self.open = self.member(index);
        }
    }
}

impl Members {
    /// What is in a member; nothing where it is a folder.
    fn member(&mut self, index: usize) -> Option<Stream> {
        let name = |raw: &[u8]| self.place.name.step(Step::Member(raw.to_vec()));
        let listed = self.archive.name_for_index(index).unwrap_or_default().as_bytes().to_vec();
        let (name, unpacked) = match self.archive.by_index(index) {
            Ok(member) if member.is_dir() => return None,
            Ok(member) => {
                let name = name(member.name_raw());
                let bound = self.budget.min(self.limits.spooled);
                (name, unpack(member, bound))
            }
            Err(error) => (name(&listed), Err(broken(&error))),
        };
        let place = Place { name, asked: Asked::InPassing, ..self.place.clone() };
        Some(match unpacked {
            Ok((spool, size)) => {
                self.budget -= size;
                file::read(place, Box::new(spool), size, &self.limits)
            }
            Err(why) => {
                if matches!(why, Why::Beyond(_)) {
                    // A bomb: what else is in it is not tried.
                    self.order = Vec::new().into_iter();
                }
                place.left_out(why)
            }
        })
    }
}

fn unpack(member: impl Read, bound: u64) -> Result<(SpooledTempFile, u64), Why> {
    let mut spool = SpooledTempFile::new(IN_MEMORY);
    match io::copy(&mut member.take(bound.saturating_add(1)), &mut spool) {
        Ok(size) if size > bound => Err(Why::Beyond(format!(
            "it unpacks to more than {} MiB: neither it nor what comes after it is looked at; unpack the zip and give the \
             folder",
            bound >> 20
        ))),
        Ok(size) => {
            spool.seek(SeekFrom::Start(0)).map_err(Why::Unreadable)?;
            Ok((spool, size))
        }
        Err(error) => Err(Why::BrokenZip(error.to_string())),
    }
}

/// Lays standard input down, since a zip is read from its end.
pub(super) fn spool(zip: impl Read, limits: &Limits) -> Result<Box<dyn Seekable>, Why> {
    let mut spool = SpooledTempFile::new(IN_MEMORY);
    let size = io::copy(&mut zip.take(limits.spooled.saturating_add(1)), &mut spool).map_err(Why::Unreadable)?;
    if size > limits.spooled {
        return Err(Why::TooLarge(limits.spooled));
    }
    Ok(Box::new(spool))
}

fn broken(error: &ZipError) -> Why {
    match error {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => Why::Encrypted,
        ZipError::Io(error) => Why::BrokenZip(error.to_string()),
        error => Why::BrokenZip(error.to_string()),
    }
}

/// What the end of a zip says of it: read before the members are, which all cost memory.
struct Directory {
    /// Octets of the file.
    size: u64,
    members: u64,
}

impl Directory {
    fn read(zip: &mut dyn Seekable) -> io::Result<Self> {
        const END: usize = 22;
        const LONGEST_COMMENT: u64 = 0xffff;
        let size = zip.seek(SeekFrom::End(0))?;
        let start = size.saturating_sub(LONGEST_COMMENT + END as u64);
        let tail = octets(zip, start, size - start)?;
        let Some(end) = memchr::memmem::rfind(&tail, b"PK\x05\x06").filter(|end| end + END <= tail.len()) else {
            return Ok(Self { size, members: 0 });
        };
        let short = u16::from_le_bytes([tail[end + 10], tail[end + 11]]);
        let locator = end.checked_sub(20).map(|at| &tail[at..end]).filter(|it| it.starts_with(b"PK\x06\x07"));
        let mut members = u64::from(short);
        if let (u16::MAX, Some(locator)) = (short, locator) {
            let at = number(&locator[8..16]);
            let long = if at < size { octets(zip, at, 56.min(size - at))? } else { Vec::new() };
            if long.len() == 56 && long.starts_with(b"PK\x06\x06") {
                members = number(&long[32..40]);
            }
        }
        Ok(Self { size, members })
    }
}

fn octets(zip: &mut dyn Seekable, at: u64, many: u64) -> io::Result<Vec<u8>> {
    zip.seek(SeekFrom::Start(at))?;
    let mut octets = Vec::new();
    zip.take(many).read_to_end(&mut octets)?;
    Ok(octets)
}

fn number(octets: &[u8]) -> u64 {
    octets.iter().rev().fold(0, |number, octet| number << 8 | u64::from(*octet))
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write as _};

    use zip::{ZipWriter, unstable::write::FileOptionsExt as _, write::SimpleFileOptions};

    use super::*;
    use crate::archive::{Content, Item, Name};

    fn zip(members: &[(&str, &[u8])], password: Option<&[u8]>) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in members {
            let options = SimpleFileOptions::default();
            let options = password.map_or(options, |password| options.with_deprecated_encryption(password));
            zip.start_file(*name, options).unwrap();
            zip.write_all(bytes).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    fn told(zip: Vec<u8>, limits: &Limits) -> Vec<String> {
        let found = members(Place::new(Name::file("z"), Asked::ByName), Box::new(Cursor::new(zip)), limits);
        let told = found.map(|found| match found {
            Ok(Item { name, content: Content::Message(_) }) => format!("{name}"),
            Ok(other) => panic!("{other:?}"),
            Err(left_out) => format!("{}: {}", left_out.name, left_out.why),
        });
        told.collect()
    }

    #[test]
    fn members_come_in_order_of_name() {
        let zip = zip(
            &[
                (
                    "b.eml",
                    b"Subject: b

",
                ),
                ("a/", b""),
                (
                    "a/c",
                    b"Subject: c

",
                ),
                ("x", b""),
            ],
            None,
        );
        assert_eq!(told(zip, &Limits::default()), ["z: a/c", "z: b.eml", "z: x: empty"]);
        assert_eq!(told(super::tests::zip(&[], None), &Limits::default()), ["z: there is nothing to check in it"]);
    }

    #[test]
    fn a_bomb_is_told_and_left() {
        let limits = Limits { unpacked: 100_000, ratio: 2, ..Limits::default() };
        let nothing = vec![b'x'; 1 << 20];
        let told = told(
            zip(
                &[
                    ("1", &nothing),
                    (
                        "2.eml",
                        b"Subject: 2

",
                    ),
                ],
                None,
            ),
            &limits,
        );
        assert!(told.len() == 1 && told[0].starts_with("z: 1: it unpacks to more than"), "{told:?}");
    }

    #[test]
    fn what_cannot_be_unpacked_is_told_and_the_rest_is_read() {
        let secret = zip(
            &[(
                "a.eml",
                b"Subject: a

",
            )],
            Some(b"x"),
        );
        let encrypted = "z: a.eml: encrypted: unpack it with its password and give the folder";
        assert_eq!(told(secret, &Limits::default()), [encrypted]);
        let mut broken = zip(
            &[
                ("a.eml", b"Subject: a\n\n"),
                (
                    "b.eml",
                    b"Subject: b

",
                ),
            ],
            None,
        );
        let at = memchr::memmem::find(&broken, b"a.eml").unwrap() + 7;
        broken[at] ^= 0xff;
        let told = told(broken, &Limits::default());
        assert!(told[0].starts_with("z: a.eml: does not unpack") && told[1..] == ["z: b.eml"], "{told:?}");
    }

    #[test]
    fn members_behind_one_name_and_too_many_are_told() {
        let mut twice = zip(
            &[
                (
                    "a.eml",
                    b"Subject: a

",
                ),
                (
                    "b.eml",
                    b"Subject: b

",
                ),
            ],
            None,
        );
        for at in memchr::memmem::find_iter(&twice.clone(), b"b.eml") {
            twice[at] = b'a';
        }
        let hidden = "z: 1 members have the name of another and are not looked at";
        assert_eq!(told(twice.clone(), &Limits::default())[0], hidden);
        let limits = Limits { members: 1, ..Limits::default() };
        assert_eq!(told(twice, &limits), ["z: a zip of more than 1 members is not looked into"]);
    }

    #[test]
    fn no_cut_or_mutation_panics() {
        let whole = zip(
            &[
                (
                    "a.eml",
                    b"Subject: a

",
                ),
                (
                    "b.eml",
                    b"Subject: b

",
                ),
            ],
            None,
        );
        for at in 0..whole.len() {
            let _ = told_any(whole[..at].to_vec());
            let mut mutated = whole.clone();
            mutated[at] ^= 0x55;
            let _ = told_any(mutated);
        }
    }

    fn told_any(zip: Vec<u8>) -> usize {
        members(Place::new(Name::file("z"), Asked::ByName), Box::new(Cursor::new(zip)), &Limits::default()).count()
    }
}
