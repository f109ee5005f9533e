//! An outside client fetches mail by POP3: Python's poplib.

use std::{fs, process::Command};

use super::program::{Client, PASSWORD, Program, exit_of, is_installed, yaml};

/// What `poplib` does and prints.
const SCRIPT: &str = r#"
import poplib, ssl, sys
port, root, user, password, command = sys.argv[1:]
pop = poplib.POP3("localhost", int(port), timeout=60)
try:
    pop.user(user)
    sys.exit("it takes a name in clear")
except poplib.error_proto:
    pass
pop.stls(ssl.create_default_context(cafile=root))
pop.user(user)
pop.pass_(password)
numbers = [line.decode().split() for line in pop.uidl()[1]]
assert [number for number, _ in numbers] == [str(at + 1) for at in range(len(numbers))]
assert pop.stat()[0] == len(numbers) == len(pop.list()[1])
for number, uid in numbers:
    message = b"\r\n".join(pop.retr(number)[1]) + b"\r\n"
    print(uid, message.hex())
if command == "remove":
    pop.dele(1)
    assert pop.stat()[0] == len(numbers) - 1
pop.quit()
"#;

fn fetch(program: &Program, user: &str, password: &str, command: &str) -> Option<(Option<i32>, String)> {
    if !is_installed("python3") {
        return None;
    }
    let root = program.data.join("public/tls-root.pem");
    let mut python = Command::new("python3");
    python.args(["-c", SCRIPT, &program.address("pop3").port().to_string()]).arg(root);
    Some(exit_of(python.args([user, password, command])))
}

#[test]
fn users_fetch_their_mail_octet_by_octet_and_remove_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut alfa = Program::start(folder.path(), "alfa", &yaml("alfa", &["mario", "anna"], "ports: {pop3: 0}\n"));
    let client = Client::of(&alfa);
    let text = ".a line that begins with a dot\r\n..\r\n";
    let sent = client.submit_with("mario@alfa.example", &["anna@alfa.example"], 1, text).unwrap();
    assert!(sent.is_complete());
    alfa.order("advance 0s");
    let mailbox = alfa.mailbox("mario@alfa.example");
    assert_eq!(mailbox.len(), 2);
    let Some((exit, told)) = fetch(&alfa, "mario@alfa.example", PASSWORD, "remove") else { return };
    assert_eq!(exit, Some(0), "{told}");
    let fetched: Vec<&str> = told.lines().map(|line| line.split_once(' ').unwrap().1).collect();
    let hex = |bytes: &[u8]| bytes.iter().map(|octet| format!("{octet:02x}")).collect::<Vec<_>>().concat();
    assert_eq!(fetched, mailbox.iter().map(|bytes| hex(bytes)).collect::<Vec<_>>());
    assert_eq!(alfa.mailbox("mario@alfa.example"), mailbox[1..]);
    // What a mail program has moved and flagged keeps its name.
    let names: Vec<&str> = told.lines().map(|line| line.split_once(' ').unwrap().0).collect();
    let maildir = alfa.data.join("mail/mario@alfa.example");
    fs::rename(maildir.join("new").join(names[1]), maildir.join("cur").join(format!("{}:2,S", names[1]))).unwrap();
    let (exit, again) = fetch(&alfa, "mario@alfa.example", PASSWORD, "look").unwrap();
    assert_eq!(exit, Some(0), "{again}");
    assert!(again.starts_with(names[1]) && again.lines().count() == 1, "{again}");
    let (exit, told) = fetch(&alfa, "mario@alfa.example", "another", "look").unwrap();
    assert_eq!(exit, Some(1));
    assert!(told.contains("[AUTH]"), "{told}");
}
