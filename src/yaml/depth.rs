//! How deep a file of YAML nests, told before it is read: its reader takes time that grows with the square of the depth.

/// The files meant nest some ten levels deep.
pub const DEEPEST: usize = 100;

/// The line where a file nests deeper than [`DEEPEST`]; `None` where it does not. Brackets are counted wherever they
/// stand, also in text: none of it opens so many and closes none.
pub fn too_deep(source: &str) -> Option<usize> {
    let mut open = 0_usize;
    for (index, line) in source.split('\n').enumerate() {
        // `- - - x`: each opens a list in a list.
        let opened = line.split_ascii_whitespace().take_while(|word| matches!(*word, "-" | "?")).count();
        if opened > DEEPEST {
            return Some(index + 1);
        }
        for octet in line.bytes() {
            match octet {
                b'[' | b'{' => open += 1,
                b']' | b'}' => open = open.saturating_sub(1),
                _ => {}
            }
            if open > DEEPEST {
                return Some(index + 1);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nests_too_deep_is_told_with_its_line() {
        assert_eq!(too_deep(&format!("a: b\nc: {}", "[".repeat(40_000))), Some(2));
        assert_eq!(too_deep(&"{a: ".repeat(40_000)), Some(1));
        assert_eq!(too_deep(&"- ".repeat(40_000)), Some(1));
        assert_eq!(too_deep(&"a: [{b: c}, {d: [e]}]\n".repeat(10_000)), None);
        assert_eq!(too_deep("body: |\n  :-[ \n  ]:-)\n"), None);
    }
}
