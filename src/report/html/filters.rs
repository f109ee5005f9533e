//! What the matrix's filters go by, as data that stands in the page.

use std::{collections::BTreeSet, io};

use serde::Serialize;

use super::{in_script, plays::Play};
use crate::report::write_json;

#[derive(Serialize)]
struct Data<'a> {
    rules: &'a [&'static str],
    plays: Vec<Filtered<'a>>,
}

/// A play, for the filters.
#[derive(Serialize)]
struct Filtered<'a> {
    outcome: &'static str,
    /// A bit for each rule that was put to something, four in a hexadecimal digit.
    rules: String,
    found: &'a BTreeSet<(String, &'static str, String)>,
    text: &'a str,
}

/// Plays in the order of the matrix, as JSON that stands in a script element.
pub(super) fn data<'a>(rules: &[&'static str], plays: impl Iterator<Item = &'a Play>) -> io::Result<String> {
    let plays = plays.map(|play| Filtered {
        outcome: play.outcome,
        rules: bits(rules.iter().map(|rule| play.exercised.contains(rule))),
        found: &play.found,
        text: &play.text,
    });
    let mut json = Vec::new();
    write_json(&mut json, &Data { rules, plays: plays.collect() })?;
    Ok(in_script(&String::from_utf8_lossy(&json)))
}

/// Bits in hexadecimal digits, the first of each four the lowest.
fn bits(bits: impl Iterator<Item = bool>) -> String {
    let bits: Vec<bool> = bits.collect();
    let digit = |four: &[bool]| four.iter().enumerate().map(|(at, bit)| u32::from(*bit) << at).sum();
    bits.chunks(4).filter_map(|four| char::from_digit(digit(four), 16)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_stand_in_digits_from_the_lowest_on() {
        assert_eq!(bits([true, false, false, false, true, true].into_iter()), "13");
        assert_eq!(bits(std::iter::empty()), "");
    }
}
