//! `bongsu versions`: the orders and ranges, for people and scripts.

use std::cmp::Ordering;
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};
use bongsu_package::{Scheme, VersRange, Within};

use crate::Outcome;
use crate::cli::VersionsCommand;

/// One line of a pairs file, in bytes; a longer one is no pair of versions.
const LINE_LIMIT: usize = 1 << 20;

pub(crate) fn run(command: VersionsCommand) -> Result<Outcome> {
    match command {
        VersionsCommand::Compare { scheme, left, right, pairs } => {
            let scheme = scheme_named(&scheme)?;
            match (left, right, pairs) {
                (Some(left), Some(right), None) => println!("{}", sign(scheme, &left, &right)),
                (_, _, Some(file)) => compare_pairs(scheme, &file)?,
                _ => bail!("two versions are needed, or --pairs FILE"),
            }
        }
        VersionsCommand::Contains { range, version } => {
            let range: VersRange = range.parse().with_context(|| range.clone())?;
            println!(
                "{}",
                match range.contains(&version) {
                    Within::Inside => "yes",
                    Within::Outside => "no",
                    Within::Unclear => "?",
                }
            );
        }
        VersionsCommand::Schemes => {
            for scheme in Scheme::ALL {
                println!("{scheme}");
            }
        }
    }
    Ok(Outcome::Done)
}

fn scheme_named(name: &str) -> Result<Scheme> {
    Scheme::from_name(name).ok_or_else(|| {
        let known: Vec<_> = Scheme::ALL.iter().map(|scheme| scheme.name()).collect();
        anyhow!("no order is called `{name}`; there are: {}", known.join(", "))
    })
}

fn sign(scheme: Scheme, left: &str, right: &str) -> &'static str {
    match scheme.compare(left, right) {
        Some(Ordering::Less) => "<",
        Some(Ordering::Equal) => "=",
        Some(Ordering::Greater) => ">",
        None => "?",
    }
}

fn compare_pairs(scheme: Scheme, file: &Path) -> Result<()> {
    let mut lines: Box<dyn BufRead> = if file == Path::new("-") {
        Box::new(io::stdin().lock())
    } else {
        Box::new(BufReader::new(File::open(file).with_context(|| file.display().to_string())?))
    };
    let mut out = BufWriter::new(io::stdout().lock());
    let (mut line, mut number) = (Vec::new(), 0_u64);
    loop {
        line.clear();
        let limited = &mut io::Read::take(&mut lines, LINE_LIMIT as u64 + 1);
        if limited.read_until(b'\n', &mut line)? == 0 {
            break;
        }
        number += 1;
        if line.len() > LINE_LIMIT {
            bail!("{}:{number}: a line of more than {LINE_LIMIT} bytes", file.display());
        }
        let text = String::from_utf8_lossy(&line);
        let text = text.trim_end_matches(['\n', '\r']);
        if text.is_empty() {
            continue;
        }
        let pair = text.split_once('\t').or_else(|| text.split_once(' '));
        let Some((left, right)) = pair else {
            bail!(
                "{}:{number}: two versions separated by a tab or a space are needed, not {text:?}",
                file.display()
            );
        };
        writeln!(out, "{}", sign(scheme, left.trim(), right.trim()))?;
    }
    Ok(out.flush()?)
}
