//! An IMAP client (RFC 9051, over async-imap) that only reads: EXAMINE and BODY.PEEK[], so nothing is flagged or moved.

use async_imap::{Authenticator, Client, Session, error::Error};
use futures_util::TryStreamExt;

use super::{
    channel::{Channel, MailboxLogin, MailboxProblem, MailboxServer, MailboxTls, too_large, too_many},
    client::xoauth2,
};

/// A session, logged in.
#[derive(Debug)]
pub struct Imap {
    server: MailboxServer,
    session: Session<Channel>,
}

/// How users log in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ImapLogin {
    /// By LOGIN, with a password.
    #[default]
    Password,
    /// By AUTHENTICATE XOAUTH2, with a token in its place.
    Token,
}

/// What is said to a server's challenges: the token, then nothing more, for what follows tells what is wrong with it.
struct Token(String);

impl Token {
    fn of(login: &MailboxLogin) -> Self {
        Self(xoauth2(&login.user, &login.password))
    }
}

impl Authenticator for Token {
    type Response = String;

    fn process(&mut self, _: &[u8]) -> String {
        std::mem::take(&mut self.0)
    }
}

/// How far a folder has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FolderState {
    /// UIDs mean the same as long as this stays.
    pub uid_validity: u32,
    /// The UID that the next message gets, at least.
    pub uid_next: u32,
}

impl Imap {
    /// Connects, secures the channel and logs in.
    pub async fn open(server: &MailboxServer, login: &MailboxLogin) -> Result<Self, MailboxProblem> {
        Self::open_by(server, login, ImapLogin::Password).await
    }

    /// The same, with what the server takes.
    pub async fn open_by(server: &MailboxServer, login: &MailboxLogin, by: ImapLogin) -> Result<Self, MailboxProblem> {
        let mut client = Client::new(server.connect().await?);
        let greeted =
            server.timed(async { client.read_response().await.map_err(|error| problem(error.into())) }).await?;
        if greeted.is_none() {
            return Err(MailboxProblem::Broken("the session broke off before its greeting".to_owned()));
        }
        if server.tls == MailboxTls::Upgraded {
            let upgrade = client.run_command_and_check_ok("STARTTLS", None);
            server
                .timed(async { upgrade.await.map_err(problem) })
                .await
                .map_err(|problem| MailboxProblem::Tls(format!("STARTTLS is not taken: {problem}")))?;
            client = Client::new(server.secure(client.into_inner()).await?);
        }
        let entering = async {
            match by {
                ImapLogin::Password => client.login(&login.user, &login.password).await,
                ImapLogin::Token => client.authenticate("XOAUTH2", Token::of(login)).await,
            }
        };
        let session = server
            .timed(async {
                entering.await.map_err(|(error, _)| match error {
                    Error::No(_) | Error::Bad(_) | Error::Validate(_) => {
                        MailboxProblem::Login(error.to_string().replace(&login.password, "<password>"))
                    }
                    other => problem(other),
                })
            })
            .await?;
        Ok(Self { server: server.clone(), session })
    }

    /// Opens a folder for reading only, anew each time: what came meanwhile is seen.
    pub async fn examine(&mut self, folder: &str) -> Result<FolderState, MailboxProblem> {
        let Self { server, session } = self;
        let opened = server.timed(async { session.examine(folder).await.map_err(problem) }).await?;
        let (Some(uid_validity), Some(uid_next)) = (opened.uid_validity, opened.uid_next) else {
            let what = format!("EXAMINE {folder} tells no UIDVALIDITY and UIDNEXT (RFC 9051 2.3.1.1)");
            return Err(MailboxProblem::Broken(what));
        };
        Ok(FolderState { uid_validity, uid_next })
    }

    /// The messages of the folder opened last from a UID on, byte for byte, with their UIDs in rising order: at most `most`
    /// of at most `limit` bytes.
    pub async fn messages_from(
        &mut self,
        first: u32,
        most: usize,
        limit: usize,
    ) -> Result<Vec<(u32, Vec<u8>)>, MailboxProblem> {
        let Self { server, session } = self;
        let mut listed = Vec::new();
        {
            let sizes = server
                .timed(async { session.uid_fetch(format!("{first}:*"), "(UID RFC822.SIZE)").await.map_err(problem) })
                .await?;
            let mut sizes = Box::pin(sizes);
            while let Some(one) = server.timed(async { sizes.try_next().await.map_err(problem) }).await? {
                // Where nothing is as new, `n:*` is the last message.
                let Some(uid) = one.uid.filter(|uid| *uid >= first) else { continue };
                if one.size.is_some_and(|size| size as usize > limit) {
                    return Err(too_large(limit));
                }
                listed.push(uid);
                if listed.len() > most {
                    return Err(too_many(most));
                }
            }
        }
        listed.sort_unstable();
        listed.dedup();
        let mut messages = Vec::new();
        for uid in listed {
            let fetched = server
                .timed(async { session.uid_fetch(uid.to_string(), "(UID BODY.PEEK[])").await.map_err(problem) })
                .await?;
            let mut fetched = Box::pin(fetched);
            while let Some(one) = server.timed(async { fetched.try_next().await.map_err(problem) }).await? {
                match one.body() {
                    Some(body) if body.len() > limit => return Err(too_large(limit)),
                    Some(body) if one.uid == Some(uid) => messages.push((uid, body.to_vec())),
                    _ => {}
                }
            }
        }
        Ok(messages)
    }

    /// Ends the session; how it ends changes nothing.
    pub async fn logout(mut self) {
        let Self { server, session } = &mut self;
        let _ = server.timed(async { session.logout().await.map_err(problem) }).await;
    }
}

fn problem(error: Error) -> MailboxProblem {
    match error {
        Error::Io(error) => MailboxProblem::Broken(format!("the session broke off: {error}")),
        other => MailboxProblem::Broken(other.to_string()),
    }
}
