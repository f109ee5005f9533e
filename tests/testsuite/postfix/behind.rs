//! A gateway whose mail comes and goes through a real Postfix, set up as the page for providers says.

use std::{
    collections::BTreeMap,
    fs,
    net::{Ipv4Addr, SocketAddr},
};

use super::server::{HOST, Place, Postfix};
use crate::{
    external::{
        page,
        staging::{BRAVO, Counterpart, Staging},
    },
    ports,
    serve::program::Program,
};

/// The ports of Postfix: to other hosts, and to its gateway.
#[derive(Clone, Copy)]
pub struct Ports {
    pub entrance: u16,
    pub exit: u16,
}

impl Ports {
    /// Ports that are free now.
    pub fn free() -> Self {
        Self { entrance: ports::free(), exit: ports::free() }
    }
}

/// What the page has for a file of Postfix's.
fn setting(file: &str) -> &'static str {
    page::blocks("postfix").into_iter().find(|(name, _)| *name == file).expect("the page has it").1
}

/// The parts of what `routes` prints: for people, for `transport_maps` and for `smtp_tls_policy_maps`.
fn printed(routes: &str) -> [String; 3] {
    let parts: Vec<String> = routes.trim().split("\n\n").map(|part| format!("{part}\n")).collect();
    parts.try_into().expect("three parts")
}

/// Starts the Postfix of the page for the target `acme.yaml`, whose own gateway takes mail at a port; `main` may change the
/// lines of `main.cf`.
pub fn postfix(
    place: Place,
    staging: &Staging,
    gateway: u16,
    ports: Ports,
    main: impl FnOnce(&str) -> String,
) -> Postfix {
    let asked = |words: &[&str]| {
        let (code, text) = staging.run(words);
        assert_eq!(code, 0, "{text}");
        text
    };
    asked(&["directory", "export", "handout", "--target", "acme.yaml"]);
    fs::copy(staging.path().join("handout/tls-root.pem"), place.path().join("tls-root.pem")).unwrap();
    let [_, transport, policy] = printed(&asked(&["routes", "acme.yaml"]));
    let own = |file: &str| setting(file).replace("12525", &gateway.to_string());
    fs::write(place.path().join("transport"), transport + &own("transport")).unwrap();
    fs::write(place.path().join("tls_policy"), policy + &own("tls_policy")).unwrap();
    let Ports { entrance, exit } = ports;
    let master = setting("master.cf").replace("12025", &format!("127.0.0.1:{entrance}"));
    let master = master.replace("12026", &format!("127.0.0.1:{exit}"));
    place.start(&main(setting("main.cf")), &master, &[entrance, exit])
}

/// A file of YAML in which these keys of the first level are others.
pub fn instead(yaml: &str, keys: &str) -> String {
    let entries = |text: &str| -> Vec<(String, String)> {
        let mut entries: Vec<(String, String)> = Vec::new();
        for line in text.lines() {
            match entries.last_mut() {
                Some((_, entry)) if line.starts_with(' ') => entry.extend([line, "\n"]),
                _ => entries.push((line.split(':').next().unwrap_or_default().to_owned(), format!("{line}\n"))),
            }
        }
        entries
    };
    let mut others: BTreeMap<String, String> = entries(keys).into_iter().collect();
    let kept = entries(yaml).into_iter().map(|(key, entry)| others.remove(&key).unwrap_or(entry));
    let text: String = kept.collect();
    text + &others.into_values().collect::<String>()
}

/// The gateway, the Postfix and the target file `acme.yaml` that tells of both.
pub struct Behind {
    pub staging: Staging,
    pub postfix: Postfix,
    _served: Program,
}

impl Behind {
    /// Starts both, where there is a Postfix; `main` may change the lines of its `main.cf`, `settling` says how long is waited.
    pub fn start(main: impl FnOnce(&str) -> String, settling: &str) -> Option<Self> {
        let place = Place::prepared()?;
        let (staging, counterpart, ports) = (Staging::new(), Counterpart::free(), Ports::free());
        let certificate = place.certificate().display().to_string();
        let anchors = format!("tls: {{anchors: [\"{certificate}\"]}}\n");
        let mut served = staging.serve_with("bravo", BRAVO, counterpart, &anchors);
        let at = |port: u16| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let addresses = [served.address("submission"), at(ports.entrance)];
        let file = staging.target("acme", BRAVO, addresses, "bravo", counterpart, settling);
        let keys = format!(
            "incoming: {{host: 127.0.0.1, port: {}, server-name: {HOST}, trust: {{ca: \"{certificate}\"}}}}\n\
             names: [{HOST}]\n",
            ports.entrance
        );
        fs::write(&file, instead(&fs::read_to_string(&file).unwrap(), &keys)).unwrap();
        let postfix = postfix(place, &staging, served.address("incoming").port(), ports, main);
        for domain in ["alfa.example", "legal.alfa.example", "delta.example", "ordini.delta.example", "posta.example"] {
            served.order(&format!("route {domain} {} {HOST}", at(ports.exit)));
        }
        Some(Self { staging, postfix, _served: served })
    }
}
