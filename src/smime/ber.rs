//! Reading the outer shape of BER: elements one by one, and indefinite lengths made definite.
//!
//! The `der` crate parses BER but forgets that a string was constructed, and one broken certificate spoils a whole
//! structure for it. So the shape is walked here, and only its leaves are handed over.

use std::{borrow::Cow, fmt};

/// How deep elements may nest; a signature with its certificates takes about fifteen levels.
const MAX_DEPTH: usize = 40;

/// How many elements are looked at; a streamed directory of 60 MB has some 60 000.
const MAX_ELEMENTS: usize = 1_000_000;

const OCTET_STRING: u8 = 0x04;
const CONSTRUCTED: u8 = 0x20;
const HIGH_TAG_NUMBER: u8 = 0x1f;
const END_OF_CONTENTS: [u8; 2] = [0, 0];

/// Why a structure was not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unread {
    /// It is broken, and how.
    Broken(String),
    /// It is more than is read: `a structure of more than 1000000 elements`.
    Beyond(String),
}

impl From<String> for Unread {
    fn from(problem: String) -> Self {
        Unread::Broken(problem)
    }
}

impl From<&str> for Unread {
    fn from(problem: &str) -> Self {
        Unread::Broken(problem.to_owned())
    }
}

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Unread::Broken(problem) | Unread::Beyond(problem)) = self;
        f.write_str(problem)
    }
}

/// An element of definite length.
#[derive(Clone, Copy, Debug)]
pub struct Element<'a> {
    /// The first byte of the tag.
    pub tag: u8,
    /// What is inside.
    pub value: &'a [u8],
    /// Tag, length and value.
    pub whole: &'a [u8],
}

/// An element with every length below it definite and every octet string in one piece.
#[derive(Debug, PartialEq, Eq)]
pub struct Definite<'a> {
    /// The bytes, rewritten where they had to be; what needed no rewriting is as it was, longer lengths included.
    pub bytes: Cow<'a, [u8]>,
    /// Whether any length was indefinite.
    pub indefinite: bool,
}

impl<'a> Element<'a> {
    /// The element at the start of `bytes`, which must have a definite length, and what follows it.
    pub fn read(bytes: &'a [u8]) -> Result<(Self, &'a [u8]), String> {
        let header = Header::read(bytes)?;
        let length = header.length.ok_or("an indefinite length within a part that is copied as it is")?;
        let end = header.size.checked_add(length).filter(|end| *end <= bytes.len()).ok_or("an element is cut off")?;
        Ok((Self { tag: header.tag, value: &bytes[header.size..end], whole: &bytes[..end] }, &bytes[end..]))
    }

    /// It again with every length as short as it can be, as DER wants it.
    pub fn to_der(self) -> Result<Cow<'a, [u8]>, String> {
        let header = Header::read(self.whole)?;
        let value = if self.tag & CONSTRUCTED == 0 {
            Cow::Borrowed(self.value)
        } else {
            let children = self.children()?.into_iter().map(Element::to_der).collect::<Result<Vec<_>, _>>()?;
            let is_der = children.iter().all(|child| matches!(child, Cow::Borrowed(_)));
            if is_der { Cow::Borrowed(self.value) } else { Cow::Owned(children.concat()) }
        };
        Ok(match value {
            Cow::Borrowed(_) if header.is_shortest() => Cow::Borrowed(self.whole),
            value => Cow::Owned(definite(&self.whole[..header.tag_size], &value)),
        })
    }

    /// The elements inside.
    pub fn children(&self) -> Result<Vec<Self>, String> {
        let mut children = Vec::new();
        let mut rest = self.value;
        while !rest.is_empty() {
            let (child, after) = Self::read(rest)?;
            children.push(child);
            rest = after;
        }
        Ok(children)
    }
}

impl<'a> Definite<'a> {
    /// The first element of `bytes`; what follows it is ignored, as every reader of mail does.
    pub fn read(bytes: &'a [u8]) -> Result<Self, Unread> {
        let mut rewriter = Rewriter { indefinite: false, elements: 0 };
        let (bytes, _) = rewriter.element(bytes, 0)?;
        Ok(Self { bytes, indefinite: rewriter.indefinite })
    }
}

/// Where the first element ends, if nothing in it has to be rewritten. What is wrong with it is told by rewriting.
fn plain(bytes: &[u8], depth: usize, elements: &mut usize) -> Option<usize> {
    *elements += 1;
    if depth > MAX_DEPTH || *elements > MAX_ELEMENTS {
        return None;
    }
    let header = Header::read(bytes).ok()?;
    let end = header.size.checked_add(header.length?).filter(|end| *end <= bytes.len())?;
    if header.tag & CONSTRUCTED == 0 {
        return Some(end);
    }
    if header.tag == OCTET_STRING | CONSTRUCTED {
        return None;
    }
    let mut at = header.size;
    while at < end {
        at += plain(&bytes[at..end], depth + 1, elements)?;
    }
    Some(end)
}

/// What an element holds, each of definite length: as it was where it was so.
type Children<'a> = Vec<Cow<'a, [u8]>>;

struct Rewriter {
    indefinite: bool,
    /// How many were met.
    elements: usize,
}

impl Rewriter {
    /// The first element, and what follows it: as it stands where nothing in it is to be rewritten.
    fn element<'a>(&mut self, bytes: &'a [u8], depth: usize) -> Result<(Cow<'a, [u8]>, &'a [u8]), Unread> {
        let mut elements = self.elements;
        if let Some(end) = plain(bytes, depth, &mut elements) {
            self.elements = elements;
            return Ok((bytes[..end].into(), &bytes[end..]));
        }
        if depth > MAX_DEPTH {
            return Err(Unread::Beyond(format!("a structure nested deeper than {MAX_DEPTH}")));
        }
        self.elements += 1;
        if self.elements > MAX_ELEMENTS {
            return Err(Unread::Beyond(format!("a structure of more than {MAX_ELEMENTS} elements")));
        }
        let header = Header::read(bytes)?;
        let (children, rest) = match header.length {
            Some(_) => {
                let (element, rest) = Element::read(bytes)?;
                (self.definite_children(element.value, depth)?, rest)
            }
            None => self.indefinite_children(&bytes[header.size..], depth)?,
        };
        let rewritten = match header.tag {
            tag if tag == OCTET_STRING | CONSTRUCTED => definite(&[OCTET_STRING], &join(&children)?),
            _ => definite(&bytes[..header.tag_size], &children.concat()),
        };
        Ok((rewritten.into(), rest))
    }

    fn definite_children<'a>(&mut self, mut value: &'a [u8], depth: usize) -> Result<Children<'a>, Unread> {
        let mut children = Vec::new();
        while !value.is_empty() {
            let (child, rest) = self.element(value, depth + 1)?;
            children.push(child);
            value = rest;
        }
        Ok(children)
    }

    fn indefinite_children<'a>(
        &mut self,
        mut value: &'a [u8],
        depth: usize,
    ) -> Result<(Children<'a>, &'a [u8]), Unread> {
        self.indefinite = true;
        let mut children = Vec::new();
        loop {
            if let Some(rest) = value.strip_prefix(&END_OF_CONTENTS) {
                return Ok((children, rest));
            }
            let (child, rest) = self.element(value, depth + 1)?;
            children.push(child);
            value = rest;
        }
    }
}

/// The pieces of a constructed octet string in one.
fn join(pieces: &[Cow<'_, [u8]>]) -> Result<Vec<u8>, String> {
    let mut string = Vec::new();
    for piece in pieces {
        let (piece, _) = Element::read(piece)?;
        if piece.tag != OCTET_STRING {
            return Err("a piece of an octet string is something else".into());
        }
        string.extend_from_slice(piece.value);
    }
    Ok(string)
}

/// An element of definite length, as short as it can be.
pub fn definite(tag: &[u8], value: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(tag.len() + 9 + value.len());
    bytes.extend_from_slice(tag);
    match u8::try_from(value.len()) {
        Ok(short) if short < 0x80 => bytes.push(short),
        _ => {
            let length = value.len().to_be_bytes();
            let significant = &length[length.iter().take_while(|byte| **byte == 0).count()..];
            bytes.push(0x80 | u8::try_from(significant.len()).expect("a length has at most eight bytes"));
            bytes.extend_from_slice(significant);
        }
    }
    bytes.extend_from_slice(value);
    bytes
}

/// Tag and length.
struct Header {
    tag: u8,
    tag_size: usize,
    /// `None` where indefinite.
    length: Option<usize>,
    /// Bytes of tag and length together.
    size: usize,
}

impl Header {
    /// Whether the length takes as few bytes as it can.
    fn is_shortest(&self) -> bool {
        let length = self.length.unwrap_or_default();
        let digits = (usize::BITS - length.leading_zeros()).div_ceil(8) as usize;
        self.size - self.tag_size == if length < 0x80 { 1 } else { 1 + digits }
    }

    fn read(bytes: &[u8]) -> Result<Self, String> {
        let cut_off = || "an element is cut off".to_owned();
        let tag = *bytes.first().ok_or_else(cut_off)?;
        let tag_size = match tag & HIGH_TAG_NUMBER {
            HIGH_TAG_NUMBER => 2 + bytes[1..].iter().take_while(|byte| **byte & 0x80 != 0).count(),
            _ => 1,
        };
        let first = *bytes.get(tag_size).ok_or_else(cut_off)?;
        let (length, length_size) = match first {
            0x80 if tag & CONSTRUCTED != 0 => (None, 1),
            0x80 => return Err("an indefinite length on a primitive element".into()),
            short if short < 0x80 => (Some(usize::from(short)), 1),
            long => {
                let size = usize::from(long & 0x7f);
                let digits = bytes.get(tag_size + 1..tag_size + 1 + size).ok_or_else(cut_off)?;
                if size > size_of::<u32>() {
                    return Err("a length beyond 4 GiB".into());
                }
                (Some(digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit))), 1 + size)
            }
        };
        Ok(Self { tag, tag_size, length, size: tag_size + length_size })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rewritten(bytes: &[u8]) -> Vec<u8> {
        Definite::read(bytes).unwrap().bytes.into_owned()
    }

    #[test]
    fn indefinite_lengths_become_definite_and_strings_one_piece() {
        let streamed = [0x30, 0x80, 0x24, 0x80, 0x04, 1, b'a', 0x24, 4, 0x04, 2, b'b', b'c', 0, 0, 0x02, 1, 5, 0, 0, 9];
        let definite = Definite::read(&streamed).unwrap();
        assert!(definite.indefinite);
        assert_eq!(*definite.bytes, [0x30, 8, 0x04, 3, b'a', b'b', b'c', 0x02, 1, 5]);
    }

    #[test]
    fn what_is_definite_is_copied_as_it_is() {
        let long_length = [0x30, 0x81, 3, 0x02, 1, 5];
        assert_eq!(
            Definite::read(&long_length).unwrap(),
            Definite { bytes: (&long_length[..]).into(), indefinite: false }
        );
        let inside_streamed = [&[0xa0, 0x80][..], &long_length, &[0, 0]].concat();
        assert_eq!(rewritten(&inside_streamed), [&[0xa0, 6][..], &long_length].concat());
    }

    #[test]
    fn a_long_value_gets_a_long_length() {
        let value = vec![0x04, 0x81, 200].into_iter().chain([7; 200]).collect::<Vec<u8>>();
        let streamed = [&[0x30, 0x80][..], &value, &[0, 0]].concat();
        assert_eq!(rewritten(&streamed), [&[0x30, 0x81, 203][..], &value].concat());
    }

    #[test]
    fn broken_and_bottomless_input_is_refused() {
        assert!(Definite::read(&[]).is_err());
        assert!(Definite::read(&[0x30, 5, 2, 1]).is_err());
        assert!(Definite::read(&[0x30, 0x80, 2, 1, 1]).is_err());
        assert!(Definite::read(&[0x04, 0x80, 0, 0]).is_err());
        assert!(Definite::read(&[0x30, 0x88, 255, 255, 255, 255, 255, 255, 255, 255]).is_err());
        assert!(Definite::read(&[0x30, 0x80].repeat(100_000)).is_err());
        let crowd = [&[0x30, 0x80][..], &[0x05, 0].repeat(MAX_ELEMENTS)].concat();
        assert!(matches!(Definite::read(&crowd), Err(Unread::Beyond(_))));
    }
}
