use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, GeneralSubtree, IsCa,
    Issuer, KeyPair, KeyUsagePurpose, NameConstraints, SanType,
};

use crate::smime::{Certificate, PathError, Trust};

const NOW: &str = "2026-03-02T08:30:00Z";

type Authority = CertifiedIssuer<'static, KeyPair>;

fn params(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params
}

fn authority_params(name: &str) -> CertificateParams {
    let mut params = params(name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params
}

fn root() -> Authority {
    CertifiedIssuer::self_signed(authority_params("Root"), KeyPair::generate().unwrap()).unwrap()
}

fn below(issuer: &Issuer<KeyPair>, params: CertificateParams) -> Authority {
    CertifiedIssuer::signed_by(params, KeyPair::generate().unwrap(), issuer).unwrap()
}

/// The signing certificate of `posta@pec.example`.
fn leaf_params() -> CertificateParams {
    let mut params = params("Posta Certificata");
    params.subject_alt_names = vec![SanType::Rfc822Name("posta@pec.example".try_into().unwrap())];
    params
}

fn leaf(issuer: &Issuer<KeyPair>, params: &CertificateParams) -> Certificate {
    let certificate = params.signed_by(&KeyPair::generate().unwrap(), issuer).unwrap();
    Certificate::read(certificate.der()).unwrap()
}

/// The verdict without revocation lists: where a path was found, only they are missing.
fn verdict(root: &Authority, others: &[&Authority], leaf: &Certificate) -> Result<(), String> {
    let trust = Trust::new([root.der().to_vec()], []);
    let others: Vec<Certificate> = others.iter().map(|other| Certificate::read(other.der()).unwrap()).collect();
    match trust.check(leaf, &others, NOW.parse().unwrap()) {
        Err(PathError::NoCrl) => Ok(()),
        other => Err(other.unwrap_err().to_string()),
    }
}

/// The verdict on a leaf below an authority with these parameters.
fn verdict_below(authority: CertificateParams, leaf_params: &CertificateParams) -> Result<(), String> {
    let root = root();
    let authority = below(&root, authority);
    verdict(&root, &[&authority], &leaf(&authority, leaf_params))
}

fn assert_refused(verdict: Result<(), String>, reason: &str) {
    let refusal = verdict.unwrap_err();
    assert!(refusal.contains(reason), "{refusal}");
}

#[test]
fn an_authority_must_be_one_and_be_in_force() {
    assert_eq!(verdict_below(authority_params("CA"), &leaf_params()), Ok(()));

    assert_refused(verdict_below(params("CA"), &leaf_params()), "BasicConstraints do not say so");
    let mut explicit = params("CA");
    explicit.is_ca = IsCa::ExplicitNoCa;
    assert_refused(verdict_below(explicit, &leaf_params()), "BasicConstraints do not say so");

    let mut usage = authority_params("CA");
    usage.key_usages = vec![KeyUsagePurpose::CrlSign];
    assert_refused(verdict_below(usage, &leaf_params()), "KeyUsage");

    let mut expired = authority_params("CA");
    expired.not_after = rcgen::date_time_ymd(2026, 3, 1);
    assert_refused(verdict_below(expired, &leaf_params()), "2026-03-01T00:00:00Z only");
}

#[test]
fn a_path_is_no_longer_than_its_authorities_allow() {
    let root = root();
    let mut short = authority_params("Upper");
    short.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    let upper = below(&root, short);
    let lower = below(&upper, authority_params("Lower"));
    assert_eq!(verdict(&root, &[&upper], &leaf(&upper, &leaf_params())), Ok(()));
    assert_refused(verdict(&root, &[&upper, &lower], &leaf(&lower, &leaf_params())), "so many authorities below");
}

#[test]
fn a_false_issuer_of_the_same_name_is_passed_over() {
    let (root, false_root) = (root(), root());
    let (right, wrong) = (below(&root, authority_params("CA")), below(&false_root, authority_params("CA")));
    let leaf = leaf(&right, &leaf_params());
    assert_eq!(verdict(&root, &[&wrong, &right], &leaf), Ok(()));
    assert_refused(verdict(&root, &[&wrong], &leaf), "is not at hand");
}

#[test]
fn authorities_that_certify_each_other_end_the_search() {
    let key = || KeyPair::generate().unwrap();
    let (a, b) = (Issuer::new(authority_params("A"), key()), Issuer::new(authority_params("B"), key()));
    let (a_by_b, b_by_a) =
        (authority_params("A").signed_by(a.key(), &b).unwrap(), authority_params("B").signed_by(b.key(), &a).unwrap());
    let others = [a_by_b, b_by_a].map(|certificate| Certificate::read(certificate.der()).unwrap());
    let trust = Trust::new([root().der().to_vec()], []);
    let verdict = trust.check(&leaf(&a, &leaf_params()), &others, NOW.parse().unwrap());
    assert!(matches!(verdict, Err(PathError::NoIssuer(_))), "{verdict:?}");
}

#[test]
fn an_extended_key_usage_must_allow_mail() {
    use ExtendedKeyUsagePurpose::{Any, EmailProtection, ServerAuth};
    let with = |mut params: CertificateParams, usages: &[ExtendedKeyUsagePurpose]| {
        params.extended_key_usages = usages.to_vec();
        params
    };
    for usages in [&[][..], &[EmailProtection], &[ServerAuth, Any]] {
        assert_eq!(verdict_below(with(authority_params("CA"), usages), &with(leaf_params(), usages)), Ok(()));
    }
    let web = &[ServerAuth];
    assert_refused(verdict_below(authority_params("CA"), &with(leaf_params(), web)), "excludes mail");
    assert_refused(verdict_below(with(authority_params("CA"), web), &leaf_params()), "excludes mail");
}

#[test]
fn name_constraints_are_kept_for_mail_and_subject() {
    let mail = |host: &str| GeneralSubtree::Rfc822Name(host.into());
    let directory = |organization: &str| {
        let mut name = rcgen::DistinguishedName::new();
        name.push(DnType::OrganizationName, organization);
        GeneralSubtree::DirectoryName(name)
    };
    let under = |permitted: Vec<GeneralSubtree>, excluded: Vec<GeneralSubtree>| {
        let mut authority = authority_params("CA");
        authority.name_constraints =
            Some(NameConstraints { permitted_subtrees: permitted, excluded_subtrees: excluded });
        let mut leaf = leaf_params();
        leaf.distinguished_name = rcgen::DistinguishedName::new();
        leaf.distinguished_name.push(DnType::OrganizationName, "Carta  e PENNA");
        leaf.distinguished_name.push(DnType::CommonName, "Posta Certificata");
        verdict_below(authority, &leaf)
    };
    assert_eq!(under(vec![mail("pec.example"), mail("other.example"), directory("Carta e Penna")], vec![]), Ok(()));
    assert_eq!(under(vec![GeneralSubtree::DnsName("pec.example".into())], vec![mail("other.example")]), Ok(()));
    assert_refused(under(vec![mail("other.example")], vec![]), "posta@pec.example is not among");
    assert_refused(under(vec![directory("Altri")], vec![]), "is not among");
    assert_refused(under(vec![mail("pec.example")], vec![mail("posta@pec.example")]), "is excluded");
}
