//! The page as a program, with a temporary folder of its own, and requests as clients write them.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    ops::Deref,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use crate::ports::LOOK;

/// Longer than anything takes on a loaded machine.
pub const DEADLINE: Duration = Duration::from_mins(5);

/// Where a page is reached.
#[derive(Clone, Copy)]
pub struct Reached(pub SocketAddr);

/// A page that is served by the program.
pub struct Served {
    child: Child,
    reached: Reached,
    temporary: tempfile::TempDir,
}

impl Deref for Served {
    type Target = Reached;

    fn deref(&self) -> &Reached {
        &self.reached
    }
}

impl Reached {
    /// Asks something as a client of HTTP/1.0 does, to whom nothing is sent in pieces.
    pub fn ask(self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let mut stream = self.begin(method, path, headers, body.len());
        let _ = stream.write_all(body);
        Answer::read(stream)
    }

    /// The same, with everything but the body sent.
    pub fn begin(self, method: &str, path: &str, headers: &[(&str, &str)], length: usize) -> TcpStream {
        let mut head = format!("{method} {path} HTTP/1.0\r\nContent-Length: {length}\r\n");
        if !headers.iter().any(|(name, _)| *name == "Host") {
            head.extend([format!("Host: {}\r\n", self.0)]);
        }
        head.extend(headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")));
        let mut stream = self.connect();
        stream.write_all((head + "\r\n").as_bytes()).unwrap();
        stream
    }

    pub fn connect(self) -> TcpStream {
        let stream = TcpStream::connect(self.0).unwrap();
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        stream
    }

    pub fn check(self, options: &str, body: &[u8]) -> Answer {
        self.ask("POST", &format!("/check{options}"), &[], body)
    }
}

impl Served {
    pub fn start(args: &[&str]) -> Self {
        Self::with(args, "BROWSER", Path::new("/nowhere"))
    }

    /// One that goes by what is kept in this folder of data.
    pub fn with_kept(args: &[&str], data: &Path) -> Self {
        Self::with(args, "XDG_DATA_HOME", data)
    }

    /// One with a variable of its own.
    pub fn with(args: &[&str], name: &str, value: &Path) -> Self {
        let temporary = tempfile::tempdir().unwrap();
        let program = env!("CARGO_BIN_EXE_pec-conformance");
        // Who runs these tests in the background may have signals ignored.
        let mut command = Command::new("env");
        command.args(["--default-signal=HUP,INT,TERM", program, "page"]).args(args);
        command
            .env("TMPDIR", temporary.path())
            .env("XDG_DATA_HOME", "/nowhere")
            .env(name, value)
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("http://").and_then(|it| it.strip_suffix('/')).expect(&line);
        Self { child, reached: Reached(address.parse().unwrap()), temporary }
    }

    /// Everything that is in the temporary folder, but the folder that the page keeps for itself.
    pub fn left(&self) -> Vec<PathBuf> {
        let all = walkdir::WalkDir::new(self.temporary.path()).min_depth(2).into_iter();
        all.filter_map(Result::ok).map(walkdir::DirEntry::into_path).collect()
    }

    /// Octets that uploads have on the disk.
    pub fn laid_down(&self) -> u64 {
        let files = self.left().into_iter().filter_map(|path| fs::metadata(path).ok());
        files.filter(fs::Metadata::is_file).map(|it| it.len()).sum()
    }

    pub fn signal(&self, name: &str) {
        let status = Command::new("kill").args(["-s", name, &self.child.id().to_string()]).status();
        assert!(status.unwrap().success());
    }

    /// Waits until it has ended: its exit code, and whether nothing is left of it.
    pub fn ended(mut self) -> (Option<i32>, bool) {
        let code = self.child.wait().unwrap().code();
        (code, fs::read_dir(self.temporary.path()).unwrap().next().is_none())
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What was answered.
pub struct Answer {
    pub status: u16,
    head: String,
    pub body: String,
}

impl Answer {
    pub fn read(mut stream: TcpStream) -> Self {
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).expect("an answer comes whole");
        let text = String::from_utf8(bytes).expect("it is UTF-8");
        let (head, body) =
            text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("an answer begins with a head: {text:?}"));
        let status = head.split(' ').nth(1).and_then(|it| it.parse().ok()).expect("a status");
        Self { status, head: head.to_owned(), body: body.to_owned() }
    }

    /// A header of it.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut fields = self.head.lines().skip(1).filter_map(|line| line.split_once(": "));
        fields.find(|(it, _)| it.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    #[track_caller]
    pub fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.body);
        self
    }

    #[track_caller]
    pub fn says(self, words: &str) -> Self {
        assert!(self.body.contains(words), "nothing of `{words}` in {}", self.body);
        self
    }
}

/// A form as browsers send it: of each part the field, the file's name, and what is in it.
pub fn form(parts: &[(&str, Option<&str>, &[u8])]) -> (String, Vec<u8>) {
    let boundary = "----between4711";
    let mut body = Vec::new();
    for (field, file, bytes) in parts {
        let file = file.map(|name| format!("; filename=\"{name}\"")).unwrap_or_default();
        let head = format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{field}\"{file}\r\n\r\n");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    (format!("multipart/form-data; boundary={boundary}"), body)
}

/// Looks again and again until it is so.
#[track_caller]
pub fn until(what: &str, is_so: impl Fn() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < DEADLINE, "it never came to be: {what}");
        std::thread::sleep(LOOK);
    }
}
