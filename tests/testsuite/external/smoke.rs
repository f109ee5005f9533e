//! What `smoke` finds out about a target before anything is played.

use std::fs;

use super::{
    SETTLING,
    staging::{BRAVO, Counterpart, Staging, addresses, at_once},
};
use crate::ports;

/// What is wrong with a target file is told with what helps, and nothing that was not seen is called well.
#[test]
fn what_smoke_finds_wrong_it_tells_with_what_helps() {
    let cases = [
        ("another authority", 3, "`server-name` and `trust` in the target file say which certificate"),
        ("another port", 2, "no login is taken there at all: `submission` in the target file names the port"),
        ("another way", 1, "acme did not call the other side: has it the way there that `routes` prints?"),
        ("another folder", 1, "there is no Maildir bravo/elsewhere/anna@bravo.example yet"),
    ];
    at_once(cases, |(mistake, code, told)| {
        let (staging, counterpart) = (Staging::new(), Counterpart::free());
        let bravo = staging.serve("bravo", BRAVO, counterpart);
        let impatient = "settling: {deadline: 6s, silence: 1s, poll: 100ms}\n";
        let file = staging.target("acme", BRAVO, addresses(&bravo), "bravo", counterpart, impatient);
        let page = fs::read_to_string(&file).unwrap();
        let [submission, incoming] = addresses(&bravo).map(|point| format!("port: {}", point.port()));
        let wrong = match mistake {
            "another authority" => {
                let nobody = rcgen::generate_simple_self_signed(["nobody.example".to_owned()]).unwrap();
                fs::write(staging.path().join("nobody.pem"), nobody.cert.pem()).unwrap();
                page.replace("ca: bravo/public/tls-root.pem", "ca: nobody.pem")
            }
            "another port" => page.replace(&submission, &incoming),
            "another way" => {
                page.replace(&format!("incoming: {},", counterpart.incoming), &format!("incoming: {},", ports::free()))
            }
            _ => page.replace("bravo/mail/%u", "bravo/elsewhere/%u"),
        };
        assert_ne!(page, wrong, "{mistake}");
        fs::write(&file, wrong).unwrap();
        let (found, text) = staging.run(&["smoke", "acme.yaml"]);
        assert_eq!(found, code, "{mistake}\n{text}");
        assert!(text.contains(told), "{told}\n{text}");
        assert_eq!(text.contains("a wrong password is refused"), text.contains("mario logs in"), "{text}");
        if code > 1 {
            let (found, text) = staging.run(&["smoke", "acme.yaml", "--lang", "it"]);
            assert_eq!(found, code, "{mistake}\n{text}");
            let told = match mistake {
                "another authority" => "`server-name` e `trust` nel suo file dicono quale certificato deve mostrare",
                _ => "bene    il punto di ricezione protegge il canale: TLSv1",
            };
            assert!(text.contains(told) && text.contains(&format!("(codice di uscita {code})")), "{told}\n{text}");
            assert!(!text.contains(" the ") && !text.contains(" its "), "{text}");
        }
        if mistake == "another folder" {
            let (_, text) = staging.run(&["run", "delivery/complete", "--receiver", "acme.yaml"]);
            let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(
                line.contains("acme: there is no folder bravo/elsewhere, in which its target file looks"),
                "{text}"
            );
        }
    });
}

#[test]
fn a_target_that_is_well_is_told_so_and_given_what_it_needs() {
    let (staging, counterpart) = (Staging::new(), Counterpart::free());
    let bravo = staging.serve("bravo", BRAVO, counterpart);
    let file = staging.target("acme", BRAVO, addresses(&bravo), "bravo", counterpart, SETTLING);
    let (code, text) = staging.run(&["smoke", "acme.yaml"]);
    assert_eq!(code, 0, "{text}");
    for sentence in [
        "the incoming point secures the channel: TLSv1",
        "mario logs in",
        "a wrong password is refused",
        "the mailbox of giulia@bravo.example is empty: there is no Maildir",
        "a message from alfa to acme arrived",
        "a message from acme to alfa arrived",
        "its clock shows this machine's time",
    ] {
        assert!(text.contains(sentence), "{sentence}\n{text}");
    }

    let before = bravo.data.join("log");
    let records =
        || fs::read_dir(&before).unwrap().map(|entry| fs::read(entry.unwrap().path()).unwrap().len()).sum::<usize>();
    let logged = records();
    // Its clock is not asked either.
    let with_clock = fs::read_to_string(&file).unwrap() + "clock: [touch, asked, \"%s\"]\n";
    fs::write(staging.path().join("beta.yaml"), with_clock).unwrap();
    let (code, text) = staging.run(&["run", "delivery/complete", "--receiver", "beta.yaml", "--dry-run"]);
    assert!(code == 0 && !staging.path().join("asked").exists(), "{text}");
    let burst = ["run", "delivery/burst", "--receiver", "acme.yaml", "--dry-run", "--allow", "flooding"];
    let (code, text) = staging.run(&burst);
    assert!(code == 0 && text.contains("at the access point of alfa, 20 times\nin all 20 messages"), "{text}");
    let (code, text) = staging.run(&["run", "delivery/*", "--receiver", "acme.yaml", "--dry-run"]);
    assert_eq!(code, 0, "{text}");
    assert!(
        text.contains("delivery/complete alfa -> acme: contract from mario@alfa.example to anna@bravo.example"),
        "{text}"
    );
    assert_eq!(records(), logged, "nothing was sent");

    let (code, text) = staging.run(&["routes", "acme.yaml"]);
    assert_eq!(code, 0, "{text}");
    let port = counterpart.incoming;
    for line in [
        format!("alfa.example  127.0.0.1:{port}  mx.alfa.example  STARTTLS always"),
        format!("alfa.example  smtp:[127.0.0.1]:{port}"),
        format!("[127.0.0.1]:{port}  secure match=mx.alfa.example:mx.delta.example"),
    ] {
        assert!(text.contains(&line), "{line}\n{text}");
    }

    let (code, text) = staging.run(&["directory", "export", "handout", "--target", "acme.yaml"]);
    assert_eq!(code, 0, "{text}");
    let (code, text) = staging.run(&["check", "handout/directory.ldif.p7m", "handout/alfa.cer"]);
    assert_eq!(code, 0, "{text}");
    let ldif = fs::read_to_string(staging.path().join("handout/directory.ldif")).unwrap();
    assert_eq!(ldif.matches("providerName: Bravo Recapiti").count(), 2, "each environment once");
}
