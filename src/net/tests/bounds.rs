//! How much a server takes of anybody: bytes, commands, time and room.

use super::*;

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
