//! `docs/providers.md` walked with a Postfix and a Dovecot in the provider's place: each command ends well.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use tokio::runtime::Runtime;

use super::{
    behind::{self, Ports},
    mailboxes::{everybody, open},
    server::Place,
};
use crate::{
    dovecot::server::{Door, Dovecot},
    external::{page, staging::Staging},
    ports,
    serve::program::{PASSWORD, Program},
};

#[test]
fn what_the_page_for_providers_says_runs_behind_a_postfix_and_a_dovecot() {
    let Some(place) = Place::prepared() else { return };
    let (staging, relay) = (Staging::new(), Ports::free());
    fs::set_permissions(staging.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let mail = staging.path().join("bravo/mail");
    open(&mail);
    let runtime = Runtime::new().unwrap();
    let Some(dovecot) = runtime.block_on(Dovecot::start_over(Some(mail), &everybody())) else { return };
    let gateway = ports::free();
    let real = [
        ("12587", ports::free()),
        ("12525", gateway),
        ("22525", ports::free()),
        ("22526", ports::free()),
        ("12025", relay.entrance),
        ("12026", relay.exit),
        ("12143", dovecot.door(Door::Imap).port),
    ];
    let here =
        |text: &str| real.iter().fold(text.to_owned(), |text, (shown, real)| text.replace(shown, &real.to_string()));
    let write = |name: &str, text: &str| fs::write(staging.path().join(name), text).unwrap();
    write("password.txt", PASSWORD);
    write("mta.pem", &fs::read_to_string(place.certificate()).unwrap());
    write("imap.pem", &dovecot.certificate().pem());
    for (name, text) in page::blocks("file") {
        write(name, &here(text));
    }
    for (name, keys) in page::blocks("instead") {
        let text = fs::read_to_string(staging.path().join(name)).unwrap();
        write(name, &behind::instead(&text, &here(keys)));
    }
    let file = fs::read_to_string(staging.path().join("staging.yaml")).unwrap();
    let _served = Program::start(staging.path(), "bravo", &file.replacen("data: bravo\n", "", 1));
    let _postfix = behind::postfix(place, &staging, gateway, relay, str::to_owned);
    staging.follows_the_page();
}
