//! NIST's suite of paths (PKITS), which stays outside of the project: `PEC_PKITS` names the folder with `expected.tsv`,
//! `certs` and `crls`.

use std::{fs, path::PathBuf};

use pec_conformance::smime::{Certificate, Trust};

/// An invalid path is never trusted and a valid one never refuted; what cannot be told is listed.
#[test]
fn paths_of_nist_are_told_right_or_not_at_all() {
    let Some(folder) = std::env::var_os("PEC_PKITS").map(PathBuf::from) else {
        eprintln!("not run: PEC_PKITS names no folder with NIST's suite of paths");
        return;
    };
    let read = |kind: &str, name: &str| fs::read(folder.join(kind).join(name)).unwrap();
    let table = fs::read_to_string(folder.join("expected.tsv")).unwrap();
    let (mut right, mut untold, mut wrong) = (0, Vec::new(), Vec::new());
    for row in table.lines().skip(1) {
        let [section, name, path, end, others, lists] = row.split('\t').collect::<Vec<_>>()[..] else {
            panic!("not six columns: {row}");
        };
        let lists = ["TrustAnchorRootCRL.crl"].into_iter().chain(lists.split_whitespace());
        let trust = Trust::new(
            [read("certs", "TrustAnchorRootCertificate.crt")],
            lists.map(|list| read("crls", list)).collect::<Vec<_>>(),
        );
        let certificate = |name: &str| Certificate::read(&read("certs", name));
        let end = match certificate(end) {
            Ok(end) => end,
            Err(error) => {
                untold.push(format!("{section} {name} ({path}): unreadable: {error}"));
                continue;
            }
        };
        // As of a message: what cannot be read does not travel along.
        let others: Vec<Certificate> = others.split_whitespace().filter_map(|name| certificate(name).ok()).collect();
        let verdict = trust.check(&end, &others, "2012-06-01T00:00:00Z".parse().unwrap());
        match verdict {
            Ok(()) if path == "valid" => right += 1,
            Err(error) if error.cannot_tell() => untold.push(format!("{section} {name} ({path}): {error}")),
            Err(_) if path == "invalid" => right += 1,
            other => wrong.push(format!("{section} {name} is {path}, and the verdict is {other:?}")),
        }
    }
    println!("{right} told right, {} cannot be told:\n{}", untold.len(), untold.join("\n"));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(right >= 116, "{right} told right");
}
