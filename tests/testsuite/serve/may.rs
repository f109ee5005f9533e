//! Mail to a host whose TLS handshake fails, as Postfix's levels `may` and `secure` have it.

use pec_conformance::message::Kind;

use super::program::{Client, Program, kinds, yaml};
use crate::external::wrong::Wrong;

const MARIO: &str = "mario@alfa.example";
const ANNA: &str = "anna@bravo.example";

#[test]
fn where_a_handshake_fails_mail_waits_and_then_goes_in_clear_unless_tls_is_required() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let bravo = Program::start(path, "bravo", &yaml("bravo", &["anna"], ""));
    // A host of another make on the way, which has no TLS that both could speak, and takes mail in clear.
    let Some(old) = Wrong::start(path, "old", ["submission", "incoming"].map(|point| bravo.address(point))) else {
        return;
    };
    let [_, incoming] = old.addresses();
    for (name, tls, arrived) in [("strict", "required", 0), ("lenient", "opportunistic", 1)] {
        let route = format!("routes: {{bravo.example: {{to: \"{incoming}\", tls: {tls}}}}}\nretries: [10m]\n");
        let mut alfa = Program::start(path, name, &yaml("alfa", &["mario"], &route));
        assert!(Client::of(&alfa).submit(MARIO, &[ANNA], 1).unwrap().is_complete());
        alfa.order("advance 0s");
        assert_eq!(bravo.mailbox(ANNA).len(), 0, "{tls}: a handshake that failed once is no reason");
        alfa.order("advance 11m");
        assert_eq!(bravo.mailbox(ANNA).len(), arrived, "{tls}");
        alfa.order("advance 13h");
        assert_eq!(bravo.mailbox(ANNA).len(), arrived, "{tls}");
        // Of what nobody has, mario is told.
        let is_told = kinds(&alfa.mailbox(MARIO)).contains(&Kind::PreavvisoErroreConsegna);
        assert!(is_told || arrived == 1, "{tls}");
        assert_eq!(alfa.terminate(), Some(0));
    }
}
