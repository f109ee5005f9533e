//! A folder of an IMAP server: the mark is its UIDVALIDITY and UIDNEXT (RFC 9051 2.3.1.1).

use super::{LARGEST, MOST, Reader, trouble};
use crate::{
    net::{FolderState, Imap, ImapLogin, MailboxLogin, MailboxProblem, MailboxServer},
    target::{Doing, TargetError},
};

/// A folder, over a session that is kept.
pub struct ImapFolder {
    server: MailboxServer,
    login: MailboxLogin,
    folder: String,
    by: ImapLogin,
    session: Option<Imap>,
    mark: Option<FolderState>,
}

impl ImapFolder {
    /// A folder that nobody has looked into.
    pub fn new(server: MailboxServer, login: MailboxLogin, folder: String, by: ImapLogin) -> Self {
        Self { server, login, folder, by, session: None, mark: None }
    }

    /// The folder opened anew, in the session kept or, where that has ended meanwhile, in another.
    async fn open(&mut self) -> Result<(&mut Imap, FolderState), MailboxProblem> {
        let kept = match &mut self.session {
            Some(session) => session.examine(&self.folder).await.ok(),
            None => None,
        };
        let state = if let Some(state) = kept {
            state
        } else {
            let session = self.session.insert(Imap::open_by(&self.server, &self.login, self.by).await?);
            session.examine(&self.folder).await?
        };
        let session = self.session.as_mut().ok_or(MailboxProblem::Timeout)?;
        Ok((session, state))
    }
}

impl Reader for ImapFolder {
    fn mark(&mut self) -> Doing<'_, ()> {
        Box::pin(async {
            let opened = self.open().await.map(|(_, state)| state);
            self.mark = Some(opened.map_err(|problem| trouble(&self.server, &problem))?);
            Ok(())
        })
    }

    fn arrived(&mut self) -> Doing<'_, Vec<Vec<u8>>> {
        Box::pin(async {
            let mark = self.mark;
            let fetched = async {
                let (session, state) = self.open().await?;
                let since = mark.unwrap_or(state);
                if since.uid_validity != state.uid_validity || since.uid_next >= state.uid_next {
                    return Ok((state, Vec::new()));
                }
                Ok((state, session.messages_from(since.uid_next, MOST, LARGEST).await?))
            };
            let (state, messages) = fetched.await.map_err(|problem: MailboxProblem| {
                // Half an answer may still be on its way in it.
                self.session = None;
                trouble(&self.server, &problem)
            })?;
            if let Some(mark) = mark.filter(|mark| mark.uid_validity != state.uid_validity) {
                return Err(TargetError::infrastructure(format!(
                    "the mailbox of {}: UIDVALIDITY was {} and is {}, so what came since cannot be told from what was there",
                    self.login.user, mark.uid_validity, state.uid_validity
                )));
            }
            let after = messages.last().map_or(state.uid_next, |(uid, _)| state.uid_next.max(uid + 1));
            self.mark = Some(FolderState { uid_next: after, ..state });
            Ok(messages.into_iter().map(|(_, message)| message).collect())
        })
    }
}
