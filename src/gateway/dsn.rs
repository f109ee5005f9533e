//! Delivery status notifications of ordinary mail (RFC 3464), always from the null reverse path.

use crate::{clock::LegalTime, net::Reply};

/// A recipient that will not get a message, and the reply that says so.
#[derive(Clone, Debug)]
pub struct Failure {
    /// The recipient.
    pub recipient: String,
    /// The reply, of this host or of the one that refused.
    pub reply: Reply,
}

/// Header bytes of the undelivered message that are given back.
const HEADER: usize = 64 << 10;

/// The notification that `host` sends to `to` about `message`; its Message-ID is given without angle brackets.
pub fn compose(host: &str, to: &str, failures: &[Failure], message: &[u8], id: &str, at: &LegalTime) -> Vec<u8> {
    let boundary = format!("dsn.{}", id.replace('@', "."));
    let said: String =
        failures.iter().map(|failure| format!("<{}>: {}\r\n", failure.recipient, ascii(&failure.reply))).collect();
    let fields: String = failures
        .iter()
        .map(|failure| {
            let status = failure.reply.enhanced().unwrap_or_else(|| "5.0.0".into());
            format!(
                "\r\nFinal-Recipient: rfc822; {}\r\nAction: failed\r\nStatus: {status}\r\nDiagnostic-Code: smtp; {}\r\n",
                failure.recipient,
                ascii(&failure.reply)
            )
        })
        .collect();
    let date = at.date_header();
    let mut report = format!(
        "Date: {date}\r\nFrom: Mail Delivery System <mailer-daemon@{host}>\r\nTo: <{to}>\r\n\
         Subject: Undelivered mail returned to sender\r\nMessage-ID: <{id}>\r\nAuto-Submitted: auto-replied\r\n\
         MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=\"{boundary}\"\r\n\r\n\
         --{boundary}\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n\
         The message could not be delivered to:\r\n\r\n{said}\r\n\
         --{boundary}\r\nContent-Type: message/delivery-status\r\n\r\n\
         Reporting-MTA: dns; {host}\r\nArrival-Date: {date}\r\n{fields}\r\n\
         --{boundary}\r\nContent-Type: text/rfc822-headers\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    )
    .into_bytes();
    report.extend_from_slice(header(message));
    report.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
    report
}

fn header(message: &[u8]) -> &[u8] {
    let end = message.windows(4).take(HEADER).position(|window| window == b"\r\n\r\n").map(|at| at + 2);
    &message[..end.unwrap_or(0)]
}

/// A reply as one line of ASCII: it may be anyone's words.
fn ascii(reply: &Reply) -> String {
    reply.to_string().chars().map(|c| if c.is_ascii_graphic() || c == ' ' { c } else { '?' }).take(400).collect()
}
