//! Strangers at the ports where the other side listens for a target: whoever is on the same network may try them.

use std::{
    io::{BufRead as _, BufReader, Error, Read as _, Result, Write as _},
    net::TcpStream,
    sync::mpsc::{self, Receiver},
    thread,
    time::Duration,
};

/// Hands ordinary mail to somebody once a host listens there, and then says nothing in a session of its own for as long as
/// it may; what the host answered to the mail.
pub fn writes_to(port: u16, recipient: &'static str) -> Receiver<String> {
    let (tells, told) = mpsc::channel();
    thread::spawn(move || {
        let answer = loop {
            match written(port, recipient) {
                Ok(answer) => break answer,
                // Nobody listens there yet.
                Err(_) => thread::sleep(Duration::from_millis(20)),
            }
        };
        let silent = TcpStream::connect(("127.0.0.1", port));
        let _ = tells.send(answer);
        let _ = silent.and_then(|mut silent| silent.read_to_end(&mut Vec::new()));
    });
    told
}

fn written(port: u16, recipient: &str) -> Result<String> {
    let mut stream = BufReader::new(TcpStream::connect(("127.0.0.1", port))?);
    let mail = "Message-ID: <offerta@scanner.example>\r\nFrom: <a@scanner.example>\r\nTo: <x@y.example>\r\n\
                Subject: Offerta\r\nDate: Mon, 2 Mar 2026 09:30:00 +0100\r\n\r\nOfferta\r\n.";
    let to = format!("RCPT TO:<{recipient}>");
    let mut last = answered(&mut stream)?;
    for said in ["EHLO scanner.example", "MAIL FROM:<a@scanner.example>", &to, "DATA", mail] {
        stream.get_mut().write_all(format!("{said}\r\n").as_bytes())?;
        last = answered(&mut stream)?;
    }
    Ok(last)
}

/// The last line of a reply.
fn answered(stream: &mut BufReader<TcpStream>) -> Result<String> {
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line)? == 0 {
            return Err(Error::other("closed"));
        }
        if line.as_bytes().get(3) != Some(&b'-') {
            return Ok(line);
        }
    }
}
