//! What the types of a target file cannot tell.

use super::{Document, Listed, Mailboxes, Settling, Trust, User};
use crate::{
    evidence::IncomingTls,
    scenario::words::{SERVICE, USERS},
    yaml::{
        locate::{Path, Step},
        unknown,
    },
};

impl Document {
    /// Everything wrong, and where.
    pub(super) fn mistakes(&self) -> Vec<(Path, String)> {
        let mut mistakes = Mistakes(Vec::new());
        if self.domains.is_empty() {
            mistakes.tell(vec!["domains".into()], "a provider has a domain");
        }
        mistakes.one_of(vec!["submission".into(), "trust".into()], self.submission.trust.given(), TRUST);
        match (self.incoming.tls, &self.incoming.trust) {
            (IncomingTls::None, None) => {}
            (_, None) => mistakes.tell(vec!["incoming".into()], &format!("`trust` is missing: one of {TRUST}")),
            (IncomingTls::None, Some(_)) => {
                mistakes.tell(
                    vec!["incoming".into(), "trust".into()],
                    "without TLS (`tls: none`) there is nothing to vouch for",
                );
            }
            (_, Some(trust)) => {
                mistakes.one_of(vec!["incoming".into(), "trust".into()], trust.given(), TRUST);
            }
        }
        if let Some(login) = &self.incoming.login {
            if matches!(self.incoming.tls, IncomingTls::Offered | IncomingTls::None) {
                let why = "a password goes over TLS alone: `tls` must be `starttls` or `implicit` then";
                mistakes.tell(vec!["incoming".into(), "login".into()], why);
            }
            let given = count([login.password.env.is_some(), login.password.file.is_some()]);
            mistakes.one_of(vec!["incoming".into(), "login".into(), "password".into()], given, "`env` and `file`");
        }
        mistakes.one_of(vec!["listed".into()], self.listed.given(), "`ldif` and `certificates`");
        mistakes.mailboxes(&vec!["mailboxes".into()], &self.mailboxes);
        for name in USERS.into_iter().chain([SERVICE]) {
            if !self.users.contains_key(name) {
                mistakes
                    .tell(vec!["users".into()], &format!("`{name}` is missing: the suite's users are {}", everybody()));
            }
        }
        for (name, user) in &self.users {
            if name.contains(['@', ' ']) {
                let why = unknown("user", name, USERS.into_iter().chain([SERVICE]));
                mistakes.tell(vec!["users".into(), Step::KeyOf(name.clone())], &why);
            }
            let log_in = self.looks(user).imap.is_some() || self.looks(user).pop3.is_some() || USERS.contains(&&**name);
            mistakes.user(&vec!["users".into(), name.as_str().into()], user, log_in);
        }
        for (name, user) in &self.secondary {
            if !USERS.contains(&&**name) {
                let why = unknown("user", name, USERS);
                mistakes.tell(vec!["secondary".into(), Step::KeyOf(name.clone())], &why);
            }
            mistakes.user(&vec!["secondary".into(), name.as_str().into()], user, true);
        }
        for (name, user) in self.states.all() {
            let log_in = self.looks(user).imap.is_some() || self.looks(user).pop3.is_some();
            mistakes.user(&vec!["states".into(), name.into()], user, log_in && name != "disabled");
        }
        if self.clock.as_ref().is_some_and(|words| !words.iter().any(|word| word.contains("%s"))) {
            mistakes.tell(vec!["clock".into()], "a program and its arguments, with `%s` where the seconds stand");
        }
        if self.counterpart.second_incoming == Some(self.counterpart.incoming) {
            let path = vec!["counterpart".into(), "second-incoming".into()];
            mistakes.tell(path, "another port than `incoming`: one host listens at each");
        }
        if let Some(log) = &self.log {
            let given = count([log.file.is_some(), log.command.is_some()]);
            mistakes.one_of(vec!["log".into()], given, "`file` and `command`");
        }
        if let Some(store) = &self.virus_store {
            let given = count([store.maildir.is_some(), store.command.is_some()]);
            mistakes.one_of(vec!["virus-store".into()], given, "`maildir` and `command`");
        }
        let of_log = self.log.as_ref().and_then(|log| log.command.as_ref());
        let of_store = self.virus_store.as_ref().and_then(|store| store.command.as_ref());
        for (path, words) in [
            (vec!["log".into(), "command".into()], of_log),
            (vec!["virus-store".into(), "command".into()], of_store),
            (vec!["start".into()], self.start.as_ref()),
            (vec!["stop".into()], self.stop.as_ref()),
        ] {
            if words.is_some_and(Vec::is_empty) {
                mistakes.tell(path, PROGRAM);
            }
        }
        if self.messages_per_minute == Some(0) {
            mistakes.tell(vec!["messages-per-minute".into()], "with none at all nothing can be played");
        }
        let Settling { deadline, silence, poll } = self.settling;
        for (map, name, span) in [
            ("settling", "deadline", deadline),
            ("settling", "silence", silence),
            ("settling", "poll", poll),
            ("counterpart", "retry", self.counterpart.retry),
        ] {
            if span.0.is_zero() || span.0 > jiff::SignedDuration::from_hours(1) {
                mistakes.tell(vec![map.into(), name.into()], "more than nothing, and an hour at most");
            }
        }
        if self.counterpart.retry.0 >= deadline.0 {
            let why = "`retry`, 5s where it is not given, must be shorter than the `deadline` of `settling`, or nothing is \
                       tried again within it";
            mistakes.tell(vec!["counterpart".into(), "retry".into()], why);
        }
        mistakes.0
    }
}

const PROGRAM: &str = "a program, and its arguments behind it";
const TRUST: &str = "`ca`, `fingerprint` and `unverified: true`";

fn everybody() -> String {
    format!("{} and {SERVICE}", USERS.join(", "))
}

struct Mistakes(Vec<(Path, String)>);

impl Mistakes {
    fn tell(&mut self, path: Path, message: &str) {
        self.0.push((path, message.to_owned()));
    }

    fn one_of(&mut self, path: Path, given: usize, of: &str) {
        if given != 1 {
            self.tell(path, &format!("exactly one of {of} stands here"));
        }
    }

    fn mailboxes(&mut self, path: &Path, looked: &Mailboxes) {
        let given = [looked.imap.is_some(), looked.pop3.is_some(), looked.maildir.is_some(), looked.command.is_some()];
        self.one_of(path.clone(), count(given), "`imap`, `pop3`, `maildir` and `command`");
        let trusts = [
            ("imap", looked.imap.as_ref().map(|imap| &imap.trust)),
            ("pop3", looked.pop3.as_ref().map(|pop3| &pop3.trust)),
        ];
        for (key, trust) in trusts.into_iter().filter_map(|(key, trust)| Some((key, trust?))) {
            self.one_of([path.clone(), vec![key.into(), "trust".into()]].concat(), trust.given(), TRUST);
        }
        if looked.command.as_ref().is_some_and(Vec::is_empty) {
            self.tell([path.clone(), vec!["command".into()]].concat(), PROGRAM);
        }
    }

    fn user(&mut self, path: &Path, user: &User, log_in: bool) {
        let below = |key: &str| [path.clone(), vec![key.into()]].concat();
        if !user.address.contains('@') {
            self.tell(below("address"), "not an address: it has no `@`");
        }
        match &user.password {
            Some(secret) => {
                self.one_of(
                    below("password"),
                    count([secret.env.is_some(), secret.file.is_some()]),
                    "`env` and `file`",
                );
            }
            None if log_in => self.tell(
                path.clone(),
                "`password` is missing: whoever logs in has one, as `{env: NAME}` or `{file: PATH}`",
            ),
            None => {}
        }
        if let Some(looked) = &user.mailbox {
            self.mailboxes(&below("mailbox"), looked);
        }
    }
}

fn count(given: impl IntoIterator<Item = bool>) -> usize {
    given.into_iter().filter(|given| *given).count()
}

impl Trust {
    fn given(&self) -> usize {
        count([self.ca.is_some(), self.fingerprint.is_some(), self.unverified == Some(true)])
    }
}

impl Listed {
    fn given(&self) -> usize {
        count([self.ldif.is_some(), self.certificates.is_some()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::external::schema;

    const EXAMPLE: &str = include_str!("../../../../targets/example.yaml");

    fn mistakes(source: &str) -> Vec<String> {
        let problems = Document::read("targets/acme.yaml", source).err().unwrap_or_default();
        problems.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_example_is_right_and_says_every_key() {
        assert_eq!(mistakes(EXAMPLE), Vec::<String>::new());
        let schema = schema();
        let keys = schema["properties"].as_object().unwrap().keys();
        let missing: Vec<&String> = keys.filter(|key| !EXAMPLE.contains(&format!("{key}:"))).collect();
        assert!(missing.is_empty(), "{missing:?}");
    }

    #[test]
    fn each_mistake_is_told_with_its_place_and_what_would_be_right() {
        for (right, wrong, told) in [
            ("provider: ACME Posta Certificata S.p.A.\n", "", "acme.yaml:6:1: `provider` is missing"),
            ("exclusive: true", "exclusiv: true", "unknown key `exclusiv`"),
            ("auth: plain", "auth: cram", "unknown word `cram`"),
            (
                "ca: /etc/ssl/certs/ca-certificates.crt}\n  # `plain`",
                "}\n  # `plain`",
                "exactly one of `ca`, `fingerprint`",
            ),
            (
                "mario: {address: mario@acme.example, password: {env: ACME_MARIO}}",
                "mario: {address: mario}",
                "not an address: it has no `@`",
            ),
            ("password: {env: ACME_ANNA}", "password: segreta", "stands where a map of keys"),
            ("password: {env: ACME_ANNA}", "password: {}", "exactly one of `env` and `file`"),
            (
                "  luca: {",
                "  marco: {",
                "`luca` is missing: the suite's users are mario, anna, luca, giulia and service",
            ),
            ("listed: {certificates: [acme-signing.pem]}", "listed: {}", "exactly one of `ldif` and `certificates`"),
            ("deadline: 1m", "deadline: 2h", "an hour at most"),
            ("tls: starttls\n  # Where hosts", "tls: required\n  # Where hosts", "unknown word `required`"),
            ("password: {env: ACME_HOSTS}", "password: {}", "exactly one of `env` and `file`"),
            ("tls: starttls\n  # Where hosts", "tls: offered\n  # Where hosts", "a password goes over TLS alone"),
            ("tls: starttls\n  # Where hosts", "tls: none\n  # Where hosts", "there is nothing to vouch for"),
            ("  trust: {fingerprint: ", "  # trust: {fingerprint: ", "`trust` is missing: one of `ca`"),
            ("secondary:\n  mario: {", "secondary:\n  maria: {", "did you mean `mario`?"),
            ("retry: 5s", "retry: 2h", "an hour at most"),
            ("retry: 5s", "retry: 1m", "shorter than the `deadline`"),
            ("  imap: {", "  maildir: /x\n  imap: {", "exactly one of `imap`, `pop3`, `maildir` and `command`"),
            ("messages-per-minute: 60", "messages-per-minute: 0", "nothing can be played"),
            ("exclusive: true", "exclusive: true\nclock: [advance]", "`%s` where the seconds stand"),
            ("  file: /var/log/pec/\n", "  file: a\n  command: [b]\n", "exactly one of `file` and `command`"),
            ("fields: {at: time", "fields: {when: time", "unknown key `when`"),
            ("virus-store: {maildir: /srv/pec/virus}", "virus-store: {}", "exactly one of `maildir` and `command`"),
            (
                "start: [ssh, gateway.acme.example, systemctl, start, pec-staging]",
                "start: []",
                "a program, and its arguments behind it",
            ),
        ] {
            assert!(EXAMPLE.contains(right), "{right}");
            let found = mistakes(&EXAMPLE.replacen(right, wrong, 1));
            assert!(found.iter().any(|one| one.contains(told)), "{wrong}: {found:?}");
        }
    }
}
