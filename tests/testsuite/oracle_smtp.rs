//! An outside client against the access point: swaks submits with STARTTLS and with implicit TLS, PLAIN and LOGIN.

use std::{io::ErrorKind, process::Command, sync::Arc};

use pec_conformance::{
    gateway::{Gateway, Lab, Profile},
    message::{Kind, Message},
    pki::Pki,
};

/// Whether swaks is at hand. Where it must be (in CI) its absence is a failure.
fn swaks_is_here() -> bool {
    match Command::new("swaks").arg("--version").output() {
        Ok(_) => true,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            assert!(std::env::var_os("CI").is_none(), "swaks is not installed, and CI must have it");
            eprintln!("skipped: swaks is not installed");
            false
        }
        Err(error) => panic!("swaks does not start: {error}"),
    }
}

struct World {
    lab: Arc<Lab>,
    alfa: Arc<Gateway>,
    _bravo: Arc<Gateway>,
    root: tempfile::NamedTempFile,
}

impl World {
    async fn start() -> Self {
        let pki = Pki::load().unwrap();
        let root = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(root.path(), pki.tls_root_pem()).unwrap();
        let lab = Lab::new(pki, "2026-03-02T08:30:00Z".parse().unwrap());
        let alfa = lab.start(Profile::alfa()).await.unwrap();
        let bravo = lab.start(Profile::bravo()).await.unwrap();
        Self { lab, alfa, _bravo: bravo, root }
    }

    /// swaks's exit code and what it printed.
    async fn swaks(&self, port: u16, more: &[&str]) -> (Option<i32>, String) {
        let mut command = Command::new("swaks");
        command
            .args(["--server", "localhost", "--timeout", "20", "--port", &port.to_string(), "--tls-verify"])
            .arg("--tls-ca-path")
            .arg(self.root.path())
            .args(["--from", "mario@alfa.example", "--to", "anna@bravo.example", "--ehlo", "swaks.example"])
            .args(["--auth-user", "mario@alfa.example", "--auth-password", &self.alfa.profile().password])
            .args(more);
        let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
        self.lab.settle().await;
        let text = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8_lossy(&text).into_owned())
    }

    fn told(&self) -> Vec<Kind> {
        let stored = self.alfa.mailbox("mario@alfa.example");
        stored.iter().filter_map(|one| Message::read(one.bytes.clone()).unwrap().kind).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn swaks_submits_on_both_ports_with_both_mechanisms() {
    if !swaks_is_here() {
        return;
    }
    let world = World::start().await;
    let (starttls, implicit) = (world.alfa.submission_addr().port(), world.alfa.submissions_addr().port());
    for (port, tls) in [(starttls, "--tls"), (implicit, "--tls-on-connect")] {
        for mechanism in ["PLAIN", "LOGIN"] {
            let before = world.told().len();
            let (code, text) = world.swaks(port, &[tls, "--auth", mechanism]).await;
            assert_eq!(code, Some(0), "{tls} {mechanism}\n{text}");
            assert_eq!(world.told()[before..], [Kind::Accettazione, Kind::AvvenutaConsegna], "{tls} {mechanism}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn swaks_is_refused_without_tls_and_with_a_wrong_password() {
    if !swaks_is_here() {
        return;
    }
    let world = World::start().await;
    let port = world.alfa.submission_addr().port();
    let (code, text) = world.swaks(port, &["--auth", "PLAIN"]).await;
    assert_eq!(code, Some(28), "AUTH is not offered in clear\n{text}");
    let (code, text) = world.swaks(port, &["--tls", "--auth", "PLAIN", "--auth-password", "sbagliata"]).await;
    assert_eq!(code, Some(28), "{text}");
    assert!(text.contains("535 5.7.8") && world.told().is_empty(), "{text}");
}
