//! `merge`: parts are put together by the program that played them, and by the rules that judged them.

use std::fs;

use super::{Folder, pec};

#[test]
fn a_part_of_another_program_or_of_other_rules_is_refused() {
    let folder = Folder::new();
    folder.run(&["--sender", "alfa", "--shard", "1/1"]).exits(0);
    let (part, whole) = (folder.text("reports"), folder.text("whole"));
    let merge = || pec(&["merge", &part, "--reports", &whole]);
    merge().exits(0).says(&["plays     1 = 1 passed"]);
    let stream = folder.path("reports/run.jsonl");
    let as_it_was = fs::read_to_string(&stream).unwrap();
    let version = format!("\"version\":\"{}\"", env!("CARGO_PKG_VERSION"));
    for (right, wrong, told) in [
        (version.as_str(), "\"version\":\"0.0.7\"", "it was played by version 0.0.7 of this program"),
        ("\"digest\":\"sha256:", "\"digest\":\"sha256:0", "it was judged by other rules than this program's"),
    ] {
        let changed = as_it_was.replacen(right, wrong, 1);
        assert_ne!(changed, as_it_was, "{right}");
        fs::write(&stream, changed).unwrap();
        let refused = merge().exits(2);
        let line = refused.err.replace('│', " ").split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(line.contains(told) && line.contains("merge with what played it"), "{}", refused.err);
    }
}
