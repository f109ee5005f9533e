//! The formal checks on a submission (3.1.1), one function each, with the error the sender reads.

use memchr::memchr2;

use super::{Profile, address};
use crate::message::Mail;

/// A submission as the access point received it.
pub(super) struct Submission<'a> {
    /// The message; `None` where it cannot be read as one.
    pub mail: Option<&'a Mail>,
    /// MAIL FROM.
    pub from: &'a str,
    /// RCPT TO, once each.
    pub to: &'a [String],
    /// The message's bytes.
    pub bytes: &'a [u8],
}

/// Why a submission is not accepted; the text goes into `[errore]` of the non-acceptance (3.1.2).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum FormalError {
    #[error("il messaggio non ha un'intestazione leggibile")]
    Unreadable,
    #[error("il messaggio contiene ritorni a capo isolati, non ammessi dal formato della posta elettronica")]
    BareLineEnd,
    #[error("una riga del messaggio supera i 998 caratteri")]
    LongLine,
    #[error("il campo {0} compare più di una volta nell'intestazione")]
    Repeated(&'static str),
    #[error("manca il campo Date nell'intestazione")]
    NoDate,
    #[error("manca il campo From nell'intestazione")]
    NoFrom,
    #[error("il campo From non contiene un unico indirizzo di posta elettronica valido")]
    BadFrom,
    #[error("manca il campo To nell'intestazione")]
    NoTo,
    #[error("il campo To non contiene indirizzi di posta elettronica validi")]
    BadTo,
    #[error("il campo Cc non contiene indirizzi di posta elettronica validi")]
    BadCc,
    #[error("il mittente {envelope} non coincide con l'indirizzo {header} del campo From")]
    SenderDiffers { envelope: String, header: String },
    #[error("il destinatario {0} non compare nei campi To e Cc")]
    RecipientHidden(String),
    #[error("il campo Bcc contiene destinatari, non ammessi nella posta certificata")]
    Bcc,
    #[error("i destinatari sono {found}, più dei {limit} ammessi")]
    TooManyRecipients { found: usize, limit: usize },
    #[error(
        "la dimensione del messaggio moltiplicata per il numero dei destinatari è di {found} byte, più dei {limit} ammessi"
    )]
    TooLarge { found: usize, limit: usize },
}

/// Runs every check; the first that fails is the reason given.
pub(super) fn all(submission: &Submission<'_>, profile: &Profile) -> Result<(), FormalError> {
    recipients_within_limit(submission, profile)?;
    volume_within_limit(submission, profile)?;
    let mail = submission.mail.ok_or(FormalError::Unreadable)?;
    lines_are_mail(submission.bytes)?;
    fields_occur_once(mail)?;
    date_is_present(mail)?;
    from_is_valid(mail)?;
    to_is_valid(mail)?;
    cc_is_valid(mail)?;
    sender_is_from(mail, submission.from)?;
    recipients_are_shown(mail, submission.to)?;
    bcc_is_empty(mail)
}

/// RFC 5322 2.1.1 and 2.3: CR and LF only together, lines of at most 998 octets.
fn lines_are_mail(bytes: &[u8]) -> Result<(), FormalError> {
    let mut rest = bytes;
    while !rest.is_empty() {
        let end = memchr2(b'\r', b'\n', rest);
        let (line, after) = rest.split_at(end.unwrap_or(rest.len()));
        if line.len() > 998 {
            return Err(FormalError::LongLine);
        }
        rest = match after.strip_prefix(b"\r\n") {
            Some(rest) => rest,
            None if after.is_empty() => break,
            None => return Err(FormalError::BareLineEnd),
        };
    }
    Ok(())
}

/// RFC 5322 3.6: each of these at most once.
fn fields_occur_once(mail: &Mail) -> Result<(), FormalError> {
    let single = ["From", "Sender", "Reply-To", "To", "Cc", "Bcc", "Message-ID", "Subject", "Date"];
    match single.into_iter().find(|name| mail.root.headers_named(name).nth(1).is_some()) {
        Some(name) => Err(FormalError::Repeated(name)),
        None => Ok(()),
    }
}

/// RFC 5322 3.6: the origination date is required.
fn date_is_present(mail: &Mail) -> Result<(), FormalError> {
    mail.root.header("Date").map(|_| ()).ok_or(FormalError::NoDate)
}

fn from_is_valid(mail: &Mail) -> Result<(), FormalError> {
    mail.root.header("From").ok_or(FormalError::NoFrom)?;
    match addresses(mail, "From") {
        Some(found) if found.len() == 1 => Ok(()),
        _ => Err(FormalError::BadFrom),
    }
}

fn to_is_valid(mail: &Mail) -> Result<(), FormalError> {
    mail.root.header("To").ok_or(FormalError::NoTo)?;
    addresses(mail, "To").filter(|found| !found.is_empty()).map(|_| ()).ok_or(FormalError::BadTo)
}

fn cc_is_valid(mail: &Mail) -> Result<(), FormalError> {
    addresses(mail, "Cc").map(|_| ()).ok_or(FormalError::BadCc)
}

fn sender_is_from(mail: &Mail, sender: &str) -> Result<(), FormalError> {
    let header = addresses(mail, "From").and_then(|found| found.into_iter().next()).ok_or(FormalError::BadFrom)?;
    if header.eq_ignore_ascii_case(sender) {
        Ok(())
    } else {
        Err(FormalError::SenderDiffers { envelope: sender.to_owned(), header })
    }
}

/// Each forward path stands in To or Cc; the other way round is tolerated.
fn recipients_are_shown(mail: &Mail, recipients: &[String]) -> Result<(), FormalError> {
    let shown: Vec<String> = ["To", "Cc"].iter().filter_map(|name| addresses(mail, name)).flatten().collect();
    match recipients.iter().find(|recipient| !shown.iter().any(|one| one.eq_ignore_ascii_case(recipient))) {
        Some(hidden) => Err(FormalError::RecipientHidden(hidden.clone())),
        None => Ok(()),
    }
}

fn bcc_is_empty(mail: &Mail) -> Result<(), FormalError> {
    match mail.field("Bcc") {
        Some(value) if !value.trim().is_empty() => Err(FormalError::Bcc),
        _ => Ok(()),
    }
}

fn recipients_within_limit(submission: &Submission<'_>, profile: &Profile) -> Result<(), FormalError> {
    let (found, limit) = (submission.to.len(), profile.recipients);
    if found <= limit { Ok(()) } else { Err(FormalError::TooManyRecipients { found, limit }) }
}

fn volume_within_limit(submission: &Submission<'_>, profile: &Profile) -> Result<(), FormalError> {
    let found = submission.bytes.len().saturating_mul(submission.to.len());
    let limit = profile.volume;
    if found <= limit { Ok(()) } else { Err(FormalError::TooLarge { found, limit }) }
}

/// The addresses of a field, none where it is absent; `None` where it does not follow RFC 5322 3.4.
pub(super) fn addresses(mail: &Mail, name: &str) -> Option<Vec<String>> {
    let Some(field) = mail.root.header(name) else { return Some(Vec::new()) };
    let found = mail.mailboxes(field)?;
    let found: Vec<String> = found.into_iter().map(|mailbox| mailbox.address).collect();
    found.iter().all(|address| is_address(address)).then_some(found)
}

/// `local@domain` in printable ASCII, the domain made of labels.
pub(super) fn is_address(text: &str) -> bool {
    let (local, domain) = (address::local(text), address::domain(text));
    let is_label = |label: &str| !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    !local.is_empty()
        && text.bytes().all(|b| b.is_ascii_graphic() && b != b'<' && b != b'>')
        && domain.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "Date: Mon, 2 Mar 2026 09:30:00 +0100\r\nFrom: Mario <mario@alfa.example>\r\n\
                        To: anna@bravo.example\r\nCc: Luca <luca@bravo.example>\r\nSubject: x\r\n";

    fn checked(message: &str, to: &[&str]) -> Result<(), FormalError> {
        let mail = Mail::read(message.as_bytes()).ok();
        let to: Vec<String> = to.iter().map(ToString::to_string).collect();
        let submission =
            Submission { mail: mail.as_ref(), from: "mario@alfa.example", to: &to, bytes: message.as_bytes() };
        let profile = Profile { recipients: 3, volume: 3000, ..Profile::alfa() };
        all(&submission, &profile)
    }

    fn with(change: (&str, &str)) -> Result<(), FormalError> {
        let message = format!("{HEAD}\r\nciao\r\n").replace(change.0, change.1);
        checked(&message, &["anna@bravo.example"])
    }

    #[test]
    fn a_right_submission_passes_in_any_letter_case() {
        let body = format!("{HEAD}\r\nciao\r\n");
        assert_eq!(checked(&body, &["ANNA@bravo.example", "luca@Bravo.example"]), Ok(()));
        assert_eq!(with(("Cc:", "X:")), Ok(()));
        assert_eq!(with(("Subject: x", "Bcc:")), Ok(()));
    }

    #[test]
    fn each_check_fails_on_its_own_fault() {
        let cases = [
            (("Date:", "X-Date:"), FormalError::NoDate),
            (("From:", "X-From:"), FormalError::NoFrom),
            (("Mario <mario@alfa.example>", "Mario"), FormalError::BadFrom),
            (("Mario <mario@alfa.example>", "mario@alfa.example, anna@alfa.example"), FormalError::BadFrom),
            (("\r\nTo:", "\r\nX-To:"), FormalError::NoTo),
            (("To: anna@bravo.example", "To: <anna@@bravo"), FormalError::BadTo),
            (("To: anna@bravo.example", "To: "), FormalError::BadTo),
            (("Luca <luca@bravo.example>", "Luca <luca@"), FormalError::BadCc),
            (("To: anna@", "To: giulia@"), FormalError::RecipientHidden("anna@bravo.example".into())),
            (("Subject: x", "Bcc: luca@bravo.example"), FormalError::Bcc),
            (("Subject: x", "Subject: x\r\nSubject: y"), FormalError::Repeated("Subject")),
            (("ciao", "ci\nao"), FormalError::BareLineEnd),
            (("ciao", "ci\rao"), FormalError::BareLineEnd),
            (
                ("mario@", "anna@"),
                FormalError::SenderDiffers {
                    envelope: "mario@alfa.example".into(),
                    header: "anna@alfa.example".into(),
                },
            ),
        ];
        for (change, error) in cases {
            assert_eq!(with(change), Err(error), "{change:?}");
        }
        assert_eq!(with(("ciao", &"a".repeat(999))), Err(FormalError::LongLine));
        assert_eq!(with(("ciao", &"a".repeat(998))), Ok(()));
    }

    #[test]
    fn recipients_and_their_product_with_the_size_are_bounded() {
        let to = ["anna@bravo.example", "luca@bravo.example", "a@b.example", "c@d.example"];
        let body = format!("{HEAD}\r\nciao\r\n");
        assert_eq!(checked(&body, &to), Err(FormalError::TooManyRecipients { found: 4, limit: 3 }));
        let large = format!("{HEAD}\r\n{}", "ciao ciao\r\n".repeat(200));
        assert_eq!(checked(&large, &to[..1]), Ok(()));
        assert!(matches!(checked(&large, &to[..2]), Err(FormalError::TooLarge { limit: 3000, .. })));
    }
}
