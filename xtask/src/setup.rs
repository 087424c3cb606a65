//! What the tests need from the machine, installed when that is possible.

use std::fs;
use std::process::{Command, Stdio};

/// A tool, its Debian package, how to see that it is there, and what is not tested without it.
type Tool = (&'static str, &'static str, fn(&str) -> bool, &'static str);

#[rustfmt::skip]
const TOOLS: [Tool; 3] = [
    ("dpkg",     "dpkg",       present,   "the Debian order against `dpkg --compare-versions`"),
    ("rpm",      "rpm",        present,   "the RPM order against rpm itself"),
    ("postgres", "postgresql", is_server, "the second engine against a PostgreSQL server"),
];

/// Installs missing tools on Debian as root; elsewhere says in one line what is missing.
pub(crate) fn for_tests() {
    for (tool, package, is_there, untested) in TOOLS {
        if !is_there(tool) && !install(package) {
            println!("missing: {tool} (Debian package `{package}`); not tested: {untested}");
        }
    }
}

/// Whether a tool answers to `--version`.
pub(crate) fn present(tool: &str) -> bool {
    let mut command = Command::new(tool);
    quiet(command.arg("--version"))
}

/// Whether a program of a PostgreSQL server is where Debian puts it; it is on nobody's path.
fn is_server(tool: &str) -> bool {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    versions.map(|version| version.path().join("bin").join(tool)).any(|program| program.exists())
}

fn install(package: &str) -> bool {
    let apt = |words: &[&str]| {
        let mut command = Command::new("apt-get");
        quiet(command.args(words).env("DEBIAN_FRONTEND", "noninteractive"))
    };
    println!("+ apt-get install {package}");
    apt(&["install", "-y", package]) || (apt(&["update"]) && apt(&["install", "-y", package]))
}

fn quiet(command: &mut Command) -> bool {
    let silent = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    silent.status().is_ok_and(|status| status.success())
}
