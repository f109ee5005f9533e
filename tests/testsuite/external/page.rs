//! `docs/providers.md`: what a test does as the page says.

const PAGE: &str = include_str!("../../../docs/providers.md");

/// The blocks of the page that are marked so: what stands behind the mark, and the block's text.
pub fn blocks(mark: &str) -> Vec<(&'static str, &'static str)> {
    let marked = PAGE.split("<!-- ").filter_map(|rest| rest.strip_prefix(mark)?.split_once("-->"));
    marked
        .map(|(name, rest)| {
            let block = rest.split("```").nth(1).expect("a block follows the mark");
            (name.trim_matches([':', ' ']), block.split_once('\n').expect("it has a first line").1)
        })
        .collect()
}
