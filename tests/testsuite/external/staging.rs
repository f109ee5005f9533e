//! Somebody's staging system: a gateway in a process of its own, its mailboxes on disk, and the target file that tells of it.

use std::{
    collections::BTreeMap,
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    thread,
};

use serde_json::Value;
use tempfile::TempDir;

use super::page;
use crate::{
    ports,
    program::program,
    serve::program::{PASSWORD, Program, yaml},
};

/// Users, and mailboxes in a state.
const USERS: [&str; 4] = ["mario", "anna", "luca", "giulia"];

/// Who a served gateway is.
#[derive(Clone, Copy)]
pub struct Provider {
    pub dialect: &'static str,
    pub name: &'static str,
    pub domains: &'static [&'static str],
    pub host: &'static str,
    pub service: &'static str,
}

pub const ALFA: Provider = Provider {
    dialect: "alfa",
    name: "Alfa Posta Certificata S.p.A.",
    domains: &["alfa.example", "legal.alfa.example"],
    host: "mx.alfa.example",
    service: "ricevute@alfa.example",
};

pub const BRAVO: Provider = Provider {
    dialect: "bravo",
    name: "Bravo Recapiti Certificati S.r.l.",
    domains: &["bravo.example", "studio.bravo.example", "gestore.bravo.example"],
    host: "mx.bravo.example",
    service: "posta-certificata@gestore.bravo.example",
};

pub const FLAWED: Provider = Provider { dialect: "flawed", ..BRAVO };

/// Ports that the other side listens on for a target.
#[derive(Clone, Copy)]
pub struct Counterpart {
    pub incoming: u16,
    pub posta: u16,
}

impl Counterpart {
    /// Ports that are free now.
    pub fn free() -> Self {
        Self { incoming: ports::free(), posta: ports::free() }
    }
}

/// A folder with target files, and the processes that they tell of.
pub struct Staging {
    folder: TempDir,
}

impl Staging {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("secret"), PASSWORD).unwrap();
        Self { folder }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Starts a gateway; its mail for others goes to the counterpart.
    pub fn serve(&self, name: &str, provider: Provider, counterpart: Counterpart) -> Program {
        self.serve_with(name, provider, counterpart, "")
    }

    /// The same, with these lines more in its configuration.
    pub fn serve_with(&self, name: &str, provider: Provider, counterpart: Counterpart, more: &str) -> Program {
        let states = [
            "piena: {password: {file: mario.secret}, state: full}",
            "schiva: {password: {file: mario.secret}, ordinary: refuse}",
        ];
        let page = yaml(provider.dialect, &USERS, more) + &states.map(|line| format!("  {line}\n")).concat();
        let mut program = Program::start(self.path(), name, &page);
        for peer in [ALFA, BRAVO] {
            for domain in peer.domains.iter().filter(|_| peer.name != provider.name) {
                program.order(&format!("route {domain} 127.0.0.1:{} {}", counterpart.incoming, peer.host));
            }
        }
        program.order(&format!("route posta.example 127.0.0.1:{} mx.posta.example", counterpart.posta));
        program
    }

    /// Writes the target file of a gateway that listens at these addresses.
    pub fn target(
        &self,
        name: &str,
        provider: Provider,
        [submission, incoming]: [SocketAddr; 2],
        data: &str,
        counterpart: Counterpart,
        more: &str,
    ) -> PathBuf {
        let domain = provider.domains[0];
        let at = |address: SocketAddr| {
            let host = provider.host;
            format!(
                "{{host: {}, port: {}, server-name: {host}, trust: {{ca: {data}/public/tls-root.pem}}}}",
                address.ip(),
                address.port()
            )
        };
        let users =
            USERS.map(|user| format!("  {user}: {{address: {user}@{domain}, password: {{file: secret}}}}\n")).concat();
        let page = format!(
            "provider: {}\ndomains: [{}]\nsubmission: {}\nincoming: {}\nmailboxes: {{maildir: {data}/mail/%u}}\nusers:\n{users}\
             \x20 service: {{address: {}, password: {{file: secret}}}}\nstates:\n  full: {{address: piena@{domain}, password: {{file: secret}}}}\n\
             \x20 refuses-ordinary-mail: {{address: schiva@{domain}, password: {{file: secret}}}}\n\
             listed: {{ldif: {data}/public/directory.ldif}}\ncounterpart: {{incoming: {}, posta: {}, retry: 1s}}\nexclusive: true\n{more}",
            provider.name,
            provider.domains.join(", "),
            at(submission),
            at(incoming),
            provider.service,
            counterpart.incoming,
            counterpart.posta,
        );
        let path = self.path().join(format!("{name}.yaml"));
        fs::write(&path, page).unwrap();
        path
    }

    /// Runs the program in the folder; its exit code, and what it printed.
    pub fn run(&self, words: &[&str]) -> (i32, String) {
        let mut command = program(words);
        let output = command.current_dir(self.path()).output().unwrap();
        let text = [output.stdout, output.stderr].concat();
        (output.status.code().unwrap(), String::from_utf8_lossy(&text).into_owned())
    }

    /// Runs every command of the page for providers; each must end well.
    pub fn follows_the_page(&self) {
        let blocks = page::blocks("run");
        let commands: Vec<&str> = blocks.iter().flat_map(|(_, text)| text.lines()).collect();
        assert!(commands.len() >= 6, "{commands:?}");
        for command in commands {
            let words: Vec<&str> = command.split_whitespace().skip(1).collect();
            let (code, text) = self.run(&words);
            assert_eq!(code, 0, "{command}\n{text}");
        }
    }

    /// How often a rule was put to something in a run.
    pub fn applied(&self, reports: &str, rule: &str) -> u64 {
        let stream = fs::read_to_string(self.path().join(reports).join("run.jsonl")).unwrap();
        let footer: Value = serde_json::from_str(stream.lines().last().unwrap()).unwrap();
        footer["totals"]["applied"][rule].as_u64().unwrap_or_default()
    }

    /// The cells of a run, by scenario and outcome.
    pub fn cells(&self, reports: &str) -> Vec<Value> {
        let stream = fs::read_to_string(self.path().join(reports).join("run.jsonl")).unwrap();
        let lines = stream.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        lines.filter(|line| line["type"] == "cell").collect()
    }

    /// What each scenario of a run in one direction came to.
    pub fn outcomes(&self, reports: &str) -> BTreeMap<String, String> {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let cells = self.cells(reports);
        cells.iter().map(|cell| (text(&cell["scenario"]), text(&cell["outcome"]))).collect()
    }
}

/// Where a served gateway listens for users and for hosts.
pub fn addresses(program: &Program) -> [SocketAddr; 2] {
    ["submission", "incoming"].map(|service| program.address(service))
}

/// Asks about each at the same time: all but all of it is waiting.
pub fn at_once<T: Send, A: Send, const N: usize>(each: [T; N], ask: impl Fn(T) -> A + Sync) -> [A; N] {
    let ask = &ask;
    thread::scope(|scope| {
        let asked = each.map(|one| scope.spawn(move || ask(one)));
        asked.map(|one| one.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    })
}
