//! The client: what it sends, hears and refuses to say.

use super::*;

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
    let line = |bytes: &[u8], listens| Spoken { bytes: bytes.to_vec(), shown: None, listens };
    let script = [line(b"A\r\nB\r\n", true), line(b"", true), line(b"", true), line(b"C\r\n", false), line(b"", true)];
    let transcript = Transcript::new(Service::Incoming);
    let heard = client.talk(&destination, &script, &transcript).await.unwrap();
    let reply = |lines: &[&str]| Some(Heard::Reply(lines.iter().map(ToString::to_string).collect()));
    let nothing = Some(Heard::Nothing);
    assert_eq!(heard, [reply(&["250-one", "250 two"]), reply(&["354 go"]), nothing.clone(), None, nothing]);
    let written = "S: 220 slow.example\nC: A\nC: B\nS: 250-one\nS: 250 two\nS: 354 go\n";
    assert_eq!(transcript.text(), written, "whether what followed was taken for a message nobody said");
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
