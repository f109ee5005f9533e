//! A POP3 client (RFC 1939, 2595) that only reads: it never says DELE, so nothing goes from the mailbox.

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};

use super::channel::{Channel, MailboxLogin, MailboxProblem, MailboxServer, MailboxTls, too_large, too_many};

/// Most bytes of a line that is no message's; RFC 2449 4 asks for 512.
const LINE: u64 = 4096;

/// A session, logged in.
#[derive(Debug)]
pub struct Pop3<'s> {
    server: &'s MailboxServer,
    wire: BufReader<Channel>,
}

impl<'s> Pop3<'s> {
    /// Connects, secures the channel and logs in.
    pub async fn open(server: &'s MailboxServer, login: &MailboxLogin) -> Result<Self, MailboxProblem> {
        let mut session = Self { server, wire: BufReader::new(server.connect().await?) };
        session.answer("the greeting").await?;
        if server.tls == MailboxTls::Upgraded {
            session
                .command("STLS")
                .await
                .map_err(|problem| MailboxProblem::Tls(format!("STLS is not taken: {problem}")))?;
            // Whatever was said in clear behind the answer is forgotten with the buffer.
            session.wire = BufReader::new(server.secure(session.wire.into_inner()).await?);
        }
        for (keyword, argument) in [("USER", &login.user), ("PASS", &login.password)] {
            if argument.contains(['\r', '\n']) {
                return Err(MailboxProblem::Login(format!("the argument of {keyword} is more than a line")));
            }
            // An answer that repeats what it heard is not repeated further.
            session.say(&format!("{keyword} {argument}")).await?;
            session.answer(keyword).await.map_err(|problem| match problem {
                MailboxProblem::Broken(what) => MailboxProblem::Login(what.replace(&login.password, "<password>")),
                other => other,
            })?;
        }
        Ok(session)
    }

    /// Number and unique id of every message, at most `limit` of them.
    pub async fn ids(&mut self, limit: usize) -> Result<Vec<(usize, String)>, MailboxProblem> {
        self.command("UIDL").await?;
        let mut ids = Vec::new();
        loop {
            let line = self.line().await?;
            if line == "." {
                return Ok(ids);
            }
            let listed = line.split_once(' ').and_then(|(number, id)| Some((number.parse().ok()?, id.to_owned())));
            let Some(listed) = listed else {
                return Err(MailboxProblem::Broken(format!("UIDL lists `{line}`, which is no number and id")));
            };
            ids.push(listed);
            if ids.len() > limit {
                return Err(too_many(limit));
            }
        }
    }

    /// A message, byte for byte, of at most `limit` bytes. It is asked for by TOP, with more lines than any message has:
    /// many servers flag as read what RETR gives out. Only where TOP is not known, which is optional, RETR is said.
    pub async fn message(&mut self, number: usize, limit: usize) -> Result<Vec<u8>, MailboxProblem> {
        match self.command(&format!("TOP {number} {}", i32::MAX)).await {
            Err(MailboxProblem::Broken(answer)) if answer.contains("-ERR") => {
                self.command(&format!("RETR {number}")).await
            }
            other => other,
        }?;
        let mut message = Vec::new();
        loop {
            let mut line = Vec::new();
            let room = (limit - message.len()) as u64 + 5;
            let wire = &mut self.wire;
            self.server
                .timed(async { wire.take(room).read_until(b'\n', &mut line).await.map_err(|error| broken(&error)) })
                .await?;
            match &*line {
                b".\r\n" => return Ok(message),
                // RFC 1939 3: a line that begins with the dot got another before it.
                [b'.', rest @ ..] => message.extend_from_slice(rest),
                [] => return Err(MailboxProblem::Broken("the session broke off within a message".to_owned())),
                whole => message.extend_from_slice(whole),
            }
            if message.len() > limit {
                return Err(too_large(limit));
            }
        }
    }

    /// Ends the session; how it ends changes nothing.
    pub async fn quit(mut self) {
        let _ = self.command("QUIT").await;
    }

    async fn command(&mut self, line: &str) -> Result<(), MailboxProblem> {
        self.say(line).await?;
        self.answer(line).await
    }

    async fn say(&mut self, line: &str) -> Result<(), MailboxProblem> {
        let line = format!("{line}\r\n");
        let wire = &mut self.wire;
        self.server
            .timed(async {
                wire.write_all(line.as_bytes()).await.map_err(|error| broken(&error))?;
                wire.flush().await.map_err(|error| broken(&error))
            })
            .await
    }

    async fn answer(&mut self, to: &str) -> Result<(), MailboxProblem> {
        let line = self.line().await?;
        if line.starts_with("+OK") {
            Ok(())
        } else {
            Err(MailboxProblem::Broken(format!("the answer to {to}: {line}")))
        }
    }

    async fn line(&mut self) -> Result<String, MailboxProblem> {
        let mut line = Vec::new();
        let wire = &mut self.wire;
        self.server
            .timed(async { wire.take(LINE).read_until(b'\n', &mut line).await.map_err(|error| broken(&error)) })
            .await?;
        if line.last() != Some(&b'\n') {
            let what = if line.is_empty() { "the session broke off" } else { "a line without an end" };
            return Err(MailboxProblem::Broken(what.to_owned()));
        }
        Ok(String::from_utf8_lossy(line.trim_ascii_end()).into_owned())
    }
}

fn broken(error: &std::io::Error) -> MailboxProblem {
    MailboxProblem::Broken(format!("the session broke off: {error}"))
}
