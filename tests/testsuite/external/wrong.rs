//! Gateways of another make, in another language, wrong on purpose: `wrong_gateway.py`.

use std::{
    fs,
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
};

/// Debian's interpreter, which knows Debian's aiosmtpd.
const PYTHON: &str = "/usr/bin/python3";

/// One of them, as long as it is kept.
pub struct Wrong {
    process: Child,
    addresses: [SocketAddr; 2],
}

impl Wrong {
    /// Starts one that goes wrong in this way, before the gateway that listens at these addresses; `None` where there is no
    /// aiosmtpd here, which a CI must have.
    pub fn start(folder: &Path, way: &str, behind: [SocketAddr; 2]) -> Option<Self> {
        let known = Command::new(PYTHON).args(["-c", "import aiosmtpd"]).output();
        if !known.is_ok_and(|output| output.status.success()) {
            assert!(std::env::var_os("CI").is_none(), "install python3-aiosmtpd");
            eprintln!("skipped: {PYTHON} has no aiosmtpd");
            return None;
        }
        let certified = rcgen::generate_simple_self_signed(["wrong.example".to_owned()]).unwrap();
        let [certificate, key] = ["wrong.pem", "wrong.key"].map(|name| folder.join(name));
        fs::write(&certificate, certified.cert.pem()).unwrap();
        fs::write(&key, certified.signing_key.serialize_pem()).unwrap();
        let mut command = Command::new(PYTHON);
        command.args([concat!(env!("CARGO_MANIFEST_DIR"), "/tests/testsuite/external/wrong_gateway.py"), way]);
        command.args([certificate, key]).args(behind.map(|address| address.port().to_string()));
        let mut process = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let addresses = ["submission", "incoming"].map(|point| {
            let line = lines.next().unwrap().unwrap();
            let port = line.strip_prefix(point).unwrap().trim().parse().unwrap();
            SocketAddr::from(([127, 0, 0, 1], port))
        });
        Some(Self { process, addresses })
    }

    /// Where it listens for users and for hosts.
    pub fn addresses(&self) -> [SocketAddr; 2] {
        self.addresses
    }
}

impl Drop for Wrong {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
