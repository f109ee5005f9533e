//! Logging in by a token, to servers that say what such servers do: none of the built-in ones takes any.

use std::time::Duration;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader},
    net::TcpListener,
};
use tokio_rustls::TlsAcceptor;

use crate::{clock::Machine, evidence::Service, net::*, pki::Pki};

const RIGHT: &str = "user=anna@bravo.example\u{1}auth=Bearer right\u{1}\u{1}";

async fn line(stream: &mut BufReader<impl AsyncRead + Unpin>) -> String {
    let mut line = String::new();
    stream.read_line(&mut line).await.unwrap();
    line.trim_end().to_owned()
}

async fn say(stream: &mut BufReader<impl AsyncRead + AsyncWrite + Unpin>, words: &str) {
    stream.write_all(words.as_bytes()).await.unwrap();
    stream.flush().await.unwrap();
}

fn is_right(said: &str) -> bool {
    BASE64_STANDARD.decode(said).is_ok_and(|said| said == RIGHT.as_bytes())
}

#[tokio::test]
async fn a_token_is_said_by_smtp_and_a_wrong_one_is_refused() {
    for (token, is_taken) in [("right", true), ("wrong", false)] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = tokio::spawn(async move {
            let mut stream = BufReader::new(listener.accept().await.unwrap().0);
            say(&mut stream, "220 mx\r\n").await;
            assert!(line(&mut stream).await.starts_with("EHLO"));
            say(&mut stream, "250-mx\r\n250 AUTH XOAUTH2\r\n").await;
            let said = line(&mut stream).await;
            if is_right(said.strip_prefix("AUTH XOAUTH2 ").unwrap()) {
                say(&mut stream, "235 2.7.0 Welcome\r\n").await;
            } else {
                say(&mut stream, "334 eyJzdGF0dXMiOiI0MDEifQ==\r\n").await;
                assert_eq!(line(&mut stream).await, "");
                say(&mut stream, "535 5.7.8 No\r\n").await;
            }
            line(&mut stream).await
        });
        let tls = Pki::load().unwrap().tls_client_config(Machine::default());
        let client = Client { name: "c.example".into(), tls, patience: Patience::default(), calls: None };
        let destination = Destination {
            address,
            host: "mx".into(),
            service: Service::Submission,
            security: Security::Plain,
            trust: None,
        };
        let login = Credentials {
            user: "anna@bravo.example".into(),
            password: token.into(),
            mechanism: AuthMechanism::XOAuth2,
        };
        assert!(!format!("{login:?}").contains(token));
        match client.greet(&destination, Some(&login)).await {
            Ok(transcript) => {
                assert!(is_taken);
                assert!(transcript.text().contains("AUTH XOAUTH2 <credentials>"));
            }
            Err(error) => {
                assert!(
                    !is_taken && matches!(error.problem, Problem::Login(ref reply) if reply.code == 535),
                    "{error}"
                );
            }
        }
        drop(server);
    }
}

#[tokio::test]
async fn a_token_is_said_by_imap_and_a_wrong_one_is_refused() {
    let pki = Pki::load().unwrap();
    for (token, is_taken) in [("right", true), ("wrong", false)] {
        let acceptor = TlsAcceptor::from(pki.tls_server_config("bravo", Machine::default()).unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            let mut stream = BufReader::new(acceptor.accept(listener.accept().await.unwrap().0).await.unwrap());
            say(&mut stream, "* OK ready\r\n").await;
            let said = line(&mut stream).await;
            let tag = said.strip_suffix(" AUTHENTICATE XOAUTH2").unwrap().to_owned();
            say(&mut stream, "+ \r\n").await;
            if is_right(&line(&mut stream).await) {
                say(&mut stream, &format!("{tag} OK welcome\r\n")).await;
            } else {
                say(&mut stream, "+ eyJzdGF0dXMiOiI0MDEifQ==\r\n").await;
                assert_eq!(line(&mut stream).await, "");
                say(&mut stream, &format!("{tag} NO not this one\r\n")).await;
            }
        });
        let server = MailboxServer {
            host: "127.0.0.1".into(),
            port,
            name: "mx.bravo.example".into(),
            tls: MailboxTls::Implicit,
            trust: pki.tls_client_config(Machine::default()),
            patience: Duration::from_secs(30),
        };
        let login = MailboxLogin { user: "anna@bravo.example".into(), password: token.into() };
        match Imap::open_by(&server, &login, ImapLogin::Token).await {
            Ok(_) => assert!(is_taken),
            Err(problem) => assert!(!is_taken && matches!(problem, MailboxProblem::Login(_)), "{problem}"),
        }
    }
}
