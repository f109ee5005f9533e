//! Mail for domains without a route goes where MX records say, as a name server tells that somebody else wrote: dnsmasq.

use std::{
    collections::BTreeSet,
    fs,
    io::{BufRead as _, BufReader},
    net::{Ipv4Addr, TcpListener, TcpStream, UdpSocket},
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use pec_conformance::{
    message::{Kind, Message},
    net::MailHosts,
};

use super::program::{Client, DEADLINE, Program, is_installed, kinds, yaml};

const MARIO: &str = "mario@alfa.example";

/// A program that ends with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A port that was free a moment ago, for both protocols.
fn free_port() -> u16 {
    loop {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
        if UdpSocket::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return port;
        }
    }
}

/// A name server that knows this and nothing else; what it is not told of `example` is not there, what lies elsewhere it
/// refuses to tell.
fn dnsmasq(port: u16, records: &[&str]) -> Running {
    let mut command = Command::new("dnsmasq");
    command.args(["--no-daemon", "--conf-file=/dev/null", "--pid-file=", "--log-facility=-"]);
    command.args(["--no-hosts", "--no-resolv", "--listen-address=127.0.0.1", "--bind-interfaces"]);
    command.arg(format!("--port={port}")).args(records).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut told = BufReader::new(child.stderr.take().unwrap());
    let running = Running(child);
    let mut line = String::new();
    while !line.contains("started, version") {
        line.clear();
        assert!(told.read_line(&mut line).unwrap() > 0, "dnsmasq ended");
    }
    // It goes on to write what it does.
    thread::spawn(move || std::io::copy(&mut told, &mut std::io::sink()));
    running
}

/// An ordinary mail host without TLS, which prints what it is given.
fn ordinary(address: Ipv4Addr, port: u16) -> (Running, BufReader<ChildStdout>) {
    let mut command = Command::new("/usr/bin/python3");
    command.args(["-u", "-m", "aiosmtpd", "-n", "-l", &format!("{address}:{port}")]);
    let mut child =
        command.args(["-c", "aiosmtpd.handlers.Debugging", "stdout"]).stdout(Stdio::piped()).spawn().unwrap();
    let stdout = BufReader::new(child.stdout.take().unwrap());
    let running = Running(child);
    let begun = Instant::now();
    while TcpStream::connect((address, port)).is_err() {
        assert!(begun.elapsed() < DEADLINE, "aiosmtpd does not listen");
        thread::sleep(Duration::from_millis(20));
    }
    (running, stdout)
}

/// How many have called by now.
fn calls(listener: &TcpListener) -> usize {
    listener.set_nonblocking(true).unwrap();
    std::iter::from_fn(|| listener.accept().ok()).count()
}

fn alfa(folder: &Path, dns: u16, hosts: u16) -> Program {
    alfa_asking(folder, &format!("\"127.0.0.1:{dns}\""), hosts)
}

/// Whoever does not answer on this machine is not waited for as long as on the Internet.
fn alfa_asking(folder: &Path, server: &str, hosts: u16) -> Program {
    let mx = format!("mx: {{server: {server}, port: {hosts}, timeout: 1s}}\nretries: [30m]\n");
    Program::start(folder, "alfa", &yaml("alfa", &["mario"], &mx))
}

/// The code at the start of what a notice says of an error.
fn code(message: &[u8]) -> String {
    let data = Message::read(message).unwrap().daticert.unwrap().data.unwrap();
    assert_eq!(data.errore, "no-dominio");
    data.errore_esteso.unwrap().split(' ').next().unwrap().to_owned()
}

#[test]
fn mail_goes_to_the_preferred_host_that_takes_it_and_only_over_the_channel_that_it_must_have() {
    if !is_installed("dnsmasq") || !has_aiosmtpd() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut bravo = Program::start(folder.path(), "bravo", &yaml("bravo", &["anna"], ""));
    let (dns, port) = (free_port(), bravo.address("incoming").port());
    // Whoever calls here is left to itself: the session breaks off where the other end is closed.
    let at = |last: u8| TcpListener::bind((Ipv4Addr::new(127, 0, 0, last), port)).unwrap();
    let (worse, dead) = (at(2), at(3).local_addr().unwrap());
    let (host, mut printed) = ordinary(Ipv4Addr::new(127, 0, 0, 4), port);
    let _server = dnsmasq(
        dns,
        &[
            "--local=/example/",
            "--mx-host=bravo.example,worse.example,30",
            "--mx-host=bravo.example,mx.bravo.example,20",
            "--mx-host=bravo.example,gone.example,10",
            "--mx-host=bravo.example,dead.example,5",
            "--host-record=mx.bravo.example,127.0.0.1",
            "--host-record=worse.example,127.0.0.2",
            &format!("--host-record=dead.example,{}", dead.ip()),
            // Listed as certified: its host is another one by its certificate.
            "--mx-host=delta.example,mx.delta.example,10",
            "--host-record=mx.delta.example,127.0.0.1",
            // Listed as certified: its host has no TLS.
            "--host-record=irraggiungibile.example,127.0.0.4",
            // Ordinary, and its own host.
            "--host-record=posta.example,127.0.0.4",
        ],
    );
    let mut alfa = alfa(folder.path(), dns, port);
    bravo.order(&format!("route alfa.example {} mx.alfa.example", alfa.address("incoming")));
    let to = ["anna@bravo.example", "anna@delta.example", "anna@irraggiungibile.example", "carla@posta.example"];
    assert!(Client::of(&alfa).submit(MARIO, &to, 1).unwrap().is_complete());
    alfa.order("advance 0s");
    bravo.order("advance 0s");
    alfa.order("advance 0s");
    assert_eq!(kinds(&bravo.mailbox("anna@bravo.example")), [Kind::PostaCertificata]);
    assert_eq!(kinds(&alfa.mailbox(MARIO)), [Kind::Accettazione, Kind::AvvenutaConsegna]);
    assert_eq!(calls(&worse), 0, "a less preferred host was called");
    // The ordinary one alone took it without TLS.
    let mut line = String::new();
    while !line.starts_with("------------ END MESSAGE") {
        line.clear();
        assert!(printed.read_line(&mut line).unwrap() > 0, "the ordinary host ended");
        assert!(!line.contains("to irraggiungibile"), "{line}");
    }
    // The two others wait: their notices of hour 12 come, and nothing of them arrived.
    alfa.order("advance 13h");
    let told = kinds(&alfa.mailbox(MARIO));
    assert_eq!(told[2..], [Kind::PreavvisoErroreConsegna, Kind::PreavvisoErroreConsegna]);
    assert_eq!(kinds(&bravo.mailbox("anna@bravo.example")).len(), 1);
    drop(host);
    let mut rest = String::new();
    std::io::Read::read_to_string(&mut printed, &mut rest).unwrap();
    assert!(!rest.contains("MESSAGE FOLLOWS"), "{rest}");
}

#[test]
fn a_domain_that_takes_no_mail_is_told_at_once() {
    if !is_installed("dnsmasq") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let dns = free_port();
    let _server = dnsmasq(
        dns,
        &[
            "--local=/example/",
            // A null MX (RFC 7505): preference 0, the root.
            "--dns-rr=bravo.example,15,000000",
            // Its only host has no address.
            "--mx-host=irraggiungibile.example,gone.example,10",
            // This very gateway is its best host.
            "--mx-host=mine.example,mx.alfa.example,10",
            "--mx-host=mine.example,other.example,20",
            "--host-record=other.example,127.0.0.1",
        ],
    );
    let mut alfa = alfa(folder.path(), dns, 1);
    let client = Client::of(&alfa);
    for (number, domain, expected) in [(1, "delta", "5.1.2"), (2, "bravo", "5.1.10"), (3, "irraggiungibile", "5.4.4")] {
        let to = format!("anna@{domain}.example");
        assert!(client.submit(MARIO, &[&to], number).unwrap().is_complete());
        alfa.order("advance 0s");
        let told = alfa.mailbox(MARIO);
        assert_eq!(kinds(&told)[2 * (number - 1)..], [Kind::Accettazione, Kind::ErroreConsegna], "{domain}");
        assert_eq!(code(told.last().unwrap()), expected, "{domain}");
    }
    // Ordinary mail is told of as on the Internet.
    assert!(client.submit(MARIO, &["carla@mine.example"], 4).unwrap().is_complete());
    alfa.order("advance 0s");
    let told = alfa.mailbox(MARIO);
    assert_eq!(kinds(&told)[6..], [Kind::Accettazione, Kind::Anomalia]);
    assert!(String::from_utf8_lossy(told.last().unwrap()).contains("Status: 5.4.6"));
}

#[test]
fn a_name_server_in_trouble_is_asked_again() {
    if !is_installed("dnsmasq") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let bravo = Program::start(folder.path(), "bravo", &yaml("bravo", &["anna"], ""));
    let dns = free_port();
    let mut alfa = alfa(folder.path(), dns, bravo.address("incoming").port());
    let anna = "anna@bravo.example";
    // Nobody is there; then one that refuses to tell; then one that does not know where the host is.
    assert!(Client::of(&alfa).submit(MARIO, &[anna], 1).unwrap().is_complete());
    alfa.order("advance 0s");
    let mx = "--mx-host=bravo.example,mx.bravo.example,10";
    for records in [&[][..], &[mx]] {
        let _server = dnsmasq(dns, records);
        alfa.order("advance 1h");
        assert_eq!(kinds(&alfa.mailbox(MARIO)), [Kind::Accettazione]);
    }
    let _server = dnsmasq(dns, &[mx, "--host-record=mx.bravo.example,127.0.0.1"]);
    alfa.order("advance 1h");
    assert_eq!(kinds(&bravo.mailbox(anna)), [Kind::PostaCertificata]);
    assert_eq!(kinds(&alfa.mailbox(MARIO)), [Kind::Accettazione]);
}

/// A name server whose every answer is that it failed (SERVFAIL, RFC 1035 4.1.1), until dropped.
struct Failing(Arc<AtomicBool>);

impl Failing {
    fn start(port: u16) -> Self {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, port)).unwrap();
        socket.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
        let ended = Arc::new(AtomicBool::new(false));
        let ends = ended.clone();
        thread::spawn(move || {
            let mut query = [0; 512];
            while !ends.load(Ordering::Relaxed) {
                let Ok((length, client)) = socket.recv_from(&mut query) else { continue };
                // A response (QR) to this question, with this code; nothing else is in it.
                query[2] |= 0x80;
                query[3] = query[3] & 0xf0 | 2;
                query[6..12].fill(0);
                let question = length.min(end_of_question(&query));
                let _ = socket.send_to(&query[..question], client);
            }
        });
        Self(ended)
    }
}

impl Drop for Failing {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Where the question of a message ends: its name label by label, type and class (RFC 1035 4.1.2).
fn end_of_question(message: &[u8]) -> usize {
    let mut at = 12;
    while message[at] != 0 {
        at += 1 + usize::from(message[at]);
    }
    at + 5
}

#[test]
fn a_name_server_that_fails_says_nothing_of_the_domain() {
    let folder = tempfile::tempdir().unwrap();
    let dns = free_port();
    let _server = Failing::start(dns);
    let mut alfa = alfa(folder.path(), dns, 1);
    assert!(Client::of(&alfa).submit(MARIO, &["anna@bravo.example"], 1).unwrap().is_complete());
    alfa.order("advance 1h");
    assert_eq!(kinds(&alfa.mailbox(MARIO)), [Kind::Accettazione], "a failure was taken for an answer");
    // It is tried until it is too late, and told as whatever could not be reached.
    alfa.order("advance 24h");
    let told = kinds(&alfa.mailbox(MARIO));
    assert_eq!(told[1..], [Kind::PreavvisoErroreConsegna, Kind::PreavvisoErroreConsegna]);
}

#[test]
fn hosts_of_equal_preference_are_tried_in_any_order_and_all_of_them() {
    if !is_installed("dnsmasq") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let bravo = Program::start(folder.path(), "bravo", &yaml("bravo", &["anna"], ""));
    let (dns, port) = (free_port(), bravo.address("incoming").port());
    let hosts = ["one.example", "two.example", "mx.bravo.example"];
    let mx = hosts.map(|host| format!("--mx-host=bravo.example,{host},10"));
    let addresses = ["one.example,127.0.0.2", "two.example,127.0.0.3", "mx.bravo.example,127.0.0.1"]
        .map(|record| format!("--host-record={record}"));
    let records: Vec<&str> = mx.iter().chain(&addresses).map(String::as_str).collect();
    let _server = dnsmasq(dns, &records);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let asked = MailHosts::by_server((Ipv4Addr::LOCALHOST, dns).into(), port, None).unwrap();
        let mut first = BTreeSet::new();
        while first.len() < hosts.len() {
            let found = asked.of("bravo.example", "mx.alfa.example").await.unwrap();
            let names: BTreeSet<&str> = found.iter().map(|host| host.name.as_str()).collect();
            assert_eq!(names, hosts.into(), "each is told");
            first.insert(found[0].name.clone());
        }
    });
    // Two of them listen nowhere: whichever comes first, no message waits.
    let mut alfa = alfa(folder.path(), dns, port);
    let client = Client::of(&alfa);
    for number in 1..=5 {
        assert!(client.submit(MARIO, &["anna@bravo.example"], number).unwrap().is_complete());
    }
    alfa.order("advance 0s");
    assert_eq!(bravo.mailbox("anna@bravo.example").len(), 5);
}

/// The name servers of the machine are those of a network of this test's own.
#[test]
fn the_name_servers_of_the_machine_are_asked_where_they_are_to_be() {
    if !is_installed("dnsmasq") || !may_leave_the_network() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("resolv.conf");
    fs::write(&file, "nameserver 127.0.0.1\n").unwrap();
    let script = "ip link set lo up && mount --bind \"$1\" /etc/resolv.conf && \
                  exec \"$0\" --exact serve::mx::in_a_network_of_its_own --ignored --nocapture";
    let mut apart = Command::new("unshare");
    apart.args(["-rnm", "sh", "-c", script]).arg(std::env::current_exe().unwrap()).arg(&file);
    let output = apart.output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && told.contains("1 passed"), "{told}{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
#[ignore = "played by the test above, where the machine's name server is its own"]
fn in_a_network_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let bravo = Program::start(folder.path(), "bravo", &yaml("bravo", &["anna"], ""));
    let mx = ["--mx-host=bravo.example,mx.bravo.example,10", "--host-record=mx.bravo.example,127.0.0.1"];
    let _server = dnsmasq(53, &mx);
    let mut alfa = alfa_asking(folder.path(), "system", bravo.address("incoming").port());
    assert!(Client::of(&alfa).submit(MARIO, &["anna@bravo.example"], 1).unwrap().is_complete());
    alfa.order("advance 0s");
    assert_eq!(kinds(&bravo.mailbox("anna@bravo.example")), [Kind::PostaCertificata]);
}

/// Whether a process may have a network and mounts of its own, which some machines forbid.
fn may_leave_the_network() -> bool {
    let tried = Command::new("unshare").args(["-rnm", "ip", "link", "set", "lo", "up"]).stderr(Stdio::null()).status();
    tried.is_ok_and(|status| status.success())
}

fn has_aiosmtpd() -> bool {
    let found = Command::new("/usr/bin/python3").args(["-c", "import aiosmtpd"]).stderr(Stdio::null()).status();
    let found = found.is_ok_and(|status| status.success());
    assert!(found || std::env::var_os("CI").is_none(), "aiosmtpd is not installed, and CI must have it");
    found
}
