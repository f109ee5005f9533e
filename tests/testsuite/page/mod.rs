//! `page` over HTTP: what comes in which format, who is refused, and that nothing is left of what was sent,
//! however it ended.
#![cfg(unix)]

mod instructions;
mod judging;
mod served;

use std::{
    fs,
    io::{Read as _, Write as _},
    path::PathBuf,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::Instant,
};

use serde_json::Value;

use self::served::{Answer, DEADLINE, Served, form, until};
use crate::{
    formats, ports,
    program::{self, done, pec, program, script},
};

fn case(name: &str) -> Vec<u8> {
    fs::read(program::case(name)).unwrap()
}

/// An acceptance, one that was altered after it was signed, and a text.
fn several() -> (String, Vec<u8>) {
    let genuine = case("in/n01-acc.eml");
    let altered = String::from_utf8_lossy(&genuine).replace("daticert.xml", "daticert.xmL").into_bytes();
    form(&[
        ("view", None, b"sender"),
        ("file", Some("genuine.eml"), &genuine),
        ("file", Some("mail/altered.eml"), &altered),
        ("file", Some("mail/note.txt"), b"a text\n"),
        ("file", Some(""), b""),
    ])
}

/// A file that whoever sends the others could not read is no file that was judged.
#[test]
fn what_its_sender_could_not_read_is_told() {
    let served = Served::start(&[]);
    let (kind, body) = form(&[("file", Some("a.eml"), &case("in/n01-acc.eml")), ("unread", None, b"mail/b.eml")]);
    let lines = lines(&served.ask("POST", "/check", &[("Content-Type", &kind)], &body).is(200));
    let unjudged: Vec<&Value> = lines.iter().filter(|it| it["type"] == "unjudged").collect();
    assert_eq!(unjudged.len(), 1, "{lines:?}");
    assert_eq!(unjudged[0]["name"], "mail/b.eml");
    let reason = unjudged[0]["reason"].as_str().unwrap();
    assert_eq!(reason, "cannot be read: whoever handed it in could not read it");
}

fn lines(answer: &Answer) -> Vec<Value> {
    answer.body.lines().map(|line| serde_json::from_str(line).expect("every line is JSON")).collect()
}

/// What is started is what `BROWSER` names; the page is there by then.
#[test]
fn a_browser_is_shown_the_page_where_that_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let (browser, shown) = (folder.path().join("browser"), folder.path().join("shown"));
    script(&browser, &format!("printf %s \"$1\" > '{0}.part'\nmv '{0}.part' '{0}'", shown.display()));
    let served = Served::with(&["--open"], "BROWSER", &browser);
    until("the browser is started", || shown.exists());
    assert_eq!(fs::read_to_string(&shown).unwrap(), format!("http://{}/", served.0));
    served.ask("GET", "/", &[], b"").is(200);
}

#[test]
fn every_format_is_what_its_schema_wants_and_says_the_same() {
    let served = Served::start(&[]);
    let (kind, body) = several();
    let ask = |options: &str, accept: &str| {
        let headers = [("Content-Type", &*kind), ("Accept", accept)];
        served.ask("POST", &format!("/check{options}"), &headers, &body).is(200)
    };
    let json = ask("", "application/json");
    assert_eq!(json.header("Content-Type"), Some("application/x-ndjson"));
    let schema: Value = serde_json::from_str(&pec(&["schema", "report"]).out).unwrap();
    let types = formats::types(&schema, &json.body);
    assert_eq!(types.iter().filter(|it| *it == "checked").count(), 2, "{types:?}");
    let lines = lines(&json);
    let footer = lines.last().unwrap();
    assert_eq!(
        (&footer["type"], &footer["complete"], &footer["exit"]["code"]),
        (&"footer".into(), &true.into(), &1.into())
    );
    assert!(json.body.contains(r#""name":"mail/altered.eml""#), "named as sent, and not as laid down: {}", json.body);
    assert!(!json.body.contains("pec-conformance-"), "{}", json.body);

    let sarif = ask("", "application/sarif+json");
    let log = formats::sarif(&sarif.body);
    let results = log["runs"][0]["results"].as_array().unwrap();
    let location = |result: &Value| result["locations"][0]["physicalLocation"].clone();
    let altered: Vec<_> =
        results.iter().map(location).filter(|it| it["artifactLocation"]["uri"] == "mail/altered.eml").collect();
    assert!(!altered.is_empty() && altered.iter().any(|it| it["region"]["byteOffset"].is_u64()), "{results:?}");

    let tar = formats::tar(&ask("", "application/xml").body);
    assert_eq!(tar.result, "FAILURE");
    assert_eq!(tar.count("info", "assertionID", "intact"), 2);
    let invalid = tar.count("error", "assertionID", "signature/valid");
    assert_eq!(invalid, results.iter().filter(|it| it["ruleId"] == "signature/valid").count());
    assert_eq!(invalid, 1);

    let html = ask("", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8");
    assert_eq!(html.header("Content-Type"), Some("text/html; charset=utf-8"));
    assert!(html.body.contains("<title>pec-conformance") && html.body.contains("mail/altered.eml"));
    assert!(ask("?format=junit", "*/*").body.contains("<testsuites"));
    ask("?format=text", "image/png").says("result    non-conformity (exit code 1)");
    let headers = [("Content-Type", &*kind), ("Accept", "image/png")];
    served.ask("POST", "/check", &headers, &body).is(406).says("application/sarif+json");
    until("nothing is left", || served.left().is_empty());
}

#[test]
fn the_command_line_tells_a_test_assertion_report_too() {
    let folder = tempfile::tempdir().unwrap();
    let hostile = "X-Ricevuta: accettazione\r\nSubject: \x1b[2J</TestStepReport>]]> \u{202e}&x;\r\n\
                   From: <a@b.example>\r\n\r\nhello\r\n";
    fs::write(folder.path().join("ho\u{202e}\x01stile.eml"), hostile).unwrap();
    let check = |path: &str, code| formats::tar(&pec(&["check", path, "--format", "gitb"]).exits(code).out);
    assert_eq!(check(folder.path().to_str().unwrap(), 1).result, "FAILURE");
    let genuine = program::case("in/n01-acc.eml");
    let tar = check(genuine.to_str().unwrap(), 0);
    assert_eq!((&*tar.result, tar.count("info", "value", "yes")), ("SUCCESS", 2));
    fs::write(folder.path().join("note.txt"), "a text\n").unwrap();
    let nothing = check(folder.path().join("note.txt").to_str().unwrap(), 2);
    assert_eq!((&*nothing.result, nothing.count("warning", "type", "could not be judged")), ("UNDEFINED", 1));
}

#[test]
fn the_description_is_what_openapi_wants_and_there_is_what_it_describes() {
    let served = Served::start(&[]);
    let answer = served.ask("GET", "/openapi.json", &[], b"").is(200);
    let description = formats::openapi(&answer.body);
    for (path, operations) in description["paths"].as_object().unwrap() {
        for method in operations.as_object().unwrap().keys() {
            let answer = served.ask(&method.to_uppercase(), path, &[], &case("in/n01-acc.eml")).is(200);
            let sent = answer.header("Content-Type").unwrap().split(';').next().unwrap().to_owned();
            let content = &operations[method]["responses"]["200"]["content"];
            assert!(content.get(&sent).is_some(), "{method} {path} sends {sent}");
        }
        served.ask("DELETE", path, &[], b"").is(405);
    }
    served.ask("GET", "/elsewhere", &[], b"").is(404);
}

#[test]
fn what_is_nothing_to_judge_is_told_so() {
    let served = Served::start(&[]);
    served.check("", b"").is(400).says("nothing was sent");
    let (kind, body) = form(&[("view", None, b""), ("file", Some(""), b"")]);
    served.ask("POST", "/check", &[("Content-Type", &kind)], &body).is(400).says("nothing was sent");
    let text = served.check("?name=note.txt", b"hello\n").is(200);
    let lines = lines(&text);
    assert!(lines.iter().any(|line| line["type"] == "unjudged" && line["name"] == "note.txt"), "{}", text.body);
    assert_eq!(lines.last().unwrap()["exit"]["code"], 2);
    served.check("?require=complete", b"x").is(400).says("needs a `view`");
    served.check("?trust=/etc", b"x").is(400).says("there is no option trust");
    served.ask("POST", "/check", &[("Content-Type", "multipart/form-data")], b"x").is(400).says("form");
    served.ask("POST", "/check", &[("Content-Type", &kind)], &body[..20]).is(400).says("form");
    let (kind, body) = form(&[("reference", Some("x.pem"), b"nothing"), ("file", Some("a"), &case("in/n01-acc.eml"))]);
    served.ask("POST", "/check", &[("Content-Type", &kind)], &body).is(400).says("x.pem is nothing to go by");
    let endless = [&b"------between4711\r\nContent-Disposition: "[..], &vec![b'x'; 4 << 20]].concat();
    served.ask("POST", "/check", &[("Content-Type", &kind)], &endless).is(400).says("does not end");
    until("nothing is left", || served.left().is_empty());
}

#[test]
fn what_signers_are_told_by_is_shown_and_more_may_come_along() {
    let data = tempfile::tempdir().unwrap();
    let add = |name: &str, more: &[&str]| {
        let file = format!("{}/tests/cases/{name}", env!("CARGO_MANIFEST_DIR"));
        let mut command = program(&[&["reference", "add", &file], more].concat());
        done(command.env("XDG_DATA_HOME", data.path()).output().unwrap()).exits(0);
    };
    for name in ["trust/root.pem", "trust/root.crl.pem", "trust/issuing.crl.pem"] {
        add(name, &[]);
    }
    let origin = |served: &Served, parts: &[(&str, Option<&str>, &[u8])]| {
        let (kind, body) = form(&[parts, &[("file", Some("a.eml"), &case("in/n01-acc.eml"))]].concat());
        let options = "/check?require=origin&at=2025-06-01T00:00:00Z";
        let answer = served.ask("POST", options, &[("Content-Type", &kind)], &body).is(200);
        lines(&answer).last().unwrap()["exit"]["code"].clone()
    };
    let served = Served::with_kept(&[], data.path());
    assert_eq!(origin(&served, &[]), 5, "without a directory it cannot be told");
    let directory = case("dirs/dir.ldif");
    assert_eq!(origin(&served, &[("reference", Some("dir.ldif"), &directory)]), 0);
    assert_eq!(origin(&served, &[]), 5, "it came along with that check alone");

    add("dirs/dir.ldif", &["--of", "2025-06-01"]);
    let served = Served::with_kept(&[], data.path());
    assert_eq!(origin(&served, &[]), 0);
    let page = served.ask("GET", "/", &[("Accept-Language", "it-IT,en;q=0.5")], b"").is(200);
    assert!(page.body.contains("<html lang=\"it\">") && page.body.contains("01/06/2025"), "{}", page.body);
    assert!(served.ask("GET", "/", &[], b"").body.contains("<html lang=\"en\">"));
}

#[test]
fn other_pages_and_other_names_are_refused() {
    let served = Served::start(&["--name", "pec.example"]);
    let message = case("in/n01-acc.eml");
    let ask = |headers: &[(&str, &str)]| served.ask("POST", "/check", headers, &message);
    ask(&[("Host", "evil.example")]).is(421).says("`evil.example` is no name of this page");
    ask(&[("Host", "pec.example"), ("Origin", "https://pec.example")]).is(200);
    ask(&[("Origin", "http://evil.example")]).is(403).says("sent by another page (http://evil.example)");
    ask(&[("Origin", "null")]).is(403);
    ask(&[("Sec-Fetch-Site", "cross-site")]).is(403);
    ask(&[("Origin", &format!("http://{}", served.0)), ("Sec-Fetch-Site", "same-origin")]).is(200);
    for path in ["/", "/openapi.json", "/elsewhere"] {
        let answer = served.ask("GET", path, &[], b"");
        let policy = answer.header("Content-Security-Policy").unwrap();
        assert!(policy.starts_with("default-src 'none'; ") && policy.ends_with("frame-ancestors 'none'"), "{policy}");
        assert!(!policy.contains("unsafe") && answer.header("Set-Cookie").is_none());
        assert_eq!(answer.header("X-Content-Type-Options"), Some("nosniff"));
        assert_eq!(answer.header("Referrer-Policy"), Some("no-referrer"));
        assert_eq!(answer.header("Cache-Control"), Some("no-store"));
        assert!(answer.header("Access-Control-Allow-Origin").is_none());
    }
}

#[test]
fn a_name_that_is_sent_leads_nowhere_and_acts_nowhere() {
    let served = Served::start(&[]);
    let message = case("in/n01-acc.eml");
    let hostile = "../../../../tmp/escaped/<script>window.harmed=1</script>\u{202e}.eml";
    let twice = [("file", Some("a"), &message[..]), ("file", Some("a"), &message), ("file", Some("a/b"), &message)];
    let (kind, body) = form(&[&[("file", Some(hostile), &message[..])], &twice[..]].concat());
    let page = served.ask("POST", "/check?format=html", &[("Content-Type", &kind)], &body).is(200);
    assert!(!page.body.contains("<script>window") && !page.body.contains('\u{202e}'));
    assert!(page.body.contains("tmp/escaped/&#60;script&#62;"), "{}", page.body);
    let answer = served.ask("POST", "/check", &[("Content-Type", &kind)], &body).is(200);
    assert_eq!(
        lines(&answer).iter().filter(|line| line["type"] == "checked").count(),
        4,
        "each is judged: {}",
        answer.body
    );
    assert!(!PathBuf::from("/tmp/escaped").exists());
}

#[test]
fn a_hundred_uploads_at_once_are_each_answered_right_or_told_to_come_again() {
    let served = Served::start(&["--at-once", "4"]);
    let message = case("in/n01-acc.eml");
    let busy = AtomicUsize::new(0);
    thread::scope(|scope| {
        for number in 0..100 {
            let (served, message, busy) = (&served, &message, &busy);
            scope.spawn(move || {
                let start = Instant::now();
                let answer = loop {
                    let answer = served.check(&format!("?name={number}.eml"), message);
                    if answer.status != 503 {
                        break answer.is(200);
                    }
                    busy.fetch_add(1, Ordering::Relaxed);
                    assert_eq!(answer.header("Retry-After"), Some("2"));
                    assert!(start.elapsed() < DEADLINE);
                    thread::sleep(ports::LOOK);
                };
                let lines = lines(&answer);
                let names: Vec<_> =
                    lines.iter().filter(|it| it["type"] == "checked").map(|it| it["name"].clone()).collect();
                assert_eq!(names, [format!("{number}.eml")]);
                assert_eq!(lines.last().unwrap()["exit"]["code"], 0);
            });
        }
    });
    assert!(busy.into_inner() > 0, "a hundred at once are more than four");
    until("nothing is left", || served.left().is_empty());
    served.signal("TERM");
    assert_eq!(served.ended(), (Some(0), true));
}

#[test]
fn who_goes_away_leaves_nothing_and_frees_the_place() {
    let served = Served::start(&["--at-once", "1"]);
    let message = case("in/n01-acc.eml");
    let mut gone = served.begin("POST", "/check", &[], 10 << 20);
    gone.write_all(&vec![b'x'; 3 << 20]).unwrap();
    until("a part of it has arrived", || served.laid_down() > 1 << 20);
    served.check("", &message).is(503).says("1 checks are under way");
    drop(gone);
    until("nothing is left", || served.left().is_empty());
    until("its place is free", || served.check("", &message).status == 200);
}

#[test]
fn who_is_slow_is_cut_off() {
    let served = Served::start(&["--silence", "1"]);
    let mut silent = served.begin("POST", "/check", &[], 1 << 20);
    silent.write_all(b"Subject: x\r\n").unwrap();
    Answer::read(silent).is(408).says("nothing came for 1 seconds");
    let trickled = Served::start(&["--time", "2", "--silence", "2"]);
    let mut trickling = trickled.begin("POST", "/check", &[], 1 << 20);
    let mut reading = trickling.try_clone().unwrap();
    let writing = thread::spawn(move || {
        while trickling.write_all(b"x").is_ok() {
            thread::sleep(ports::LOOK);
        }
    });
    let mut answered = Vec::new();
    // What was written after it was answered breaks the connection.
    let _ = reading.read_to_end(&mut answered);
    writing.join().unwrap();
    let answered = String::from_utf8(answered).unwrap();
    assert!(answered.is_empty() || answered.starts_with("HTTP/1.0 408"), "{answered}");
    // Who never comes to the end of a head is cut off without a word.
    let mut endless = served.connect();
    endless.write_all(b"POST /check HTTP/1.1\r\nHost: ").unwrap();
    let mut heard = Vec::new();
    endless.read_to_end(&mut heard).unwrap();
    assert!(!heard.starts_with(b"HTTP/1.1 200"));
    for served in [served, trickled] {
        until("nothing is left", || served.left().is_empty());
    }
}

#[test]
fn what_is_too_large_is_refused_whether_it_says_so_before_or_not() {
    let served = Served::start(&["--upload", "1", "--total", "2"]);
    let large = vec![b'x'; 2 << 20];
    served.check("", &large).is(413).says("more than 1 MiB");
    let mut unsaid = served.connect();
    let head = format!("POST /check HTTP/1.1\r\nHost: {}\r\nTransfer-Encoding: chunked\r\n\r\n200000\r\n", served.0);
    unsaid.write_all(&[head.as_bytes(), &large, b"\r\n0\r\n\r\n"].concat()).unwrap();
    Answer::read(unsaid).is(413);

    let waiting: Vec<_> = (0..2)
        .map(|_| {
            let mut waiting = served.begin("POST", "/check", &[], 1 << 20);
            waiting.write_all(&large[..(1 << 20) - 1]).unwrap();
            waiting
        })
        .collect();
    until("most of both has arrived", || served.laid_down() > (2 << 20) - 4096);
    served.check("", &large[..4096]).is(503).says("other uploads take up all of the 2 MiB");
    drop(waiting);
    until("nothing is left", || served.left().is_empty());
}

#[test]
fn a_signal_ends_it_and_nothing_is_left_of_what_was_arriving() {
    for name in ["INT", "TERM", "HUP"] {
        let served = Served::start(&["--silence", "1"]);
        let mut arriving = served.begin("POST", "/check", &[], 1 << 20);
        arriving.write_all(&vec![b'x'; 1 << 19]).unwrap();
        until("a part of it has arrived", || served.laid_down() > 0);
        served.signal(name);
        assert_eq!(served.ended(), (Some(0), true), "{name}");
    }
}

#[test]
fn what_cannot_be_listened_on_is_told() {
    let served = Served::start(&[]);
    let port = served.0.port().to_string();
    pec(&["page", "--port", &port]).exits(3).says(&["cannot listen on 127.0.0.1:", "--port"]);
}
