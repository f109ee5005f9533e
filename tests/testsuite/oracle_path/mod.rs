//! OpenSSL's opinion of certification paths, held against the one written here: the same chains, made with rcgen, put to
//! both. Without the `openssl` command the test says that it was skipped; in CI it fails.

mod kinds;
mod nist;

use std::{
    fs,
    path::PathBuf,
    process::{Command, Output},
};

use pec_conformance::smime::{Certificate, PathError, Trust};
use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, CertifiedIssuer, CustomExtension, DnType,
    ExtendedKeyUsagePurpose, GeneralSubtree, IsCa, Issuer, KeyIdMethod, KeyPair, KeyUsagePurpose, NameConstraints,
    RevokedCertParams, SanType, SerialNumber, date_time_ymd,
};

/// 2 March 2026.
const AT: &str = "2026-03-02T08:30:00Z";
const AT_EPOCH: &str = "1772440200";

#[test]
fn paths_are_accepted_and_refused_as_openssl_does() {
    if !openssl_is_there() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (mut accepted, mut refused, mut differences) = (0, 0, Vec::new());
    for case in cases() {
        let chain = Chain::make(&case);
        let ours = chain.verdict();
        let theirs = chain.openssl(folder.path().to_owned(), &[]);
        *if theirs.status.success() { &mut accepted } else { &mut refused } += 1;
        if ours.is_ok() != theirs.status.success() {
            differences.push(format!("{}\n  ours    {ours:?}\n  openssl {}", case.name, text(&theirs)));
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    // So that neither side answers the same to everything.
    assert!(accepted > 20 && refused > 30, "{accepted} accepted, {refused} refused");
}

/// Where it is not, the test is skipped, and says so; in CI it fails.
fn openssl_is_there() -> bool {
    let is_there = Command::new("openssl").arg("version").output().is_ok();
    if !is_there {
        assert!(std::env::var_os("CI").is_none(), "the openssl command is not installed");
        eprintln!("skipped: the openssl command is not installed");
    }
    is_there
}

/// What a chain is, right unless it says otherwise: root, upper authority, authority, signer.
struct Case {
    name: String,
    root: CertificateParams,
    /// Further authorities between root and authority.
    upper: Option<CertificateParams>,
    authority: CertificateParams,
    signer: CertificateParams,
    revoked: Revoked,
    lists: Lists,
    travels: Travels,
}

#[derive(Clone, Copy, PartialEq)]
enum Revoked {
    Nothing,
    Signer,
    Authority,
}

#[derive(Clone, Copy, PartialEq)]
enum Lists {
    Current,
    OfAuthorityMissing,
    OfRootMissing,
    OfAuthorityStale,
    OfRootStale,
    OfAuthorityForged,
}

#[derive(Clone, Copy, PartialEq)]
enum Travels {
    Authority,
    Nothing,
    /// One of the same name and another key.
    AnotherAuthority,
}

/// A part of a case.
type Part = fn(&mut Case) -> &mut CertificateParams;

fn cases() -> Vec<Case> {
    use ExtendedKeyUsagePurpose::{ClientAuth, EmailProtection, ServerAuth};

    let mut cases = vec![Case::right("right")];
    let mut add = |name: &str, change: &dyn Fn(&mut Case)| {
        let mut case = Case::right(name);
        change(&mut case);
        cases.push(case);
    };

    for base in ["pec.example", "PEC.Example", ".pec.example", ".example", "example", "other.example", "ec.example"] {
        for address in ["posta@pec.example", "posta@sub.pec.example", "Posta@PEC.example"] {
            let base = || GeneralSubtree::Rfc822Name(base.into());
            add(&format!("{address} below {:?}", base()), &|case| {
                case.authority.name_constraints = constraints(vec![base()], vec![]);
                case.signer.subject_alt_names = vec![mail(address)];
            });
            add(&format!("{address} without {:?}", base()), &|case| {
                case.authority.name_constraints = constraints(vec![], vec![base()]);
                case.signer.subject_alt_names = vec![mail(address)];
            });
        }
    }
    for base in ["posta@pec.example", "posta@PEC.example", "altra@pec.example", "Posta@pec.example"] {
        add(&format!("one mailbox, {base}"), &|case| {
            let base = vec![GeneralSubtree::Rfc822Name(base.into())];
            case.authority.name_constraints = constraints(base, vec![]);
        });
    }
    for (names, ok) in
        [(["posta@pec.example", "b@pec.example"], "all"), (["posta@pec.example", "b@other.example"], "one")]
    {
        add(&format!("two addresses, {ok} permitted"), &|case| {
            let base = vec![GeneralSubtree::Rfc822Name("pec.example".into())];
            case.authority.name_constraints = constraints(base, vec![]);
            case.signer.subject_alt_names = names.map(mail).to_vec();
        });
    }
    for organization in ["Carta e Penna", "CARTA E PENNA", "Carta  e  Penna", "Altri"] {
        add(&format!("a subject below {organization}"), &|case| {
            case.authority.name_constraints = constraints(vec![directory(organization)], vec![]);
        });
        add(&format!("a subject not below {organization}"), &|case| {
            case.authority.name_constraints = constraints(vec![], vec![directory(organization)]);
        });
    }
    add("a constraint on other kinds of names", &|case| {
        case.authority.name_constraints = constraints(vec![GeneralSubtree::DnsName("other.example".into())], vec![]);
    });
    add("an address below the upper authority's constraint", &|case| {
        let mut upper = authority("Upper");
        upper.name_constraints = constraints(vec![GeneralSubtree::Rfc822Name("pec.example".into())], vec![]);
        case.upper = Some(upper);
    });
    add("an address outside the upper authority's constraint", &|case| {
        let mut upper = authority("Upper");
        upper.name_constraints = constraints(vec![GeneralSubtree::Rfc822Name("other.example".into())], vec![]);
        case.upper = Some(upper);
    });

    for length in [0, 1, 2] {
        add(&format!("an authority with path length {length}"), &|case| {
            case.authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(length));
        });
        add(&format!("an upper authority with path length {length}"), &|case| {
            let mut upper = authority("Upper");
            upper.is_ca = IsCa::Ca(BasicConstraints::Constrained(length));
            case.upper = Some(upper);
        });
    }

    // Not anyExtendedKeyUsage: RFC 8550 4.4.4 accepts it, OpenSSL's purpose does not.
    for usages in
        [vec![EmailProtection], vec![ServerAuth, EmailProtection], vec![ServerAuth], vec![ClientAuth, ServerAuth]]
    {
        add(&format!("a signer for {usages:?}"), &|case| case.signer.extended_key_usages.clone_from(&usages));
        add(&format!("an authority for {usages:?}"), &|case| case.authority.extended_key_usages.clone_from(&usages));
    }

    add("an authority without BasicConstraints", &|case| case.authority.is_ca = IsCa::NoCa);
    add("an authority that says it is none", &|case| case.authority.is_ca = IsCa::ExplicitNoCa);
    add("an authority that may sign certificates and lists", &|case| {
        case.authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    });
    add("an authority that may sign lists only", &|case| case.authority.key_usages = vec![KeyUsagePurpose::CrlSign]);
    add("a signer whose issuer does not travel along", &|case| case.travels = Travels::Nothing);
    add("a signer with another issuer of the same name", &|case| case.travels = Travels::AnotherAuthority);

    let parts: [(&str, Part); 3] = [
        ("root", |case| &mut case.root),
        ("authority", |case| &mut case.authority),
        ("signer", |case| &mut case.signer),
    ];
    for (name, part) in parts {
        add(&format!("{name}: expired"), &|case| part(case).not_after = date_time_ymd(2026, 3, 2));
        add(&format!("{name}: in its last days"), &|case| part(case).not_after = date_time_ymd(2026, 3, 3));
        add(&format!("{name}: not yet valid"), &|case| part(case).not_before = date_time_ymd(2026, 3, 3));
        add(&format!("{name}: in its first hours"), &|case| part(case).not_before = date_time_ymd(2026, 3, 2));
        if name == "root" {
            continue;
        }
        for critical in [false, true] {
            add(&format!("{name}: an unknown extension, critical: {critical}"), &|case| {
                let mut extension = CustomExtension::from_oid_content(&[2, 25, 6109], vec![5, 0]);
                extension.set_criticality(critical);
                part(case).custom_extensions.push(extension);
            });
        }
    }

    // Not a revocation that lies after the question: here it does not count yet, for OpenSSL every entry does.
    for (name, revoked) in [("signer", Revoked::Signer), ("authority", Revoked::Authority)] {
        add(&format!("revoked: {name}"), &|case| case.revoked = revoked);
    }
    for (name, lists) in [
        ("the authority's missing", Lists::OfAuthorityMissing),
        ("the root's missing", Lists::OfRootMissing),
        ("the authority's out of date", Lists::OfAuthorityStale),
        ("the root's out of date", Lists::OfRootStale),
        ("the authority's forged", Lists::OfAuthorityForged),
    ] {
        add(&format!("revocation lists: {name}"), &|case| case.lists = lists);
    }
    cases
}

impl Case {
    fn right(name: &str) -> Self {
        let mut signer = params("Posta Certificata");
        signer.distinguished_name.push(DnType::OrganizationName, "Carta e Penna");
        let mut ordered = rcgen::DistinguishedName::new();
        ordered.push(DnType::OrganizationName, "Carta e Penna");
        ordered.push(DnType::CommonName, "Posta Certificata");
        signer.distinguished_name = ordered;
        signer.subject_alt_names = vec![mail("posta@pec.example")];
        signer.serial_number = Some(SerialNumber::from(7_u64));
        let mut issuing = authority("Authority");
        issuing.serial_number = Some(SerialNumber::from(8_u64));
        Self {
            name: name.to_owned(),
            root: authority("Root"),
            upper: None,
            authority: issuing,
            signer,
            revoked: Revoked::Nothing,
            lists: Lists::Current,
            travels: Travels::Authority,
        }
    }
}

fn params(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(2040, 1, 1);
    params
}

fn authority(name: &str) -> CertificateParams {
    let mut params = params(name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params
}

fn mail(address: &str) -> SanType {
    SanType::Rfc822Name(address.try_into().unwrap())
}

fn directory(organization: &str) -> GeneralSubtree {
    let mut name = rcgen::DistinguishedName::new();
    name.push(DnType::OrganizationName, organization);
    GeneralSubtree::DirectoryName(name)
}

#[expect(clippy::unnecessary_wraps, reason = "the field is optional")]
fn constraints(permitted: Vec<GeneralSubtree>, excluded: Vec<GeneralSubtree>) -> Option<NameConstraints> {
    Some(NameConstraints { permitted_subtrees: permitted, excluded_subtrees: excluded })
}

/// A case issued, DER.
struct Chain {
    root: Vec<u8>,
    others: Vec<Vec<u8>>,
    signer: Vec<u8>,
    lists: Vec<Vec<u8>>,
}

type Authority = CertifiedIssuer<'static, KeyPair>;

impl Chain {
    fn make(case: &Case) -> Self {
        let key = || KeyPair::generate().unwrap();
        let root = CertifiedIssuer::self_signed(case.root.clone(), key()).unwrap();
        let upper = case.upper.clone().map(|upper| CertifiedIssuer::signed_by(upper, key(), &root).unwrap());
        let above: &Authority = upper.as_ref().unwrap_or(&root);
        let issuing = CertifiedIssuer::signed_by(case.authority.clone(), key(), above).unwrap();
        let signer = case.signer.signed_by(&key(), &issuing).unwrap();
        let travels = match case.travels {
            Travels::Authority => Some(issuing.der().to_vec()),
            Travels::Nothing => None,
            Travels::AnotherAuthority => {
                let other = CertifiedIssuer::signed_by(case.authority.clone(), key(), above).unwrap();
                Some(other.der().to_vec())
            }
        };
        let mut lists = Vec::new();
        let root_list_is_stale = case.lists == Lists::OfRootStale;
        if case.lists != Lists::OfRootMissing {
            let revoked = (case.revoked == Revoked::Authority).then(|| (8, date_time_ymd(2026, 1, 1)));
            lists.push(list(&root, revoked.filter(|_| upper.is_none()), root_list_is_stale));
            lists.extend(upper.as_ref().map(|upper| list(upper, revoked, root_list_is_stale)));
        }
        if case.lists != Lists::OfAuthorityMissing {
            let revoked = match case.revoked {
                Revoked::Signer => Some((7, date_time_ymd(2026, 1, 1))),
                Revoked::Nothing | Revoked::Authority => None,
            };
            let mut own = list(&issuing, revoked, case.lists == Lists::OfAuthorityStale);
            if case.lists == Lists::OfAuthorityForged {
                *own.last_mut().unwrap() ^= 1;
            }
            lists.push(own);
        }
        Self {
            root: root.der().to_vec(),
            others: travels.into_iter().chain(upper.map(|upper| upper.der().to_vec())).collect(),
            signer: signer.der().to_vec(),
            lists,
        }
    }

    fn verdict(&self) -> Result<(), PathError> {
        let trust = Trust::new([self.root.clone()], self.lists.clone());
        let others: Vec<Certificate> = self.others.iter().map(|der| Certificate::read(der).unwrap()).collect();
        let signer = Certificate::read(&self.signer).unwrap();
        trust.check(&signer, &others, AT.parse().unwrap())
    }

    fn openssl(&self, folder: PathBuf, options: &[&str]) -> Output {
        let write = |name: &str, label: &'static str, ders: &[Vec<u8>]| {
            let pems = ders.iter().map(|der| der::pem::encode_string(label, der::pem::LineEnding::LF, der).unwrap());
            fs::write(folder.join(name), pems.collect::<String>()).unwrap();
        };
        write("root.pem", "CERTIFICATE", std::slice::from_ref(&self.root));
        write("others.pem", "CERTIFICATE", &self.others);
        write("signer.pem", "CERTIFICATE", std::slice::from_ref(&self.signer));
        write("lists.pem", "X509 CRL", &self.lists);
        let mut command = Command::new("openssl");
        command.args(["verify", "-attime", AT_EPOCH, "-CAfile", "root.pem", "-purpose", "smimesign"]);
        command.args(["-no-CApath", "-no-CAstore", "-crl_check_all"]).args(options);
        if !self.lists.is_empty() {
            command.args(["-CRLfile", "lists.pem"]);
        }
        if !self.others.is_empty() {
            command.args(["-untrusted", "others.pem"]);
        }
        command.arg("signer.pem").current_dir(folder).output().unwrap()
    }
}

fn list(issuer: &Issuer<'static, KeyPair>, revoked: Option<(u64, time::OffsetDateTime)>, is_stale: bool) -> Vec<u8> {
    let revoked = revoked.map(|(serial, revocation_time)| RevokedCertParams {
        serial_number: SerialNumber::from(serial),
        revocation_time,
        reason_code: None,
        invalidity_date: None,
    });
    let next_update = if is_stale { date_time_ymd(2026, 2, 1) } else { date_time_ymd(2026, 6, 1) };
    let list = CertificateRevocationListParams {
        this_update: date_time_ymd(2026, 1, 1),
        next_update,
        crl_number: SerialNumber::from(1_u64),
        issuing_distribution_point: None,
        revoked_certs: revoked.into_iter().collect(),
        key_identifier_method: KeyIdMethod::Sha256,
    };
    list.signed_by(issuer).unwrap().der().to_vec()
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&[output.stdout.as_slice(), output.stderr.as_slice()].concat()).into_owned()
}
