//! Gateways of another make, wrong or slow in one way each (`wrong_gateway.py`), played against by target files.

use std::{
    fs,
    net::{Ipv4Addr, SocketAddr},
};

use super::{
    staging::{BRAVO, Counterpart, Staging, addresses, at_once},
    wrong,
};

/// What a gateway of another make that goes wrong in this way comes to, in each role: exit code, and page in one line.
fn told_of(way: &str) -> Option<[(i32, String); 2]> {
    let told = at_once(["--receiver", "--sender"], |role| told_of_as(way, role, "", "delivery/complete"));
    let [Some(receiver), Some(sender)] = told else { return None };
    Some([receiver, sender])
}

/// The same in one role and in any scenario; `incoming` is what else its file says of its incoming point.
fn told_of_as(way: &str, role: &str, incoming: &str, id: &str) -> Option<(i32, String)> {
    let (staging, counterpart) = (Staging::new(), Counterpart::free());
    let bravo = staging.serve("bravo", BRAVO, counterpart);
    let wrong = wrong::Wrong::start(staging.path(), way, addresses(&bravo))?;
    let settling = "settling: {deadline: 8s, silence: 1s, poll: 100ms}\n";
    let file = staging.target("acme", BRAVO, wrong.addresses(), "bravo", counterpart, settling);
    fs::write(staging.path().join("hosts"), "per-prova\n").unwrap();
    let page = fs::read_to_string(&file).unwrap().replace("{ca: bravo/public/tls-root.pem}", "{unverified: true}");
    fs::write(&file, page.replace("incoming: {host", &format!("incoming: {{{incoming}host"))).unwrap();
    let (code, text) = staging.run(&["run", id, role, "acme.yaml"]);
    Some((code, text.split_whitespace().collect::<Vec<_>>().join(" ")))
}

/// Whether the target, in its role, is to blame for something, and nobody else for anything.
fn is_blamed_alone(text: &str, role: &str) -> bool {
    let target = format!("to blame acme, as {}", &role[2..]);
    let [all, its_own] = ["to blame ", &target].map(|words| text.matches(words).count());
    its_own > 0 && its_own == all
}

/// What is signed cannot be written in seven bits: whoever takes no eight has to answer for what does not come.
#[test]
fn an_incoming_point_without_8bitmime_keeps_its_own_users_mail_away() {
    at_once(["delivery/eight-bit-original", "delivery/odd-attachment-names"], |id| {
        let Some((code, text)) = told_of_as("narrow", "--receiver", "", id) else { return };
        assert_eq!(code, 1, "{id}\n{text}");
        assert!(is_blamed_alone(&text, "--receiver"), "{id}\n{text}");
        assert!(text.contains("what alfa had for acme needs 8BITMIME, which acme does not offer"), "{id}\n{text}");
    });
}

/// An incoming point may want TLS from the first byte, or a login; one that offers no STARTTLS breaks the norm.
#[test]
fn an_incoming_point_is_met_as_its_file_says() {
    let cases = [
        ("tls", "--receiver", "tls: implicit, ", 0),
        ("closed", "--receiver", "login: {user: pec, password: {file: hosts}}, ", 0),
        ("closed", "--receiver", "login: {user: pec, password: {file: secret}}, ", 1),
        ("closed", "--receiver", "", 1),
        ("bare", "--receiver", "", 1),
        // Its user's receipts come by that point too.
        ("closed", "--sender", "", 1),
        ("bare", "--sender", "", 1),
    ];
    at_once(cases, |(way, role, incoming, expected)| {
        let Some((code, text)) = told_of_as(way, role, incoming, "delivery/complete") else { return };
        assert_eq!(code, expected, "{way} {role} {incoming}\n{text}");
        assert_eq!(is_blamed_alone(&text, role), expected == 1, "{way} {role} {incoming}\n{text}");
        let told = text.contains("what alfa had for acme was refused: acme said `530 ");
        assert_eq!(told, way == "closed" && expected == 1 && incoming.is_empty(), "{way} {role} {incoming}\n{text}");
    });
}

#[test]
fn a_slow_gateway_of_another_make_conforms() {
    for (code, text) in told_of("slow").into_iter().flatten() {
        assert_eq!(code, 0, "{text}");
        assert!(text.contains("unverified, as the target file says"), "{text}");
    }
}

#[test]
fn a_gateway_of_another_make_that_takes_everything_and_delivers_nothing_is_blamed() {
    for (code, text) in told_of("hollow").into_iter().flatten() {
        assert_eq!(code, 1, "{text}");
        assert!(text.contains("to blame acme") && !text.contains("to blame alfa"), "{text}");
    }
}

#[test]
fn a_gateway_of_another_make_that_puts_off_what_is_new_to_it_conforms() {
    for (code, text) in told_of("grey").into_iter().flatten() {
        assert_eq!(code, 0, "{text}");
        assert!(text.contains("a sentinel that came through both ways"), "{text}");
    }
}

#[test]
fn what_a_gateway_of_another_make_never_takes_or_breaks_off_is_told_and_it_is_blamed() {
    let cases = [
        ("never", ["mx.bravo.example said `451 4.3.0 Come again`", "found 451 Come again"]),
        ("drops", ["closed the connection without an answer", "expected an SMTP session that is held to its end"]),
    ];
    at_once(cases, |(way, told)| {
        for ((code, text), told) in told_of(way).into_iter().flatten().zip(told) {
            assert_eq!(code, 1, "{way}\n{text}");
            assert!(text.contains(told), "{way}\n{text}");
            assert!(text.contains("to blame acme") && !text.contains("to blame alfa"), "{way}\n{text}");
        }
    });
}

/// What reaches the other side altered it wraps, as it must, and owes nothing for: that tells of the target alone.
#[test]
fn what_a_gateway_elsewhere_hands_over_altered_is_charged_to_it_alone() {
    at_once(["receiver", "sender"], |role| {
        let (staging, counterpart) = (Staging::new(), Counterpart::free());
        let mut bravo = staging.serve("bravo", BRAVO, counterpart);
        let door = SocketAddr::from((Ipv4Addr::LOCALHOST, counterpart.incoming));
        let Some(relay) = wrong::Wrong::start(staging.path(), "garbles", [door; 2]) else { return };
        let [_, way] = relay.addresses();
        bravo.order(&format!("route alfa.example {way} wrong.example opportunistic"));
        let more = "settling: {deadline: 8s, silence: 1s, poll: 100ms}\nnames: [wrong.example]\n";
        staging.target("acme", BRAVO, addresses(&bravo), "bravo", counterpart, more);
        let (code, text) = staging.run(&["run", "delivery/complete", &format!("--{role}"), "acme.yaml"]);
        assert_eq!(code, 1, "{role}\n{text}");
        assert!(
            text.contains("violation signature/valid") && text.contains("found        anomalia contract"),
            "{text}"
        );
        assert!(text.contains(&format!("to blame     acme, as {role}")), "{role}\n{text}");
        assert!(!text.contains("to blame     alfa"), "{role}\n{text}");
    });
}
