//! A clock that a target file's command moves: of a served gateway, which is told so on its standard input.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::TcpListener,
    sync::{Arc, Mutex},
    thread,
};

use crate::serve::program::Program;

/// Listens for whoever wants a gateway's clock moved, and tells the lines of a target file that do so.
pub fn moved_by_command(program: Program) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let program = Arc::new(Mutex::new(program));
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let mut lines = BufReader::new(&stream);
            let mut seconds = String::new();
            lines.read_line(&mut seconds).unwrap();
            let answer = program.lock().unwrap().told(&format!("advance {}s", seconds.trim()));
            assert_eq!(answer["event"], "done", "{answer}");
            writeln!(&stream, "{}", answer["now"].as_str().unwrap()).unwrap();
        }
    });
    let script = format!("exec 3<>/dev/tcp/127.0.0.1/{port}; echo %s >&3; head -n 1 <&3");
    format!("clock: [bash, -c, \"{script}\"]\n")
}
