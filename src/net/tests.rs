//! Sessions byte by byte: what a hostile or careless peer can say to a server.

mod bounds;
mod channel;
mod client;
mod commands;
mod tokens;

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
