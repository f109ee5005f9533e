//! The facts of messages, kept until what belongs together is judged: in memory while they are few, else on disk, spread
//! by their identifier, so that one part at a time is in memory.
//!
//! Messages that name another identifier than their envelope's lie in another part. So the parts are gone through three
//! times: for outlines, which are spread by the client's msgid and tell which messages belong elsewhere; to put those there;
//! and to hand on each part, which is then whole. What comes of it is the same as in memory.

use std::{collections::HashMap, io};

use super::parts::{PARTS, Parts, Written};
use crate::{
    message::Kind,
    rules::{Distinct, Member, Move, Placed, Transaction},
};

/// Messages whose facts are held in memory: some megabytes.
const IN_MEMORY: usize = 5_000;

/// Facts of messages by identifier.
pub struct Spill {
    /// How many are held in memory.
    room: usize,
    few: Vec<Placed>,
    many: Option<Parts<Placed>>,
    /// How many came.
    came: u64,
    /// Whether there is a transport envelope.
    envelopes: bool,
}

impl Default for Spill {
    fn default() -> Self {
        Self { room: IN_MEMORY, few: Vec::new(), many: None, came: 0, envelopes: false }
    }
}

impl Spill {
    /// Takes a message's facts in. An error is the disk's.
    pub fn add(&mut self, member: Member) -> io::Result<()> {
        self.envelopes |= member.kind == Kind::PostaCertificata;
        let placed = Placed { place: self.came, group: member.identifier(), member };
        self.came += 1;
        if self.many.is_none() && self.few.len() < self.room {
            self.few.push(placed);
            return Ok(());
        }
        if self.many.is_none() {
            self.many = Some(Parts::create()?);
        }
        let Some(parts) = &mut self.many else { return Ok(()) };
        for placed in self.few.drain(..).chain([placed]) {
            parts.write(&placed.group, &placed)?;
        }
        Ok(())
    }

    /// What belongs together; of what lies on disk a part at a time is in memory.
    pub fn transactions(self) -> io::Result<Box<dyn Iterator<Item = io::Result<Transaction>> + Send>> {
        let Some(parts) = self.many else {
            let few: Distinct = self.few.into_iter().collect();
            return Ok(Box::new(Transaction::of_all(few).into_iter().map(Ok)));
        };
        let own = parts.close()?;
        let strays = if self.envelopes { Some(Strays::of(&own)?) } else { None };
        Ok(Box::new((0..PARTS).flat_map(move |at| match part(&own, strays.as_ref(), at) {
            Ok(transactions) => transactions.into_iter().map(Ok).collect(),
            Err(error) => vec![Err(error)],
        })))
    }
}

/// The transactions of a part.
fn part(own: &Written<Placed>, strays: Option<&Strays>, at: usize) -> io::Result<Vec<Transaction>> {
    let mut whole = Distinct::default();
    let gone = strays.map(|strays| homes(&strays.leaving, at)).transpose()?.unwrap_or_default();
    for placed in own.read(at)? {
        let placed = placed?;
        if !gone.contains_key(&placed.group) {
            whole.add(placed);
        }
    }
    if let Some(strays) = strays {
        for placed in strays.arriving.read(at)? {
            whole.add(placed?);
        }
    }
    Ok(Transaction::of_part(whole))
}

/// Messages that belong to another part than that of their identifier.
struct Strays {
    /// What leaves, by the strays' identifier.
    leaving: Written<Move>,
    /// The strays, in the part of the envelope that they belong to.
    arriving: Written<Placed>,
}

impl Strays {
    fn of(own: &Written<Placed>) -> io::Result<Self> {
        let mut outlines = Parts::create()?;
        for at in 0..PARTS {
            let members: Distinct = own.read(at)?.collect::<Result<_, _>>()?;
            for outline in members.outlines() {
                outlines.write(&outline.msgid, &outline)?;
            }
        }
        let outlines = outlines.close()?;
        let mut leaving = Parts::create()?;
        for at in 0..PARTS {
            for told in Move::among(outlines.read(at)?.collect::<Result<_, _>>()?) {
                leaving.write(&told.stray, &told)?;
            }
        }
        drop(outlines);
        let leaving = leaving.close()?;
        let mut arriving = Parts::create()?;
        for at in 0..PARTS {
            let homes = homes(&leaving, at)?;
            if homes.is_empty() {
                continue;
            }
            for placed in own.read(at)? {
                let placed: Placed = placed?;
                if let Some(home) = homes.get(&placed.group) {
                    arriving.write(home, &Placed { group: home.clone(), ..placed })?;
                }
            }
        }
        Ok(Self { leaving, arriving: arriving.close()? })
    }
}

/// Where the strays of a part belong, by their identifier.
fn homes(leaving: &Written<Move>, part: usize) -> io::Result<HashMap<String, String>> {
    let moves = leaving.read(part)?;
    moves.map(|told: io::Result<Move>| told.map(|told| (told.stray, told.home))).collect()
}

#[cfg(test)]
mod tests {
    use std::cmp::Ordering;

    use super::*;
    use crate::{
        check::parts,
        evidence::{Evidence, Observation, Party, Seen},
        message::Message,
        rules::{Judge, Options, Reference, all},
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
            let transactions = spill.transactions().unwrap().map(Result::unwrap);
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

    /// A delivery that names another identifier than its envelope's belongs to that, in whatever part it lies, and what is
    /// found is the same.
    #[test]
    fn strays_come_home_from_every_part_of_the_disk() {
        // Before the part of its envelope, in the same, and behind it.
        let home = parts::part(&member(1, "c06/env.eml").data.identificativo);
        let names = || (0..).map(|number| format!("stray{number}@pec.bravo.example"));
        let strays = [Ordering::Less, Ordering::Equal, Ordering::Greater]
            .map(|order| names().find(|name| parts::part(name).cmp(&home) == order).unwrap());
        let judged = |room: usize, stray: &str| {
            let mut spill = Spill { room, ..Spill::default() };
            for (at, name) in
                ["c06/acc.eml", "c06/con.eml", "n01-acc.eml", "c06/env.eml", "c06/pic.eml"].into_iter().enumerate()
            {
                let mut member = member(at + 1, name);
                if name == "c06/con.eml" {
                    stray.clone_into(&mut member.data.identificativo);
                }
                spill.add(member).unwrap();
            }
            let trust = Trust::default();
            let reference = Reference::new(&[], &trust);
            let judge = Judge::new(all(), &reference, Options::default());
            let mut told: Vec<String> = Vec::new();
            for transaction in spill.transactions().unwrap().map(Result::unwrap) {
                let seen: Vec<usize> = transaction.messages.iter().map(Member::observation).collect();
                let judgement = judge.transaction(&transaction, &Evidence::default());
                let verdicts = judgement.verdicts.iter();
                let found: Vec<String> = verdicts.map(|it| format!("{} {:?}", it.rule.id, it.outcome)).collect();
                told.push(format!("{}: {seen:?} {found:?}", transaction.identifier));
            }
            told.sort();
            told
        };
        for stray in &strays {
            let told = judged(IN_MEMORY, stray);
            assert_eq!(told.len(), 2, "{told:#?}");
            assert!(told[0].contains("[1, 2, 4, 5]") && told[0].contains("choreography/same-identifier"), "{told:#?}");
            assert_eq!(judged(0, stray), told);
        }
    }
}
