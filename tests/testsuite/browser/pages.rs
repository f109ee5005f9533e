//! A check in a folder of pages, for more messages than one page has room for.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::LazyLock,
};

use serde_json::json;

use super::{
    COUNT, HEADING,
    driver::{Browser, artefact},
    mail,
};
use crate::program::pec;

/// Each message this often, under names of their own.
const COPIES: usize = 40;

/// How many copies were checked, and the folder of pages that tells of them: checked once for all tests.
static PAGES: LazyLock<(usize, PathBuf)> = LazyLock::new(|| {
    let folder = artefact("pages");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    let mail = mail(&folder);
    let files: Vec<_> = fs::read_dir(&mail).unwrap().map(|entry| entry.unwrap().path()).collect();
    for file in &files {
        let (name, kind) = (file.file_stem().unwrap().to_str().unwrap(), file.extension().unwrap().to_str().unwrap());
        for copy in 1..COPIES {
            fs::copy(file, mail.join(format!("{name}-{copy}.{kind}"))).unwrap();
        }
    }
    let pages = folder.join("pages");
    pec(&["check", mail.to_str().unwrap(), "--pages", pages.to_str().unwrap()]).exits(1);
    (files.len() * COPIES, pages)
});

#[tokio::test]
async fn a_folder_of_pages_is_searched_drawn_in_part_and_leads_to_each() {
    let Some(browser) = Browser::start("it").await else { return };
    let (files, pages) = &*PAGES;
    let index = pages.join("index.html");
    browser.open(&index, "").await;
    assert_eq!(browser.text(HEADING).await, "Qualcosa non va");
    let lines = browser.number("judged.length").await;
    // The picture is none, and what is put together has lines too.
    assert!(lines > 200 && lines <= *files as u64, "{lines} lines of {files} files");
    let drawn = "document.querySelectorAll('[data-line]').length";
    assert_eq!((browser.number(COUNT).await, browser.number(drawn).await), (lines, 100));
    browser.picture("pages-it").await;
    browser.tell("document.getElementById('more').click()").await;
    assert_eq!(browser.number(drawn).await, 200);

    browser.choose("text", "altered-7").await;
    assert_eq!((browser.number(COUNT).await, browser.number(drawn).await), (1, 1));
    assert_eq!(browser.text("location.search").await, "?text=altered-7");
    let row = browser.text("document.querySelector('[data-line]').innerText").await;
    assert!(row.contains("busta di trasporto") && row.contains("Contratto n. 42"), "{row}");
    browser.tell("document.querySelector('[data-speak=en]').click()").await;
    let row = browser.text("document.querySelector('[data-line]').innerText").await;
    assert!(row.contains("transport envelope"), "{row}");

    let href = browser.text("document.querySelector('[data-line] a').getAttribute('href')").await;
    browser.open(&index, &href).await;
    let told = browser.text("document.querySelector('.page:target').innerText").await;
    assert!(told.contains("altered-7.eml") && told.contains("Contratto n. 42"), "{told}");
    let visible = "[...document.querySelectorAll('.page')].filter((it) => it.checkVisibility()).length";
    assert_eq!(browser.number(visible).await, 1);
    let pdf = browser.printed("pages-entry").await;
    assert!(pdf.starts_with(b"%PDF") && pdf.len() > 10_000, "{} bytes", pdf.len());
    let page = pages.join(href.split('#').next().unwrap());
    let dead: Vec<String> = browser
        .text("[...document.querySelectorAll('a[href]')].map((it) => it.getAttribute('href')).join('\\n')")
        .await
        .lines()
        .filter(|href| !href.starts_with('#'))
        .filter(|href| !page.parent().unwrap().join(href.split('#').next().unwrap()).exists())
        .map(str::to_owned)
        .collect();
    assert_eq!(dead, [""; 0]);
    // What leads nowhere in particular shows all that is there.
    browser.open(&page, "?lang=it").await;
    assert!(browser.number(visible).await > 1);
    assert_eq!(browser.tell("window.harmed").await, serde_json::Value::Null);
    asked_of_its_own_alone(&browser, pages).await;
    browser.close().await;
}

/// Nothing went wrong, and nothing was asked for but what lies in the folder.
async fn asked_of_its_own_alone(browser: &Browser, pages: &Path) {
    assert_eq!(browser.console().await, [""; 0]);
    let own = url::Url::from_directory_path(pages.canonicalize().unwrap()).unwrap();
    for request in browser.requests().await {
        assert!(request.starts_with(own.as_str()), "{request}");
    }
}

#[tokio::test]
async fn a_search_in_a_hundred_thousand_lines_is_answered_at_once() {
    const LINES: usize = 100_000;
    let Some(browser) = Browser::start("en").await else { return };
    let folder = tempfile::tempdir().unwrap();
    let (pages, more_pages) = (&PAGES.1, folder.path());
    for name in ["index.html", "style.css", "script.js"] {
        fs::copy(pages.join(name), more_pages.join(name)).unwrap();
    }
    // The lines of that check again and again, each with a name of its own.
    let (script, more_script) = (pages.join("lines/0001.js"), more_pages.join("lines/0001.js"));
    fs::create_dir(more_pages.join("lines")).unwrap();
    let more = format!(
        "for (let n = 0; judged.length < {LINES}; n++) {{ const it = [...judged[n]]; it[3] = `copy ${{n}} ${{it[3]}}`; judged.push(it); }}\n"
    );
    fs::write(more_script, fs::read_to_string(script).unwrap() + &more).unwrap();
    browser.open(&more_pages.join("index.html"), "").await;
    assert_eq!(browser.number(COUNT).await, LINES as u64);
    // What the page's thread is busy with each, on a machine that other tests keep busy as well.
    browser.protocol("Performance.enable", json!({"timeDomain": "threadTicks"})).await;
    let mut slowest = 0.0_f64;
    for text in ["altered", "copy 77", "contratto", "no such text", "anna@bravo.example", "e", ""] {
        let mut took = f64::MAX;
        for _ in 0..3 {
            let before = busy(&browser).await;
            browser.choose("text", text).await;
            browser.number("document.body.offsetHeight").await;
            took = took.min(busy(&browser).await - before);
        }
        println!("`{text}`: {:.0} ms", took * 1000.0);
        slowest = slowest.max(took);
    }
    assert!(slowest > 0.0 && slowest < 0.3, "{slowest} s");
    assert_eq!(browser.console().await, [""; 0]);
    browser.close().await;
}

/// Seconds of processor time that the page's thread has taken.
async fn busy(browser: &Browser) -> f64 {
    let told = browser.protocol("Performance.getMetrics", json!({})).await;
    let metrics = told["metrics"].as_array().expect("it measures");
    metrics.iter().find(|it| it["name"] == "TaskDuration").and_then(|it| it["value"].as_f64()).expect("it is told")
}
