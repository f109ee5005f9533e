//! `serve`: reference gateways as programs of their own, which nobody looks into but by what they listen on and keep.

mod fetched;
mod killed;
mod may;
mod mx;
mod own;
mod page;
pub mod program;
#[cfg(unix)]
mod readonly;

use std::{
    fs,
    net::{Ipv4Addr, TcpStream, UdpSocket},
    path::Path,
    process::Command,
};

use pec_conformance::{
    evidence::SmtpPath,
    message::{Kind, Message},
    serve::Config,
};

use program::{Client, Program, exit_of, hand, kinds, yaml};

/// Alfa and bravo, each knowing the way to the other.
fn both(folder: &Path) -> [Program; 2] {
    let mut alfa = Program::start(folder, "alfa", &yaml("alfa", &["mario"], ""));
    let mut bravo = Program::start(folder, "bravo", &yaml("bravo", &["anna", "luca"], ""));
    alfa.order(&format!("route bravo.example {} mx.bravo.example", bravo.address("incoming")));
    bravo.order(&format!("route alfa.example {} mx.alfa.example", alfa.address("incoming")));
    [alfa, bravo]
}

/// Waits until neither has anything under way.
fn settle([alfa, bravo]: &mut [Program; 2]) {
    // A receipt comes back when the receiver has sent it.
    alfa.order("advance 0s");
    bravo.order("advance 0s");
    alfa.order("advance 0s");
}

#[test]
fn two_programs_deliver_certify_and_log() {
    let folder = tempfile::tempdir().unwrap();
    let mut programs = both(folder.path());
    let client = Client::of(&programs[0]);
    let anna = "anna@bravo.example";
    assert!(client.submit("mario@alfa.example", &[anna], 1).unwrap().is_complete());
    settle(&mut programs);
    let [alfa, bravo] = &programs;
    assert_eq!(kinds(&alfa.mailbox("mario@alfa.example")), [Kind::Accettazione, Kind::AvvenutaConsegna]);
    assert_eq!(kinds(&alfa.mailbox("ricevute@alfa.example")), [Kind::PresaInCarico]);
    assert_eq!(kinds(&bravo.mailbox(anna)), [Kind::PostaCertificata]);
    for program in &programs {
        let events: Vec<String> = program.log().iter().map(|line| line["event"].as_str().unwrap().to_owned()).collect();
        let numbers: Vec<u64> = program.log().iter().map(|line| line["seq"].as_u64().unwrap()).collect();
        assert_eq!(numbers, (1..=events.len() as u64).collect::<Vec<_>>());
        assert!(events.iter().any(|event| event == "ricezione"), "{events:?}");
    }
    for program in programs {
        assert_eq!(program.terminate(), Some(0));
    }
}

#[test]
fn a_clock_that_is_told_to_move_lets_both_notices_out() {
    let folder = tempfile::tempdir().unwrap();
    let mut alfa = Program::start(folder.path(), "alfa", &yaml("alfa", &["mario"], ""));
    // Nobody listens there.
    alfa.order("route bravo.example 127.0.0.1:1 mx.bravo.example");
    let client = Client::of(&alfa);
    assert!(client.submit("mario@alfa.example", &["anna@bravo.example"], 1).unwrap().is_complete());
    alfa.order("advance 11h");
    assert_eq!(kinds(&alfa.mailbox("mario@alfa.example")), [Kind::Accettazione]);
    alfa.order("advance 90m");
    alfa.order("advance 12h");
    let told = alfa.mailbox("mario@alfa.example");
    assert_eq!(kinds(&told), [Kind::Accettazione, Kind::PreavvisoErroreConsegna, Kind::PreavvisoErroreConsegna]);
    let instant = |at: usize| Message::read(&*told[at]).unwrap().daticert.unwrap().data.unwrap().instant().unwrap();
    let hours = instant(1).duration_since(instant(0)).as_secs_f64() / 3600.0;
    assert!((12.0..12.01).contains(&hours), "the first notice after {hours} hours");
}

#[test]
fn a_wrong_password_a_foreign_sender_and_a_disabled_user_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let more = "  piero: {password: {file: mario.secret}, state: disabled}\n";
    let alfa = Program::start(folder.path(), "alfa", &(yaml("alfa", &["mario"], "") + more));
    let mut client = Client::of(&alfa);
    assert!(client.submit("piero@alfa.example", &["mario@alfa.example"], 1).is_err());
    client.password = "another".into();
    assert!(client.submit("mario@alfa.example", &["mario@alfa.example"], 1).is_err());
    assert!(alfa.mailbox("mario@alfa.example").is_empty());
}

#[test]
fn another_provider_of_the_test_pki_is_known_by_the_directory_it_publishes() {
    let folder = tempfile::tempdir().unwrap();
    let provider = "provider:\n  name: Nuova PEC S.r.l.\n  host: mx.nuova.example\n  domains: [nuova.example]\n  \
                    address: posta-certificata@nuova.example\n  service-mailbox: ricevute@nuova.example\n";
    let mut nuova = Program::start(folder.path(), "nuova", &yaml("delta", &["mario"], provider));
    let published = folder.path().join("nuova/public/directory.ldif");
    let directory = format!("directory: {}\n", published.display());
    let mut bravo = Program::start(folder.path(), "bravo", &yaml("bravo", &["anna"], &directory));
    nuova.order(&format!("route bravo.example {} mx.bravo.example", bravo.address("incoming")));
    bravo.order(&format!("route nuova.example {} mx.nuova.example", nuova.address("incoming")));
    let client = Client::of(&nuova);
    assert!(client.submit("mario@nuova.example", &["anna@bravo.example"], 1).unwrap().is_complete());
    let mut programs = [nuova, bravo];
    settle(&mut programs);
    assert_eq!(kinds(&programs[1].mailbox("anna@bravo.example")), [Kind::PostaCertificata]);
    assert_eq!(kinds(&programs[0].mailbox("mario@nuova.example")), [Kind::Accettazione, Kind::AvvenutaConsegna]);
}

#[test]
fn a_directory_that_changes_is_read_again_and_one_that_is_broken_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let mut alfa = Program::start(folder.path(), "alfa", &yaml("alfa", &["mario"], ""));
    let whole = fs::read(folder.path().join("alfa/public/directory.ldif")).unwrap();
    let path = folder.path().join("providers.ldif");
    fs::write(&path, &whole).unwrap();
    let directory = format!("directory: {}\n", path.display());
    let mut bravo = Program::start(folder.path(), "bravo", &yaml("bravo", &["anna"], &directory));
    alfa.order(&format!("route bravo.example {} mx.bravo.example", bravo.address("incoming")));
    bravo.order(&format!("route alfa.example {} mx.alfa.example", alfa.address("incoming")));
    fs::write(&path, "dn: broken").unwrap();
    let failed = bravo.told("reread");
    assert_eq!(failed["event"], "failed", "{failed}");
    // Without alfa in it what alfa signs is no certified mail.
    let text = String::from_utf8(whole).unwrap();
    let others: Vec<&str> = text.split("\n\n").filter(|record| !record.contains("Alfa")).collect();
    fs::write(&path, others.join("\n\n")).unwrap();
    bravo.wait_for("reread");
    let client = Client::of(&alfa);
    assert!(client.submit("mario@alfa.example", &["anna@bravo.example"], 1).unwrap().is_complete());
    let mut programs = [alfa, bravo];
    settle(&mut programs);
    assert_eq!(kinds(&programs[1].mailbox("anna@bravo.example")), [Kind::Anomalia]);
}

#[test]
fn mistakes_are_drawn_where_they_stand() {
    let folder = tempfile::tempdir().unwrap();
    for (yaml, place, said) in [
        ("dialect: alfa\ndata: d\nprots: {incoming: 25}\n", "3:1", "did you mean `ports`?"),
        ("dialect: gamma\ndata: d\n", "1:10", "gamma"),
        (
            "dialect: alfa\ndata: d\ntest-pki: true\nusers:\n  mario: {password: {file: none}}\n",
            "5:3",
            "cannot be read",
        ),
        ("dialect: alfa\ndata: d\n", ":", "`signing` is missing"),
        ("dialect: alfa\ndata: d\ntest-pki: true\nroutes: {b.example: {to: nowhere}}\n", "4:9", "host:port"),
        ("dialect: alfa\ndata: d\ntest-pki: true\nretries: [1y]\n", "4:", "write `12h`"),
        ("dialect: alfa\ndata: d\ntest-pki: true\nretries: [0s]\n", "4:", "write `12h`"),
        ("dialect: alfa\ndata: d\ntest-pki: true\nmx: {server: nowhere}\n", "4:5", "neither `system` nor"),
        ("dialect: alfa\ndata: d\ntest-pki: true\nmx: {sever: system}\n", "4:6", "did you mean `server`?"),
        ("dialect: alfa\ndata: d\ntest-pki: true\nmx: {server: system, timeout: 2h}\n", "4:5", "a minute at most"),
        ("dialect: alfa\ndata: d\ntest-pki: true\nstarttls: none\n", "4:11", "`offered` or `withheld`"),
        ("", "", "is empty"),
    ] {
        let path = folder.path().join("gateway.yaml");
        fs::write(&path, yaml).unwrap();
        let (exit, told) = exit_of(Command::new(env!("CARGO_BIN_EXE_pec-conformance")).arg("serve").arg(&path));
        assert_eq!(exit, Some(2), "{yaml}\n{told}");
        assert!(told.contains(said) && told.contains(place), "{yaml}\n{told}");
        assert!(!folder.path().join("d").exists(), "nothing was started: {yaml}");
    }
}

#[test]
fn it_listens_where_bind_says_and_nowhere_else() {
    let folder = tempfile::tempdir().unwrap();
    // A way out tells the machine's own address without a word being sent.
    let out = UdpSocket::bind("0.0.0.0:0").and_then(|socket| {
        socket.connect("192.0.2.1:9")?;
        socket.local_addr()
    });
    let own = out.ok().map(|address| address.ip()).filter(|ip| !ip.is_loopback() && !ip.is_unspecified());
    let addresses = [Some("127.0.0.2".parse().unwrap()), own, Some("0.0.0.0".parse().unwrap())];
    for (at, ip) in addresses.into_iter().flatten().enumerate() {
        let bind = format!("bind: {ip}\nports: {{pop3: 0}}\n");
        // Somebody else may have the same port on loopback, though not each time.
        let mut started = (0..4).map(|number| {
            let name = format!("alfa{at}{number}");
            Program::start(folder.path(), &name, &yaml("alfa", &["mario", "anna"], &bind))
        });
        let is_there_alone = |alfa: &Program| {
            ["submission", "submissions", "incoming", "pop3"].into_iter().all(|service| {
                let address = alfa.address(service);
                assert_eq!(address.ip(), ip);
                let on_loopback = TcpStream::connect((Ipv4Addr::LOCALHOST, address.port()));
                on_loopback.is_ok() == ip.is_unspecified()
            })
        };
        let mut alfa = started.find(is_there_alone).unwrap_or_else(|| panic!("not where {ip} says, or elsewhere too"));
        let client = Client::of(&alfa);
        assert!(client.submit("mario@alfa.example", &["anna@alfa.example"], 1).unwrap().is_complete());
        alfa.order("advance 0s");
        assert_eq!(kinds(&alfa.mailbox("anna@alfa.example")), [Kind::PostaCertificata]);
        assert_eq!(alfa.terminate(), Some(0));
    }
}

#[test]
fn a_folder_is_one_gateways_and_a_port_too() {
    let folder = tempfile::tempdir().unwrap();
    let alfa = Program::start(folder.path(), "alfa", &yaml("alfa", &["mario"], ""));
    let serve = |path: &Path| exit_of(Command::new(env!("CARGO_BIN_EXE_pec-conformance")).arg("serve").arg(path));
    let (exit, told) = serve(&folder.path().join("alfa.yaml"));
    assert_eq!(exit, Some(3));
    assert!(told.contains("another gateway keeps its things there"), "{told}");
    let port = alfa.address("incoming").port();
    let path = folder.path().join("second.yaml");
    let taken = format!("ports: {{incoming: {port}}}\n");
    fs::write(&path, format!("data: second\n{}", yaml("bravo", &[], &taken))).unwrap();
    let (exit, told) = serve(&path);
    assert_eq!(exit, Some(3));
    assert!(told.contains(&format!("cannot listen on 127.0.0.1:{port}")), "{told}");
}

#[test]
fn what_cannot_be_kept_is_told_and_nothing_is_changed() {
    let folder = tempfile::tempdir().unwrap();
    let alfa = Program::start(folder.path(), "alfa", &yaml("alfa", &["mario"], ""));
    let data = alfa.data.clone();
    assert_eq!(alfa.terminate(), Some(0));
    let serve = || {
        let path = folder.path().join("alfa.yaml");
        exit_of(Command::new(env!("CARGO_BIN_EXE_pec-conformance")).arg("serve").arg(path))
    };
    let journal = data.join("journal.redb");
    let whole = fs::read(&journal).unwrap();
    fs::write(&journal, &whole[..whole.len() / 3]).unwrap();
    let (exit, told) = serve();
    assert_eq!(exit, Some(3), "{told}");
    assert!(told.contains("journal.redb") && told.contains("nothing was changed"), "{told}");
    assert_eq!(fs::read(&journal).unwrap(), &whole[..whole.len() / 3]);
    fs::remove_dir_all(&data).unwrap();
    fs::write(&data, "a file where the folder belongs").unwrap();
    let (exit, told) = serve();
    assert_eq!(exit, Some(3), "{told}");
    assert!(told.contains("alfa"), "{told}");
}

#[cfg(unix)]
#[test]
fn on_a_full_disk_nothing_is_accepted_and_nothing_that_was_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let config = yaml("alfa", &["mario", "anna"], "");
    // No file may grow beyond 8 MiB, as on a disk that is full then.
    let small = "trap '' XFSZ; ulimit -f 8192";
    let alfa = Program::start_from_shell(folder.path(), "alfa", &config, small);
    let client = Client::of(&alfa);
    let submit = |number: usize, text: &str| {
        let sent = client.submit_with("mario@alfa.example", &["anna@alfa.example"], number, text);
        sent.map(|sent| sent.data.unwrap().code).map_err(|error| error.to_string())
    };
    assert_eq!(submit(1, "small\r\n"), Ok(250));
    assert_eq!(submit(2, &"much too large\r\n".repeat(1 << 20)), Ok(451));
    // It ends by itself now: who calls meanwhile is put off, or left.
    assert!(matches!(submit(3, "small again\r\n"), Ok(451) | Err(_)));
    assert_eq!(alfa.ended(), Some(3));
    let mut alfa = Program::start(folder.path(), "alfa", &config);
    alfa.order("advance 1h");
    assert_eq!(kinds(&alfa.mailbox("mario@alfa.example")), [Kind::Accettazione, Kind::AvvenutaConsegna]);
    assert_eq!(kinds(&alfa.mailbox("anna@alfa.example")), [Kind::PostaCertificata]);
}

#[test]
fn a_demo_tells_all_that_a_mail_program_needs_and_is_the_same_when_it_starts_again() {
    let folder = tempfile::tempdir().unwrap();
    let demo = folder.path().join("demo");
    let mut passwords = Vec::new();
    for messages in [2, 4] {
        let (program, told) = Program::demo(&demo);
        let first = |event: &str| told.iter().find(|line| line["event"] == event).unwrap();
        passwords.push(first("account")["password"].as_str().unwrap().to_owned());
        assert_eq!(first("account")["user"], "mario@alfa.example");
        assert!(Path::new(first("ca")["file"].as_str().unwrap()).is_file());
        assert!(first("first-message")["answer"].as_str().unwrap().starts_with("250 2.0.0 Taken as "));
        let mailbox = kinds(&program.mailbox("mario@alfa.example"));
        assert_eq!(mailbox.len(), messages);
        assert_eq!(mailbox[..2], [Kind::Accettazione, Kind::AvvenutaConsegna]);
        assert_eq!(kinds(&program.mailbox("anna@alfa.example")).len(), messages / 2);
        let mut client = Client::of(&program);
        client.password.clone_from(&passwords[0]);
        client.submit("anna@alfa.example", &["mario@alfa.example"], 1).unwrap_err();
        assert_eq!(program.terminate(), Some(0));
    }
    assert_eq!(passwords[0], passwords[1]);
}

#[cfg(unix)]
#[test]
fn a_hangup_is_a_word_to_read_again() {
    let folder = tempfile::tempdir().unwrap();
    // Under `nohup` too: whoever sends it means the files.
    let mut alfa = Program::start_from_shell(folder.path(), "alfa", &yaml("alfa", &["mario"], ""), "trap '' HUP");
    alfa.hang_up();
    alfa.wait_for("reread");
    assert_eq!(alfa.terminate(), Some(0));
}

#[test]
fn what_is_delivered_within_one_program_needs_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let mut alfa = Program::start(folder.path(), "alfa", &yaml("alfa", &["mario", "anna"], ""));
    let client = Client::of(&alfa);
    let sent = client.submit("mario@alfa.example", &["anna@alfa.example"], 1).unwrap();
    assert!(sent.is_complete());
    alfa.order("advance 0s");
    assert_eq!(kinds(&alfa.mailbox("anna@alfa.example")), [Kind::PostaCertificata]);
    let path = SmtpPath { from: "a@b.example".into(), to: vec!["mario@alfa.example".into()] };
    assert!(hand(alfa.address("incoming"), &path, b"Subject: hello\r\n\r\nhello\r\n").is_complete());
    assert_eq!(kinds(&alfa.mailbox("mario@alfa.example")).last(), Some(&Kind::Anomalia));
}

#[test]
fn the_example_of_its_page_is_understood() {
    let page = include_str!("../../../docs/serve.md");
    let (_, rest) = page.split_once("<!-- example: gateway -->\n```yaml\n").unwrap();
    let (example, _) = rest.split_once("```").unwrap();
    let config = pec_conformance::yaml::read::<Config>("docs/serve.md", example, "a gateway").unwrap();
    assert_eq!((config.users.len(), config.routes.len(), config.ports.submission), (2, 2, 2587));
}
