//! The page of a run in a real browser: it asks for nothing, its filters work and stand in the address, it speaks both
//! languages, prints, and whatever a message says stays text. Pictures of it are left in `target/tmp/browser`.

mod driver;
mod dropping;
mod hostile;
mod pages;

use std::{
    fs,
    path::{Path, PathBuf},
};

use self::driver::Browser;
use crate::program::pec;

/// A run with a report in a folder of its own.
fn run(arguments: &[&str], code: i32) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let reports = ["--reports", folder.path().to_str().unwrap()];
    pec(&[&["run"], arguments, &reports].concat()).exits(code);
    let page = folder.path().join("report.html");
    (folder, page)
}

/// Nothing went wrong in the page, and it asked for nothing.
async fn is_quiet(browser: &Browser) {
    assert_eq!(browser.console().await, [""; 0]);
    assert_eq!(browser.requests().await, [""; 0]);
}

const COUNT: &str = "Number(document.getElementById('count').textContent)";
const HEADING: &str = "document.querySelector('h1').innerText.trim()";

#[tokio::test]
async fn a_run_with_something_wrong_is_told_filtered_and_printed() {
    let Some(browser) = Browser::start("en").await else { return };
    let (_folder, page) = run(&["delivery/c*", "--receiver", "flawed"], 1);
    browser.open(&page, "").await;
    assert_eq!(browser.text(HEADING).await, "Non-conformity");
    let plays = browser.number("document.querySelectorAll('td[data-play]').length").await;
    assert!(plays >= 4, "{plays}");
    assert_eq!(browser.number(COUNT).await, plays);
    browser.picture("run-flawed-en").await;

    browser.choose("text", "COMPLETE").await;
    let shown = browser.number(COUNT).await;
    assert!((1..plays).contains(&shown), "{shown} of {plays}");
    let rows =
        browser.number("document.querySelectorAll('.matrix tr:not(.theme, [hidden]) td[data-play]').length").await;
    assert_eq!(rows, shown);
    browser.choose("level", "violation").await;
    browser.choose("side", "sender").await;
    assert_eq!(browser.number(COUNT).await, 0, "flawed is the receiver");
    browser.choose("side", "receiver").await;
    browser.choose("rule", "text/when").await;
    browser.choose("outcome", "failed").await;
    assert_eq!(browser.number(COUNT).await, shown);
    let told =
        "[...document.querySelectorAll('#findings > .finding:not([hidden]) code')].map((it) => it.innerText).join()";
    browser.choose("text", "").await;
    assert!(browser.text(told).await.starts_with("text/when"), "{}", browser.text(told).await);
    let address = browser.text("location.search").await;
    assert_eq!(address, "?level=violation&side=receiver&rule=text%2Fwhen&outcome=failed");

    browser.open(&page, &address).await;
    assert_eq!(browser.text("document.querySelector('[name=rule]').value").await, "text/when", "it is in the address");
    browser.choose("rule", "").await;
    browser.choose("family", "signature").await;
    assert_eq!(browser.number(COUNT).await, 0, "no signature is wrong");
    browser.choose("level", "").await;
    browser.choose("side", "").await;
    assert_eq!(browser.number(COUNT).await, plays, "signatures are asked for everywhere");
    browser.tell("document.querySelector('#filters [type=reset]').click()").await;
    assert_eq!(browser.text("document.querySelector('[name=family]').value").await, "");

    browser.open(&page, "#delivery/complete/alfa-flawed").await;
    let visible =
        "[...document.querySelectorAll('main > *')].filter((it) => it.checkVisibility()).map((it) => it.id).join()";
    assert_eq!(browser.text(visible).await, "delivery/complete/alfa-flawed");
    assert_eq!(browser.text("document.activeElement.tagName").await, "H2", "the focus goes along");
    let page_of = |what: &str| format!("document.querySelector('.page:target').querySelectorAll('{what}').length");
    assert!(browser.number(&page_of(".sequence li")).await >= 8);
    assert!(browser.number(&page_of(".finding")).await >= 1);
    assert!(browser.number(&page_of(".session pre")).await >= 3);
    let dead = "[...document.querySelectorAll('a[href^=\"#\"]')].map((it) => it.hash.slice(1))
        .filter((it) => it && !document.getElementById(it)).join()";
    assert_eq!(browser.text(dead).await, "", "every fragment leads somewhere");
    let files =
        "[...document.querySelectorAll('a:not([href^=\"#\"])')].map((it) => it.getAttribute('href')).join('\\n')";
    for file in browser.text(files).await.lines() {
        assert!(page.parent().unwrap().join(file).exists(), "{file}");
    }
    let pdf = browser.printed("play-flawed").await;
    assert!(pdf.starts_with(b"%PDF") && pdf.len() > 20_000, "{} bytes", pdf.len());
    browser.picture("play-flawed-en").await;
    browser.open(&page, "?lang=it#delivery/complete/alfa-flawed").await;
    let found = browser.text("document.querySelector('.page:target .finding').innerText").await;
    for words in ["violazione", "?", "conseguenza", "campo ", "flawed"] {
        assert!(found.to_lowercase().contains(words), "{words}: {found}");
    }
    let english = ["Does the", "Is the", "Users ", "The sender", "header "];
    assert!(english.iter().all(|words| !found.contains(words)), "{found}");
    browser.picture("play-flawed-it").await;
    is_quiet(&browser).await;
    browser.close().await;
}

#[tokio::test]
async fn a_run_that_conforms_speaks_both_languages_and_fits_a_telephone() {
    let Some(browser) = Browser::start("it-IT").await else { return };
    let (_folder, page) = run(&["delivery/c*", "--among", "alfa,bravo,delta"], 0);
    browser.open(&page, "").await;
    let language = "document.documentElement.lang";
    assert_eq!((browser.text(language).await, browser.text(HEADING).await), ("it".into(), "Conforme".into()));
    let result = "document.querySelector('.exit').innerText";
    assert_eq!(browser.text(result).await, "codice di uscita 0");
    let idle = "[...document.querySelectorAll('#idle td')].filter((it) => it.checkVisibility()).map((it) => it.innerText).join('\\n')";
    let idle = browser.text(idle).await;
    assert!(idle.contains("C'è una rilevazione virus per ogni destinatario") && !idle.contains("Is there"), "{idle}");
    let option = "document.querySelector('[name=outcome]').options[2].innerText";
    assert_eq!(browser.text(option).await, "fallita");
    browser.picture("run-green-it").await;
    browser.tell("document.querySelector('[data-speak=en]').click()").await;
    assert_eq!((browser.text(language).await, browser.text(HEADING).await), ("en".into(), "Conforming".into()));
    assert_eq!(browser.text(option).await, "failed");
    assert_eq!(browser.text("location.search").await, "?lang=en");
    let both =
        "[...document.querySelectorAll('span[lang]')].filter((it) => it.checkVisibility() && it.lang !== 'en').length";
    assert_eq!(browser.number(both).await, 0, "one language at a time");

    // What a table says is said of its rows and columns.
    let bare = "[...document.querySelectorAll('th:not([scope])')].length";
    assert_eq!(browser.number(bare).await, 0);
    let unnamed = "[...document.querySelectorAll('input, select')].filter((it) => !it.labels.length).length";
    assert_eq!(browser.number(unnamed).await, 0);

    browser.narrow().await;
    for place in ["?lang=it", "?lang=it#delivery/complete/alfa-bravo"] {
        browser.open(&page, place).await;
        let wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
        assert_eq!(browser.number(wide).await, 0, "nothing of {place} lies beside the screen");
        browser.picture(if place.contains('#') { "play-narrow-it" } else { "run-narrow-it" }).await;
    }
    browser.dark().await;
    browser.open(&page, "?lang=en#delivery/complete/alfa-bravo").await;
    browser.picture("play-narrow-dark-en").await;
    is_quiet(&browser).await;
    browser.close().await;
}

/// A run, and a later one of other plays: of the four kinds of change, each as often.
fn later_run() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let suite = folder.path().join("suite");
    let scenario = fs::read_to_string("scenarios/delivery/complete.yaml").unwrap();
    let without_receipt = scenario.replace("form: completa", "form: breve");
    assert_ne!(scenario, without_receipt);
    let play = |code, all: &[(&str, &str)]| {
        let _ = fs::remove_dir_all(&suite);
        fs::create_dir_all(suite.join("one")).unwrap();
        for (name, text) in all {
            fs::write(suite.join("one").join(format!("{name}.yaml")), text).unwrap();
        }
        let [suite, reports] = [&suite, folder.path()].map(|path| path.to_str().unwrap());
        pec(&["run", "--scenarios", suite, "--sender", "alfa", "--receiver", "bravo", "--reports", reports])
            .exits(code);
    };
    play(1, &[("mended", &without_receipt), ("spoilt", &scenario), ("dropped", &scenario), ("same", &scenario)]);
    play(1, &[("mended", &scenario), ("spoilt", &without_receipt), ("added", &scenario), ("same", &scenario)]);
    let page = folder.path().join("report.html");
    (folder, page)
}

#[tokio::test]
async fn what_changed_since_the_run_before_is_told_in_both_languages() {
    let Some(browser) = Browser::start("en").await else { return };
    let (_folder, page) = later_run();
    browser.open(&page, "#changes").await;
    let rows = "[...document.querySelectorAll('#changes tbody tr')].map((row) => [...row.cells].slice(0, 4)
        .map((cell) => cell.innerText).join('|')).join('\\n')";
    let english = "one/spoilt/alfa-bravo|worse|passed|failed\none/mended/alfa-bravo|better|failed|passed\n\
                   one/added/alfa-bravo|new|–|passed\none/dropped/alfa-bravo|gone|passed|–";
    assert_eq!(browser.text(rows).await, english);
    let section = "document.getElementById('changes').innerText";
    let told = browser.text(section).await;
    assert!(told.contains("Since the run before") && told.contains("· 1 the same in both"), "{told}");
    assert!(told.contains("expectation not met scenario/expectation 0 → 1"), "{told}");
    assert!(!told.contains("not judged alike") && told.contains("earlier/20"), "{told}");
    browser.picture("run-since-en").await;
    browser.open(&page, "?lang=it#changes").await;
    let italian = "one/spoilt/alfa-bravo|peggio|superata|fallita\none/mended/alfa-bravo|meglio|fallita|superata\n\
                   one/added/alfa-bravo|nuova|–|superata\none/dropped/alfa-bravo|sparita|superata|–";
    assert_eq!(browser.text(rows).await, italian);
    let told = browser.text(section).await;
    assert!(told.contains("Rispetto all'esecuzione precedente") && told.contains("· 1 uguale in entrambe"), "{told}");
    assert!(told.contains("attesa non soddisfatta scenario/expectation 0 → 1"), "{told}");
    // What was played leads to its page, and what was not to none.
    let leads = "[...document.querySelectorAll('#changes tbody a')].map((it) => it.hash.slice(1))
        .filter((it) => document.getElementById(it)).join()";
    assert_eq!(browser.text(leads).await, "one/spoilt/alfa-bravo,one/mended/alfa-bravo,one/added/alfa-bravo");
    browser.picture("run-since-it").await;
    is_quiet(&browser).await;
    browser.close().await;
}

#[tokio::test]
async fn more_plays_than_a_page_has_room_for_lead_to_a_page_each_and_back() {
    let Some(browser) = Browser::start("it").await else { return };
    let folder = tempfile::tempdir().unwrap();
    let page = folder.path().join("report.html");
    hostile::write(&page, 3000, "a\"'><img src=x onerror=\"window.harmed=1\">");
    browser.open(&page, "?lang=en&outcome=failed").await;
    assert_eq!(browser.number("document.querySelectorAll('.play').length").await, 0);
    assert_eq!(browser.number(COUNT).await, 1, "filters go on");
    browser.press(".matrix td.failed a").await;
    browser.until("document.activeElement.matches('.page:target h2')").await;
    let told = browser.text("document.activeElement.innerText").await;
    assert!(told.starts_with("failed") && told.contains("delivery/failed"), "{told}");
    let asked = "document.querySelectorAll('.page:target .sequence li').length";
    assert!(browser.number(asked).await > 0);
    assert_eq!(browser.tell("window.harmed").await, serde_json::Value::Null);
    browser.press(".page:target .crumbs a").await;
    browser.until("document.querySelectorAll('td[data-play]').length === 2").await;
    assert_eq!(browser.text("document.documentElement.lang").await, "en", "the language goes along");
    assert_eq!(browser.console().await, [""; 0]);
    let own = url::Url::from_directory_path(folder.path().canonicalize().unwrap()).unwrap();
    assert!(browser.requests().await.iter().all(|request| request.starts_with(own.as_str())));
    browser.close().await;
}

#[tokio::test]
async fn nothing_loads_and_nothing_runs_whatever_stands_in_the_page() {
    let Some(browser) = Browser::start("en").await else { return };
    let folder = tempfile::tempdir().unwrap();
    let page = folder.path().join("report.html");
    hostile::write(&page, 2, &format!("a{}", hostile::HARM));
    for place in ["", "?text=%3Cscript%3Ealert(1)%3C/script%3E&lang=%22%3E%3Cimg%20src=x%3E", "?lang=it"] {
        browser.open(&page, place).await;
        assert!(!browser.has_dialogue().await, "{place}");
        assert_eq!(browser.tell("window.harmed").await, serde_json::Value::Null, "{place}");
    }
    let sections = browser.number("document.querySelectorAll('.play').length").await;
    assert_eq!(sections, 2);
    let own = "document.querySelectorAll('script').length + document.querySelectorAll('style').length * 10";
    assert_eq!(browser.number(own).await, 12, "its own scripts and style alone");
    let added = "document.querySelectorAll('img, iframe, object, embed, link, base, form:not(#filters), [onerror], [onload], \
                 [style], a[href^=\"javascript\"]').length";
    assert_eq!(browser.number(added).await, 0);
    let text = browser.text("document.querySelector('.play').textContent").await;
    assert!(text.contains("</script><script>window.harmed=1</script>"), "what is hostile is there to be read: {text}");
    for acting in ['\x1b', '\u{202e}', '\0', '\u{9b}'] {
        assert!(!text.contains(acting), "{acting:?}");
    }
    is_quiet(&browser).await;

    // Were it not escaped, the policy would be in the way: an element and a script that somebody got into the page.
    let injected = "(() => { const it = document.createElement('script'); it.textContent = 'window.harmed = 1';
        document.body.append(it); const image = new Image(); image.src = 'http://127.0.0.1:9/x.png';
        document.body.append(image); return 1; })()";
    browser.tell(injected).await;
    assert_eq!(browser.tell("window.harmed").await, serde_json::Value::Null);
    assert_eq!(browser.requests().await, [""; 0]);
    assert!(browser.console().await.iter().any(|line| line.contains("Content Security Policy")));
    browser.close().await;
}

/// Messages of a run, one altered after it was signed, and hostile ones.
fn mail(folder: &Path) -> PathBuf {
    let run = pec(&["run", "delivery/complete", "--receiver", "bravo", "--reports", folder.to_str().unwrap()]);
    run.exits(0);
    let mail = folder.join("mail");
    fs::create_dir(&mail).unwrap();
    let messages = folder.join("evidence/delivery/complete/alfa-bravo/messages");
    for entry in fs::read_dir(messages).unwrap().map(Result::unwrap) {
        let name = entry.file_name().into_string().unwrap();
        if name.contains("mailbox") {
            fs::copy(entry.path(), mail.join(&name)).unwrap();
        }
        if name.contains("posta-certificata-mailbox") {
            let altered =
                String::from_utf8_lossy(&fs::read(entry.path()).unwrap()).replace("daticert.xml", "daticert.xmL");
            fs::write(mail.join("altered.eml"), altered).unwrap();
        }
    }
    let harm = hostile::HARM.replace(['\r', '\n', '\0'], "");
    let message = format!(
        "X-Ricevuta: accettazione\r\nSubject: {harm}\r\nFrom: \"{harm}\" <a@b.example>\r\nTo: {harm}\r\n\r\n{harm}\r\n"
    );
    fs::write(mail.join("\"><script>window.harmed=1<\u{202e}.eml"), message).unwrap();
    fs::write(mail.join("picture<b>.png"), b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR").unwrap();
    mail
}

#[tokio::test]
async fn a_check_has_a_line_and_a_page_that_prints_for_each_message_and_submission() {
    let Some(browser) = Browser::start("it").await else { return };
    let folder = tempfile::tempdir().unwrap();
    let mail = mail(folder.path());
    let evidence = folder.path().join("evidence/delivery/complete/alfa-bravo");
    let [mail, trust, directory] = [mail, evidence.join("trust"), evidence.join("directory/001.ldif")]
        .map(|path| path.to_str().unwrap().to_owned());
    let held = ["--trust", &trust, "--directory", &directory, "--view", "sender,recipient", "--format", "html"];
    let done = pec(&[&["check", &mail][..], &held].concat()).exits(1);
    let page = folder.path().join("check.html");
    fs::write(&page, &done.out).unwrap();
    browser.open(&page, "").await;
    assert_eq!(browser.text(HEADING).await, "Qualcosa non va");
    let lines = browser.number("document.querySelectorAll('[data-line]').length").await;
    let answers = browser.number("document.querySelectorAll('[data-line] .answer').length").await;
    assert!(lines >= 7 && answers == lines * 4, "{lines} lines, {answers} answers");
    browser.picture("check-it").await;

    let held = browser.text("document.querySelector('.verdict dl').innerText").await;
    assert!(held.contains("indice dei gestori") && held.contains("1 certificato fidato trust"), "{held}");
    assert!(held.contains("1: non conforme") && !held.contains("non-conformity"), "{held}");
    let proved = browser.number("document.querySelectorAll('.lines td.answer:nth-of-type(5).yes').length").await;
    assert!(proved >= 3, "who signed is known of {proved}");

    browser.choose("kind", "kind-accettazione").await;
    assert_eq!(browser.number(COUNT).await, 2, "the run's and the hostile one");
    browser.choose("kind", "").await;
    browser.choose("answer", "any-no").await;
    let wrong = browser.number(COUNT).await;
    assert!((2..lines).contains(&wrong), "{wrong} of {lines}");
    browser.choose("text", "altered").await;
    assert_eq!(browser.number(COUNT).await, 1);
    assert_eq!(browser.text("location.search").await, "?answer=any-no&text=altered");
    let anchor = browser.text("document.querySelector('[data-line]:not([hidden]) a').hash").await;

    browser.open(&page, &anchor).await;
    let text = browser.text("document.querySelector('.page:target').innerText").await;
    for words in [
        "Busta di trasporto",
        "Contratto n. 42",
        "mario@alfa.example",
        "anna@bravo.example",
        "È stato alterato",
        "i byte firmati sono stati alterati",
        "La firma vale sui byte così come sono arrivati?",
        "Il messaggio è stato cambiato dopo la firma, o ha firmato qualcun altro: non prova nulla.",
        "contenuto firmato (parte 1)",
    ] {
        assert!(text.contains(words), "nothing of {words} in {text}");
    }
    browser.picture("clerk-altered-it").await;
    browser.paper().await;
    let pdf = browser.printed("clerk-altered-it").await;
    assert!(pdf.starts_with(b"%PDF") && pdf.len() > 10_000, "{} bytes", pdf.len());
    browser.picture("clerk-paper-it").await;

    let certified = "[...document.querySelectorAll('[data-kind=submission] a')].find((it) => it.innerText.includes('Contratto')).hash";
    let anchor = browser.text(certified).await;
    browser.open(&page, &format!("?lang=en{anchor}")).await;
    let text = browser.text("document.querySelector('.page:target').innerText").await;
    assert!(text.contains("Contratto n. 42") && text.contains("delivered 2026-"), "{text}");
    assert_eq!(browser.tell("window.harmed").await, serde_json::Value::Null);
    assert!(!done.out.contains(['\x1b', '\u{202e}', '\u{9b}', '\0']));
    is_quiet(&browser).await;
    browser.close().await;
}
