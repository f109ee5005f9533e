//! The facts of messages, kept until what belongs together is judged: in memory while they are few, else on disk, spread
//! by their identifier, so that one part at a time is in memory.

use std::{
    fs::File,
    io::{self, BufReader, BufWriter, Read as _, Write as _},
};

use tempfile::TempDir;

use crate::rules::{Distinct, Member};

/// Parts on disk: of a million messages each has some thousands.
const PARTS: usize = 256;

/// Messages whose facts are held in memory: some megabytes.
const IN_MEMORY: usize = 5_000;

/// Facts of messages by identifier.
pub struct Spill {
    /// How many are held in memory.
    room: usize,
    few: Vec<Member>,
    many: Option<Parts>,
}

struct Parts {
    folder: TempDir,
    files: Vec<BufWriter<File>>,
}

impl Default for Spill {
    fn default() -> Self {
        Self { room: IN_MEMORY, few: Vec::new(), many: None }
    }
}

impl Spill {
    /// Takes a message's facts in. An error is the disk's.
    pub fn add(&mut self, member: Member) -> io::Result<()> {
        if self.many.is_none() && self.few.len() < self.room {
            self.few.push(member);
            return Ok(());
        }
        if self.many.is_none() {
            self.many = Some(Parts::create()?);
        }
        let Some(parts) = &mut self.many else { return Ok(()) };
        for member in self.few.drain(..) {
            parts.write(&member)?;
        }
        parts.write(&member)
    }

    /// Each part in turn: all facts of an identifier are in one, in the order they came.
    pub fn parts(self) -> Box<dyn Iterator<Item = io::Result<Distinct>>> {
        let Some(Parts { folder, files }) = self.many else {
            let mut few = Distinct::default();
            few.extend(self.few);
            return Box::new(std::iter::once(Ok(few)));
        };
        let parts = files.into_iter().enumerate();
        Box::new(parts.map(move |(at, file)| {
            file.into_inner().map_err(io::IntoInnerError::into_error)?;
            read(&folder.path().join(at.to_string()))
        }))
    }
}

impl Parts {
    fn create() -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix("pec-conformance-").tempdir()?;
        let files = (0..PARTS).map(|at| File::create(folder.path().join(at.to_string())).map(BufWriter::new));
        Ok(Self { files: files.collect::<Result<_, _>>()?, folder })
    }

    fn write(&mut self, member: &Member) -> io::Result<()> {
        let facts = postcard::to_stdvec(member).map_err(io::Error::other)?;
        let file = &mut self.files[part(&member.identifier())];
        file.write_all(&u32::try_from(facts.len()).map_err(io::Error::other)?.to_le_bytes())?;
        file.write_all(&facts)
    }
}

/// The part of an identifier; the same in every run (FNV-1a).
fn part(identifier: &str) -> usize {
    let hash = identifier
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    usize::try_from(hash % PARTS as u64).unwrap_or_default()
}

fn read(path: &std::path::Path) -> io::Result<Distinct> {
    let mut file = BufReader::new(File::open(path)?);
    let mut members = Distinct::default();
    let mut length = [0; 4];
    let mut facts = Vec::new();
    loop {
        match file.read_exact(&mut length) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(members),
            Err(error) => return Err(error),
        }
        facts.resize(u32::from_le_bytes(length) as usize, 0);
        file.read_exact(&mut facts)?;
        members.extend([postcard::from_bytes(&facts).map_err(io::Error::other)?]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        evidence::{Evidence, Observation, Party, Seen},
        message::Message,
        rules::{Judge, Options, Reference, Transaction, all},
        smime::Trust,
    };

    /// The facts of a case, as `check` finds them.
    fn member(id: usize, name: &str) -> Member {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/in").join(name);
        let message = Message::read(std::fs::read(path).unwrap()).unwrap();
        let observation = Observation {
            id,
            bytes: message.mail.raw.clone(),
            seen: Seen::File { path: name.to_owned() },
            at: "2025-06-01T00:00:00Z".parse().unwrap(),
            path: None,
            producer: Party::Undetermined,
            name: None,
            dialogue: None,
        };
        let evidence = Evidence { observations: vec![observation], ..Evidence::default() };
        let trust = Trust::default();
        let reference = Reference::new(&[], &trust);
        let judge = Judge::new(all(), &reference, Options::default());
        judge.lone(message, &evidence, &mut judge.clerk()).member.unwrap()
    }

    #[test]
    fn what_belongs_together_comes_back_together_from_the_disk_as_from_memory() {
        let names = ["c06/acc.eml", "n01-acc.eml", "c06/con.eml", "c06/env.eml", "c06/pic.eml", "c06/acc.eml"];
        let put_together = |room: usize| {
            let mut spill = Spill { room, ..Spill::default() };
            for (at, name) in names.into_iter().enumerate() {
                spill.add(member(at + 1, name)).unwrap();
            }
            let parts: Vec<_> = spill.parts().map(Result::unwrap).collect();
            let transactions = parts.into_iter().flat_map(Transaction::of_members);
            let mut told: Vec<(String, Vec<usize>, usize)> = transactions
                .map(|it| {
                    let seen = it.messages.iter().map(Member::observation).collect();
                    (it.identifier, seen, it.messages[0].seen.len())
                })
                .collect();
            told.sort();
            told
        };
        let told = put_together(2);
        assert_eq!(told, put_together(IN_MEMORY));
        // The acceptance lies in two places and is one message.
        assert_eq!(told.iter().map(|(_, seen, _)| seen.clone()).collect::<Vec<_>>(), [vec![1, 3, 4, 5], vec![2]]);
        assert_eq!(told[0].2, 2);
    }
}
