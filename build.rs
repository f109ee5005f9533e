//! Compiles the suite into the program: every scenario file below `scenarios/`, as id and text.

use std::{env, fmt::Write as _, fs, path::Path};

fn main() {
    let root = Path::new(&env::var("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("scenarios");
    println!("cargo::rerun-if-changed=scenarios");
    let mut files = Vec::new();
    collect(&root, "", &mut files);
    files.sort();
    let mut code = String::from("/// Every scenario: id and text.\nstatic SUITE: &[(&str, &str)] = &[\n");
    for id in files {
        let path = root.join(format!("{id}.yaml"));
        writeln!(code, "({id:?}, include_str!({:?})),", path.display().to_string()).expect("a string takes it");
    }
    code += "];\n";
    let out = Path::new(&env::var("OUT_DIR").expect("cargo sets it")).join("suite.rs");
    fs::write(out, code).expect("OUT_DIR is writable");
}

fn collect(folder: &Path, prefix: &str, files: &mut Vec<String>) {
    for entry in fs::read_dir(folder).expect("scenarios/ is there").flatten() {
        let name = entry.file_name().into_string().expect("scenario names are ASCII");
        let path = entry.path();
        if path.is_dir() {
            if !(prefix.is_empty() && name == "faults") {
                collect(&path, &format!("{prefix}{name}/"), files);
            }
        } else if let Some(stem) = name.strip_suffix(".yaml") {
            files.push(format!("{prefix}{stem}"));
        }
    }
}
