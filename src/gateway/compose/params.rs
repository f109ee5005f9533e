//! Parameters of Content-Type and Content-Disposition as they stand (RFC 2045 5.1, RFC 2183, RFC 2231).

/// More are not read: no sane field has them, and a hostile one may have millions.
const MOST_PARAMS: usize = 256;

/// What a media type or disposition field says, in the octets of the message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Parameterised<'a> {
    /// What comes before the first semicolon, trimmed.
    pub(super) value: &'a [u8],
    /// Parameters in order.
    pub(super) params: Vec<Param<'a>>,
}

/// A parameter, neither decoded nor unfolded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Param<'a> {
    /// The name, with what RFC 2231 adds to it (`name*`, `name*0`, `name*1*`).
    pub(super) name: &'a [u8],
    /// The value, quotes included, blanks around it not.
    pub(super) value: &'a [u8],
}

impl<'a> Parameterised<'a> {
    /// Reads a field's value. Whatever a semicolon outside quotes separates is a parameter, as mail in the wild has it:
    /// names with blanks or parentheses and no quotes are kept whole.
    pub(super) fn read(field: &'a [u8]) -> Self {
        let mut pieces = Pieces(Some(field));
        let value = pieces.next().unwrap_or_default().trim_ascii();
        let params = pieces.filter_map(|piece| {
            let equals = piece.iter().position(|&octet| octet == b'=')?;
            Some(Param { name: piece[..equals].trim_ascii(), value: piece[equals + 1..].trim_ascii() })
        });
        Self { value, params: params.take(MOST_PARAMS).collect() }
    }

    pub(super) fn is(&self, value: &str) -> bool {
        self.value.eq_ignore_ascii_case(value.as_bytes())
    }

    /// The value of a plain parameter, quotes and escapes taken off.
    pub(super) fn plain(&self, name: &str) -> Option<Vec<u8>> {
        let param = self.params.iter().find(|param| param.name.eq_ignore_ascii_case(name.as_bytes()))?;
        Some(param.unquoted())
    }

    /// The parameters that together spell `name`: plain, extended, continued.
    pub(super) fn spelling(&self, name: &str) -> Vec<&Param<'a>> {
        self.params.iter().filter(|param| param.base().eq_ignore_ascii_case(name.as_bytes())).collect()
    }
}

impl<'a> Param<'a> {
    /// The name without what RFC 2231 adds.
    fn base(&self) -> &'a [u8] {
        self.name.split(|&octet| octet == b'*').next().unwrap_or_default()
    }

    /// The number of a continuation; `None` for a value that stands alone.
    pub(super) fn section(&self) -> Option<u32> {
        let digits = self.name.split(|&octet| octet == b'*').nth(1)?;
        std::str::from_utf8(digits).ok()?.parse().ok()
    }

    fn unquoted(&self) -> Vec<u8> {
        let Some(inside) = self.value.strip_prefix(b"\"") else {
            return self.value.split(u8::is_ascii_whitespace).next().unwrap_or_default().to_vec();
        };
        let mut octets = inside.iter();
        let mut text = Vec::with_capacity(inside.len());
        while let Some(&octet) = octets.next() {
            match octet {
                b'"' => break,
                b'\\' => text.extend(octets.next()),
                b'\r' | b'\n' => {}
                _ => text.push(octet),
            }
        }
        text
    }
}

/// A field's value cut at the semicolons that are not inside quotes.
struct Pieces<'a>(Option<&'a [u8]>);

impl<'a> Iterator for Pieces<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let rest = self.0?;
        let (mut quoted, mut escaped) = (false, false);
        for (at, &octet) in rest.iter().enumerate() {
            match octet {
                _ if escaped => escaped = false,
                b'\\' if quoted => escaped = true,
                b'"' => quoted = !quoted,
                b';' if !quoted => {
                    self.0 = Some(&rest[at + 1..]);
                    return Some(&rest[..at]);
                }
                _ => {}
            }
        }
        self.0 = None;
        Some(rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_stand_as_written() {
        let read =
            Parameterised::read(b" Multipart/Mixed;\r\n\tboundary=\"a;\\\"b\" ; name=il mio (1).pdf; x; name*1*=y");
        assert!(read.is("multipart/mixed"));
        assert_eq!(read.plain("BOUNDARY").unwrap(), b"a;\"b");
        let names: Vec<_> = read.spelling("name").iter().map(|param| (param.value, param.section())).collect();
        assert_eq!(names, [(&b"il mio (1).pdf"[..], None), (&b"y"[..], Some(1))]);
    }

    #[test]
    fn broken_parameters_are_read_as_far_as_they_go() {
        let read = Parameterised::read(b"text/plain; name=\"open; boundary=x");
        assert_eq!(read.spelling("name")[0].value, b"\"open; boundary=x");
        assert_eq!(Parameterised::read(b"").value, b"");
        assert_eq!(Parameterised::read(b"a; boundary=b (comment)").plain("boundary").unwrap(), b"b");
    }
}
