//! What each command does, and what must come before it.

use std::io;

use base64::{Engine, prelude::BASE64_STANDARD};
use smtp_proto::{
    AUTH_LOGIN, AUTH_PLAIN, Error, MAIL_BODY_BINARYMIME, MAIL_REQUIRETLS, MAIL_SMTPUTF8, MailFrom, Request,
};
use tokio::io::{AsyncRead, AsyncWrite};

use super::{
    Handler, Manners, POSTMASTER,
    session::{Conversation, Held, Next, Secrecy, Stage},
};
use crate::{evidence::Service, net::Reply, state::StartTls};

/// Failed logins in a session.
const LOGINS: usize = 3;

impl<H: Handler> Conversation<'_, H> {
    /// Does what a line asks for and answers it.
    pub(super) async fn command<S: AsyncRead + AsyncWrite + Unpin>(
        &mut self,
        stream: &mut S,
        line: &[u8],
    ) -> io::Result<Next> {
        let line = [line, b"\r\n"].concat();
        let request = match Request::parse(&mut line.iter()) {
            Ok(request) => request.into_owned(),
            Err(error) => return self.answer(stream, &misread(&error)).await,
        };
        let reply = match request {
            Request::Quit => {
                self.reply(stream, &Reply::new(221, [2, 0, 0], "Bye")).await?;
                return Ok(Next::Close);
            }
            Request::Ehlo { host } => return self.ehlo(stream, &host).await,
            Request::Helo { host } => match self.greet(&host) {
                Ok(()) => Reply::bare(250, self.server.host.clone()),
                Err(reply) => reply,
            },
            Request::Noop { .. } => Reply::ok("Ok"),
            Request::Rset => {
                self.reset();
                Reply::ok("Ok")
            }
            Request::StartTls if self.server.upgrade == StartTls::Withheld => {
                Reply::new(502, [5, 5, 1], "Command not implemented")
            }
            Request::StartTls if self.tls || self.server.service == Service::Submissions => {
                Reply::new(503, [5, 5, 1], "TLS is active already")
            }
            Request::StartTls => {
                self.reply(stream, &Reply::new(220, [2, 0, 0], "Go ahead")).await?;
                return Ok(Next::StartTls);
            }
            Request::Auth { mechanism, initial_response } => {
                return self.auth(stream, mechanism, initial_response).await;
            }
            Request::Mail { from } => self.mail_from(from).await,
            Request::Rcpt { to } if to.address.is_empty() && names_postmaster(&line) => self.rcpt(POSTMASTER).await,
            Request::Rcpt { to } => self.rcpt(&to.address).await,
            Request::Data => return self.data(stream).await,
            Request::Vrfy { .. } => match self.barred() {
                Some(reply) => reply,
                None => Reply::new(252, [2, 5, 0], "Send it and see"),
            },
            _ => Reply::new(502, [5, 5, 1], "Command not implemented"),
        };
        self.answer(stream, &reply).await
    }

    async fn answer<S: AsyncWrite + Unpin>(&mut self, stream: &mut S, reply: &Reply) -> io::Result<Next> {
        self.reply(stream, reply).await?;
        Ok(if reply.code == 421 { Next::Close } else { Next::Go })
    }

    fn greet(&mut self, host: &str) -> Result<(), Reply> {
        self.reset();
        host.clone_into(&mut self.session.client);
        self.session.transcript.named(host);
        self.handler.named(&self.session)?;
        self.stage = Stage::Named;
        Ok(())
    }

    async fn ehlo<S: AsyncRead + AsyncWrite + Unpin>(&mut self, stream: &mut S, host: &str) -> io::Result<Next> {
        if let Err(reply) = self.greet(host) {
            return self.answer(stream, &reply).await;
        }
        let mut offers = vec![
            self.server.host.clone(),
            "PIPELINING".into(),
            "8BITMIME".into(),
            format!("SIZE {}", self.server.limits.message),
            "ENHANCEDSTATUSCODES".into(),
        ];
        if !self.tls && self.server.upgrade == StartTls::Offered {
            offers.push("STARTTLS".into());
        }
        if self.tls && self.is_submission() {
            offers.push("AUTH PLAIN LOGIN".into());
        }
        let last = offers.len() - 1;
        let dash = |at: usize| if at == last { ' ' } else { '-' };
        let lines: Vec<String> =
            offers.iter().enumerate().map(|(at, offer)| format!("250{}{offer}", dash(at))).collect();
        self.say(stream, &lines).await?;
        Ok(Next::Go)
    }

    /// PLAIN and LOGIN, after TLS only (RFC 4954 4; RFC 6109 5.2, 5.3).
    async fn auth<S: AsyncRead + AsyncWrite + Unpin>(
        &mut self,
        stream: &mut S,
        mechanism: u64,
        initial: String,
    ) -> io::Result<Next> {
        let refusal = if !self.is_submission() {
            Some(Reply::new(502, [5, 5, 1], "No authentication here"))
        } else if !self.tls {
            Some(Reply::new(530, [5, 7, 0], "Must issue a STARTTLS command first"))
        } else if self.stage < Stage::Named {
            Some(Reply::new(503, [5, 5, 1], "EHLO first"))
        } else if self.session.user.is_some() || self.stage == Stage::InMail {
            Some(Reply::new(503, [5, 5, 1], "Not now"))
        } else if ![AUTH_PLAIN, AUTH_LOGIN].contains(&mechanism) {
            Some(Reply::new(504, [5, 5, 4], "Mechanism not supported"))
        } else {
            None
        };
        if let Some(refusal) = refusal {
            return self.answer(stream, &refusal).await;
        }
        let mut given = (!initial.is_empty()).then_some(initial);
        let prompts: &[&str] = if mechanism == AUTH_PLAIN { &[""] } else { &["VXNlcm5hbWU6", "UGFzc3dvcmQ6"] };
        let mut answers = Vec::new();
        for prompt in prompts {
            let answer = if let Some(initial) = given.take() {
                initial.into_bytes()
            } else {
                self.say(stream, &[format!("334 {prompt}")]).await?;
                let Some(line) = self.line(stream, Secrecy::Credentials).await? else { return Ok(Next::Close) };
                line
            };
            let Some(text) = BASE64_STANDARD.decode(&answer).ok().and_then(|bytes| String::from_utf8(bytes).ok())
            else {
                return self.answer(stream, &Reply::new(501, [5, 5, 2], "Authentication cancelled")).await;
            };
            answers.push(text);
        }
        let answers: Vec<&str> = match &answers[..] {
            [plain] => plain.split('\0').collect(),
            named => std::iter::once("").chain(named.iter().map(String::as_str)).collect(),
        };
        let known = match answers[..] {
            // The authorization identity may only be the user's own.
            [acting, user, password] if acting.is_empty() || acting == user => {
                self.handler.authenticate(user, password).await.then(|| user.to_owned())
            }
            _ => None,
        };
        let reply = if known.is_some() {
            Reply::new(235, [2, 7, 0], "Authenticated")
        } else {
            self.failed_logins += 1;
            match self.failed_logins {
                LOGINS.. => Reply::new(421, [4, 7, 0], "Too many failed logins, closing"),
                _ => Reply::new(535, [5, 7, 8], "Credentials invalid"),
            }
        };
        self.session.user = known;
        self.answer(stream, &reply).await
    }

    async fn mail_from(&mut self, from: MailFrom<String>) -> Reply {
        if let Some(reply) = self.barred() {
            return reply;
        }
        if self.stage == Stage::InMail {
            return Reply::new(503, [5, 5, 1], "A sender was given already");
        }
        if from.flags & (MAIL_BODY_BINARYMIME | MAIL_SMTPUTF8 | MAIL_REQUIRETLS) != 0 {
            return Reply::new(555, [5, 5, 4], "Parameter not offered");
        }
        if from.size > self.server.limits.message {
            return Reply::new(552, [5, 3, 4], "Message too large");
        }
        if !from.address.is_empty() && !is_mailbox(&from.address) {
            return Reply::new(553, [5, 1, 7], "Not a mailbox address");
        }
        let reply = self.handler.mail_from(&self.session, &from.address).await;
        if reply.is_positive() {
            self.stage = Stage::InMail;
            self.announced = from.size;
            self.session.from = from.address;
        }
        reply
    }

    async fn rcpt(&mut self, to: &str) -> Reply {
        if let Some(reply) = self.barred() {
            return reply;
        }
        if self.stage < Stage::InMail {
            return Reply::new(503, [5, 5, 1], "MAIL FROM first");
        }
        if !is_mailbox(to) && !to.eq_ignore_ascii_case(POSTMASTER) {
            return Reply::new(553, [5, 1, 3], "Not a mailbox address");
        }
        if self.session.to.len() >= self.server.limits.recipients {
            return Reply::new(452, [4, 5, 3], "Too many recipients");
        }
        let reply = self.handler.rcpt(&self.session, to).await;
        if reply.is_positive() {
            self.session.to.push(to.to_owned());
            // Recipients have a bound of their own, which is theirs to reach.
            self.commands = self.commands.saturating_sub(1);
        }
        reply
    }

    async fn data<S: AsyncRead + AsyncWrite + Unpin>(&mut self, stream: &mut S) -> io::Result<Next> {
        let early = match self.barred() {
            Some(reply) => Some(reply),
            None if self.stage < Stage::InMail => Some(Reply::new(503, [5, 5, 1], "MAIL FROM first")),
            None if self.session.to.is_empty() => Some(Reply::new(554, [5, 5, 1], "No valid recipients")),
            None => None,
        };
        if let Some(reply) = early {
            return self.answer(stream, &reply).await;
        }
        if self.server.manners == Manners::Strict && self.has_more() {
            self.reply(stream, &Reply::new(554, [5, 5, 0], "Wait for the answer to DATA, closing")).await?;
            return Ok(Next::Close);
        }
        self.reply(stream, &Reply::bare(354, "End data with <CRLF>.<CRLF>")).await?;
        let reply = match self.message(stream).await? {
            None => return Ok(Next::Close),
            Some(Err(refusal)) => refusal,
            Some(Ok(Held { message, _room })) => self.handler.data(&self.session, message).await,
        };
        self.reset();
        if reply.is_positive() && self.server.lost_replies.next() {
            return Ok(Next::Close);
        }
        self.answer(stream, &reply).await
    }

    /// What still has to come before mail may: a name; on submission TLS and a login as well.
    fn barred(&self) -> Option<Reply> {
        if self.is_submission() && !self.tls {
            Some(Reply::new(530, [5, 7, 0], "Must issue a STARTTLS command first"))
        } else if self.stage < Stage::Named {
            Some(Reply::new(503, [5, 5, 1], "EHLO first"))
        } else if self.is_submission() && self.session.user.is_none() {
            Some(Reply::new(530, [5, 7, 0], "Authentication required"))
        } else {
            None
        }
    }

    fn is_submission(&self) -> bool {
        matches!(self.server.service, Service::Submission | Service::Submissions)
    }
}

/// `local@domain` in printable ASCII that can stand between angle brackets again.
fn is_mailbox(address: &str) -> bool {
    address.rsplit_once('@').is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty())
        && address.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'<' && byte != b'>')
}

/// Whether a command names the one recipient that needs no domain: smtp-proto reads an empty address there, as in `<>`.
fn names_postmaster(line: &[u8]) -> bool {
    String::from_utf8_lossy(line).to_ascii_lowercase().contains("<postmaster>")
}

fn misread(error: &Error) -> Reply {
    match error {
        Error::UnknownCommand => Reply::new(500, [5, 5, 2], "Command not recognized"),
        Error::InvalidSenderAddress => Reply::new(553, [5, 1, 7], "Not a mailbox address"),
        Error::InvalidRecipientAddress => Reply::new(553, [5, 1, 3], "Not a mailbox address"),
        Error::InvalidParameter { param } => Reply::new(501, [5, 5, 4], format!("Invalid parameter {param}")),
        Error::UnsupportedParameter { param } => {
            let shown: String = param.chars().filter(char::is_ascii_graphic).take(40).collect();
            Reply::new(555, [5, 5, 4], format!("Parameter {shown} not supported"))
        }
        _ => Reply::new(501, [5, 5, 2], "Syntax error"),
    }
}
