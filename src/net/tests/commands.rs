//! Commands and messages as they must be written.

use super::*;

#[tokio::test]
async fn a_message_is_never_split() {
    let server = Server::start(Service::Incoming, Limits::default()).await;
    for end in ["\n.\n", "\n.\r\n", "\r\n.\n", "\r.\r", "\r\n.\r", "\r\n.\r\r\n"] {
        let mut raw = server.plain().await;
        raw.answers(ENVELOPE, &["250", "250", "250", "354"]).await;
        raw.answers(
            &format!("Subject: a\r\n\r\nb{end}MAIL FROM:<evil@b.example>\r\nDATA\r\n.\r\nQUIT\r\n"),
            &["250", "221"],
        )
        .await;
    }
    let messages = server.messages();
    assert_eq!(messages.len(), 6);
    assert!(messages.iter().all(|message| message.ends_with(b"MAIL FROM:<evil@b.example>\r\nDATA\r\n")));
}

#[tokio::test]
async fn empty_data_and_dots_arrive_as_sent() {
    let server = Server::start(Service::Incoming, Limits::default()).await;
    let mut raw = server.plain().await;
    raw.answers(ENVELOPE, &["250", "250", "250", "354"]).await;
    raw.answers(".\r\n", &["250"]).await;
    raw.answers("MAIL FROM:<>\r\nRCPT TO:<c@d.example>\r\nDATA\r\n", &["250", "250", "354"]).await;
    raw.answers("..\r\n.a\r\n.\r\n", &["250"]).await;
    assert_eq!(server.messages(), [b"".to_vec(), b".\r\na\r\n".to_vec()]);
}

#[tokio::test]
async fn commands_are_lines_of_bounded_length_ended_by_crlf() {
    let server = Server::start(Service::Incoming, Limits { line: 512, ..Limits::default() }).await;
    let mut raw = server.plain().await;
    raw.answers("EHLO c.example\nNOOP\r\nNOOP\r\n", &["500 5.5.2", "250"]).await;
    raw.answers("MAIL FROM:<a@b.example>\rRCPT TO:<c@d.example>\r\n", &["500 5.5.2"]).await;
    raw.answers(&"a".repeat(600), &["500 5.5.2"]).await;
    assert_eq!(raw.rest().await, "");
}

#[tokio::test]
async fn order_and_syntax_are_kept() {
    let server = Server::start(Service::Incoming, Limits::default()).await;
    let mut raw = server.plain().await;
    raw.answers(
        "MAIL FROM:<a@b.example>\r\nEHLO c\r\nRCPT TO:<c@d.example>\r\nDATA\r\n",
        &["503", "250", "503", "503"],
    )
    .await;
    raw.answers("MAIL FROM:<a@b.example>\r\nMAIL FROM:<a@b.example>\r\nDATA\r\n", &["250", "503", "554"]).await;
    raw.answers("RCPT TO:<no@d.example>\r\nDATA\r\n", &["550", "554"]).await;
    raw.answers("RSET\r\nMAIL FROM:<a b>\r\nMAIL FROM:a@b.example\r\nMAIL FROM:<a>\r\n", &["250", "5", "5", "553"])
        .await;
    raw.answers("MAIL FROM:<a@b.example> SMTPUTF8\r\nBDAT 3 LAST\r\nXYZ\r\n\r\n", &["555", "502", "500", "500"]).await;
    raw.answers("AUTH PLAIN AA==\r\nHELO c\r\nVRFY a\r\nQUIT\r\n", &["502", "250", "252", "221"]).await;
}

#[tokio::test]
async fn postmaster_needs_no_domain() {
    let server = Server::start(Service::Incoming, Limits::default()).await;
    let mut raw = server.plain().await;
    raw.answers("HELO c\r\nMAIL FROM:<>\r\n", &["250", "250"]).await;
    raw.answers("RCPT TO:<Postmaster>\r\nrcpt to: <POSTMASTER>\r\n", &["250", "250"]).await;
    raw.answers("RCPT TO:<webmaster>\r\nRCPT TO:<postmaster\r\n", &["553", "5"]).await;
}
