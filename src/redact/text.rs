//! Words: which of them stay, and what stands in the place of the others.

use std::{borrow::Cow, sync::LazyLock};

use regex::{Captures, Regex};

use super::Redactor;

mod vocabulary {
    include!(concat!(env!("OUT_DIR"), "/vocabulary.rs"));
}

/// Names of people that are among the words: users of the suite.
const NAMES: [&str; 7] = ["anna", "bruno", "carla", "dario", "giulia", "luca", "mario"];
/// Digits of a number at most: a longer one may be a telephone's.
const DIGITS: usize = 6;
/// The domains of the roles, by which scenarios call their mailboxes.
const ROLES: [&str; 4] = ["sender", "receiver", "second-receiver", "posta"];

/// What looks like an address; identifiers of messages do too.
static ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?:[^\s<>()\[\]:;,"'@\\`]+|"[^"\r\n]*")@[\p{L}\p{N}](?:[\p{L}\p{N}._-]*[\p{L}\p{N}])?"#)
        .expect("it is well-formed")
});
/// An instant or a day.
static INSTANT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?$").expect("it is well-formed")
});

impl Redactor {
    /// Text that the program wrote, with whatever it quotes.
    pub(super) fn text(&self, text: &str) -> String {
        self.words(text, is_ours)
    }

    /// The same, some values in it being known, each with what stands in its place: whole, also where its words are our own.
    pub(super) fn text_around(&self, text: &str, known: &Known) -> String {
        let found = known.0.iter().filter_map(|(value, told)| Some((text.find(value.as_str())?, value, told)));
        // The first, and of those the longest: a path before the folder that it begins with.
        match found.min_by_key(|(at, value, _)| (*at, std::cmp::Reverse(value.len()))) {
            None => self.text(text),
            Some((at, value, told)) => {
                self.text(&text[..at]) + told + &self.text_around(&text[at + value.len()..], known)
            }
        }
    }

    /// The same, some more words being ours.
    pub(super) fn text_with(&self, text: &str, ours: &[&str]) -> String {
        let is_one = |chunk: &str| words(chunk).all(|word| is_safe(word) || ours.contains(&word));
        self.words(text, |chunk| is_ours(chunk) || is_one(chunk))
    }

    /// Addresses by their pseudonyms; what is left goes wherever `stays` does not know it, as one for words that follow each
    /// other.
    fn words(&self, text: &str, stays: impl Fn(&str) -> bool) -> String {
        let mut told = String::with_capacity(text.len());
        let mut at = 0;
        for found in ADDRESS.find_iter(text) {
            self.plain(&text[at..found.start()], &stays, &mut told);
            told += &self.address(found.as_str());
            at = found.end();
        }
        self.plain(&text[at..], &stays, &mut told);
        told
    }

    /// Text without addresses.
    fn plain(&self, text: &str, stays: &impl Fn(&str) -> bool, told: &mut String) {
        let mut gone: Option<&str> = None;
        let start = |part: &str| part.as_ptr() as usize - text.as_ptr() as usize;
        let flush = |gone: &mut Option<&str>, told: &mut String| {
            if let Some(gone) = gone.take() {
                told.push_str(&self.pseudonyms.of_value("text", gone));
            }
        };
        let mut end = 0;
        for chunk in text.split(char::is_whitespace).filter(|chunk| !chunk.is_empty()) {
            let blank = &text[end..start(chunk)];
            end = start(chunk) + chunk.len();
            let core = chunk.trim_matches(|c: char| !c.is_alphanumeric());
            if stays(chunk) || core.is_empty() {
                flush(&mut gone, told);
                told.push_str(blank);
                told.push_str(chunk);
                continue;
            }
            let (before, after) = (&chunk[..start(core) - start(chunk)], &text[start(core) + core.len()..end]);
            // What follows without a mark between the two is one.
            gone = match gone {
                Some(first) if before.is_empty() && text[start(first) + first.len()..start(core)].trim().is_empty() => {
                    Some(&text[start(first)..start(core) + core.len()])
                }
                _ => {
                    flush(&mut gone, told);
                    told.push_str(blank);
                    told.push_str(before);
                    Some(core)
                }
            };
            if !after.is_empty() {
                flush(&mut gone, told);
                told.push_str(after);
            }
        }
        flush(&mut gone, told);
        told.push_str(&text[end..]);
    }

    /// A whole value of a kind, none of whose words stays.
    pub(super) fn whole(&self, kind: &str, value: &str) -> String {
        if value.is_empty() { String::new() } else { self.pseudonyms.of_value(kind, value.trim()) }
    }

    /// Somebody, as a header has it: addresses by their pseudonyms, and a name by another.
    pub(super) fn person(&self, text: &str) -> String {
        let addresses: Vec<String> = ADDRESS.find_iter(text).map(|found| self.address(found.as_str())).collect();
        let rest = ADDRESS.replace_all(text, |_: &Captures<'_>| Cow::Borrowed(""));
        let name = rest.trim_matches(|c: char| !c.is_alphanumeric());
        let name = (!name.is_empty()).then(|| self.pseudonyms.of_value("name", name));
        name.into_iter().chain(addresses).collect::<Vec<_>>().join(" ")
    }

    /// An address, or an identifier of a message: the same in either letter case. Its domain stays where it is a provider's,
    /// and all of it where nobody is behind it.
    pub(super) fn address(&self, address: &str) -> String {
        let folded = address.to_lowercase();
        let Some((local, domain)) = folded.rsplit_once('@') else { return self.whole("address", address) };
        let is_of_suite = ROLES.contains(&domain) && words(local).all(|word| is_safe(word) || NAMES.contains(&word));
        if self.service.contains(&folded) || is_of_suite {
            return address.to_owned();
        }
        let domain = if self.domains.contains(domain) {
            domain.to_owned()
        } else {
            format!("{}.invalid", self.pseudonyms.of_value("domain", domain))
        };
        let local = self.pseudonyms.of_value("address", &format!("{local}@{domain}"));
        format!("{local}@{domain}")
    }

    /// The name of something that was given: a path, and what lies inside, such as `old.zip: a.eml: postacert.eml`.
    pub(super) fn path(&self, name: &str) -> String {
        let steps = name.split(": ").map(|step| match step.trim_end_matches('/').rsplit_once('/') {
            Some((folder, file)) => format!("{}/{}", self.whole("folder", folder), self.file(file)),
            None => self.file(step),
        });
        steps.collect::<Vec<_>>().join(": ")
    }

    /// The name of a file or folder; what its end says that it is stays.
    fn file(&self, name: &str) -> String {
        /// What the norm, or this program, calls them.
        const OURS: [&str; 8] = ["", ".", "..", "-", "postacert.eml", "daticert.xml", "smime.p7m", "smime.p7s"];
        const ENDS: [&str; 14] =
            ["eml", "mbox", "zip", "gz", "p7m", "p7s", "xml", "ldif", "pem", "cer", "crt", "der", "msg", "txt"];
        let numbered = name.strip_prefix("message ").is_some_and(|number| number.parse::<u64>().is_ok());
        if OURS.contains(&name) || numbered {
            return name.to_owned();
        }
        let end = name.rsplit_once('.').map(|(_, end)| end.to_lowercase()).filter(|end| ENDS.contains(&&**end));
        let end = end.map(|end| format!(".{end}")).unwrap_or_default();
        format!("{}{end}", self.pseudonyms.of_value("file", name))
    }
}

/// Values that are known to be somebody's, and what stands in their place.
#[derive(Default)]
pub(super) struct Known(Vec<(String, String)>);

impl Known {
    /// Adds one; a short one might be anything.
    pub(super) fn add(&mut self, value: &str, told: String) {
        if value.chars().count() > 3 {
            self.0.push((value.to_owned(), told));
        }
    }
}

/// The runs of letters and digits in a text.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

/// Whether what stands between two blanks is the program's own.
fn is_ours(chunk: &str) -> bool {
    // A percent or an equals sign before digits may spell letters.
    let spells = |c: char| matches!(c, '%' | '=' | '\\');
    let told = chunk.trim_matches(|c: char| !c.is_alphanumeric() && !spells(c));
    INSTANT.is_match(told)
        || (words(chunk).all(is_safe) && !(chunk.contains(spells) && chunk.contains(char::is_numeric)))
}

fn is_safe(word: &str) -> bool {
    if word.bytes().all(|octet| octet.is_ascii_digit()) {
        return word.len() <= DIGITS;
    }
    if word.chars().count() == 1 {
        return true;
    }
    let word = word.to_lowercase();
    !NAMES.contains(&&*word) && vocabulary::WORDS.binary_search(&&*word).is_ok()
}

#[cfg(test)]
mod tests {
    use super::{
        super::{Pseudonyms, Redactor},
        Known,
    };

    fn redactor() -> Redactor {
        Redactor::new(Pseudonyms::of(b"a key of the tests"), ["Ricevute@PEC.Example".to_owned()])
    }

    #[test]
    fn our_words_numbers_and_instants_stay_and_nothing_else_does() {
        let redactor = redactor();
        for ours in [
            "the signature holds, 3 times",
            "no certificate is valid at 2026-03-02T08:30:00Z (expected: 12 octets)",
            "avvenuta-consegna for anna@receiver in mario@sender's mailbox",
            "RFC6109-3.1.4-headers",
            "ricevute@pec.example",
        ] {
            assert_eq!(redactor.text(ours), ours);
        }
        for theirs in [
            "Ricorso",
            "Subject: Ricorso Bianchi",
            "a header that says cm9zc2k=",
            "+39 3471234567",
            "%72%6f%73%73%69",
            "=52=6F=73=73=69",
            "=61=72=69",
            "Mario",
            "RSSMRA80A01H501U",
            "x\u{202e}Bianchi",
        ] {
            let told = redactor.text(theirs);
            assert!(told.contains("text-"), "{told}");
            for word in ["icorso", "ianchi", "cm9z", "347", "%72", "=52", "=61", "ario", "RSSM"] {
                assert!(!told.contains(word), "{theirs} is told as {told}");
            }
        }
    }

    #[test]
    fn the_same_is_called_the_same_and_by_another_key_otherwise() {
        let (redactor, other) = (redactor(), Redactor::new(Pseudonyms::of(b"another key"), []));
        let told = redactor.text("from Mario.Rossi@Studio.example to <mario.rossi@studio.example>");
        let (one, two) = told.trim_end_matches('>').split_once(" to <").unwrap();
        assert_eq!(one.strip_prefix("from "), Some(two));
        assert!(two.starts_with("address-") && two.contains("@domain-") && two.ends_with(".invalid"), "{two}");
        assert_ne!(other.text("mario.rossi@studio.example"), two);
        let of_provider = redactor.text("opec1.abc@pec.example");
        assert!(of_provider.starts_with("address-") && of_provider.ends_with("@pec.example"), "{of_provider}");
        assert_eq!(redactor.person("\"Rossi, Mario\" <m@x.example>").matches("name-").count(), 1);
        assert!(!redactor.person("\"Rossi, Mario\" <m@x.example>").contains("ossi"));
        assert!(!redactor.text("in rossi@posta's mailbox").contains("rossi"));
    }

    #[test]
    fn files_keep_what_they_are_and_not_what_they_are_called() {
        let told = redactor().path("/home/rossi/ricorso bianchi.zip: message.eml: postacert.eml");
        assert!(told.starts_with("folder-") && told.ends_with(": postacert.eml"), "{told}");
        assert!(told.contains(".zip: file-") && !told.contains("message"), "{told}");
        assert_eq!(redactor().path("-"), "-");
        assert!(redactor().path("inbox.mbox: message 12").ends_with(".mbox: message 12"));
    }

    #[test]
    fn a_value_that_is_known_goes_whole_although_its_words_are_ours() {
        let (redactor, mut known) = (redactor(), Known::default());
        known.add("mail/delivery.eml", "file-1".to_owned());
        known.add("mail", "folder-1".to_owned());
        known.add("the message", "subject-1".to_owned());
        let told = redactor.text_around("the message in mail/delivery.eml, mail and Rossi", &known);
        assert!(told.starts_with("subject-1 in file-1, folder-1 and text-"), "{told}");
        assert_eq!(redactor.text_around("nothing found", &known), "nothing found");
    }

    #[test]
    fn words_that_follow_each_other_are_one() {
        let told = redactor().text("Subject: ACCETTAZIONE: Ricorso urgente Bianchi, and another");
        assert_eq!(told.matches("text-").count(), 1, "{told}");
        assert!(told.starts_with("Subject: ACCETTAZIONE: text-") && told.ends_with(", and another"), "{told}");
        assert_eq!(redactor().text("  Rossi   message  ").len(), "  text-123456789abc   message  ".len());
    }
}
