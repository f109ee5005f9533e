//! A POP3 maildrop: the mark is the unique ids that were there (RFC 1939 7).

use std::collections::BTreeSet;

use super::{LARGEST, MOST, Reader, trouble};
use crate::{
    net::{MailboxLogin, MailboxProblem, MailboxServer, Pop3},
    target::Doing,
};

/// A maildrop; each look is a session of its own, for a session shows what was there when it began.
pub struct Pop3Drop {
    server: MailboxServer,
    login: MailboxLogin,
    known: BTreeSet<String>,
}

impl Pop3Drop {
    /// A maildrop that nobody has looked into.
    pub fn new(server: MailboxServer, login: MailboxLogin) -> Self {
        Self { server, login, known: BTreeSet::new() }
    }

    async fn fetched(&self) -> Result<Vec<(String, Vec<u8>)>, MailboxProblem> {
        let mut session = Pop3::open(&self.server, &self.login).await?;
        let mut messages = Vec::new();
        for (number, id) in session.ids(MOST).await? {
            if !self.known.contains(&id) {
                messages.push((id, session.message(number, LARGEST).await?));
            }
        }
        session.quit().await;
        Ok(messages)
    }

    async fn listed(&self) -> Result<BTreeSet<String>, MailboxProblem> {
        let mut session = Pop3::open(&self.server, &self.login).await?;
        let ids = session.ids(MOST).await?;
        session.quit().await;
        Ok(ids.into_iter().map(|(_, id)| id).collect())
    }
}

impl Reader for Pop3Drop {
    fn mark(&mut self) -> Doing<'_, ()> {
        Box::pin(async {
            self.known = self.listed().await.map_err(|problem| trouble(&self.server, &problem))?;
            Ok(())
        })
    }

    fn arrived(&mut self) -> Doing<'_, Vec<Vec<u8>>> {
        Box::pin(async {
            let fetched = self.fetched().await.map_err(|problem| trouble(&self.server, &problem))?;
            let (ids, messages): (Vec<String>, Vec<Vec<u8>>) = fetched.into_iter().unzip();
            self.known.extend(ids);
            Ok(messages)
        })
    }
}
