//! Gzip: one thing, unpacked as it is read, whatever it is.

use std::io::Read;

use super::{
    Limits, Stream, Why,
    file::{self, Place},
};
use crate::bounded::{Expansion, Unpacked};

/// What is in a gzip file. It may lie in another: that its reader is boxed keeps the types from growing with them.
pub(super) fn inside(place: Place, packed: Box<dyn Read + Send>, limits: &Limits) -> Stream {
    if place.zips > 1 {
        return place.left_out(Why::ZipTooDeep);
    }
    let bound = Expansion { at_least: limits.unpacked, ratio: limits.ratio };
    let place = Place { zips: place.zips + 1, ..place };
    file::flowing(place, Unpacked::new(packed, bound), limits)
}

#[cfg(test)]
mod tests {
    use std::{fs, io::Write as _, path::Path};

    use flate2::{Compression, write::GzEncoder};

    use crate::archive::{Content, Limits, open};

    fn packed(bytes: &[u8]) -> Vec<u8> {
        let mut packed = GzEncoder::new(Vec::new(), Compression::best());
        packed.write_all(bytes).unwrap();
        packed.finish().unwrap()
    }

    /// What comes of a file with this name and content.
    fn opened(name: &str, bytes: &[u8]) -> Vec<String> {
        opened_within(name, bytes, &Limits::default())
    }

    fn opened_within(name: &str, bytes: &[u8], limits: &Limits) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        let name = path.to_string_lossy().into_owned();
        let told = open(&[path], Path::new(""), limits).map(|found| match found {
            Ok(item) => match item.content {
                Content::Message(bytes) => format!("{}: {} octets", item.name, bytes.len()),
                other => format!("{}: {other:?}", item.name),
            },
            Err(left_out) => format!("{}: {}", left_out.name, left_out.why),
        });
        told.map(|told| told.replace(&name, "it")).collect()
    }

    const MAIL: &[u8] = b"Subject: x\r\n\r\nx\r\n";

    #[test]
    fn what_it_holds_is_told_by_its_content() {
        let whole = format!("it: {} octets", MAIL.len());
        assert_eq!(opened("x.eml.gz", &packed(MAIL)), [&*whole]);
        assert_eq!(opened("x", &packed(&packed(MAIL))), [&*whole]);
        let mailbox = [&b"From a@b Tue Jan 14 09:41:40 2025\n"[..], b"Subject: x\n\nx\n\n"].concat().repeat(2);
        assert_eq!(opened("x.mbox.gz", &packed(&mailbox)).len(), 2);
        let ldif = opened("x.ldif.gz", &packed(b"dn: o=postacert\r\n"));
        assert!(ldif[0].contains("Directory"), "{ldif:?}");
    }

    #[test]
    fn what_it_should_not_hold_is_told() {
        for (name, bytes, why) in [
            ("x.eml.gz", packed(&packed(&packed(MAIL))), "a zip in a zip in a zip"),
            ("x.eml.gz", packed(b"%PDF-1.7"), "not a mail message, but a PDF document"),
            ("x.tgz", packed(&[&b"mail/1.eml"[..], &[0; 247], b"ustar\x0000", &[0; 255]].concat()), "a tar archive"),
            ("x.gz", packed(b""), "empty"),
            ("x.eml.gz", packed(MAIL)[..20].to_vec(), "cannot be read: it does not unpack"),
            ("x.eml.gz", b"\x1f\x8bnonsense".to_vec(), "cannot be read: it does not unpack"),
        ] {
            let told = opened(name, &bytes);
            assert!(told.len() == 1 && told[0].contains(why), "{told:?}");
        }
    }

    #[test]
    fn a_bomb_is_refused_and_a_large_message_is_not() {
        let limits = Limits { unpacked: 1 << 20, ..Limits::default() };
        let message = |octets| packed(&[MAIL, &vec![b'x'; octets]].concat());
        let bomb = opened_within("x.eml.gz", &message(2 << 20), &limits);
        assert_eq!(bomb, ["it: cannot be read: it unpacks to more than 100 times its size beyond 1 MiB"]);
        let large = opened_within("x.eml.gz", &message(1 << 20), &limits);
        assert_eq!(large, [format!("it: {} octets", MAIL.len() + (1 << 20))]);
    }
}
