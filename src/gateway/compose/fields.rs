//! The header fields of a message as they stand, to be handed on octet by octet.

use memchr::memchr;

/// A header field in a message.
#[derive(Clone, Debug)]
pub(super) struct Field<'a> {
    /// The name as written; empty for a line that is no header field.
    pub(super) name: &'a str,
    /// The whole field, final line end included.
    pub(super) raw: &'a [u8],
    /// What follows the colon.
    pub(super) value: &'a [u8],
}

impl<'a> Field<'a> {
    fn of(raw: &'a [u8]) -> Self {
        let colon = memchr(b':', raw);
        let name = colon.and_then(|colon| std::str::from_utf8(&raw[..colon]).ok()).map_or("", str::trim_ascii_end);
        let named = name.bytes().all(|octet| octet.is_ascii_graphic());
        Self { name: if named { name } else { "" }, raw, value: colon.map_or(&[], |colon| &raw[colon + 1..]) }
    }

    pub(super) fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// The value without folding and without blanks around it.
    pub(super) fn unfolded(&self) -> Vec<u8> {
        let value: Vec<u8> = self.value.iter().copied().filter(|octet| !matches!(octet, b'\r' | b'\n')).collect();
        value.trim_ascii().to_vec()
    }
}

/// The header section of a message or part. Fields are read each time they are asked for: mail may hold millions.
#[derive(Clone, Copy, Debug)]
pub(super) struct Section<'a> {
    header: &'a [u8],
    /// The first octet of the body.
    pub(super) body: usize,
}

impl<'a> Section<'a> {
    /// Reads where the header section of `entity` ends: at the first empty line.
    pub(super) fn read(entity: &'a [u8]) -> Self {
        let mut at = 0;
        while at < entity.len() {
            let end = line_end(entity, at);
            if matches!(&entity[at..end], b"\r\n" | b"\n") {
                return Self { header: &entity[..at], body: end };
            }
            at = end;
        }
        Self { header: entity, body: entity.len() }
    }

    /// The end of the last field: the empty line, where there is one, lies between here and the body.
    pub(super) fn end(&self) -> usize {
        self.header.len()
    }

    /// The fields in order. A line without a colon is a field without a name.
    pub(super) fn fields(&self) -> impl Iterator<Item = Field<'a>> + use<'a> {
        let mut rest = self.header;
        std::iter::from_fn(move || {
            let (field, after) = rest.split_at(folded_end(rest, line_end(rest, 0)));
            rest = after;
            (!field.is_empty()).then(|| Field::of(field))
        })
    }

    /// The first field of this name.
    pub(super) fn first(&self, name: &str) -> Option<Field<'a>> {
        self.fields().find(|field| field.is(name))
    }
}

/// Past the lines that continue a field: those which begin with a blank.
fn folded_end(entity: &[u8], mut end: usize) -> usize {
    while matches!(entity.get(end), Some(b' ' | b'\t')) {
        end = line_end(entity, end);
    }
    end
}

/// Past the line end of the line at `from`.
pub(super) fn line_end(octets: &[u8], from: usize) -> usize {
    memchr(b'\n', &octets[from..]).map_or(octets.len(), |feed| from + feed + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_cut_where_they_stand() {
        let message = b"To: a@x.example,\r\n b@x.example\r\nnonsense\r\nSubject :\tciao \r\n\r\nbody";
        let section = Section::read(message);
        let names: Vec<&str> = section.fields().map(|field| field.name).collect();
        assert_eq!(names, ["To", "", "Subject"]);
        assert_eq!(section.first("to").unwrap().unfolded(), b"a@x.example, b@x.example");
        assert_eq!(section.first("Subject").unwrap().unfolded(), b"ciao");
        assert_eq!(section.fields().map(|field| field.raw).collect::<Vec<_>>().concat(), message[..section.end()]);
        assert_eq!(&message[section.body..], b"body");
    }

    #[test]
    fn a_header_without_a_body_and_a_body_without_a_header_are_both_read() {
        assert_eq!(Section::read(b"To: x").body, 5);
        assert_eq!(Section::read(b"\r\nbody").fields().count(), 0);
        assert_eq!(Section::read(b"\nbody").body, 1);
        assert_eq!(Section::read(b"").body, 0);
    }
}
