//! A `serve` process, driven and looked at as its users do.

use std::{
    collections::BTreeMap,
    env, fs,
    io::{BufRead as _, BufReader, ErrorKind, Write as _},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
    sync::{
        Arc,
        mpsc::{self, Receiver, RecvTimeoutError},
    },
    thread,
    time::Duration,
};

use pec_conformance::{
    clock::Machine,
    evidence::{Service, SmtpPath},
    message::{Kind, Message},
    net::{self, AuthMechanism, ClientError, Credentials, Destination, Patience, Security, Sent, Trusted},
    pki::Pki,
};
use rustls::ClientConfig;
use serde_json::Value;

/// Longer than anything takes on a loaded machine, the queue of a gateway killed a hundred times too.
pub const DEADLINE: Duration = Duration::from_mins(10);

pub const PASSWORD: &str = "quattro-parole-a-caso";

/// A gateway's configuration, but for the folder of its data.
pub fn yaml(dialect: &str, users: &[&str], more: &str) -> String {
    let users: Vec<String> = users.iter().map(|user| format!("{user}: {{password: {{file: mario.secret}}}}")).collect();
    let users = if users.is_empty() { String::new() } else { format!("users:\n  {}\n", users.join("\n  ")) };
    format!("dialect: {dialect}\ntest-pki: true\n{more}{users}")
}

/// A shell that executes this as a user's does who has the program in his path.
pub fn shell(commands: &str) -> Command {
    let bin = Path::new(env!("CARGO_BIN_EXE_pec-conformance")).parent().unwrap().to_owned();
    let path = env::join_paths([bin].into_iter().chain(env::split_paths(&env::var_os("PATH").unwrap()))).unwrap();
    let mut shell = Command::new("sh");
    shell.args(["-e", "-c", commands]).env("PATH", path);
    shell.env("LANG", "C").env_remove("LC_ALL").env_remove("COLUMNS");
    shell
}

pub struct Program {
    child: Child,
    input: Option<ChildStdin>,
    output: Receiver<Value>,
    addresses: BTreeMap<String, SocketAddr>,
    pub data: PathBuf,
}

impl Program {
    /// Starts one that keeps its data in a folder of its name, and waits until it listens.
    pub fn start(folder: &Path, name: &str, yaml: &str) -> Self {
        Self::run(folder, name, yaml, Command::new(env!("CARGO_BIN_EXE_pec-conformance")))
    }

    /// The same from a shell that was told something before, such as what its programs may not do.
    pub fn start_from_shell(folder: &Path, name: &str, yaml: &str, told: &str) -> Self {
        let mut shell = Command::new("bash");
        shell.arg("-c").arg(format!("{told}; exec \"$0\" \"$@\"")).arg(env!("CARGO_BIN_EXE_pec-conformance"));
        Self::run(folder, name, yaml, shell)
    }

    fn run(folder: &Path, name: &str, yaml: &str, mut program: Command) -> Self {
        fs::write(folder.join("mario.secret"), format!("{PASSWORD}\n")).unwrap();
        fs::write(folder.join(format!("{name}.yaml")), format!("data: {name}\n{yaml}")).unwrap();
        program.arg("serve").arg(folder.join(format!("{name}.yaml"))).args(["--control", "stdin"]);
        Self::spawn(program).0
    }

    /// Starts what a file describes.
    pub fn of_file(path: &Path) -> Self {
        let mut program = Command::new(env!("CARGO_BIN_EXE_pec-conformance"));
        program.arg("serve").arg(path).args(["--control", "stdin"]);
        Self::spawn(program).0
    }

    /// Starts one to try mail programs with; what it told before it was ready.
    pub fn demo(folder: &Path) -> (Self, Vec<Value>) {
        let mut program = Command::new(env!("CARGO_BIN_EXE_pec-conformance"));
        program.arg("serve").arg("--demo").arg(folder).args(["--control", "stdin"]);
        Self::spawn(program)
    }

    fn spawn(mut program: Command) -> (Self, Vec<Value>) {
        let mut child = program.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (sender, output) = mpsc::channel();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                let _ = sender.send(serde_json::from_str(&line).unwrap());
            }
        });
        let input = child.stdin.take();
        let mut program = Self { child, input, output, addresses: BTreeMap::new(), data: PathBuf::new() };
        let mut told = Vec::new();
        loop {
            let line = program.line();
            match line["event"].as_str().unwrap() {
                "listening" => {
                    let (service, address) = (line["service"].as_str().unwrap(), line["address"].as_str().unwrap());
                    program.addresses.insert(service.to_owned(), address.parse().unwrap());
                }
                "ready" => {
                    program.data = line["data"].as_str().unwrap().into();
                    return (program, told);
                }
                _ => told.push(line),
            }
        }
    }

    pub fn address(&self, service: &str) -> SocketAddr {
        self.addresses[service]
    }

    /// How much memory it takes, resident, in KiB; none where the system does not tell.
    pub fn resident(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        line.map_or(0, |line| line.trim().trim_end_matches(" kB").parse().unwrap())
    }

    /// Tells it something, which it must do.
    pub fn order(&mut self, line: &str) {
        let answer = self.told(line);
        assert_eq!(answer["event"], "done", "{line}: {answer}");
    }

    /// Tells it something; what it answers.
    pub fn told(&mut self, line: &str) -> Value {
        writeln!(self.input.as_mut().unwrap(), "{line}").unwrap();
        loop {
            let answer = self.line();
            if answer["control"] == line {
                return answer;
            }
        }
    }

    /// Waits for an event.
    pub fn wait_for(&mut self, event: &str) {
        while self.line()["event"] != event {}
    }

    fn line(&mut self) -> Value {
        match self.output.recv_timeout(DEADLINE) {
            Ok(line) => line,
            Err(RecvTimeoutError::Timeout) => panic!("nothing was said in time"),
            Err(RecvTimeoutError::Disconnected) => panic!("it ended: {:?}", self.child.wait()),
        }
    }

    /// Ends it by SIGTERM; its exit code.
    pub fn terminate(mut self) -> Option<i32> {
        assert!(Command::new("kill").arg(self.child.id().to_string()).status().unwrap().success());
        self.wait_for("stopped");
        self.child.wait().unwrap().code()
    }

    /// Sends it SIGHUP.
    pub fn hang_up(&self) {
        assert!(Command::new("kill").args(["-HUP", &self.child.id().to_string()]).status().unwrap().success());
    }

    /// Waits until it ends by itself; its exit code.
    pub fn ended(mut self) -> Option<i32> {
        while self.output.recv_timeout(DEADLINE).is_ok() {}
        self.child.wait().unwrap().code()
    }

    /// Kills it as nothing can be caught.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// What a mailbox holds, oldest first.
    pub fn mailbox(&self, address: &str) -> Vec<Vec<u8>> {
        let mut files: Vec<(u64, u64, PathBuf)> = Vec::new();
        for folder in ["new", "cur"] {
            let Ok(entries) = fs::read_dir(self.data.join("mail").join(address).join(folder)) else { continue };
            for entry in entries {
                let path = entry.unwrap().path();
                let name = path.file_name().unwrap().to_str().unwrap().to_owned();
                let number = |after: char| {
                    let digits = name.split('.').nth(1).unwrap().rsplit_once(after).unwrap().1;
                    digits.chars().take_while(char::is_ascii_digit).collect::<String>().parse().unwrap()
                };
                files.push((number('E'), number('N'), path));
            }
        }
        files.sort();
        files.into_iter().map(|(_, _, path)| fs::read(path).unwrap()).collect()
    }

    /// Its log's lines, oldest first.
    pub fn log(&self) -> Vec<Value> {
        let mut files: Vec<PathBuf> =
            fs::read_dir(self.data.join("log")).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        let text: String = files.iter().map(|path| fs::read_to_string(path).unwrap()).collect();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Exit code of a command, and what it said.
pub fn exit_of(command: &mut Command) -> (Option<i32>, String) {
    let output = command.stdin(Stdio::null()).output().unwrap();
    let told = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8_lossy(&told).into_owned())
}

/// Whether a program that only some tests need is installed, which it must be on CI.
pub fn is_installed(name: &str) -> bool {
    let Err(error) = Command::new(name).arg("--version").output() else { return true };
    assert_eq!(error.kind(), ErrorKind::NotFound, "{name} does not start: {error}");
    assert!(std::env::var_os("CI").is_none(), "{name} is not installed, and CI must have it");
    eprintln!("skipped: {name} is not installed");
    false
}

pub fn kinds(mailbox: &[Vec<u8>]) -> Vec<Kind> {
    mailbox.iter().map(|bytes| Message::read(bytes.as_slice()).unwrap().kind.unwrap()).collect()
}

/// A user's mail program.
#[derive(Clone)]
pub struct Client {
    submission: Destination,
    pub password: String,
    /// Whom it trusts.
    pub tls: Arc<ClientConfig>,
}

impl Client {
    pub fn of(program: &Program) -> Self {
        let submission = Destination {
            address: program.address("submission"),
            host: "localhost".into(),
            service: Service::Submission,
            security: Security::StartTls,
            trust: None,
        };
        Self { submission, password: PASSWORD.into(), tls: test_tls() }
    }

    /// Submits a message with a number of its own.
    pub fn submit(&self, from: &str, to: &[&str], number: usize) -> Result<Sent, ClientError> {
        self.submit_with(from, to, number, "Gentile Anna,\r\necco il contratto.\r\n")
    }

    /// Submits a message with this text.
    pub fn submit_with(&self, from: &str, to: &[&str], number: usize, text: &str) -> Result<Sent, ClientError> {
        let path = SmtpPath { from: from.into(), to: to.iter().map(ToString::to_string).collect() };
        let message = format!(
            "Date: Mon, 2 Mar 2026 09:29:00 +0100\r\nFrom: <{from}>\r\nTo: {}\r\nSubject: Contratto n. {number}\r\n\
             Message-ID: <{number}@client.example>\r\n\r\n{text}",
            to.join(",\r\n ")
        );
        let login = Credentials { user: from.into(), password: self.password.clone(), mechanism: AuthMechanism::Plain };
        send(&self.submission, Some(&login), self.tls.clone(), &path, message.as_bytes())
    }
}

/// A host of the Internet hands a message to an incoming point.
pub fn hand(address: SocketAddr, path: &SmtpPath, message: &[u8]) -> Sent {
    hand_trusting(address, test_tls(), path, message)
}

/// One that trusts anybody does.
pub fn hand_unverified(address: SocketAddr, path: &SmtpPath, message: &[u8]) -> Sent {
    hand_trusting(address, Trusted::Anybody.client_config().unwrap(), path, message)
}

fn hand_trusting(address: SocketAddr, tls: Arc<ClientConfig>, path: &SmtpPath, message: &[u8]) -> Sent {
    let (service, security) = (Service::Incoming, Security::WhenOffered);
    let destination = Destination { address, host: "localhost".into(), service, security, trust: None };
    send(&destination, None, tls, path, message).unwrap()
}

fn test_tls() -> Arc<ClientConfig> {
    Pki::load().unwrap().tls_client_config(Machine::default())
}

fn send(
    destination: &Destination,
    login: Option<&Credentials>,
    tls: Arc<ClientConfig>,
    path: &SmtpPath,
    message: &[u8],
) -> Result<Sent, ClientError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let client = net::Client {
        name: "client.example".into(),
        tls,
        patience: Patience { command: DEADLINE, message: DEADLINE },
        calls: None,
    };
    runtime.block_on(client.send(destination, login, path, message))
}
