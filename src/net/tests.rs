//! Sessions byte by byte: what a hostile or careless peer can say to a server.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use base64::{Engine, prelude::BASE64_STANDARD};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpStream,
};
use tokio_rustls::TlsConnector;

use super::*;
use crate::{
    clock::Machine,
    evidence::{Service, SmtpPath},
    pki::Pki,
    state::StartTls,
};

/// Takes everything for anyone; knows one user.
#[derive(Default)]
struct Taker {
    messages: Mutex<Vec<(SmtpPath, Vec<u8>)>>,
    transcripts: Mutex<Vec<Transcript>>,
}

impl Handler for Taker {
    fn connected(&self, session: &Session) -> Result<(), Reply> {
        self.transcripts.lock().unwrap().push(session.transcript.clone());
        Ok(())
    }

    async fn authenticate(&self, user: &str, password: &str) -> bool {
        (user, password) == ("mario@alfa.example", "segreto")
    }

    async fn mail_from(&self, _: &Session, _: &str) -> Reply {
        Reply::new(250, [2, 1, 0], "Ok")
    }

    async fn rcpt(&self, _: &Session, to: &str) -> Reply {
        if to.starts_with("no") { Reply::new(550, [5, 1, 1], "No such user") } else { Reply::new(250, [2, 1, 5], "Ok") }
    }

    async fn data(&self, session: &Session, message: Vec<u8>) -> Reply {
        let path = SmtpPath { from: session.from.clone(), to: session.to.clone() };
        self.messages.lock().unwrap().push((path, message));
        Reply::ok("Taken")
    }
}

struct Server {
    listener: Listener,
    taker: Arc<Taker>,
}

impl Server {
    async fn start(service: Service, limits: Limits) -> Self {
        let tls = Pki::load().unwrap().tls_server_config("alfa", Machine::default()).unwrap();
        let taker = Arc::new(Taker::default());
        let server = super::Server {
            host: "mx.alfa.example".into(),
            service,
            tls,
            limits,
            upgrade: StartTls::Offered,
            manners: Manners::Lenient,
            lost_replies: LostReplies::default(),
        };
        Self { listener: Listener::start(server, taker.clone()).await.unwrap(), taker }
    }

    async fn plain(&self) -> Raw<TcpStream> {
        let mut raw = Raw(TcpStream::connect(self.listener.address()).await.unwrap());
        assert!(raw.read().await.starts_with("220 mx.alfa.example"));
        raw
    }

    /// A session after STARTTLS.
    async fn secured(&self) -> Raw<impl AsyncRead + AsyncWrite + Unpin + use<>> {
        let mut raw = self.plain().await;
        raw.says("EHLO client.example\r\nSTARTTLS\r\n", "220 2.0.0 Go ahead\r\n").await;
        raw.secure().await
    }

    fn messages(&self) -> Vec<Vec<u8>> {
        self.taker.messages.lock().unwrap().iter().map(|(_, message)| message.clone()).collect()
    }

    fn transcript(&self) -> String {
        self.taker.transcripts.lock().unwrap()[0].text()
    }
}

struct Raw<S>(S);

impl Raw<TcpStream> {
    async fn secure(self) -> Raw<tokio_rustls::client::TlsStream<TcpStream>> {
        let connector = TlsConnector::from(Pki::load().unwrap().tls_client_config(Machine::default()));
        Raw(connector.connect("mx.alfa.example".try_into().unwrap(), self.0).await.unwrap())
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Raw<S> {
    /// Writes, and reads until the answer ends with `end`.
    async fn says(&mut self, text: &str, end: &str) -> String {
        self.0.write_all(text.as_bytes()).await.unwrap();
        self.0.flush().await.unwrap();
        let mut heard = String::new();
        while !heard.ends_with(end) {
            let more = self.read().await;
            assert!(!more.is_empty(), "closed after {heard:?}, waiting for {end:?}");
            heard.push_str(&more);
        }
        heard
    }

    /// Writes and reads one reply line for each of `codes`, which it must begin with.
    async fn answers(&mut self, text: &str, codes: &[&str]) {
        self.0.write_all(text.as_bytes()).await.unwrap();
        self.0.flush().await.unwrap();
        let mut heard = String::new();
        let replies = |heard: &str| heard.lines().filter(|line| line.as_bytes().get(3) == Some(&b' ')).count();
        while replies(&heard) < codes.len() {
            let more = self.read().await;
            assert!(!more.is_empty(), "closed after {heard:?}");
            heard.push_str(&more);
        }
        let said: Vec<&str> = heard.lines().filter(|line| line.as_bytes().get(3) == Some(&b' ')).collect();
        for (line, code) in said.iter().zip(codes) {
            assert!(line.starts_with(code), "{said:?} to {text:?}, not {codes:?}");
        }
        assert_eq!(said.len(), codes.len(), "{said:?}");
    }

    /// What comes next; empty when the server has closed.
    async fn read(&mut self) -> String {
        let mut buffer = [0; 4096];
        let read = tokio::time::timeout(Duration::from_secs(10), self.0.read(&mut buffer)).await.expect("an answer");
        String::from_utf8(buffer[..read.unwrap_or(0)].to_vec()).unwrap()
    }

    async fn rest(&mut self) -> String {
        let mut heard = String::new();
        loop {
            match self.read().await {
                more if more.is_empty() => return heard,
                more => heard.push_str(&more),
            }
        }
    }
}

const ENVELOPE: &str = "EHLO c.example\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\n";

#[tokio::test]
async fn nothing_is_accepted_before_tls_and_login() {
    let server = Server::start(Service::Submission, Limits::default()).await;
    let login = BASE64_STANDARD.encode("\0mario@alfa.example\0segreto");
    let mut raw = server.plain().await;
    let early =
        format!("EHLO c.example\r\nAUTH PLAIN {login}\r\nAUTH LOGIN\r\nMAIL FROM:<a@b.example>\r\nVRFY a\r\nDATA\r\n");
    raw.answers(&early, &["250", "530 5.7.0", "530", "530", "530", "530"]).await;
    assert!(!server.transcript().contains("AUTH PLAIN LOGIN"), "AUTH is not announced in clear");

    let mut raw = server.secured().await;
    raw.answers("MAIL FROM:<a@b.example>\r\n", &["503"]).await;
    raw.answers("EHLO c.example\r\nMAIL FROM:<a@b.example>\r\nDATA\r\n", &["250", "530 5.7.0", "530"]).await;
    raw.answers(&format!("AUTH PLAIN {login}\r\nMAIL FROM:<a@b.example>\r\n"), &["235", "250"]).await;
    assert!(server.messages().is_empty());
}

#[tokio::test]
async fn both_mechanisms_log_in_and_no_secret_is_written_down() {
    let server = Server::start(Service::Submission, Limits::default()).await;
    let encode = |text: &str| BASE64_STANDARD.encode(text);
    let (user, password) = (encode("mario@alfa.example"), encode("segreto"));
    let both = encode("\0mario@alfa.example\0segreto");
    for dialogue in [
        vec![(format!("AUTH PLAIN {both}"), "235")],
        vec![("AUTH PLAIN".into(), "334"), (both.clone(), "235")],
        vec![("AUTH LOGIN".into(), "334 VXNlcm5hbWU6"), (user.clone(), "334 UGFzc3dvcmQ6"), (password.clone(), "235")],
        vec![(format!("AUTH LOGIN {user}"), "334 UGFzc3dvcmQ6"), (password.clone(), "235")],
        vec![("AUTH PLAIN".into(), "334"), ("*".into(), "501")],
        vec![(format!("AUTH PLAIN {}", encode("anna\0mario@alfa.example\0segreto")), "535")],
        vec![("AUTH CRAM-MD5".into(), "504")],
    ] {
        let mut raw = server.secured().await;
        raw.answers("EHLO c.example\r\n", &["250"]).await;
        for (line, code) in dialogue {
            raw.answers(&format!("{line}\r\n"), &[code]).await;
        }
    }
    for transcript in server.taker.transcripts.lock().unwrap().iter() {
        let text = transcript.text();
        assert!(![&user, &password, &both].iter().any(|secret| text.contains(secret.as_str())), "{text}");
    }
}

#[tokio::test]
async fn implicit_tls_is_greeted_behind_the_handshake_and_wants_a_login_too() {
    let server = Server::start(Service::Submissions, Limits::default()).await;
    let mut raw = Raw(TcpStream::connect(server.listener.address()).await.unwrap()).secure().await;
    raw.answers("EHLO c.example\r\nMAIL FROM:<a@b.example>\r\nSTARTTLS\r\n", &["220", "250", "530", "503"]).await;
    let login = BASE64_STANDARD.encode("\0mario@alfa.example\0segreto");
    raw.answers(&format!("AUTH PLAIN {login}\r\nMAIL FROM:<a@b.example>\r\n"), &["235", "250"]).await;
}

#[tokio::test]
async fn guessing_passwords_ends_the_session() {
    let server = Server::start(Service::Submission, Limits::default()).await;
    let mut raw = server.secured().await;
    let wrong = format!("AUTH PLAIN {}\r\n", BASE64_STANDARD.encode("\0mario@alfa.example\0boh"));
    raw.answers("EHLO c.example\r\n", &["250"]).await;
    raw.answers(&wrong.repeat(3), &["535", "535", "421"]).await;
    assert_eq!(raw.rest().await, "");
}

#[tokio::test]
async fn what_is_pipelined_behind_starttls_is_not_kept() {
    let server = Server::start(Service::Incoming, Limits::default()).await;
    let mut raw = server.plain().await;
    // Everything in one segment, so that the server has it before the handshake. The commands must never be answered.
    raw.says("EHLO c.example\r\nSTARTTLS\r\nMAIL FROM:<evil@b.example>\r\nRCPT TO:<c@d.example>\r\n", "Go ahead\r\n")
        .await;
    let mut raw = raw.secure().await;
    raw.answers("EHLO c.example\r\nRCPT TO:<c@d.example>\r\n", &["250", "503"]).await;
    assert!(!server.transcript().contains("evil"));
}

#[tokio::test]
async fn a_message_is_never_split() {
    let server = Server::start(Service::Incoming, Limits::default()).await;
    for end in ["\n.\n", "\n.\r\n", "\r\n.\n", "\r.\r", "\r\n.\r", "\r\n.\r\r\n"] {
        let mut raw = server.plain().await;
        raw.answers(ENVELOPE, &["250", "250", "250", "354"]).await;
        raw.answers(
            &format!("Subject: a\r\n\r\nb{end}MAIL FROM:<evil@b.example>\r\nDATA\r\n.\r\nQUIT\r\n"),
            &["250", "221"],
        )
        .await;
    }
    let messages = server.messages();
    assert_eq!(messages.len(), 6);
    assert!(messages.iter().all(|message| message.ends_with(b"MAIL FROM:<evil@b.example>\r\nDATA\r\n")));
}

#[tokio::test]
async fn empty_data_and_dots_arrive_as_sent() {
    let server = Server::start(Service::Incoming, Limits::default()).await;
    let mut raw = server.plain().await;
    raw.answers(ENVELOPE, &["250", "250", "250", "354"]).await;
    raw.answers(".\r\n", &["250"]).await;
    raw.answers("MAIL FROM:<>\r\nRCPT TO:<c@d.example>\r\nDATA\r\n", &["250", "250", "354"]).await;
    raw.answers("..\r\n.a\r\n.\r\n", &["250"]).await;
    assert_eq!(server.messages(), [b"".to_vec(), b".\r\na\r\n".to_vec()]);
}

#[tokio::test]
async fn sizes_are_refused_as_declared_and_as_found() {
    let server = Server::start(Service::Incoming, Limits { message: 100, ..Limits::default() }).await;
    let mut raw = server.plain().await;
    raw.answers("EHLO c.example\r\nMAIL FROM:<a@b.example> SIZE=101\r\n", &["250", "552 5.3.4"]).await;
    raw.answers("MAIL FROM:<a@b.example> SIZE=100\r\nRCPT TO:<c@d.example>\r\nDATA\r\n", &["250", "250", "354"]).await;
    raw.answers(&format!("{}\r\n.\r\nNOOP\r\n", "a".repeat(99)), &["552 5.3.4", "250"]).await;
    raw.answers("MAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\n", &["250", "250", "354"]).await;
    raw.answers(&format!("{}\r\n.\r\n", "a".repeat(98)), &["250"]).await;
    assert_eq!(server.messages().len(), 1);
}

#[tokio::test]
async fn a_flood_is_cut_off() {
    let server = Server::start(Service::Incoming, Limits { message: 1000, ..Limits::default() }).await;
    let mut raw = server.plain().await;
    raw.answers(ENVELOPE, &["250", "250", "250", "354"]).await;
    let chunk = vec![b'a'; 1 << 20];
    // The server stops reading: sooner or later writing fails, or the refusal is there to be read.
    for _ in 0..8 {
        if raw.0.write_all(&chunk).await.is_err() {
            break;
        }
    }
    assert!(server.messages().is_empty());
    assert!(
        Server::start(Service::Incoming, Limits::default())
            .await
            .plain()
            .await
            .says("NOOP\r\n", "\r\n")
            .await
            .starts_with("250")
    );
}

#[tokio::test]
async fn commands_are_lines_of_bounded_length_ended_by_crlf() {
    let server = Server::start(Service::Incoming, Limits { line: 512, ..Limits::default() }).await;
    let mut raw = server.plain().await;
    raw.answers("EHLO c.example\nNOOP\r\nNOOP\r\n", &["500 5.5.2", "250"]).await;
    raw.answers("MAIL FROM:<a@b.example>\rRCPT TO:<c@d.example>\r\n", &["500 5.5.2"]).await;
    raw.answers(&"a".repeat(600), &["500 5.5.2"]).await;
    assert_eq!(raw.rest().await, "");
}

#[tokio::test]
async fn commands_errors_and_recipients_are_counted() {
    let limits = Limits { commands: 12, errors: 3, recipients: 1, ..Limits::default() };
    let server = Server::start(Service::Incoming, limits).await;
    let mut raw = server.plain().await;
    raw.answers(&"EXPN a\r\n".repeat(4), &["502", "502", "502", "502", "421"]).await;
    let mut raw = server.plain().await;
    raw.answers(&"NOOP\r\n".repeat(13), &[&["250"; 12][..], &["421"]].concat()).await;
    let mut raw = server.plain().await;
    let two = "EHLO c\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nRCPT TO:<e@d.example>\r\n";
    raw.answers(two, &["250", "250", "250", "452 4.5.3"]).await;
}

#[tokio::test]
async fn a_peer_that_hangs_is_sent_away_and_harms_nobody() {
    let limits = Limits { idle: Duration::from_secs(1), ..Limits::default() };
    let server = Server::start(Service::Incoming, limits).await;
    let mut silent = server.plain().await;
    let mut in_data = server.plain().await;
    in_data.answers(ENVELOPE, &["250", "250", "250", "354"]).await;
    in_data.0.write_all(b"half a mess").await.unwrap();
    let mut in_handshake = server.plain().await;
    in_handshake.says("EHLO c\r\nSTARTTLS\r\n", "Go ahead\r\n").await;
    let mut busy = server.plain().await;
    busy.answers("NOOP\r\n", &["250"]).await;
    assert!(silent.rest().await.starts_with("421 4.4.2"));
    assert!(in_data.rest().await.starts_with("421 4.4.2"));
    assert_eq!(in_handshake.rest().await, "");
    assert!(server.messages().is_empty());
}

#[tokio::test]
async fn a_full_listener_says_so_and_recovers() {
    let server = Server::start(Service::Incoming, Limits { sessions: 1, ..Limits::default() }).await;
    let mut first = server.plain().await;
    let mut second = Raw(TcpStream::connect(server.listener.address()).await.unwrap());
    assert!(second.rest().await.starts_with("421 4.3.2"));
    first.answers("QUIT\r\n", &["221"]).await;
    assert_eq!(first.rest().await, "");
    // The place is free a moment after the connection is closed.
    loop {
        let mut third = Raw(TcpStream::connect(server.listener.address()).await.unwrap());
        if third.read().await.starts_with("220") {
            break;
        }
    }
}

#[tokio::test]
async fn order_and_syntax_are_kept() {
    let server = Server::start(Service::Incoming, Limits::default()).await;
    let mut raw = server.plain().await;
    raw.answers(
        "MAIL FROM:<a@b.example>\r\nEHLO c\r\nRCPT TO:<c@d.example>\r\nDATA\r\n",
        &["503", "250", "503", "503"],
    )
    .await;
    raw.answers("MAIL FROM:<a@b.example>\r\nMAIL FROM:<a@b.example>\r\nDATA\r\n", &["250", "503", "554"]).await;
    raw.answers("RCPT TO:<no@d.example>\r\nDATA\r\n", &["550", "554"]).await;
    raw.answers("RSET\r\nMAIL FROM:<a b>\r\nMAIL FROM:a@b.example\r\nMAIL FROM:<a>\r\n", &["250", "5", "5", "553"])
        .await;
    raw.answers("MAIL FROM:<a@b.example> SMTPUTF8\r\nBDAT 3 LAST\r\nXYZ\r\n\r\n", &["555", "502", "500", "500"]).await;
    raw.answers("AUTH PLAIN AA==\r\nHELO c\r\nVRFY a\r\nQUIT\r\n", &["502", "250", "252", "221"]).await;
}

#[tokio::test]
async fn the_client_sends_any_bytes_unchanged_and_tells_every_reply() {
    let server = Server::start(Service::Incoming, Limits::default()).await;
    let tls = Pki::load().unwrap().tls_client_config(Machine::default());
    let client = Client { name: "c.example".into(), tls, patience: Patience::default(), calls: None };
    let host = "mx.alfa.example".to_owned();
    let address = server.listener.address();
    let path = SmtpPath { from: "a@b.example".into(), to: vec!["no@d.example".into(), "c@d.example".into()] };
    let odd = "Subject: è\r\n\r\n.\r\n..\na\n.b\r.c\r\n\r\n".as_bytes();
    for security in [Security::Plain, Security::WhenOffered, Security::StartTls] {
        let destination =
            Destination { address, host: host.clone(), service: Service::Incoming, security, trust: None };
        let sent = client.send(&destination, None, &path, odd).await.unwrap();
        assert_eq!(sent.recipients[0].reply, Reply::new(550, [5, 1, 1], "No such user"));
        assert!(sent.recipients[1].reply.is_positive() && sent.data.is_some() && !sent.is_complete());
        assert_eq!(sent.transcript.tls().is_some(), security != Security::Plain);
    }
    assert_eq!(server.messages(), [odd, odd, odd]);
    let path = SmtpPath { from: "a@b.example>\r\nQUIT".into(), to: vec!["c@d.example".into()] };
    let destination = Destination { address, host, service: Service::Incoming, security: Security::Plain, trust: None };
    let error = client.send(&destination, None, &path, odd).await.unwrap_err();
    assert!(matches!(error.problem, Problem::Address(_)) && error.transcript.text().is_empty());
}

#[tokio::test]
async fn the_client_sends_nothing_where_tls_is_demanded_and_fails() {
    let tls = Pki::load().unwrap().tls_client_config(Machine::default());
    let short = Duration::from_millis(500);
    let client =
        Client { name: "c.example".into(), tls, patience: Patience { command: short, message: short }, calls: None };
    let server = Server::start(Service::Incoming, Limits::default()).await;
    let path = SmtpPath { from: "a@b.example".into(), to: vec!["c@d.example".into()] };
    let mut destination = Destination {
        address: server.listener.address(),
        host: "mx.altri.example".into(),
        service: Service::Incoming,
        security: Security::StartTls,
        trust: None,
    };
    let error = client.send(&destination, None, &path, b"x").await.unwrap_err();
    assert!(matches!(error.problem, Problem::Tls(_)), "{error}");
    let plain = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    destination.address = plain.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = plain.accept().await.unwrap();
        stream.write_all(b"220 old.example ESMTP\r\n").await.unwrap();
        let _ = stream.read(&mut [0; 512]).await;
        stream.write_all(b"250 old.example\r\n").await.unwrap();
        let _ = stream.read(&mut [0; 512]).await;
    });
    let error = client.send(&destination, None, &path, b"x").await.unwrap_err();
    assert!(matches!(error.problem, Problem::NoStartTls), "{error}");
    assert!(server.messages().is_empty());
}

/// Whoever announces STARTTLS and then refuses it is left by who demands it, and given mail in clear by who does not.
#[tokio::test]
async fn where_starttls_is_refused_only_what_may_goes_on_in_clear() {
    const ANSWERS: [&str; 6] =
        ["250-old\r\n250 STARTTLS", "454 4.7.0 Not now", "250 Ok", "250 Ok", "354 Go on", "250 Ok"];
    let tls = Pki::load().unwrap().tls_client_config(Machine::default());
    let client = Client { name: "c.example".into(), tls, patience: Patience::default(), calls: None };
    let path = SmtpPath { from: "a@b.example".into(), to: vec!["c@d.example".into()] };
    for (security, is_sent) in [(Security::StartTls, false), (Security::WhenOffered, true)] {
        let peer = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (host, service) = ("old.example".to_owned(), Service::Ordinary);
        let destination = Destination { address: peer.local_addr().unwrap(), host, service, security, trust: None };
        tokio::spawn(async move {
            let (mut stream, _) = peer.accept().await.unwrap();
            for answer in ["220 old"].iter().chain(&ANSWERS) {
                stream.write_all(format!("{answer}\r\n").as_bytes()).await.unwrap();
                if stream.read(&mut [0; 512]).await.unwrap_or(0) == 0 {
                    return;
                }
            }
        });
        match client.send(&destination, None, &path, b"x\r\n").await {
            Ok(sent) => assert!(is_sent && sent.is_complete() && sent.transcript.tls().is_none(), "{security:?}"),
            Err(error) => assert!(!is_sent && matches!(error.problem, Problem::Refused(_)), "{security:?} {error}"),
        }
    }
}

#[tokio::test]
async fn every_reply_is_heard_in_its_turn_and_silence_is_told_once() {
    let peer = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = peer.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = peer.accept().await.unwrap();
        stream.write_all(b"220 slow.example\r\n").await.unwrap();
        let _ = stream.read(&mut [0; 512]).await;
        stream.write_all(b"250-one\r\n250 two\r\n354 go\r\n").await.unwrap();
        // It says no more, and does not hang up.
        std::future::pending::<()>().await;
    });
    let short = Duration::from_millis(200);
    let tls = Pki::load().unwrap().tls_client_config(Machine::default());
    let client =
        Client { name: "c.example".into(), tls, patience: Patience { command: short, message: short }, calls: None };
    let destination = Destination {
        address,
        host: "slow.example".into(),
        service: Service::Incoming,
        security: Security::Plain,
        trust: None,
    };
    let line = |bytes: &[u8], listens| Spoken { bytes: bytes.to_vec(), listens };
    let script = [line(b"A\r\nB\r\n", true), line(b"", true), line(b"", true), line(b"C\r\n", false), line(b"", true)];
    let heard = client.talk(&destination, &script).await.unwrap();
    let reply = |lines: &[&str]| Some(Heard::Reply(lines.iter().map(ToString::to_string).collect()));
    let nothing = Some(Heard::Nothing);
    assert_eq!(heard, [reply(&["250-one", "250 two"]), reply(&["354 go"]), nothing.clone(), None, nothing]);
}

#[tokio::test]
async fn postmaster_needs_no_domain() {
    let server = Server::start(Service::Incoming, Limits::default()).await;
    let mut raw = server.plain().await;
    raw.answers("HELO c\r\nMAIL FROM:<>\r\n", &["250", "250"]).await;
    raw.answers("RCPT TO:<Postmaster>\r\nrcpt to: <POSTMASTER>\r\n", &["250", "250"]).await;
    raw.answers("RCPT TO:<webmaster>\r\nRCPT TO:<postmaster\r\n", &["553", "5"]).await;
}

#[tokio::test]
async fn as_many_recipients_are_taken_as_are_allowed_whatever_the_bound_on_commands() {
    let limits = Limits { commands: 10, recipients: 1000, ..Limits::default() };
    let server = Server::start(Service::Incoming, limits).await;
    let mut raw = server.plain().await;
    let many: Vec<String> = (0..1001).map(|number| format!("RCPT TO:<u{number}@d.example>\r\n")).collect();
    let many = many.concat();
    let heard = raw.says(&format!("HELO c\r\nMAIL FROM:<a@b.example>\r\n{many}QUIT\r\n"), "Bye\r\n").await;
    assert_eq!((heard.matches("250 2.1.5").count(), heard.matches("452 4.5.3").count()), (1000, 1));
}

#[tokio::test]
async fn what_there_is_no_room_for_is_put_off_and_room_is_given_back() {
    let limits = Limits { held: 2 << 20, ..Limits::default() };
    let server = Server::start(Service::Incoming, limits).await;
    let tls = Pki::load().unwrap().tls_client_config(Machine::default());
    let client = Client { name: "c.example".into(), tls, patience: Patience::default(), calls: None };
    let destination = Destination {
        address: server.listener.address(),
        host: "mx.alfa.example".into(),
        service: Service::Incoming,
        security: Security::Plain,
        trust: None,
    };
    let path = SmtpPath { from: "a@b.example".into(), to: vec!["c@d.example".into()] };
    for (megabytes, code) in [(4, 452), (2, 250), (2, 250)] {
        let sent = client.send(&destination, None, &path, &b"12345678".repeat(megabytes << 17)).await.unwrap();
        assert_eq!(sent.data.unwrap().code, code, "{megabytes} MB");
    }
}

#[tokio::test]
async fn eight_bits_are_not_sent_where_they_are_not_offered() {
    let peer = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = peer.local_addr().unwrap();
    let heard = tokio::spawn(async move {
        let (mut stream, _) = peer.accept().await.unwrap();
        stream.write_all(b"220 old.example\r\n").await.unwrap();
        let _ = stream.read(&mut [0; 512]).await;
        stream.write_all(b"250 old.example\r\n").await.unwrap();
        let mut next = [0; 512];
        let read = stream.read(&mut next).await.unwrap();
        String::from_utf8_lossy(&next[..read]).into_owned()
    });
    let short = Duration::from_secs(5);
    let tls = Pki::load().unwrap().tls_client_config(Machine::default());
    let patience = Patience { command: short, message: short };
    let client = Client { name: "c.example".into(), tls, patience, calls: None };
    let destination = Destination {
        address,
        host: "old.example".into(),
        service: Service::Incoming,
        security: Security::Plain,
        trust: None,
    };
    let path = SmtpPath { from: "a@b.example".into(), to: vec!["c@d.example".into()] };
    let error = client.send(&destination, None, &path, "Subject: è\r\n\r\n".as_bytes()).await.unwrap_err();
    assert!(matches!(error.problem, Problem::EightBit), "{error}");
    assert_eq!(heard.await.unwrap(), "QUIT\r\n");
}
