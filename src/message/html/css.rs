//! The little of CSS that mail needs: the declarations of a `style` attribute, and whether they hide the text.

use std::rc::Rc;

/// More declarations of one attribute are not looked at.
const MAX_DECLARATIONS: usize = 1000;

/// The declarations of a style: properties in lower case, values in lower case with comments and escapes resolved.
pub fn declarations(style: &str) -> Vec<(String, String)> {
    let plain = resolved(style);
    let mut declarations = Vec::new();
    for declaration in split(&plain, ';').into_iter().take(MAX_DECLARATIONS) {
        if let Some((property, value)) = declaration.split_once(':') {
            let value = value.trim().trim_end_matches("!important").trim_end();
            declarations.push((property.trim().to_owned(), value.to_owned()));
        }
    }
    declarations
}

/// CSS in lower case, without comments and with its escapes resolved (CSS Syntax 4.3.7): how a filter must read it.
pub fn resolved(css: &str) -> String {
    let mut plain = String::with_capacity(css.len());
    let mut rest = css;
    while let Some(at) = rest.find(['\\', '/']) {
        plain.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(comment) = rest.strip_prefix("/*") {
            rest = comment.find("*/").map_or("", |end| &comment[end + 2..]);
        } else if let Some(escape) = rest.strip_prefix('\\') {
            let digits = escape.bytes().take(6).take_while(u8::is_ascii_hexdigit).count();
            if digits == 0 {
                let mut signs = escape.chars();
                plain.extend(signs.next().filter(|&sign| sign != '\n'));
                rest = signs.as_str();
            } else {
                let value = u32::from_str_radix(&escape[..digits], 16).ok();
                plain.push(value.and_then(char::from_u32).filter(|&sign| sign != '\0').unwrap_or('\u{fffd}'));
                rest = &escape[digits..];
                rest = rest.strip_prefix([' ', '\t', '\n']).unwrap_or(rest);
            }
        } else {
            plain.push('/');
            rest = &rest[1..];
        }
    }
    plain.push_str(rest);
    plain.make_ascii_lowercase();
    plain
}

/// Cut at a sign outside of quotes and parentheses.
fn split(text: &str, sign: char) -> Vec<&str> {
    let (mut pieces, mut start) = (Vec::new(), 0);
    let (mut quote, mut depth) = (None, 0_usize);
    for (at, found) in text.char_indices() {
        match (found, quote) {
            (_, Some(open)) if found == open => quote = None,
            (_, Some(_)) => {}
            ('"' | '\'', None) => quote = Some(found),
            ('(', None) => depth += 1,
            (')', None) => depth = depth.saturating_sub(1),
            _ if found == sign && depth == 0 => {
                pieces.push(&text[start..at]);
                start = at + found.len_utf8();
            }
            _ => {}
        }
    }
    pieces.push(&text[start..]);
    pieces
}

/// As far as a style decides whether text can be seen; what is not said is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Style {
    /// No element inside shows again.
    gone: bool,
    invisible: Option<bool>,
    tiny: Option<bool>,
    color: Option<Rc<str>>,
    background: Option<Rc<str>>,
    apart: bool,
}

impl Style {
    /// Black on white.
    pub fn of_page() -> Self {
        Self { color: Some("#000000".into()), background: Some("#ffffff".into()), ..Self::default() }
    }

    /// By the attributes of an element.
    pub fn of<'a>(attribute: impl Fn(&str) -> Option<&'a str>) -> Self {
        let mut style = Self {
            gone: attribute("hidden").is_some(),
            color: attribute("color").or_else(|| attribute("text")).map(color),
            // An image may lie on the colour.
            background: attribute("background").map(|_| "an image".into()).or_else(|| attribute("bgcolor").map(color)),
            ..Self::default()
        };
        for (property, value) in attribute("style").map(declarations).unwrap_or_default() {
            style.declare(&property, &value);
        }
        style
    }

    fn declare(&mut self, property: &str, value: &str) {
        match property {
            "display" => {
                self.gone = value == "none";
                self.apart = !matches!(value, "none" | "inline" | "contents" | "inherit" | "initial");
            }
            "visibility" => self.invisible = Some(matches!(value, "hidden" | "collapse")),
            "opacity" => self.gone |= is_zero(value),
            "font-size" => self.tiny = Some(is_zero(value)),
            "font" => {
                let size = value.split([' ', '/']).find(|word| word.starts_with(|sign: char| sign.is_ascii_digit()));
                self.tiny = size.map(is_zero).or(self.tiny);
            }
            "color" => self.color = Some(color(value)),
            "background-color" => self.background = Some(color(value)),
            "background" => {
                // An image may lie on it.
                let named = if value.contains("url(") { "an image" } else { split(value, ' ')[0] };
                self.background = Some(color(named));
            }
            _ => {}
        }
    }

    /// This style with what an element inside declares.
    pub fn over(&self, inner: &Self) -> Self {
        let color = inner.color.clone().filter(|color| !matches!(&**color, "inherit" | "currentcolor"));
        let background =
            inner.background.clone().filter(|color| !matches!(&**color, "inherit" | "transparent" | "none"));
        Self {
            gone: self.gone || inner.gone,
            invisible: inner.invisible.or(self.invisible),
            tiny: inner.tiny.or(self.tiny),
            color: color.or_else(|| self.color.clone()),
            background: background.or_else(|| self.background.clone()),
            apart: inner.apart,
        }
    }

    /// Whether a reader sees nothing of a text in it.
    pub fn hides(&self) -> bool {
        self.gone || self.invisible == Some(true) || self.tiny == Some(true) || self.color == self.background
    }

    /// Whether it puts an element on lines of its own.
    pub fn stands_apart(&self) -> bool {
        self.apart
    }
}

/// Whether a length or number is nought, whatever its unit.
fn is_zero(value: &str) -> bool {
    let number = value.trim_end_matches(|sign: char| sign.is_ascii_alphabetic() || sign == '%');
    number.parse::<f32>().is_ok_and(|number| number.abs() < f32::EPSILON)
}

/// A colour in one spelling as far as that is simple: `#rrggbb`, else as written.
fn color(written: &str) -> Rc<str> {
    let written = written.trim().to_ascii_lowercase();
    let short = written.strip_prefix('#').filter(|digits| digits.len() == 3 && digits.is_ascii());
    if let Some(digits) = short {
        let doubled: String = digits.chars().flat_map(|digit| [digit, digit]).collect();
        return format!("#{doubled}").into();
    }
    if let Some(inside) = written.strip_prefix("rgb(").and_then(|rest| rest.strip_suffix(')')) {
        let parts: Option<Vec<u8>> =
            inside.split([',', ' ']).filter(|part| !part.is_empty()).map(|part| part.parse().ok()).collect();
        if let Some([red, green, blue]) = parts.as_deref() {
            return format!("#{red:02x}{green:02x}{blue:02x}").into();
        }
    }
    match &*written {
        "white" | "ffffff" => "#ffffff".into(),
        "black" | "000000" => "#000000".into(),
        _ => written.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_and_comments_are_resolved() {
        assert_eq!(resolved(r"F\6fnt-f/**/amily: \41 rial \/ a/b"), "font-family: arial / a/b");
        assert_eq!(resolved(r"u\72l(x\"), "url(x");
        assert_eq!(resolved(r"\000075\000072\00006C(/* "), "url(");
        assert_eq!(resolved("\\0 \\ffffff \\"), "\u{fffd}\u{fffd}");
    }

    #[test]
    fn declarations_are_cut_outside_of_quotes_and_parentheses() {
        let found = declarations("Color : RED; background:url(a;b) ; x:'a;b' !important; nonsense");
        let expected = [("color", "red"), ("background", "url(a;b)"), ("x", "'a;b'")];
        assert_eq!(found, expected.map(|(property, value)| (property.to_owned(), value.to_owned())));
    }

    #[test]
    fn a_colour_is_compared_in_one_spelling() {
        for white in ["white", "#FFF", "#ffffff", "rgb(255, 255,255)", " White "] {
            assert_eq!(&*color(white), "#ffffff", "{white}");
        }
        assert_eq!(&*color("#12"), "#12");
    }
}
