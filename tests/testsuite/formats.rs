//! Reports held against what their formats' own schemas want.

use std::{collections::BTreeSet, env, fs, path::Path, process::Command};

use roxmltree::{Document, Node};
use serde_json::Value;

const SARIF: &str = include_str!("../schemas/sarif-2.1.0.json");
const OPENAPI: &str = include_str!("../schemas/openapi-3.1.json");
const TR: &str = "http://www.gitb.com/tr/v1/";
const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";

#[track_caller]
pub fn accepted(schema: &Value, document: &Value) {
    let validator = jsonschema::validator_for(schema).expect("the schema is one");
    let errors: Vec<String> =
        validator.iter_errors(document).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{}", errors.join("\n"));
}

/// A log that OASIS's schema accepts.
#[track_caller]
pub fn sarif(text: &str) -> Value {
    let log: Value = serde_json::from_str(text).expect("a whole JSON document");
    // A slip in OASIS's file: of a language that no log of ours has, its pattern closes a bracket that none opened.
    let schema = SARIF.replace("[a-zA-Z]{2}]?$", "[a-zA-Z]{2}?$");
    accepted(&serde_json::from_str(&schema).unwrap(), &log);
    log
}

/// A description that the OpenAPI Initiative's schema accepts.
#[track_caller]
pub fn openapi(text: &str) -> Value {
    let description: Value = serde_json::from_str(text).expect("a whole JSON document");
    accepted(&serde_json::from_str(OPENAPI).unwrap(), &description);
    description
}

/// Holds each line of a stream against a schema, and tells their types.
#[track_caller]
pub fn types(schema: &Value, lines: &str) -> Vec<String> {
    let validator = jsonschema::validator_for(schema).expect("the schema is one");
    let each = lines.lines().map(|line| {
        let line: Value = serde_json::from_str(line).expect("every line is JSON");
        let errors: Vec<String> = validator.iter_errors(&line).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{line}\n{}", errors.join("\n"));
        line["type"].as_str().unwrap().to_owned()
    });
    each.collect()
}

/// A test assertion report: its result, and of each item its element and the text of each of its fields.
pub struct Tar {
    pub result: String,
    pub items: Vec<(String, Vec<(String, String)>)>,
}

impl Tar {
    /// How many items are of this element, and have this text in this field.
    pub fn count(&self, element: &str, field: &str, text: &str) -> usize {
        let says = |fields: &[(String, String)]| fields.iter().any(|(name, it)| name == field && it == text);
        self.items.iter().filter(|(name, fields)| name == element && says(fields)).count()
    }
}

/// A report of the shape that the test bed's documents tell: elements, their order and their words. Where
/// `PEC_GITB` names a folder with the test bed's `gitb_tr.xsd` and `gitb_core.xsd`, xmllint holds it against
/// those too.
#[track_caller]
pub fn tar(text: &str) -> Tar {
    let document = Document::parse(text).expect("it is XML");
    let root = document.root_element();
    assert!(root.has_tag_name((TR, "TestStepReport")) && root.attribute((XSI, "type")) == Some("TAR"), "{text}");
    let elements = |node: Node<'_, '_>| -> Vec<String> {
        let children = node.children().filter(Node::is_element);
        children
            .inspect(|it| assert_eq!(it.tag_name().namespace(), Some(TR)))
            .map(|it| it.tag_name().name().into())
            .collect()
    };
    let told = elements(root);
    let order = ["date", "result", "overview", "counters", "reports"];
    assert_eq!(told, order[..told.len()], "each once, in this order");
    let of = |node: Node<'_, '_>, name: &str| -> String {
        let child = node.children().find(|it| it.has_tag_name((TR, name)));
        child.and_then(|it| it.text()).unwrap_or_default().to_owned()
    };
    let result = of(root, "result");
    assert!(["SUCCESS", "FAILURE", "WARNING", "UNDEFINED"].contains(&&*result), "{result}");
    assert!(of(root, "date").parse::<jiff::Timestamp>().is_ok());
    let reports = root.children().find(|it| it.has_tag_name((TR, "reports")));
    let nodes: Vec<_> = reports.iter().flat_map(|it| it.children().filter(Node::is_element)).collect();
    assert_eq!(nodes.is_empty(), reports.is_none(), "no empty list");
    let mut items = Vec::new();
    for node in nodes {
        assert_eq!(node.attribute((XSI, "type")), Some("BAR"));
        let fields = elements(node);
        let known = ["assertionID", "description", "location", "test", "type", "value"];
        assert!(fields.iter().all(|field| known.contains(&&**field)), "{fields:?}");
        assert_eq!(fields.iter().collect::<BTreeSet<_>>().len(), fields.len(), "each once");
        assert!(fields.iter().any(|field| field == "description"));
        let texts = fields.iter().map(|field| (field.clone(), of(node, field))).collect();
        items.push((node.tag_name().name().to_owned(), texts));
    }
    let counters = root.children().find(|it| it.has_tag_name((TR, "counters"))).expect("it counts");
    for (counter, element) in [("nrOfAssertions", "info"), ("nrOfErrors", "error"), ("nrOfWarnings", "warning")] {
        let count = items.iter().filter(|(name, _)| name == element).count();
        assert_eq!(of(counters, counter), count.to_string(), "{counter}");
    }
    by_its_own_schema(text);
    Tar { result, items }
}

fn by_its_own_schema(text: &str) {
    let Some(folder) = env::var_os("PEC_GITB") else { return };
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), text).unwrap();
    let schema = Path::new(&folder).join("gitb_tr.xsd");
    let output = Command::new("xmllint").args(["--noout", "--nonet", "--schema"]).arg(schema).arg(file.path()).output();
    let output = output.expect("xmllint is installed");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
