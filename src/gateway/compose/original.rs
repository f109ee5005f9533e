//! Giving an original message its PEC msgid (RFC 6109 2.2.1); every other octet stays as submitted.

use super::fields::Section;

/// An original message as it travels in the envelope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Admitted {
    /// Its octets.
    pub bytes: Vec<u8>,
    /// The client's msgid, as the message and everything about it repeat it; `None` where there was none.
    pub msgid: Option<String>,
}

/// Replaces the client's Message-ID by `<identifier>` and keeps it as `X-Riferimento-Message-ID`. Such a field from
/// the client, and any second Message-ID, is dropped: only the access point says what the client's msgid was. `trace`, the
/// access point's own field, goes on top.
pub fn admit(submitted: &[u8], identifier: &str, trace: &str) -> Admitted {
    let section = Section::read(submitted);
    let msgid = section.first("Message-ID").map(|field| printable(&field.unfolded())).filter(|msgid| !msgid.is_empty());
    let identifiers = match &msgid {
        Some(msgid) => format!("Message-ID: <{identifier}>\r\nX-Riferimento-Message-ID: {msgid}\r\n"),
        None => format!("Message-ID: <{identifier}>\r\n"),
    };

    let mut bytes = Vec::with_capacity(trace.len() + submitted.len() + identifiers.len());
    bytes.extend_from_slice(trace.as_bytes());
    let mut place = Some(identifiers);
    if section.first("Message-ID").is_none() {
        bytes.extend(place.take().unwrap_or_default().into_bytes());
    }
    for field in section.fields() {
        if field.is("Message-ID") {
            bytes.extend(place.take().unwrap_or_default().into_bytes());
        } else if !field.is("X-Riferimento-Message-ID") {
            bytes.extend_from_slice(field.raw);
        }
    }
    bytes.extend_from_slice(&submitted[section.end()..]);
    Admitted { bytes, msgid }
}

/// A msgid is opaque (practice: `$`, no dot in the domain), but it travels in headers, which hold ASCII.
fn printable(msgid: &[u8]) -> String {
    msgid.iter().map(|&octet| if (b' '..=b'~').contains(&octet) { char::from(octet) } else { '?' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admitted(submitted: &str) -> (String, Option<String>) {
        let admitted = admit(submitted.as_bytes(), "id1@alfa.example", "");
        (String::from_utf8(admitted.bytes).unwrap(), admitted.msgid)
    }

    #[test]
    fn the_clients_msgid_gives_way_and_is_remembered() {
        let (bytes, msgid) = admitted("From: a\r\nmessage-id:\r\n <x$1@pc>\r\nTo:  b\r\n\tc\r\n\r\nMessage-ID: no\r\n");
        assert_eq!(
            bytes,
            "From: a\r\nMessage-ID: <id1@alfa.example>\r\nX-Riferimento-Message-ID: <x$1@pc>\r\nTo:  b\r\n\tc\r\n\r\nMessage-ID: no\r\n"
        );
        assert_eq!(msgid.as_deref(), Some("<x$1@pc>"));
    }

    #[test]
    fn without_a_msgid_there_is_nothing_to_refer_to() {
        let (bytes, msgid) = admitted("X-Riferimento-Message-ID: <forged@pc>\r\nFrom: a\r\n\r\nciao");
        assert_eq!(bytes, "Message-ID: <id1@alfa.example>\r\nFrom: a\r\n\r\nciao");
        assert_eq!(msgid, None);
    }

    #[test]
    fn there_is_one_message_id_afterwards_whatever_came() {
        let (bytes, msgid) = admitted("Message-ID: <1@pc>\r\nMessage-ID: <2@pc>\r\n\r\n");
        assert_eq!(bytes, "Message-ID: <id1@alfa.example>\r\nX-Riferimento-Message-ID: <1@pc>\r\n\r\n");
        assert_eq!(msgid.as_deref(), Some("<1@pc>"));
    }

    #[test]
    fn what_is_no_message_gets_one_field_and_keeps_its_octets() {
        for odd in [&b""[..], b"\r\nbody", b"\0\xff", b"Message-ID"] {
            let bytes = admit(odd, "i@x.example", "Received: x\r\n").bytes;
            assert_eq!(bytes, [b"Received: x\r\nMessage-ID: <i@x.example>\r\n", odd].concat());
        }
    }
}
