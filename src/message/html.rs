//! An HTML text as a browser sees it: parsed once, for what a reader is told, what is hidden, what it refers to and what runs.

pub mod css;
mod tree;

use html5ever::{
    TokenizerResult,
    buffer_queue::BufferQueue,
    tendril::StrTendril,
    tokenizer::{Tokenizer, TokenizerOpts},
    tree_builder::{TreeBuilder, TreeBuilderOpts},
};

use memchr::memchr;
use tree::{Tree, Watched};

/// A longer text is not read, in bytes: room for some ten thousand recipients in a table.
const MAX_SIZE: usize = 4 << 20;
/// More nodes are not read.
const MAX_NODES: usize = 100_000;
/// Elements nested deeper are not read.
const MAX_DEPTH: usize = 256;
/// A tag with more words is not read: its attributes are compared with each other.
const MAX_WORDS_IN_TAG: usize = 1000;

/// An HTML text, read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// What a reader sees; cells, rows, items and lines are blanks apart.
    pub shown: String,
    /// Texts that a style hides from the reader.
    pub hidden: Vec<String>,
    /// Every start tag in order, even where it does not belong.
    pub tags: Vec<Tag>,
    /// Why the rest could not be read, where that is so.
    pub limit: Option<String>,
}

/// A start tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag {
    /// Name in lower case.
    pub name: String,
    /// Attributes, names in lower case, character references decoded.
    pub attributes: Vec<(String, String)>,
}

impl Tag {
    /// The value of an attribute, its name in lower case.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(found, _)| found == name).map(|(_, value)| &**value)
    }
}

impl Page {
    /// Reads a text/html, bounded in size, nodes and depth.
    pub fn read(html: &str) -> Self {
        if html.len() > MAX_SIZE {
            return Self::unread(format!("the HTML has {} bytes: more than {MAX_SIZE} are not read", html.len()));
        }
        if has_crowded_tag(html.as_bytes()) {
            return Self::unread(format!("a tag of the HTML has more than {MAX_WORDS_IN_TAG} words"));
        }
        let options = TreeBuilderOpts { scripting_enabled: false, ..TreeBuilderOpts::default() };
        let tokenizer =
            Tokenizer::new(Watched::new(TreeBuilder::new(Tree::default(), options)), TokenizerOpts::default());
        let input = BufferQueue::default();
        input.push_back(StrTendril::from_slice(html));
        // A script stops the tokenizer until somebody has run it.
        while !matches!(tokenizer.feed(&input), TokenizerResult::Done) {}
        tokenizer.end();
        tokenizer.sink.finish()
    }

    fn unread(limit: String) -> Self {
        Self { limit: Some(limit), ..Self::default() }
    }
}

/// Whether some tag has so many words outside of quotes that to compare its attributes takes long.
fn has_crowded_tag(html: &[u8]) -> bool {
    let mut rest = html;
    while let Some(start) = memchr(b'<', rest) {
        rest = &rest[start + 1..];
        if !rest.first().is_some_and(u8::is_ascii_alphabetic) {
            continue;
        }
        let (mut quote, mut words, mut before) = (None, 0, b'<');
        let end = rest.iter().position(|&octet| {
            match quote {
                Some(open) if octet == open => quote = None,
                Some(_) => {}
                None => match octet {
                    b'"' | b'\'' if before == b'=' => quote = Some(octet),
                    b'/' | b'"' | b'\'' | b' ' | b'\t' | b'\r' | b'\n' | 12 => words += 1,
                    _ => {}
                },
            }
            before = octet;
            words > MAX_WORDS_IN_TAG || (octet == b'>' && quote.is_none())
        });
        if words > MAX_WORDS_IN_TAG {
            return true;
        }
        rest = end.map_or(&[], |end| &rest[end..]);
    }
    false
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    fn shown(html: &str) -> String {
        Page::read(html).shown.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    fn hidden(html: &str) -> Vec<String> {
        Page::read(html).hidden
    }

    #[test]
    fn cells_rows_items_and_lines_are_apart_and_inline_markup_is_not() {
        for html in [
            "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>d",
            "<div>a</div><div>b</div><p>c<p>d",
            "<ul><li>a<li>b</ul>c<br>d",
            "<td>a</td><td>b</td><tr>c</tr>d",
            "<table><td>a<td>b<table><td>c</table></table>d",
            "<dl><dt>a<dd>b</dl><h1>c</h1>d",
            "a<hr>b<blockquote>c</blockquote>d",
            "<span style='display:block'>a</span>b<center>c</center>d",
            "<html><head><title>x</title><style>y</style></head><body>a<!-- z -->&nbsp;b&#32;c&Tab;d<script>w</script>",
        ] {
            assert_eq!(shown(html), "a b c d", "{html}");
        }
        assert_eq!(
            shown("<b>02</b>/<i>03</i>/<span>2026</span> <a href=x>&quot;Perch&eacute;&quot;</a>"),
            "02/03/2026 \"Perché\""
        );
    }

    #[test]
    fn what_style_hides_is_not_shown() {
        for style in [
            "display:none",
            "visibility : hidden",
            "FONT-SIZE:0px",
            "font:0/0 a",
            "opacity: 0",
            "d\\69splay:/**/none !important",
            "color:#fff",
            "color:white;background:#FFFFFF",
            "color: rgb(1, 2, 3); background-color: #010203",
        ] {
            let html = format!("<p>a</p><p style='{style}'>b <b>c</b></p><p>d</p>");
            assert_eq!(shown(&html), "a d", "{style}");
            assert_eq!(hidden(&html).concat(), "b c", "{style}");
        }
        assert_eq!(shown("<body text=white bgcolor=black>a<div hidden>b</div><font color=white>c</font>"), "a c");
        assert_eq!(hidden("a<font color=white>c</font>"), ["c"]);
        let seen = "<div style='color:#fff;background:#036'>a<table bgcolor=#003366><td>b</table></div>\
            <i style='visibility:hidden'><u style='visibility:visible'>c</u></i><p style='font-size:0.9em;opacity:.5'>d";
        assert_eq!(shown(seen), "a b c d");
        assert!(hidden(seen).is_empty() && hidden("<p style='display:none'> &nbsp; </p>").is_empty());
    }

    #[test]
    fn tags_are_listed_even_where_they_do_not_belong() {
        let tags = |html: &str| Page::read(html).tags.into_iter().map(|tag| tag.name).collect::<Vec<_>>().join(" ");
        assert_eq!(
            tags("<!-- <img> --><P title='<script>'><td><IMG Src=\"a&amp;b\"></p><script><b></script>"),
            "p td img script"
        );
        assert_eq!(Page::read("<IMG Src=\"a&amp;b\">").tags[0].attribute("src"), Some("a&b"));
        assert_eq!(tags("<noscript><img></noscript><textarea><b></textarea>"), "noscript img textarea");
    }

    #[test]
    fn size_depth_nodes_and_attributes_are_bounded() {
        let limit = |html: &str| Page::read(html).limit.unwrap_or_default();
        assert!(limit(&"x".repeat(MAX_SIZE + 1)).contains("are not read"));
        assert!(limit(&"<div>".repeat(100_000)).contains("deep"));
        assert!(limit(&"<br>".repeat(MAX_NODES + 1)).contains("nodes"));
        assert!(
            limit(&format!("<a {}>", (0..2000).map(|at| format!("a{at}=1 ")).collect::<Vec<_>>().concat()))
                .contains("words")
        );
        assert_eq!(limit(&format!("<p style='{}'>", "color:red; ".repeat(2000))), "");
    }

    #[test]
    fn hostile_texts_end_soon() {
        let start = Instant::now();
        for sign in [
            "<b>",
            "<b><p>",
            "<table>",
            "<table><b>",
            "<table>x",
            "<a>",
            "<a><div>",
            "</p>",
            "<",
            "&",
            "<!--",
            "<select><option>",
            "<svg>",
            "<math><mi>",
            "<template>",
            "<form>",
            "<td>",
            "<script>",
            "<b a=1><i b=2><p>",
            "<font a>",
            "<button>",
            "\0",
            "<frameset>",
            "<style>",
            "<i></b>",
            "<nobr>",
            "<p style=color:red>",
        ] {
            let html = sign.repeat(3_000);
            let page = Page::read(&html);
            assert!(page.shown.len() <= html.len() * 2);
            for end in [1, 7, 100] {
                let _ = Page::read(&html[..end]);
            }
        }
        assert!(start.elapsed() < Duration::from_mins(1), "{:?}", start.elapsed());
    }
}
