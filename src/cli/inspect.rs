//! `inspect`: what a message, signature, certificate or directory consists of. Nothing is judged.

mod anatomy;
mod certificate;
mod page;
mod times;

use std::{
    io::Write as _,
    path::{Path, PathBuf},
};

use super::{
    CliError, Exit,
    color::Color,
    format::{Printed, TextOrJson},
    stdout::Stdout,
};
use crate::{
    archive::{self, Content, Found, Item, Limits, inside},
    message::Message,
    report::{Style, json_line, shown},
    smime,
};
use anatomy::Anatomy;

/// Arguments of `inspect`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A message, daticert.xml, signature (smime.p7s), certificate or directory, or what holds many of them (a mailbox,
    /// zip or folder); `-` is standard input. Certified messages inside a message follow it.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    pub printed: Printed<TextOrJson>,
}

/// Shows the anatomy of everything in the file.
pub fn inspect(args: &Args, style: Style, color: Color) -> Result<Exit, CliError> {
    let limits = Limits::default();
    let mut view = View { out: Stdout::open(), style, format: args.printed.format(), shown: 0 };
    let mut exit = Exit::Conforming;
    for found in archive::open(std::slice::from_ref(&args.file), Path::new(""), &limits) {
        let nested = match &found {
            Ok(Item { name, content: Content::Message(bytes) }) => {
                let message = Message::read(bytes).map(|message| message.opened(smime::content));
                message.map(|message| inside(&message, name, &limits).found).unwrap_or_default()
            }
            _ => Vec::new(),
        };
        for found in std::iter::once(found).chain(nested) {
            exit = exit.worse(view.show(found, color)?);
        }
    }
    view.out.flush().map_err(CliError::Stdout)?;
    Ok(exit)
}

struct View {
    out: Stdout,
    style: Style,
    format: TextOrJson,
    shown: usize,
}

impl View {
    fn show(&mut self, found: Found, color: Color) -> Result<Exit, CliError> {
        let Some(anatomy) = Anatomy::of(&found) else {
            return Ok(told(found, color));
        };
        let done = match self.format {
            TextOrJson::Json => json_line(&mut self.out, &anatomy),
            TextOrJson::Text => {
                let gap = if self.shown == 0 { "" } else { "\n" };
                self.out.write_all(format!("{gap}{}", page::page(&anatomy, self.style)).as_bytes())
            }
        };
        self.shown += 1;
        done.map_err(CliError::Stdout)?;
        Ok(Exit::Conforming)
    }
}

/// What is not shown, said on stderr.
fn told(found: Found, color: Color) -> Exit {
    match found {
        Ok(item) => {
            let name = shown(&item.name.to_string());
            super::error::warn(&format!("{name}: evidence of a run: give the files in its folder messages"));
            Exit::Conforming
        }
        Err(left_out) if left_out.is_error() => {
            let error = CliError::from(left_out);
            error.show(color);
            error.exit()
        }
        Err(left_out) => {
            super::error::warn(&format!("{}: {}", left_out.name, left_out.why));
            Exit::Conforming
        }
    }
}
