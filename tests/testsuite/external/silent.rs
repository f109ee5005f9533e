//! A gateway that says 250 to everything, lets everybody in and delivers nothing.

use std::{
    fs,
    net::SocketAddr,
    path::Path,
    sync::{
        Arc,
        mpsc::{self, Receiver, Sender},
    },
};

use jiff::civil::Date;
use pec_conformance::{
    clock::{LegalTime, Machine},
    directory::export,
    evidence::Service,
    gateway,
    net::{Handler, Limits, Listener, LostReplies, Manners, Reply, Server, Session},
    pki::{Order, Pki},
    state::StartTls,
};
use tokio::runtime::Runtime;

pub struct Silent {
    points: Vec<Listener>,
    taken: Receiver<()>,
    _runtime: Runtime,
}

impl Silent {
    /// Starts one that has bravo's certificates, and hands out what its target file names below `data`.
    pub fn start(folder: &Path) -> Self {
        let today: Date = LegalTime::at(Machine::default().now()).day();
        let pki = Pki::ordered(&Order { day: Some(today), newcomer: None }).unwrap();
        let public = folder.join("data/public");
        fs::create_dir_all(&public).unwrap();
        fs::write(public.join("tls-root.pem"), pki.tls_root_pem()).unwrap();
        let directory = gateway::directory_with(&pki, std::iter::empty());
        fs::write(public.join("directory.ldif"), export::ldif(&directory)).unwrap();
        let runtime = Runtime::new().unwrap();
        let tls = pki.tls_server_config("bravo", Machine::default()).unwrap();
        let (takes, taken) = mpsc::channel();
        let points = [Service::Submission, Service::Incoming].map(|service| {
            let server = Server {
                host: "mx.bravo.example".into(),
                service,
                tls: tls.clone(),
                limits: Limits::default(),
                upgrade: StartTls::Offered,
                manners: Manners::Lenient,
                lost_replies: LostReplies::default(),
            };
            runtime.block_on(Listener::start(server, Arc::new(Everything(takes.clone())))).unwrap()
        });
        Self { points: points.into(), taken, _runtime: runtime }
    }

    /// Waits until it has taken a message.
    pub fn takes_a_message(&self) {
        self.taken.recv().unwrap();
    }

    pub fn addresses(&self) -> [SocketAddr; 2] {
        [self.points[0].address(), self.points[1].address()]
    }
}

struct Everything(Sender<()>);

impl Handler for Everything {
    fn connected(&self, _: &Session) -> Result<(), Reply> {
        Ok(())
    }

    async fn authenticate(&self, _: &str, _: &str) -> bool {
        true
    }

    async fn mail_from(&self, _: &Session, _: &str) -> Reply {
        Reply::ok("Yes")
    }

    async fn rcpt(&self, _: &Session, _: &str) -> Reply {
        Reply::ok("Yes")
    }

    async fn data(&self, _: &Session, _: Vec<u8>) -> Reply {
        let _ = self.0.send(());
        Reply::ok("Yes")
    }
}
