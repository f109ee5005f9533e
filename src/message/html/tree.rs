//! The tree that html5ever builds, and what is told from it. Nodes stand in one list and know each other by number.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use html5ever::{
    Attribute, ExpandedName, QualName,
    interface::{ElementFlags, NodeOrText, QuirksMode, TreeSink},
    local_name, ns,
    tendril::StrTendril,
    tokenizer::{TagKind, Token, TokenSink, TokenSinkResult},
    tree_builder::TreeBuilder,
};

use super::{MAX_DEPTH, MAX_NODES, Page, Tag, css::Style};

/// A node by its number, with the name it has as an element.
#[derive(Clone)]
pub(super) struct Handle {
    number: usize,
    name: Rc<QualName>,
}

#[derive(Default)]
struct Node {
    name: Option<Rc<QualName>>,
    style: Style,
    text: Option<StrTendril>,
    children: Vec<usize>,
    parent: Option<usize>,
    depth: usize,
}

/// The document.
pub(super) struct Tree {
    nodes: RefCell<Vec<Node>>,
    limit: RefCell<Option<String>>,
    no_name: Rc<QualName>,
}

impl Default for Tree {
    fn default() -> Self {
        let no_name = Rc::new(QualName::new(None, ns!(), local_name!("")));
        Self { nodes: RefCell::new(vec![Node::default()]), limit: RefCell::default(), no_name }
    }
}

impl Tree {
    fn add(&self, node: Node) -> usize {
        let mut nodes = self.nodes.borrow_mut();
        nodes.push(node);
        if nodes.len() > MAX_NODES {
            self.stop(format!("the HTML has more than {MAX_NODES} nodes"));
        }
        nodes.len() - 1
    }

    fn stop(&self, limit: String) {
        self.limit.borrow_mut().get_or_insert(limit);
    }

    /// Puts a node among the children of another, before the one at `before` or last.
    fn insert(&self, parent: usize, child: NodeOrText<Handle>, before: Option<usize>) {
        let number = match child {
            NodeOrText::AppendNode(node) => {
                self.detach(node.number);
                node.number
            }
            NodeOrText::AppendText(text) => self.add(Node { text: Some(text), ..Node::default() }),
        };
        let mut nodes = self.nodes.borrow_mut();
        let depth = nodes[parent].depth + 1;
        (nodes[number].parent, nodes[number].depth) = (Some(parent), depth);
        let children = &mut nodes[parent].children;
        let at = before.and_then(|before| children.iter().rposition(|&child| child == before));
        children.insert(at.unwrap_or(children.len()), number);
        if depth > MAX_DEPTH {
            self.stop(format!("elements of the HTML are nested more than {MAX_DEPTH} deep"));
        }
    }

    fn detach(&self, number: usize) {
        let mut nodes = self.nodes.borrow_mut();
        if let Some(parent) = nodes[number].parent.take() {
            let children = &mut nodes[parent].children;
            if let Some(at) = children.iter().rposition(|&child| child == number) {
                children.remove(at);
            }
        }
    }

    fn page(self, tags: Vec<Tag>) -> Page {
        let mut page = Page { tags, limit: self.limit.into_inner(), ..Page::default() };
        let nodes = self.nodes.into_inner();
        // A node, what it inherits, and whether it is left.
        let mut stack = vec![(0, Style::of_page(), false)];
        while let Some((number, inherited, left)) = stack.pop() {
            let node = &nodes[number];
            if let Some(text) = &node.text {
                if !inherited.hides() {
                    page.shown.push_str(text);
                } else if !text.trim().is_empty() {
                    page.hidden.push(text.to_string());
                }
                continue;
            }
            let Some(name) = &node.name else {
                stack.extend(node.children.iter().rev().map(|&child| (child, inherited.clone(), false)));
                continue;
            };
            if is_never_shown(name.expanded()) {
                continue;
            }
            if !is_inline(name.expanded()) || node.style.stands_apart() {
                page.shown.push('\n');
            }
            if !left {
                let style = inherited.over(&node.style);
                stack.push((number, inherited, true));
                stack.extend(node.children.iter().rev().map(|&child| (child, style.clone(), false)));
            }
        }
        page
    }
}

/// What no browser shows as text of the page.
fn is_never_shown(name: ExpandedName<'_>) -> bool {
    const NEVER: [&str; 9] =
        ["datalist", "head", "iframe", "noembed", "noframes", "script", "style", "template", "title"];
    NEVER.contains(&&**name.local)
}

/// What stands in a line with what is around it; a name that HTML does not know does so too.
fn is_inline(name: ExpandedName<'_>) -> bool {
    const APART: [&str; 52] = [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "br",
        "button",
        "caption",
        "center",
        "col",
        "colgroup",
        "dd",
        "details",
        "dialog",
        "dir",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "html",
        "legend",
        "li",
        "main",
        "menu",
        "nav",
        "ol",
        "optgroup",
        "option",
        "p",
        "pre",
        "section",
        "select",
        "table",
        "tbody",
        "td",
        "textarea",
        "tfoot",
        "th",
        "thead",
        "tr",
    ];
    !APART.contains(&&**name.local) && &**name.local != "ul"
}

impl TreeSink for Tree {
    type Handle = Handle;
    type Output = Self;
    type ElemName<'a> = ExpandedName<'a>;

    fn finish(self) -> Self {
        self
    }

    fn parse_error(&self, _: std::borrow::Cow<'static, str>) {}

    fn get_document(&self) -> Handle {
        Handle { number: 0, name: self.no_name.clone() }
    }

    fn elem_name<'a>(&'a self, target: &'a Handle) -> ExpandedName<'a> {
        target.name.expanded()
    }

    fn create_element(&self, name: QualName, attributes: Vec<Attribute>, _: ElementFlags) -> Handle {
        let name = Rc::new(name);
        let attribute = |wanted: &str| {
            let found = attributes.iter().find(|attribute| &*attribute.name.local == wanted)?;
            Some(&*found.value)
        };
        let style = Style::of(attribute);
        let number = self.add(Node { name: Some(name.clone()), style, ..Node::default() });
        Handle { number, name }
    }

    fn create_comment(&self, _: StrTendril) -> Handle {
        Handle { number: self.add(Node::default()), name: self.no_name.clone() }
    }

    fn create_pi(&self, _: StrTendril, _: StrTendril) -> Handle {
        Handle { number: self.add(Node::default()), name: self.no_name.clone() }
    }

    fn append(&self, parent: &Handle, child: NodeOrText<Handle>) {
        self.insert(parent.number, child, None);
    }

    fn append_based_on_parent_node(&self, element: &Handle, previous: &Handle, child: NodeOrText<Handle>) {
        let parent = self.nodes.borrow()[element.number].parent;
        match parent {
            Some(parent) => self.insert(parent, child, Some(element.number)),
            None => self.insert(previous.number, child, None),
        }
    }

    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}

    fn get_template_contents(&self, target: &Handle) -> Handle {
        target.clone()
    }

    fn same_node(&self, one: &Handle, other: &Handle) -> bool {
        one.number == other.number
    }

    fn set_quirks_mode(&self, _: QuirksMode) {}

    fn append_before_sibling(&self, sibling: &Handle, child: NodeOrText<Handle>) {
        let parent = self.nodes.borrow()[sibling.number].parent;
        self.insert(parent.unwrap_or(0), child, Some(sibling.number));
    }

    fn add_attrs_if_missing(&self, target: &Handle, attributes: Vec<Attribute>) {
        let attribute = |wanted: &str| {
            let found = attributes.iter().find(|attribute| &*attribute.name.local == wanted)?;
            Some(&*found.value)
        };
        let added = Style::of(attribute);
        let style = &mut self.nodes.borrow_mut()[target.number].style;
        *style = added.over(style);
    }

    fn remove_from_parent(&self, target: &Handle) {
        self.detach(target.number);
    }

    fn reparent_children(&self, node: &Handle, parent: &Handle) {
        let mut nodes = self.nodes.borrow_mut();
        let children = std::mem::take(&mut nodes[node.number].children);
        let depth = nodes[parent.number].depth + 1;
        for &child in &children {
            (nodes[child].parent, nodes[child].depth) = (Some(parent.number), depth);
        }
        nodes[parent.number].children.extend(children);
    }
}

/// A tree under construction whose start tags are noted, and which stops where a bound is reached.
pub(super) struct Watched {
    builder: TreeBuilder<Handle, Tree>,
    tags: RefCell<Vec<Tag>>,
    stopped: Cell<bool>,
}

impl Watched {
    pub(super) fn new(builder: TreeBuilder<Handle, Tree>) -> Self {
        Self { builder, tags: RefCell::default(), stopped: Cell::new(false) }
    }

    pub(super) fn finish(self) -> Page {
        self.builder.sink.page(self.tags.into_inner())
    }

    fn note(&self, tag: &html5ever::tokenizer::Tag) {
        let attribute = |attribute: &Attribute| (attribute.name.local.to_string(), attribute.value.to_string());
        let attributes = tag.attrs.iter().map(attribute).collect();
        self.tags.borrow_mut().push(Tag { name: tag.name.to_string(), attributes });
    }
}

impl TokenSink for Watched {
    type Handle = Handle;

    fn process_token(&self, token: Token, line: u64) -> TokenSinkResult<Handle> {
        if self.stopped.get() {
            return TokenSinkResult::Continue;
        }
        if let Token::TagToken(tag) = &token {
            if tag.kind == TagKind::StartTag {
                self.note(tag);
            }
            // A cell without a table leaves no node behind, and what it parts would run together.
            if matches!(&*tag.name, "td" | "th" | "tr" | "caption") {
                let _ = self.builder.process_token(Token::CharacterTokens(StrTendril::from_slice(" ")), line);
            }
        }
        let result = self.builder.process_token(token, line);
        self.stopped.set(self.builder.sink.limit.borrow().is_some());
        result
    }

    fn end(&self) {
        if !self.stopped.get() {
            self.builder.end();
        }
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&self) -> bool {
        self.builder.adjusted_current_node_present_but_not_in_html_namespace()
    }
}
