//! The page for who has no terminal, in a real browser: files and folders are dropped and chosen, waited for, read and
//! printed, in both languages; nothing but the check itself is asked for.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Stdio},
};

use super::{HEADING, driver::Browser, hostile, mail};
use crate::program::program;

/// A page that is served, and its address.
struct Served {
    child: Child,
    address: String,
}

impl Served {
    fn start() -> Self {
        let mut child = program(&["page"]).stdout(Stdio::piped()).spawn().unwrap();
        let mut address = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut address).unwrap();
        Self { child, address: address.trim().to_owned() }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const CHOSEN: &str = "Number(document.querySelector('#chosen b').textContent)";
const ARRIVED: &str =
    "document.querySelector('.lines') && document.querySelector('#print') && document.querySelector('h1').innerText";

/// Nothing went wrong in the page, and it asked for nothing but so many checks.
async fn asked_for_checks(browser: &Browser, served: &Served, checks: usize) {
    assert_eq!(browser.console().await, [""; 0]);
    assert_eq!(browser.requests().await, vec![format!("{}check?format=html", served.address); checks]);
}

#[tokio::test]
async fn a_folder_is_dropped_its_messages_are_judged_read_and_printed() {
    let Some(browser) = Browser::start("it-IT").await else { return };
    let folder = tempfile::tempdir().unwrap();
    let mail = mail(folder.path());
    let bundle = folder.path().join("evidence/delivery/complete/alfa-bravo");
    let served = Served::start();
    browser.go(&served.address).await;
    assert_eq!(browser.text(HEADING).await, "Verifica di messaggi PEC");
    assert!(browser.text("document.body.innerText").await.contains("nulla lascia il computer"));
    browser.picture("page-start-it").await;
    let unnamed = "[...document.querySelectorAll('input, select')].filter((it) => !it.labels.length).length";
    assert_eq!(browser.number(unnamed).await, 0);

    browser.press("[type=submit]").await;
    let trouble =
        "document.querySelector('#trouble').checkVisibility() && document.querySelector('#trouble').innerText.trim()";
    assert_eq!(browser.until(trouble).await, "Non è stato scelto nulla.");

    let messages = fs::read_dir(&mail).unwrap().count() as u64;
    browser.drop_files("#drop", &[&mail]).await;
    browser.until(&format!("{CHOSEN} === {messages}")).await;
    let trust: Vec<_> = fs::read_dir(bundle.join("trust")).unwrap().map(|entry| entry.unwrap().path()).collect();
    let directory = bundle.join("directory/001.ldif");
    let references: Vec<&Path> = trust.iter().map(|path| &**path).chain([&*directory]).collect();
    browser.choose_files("[name=reference]", &references).await;
    browser.choose("view", "sender,recipient").await;
    browser.picture("page-chosen-it").await;
    browser.press("[type=submit]").await;
    assert_eq!(browser.until(ARRIVED).await, "Qualcosa non va");
    let lines = browser.number("document.querySelectorAll('[data-line]').length").await;
    let answers = browser.number("document.querySelectorAll('[data-line] .answer').length").await;
    assert!(lines >= 7 && answers == lines * 4, "{lines} lines, {answers} answers");
    let proved = browser.number("document.querySelectorAll('.lines td.answer:nth-of-type(5).yes').length").await;
    assert!(proved >= 3, "who signed is known of {proved}");
    browser.picture("page-report-it").await;

    browser.choose("text", "altered").await;
    assert_eq!(browser.number(super::COUNT).await, 1, "the search of the report works");
    assert_eq!(browser.text("location.search").await, "?text=altered");
    browser.press("[data-line]:not([hidden]) a").await;
    let text = browser
        .until("document.querySelector('.page:target') && document.querySelector('.page:target').innerText")
        .await;
    let text = text.as_str().unwrap();
    assert!(text.contains("È stato alterato") && text.contains("mail/altered.eml"), "{text}");
    browser.paper().await;
    let pdf = browser.printed("page-altered-it").await;
    assert!(pdf.starts_with(b"%PDF") && pdf.len() > 10_000, "{} bytes", pdf.len());
    assert_eq!(browser.tell("window.harmed").await, serde_json::Value::Null);
    asked_for_checks(&browser, &served, 1).await;

    browser.go(&format!("{}?lang=en", served.address)).await;
    assert_eq!(browser.text(HEADING).await, "Check certified mail");
    assert_eq!(browser.number(CHOSEN).await, 0, "nothing was kept");
    browser.close().await;
}

/// Neither a name that no browser knows nor a file that has gone since keeps the others from being checked; the report
/// tells of both.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn what_the_browser_cannot_read_is_told_and_the_rest_is_checked() {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt as _};

    let Some(browser) = Browser::start("it").await else { return };
    let served = Served::start();
    let folder = tempfile::tempdir().unwrap();
    let acceptance = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/in/n01-acc.eml");
    let gone = folder.path().join("gone.eml");
    for path in [folder.path().join("a.eml"), folder.path().join(OsStr::from_bytes(b"perch\xe9.eml")), gone.clone()] {
        fs::copy(&acceptance, path).unwrap();
    }
    browser.go(&served.address).await;
    browser.drop_files("#drop", &[folder.path()]).await;
    browser.until(&format!("{CHOSEN} === 2")).await;
    let unread = browser.text("document.querySelector('#unread').innerText").await;
    assert!(unread.starts_with("Il browser non è riuscito a leggere") && unread.ends_with("/?"), "{unread}");
    browser.picture("page-unread-it").await;
    fs::remove_file(gone).unwrap();
    browser.press("[type=submit]").await;
    browser.until(ARRIVED).await;
    let told = browser.text("document.body.innerText").await;
    for part in ["/a.eml", "/?", "/gone.eml", "non si può leggere: chi lo ha consegnato non è riuscito a leggerlo"] {
        assert!(told.contains(part), "{part}: {told}");
    }
    browser.close().await;
}

#[tokio::test]
async fn files_are_chosen_and_after_one_check_comes_another() {
    let Some(browser) = Browser::start("en").await else { return };
    let served = Served::start();
    let folder = tempfile::tempdir().unwrap();
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/in");
    browser.go(&served.address).await;
    browser.choose_files("[name=file][multiple]", &[&cases.join("n01-acc.eml"), &cases.join("one-bare-lf.eml")]).await;
    browser.choose_files("[webkitdirectory]", &[&cases.join("c06")]).await;
    let folder_of = fs::read_dir(cases.join("c06")).unwrap().count() as u64;
    browser.until(&format!("{CHOSEN} === {}", 2 + folder_of)).await;
    browser.press("#forget").await;
    browser.until(&format!("{CHOSEN} === 0")).await;
    browser.drop_files("#drop", &[&cases.join("n01-acc.eml")]).await;
    browser.until(&format!("{CHOSEN} === 1")).await;
    browser.press("[type=submit]").await;
    assert_eq!(browser.until(ARRIVED).await, "No violation found");
    browser.press("[data-speak=it]").await;
    assert_eq!(browser.text(HEADING).await, "Nessuna violazione trovata");
    browser.press("#again").await;
    browser.until("document.querySelector('#offer') && true").await;
    assert_eq!(browser.number(CHOSEN).await, 0);

    // As much as a large attachment takes, and what means harm.
    let line = format!("{}\r\n", "QUJD".repeat(19));
    let head = "From: a@pec.alfa.example\r\nTo: b@pec.bravo.example\r\nSubject: thirty megabytes\r\n\
                MIME-Version: 1.0\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n";
    let large = folder.path().join("large.eml");
    fs::write(&large, head.to_owned() + &line.repeat((30 << 20) / line.len())).unwrap();
    let harm = hostile::HARM.replace(['\r', '\n', '\0'], "");
    let harmful = folder.path().join("harm<img src=x onerror=window.harmed=1>.eml");
    fs::write(
        &harmful,
        format!("X-Ricevuta: accettazione\r\nSubject: {harm}\r\nFrom: \"{harm}\" <a@b.example>\r\n\r\n{harm}\r\n"),
    )
    .unwrap();
    browser.drop_files("#drop", &[&large, &harmful]).await;
    browser.until(&format!("{CHOSEN} === 2")).await;
    browser.press("[type=submit]").await;
    browser.until(ARRIVED).await;
    let text = browser.text("document.body.innerText").await;
    assert!(
        text.contains("thirty megabytes") && text.contains("harm<img src=x onerror=window.harmed=1>.eml"),
        "{text}"
    );
    assert_eq!(browser.tell("window.harmed").await, serde_json::Value::Null);
    let added = "document.querySelectorAll('img, iframe, object, embed, link, base, [onerror], [style]').length";
    assert_eq!(browser.number(added).await, 0);
    asked_for_checks(&browser, &served, 2).await;

    // The form by itself, as a browser sends it that runs no script.
    browser.go(&served.address).await;
    let sent = "(() => { const files = new DataTransfer(), form = document.getElementById('offer');
        files.items.add(new File(['X-Ricevuta: accettazione\\r\\n\\r\\nhello\\r\\n'], 'alone.eml'));
        form.elements.file[0].files = files.files; form.submit(); return true; })()";
    browser.tell(sent).await;
    browser.until("location.pathname === '/check' && document.querySelector('.lines') && true").await;
    assert!(browser.text("document.body.innerText").await.contains("alone.eml"));
    browser.narrow().await;
    browser.go(&served.address).await;
    let wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
    assert_eq!(browser.number(wide).await, 0, "nothing lies beside the screen");
    browser.picture("page-narrow-en").await;
    browser.close().await;
}
