//! How a channel is secured, and who gets in.

use super::*;

#[tokio::test]
async fn nothing_is_accepted_before_tls_and_login() {
    let server = Server::start(Service::Submission, Limits::default()).await;
    let login = BASE64_STANDARD.encode("\0mario@alfa.example\0segreto");
    let mut raw = server.plain().await;
    let early =
        format!("EHLO c.example\r\nAUTH PLAIN {login}\r\nAUTH LOGIN\r\nMAIL FROM:<a@b.example>\r\nVRFY a\r\nDATA\r\n");
    raw.answers(&early, &["250", "530 5.7.0", "530", "530", "530", "530"]).await;
    assert!(!server.transcript().contains("AUTH PLAIN LOGIN"), "AUTH is not announced in clear");

    let mut raw = server.secured().await;
    raw.answers("MAIL FROM:<a@b.example>\r\n", &["503"]).await;
    raw.answers("EHLO c.example\r\nMAIL FROM:<a@b.example>\r\nDATA\r\n", &["250", "530 5.7.0", "530"]).await;
    raw.answers(&format!("AUTH PLAIN {login}\r\nMAIL FROM:<a@b.example>\r\n"), &["235", "250"]).await;
    assert!(server.messages().is_empty());
}

#[tokio::test]
async fn both_mechanisms_log_in_and_no_secret_is_written_down() {
    let server = Server::start(Service::Submission, Limits::default()).await;
    let encode = |text: &str| BASE64_STANDARD.encode(text);
    let (user, password) = (encode("mario@alfa.example"), encode("segreto"));
    let both = encode("\0mario@alfa.example\0segreto");
    for dialogue in [
        vec![(format!("AUTH PLAIN {both}"), "235")],
        vec![("AUTH PLAIN".into(), "334"), (both.clone(), "235")],
        vec![("AUTH LOGIN".into(), "334 VXNlcm5hbWU6"), (user.clone(), "334 UGFzc3dvcmQ6"), (password.clone(), "235")],
        vec![(format!("AUTH LOGIN {user}"), "334 UGFzc3dvcmQ6"), (password.clone(), "235")],
        vec![("AUTH PLAIN".into(), "334"), ("*".into(), "501")],
        vec![(format!("AUTH PLAIN {}", encode("anna\0mario@alfa.example\0segreto")), "535")],
        vec![("AUTH CRAM-MD5".into(), "504")],
    ] {
        let mut raw = server.secured().await;
        raw.answers("EHLO c.example\r\n", &["250"]).await;
        for (line, code) in dialogue {
            raw.answers(&format!("{line}\r\n"), &[code]).await;
        }
    }
    for transcript in server.taker.transcripts.lock().unwrap().iter() {
        let text = transcript.text();
        assert!(![&user, &password, &both].iter().any(|secret| text.contains(secret.as_str())), "{text}");
    }
}

#[tokio::test]
async fn implicit_tls_is_greeted_behind_the_handshake_and_wants_a_login_too() {
    let server = Server::start(Service::Submissions, Limits::default()).await;
    let mut raw = Raw(TcpStream::connect(server.listener.address()).await.unwrap()).secure().await;
    raw.answers("EHLO c.example\r\nMAIL FROM:<a@b.example>\r\nSTARTTLS\r\n", &["220", "250", "530", "503"]).await;
    let login = BASE64_STANDARD.encode("\0mario@alfa.example\0segreto");
    raw.answers(&format!("AUTH PLAIN {login}\r\nMAIL FROM:<a@b.example>\r\n"), &["235", "250"]).await;
}

#[tokio::test]
async fn guessing_passwords_ends_the_session() {
    let server = Server::start(Service::Submission, Limits::default()).await;
    let mut raw = server.secured().await;
    let wrong = format!("AUTH PLAIN {}\r\n", BASE64_STANDARD.encode("\0mario@alfa.example\0boh"));
    raw.answers("EHLO c.example\r\n", &["250"]).await;
    raw.answers(&wrong.repeat(3), &["535", "535", "421"]).await;
    assert_eq!(raw.rest().await, "");
}

#[tokio::test]
async fn what_is_pipelined_behind_starttls_is_not_kept() {
    let server = Server::start(Service::Incoming, Limits::default()).await;
    let mut raw = server.plain().await;
    // Everything in one segment, so that the server has it before the handshake. The commands must never be answered.
    raw.says("EHLO c.example\r\nSTARTTLS\r\nMAIL FROM:<evil@b.example>\r\nRCPT TO:<c@d.example>\r\n", "Go ahead\r\n")
        .await;
    let mut raw = raw.secure().await;
    raw.answers("EHLO c.example\r\nRCPT TO:<c@d.example>\r\n", &["250", "503"]).await;
    assert!(!server.transcript().contains("evil"));
}
