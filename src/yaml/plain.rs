//! What the YAML reader and serde say of a file, in words of somebody who writes one.

/// A message of theirs, said plainly.
pub fn said(message: &str) -> String {
    if let Some(field) = message.strip_prefix("missing field ") {
        return format!("{field} is missing");
    }
    for (theirs, plain) in [("unknown field ", "unknown key "), ("unknown variant ", "unknown word ")] {
        if let Some(rest) = message.strip_prefix(theirs) {
            return format!("{plain}{rest}");
        }
    }
    let types = ["invalid type: ", "invalid value: ", "invalid length "].into_iter();
    let found = types.filter_map(|start| message.strip_prefix(start)).find_map(|rest| rest.rsplit_once(", expected "));
    match found {
        Some((found, wanted)) => format!("{} stands where {} belongs", self::found(found), self::wanted(wanted)),
        None => message.to_owned(),
    }
}

fn found(found: &str) -> String {
    let word = match found.split_once(' ') {
        Some(("string", text)) => return format!("the text {text}"),
        Some(("integer" | "floating", number)) => {
            return format!("the number {}", number.trim_start_matches("point "));
        }
        Some(("boolean", word)) => return word.to_owned(),
        _ => found,
    };
    match word {
        "sequence" => "a list".to_owned(),
        "map" => "a map of keys".to_owned(),
        "unit value" => "nothing".to_owned(),
        "unit variant" => "a word with nothing behind it".to_owned(),
        other => other.to_owned(),
    }
}

fn wanted(wanted: &str) -> String {
    match wanted {
        "a sequence" => "a list, as `[...]`,".to_owned(),
        "a map" => "a map of keys, as `{key: value}`,".to_owned(),
        "a string" => "text".to_owned(),
        "newtype variant" | "struct variant" | "tuple variant" => "one with a `:` and what belongs to it".to_owned(),
        other if other.starts_with("struct ") => "a map of keys, as `{key: value}`,".to_owned(),
        other => other.to_owned(),
    }
}

/// The key that a message says is given twice.
pub fn given_twice(message: &str) -> Option<&str> {
    message.strip_prefix("duplicate field `")?.strip_suffix('`')
}

/// Where a key stands for the second time in the map that begins at `start`: in braces what is as deep as they are, else at
/// the beginning of a line that is indented alike.
pub fn second(source: &str, start: usize, key: &str) -> Option<usize> {
    let map = source.get(start..)?;
    let is_key = |at: usize| map[at..].strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with(':'));
    if map.starts_with('{') {
        let mut depth = 0_usize;
        let mut begins = false;
        let mut places = map.char_indices().filter(|(at, sign)| {
            match sign {
                '{' | '[' => depth += 1,
                '}' | ']' => depth = depth.saturating_sub(1),
                _ => {}
            }
            let here = begins && depth == 1 && is_key(*at);
            begins = matches!(sign, '{' | ',') || begins && sign.is_whitespace();
            here
        });
        return places.nth(1).map(|(at, _)| start + at);
    }
    let indent = start - source[..start].rfind('\n').map_or(0, |end| end + 1);
    let mut line_start = 0;
    let lines = map.split_inclusive('\n').map(|line| {
        let at = line_start;
        line_start += line.len();
        if at == 0 { 0 } else { at + indent.min(line.len()) }
    });
    let mut places = lines.filter(|at| {
        let before = &map[map[..*at].rfind('\n').map_or(0, |end| end + 1)..*at];
        map.is_char_boundary(*at) && before.trim().is_empty() && is_key(*at)
    });
    places.nth(1).map(|at| start + at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_jargon_of_the_reader_is_said_plainly() {
        for (theirs, plain) in [
            ("missing field `title`", "`title` is missing"),
            ("unknown field `titel`, expected `title`", "unknown key `titel`, expected `title`"),
            (
                "invalid type: string \"a\", expected a scenario, with `title`, `clauses` and `steps`,",
                "the text \"a\" stands where a scenario, with `title`, `clauses` and `steps`, belongs",
            ),
            ("invalid type: sequence, expected a map", "a list stands where a map of keys, as `{key: value}`, belongs"),
            (
                "invalid type: unit variant, expected newtype variant",
                "a word with nothing behind it stands where one with a `:` and what belongs to it belongs",
            ),
            ("did not find expected node content", "did not find expected node content"),
        ] {
            assert_eq!(said(theirs), plain);
        }
    }

    #[test]
    fn the_second_of_two_keys_is_found_in_its_own_map() {
        let flow = "x: {to: [{id: 1}], id: 2, a: {id: 3}, id: 4}";
        assert_eq!(second(flow, 3, "id"), flow.rfind("id"));
        let block = "- id: 1\n  deep:\n    id: 2\n  id: 3\n  id: 4\n";
        assert_eq!(second(block, 2, "id"), block.find("id: 3"));
        assert_eq!(second("title: è\ntitle: b\n", 0, "title"), Some(10));
        assert_eq!(second("a: è\n", 0, "b"), None);
    }
}
