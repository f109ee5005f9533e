//! The page of a run in a real browser: it asks for nothing, its filters work and stand in the address, it speaks both
//! languages, prints, and whatever a message says stays text. Pictures of it are left in `target/tmp/browser`.

mod browser;
mod hostile;
#[path = "../program/mod.rs"]
mod program;

use std::path::PathBuf;

use self::{browser::Browser, program::pec};

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

#[tokio::test]
async fn nothing_loads_and_nothing_runs_whatever_stands_in_the_page() {
    let Some(browser) = Browser::start("en").await else { return };
    let folder = tempfile::tempdir().unwrap();
    let page = folder.path().join("report.html");
    hostile::write(&page);
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
