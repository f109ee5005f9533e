//! Chains of the kinds that validators get wrong (RFC 5280 6): each with what must come of it here, and put to OpenSSL
//! where that can speak.

use der::{
    Any, Decode, Encode, Tag,
    asn1::{BitString, ObjectIdentifier, OctetString},
};
use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, CertifiedIssuer, CrlDistributionPoint,
    CrlIssuingDistributionPoint, CrlScope, CustomExtension, IsCa, Issuer, KeyIdMethod, KeyPair, KeyUsagePurpose,
    PKCS_ED25519, SerialNumber, SigningKey, date_time_ymd,
};
use x509_cert::{
    crl::{CertificateList, RevokedCert, TbsCertList},
    ext::{Extension, pkix::CrlReason},
    time::Time,
};

use super::{Case, Chain, authority, openssl_is_there, text};

/// What must come of a chain here.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Answer {
    Trusted,
    Refuted,
    CannotTell,
}

struct Kind {
    name: &'static str,
    chain: Chain,
    answer: Answer,
    /// How OpenSSL is asked, where it can answer this, and whether it accepts.
    openssl: Option<(&'static [&'static str], bool)>,
}

#[test]
fn the_kinds_that_validators_get_wrong_are_told_right() {
    let kinds = [names(), authorities(), keys_of_lists(), policies(), scopes(), deltas(), forgeries()].concat();
    let (asks, folder) = (openssl_is_there(), tempfile::tempdir().unwrap());
    let mut wrong = Vec::new();
    for Kind { name, chain, answer, openssl } in &kinds {
        let ours = chain.verdict();
        let told = match &ours {
            Ok(()) => Answer::Trusted,
            Err(error) if error.cannot_tell() => Answer::CannotTell,
            Err(_) => Answer::Refuted,
        };
        if told != *answer {
            wrong.push(format!("{name}: {answer:?} is right, and the verdict is {ours:?}"));
        }
        if let Some((options, accepts)) = openssl.filter(|_| asks) {
            let theirs = chain.openssl(folder.path().to_owned(), options);
            if theirs.status.success() != accepts {
                wrong.push(format!("{name}: openssl was to accept it ({accepts}): {}", text(&theirs)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

impl Clone for Kind {
    fn clone(&self) -> Self {
        let Chain { root, others, signer, lists } = &self.chain;
        let chain = Chain { root: root.clone(), others: others.clone(), signer: signer.clone(), lists: lists.clone() };
        Self { chain, ..*self }
    }
}

const PLAIN: &[&str] = &[];

fn kind(name: &'static str, chain: Chain, answer: Answer, openssl: Option<(&'static [&'static str], bool)>) -> Kind {
    Kind { name, chain, answer, openssl }
}

/// Names that differ in letter case and blanks (RFC 5280 7.1).
fn names() -> Vec<Kind> {
    let house = House::new(authority("Carta e Penna"));
    let respelled = Issuer::new(authority(" CARTA  e penna"), copy(&house.issuing_key));
    let signer = Case::right("").signer.signed_by(&key(), &respelled).unwrap().der().to_vec();
    let list = crl(&respelled, None).der;
    let chain = Chain { signer, lists: vec![house.root_list(), list], ..house.chain() };
    vec![kind(
        "an issuer's name in other letters, in certificate and list",
        chain,
        Answer::Trusted,
        Some((PLAIN, true)),
    )]
}

/// Authorities that issue themselves another certificate count for no length, and may stand before another of their name.
fn authorities() -> Vec<Kind> {
    let mut short = authority("Authority");
    short.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    // By which OpenSSL tells the two of one name apart.
    short.use_authority_key_identifier_extension = true;
    let house = House::new(short.clone());
    let newer = CertifiedIssuer::signed_by(serial(short.clone(), 9), key(), &house.issuing).unwrap();
    let mut signer = Case::right("").signer;
    signer.use_authority_key_identifier_extension = true;
    let signer = signer.signed_by(&key(), &newer).unwrap().der().to_vec();
    let lists = vec![house.root_list(), crl(&house.issuing, None).der, crl(&newer, None).der];
    let others = vec![newer.der().to_vec(), house.issuing.der().to_vec()];
    let renewed = Chain { others, signer, lists, ..house.chain() };

    let below = CertifiedIssuer::signed_by(serial(authority("Below"), 9), key(), &house.issuing).unwrap();
    let signer = Case::right("").signer.signed_by(&key(), &below).unwrap().der().to_vec();
    let lists = vec![house.root_list(), crl(&house.issuing, None).der, crl(&below, None).der];
    let others = vec![below.der().to_vec(), house.issuing.der().to_vec()];
    let long = Chain { others, signer, lists, ..house.chain() };
    vec![
        kind("a self-issued authority below one that allows none", renewed, Answer::Trusted, Some((PLAIN, true))),
        kind("another authority below one that allows none", long, Answer::Refuted, Some((PLAIN, false))),
    ]
}

/// Who may sign a list: its issuer, if KeyUsage allows it, and another key of the same name that leads to the root.
fn keys_of_lists() -> Vec<Kind> {
    let mut silent = authority("Authority");
    silent.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    let house = House::new(silent);
    let talking = Issuer::new(authority("Authority"), copy(&house.issuing_key));
    let mute = Chain { lists: vec![house.root_list(), crl(&talking, None).der], ..house.chain() };

    let mut apart = authority("Authority");
    apart.key_usages = vec![KeyUsagePurpose::CrlSign];
    let lister = CertifiedIssuer::signed_by(serial(apart.clone(), 9), key(), &house.root).unwrap();
    let lists = vec![house.root_list(), crl(&lister, None).der];
    let others = vec![house.issuing.der().to_vec(), lister.der().to_vec()];
    let separate = Chain { others, lists, ..house.chain() };

    let home_made = CertifiedIssuer::self_signed(serial(apart, 9), key()).unwrap();
    let lists = vec![house.root_list(), crl(&home_made, None).der];
    let others = vec![house.issuing.der().to_vec(), home_made.der().to_vec()];
    let forged = Chain { others, lists, ..house.chain() };

    let revoked = crl(&lister, Some(entry(7, None)));
    let lists = vec![house.root_list(), revoked.der];
    let others = vec![house.issuing.der().to_vec(), lister.der().to_vec()];
    let taken_back = Chain { others, lists, ..house.chain() };

    let mut edwards = House::new(authority("Authority"));
    let root_key = KeyPair::generate_for(&PKCS_ED25519).unwrap();
    edwards.issuing = CertifiedIssuer::signed_by(authority("Authority"), root_key, &edwards.root).unwrap();
    let other_algorithm = edwards.chain();
    vec![
        kind("a list by an authority that may not sign lists", mute, Answer::CannotTell, Some((PLAIN, false))),
        kind("a list by another key of the issuer", separate, Answer::Trusted, Some((&["-extended_crl"], true))),
        kind(
            "a revocation by another key of the issuer",
            taken_back,
            Answer::Refuted,
            Some((&["-extended_crl"], false)),
        ),
        kind("a list by a home-made key of the name", forged, Answer::CannotTell, Some((&["-extended_crl"], false))),
        kind("an algorithm that is not verified here", other_algorithm, Answer::CannotTell, None),
    ]
}

const POLICIES: &[&str] = &["-policy_check", "-policy", "2.5.29.32.0"];

/// Policies: one that leads nowhere refuses the path where an authority asks for one, mapped or not.
fn policies() -> Vec<Kind> {
    let (one, two, any) = ([0x2a, 3, 1], [0x2a, 3, 2], [0x55, 0x1d, 0x20, 0]);
    let asks = || extension(36, &[0x30, 3, 0x80, 1, 0]);
    let chain = |of_authority: Vec<CustomExtension>, of_signer: Vec<CustomExtension>| {
        let mut issuing = authority("Authority");
        issuing.custom_extensions = of_authority;
        let house = House::new(issuing);
        let mut signer = Case::right("").signer;
        signer.custom_extensions = of_signer;
        let signer = signer.signed_by(&key(), &house.issuing).unwrap().der().to_vec();
        Chain { signer, ..house.chain() }
    };
    let has = |policies: &[&[u8]]| {
        extension(32, &sequence(&policies.iter().map(|oid| sequence(&[object(oid)])).collect::<Vec<_>>()))
    };
    let maps = |from: &[u8], to: &[u8]| extension(33, &sequence(&[sequence(&[object(from), object(to)])]));
    let no_any = || extension(54, &[2, 1, 0]);
    vec![
        kind(
            "the policy that is asked for, critical",
            chain(vec![has(&[&one]), asks()], vec![has(&[&one])]),
            Answer::Trusted,
            Some((POLICIES, true)),
        ),
        kind(
            "another policy than is asked for",
            chain(vec![has(&[&one]), asks()], vec![has(&[&two])]),
            Answer::Refuted,
            Some((POLICIES, false)),
        ),
        kind(
            "no policy where one is asked for",
            chain(vec![has(&[&one]), asks()], vec![]),
            Answer::Refuted,
            Some((POLICIES, false)),
        ),
        kind(
            "another policy where none is asked for",
            chain(vec![has(&[&one])], vec![has(&[&two])]),
            Answer::Trusted,
            Some((POLICIES, true)),
        ),
        kind(
            "a policy by a mapping",
            chain(vec![has(&[&one]), maps(&one, &two), asks()], vec![has(&[&two])]),
            Answer::Trusted,
            Some((POLICIES, true)),
        ),
        kind(
            "a policy that was mapped away",
            chain(vec![has(&[&one]), maps(&one, &two), asks()], vec![has(&[&one])]),
            Answer::Refuted,
            Some((POLICIES, false)),
        ),
        kind(
            "any policy",
            chain(vec![has(&[&any]), asks()], vec![has(&[&two])]),
            Answer::Trusted,
            Some((POLICIES, true)),
        ),
        kind(
            "any policy where it no longer counts",
            chain(vec![has(&[&one]), no_any(), asks()], vec![has(&[&any])]),
            Answer::Refuted,
            Some((POLICIES, false)),
        ),
    ]
}

/// What a list is about: a part of the certificates, by kind or by place.
fn scopes() -> Vec<Kind> {
    let house = House::new(authority("Authority"));
    let place = |name: &str| CrlDistributionPoint { uris: vec![format!("http://lists.example/{name}.crl")] };
    let list = |scope: Option<CrlScope>, name: &str| {
        let about = CrlIssuingDistributionPoint { distribution_point: place(name), scope };
        let mut params = list_params();
        params.issuing_distribution_point = Some(about);
        params.signed_by(&house.issuing).unwrap().der().to_vec()
    };
    let mut signer = Case::right("").signer;
    signer.crl_distribution_points = vec![place("a")];
    let signer = signer.signed_by(&key(), &house.issuing).unwrap().der().to_vec();
    let chain = |list: Vec<u8>| Chain { signer: signer.clone(), lists: vec![house.root_list(), list], ..house.chain() };
    vec![
        kind("a list of the same place", chain(list(None, "a")), Answer::Trusted, Some((PLAIN, true))),
        kind("a list of another place", chain(list(None, "b")), Answer::CannotTell, Some((PLAIN, false))),
        kind("a list of users", chain(list(Some(CrlScope::UserCertsOnly), "a")), Answer::Trusted, Some((PLAIN, true))),
        kind(
            "a list of authorities",
            chain(list(Some(CrlScope::CaCertsOnly), "a")),
            Answer::CannotTell,
            Some((PLAIN, false)),
        ),
    ]
}

const DELTAS: &[&str] = &["-extended_crl", "-use_deltas"];

/// Delta lists, suspensions, and serial numbers below zero.
fn deltas() -> Vec<Kind> {
    let house = House::new(authority("Authority"));
    // OpenSSL looks for delta lists where the certificate says that there are some.
    let mut signer = Case::right("").signer;
    let mut freshest = CustomExtension::from_oid_content(&[2, 5, 29, 46], sequence(&[sequence(&[])]));
    freshest.set_criticality(false);
    signer.custom_extensions = vec![freshest];
    let signer = signer.signed_by(&key(), &house.issuing).unwrap().der().to_vec();
    let chain = |lists: &[&Crl]| {
        let lists = [house.root_list()].into_iter().chain(lists.iter().map(|list| list.der.clone())).collect();
        Chain { signer: signer.clone(), lists, ..house.chain() }
    };
    let base = |entry: Option<RevokedCert>| crl(&house.issuing, entry);
    let delta = |from: u8, entry: Option<RevokedCert>| {
        crl(&house.issuing, entry).changed(&house, |list| {
            number(list, 20, 2);
            let content = OctetString::new([2, 1, from]).unwrap();
            let indicator =
                Extension { extn_id: ObjectIdentifier::new_unwrap("2.5.29.27"), critical: true, extn_value: content };
            list.crl_extensions.get_or_insert_default().push(indicator);
        })
    };
    let hold = || Some(entry(7, Some(CrlReason::CertificateHold)));
    let newer = base(None).changed(&house, |list| list.this_update = time("2026-02-01T00:00:00Z"));
    let mut negative = entry(7, None);
    negative.serial_number = x509_cert::serial_number::SerialNumber::from_der(&[2, 1, 0xff]).unwrap();
    let negative = base(Some(negative));
    let high = Case { signer: serial(Case::right("").signer, 0xff), ..Case::right("") };
    let high = high.signer.signed_by(&key(), &house.issuing).unwrap().der().to_vec();
    let of_high = |list: &Crl| Chain { signer: high.clone(), ..chain(&[list]) };
    vec![
        kind(
            "revoked by a delta list",
            chain(&[&base(None), &delta(1, Some(entry(7, None)))]),
            Answer::Refuted,
            Some((DELTAS, false)),
        ),
        kind(
            "given back by a delta list",
            chain(&[&base(hold()), &delta(1, Some(entry(7, Some(CrlReason::RemoveFromCRL))))]),
            Answer::Trusted,
            Some((DELTAS, true)),
        ),
        kind(
            "a delta list without entries",
            chain(&[&base(None), &delta(1, None)]),
            Answer::Trusted,
            Some((DELTAS, true)),
        ),
        kind(
            "a delta list over a list that is not at hand",
            chain(&[&base(None), &delta(2, None)]),
            Answer::CannotTell,
            None,
        ),
        kind("a delta list alone", chain(&[&delta(1, None)]), Answer::CannotTell, Some((DELTAS, false))),
        kind("suspended", chain(&[&base(hold())]), Answer::Refuted, Some((PLAIN, false))),
        kind("suspended in an older list", chain(&[&base(hold()), &newer]), Answer::Trusted, None),
        kind("another's serial number below zero", of_high(&negative), Answer::Trusted, Some((PLAIN, true))),
        kind("its own serial number", of_high(&base(Some(entry(0xff, None)))), Answer::Refuted, Some((PLAIN, false))),
    ]
}

/// Home-made authorities of a known name, and strangers.
fn forgeries() -> Vec<Kind> {
    let (house, home_made) = (House::new(authority("Authority")), House::new(authority("Authority")));
    let forged_root = Chain { root: house.root.der().to_vec(), ..home_made.chain() };
    let forged_issuer = Chain { root: house.issuing.der().to_vec(), lists: house.lists(), ..home_made.chain() };
    let mut wrong_signature = house.chain();
    *wrong_signature.signer.last_mut().unwrap() ^= 1;
    let mut stranger = home_made.chain();
    stranger.root = CertifiedIssuer::self_signed(authority("Somebody"), key()).unwrap().der().to_vec();
    let absent = Chain { others: Vec::new(), ..house.chain() };
    vec![
        kind("a home-made root of the given root's name", forged_root, Answer::Refuted, Some((PLAIN, false))),
        kind(
            "a home-made authority of the given authority's name",
            forged_issuer,
            Answer::Refuted,
            Some((PLAIN, false)),
        ),
        kind("a signature that is not the known issuer's", wrong_signature, Answer::Refuted, Some((PLAIN, false))),
        kind("a root that was not given", stranger, Answer::CannotTell, Some((PLAIN, false))),
        kind("an issuing authority that is absent", absent, Answer::CannotTell, Some((PLAIN, false))),
    ]
}

/// A root and an authority below it, whose key is at hand.
struct House {
    root: CertifiedIssuer<'static, KeyPair>,
    issuing: CertifiedIssuer<'static, KeyPair>,
    issuing_key: KeyPair,
}

impl House {
    fn new(issuing: CertificateParams) -> Self {
        let root = CertifiedIssuer::self_signed(authority("Root"), key()).unwrap();
        let issuing_key = key();
        let issuing = CertifiedIssuer::signed_by(serial(issuing, 8), copy(&issuing_key), &root).unwrap();
        Self { root, issuing, issuing_key }
    }

    /// A right chain, where nothing else was said.
    fn chain(&self) -> Chain {
        let signer = Case::right("").signer.signed_by(&key(), &self.issuing).unwrap();
        Chain {
            root: self.root.der().to_vec(),
            others: vec![self.issuing.der().to_vec()],
            signer: signer.der().to_vec(),
            lists: self.lists(),
        }
    }

    fn lists(&self) -> Vec<Vec<u8>> {
        let own = self.issuing.key_usages().is_empty() || self.issuing.key_usages().contains(&KeyUsagePurpose::CrlSign);
        let own = own.then(|| crl(&self.issuing, None).der);
        [self.root_list()].into_iter().chain(own).collect()
    }

    fn root_list(&self) -> Vec<u8> {
        crl(&self.root, None).der
    }
}

/// A list with one entry at most, DER.
struct Crl {
    der: Vec<u8>,
}

impl Crl {
    /// Changed, and signed again with the key of a house's authority.
    fn changed(&self, house: &House, change: impl FnOnce(&mut TbsCertList)) -> Self {
        resigned(&self.der, &house.issuing_key, change)
    }
}

fn crl(issuer: &Issuer<'static, KeyPair>, entry: Option<RevokedCert>) -> Crl {
    let der = list_params().signed_by(issuer).unwrap().der().to_vec();
    match entry {
        None => Crl { der },
        Some(entry) => resigned(&der, issuer.key(), |list| list.revoked_certificates = Some(vec![entry])),
    }
}

fn list_params() -> CertificateRevocationListParams {
    CertificateRevocationListParams {
        this_update: date_time_ymd(2026, 1, 1),
        next_update: date_time_ymd(2026, 6, 1),
        crl_number: SerialNumber::from(1_u64),
        issuing_distribution_point: None,
        revoked_certs: Vec::new(),
        key_identifier_method: KeyIdMethod::Sha256,
    }
}

fn resigned(der: &[u8], key: &KeyPair, change: impl FnOnce(&mut TbsCertList)) -> Crl {
    let mut list = CertificateList::from_der(der).unwrap();
    change(&mut list.tbs_cert_list);
    let value = key.sign(&list.tbs_cert_list.to_der().unwrap()).unwrap();
    list.signature = BitString::from_bytes(&value).unwrap();
    Crl { der: list.to_der().unwrap() }
}

fn entry(serial: u8, reason: Option<CrlReason>) -> RevokedCert {
    let reason = reason.map(|reason| Extension {
        extn_id: ObjectIdentifier::new_unwrap("2.5.29.21"),
        critical: false,
        extn_value: OctetString::new(reason.to_der().unwrap()).unwrap(),
    });
    RevokedCert {
        serial_number: x509_cert::serial_number::SerialNumber::new(&[serial]).unwrap(),
        revocation_date: time("2026-01-01T00:00:00Z"),
        crl_entry_extensions: reason.map(|reason| vec![reason]),
    }
}

/// Sets the number in one of a list's extensions.
fn number(list: &mut TbsCertList, extension: u32, number: u8) {
    let oid = ObjectIdentifier::new_unwrap(&format!("2.5.29.{extension}"));
    let own = list.crl_extensions.iter_mut().flatten().find(|own| own.extn_id == oid).unwrap();
    own.extn_value = OctetString::new([2, 1, number]).unwrap();
}

fn time(text: &str) -> Time {
    Time::try_from(std::time::SystemTime::from(text.parse::<jiff::Timestamp>().unwrap())).unwrap()
}

fn key() -> KeyPair {
    KeyPair::generate().unwrap()
}

fn copy(key: &KeyPair) -> KeyPair {
    KeyPair::from_pem(&key.serialize_pem()).unwrap()
}

fn serial(mut params: CertificateParams, number: u64) -> CertificateParams {
    params.serial_number = Some(SerialNumber::from(number));
    params
}

/// A critical extension below 2.5.29.
fn extension(number: u64, content: &[u8]) -> CustomExtension {
    let mut extension = CustomExtension::from_oid_content(&[2, 5, 29, number], content.to_vec());
    extension.set_criticality(true);
    extension
}

fn sequence(content: &[Vec<u8>]) -> Vec<u8> {
    Any::new(Tag::Sequence, content.concat()).unwrap().to_der().unwrap()
}

fn object(content: &[u8]) -> Vec<u8> {
    Any::new(Tag::ObjectIdentifier, content).unwrap().to_der().unwrap()
}
