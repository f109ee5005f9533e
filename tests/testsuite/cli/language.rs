//! The language of what people read: asked for, or that of the locale; what programs read is the same in each.

use std::fs;

use super::Folder;
use crate::program::{done, pec, program};

/// What `list rules` prints under a locale.
fn listed(locale: &[(&str, &str)], arguments: &[&str]) -> String {
    let mut command = program(&[&["list", "rules"], arguments].concat());
    for name in ["LC_ALL", "LC_MESSAGES", "LANG", "LANGUAGE"] {
        command.env_remove(name);
    }
    done(command.envs(locale.iter().copied()).output().unwrap()).exits(0).out
}

#[test]
fn the_locale_names_the_language_and_an_option_overrules_it() {
    let (italian, english) = ("Il messaggio dichiara MIME-Version: 1.0?", "Does the message say MIME-Version: 1.0?");
    assert!(listed(&[("LANG", "it_IT.UTF-8")], &[]).contains(italian));
    assert!(listed(&[("LC_ALL", "C"), ("LANG", "it_IT.UTF-8")], &[]).contains(english));
    assert!(listed(&[("LANG", "de_DE.UTF-8")], &[]).contains(english));
    assert!(listed(&[], &[]).contains(english));
    assert!(listed(&[("LC_ALL", "C")], &["--lang", "it"]).contains(italian));
    assert!(listed(&[("LANG", "it_IT.UTF-8")], &["--lang", "en"]).contains(english));
    pec(&["--lang", "it", "list", "rules"]).exits(0).says(&[italian]);
    pec(&["list", "--lang", "fr"]).exits(2).says(&["fr", "--lang"]);
}

#[test]
fn a_run_is_told_in_italian_and_what_programs_read_is_not() {
    let folder = Folder::new();
    folder.run(&["--receiver", "flawed", "--lang", "it"]).exits(1).says(&[
        "alfa -> flawed",
        "fallita",
        "violazione ",
        "clausola     RFC6109-",
        "a carico di  flawed, come destinatario",
        "conseguenza  ",
        "= 0 superate + 1 fallita",
        "esito     non conforme (codice di uscita 1)",
    ]);
    let stream = folder.stream();
    assert_eq!(stream.last().unwrap()["exit"]["meaning"], "non-conformity");
    for file in ["junit.xml", "report.sarif", "run.jsonl"] {
        let text = fs::read_to_string(folder.path("reports").join(file)).unwrap();
        assert!(!text.contains("violazion") && !text.contains("destinatario\""), "{file}");
    }
}

/// The file among messages whose name holds a word.
fn file_of(messages: &str, word: &str) -> String {
    let names = fs::read_dir(messages).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.contains(word)).min().unwrap()
}

#[test]
fn a_check_is_told_in_italian_and_its_json_is_not() {
    let folder = Folder::new();
    folder.run(&["--receiver", "bravo"]).exits(0);
    let bundle = folder.text("reports/evidence/delivery/complete/alfa-bravo");
    let messages = format!("{bundle}/messages");
    let held = ["check", &messages, "--trust", &format!("{bundle}/trust"), "--directory"].map(str::to_owned);
    let directory = format!("{bundle}/directory/001.ldif");
    let line: Vec<&str> = held.iter().map(String::as_str).chain([&*directory, "--view", "sender"]).collect();
    pec(&[&line[..], &["--lang", "it"]].concat()).exits(0).says(&[
        "ricevuta di accettazione; integro: sì, origine: sì (Alfa Posta Certificata S.p.A.), forma: sì",
        "1 certificato fidato: ",
        "da mario@alfa.example, a anna@bravo.example, «Contratto n. 42», 02/03/2026 09:30:00 (+0100)",
        "completo: sì",
        "consegnato il 02/03/2026 09:30:00 (+0100)",
        "posta ordinaria, non generata da un sistema di posta certificata",
        "esito     nessuna violazione trovata (codice di uscita 0)",
    ]);
    let receipt = format!("{messages}/{}", file_of(&messages, "accettazione"));
    pec(&["check", &receipt, "--lang", "it", "--require", "origin"]).exits(5).says(&[
        "origine: non si può dire (manca l'indice dei gestori)",
        "richieste origine: 0 sì, 0 no, 1 che non si può dire",
        "una risposta richiesta non si può dare (codice di uscita 5)",
    ]);
    let json = |language: &str| pec(&[&line[..], &["--format", "json", "--lang", language]].concat()).exits(0).out;
    let but_times = |text: String| text.lines().filter(|line| !line.contains("started")).count();
    assert!(json("it").contains("\"answer\":\"yes\"") && !json("it").contains("integro"));
    assert_eq!(but_times(json("it")), but_times(json("en")));
}

#[test]
fn a_term_is_explained_by_either_name_in_either_language() {
    for name in ["presa-in-carico", "Server-Server Acceptance", "ricevuta di presa in carico"] {
        pec(&["explain", name, "--lang", "it"]).exits(0).says(&[
            "termine ricevuta di presa in carico",
            "in inglese   server-server acceptance",
            "X-Ricevuta: presa-in-carico",
            "RFC6109-3.2.1-headers",
            "choreography/takeover-missing",
        ]);
        pec(&["explain", name]).exits(0).says(&["term server-server acceptance", "in Italian   ricevuta di presa in"]);
    }
    // Without quotes too, and with a slip.
    pec(&["explain", "busta", "di", "anomalia"]).exits(0).says(&["term anomaly envelope"]);
    pec(&["explain", "busta", "di", "anomlia"]).exits(2).says(&["did you mean `busta di anomalia`?", "list terms"]);
    pec(&["explain", "RFC6109-3.2.1-cover", "--lang", "it"]).exits(0).says(&[
        "clausola RFC6109-3.2.1-cover",
        "vincola      il punto di ricezione",
        "lettura      Una o più, come dice 3.2.1",
        "Ogni destinatario è coperto da una ricevuta di presa in carico",
    ]);
    let terms = pec(&["list", "terms"]).exits(0);
    assert!(terms.out.lines().count() > 40 && terms.out.contains("transport envelope"), "{}", terms.out);
    let json = pec(&["list", "terms", "--format", "json"]).exits(0).json();
    assert!(json.iter().all(|line| line["italian"].is_string() && line["means"]["it"].is_string()));
}
