//! Revocation by the lists in hand (RFC 5280 5 and 6.3), as it was at a given time.
//!
//! Written here rather than left to a library, none of which knows a time of revocation: a message that was signed
//! before its signer was revoked stays well signed.

use std::sync::Arc;

use super::{
    PathError,
    crl::{Entry, List, Reason},
    link::Link,
    moment::Moment,
    scope::ALL_REASONS,
};

/// Revocation lists.
#[derive(Debug, Default)]
pub struct Lists {
    lists: Vec<List>,
    /// How many could not be read; what is wrong with the last of them.
    unreadable: Option<String>,
}

impl Lists {
    /// Reads lists from DER; one that cannot be read tells nothing, and is told where it may have been the one wanted.
    pub fn read(lists: impl IntoIterator<Item = Arc<[u8]>>) -> Self {
        let mut read = Self::default();
        for der in lists {
            match List::read(&der) {
                Ok(list) => read.lists.push(list),
                Err(problem) => read.unreadable = Some(problem),
            }
        }
        read
    }

    /// Whether a certificate is revoked, and whether the lists can tell. `sign` says whether a list of the certificate's
    /// issuer is signed by somebody who may, and else why not.
    pub fn check(
        &self,
        certificate: &Link,
        moment: &Moment,
        mut sign: impl FnMut(&List) -> Result<(), String>,
    ) -> Result<(), PathError> {
        let mut usable = Vec::new();
        let mut lack = self.unreadable.as_ref().map(|problem| format!("it cannot be read: {problem}"));
        for list in self.lists.iter().filter(|list| list.issuer == certificate.issuer) {
            if let Err(why) = sign(list) {
                lack = Some(why);
            } else if let Some(trouble) = &list.trouble {
                lack = Some(trouble.clone());
            } else if list.scope.reasons_told(certificate) == 0 {
                lack = Some("it is about other certificates of the same issuer".to_owned());
            } else {
                usable.push(list);
            }
        }
        Told { usable, certificate, moment }.verdict(lack)
    }
}

/// The lists that tell of a certificate.
struct Told<'a> {
    usable: Vec<&'a List>,
    certificate: &'a Link,
    moment: &'a Moment,
}

impl Told<'_> {
    fn verdict(&self, mut lack: Option<String>) -> Result<(), PathError> {
        let (mut reasons, mut stale) = (0, None);
        let complete = || self.usable.iter().filter(|list| list.changes.is_none());
        for delta in self.usable.iter().filter(|list| list.changes.is_some()) {
            let laid_over = complete().any(|list| is_laid_over(delta, list));
            if !laid_over && self.entries(delta).into_iter().any(|entry| self.revokes(entry)) {
                return Err(PathError::Revoked);
            }
        }
        for list in complete() {
            let delta = self.newest_delta(list);
            if self.is_revoked(list, delta) {
                return Err(PathError::Revoked);
            }
            let next = match delta {
                Some(delta) => delta.next_update.zip(list.next_update).map(|(delta, own)| delta.max(own)),
                None => list.next_update,
            };
            if let Some(next) = next.filter(|next| self.moment.is_after(*next)) {
                stale = stale.max(Some(next));
            } else if self.is_changed_unseen(list) {
                lack = Some("a delta list changes one that is not at hand".to_owned());
            } else {
                reasons |= list.scope.reasons_told(self.certificate);
            }
        }
        match (stale, lack) {
            _ if reasons == ALL_REASONS => Ok(()),
            (Some(next), _) => Err(PathError::StaleCrl(next)),
            (None, Some(lack)) => Err(PathError::UnusableCrl(lack)),
            (None, None) if reasons != 0 => {
                Err(PathError::UnusableCrl("it is about some reasons to revoke only".to_owned()))
            }
            (None, None) => Err(PathError::NoCrl),
        }
    }

    /// An entry counts from its date on, even where the list itself is out of date. A delta list wins over the complete
    /// one below it, and a newer complete one over a suspension in an older one.
    fn is_revoked(&self, list: &List, delta: Option<&List>) -> bool {
        let changed = delta.map(|delta| self.entries(delta)).unwrap_or_default();
        if let Some(last) = changed.last() {
            return self.revokes(*last);
        }
        let is_superseded = self
            .usable
            .iter()
            .any(|other| other.changes.is_none() && other.scope == list.scope && other.this_update > list.this_update);
        let entries = self.entries(list).into_iter();
        entries.filter(|entry| entry.reason != Reason::Hold || !is_superseded).any(|entry| self.revokes(entry))
    }

    fn entries(&self, list: &List) -> Vec<Entry> {
        list.entries(self.certificate.tbs().serial_number().as_bytes())
    }

    fn revokes(&self, entry: Entry) -> bool {
        entry.reason != Reason::Removed && !self.moment.is_before(entry.date)
    }

    fn newest_delta(&self, list: &List) -> Option<&List> {
        let deltas = self.usable.iter().copied().filter(|delta| is_laid_over(delta, list));
        deltas.max_by(|one, other| one.number.cmp(&other.number))
    }

    /// Whether a delta list newer than a complete one starts from a later one.
    fn is_changed_unseen(&self, list: &List) -> bool {
        let of_its_scope = self.usable.iter().filter(|delta| delta.scope == list.scope);
        of_its_scope.filter(|delta| delta.changes > list.number).any(|delta| delta.number > list.number)
    }
}

/// Whether a delta list may be laid over a complete list (RFC 5280 5.2.4).
fn is_laid_over(delta: &List, list: &List) -> bool {
    delta.scope == list.scope
        && delta.changes.is_some()
        && list.number.is_some()
        && delta.changes <= list.number
        && delta.number > list.number
}
