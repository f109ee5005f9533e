//! What of a target file may be handed on.

use std::path::Path;

use serde_yaml::Value;

use super::{Document, LARGEST};
use crate::{bounded, shown::path_text, yaml::Problem};

/// Keys below which a program stands, with its arguments.
const PROGRAMS: [&str; 4] = ["clock", "command", "start", "stop"];
/// What stands in the place of an argument.
const WITHHELD: &str = "…";

/// A target file as it may be handed on; else everything that is wrong with it. Its secrets stand elsewhere, by its form; but
/// a comment may hold one, and so may an argument of a program: neither is in what comes out.
pub fn public(path: &Path) -> Result<String, Vec<Problem>> {
    let shown = path_text(path);
    let wrong = |problem: String| vec![Problem::of_file(&shown, &problem)];
    let source = bounded::read_text(path, LARGEST).map_err(|error| wrong(format!("cannot be read: {error}")))?;
    Document::read(&shown, &source)?;
    let mut value: Value = serde_yaml::from_str(&source).map_err(|error| wrong(error.to_string()))?;
    withhold(&mut value);
    serde_yaml::to_string(&value).map_err(|error| wrong(error.to_string()))
}

fn withhold(value: &mut Value) {
    match value {
        Value::Mapping(entries) => {
            for (key, value) in entries.iter_mut() {
                let names_program = key.as_str().is_some_and(|key| PROGRAMS.contains(&key));
                match value {
                    Value::Sequence(words) if names_program => {
                        words.iter_mut().skip(1).filter(|word| !is_placeholder(word)).for_each(|word| {
                            *word = WITHHELD.into();
                        });
                    }
                    value => withhold(value),
                }
            }
        }
        Value::Sequence(values) => values.iter_mut().for_each(withhold),
        _ => {}
    }
}

/// `%s`, `%u` and the like, which the program fills in.
fn is_placeholder(word: &Value) -> bool {
    word.as_str().is_some_and(|word| word.len() == 2 && word.starts_with('%'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_arguments_stay_and_the_rest_goes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("acme.yaml");
        let example = include_str!("../../../../targets/example.yaml");
        let hidden = "clock: [ssh, --password=geheim, \"%s\"] # geheim\n";
        std::fs::write(&path, format!("{example}\n{hidden}")).unwrap();
        let public = public(&path).unwrap();
        assert!(!public.contains("geheim") && !public.contains('#'), "{public}");
        assert!(!public.contains("systemctl") && public.contains("- ssh\n"), "{public}");
        assert!(public.contains("env: ACME_MARIO") && public.contains("host: smtp.acme.example"), "{public}");
        Document::read("acme.yaml", &public).unwrap();
    }
}
