//! A folder that cannot be written.

use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::Command,
};

use pec_conformance::message::Kind;
use walkdir::WalkDir;

use super::{
    own::{issue, own, trusting},
    program::{Client, Program, exit_of, is_installed, kinds},
};

/// Who may not write what belongs to root.
const NOBODY: &str = "65534";

/// Every file below a folder with what it holds.
fn files(folder: &Path) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let files = WalkDir::new(folder).sort_by_file_name().into_iter().map(|entry| entry.unwrap().into_path());
    files.filter(|path| path.is_file()).map(|path| (path.clone(), fs::read(path).unwrap())).collect()
}

#[test]
fn where_nothing_can_be_written_it_does_not_start_and_nothing_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let root = issue(folder.path());
    let config = own("uno", "alfa", "mario");
    let mut uno = Program::start(folder.path(), "uno", &config);
    let mut client = Client::of(&uno);
    client.tls = trusting(root);
    assert!(client.submit("mario@uno.example", &["mario@uno.example"], 1).unwrap().is_complete());
    uno.order("advance 0s");
    // This one waits: nobody is there.
    uno.order("route due.example 127.0.0.1:1 mx.due.example");
    assert!(client.submit("mario@uno.example", &["anna@due.example"], 2).unwrap().is_complete());
    let data = uno.data.clone();
    assert_eq!(uno.terminate(), Some(0));

    let before = files(&data);
    let folders: Vec<_> = WalkDir::new(folder.path()).into_iter().map(|entry| entry.unwrap().into_path()).collect();
    let may = |mode: u32| {
        for path in &folders {
            let mode = if path.is_dir() { mode | 0o111 } else { mode };
            fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
        }
    };
    may(0o444);
    let file = folder.path().join("uno.yaml");
    let (exit, told) = if fs::write(data.join("trial"), "").is_ok() {
        // Root may write everything: somebody else tries.
        fs::remove_file(data.join("trial")).unwrap();
        if !is_installed("setpriv") {
            return;
        }
        // Where nobody else can reach the program, a copy does; what this process writes itself may still be open for writing
        // in a child that another test starts.
        let program = folder.path().join("pec-conformance");
        let copied = Command::new("cp").arg(env!("CARGO_BIN_EXE_pec-conformance")).arg(&program).status();
        assert!(copied.unwrap().success());
        let mut command = Command::new("setpriv");
        command.args(["--reuid", NOBODY, "--regid", NOBODY, "--clear-groups"]).arg(program);
        exit_of(command.arg("serve").arg(&file))
    } else {
        exit_of(Command::new(env!("CARGO_BIN_EXE_pec-conformance")).arg("serve").arg(&file))
    };
    assert_eq!(exit, Some(3), "{told}");
    let told: String = told.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(told.contains("uno") && told.contains("Permission denied"), "{told}");
    may(0o644);
    assert_eq!(files(&data), before);
    let mut uno = Program::start(folder.path(), "uno", &config);
    assert_eq!(kinds(&uno.mailbox("mario@uno.example"))[..2], [Kind::Accettazione, Kind::PostaCertificata]);
    uno.order("route due.example 127.0.0.1:1 mx.due.example");
    uno.order("advance 13h");
    assert_eq!(kinds(&uno.mailbox("mario@uno.example")).last(), Some(&Kind::PreavvisoErroreConsegna));
}
