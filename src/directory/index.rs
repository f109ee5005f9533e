//! Look-ups in a directory of any size: who manages a domain, who signs with a certificate.

use std::{
    cmp::Ordering,
    collections::{HashMap, HashSet},
    sync::Arc,
};

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};

use super::{Provider, domain::international};
use crate::hexadecimal::capitals;

/// Places in a list of providers, in the order of what is looked for. Eight octets a domain: names stand in the records.
#[derive(Clone, Debug, Default)]
pub(super) struct Index {
    domains: Vec<Place>,
    certificates: Vec<([u8; SHA1], Place)>,
    /// What a record has half of: a certificate without its hash, or a hash without its certificate.
    halves: Vec<([u8; SHA1], u32)>,
    /// What entries that are no domain name may be meant to cover, in lower case: `example` of `*.example`.
    wildcards: HashMap<String, Vec<u32>>,
    /// The domains with letters beyond ASCII, as they go over the wire.
    international: HashMap<String, Vec<u32>>,
}

const SHA1: usize = 20;

/// The provider, and which of its domains or certificates.
#[derive(Clone, Copy, Debug)]
struct Place {
    provider: u32,
    value: u32,
}

impl Index {
    /// Over these; certificates whose hash their own record lists (RFC 6109 2.2.2).
    pub fn of(providers: &[Arc<Provider>]) -> Self {
        let (mut domains, mut certificates, mut halves) = (Vec::new(), Vec::new(), Vec::new());
        let (mut wildcards, mut others) = (HashMap::<String, Vec<u32>>::new(), HashMap::<String, Vec<u32>>::new());
        for (at, provider) in (0..).zip(providers) {
            domains.extend((0..).zip(&provider.managed_domains).map(|(value, _)| Place { provider: at, value }));
            for covered in provider.managed_domains.iter().filter(|domain| !is_plain(domain)).flat_map(|it| meant(it)) {
                wildcards.entry(covered).or_default().push(at);
            }
            for name in provider.managed_domains.iter().filter_map(|domain| international(domain)) {
                others.entry(name).or_default().push(at);
            }
            let mut listed: HashSet<String> =
                provider.certificate_hashes.iter().map(|hash| hash.to_ascii_uppercase()).collect();
            let mut there = HashSet::new();
            for (value, der) in (0..).zip(&provider.certificates) {
                let hash = sha1(der);
                let hex = capitals(&hash);
                if listed.contains(&hex) {
                    certificates.push((hash, Place { provider: at, value }));
                } else {
                    halves.push((hash, at));
                }
                there.insert(hex);
            }
            listed.retain(|hash| !there.contains(hash));
            halves.extend(listed.iter().filter_map(|hash| Some((octets(hash)?, at))));
        }
        halves.sort_unstable();
        let domain = |place: &Place| providers[place.provider as usize].managed_domains[place.value as usize].as_str();
        // Stable: of several that manage a domain, the first in the file comes first.
        domains.sort_by(|one, other| compare(domain(one), domain(other)));
        certificates.sort_by_key(|(hash, _)| *hash);
        Self { domains, certificates, halves, wildcards, international: others }
    }

    /// Whose entries may be meant to cover a domain, though no norm says so.
    pub fn perhaps_managing<'i>(&'i self, name: &str) -> impl Iterator<Item = usize> + use<'i> {
        let name = name.to_ascii_lowercase();
        let mut covering = Vec::new();
        let mut rest = (!self.wildcards.is_empty()).then_some(&*name);
        while let Some(suffix) = rest {
            covering.extend(self.wildcards.get(suffix).into_iter().flatten().map(|at| *at as usize));
            rest = match suffix.split_once('.') {
                Some((_, parent)) => Some(parent),
                None => (!suffix.is_empty()).then_some(""),
            };
        }
        covering.into_iter()
    }

    /// Which providers' records have half of what lists a certificate, by its SHA-1.
    pub fn perhaps_signing_with(&self, wanted: &[u8; SHA1]) -> impl Iterator<Item = usize> + use<'_> {
        let wanted = *wanted;
        let first = self.halves.partition_point(|(hash, _)| *hash < wanted);
        let same = self.halves[first..].iter().take_while(move |(hash, _)| *hash == wanted);
        same.map(|(_, at)| *at as usize)
    }

    /// Which providers manage a domain, letter case and the form of its labels ignored, each once.
    pub fn managing<'i>(&'i self, providers: &'i [Arc<Provider>], name: &str) -> impl Iterator<Item = usize> + use<'i> {
        let domain = |place: &Place| providers[place.provider as usize].managed_domains[place.value as usize].as_str();
        let first = self.domains.partition_point(|place| compare(domain(place), name) == Ordering::Less);
        let rest = &self.domains[first..];
        let many = rest.partition_point(|place| compare(domain(place), name) == Ordering::Equal);
        let others = international(name).and_then(|name| self.international.get(&name));
        let written = rest[..if others.is_some() { 0 } else { many }].iter().map(|place| place.provider as usize);
        let all = written.chain(others.into_iter().flatten().map(|at| *at as usize));
        let mut before = None;
        all.filter(move |at| before.replace(*at) != Some(*at))
    }

    /// Which providers list a certificate, by its DER and the SHA-1 of it, each once.
    pub fn signing_with<'i>(
        &'i self,
        providers: &'i [Arc<Provider>],
        der: &[u8],
        wanted: &[u8; SHA1],
    ) -> impl Iterator<Item = usize> + use<'i> {
        let first = self.certificates.partition_point(|(hash, _)| hash < wanted);
        let same = |place: &Place| providers[place.provider as usize].certificates[place.value as usize] == der;
        let listed = self.certificates[first..].iter().take_while(|(hash, _)| hash == wanted);
        let mut found: Vec<usize> =
            listed.filter(|(_, place)| same(place)).map(|(_, place)| place.provider as usize).collect();
        found.dedup();
        found.into_iter()
    }
}

/// Whether an entry is a domain name as it stands there.
fn is_plain(domain: &str) -> bool {
    let of_names = |sign: char| sign.is_alphanumeric() || ".-_".contains(sign);
    domain.chars().all(of_names) && !domain.starts_with('.') && !domain.ends_with('.')
}

/// What one that is none may be meant to cover, in lower case: `example` of `*.example`, both of `a.example, b.example`.
fn meant(entry: &str) -> impl Iterator<Item = String> {
    const SIGNS: [char; 3] = ['*', '.', '@'];
    let words = entry.split(|c: char| c.is_whitespace() || ",;:/".contains(c));
    let everything = |word: &str| word.contains('*') && word.chars().all(|c| SIGNS.contains(&c));
    words.filter_map(move |word| {
        let name = word.trim_matches(SIGNS).to_ascii_lowercase();
        (!name.is_empty() || everything(word)).then_some(name)
    })
}

/// The octets of a hash in hexadecimal digits.
fn octets(hex: &str) -> Option<[u8; SHA1]> {
    let mut hash = [0; SHA1];
    let digits = hex.as_bytes();
    let pairs = hash.iter_mut().zip(digits.chunks(2));
    for (octet, pair) in pairs {
        *octet = u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok()?;
    }
    (digits.len() == 2 * SHA1).then_some(hash)
}

/// Letter case ignored, as the attribute's syntax does.
fn compare(one: &str, other: &str) -> Ordering {
    let lower = |octet: u8| octet.to_ascii_lowercase();
    one.bytes().map(lower).cmp(other.bytes().map(lower))
}

fn sha1(der: &[u8]) -> [u8; SHA1] {
    let digest = digest(&SHA1_FOR_LEGACY_USE_ONLY, der);
    let mut hash = [0; SHA1];
    hash.copy_from_slice(digest.as_ref());
    hash
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;
    use crate::{directory::Directory, hexadecimal::digits};

    fn provider(name: &str, domains: impl IntoIterator<Item = String>) -> Provider {
        Provider { name: name.to_owned(), managed_domains: domains.into_iter().collect(), ..Provider::default() }
    }

    fn names<'d>(found: impl Iterator<Item = &'d Arc<Provider>>) -> Vec<&'d str> {
        found.map(|provider| provider.name.as_str()).collect()
    }

    #[test]
    fn domains_are_found_whatever_their_letter_case_each_provider_once() {
        let directory = Directory::from_iter([
            provider("B", ["b.example".to_owned(), "B.Example".to_owned(), "shared.example".to_owned()]),
            provider("A", ["A.example".to_owned(), "Shared.example".to_owned()]),
        ]);
        assert_eq!(names(directory.managing("B.EXAMPLE")), ["B"]);
        assert_eq!(names(directory.managing("shared.Example")), ["B", "A"]);
        assert_eq!(names(directory.managing("b.exampl")), [""; 0]);
        assert!(directory.is_certified("x@a.example") && !directory.is_certified("x@c.example"));
    }

    #[test]
    fn certificates_are_found_where_the_record_lists_their_hash() {
        let hash = |der: &[u8]| digits(&sha1(der));
        let with = |name: &str, hashes: Vec<String>| Provider {
            certificates: vec![vec![1], vec![2]],
            certificate_hashes: hashes,
            ..provider(name, [])
        };
        let directory = Directory::from_iter([
            with("both", vec![hash(&[1]), hash(&[2]).to_uppercase()]),
            with("second", vec![hash(&[2])]),
            with("none", vec![hash(&[3])]),
        ]);
        let found = |der: &[u8]| {
            names(
                directory.index.signing_with(&directory.providers, der, &sha1(der)).map(|at| &directory.providers[at]),
            )
        };
        assert_eq!((found(&[1]), found(&[2]), found(&[3])), (vec!["both"], vec!["both", "second"], vec![]));
    }

    #[test]
    fn what_a_record_has_half_of_is_neither_listed_nor_unknown() {
        let hash = |der: &[u8]| digits(&sha1(der));
        let with = |name: &str, certificates: Vec<Vec<u8>>, hashes: Vec<String>| Provider {
            certificates,
            certificate_hashes: hashes,
            ..provider(name, [])
        };
        let directory = Directory::from_iter([
            with("whole", vec![vec![1]], vec![hash(&[1])]),
            with("other hash", vec![vec![2]], vec!["00".repeat(20)]),
            with("hash alone", vec![], vec![hash(&[3]), "no hash".to_owned()]),
        ]);
        let found =
            |der: &[u8]| names(directory.index.perhaps_signing_with(&sha1(der)).map(|at| &directory.providers[at]));
        assert_eq!((found(&[1]), found(&[4])), (vec![], vec![]));
        assert_eq!((found(&[2]), found(&[3])), (vec!["other hash"], vec!["hash alone"]));
    }

    #[test]
    fn a_domain_in_letters_beyond_ascii_is_found_in_either_form() {
        for managed in ["citt\u{e0}.example", "xn--citt-3na.example", "CITT\u{c0}.example"] {
            let directory = Directory::from_iter([provider("A", [managed.to_owned(), managed.to_lowercase()])]);
            for asked in ["citt\u{e0}.example", "Citta\u{300}.example", "xn--citt-3na.example", "XN--CITT-3NA.example"]
            {
                assert_eq!(names(directory.managing(asked)), ["A"], "{managed} for {asked}");
                assert!(directory.perhaps_managing(asked).next().is_none(), "{managed} for {asked}");
            }
            assert!(directory.managing("citta.example").next().is_none());
        }
    }

    #[test]
    fn an_entry_that_is_no_domain_may_cover_what_is_below_it() {
        let directory = Directory::from_iter([
            provider("A", ["*.Comune.example".to_owned(), "alfa.example".to_owned()]),
            provider("B", ["@b.example".to_owned()]),
        ]);
        let found = |domain: &str| names(directory.perhaps_managing(domain));
        assert_eq!(found("x.y.comune.EXAMPLE"), ["A"]);
        let written = ["c.example.", "d.example, e.example;f.example", ". ,"];
        let directory_of_c = Directory::from_iter([provider("C", written.map(str::to_owned))]);
        for domain in ["c.example", "d.example", "e.example", "f.example"] {
            assert_eq!(names(directory_of_c.perhaps_managing(domain)), ["C"], "{domain}");
        }
        assert_eq!(names(directory_of_c.perhaps_managing("g.example")), [""; 0]);
        assert_eq!((found("b.example"), found("alfa.example"), found("example")), (vec!["B"], vec![], vec![]));
        assert!(!directory.is_certified("x@b.example"));
        assert_eq!(names(Directory::from_iter([provider("A", ["*".to_owned()])]).perhaps_managing("x")), ["A"]);
    }

    #[test]
    fn a_large_directory_is_looked_up_as_fast_as_a_small_one() {
        let domains = (0..200_000).map(|number| format!("d{number}.example"));
        let directory = Directory::from_iter([provider("A", domains)]);
        let start = Instant::now();
        let found = (0..20_000).filter(|number| directory.is_certified(&format!("x@D{}.example", number * 20))).count();
        assert_eq!(found, 10_000);
        assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
        assert_eq!(size_of::<Place>(), 8, "what a domain costs beside its name");
    }
}
