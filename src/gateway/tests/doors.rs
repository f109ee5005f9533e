//! Whom the hosts of a world hear.

use std::net::SocketAddr;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::*;
use crate::{
    clock::{Clock, Machine},
    gateway::{Doors, Tap},
    net::Calls,
};

/// What somebody hears who comes from elsewhere, says a name and leaves.
async fn heard(at: SocketAddr) -> String {
    let mut stream = TcpStream::connect(at).await.unwrap();
    stream.write_all(b"EHLO scanner.example\r\nQUIT\r\n").await.unwrap();
    let mut heard = String::new();
    stream.read_to_string(&mut heard).await.unwrap();
    heard
}

#[tokio::test]
async fn where_hosts_from_elsewhere_are_heard_no_stranger_logs_in_or_is_waited_for() {
    let pki = Pki::load().unwrap();
    let directory = crate::gateway::world::directory(&pki);
    let tap = Tap::of(Calls::default(), Doors::OpenToHosts);
    let clock = Clock::still("2026-03-02T08:30:00Z".parse().unwrap());
    let lab = Lab::with(pki.clone(), clock, Machine::default(), (&directory, pki.trust()), tap);
    let alfa = lab.start(Profile::alfa()).await.unwrap();
    assert!(heard(alfa.submission_addr()).await.contains("\r\n421 4.7.0"));
    assert!(heard(alfa.incoming_addr()).await.contains("\r\n250 "));
    assert_eq!((lab.tap().strangers().len(), lab.tap().sessions().len()), (1, 1));
    let mut silent = TcpStream::connect(alfa.incoming_addr()).await.unwrap();
    assert!(silent.read(&mut [0; 100]).await.unwrap() > 0);
    lab.settle().await;
}
