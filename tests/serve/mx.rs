//! Mail for domains without a route goes where MX records say, as a name server tells that somebody else wrote: dnsmasq.

use std::{
    io::{BufRead as _, BufReader},
    net::{Ipv4Addr, TcpListener, TcpStream, UdpSocket},
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use pec_conformance::message::{Kind, Message};

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
    command.args(["--keep-in-foreground", "--conf-file=/dev/null", "--pid-file=", "--log-facility=-"]);
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
    let mx = format!("mx: {{server: \"127.0.0.1:{dns}\", port: {hosts}}}\nretries: [30m]\n");
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

fn has_aiosmtpd() -> bool {
    let found = Command::new("/usr/bin/python3").args(["-c", "import aiosmtpd"]).stderr(Stdio::null()).status();
    let found = found.is_ok_and(|status| status.success());
    assert!(found || std::env::var_os("CI").is_none(), "aiosmtpd is not installed, and CI must have it");
    found
}
